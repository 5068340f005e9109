"""One agency's share of a case-file bundle: what it holds in the justice store, as rows of the case file's tables.

Runs inside `acting()` of the agency's own service account, under an agreement with an evaluator. No name, no address,
no free text is read: a sealed field is never opened here. Ids are those of the records; `casefile.bundle.renumber` puts
study ids in their place before anything is written. What a provider knows of a client reaches a study only as counts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from concord.law.charges import most_serious
from concord.law.wall import PROSECUTORS, Viewer
from concord.site.accounts.models import Agency
from concord.site.justice import models as justice
from concord.site.stores import audit
from concord.vocabulary import (
    Answer,
    CaseStatus,
    ChargeClass,
    ChargeStage,
    Forum,
    PersonRole,
    ProsecutionDecision,
    SelectedBy,
    StoreKind,
    SuspectOutcome,
    TraffickingType,
    VictimStatus,
    Why,
)

W = Why
_SUSPECT = [role.value for role in PersonRole.suspects()]
_VICTIM = [role.value for role in PersonRole.victims()]
_TRAFFICKING = (ChargeClass.HT_SEX, ChargeClass.HT_LABOR)
_DISPOSITIONS = ("counts_dismissed", "counts_dismissed_by_plea", "counts_guilty_plea", "counts_guilty_trial",
                 "counts_acquitted", "counts_pending")
_MONEY = ("fine_usd", "restitution_asked_usd", "restitution_ordered_usd", "restitution_paid_usd")


@dataclass
class Reasons:
    """A prosecuting office's own: its reasons, by the investigation or charge they are about, and what it weighed."""

    declined: dict[UUID, str] = field(default_factory=dict)
    not_trafficking: dict[UUID, str] = field(default_factory=dict)
    considered: list[justice.ConsideredCharge] = field(default_factory=list)

    def learn(self, other: "Reasons") -> None:
        self.declined |= other.declined
        self.not_trafficking |= other.not_trafficking
        self.considered += other.considered


def reasons(by: Viewer) -> Reasons:
    """What the acting office decided and why; nothing where it is no prosecuting office."""
    if by.sector not in PROSECUTORS:
        return Reasons()
    declined = justice.DecisionReason.objects.filter(agency_id=by.agency).exclude(decline_reason="")
    charges = justice.ChargeReason.objects.filter(agency_id=by.agency).exclude(reason="")
    return Reasons(
        dict(declined.order_by("decided_on").values_list("investigation_id", "decline_reason")),
        dict(charges.values_list("charge_id", "reason")),
        list(justice.ConsideredCharge.objects.filter(agency_id=by.agency).order_by("pk")),
    )


def collect(task_force: UUID, why: Reasons, *, by: Viewer) -> dict[str, list[dict]]:
    """Rows of every investigation that the acting agency holds. Written into its own chain."""
    file = _File.of(by)
    rows: dict[str, list[dict]] = defaultdict(list)
    for case in file.cases:
        rows["case"].append(_case(case, file, why, str(task_force)))
        rows["frame"].append(_frame(case, str(task_force)))
    for person in file.persons.values():
        if file.is_victim(person):
            rows["victim"].append(_victim(person, file))
        if person.is_suspect():
            rows["suspect"].append(_suspect(person, file))
    rows["scheme"] = [_row(scheme_id=s.pk, case_id=s.investigation_id, patterns=s.patterns) for s in file.schemes]
    pairs = [pair for pair in file.pairs if file.joins(pair)]
    rows["pair"] = [_pair(pair) for pair in pairs]
    kept = {pair.pk for pair in pairs} | {None}
    rows["assertion"] = [_assertion(one) for one in file.assertions
                         if one.value and one.answer != Answer.UNKNOWN and one.pair_id in kept]
    rows["charge"] = [_charge(charge, file, why) for charge in file.charges.values()
                      if file.persons[charge.person_id].is_suspect()]
    rows["charge"] += [_considered(charge) for charge in why.considered
                       if charge.person_id in file.persons and file.persons[charge.person_id].is_suspect()]
    audit.record("bundle.exported", using=StoreKind.JUSTICE.value)
    return rows


@dataclass
class _File:
    """Everything of the agency's investigations, fetched once and gone through in memory."""

    cases: list
    persons: dict
    charges: dict
    arrests: dict
    reviews: dict
    statuses: dict
    teams: dict
    referrals: dict
    dockets: dict
    schemes: list
    pairs: list
    assertions: list
    holder: Agency

    @classmethod
    def of(cls, by: Viewer) -> "_File":
        def own(model, *order):
            of = "" if model is justice.Investigation else "investigation__"
            return model.objects.filter(agency_id=by.agency, **{f"{of}arrest_only": False}).order_by(*order, "pk")

        return cls(
            cases=list(own(justice.Investigation, "opened_on")),
            persons={p.pk: p for p in own(justice.Person, "number")},
            charges={c.pk: c for c in own(justice.Charge, "created_at")},
            arrests=_by(own(justice.Arrest, "arrested_at"), "person_id"),
            reviews={r.arrest_id: r for r in own(justice.ArrestReview)},
            statuses=_by(own(justice.VictimStatusEvent, "on_date", "created_at"), "person_id"),
            teams=_by(own(justice.TeamAgency), "investigation_id"),
            referrals=_by(own(justice.ProsecutionReferral, "referred_on"), "investigation_id"),
            dockets=_by(own(justice.Docket, "filed_on"), "investigation_id"),
            schemes=list(own(justice.Scheme)), pairs=list(own(justice.Pair)),
            assertions=list(own(justice.Assertion).filter(withdrawn_on=None)),
            holder=Agency.objects.get(pk=by.agency),
        )

    def is_victim(self, person) -> bool:
        """Whoever was ever thought to be one: "determined not" is a status of the victim table."""
        return person.is_victim() or bool(self.statuses[person.pk])

    def joins(self, pair) -> bool:
        victim, suspect = self.persons[pair.victim_id], self.persons[pair.suspect_id]
        return self.is_victim(victim) and suspect.is_suspect()

    def charges_of(self, person, *stages: ChargeStage) -> list:
        return [c for c in self.charges.values() if c.person_id == person.pk and c.stage in stages]


def _by(rows: Iterable, column: str) -> dict[UUID, list]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _row(**cells) -> dict:
    """Cells with ids as text."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in cells.items()}


def _put(row: dict, column: str, value, why: str = "") -> None:
    """A value, or the reason why there is none."""
    if value is None or value == "" or (value == [] and why):
        row[f"{column}_why"] = why or W.NOT_RECORDED
    else:
        row[column] = value


# --- The case ---------------------------------------------------------------------------------------------------------


def _case(case, file: _File, why: Reasons, site: str) -> dict:
    row = _row(case_id=case.pk, site_id=site, opened_on=case.opened_on, status=case.status,
               trafficking_type=case.trafficking_type, source=case.source, second_read=case.second_read)
    still = W.NOT_YET_KNOWN if case.status == CaseStatus.OPEN else ""
    _put(row, "closed_on", case.closed_on, still)
    _put(row, "closed_how", case.closed_how, still)
    _put(row, "initially_classified_as", case.initially_classified_as, case.initially_classified_as_why)
    _put(row, "proactive", case.proactive, case.proactive_why)
    _put(row, "methods", case.methods, W.NOT_RECORDED)
    _put(row, "agencies", _agencies(case, file))
    _put(row, "counties", case.counties, W.NOT_RECORDED)
    _put(row, "docket_known", case.docket_known)
    _put(row, "data_quality", None)
    _put(row, "adopted_federally_on", case.adopted_federally_on, W.NOT_APPLICABLE)
    _put_prosecution(row, case, file.referrals[case.pk], why)
    _put(row, "forum", _forum(case, file.dockets[case.pk]), still or W.NOT_RECORDED)
    return row


def _agencies(case, file: _File) -> list[str]:
    team = {f"{member.level}:{member.sector}" for member in file.teams[case.pk]}
    return sorted(team | {f"{file.holder.level}:{file.holder.sector}"})


def _put_prosecution(row: dict, case, referrals: list, why: Reasons) -> None:
    decisions = {referral.decision for referral in referrals}
    order = (ProsecutionDecision.ACCEPTED, ProsecutionDecision.PENDING, ProsecutionDecision.DECLINED)
    decision = next((one for one in order if one in decisions), ProsecutionDecision.NOT_REFERRED)
    row["prosecution_decision"] = decision.value
    _put(row, "referred_to_prosecution_on", referrals[0].referred_on if referrals else None, W.NOT_APPLICABLE)
    if decision is ProsecutionDecision.DECLINED:
        _put(row, "decision_reason", why.declined.get(case.pk), W.WITHHELD)
    else:
        _put(row, "decision_reason", None, W.NOT_APPLICABLE)


def _forum(case, dockets: list) -> str | None:
    forums = {docket.forum for docket in dockets} | ({Forum.FEDERAL.value} if case.adopted_federally_on else set())
    if {Forum.STATE, Forum.FEDERAL} <= forums or Forum.BOTH in forums:
        return Forum.BOTH.value
    if forums:
        return min(forums)
    return Forum.NONE.value if case.status == CaseStatus.CLOSED else None


def _frame(case, site: str) -> dict:
    """Every investigation held is in the frame and handed over: nothing was picked."""
    row = _row(file_id=case.pk, site_id=site, eligible=True, selected_by=SelectedBy.ALL.value, received=True,
               case_id=case.pk)
    for column in ("eligible_not", "stratum", "seed", "refused_because"):
        _put(row, column, None, W.NOT_APPLICABLE)
    return row


# --- People -----------------------------------------------------------------------------------------------------------


def _victim(person, file: _File) -> dict:
    latest = file.statuses[person.pk][-1] if file.statuses[person.pk] else None
    row = _row(victim_id=person.pk, case_id=person.investigation_id,
               status=latest.status if latest else VictimStatus.POTENTIAL.value)
    _put(row, "status_on", latest and latest.on_date)
    _put(row, "status_by", latest and latest.decider)
    _put(row, "age_at_first_act", person.age_at_first_act, person.age_at_first_act_why)
    _put(row, "minor_at_act", _minor(person), W.NOT_YET_KNOWN)
    _put_person(row, person)
    _put(row, "gender", person.gender, person.gender_why)
    known = person.trafficking_type not in ("", TraffickingType.NOT_YET_KNOWN)
    _put(row, "type", person.trafficking_type if known else None, W.NOT_YET_KNOWN)
    _put(row, "means", person.means, person.means_why or W.NOT_RECORDED)
    for column in ("industry", "venue", "identified_by", "screened", "took_part"):
        _put(row, column, getattr(person, column), getattr(person, f"{column}_why"))
    _put(row, "screening_tool", person.screening_tool, "" if person.screened == "yes" else W.NOT_APPLICABLE)
    _put(row, "referred_to_services_on", person.referred_to_services_on)
    _put(row, "relief", None, W.WITHHELD)
    _put_arrest(row, person, file)
    return row


def _minor(person) -> bool | None:
    if person.age_at_first_act is not None and person.age_at_first_act < 18:
        return True
    if person.age_at_first_act is not None:
        return False
    return {Answer.YES: True, Answer.NO: False}.get(person.minor_at_act)


def _put_person(row: dict, person) -> None:
    _put(row, "sex", person.sex, person.sex_why)
    _put(row, "race", person.race, person.race_why or W.NOT_RECORDED)
    _put(row, "race_source", person.race_source, person.race_source_why)


def _put_arrest(row: dict, person, file: _File) -> None:
    """A victim's own arrest, charge and conviction in the case: the first of each."""
    arrests = file.arrests[person.pk]
    arrest = arrests[0] if arrests else None
    review = file.reviews.get(arrest.pk) if arrest else None
    charged, filed = (file.charges_of(person, stage) for stage in (ChargeStage.ARREST, ChargeStage.FILED))
    missing = "" if arrest else W.NOT_APPLICABLE
    _put(row, "arrested_on", arrest and _day(arrest.arrested_at), missing)
    _put(row, "arrest_charge_class", _class(charged), missing)
    _put(row, "arrest_legal_basis", arrest and arrest.legal_basis, missing or arrest.legal_basis_why)
    _put(row, "arrest_stated_purpose", arrest and arrest.stated_purpose, missing or arrest.stated_purpose_why)
    alternative = arrest.alternatives[0] if arrest and arrest.alternatives else None
    _put(row, "alternative_considered", alternative, missing or arrest.alternatives_why)
    pending = W.NOT_YET_KNOWN if review else W.NOT_APPLICABLE
    _put(row, "second_review_on", review and review.signed_at and _day(review.signed_at), pending)
    first = min((c.on_date for c in filed if c.on_date), default=None)
    _put(row, "charged_on", first, W.NOT_RECORDED if filed else W.NOT_APPLICABLE)
    _put(row, "charge_class", _class(filed), W.NOT_RECORDED if filed else W.NOT_APPLICABLE)
    _put(row, "convicted_on", _convicted_on(person, file), W.NOT_APPLICABLE)


def _suspect(person, file: _File) -> dict:
    role = next(role for role in _SUSPECT if role in person.roles)
    row = _row(suspect_id=person.pk, case_id=person.investigation_id, role=role)
    _put(row, "age", person.age, person.age_why)
    _put_person(row, person)
    _put(row, "also_victim_id", str(person.pk) if file.is_victim(person) else None, W.NOT_APPLICABLE)
    _put(row, "identified_on", person.identified_on)
    arrests, filed = file.arrests[person.pk], file.charges_of(person, ChargeStage.FILED)
    _put(row, "arrested_on", _day(arrests[0].arrested_at) if arrests else None, W.NOT_APPLICABLE)
    first = min((c.on_date for c in filed if c.on_date), default=None)
    _put(row, "prosecuted_on", first, W.NOT_RECORDED if filed else W.NOT_APPLICABLE)
    _put(row, "convicted_on", _convicted_on(person, file), W.NOT_APPLICABLE)
    _put(row, "outcome", _outcome(person, file), W.NOT_YET_KNOWN)
    return row


def _convicted_on(person, file: _File) -> dt.date | None:
    guilty = [c.disposed_on for c in file.charges_of(person, ChargeStage.DISPOSED) if _guilty(c)]
    return min(guilty, default=None)


def _guilty(charge) -> int:
    return charge.counts_guilty_plea + charge.counts_guilty_trial


def _outcome(person, file: _File) -> str | None:
    """What the record says became of the suspect, else what the charges say."""
    if person.outcome:
        return person.outcome
    disposed = file.charges_of(person, ChargeStage.DISPOSED)
    if any(c.counts_guilty_trial for c in disposed):
        return SuspectOutcome.CONVICTED_TRIAL.value
    if any(c.counts_guilty_plea for c in disposed):
        return SuspectOutcome.CONVICTED_PLEA.value
    return SuspectOutcome.PENDING.value if file.charges_of(person, ChargeStage.FILED) and not disposed else None


def _class(charges: list) -> str | None:
    found = most_serious(ChargeClass(c.charge_class) for c in charges if c.charge_class)
    return found.value if found else None


def _pair(pair) -> dict:
    row = _row(pair_id=pair.pk, victim_id=pair.victim_id, suspect_id=pair.suspect_id)
    _put(row, "relation", pair.relation, pair.relation_why)
    _put(row, "scheme_id", pair.scheme_id and str(pair.scheme_id), W.NOT_APPLICABLE)
    return row


def _assertion(one) -> dict:
    row = _row(assertion_id=one.pk, element=one.element, value=one.value, holds=one.answer == Answer.YES,
               basis=one.basis, asserted_on=one.asserted_on)
    _put(row, "pair_id", one.pair_id and str(one.pair_id), W.NOT_APPLICABLE)
    _put(row, "scheme_id", one.scheme_id and str(one.scheme_id), W.NOT_APPLICABLE)
    return row


# --- Charges ----------------------------------------------------------------------------------------------------------


def _charge(charge, file: _File, why: Reasons) -> dict:
    row = _row(charge_id=charge.pk, suspect_id=charge.person_id, stage=charge.stage, jurisdiction=charge.jurisdiction,
               citation=charge.citation, counts=charge.counts, victim_ids=_victims_named(charge, file))
    disposed = charge.stage == ChargeStage.DISPOSED
    _put(row, "from_charge_id", charge.from_charge_id and str(charge.from_charge_id), W.NOT_APPLICABLE)
    _put(row, "class", charge.charge_class, W.NOT_YET_KNOWN)
    candidates = [] if charge.charge_class else charge.candidates
    _put(row, "class_possible", candidates, W.NOT_APPLICABLE if charge.charge_class else W.NOT_YET_KNOWN)
    _put(row, "csam_production", charge.production if charge.charge_class == ChargeClass.CSAM else None,
         W.NOT_APPLICABLE)
    for column in _DISPOSITIONS:
        _put(row, column, getattr(charge, column) if disposed or column == "counts_pending" else None,
             W.NOT_YET_KNOWN)
    _put(row, "filed_on", _filed_on(charge, file), W.NOT_RECORDED if disposed else W.NOT_APPLICABLE)
    _put(row, "disposed_on", charge.disposed_on, W.NOT_YET_KNOWN)
    reason = None if charge.charge_class in _TRAFFICKING else why.not_trafficking.get(charge.pk)
    _put(row, "reason_not_trafficking", reason,
         W.NOT_APPLICABLE if charge.charge_class in _TRAFFICKING else W.WITHHELD)
    sentenced = disposed and _guilty(charge)
    _put(row, "sentence_kind", charge.sentence_kind, charge.sentence_kind_why if sentenced else W.NOT_APPLICABLE)
    for column in ("sentence_months", "probation_months"):
        _put(row, column, getattr(charge, column), W.NOT_APPLICABLE)
    for column in _MONEY:
        _put(row, column, getattr(charge, column), W.NOT_RECORDED if sentenced else W.NOT_APPLICABLE)
    return row


def _considered(charge) -> dict:
    """A charge that the office weighed: it has a class and counts, and nothing has become of it."""
    row = _row(charge_id=charge.pk, suspect_id=charge.person_id, stage=ChargeStage.CONSIDERED.value,
               jurisdiction=charge.jurisdiction, citation=charge.citation, counts=charge.counts)
    _put(row, "class", charge.charge_class, W.NOT_YET_KNOWN)
    missing = ("victim_ids", "from_charge_id", "class_possible", "csam_production", *_DISPOSITIONS, "filed_on",
               "disposed_on", "reason_not_trafficking", "sentence_kind", "sentence_months", "probation_months", *_MONEY)
    for column in missing:
        _put(row, column, None, W.NOT_APPLICABLE)
    return row


def _victims_named(charge, file: _File) -> list[str]:
    named = (file.persons.get(pk) for pk in charge.victim_ids)
    return [str(p.pk) for p in named if p and file.is_victim(p) and p.investigation_id == charge.investigation_id]


def _filed_on(charge, file: _File) -> dt.date | None:
    """When this charge, or the one it came from, was filed."""
    seen = set()
    while charge is not None and charge.pk not in seen:
        if charge.stage in (ChargeStage.FILED, ChargeStage.AMENDED) and charge.on_date:
            return charge.on_date
        seen.add(charge.pk)
        charge = file.charges.get(charge.from_charge_id)
    return None


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)
