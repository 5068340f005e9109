from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

#: Roles, label, url name, icon.
PLACES = [
    (frozenset({Role.COORDINATOR}), _("Board"), "reporting:board", "insights"),
]
