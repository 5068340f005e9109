"""The report as a tagged PDF (PDF/UA-1) made by typst: fonts inside, no network, the same bytes every time."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import typst

from concord.disclosure.grids import Heading, Kind
from concord.disclosure.release import Releasable
from concord.evaluation.report import numbers
from concord.evaluation.report.document import Document
from concord.evaluation.report.pictures import draw, part
from concord.evaluation.sections import Picture

TEMPLATE = Path(__file__).parent / "paper.typ"
FITS, LONGEST, INSET = 75, 60, 2  # letters: of a narrow table, of a cell that shapes its column, between columns
SIZES = ((9.5, 112), (8, 132), (7, 150))  # points, and about how many letters of that size a line holds
MANY_COLUMNS = 7
ON_ONE_PAGE, IN_ONE_ROW = 14, 20  # lines of a table, and of a row, that is kept in one piece
NO_GLYPH = "could not be displayed"
OTHER_LETTERS = re.compile("[^\n\u0020-\u024f\u0370-\u03ff\u0400-\u045f\u2010-\u2026\u20ac\u2212\u221e\u2264\u2265]")
NO_DATE = 0  # typst writes no date into the file; without a fixed clock its identifier would still follow the day


def paper(document: Document) -> bytes:
    """The whole report as PDF. Its date is in the words of the report alone, so that equal reports are equal files.

    Letters that the fonts lack are written by their code, as [U+65E5]: the web page shows them as they are.
    """
    report = json.dumps(_report(document), ensure_ascii=False)
    try:
        return _compiled(report)
    except typst.TypstError as problem:
        if NO_GLYPH not in str(problem):
            raise
        return _compiled(OTHER_LETTERS.sub(lambda found: f"[U+{ord(found[0]):04X}]", report))


def _compiled(report: str) -> bytes:
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=NO_DATE,
        sys_inputs={"report": report},
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


def _block(document: Document, block: str | Releasable | Picture, drawn: Iterator[int]) -> dict:
    if isinstance(block, Picture):
        made = draw(block, document.grid(block.grid), mark=f"p{next(drawn)}")
        return {"kind": "picture", "parts": [_part(block, svg, at, len(made)) for at, svg in enumerate(made, start=1)]}
    if isinstance(block, str):
        return {"kind": "words", "says": numbers.plain(block)}
    return _table(block)


def _part(picture: Picture, svg: str, at: int, many: int) -> dict:
    title, alt = (numbers.plain(part(says, at, many)) for says in (picture.title, picture.alt))
    return {"title": title, "alt": alt, "svg": svg}


def _table(grid: Releasable) -> dict:
    rows = [[numbers.written(value) for value in row] for row in grid.rows]
    headings = [_heading(heading) for heading in grid.headings]
    words, cells = _longest(grid, headings, rows)
    size, letters = _size(words)
    rooms = [] if sum(map(max, words, cells)) <= FITS else _rooms(words, cells, letters)
    heights = _heights(rooms, letters, rows)
    return {
        "kind": "table",
        "title": numbers.plain(grid.title),
        "headings": headings,
        "size": size,
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


def _longest(grid: Releasable, headings: list[str], rows: list[list[str]]) -> tuple[list[int], list[int]]:
    """Of each column the letters of its longest word, headings (in bold) included, and of its longest cell.

    Reasons for blanks count half, as two lines, so that they do not take the room of what is there.
    """
    words = [max([len(word) for row in rows for word in row[at].split(" ")]
                 + [len(word) + 1 for word in heading.split(" ")]) for at, heading in enumerate(headings)]
    known = [[(len(says) + 3) // 2 if value.missing else len(says) for value, says in zip(row, line, strict=True)]
             for row, line in zip(grid.rows, rows, strict=True)]
    return words, [max([row[at] for row in known], default=0) for at in range(len(headings))]


def _size(words: list[int]) -> tuple[float, int]:
    """The type that a table is set in, in points, and the letters of a line of it: small where columns are many."""
    sizes = SIZES[1:] if len(words) > MANY_COLUMNS else SIZES
    return next((pair for pair in sizes if sum(words) + INSET * len(words) <= pair[1]), sizes[-1])


def _rooms(words: list[int], cells: list[int], letters: int) -> list[int]:
    """The width of each column in letters: its longest word, and of what is left of the line as much as it needs."""
    needs = [max(min(cell, LONGEST) - word, 0) for word, cell in zip(words, cells, strict=True)]
    left = min(max(letters - sum(words) - INSET * len(words), 0), sum(needs))
    return [INSET + word + round(left * need / (sum(needs) or 1)) for word, need in zip(words, needs, strict=True)]


def _heights(rooms: list[int], letters: int, rows: list[list[str]]) -> list[int]:
    """About how many lines of text each row fills."""
    if not rooms:
        return [1] * len(rows)
    widths = [max(1, letters * room // sum(rooms) - INSET) for room in rooms]
    return [max(-(-len(cell) // width) for cell, width in zip(row, widths, strict=True)) for row in rows]
