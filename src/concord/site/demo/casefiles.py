"""One investigation being written down: its file, team, history and the lead it rests on."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from concord.law.wall import JUSTICE
from concord.site.demo import cast
from concord.site.demo.draws import Draw, Names, at, days
from concord.site.demo.story import Book, staff_of
from concord.site.justice.codes import CaseEventKind, LeadDecision
from concord.site.justice.models import CaseEvent, Investigation, Lead, LeadLink, TeamAgency
from concord.vocabulary import (
    Answer,
    CallerPermission,
    CaseStatus,
    ChargeClass,
    ClosedHow,
    InvestigationMethod,
    LeadSource,
    TraffickingType,
    Why,
)

T, S, M = TraffickingType, LeadSource, InvestigationMethod
COUNTIES = ("Alder", "Marsh", "Quarry", "Stone Ridge", "Lower Bend", "Cinder Lake lands")
_COLORS = (
    "Amber Ashen Auburn Azure Blond Bronze Carmine Chalk Cobalt Copper Coral Crimson Dun Ebony Faded Golden Hoar "
    "Indigo Iron Ivory Jade Leaden Lilac Livid Mauve Ochre Olive Pale Pewter Rust Sable Scarlet Sepia Slate Tawny Teal "
    "Umber Violet White Yellow"
).split()
_THINGS = (
    "Anchor Anvil Badger Basin Beacon Bellows Bobbin Bridge Canyon Cartwheel Chimney Compass Dory Falcon Ferry Fiddle "
    "Furrow Gable Gantry Harrow Heron Kettle Lantern Lathe Lever Loom Mallet Mill Mortar Otter Paddle Pier Plough "
    "Pulley Quarry Rudder Saddle Sluice Spindle Steeple Thimble Trestle Turbine Weir Whistle"
).split()
_REFERENCE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

SOURCES = {
    S.HOTLINE: 20, S.PATROL: 12, S.VICTIM: 9, S.FAMILY: 7, S.PROVIDER: 8, S.MEDICAL: 4, S.COURT: 2, S.SCHOOL: 3,
    S.ONLINE: 10, S.OTHER_AGENCY: 12, S.PROACTIVE_OPERATION: 11, S.OTHER: 2,
}  # fmt: skip
LABOR_SOURCES = {S.LABOR_INSPECTION: 40, S.HOTLINE: 20, S.VICTIM: 10, S.PROVIDER: 14, S.OTHER_AGENCY: 10, S.FAMILY: 6}
_SEX_METHODS = (
    M.UNDERCOVER_STING, M.VICTIM_INTERVIEW, M.SUSPECT_INTERVIEW, M.SURVEILLANCE, M.SEARCH_WARRANT, M.PHONE_RECORDS,
    M.DEVICE_EXAMINATION, M.ONLINE_ADVERTISEMENTS, M.TRAFFIC_STOP, M.WITNESS_INTERVIEW,
)  # fmt: skip
_LABOR_METHODS = (
    M.WORKSITE_INSPECTION, M.WAGE_RECORDS, M.FINANCIAL, M.VICTIM_INTERVIEW, M.WITNESS_INTERVIEW, M.SURVEILLANCE,
    M.SEARCH_WARRANT,
)  # fmt: skip
_OPENED_AS = {
    ChargeClass.HT_SEX: 40, ChargeClass.PROST_PROMOTE: 18, ChargeClass.PROST_SELL: 8, ChargeClass.KIDNAP: 4,
    ChargeClass.SEXOFF: 7, ChargeClass.ASSAULT_THREAT: 7, ChargeClass.OTHER: 4,
}  # fmt: skip
_LABOR_OPENED_AS = {ChargeClass.HT_LABOR: 50, ChargeClass.WAGE: 30, ChargeClass.LABOR_FRAUD: 12, ChargeClass.OTHER: 8}
_SUMMARIES = {
    T.SEX: "A person was advertised online and taken between hotels along the highway; somebody else kept the money.",
    T.LABOR: "Workers say that they were promised wages and housing, and that their debts grew faster than their pay.",
    T.BOTH: "Work in a bar by day, and made to go with guests at night, until a debt is paid that nobody can name.",
    T.NOT_YET_KNOWN: "Several people live where they work and never leave alone. What the work is could not be seen.",
}


@dataclass
class Case:
    """An investigation in the writing. `opened` is its first day, `last` the last day anything can have happened."""

    book: Book
    draw: Draw
    names: Names
    holder: cast.Agency
    today: dt.date
    opened: dt.date
    kind: TraffickingType
    file: Investigation | None = None
    people: int = 0
    team: set[str] = field(default_factory=set)

    @property
    def last(self) -> dt.date:
        return (self.file and self.file.closed_on) or self.today

    @property
    def is_labor(self) -> bool:
        return self.kind in (T.LABOR, T.BOTH)

    @property
    def id(self) -> UUID:
        return self.file.pk

    def who(self) -> UUID:
        """Whoever of the holder writes things down: mostly the investigator in charge."""
        lead = self.file.lead_staff_id
        return lead if lead and self.draw.maybe(0.8) else self.draw.choice(staff_of(self.holder.key)).id

    def write(self, model, *, on: dt.date, **columns):
        """A row of this investigation, written down within a few days of `on`."""
        written = min(self.draw.within(on, on + days(3)), max(on, self.today - days(1)))
        given = {
            "id": self.draw.id(),
            "agency_id": self.holder.id,
            "created_by_id": self.who(),
            "created_at": self.draw.moment(written, 0, 17 if written < self.today else 0),
            "investigation_id": self.id,
        }
        return self.book.write(model(**given | columns))


def open_case(case: Case, code_name: str, **given) -> Investigation:
    """The investigation itself, with the history of its type."""
    draw, labor = case.draw, case.is_labor
    source = given.pop("source", None) or draw.of(LABOR_SOURCES if labor else SOURCES)
    opened_as = draw.of(_LABOR_OPENED_AS if labor else _OPENED_AS) if draw.maybe(0.86) else ""
    proactive = source is S.PROACTIVE_OPERATION or (draw.maybe(0.2) if draw.maybe(0.88) else None)
    detectives = [person.id for person in staff_of(case.holder.key)]
    columns = {
        "trafficking_type": case.kind,
        "source": source,
        "proactive": proactive,
        "proactive_why": Why.NOT_RECORDED if proactive is None else "",
        "initially_classified_as": opened_as,
        "initially_classified_as_why": "" if opened_as else Why.NOT_RECORDED,
        "methods": _methods(case, source),
        "counties": draw.some(COUNTIES, 2) if draw.maybe(0.93) else [],
        "lead_staff_id": draw.choice(detectives) if draw.maybe(0.97) else None,
        "summary": _SUMMARIES[case.kind] if draw.maybe(0.8) else "",
        "status": CaseStatus.OPEN,
        "id": draw.id(),
        "second_read": opened_as not in ("", *ChargeClass.strict()) and draw.maybe(0.15),
    }
    case.file = case.book.write(
        Investigation(
            agency_id=case.holder.id, created_at=draw.moment(case.opened), opened_on=case.opened,
            code_name=code_name, created_by_id=columns["lead_staff_id"], **columns | given,
        )
    )  # fmt: skip
    first = T.NOT_YET_KNOWN if draw.maybe(0.12) else case.kind
    case.write(CaseEvent, on=case.opened, kind=CaseEventKind.TYPE, on_date=case.opened, trafficking_type=first)
    if first != case.kind:
        later = draw.within(case.opened, min(case.opened + days(60), case.today))
        case.write(CaseEvent, on=later, kind=CaseEventKind.TYPE, on_date=later, trafficking_type=case.kind)
    return case.file


def _methods(case: Case, source: LeadSource) -> list[InvestigationMethod]:
    if case.draw.maybe(0.12):
        return []
    found = case.draw.some(_LABOR_METHODS if case.is_labor else _SEX_METHODS, 4)
    if source is S.PROACTIVE_OPERATION and M.UNDERCOVER_STING not in found:
        found.append(M.UNDERCOVER_STING)
    return found


def join_team(case: Case, agency: str, on: dt.date) -> None:
    """Another justice agency on the team, with or without accounts; once."""
    member = cast.AGENCIES[agency]
    if agency in case.team or member.key == case.holder.key or member.sector not in JUSTICE:
        return
    case.team.add(agency)
    case.write(TeamAgency, on=on, member_id=member.id, level=member.level, sector=member.sector, from_date=on)


def neighbours(holder: cast.Agency) -> list[cast.Agency]:
    """Agencies that share a task force with the holder."""
    forces = set(holder.task_forces)
    return [a for a in cast.AGENCIES.values() if forces & set(a.task_forces) and a.key != holder.key]


def close_case(case: Case, how: ClosedHow, on: dt.date, note: str = "") -> None:
    case.file.status, case.file.closed_on, case.file.closed_how = CaseStatus.CLOSED, on, how
    case.write(CaseEvent, on=on, kind=CaseEventKind.CLOSED, on_date=on, closed_how=how, note=note)


def adopt(case: Case, on: dt.date) -> None:
    case.file.adopted_federally_on = on
    case.write(CaseEvent, on=on, kind=CaseEventKind.ADOPTED, on_date=on)
    join_team(case, "us_attorney", on)


def lead_for(case: Case) -> Lead:
    """The lead that this investigation rests on."""
    received = case.opened - days(case.draw.randint(0, 12))
    lead = write_lead(
        case.book, case.draw, case.holder, received, case.kind, case.file.source,
        decision=LeadDecision.OPENED, decided_on=case.opened, decided_by_id=case.file.lead_staff_id or case.who(),
    )  # fmt: skip
    case.write(LeadLink, on=case.opened, lead_id=lead.pk, linked_on=case.opened)
    return lead


def write_lead(book: Book, draw: Draw, agency: cast.Agency, received: dt.date, kind, source, **columns) -> Lead:
    """One lead of an agency. What nobody asked the caller stays unknown."""
    spoke = source in (S.HOTLINE, S.VICTIM, S.FAMILY, S.OTHER) and draw.maybe(0.6)
    permissions = [p for p in CallerPermission if p is not CallerPermission.SERVICES_ONLY]
    return book.write(
        Lead(
            **{
                "id": draw.id(), "agency_id": agency.id, "created_at": at(received, draw.randint(8, 20)),
                "created_by_id": draw.choice(staff_of(agency.key)).id,
                "reference": "L-" + "".join(draw.choices(_REFERENCE, k=6)),
                "received_on": received, "source": source, "trafficking_type": kind,
                "county": draw.choice(COUNTIES) if draw.maybe(0.8) else "",
                "summary": _SUMMARIES[kind],
                "caller": {"safe_contact": "Call after six in the evening"} if spoke and draw.maybe(0.5) else None,
                "caller_permission": draw.choice(permissions) if spoke else "",
                "minors": draw.of({Answer.YES: 25, Answer.NO: 40, Answer.UNKNOWN: 35}),
                "danger_now": draw.of({Answer.YES: 8, Answer.NO: 62, Answer.UNKNOWN: 30}),
                "labor_considered": draw.of({Answer.YES: 45, Answer.NO: 15, Answer.UNKNOWN: 40}),
            } | columns
        )
    )  # fmt: skip


def code_names(draw: Draw) -> list[str]:
    """Every pair of words once, shuffled: code names that say nothing of anybody."""
    found = [f"{color} {thing}" for color in _COLORS for thing in _THINGS]
    draw.shuffle(found)
    return found
