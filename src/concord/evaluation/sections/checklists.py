"""STROBE and COREQ, filled from the study's files and protocol; what is not stated names its place."""

from concord.casefile.tables import FORMAT, FORMAT_VERSION
from concord.disclosure.grids import Grid, Kind, Value, words
from concord.engine import quoted
from concord.evaluation.checklists import COREQ, STROBE, Facts, Filled, fill
from concord.evaluation.interviews import SEGMENTS
from concord.evaluation.sections import Section, interviews
from concord.evaluation.study import HOW_DRAWN, Study

CHECKLISTS = (
    ("strobe", "STROBE, cross-sectional studies: 22 items", STROBE),
    ("coreq", "COREQ, interviews and groups: 32 items", COREQ),
)
HEADINGS = words("Item", "Topic, in our words", "In this study")


def section(study: Study) -> Section:
    """Grids `strobe` and `coreq`, one row an item."""
    facts = _facts(study)
    filled = [(key, title, fill(items, facts)) for key, title, items in CHECKLISTS]
    blocks = [_summary(key.upper(), items) for key, _, items in filled]
    return Section("checklists", "Reporting checklists", [*blocks, *(_grid(*one) for one in filled)])


def _facts(study: Study) -> Facts:
    first, last = study.run("select min(opened_quarter), max(opened_quarter) from cases").rows[0]
    filled = frozenset(table for table in study.tables if _has_rows(study, table))
    if (study.folder / SEGMENTS).is_file():
        filled |= {"segment"}
    registry = interviews.registry_of(study)
    interviewed = bool(registry.completed() if registry else study.protocol.stated.get("interviews"))
    return Facts(
        study.protocol, len(study.sites), len(study.empty_sites), HOW_DRAWN[study.drawn], str(study.matures_on or ""),
        f"{first} to {last}" if first else "", f"{FORMAT} {FORMAT_VERSION}", filled, interviewed,
    )  # fmt: skip


def _has_rows(study: Study, table: str) -> bool:
    return bool(study.run(f"select exists (from {quoted(table)})").rows[0][0])


def _summary(called: str, items: tuple[Filled, ...]) -> str:
    stated = sum(item.stated for item in items)
    return f"{called}: {stated} of {len(items)} items are stated; the others name the entry that would state them."


def _grid(key: str, title: str, items: tuple[Filled, ...]) -> Grid:
    rows = tuple((Value(item.number, Kind.NUMBER), Value(item.topic), Value(item.text)) for item in items)
    return Grid(key, title, HEADINGS, rows)
