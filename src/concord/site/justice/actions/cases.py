"""Investigations: open, change, close, reopen, and decide whose file it is to read."""

import datetime as dt
from uuid import UUID

from concord.law.wall import JUSTICE, Viewer
from concord.site.accounts.models import Agency
from concord.site.justice.actions.common import (
    Objection,
    change,
    held_by,
    in_one_step,
    own,
    reference,
    require_holder,
    require_open,
    today,
)
from concord.site.justice.codes import CaseEventKind
from concord.site.justice.models import CaseEvent, Investigation, ProsecutionReferral, TeamAgency
from concord.vocabulary import (
    CaseStatus,
    ClosedHow,
    Forum,
    LeadSource,
    ProsecutionDecision,
    Sector,
    TraffickingType,
    Why,
)


@in_one_step
def open_investigation(*, facts: dict, by: Viewer) -> Investigation:
    """Open an investigation; without a code name it gets a number that tells nothing."""
    code_name = (facts.get("code_name") or "").strip() or reference("C")
    _require_openable(code_name, facts["opened_on"], by)
    facts = {"lead_staff_id": by.staff} | facts | {"code_name": code_name}
    investigation = Investigation.objects.create(**own(by), **facts)
    CaseEvent.objects.create(
        **held_by(investigation, by), kind=CaseEventKind.TYPE, on_date=investigation.opened_on,
        trafficking_type=investigation.trafficking_type)
    return investigation


def _require_openable(code_name: str, opened_on: dt.date, by: Viewer) -> None:
    if Investigation.objects.filter(agency_id=by.agency, code_name=code_name).exists():
        raise Objection({"code_name": "Your agency already has an investigation of that name. Choose another."})
    if opened_on > today():
        raise Objection({"opened_on": "This date lies ahead. Give the day of the first action."})


@in_one_step
def open_arrest_file(
    *, on: dt.date, by: Viewer, source: LeadSource = LeadSource.PATROL,
    trafficking_type: TraffickingType = TraffickingType.NOT_YET_KNOWN,
) -> Investigation:
    """A file for an arrest that no investigation led to, so that the wall and the safeguard hold for it as for others.

    It is counted as no investigation until it joins one (`joining`) or is made one.
    """
    return open_investigation(by=by, facts={
        "code_name": reference("A"), "opened_on": on, "source": source, "trafficking_type": trafficking_type,
        "proactive_why": Why.NOT_YET_KNOWN, "initially_classified_as_why": Why.NOT_YET_KNOWN, "arrest_only": True})


@in_one_step
def make_investigation(file: Investigation, *, facts: dict, by: Viewer) -> Investigation:
    """An arrest turns out to be an investigation of its own; from then on it is counted as one."""
    require_arrest_file(file, by)
    code_name = (facts.get("code_name") or "").strip() or reference("C")
    _require_openable(code_name, facts["opened_on"], by)
    change(file, facts | {"code_name": code_name, "proactive_why": "", "arrest_only": False})
    _event(file, CaseEventKind.TYPE, file.opened_on, by, trafficking_type=file.trafficking_type)
    return file


def require_arrest_file(file: Investigation, by: Viewer) -> None:
    require_open(file)
    require_holder(file, by, "says where an arrest belongs")
    if not file.arrest_only:
        raise Objection({"": "This is an investigation already."})


@in_one_step
def change_facts(investigation: Investigation, facts: dict) -> Investigation:
    require_open(investigation)
    change(investigation, facts)
    return investigation


@in_one_step
def set_type(investigation: Investigation, *, to: TraffickingType, on: dt.date, note: str, by: Viewer) -> CaseEvent:
    """What kind of trafficking it is now held to be; what it was held to be before stays in its history."""
    require_open(investigation)
    _require_possible(investigation, on, "on_date")
    if to == investigation.trafficking_type:
        raise Objection({"trafficking_type": "It already stands as this type. Choose another, or go back."})
    change(investigation, {"trafficking_type": to})
    return _event(investigation, CaseEventKind.TYPE, on, by, trafficking_type=to, note=note)


@in_one_step
def close(investigation: Investigation, *, on: dt.date, how: ClosedHow, note: str, by: Viewer) -> CaseEvent:
    require_open(investigation)
    _require_possible(investigation, on, "on_date")
    change(investigation, {"status": CaseStatus.CLOSED, "closed_on": on, "closed_how": how})
    return _event(investigation, CaseEventKind.CLOSED, on, by, closed_how=how, note=note)


@in_one_step
def reopen(investigation: Investigation, *, on: dt.date, note: str, by: Viewer) -> CaseEvent:
    """Open it again; that it had been closed, when and how, stays in its history."""
    if investigation.status == CaseStatus.OPEN:
        raise Objection({"": "This investigation is open."})
    if on < investigation.closed_on:
        raise Objection({"on_date": "This lies before the day it was closed."})
    _require_possible(investigation, on, "on_date")
    change(investigation, {"status": CaseStatus.OPEN, "closed_on": None, "closed_how": ""})
    return _event(investigation, CaseEventKind.REOPENED, on, by, note=note)


@in_one_step
def adopt_federally(investigation: Investigation, *, on: dt.date, note: str, by: Viewer) -> CaseEvent:
    """A federal office took it: an outcome with a date, not a loss."""
    _require_possible(investigation, on, "on_date")
    if investigation.adopted_federally_on:
        raise Objection({"": "It has already been adopted federally."})
    change(investigation, {"adopted_federally_on": on})
    return _event(investigation, CaseEventKind.ADOPTED, on, by, note=note)


def _event(investigation, kind, on, by, **more) -> CaseEvent:
    return CaseEvent.objects.create(**held_by(investigation, by), kind=kind, on_date=on, **more)


def _require_possible(investigation: Investigation, on: dt.date, field: str) -> None:
    if on > today():
        raise Objection({field: "This date lies ahead."})
    if on < investigation.opened_on:
        raise Objection({field: "This lies before the day the investigation was opened."})


# --- The team ---------------------------------------------------------------------------------------------------------


@in_one_step
def add_to_team(investigation: Investigation, *, agency_id: UUID, from_date: dt.date, by: Viewer) -> TeamAgency:
    """Let a justice agency of the task force read and work the file, while both MOUs are in force.

    An agency that takes part without accounts is on the team too: it is counted, and reads nothing here.
    """
    require_holder(investigation, by, "decides who is on its team")
    agency = Agency.objects.filter(pk=agency_id).exclude(pk=by.agency).first()
    if agency is None or agency.sector not in JUSTICE:
        raise Objection({"agency": "Choose a police, prosecution or labor agency of your task force."})
    if agency.has_accounts and agency.pk not in by.partners:
        raise Objection({"agency": "Its MOU or yours is not in force today, so nothing can be shared with it."})
    if investigation.team.filter(member_id=agency_id, until_date=None).exists():
        raise Objection({"agency": "This agency is already on the team."})
    return TeamAgency.objects.create(
        **held_by(investigation, by), member_id=agency_id, level=agency.level, sector=agency.sector,
        from_date=from_date)


@in_one_step
def end_membership(row: TeamAgency, *, on: dt.date, by: Viewer) -> TeamAgency:
    """The agency's last day on the team. What it wrote stays; it reads nothing from the next day on."""
    require_holder(row.investigation, by, "decides who is on its team")
    if on < row.from_date:
        raise Objection({"until_date": "This lies before the day the agency joined."})
    change(row, {"until_date": on})
    return row


@in_one_step
def refer_to_prosecution(
    investigation: Investigation, *, to_agency: UUID, on: dt.date, forum: Forum | str, by: Viewer
) -> ProsecutionReferral:
    """Hand the investigation to a prosecutor for a decision; the office joins the team if it is not on it."""
    require_open(investigation)
    _require_possible(investigation, on, "referred_on")
    if to_agency == by.agency and by.sector is not Sector.PROSECUTION:
        raise Objection({"agency": "Choose a prosecutor's office."})
    office = Agency.objects.filter(pk=to_agency).first()
    if office is None or office.sector != Sector.PROSECUTION:
        raise Objection({"agency": "Choose a prosecutor's office."})
    waiting = ProsecutionReferral.objects.filter(
        investigation=investigation, to_agency_id=to_agency, decision=ProsecutionDecision.PENDING)
    if waiting.exists():
        raise Objection({"agency": "This office has the investigation already and has not decided yet."})
    if ProsecutionReferral.objects.filter(investigation=investigation, to_agency_id=to_agency, referred_on=on).exists():
        raise Objection({"referred_on": "This office got it on that day already. Give the day of the new referral."})
    on_team = investigation.team.filter(member_id=to_agency, until_date=None).exists()
    if not on_team and to_agency != investigation.agency_id:
        add_to_team(investigation, agency_id=to_agency, from_date=today(), by=by)
    return ProsecutionReferral.objects.create(
        **held_by(investigation, by), to_agency_id=to_agency, referred_on=on, forum=forum)
