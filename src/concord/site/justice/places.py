from django.utils.translation import gettext_lazy as _

from concord.vocabulary import Role

_DETECTIVES = frozenset({Role.DETECTIVE, Role.LABOR_INSPECTOR})
_POLICE = _DETECTIVES | {Role.SUPERVISOR}
_COURT = frozenset({Role.PROSECUTOR, Role.VICTIM_WITNESS})

#: Roles, label, url name, icon.
PLACES = [
    (_POLICE, _("Leads"), "justice:leads", "list"),
    (_POLICE | _COURT, _("Investigations"), "justice:cases", "folder"),
    (frozenset({Role.SUPERVISOR}), _("Arrests to review"), "justice:reviews", "verified_user"),
    (frozenset({Role.PROSECUTOR}), _("To decide"), "justice:charging", "assessment"),
    (_COURT | _DETECTIVES, _("Hearings"), "justice:hearings", "event"),
]
#: What is needed seldom: below her name.
MENU = [
    (_POLICE | _COURT, _("Received records"), "justice:received_records"),
    (_POLICE | {Role.PROSECUTOR}, _("Taken in from files"), "justice:imports"),
]
SEARCH = (_("Search your agency's people and investigations"), "justice:search", "post")
