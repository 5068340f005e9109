"""What is done for a client: needs, services, contacts, notes, follow-ups."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, Contact, FollowUp, GroupService, Need, Note, Service
from concord.vocabulary import Barrier, ContactHow, NoteKind, ServiceMode, ServiceType, ServiceUnit


@in_vault
def add_needs(
    *, client: Client, service_types: Collection[ServiceType], requested_on: dt.date, by: Viewer, note: str = ""
) -> list[Need]:
    """Keep what a client asks for; what she already asked for and still waits for is not entered twice."""
    waiting = set(client.needs.filter(mode=ServiceMode.REQUESTED).values_list("service_type", flat=True))
    return [
        Need.objects.create(**held(by), client=client, service_type=code, requested_on=requested_on, note=note)
        for code in service_types
        if code not in waiting
    ]


@in_vault
def decide_need(
    *,
    need: Need,
    mode: ServiceMode,
    on_date: dt.date,
    by: Viewer,
    barrier: Barrier | str = "",
    referred_to: str = "",
    note: str = "",
) -> Need:
    """Say what came of a need: provided, referred out, or not met and what stood in the way."""
    need = Need.objects.select_for_update(no_key=True).select_related("client").get(pk=need.pk)
    if need.mode != ServiceMode.REQUESTED:
        raise Objection({"": "Somebody has decided this need already. Enter a new one if it is asked for again."})
    if mode == ServiceMode.REQUESTED:
        raise Objection({"mode": "Choose what came of it."})
    if mode == ServiceMode.UNMET and not barrier:
        raise Objection({"barrier": "Say what stood in the way: it is how housing and other gaps are shown."})
    if on_date < need.requested_on:
        raise Objection({"on_date": "This lies before it was asked for. Give that day or a later one."})
    need.mode, need.decided_on, need.decided_by_id = mode, on_date, by.staff
    need.barrier = barrier if mode == ServiceMode.UNMET else None
    need.save()
    if mode != ServiceMode.UNMET:
        log_service(
            client=need.client, need=need, service_type=need.service_type, mode=mode, on_date=on_date,
            referred_to=referred_to, note=note, by=by,
        )  # fmt: skip
    return need


@in_vault
def log_service(
    *,
    client: Client,
    service_type: ServiceType,
    on_date: dt.date,
    by: Viewer,
    quantity: Decimal | int = 1,
    unit: ServiceUnit = ServiceUnit.ENCOUNTER,
    mode: ServiceMode = ServiceMode.PROVIDED,
    referred_to: str = "",
    note: str = "",
    need: Need | None = None,
    id: UUID | None = None,
) -> Service:
    """Enter what was done. Safe to repeat with the same id: a double tap enters it once."""
    if id and (existing := Service.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    if on_date > timezone.localdate():
        raise Objection({"on_date": "This lies in the future. Enter a service when it has been given."})
    return Service.objects.create(
        id=id or uuid4(), **held(by), client=client, need=need, service_type=service_type, mode=mode, on_date=on_date,
        quantity=quantity, unit=unit, referred_to=referred_to, note=note,
    )  # fmt: skip


@in_vault
def undo_service(*, service: Service, by: Viewer) -> Service:
    """Take an entry back. It stays in the file as undone, and counts nowhere."""
    _undo(Service, service, by)
    return service


@in_vault
def log_group_service(
    *,
    service_type: ServiceType,
    people: int,
    on_date: dt.date,
    by: Viewer,
    quantity: Decimal | int = 1,
    unit: ServiceUnit = ServiceUnit.ENCOUNTER,
    id: UUID | None = None,
) -> GroupService:
    """Enter a group or an anonymous service: how many people, nobody named."""
    if id and (existing := GroupService.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    return GroupService.objects.create(
        id=id or uuid4(), **held(by), service_type=service_type, people=people, on_date=on_date, quantity=quantity,
        unit=unit,
    )  # fmt: skip


@in_vault
def undo_group_service(*, service: GroupService, by: Viewer) -> GroupService:
    _undo(GroupService, service, by)
    return service


@in_vault
def log_contact(
    *,
    client: Client,
    how: ContactHow,
    reached: bool,
    on_date: dt.date,
    by: Viewer,
    note: str = "",
    next_contact_on: dt.date | None = None,
    id: UUID | None = None,
) -> Contact:
    """Enter a try to reach a client, and when the next one is safe. Tries in vain add up until she is reached."""
    if id and (existing := Contact.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    if on_date > timezone.localdate():
        raise Objection({"on_date": "This lies in the future. Enter a contact when it has happened."})
    contact = Contact.objects.create(
        id=id or uuid4(), **held(by), client=client, how=how, reached=reached, on_date=on_date, note=note
    )
    client = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    client.attempts_since = 0 if reached else client.attempts_since + 1
    if reached:
        client.last_reached_on = max(filter(None, (client.last_reached_on, on_date)))
    client.next_contact_on = next_contact_on
    client.save(update_fields=["attempts_since", "last_reached_on", "next_contact_on"])
    return contact


@in_vault
def add_note(
    *, client: Client, kind: NoteKind, on_date: dt.date, text: str, by: Viewer, id: UUID | None = None
) -> Note:
    """Write a note. It stays as written; a correction is a later note."""
    if id and (existing := Note.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    if not text.strip():
        raise Objection({"text": "Write the note before saving it."})
    return Note.objects.create(id=id or uuid4(), **held(by), client=client, kind=kind, on_date=on_date, text=text)


@in_vault
def add_follow_up(*, client: Client, due_on: dt.date, what: str, by: Viewer, id: UUID | None = None) -> FollowUp:
    if id and (existing := FollowUp.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    return FollowUp.objects.create(id=id or uuid4(), **held(by), client=client, due_on=due_on, what=what)


@in_vault
def finish_follow_up(*, follow_up: FollowUp, by: Viewer) -> FollowUp:
    if follow_up.done_at is None:
        follow_up.done_at, follow_up.done_by_id = timezone.now(), by.staff
        follow_up.save(update_fields=["done_at", "done_by_id"])
    return follow_up


def _undo(model, row, by: Viewer) -> None:
    model.objects.filter(pk=row.pk, undone_at=None).update(undone_at=timezone.now(), undone_by_id=by.staff)
    row.refresh_from_db(fields=["undone_at", "undone_by_id"])
