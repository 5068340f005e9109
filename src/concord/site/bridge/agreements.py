"""Why nothing can be sent to an agency just now, in words that say what to do instead."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.accounts import agreements
from concord.site.accounts.models import Agency, Membership, Mou


def objection(*, to: Agency, by: Viewer, today: dt.date) -> str:
    """What stands between the two agencies; "" where nothing does."""
    if to.pk not in by.partners:
        return " ".join((_missing(to, by, today), _("Nothing was sent."), _call(to)))
    if to.public_key is None:
        return " ".join((_("%(agency)s takes part without an account and cannot open what is sent here.")
                         % {"agency": to.name}, _call(to)))
    return ""


def _missing(to: Agency, by: Viewer, today: dt.date) -> str:
    """Whose MOU is the reason: the sender's own first, since without it nobody can be reached."""
    memberships = Membership.objects.filter(agency_id=to.pk, task_force_id__in=by.task_forces)
    shared = set(memberships.values_list("task_force_id", flat=True))
    theirs = _("The MOU of %(agency)s") % {"agency": to.name}
    for agency, whose in ((by.agency, _("Your agency's MOU")), (to.pk, theirs)):
        mou = _latest(agency, shared)
        if agreements.state(mou, today) not in agreements.SHARING:
            return f"{whose} {_is(mou, today)}."
    return _("Your agency and %(agency)s have no task force in which both MOUs are in force.") % {"agency": to.name}


def _latest(agency: UUID, task_forces: set[UUID]) -> agreements.Dates | None:
    return agreements.latest(Mou.objects.filter(agency_id=agency, task_force_id__in=task_forces))


def _is(mou: agreements.Dates | None, today: dt.date) -> str:
    if agreements.state(mou, today) in (agreements.State.NONE, agreements.State.UNSIGNED):
        return _("has not been signed")
    if agreements.state(mou, today) is agreements.State.NOT_YET:
        return _("is only %(words)s") % {"words": agreements.words(mou, today)}
    return agreements.words(mou, today)


def _call(to: Agency) -> str:
    if to.phone:
        return _("Call %(agency)s at %(phone)s, and tell the coordinator.") % {"agency": to.name, "phone": to.phone}
    return _("Tell the coordinator, who knows how to reach them.")
