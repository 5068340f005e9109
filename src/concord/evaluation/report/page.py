"""The report as one web page: no script, no other file, for phone, desk, paper and screen reader."""

from html import escape
from pathlib import Path

from concord.disclosure.grids import Heading, Kind, Value
from concord.disclosure.release import Releasable
from concord.evaluation.report import numbers
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.report.pictures import draw
from concord.evaluation.sections import Picture

STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def page(document: Document) -> str:
    """The whole page as HTML."""
    links = "".join(_link(section) for section in document.sections)
    drawn = {id(picture): f"p{at}" for at, picture in enumerate(document.pictures(), start=1)}
    sections = "".join(_section(document, section, drawn) for section in document.sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_say(document.title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the report</a>\n'
        f"<header>\n<h1>{_say(document.title)}</h1>\n{_lead(document.subtitle)}{_about(document)}</header>\n"
        f'<div class="sheet">\n<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><ol>{links}</ol></nav>\n'
        f'<main id="main" tabindex="-1">\n{sections}</main>\n</div>\n</body>\n</html>\n'
    )


def _link(section: ReadySection) -> str:
    return f'<li><a href="#section-{section.key}">{_say(section.title)}</a></li>'


def _lead(subtitle: str) -> str:
    return f'<p class="lead">{_say(subtitle)}</p>\n' if subtitle else ""


def _about(document: Document) -> str:
    facts = "".join(f"<div><dt>{_say(label)}</dt><dd>{_say(says)}</dd></div>" for label, says in document.about)
    return f"<dl>{facts}</dl>\n" if facts else ""


def _section(document: Document, section: ReadySection, drawn: dict[int, str]) -> str:
    blocks = "".join(_block(document, block, drawn) for block in section.blocks)
    heading = f'<h2 id="section-{section.key}">{_say(section.title)}</h2>'
    return f'<section aria-labelledby="section-{section.key}">\n{heading}\n{blocks}</section>\n'


def _block(document: Document, block: str | Releasable | Picture, drawn: dict[int, str]) -> str:
    if isinstance(block, Picture):
        return _figure(block, document.grid(block.grid), drawn[id(block)])
    if isinstance(block, str):
        return f"<p>{_say(block)}</p>\n"
    return _table(block)


def _figure(picture: Picture, grid: Releasable, mark: str) -> str:
    drawings = draw(picture, grid, mark=mark)
    several = ' class="parts"' if len(drawings) > 1 else ""
    of = f'<span class="unseen">: {_say(grid.title)}</span>'
    link = f'<a href="#table-{grid.key}">The same numbers as a table{of}</a>'
    return (f"<figure{several}>\n<figcaption>{_say(picture.title)} {link}</figcaption>\n{'\n'.join(drawings)}\n"
            "</figure>\n")


def _table(grid: Releasable) -> str:
    heads = "".join(_heading(grid, at, heading) for at, heading in enumerate(grid.headings))
    rows = "".join(f"<tr>{''.join(_cell(at, value) for at, value in enumerate(row))}</tr>\n" for row in grid.rows)
    notes = "".join(f"<li>{_say(note)}</li>" for note in grid.notes)
    return (
        f'<div class="table" id="table-{grid.key}"><div class="wide" role="region" tabindex="0" '
        f'aria-labelledby="caption-{grid.key}">\n<table>\n'
        f'<caption id="caption-{grid.key}"><span>{_say(grid.title)}</span></caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n</div>{f'<ul class="notes">{notes}</ul>' if notes else ''}</div>\n"
    )


def _heading(grid: Releasable, at: int, heading: Heading) -> str:
    unit = f' <span class="unit">({_say(heading.unit)})</span>' if heading.unit else ""
    numeric = at > 0 and any(row[at].kind is not Kind.TEXT for row in grid.rows)
    return f'<th scope="col"{' class="n"' if numeric else ''}>{_say(heading.says)}{unit}</th>'


def _cell(at: int, value: Value) -> str:
    says = _say(numbers.written(value))
    if at == 0:
        return f'<th scope="row">{says}</th>'
    marks = [name for name, holds in (("n", value.kind is not Kind.TEXT), ("blank", bool(value.missing))) if holds]
    return f"<td{f' class="{' '.join(marks)}"' if marks else ''}>{says}</td>"


def _say(text: str) -> str:
    return escape(numbers.plain(text))
