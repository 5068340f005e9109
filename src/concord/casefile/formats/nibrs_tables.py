"""The tables of the FBI's relational NIBRS release: which columns are read, with which look-ups, and how.

A row is taken whole or rejected with its file, row and column. Headings are in either case; a heading that stands twice
is read once as long as both cells agree; look-up ids become NIBRS codes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from concord.casefile.reading import Problem, Refused, Report, Source, open_sheet

MONTHS = {name: at for at, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), start=1)}
A_NIBRS_DATE = re.compile(r"(\d{1,2})-([A-Z]{3})-(\d{4}|\d{2})")
AN_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00(?:\.0+)?)?")
FIRST_CENTURY_YEAR = 70  # two-digit years from 70 on are of the 1900s: the UCR's own files begin in 1960, NIBRS in 1988
AT_SOURCE = "correct it at its source"


@dataclass(frozen=True)
class Part:
    """One column that is read. `look_up` names the look-up file and its columns of id and code."""

    name: str
    kind: str = "whole"
    optional: bool = False
    values: str = ""
    look_up: tuple[str, str, str] | None = None
    also: str = ""
    most: int | None = None


@dataclass(frozen=True)
class Layout:
    """One file: its columns, its own key if it has one, and what its rows belong to, the owner first."""

    file: str
    parts: tuple[Part, ...]
    key: str = ""
    parents: tuple[tuple[str, str], ...] = ()
    optional: bool = False


SQL = {"whole": "BIGINT", "day": "DATE", "code": "VARCHAR", "ori": "VARCHAR"}
LARGEST = 2**63 - 1
A_CODE = re.compile(r"[0-9A-Z*]{1,3}")
OFFENSE_TYPES = ("nibrs_offense_type", "offense_type_id", "offense_code")


def _look(name: str, file: str, code: str, *, optional: bool = False, also: str = "", look_id: str = "") -> Part:
    return Part(name, "code", optional, look_up=(file, look_id or name, code), also=also)


OFFENSE_TYPE = _look("offense_type_id", *OFFENSE_TYPES[::2], also="offense_code")
PERSON = (
    _look("age_id", "nibrs_age", "age_code", optional=True),
    Part("age_num", optional=True, most=99),
    Part("age_range_low_num", optional=True, most=99),
    Part("age_range_high_num", optional=True, most=99),
    Part("sex_code", "code", optional=True, values="MFUX"),
    _look("race_id", "ref_race", "race_code", optional=True),
    _look("ethnicity_id", "nibrs_ethnicity", "ethnicity_code", optional=True),
)
OF_INCIDENT, OF_OFFENSE, OF_VICTIM = ("incident_id", "incident"), ("offense_id", "offense"), ("victim_id", "victim")

LAYOUTS = {
    "agency": Layout("agencies", (Part("agency_id"), Part("ori", "ori")), "agency_id"),
    "month": Layout(
        "nibrs_month",
        (
            Part("nibrs_month_id"),
            Part("agency_id"),
            Part("data_year", optional=True, most=2100),
            Part("month_num", most=12),
            Part("reported_status", "code", values="IZU"),
        ),
        "nibrs_month_id",
    ),
    "incident": Layout(
        "nibrs_incident",
        (
            Part("incident_id"),
            Part("agency_id"),
            Part("incident_date", "day", optional=True),
            Part("report_date_flag", "code", optional=True, values="RN"),
            Part("incident_hour", optional=True, most=23),
            _look("cleared_except_id", "nibrs_cleared_except", "cleared_except_code", optional=True),
            Part("cleared_except_date", "day", optional=True),
        ),
        "incident_id",
        (("agency_id", "agency"),),
    ),
    "offense": Layout(
        "nibrs_offense",
        (
            Part("offense_id"),
            Part("incident_id"),
            OFFENSE_TYPE,
            Part("attempt_complete_flag", "code", optional=True, values="AC"),
            _look("location_id", "nibrs_location_type", "location_code"),
        ),
        "offense_id",
        (OF_INCIDENT,),
    ),
    "victim": Layout(
        "nibrs_victim",
        (
            Part("victim_id"),
            Part("incident_id"),
            Part("victim_seq_num", most=999),
            _look("victim_type_id", "nibrs_victim_type", "victim_type_code"),
            *PERSON,
        ),
        "victim_id",
        (OF_INCIDENT,),
    ),
    "offender": Layout(
        "nibrs_offender",
        (Part("offender_id"), Part("incident_id"), Part("offender_seq_num", most=99), *PERSON),
        "offender_id",
        (OF_INCIDENT,),
    ),
    "arrestee": Layout(
        "nibrs_arrestee",
        (
            Part("arrestee_id"),
            Part("incident_id"),
            Part("arrestee_seq_num", most=99),
            Part("arrest_date", "day", optional=True),
            _look("arrest_type_id", "nibrs_arrest_type", "arrest_type_code"),
            OFFENSE_TYPE,
            *PERSON,
        ),
        "arrestee_id",
        (OF_INCIDENT,),
    ),
    "activity": Layout(
        "nibrs_criminal_act",
        (Part("offense_id"), _look("criminal_act_id", "nibrs_criminal_act_type", "criminal_act_code")),
        parents=(OF_OFFENSE,),
        optional=True,
    ),
    "weapon": Layout(
        "nibrs_weapon",
        (Part("offense_id"), _look("weapon_id", "nibrs_weapon_type", "weapon_code")),
        parents=(OF_OFFENSE,),
        optional=True,
    ),
    "victim_offense": Layout(
        "nibrs_victim_offense", (Part("victim_id"), Part("offense_id")), parents=(OF_VICTIM, OF_OFFENSE)
    ),
    "injury": Layout(
        "nibrs_victim_injury",
        (Part("victim_id"), _look("injury_id", "nibrs_injury", "injury_code")),
        parents=(OF_VICTIM,),
        optional=True,
    ),
    "relationship": Layout(
        "nibrs_victim_offender_rel",
        (
            Part("victim_id"),
            Part("offender_id"),
            _look("relationship_id", "nibrs_relationship", "relationship_code"),
        ),
        parents=(OF_VICTIM, ("offender_id", "offender")),
        optional=True,
    ),
}
OTHER_NAMES = {"agencies": ("cde_agencies",)}


def read_rows(files: Mapping[str, Source], layout: Layout, report: Report, lost: list[int]) -> Iterator[dict]:
    """The rows of one table by its layout, `_row` their number; look-up ids become codes.

    `files` maps lower-case names to paths (`files_of`). Of a rejected row, the id of what it belongs to goes to `lost`.
    Raises Refused when the table or a look-up is missing.
    """
    path = path_of(files, layout)
    if path is None:
        return
    with open_sheet(path, report, repeated=True, name=lambda heading: heading.strip().lower()) as sheet:
        readers = [(stored(part), *_reader(path, files, sheet.header, part)) for part in layout.parts]
        for number, row in sheet.rows:
            values, wrong = {"_row": number}, None
            for name, at, heading, read in readers:
                try:
                    values[name] = read(row[at] if at is not None else "")
                except ValueError as error:
                    wrong = Problem(
                        sheet.file, number, heading.upper(), "value", str(error), "correct it at its source"
                    )
                    break
            wrong = wrong or _age_problem(sheet.file, number, values)
            if wrong:
                report.reject(wrong)
                if layout.parents and (owner := values.get(layout.parents[0][0])):
                    lost.append(owner)
            else:
                yield values


def files_of(folder: Path, look_ups: Path | None = None) -> dict[str, Path]:
    """The CSV files of a release by their lower-case names; its look-ups lie beside them or in its folder `lookups`."""
    return _files(look_ups) | _files(folder / "lookups") | _files(folder)


def _files(folder: Path | None) -> dict[str, Path]:
    return {path.stem.lower(): path for path in sorted(folder.glob("*.[cC][sS][vV]"))} if folder else {}


def path_of(files: Mapping[str, Source], layout: Layout) -> Source | None:
    """The table's file, or None for an optional one that is not there. Raises Refused."""
    for name in (layout.file, *OTHER_NAMES.get(layout.file, ())):
        if name in files:
            return files[name]
    if layout.optional:
        return None
    raise _missing(f"{layout.file}.csv", "the table is missing from the release")


def _missing(file: str, reason: str) -> Refused:
    return Refused(Problem(file, 0, "", "file", reason, "take it from the FBI's download of the same year"))


def stored(part: Part) -> str:
    """Name under which a column is kept: what looks up the code of the row itself is `code`."""
    return "code" if part.name in ("offense_type_id", "criminal_act_id", "weapon_id", "injury_id") else part.name


def _reader(path: Source, files: Mapping[str, Source], header: tuple[str, ...], part: Part):
    """Where a column is, its heading, and the function that reads its cells."""
    heading = part.name if part.name in header else part.also
    if heading not in header:
        if part.optional:
            return None, part.name, lambda cell: None
        raise _missing(path.name, f"the column {part.name.upper()} is missing")
    if part.look_up:
        read = _from_codes(_look_up(files, part.look_up), part, by_code=heading == part.also)
    elif part.kind == "day":
        read = _day
    elif part.kind == "whole":
        read = _whole(part.most)
    elif part.kind == "code":
        read = _one_of(part.values)
    else:
        read = _ori
    return header.index(heading), heading, _optional(read) if part.optional else read


def _optional(read: Callable) -> Callable:
    return lambda cell: read(cell) if cell else None


def _ori(cell: str) -> str:
    if not (cell.isascii() and cell.isalnum() and len(cell) <= 9):
        raise ValueError("not an ORI: nine letters and digits")
    return cell


def _whole(most: int | None) -> Callable:
    most = LARGEST if most is None else most

    def read(cell: str) -> int:
        if not (cell.isascii() and cell.isdigit()):
            raise ValueError("not a whole number")
        if len(cell) > 19 or int(cell) > most:
            raise ValueError(f"above {most}")
        return int(cell)

    return read


def _one_of(values: str) -> Callable:
    def read(cell: str) -> str:
        if len(cell) != 1 or cell not in values:
            raise ValueError(f"not one of {', '.join(values)}")
        return cell

    return read


@lru_cache(maxsize=4096)
def _day(cell: str) -> date:
    if found := AN_ISO_DATE.fullmatch(cell):
        year, month, day = map(int, found.groups())
    elif (found := A_NIBRS_DATE.fullmatch(cell.upper())) and found[2] in MONTHS:
        day, month, year = int(found[1]), MONTHS[found[2]], int(found[3])
        year += 0 if year > 99 else 1900 if year >= FIRST_CENTURY_YEAR else 2000
    else:
        raise ValueError("not a date like 28-APR-16 or 2016-04-28")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("no calendar has this day") from None


def _from_codes(codes: Mapping[str, str], part: Part, *, by_code: bool) -> Callable:
    known = {code: code for code in codes.values()} if by_code else codes

    def read(cell: str) -> str:
        try:
            return known[cell]
        except KeyError:
            raise ValueError(f"not in the look-up {part.look_up[0].upper()}") from None

    return read


def _look_up(files: Mapping[str, Source], named: tuple[str, str, str]) -> dict[str, str]:
    """A look-up's ids and codes. Raises Refused when it is missing, lacks a column, or names an id twice."""
    file, own, code = named
    if file not in files:
        raise _missing(f"{file}.csv", "the look-up is missing from the release")
    report = Report()
    with open_sheet(files[file], report, name=lambda heading: heading.strip().lower()) as sheet:
        if own not in sheet.header or code not in sheet.header:
            raise _missing(sheet.file, f"the look-up lacks {own.upper()} or {code.upper()}")
        at, at_code = sheet.header.index(own), sheet.header.index(code)
        pairs = [(row[at], row[at_code].strip()) for _, row in sheet.rows]
    if report.rejected or len(dict(pairs)) < len(pairs):
        raise _missing(files[file].name, "the look-up has rows that cannot be read, or an id twice")
    if not all(A_CODE.fullmatch(code) for _, code in pairs):
        raise _missing(files[file].name, "the look-up holds a code that is none of NIBRS")
    return dict(pairs)


def _age_problem(file: str, number: int, values: dict) -> Problem | None:
    low, high = values.get("age_range_low_num"), values.get("age_range_high_num")
    if low and high and high < low:
        return Problem(
            file, number, "AGE_RANGE_HIGH_NUM", "value", "below the range's lower end", "correct it at its source"
        )
    return None
