"""Three-valued logic: a conjunction is as sure as its weakest part, a disjunction as its strongest (Kleene 1952)."""

from collections.abc import Iterable

from concord.vocabulary import Answer

_NEGATED = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}


def every(answers: Iterable[Answer]) -> Answer:
    """No if any is no, else unknown if any is unknown, else yes. Nothing at all is yes."""
    answers = set(answers)
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def either(answers: Iterable[Answer]) -> Answer:
    """Yes if any is yes, else unknown if any is unknown, else no. Nothing at all is no."""
    answers = set(answers)
    if Answer.YES in answers:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.NO


def negate(answer: Answer) -> Answer:
    return _NEGATED[answer]


def settle(claims: Iterable[Answer]) -> Answer:
    """What several claims about one fact say together: claims that contradict each other leave it unknown."""
    claims = set(claims) - {Answer.UNKNOWN}
    return claims.pop() if len(claims) == 1 else Answer.UNKNOWN


def agreed(possible: Iterable[Answer]) -> Answer:
    """The one answer that every possibility gives; unknown where they differ."""
    possible = set(possible)
    return possible.pop() if len(possible) == 1 else Answer.UNKNOWN


def answer(known: bool | None) -> Answer:
    """The answer for a value that may be missing."""
    if known is None:
        return Answer.UNKNOWN
    return Answer.YES if known else Answer.NO
