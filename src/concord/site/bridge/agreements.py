"""Why nothing can be sent to an agency just now, in words that say what to do instead."""

import datetime as dt
from uuid import UUID

from django.utils import formats

from concord.law.wall import Viewer
from concord.site.accounts.models import Agency, Membership, Mou


def objection(*, to: Agency, by: Viewer, today: dt.date) -> str:
    """What stands between the two agencies; "" where nothing does."""
    if to.pk not in by.partners:
        return f"{_missing(to, by, today)} Nothing was sent. {_call(to)}"
    if to.public_key is None:
        return f"{to.name} takes part without an account and cannot open what is sent here. {_call(to)}"
    return ""


def _missing(to: Agency, by: Viewer, today: dt.date) -> str:
    """Whose MOU is the reason: the sender's own first, since without it nobody can be reached."""
    shared = _shared_task_forces(to.pk, by)
    for agency, words in ((by.agency, "Your agency's MOU"), (to.pk, f"The MOU of {to.name}")):
        latest = _latest(agency, shared, today)
        if latest is None:
            return f"{words} has not been signed."
        if not latest.in_force(today):
            return f"{words} {_ended(latest, today)}."
    return f"No task force in which both agencies are members has both MOUs, your agency's and that of {to.name}."


def _shared_task_forces(other: UUID, by: Viewer) -> set[UUID]:
    memberships = Membership.objects.filter(agency_id=other, task_force_id__in=by.task_forces)
    return set(memberships.values_list("task_force_id", flat=True))


def _latest(agency: UUID, task_forces: set[UUID], today: dt.date) -> Mou | None:
    """The agency's MOU in force, or else the one that came nearest to it."""
    mous = Mou.objects.filter(agency_id=agency, task_force_id__in=task_forces, signed_on__isnull=False)
    return max(mous, key=lambda mou: (mou.in_force(today), mou.expires_on), default=None)


def _ended(mou: Mou, today: dt.date) -> str:
    if mou.ended_on and mou.ended_on <= today:
        return f"was withdrawn on {_day(mou.ended_on)}"
    if mou.expires_on < today:
        return f"expired on {_day(mou.expires_on)}"
    return f"begins only on {_day(mou.signed_on)}"


def _day(day: dt.date) -> str:
    return formats.date_format(day, "F j, Y")


def _call(to: Agency) -> str:
    if to.phone:
        return f"Call {to.name} at {to.phone}, and tell the coordinator."
    return "Tell the coordinator, who knows how to reach them."
