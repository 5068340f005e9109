from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

#: Roles, label, url name, icon.
PLACES = [
    (frozenset({Role.COORDINATOR}), _("Partners"), "accounts:mous", "share"),
    (frozenset({Role.ADMINISTRATOR}), _("Who may sign in"), "accounts:people", "lock"),
    (frozenset(Role), _("Agencies"), "accounts:agencies", "people"),
]
SEARCH = (_("Search agencies"), "accounts:agencies")
