"""Reads charges and dispositions from a court's or prosecutor's system, by a mapping that is made once and saved.

One row of the file is one charge of one defendant. It becomes a `charge` row at the stage `filed` and, once disposed, a
second at `disposed`. Ids are made from the court's own keys, so the same file read twice gives the same rows: what is
new, what changed and what is as before can be shown before anything is kept (`dry_run`).

Defendants are known by the court's number, never by name: a mapping has no place for one.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from concord.casefile import cells
from concord.casefile.cells import BadCell
from concord.casefile.columns import Column, Kind
from concord.casefile.reading import Problem, Refused, Report, Sheet, Source, open_sheet
from concord.casefile.tables import TABLES
from concord.law import charges
from concord.vocabulary import ChargeClass, ChargeStage, Disposition, SentenceKind, Why

CHARGE = TABLES["charge"]
KEY = ("docket", "defendant", "sequence")
NEEDED = (*KEY, "citation")
CITATIONS = ("citation", "disposed_citation")
DAYS = ("filed_on", "disposed_on")
CODED = ("disposition", "sentence_kind", "class")
SENTENCE = (
    "sentence_kind", "sentence_months", "probation_months", "fine_usd", "restitution_asked_usd",
    "restitution_ordered_usd", "restitution_paid_usd",
)  # fmt: skip
FIELDS = (*KEY, *CITATIONS, "counts", *DAYS, "class", "disposition", *SENTENCE)
BY_DISPOSITION = {outcome: f"counts_{outcome.value}" for outcome in Disposition}
LATER = (*BY_DISPOSITION.values(), "disposed_on", *SENTENCE)
A_SUM = re.compile(r"\$?(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?")


class BadMapping(ValueError):
    """A mapping that cannot be used; the text says which part, and what to do."""


@dataclass(frozen=True)
class CourtMapping:
    """How one court's export maps to charges. Save it as TOML or JSON by `as_dict`, get it back by `from_dict`.

    `columns` maps our field (`FIELDS`) to the court's heading. `codes` maps a field to {the court's word: our code}:
    `disposition` (vocabulary.Disposition), `sentence_kind`, `class`, and `sentence_months` for words such as Life in
    the column of months (vocabulary.SentenceKind). `missing` maps a sentinel such as 999 to a reason (`Why`).
    `date_format` is strptime's. `jurisdiction` is a law pack's, by which citations without a mapped class are classed.
    """

    system: str
    jurisdiction: str
    columns: Mapping[str, str]
    date_format: str = "%Y-%m-%d"
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None

    def __post_init__(self):
        if unknown := set(self.columns) - set(FIELDS):
            raise BadMapping(f"no such field: {', '.join(sorted(unknown))}; there are {', '.join(FIELDS)}")
        if absent := set(NEEDED) - set(self.columns):
            raise BadMapping(f"the mapping needs a column for {', '.join(sorted(absent))}")
        kinds = {"disposition": Disposition, "sentence_months": SentenceKind, "sentence_kind": SentenceKind}
        allowed = {name: set(kind) for name, kind in kinds.items()} | {"class": set(CHARGE.column("class").allowed())}
        for name, words in self.codes.items():
            if name not in allowed or set(words.values()) - allowed[name]:
                raise BadMapping(f"the codes of {name} must be among {', '.join(sorted(allowed.get(name, ())))}")
        if set(self.missing.values()) - set(Why):
            raise BadMapping(f"a missing value must mean one of {', '.join(Why)}")

    def as_dict(self) -> dict:
        """Plain dicts and strings; a part left at None is left out, since TOML has no null."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, document: Mapping) -> "CourtMapping":
        """Raises BadMapping when a part is missing, unknown or not a code."""
        try:
            return cls(**document)
        except TypeError as error:
            raise BadMapping(f"the mapping has a part too many or too few: {error}") from None

    @classmethod
    def load(cls, path: Path) -> "CourtMapping":
        """A mapping from its TOML file. Raises BadMapping."""
        try:
            return cls.from_dict(tomllib.loads(Path(path).read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadMapping(f"{Path(path).name} is not TOML: {error}") from None


@dataclass(frozen=True)
class CourtCharge:
    """A charge row as the case file has it, with the court's keys and the row of the file it came from."""

    docket: str
    defendant: str
    row: int
    values: dict

    @property
    def id(self) -> str:
        return self.values["charge_id"]


@dataclass(frozen=True)
class DryRun:
    """What an import would do; nothing has been kept.

    `report.rows` = accepted + rejected. `new`, `changed` and `same` split the charges of accepted rows by what is known
    already. `unmatched` are dockets and defendants without a suspect here; `for_review` charges without a class.
    """

    report: Report
    new: tuple[CourtCharge, ...]
    changed: tuple[CourtCharge, ...]
    same: tuple[CourtCharge, ...]
    unmatched: tuple[tuple[str, str], ...]
    for_review: tuple[CourtCharge, ...]

    def __str__(self) -> str:
        return (
            f"{self.report.rows} rows = {self.report.accepted} accepted + {self.report.rejected} rejected; charges: "
            f"{len(self.new)} new, {len(self.changed)} changed, {len(self.same)} as before; "
            f"{len(self.unmatched)} defendants without a suspect here, {len(self.for_review)} charges without a class"
        )


def dry_run(
    path: Source,
    mapping: CourtMapping,
    *,
    suspects: Mapping[tuple[str, str], str],
    known: Mapping[str, Mapping] | None = None,
) -> DryRun:
    """Read a court's CSV or XLSX and say what keeping it would do.

    `suspects` maps (docket, defendant) to a suspect id; a charge whose defendant is not in it has no `suspect_id` and
    is listed. `known` maps a charge id to the charge as last kept. Raises Refused when the file is no table or lacks a
    mapped column.
    """
    report, known = Report(), known or {}
    found = list(read_charges(path, mapping, report, suspects))
    before = [(charge, known.get(charge.id)) for charge in found]
    return DryRun(
        report,
        tuple(charge for charge, old in before if old is None),
        tuple(charge for charge, old in before if old is not None and _differs(charge.values, old)),
        tuple(charge for charge, old in before if old is not None and not _differs(charge.values, old)),
        tuple(sorted({(c.docket, c.defendant) for c in found} - set(suspects))),
        tuple(charge for charge in found if charge.values["class"] is None),
    )


def read_charges(
    path: Source, mapping: CourtMapping, report: Report, suspects: Mapping[tuple[str, str], str]
) -> Iterator[CourtCharge]:
    """The charges of a court's file, row by row; a row that cannot be taken goes to `report`. Raises Refused."""
    options = {"encoding": mapping.encoding, "delimiter": mapping.delimiter, "sheet": mapping.sheet}
    seen: dict[tuple, int] = {}
    with open_sheet(path, report, **options) as sheet:
        places = _places(sheet, mapping)
        for number, cells_ in sheet.rows:
            row = _Row(sheet.file, number, mapping, {name: cells_[at] for name, at in places.items()})
            key = tuple(row.taken[name] for name in KEY)
            if key in seen:
                row.refuse("sequence", "key", f"the same charge stands on row {seen[key]}", "keep one of the two")
            if row.problems:
                report.reject(*row.problems)
                continue
            seen[key] = number
            yield from _charges(row, suspects)


def _places(sheet: Sheet, mapping: CourtMapping) -> dict[str, int]:
    for name, heading in mapping.columns.items():
        if heading not in sheet.header:
            reason = f"the heading mapped to {name} is not in the file"
            raise Refused(
                Problem(sheet.file, 0, "", "header", reason, "correct the mapping, or ask for the usual export")
            )
    return {name: sheet.header.index(heading) for name, heading in mapping.columns.items()}


class _Row:
    """One row of the court's file: what was taken of it, why a value is missing, and what is wrong with it."""

    def __init__(self, file: str, number: int, mapping: CourtMapping, cells_: Mapping[str, object]):
        self.file, self.number, self.mapping = file, number, mapping
        self.problems: list[Problem] = []
        self.whys: dict[str, str] = {}
        self.taken = {name: self._take(name, cells_.get(name)) for name in FIELDS}
        self._agree()

    def refuse(self, name: str, kind: str, reason: str, what_to_do: str) -> None:
        heading = self.mapping.columns.get(name, name)
        self.problems.append(Problem(self.file, self.number, heading, kind, reason, what_to_do))

    @property
    def settled(self) -> bool:
        return self.taken["disposition"] not in (None, Disposition.PENDING)

    def _take(self, name: str, cell):
        text = "" if cell is None else str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
        if text in self.mapping.missing or not text:
            self.whys[name] = self.mapping.missing.get(text, Why.NOT_RECORDED)
            if name in NEEDED:
                self.refuse(name, "blank", "needs a value", "ask the court for it")
            return None
        if name in KEY:
            return text
        if text in self.mapping.codes.get(name, {}):
            return self.mapping.codes[name][text]
        if name in CODED:
            return self.refuse(name, "code", "the word is not in the mapping", "add it to the mapping's codes")
        if name in DAYS:
            return self._day(name, cell, text)
        column = CHARGE.column("citation" if name == "disposed_citation" else name)
        if column.kind is Kind.USD and (written := A_SUM.fullmatch(text)):
            text = written[1].replace(",", "") + (written[2] or "")
        return self._parse(name, column, text)

    def _parse(self, name: str, column: Column, text: str):
        try:
            return cells.parse(column, text)
        except BadCell as bad:
            return self.refuse(name, bad.kind, str(bad), bad.what_to_do)

    def _day(self, name: str, cell, text: str) -> date | None:
        if isinstance(cell, datetime | date):
            return cell.date() if isinstance(cell, datetime) else cell
        try:
            return datetime.strptime(text, self.mapping.date_format).date()
        except ValueError:
            return self.refuse(name, "date", f"not a day as {self.mapping.date_format}", "check it and the mapping")

    def _agree(self) -> None:
        filed, disposed = self.taken["filed_on"], self.taken["disposed_on"]
        if isinstance(self.taken["sentence_months"], str):  # Life or time served, where months were expected
            self.taken["sentence_kind"] = self.taken["sentence_kind"] or self.taken["sentence_months"]
            self.taken["sentence_months"] = None
            self.whys["sentence_months"] = Why.NOT_APPLICABLE
        if disposed and not self.settled and not self.problems:
            self.refuse("disposition", "blank", "disposed on a day, but not how", "map its code, or ask the court")
        if filed and disposed and disposed < filed:
            self.refuse("disposed_on", "date", "disposed before it was filed", "check both days")


def _charges(row: _Row, suspects: Mapping[tuple[str, str], str]) -> Iterator[CourtCharge]:
    taken = row.taken
    docket, defendant = taken["docket"], taken["defendant"]
    common = {
        "suspect_id": suspects.get((docket, defendant)),
        "jurisdiction": row.mapping.jurisdiction,
        "counts": taken["counts"] or 1,
        "filed_on": taken["filed_on"],
    }
    filed = common | _classed(row, taken["citation"]) | {"stage": ChargeStage.FILED.value}
    if not row.settled:
        filed |= _disposed_counts(common["counts"], Disposition.PENDING)
    yield CourtCharge(docket, defendant, row.number, _complete(row, filed))
    if row.settled:
        disposed = common | _classed(row, taken["disposed_citation"] or taken["citation"])
        disposed |= _disposed_counts(common["counts"], Disposition(taken["disposition"])) | _sentence(row)
        disposed |= {"stage": ChargeStage.DISPOSED.value, "disposed_on": taken["disposed_on"]}
        disposed["from_charge_id"] = _charge_id(row, ChargeStage.FILED)
        yield CourtCharge(docket, defendant, row.number, _complete(row, disposed))


def _classed(row: _Row, citation: str) -> dict:
    """Citation and class: the mapped one, else the law pack's; what the pack leaves open waits for a person."""
    own = row.taken["class"] if citation == row.taken["citation"] else None
    found = charges.classify(citation, row.mapping.jurisdiction, row.taken["filed_on"])
    charge_class = own or found.charge_class
    values = {"citation": citation, "class": charge_class and str(charge_class)}
    if charge_class in charges.STRICT.classes:
        values["reason_not_trafficking_why"] = Why.NOT_APPLICABLE
    if charge_class is None:
        return values | {"class_why": Why.NOT_YET_KNOWN, "class_possible": sorted(map(str, found.candidates)) or None}
    if charge_class == ChargeClass.CSAM and not own:
        return values | {"csam_production": found.production}
    return values


def _disposed_counts(counts: int, outcome: Disposition) -> dict:
    return {name: counts if each is outcome else 0 for each, name in BY_DISPOSITION.items()}


def _sentence(row: _Row) -> dict:
    """Sentence and money, of a conviction alone; a number of months without a kind is a sentence of months."""
    if row.taken["disposition"] not in (Disposition.GUILTY_PLEA, Disposition.GUILTY_TRIAL):
        return {f"{name}_why": Why.NOT_APPLICABLE for name in SENTENCE}
    values = {name: row.taken[name] for name in SENTENCE}
    if values["sentence_kind"] is None and values["sentence_months"]:
        values["sentence_kind"] = SentenceKind.MONTHS.value
    return values | {f"{name}_why": row.whys.get(name, Why.NOT_RECORDED) for name in SENTENCE if values[name] is None}


def _charge_id(row: _Row, stage: ChargeStage) -> str:
    own = "\0".join((row.mapping.system, *(row.taken[name] for name in KEY), stage.value))
    return f"court-{hashlib.sha256(own.encode()).hexdigest()[:24]}"


def _complete(row: _Row, values: dict) -> dict:
    """Every entry field of a charge: a value or a reason. What a filed charge cannot have yet does not apply."""
    stage = ChargeStage(values["stage"])
    complete = dict.fromkeys(CHARGE.entry_fields()) | values | {"charge_id": _charge_id(row, stage)}
    not_yet = LATER if stage is ChargeStage.FILED else ()
    for column in CHARGE.columns:
        if column.why and complete[column.name] is None and complete[column.why] is None:
            never = column.name in not_yet or column.name in ("from_charge_id", "class_possible", "csam_production")
            why = Why.NOT_APPLICABLE if never else row.whys.get(column.name, Why.NOT_RECORDED)
            complete[column.why] = Why(why).value
    return {name: str(value) if isinstance(value, Why) else value for name, value in complete.items()}


def _differs(values: Mapping, old: Mapping) -> bool:
    return any(values[name] != old.get(name) for name in CHARGE.entry_fields() if name != "suspect_id")
