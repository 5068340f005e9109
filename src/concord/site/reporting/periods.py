"""Quarters, and four of them together. Pure."""

import datetime as dt
from typing import NamedTuple


class Period(NamedTuple):
    """Whole months, first and last day included; named as in a case file: "2026-Q3" or "2025-10/2026-09"."""

    first: dt.date
    last: dt.date

    def __str__(self):
        if (self.last - self.first).days < 100:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first:%Y-%m}/{self.last:%Y-%m}"

    @property
    def words(self) -> str:
        if (self.last - self.first).days < 100:
            return f"{self.first:%B} to {self.last:%B %Y}"
        return f"{self.first:%B %Y} to {self.last:%B %Y}"


def quarter_of(day: dt.date) -> Period:
    return _months(day.year, 3 * ((day.month - 1) // 3) + 1, 3)


def before(quarter: Period, n: int = 1) -> Period:
    """The quarter `n` quarters earlier."""
    for _step in range(n):
        quarter = quarter_of(quarter.first - dt.timedelta(days=1))
    return quarter


def year_to(quarter: Period) -> Period:
    """Four quarters, the last of which is `quarter`."""
    return Period(before(quarter, 3).first, quarter.last)


def _months(year: int, month: int, length: int) -> Period:
    after = month + length
    end = dt.date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return Period(dt.date(year, month, 1), end - dt.timedelta(days=1))
