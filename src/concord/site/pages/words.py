"""Dates, waits and gaps in the words people use. Pure: pass the moment you mean by now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.vocabulary import Why

A_DAY = timedelta(days=1)
REASONS = frozenset(Why)


@dataclass(frozen=True)
class Due:
    """How soon, in words, and the tone they are shown in: overdue, now, soon, later or done."""

    words: str
    tone: str


def due(on, *, now, done=False):
    """How long there is until `on`, a date or an aware moment, seen from the aware moment `now`.

    "Friday, 3 days left"; "2 days overdue"; "2:30 p.m., 5 hours left" where only hours remain of a moment.
    """
    if done:
        return Due(_("Done"), "done")
    if isinstance(on, datetime) and abs(on - now) < A_DAY:
        return _due_in_hours(on, now)
    return _due_in_days(_local_date(on), _local_date(now))


def _due_in_hours(on, now):
    length = span(abs(on - now))
    if on < now:
        return Due(_("%(length)s overdue") % {"length": length}, "overdue")
    return Due(_("%(clock)s, %(length)s left") % {"clock": clock(on), "length": length}, "now")


def _due_in_days(on, today):
    days = (on - today).days
    if days < 0:
        return Due(ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}, "overdue")
    if days <= 1:
        return Due(_("Tomorrow") if days else _("Today"), "now")
    left = ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    if days <= 6:
        return Due(f"{formats.date_format(on, 'l')}, {left}", "soon")
    if days <= 60:
        return Due(f"{day(on, today=today)}, {left}", "later")
    return Due(day(on, today=today), "later")


def span(length):
    """A length of time in its one largest unit: "40 minutes", "5 hours", "3 days"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def when(on, *, now):
    """A date or a moment that has passed or is set: "Today, 10:42 a.m.", "Yesterday", "May 3", "May 3, 2019"."""
    words = _near_day(_local_date(on), _local_date(now))
    return f"{words}, {clock(on)}" if isinstance(on, datetime) else words


def _near_day(on, today):
    near = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}
    return near.get((on - today).days) or day(on, today=today)


def day(on, *, today):
    """A date without a clock; the year is said only when it is not this one."""
    return formats.date_format(on, _("F j") if on.year == today.year else _("F j, Y"))


def partial(text):
    """A date known to the year or month, "2019" or "2019-05", as "2019" or "May 2019"; a full one as "May 3, 2019"."""
    year, month, of_month = [*map(int, text.split("-")), None, None][:3]
    if not month:
        return str(year)
    if not of_month:
        return formats.date_format(date(year, month, 1), _("F Y"))
    return formats.date_format(date(year, month, of_month), _("F j, Y"))


def clock(moment):
    return formats.date_format(timezone.localtime(moment), _("g:i a"))


def reason(why):
    """Why a value is absent, in words. Nothing given reads as "Not recorded in the file", never as "no" or zero."""
    return str(Why(why or Why.NOT_RECORDED).label)


def _local_date(on):
    return timezone.localdate(on) if isinstance(on, datetime) else on
