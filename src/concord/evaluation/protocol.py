"""What a study promised before it looked: its questions, its frame, how files were chosen, under which agreement.

`protocol.toml` beside the case-file tables. A question that was not registered gets no interval: it is exploratory.
Privacy certificate and agreement are those of 28 CFR 22.21-22.23.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

FILE = "protocol.toml"
MATURITY_MONTHS = 12
THRESHOLD = 5
LEVEL = 0.95


class ProtocolError(ValueError):
    """A protocol that cannot be read: the text names the file, the entry and what to do."""


@dataclass(frozen=True)
class Question:
    """A question put before the files were read, and the figures that answer it (`cases.prosecuted`)."""

    key: str
    text: str
    figures: tuple[str, ...]


@dataclass(frozen=True)
class SiteReason:
    """A site of the frame, in or out, and why."""

    site: str
    taken: bool
    because: str


@dataclass(frozen=True)
class Protocol:
    """The registered plan. An empty one registers nothing: every figure is exploratory."""

    title: str = "An evaluation without a registered protocol"
    version: str = ""
    registered_on: date | None = None
    matures_on: date | None = None
    maturity_months: int = MATURITY_MONTHS
    certificate: str = ""
    agreement: str = ""
    destroy_by: date | None = None
    population: str = ""
    selection: str = ""
    closed_only: bool = False
    questions: tuple[Question, ...] = ()
    sites: tuple[SiteReason, ...] = ()
    comparators: tuple[Mapping, ...] = ()
    features: tuple[str, ...] = ()
    threshold: int = THRESHOLD
    level: float = LEVEL
    stated: Mapping = field(default_factory=dict)
    encodings: Mapping[str, str] = field(default_factory=dict)

    def registered(self, figure: str) -> bool:
        """Was a question registered that this figure (`unit.stage`) answers?"""
        return any(figure in question.figures for question in self.questions)


PLAIN = {
    "title": str, "version": str, "registered_on": date, "matures_on": date, "maturity_months": int,
    "certificate": str, "agreement": str, "destroy_by": date, "population": str, "selection": str, "closed_only": bool,
    "threshold": int, "level": float,
}  # fmt: skip
LISTS = ("question", "site", "comparator", "features", "stated", "encodings")


def read(folder: Path) -> Protocol:
    """The protocol of a study's folder; an empty one where there is no file. Raises ProtocolError."""
    path = folder / FILE
    if not path.is_file():
        return Protocol()
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{FILE} is not readable TOML: {error}. Correct that line") from None
    return parse(stated)


def parse(stated: Mapping) -> Protocol:
    """A protocol from the entries of its file. Raises ProtocolError for an unknown, missing or mistyped entry."""
    if unknown := set(stated) - set(PLAIN) - set(LISTS):
        known = ", ".join((*PLAIN, *LISTS))
        raise ProtocolError(f"{FILE}: no such entry: {', '.join(sorted(unknown))}. Entries are {known}")
    plain = {name: _typed(name, stated[name]) for name in PLAIN if name in stated}
    protocol = Protocol(
        **plain,
        questions=tuple(_question(number, row) for number, row in _rows(stated, "question")),
        sites=tuple(_site(number, row) for number, row in _rows(stated, "site")),
        comparators=tuple(row for _, row in _rows(stated, "comparator")),
        features=tuple(_words("features", stated.get("features", []))),
        stated=stated.get("stated", {}),
        encodings=stated.get("encodings", {}),
    )
    if protocol.threshold < 3:
        raise ProtocolError(f"{FILE}, threshold: {protocol.threshold} hides too little. Give 3 or more")
    if not 0.5 <= protocol.level < 1:
        raise ProtocolError(f"{FILE}, level: {protocol.level} is no confidence level. Give one such as 0.95")
    return protocol


def _typed(name: str, value):
    wanted = PLAIN[name]
    if wanted is float and isinstance(value, int):
        value = float(value)
    if type(value) is not wanted:
        raise ProtocolError(f"{FILE}, {name}: not a {wanted.__name__}. Write it as TOML does, dates without quotes")
    return value


def _rows(stated: Mapping, name: str):
    rows = stated.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ProtocolError(f"{FILE}, {name}: not a list of entries. Begin each with [[{name}]]")
    return enumerate(rows, start=1)


def _question(number: int, row: Mapping) -> Question:
    for wanted in ("key", "text", "figures"):
        if not row.get(wanted):
            raise ProtocolError(f"{FILE}, question {number}: has no {wanted}. Add it")
    return Question(str(row["key"]), str(row["text"]), tuple(_words(f"question {number}, figures", row["figures"])))


def _site(number: int, row: Mapping) -> SiteReason:
    for wanted in ("id", "taken", "because"):
        if wanted not in row or row[wanted] == "":
            raise ProtocolError(f"{FILE}, site {number}: has no {wanted}. Say why the site is in or out")
    return SiteReason(str(row["id"]), bool(row["taken"]), str(row["because"]))


def _words(name: str, value) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ProtocolError(f"{FILE}, {name}: not a list of words. Write [\"one\", \"two\"]")
    return value
