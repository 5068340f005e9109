from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

_CALLERS = {Role.DETECTIVE, Role.SUPERVISOR, Role.PROSECUTOR, Role.VICTIM_WITNESS, Role.LABOR_INSPECTOR}
_ANSWERERS = {Role.ADVOCATE, Role.CASE_MANAGER}

#: Roles, label, url name, icon.
PLACES = [
    (frozenset(_CALLERS | _ANSWERERS | {Role.COUNSEL}), _("Referrals"), "bridge:sent", "send"),
    (frozenset(_CALLERS | _ANSWERERS), _("Advocate calls"), "bridge:calls", "phone"),
]
