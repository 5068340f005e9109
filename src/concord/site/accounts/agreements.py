"""What an MOU's dates mean today, in words. Pure: pass the day."""

import datetime as dt

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.law.agreements import SHARING, Dates, State, latest, state

__all__ = ["SHARING", "TONES", "Dates", "State", "day_words", "latest", "notice", "state", "words"]

TONES = {State.IN_FORCE: "good", State.EXPIRING: "warning", State.NOT_YET: "info", State.UNSIGNED: "warning"}


def words(mou: Dates | None, today: dt.date) -> str:
    """The state as people say it: "expires in 12 days"."""
    match state(mou, today):
        case State.NONE:
            return _("no MOU")
        case State.UNSIGNED:
            return _("not signed yet")
        case State.NOT_YET:
            return _("in force from %(day)s") % {"day": day_words(mou.signed_on)}
        case State.EXPIRED:
            return _("expired on %(day)s") % {"day": day_words(mou.expires_on)}
        case State.ENDED:
            return _("ended on %(day)s") % {"day": day_words(mou.ended_on)}
        case State.EXPIRING:
            return _expires_in((mou.expires_on - today).days)
    return _("in force until %(day)s") % {"day": day_words(mou.expires_on)}


def notice(task_force: str, mou: Dates | None, today: dt.date) -> str:
    """What every page of the agency says when its own MOU no longer carries sharing, or soon will not; else ""."""
    found = state(mou, today)
    if found is State.IN_FORCE:
        return ""
    if found is State.EXPIRING:
        return _("Your agency's MOU with %(name)s %(words)s. Ask the coordinator to renew it; sharing stops when it "
                 "expires.") % {"name": task_force, "words": words(mou, today)}
    return _("Sharing with %(name)s is stopped: your agency's MOU %(words)s. Referrals cannot be sent until one is "
             "in force; call the agency instead.") % {"name": task_force, "words": _about_it(found, mou, today)}


def _about_it(found: State, mou: Dates | None, today: dt.date) -> str:
    return {
        State.NONE: _("is missing"),
        State.UNSIGNED: _("is not signed yet"),
        State.NOT_YET: _("begins only later"),
    }.get(found) or words(mou, today)


def _expires_in(days: int) -> str:
    if days == 0:
        return _("expires today")
    return ngettext("expires in %(n)d day", "expires in %(n)d days", days) % {"n": days}


def day_words(day: dt.date) -> str:
    return formats.date_format(day, "F j, Y")
