"""What a provider sealed for one of us: opened, it is this agency's received record, and stays one.

The record is kept before the hub hears of it (`stores.acting.COMMIT_ORDER`). Where the hub then fails, nothing is lost:
opening again finds the record, and the sweeper tells the hub, so that the client's ledger says who has read it.
"""

import datetime as dt
from uuid import UUID

from concord.law.wall import Viewer
from concord.site.bridge import packages
from concord.site.bridge.models import Package
from concord.site.justice.actions.common import change, in_one_step, own, today
from concord.site.justice.models import DiscoveryEntry, Investigation, ReceivedRecord
from concord.site.pages.objections import Objection
from concord.site.stores import audit
from concord.vocabulary import HoldKind


def copies(by: Viewer):
    """What was sealed for somebody of the viewer's agency, newest first."""
    return packages.received_packages(by)


def records(by: Viewer):
    """What the viewer's agency has opened, newest first."""
    return ReceivedRecord.objects.filter(agency_id=by.agency).order_by("-opened_at", "-id")


def record_of(package: UUID, by: Viewer) -> ReceivedRecord | None:
    return records(by).filter(package_id=package).first()


def open_copy(*, package: UUID, by: Viewer) -> ReceivedRecord:
    """Open a copy that names the viewer and keep it as the agency's record. Safe to repeat: there is one record.

    Raises Objection where it can no longer be opened; that it was refused stays recorded, so this undoes nothing else.
    """
    copy = copies(by).get(pk=package)
    existing = record_of(package, by)
    if existing is not None:
        packages.record_opening(id=package, at=existing.opened_at, by=by)
        return existing
    try:
        content = packages.open_package(package=copy, by=by)
    except Objection:
        meanwhile = record_of(package, by)  # the same click, twice: the other one was first
        if meanwhile is None:
            raise
        return meanwhile
    return _keep(copies(by).get(pk=package), content, by)


@in_one_step
def _keep(copy: Package, content: dict, by: Viewer) -> ReceivedRecord:
    record = ReceivedRecord.objects.create(
        **own(by), package_id=copy.pk, from_agency_id=copy.from_agency_id, opened_at=copy.opened_at,
        opened_by_id=by.staff, purpose=content["purpose"], content=content)
    audit.record("record.received", record)
    return record


def sweep(by: Viewer) -> None:
    """Tell the hub of openings that it failed to keep: the record here is what happened."""
    unsaid = copies(by).filter(opened_at=None).values_list("pk", flat=True)
    for package, at in records(by).filter(package_id__in=list(unsaid)).values_list("package_id", "opened_at"):
        packages.record_opening(id=package, at=at, by=by)


# --- What may still be said of a record -------------------------------------------------------------------------------


@in_one_step
def attach(*, record: ReceivedRecord, investigation: Investigation | None, by: Viewer) -> ReceivedRecord:
    """Say which investigation of the own agency it belongs to; None where it belongs to none after all."""
    if investigation is not None and investigation.agency_id != by.agency:
        raise Objection({"investigation": "Choose an investigation that your own agency holds."})
    change(record, {"investigation_id": investigation and investigation.pk})
    return record


@in_one_step
def keep_until(*, record: ReceivedRecord, day: dt.date | None, by: Viewer) -> ReceivedRecord:
    """The day until which the agency's retention schedule keeps it."""
    if day is not None and day < today():
        raise Objection({"keep_until": "This day has passed. Give the day on which the schedule lets it go."})
    change(record, {"keep_until": day})
    return record


@in_one_step
def hold(*, record: ReceivedRecord, kind: HoldKind, reason: str, by: Viewer) -> ReceivedRecord:
    """It stays, whatever the schedule says, until the hold is lifted."""
    if not reason.strip():
        raise Objection({"hold_reason": "Say which case, order or audit it is held for."})
    change(record, {"hold": kind, "hold_reason": reason.strip()})
    audit.record("record.held", record)
    return record


@in_one_step
def lift_hold(*, record: ReceivedRecord, by: Viewer) -> ReceivedRecord:
    """The audit chain keeps that there was one, and why."""
    if record.hold:
        change(record, {"hold": "", "hold_reason": None})
        audit.record("record.hold_lifted", record)
    return record


@in_one_step
def log_discovery(
    *, record: ReceivedRecord, on: dt.date, handed_over: bool, to: str, reason: str, by: Viewer, id: UUID | None = None
) -> DiscoveryEntry:
    """That it was handed to the defence or a court, or why it was not. An entry never changes; a later one may follow.

    Safe to repeat with the same id.
    """
    if id and (existing := DiscoveryEntry.objects.filter(pk=id, record=record).first()):
        return existing
    if on > today():
        raise Objection({"on_date": "This day lies ahead. Enter it when it has happened."})
    if handed_over and not to.strip():
        raise Objection({"to": "Say to whom it was handed."})
    if not handed_over and not reason.strip():
        raise Objection({"reason": "Say why it was not handed over, and who decided that."})
    more = {"id": id} if id else {}
    return DiscoveryEntry.objects.create(
        **own(by), **more, record=record, on_date=on, handed_over=handed_over, to_words=to.strip() or None,
        reason=reason.strip() or None)
