"""Reading incidents again for missed indicators of trafficking: the queue, and what each reading came to."""

from django.utils import timezone

from concord.casefile.formats.nibrs_reread import RULES
from concord.law.wall import Viewer
from concord.site.justice.actions import leads
from concord.site.justice.actions.common import change, in_one_step
from concord.site.justice.codes import RereadStatus
from concord.site.justice.models import Lead, RereadItem
from concord.site.pages.objections import Objection
from concord.vocabulary import Answer

BY_CODE = {rule.code: rule for rule in RULES}


@in_one_step
def decide(item: RereadItem, *, status: RereadStatus, note: str, by: Viewer) -> RereadItem:
    """Say what reading it again came to. It may be read once more later; a lead, once opened, stands."""
    _require_no_lead(item)
    if status is RereadStatus.WAITING:
        raise Objection({"status": "Say what you found."})
    change(item, _decided(status, note, by))
    return item


@in_one_step
def open_lead(item: RereadItem, *, facts: dict, by: Viewer) -> Lead:
    """Indicators were found: a lead that rests on this incident, and the way back from each to the other.

    It rests on a record, so nobody spoke to us who could have asked for help.
    """
    _require_no_lead(item)
    lead = leads.record_lead(asked_for_help=Answer.NO, facts=facts, by=by)
    change(item, _decided(RereadStatus.INDICATORS, item.note, by) | {"lead": lead})
    return lead


def _decided(status: RereadStatus, note: str | None, by: Viewer) -> dict:
    return {"status": status, "note": note or None, "decided_at": timezone.now(), "decided_by_id": by.staff}


def _require_no_lead(item: RereadItem) -> None:
    if item.lead_id:
        raise Objection({"": "A lead has been opened from this incident. What follows is decided there."})
