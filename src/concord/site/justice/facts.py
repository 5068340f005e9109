"""What is asserted in an investigation, and what it comes to for each victim and suspect; computed when somebody asks.

Pairs that rest on the same facts are one group: forty victims put through one scheme are weighed once. The to-do is the
investigation's; what the facts come to is for the prosecuting office alone (`views.elements`, `gap`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from concord.law import elements as law
from concord.law.dates import PartialDate
from concord.site.justice.models import Assertion, Investigation, Pair, Person, Scheme
from concord.vocabulary import Answer, Basis, Element, TraffickingType

SEX, LABOR = "SEX_SF", "LABOR_SF"
DEFINITIONS_OF = {
    TraffickingType.SEX: (SEX,), TraffickingType.LABOR: (LABOR,), TraffickingType.BOTH: (SEX, LABOR),
    TraffickingType.NOT_YET_KNOWN: (SEX, LABOR),
}


@dataclass(frozen=True)
class Group:
    """Victims and suspects for whom the same is asserted."""

    facts: law.Pair
    pairs: tuple[Pair, ...]

    @cached_property
    def results(self) -> dict[str, law.Result]:
        return law.evaluate_all(self.facts)


@dataclass
class Stated:
    """Everything asserted in one investigation. `claims`: the latest first, those taken back included."""

    case: Investigation
    people: Mapping[UUID, Person]
    pairs: Sequence[Pair]
    schemes: Mapping[UUID, Scheme]
    claims: Sequence[Assertion]
    groups: tuple[Group, ...] = field(init=False)

    def __post_init__(self):
        self.groups = grouped(self.pairs, self.people, self.claims)

    def to_do(self) -> list[tuple[str, int]]:
        """What is missing, and for how many pairs; what most wait for first. Definitions that the investigation is not
        about count once their purpose has been established."""
        held_to_be, found = DEFINITIONS_OF[TraffickingType(self.case.trafficking_type)], Counter()
        for group in self.groups:
            opened = [group.results[rule] for rule in (SEX, LABOR)
                      if rule in held_to_be or _purpose_is_said(group.results[rule])]
            found.update(dict.fromkeys(law.to_do(opened), len(group.pairs)))
        return found.most_common()

    def said_both_ways(self) -> list[tuple[str, int]]:
        """Facts that one statement affirms and another denies, and for how many pairs."""
        found = Counter()
        for group in self.groups:
            found.update({fact_words(*fact): len(group.pairs) for fact in group.facts.contradicted()})
        return found.most_common()


def stated(case: Investigation) -> Stated:
    settings.CONCORD_RINGS.warm(case.agency_id)
    return Stated(
        case, {p.pk: p for p in Person.objects.filter(investigation=case)},
        list(Pair.objects.filter(investigation=case)),
        {s.pk: s for s in Scheme.objects.filter(investigation=case)},
        list(Assertion.objects.filter(investigation=case).order_by("-asserted_on", "-created_at")))


def grouped(pairs: Iterable[Pair], people: Mapping[UUID, Person], claims: Iterable[Assertion]) -> tuple[Group, ...]:
    """Pairs by what is asserted about them. What was taken back does not count."""
    of_scheme, of_pair = {}, {}
    for claim in claims:
        if claim.withdrawn_on is None:
            of = of_scheme if claim.scheme_id else of_pair
            of.setdefault(claim.scheme_id or claim.pair_id, []).append(_claim(claim))
    found: dict[tuple, list[Pair]] = {}
    for pair in pairs:
        said = law.inherited(of_scheme.get(pair.scheme_id, ()), of_pair.get(pair.pk, ()))
        victim = people[pair.victim_id]
        key = (said, victim.birth_date, victim.first_act_on, victim.minor_at_act)
        found.setdefault(key, []).append(pair)
    return tuple(Group(_facts(*key), tuple(alike)) for key, alike in found.items())


def _claim(claim: Assertion) -> law.Assertion:
    return law.Assertion(Element(claim.element), claim.value or None, Answer(claim.answer), Basis(claim.basis),
                         id=str(claim.pk))


def _facts(said, birth_date, first_act_on, minor_at_act) -> law.Pair:
    return law.Pair(
        assertions=said, born=PartialDate.read(birth_date) if birth_date else None,
        first_act_on=PartialDate.read(first_act_on) if first_act_on else None, minor_said=Answer(minor_at_act))


def _purpose_is_said(result: law.Result) -> bool:
    return any(line.answer is Answer.YES and line.words.startswith("For ") for line in result.lines)


def fact_words(element: Element, value: str | None) -> str:
    return f"{element.label}: {law.VALUES[element](value).label if value else _('None of them')}"
