from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

_CASEWORK = frozenset({Role.ADVOCATE, Role.CASE_MANAGER, Role.COUNSEL})
_LEADING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})

_KEEPERS = _LEADING | {Role.PRIVACY_OFFICER}

#: Roles, label, url name, icon.
PLACES = [
    (_CASEWORK | _KEEPERS, _("Client files"), "services:clients", "folder"),
    (_CASEWORK, _("Enter a service"), "services:quick", "add"),
    (_CASEWORK | _LEADING, _("Referrals to us"), "services:referrals", "mail"),
    (_LEADING, _("Files without staff"), "services:keeping", "person"),
    (frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER}), _("Keeping and erasing"), "services:kept_all", "lock"),
]
SEARCH = (_("Find a client file"), "services:find", "post")
MENU = [
    (frozenset({Role.ADMINISTRATOR}), _("Keeping and erasing"), "services:kept_all"),
    (frozenset(Role), _("Who holds your keys"), "accounts:keys"),
]
