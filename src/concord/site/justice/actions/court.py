"""Charges count by count, and dates in court. A citation that no pack knows waits for a person, never under "other"."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import CharField, Count, Min
from django.db.models.functions import Cast
from django.utils import timezone

from concord.law import charges as law
from concord.law.wall import Viewer
from concord.site.justice.actions.common import change, held_by, in_one_step
from concord.site.justice.codes import ClassedBy
from concord.site.justice.models import Charge, Docket, Hearing, Investigation, Person
from concord.site.pages.objections import Objection
from concord.vocabulary import ChargeClass, ChargeStage, SentenceKind

DISPOSITIONS = (
    "counts_dismissed", "counts_dismissed_by_plea", "counts_guilty_plea", "counts_guilty_trial", "counts_acquitted",
    "counts_pending",
)
CARRIED = ("jurisdiction", "citation", "charge_class", "candidates", "production", "classed_by", "review", "victim_ids")


def classed(citation: str, jurisdiction: str, on: dt.date | None) -> dict:
    """The columns that say what class a citation has, or that a person must class it, and why."""
    found = law.classify(citation, jurisdiction, on)
    return {
        "charge_class": found.charge_class or "",
        "candidates": sorted(found.candidates) if found.charge_class is law.UNMATCHED else [],
        "production": found.production,
        "classed_by": ClassedBy.PACK if found.charge_class else "",
        "review": found.review[:300],
    }


@in_one_step
def file_charge(
    person: Person, *, citation: str, jurisdiction: str, counts: int, on: dt.date, docket: Docket | None,
    victims: Sequence[Person], by: Viewer, from_charge: Charge | None = None,
) -> Charge:
    """A charge filed in court, whether or not an arrest came before."""
    return Charge.objects.create(
        **held_by(person.investigation, by), person=person, stage=ChargeStage.FILED, on_date=_past(on, "on_date"),
        citation=citation, jurisdiction=jurisdiction, counts=counts, counts_pending=counts, docket=docket,
        victim_ids=[v.pk for v in victims], from_charge=from_charge, **classed(citation, jurisdiction, on))


@in_one_step
def amend(charge: Charge, *, citation: str, jurisdiction: str, counts: int, on: dt.date, by: Viewer) -> Charge:
    """What a filed charge became; the row it was filed as stays."""
    if charge.stage not in (ChargeStage.FILED, ChargeStage.AMENDED):
        raise Objection({"": "Only a filed charge can be amended."})
    _require_last(charge)
    return Charge.objects.create(
        **held_by(charge.investigation, by), person=charge.person, stage=ChargeStage.AMENDED,
        on_date=_past(on, "on_date"), citation=citation, jurisdiction=jurisdiction, counts=counts,
        counts_pending=counts, docket=charge.docket, victim_ids=charge.victim_ids, from_charge=charge,
        **classed(citation, jurisdiction, on))


@in_one_step
def dispose(charge: Charge, *, on: dt.date, dispositions: dict[str, int], sentence: dict, by: Viewer) -> Charge:
    """What became of each count. The dispositions must add up to the counts; what is still open is pending.

    A row that still has pending counts is completed in place; otherwise the disposition is a row of its own.
    """
    _require_disposable(charge)
    numbers = {name: dispositions.get(name) or 0 for name in DISPOSITIONS}
    total = sum(numbers.values())
    if total != charge.counts:
        raise Objection({"counts_pending": f"These add up to {total}; the charge has {charge.counts}. "
                                           "Say of every count what became of it."})
    _check_sentence(numbers, sentence)
    became = {"disposed_on": _past(on, "disposed_on")} | numbers | sentence
    if charge.stage == ChargeStage.DISPOSED:
        change(charge, became)
        return charge
    return Charge.objects.create(
        **held_by(charge.investigation, by), person=charge.person, stage=ChargeStage.DISPOSED, from_charge=charge,
        docket=charge.docket, arrest=charge.arrest, counts=charge.counts, on_date=charge.on_date,
        **{name: getattr(charge, name) for name in CARRIED}, **became)


def _require_disposable(charge: Charge) -> None:
    if charge.stage == ChargeStage.DISPOSED:
        if not charge.counts_pending:
            raise Objection({"": "Every count of this charge has its disposition."})
        return
    if charge.stage not in (ChargeStage.FILED, ChargeStage.AMENDED):
        raise Objection({"": "Only a filed charge has a disposition. File it first."})
    _require_last(charge)


def _check_sentence(numbers: dict, sentence: dict) -> None:
    convicted = numbers["counts_guilty_plea"] + numbers["counts_guilty_trial"]
    kind = sentence.get("sentence_kind")
    if kind and not convicted:
        raise Objection({"sentence_kind": "There is a sentence but no count with a conviction."})
    if (sentence.get("sentence_months") is not None) != (kind == SentenceKind.MONTHS):
        raise Objection({"sentence_months": "Give months for a term of months, and for nothing else: life and time "
                                            "served are kinds, not numbers."})
    paid, ordered = sentence.get("restitution_paid_usd"), sentence.get("restitution_ordered_usd")
    if paid is not None and (ordered is None or paid > ordered):
        raise Objection({"restitution_paid_usd": "More cannot have been paid than was ordered."})


@in_one_step
def record_payment(charge: Charge, *, paid, by: Viewer) -> Charge:
    """What of the ordered restitution has been paid so far."""
    if charge.restitution_ordered_usd is None or paid > charge.restitution_ordered_usd:
        raise Objection({"restitution_paid_usd": "More cannot have been paid than was ordered."})
    change(charge, {"restitution_paid_usd": paid})
    return charge


def waiting_alike(charge: Charge, by: Viewer):
    """The agency's charges under the same citation of the same law that still wait for their class."""
    waiting = Charge.objects.filter(agency_id=by.agency, charge_class="")
    if charge.charge_class or charge.agency_id != by.agency:
        return waiting.none()
    return waiting.filter(jurisdiction=charge.jurisdiction, citation=charge.citation)


def waiting_citations(by: Viewer, most: int) -> list[dict]:
    """Citations that wait for a class, most charges first: each with one of its charges, why it waits, and how many."""
    waiting = Charge.objects.filter(agency_id=by.agency, charge_class="").values("jurisdiction", "citation")
    counted = waiting.annotate(n=Count("pk"), any=Min(Cast("pk", CharField())), why=Min("review"))
    return list(counted.order_by("-n", "jurisdiction", "citation")[:most])


@in_one_step
def class_by_hand(charge: Charge, *, to: ChargeClass) -> Charge:
    """A person's answer where the pack had none; it is marked as a person's."""
    change(charge, _by_a_person(to))
    return charge


@in_one_step
def class_citation(charge: Charge, *, to: ChargeClass, by: Viewer) -> int:
    """The same answer for the charge and every waiting charge under its citation; how many it classed."""
    alike = waiting_alike(charge, by).exclude(pk=charge.pk).update(**_by_a_person(to))
    class_by_hand(charge, to=to)
    return 1 + alike


def _by_a_person(to: ChargeClass) -> dict:
    return {"charge_class": to, "classed_by": ClassedBy.PERSON, "candidates": [], "review": ""}


def _require_last(charge: Charge) -> None:
    if Charge.objects.filter(from_charge=charge).exists():
        raise Objection({"": "This charge has already become another. Work on the later one."})


def _past(on: dt.date, field: str) -> dt.date:
    if on > timezone.localdate():
        raise Objection({field: "This date lies ahead."})
    return on


@in_one_step
def add_docket(investigation: Investigation, *, facts: dict, by: Viewer) -> Docket:
    """A case in court; from then on its outcome can be looked up."""
    docket = Docket.objects.create(**held_by(investigation, by), **facts)
    change(investigation, {"docket_known": True})
    return docket


@in_one_step
def set_hearing(investigation: Investigation, *, facts: dict, by: Viewer) -> Hearing:
    return Hearing.objects.create(**held_by(investigation, by), **facts)


@in_one_step
def note_hearing(hearing: Hearing, facts: dict) -> Hearing:
    """That victims were told, and what came of it."""
    change(hearing, facts)
    return hearing
