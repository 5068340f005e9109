"""The report as a tagged PDF (PDF/UA-1) made by typst: fonts inside, no network, the same bytes every time."""

import json
from collections.abc import Iterator
from pathlib import Path

import typst

from concord.disclosure.grids import Grid, Heading, Kind
from concord.evaluation.report import numbers
from concord.evaluation.report.document import Document
from concord.evaluation.report.pictures import draw, part
from concord.evaluation.sections import Picture

TEMPLATE = Path(__file__).parent / "paper.typ"
FITS, NORMAL, FINE, LONGEST = 75, 112, 132, 60  # letters: of a narrow table, a line, a line of small type, a cell
INSET = 2
ON_ONE_PAGE, IN_ONE_ROW = 25, 20  # lines of a table, and of a row, that is kept in one piece
NO_DATE = 0  # typst writes no date into the file; without a fixed clock its identifier would still follow the day


def paper(document: Document) -> bytes:
    """The whole report as PDF. Its date is in the words of the report alone, so that equal reports are equal files."""
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=NO_DATE,
        sys_inputs={"report": json.dumps(_report(document), ensure_ascii=False)},
    )


def _report(document: Document) -> dict:
    drawn = iter(range(1, len(document.pictures()) + 1))
    return {
        "title": numbers.plain(document.title),
        "subtitle": numbers.plain(document.subtitle),
        "about": [[numbers.plain(label), numbers.plain(says)] for label, says in document.about],
        "sections": [
            {
                "title": numbers.plain(section.title),
                "blocks": [_block(document, block, drawn) for block in section.blocks],
            }
            for section in document.sections
        ],
    }


def _block(document: Document, block: str | Grid | Picture, drawn: Iterator[int]) -> dict:
    if isinstance(block, Picture):
        made = draw(block, document.grid(block.grid), mark=f"p{next(drawn)}")
        return {"kind": "picture", "parts": [_part(block, svg, at, len(made)) for at, svg in enumerate(made, start=1)]}
    if isinstance(block, str):
        return {"kind": "words", "says": numbers.plain(block)}
    return _table(block)


def _part(picture: Picture, svg: str, at: int, many: int) -> dict:
    title, alt = (numbers.plain(part(says, at, many)) for says in (picture.title, picture.alt))
    return {"title": title, "alt": alt, "svg": svg}


def _table(grid: Grid) -> dict:
    rows = [[numbers.written(value) for value in row] for row in grid.rows]
    headings = [_heading(heading) for heading in grid.headings]
    rooms = _rooms(headings, rows)
    heights = _heights(rooms, headings, rows)
    return {
        "kind": "table",
        "title": numbers.plain(grid.title),
        "headings": headings,
        "columns": rooms,
        "long": sum(heights) > ON_ONE_PAGE,
        "tall": max(heights, default=0) > IN_ONE_ROW,
        "numeric": [at > 0 and any(row[at].kind is not Kind.TEXT for row in grid.rows) for at in range(len(headings))],
        "rows": [[{"says": says, "blank": bool(value.missing)} for value, says in zip(row, line, strict=True)]
                 for row, line in zip(grid.rows, rows, strict=True)],
        "notes": [numbers.plain(note) for note in grid.notes],
    }


def _heading(heading: Heading) -> str:
    return numbers.plain(f"{heading.says} ({heading.unit})" if heading.unit else heading.says)


def _rooms(headings: list[str], rows: list[list[str]]) -> list[int]:
    """The width of each column in letters; empty when all columns fit as wide as they are.

    A column has at least its longest word; what is left of the line goes to those whose cells are longer, by need.
    """
    lines = [headings, *rows]
    words = [max(len(word) for line in lines for word in line[at].split(" ")) for at in range(len(headings))]
    cells = [max([len(row[at]) for row in rows], default=0) for at in range(len(headings))]
    if sum(map(max, words, cells)) <= FITS:
        return []
    needs = [max(min(cell, LONGEST) - word, 0) for word, cell in zip(words, cells, strict=True)]
    left = min(max(_letters(headings) - sum(words), 0), sum(needs))
    return [INSET + word + round(left * need / (sum(needs) or 1)) for word, need in zip(words, needs, strict=True)]


def _letters(headings: list[str]) -> int:
    """About how many letters stand in a line of table text, without the space between columns."""
    return (FINE if len(headings) > 7 else NORMAL) - INSET * len(headings)


def _heights(rooms: list[int], headings: list[str], rows: list[list[str]]) -> list[int]:
    """About how many lines of text each row fills."""
    if not rooms:
        return [1] * len(rows)
    stretch = (_letters(headings) + INSET * len(headings)) / sum(rooms)
    letters = [max(1, int(room * stretch) - INSET) for room in rooms]
    return [max(-(-len(cell) // room) for cell, room in zip(row, letters, strict=True)) for row in rows]
