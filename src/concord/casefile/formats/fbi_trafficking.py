"""Reads the FBI's human trafficking file, one row an agency, year and offence, and the FBI's own printed table of it.

Nothing is mended: rows that stand twice are two rows (the FBI's totals count both), a count of -1 is a reclassification
and is summed as -1, `NB` and `FS` stay as they are, and an agency in three counties is one row with three counties.
`reconcile` sums the rows by state beside the printed table; `reaggregated` refuses sums that grew or shrank on the way.

Source: FBI, Uniform Crime Reporting, Human Trafficking 2013-2020 master file; Human Trafficking 2016, Table 1.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from concord.casefile.reading import Problem, Refused, Report, Sheet, Source, open_sheet

OFFENSES = {"81": "sex", "82": "servitude"}  # OFFENSE_SUBCAT_ID: commercial sex acts; involuntary servitude
MEASURES = ("actual", "cleared", "juvenile_cleared")
COUNTS = {
    "actual": "ACTUAL_COUNT", "unfounded": "UNFOUNDED_COUNT", "cleared": "CLEARED_COUNT",
    "juvenile_cleared": "JUVENILE_CLEARED_COUNT",
}  # fmt: skip
TEXTS = {
    "ori": "ORI", "agency": "PUB_AGENCY_NAME", "agency_type": "AGENCY_TYPE_NAME", "state_code": "STATE_ABBR",
    "state": "STATE_NAME", "population_group": "POPULATION_GROUP_CODE",
}  # fmt: skip
HEADINGS = ("DATA_YEAR", "COUNTY_NAME", "OFFENSE_SUBCAT_ID", *TEXTS.values(), *COUNTS.values())
PRINTED = ("State", *("Offenses", "Total cleared", "Clearances under 18") * 2, "Total Offenses", "Total cleared",
           "Clearances under 18")  # fmt: skip
A_COUNT = re.compile(r"-?\d{1,9}")
A_YEAR = re.compile(r"(?:19|20)\d{2}")
FOOTNOTE = re.compile(r"(?:\s*\*+|\d+(?:,\s*\d+)*)$")


@dataclass(frozen=True, slots=True)
class AgencyYear:
    """One row: what an agency reported of one offence (`sex` or `servitude`) in one year. Counts may be negative."""

    year: int
    ori: str
    agency: str
    agency_type: str
    state_code: str
    state: str
    counties: tuple[str, ...]
    population_group: str
    offense: str
    actual: int
    unfounded: int
    cleared: int
    juvenile_cleared: int

    def counts(self) -> dict[str, int]:
        """The four counts by name, as `reaggregated` takes them."""
        return {name: getattr(self, name) for name in COUNTS}


def read_rows(path: Source, report: Report, **options) -> Iterator[AgencyYear]:
    """The rows of the master file in its order, duplicates included; options as for `reading.open_sheet`.

    A row that cannot be taken goes to `report` with its column. Raises Refused when a heading is missing.
    """
    with open_sheet(path, report, **options) as sheet:
        _check_heading(sheet, HEADINGS)
        for number, row in sheet.rows:
            cells = {name: "" if cell is None else str(cell).strip()
                     for name, cell in zip(sheet.header, row, strict=True)}  # fmt: skip
            problems = list(_wrong(sheet.file, number, cells))
            if problems:
                report.reject(*problems)
            else:
                yield _row(cells)


def _check_heading(sheet: Sheet, wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in sheet.header:
            reason = f"the column {name} is missing"
            raise Refused(Problem(sheet.file, 1, "", "header", reason, "send the FBI's file with its own headings"))


def _wrong(file: str, number: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    for name in COUNTS.values():
        if not A_COUNT.fullmatch(cells[name]):
            yield Problem(file, number, name, "count", "not a whole number", "correct it at its source")
    if not A_YEAR.fullmatch(cells["DATA_YEAR"]):
        yield Problem(file, number, "DATA_YEAR", "year", "not a year of four digits", "correct it at its source")
    if cells["OFFENSE_SUBCAT_ID"] not in OFFENSES:
        reason = "not 81 (commercial sex acts) or 82 (involuntary servitude)"
        yield Problem(file, number, "OFFENSE_SUBCAT_ID", "code", reason, "send the rows of human trafficking alone")


def _row(cells: Mapping[str, str]) -> AgencyYear:
    counties = tuple(county.strip() for county in cells["COUNTY_NAME"].split(";") if county.strip())
    texts = {name: cells[heading] for name, heading in TEXTS.items()}
    counts = {name: int(cells[heading]) for name, heading in COUNTS.items()}
    offense = OFFENSES[cells["OFFENSE_SUBCAT_ID"]]
    return AgencyYear(int(cells["DATA_YEAR"]), counties=counties, offense=offense, **texts, **counts)


def oddities(rows: Iterable[AgencyYear]) -> dict[str, int]:
    """How many rows are odd in each way. All of them count: this is for the reader, not for a repair."""
    seen: Counter[AgencyYear] = Counter()
    odd = dict.fromkeys(("repeated", "negative", "cleared_above_actual", "several_counties", "no_county"), 0)
    for row in rows:
        seen[row] += 1
        odd["negative"] += min(row.counts().values()) < 0
        odd["cleared_above_actual"] += row.cleared > row.actual
        odd["several_counties"] += len(row.counties) > 1
        odd["no_county"] += not row.counties
    return odd | {"repeated": sum(times - 1 for times in seen.values())}


# --- The printed table ------------------------------------------------------------------------------------------------

Counted = Mapping[tuple[str, str], int]  # (offense, measure) -> count; offense is sex, servitude or total


def read_printed(path: Source, report: Report, **options) -> dict[str, dict[tuple[str, str], int]]:
    """Table 1 as printed: {state: {(offense, measure): count}}, offense `sex`, `servitude` or `total`.

    A footnote mark after a state (`California*`) is taken off. Raises Refused for other headings or a state twice.
    """
    printed: dict[str, dict[tuple[str, str], int]] = {}
    with open_sheet(path, report, name=_told_apart(), **options) as sheet:
        expected = tuple(map(_told_apart(), PRINTED))
        if sheet.header != expected:
            reason = "the headings are not those of Table 1"
            advice = f"send it with the headings {', '.join(PRINTED)}"
            raise Refused(Problem(sheet.file, 1, "", "header", reason, advice))
        cells = [(offense, measure) for offense in ("sex", "servitude", "total") for measure in MEASURES]
        for number, (state, *counts) in sheet.rows:
            texts = [str(count).strip().replace(",", "") for count in counts]
            wrong = [at for at, text in enumerate(texts) if not A_COUNT.fullmatch(text)]
            name = FOOTNOTE.sub("", str(state).strip())
            if wrong:
                column = f"{PRINTED[1 + wrong[0]]} (column {wrong[0] + 2})"
                report.reject(Problem(sheet.file, number, column, "count", "not a whole number", "correct the copy"))
            elif name in printed:
                raise Refused(Problem(sheet.file, number, "State", "key", "the state stands twice", "keep one of them"))
            else:
                printed[name] = dict(zip(cells, map(int, texts), strict=True))
    return printed


def _told_apart() -> Callable[[str], str]:
    """Tidies headings in their order, numbering those that stand more than once: Offenses, Offenses (2)."""
    times: Counter[str] = Counter()

    def tidy(heading: str) -> str:
        name = " ".join(heading.split())
        times[name] += 1
        return name if times[name] == 1 else f"{name} ({times[name]})"

    return tidy


# --- Beside each other ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of the printed table that the rows do not give."""

    offense: str
    measure: str
    printed: int
    summed: int

    @property
    def difference(self) -> int:
        """Rows less print."""
        return self.summed - self.printed

    def __str__(self) -> str:
        name = f"{self.offense} {self.measure.replace('_', ' ')}"
        return f"{name}: printed {self.printed:,}, rows {self.summed:,} ({self.difference:+,})"


@dataclass(frozen=True)
class Reconciliation:
    """The rows of a year by state, beside the printed table of that year.

    `agree`: offences of both kinds and in all are as printed. `differ`: the others on both sides, with every cell that
    differs. `cleared_differ`: of those that agree, the cells of clearances that do not (agencies report them late).
    `only_printed` and `only_rows`: on one side alone, with their offences. `misprinted`: printed totals that are not
    the sum of their own parts.
    """

    year: int
    agree: tuple[str, ...]
    differ: Mapping[str, tuple[Difference, ...]]
    cleared_differ: Mapping[str, tuple[Difference, ...]]
    only_printed: Mapping[str, int]
    only_rows: Mapping[str, int]
    misprinted: Mapping[str, tuple[Difference, ...]]

    def __str__(self) -> str:
        both = len(self.agree) + len(self.differ)
        lines = [f"{self.year}: offenses of {len(self.agree)} of {both} states on both sides are as printed: "
                 f"{', '.join(self.agree) or 'none'}"]  # fmt: skip
        lines += _listed(f"{len(self.differ)} differ", self.differ)
        lines += _listed("offenses as printed, clearances not", self.cleared_differ)
        lines += _listed("printed totals that are not the sum of their parts", self.misprinted)
        for where, states in (("printed", self.only_printed), ("the rows", self.only_rows)):
            named = ", ".join(f"{state} ({count:,})" for state, count in states.items()) or "none"
            lines.append(f"only in {where}, with offenses: {named}")
        return "\n".join(lines)


def _listed(title: str, states: Mapping[str, tuple[Difference, ...]]) -> list[str]:
    if not states:
        return []
    return [f"{title}:", *(f"  {state}: {'; '.join(map(str, found))}" for state, found in states.items())]


def reconcile(rows: Iterable[AgencyYear], printed: Mapping[str, Counted], year: int) -> Reconciliation:
    """Sum the rows of `year` by state, every row as often as it stands, and compare cell by cell with the print."""
    summed = by_state(rows, year)
    found = {state: _differences(printed[state], summed[state]) for state in printed if state in summed}
    off = {state for state, cells in found.items() if any(cell.measure == "actual" for cell in cells)}
    return Reconciliation(
        year,
        tuple(state for state in found if state not in off),
        {state: cells for state, cells in found.items() if state in off},
        {state: cells for state, cells in found.items() if cells and state not in off},
        {state: cells["total", "actual"] for state, cells in printed.items() if state not in summed},
        {state: cells["total", "actual"] for state, cells in sorted(summed.items()) if state not in printed},
        {state: wrong for state, cells in printed.items() if (wrong := _misprints(cells))},
    )


def by_state(rows: Iterable[AgencyYear], year: int) -> dict[str, dict[tuple[str, str], int]]:
    """Sums of a year as the printed table has them: {state: {(offense, measure): count}}."""
    empty = {(offense, measure): 0 for offense in ("sex", "servitude", "total") for measure in MEASURES}
    summed: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: dict(empty))
    for row in rows:
        if row.year == year:
            for measure in MEASURES:
                summed[row.state][row.offense, measure] += getattr(row, measure)
                summed[row.state]["total", measure] += getattr(row, measure)
    return dict(summed)


def _differences(printed: Counted, summed: Counted) -> tuple[Difference, ...]:
    return tuple(Difference(*cell, count, summed[cell]) for cell, count in printed.items() if summed[cell] != count)


def _misprints(cells: Counted) -> tuple[Difference, ...]:
    sums = {measure: cells["sex", measure] + cells["servitude", measure] for measure in MEASURES}
    return tuple(Difference("total", measure, cells["total", measure], count)
                 for measure, count in sums.items() if cells["total", measure] != count)  # fmt: skip


class CountsChanged(ValueError):
    """Sums that are not what the rows add up to: the text names the measure, both sums, and their ratio."""


def reaggregated(before: Iterable[Mapping[str, int]], after: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The totals of `after`, once every one of them equals that of `before`. Each item maps a measure to a count.

    Rows give theirs with `AgencyYear.counts`. A join that repeats rows inflates counts; one that drops duplicates or
    unmatched rows loses them. Raises CountsChanged for either, with the ratio after to before.
    """
    was, now = _totals(before), _totals(after)
    wrong = [_changed(name, was.get(name, 0), now.get(name, 0)) for name in was if was[name] != now.get(name, 0)]
    wrong += [f"{name}: no such count before" for name in now if name not in was]
    if wrong:
        raise CountsChanged(f"{'; '.join(wrong)}. Aggregate again from the rows, each of them once")
    return now


def _totals(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for item in counted:
        for name, count in item.items():
            totals[name] = totals.get(name, 0) + count
    return totals


def _changed(name: str, was: int, now: int) -> str:
    ratio = f"{now / was:.4f} times" if was else "from nothing"
    return f"{name}: {was:,} before, {now:,} after ({ratio}): counts {'inflated' if now > was else 'lost'}"
