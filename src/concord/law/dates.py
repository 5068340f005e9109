"""Dates as files give them: a day, a month or only a year; and ages worked out from such dates."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

from concord.law.answers import answer
from concord.vocabulary import Answer

ADULT_AT = 18
_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class PartialDate:
    """One day, somewhere from `first` to `last`."""

    first: date
    last: date

    def __post_init__(self):
        if self.first > self.last:
            raise ValueError("A date cannot end before it begins.")

    @classmethod
    def read(cls, text: "str | date | PartialDate") -> Self:
        """Read `2019`, `2019-05` or `2019-05-31`; a date stands for itself."""
        if isinstance(text, PartialDate):
            return text
        if isinstance(text, date):
            return cls(text, text)
        written = _WRITTEN.fullmatch(text)
        if not written:
            raise ValueError("Write a date as 2019, 2019-05 or 2019-05-31.")
        return cls(*_span(*(int(part) for part in written.groups() if part)))


def _span(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def age_on(born: date, on: date) -> int:
    """Whole years. Someone born on 29 February is a year older on 1 March of a year without one.

    States differ on that day; the later one is taken because until then the person is still protected as a minor.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_bounds(born: PartialDate, on: PartialDate) -> tuple[int, int]:
    """The youngest and the oldest the person can have been. ValueError if she cannot have been born by then."""
    if on.last < born.first:
        raise ValueError("The date lies before the birth date; one of the two is wrong.")
    return max(0, age_on(born.last, on.first)), age_on(born.first, on.last)


def under_18(born: PartialDate | None, on: PartialDate | None) -> Answer:
    """Whether the person was a minor on that date; unknown where the dates leave both possible."""
    if born is None or on is None:
        return Answer.UNKNOWN
    youngest, oldest = age_bounds(born, on)
    if (youngest < ADULT_AT) != (oldest < ADULT_AT):
        return Answer.UNKNOWN
    return answer(oldest < ADULT_AT)
