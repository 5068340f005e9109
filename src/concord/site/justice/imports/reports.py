"""What came of a file: sums that add up, reasons, and the rejected rows as a CSV."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields

from concord.casefile.cells import FORMULA
from concord.casefile.reading import Limits, Problem, Report

HEADER = tuple(field.name for field in fields(Problem))
MOST_REASONS = 200


@dataclass
class Sum:
    """One file's rows: read = accepted + rejected."""

    file: str
    rows: int = 0
    rejected: int = 0

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected

    @property
    def as_dict(self) -> dict:
        return {"file": self.file, "rows": self.rows, "accepted": self.accepted, "rejected": self.rejected}


@dataclass
class Sums:
    """The sums of every file of one import, with its problems: listed up to a limit, counted all."""

    tables: dict[str, Sum] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    reasons: Counter = field(default_factory=Counter)

    def take(self, name: str, file: str, report: Report) -> None:
        """Add a reader's report."""
        self.tables[name] = Sum(file, report.rows, report.rejected)
        self.problems += report.listed[: Limits.problems - len(self.problems)]
        self.reasons += report.reasons

    def reject(self, name: str, problem: Problem, rows: int = 1) -> None:
        """Reject rows that the reader had accepted; a problem of several rows names none."""
        self.tables[name].rejected += rows
        self.reasons[(problem.file, problem.column, problem.reason)] += rows
        if len(self.problems) < Limits.problems:
            self.problems.append(problem)

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())

    @property
    def rejected(self) -> int:
        return sum(one.rejected for one in self.tables.values())

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected

    def columns(self, file: str = "") -> dict:
        """As an `ImportBatch` keeps them: sums and reasons, and no cell of the file.

        `file` stands in place of the files' own names, where somebody may have named one after a person.
        """
        common = self.reasons.most_common(MOST_REASONS)
        own = {"file": file} if file else {}
        return {
            "rows": self.rows, "accepted": self.accepted, "rejected": self.rejected,
            "tables": {name: one.as_dict | own for name, one in self.tables.items()},
            "reasons": [[file or name, column, reason, times] for (name, column, reason), times in common],
        }


def write_problems(problems: Iterable[Problem], to) -> None:
    """The rejected rows as CSV into an open text file; a heading that a spreadsheet would run is quoted."""
    writer = csv.DictWriter(to, HEADER)
    writer.writeheader()
    for problem in problems:
        writer.writerow({name: _inert(value) for name, value in asdict(problem).items()})


def _inert(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
