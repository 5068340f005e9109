"""The codebook and the entry templates, made from the tables. Nobody writes either by hand."""

import csv
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from concord.casefile.columns import HOW_TO_TYPE, Column, Kind, Table
from concord.casefile.tables import TABLES
from concord.vocabulary import Why

HEADINGS = ("table", "column", "says", "kind", "type_it_as", "needed", "codes", "list", "refers_to", "shareable")
ROOM_FOR = 5_000

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Codebook of the case file</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}}
table{{border-collapse:collapse;width:100%;margin:0 0 2rem}}caption{{text-align:left;padding:.5rem 0}}
th,td{{border-bottom:1px solid #a9aeb1;padding:.4rem .6rem;text-align:left;vertical-align:top}}
code{{overflow-wrap:anywhere}}</style></head><body>
<h1>Codebook of the case file</h1>
<p>A column that may lack a value has a sibling ending in <code>_why</code>: {reasons}. Dates may be partial.</p>
<nav aria-label="Tables"><ul>{links}</ul></nav>
{tables}
</body></html>
"""


def codebook(tables: Mapping[str, Table] = TABLES) -> Iterator[dict]:
    """One row a column, as the CSV codebook has it."""
    for table in tables.values():
        for column in table.columns:
            yield {
                "table": table.name,
                "column": column.name,
                "says": column.says,
                "kind": column.kind.value,
                "type_it_as": HOW_TO_TYPE[column.kind],
                "needed": "yes" if column.needed else "no",
                "codes": "; ".join(f"{value} = {label}" for value, label in _labelled(column)),
                "list": column.codes.__name__ if column.codes else "",
                "refers_to": column.refers,
                "shareable": column.share.value,
            }


def write_codebook(folder: Path, tables: Mapping[str, Table] = TABLES) -> list[Path]:
    """Write codebook.csv and codebook.html; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    text, page = folder / "codebook.csv", folder / "codebook.html"
    with text.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, HEADINGS)
        writer.writeheader()
        writer.writerows(codebook(tables))
    page.write_text(codebook_page(tables), encoding="utf-8")
    return [text, page]


def codebook_page(tables: Mapping[str, Table] = TABLES) -> str:
    """The codebook as one HTML page that needs nothing else."""
    links = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in tables)
    reasons = ", ".join(f"<code>{why}</code> ({escape(why.label.lower())})" for why in Why)
    return PAGE.format(links=links, reasons=reasons, tables="\n".join(map(_section, tables.values())))


def write_templates(folder: Path, tables: Mapping[str, Table] = TABLES) -> list[Path]:
    """Write one empty CSV a table, and casefile.xlsx with a sheet a table; returns the paths.

    In the workbook each heading says what to type, and cells of a single code offer the list.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [_csv_template(folder, table) for table in tables.values()]
    return [*paths, _xlsx_template(folder / "casefile.xlsx", tables)]


def _labelled(column: Column) -> list[tuple[str, str]]:
    if not column.codes:
        return [(value, value) for value in column.only]
    return [(value, label) for value, label in column.codes.choices() if value in column.allowed()]


def _section(table: Table) -> str:
    rows = "".join(_row(column) for column in table.columns)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Column", "Says", "Type it as", "Shareable bundle"))
    return (
        f'<h2 id="{table.name}">{table.name}</h2><table><caption>{escape(table.says)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(column: Column) -> str:
    how = escape(HOW_TO_TYPE[column.kind]) + ("" if not column.needed else " (always needed)")
    if column.refers:
        how += f', of <a href="#{column.refers}">{column.refers}</a>'
    values = "".join(f"<li><code>{value}</code> {escape(label)}</li>" for value, label in _labelled(column))
    codes = f"<ul>{values}</ul>" if values else ""
    cells = (escape(column.says) + codes, how, escape(column.share.value))
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row"><code>{column.name}</code></th>{body}</tr>'


def _csv_template(folder: Path, table: Table) -> Path:
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerow(table.entry_fields())
    return path


def _xlsx_template(path: Path, tables: Mapping[str, Table]) -> Path:
    workbook = Workbook()
    lists = workbook.active
    lists.title = "codes"
    ranges = _write_lists(lists, tables)
    for table in tables.values():
        _write_sheet(workbook.create_sheet(table.name), table, ranges)
    lists.sheet_state = "hidden"
    workbook.active = 1
    workbook.save(path)
    return path


def _write_lists(sheet, tables: Mapping[str, Table]) -> dict[tuple[str, ...], str]:
    """Each code list in a column of its own; returns the cells it takes, by its values."""
    wanted = {tuple(Why): None}
    wanted |= {column.allowed(): None for table in tables.values() for column in table.columns if column.allowed()}
    wanted[("yes", "no")] = None
    for at, values in enumerate(wanted, start=1):
        for row, value in enumerate(values, start=1):
            sheet.cell(row=row, column=at, value=str(value))
        letter = get_column_letter(at)
        wanted[values] = f"codes!${letter}$1:${letter}${len(values)}"
    return wanted


def _write_sheet(sheet, table: Table, ranges: dict[tuple[str, ...], str]) -> None:
    rules: dict[str, DataValidation] = {}
    headings = [(column, name) for column in table.columns for name in column.entry_fields()]
    for at, (column, name) in enumerate(headings, start=1):
        cell = sheet.cell(row=1, column=at, value=name)
        cell.font = Font(bold=True)
        cell.comment = Comment(_hint(column, name), "Concord")
        sheet.column_dimensions[cell.column_letter].width = max(12, len(name) + 2)
        if source := ranges.get(_offered(column, name)):
            rule = rules.setdefault(source, DataValidation(type="list", formula1=source, allow_blank=True))
            rule.add(f"{cell.column_letter}2:{cell.column_letter}{ROOM_FOR}")
    for rule in rules.values():
        sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"


def _offered(column: Column, name: str) -> tuple[str, ...]:
    if name == column.why:
        return tuple(Why)
    if column.kind is Kind.FLAG:
        return ("yes", "no")
    return column.allowed() if column.kind is Kind.CODE else ()


def _hint(column: Column, name: str) -> str:
    if name == column.why:
        return f"Why {column.name} is blank: {', '.join(Why)}"
    return f"{column.says}. Type {HOW_TO_TYPE[column.kind]}."
