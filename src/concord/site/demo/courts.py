"""Arrests with the safeguard's review, and the way of a case through a prosecutor's office and a court."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from concord.law import charges as charge_law
from concord.law import safeguards
from concord.site.demo import cast
from concord.site.demo.casefiles import Case, join_team
from concord.site.demo.draws import at, days
from concord.site.demo.story import staff_of
from concord.site.justice.codes import ClassedBy, HearingKind, ReviewFinding
from concord.site.justice.models import (
    Arrest,
    ArrestReview,
    Charge,
    ChargeReason,
    ConsideredCharge,
    DecisionReason,
    Docket,
    Hearing,
    Person,
    ProsecutionReferral,
    Worksheet,
)
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ArrestAlternative,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    ChargeStage,
    DeclineReason,
    Forum,
    NotTraffickingReason,
    PersonRole,
    ProsecutionDecision,
    Role,
    Sector,
    SentenceKind,
    SuspectOutcome,
    VictimStatus,
    Why,
)

STATE_PACK, FEDERAL_PACK = f"US-{cast.STATE}", "US"
D = ProsecutionDecision

TRAFFICKING = {"sex": ("PC 236.1(b)",), "minor": ("PC 236.1(c)(1)",), "labor": ("PC 236.1(a)",)}
INSTEAD = {
    "sex": ("PC 266h(a)", "PC 266i(a)", "PC 236", "PC 422", "PC 245(a)(1)"),
    "minor": ("PC 266h(b)", "PC 288(a)", "PC 273a(a)", "PC 311.4"),
    "labor": ("PC 487m", "PC 236", "PC 518", "PC 422"),
}
FEDERAL = {"sex": ("18 USC 1591(a)(1)", "18 USC 2421(a)"), "minor": ("18 USC 1591(a)(1)", "18 USC 2423(a)"),
           "labor": ("18 USC 1589(a)", "18 USC 1592(a)", "18 USC 1351")}  # fmt: skip
_PURPOSES = {
    ArrestStatedPurpose.ENFORCEMENT: 30, ArrestStatedPurpose.COURT_ORDER: 12, ArrestStatedPurpose.IMMEDIATE_DANGER: 6,
    ArrestStatedPurpose.PROTECTION: 26, ArrestStatedPurpose.LEVERAGE: 10, ArrestStatedPurpose.SERVICES: 8, "": 8,
}  # fmt: skip
_NOT_TRAFFICKING = {
    NotTraffickingReason.SPARE_TESTIMONY: 26, NotTraffickingReason.SURVIVOR_WISH: 14,
    NotTraffickingReason.INSUFFICIENT_MEANS: 24, NotTraffickingReason.VICTIM_UNAVAILABLE: 14,
    NotTraffickingReason.HIGHER_EXPOSURE: 8, NotTraffickingReason.STATUTE_GAP: 4, NotTraffickingReason.FORUM: 4,
    NotTraffickingReason.NOT_TRAFFICKING: 6,
}  # fmt: skip
_DECLINED = {
    DeclineReason.INSUFFICIENT_EVIDENCE: 40, DeclineReason.VICTIM_UNAVAILABLE: 20, DeclineReason.SURVIVOR_WISH: 15,
    DeclineReason.RESOURCES: 8, DeclineReason.OTHER_FORUM: 7, DeclineReason.DEFENDANT_IS_VICTIM: 6,
    DeclineReason.NOT_TRAFFICKING: 4,
}  # fmt: skip


@cache
def _classified(citation: str, jurisdiction: str, year: int) -> charge_law.Classified:
    return charge_law.classify(citation, jurisdiction, dt.date(year, 12, 31))


def write_charge(case: Case, person: Person, stage: ChargeStage, citation: str, on: dt.date, **columns) -> Charge:
    """One charge at one stage, classed by the jurisdiction's pack or waiting for a person to class it."""
    jurisdiction = FEDERAL_PACK if " USC " in citation else STATE_PACK
    found = _classified(citation, jurisdiction, on.year)
    counts = columns.pop("counts", case.draw.choices((1, 2, 3, 5), (60, 24, 12, 4))[0])
    return case.write(
        Charge, on=on,
        **{"person_id": person.pk, "stage": stage, "citation": citation, "jurisdiction": jurisdiction, "on_date": on,
           "counts": counts, "counts_pending": counts, "charge_class": found.charge_class or "",
           "candidates": [] if found.charge_class else sorted(found.candidates), "production": found.production,
           "classed_by": ClassedBy.PACK if found.charge_class else "", "review": found.review[:300]} | columns,
    )  # fmt: skip


def what_about(case: Case, victims: list[Person]) -> str:
    """Which charges fit: labor, a minor, or sex."""
    if case.is_labor:
        return "labor"
    return "minor" if any(v.age is not None and v.age < 18 for v in victims) else "sex"


# --- Arrests ----------------------------------------------------------------------------------------------------------


def arresting_agency(case: Case) -> cast.Agency:
    """The holder, or the police of its task force where the holder makes no arrests."""
    if case.holder.sector is Sector.LAW_ENFORCEMENT:
        return case.holder
    return cast.AGENCIES["riverton_police" if "riverton" in case.holder.task_forces else "state_police"]


def arrest_suspect(case: Case, person: Person, when: dt.datetime, citations: list[str]) -> Arrest:
    """An ordinary arrest: every concern of the safeguard ruled out."""
    arrest = _arrest(case, person, when, minor_said=Answer.NO, forced_crime_said=Answer.NO, same_scene=Answer.NO)
    for citation in citations:
        write_charge(case, person, ChargeStage.ARREST, citation, when.date(), arrest_id=arrest.pk)
    return arrest


def _arrest(case: Case, person: Person, when: dt.datetime, **columns) -> Arrest:
    police = arresting_agency(case)
    join_team(case, police.key, case.opened)
    officer = case.draw.choice([p for p in staff_of(police.key) if Role.SUPERVISOR not in p.roles])
    return case.write(
        Arrest, on=when.date(), created_at=when + dt.timedelta(hours=2), created_by_id=officer.id, person_id=person.pk,
        arresting_agency_id=police.id, arrested_at=when,
        **{"possible_victim": Answer.NO, "legal_basis_why": Why.NOT_APPLICABLE,
           "stated_purpose_why": Why.NOT_APPLICABLE, "alternatives_why": Why.NOT_APPLICABLE} | columns,
    )  # fmt: skip


def arrest_survivor(case: Case, person: Person, when: dt.datetime, *, citation: str = "PC 647(b)(1)", **said) -> Arrest:
    """The arrest of somebody who may be a survivor, and the review that falls due 72 hours later."""
    draw = case.draw
    purpose, waits = said.pop("stated_purpose", None), said.pop("waits", False)
    purpose = draw.of(_PURPOSES) if purpose is None else purpose
    considered = [] if draw.maybe(0.3) else draw.some(tuple(ArrestAlternative)[1:], 2)
    basis = ArrestLegalBasis.SELLING_SEX_CHARGE if "647" in citation else ArrestLegalBasis.OTHER_OFFENCE
    columns = {
        "minor_said": {AgeGroup.MINOR: Answer.YES, AgeGroup.ADULT: Answer.NO}.get(person.age_group, Answer.UNKNOWN),
        "forced_crime_said": draw.of({Answer.YES: 3, Answer.NO: 2, Answer.UNKNOWN: 5}),
        "same_scene": draw.of({Answer.YES: 4, Answer.NO: 3, Answer.UNKNOWN: 3}),
        "legal_basis": basis, "legal_basis_why": "",
        "stated_purpose": purpose, "stated_purpose_why": "" if purpose else Why.NOT_ASKED,
        "alternatives": considered, "alternatives_why": "" if considered else Why.NOT_ASKED,
        "advocate_called": draw.of({Answer.YES: 4, Answer.NO: 3, Answer.UNKNOWN: 3}),
    } | said  # fmt: skip
    arrest = _arrest(case, person, when, **columns)
    charge = write_charge(case, person, ChargeStage.ARREST, citation, when.date(), arrest_id=arrest.pk, counts=1)
    review = _start_review(case, person, arrest, charge)
    if not waits and ((case.today - when.date()).days > 9 or draw.maybe(0.2)):
        _sign(case, arrest, review)
    return arrest


def _start_review(case: Case, person: Person, arrest: Arrest, charge: Charge) -> ArrestReview:
    counted = charge_law.Count.of(_classified(charge.citation, charge.jurisdiction, arrest.arrested_at.year),
                                  ChargeStage.ARREST)  # fmt: skip
    status = frozenset({VictimStatus.CONFIRMED} if PersonRole.VICTIM in person.roles else {VictimStatus.POTENTIAL})
    facts = safeguards.Arrest(
        counts=(counted,), age=person.age, minor_said=Answer(arrest.minor_said),
        forced_crime_said=Answer(arrest.forced_crime_said), same_scene=Answer(arrest.same_scene),
        standing=status, standing_looked_up=True,
    )  # fmt: skip
    record = safeguards.Record(
        legal_basis=arrest.legal_basis or None, stated_purpose=arrest.stated_purpose or None,
        alternatives=tuple(arrest.alternatives), advocate_called=Answer(arrest.advocate_called),
    )  # fmt: skip
    found = safeguards.assess(facts, record, arrest.arrested_at)
    arrest.possible_victim = found.possible_victim
    return case.write(
        ArrestReview, on=arrest.arrested_at.date(), created_at=arrest.created_at, created_by_id=arrest.created_by_id,
        arrest_id=arrest.pk, person_id=person.pk, for_agency_id=arrest.arresting_agency_id, due_at=found.review_due,
        concerns=[concern.concern for concern in found.concerns], purpose_conforms=found.conforms,
        recorded_by_id=arrest.created_by_id,
    )  # fmt: skip


def _sign(case: Case, arrest: Arrest, review: ArrestReview) -> None:
    """Signed by a supervisor of the arresting agency: mostly in time."""
    supervisors = [p for p in staff_of(arresting_agency(case).key) if Role.SUPERVISOR in p.roles]
    signed = arrest.arrested_at + dt.timedelta(hours=case.draw.choice((20, 44, 60, 70, 90, 150)))
    if not supervisors or signed.date() >= case.today:
        return
    conforms = review.purpose_conforms == Answer.YES
    review.finding = case.draw.of(
        {ReviewFinding.CONFORMS: 8, ReviewFinding.NOT_A_VICTIM: 1}
        if conforms
        else {ReviewFinding.TAKEN_UP: 6, ReviewFinding.RELEASE_ASKED: 4}
    )
    if review.finding == ReviewFinding.NOT_A_VICTIM:
        review.note = "Each concern was ruled out with the advocate."
    review.signed_at, review.signed_by_id = signed, supervisors[0].id


# --- Prosecution ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """How far a case goes: dates that did not come stay None."""

    referred: dt.date
    decided: dt.date | None
    decision: ProsecutionDecision
    filed: dt.date | None
    disposed: dt.date | None
    trafficking: bool


def office_for(case: Case) -> cast.Agency:
    """The prosecutor who takes the holder's cases."""
    local = {"riverton", "three_rivers"} & set(case.holder.task_forces)
    return cast.AGENCIES["alder_da" if local and case.holder.key != "alder_da" else "attorney_general"]


def refer(case: Case, office: cast.Agency, way: Way, forum: Forum = Forum.STATE) -> ProsecutionReferral:
    join_team(case, office.key, way.referred)
    decider = staff_of(office.key)[0].id
    referral = case.write(
        ProsecutionReferral, on=way.referred, to_agency_id=office.id, referred_on=way.referred, forum=forum,
        decision=way.decision, decided_on=way.decided, decided_by_id=decider if way.decided else None,
    )  # fmt: skip
    if way.decided:
        _give_reasons(case, office, referral, way)
    return referral


def _office_row(case: Case, office: cast.Agency, model, on: dt.date, **columns):
    """A row of the office's own: nobody else reads it."""
    return case.write(model, on=on, agency_id=office.id, created_by_id=staff_of(office.key)[0].id, **columns)


def _give_reasons(case: Case, office: cast.Agency, referral: ProsecutionReferral, way: Way) -> None:
    declined = way.decision is D.DECLINED
    if not declined and way.trafficking:
        return
    _office_row(
        case, office, DecisionReason, way.decided, referral_id=referral.pk, decided_on=way.decided,
        decline_reason=case.draw.of(_DECLINED) if declined else "",
        not_trafficking_reason="" if declined else case.draw.of(_NOT_TRAFFICKING),
    )  # fmt: skip


def weigh(case: Case, office: cast.Agency, person: Person, citations: list[str], on: dt.date, note: str = "") -> None:
    """Charges considered, and the six-step worksheet."""
    for citation in citations:
        jurisdiction = FEDERAL_PACK if " USC " in citation else STATE_PACK
        found = _classified(citation, jurisdiction, on.year)
        _office_row(
            case, office, ConsideredCharge, on, person_id=person.pk, citation=citation, counts=1, note=note,
            jurisdiction=jurisdiction, charge_class=found.charge_class or "", review=found.review[:300],
        )  # fmt: skip
    if not any(w.agency_id == office.id and w.investigation_id == case.id for w in case.book[Worksheet]):
        _office_row(
            case, office, Worksheet, on, forum=Forum.STATE, changed_at=at(on, 16),
            steps={
                "statutes": f"{', '.join(citations)} fit on the facts as they stand.",
                "elements": "Means rest on statements; corroborate by phones and by the books before filing.",
                "strategy": "File what does not need the survivor on the stand, and keep trafficking open.",
                "context": "She wants it to be over. Ask again, with her advocate, before the next hearing.",
            },
        )  # fmt: skip


def file_charges(case: Case, suspects: list[Person], victims: list[Person], way: Way, about: str, forum=Forum.STATE):
    """A docket, and charges filed on it; trafficking among them or something else instead."""
    federal = forum is Forum.FEDERAL
    docket = case.write(
        Docket, on=way.filed, forum=forum, filed_on=way.filed,
        court="United States District Court" if federal else "Alder County Superior Court",
        number=f"{way.filed:%y}-{case.draw.randint(1000, 9999)}",
    )  # fmt: skip
    case.file.docket_known = True
    for suspect in suspects:
        for citation in _citations(case, about, way.trafficking, federal):
            filed = write_charge(case, suspect, ChargeStage.FILED, citation, way.filed, docket_id=docket.pk,
                                 victim_ids=[v.pk for v in victims])  # fmt: skip
            if filed.charge_class not in charge_law.STRICT.classes and not way.trafficking and case.draw.maybe(0.5):
                _office_row(case, office_for(case), ChargeReason, way.filed, charge_id=filed.pk,
                            reason=case.draw.of(_NOT_TRAFFICKING))  # fmt: skip
            if way.disposed:
                dispose(case, filed, way.disposed)
        _set_outcome(case, suspect, way)
    _past_hearings(case, docket, suspects, way)
    return docket


def _citations(case: Case, about: str, trafficking: bool, federal: bool) -> list[str]:
    if federal:
        return case.draw.some(FEDERAL[about], 2)
    instead = case.draw.some(INSTEAD[about], 2)
    return [*TRAFFICKING[about], *instead[:1]] if trafficking else instead


def dispose(case: Case, filed: Charge, on: dt.date) -> Charge:
    """What became of each count of a filed charge: a row of its own, whose counts add up."""
    draw, n = case.draw, filed.counts
    ended = draw.of({"guilty_plea": 55, "dismissed_by_plea": 22, "dismissed": 11, "guilty_trial": 7, "acquitted": 5})
    split = {f"counts_{ended}": n}
    if ended == "guilty_plea" and n > 1 and draw.maybe(0.6):
        split = {"counts_guilty_plea": 1, "counts_dismissed_by_plea": n - 1}
    guilty = "guilty" in ended
    row = write_charge(
        case, _Ref(filed.person_id), ChargeStage.DISPOSED, filed.citation, filed.on_date, counts=n, counts_pending=0,
        from_charge_id=filed.pk, docket_id=filed.docket_id, victim_ids=filed.victim_ids, disposed_on=on, **split,
        **(_sentence(case) if guilty else {}),
    )  # fmt: skip
    row.created_at = at(on, 15)
    return row


@dataclass(frozen=True)
class _Ref:
    pk: object


def _sentence(case: Case) -> dict:
    draw = case.draw
    kind = draw.of({SentenceKind.MONTHS: 62, SentenceKind.PROBATION: 24, SentenceKind.TIME_SERVED: 9,
                    SentenceKind.LIFE: 1, "": 4})  # fmt: skip
    asked = Decimal(draw.randint(8, 900) * 100) if draw.maybe(0.5) else None
    ordered = asked * draw.choice((0, 1, 1)) / draw.choice((1, 2)) if asked and draw.maybe(0.7) else None
    paid = (ordered * draw.choice((0, 0, 1)) / 10).quantize(Decimal("0.01")) if ordered is not None else None
    return {
        "sentence_kind": kind,
        "sentence_kind_why": "" if kind else Why.NOT_RECORDED,
        "sentence_months": draw.choice((12, 16, 24, 36, 48, 60, 96, 144)) if kind == SentenceKind.MONTHS else None,
        "probation_months": 36 if kind == SentenceKind.PROBATION else None,
        "restitution_asked_usd": asked,
        "restitution_ordered_usd": ordered,
        "restitution_paid_usd": paid,
    }


def _set_outcome(case: Case, suspect: Person, way: Way) -> None:
    if not way.disposed:
        suspect.outcome = SuspectOutcome.PENDING
        return
    ended = [c for c in case.book[Charge][-12:] if c.person_id == suspect.pk and c.stage == ChargeStage.DISPOSED]
    if any(c.counts_guilty_trial for c in ended):
        suspect.outcome = SuspectOutcome.CONVICTED_TRIAL
    elif any(c.counts_guilty_plea for c in ended):
        suspect.outcome = SuspectOutcome.CONVICTED_PLEA
    elif any(c.counts_acquitted for c in ended):
        suspect.outcome = SuspectOutcome.ACQUITTED
    else:
        suspect.outcome = SuspectOutcome.DISMISSED
    suspect.outcome_on = way.disposed


def _past_hearings(case: Case, docket: Docket, suspects: list[Person], way: Way) -> None:
    kinds = [HearingKind.ARRAIGNMENT, HearingKind.DETENTION, HearingKind.PRELIMINARY, HearingKind.MOTION]
    last = way.disposed or case.today - days(1)
    days_between = max(1, (last - way.filed).days)
    for n, kind in enumerate(kinds[: case.draw.randint(1, 4)]):
        on = way.filed + days(days_between * n // 5)
        set_hearing(case, docket, suspects[0], kind, on, notified=case.draw.maybe(0.7))
    if way.disposed:
        set_hearing(case, docket, suspects[0], HearingKind.SENTENCING, way.disposed, notified=True)
    elif case.draw.maybe(0.45):
        coming = case.today + days(case.draw.randint(0, 21))
        set_hearing(case, docket, suspects[0], case.draw.choice((*kinds[2:], HearingKind.PLEA)), coming,
                    notified=case.draw.maybe(0.4))  # fmt: skip


def set_hearing(case: Case, docket: Docket, person: Person, kind: HearingKind, on: dt.date, *, notified: bool) -> None:
    while on.weekday() > 4:
        on += days(1)
    told = min(on - days(6), case.today)
    case.write(
        Hearing, on=min(on, case.today) - days(20), docket_id=docket.pk, person_id=person.pk, kind=kind,
        at=at(on, case.draw.choice((9, 10, 13, 14)), case.draw.choice((0, 30))), place="Department 4",
        victims_notified_on=told if notified else None,
    )  # fmt: skip
