from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

_CALLERS = {Role.DETECTIVE, Role.SUPERVISOR, Role.PROSECUTOR, Role.VICTIM_WITNESS, Role.LABOR_INSPECTOR}
_ANSWERERS = {Role.ADVOCATE, Role.CASE_MANAGER}

#: Roles, label, url name, icon. Providers decide on referrals in their vault; that room has the place and leads here.
PLACES = [
    (frozenset(_CALLERS), _("Referrals"), "bridge:sent", "send"),
    (frozenset(_CALLERS | _ANSWERERS), _("Advocate calls"), "bridge:calls", "phone"),
]
#: Sealed copies are few and wait on her home; the rest stands below her name. A justice agency's are in its own room.
MENU = [(_ANSWERERS | {Role.COUNSEL, Role.ADMINISTRATOR}, _("Sealed copies"), "bridge:packages")]
