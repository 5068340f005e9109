"""Opening, enrolling, closing and reopening a client's file, and people who asked and did not become clients."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID, uuid4

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services import reach as ways
from concord.site.services import rules
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Assignment, Client, ClientStatus, Enrolment, Inquiry, Need
from concord.vocabulary import (
    ClientKind,
    ClosureReason,
    FamilyRelation,
    LivingSituation,
    NotServedReason,
    ServiceType,
    SpokenLanguage,
    StatusDecider,
    VictimStatus,
    Why,
)

#: What the enrolment milestone asks of the client, and of this time of being served. Each has a `<name>_why`.
ASKED_OF_CLIENT = ("birth_date", "race", "gender", "trafficking_type")
ASKED_OF_ENROLMENT = ("age_at_entry", "referral_source", "living_situation")
NAMES = ("given_name", "family_name", "other_names")


@in_vault
def open_client(
    *,
    called: str,
    first_contact_on: dt.date,
    by: Viewer,
    reach: Sequence[ways.Way] = (),
    reach_why: Why | str = "",
    language: SpokenLanguage | str = "",
    language_why: Why | str = "",
    need_now: Collection[ServiceType] = (),
    principal: Client | None = None,
    relation: FamilyRelation | str = "",
    trafficking_type: str = "",
    assign_to: UUID | None = None,
    id: UUID | None = None,
) -> Client:
    """Open a file with the five things that are known at a first contact. The rest is asked when it is known.

    Whoever opens it is assigned to it unless `assign_to` names somebody else. Safe to repeat with the same id.
    """
    if id and (existing := Client.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    _require_past(first_contact_on, "first_contact_on")
    if principal is not None and principal.kind == ClientKind.FAMILY:
        raise Objection({"relation": "Open the family member from the principal client's own file."})
    client = Client.objects.create(
        id=id or uuid4(), **held(by), called=called.strip(), first_contact_on=first_contact_on,
        last_reached_on=first_contact_on, reach=ways.write(reach), reach_why=_absent(reach, reach_why),
        language=language, language_why=_absent(language, language_why),
        kind=ClientKind.FAMILY if principal else ClientKind.PRINCIPAL, principal=principal, relation=relation or None,
        trafficking_type=trafficking_type or None, trafficking_type_why="" if trafficking_type else Why.NOT_ASKED,
    )  # fmt: skip
    Assignment.objects.create(**held(by), client=client, staff_id=assign_to or by.staff, since_date=first_contact_on)
    Enrolment.objects.create(**held(by), client=client, opened_on=first_contact_on)
    for service_type in need_now:
        Need.objects.create(**held(by), client=client, service_type=service_type, requested_on=first_contact_on)
    return client


@in_vault
def record_enrolment(
    *, client: Client, answers: Mapping[str, object], whys: Mapping[str, Why | str], by: Viewer
) -> Client:
    """Keep what the enrolment milestone asked, or asked again: values, and for each without one the reason why.

    What is in neither mapping stays as it is. An age is kept as it was on the day of entry.
    """
    enrolment = _latest(client)
    for name in NAMES:
        if name in answers:
            setattr(client, name, answers[name] or None)
    _fill(client, ASKED_OF_CLIENT, answers, whys)
    answers = _with_age(client, enrolment, answers)
    _fill(enrolment, ASKED_OF_ENROLMENT, answers, whys)
    client.enrolment_asked_at = client.enrolment_asked_at or timezone.now()
    client.save()
    enrolment.save()
    return client


@in_vault
def set_reach(
    *,
    client: Client,
    reach: Sequence[ways.Way],
    by: Viewer,
    reach_why: Why | str = "",
    called: str | None = None,
    language: SpokenLanguage | str | None = None,
) -> Client:
    """Replace the ways in which a client can be reached safely; what she is called and her language, where given."""
    client.reach, client.reach_why = ways.write(reach), _absent(reach, reach_why)
    if called is not None:
        client.called = called.strip()
    if language is not None:
        client.language, client.language_why = language, _absent(language, client.language_why)
    client.save()
    return client


@in_vault
def judge_status(
    *, client: Client, status: VictimStatus, on_date: dt.date, decider: StatusDecider, basis: str, by: Viewer
) -> ClientStatus:
    """Record a dated judgement. The earlier ones stay: a count asks what held on its day."""
    _require_past(on_date, "on_date")
    return ClientStatus.objects.create(
        **held(by), client=client, status=status, on_date=on_date, decider=decider, basis=basis, decided_by_id=by.staff
    )


@in_vault
def close_client(
    *,
    client: Client,
    closed_on: dt.date,
    reason: ClosureReason,
    by: Viewer,
    note: str = "",
    exit_living_situation: LivingSituation | str = "",
    exit_living_situation_why: Why | str = "",
) -> Enrolment:
    """Close the open time of being served. Needs still open are left as they are: they were asked for."""
    enrolment = Enrolment.objects.select_for_update(no_key=True).filter(client=client, closed_on=None).first()
    if enrolment is None:
        raise Objection({"": "This file is closed already."})
    _require_past(closed_on, "closed_on")
    if closed_on < enrolment.opened_on:
        raise Objection({"closed_on": "This lies before the file was opened. Give a later date."})
    enrolment.closed_on, enrolment.closed_at, enrolment.closed_by_id = closed_on, timezone.now(), by.staff
    enrolment.closure_reason, enrolment.closure_note = reason, note
    enrolment.exit_living_situation = exit_living_situation
    enrolment.exit_living_situation_why = _absent(exit_living_situation, exit_living_situation_why)
    enrolment.save()
    client.is_open, client.next_contact_on = False, None
    client.save(update_fields=["is_open", "next_contact_on"])
    return enrolment


@in_vault
def reopen_client(*, client: Client, opened_on: dt.date, by: Viewer) -> Enrolment:
    """Begin a new time of being served in the same file."""
    last = _latest(client)
    if last.closed_on is None:
        raise Objection({"": "This file is open already."})
    _require_past(opened_on, "opened_on")
    if opened_on < last.closed_on:
        raise Objection({"opened_on": "This lies before the file was last closed. Give that day or a later one."})
    enrolment = Enrolment.objects.create(**held(by), client=client, opened_on=opened_on, reopening=True)
    client.is_open, client.attempts_since, client.last_reached_on = True, 0, opened_on
    client.save(update_fields=["is_open", "attempts_since", "last_reached_on"])
    return enrolment


@in_vault
def keep_inquiry(
    *,
    on_date: dt.date,
    reason: NotServedReason,
    by: Viewer,
    called: str = "",
    called_why: Why | str = "",
    reach: Sequence[ways.Way] = (),
    language: SpokenLanguage | str = "",
    wanted: Collection[ServiceType] = (),
    note: str = "",
    id: UUID | None = None,
) -> Inquiry:
    """Keep that somebody asked and was not served, and why: unmet demand is counted, and she may come back."""
    if id and (existing := Inquiry.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    _require_past(on_date, "on_date")
    return Inquiry.objects.create(
        id=id or uuid4(), **held(by), on_date=on_date, called=called.strip(), called_why=_absent(called, called_why),
        reach=ways.write(reach), language=language, wanted=[str(code) for code in wanted] or None, reason=reason,
        note=note,
    )  # fmt: skip


def _latest(client: Client) -> Enrolment:
    return client.enrolments.select_for_update(no_key=True).order_by("-opened_on", "-created_at").first()


def _fill(row, names: Collection[str], answers: Mapping, whys: Mapping) -> None:
    for name in names:
        if name in answers or name in whys:
            value = answers.get(name)
            setattr(row, name, None if value in ("", []) else value)
            setattr(row, f"{name}_why", _absent(value, whys.get(name, "")))


def _with_age(client: Client, enrolment: Enrolment, answers: Mapping) -> Mapping:
    """A birth date settles the age; without one, the age that was said stands."""
    if not answers.get("birth_date"):
        return answers
    return {**answers, "age_at_entry": rules.age_on(answers["birth_date"], enrolment.opened_on)}


def _absent(value, why: Why | str) -> str:
    """The reason that belongs to a value that is not there; none belongs to one that is."""
    if value or value == 0:
        return ""
    return str(why or Why.NOT_ASKED)


def _require_past(day: dt.date, field: str) -> None:
    if day > timezone.localdate():
        raise Objection({field: "This lies in the future. Give a date that has passed."})
