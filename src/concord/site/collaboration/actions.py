"""What the coordinator writes into the task force's shared record."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.accounts.models import Agency, Membership
from concord.site.collaboration.models import AgendaItem, Attendance, Meeting, Outreach, Protocol, Training
from concord.site.stores import audit
from concord.vocabulary import Audience, MeetingKind, OutreachKind, ProtocolKind, StoreKind, TraffickingType

_hub = StoreKind.HUB.value


class Came(NamedTuple):
    """An agency's attendance at a meeting."""

    agency: UUID
    people: int
    remote: bool = False


@transaction.atomic(using=_hub)
def call_meeting(
    *, task_force: UUID, kind: MeetingKind, begins_at: dt.datetime, place: str, agenda: Iterable[str], by: Viewer
) -> Meeting:
    meeting = Meeting.objects.create(
        **_held(by, task_force), kind=kind, begins_at=begins_at, place=place,
    )
    _put_on_agenda(meeting, agenda, by)
    return meeting


@transaction.atomic(using=_hub)
def change_meeting(
    *, meeting: Meeting, kind: MeetingKind, begins_at: dt.datetime, place: str, agenda: Iterable[str], by: Viewer
) -> Meeting:
    """Change what was announced. Agenda items that are no longer there are dropped, not erased."""
    meeting.kind, meeting.begins_at, meeting.place = kind, begins_at, place
    meeting.save(update_fields=["kind", "begins_at", "place"])
    wanted = [line for line in agenda if line]
    meeting.items.filter(dropped_at=None).exclude(words__in=wanted).update(dropped_at=timezone.now())
    _put_on_agenda(meeting, wanted, by)
    return meeting


@transaction.atomic(using=_hub)
def write_minutes(
    *, meeting: Meeting, came: Iterable[Came], decisions: dict[UUID, str], minutes: str, by: Viewer
) -> Meeting:
    """Who came, what was decided on each item, and the rest. Can be corrected: the chain keeps what stood before."""
    meeting.minutes, meeting.minutes_at = minutes, timezone.now()
    meeting.save(update_fields=["minutes", "minutes_at"])
    for item in meeting.items.filter(dropped_at=None):
        if item.decision != (decision := decisions.get(item.pk, item.decision)):
            item.decision = decision
            item.save(update_fields=["decision"])
    there = {row.attendee_id: row for row in meeting.attendance.all()}
    wanted = {c.agency: c for c in came}
    for agency, row in there.items():
        _set_attendance(row, wanted.pop(agency, Came(agency, 0)))
    Attendance.objects.bulk_create([
        Attendance(**_held(by, meeting.task_force_id), meeting=meeting, attendee_id=c.agency, people=c.people,
                   remote=c.remote)
        for c in wanted.values() if c.people
    ])
    audit.record("meeting.minuted", meeting)
    return meeting


def members_on(task_force: UUID, day: dt.date):
    """Agencies that were members on a day, with or without accounts."""
    memberships = Membership.objects.filter(task_force_id=task_force, from_date__lte=day).exclude(until_date__lt=day)
    return Agency.objects.filter(pk__in=memberships.values("agency_id")).order_by("name")


@transaction.atomic(using=_hub)
def adopt_protocol(
    *, task_force: UUID, kind: ProtocolKind, title: str, text: str, adopted_on: dt.date, review_on: dt.date,
    survivors_reviewed: bool, replaces: Protocol | None = None, by: Viewer,
) -> Protocol:
    """Record a protocol as adopted. A revision gets the next version, and the one before says when it ended."""
    if replaces is not None:
        Protocol.objects.filter(pk=replaces.pk).update(replaced_on=adopted_on)
    return Protocol.objects.create(
        **_held(by, task_force), kind=kind, title=title, text=text, adopted_on=adopted_on, review_on=review_on,
        survivors_reviewed=survivors_reviewed, replaces=replaces, version=replaces.version + 1 if replaces else 1,
    )


@transaction.atomic(using=_hub)
def record_training(
    *, task_force: UUID, held_on: dt.date, title: str, given_by: UUID, audience: Audience, topic: TraffickingType,
    hours: Decimal, people: int, by: Viewer,
) -> Training:
    return Training.objects.create(
        **_held(by, task_force), held_on=held_on, title=title, given_by_id=given_by, audience=audience, topic=topic,
        hours=hours, people=people,
    )


@transaction.atomic(using=_hub)
def record_outreach(
    *, task_force: UUID, held_on: dt.date, title: str, kind: OutreachKind, given_by: UUID, audience: Audience,
    topic: TraffickingType, people_reached: int | None, materials: int | None, by: Viewer,
) -> Outreach:
    return Outreach.objects.create(
        **_held(by, task_force), held_on=held_on, title=title, kind=kind, given_by_id=given_by, audience=audience,
        topic=topic, people_reached=people_reached, materials=materials,
    )


def _held(by: Viewer, task_force: UUID) -> dict:
    return {"agency_id": by.agency, "created_by_id": by.staff, "task_force_id": task_force}


def _put_on_agenda(meeting: Meeting, lines: Iterable[str], by: Viewer) -> None:
    """Lines in their order; one that is there already keeps its decision and takes its new place."""
    there = {item.words: item for item in meeting.items.filter(dropped_at=None)}
    for position, line in enumerate((line for line in lines if line), start=1):
        item = there.get(line) or AgendaItem(**_held(by, meeting.task_force_id), meeting=meeting, words=line)
        item.position = position
        item.save()


def _set_attendance(row: Attendance, came: Came) -> None:
    if (row.people, row.remote) != (came.people, came.remote):
        row.people, row.remote = came.people, came.remote
        row.save(update_fields=["people", "remote"])
