"""Act, means and purpose, asked of one victim and one suspect at a time, in three values.

Facts are stored as assertions; what they add up to is computed when someone looks, and is a flag for a lawyer, never a
charge recommendation. `evaluate` says MET only when every element is a yes, NOT_MET when one is a no, and otherwise
UNDETERMINED with the list of what is missing: that list is the investigation's to-do.

Nothing here asks about consent. It is no defence where a means was used or the person was a minor (UN Protocol
article 3(b), (c)); a victim's own papers are hers to keep or destroy (18 USC 1592(b)).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cached_property

from concord.law.answers import either, every, settle
from concord.law.dates import PartialDate, under_18
from concord.vocabulary import (
    Act,
    Answer,
    Basis,
    Benefit,
    Element,
    IdentityDocuments,
    Knowledge,
    Means,
    MeansOfControl,
    Nexus,
    Outcome,
    Purpose,
)

VALUES = {
    Element.ACT: Act,
    Element.MEANS: Means,
    Element.PURPOSE: Purpose,
    Element.KNOWLEDGE: Knowledge,
    Element.BENEFIT: Benefit,
    Element.NEXUS: Nexus,
    Element.DOCUMENTS: IdentityDocuments,
}


@dataclass(frozen=True)
class Assertion:
    """Someone's claim about one fact. `value=None` with `NO` says that none of the element's values holds."""

    element: Element
    value: str | None
    answer: Answer
    basis: Basis | None = None
    id: str | None = None

    def __post_init__(self):
        if self.value is None:
            if self.answer is not Answer.NO:
                raise ValueError("Without a value an assertion can only say no: none of them.")
        else:
            VALUES[self.element](self.value)

    def values(self) -> tuple[str, ...]:
        """The values it speaks to: one, or with "none of them" all that the element has."""
        return tuple(value.value for value in VALUES[self.element]) if self.value is None else (self.value,)

    def speaks_to(self, element: Element, value: str) -> bool:
        return self.element is element and self.value in (None, value)


def inherited(of_scheme: Iterable[Assertion], of_pair: Iterable[Assertion]) -> tuple[Assertion, ...]:
    """What is asserted about a pair: what is said of it alone, and of the scheme it is part of whatever the pair itself
    does not speak to. So one victim can be an exception, and nobody asserts the same fact for forty."""
    own = tuple(of_pair)
    spoken = {(claim.element, value) for claim in own for value in claim.values()}
    kept = []
    for claim in of_scheme:
        free = [value for value in claim.values() if (claim.element, value) not in spoken]
        whole = len(free) == len(claim.values())
        kept += [claim] if whole else [replace(claim, value=value) for value in free]
    return own + tuple(kept)


def assertions(element: Element, said: Mapping[str, Answer], rest: Answer | None = None) -> list[Assertion]:
    """Assertions for several values of one element; `rest` answers for the values not named."""
    answers = dict(said)
    if rest is not None:
        answers = {value.value: rest for value in VALUES[element]} | answers
    return [Assertion(element, value, Answer(answer)) for value, answer in answers.items()]


@dataclass(frozen=True)
class Pair:
    """What is asserted about one victim and one suspect.

    `first_act_on` is the first act against this victim: who was a minor then is a minor for the definition, whatever
    her age when the case was opened. `minor_said` is for files that give no birth date; if it contradicts the dates,
    her age is unknown until somebody looks.
    """

    assertions: Sequence[Assertion] = ()
    born: PartialDate | None = None
    first_act_on: PartialDate | None = None
    minor_said: Answer = Answer.UNKNOWN

    @cached_property
    def minor(self) -> Answer:
        return settle((under_18(self.born, self.first_act_on), self.minor_said))

    @cached_property
    def _said(self) -> dict[tuple[Element, str], set[Answer]]:
        said: dict[tuple[Element, str], set[Answer]] = {}
        for claim in self.assertions:
            for value in claim.values():
                said.setdefault((claim.element, value), set()).add(claim.answer)
        return said

    def fact(self, element: Element, value: str) -> Answer:
        return settle(self._said.get((element, value), ()))

    def contradicted(self) -> list[tuple[Element, str]]:
        """Facts that one claim affirms and another denies. They count as unknown until somebody has looked."""
        return [fact for fact, said in self._said.items() if {Answer.YES, Answer.NO} <= said]


# --- The parts that definitions are written in ------------------------------------------------------------------------


@dataclass(frozen=True)
class AnyOf:
    """One of these values of an element."""

    words: str
    values: tuple[Enum, ...]
    element: Element = field(init=False)

    def __post_init__(self):
        kind = type(self.values[0])
        object.__setattr__(self, "element", next(element for element, values in VALUES.items() if values is kind))

    def answer(self, pair: Pair) -> Answer:
        return either(pair.fact(self.element, value) for value in self.values)

    def lines(self) -> Iterator["Part"]:
        yield self

    def deciding(self, pair: Pair) -> Iterator[Assertion]:
        found = self.answer(pair)
        for claim in pair.assertions:
            if claim.answer is found and any(claim.speaks_to(self.element, value) for value in self.values):
                yield claim


@dataclass(frozen=True)
class Minor:
    """The person had not reached 18 when the act happened."""

    words: str = "Under 18 at the time of the act"

    def answer(self, pair: Pair) -> Answer:
        return pair.minor

    def lines(self) -> Iterator["Part"]:
        yield self

    def deciding(self, pair: Pair) -> Iterator[Assertion]:
        return iter(())


@dataclass(frozen=True)
class Every:
    """All of the parts."""

    parts: tuple["Part", ...]

    def answer(self, pair: Pair) -> Answer:
        return every(part.answer(pair) for part in self.parts)

    def lines(self) -> Iterator["Part"]:
        for part in self.parts:
            yield from part.lines()

    def deciding(self, pair: Pair) -> Iterator[Assertion]:
        for part in self.parts:
            yield from part.deciding(pair)


@dataclass(frozen=True)
class Either:
    """One of the parts; a reader sees it as one line."""

    parts: tuple["Part", ...]
    words: str

    def answer(self, pair: Pair) -> Answer:
        return either(part.answer(pair) for part in self.parts)

    def lines(self) -> Iterator["Part"]:
        yield self

    def deciding(self, pair: Pair) -> Iterator[Assertion]:
        found = self.answer(pair)
        for part in self.parts:
            if part.answer(pair) is found:
                yield from part.deciding(pair)


Part = AnyOf | Minor | Every | Either


@dataclass(frozen=True)
class Rule:
    """One definition as it stood between two dates. `definitions` are read beside it, in words."""

    id: str
    title: str
    citation: str
    needs: Every
    valid_from: date | None
    valid_to: date | None = None
    definitions: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        return self.valid_from.isoformat() if self.valid_from else "always"

    def overlaps(self, when: PartialDate | None) -> bool:
        if when is None:
            return True
        return (self.valid_from or date.min) <= when.last and when.first <= (self.valid_to or date.max)


# --- The definitions --------------------------------------------------------------------------------------------------

_TVPA = date(2000, 10, 28)  # Public Law 106-386
_WILBERFORCE = date(2008, 12, 23)  # Public Law 110-457
_JVTA = date(2015, 5, 29)  # Public Law 114-22

_COERCION = (Means.COERCION_HARM, Means.COERCION_SCHEME, Means.COERCION_LEGAL)
_LABORS = (
    Purpose.FORCED_LABOR,
    Purpose.INVOLUNTARY_SERVITUDE,
    Purpose.DEBT_BONDAGE,
    Purpose.PEONAGE,
    Purpose.SLAVERY,
)

_FORCE_FRAUD_COERCION = AnyOf("Force, fraud or coercion", (Means.FORCE, Means.FRAUD, *_COERCION))
_FORCED_LABOR_MEANS = AnyOf(
    "Force or restraint, serious harm or its threat, abuse of law, or a scheme to make her believe in them",
    (Means.FORCE, *_COERCION),
)
_COMMERCIAL_SEX = AnyOf("For a commercial sex act", (Purpose.COMMERCIAL_SEX,))
_LABOR = AnyOf("For labor or services", _LABORS)
_SERVITUDE = AnyOf(
    "Into involuntary servitude, peonage, debt bondage or slavery",
    (Purpose.INVOLUNTARY_SERVITUDE, Purpose.PEONAGE, Purpose.DEBT_BONDAGE, Purpose.SLAVERY),
)
_LABOR_ACT = AnyOf(
    "Recruited, harbored, transported, provided or obtained",
    (Act.RECRUIT, Act.HARBOR, Act.TRANSPORT, Act.PROVIDE, Act.OBTAIN),
)
_KNEW = AnyOf("Knew", (Knowledge.KNEW,))
_MEANS_OR_MINOR = Either((_FORCE_FRAUD_COERCION, Minor()), "Force, fraud or coercion, or under 18 at the time")


def _severe_sex(title_of_act: str, acts: tuple[Act, ...], valid_from: date, valid_to: date | None) -> Rule:
    return Rule(
        id="SEX_SF",
        title="Severe form of trafficking: sex",
        citation="22 USC 7102(11)(A), (12)",
        needs=Every((AnyOf(title_of_act, acts), _COMMERCIAL_SEX, _MEANS_OR_MINOR)),
        valid_from=valid_from,
        valid_to=valid_to,
        definitions=("Nobody needs to have been moved.", "Under 18, no means needs to be shown."),
    )


def _sex_trafficking(acts: tuple[Act, ...], words: str, knowledge: Either, **dates) -> Rule:
    reach = AnyOf("In or affecting commerce, or in federal territory", (Nexus.COMMERCE, Nexus.MARITIME))
    return Rule(
        id="1591",
        title="Sex trafficking",
        citation="18 USC 1591(a)(1)",
        needs=Every((reach, AnyOf(words, acts), _COMMERCIAL_SEX, _MEANS_OR_MINOR, knowledge)),
        definitions=("Serious harm may be psychological, financial or to reputation (18 USC 1591(e)).",),
        **dates,
    )


_SEX_ACTS_2008 = (Act.RECRUIT, Act.ENTICE, Act.HARBOR, Act.TRANSPORT, Act.PROVIDE, Act.OBTAIN, Act.MAINTAIN)
_SEX_ACTS_2015 = (*_SEX_ACTS_2008, Act.PATRONIZE, Act.SOLICIT)
_RECKLESS = AnyOf("Recklessly disregarded", (Knowledge.RECKLESS,))
_COULD_OBSERVE = AnyOf("Could observe the person", (Knowledge.COULD_OBSERVE,))


def _knowledge(other_than_advertising: tuple[Act, ...], words: str) -> Either:
    """Advertising needs knowledge; every other act also reckless disregard, or a look at a minor (1591(a), (c))."""
    other_act = AnyOf("An act other than advertising", other_than_advertising)
    return Either((_KNEW, Every((other_act, _RECKLESS)), Every((other_act, Minor(), _COULD_OBSERVE))), words)


RULES: tuple[Rule, ...] = (
    _severe_sex(
        "Recruited, harbored, transported, provided or obtained",
        (Act.RECRUIT, Act.HARBOR, Act.TRANSPORT, Act.PROVIDE, Act.OBTAIN),
        _TVPA,
        date(2015, 5, 28),
    ),
    _severe_sex(
        "Recruited, harbored, transported, provided, obtained, patronized or solicited",
        (Act.RECRUIT, Act.HARBOR, Act.TRANSPORT, Act.PROVIDE, Act.OBTAIN, Act.PATRONIZE, Act.SOLICIT),
        _JVTA,
        None,
    ),
    Rule(
        id="LABOR_SF",
        title="Severe form of trafficking: labor",
        citation="22 USC 7102(11)(B)",
        needs=Every((_LABOR_ACT, _LABOR, _FORCE_FRAUD_COERCION, _SERVITUDE)),
        valid_from=_TVPA,
        definitions=("A minor's labor needs a means too.",),
    ),
    Rule(
        id="UN",
        title="Trafficking in persons, UN Protocol",
        citation="UN Protocol (2000) article 3(a), (c)",
        needs=Every(
            (
                AnyOf(
                    "Recruited, transported, transferred, harbored or received",
                    (Act.RECRUIT, Act.TRANSPORT, Act.TRANSFER, Act.HARBOR, Act.RECEIVE),
                ),
                AnyOf("For exploitation of any kind", tuple(Purpose)),
                Either(
                    (AnyOf("A means of article 3(a)", tuple(Means)), Minor()),
                    "Force, coercion, deception or abuse of power or vulnerability, or under 18 at the time",
                ),
            )
        ),
        valid_from=None,
        definitions=("Used for counting beside the federal definition, not for charging.",),
    ),
    Rule(
        id="1589",
        title="Forced labor",
        citation="18 USC 1589(a)",
        needs=Every(
            (
                AnyOf("Provided or obtained a person's labor or services", (Act.PROVIDE, Act.OBTAIN)),
                _LABOR,
                _FORCED_LABOR_MEANS,
                _KNEW,
            )
        ),
        valid_from=_WILBERFORCE,
        definitions=(
            "The harm or threat may be to another person.",
            "Some courts count commercial sex as services; that is for counsel.",
        ),
    ),
    Rule(
        id="1590",
        title="Trafficking for labor in violation of chapter 77",
        citation="18 USC 1590(a)",
        needs=Every(
            (
                _LABOR_ACT,
                Either(
                    (_SERVITUDE, Every((_LABOR, _FORCED_LABOR_MEANS))),
                    "For labor that chapter 77 forbids: servitude, peonage, slavery or forced labor",
                ),
                _KNEW,
            )
        ),
        valid_from=_WILBERFORCE,
    ),
    _sex_trafficking(
        _SEX_ACTS_2008,
        "Recruited, enticed, harbored, transported, provided, obtained or maintained",
        _knowledge(_SEX_ACTS_2008, "Knew or recklessly disregarded; for a minor, could observe her is enough"),
        valid_from=_WILBERFORCE,
        valid_to=date(2015, 5, 28),
    ),
    _sex_trafficking(
        (*_SEX_ACTS_2015, Act.ADVERTISE),
        "Recruited, enticed, harbored, moved, provided, obtained, advertised, maintained, patronized or solicited",
        _knowledge(
            _SEX_ACTS_2015,
            "Knew or recklessly disregarded (advertising: knew); for a minor, could observe her is enough",
        ),
        valid_from=_JVTA,
    ),
    Rule(
        id="1592",
        title="Identity documents in furtherance of trafficking",
        citation="18 USC 1592(a)",
        needs=Every(
            (
                AnyOf("Destroyed, hid, removed, took or kept identity documents", (IdentityDocuments.TAKEN,)),
                AnyOf(
                    "In an offence of chapter 77, or to restrict movement and keep labor or services",
                    (IdentityDocuments.IN_AN_OFFENCE, IdentityDocuments.TO_RESTRICT),
                ),
                _KNEW,
            )
        ),
        valid_from=_TVPA,
        definitions=("Does not reach what a victim did with documents because she was trafficked.",),
    ),
)
RULE_IDS = tuple(dict.fromkeys(rule.id for rule in RULES))


# --- Evaluation -------------------------------------------------------------------------------------------------------

_OUTCOMES = {Answer.YES: Outcome.MET, Answer.NO: Outcome.NOT_MET, Answer.UNKNOWN: Outcome.UNDETERMINED}
NO_TEXT = "The law in force then: no version of this definition covers the date of the act"
WHICH_TEXT = "The date of the act: the definition changed, and the versions disagree"


@dataclass(frozen=True)
class Line:
    """One element as a reader sees it."""

    words: str
    answer: Answer
    deciding: tuple[Assertion, ...] = ()


@dataclass(frozen=True)
class Result:
    """What one definition comes to for one pair. `missing` is empty unless the outcome is UNDETERMINED."""

    rule_id: str
    outcome: Outcome
    version: str | None
    lines: tuple[Line, ...] = ()
    missing: tuple[str, ...] = ()
    deciding: tuple[Assertion, ...] = ()


def rule_of(result: "Result") -> Rule:
    """The definition that a result is about: the version the facts were held against, else the latest."""
    versions = [rule for rule in RULES if rule.id == result.rule_id]
    return next((rule for rule in versions if rule.version == result.version), versions[-1])


def evaluate(rule_id: str, pair: Pair) -> Result:
    """Hold one definition, as it stood at the first act, against what is asserted about a pair."""
    if rule_id not in RULE_IDS:
        raise KeyError(f"No definition {rule_id!r}; there are {', '.join(RULE_IDS)}.")
    in_force = [rule for rule in RULES if rule.id == rule_id and rule.overlaps(pair.first_act_on)]
    if not in_force:
        return Result(rule_id, Outcome.UNDETERMINED, None, missing=(NO_TEXT,))
    results = [_result(rule, pair) for rule in in_force]
    if len({result.outcome for result in results}) > 1:
        return Result(rule_id, Outcome.UNDETERMINED, None, lines=results[-1].lines, missing=(WHICH_TEXT,))
    return results[-1]


def _result(rule: Rule, pair: Pair) -> Result:
    lines = tuple(Line(part.words, part.answer(pair), _once(part.deciding(pair))) for part in rule.needs.lines())
    outcome = _OUTCOMES[rule.needs.answer(pair)]
    open_lines = [line.words for line in lines if line.answer is Answer.UNKNOWN]
    return Result(
        rule.id,
        outcome,
        rule.version,
        lines=lines,
        missing=tuple(open_lines) if outcome is Outcome.UNDETERMINED else (),
        deciding=_once(rule.needs.deciding(pair)),
    )


def _once(claims: Iterable[Assertion]) -> tuple[Assertion, ...]:
    return tuple(dict.fromkeys(claims))


def evaluate_all(pair: Pair) -> dict[str, Result]:
    return {rule_id: evaluate(rule_id, pair) for rule_id in RULE_IDS}


def severe_form(pair: Pair) -> Outcome:
    """Whether the federal definition is met for the pair, for sex or for labor (22 USC 7102(11))."""
    to_answer = {outcome: answer for answer, outcome in _OUTCOMES.items()}
    return _OUTCOMES[either(to_answer[evaluate(rule_id, pair).outcome] for rule_id in ("SEX_SF", "LABOR_SF"))]


def to_do(results: Iterable[Result]) -> dict[str, tuple[str, ...]]:
    """What is missing, each with the definitions that wait for it; the most awaited first."""
    waiting: dict[str, list[str]] = {}
    for result in results:
        for words in result.missing:
            waiting.setdefault(words, []).append(result.rule_id)
    return {words: tuple(ids) for words, ids in sorted(waiting.items(), key=lambda item: -len(item[1]))}


# --- Methods of control that point to an element ----------------------------------------------------------------------

SUGGESTS: dict[MeansOfControl, tuple[Enum, ...]] = {
    MeansOfControl.PHYSICAL_ABUSE: (Means.FORCE,),
    MeansOfControl.SEXUAL_ABUSE: (Means.FORCE,),
    MeansOfControl.RESTRICTS_MOVEMENT: (Means.FORCE,),
    MeansOfControl.ABDUCTION: (Means.FORCE,),
    MeansOfControl.FALSE_PROMISES: (Means.FRAUD,),
    MeansOfControl.PHYSICAL_THREATS: (Means.COERCION_HARM,),
    MeansOfControl.THREATENS_FAMILY: (Means.COERCION_HARM,),
    MeansOfControl.USES_CHILDREN: (Means.COERCION_HARM,),
    MeansOfControl.THREATS_LAW_ENFORCEMENT: (Means.COERCION_LEGAL,),
    MeansOfControl.DEBT_BONDAGE: (Purpose.DEBT_BONDAGE, Means.COERCION_SCHEME),
    MeansOfControl.WITHHOLDS_DOCUMENTS: (IdentityDocuments.TAKEN, Means.COERCION_SCHEME),
    MeansOfControl.PSYCHOACTIVE_SUBSTANCE: (Means.COERCION_SCHEME,),
    MeansOfControl.PSYCHOLOGICAL_ABUSE: (Means.COERCION_SCHEME,),
    MeansOfControl.WITHHOLDS_NECESSITIES: (Means.COERCION_SCHEME,),
    MeansOfControl.RESTRICTS_MEDICAL_CARE: (Means.COERCION_SCHEME,),
    MeansOfControl.TAKES_EARNINGS: (),
    MeansOfControl.RESTRICTS_FINANCIAL_ACCESS: (),
    MeansOfControl.EXCESSIVE_HOURS: (),
    MeansOfControl.OTHER: (),
}


def suggested(controls: Iterable[MeansOfControl]) -> tuple[Enum, ...]:
    """Elements that the methods of control point to: a question for whoever codes the file, never an assertion."""
    return tuple(dict.fromkeys(value for control in controls for value in SUGGESTS[control]))
