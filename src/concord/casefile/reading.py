"""Reads the CSV and XLSX that strangers send. Nothing is guessed, nothing is dropped without being said.

A file that cannot be read as a table at all is `Refused`. A row that cannot be taken is a `Problem` with its file, row
and column; the row is counted as rejected, and reading goes on. Rows are numbered as a spreadsheet shows them: the
header is row 1. A problem's text never repeats what a cell holds, codes apart: a misplaced cell may hold a name.
"""

import csv
import io
import warnings
import zipfile
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath

from openpyxl import load_workbook

from concord.casefile import cells
from concord.casefile.cells import BadCell
from concord.casefile.columns import Table

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
CHUNK = 1 << 20
OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Limits:
    """How much a file may be before it is refused unread. Sizes in bytes."""

    size: int = 500_000_000
    rows: int = 5_000_000
    columns: int = 500
    unpacked: int = 1_000_000_000
    ratio: int = 200
    parts: int = 2_000
    problems: int = 100_000


@dataclass(frozen=True)
class InMemory:
    """A file that somebody sent, read like a path; it lies on no disk."""

    name: str
    content: bytes = field(repr=False)

    @property
    def stem(self) -> str:
        return PurePath(self.name).stem

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix

    def is_file(self) -> bool:
        return True

    def open(self, mode: str = "r", encoding: str | None = None, newline: str | None = None):
        raw = io.BytesIO(self.content)
        return raw if "b" in mode else io.TextIOWrapper(raw, encoding=encoding, newline=newline)


Source = Path | InMemory


def size_of(path: Source) -> int:
    """Bytes of a file."""
    return len(path.content) if isinstance(path, InMemory) else path.stat().st_size


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one place of a file. Row and column are 0 and empty when it is the file as a whole."""

    file: str
    row: int
    column: str
    value_kind: str
    reason: str
    what_to_do: str

    def __str__(self) -> str:
        place = f"{self.file}" + (f", row {self.row}" if self.row else "") + (f", {self.column}" if self.column else "")
        return f"{place}: {self.reason}. {self.what_to_do[:1].upper()}{self.what_to_do[1:]}."


class Refused(ValueError):
    """A file that cannot be read as a table at all; `problem` says why and what to do."""

    def __init__(self, problem: Problem):
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class Report:
    """What came of a reading: rows read = accepted + rejected, blank lines apart, and every problem found.

    `listed` problems are kept one by one up to a limit; `reasons` counts all of them.
    """

    rows: int = 0
    rejected: int = 0
    blank: int = 0
    listed: list[Problem] = field(default_factory=list)
    reasons: Counter = field(default_factory=Counter)
    limit: int = Limits.problems

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected

    def reject(self, *problems: Problem) -> None:
        """Count one row as rejected, for these reasons."""
        self.rejected += 1
        self.note(*problems)

    def note(self, *problems: Problem) -> None:
        for problem in problems:
            self.reasons[(problem.file, problem.column, problem.reason)] += 1
            if len(self.listed) < self.limit:
                self.listed.append(problem)


@dataclass(frozen=True)
class Sheet:
    """A table as it lies in a file: header in order, rows as (row number, cells), one cell a header name."""

    file: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, tuple]]


@contextmanager
def open_sheet(
    path: Source,
    report: Report,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    sheet: str | None = None,
    repeated: bool = False,
    name: Callable[[str], str] = str.strip,
    limits: Limits | None = None,
) -> Iterator[Sheet]:
    """Open one CSV or XLSX, by its ending, to be read row by row.

    `encoding` is utf-8 unless the sender says cp1252; `sheet` names an XLSX sheet (else the only one). `repeated` takes
    a header that names a column twice as long as both cells agree; otherwise it is refused. `name` tidies a header.
    Raises Refused. Rows of another length, or with a formula, an error value or a NUL byte go to `report`.
    """
    path, limits = path if isinstance(path, InMemory) else Path(path), limits or Limits()
    if not path.is_file():
        raise _refused(path, "file", "there is no such file", "check the name")
    if size_of(path) > limits.size:
        raise _refused(path, "size", f"the file is larger than {limits.size:,} bytes", "split it")
    if path.suffix.lower() == ".xlsx":
        with _xlsx_rows(path, sheet, limits) as rows:
            yield _sheet(path, rows, report, repeated, name, limits)
    elif path.suffix.lower() in (".csv", ".txt", ".tsv"):
        with _csv_rows(path, encoding, delimiter) as rows:
            yield _sheet(path, rows, report, repeated, name, limits)
    else:
        raise _refused(path, "file", "only .csv and .xlsx are read", "save it as one of these")


def read_table(path: Source, table: Table, report: Report, **options) -> Iterator[dict]:
    """The rows of one case-file table, as values; options as for `open_sheet`.

    Each row is a dict of the table's entry fields: a value or None, and for `<column>_why` a `Why` or None. Columns the
    file lacks are absent. Raises Refused when the header names an unknown column or lacks one that is always needed.
    """
    with open_sheet(path, report, **options) as sheet:
        _check_header(path, sheet.header, table)
        columns = [(column, sheet.header.index(column.name)) for column in table.columns if column.name in sheet.header]
        reasons = {c.name: sheet.header.index(c.why) for c in table.columns if c.why and c.why in sheet.header}
        for number, row in sheet.rows:
            problems: list[Problem] = []
            values = {}
            for column, at in columns:
                values[column.name] = _take(sheet.file, number, column.name, problems, cells.parse, column, row[at])
                if column.needed and values[column.name] is None and not _empty_but_wrong(row[at]):
                    problems.append(Problem(sheet.file, number, column.name, "blank", "needs a value", "fill it in"))
            for name, at in reasons.items():
                values[f"{name}_why"] = _take(sheet.file, number, f"{name}_why", problems, cells.why, row[at])
            if problems:
                report.reject(*problems)
            else:
                yield values


def _take(file: str, number: int, name: str, problems: list[Problem], reader: Callable, *args):
    try:
        return reader(*args)
    except BadCell as bad:
        problems.append(Problem(file, number, name, bad.kind, str(bad), bad.what_to_do))
        return None


def _empty_but_wrong(cell) -> bool:
    return cell is not None and bool(str(cell).strip())


def _check_header(path: Source, header: Sequence[str], table: Table) -> None:
    known = table.entry_fields()
    for at, name in enumerate(header, start=1):
        if name not in known:
            reason = f"heading {at} is no column of the table {table.name}"
            raise _refused(path, "header", reason, "use the entry template's headings, in any order")
    for column in table.columns:
        if column.needed and column.name not in header:
            raise _refused(path, "header", f"the column {column.name} is missing", "add it, or use the entry template")


def _refused(path: Source, kind: str, reason: str, what_to_do: str, row: int = 0) -> Refused:
    return Refused(Problem(path.name, row, "", kind, reason, what_to_do))


def _sheet(path: Source, rows: Iterator, report: Report, repeated: bool, name: Callable, limits: Limits) -> Sheet:
    number, first = next(((n, cells_) for n, cells_ in rows if any(_empty_but_wrong(c) for c in cells_)), (0, ()))
    header = [name("" if cell is None else str(cell)) for cell in first]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise _refused(path, "header", "the file is empty", "send the table with its heading row")
    if len(header) > limits.columns:
        raise _refused(path, "header", f"there are more than {limits.columns} columns", "send only the table", number)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise _refused(path, "header", "the heading is one cell with separators in it", "say which separator it uses")
    if "" in header:
        raise _refused(path, "header", f"heading {header.index('') + 1} is empty", "name every column", number)
    twice = sorted(heading for heading, times in Counter(header).items() if times > 1)
    if twice and not repeated:
        reason = f"a heading stands twice, at {_places(header, twice[0])}"
        raise _refused(path, "header", reason, "name each column once", number)
    kept = tuple(dict.fromkeys(header))
    return Sheet(path.name, kept, _good_rows(path.name, rows, header, kept, report, limits))


def _places(header: list[str], name: str) -> str:
    return " and ".join(str(at) for at, heading in enumerate(header, start=1) if heading == name)


def _good_rows(file, rows, header, kept, report, limits) -> Iterator[tuple[int, tuple]]:
    width = len(header)
    first_of = [header.index(name) for name in kept]
    copies = [(at, header.index(name)) for at, name in enumerate(header) if header.index(name) != at]
    for number, row in rows:
        if not any(cell is not None and cell != "" for cell in row):
            report.blank += 1
            continue
        report.rows += 1
        if report.rows > limits.rows:
            raise Refused(Problem(file, number, "", "size", f"there are more than {limits.rows:,} rows", "split it"))
        if problem := _row_problem(file, number, row, header, width, copies):
            report.reject(problem)
        elif copies:
            yield number, tuple(row[at] for at in first_of)
        else:
            yield number, tuple(row[:width])


def _row_problem(file, number, row, header, width, copies) -> Problem | None:
    if len(row) < width or any(cell is not None and cell != "" for cell in row[width:]):
        reason = f"the row has {len(row)} cells, the heading {width}"
        return Problem(file, number, "", "row", reason, "check for a missing or an extra separator in it")
    for at, cell in enumerate(row[:width]):
        if isinstance(cell, _Unusable):
            return Problem(file, number, header[at], cell.kind, cell.reason, cell.what_to_do)
        if isinstance(cell, str) and "\0" in cell:
            return Problem(file, number, header[at], "NUL", "the cell holds a NUL byte", "export the file again")
    for at, first in copies:
        if row[at] != row[first]:
            reason = "the column stands twice and the two cells differ"
            return Problem(file, number, header[at], "header", reason, "keep the right one")
    return None


# --- CSV --------------------------------------------------------------------------------------------------------------


@contextmanager
def _csv_rows(path: Source, encoding: str, delimiter: str) -> Iterator[Iterator[tuple[int, list[str]]]]:
    if encoding not in ENCODINGS:
        raise _refused(path, "encoding", "the encoding is not one that is read", f"use one of {', '.join(ENCODINGS)}")
    with path.open("rb") as raw:
        start = raw.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(path, "encoding", "the file is UTF-16, at byte 0", "save it as CSV UTF-8")
    if start.startswith((b"PK\x03\x04", OLE)):
        raise _refused(path, "file", "this is a workbook named as CSV", "give it its own ending, .xlsx")
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as text:
        yield _numbered(path, encoding, csv.reader(text, delimiter=delimiter, strict=True))


def _numbered(path: Source, encoding: str, reader) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            yield number, row
    except UnicodeDecodeError:
        where = _first_bad_byte(path, encoding)
        advice = "save it as CSV UTF-8" + (", or say that it is cp1252" if encoding != "cp1252" else "")
        raise _refused(path, "encoding", f"byte {where:,} is not {encoding}", advice) from None
    except csv.Error as error:
        hint = "close the quotation mark left open" if "end of data" in str(error) else "check its quotation marks"
        raise _refused(path, "row", "the row cannot be told from the next", hint, number + 1) from None


def _first_bad_byte(path: Source, encoding: str) -> int:
    decoder = getincrementaldecoder("utf-8" if encoding == "utf-8-sig" else encoding)()
    done = 0
    with path.open("rb") as raw:
        while chunk := raw.read(CHUNK):
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return done - waiting + error.start
            done += len(chunk)
    return done


# --- XLSX -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Unusable:
    """A cell whose value cannot be taken, in the place of its value."""

    kind: str
    reason: str
    what_to_do: str


MOST_EMPTY = 10_000
A_FORMULA = _Unusable("formula", "the cell holds a formula", "paste values in place of formulas")
AN_ERROR = _Unusable("error", "the cell holds a spreadsheet error", "correct it in the workbook")


@contextmanager
def _xlsx_rows(path: Source, sheet: str | None, limits: Limits) -> Iterator[Iterator[tuple[int, tuple]]]:
    _check_archive(path, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl's remarks on looks it does not keep
        with _opened(path) as workbook:
            yield _worksheet_rows(path, _worksheet(path, workbook, sheet), limits)


def sheet_names(path: Source, limits: Limits | None = None) -> list[str]:
    """The sheets of a workbook. Raises Refused."""
    _check_archive(path, limits or Limits())
    with _opened(path) as workbook:
        return workbook.sheetnames


@contextmanager
def _opened(path: Source):
    with path.open("rb") as raw:
        try:
            workbook = load_workbook(raw, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # openpyxl lets any parser's error through, and none may reach a person as it is
            raise _refused(path, "file", "the workbook cannot be opened", "save it again as .xlsx") from error
        try:
            yield workbook
        finally:
            workbook.close()


def _worksheet(path: Source, workbook, sheet: str | None):
    names = workbook.sheetnames
    if sheet is None and len(names) != 1:
        raise _refused(path, "sheet", f"the workbook has {len(names)} sheets", "say which one")
    if sheet is not None and sheet not in names:
        raise _refused(path, "sheet", "the workbook has no sheet of that name", "check the name")
    return workbook[sheet or names[0]]


def _worksheet_rows(path: Source, worksheet, limits: Limits) -> Iterator[tuple[int, tuple]]:
    """A few bytes can say that a cell lies in row 9,999,999 or in column XFD: what lies between is not made up."""
    width = empty = 0
    for number, row in enumerate(_parsed_rows(path, worksheet), start=1):
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > MOST_EMPTY:
            reason = f"more than {MOST_EMPTY:,} empty rows follow one another"
            raise _refused(path, "size", reason, "delete the empty rows", number)
        width = max(width, len(cells))  # a workbook leaves out the empty cells at the end of a row
        if width > limits.columns:
            reason = f"there are more than {limits.columns} columns"
            raise _refused(path, "header", reason, "send only the table", number)
        yield number, (*cells, *(None,) * (width - len(cells)))


def _parsed_rows(path: Source, worksheet) -> Iterator[tuple]:
    worksheet.reset_dimensions()
    try:
        yield from worksheet.iter_rows()
    except Exception as error:  # as in `_opened`
        raise _refused(path, "file", "the sheet cannot be read", "save it again as .xlsx") from error


def _cell(cell):
    if cell.data_type == "f":
        return A_FORMULA
    if cell.data_type == "e":
        return AN_ERROR
    value = cell.value
    if value is None or isinstance(value, str | bool | int | float | date | datetime):
        return value
    return _Unusable("cell", "the cell holds a time of day or a span of time", "type it as text")


def _check_archive(path: Source, limits: Limits) -> None:
    """Refuse a workbook whose parts are too many, too large or too tightly packed, before any part is unpacked."""
    with path.open("rb") as raw:
        start = raw.read(4)
    if start == OLE:
        raise _refused(path, "file", "the workbook has a password or is an old .xls", "save it as .xlsx")
    try:
        with path.open("rb") as raw, zipfile.ZipFile(raw) as archive:
            _check_parts(path, archive, limits)
    except zipfile.BadZipFile:
        raise _refused(path, "file", "this is no workbook, or it is cut short", "send it again as .xlsx") from None


def _check_parts(path: Source, archive: zipfile.ZipFile, limits: Limits) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits.parts:
        raise _refused(path, "size", f"the workbook has more than {limits.parts:,} parts", "save only the table")
    if unpacked > limits.unpacked:
        raise _refused(path, "size", f"unpacked it is larger than {limits.unpacked:,} bytes", "split it")
    if unpacked > CHUNK and unpacked > limits.ratio * max(size_of(path), 1):
        raise _refused(path, "size", f"unpacked it is more than {limits.ratio} times larger", "send it as CSV")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(path, "file", "the workbook is locked with a password", "save it without one")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")) and _declares_entities(archive, part):
            raise _refused(path, "file", "the workbook declares a document type", "save it again from a spreadsheet")


def _declares_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(4096).upper()
