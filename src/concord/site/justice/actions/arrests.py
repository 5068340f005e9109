"""Arrests, and the safeguard for those that may be a survivor's: `law.safeguards` decides, this records.

Recording is never refused. What the officer leaves open stays a question on the supervisor's queue until it is signed.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from concord.law import charges as charge_law
from concord.law import safeguards
from concord.law.dates import age_on
from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.justice.actions.cases import open_arrest_file
from concord.site.justice.actions.common import change, held_by, in_one_step, require_open, today
from concord.site.justice.actions.court import classed
from concord.site.justice.actions.persons import add_people
from concord.site.justice.codes import ReviewFinding
from concord.site.justice.models import Arrest, ArrestReview, Charge, Lead, LeadLink, Person, VictimStatusEvent
from concord.site.pages.objections import Objection
from concord.site.stores import audit
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ArrestAlternative,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    ChargeStage,
    LeadSource,
    PersonRole,
    Role,
    StatusDecider,
    TraffickingType,
    VictimStatus,
    Why,
)

SAFEGUARD = ("legal_basis", "stated_purpose", "alternatives")


def standing_of(person: Person) -> frozenset[VictimStatus]:
    """The person's latest status as a victim of this investigation, if there is one."""
    latest = VictimStatusEvent.objects.filter(person=person).order_by("-on_date", "-created_at").first()
    if latest is not None:
        return frozenset({VictimStatus(latest.status)})
    if PersonRole.VICTIM in person.roles:
        return frozenset({VictimStatus.CONFIRMED})
    return frozenset({VictimStatus.POTENTIAL} if PersonRole.POTENTIAL_VICTIM in person.roles else ())


def known_facts(person: Person, at: dt.datetime, *, counts=(), said: dict | None = None) -> safeguards.Arrest:
    """What the safeguard looks at: the roster, what was said on the form, and who else was arrested that day."""
    said = said or {}
    return safeguards.Arrest(
        counts=tuple(counts),
        age=_age_at(person, at),
        minor_said=_first_known(said.get("minor_said"), _minor_by_group(person)),
        forced_crime_said=said.get("forced_crime_said") or Answer.UNKNOWN,
        same_scene=_first_known(said.get("same_scene"), _found_with_suspect(person, at)),
        standing=standing_of(person),
        standing_looked_up=True,
    )


def _age_at(person: Person, at: dt.datetime) -> int | None:
    if person.birth_date and person.birth_date <= timezone.localdate(at):
        return age_on(person.birth_date, timezone.localdate(at))
    return person.age


def _minor_by_group(person: Person) -> Answer:
    return {AgeGroup.MINOR: Answer.YES, AgeGroup.ADULT: Answer.NO}.get(person.age_group, Answer.UNKNOWN)


def _found_with_suspect(person: Person, at: dt.datetime) -> Answer:
    """Yes where a suspect of the same investigation was arrested on the same day; otherwise nobody has said."""
    day = timezone.localdate(at)
    others = Arrest.objects.filter(
        investigation_id=person.investigation_id, arrested_at__date=day,
        person__roles__overlap=[role.value for role in PersonRole.suspects()],
    ).exclude(person=person)
    return Answer.YES if others.exists() else Answer.UNKNOWN


def _first_known(*answers: Answer | None) -> Answer:
    return next((Answer(a) for a in answers if a and a != Answer.UNKNOWN), Answer.UNKNOWN)


def record_of(arrest: Arrest) -> safeguards.Record:
    """What the officer has answered so far."""
    return safeguards.Record(
        legal_basis=ArrestLegalBasis(arrest.legal_basis) if arrest.legal_basis else None,
        stated_purpose=ArrestStatedPurpose(arrest.stated_purpose) if arrest.stated_purpose else None,
        alternatives=tuple(ArrestAlternative(a) for a in arrest.alternatives),
        advocate_called=Answer(arrest.advocate_called),
    )


def assessment_of(arrest: Arrest, charges: Sequence[Charge]) -> safeguards.Assessment:
    """What the safeguard says of an arrest as it is recorded now."""
    counts = [counted(charge) for charge in charges]
    said = {name: getattr(arrest, name) for name in ("minor_said", "forced_crime_said", "same_scene")}
    facts = known_facts(arrest.person, arrest.arrested_at, counts=counts, said=said)
    return safeguards.assess(facts, record_of(arrest), arrest.arrested_at)


def counted(charge: Charge) -> charge_law.Count:
    """A charge as law's rules see it."""
    stage = ChargeStage(charge.stage)
    if charge.charge_class:
        return charge_law.Count(stage, _class(charge.charge_class))
    return charge_law.Count(stage, charge_law.UNMATCHED, frozenset(_class(c) for c in charge.candidates))


def _class(code: str):
    return charge_law.ChargeClass(code)


@in_one_step
def record_arrest(person: Person, *, facts: dict, charges: Sequence[dict], by: Viewer) -> Arrest:
    """Record an arrest with its charges, count by count. Never refused for what the safeguard would like to know.

    `charges`: citation, jurisdiction and counts of each. Where the person may be a victim, a review falls due 72 hours
    after the arrest, however much of the form was answered.
    """
    investigation = person.investigation
    require_open(investigation)
    _require_past(facts["arrested_at"])
    arrest = Arrest(
        **held_by(investigation, by), person=person, arresting_agency_id=by.agency,
        possible_victim=Answer.UNKNOWN, **facts)
    day = timezone.localdate(arrest.arrested_at)
    made = [
        Charge(**held_by(investigation, by), person=person, arrest=arrest, stage=ChargeStage.ARREST, on_date=day,
               counts_pending=charge["counts"], **charge, **classed(charge["citation"], charge["jurisdiction"], day))
        for charge in charges
    ]
    assessment = assessment_of(arrest, made)
    arrest.possible_victim = assessment.possible_victim
    if assessment.review_due:
        _say_why_open(arrest)
    arrest.save(force_insert=True)
    Charge.objects.bulk_create(made)
    if assessment.review_due:
        _start_review(arrest, assessment, by)
    return arrest


def _require_past(arrested_at: dt.datetime) -> None:
    if arrested_at > timezone.now():
        raise Objection({"arrested_at": "This moment lies ahead. Give the time of the arrest."})


@in_one_step
def record_outside(
    *, person: dict, facts: dict, charges: Sequence[dict], by: Viewer, lead: Lead | None = None
) -> Arrest:
    """Record an arrest that no investigation led to: a patrol's, or one that a lead speaks of.

    It gets a file of its own, and the same safeguard. `person`: columns of Person; `roles` is needed. The lead stays to
    be decided.
    """
    _require_past(facts["arrested_at"])
    known = {} if lead is None else {
        "source": LeadSource(lead.source), "trafficking_type": TraffickingType(lead.trafficking_type)}
    file = open_arrest_file(on=timezone.localdate(facts["arrested_at"]), by=by, **known)
    if lead is not None:
        LeadLink.objects.create(**held_by(file, by), lead=lead, linked_on=today())
    (arrested,) = add_people(file, [person], decider=StatusDecider.POLICE, by=by)
    return record_arrest(arrested, facts=facts, charges=charges, by=by)


def _say_why_open(arrest: Arrest) -> None:
    """An unanswered question of the safeguard carries a reason too: nobody asked, unless the officer said another."""
    for name in SAFEGUARD:
        if not getattr(arrest, name) and not getattr(arrest, f"{name}_why"):
            setattr(arrest, f"{name}_why", Why.NOT_ASKED)


def _start_review(arrest: Arrest, assessment: safeguards.Assessment, by: Viewer) -> ArrestReview:
    return ArrestReview.objects.create(
        **held_by(arrest.investigation, by), arrest=arrest, person=arrest.person,
        for_agency_id=arrest.arresting_agency_id, due_at=assessment.review_due,
        concerns=[concern.concern for concern in assessment.concerns], purpose_conforms=assessment.conforms,
        recorded_by_id=by.staff)


@in_one_step
def answer_safeguard(arrest: Arrest, facts: dict, *, by: Viewer) -> Arrest:
    """Answer what was left open. The review stays until it is signed; what changed is in the chain."""
    change(arrest, facts)
    charges = list(Charge.objects.filter(arrest=arrest))
    assessment = assessment_of(arrest, charges)
    change(arrest, {"possible_victim": assessment.possible_victim})
    review = ArrestReview.objects.filter(arrest=arrest).first()
    if review is None and assessment.review_due:
        _start_review(arrest, assessment, by)
    elif review is not None and review.signed_at is None:
        concerns = [concern.concern for concern in assessment.concerns]
        change(review, {"concerns": concerns, "purpose_conforms": assessment.conforms})
    return arrest


@in_one_step
def call_advocate(arrest: Arrest, *, by: Viewer, **call) -> Arrest:
    """Call the advocate on duty: a window, languages, genders and whether a minor; no name and no place."""
    made = bridge.call_advocate(by=by, **call)
    change(arrest, {"advocate_called": Answer.YES, "advocate_call_id": made.pk})
    return arrest


@in_one_step
def sign_review(review: ArrestReview, *, finding: ReviewFinding, note: str, by: Viewer) -> ArrestReview:
    """A supervisor of the arresting agency, who did not record the arrest, signs what she found."""
    if not by.has(Role.SUPERVISOR) or review.for_agency_id != by.agency:
        raise Objection({"": "A supervisor of the agency that made the arrest signs this review."})
    if review.recorded_by_id == by.staff:
        raise Objection({"": "Whoever recorded the arrest cannot sign its review. Ask another supervisor."})
    if review.signed_at is not None:
        raise Objection({"": "This review has been signed."})
    if finding == ReviewFinding.CONFORMS and review.purpose_conforms != Answer.YES:
        raise Objection({"finding": "The purpose is not stated, or is one for which nobody who may be a victim is "
                                    "arrested. Choose what was done about it."})
    if finding == ReviewFinding.NOT_A_VICTIM and not note.strip():
        raise Objection({"note": "Say in a sentence what ruled each concern out."})
    change(review, {"finding": finding, "note": note, "signed_at": timezone.now(), "signed_by_id": by.staff})
    audit.record("arrest.reviewed", review)
    return review


def reviewed_for(by: Viewer, *, waiting: bool):
    """Reviews that the viewer's agency must sign, or has signed."""
    found = ArrestReview.objects.filter(for_agency_id=by.agency)
    if waiting:
        return found.filter(signed_at=None).order_by("due_at", "id")
    return found.exclude(signed_at=None).order_by("-signed_at", "id")


def of(by: Viewer, pk: UUID) -> Arrest:
    """An arrest the viewer may see, with its person and investigation."""
    return Arrest.objects.select_related("person", "investigation", "review").get(pk=pk)
