"""Reads the small files beside a case file (`interviews.csv`, `administrative.csv`), each row checked by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from concord.casefile import cells
from concord.casefile.cells import BadCell
from concord.casefile.columns import Column, Table
from concord.casefile.reading import Problem, Refused, Report, Sheet, open_sheet

Wrong = Iterator[tuple[str, str, str]]
"""What is wrong with a row: column, reason, what to do."""
MOST_TOLD = 20


def read(path: Path, table: Table, rules: Callable[[Mapping], Wrong]) -> tuple[list[dict], Report]:
    """The rows of a CSV or XLSX, a value or None a column, and the report of those that could not be taken.

    A row that has the key of an earlier one is a problem like any other. Raises Refused when the file is no such table.
    """
    report, rows, seen = Report(), [], {}
    with open_sheet(path, report) as sheet:
        _check_header(sheet, table)
        for number, row in sheet.rows:
            problems: list[Problem] = []
            values = {column.name: _value(sheet, number, column, row, problems) for column in table.columns}
            problems = problems or [Problem(sheet.file, number, at, "rule", why, do) for at, why, do in rules(values)]
            key = tuple(values[name] for name in table.key)
            if not problems and seen.setdefault(key, number) != number:
                reason = f"the same {' and '.join(table.key)} stand in row {seen[key]}"
                problems = [Problem(sheet.file, number, "", "key", reason, "keep the row that is right")]
            if problems:
                report.reject(*problems)
            else:
                rows.append(values)
    return rows, report


def told(report: Report) -> str:
    """The problems of a report as lines, the first of them."""
    lines = [str(problem) for problem in report.listed[:MOST_TOLD]]
    more = sum(report.reasons.values()) - len(lines)
    return "\n".join([*lines, f"... and {more:,} more"] if more > 0 else lines)


def _check_header(sheet: Sheet, table: Table) -> None:
    names = [column.name for column in table.columns]
    if strange := [at for at, heading in enumerate(sheet.header, start=1) if heading not in names]:
        reason = f"heading {strange[0]} is no column of {table.name}"
        raise Refused(Problem(sheet.file, 1, "", "header", reason, f"its columns are {', '.join(names)}"))
    for column in table.columns:
        if column.needed and column.name not in sheet.header:
            reason = f"the column {column.name} is missing"
            raise Refused(Problem(sheet.file, 1, "", "header", reason, "add it"))


def _value(sheet: Sheet, number: int, column: Column, row: Sequence, problems: list[Problem]):
    if column.name not in sheet.header:
        return None
    try:
        value = cells.parse(column, row[sheet.header.index(column.name)])
    except BadCell as bad:
        problems.append(Problem(sheet.file, number, column.name, bad.kind, str(bad), bad.what_to_do))
        return None
    if column.needed and value is None:
        problems.append(Problem(sheet.file, number, column.name, "blank", "needs a value", "fill it in"))
    return value
