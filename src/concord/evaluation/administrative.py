"""Quarters that agencies reported to their funders (PMT, TIMS), set beside the case files of the same quarter.

`administrative.csv` has a row a site, quarter, system, measure and status; rows of the case file's `site_period` table
whose source is PMT or TIMS are read alike. Potential and confirmed victims are never one number (DOJ OIG audit report
08-26, 2008), and a stock is never added over quarters: who is served in two of them would count twice. Our names of
measures stand in `MEASURES`; an agency maps its own award's questions to them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from concord.casefile.columns import Table, code, count, key, word
from concord.casefile.reading import Report
from concord.evaluation import typed_rows
from concord.vocabulary import Code, CountStatus

FILE = "administrative.csv"
A_QUARTER = re.compile(r"\d{4}-Q[1-4]")
A_MEASURE = re.compile(r"[a-z][a-z0-9_:]{0,63}")


class System(Code):
    """Which report a count was sent in."""

    PMT = "PMT", "BJA or OVC performance report"
    TIMS = "TIMS", "OVC TIMS report"


class Standing(Code):
    """How sure it was, when reported, that a person is a victim."""

    POTENTIAL = "potential", "Potential"
    CONFIRMED = "confirmed", "Confirmed"


class Nature(Code):
    """A stock is there at a time or in a period; a flow happens once."""

    STOCK = "stock", "Stock"
    FLOW = "flow", "Flow"
    UNKNOWN = "unknown", "Not known"


OPENING, NEW, REOPENED, CLOSED, CLOSING, SERVED = (
    "clients_opening", "clients_new", "clients_reopened", "clients_closed", "clients_closing", "clients_served",
)  # fmt: skip
MEASURES = {
    SERVED: Nature.STOCK,
    OPENING: Nature.STOCK,
    NEW: Nature.FLOW,
    REOPENED: Nature.FLOW,
    CLOSED: Nature.FLOW,
    CLOSING: Nature.STOCK,
    "investigations_opened": Nature.FLOW,
    "investigations_open_at_end": Nature.STOCK,
    "victims": Nature.FLOW,
    "suspects_arrested": Nature.FLOW,
    "suspects_prosecuted": Nature.FLOW,
    "suspects_convicted": Nature.FLOW,
    "services_provided": Nature.FLOW,
    "housing_requested": Nature.FLOW,
    "housing_unmet": Nature.FLOW,
}

TABLE = Table(
    "administrative",
    "One count that a site reported for a quarter.",
    ("site_id", "period", "system", "measure", "status"),
    (
        key("site_id", "site", "The site", needed=True),
        word("period", "The quarter, as 2022-Q3", needed=True),
        code("system", System, "Which report it was sent in", needed=True),
        word("measure", f"What was counted: {', '.join(MEASURES)}, or a name of one's own", needed=True),
        code("status", Standing, "Of people: potential or confirmed victims"),
        count("count", "How many"),
        code("reported", CountStatus, "exact (or empty), suppressed, or not_reported"),
    ),
)


class NotSummed(ValueError):
    """Counts that must not be added up; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A count of one site, quarter, system, measure and standing; `count` is None when `reported` says why.

    `written` is the measure's name as its carrier has it (`victims:potential`).
    """

    site_id: str
    period: str
    system: System
    measure: str
    standing: Standing | None
    count: int | None
    reported: CountStatus
    written: str

    @property
    def nature(self) -> Nature:
        """Of a measure or of a part of one (`clients_served:sex`)."""
        return MEASURES.get(self.measure.split(":")[0], Nature.UNKNOWN)

    @property
    def key(self) -> tuple:
        return self.site_id, self.period, self.system, self.measure, self.standing

    @property
    def says(self) -> str:
        return f"{self.measure}, {self.standing}" if self.standing else self.measure


@dataclass(frozen=True)
class Difference:
    """Two numbers that should be one: what was expected, what was found, and what the two are."""

    site_id: str
    period: str
    system: System
    says: str
    expected: int
    found: int
    of: tuple[Reported, ...] = ()

    @property
    def by(self) -> int:
        return self.found - self.expected

    def __str__(self) -> str:
        return f"{self.site_id}, {self.period}, {self.system}: {self.says}: {self.expected} and {self.found}"


# --- Reading ----------------------------------------------------------------------------------------------------------


def read(path: Path, sites: Iterable[str] = ()) -> tuple[tuple[Reported, ...], Report]:
    """The rows of administrative.csv and the report of those that could not be taken. Raises Refused.

    With `sites`, a site that is not among them is a problem of its row.
    """
    known = frozenset(sites)
    rows, report = typed_rows.read(path, TABLE, lambda row: _wrong(row, known))
    return tuple(_reported(row) for row in rows), report


def _reported(row: Mapping) -> Reported:
    measure, standing = _parted(row["measure"], row["status"])
    written = f"{measure}:{standing}" if standing else measure
    status = CountStatus(row["reported"] or CountStatus.EXACT)
    system = System(row["system"])
    return Reported(row["site_id"], row["period"], system, measure, standing, row["count"], status, written)


def _wrong(row: Mapping, sites: frozenset[str]) -> typed_rows.Wrong:
    if sites and row["site_id"] not in sites:
        yield "site_id", "no such site in the site table", "correct it, or add the site"
    if not A_QUARTER.fullmatch(row["period"]):
        yield "period", "not a quarter", "write it as 2022-Q3"
    if not A_MEASURE.fullmatch(row["measure"]):
        yield "measure", "not the name of a measure", "use small letters, figures and _, as victims"
    if row["measure"] == "victims" and not row["status"]:
        yield "status", "victims, yet neither potential nor confirmed", "report each in a row of its own"
    exact = row["reported"] in (None, CountStatus.EXACT)
    if exact and row["count"] is None:
        yield "count", "no count", "fill it in, or say suppressed or not_reported under reported"
    if not exact and row["count"] is not None:
        yield "count", f"{row['reported']}, yet has a count", "take the count out, or write exact"


def of_site_periods(rows: Iterable[Mapping]) -> tuple[Reported, ...]:
    """The rows of `site_period` that are PMT's or TIMS's and of a quarter; other sources and periods are not taken."""
    taken = [row for row in rows if row["source"] in list(System) and A_QUARTER.fullmatch(row["period"])]
    made = []
    for row in taken:
        measure, standing = _parted(row["measure"], None)
        made.append(Reported(row["site_id"], row["period"], System(row["source"]), measure, standing, row["count"],
                             CountStatus(row["status"]), row["measure"]))  # fmt: skip
    return tuple(made)


def _parted(measure: str, status: str | None) -> tuple[str, Standing | None]:
    """`victims:potential` and `victims_potential` are victims, potential."""
    for standing in Standing:
        for joined in (f":{standing}", f"_{standing}"):
            if measure.endswith(joined) and status in (None, standing):
                return measure.removesuffix(joined), standing
    return measure, Standing(status) if status else None


def joined(first: Iterable[Reported], second: Iterable[Reported]
           ) -> tuple[tuple[Reported, ...], tuple[Difference, ...]]:  # fmt: skip
    """Rows of two carriers as one; where both have a count and they differ the first's stays and it is told."""
    kept = {one.key: one for one in first}
    differ = []
    for one in second:
        there = kept.setdefault(one.key, one)
        if None not in (there.count, one.count) and there.count != one.count:
            says = f"{one.says} in site_period and in {FILE}"
            differ.append(Difference(one.site_id, one.period, one.system, says, there.count, one.count, (there, one)))
    return tuple(sorted(kept.values(), key=_order)), tuple(differ)


def _order(one: Reported) -> tuple:
    return one.measure, one.standing or "", one.site_id, one.system, one.period


# --- Adding up --------------------------------------------------------------------------------------------------------


def total(rows: Iterable[Reported]) -> int:
    """The sum of counts of one measure: over sites always, over quarters of a flow alone.

    Raises NotSummed for a stock over quarters, a measure whose nature is not stated, potential with confirmed, two
    systems, two measures, a row twice, or a count that is suppressed or was not reported.
    """
    rows = list(rows)
    _must_be_one("measure", {one.measure for one in rows}, "Add each up by itself")
    _must_be_one("standing", {one.standing or "neither" for one in rows}, "Keep potential and confirmed apart")
    _must_be_one("system", {one.system for one in rows}, "PMT and TIMS count the same work; take one of them")
    if len({one.key for one in rows}) != len(rows):
        raise NotSummed("a count stands in the sum twice. Take it once")
    periods = sorted({one.period for one in rows})
    if len(periods) > 1 and rows[0].nature is not Nature.FLOW:
        why = "is a stock: who was there in two quarters would count twice" if rows[0].nature is Nature.STOCK else (
            "may be a stock: MEASURES does not say")  # fmt: skip
        raise NotSummed(f"{rows[0].says} {why}. Give each of {periods[0]} to {periods[-1]} by itself")
    if unknown := [one for one in rows if one.count is None]:
        one = unknown[0]
        raise NotSummed(f"{one.says}, {one.site_id}, {one.period}: {one.reported.label.lower()}. Leave its quarter out")
    return sum(one.count for one in rows)


def _must_be_one(name: str, found: set, do: str) -> None:
    if len(found) > 1:
        raise NotSummed(f"more than one {name} in a sum: {', '.join(sorted(found))}. {do}")


# --- Checks -----------------------------------------------------------------------------------------------------------


def balances(rows: Iterable[Reported]) -> tuple[Difference, ...]:
    """Where clients do not add up: opening + new + reopened - closed is closing, the next quarter opens with it, and
    served in a quarter is opening + new + reopened, at least new. A sum with a part that is missing is not checked."""
    held: dict[tuple, dict[str, Reported]] = {}
    for one in rows:
        if one.count is not None:
            held.setdefault((one.site_id, one.system, one.period, one.standing), {})[one.measure] = one
    return tuple(found for at, by in sorted(held.items(), key=str) for found in _unbalanced(at, by, held))


def _unbalanced(at: tuple, by: Mapping[str, Reported], held: Mapping) -> Iterator[Difference]:
    site, system, period, standing = at
    of = f" ({standing})" if standing else ""

    def differs(says: str, expected: int, found: str, *parts: str, least: bool = False) -> Iterator[Difference]:
        there = by[found].count
        if there < expected if least else there != expected:
            listed = tuple(by[part] for part in (*parts, found) if part in by)
            yield Difference(site, period, system, says + of, expected, there, listed)

    number = {name: one.count for name, one in by.items()}
    came = (OPENING, NEW, REOPENED)
    if {*came, CLOSED, CLOSING} <= set(by):
        expected = sum(number[part] for part in came) - number[CLOSED]
        yield from differs("opening + new + reopened - closed, and closing", expected, CLOSING, *came, CLOSED)
    if {*came, SERVED} <= set(by):
        expected = sum(number[part] for part in came)
        yield from differs("opening + new + reopened, and served", expected, SERVED, *came)
    elif {NEW, SERVED} <= set(by):
        yield from differs("new, and served, which is no less", number[NEW], SERVED, NEW, least=True)
    last = held.get((site, system, quarter_before(period), standing), {}).get(CLOSING)
    if last is not None and OPENING in by and number[OPENING] != last.count:
        says = "closing of the quarter before, and opening" + of
        yield Difference(site, period, system, says, last.count, number[OPENING], (last, by[OPENING]))


def quarter_before(quarter: str) -> str:
    """`2022-Q1` comes after `2021-Q4`."""
    year, part = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{part - 1}" if part > 1 else f"{year - 1}-Q4"


class Finding(Code):
    """What came of setting a reported count beside the files."""

    EQUAL = "equal", "Equal"
    DIFFERS = "differs", "Differs"
    MORE_IN_FILES = "more_in_files", "More in the files than were reported"
    POSSIBLE = "possible", "No contradiction: the files are a part"
    NOT_REPORTED = "not_reported", "Not reported"


@dataclass(frozen=True)
class Line:
    """A reported count beside the number in the case files of its site and quarter."""

    reported: Reported
    files: int
    finding: Finding

    @property
    def difference(self) -> int | None:
        """Reported less files; None when nothing was reported."""
        return None if self.reported.count is None else self.reported.count - self.files


Files = Mapping[tuple[str, str, str, str | None], int]
"""Counts in the files: (site, quarter, measure, standing) -> how many."""


def reconcile(rows: Iterable[Reported], files: Files, *, whole: bool) -> tuple[Line, ...]:
    """Every reported count that the files hold too, and how the two stand.

    `whole` says that every file of the sites was read. Where files are drawn or closed ones alone, fewer in the files
    contradict nothing, and only more of them than were reported do.
    """
    made = []
    for one in rows:
        held = files.get((one.site_id, one.period, one.measure, one.standing))
        if held is not None:
            made.append(Line(one, held, _finding(one, held, whole)))
    return tuple(made)


def _finding(one: Reported, held: int, whole: bool) -> Finding:
    if one.count is None:
        return Finding.NOT_REPORTED
    if one.count == held:
        return Finding.EQUAL
    if whole:
        return Finding.DIFFERS
    return Finding.MORE_IN_FILES if held > one.count else Finding.POSSIBLE
