"""Keeping the FBI's release of an agency's incidents: checked first, kept whole or not at all, never twice."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from concord.casefile.formats.nibrs import Incident, Release
from concord.casefile.formats.nibrs_reread import RULES, candidates
from concord.casefile.reading import Problem
from concord.law.wall import Viewer
from concord.site.justice.actions.common import in_one_step, own
from concord.site.justice.codes import ImportKind, RereadStatus
from concord.site.justice.imports.refusals import in_words
from concord.site.justice.imports.reports import Sums
from concord.site.justice.models import (
    ImportBatch,
    NibrsArrestee,
    NibrsIncident,
    NibrsMonth,
    NibrsOffender,
    NibrsOffense,
    NibrsVictim,
    RereadItem,
)
from concord.site.pages.objections import Objection
from concord.site.stores import acting
from concord.vocabulary import Sector, StoreKind

AT_ONCE = 1_000  # incidents in memory at a time
MOST_ROWS = 3_000_000  # the audit chain seals one import as one text, which PostgreSQL limits
RENEW_SECONDS = 240  # the signed context lives ten minutes; a large release takes longer
FILES = {
    "incident": "NIBRS_incident", "offense": "NIBRS_OFFENSE", "victim": "NIBRS_VICTIM", "offender": "NIBRS_OFFENDER",
    "arrestee": "NIBRS_ARRESTEE", "activity": "NIBRS_CRIMINAL_ACT", "weapon": "NIBRS_WEAPON",
    "victim_offense": "NIBRS_VICTIM_OFFENSE", "injury": "NIBRS_VICTIM_INJURY",
    "relationship": "NIBRS_VICTIM_OFFENDER_REL", "month": "NIBRS_month", "agency": "agencies",
}  # fmt: skip
KEPT = "it is already kept, from an earlier import"
PART_KEPT = "its incident is already kept, from an earlier import"
BY_HAND = "leave it: what is kept is not overwritten"


@dataclass
class Checked:
    """What keeping a release would do; nothing has been kept."""

    digest: str
    sums: Sums
    statement: str
    parts: Counter = field(default_factory=Counter)  # what would be kept, by table
    by_rule: Counter = field(default_factory=Counter)
    waiting: int = 0  # incidents for the re-read queue

    def candidates(self) -> list[tuple[str, int]]:
        """The rules' words, each with how many incidents it sends to be read again."""
        return [(rule.says, self.by_rule[rule.code]) for rule in RULES if self.by_rule[rule.code]]


@in_one_step
def check(release: Release, digest: str, by: Viewer) -> Checked:
    """Walk a release that has been read and say what keeping it would do. Raises Objection where it is kept already."""
    _require_police(by)
    _require_new(digest, by)
    sums = Sums()
    for name, report in release.reports.items():
        sums.take(name, f"{FILES[name]}.csv", report)
    if sums.rows > MOST_ROWS:
        raise Objection({"": f"This release has more than {MOST_ROWS:,} rows. Take one year, or one state, at a time."})
    checked = Checked(digest, sums, str(release.trafficking_statement()))
    for incident, kept in _judged(release, by):
        if kept:
            _reject(incident, sums)
            continue
        checked.parts += _parts(incident)
        rules = candidates(incident)
        checked.by_rule.update(rule.code for rule in rules)
        checked.waiting += bool(rules)
    for month, kept in _months(release, by):
        if kept:
            sums.reject("month", Problem("NIBRS_month.csv", month.row, "MONTH_NUM", "key", KEPT, BY_HAND))
        else:
            checked.parts["month"] += 1
    return checked


@in_words
@in_one_step
def keep(
    release: Release,
    checked: Checked,
    *,
    file_name: str,
    by: Viewer,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportBatch:
    """Keep what `check` found acceptable, all of it or nothing. `progress` hears how many rows have been kept."""
    _require_police(by)
    _require_new(checked.digest, by)
    batch = ImportBatch.objects.create(
        **own(by), kind=ImportKind.NIBRS, file_name=file_name, content_hash=checked.digest,
        statement=checked.statement, **checked.sums.columns())
    writer = _Writer(batch, release.oris(), by, progress)
    with _planned_for_many():
        for incidents in batched((i for i, kept in _judged(release, by) if not kept), AT_ONCE):
            writer.write(incidents)
        writer.write_months([month for month, kept in _months(release, by) if not kept])
    if writer.written != sum(checked.parts[name] for name in STORED):
        raise Objection({"": "The files or the store changed since they were checked. Nothing was kept; check again."})
    return batch


@contextmanager
def _planned_for_many() -> Iterator[None]:
    """Plans that stay quick while the tables grow under one transaction, whose rows no statistics know yet.

    Without it each batch may read all incidents to see whether its own are there; and foreign keys are checked at the
    commit by plans that the connection keeps, one made for a small table among them.
    """
    with connections[StoreKind.JUSTICE.value].cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        yield
        cursor.execute("set local enable_seqscan = on")
        cursor.execute("discard plans")


def _require_police(by: Viewer) -> None:
    if by.sector is not Sector.LAW_ENFORCEMENT:
        raise Objection({"": "Incidents are reported by a law enforcement agency; only one can take its release in."})


def _require_new(digest: str, by: Viewer) -> None:
    earlier = ImportBatch.objects.filter(agency_id=by.agency, kind=ImportKind.NIBRS, content_hash=digest).first()
    if earlier:
        on = earlier.created_at.date().isoformat()
        raise Objection({"": f"This very release was kept on {on}: {earlier.accepted:,} rows. Nothing is left to do."})


def _judged(release: Release, by: Viewer) -> Iterator[tuple[Incident, bool]]:
    """Every incident, and whether an earlier import has it."""
    for incidents in batched(release.incidents(), AT_ONCE):
        kept = set(
            NibrsIncident.objects.filter(agency_id=by.agency, nibrs_id__in=[i.id for i in incidents]).values_list(
                "nibrs_id", flat=True))
        yield from ((incident, incident.id in kept) for incident in incidents)


def _months(release: Release, by: Viewer):
    held = set(NibrsMonth.objects.filter(agency_id=by.agency).values_list("ori", "year", "month"))
    for month in release.months():
        key = (month.ori, month.year, month.month)
        yield month, key in held
        held.add(key)


def _parts(incident: Incident) -> Counter:
    """The rows of each table that an incident consists of."""
    return Counter({
        "incident": 1, "offense": len(incident.offenses), "victim": len(incident.victims),
        "offender": len(incident.offenders), "arrestee": len(incident.arrestees),
        "activity": sum(len(o.activities) for o in incident.offenses),
        "weapon": sum(len(o.weapons) for o in incident.offenses),
        "victim_offense": sum(len(v.offense_ids) for v in incident.victims),
        "injury": sum(len(v.injuries) for v in incident.victims),
        "relationship": sum(len(v.relationships) for v in incident.victims),
    })  # fmt: skip


def _reject(incident: Incident, sums: Sums) -> None:
    """An incident that is kept already is rejected with every row that belongs to it."""
    rows = {"incident": (incident,), "offense": incident.offenses, "victim": incident.victims,
            "offender": incident.offenders, "arrestee": incident.arrestees}
    for name, count in _parts(incident).items():
        file, reason = f"{FILES[name]}.csv", KEPT if name == "incident" else PART_KEPT
        if name in rows:
            for part in rows[name]:
                sums.reject(name, Problem(file, part.row, "INCIDENT_ID", "key", reason, BY_HAND))
        elif count:
            sums.reject(name, Problem(file, 0, "", "key", f"{PART_KEPT}: {count} rows", BY_HAND), rows=count)


# --- Writing ----------------------------------------------------------------------------------------------------------

STORED = ("incident", "offense", "victim", "offender", "arrestee", "month")
_PART = ("incident_id", "row", "nibrs_id")
_PERSON = (*_PART, "number", "age_low", "age_high", "sex", "race", "ethnicity")
_COLUMNS = {
    NibrsIncident: ("id", "row", "nibrs_id", "ori", "on_date", "by_report_date", "hour", "cleared_exceptionally",
                    "cleared_on", "lost_parts"),
    NibrsOffense: (*_PART, "code", "attempted", "location", "activities", "weapons"),
    NibrsVictim: (*_PERSON, "type", "offenses", "injuries", "relationships"),
    NibrsOffender: _PERSON,
    NibrsArrestee: (*_PERSON, "on_date", "arrest_type", "offense"),
    NibrsMonth: ("row", "ori", "year", "month", "status"),
    RereadItem: ("incident_id", "rules", "status"),
}  # fmt: skip


class _Writer:
    """Writes incidents with their parts, a batch at a time, and puts candidates into the re-read queue."""

    def __init__(self, batch: ImportBatch, oris: dict[int, str], by: Viewer, progress: Callable[[int], None]):
        self.batch, self.oris, self.by, self.progress = batch, oris, by, progress
        self.written, self.renewed = 0, time.monotonic()

    def write(self, incidents: tuple[Incident, ...]) -> None:
        ids = {incident.id: uuid4() for incident in incidents}
        self._create(NibrsIncident, [self._incident(i, ids[i.id]) for i in incidents])
        self._create(NibrsOffense, [_offense(o, ids[i.id]) for i in incidents for o in i.offenses])
        self._create(NibrsVictim, [_victim(v, ids[i.id]) for i in incidents for v in i.victims])
        self._create(NibrsOffender, [_person(o, ids[i.id]) for i in incidents for o in i.offenders])
        self._create(NibrsArrestee, [_arrestee(a, ids[i.id]) for i in incidents for a in i.arrestees])
        found = [(ids[i.id], [rule.code for rule in candidates(i)]) for i in incidents]
        self._insert(RereadItem, [
            (incident, _array(rules), RereadStatus.WAITING.value) for incident, rules in found if rules])
        self._renew()

    def write_months(self, months: list) -> None:
        self._create(NibrsMonth, [(m.row, m.ori, m.year, m.month, m.status) for m in months])

    def _create(self, model, rows: list[tuple]) -> None:
        self._insert(model, rows)
        self.written += len(rows)
        self.progress(self.written)

    def _insert(self, model, rows: list[tuple]) -> None:
        """One statement for all rows, their columns as arrays; a column that is an array itself goes as its text."""
        if not rows:
            return
        columns = _COLUMNS[model]
        same = {"agency_id": self.by.agency, "created_by_id": self.by.staff, "created_at": timezone.now(),
                "batch_id": self.batch.pk, "id": None}  # fmt: skip
        same = {name: value for name, value in same.items() if name not in columns and _has(model, name)}
        kinds = [_kind(model, name) for name in columns]
        taken = ", ".join("%s::text[]" if kind.endswith("[]") else f"%s::{kind}[]" for kind in kinds)
        given = ", ".join(f'"{name}"::{kind}' for name, kind in zip(columns, kinds, strict=True))
        names = ", ".join(f'"{name}"' for name in columns)
        fixed = ", ".join("gen_random_uuid()" if name == "id" else "%s" for name in same)
        statement = (
            f"insert into {model._meta.db_table} ({', '.join(same)}, {names}) "
            f"select {fixed}, {given} from unnest({taken}) as given({names})"
        )
        values = [value for name, value in same.items() if name != "id"]
        with connections[StoreKind.JUSTICE.value].cursor() as cursor:
            cursor.execute(statement, [*values, *(list(column) for column in zip(*rows, strict=True))])

    def _renew(self) -> None:
        if time.monotonic() - self.renewed > RENEW_SECONDS:
            connections[StoreKind.JUSTICE.value].enter_store(acting.current().viewer)
            self.renewed = time.monotonic()

    def _incident(self, i: Incident, id: UUID) -> tuple:
        return (id, i.row, i.id, self.oris[i.agency_id], i.on, i.by_report_date, i.hour, i.cleared_exceptionally or "",
                i.cleared_on, i.lost_parts)  # fmt: skip


def _has(model, name: str) -> bool:
    return any(field.column == name for field in model._meta.concrete_fields)


def _kind(model, name: str) -> str:
    """The database's type of a column, without its length."""
    field = next(field for field in model._meta.concrete_fields if field.column == name)
    kind = field.db_type(connections[StoreKind.JUSTICE.value])
    return re.sub(r"\(\d+\)", "", kind)


def _array(values) -> str:
    """An array as PostgreSQL writes it: codes and numbers alone, which need no quoting."""
    return "{" + ",".join(map(str, values)) + "}"


def _part(part, incident: UUID) -> tuple:
    return incident, part.row, part.id


def _person(part, incident: UUID) -> tuple:
    return (*_part(part, incident), part.number, part.age.low, part.age.high, part.sex or "", part.race or "",
            part.ethnicity or "")  # fmt: skip


def _offense(o, incident: UUID) -> tuple:
    return *_part(o, incident), o.code, o.attempted, o.location, _array(o.activities), _array(o.weapons)


def _victim(v, incident: UUID) -> tuple:
    return *_person(v, incident), v.type, _array(v.offense_ids), _array(v.injuries), _array(v.relationships)


def _arrestee(a, incident: UUID) -> tuple:
    return *_person(a, incident), a.on, a.arrest_type, a.offense
