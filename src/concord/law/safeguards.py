"""When somebody who may be a victim is arrested, and when somebody calls.

Half of the task forces in the ECM evaluation might arrest a survivor, to protect her or to press her. The safeguard
never stops an officer from recording what happened: a refused record is an arrest nobody reviews. It says in words why
the person may be a victim, asks the four facts that make a later review possible, and starts a clock.

What is not known counts as not known. An unknown age is a question, never an adult.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from concord.law import deadlines
from concord.law.answers import answer, either
from concord.law.charges import Count
from concord.law.dates import ADULT_AT
from concord.vocabulary import (
    Answer,
    ArrestAlternative,
    ArrestConcern,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    CallerPermission,
    ChargeClass,
    Code,
    ContactRoute,
    VictimStatus,
)

# Charges that people in trafficking are often made to earn; whether it was so here has to be asked.
OFTEN_FORCED = frozenset(
    {
        ChargeClass.DRUG,
        ChargeClass.IMMIG,
        ChargeClass.LABOR_FRAUD,
        ChargeClass.PROST_PROMOTE,
        ChargeClass.FIN,
    }
)
_VICTIM = frozenset({VictimStatus.POTENTIAL, VictimStatus.CONFIRMED})


@dataclass(frozen=True)
class Arrest:
    """What is known of an arrest. `standing` is her status in the investigations that the officer may know of;
    `standing_looked_up` says whether anybody looked.
    """

    counts: tuple[Count, ...] = ()
    age: int | None = None
    minor_said: Answer = Answer.UNKNOWN
    forced_crime_said: Answer = Answer.UNKNOWN
    same_scene: Answer = Answer.UNKNOWN
    standing: frozenset[VictimStatus] = frozenset()
    standing_looked_up: bool = False

    def selling_sex(self) -> Answer:
        if not self.counts:
            return Answer.UNKNOWN
        return either(count.is_one_of({ChargeClass.PROST_SELL}) for count in self.counts)

    def minor(self) -> Answer:
        return self.minor_said if self.age is None else answer(self.age < ADULT_AT)

    def forced_crime(self) -> Answer:
        if self.forced_crime_said is not Answer.UNKNOWN:
            return self.forced_crime_said
        often = either(count.is_one_of(OFTEN_FORCED) for count in self.counts)
        return Answer.NO if self.counts and often is Answer.NO else Answer.UNKNOWN

    def with_suspect(self) -> Answer:
        return self.same_scene

    def known_victim(self) -> Answer:
        if self.standing & _VICTIM:
            return Answer.YES
        return Answer.NO if self.standing_looked_up else Answer.UNKNOWN


@dataclass(frozen=True)
class Reason:
    """One row of the safeguard: when it holds, what it says, what to ask while it is open, and on what it rests."""

    concern: ArrestConcern
    holds: Callable[[Arrest], Answer]
    says: str
    ask: str
    source: str


REASONS: tuple[Reason, ...] = (
    Reason(
        ArrestConcern.SELLING_SEX,
        Arrest.selling_sex,
        "The charge is for selling sex. People who are trafficked for sex are arrested on this charge.",
        "Is any charge for selling sex?",
        "22 USC 7101(b)(19); 34 USC 20709(f)",
    ),
    Reason(
        ArrestConcern.MINOR,
        Arrest.minor,
        "The person is under 18. A minor in commercial sex is a victim of trafficking, whatever anyone says.",
        "How old is the person?",
        "22 USC 7102(11)(A)",
    ),
    Reason(
        ArrestConcern.FORCED_CRIME,
        Arrest.forced_crime,
        "The offence may have been forced on the person as part of the trafficking.",
        "Did somebody make the person do it, or profit from it?",
        "22 USC 7101(b)(19)",
    ),
    Reason(
        ArrestConcern.SAME_SCENE,
        Arrest.with_suspect,
        "The person was found with, or at the same place as, someone suspected of trafficking.",
        "Was a trafficking suspect there?",
        "34 USC 20709(f)",
    ),
    Reason(
        ArrestConcern.KNOWN_VICTIM,
        Arrest.known_victim,
        "The person is already a potential or confirmed victim in an investigation.",
        "Is the person a victim in any investigation that you may see?",
        "22 USC 7101(b)(19)",
    ),
)


@dataclass(frozen=True)
class Concern:
    """A reason that holds (YES) or that nobody has ruled out (UNKNOWN)."""

    concern: ArrestConcern
    answer: Answer
    words: str
    source: str


def concerns(arrest: Arrest) -> list[Concern]:
    """Every reason that holds or is still open, in the order of the table; empty when each one is ruled out."""
    found = [(reason, reason.holds(arrest)) for reason in REASONS]
    return [
        Concern(reason.concern, held, reason.says if held is Answer.YES else reason.ask, reason.source)
        for reason, held in found
        if held is not Answer.NO
    ]


# --- What must be asked -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """What the officer recorded about the arrest. None, or no alternatives at all, means not yet asked."""

    legal_basis: ArrestLegalBasis | None = None
    stated_purpose: ArrestStatedPurpose | None = None
    alternatives: tuple[ArrestAlternative, ...] = ()
    advocate_called: Answer = Answer.UNKNOWN


@dataclass(frozen=True)
class Question:
    """A fact to ask. Basis and purpose are two questions: a lawful ground can serve a purpose that does not conform."""

    field: str
    words: str
    choices: type[Code]
    why: str
    is_open: Callable[[Record], bool]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "legal_basis",
        "On what legal ground was the person arrested?",
        ArrestLegalBasis,
        "The ground that a court would be told.",
        lambda record: record.legal_basis is None,
    ),
    Question(
        "stated_purpose",
        "What was the arrest for?",
        ArrestStatedPurpose,
        "The purpose in the officer's own words, apart from the ground.",
        lambda record: record.stated_purpose is None,
    ),
    Question(
        "alternatives",
        "What was considered instead?",
        ArrestAlternative,
        "Affirmative steps to avoid arresting or charging (34 USC 20709(f)).",
        lambda record: not record.alternatives,
    ),
    Question(
        "advocate_called",
        "Was an advocate called?",
        Answer,
        "The call needs no name: a time window, language, gender, and whether a minor.",
        lambda record: record.advocate_called is Answer.UNKNOWN,
    ),
)


def unanswered(record: Record) -> tuple[Question, ...]:
    return tuple(question for question in QUESTIONS if question.is_open(record))


DOES_NOT_CONFORM: dict[ArrestStatedPurpose, str] = {
    ArrestStatedPurpose.PROTECTION: "An arrest is not protection. Offer an advocate and a safe place instead.",
    ArrestStatedPurpose.LEVERAGE: "An arrest may not be used to get a statement, testimony or cooperation.",
    ArrestStatedPurpose.SERVICES: "Services are voluntary. An arrest is not a way to them.",
}


def conforms(purpose: ArrestStatedPurpose | None) -> Answer:
    """Whether a stated purpose is one that an arrest of a possible victim may have; unknown while it is not stated."""
    return Answer.UNKNOWN if purpose is None else answer(purpose not in DOES_NOT_CONFORM)


@dataclass(frozen=True)
class Assessment:
    """What the safeguard says of an arrest. There is no refusal in it: recording is never blocked."""

    possible_victim: Answer
    concerns: tuple[Concern, ...]
    questions: tuple[Question, ...]
    conforms: Answer
    why_not: str
    review_due: datetime | None


def assess(arrest: Arrest, record: Record, arrested_at: datetime) -> Assessment:
    """Concerns, open questions and the review clock. A review falls due unless every concern has been ruled out.

    Where nobody can be a victim, nothing is asked and purposes are not judged.
    """
    found = tuple(concerns(arrest))
    if not found:
        return Assessment(Answer.NO, (), (), Answer.UNKNOWN, "", None)
    return Assessment(
        possible_victim=either(concern.answer for concern in found),
        concerns=found,
        questions=unanswered(record),
        conforms=conforms(record.stated_purpose),
        why_not=DOES_NOT_CONFORM.get(record.stated_purpose, ""),
        review_due=deadlines.due(deadlines.ARREST_REVIEW, arrested_at),
    )


# --- Calls ------------------------------------------------------------------------------------------------------------

_ROUTES = {
    Answer.YES: ContactRoute.SERVICES_INQUIRY,
    Answer.NO: ContactRoute.LEAD,
    Answer.UNKNOWN: ContactRoute.ASK_FIRST,
}


def asked_for_help(wants_help: Answer) -> ContactRoute:
    """Where a call, message or visit goes. Asked us for help, for herself or someone else: a services inquiry.

    A services inquiry is client information from its first word and never becomes a lead, even where the caller also
    tells of a crime. If she wants police told, her provider refers her, under her release.
    """
    return _ROUTES[wants_help]


@dataclass(frozen=True)
class Passes:
    """What a caller's permission lets out of the agency she spoke to."""

    what_happened: bool
    how_to_reach: bool


PASSES: dict[CallerPermission | None, Passes] = {
    CallerPermission.PASS_WITH_NAME: Passes(what_happened=True, how_to_reach=True),
    CallerPermission.PASS_WITHOUT_NAME: Passes(what_happened=True, how_to_reach=False),
    CallerPermission.ASK_AGAIN: Passes(what_happened=False, how_to_reach=False),
    CallerPermission.SERVICES_ONLY: Passes(what_happened=False, how_to_reach=False),
    None: Passes(what_happened=False, how_to_reach=False),
}
_OFFERED = {
    ContactRoute.SERVICES_INQUIRY: (CallerPermission.SERVICES_ONLY, CallerPermission.ASK_AGAIN),
    ContactRoute.LEAD: (
        CallerPermission.ASK_AGAIN,
        CallerPermission.PASS_WITHOUT_NAME,
        CallerPermission.PASS_WITH_NAME,
    ),
    ContactRoute.ASK_FIRST: (),
}


def caller_permissions(route: ContactRoute) -> tuple[CallerPermission, ...]:
    """What a caller may be asked to allow. None is offered before she has been asked whether she wants help."""
    return _OFFERED[route]


def passes(route: ContactRoute, permission: CallerPermission | None) -> Passes:
    """What may be passed on to another agency of the task force: never anything from a services inquiry.

    A duty to report (child abuse, a foreign minor) stands beside this and is the provider's own act.
    """
    return PASSES[permission if route is ContactRoute.LEAD else None]
