"""Outcomes of areas over time, for impact: `outcomes.csv` has a row an area, period and measure.

An area is what a task force covers, or could have covered: a county, a district. With each count stands how many of its
agencies reported, since a count that rises because more agencies report is no outcome.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from concord.casefile.columns import Table, count, flag, word
from concord.casefile.reading import Report
from concord.evaluation import typed_rows
from concord.evaluation.adoption import Panel, rates

FILE = "outcomes.csv"
A_MEASURE = re.compile(r"[a-z][a-z0-9_]{0,39}")
PERIODS = 10_000

TABLE = Table(
    "outcomes",
    "One count of an area in a period, and how many of its agencies reported.",
    ("unit_id", "period", "measure"),
    (
        word("unit_id", "The area: a county, a district, the area of a task force", needed=True),
        count("period", "The year, or quarters counted on", needed=True, most=PERIODS),
        word("measure", "What was counted, as trafficking_arrests", needed=True),
        count("count", "How many; empty where it is not known"),
        count("reporting", "How many of its agencies reported in the period", needed=True),
        count("began", "The period in which its task force began", most=PERIODS),
        flag("never", "yes: it has none in these periods; then began is empty"),
    ),
)


@dataclass
class Outcome:
    """One measure: its rows (area, period, count, agencies that reported) and when each area began (None: never)."""

    measure: str
    rows: list[tuple[str, int, int, int]] = field(default_factory=list)
    began: dict[str, int | None] = field(default_factory=dict)
    blank: int = 0

    @property
    def panel(self) -> Panel:
        """Counts for each reporting agency-period. Raises adoption.NoComparison when there is none."""
        made = rates(self.rows, self.began)
        said = (f"{self.blank} unit-periods have no count and are left out",) if self.blank else ()
        return replace(made, notes=(*said, *made.notes))

    @property
    def counts(self) -> dict[tuple[str, int], int]:
        """How many, by area and period."""
        return {(unit, period): held for unit, period, held, _ in self.rows}


def read(path: Path) -> tuple[dict[str, Outcome], Report]:
    """The measures of outcomes.csv by name, and the report of rows that could not be taken. Raises Refused."""
    rows, report = typed_rows.read(path, TABLE, _rules())
    found: dict[str, Outcome] = {}
    for row in rows:
        one = found.setdefault(row["measure"], Outcome(row["measure"]))
        one.began[row["unit_id"]] = row["began"]
        if row["count"] is None:
            one.blank += 1
        else:
            one.rows.append((row["unit_id"], row["period"], row["count"], row["reporting"]))
    return found, report


def _rules() -> Callable[[Mapping], typed_rows.Wrong]:
    """What is wrong with a row by itself, or beside the rows of its area before it."""
    began: dict[str, int | None] = {}

    def wrong(row: Mapping) -> typed_rows.Wrong:
        if not A_MEASURE.fullmatch(row["measure"]):
            yield "measure", "no name for a measure", "use small letters, digits and _, as trafficking_arrests"
        if (row["began"] is None) != bool(row["never"]):
            reason = "has a period, yet never is yes" if row["never"] else "is empty, yet never is not yes"
            yield "began", reason, "give the period in which the task force began, or say never = yes"
            return
        first = began.setdefault(row["unit_id"], row["began"])
        if first != row["began"]:
            reason = f"another row of {row['unit_id']} says {'never' if first is None else first}"
            yield "began", reason, "give one period for all rows of an area"
        if row["count"] and not row["reporting"]:
            yield "reporting", f"no agency reported, yet the count is {row['count']}", "correct one of the two"

    return wrong
