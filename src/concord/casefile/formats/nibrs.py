"""Reads the FBI's relational NIBRS release: a folder of linked CSV tables with their look-ups, incident by incident.

    with open_release(folder) as release:
        for incident in release.incidents():
            ...
        print(release.trafficking_statement())

Every row read is accepted or rejected, with file, row, column and reason; `release.reports` holds the sums. An incident
of which a part was rejected says how many (`lost_parts`). Oddities known to the release are read for what they mean:
headings in either case, dates as 28-APR-16, an age range whose upper end 0 means none, a heading standing twice.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from concord.casefile.formats.nibrs_tables import LAYOUTS, SQL, files_of, path_of, read_rows, stored
from concord.casefile.reading import Problem, Report, Source
from concord.engine import Engine

TRAFFICKING = ("64A", "64B")
TWICE = "the key stands on an earlier row"


@dataclass(frozen=True, slots=True)
class Age:
    """Age in years: `low` to `high`, equal where one number was reported, both None where unknown."""

    low: int | None
    high: int | None

    def certainly_under(self, years: int) -> bool:
        return self.high is not None and self.high < years


@dataclass(frozen=True, slots=True)
class Offense:
    """One kind of offense of an incident; not a count. Codes are NIBRS's own; `row` is where its file has it."""

    id: int
    code: str
    attempted: bool
    location: str
    activities: tuple[str, ...]
    weapons: tuple[str, ...]
    row: int = 0


@dataclass(frozen=True, slots=True)
class Victim:
    """A victim, not always a person: `type` is I for an individual, S for society. Offenses are those against it."""

    id: int
    number: int
    type: str
    age: Age
    sex: str | None
    race: str | None
    ethnicity: str | None
    offense_ids: tuple[int, ...]
    injuries: tuple[str, ...]
    relationships: tuple[str, ...]
    row: int = 0


@dataclass(frozen=True, slots=True)
class Offender:
    """A person said to have done it. Number 0 stands for offenders about whom nothing is known."""

    id: int
    number: int
    age: Age
    sex: str | None
    race: str | None
    ethnicity: str | None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Arrestee:
    """A person arrested for the incident."""

    id: int
    number: int
    on: date | None
    arrest_type: str
    offense: str
    age: Age
    sex: str | None
    race: str | None
    ethnicity: str | None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident with all its parts. `on` is the day it was reported where `by_report_date`."""

    id: int
    agency_id: int
    on: date | None
    by_report_date: bool
    hour: int | None
    cleared_exceptionally: str | None
    cleared_on: date | None
    offenses: tuple[Offense, ...]
    victims: tuple[Victim, ...]
    offenders: tuple[Offender, ...]
    arrestees: tuple[Arrestee, ...]
    lost_parts: int
    row: int = 0

    def codes(self) -> frozenset[str]:
        """The kinds of offense in it."""
        return frozenset(offense.code for offense in self.offenses)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one agency: filed with incidents (I), filed as zero (Z) or not filed (U). The year may be unsaid."""

    ori: str
    year: int | None
    month: int
    status: str
    row: int


@dataclass(frozen=True)
class Participation:
    """The months of one agency: filed with incidents (I), filed as zero (Z), not filed (U); the rest not listed."""

    agency_id: int
    incidents: int
    zero: int
    not_filed: int

    @property
    def reported(self) -> int:
        return self.incidents + self.zero


@dataclass(frozen=True)
class TraffickingStatement:
    """How often 64A and 64B were reported, and over how much reporting: no report is not a count of zero."""

    counts: Mapping[str, int]
    agencies: int
    reported: int
    not_filed: int
    unlisted: int

    @property
    def zero_is_known(self) -> bool:
        """Whether every agency-month was filed, so that none reported means none recorded by these agencies."""
        return self.agencies > 0 and not self.not_filed and not self.unlisted

    def __str__(self) -> str:
        found = " and ".join(f"{count} of {code}" for code, count in self.counts.items() if count)
        found = found or "No 64A or 64B was reported:"
        over = f"over {self.reported} agency-months filed by {self.agencies} agencies"
        missing = f"{self.not_filed} not filed, {self.unlisted} not listed"
        meaning = "These agencies recorded none." if self.zero_is_known else "This is no report, not a count of zero."
        return f"{found} {over} ({missing})." + ("" if any(self.counts.values()) else f" {meaning}")


# --- Reading ----------------------------------------------------------------------------------------------------------


class Release:
    """A release that has been read and checked row by row. Made by `open_release`."""

    def __init__(self, engine: Engine, reports: dict[str, Report]):
        self._engine, self.reports = engine, reports

    def problems(self) -> list[Problem]:
        """Every rejected row and why, file by file."""
        return [problem for report in self.reports.values() for problem in report.listed]

    def incidents(self) -> Iterator[Incident]:
        """The incidents in order of their id, each with all its parts, a batch in memory at a time."""
        parts = {name: _Cursor(self._engine.stream(sql)) for name, sql in PARTS.items()}
        lost = dict(self._engine.run("select incident_id, count(*) from lost group by all").rows)
        for row in self._engine.stream(INCIDENTS):
            yield _incident(row, {name: cursor.of(row[0]) for name, cursor in parts.items()}, lost.get(row[0], 0))

    def oris(self) -> dict[int, str]:
        """The ORI of each agency of the release, by the release's own number for it."""
        return dict(self._engine.run("select agency_id, ori from agency").rows)

    def months(self) -> Iterator[Month]:
        """The agency-months the release lists; a month of an agency that it does not list has no ORI."""
        sql = (
            "select coalesce(ori, ''), data_year, month_num, reported_status, m._row "
            "from month m left join agency a using (agency_id) order by m._row"
        )
        return (Month(*row) for row in self._engine.stream(sql))

    def participation(self) -> list[Participation]:
        """The months of every agency of the release, those without any month included."""
        counted = ", ".join(f"count(*) filter (where reported_status = '{status}')" for status in "IZU")
        sql = f"select a.agency_id, {counted} from agency a left join month m using (agency_id) group by all order by 1"
        return [Participation(*row) for row in self._engine.run(sql).rows]

    def trafficking_statement(self) -> TraffickingStatement:
        """Whether 64A and 64B were reported, told apart from whether anything was."""
        found = dict(self._engine.run("select code, count(*) from offense group by all").rows)
        months = self.participation()
        reported, not_filed = sum(m.reported for m in months), sum(m.not_filed for m in months)
        return TraffickingStatement(
            {code: found.get(code, 0) for code in TRAFFICKING},
            sum(m.reported > 0 for m in months),
            reported,
            not_filed,
            12 * len(months) - reported - not_filed,
        )


@contextmanager
def open_release(
    folder: Path | Mapping[str, Source],
    look_ups: Path | None = None,
    progress: Callable[[str], None] = lambda table: None,
) -> Iterator[Release]:
    """Read a release's folder; look-ups are beside the tables, in its folder `lookups`, or in `look_ups`.

    A release that lies in no folder is given as `files_of` gives one: its files by their lower-case names without the
    ending. `progress` hears the name of each table as it begins. Raises Refused when a table or look-up is missing or
    is not one; a row that cannot be taken goes to `release.reports[table]`.
    """
    files = folder if isinstance(folder, Mapping) else files_of(Path(folder), look_ups)
    with Engine() as engine:
        reports = {name: Report() for name in LAYOUTS}
        lost: dict[str, list[int]] = {name: [] for name in LAYOUTS}
        for name, layout in LAYOUTS.items():
            progress(name)
            columns = {stored(part): SQL[part.kind] for part in layout.parts} | {"_row": "BIGINT"}
            engine.add_rows(f"_{name}", columns, read_rows(files, layout, reports[name], lost[name]))
        _link(engine, files, reports)
        _count_lost(engine, lost)
        yield Release(engine, reports)


# --- Linking ----------------------------------------------------------------------------------------------------------


def _link(engine: Engine, files: Mapping[str, Source], reports: dict[str, Report]) -> None:
    """Keep each row whose key is its own and whose owners were kept; report the others."""
    for name, layout in LAYOUTS.items():
        twice = f"row_number() over (partition by {layout.key} order by _row) > 1" if layout.key else "false"
        orphans = " ".join(
            f"when {key} not in (select {key} from {owner}) then '{key}'" for key, owner in layout.parents
        )
        orphan = f"case {orphans} end" if orphans else "null::varchar"
        engine.run(f"create table _{name}_judged as select *, {twice} as _twice, {orphan} as _orphan from _{name}")
        refused = "_twice or _orphan is not null"
        columns = "* exclude (_twice, _orphan)"
        engine.run(f"create table {name} as select {columns} from _{name}_judged where not ({refused})")
        judged = engine.stream(f"select _row, _orphan from _{name}_judged where {refused} order by _row")
        for row, key in judged:
            reason = f"its {dict(layout.parents)[key]} is not among the accepted rows" if key else TWICE
            file = path_of(files, layout).name
            column = (key or layout.key).upper()
            reports[name].reject(Problem(file, row, column, "key", reason, "take all tables from one download"))


def _count_lost(engine: Engine, lost: dict[str, list[int]]) -> None:
    """The table `lost`: an incident for each part of it that was rejected, whether for a cell or for a key."""
    found = []
    for name, layout in LAYOUTS.items():
        if not layout.parents or name == "incident":
            continue
        key, owner = layout.parents[0]
        engine.add_rows(f"_{name}_lost", {key: "BIGINT"}, ({key: value} for value in lost[name]))
        judged = f"select {key} from _{name}_judged where _twice or _orphan is not null"
        own = f"select {key} from _{name}_lost union all {judged}"
        found.append(f"select incident_id from ({own}) join {owner} using ({key})")
    engine.run(f"create table lost as {' union all '.join(found)}")


class _Cursor:
    """Walks rows sorted by incident beside the incidents; `of` gives the rows of the next one asked for."""

    def __init__(self, rows: Iterator[tuple]):
        self._groups = groupby(rows, key=itemgetter(0))
        self._at: tuple[int, list] | None = None

    def of(self, incident: int) -> list[tuple]:
        while self._at is None or self._at[0] < incident:
            following = next(self._groups, None)
            if following is None:
                return []
            self._at = (following[0], list(following[1]))
        return self._at[1] if self._at[0] == incident else []


INCIDENTS = (
    "select incident_id, agency_id, incident_date, report_date_flag, incident_hour, cleared_except_id, "
    "cleared_except_date, _row from incident order by incident_id"
)
AGE = "age_id, age_num, age_range_low_num, age_range_high_num, sex_code, race_id, ethnicity_id"


def _gathered(table: str, owner: str, value: str) -> str:
    return f"(select {owner}, list({value} order by {value}) as many from {table} group by {owner})"


PARTS = {
    "offense": "select incident_id, offense_id, o.code, attempt_complete_flag, location_id, a.many, w.many, _row "
    f"from offense o left join {_gathered('activity', 'offense_id', 'code')} a using (offense_id) "
    f"left join {_gathered('weapon', 'offense_id', 'code')} w using (offense_id) order by incident_id, offense_id",
    "victim": f"select incident_id, victim_id, victim_seq_num, victim_type_id, {AGE}, o.many, i.many, r.many, _row "
    f"from victim left join {_gathered('victim_offense', 'victim_id', 'offense_id')} o using (victim_id) "
    f"left join {_gathered('injury', 'victim_id', 'code')} i using (victim_id) "
    f"left join {_gathered('relationship', 'victim_id', 'relationship_id')} r using (victim_id) "
    "order by incident_id, victim_seq_num",
    "offender": f"select incident_id, offender_id, offender_seq_num, {AGE}, _row from offender "
    "order by incident_id, offender_seq_num",
    "arrestee": "select incident_id, arrestee_id, arrestee_seq_num, arrest_date, arrest_type_id, code, "
    f"{AGE}, _row from arrestee order by incident_id, arrestee_seq_num",
}


def _incident(row: tuple, parts: dict[str, list[tuple]], lost: int) -> Incident:
    incident_id, agency_id, on, flag, hour, cleared, cleared_on, number = row
    return Incident(
        incident_id,
        agency_id,
        on,
        flag == "R",
        hour,
        cleared if cleared != "N" else None,
        cleared_on,
        tuple(_offense(*part) for part in parts["offense"]),
        tuple(_victim(*part) for part in parts["victim"]),
        tuple(_offender(*part) for part in parts["offender"]),
        tuple(_arrestee(*part) for part in parts["arrestee"]),
        lost,
        number,
    )


def _offense(_, offense_id, code, flag, location, activities, weapons, row) -> Offense:
    return Offense(offense_id, code, flag == "A", location, tuple(activities or ()), tuple(weapons or ()), row)


def _victim(_, victim_id, number, kind, *rest) -> Victim:
    *age, sex, race, ethnicity, offenses, injuries, relationships, row = rest
    gathered = (tuple(many or ()) for many in (offenses, injuries, relationships))
    return Victim(victim_id, number, kind, _age(*age), sex, race, ethnicity, *gathered, row)


def _offender(_, offender_id, number, *rest) -> Offender:
    *age, sex, race, ethnicity, row = rest
    return Offender(offender_id, number, _age(*age), sex, race, ethnicity, row)


def _arrestee(_, arrestee_id, number, on, kind, offense, *rest) -> Arrestee:
    *age, sex, race, ethnicity, row = rest
    return Arrestee(arrestee_id, number, on, kind, offense, _age(*age), sex, race, ethnicity, row)


def _age(code: str | None, number: int | None, low: int | None, high: int | None) -> Age:
    """Under a year old (NN, NB, BB) is 0, over 98 is 99 or more; a range counts where its upper end is above 0."""
    if code in ("NN", "NB", "BB"):
        return Age(0, 0)
    if code == "99":
        return Age(99, None)
    if low is not None and high:
        return Age(low, high)
    return Age(number, number)
