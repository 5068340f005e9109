"""Charges and dispositions from a court's or prosecutor's system: shown first, kept whole or not at all, typed once.

A row is known again by the court's own keys, so the same file twice changes nothing. What belongs to nobody here waits
with its values until a person says whose it is; then it becomes charges without being typed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.utils import timezone

from concord.casefile.formats.court import CourtCharge, read_charges
from concord.casefile.reading import Problem, Report, Source, open_sheet
from concord.law.wall import Viewer
from concord.site.justice.actions import court
from concord.site.justice.actions.common import change, in_one_step, own
from concord.site.justice.codes import ClassedBy, ImportKind
from concord.site.justice.imports import matching, sources
from concord.site.justice.imports.mappings import Mapping
from concord.site.justice.imports.matching import Defendant, Match
from concord.site.justice.imports.refusals import in_words
from concord.site.justice.imports.reports import Sums
from concord.site.justice.models import Charge, CourtDefendant, CourtRecord, Docket, ImportBatch, Person
from concord.site.keys import finding
from concord.site.pages.objections import Objection
from concord.vocabulary import ChargeClass, ChargeStage, Sector, SentenceKind

COURT_SIDE = (Sector.LAW_ENFORCEMENT, Sector.LABOR_REGULATOR, Sector.PROSECUTION)
MOST_ROWS = 50_000
TABLE = "charges"
FILED = ("stage", "citation", "class", "jurisdiction", "counts", "filed_on")
MONEY = ("fine_usd", "restitution_asked_usd", "restitution_ordered_usd", "restitution_paid_usd")
SENTENCE = ("sentence_kind", "sentence_months", "probation_months", *MONEY)
DISPOSED = (*FILED, *court.DISPOSITIONS, "disposed_on", *SENTENCE, "sentence_kind_why")
LONGEST_CITATION = 120


@dataclass(frozen=True)
class Change:
    """What a court's file would change of a charge kept from an earlier one: field, what was, what is."""

    row: int
    stage: str
    fields: tuple[tuple[str, object, object], ...]


@dataclass
class Plan:
    """What keeping a file would do; nothing has been kept."""

    sums: Sums
    digest: str
    charges: list[CourtCharge] = field(default_factory=list)
    matches: dict[Defendant, Match] = field(default_factory=dict)
    names: dict[Defendant, set[str]] = field(default_factory=dict)
    known: dict[str, CourtRecord] = field(default_factory=dict)  # by key
    keys: dict[str, str] = field(default_factory=dict)  # of a charge's id
    new: int = 0
    same: int = 0
    waiting: int = 0
    to_class: int = 0
    typed: int = 0  # charges of the file that somebody has typed here before
    changes: list[Change] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)  # rows whose charge had a disposition in an earlier file

    @property
    def unmatched(self) -> list[Defendant]:
        return [defendant for defendant, match in self.matches.items() if match.waits]

    @property
    def set_aside(self) -> int:
        return sum(match.person is None and not match.waits for match in self.matches.values())


# --- Dry run ----------------------------------------------------------------------------------------------------------


@in_one_step
def check(source: Source, mapping: Mapping, by: Viewer) -> Plan:
    """Read a court's file and say what keeping it would do. Raises Refused, or Objection."""
    _require_court_side(by)
    report = Report()
    found = list(_limited(read_charges(source, mapping.court, report, {}), report))
    plan = Plan(Sums(), sources.digest({TABLE: source}))
    plan.sums.take(TABLE, source.name, report)
    plan.charges = list(_keepable(found, mapping, source.name, plan.sums))
    plan.names = _names(source, mapping, plan.charges)
    plan.matches = matching.match(plan.names, mapping.court.system, by)
    plan.keys = {charge.id: matching.digest(by, charge.id) for charge in plan.charges}
    plan.known = {
        record.key: record
        for record in CourtRecord.objects.filter(agency_id=by.agency, key__in=plan.keys.values())
    }
    typed = _Typed({match.person.pk for match in plan.matches.values() if match.person})
    for charge in plan.charges:
        _compare(charge, plan, typed)
    plan.reopened = _reopened(plan, by)
    return plan


def _require_court_side(by: Viewer) -> None:
    if by.sector not in COURT_SIDE:
        raise Objection({"": "Charges are taken in by the agency that investigates or the office that prosecutes."})


def _limited(found: Iterator[CourtCharge], report: Report) -> Iterator[CourtCharge]:
    for charge in found:
        if report.rows > MOST_ROWS:
            raise Objection({"": f"This file has more than {MOST_ROWS:,} rows. Split it by year."})
        yield charge


def _keepable(found: list[CourtCharge], mapping: Mapping, file: str, sums: Sums) -> Iterator[CourtCharge]:
    """The charges of rows that the store can keep; a row that it cannot is rejected with its reason."""
    for row, charges in groupby(found, key=attrgetter("row")):
        charges = list(charges)
        problem = next(filter(None, (_objection(charge.values) for charge in charges)), None)
        if problem is None:
            yield from charges
            continue
        column, reason, what_to_do = problem
        heading = mapping.court.columns.get(column, column)
        sums.reject(TABLE, Problem(file, row, heading, "rule", reason, what_to_do))


def _objection(values: dict) -> tuple[str, str, str] | None:
    """What of a charge no charge here may be: column, reason, what to do."""
    today = timezone.localdate()
    if values["filed_on"] is None:
        return "filed_on", "the day of filing is missing", "ask the court for it"
    if len(values["citation"]) > LONGEST_CITATION:
        return "citation", f"longer than {LONGEST_CITATION} letters", "give the citation alone"
    for column in ("filed_on", "disposed_on"):
        if values[column] and values[column] > today:
            return column, "this date lies ahead", "check it at its source"
    if values["stage"] == ChargeStage.FILED:
        return None
    if values["disposed_on"] is None:
        return "disposed_on", "disposed, but not on which day", "ask the court for it"
    if (values["sentence_months"] is not None) != (values["sentence_kind"] == SentenceKind.MONTHS):
        return "sentence_months", "months stand without a term of months, or the reverse", "check both columns"
    paid, ordered = values["restitution_paid_usd"], values["restitution_ordered_usd"]
    if paid is not None and (ordered is None or paid > ordered):
        return "restitution_paid_usd", "more is paid than was ordered", "check both columns"
    return None


def _names(source: Source, mapping: Mapping, charges: list[CourtCharge]) -> dict[Defendant, set[str]]:
    """Every defendant of the file, with the names it has where the mapping says in which column."""
    found: dict[Defendant, set[str]] = {(c.docket, c.defendant): set() for c in charges}
    if not mapping.name_heading:
        return found
    whose = {c.row: (c.docket, c.defendant) for c in charges}
    options = {name: getattr(mapping.court, name) for name in ("encoding", "delimiter", "sheet")}
    with open_sheet(source, Report(), **options) as sheet:
        if mapping.name_heading not in sheet.header:
            raise Objection({"": f"The file has no column {mapping.name_heading}. Correct the mapping."})
        at = sheet.header.index(mapping.name_heading)
        for number, row in sheet.rows:
            if number in whose and row[at] is not None and str(row[at]).strip():
                found[whose[number]].add(str(row[at]).strip())
    return found


def _compare(charge: CourtCharge, plan: Plan, typed: "_Typed") -> None:
    values, record = _kept(charge, plan), plan.known.get(plan.keys[charge.id])
    match = plan.matches[charge.docket, charge.defendant]
    plan.to_class += values["class"] is None
    plan.waiting += match.waits
    if record is None:
        plan.new += 1
        different = typed.compare(charge, values, match.person) if match.person else None
        plan.typed += different is not None
    else:
        different = _differences(values, record.values)
        plan.same += not different
    if different:
        plan.changes.append(Change(charge.row, values["stage"], different))


class _Typed:
    """Charges that were typed here before a court's file had them: taken as that file's, each once."""

    def __init__(self, people: set):
        self.filed: dict[tuple, list[Charge]] = {}
        self.later: dict = {}
        self.taken: dict[str, Charge] = {}
        rows = Charge.objects.filter(person_id__in=people).order_by("created_at", "id")
        for row in rows.prefetch_related("courtrecord_set"):
            if row.from_charge_id:
                self.later[row.from_charge_id] = row
            if row.stage == ChargeStage.FILED and not row.courtrecord_set.all():
                self.filed.setdefault(_typed_key(row.person_id, row.__dict__), []).append(row)

    def compare(self, charge: CourtCharge, values: dict, person: Person) -> tuple | None:
        """What the court's values would change of the charge typed here; None where there is none."""
        if values["stage"] == ChargeStage.FILED:
            found = self.filed.get(_typed_key(person.pk, charge.values | {"on_date": charge.values["filed_on"]}))
            if not found:
                return None
            self.taken[charge.id] = found.pop(0)
            return ()
        last = self.taken.get(charge.values["from_charge_id"])
        while last and last.pk in self.later:
            last = self.later[last.pk]
        if last is None or last.stage != ChargeStage.DISPOSED:
            return None
        columns = _columns(values, last)
        return tuple((name, getattr(last, name), value) for name, value in columns.items()
                     if getattr(last, name) != value)  # fmt: skip


def _typed_key(person, values: dict) -> tuple:
    return person, values["jurisdiction"], values["citation"], values["counts"], values["on_date"]


def _reopened(plan: Plan, by: Viewer) -> list[int]:
    """Rows without a disposition whose charge had one before. Nothing is taken back: a person looks at them."""
    settled = {charge.values.get("from_charge_id") for charge in plan.charges}
    open_ = {plan.keys[c.id]: c.row for c in plan.charges
             if c.values["stage"] == ChargeStage.FILED and c.id not in settled}  # fmt: skip
    known = CourtRecord.objects.filter(agency_id=by.agency, values__from__in=list(open_)) if open_ else ()
    return sorted(open_[record.values["from"]] for record in known)


def _differences(values: dict, old: dict) -> tuple[tuple[str, object, object], ...]:
    return tuple((name, old.get(name), value) for name, value in values.items()
                 if name != "from" and old.get(name) != value)  # fmt: skip


def _kept(charge: CourtCharge, plan: Plan) -> dict:
    """A charge's values as a record keeps them: JSON, and nothing of docket, defendant or suspect."""
    names = FILED if charge.values["stage"] == ChargeStage.FILED else DISPOSED
    values = {name: _as_json(charge.values[name]) for name in names}
    before = charge.values.get("from_charge_id")
    return values | {"from": plan.keys[before] if before else None}


def _as_json(value):
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value


# --- Keeping ----------------------------------------------------------------------------------------------------------


@in_words
@in_one_step
def keep(
    source: Source,
    mapping: Mapping,
    *,
    by: Viewer,
    expected: str,
    progress: Callable[[int], None] = lambda charges: None,
) -> ImportBatch:
    """Keep a court's file, all of it or nothing; `expected` is the digest of the file whose dry run was shown."""
    plan = check(source, mapping, by)
    if plan.digest != expected:
        raise Objection({"": "This is not the file that was checked. Check it first."})
    batch = ImportBatch.objects.create(
        **own(by), kind=ImportKind.CHARGES, file_name=source.name, content_hash=plan.digest, **plan.sums.columns(TABLE))
    defendants = {who: _defendant(who, plan, mapping, by) for who in plan.matches}
    for done, charge in enumerate(plan.charges, start=1):
        who = charge.docket, charge.defendant
        record = _record(charge, plan, defendants[who], batch, by)
        match = plan.matches[who]
        if match.person is not None:
            _apply(record, match.person, match.docket, by)
        progress(done)
    for who, match in plan.matches.items():
        if match.person is not None:
            _apply_waiting(defendants[who], match.person, match.docket, by)
    return batch


def _defendant(who: Defendant, plan: Plan, mapping: Mapping, by: Viewer) -> CourtDefendant:
    match = plan.matches[who]
    held = CourtDefendant.objects.filter(agency_id=by.agency, key=match.key).first()
    name = next(iter(sorted(plan.names[who])), None) if match.waits else None
    if held:
        if match.person and held.person_id is None:
            change(held, {"person": match.person, "name": None})
        return held
    return CourtDefendant.objects.create(
        **own(by), key=match.key, system=mapping.court.system[:60], docket=who[0], number=who[1], name=name,
        person=match.person)


def _record(charge: CourtCharge, plan: Plan, defendant: CourtDefendant, batch: ImportBatch, by: Viewer) -> CourtRecord:
    """The record of a charge; `changed` on it says what its charge has still to be told."""
    values, key = _kept(charge, plan), plan.keys[charge.id]
    record = plan.known.get(key)
    if record is None:
        record = CourtRecord.objects.create(
            **own(by), batch=batch, row=charge.row, key=key, defendant=defendant, values=values)
        plan.known[key] = record
        record.changed = True
        return record
    record.changed = bool(_differences(values, record.values))
    if record.changed:
        change(record, {"values": values, "batch": batch, "row": charge.row})
    return record


@in_words
@in_one_step
def match_by_hand(defendant: CourtDefendant, *, person: Person, by: Viewer) -> int:
    """Say who a waiting defendant is; everything the files had of him becomes charges. Returns how many records."""
    if defendant.person_id:
        raise Objection({"": "Somebody has already said who this is."})
    docket = _docket_for(defendant, person, by)
    change(defendant, {"person": person, "name": None, "set_aside_on": None})
    return _apply_waiting(defendant, person, docket, by)


def _apply_waiting(defendant: CourtDefendant, person: Person, docket: Docket | None, by: Viewer) -> int:
    """Make charges of what waited for this defendant's person, the filed ones first."""
    waiting = CourtRecord.objects.filter(agency_id=by.agency, defendant=defendant, charge=None)
    records = sorted(waiting, key=lambda record: record.values["stage"] != ChargeStage.FILED)
    for record in records:
        _apply(record, person, docket, by)
    return len(records)


@in_one_step
def set_aside(defendant: CourtDefendant) -> None:
    """Say that a waiting defendant is nobody of ours; later files no longer ask."""
    if defendant.person_id:
        raise Objection({"": "Somebody has already said who this is."})
    change(defendant, {"set_aside_on": timezone.localdate(), "name": None})


def _docket_for(defendant: CourtDefendant, person: Person, by: Viewer) -> Docket | None:
    wanted = finding.number(defendant.docket or "")
    rows = Docket.objects.filter(investigation_id=person.investigation_id)
    return next((d for d in rows if finding.number(d.number or "") == wanted), None)


def _apply(record: CourtRecord, person: Person, docket: Docket | None, by: Viewer) -> None:
    """Make the charge of a record, or bring it to what the court says now."""
    if record.charge_id is None:
        make = _file if record.values["stage"] == ChargeStage.FILED else _dispose
        change(record, {"charge": make(record.values, person, docket, by)})
    elif getattr(record, "changed", True):
        change(record.charge, _columns(record.values, record.charge))


def _file(values: dict, person: Person, docket: Docket | None, by: Viewer) -> Charge:
    """The charge as filed: the one typed here before, where there is exactly such a one, else a new one."""
    on = date.fromisoformat(values["filed_on"])
    typed = Charge.objects.filter(
        person=person, stage=ChargeStage.FILED, jurisdiction=values["jurisdiction"], citation=values["citation"],
        counts=values["counts"], on_date=on, courtrecord=None).order_by("created_at", "id").first()
    if typed:
        return typed
    charge = court.file_charge(
        person, citation=values["citation"], jurisdiction=values["jurisdiction"], counts=values["counts"], on=on,
        docket=docket, victims=(), by=by)
    return _classed_as(charge, values)


def _classed_as(charge: Charge, values: dict) -> Charge:
    """The class that the mapping's maker gave, where it is not the pack's own answer."""
    if values["class"] and charge.charge_class != values["class"]:
        court.class_by_hand(charge, to=ChargeClass(values["class"]))
    return charge


def _dispose(values: dict, person: Person, docket: Docket | None, by: Viewer) -> Charge:
    """The disposition of a charge that was filed; one that already has it is brought to what the court says."""
    filed = CourtRecord.objects.select_related("charge").get(agency_id=by.agency, key=values["from"]).charge
    last = _last(filed)
    on = date.fromisoformat(values["disposed_on"])
    if last.stage == ChargeStage.DISPOSED:
        change(last, _columns(values, last))
        return last
    if (last.citation, last.counts) != (values["citation"], values["counts"]):
        last = court.amend(last, citation=values["citation"], jurisdiction=values["jurisdiction"],
                           counts=values["counts"], on=on, by=by)
    became = court.dispose(last, on=on, dispositions={name: values[name] for name in court.DISPOSITIONS},
                           sentence=_sentence(values), by=by)
    return _classed_as(became, values)


def _last(charge: Charge) -> Charge:
    while following := Charge.objects.filter(from_charge=charge).order_by("created_at", "id").last():
        charge = following
    return charge


def _sentence(values: dict) -> dict:
    money = {name: values[name] and Decimal(values[name]) for name in MONEY}
    return {"sentence_kind": values["sentence_kind"] or "", "sentence_kind_why": values["sentence_kind_why"] or "",
            "sentence_months": values["sentence_months"], "probation_months": values["probation_months"]} | money


def _columns(values: dict, charge: Charge) -> dict:
    """A record's values as columns of its charge. Of what a person classed here the class stays."""
    filed_on = date.fromisoformat(values["filed_on"])
    columns = {"counts": values["counts"], "on_date": filed_on}
    if charge.citation != values["citation"] or charge.jurisdiction != values["jurisdiction"]:
        columns |= {"citation": values["citation"], "jurisdiction": values["jurisdiction"]}
        columns |= court.classed(values["citation"], values["jurisdiction"], filed_on)
    if values["class"] and charge.classed_by != ClassedBy.PERSON and columns.get("charge_class") != values["class"]:
        if charge.charge_class != values["class"]:
            columns |= {"charge_class": values["class"], "classed_by": ClassedBy.PERSON, "candidates": [], "review": ""}
    if values["stage"] == ChargeStage.FILED:
        return columns | {"counts_pending": values["counts"]}
    disposed = {name: values[name] for name in court.DISPOSITIONS}
    return columns | disposed | _sentence(values) | {"disposed_on": date.fromisoformat(values["disposed_on"])}
