"""From the citation of a charge to its class, by jurisdiction and date.

The packs in `packs/charges/*.toml` are data and drafts: each names its status, reviewer and source, and an adopting
agency has its prosecutor check them. A citation that no row matches is UNMATCHED: it waits in a review queue and is
never quietly filed under "other", and a section that covers more than one class (buying and selling sex, say) waits
there too, with its candidates. `charged_ht` answers unknown while such a count could decide the answer.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import NamedTuple

from concord.law.answers import agreed, answer, either
from concord.law.jurisdictions import Head, head_of, packs_of
from concord.vocabulary import Answer, ChargeClass, ChargeStage

UNMATCHED = None

# Most serious first. Ours, for "most serious class charged": trafficking, then harm to persons, then the rest. It ranks
# classes for a table; it says nothing about a sentence.
SEVERITY: tuple[ChargeClass, ...] = (
    ChargeClass.HT_SEX,
    ChargeClass.HT_LABOR,
    ChargeClass.SEXOFF,
    ChargeClass.KIDNAP,
    ChargeClass.CSAM,
    ChargeClass.MANN,
    ChargeClass.ASSAULT_THREAT,
    ChargeClass.ENTERPRISE,
    ChargeClass.PROST_PROMOTE,
    ChargeClass.CHILD_WELFARE,
    ChargeClass.LABOR_FRAUD,
    ChargeClass.IMMIG,
    ChargeClass.WEAPON,
    ChargeClass.DRUG,
    ChargeClass.FIN,
    ChargeClass.OBSTRUCT,
    ChargeClass.WAGE,
    ChargeClass.PROST_BUY,
    ChargeClass.OTHER,
    ChargeClass.PROST_SELL,
)


# --- Citations --------------------------------------------------------------------------------------------------------


class Citation(NamedTuple):
    """A code, a section and the path below it, spelled one way: `18 USC`, `1591`, `("A", "1")`."""

    code: str
    section: str
    path: tuple[str, ...] = ()

    def __str__(self):
        return f"{self.code} {self.section}" + "".join(f"({part.lower()})" for part in self.path)

    def within(self, other: "Citation") -> bool:
        """Whether this is the other citation or lies below it."""
        return self[:2] == other[:2] and self.path[: len(other.path)] == other.path


_PIECE = re.compile(r"(?P<section>\d+[A-Z]?(?:[.:]\d+[A-Z]?)*(?:-\d+)?)?(?P<path>(?:\([0-9A-Z]+\))*)")
_PATH = re.compile(r"\(([0-9A-Z]+)\)")
_NOISE = re.compile(r",?\s*\b(?:SUBDIVISIONS?|SUBDS?|SUBSECTIONS?|PARAGRAPHS?)\b|§+|\b(?:SECTIONS?|SECS?|ET SEQ)\b")
_INITIALS = re.compile(r"\b(?:[A-Z]\. ?){2,}")
_LETTER_DOT = re.compile(r"(?<![0-9])([A-Z])\.")
_USC = re.compile(r"\b(?:U ?S ?C(?: ?[AS])?|UNITED STATES CODE|U ?S CODE)(?![A-Z])")
_JOIN = re.compile(r"\s*(?:(?:,|;|&|/|\bAND\b)\s*)+")


def tidy(text: str) -> str:
    """Capitals, one space, no section signs, no dots in abbreviations: `18 U.S.C. § 1591(a)` to `18 USC 1591(A)`."""
    text = _INITIALS.sub(lambda initials: re.sub(r"[. ]", "", initials[0]) + " ", text.upper())
    text = _LETTER_DOT.sub(r"\1 ", text)
    text = _NOISE.sub(" ", " ".join(text.split()))
    text = _USC.sub("USC ", text)
    text = re.sub(r"\b(USC|CODE|STAT|ANN)\s*,", r"\1 ", text)
    text = re.sub(r"\bTITLE (\d+),? USC\b", r"\1 USC", text)
    text = re.sub(r"\s*\(\s*([0-9A-Z]+)\s*\)", r"(\1)", text)
    text = re.sub(r"\)-\(", "),(", text)
    return " ".join(text.split()).strip(" .,;")


# --- Packs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What one citation is. More than one class means that the citation alone does not tell."""

    citation: Citation
    classes: frozenset[ChargeClass]
    title: str
    through: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    production: bool = False
    how: bool = False
    note: str = ""

    def covers(self, cited: Citation, on: date | None) -> bool:
        return self._names(cited) and self._in_force(on)

    def _names(self, cited: Citation) -> bool:
        if self.through is None:
            return cited.within(self.citation)
        return cited.code == self.citation.code and _number(self.citation.section) <= _number(cited.section) <= _number(
            self.through
        )

    def _in_force(self, on: date | None) -> bool:
        return on is None or (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


def _number(section: str) -> int:
    return int(re.match(r"\d+", section)[0])


@dataclass(frozen=True)
class Pack(Head):
    """One jurisdiction's citations. `status` and `reviewer` say whether anybody has checked them."""

    spellings: dict[str, str]
    default_code: str | None
    rows: tuple[Row, ...]

    def read(self, text: str) -> tuple[Citation, ...] | None:
        """The citations in one charge's text, or None where any of it cannot be read."""
        code, section, found = None, None, []
        for piece in _JOIN.split(tidy(text)):
            named, rest = self._split_code(piece)
            code = named or code or self.default_code
            parsed = _PIECE.fullmatch(rest)
            if code is None or parsed is None or not rest:
                return None
            section = parsed["section"] or section
            if section is None:
                return None
            found.append(Citation(code, section, tuple(_PATH.findall(parsed["path"]))))
        return tuple(found)

    def _split_code(self, piece: str) -> tuple[str | None, str]:
        for spelling in sorted(self.spellings, key=len, reverse=True):
            if piece.startswith(spelling):
                return self.spellings[spelling], piece[len(spelling) :].strip()
        for spelling in sorted(self.spellings, key=len, reverse=True):
            if piece.endswith(" " + spelling):
                return self.spellings[spelling], piece[: -len(spelling)].strip()
        return None, piece

    def rows_for(self, cited: Citation, on: date | None) -> tuple[Row, ...]:
        """The most specific rows that cover a citation; without a date, those of every period it may fall into."""
        if on is not None:
            covering = [row for row in self.rows if row.covers(cited, on)]
            depth = max((len(row.citation.path) for row in covering), default=0)
            return tuple(row for row in covering if len(row.citation.path) == depth)
        periods = {row.valid_from or date.min for row in self.rows if row.covers(cited, None)}
        return tuple(dict.fromkeys(row for start in sorted(periods) for row in self.rows_for(cited, start)))

    def rows_below(self, cited: Citation, on: date | None) -> tuple[Row, ...]:
        """Rows of offences more specific than the citation: what it leaves open."""
        return tuple(
            row
            for row in self.rows
            if not row.how and row.citation != cited and row.citation.within(cited) and row.covers(row.citation, on)
        )


def read_pack(document: dict) -> Pack:
    """A pack from its parsed TOML. ValueError names the row that is wrong."""
    spellings = {tidy(spelling): code["id"] for code in document["code"] for spelling in code["spellings"]}
    bare = Pack(
        **head_of(document),
        spellings=spellings,
        default_code=document.get("default_code"),
        rows=(),
    )
    rows = tuple(_read_row(bare, row) for row in document["row"])
    return replace(bare, rows=rows)


def _read_row(pack: Pack, row: dict) -> Row:
    cited = pack.read(row["citation"])
    if cited is None or len(cited) != 1:
        raise ValueError(f"Pack {pack.jurisdiction}: cannot read the citation {row['citation']!r}.")
    return Row(
        citation=cited[0],
        classes=frozenset(ChargeClass(value) for value in row.get("classes", ())),
        title=row["title"],
        through=row.get("through"),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
        production=row.get("production", False),
        how=row.get("how", False),
        note=row.get("note", ""),
    )


@cache
def packs() -> dict[str, Pack]:
    """The packs that come with Concord, by jurisdiction (`US`, `US-CA` ...)."""
    return packs_of("charges", read_pack)


# --- Classes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Classified:
    """What a citation came to. `charge_class` is UNMATCHED (None) while a person must decide; `review` says why."""

    text: str
    citations: tuple[Citation, ...]
    charge_class: ChargeClass | None
    candidates: frozenset[ChargeClass]
    production: bool = False
    review: str = ""


def classify(text: str, jurisdiction: str, on: date | None = None) -> Classified:
    """Class the citation of one charge. `on` is the day of the offence or, failing that, of the charge."""
    pack = packs().get(jurisdiction)
    if pack is None:
        return _for_review(text, (), f"There is no pack for {jurisdiction}. Add one, or class this charge by hand.")
    cited = pack.read(text)
    if cited is None:
        return _for_review(text, (), "The citation could not be read. Write it as the code, section and subsection.")
    found = [(citation, pack.rows_for(citation, on)) for citation in cited]
    unknown = [citation for citation, rows in found if not rows]
    if unknown:
        return _for_review(text, cited, f"No row for {unknown[0]} on that date. Class it, and add it to the pack.")
    offences = [rows for _, rows in found if not all(row.how for row in rows)]
    return _decide(text, cited, offences, pack, on)


def _decide(text: str, cited: tuple[Citation, ...], offences: list, pack: Pack, on: date | None) -> Classified:
    if not offences:
        return _for_review(text, cited, "The citation says how, not what. Add the offence.")
    possible = [frozenset.union(*(row.classes for row in rows)) for rows in offences]
    common = frozenset.intersection(*possible)
    if len(common) == 1:
        production = any(row.production for rows in offences for row in rows)
        return Classified(text, cited, next(iter(common)), common, production)
    below = sorted({str(row.citation) for citation in cited for row in pack.rows_below(citation, on)})
    review = (
        "This can be more than one kind of charge; say which." if common else "These are different offences; say which."
    )
    review += f" More exact: {', '.join(below)}." if below else ""
    review += " The date would help: the law changed." if on is None and any(len(rows) > 1 for rows in offences) else ""
    return _for_review(text, cited, review, common or frozenset.union(*possible))


def _for_review(text, cited, review, candidates=frozenset()) -> Classified:
    return Classified(text, cited, UNMATCHED, candidates, review=review)


def most_serious(classes: Iterable[ChargeClass | None]) -> ChargeClass | None:
    """The class highest in SEVERITY; UNMATCHED where there is none, or only unmatched ones."""
    return min((charge for charge in classes if charge is not UNMATCHED), key=SEVERITY.index, default=UNMATCHED)


# --- Charged under a trafficking statute ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChargeSet:
    """Which charges count as trafficking. A rate must say which set it used: the literature differs."""

    name: str
    classes: frozenset[ChargeClass]
    producing: frozenset[ChargeClass]
    source: str

    def holds(self, charge_class: ChargeClass, production: Answer) -> Answer:
        if charge_class in self.classes:
            return Answer.YES
        return production if charge_class in self.producing else Answer.NO


_TRAFFICKING = frozenset({ChargeClass.HT_SEX, ChargeClass.HT_LABOR})
STRICT = ChargeSet("STRICT", _TRAFFICKING, frozenset(), "What the ECM evaluation's 33 percent means (NIJ 2022).")
BROAD = ChargeSet(
    "BROAD",
    _TRAFFICKING | {ChargeClass.MANN},
    frozenset({ChargeClass.CSAM}),
    "After the BJS federal series: chapter 77, transport for sex, production of child sexual abuse material.",
)


@dataclass(frozen=True)
class Count:
    """A count of a charge at one stage. An unmatched one carries the classes it could still be, or none at all."""

    stage: ChargeStage
    charge_class: ChargeClass | None
    candidates: frozenset[ChargeClass] = frozenset()
    production: Answer = Answer.UNKNOWN

    @classmethod
    def of(cls, classified: Classified, stage: ChargeStage) -> "Count":
        return cls(stage, classified.charge_class, classified.candidates, answer(classified.production))

    @property
    def possible(self) -> frozenset[ChargeClass]:
        """The classes it is or could be; every class where nothing is known of it."""
        if self.charge_class is not UNMATCHED:
            return frozenset({self.charge_class})
        return self.candidates or frozenset(ChargeClass)

    def is_one_of(self, classes: Container[ChargeClass]) -> Answer:
        return agreed(answer(charge_class in classes) for charge_class in self.possible)

    def in_set(self, within: ChargeSet) -> Answer:
        return agreed(within.holds(charge_class, self.production) for charge_class in self.possible)


def charged_ht(counts: Iterable[Count], stage: ChargeStage, within: ChargeSet = STRICT) -> Answer:
    """Whether a person had at least one count of the set at a stage; unknown while an unmatched count could decide."""
    return either(count.in_set(within) for count in counts if count.stage is stage)
