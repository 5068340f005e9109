"""A report as files in one folder, all or nothing: PDF, web page, tables, machine-readable results."""

import csv
import io
import json
import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from concord.disclosure.grids import Kind, Value
from concord.disclosure.release import Releasable
from concord.evaluation.report import numbers
from concord.evaluation.report.document import Document
from concord.evaluation.report.page import page
from concord.evaluation.report.paper import paper
from concord.evaluation.sections import Picture

type Progress = Callable[[str, int, int], None]

FORMATS = ("html", "pdf", "csv", "xlsx", "json")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
THE_DAY = datetime(2000, 1, 1)  # every file in a workbook carries a date: a fixed one, so that equal reports are equal
NUMBER_FORMATS = {Kind.COUNT: "#,##0", Kind.SHARE: "0.0%", Kind.DAYS: "#,##0", Kind.USD: "$#,##0", Kind.P: "0.000",
                  Kind.NUMBER: "0.00"}
README = """{title}
{subtitle}

{files}

Numbers in the tables and in results.json are not rounded: shares run from 0 to 1, times are days, money is US dollars.
A value that is missing has its reason in the column that ends in "missing".
"low" and "high" are the ends of an interval.
Equal case files give equal files, byte for byte.
"""
SAYS = {
    "report.html": "The whole report as a web page, for any browser. It needs no other file and no network.",
    "report.pdf": "The same report for print (tagged PDF, PDF/UA-1).",
    "tables/": "Every table as CSV (UTF-8), named by its key.",
    "tables.xlsx": "Every table as a sheet of one workbook.",
    "results.json": "Every table, value, interval and note for programs.",
}


class OutputError(ValueError):
    """The report cannot be put where it was asked to be; the text says what to do."""


def write(
    document: Document,
    out: Path,
    *,
    formats: Collection[str] = FORMATS,
    progress: Progress = lambda doing, done, total: None,
) -> Path:
    """Write the report into the folder `out`, which must be new or empty, and return it.

    Nothing is there until everything is: the files are made in a folder beside it, which then takes the name.
    `progress` hears what is being made, how many parts are done and how many there are. Raises OutputError.
    """
    out = Path(out)
    check(out, formats)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        _fill(document, draft, formats, progress)
        if out.exists():
            out.rmdir()
        draft.chmod(0o755)
        draft.rename(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return out


def check(out: Path, formats: Collection[str] = FORMATS) -> None:
    """Raise OutputError unless a report can be put there: to be asked before a long calculation, too."""
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise OutputError(f"there is no format '{unknown[0]}': use some of {', '.join(FORMATS)}")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise OutputError(f"{out} is not a folder: name a new folder for the report")
    if out.exists() and any(out.iterdir()):
        raise OutputError(f"the folder {out} is not empty: name a new one, so that no two reports are mixed")


def _fill(document: Document, folder: Path, formats: Collection[str], progress: Progress) -> None:
    wanted = [name for name in FORMATS if name in formats]
    for done, name in enumerate(wanted):
        progress(name, done, len(wanted))
        WRITERS[name](document, folder)
    there = [f"{name:<14}{says}" for name, says in SAYS.items() if (folder / name).exists()]
    (folder / "README.txt").write_bytes(README.format(
        title=numbers.plain(document.title), subtitle=numbers.plain(document.subtitle), files="\n".join(there)
    ).encode())
    progress("done", len(wanted), len(wanted))


# --- Tables -----------------------------------------------------------------------------------------------------------


def columns(grid: Releasable) -> list[tuple[str, Kind, Callable[[tuple[Value, ...]], str | int | float | None]]]:
    """The columns of a table for machines: each heading, and its `low`, `high` and `missing` where it has them."""
    found = []
    for at, heading in enumerate(grid.headings):
        values = [row[at] for row in grid.rows]
        kind = next((value.kind for value in values if value.kind is not Kind.TEXT), Kind.TEXT)
        says = heading.says if not heading.unit or heading.unit == "%" else f"{heading.says} ({heading.unit})"
        found.append((says, kind, lambda row, at=at: raw(row[at])))
        if any(end is not None for value in values for end in numbers.ends(value)):
            found.append((f"{says}, low", kind, lambda row, at=at: numbers.ends(row[at])[0]))
            found.append((f"{says}, high", kind, lambda row, at=at: numbers.ends(row[at])[1]))
        if any(why(value) for value in values):
            found.append((f"{says}, missing", Kind.TEXT, lambda row, at=at: why(row[at])))
    return found


def raw(value: Value) -> str | int | float | None:
    """The point, not rounded, as text or a finite number; None where there is none."""
    if value.missing or value.shown is None:
        return None
    if isinstance(value.shown, (str, bool)):
        return numbers.written(value)
    return value.shown if math.isfinite(value.shown) else None


def why(value: Value) -> str | None:
    """The reason where a value is missing or is no finite number."""
    if value.missing:
        return numbers.reason(value.missing)
    if raw(value) is not None:
        return None
    return numbers.NOT_KNOWN if value.shown is None else numbers.written(value)


def guarded(cell: str | int | float | None) -> str | int | float:
    """Text that would be a formula in a spreadsheet gets an apostrophe before it."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _csv(document: Document, folder: Path) -> None:
    (folder / "tables").mkdir()
    for grid in document.grids():
        text = io.StringIO(newline="")
        lines = csv.writer(text, lineterminator="\r\n")
        lines.writerow([guarded(numbers.plain(says)) for says, _, _ in columns(grid)])
        lines.writerows([guarded(of(row)) for _, _, of in columns(grid)] for row in grid.rows)
        (folder / "tables" / f"{grid.key}.csv").write_bytes(text.getvalue().encode())


def _xlsx(document: Document, folder: Path) -> None:
    book = Workbook()
    book.properties.creator, book.properties.title = "Concord", numbers.plain(document.title)
    book.properties.created = THE_DAY
    contents = book.active
    contents.title = "Contents"
    names = _sheet_names([grid.key for grid in document.grids()])
    _put(contents, 1, ["Sheet", "Table"], bold=True)
    for at, (grid, name) in enumerate(zip(document.grids(), names, strict=True), start=2):
        _put(contents, at, [name, numbers.plain(grid.title)])
        contents.cell(at, 1).hyperlink = f"#'{name}'!A1"
        _sheet(book.create_sheet(name), grid)
    contents.column_dimensions["A"].width, contents.column_dimensions["B"].width = 34, 90
    packed = io.BytesIO()
    book.save(packed)
    (folder / "tables.xlsx").write_bytes(_without_clock(packed))


def _sheet_names(keys: list[str]) -> list[str]:
    """Names of at most 31 letters, each once, whatever the case."""
    names: list[str] = ["Contents"]
    for key in keys:
        name, turn = key[:31], 1
        while name.lower() in (other.lower() for other in names):
            turn += 1
            name = f"{key[:30 - len(str(turn))]}-{turn}"
        names.append(name)
    return names[1:]


def _sheet(sheet, grid: Releasable) -> None:
    heads = columns(grid)
    _put(sheet, 1, [numbers.plain(grid.title)], bold=True)
    _put(sheet, 3, [numbers.plain(says) for says, _, _ in heads], bold=True)
    for at, row in enumerate(grid.rows, start=4):
        _put(sheet, at, [of(row) for _, _, of in heads], kinds=[kind for _, kind, _ in heads])
    for at, note in enumerate(grid.notes, start=5 + len(grid.rows)):
        _put(sheet, at, [numbers.plain(note)])
    for at, (says, _, of) in enumerate(heads, start=1):
        longest = max([len(str(of(row))) for row in grid.rows if isinstance(of(row), str)], default=0)
        sheet.column_dimensions[get_column_letter(at)].width = min(max(12, longest + 2, min(len(says) + 2, 22)), 60)
        sheet.cell(3, at).alignment = Alignment(wrap_text=True, vertical="bottom")
    sheet.freeze_panes = "B4"


def _put(sheet, row: int, cells: list, *, bold: bool = False, kinds: list[Kind] | None = None) -> None:
    for at, value in enumerate(cells, start=1):
        if value is None:
            continue
        cell = sheet.cell(row, at)
        if isinstance(value, str):
            cell.value = value
            cell.data_type = "s"  # a text that begins with = stays a text
            cell.quotePrefix = value.startswith(FORMULA)
        else:
            cell.value = value
            cell.number_format = NUMBER_FORMATS.get(kinds[at - 1], "General") if kinds else "General"
        if bold:
            cell.font = Font(bold=True)


def _without_clock(packed: io.BytesIO) -> bytes:
    """The same workbook with fixed dates: openpyxl writes the hour of saving into it and its zip file."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, THE_DAY.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


# --- The rest ---------------------------------------------------------------------------------------------------------


def results(document: Document) -> dict:
    """The report for programs: sections in reading order, and every table by its key."""
    return {
        "format": 1,
        "title": document.title,
        "subtitle": document.subtitle,
        "about": [{"label": label, "says": says} for label, says in document.about],
        "sections": [{"key": section.key, "title": section.title, "blocks": [_block(block) for block in section.blocks]}
                     for section in document.sections],
        "tables": {grid.key: _grid(grid) for grid in document.grids()},
    }


def _block(block: str | Releasable | Picture) -> dict:
    if isinstance(block, str):
        return {"words": block}
    if isinstance(block, Picture):
        return {"picture": block.title, "draws": block.grid, "as": block.draw, "alt": block.alt}
    return {"table": block.key}


def _grid(grid: Releasable) -> dict:
    return {
        "title": grid.title,
        "headings": [{"says": heading.says, "unit": heading.unit} for heading in grid.headings],
        "rows": [[dict(_value(value)) for value in row] for row in grid.rows],
        "notes": list(grid.notes),
    }


def _value(value: Value) -> Iterator[tuple[str, str | int | float | None]]:
    yield "kind", str(value.kind)
    yield "value", raw(value)
    for name, end in zip(("low", "high"), numbers.ends(value), strict=True):
        if end is not None:
            yield name, end
    if reason := why(value):
        yield "missing", reason
    yield "written", numbers.written(value)


def _json(document: Document, folder: Path) -> None:
    text = json.dumps(results(document), ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "results.json").write_bytes(f"{numbers.plain(text)}\n".encode())


def _html(document: Document, folder: Path) -> None:
    (folder / "report.html").write_bytes(page(document).encode())


def _pdf(document: Document, folder: Path) -> None:
    (folder / "report.pdf").write_bytes(paper(document))


WRITERS: dict[str, Callable[[Document, Path], None]] = {
    "html": _html, "pdf": _pdf, "csv": _csv, "xlsx": _xlsx, "json": _json,
}
