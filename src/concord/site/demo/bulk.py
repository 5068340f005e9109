"""A world as large as asked: up to 50,000 persons and 5,000,000 events, streamed into the stores.

An event is a row of somebody's history: a service, a contact, a note, a status, a charge, a hearing, a fact asserted.
Memory does not grow with the number of events. One transaction a store: all of it or nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

from concord.site.demo import cast
from concord.site.demo.draws import ENDINGS, Draw, Names
from concord.site.demo.loading import loading
from concord.site.demo.story import staff_of
from concord.site.demo.streams import NULL, Lines, Progress, Say, Shelf, bytea, send
from concord.site.justice.models import (
    Assertion,
    CaseEvent,
    Charge,
    Hearing,
    Investigation,
    Pair,
    Person,
    TeamAgency,
    VictimStatusEvent,
)
from concord.site.keys import sealing
from concord.site.services.models import Assignment, Client, Contact, Enrolment, Note, Service
from concord.site.stores import acting
from concord.site.stores.config import alias_of
from concord.vocabulary import StoreKind

_PERSONS_IN_JUSTICE, _EVENTS_IN_JUSTICE = 0.4, 0.15
_SHARES = {"lantern": 0.45, "open_gate": 0.35, "harbor": 0.2}
_HOLDERS = ("riverton_police", "alder_sheriff", "state_police", "larkmoor_police")
_PEOPLE_A_CASE = 3
_DAYS = 1095


@dataclass(frozen=True)
class Part:
    """What one store gets."""

    alias: str
    kind: StoreKind
    persons: int
    events: int

    @property
    def mark(self) -> UUID:
        """The id of its first row: where it is, the part has been loaded."""
        return cast.known_id(f"bulk {self.alias}")


def load(persons: int, events: int, say: Say) -> int:
    """Load so much beside the small world, and return how many rows; a store that has its part is left alone."""
    if not 1 <= persons <= cast.MOST_PERSONS or not 0 <= events <= cast.MOST_EVENTS:
        raise ValueError(f"Give 1 to {cast.MOST_PERSONS:,} persons and at most {cast.MOST_EVENTS:,} events.")
    waiting = [part for part in parts(persons, events) if not _is_there(part)]
    progress = Progress(sum(part.persons + part.events for part in waiting), say)
    for part in waiting:
        tables, write = _WRITERS[part.kind]
        with loading(part.alias, tables) as cursor, Shelf(cursor, tables):
            write(cursor, part, progress)
            progress.say_so("building indexes")
        _analyze(part.alias, tables)
    progress.finish()
    return progress.done


def parts(persons: int, events: int) -> list[Part]:
    """How persons and events are shared out among the stores; the shares add up to what was asked."""
    there = [name for name in _SHARES if alias_of(StoreKind.VAULT, name) in settings.CONCORD.stores]
    suspects, facts = int(persons * _PERSONS_IN_JUSTICE), int(events * _EVENTS_IN_JUSTICE)
    clients = _shared_out(persons - suspects, [_SHARES[name] for name in there])
    entries = _shared_out(events - facts, [_SHARES[name] for name in there])
    vaults = [
        Part(alias_of(StoreKind.VAULT, name), StoreKind.VAULT, *numbers)
        for name, *numbers in zip(there, clients, entries, strict=True)
    ]
    return [part for part in (*vaults, Part("justice", StoreKind.JUSTICE, suspects, facts)) if part.persons]


def _shared_out(whole: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers in these proportions, summing exactly."""
    edges = [int(whole * upto / sum(shares) + 1e-9) for upto in accumulate(shares)]
    return [edge - before for before, edge in zip([0, *edges], edges, strict=False)]


def _is_there(part: Part) -> bool:
    first = Investigation if part.kind is StoreKind.JUSTICE else Client
    with acting.commanding(part.alias):
        return first.objects.filter(pk=part.mark).exists()


def _analyze(alias: str, tables) -> None:
    with acting.commanding(alias), connections[alias].cursor() as cursor:
        for model in tables:
            cursor.execute(f"analyze {model._meta.db_table}")


class Chance:
    """The draws of one part, quick enough for millions of rows."""

    def __init__(self, part: Part):
        draw = Draw(f"bulk {part.alias}")
        self.random, self._bits = draw.random, draw.getrandbits
        today = timezone.localdate()
        self.back = [(today - dt.timedelta(days=n)).isoformat() for n in range(_DAYS + 40)]
        self.names = Names(ENDINGS["bulk"], double=True)

    def id(self) -> str:
        """A random id (version 4) as COPY reads it."""
        bits = self._bits(128)
        return f"{bits & ~(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62:032x}"

    def day(self, first: int, last: int) -> str:
        """A day between `first` and `last` days ago."""
        return self.back[last + int(self.random() * (first - last + 1))]

    def of(self, options: Sequence):
        return options[int(self.random() * len(options))]


def _keys(holder: UUID, subjects: list[UUID]) -> Callable[[UUID], bytes]:
    rings = settings.CONCORD_RINGS
    rings.create_many(holder, subjects)
    rings.warm(holder)
    return lambda subject: rings.person(holder, subject)


def _named(chance: Chance, key: bytes, row: UUID) -> tuple[str, str]:
    """A sealed given name and family name that nobody else of the world has."""
    given, family = chance.names.next()
    return (
        bytea(sealing.seal(given, code="person.given_name", row=row, key=key)),
        bytea(sealing.seal(family, code="person.family_name", row=row, key=key)),
    )


# --- Client files -----------------------------------------------------------------------------------------------------

_FILE_TABLES = (Client, Enrolment, Assignment, Service, Contact, Note)
_TYPES = ("CM", "CM", "CM", "CRI", "SAF", "ADV", "TRN", "NEC", "MH", "PEER", "BEN")
_HOW = ("call", "text", "in_person")
_NOTE = "Went over the week: what is done, what comes next, and what can wait."


class File(NamedTuple):
    """A client of the bulk: from `first` to `last` days ago; open files end yesterday."""

    id: UUID
    first: int
    last: int
    is_open: bool
    worker: str
    services: int
    contacts: int
    notes: int


def _write_files(cursor, part: Part, progress: Progress) -> None:
    provider = next(a for a in cast.AGENCIES.values() if alias_of(StoreKind.VAULT, a.key) == part.alias)
    chance, held = Chance(part), {"agency_id": provider.id.hex}
    files = list(_files(part, chance, [person.id.hex for person in staff_of(provider.key)]))
    key_of = _keys(provider.id, [file.id for file in files])
    beside = Progress(0, lambda line: None)  # what belongs to a person and is no event
    _write_clients(cursor, files, chance, key_of, held, progress, beside)
    _write_entries(cursor, files, chance, key_of, held, progress)


def _files(part: Part, chance: Chance, workers: list[str]) -> Iterator[File]:
    shares = (0.62, 0.28, 0.10)
    sums = [_spread(n, part.persons) for n in _shared_out(part.events, shares)]
    for n, entries in enumerate(zip(*sums, strict=True)):
        first, is_open = 20 + int(chance.random() * (_DAYS - 20)), chance.random() < 0.3
        last = 1 if is_open else 1 + int(chance.random() * (first - 1))
        yield File(part.mark if n == 0 else UUID(chance.id()), first, last, is_open, chance.of(workers), *entries)


def _spread(total: int, n: int) -> Iterator[int]:
    """`total` over `n` people: nearly even, summing exactly."""
    edges = (total * i // n for i in range(1, n + 1))
    before = 0
    for edge in edges:
        yield edge - before
        before = edge


def _write_clients(cursor, files, chance: Chance, key_of, held: dict, progress: Progress, beside: Progress) -> None:
    back = chance.back
    client = Lines(
        Client,
        ("id", "created_at", "created_by_id", "given_name", "family_name", "first_contact_on", "last_reached_on",
         "is_open", "next_contact_on"),
        **held,
    )  # fmt: skip
    send(cursor, client, (
        client(f.id.hex, back[f.first], f.worker, *_named(chance, key_of(f.id), f.id), back[f.first], back[f.last],
               "t" if f.is_open else "f", back[0] if f.is_open and chance.random() < 0.05 else NULL)
        for f in files), progress)  # fmt: skip
    enrolment = Lines(
        Enrolment, ("id", "client_id", "created_at", "created_by_id", "opened_on", "closed_on", "closed_at",
                    "closed_by_id"), **held,
    )  # fmt: skip
    send(cursor, enrolment, (
        enrolment(chance.id(), f.id.hex, back[f.first], f.worker, back[f.first],
                  *((NULL,) * 3 if f.is_open else (back[f.last], back[f.last], f.worker)))
        for f in files), beside)  # fmt: skip
    assignment = Lines(Assignment, ("id", "client_id", "created_at", "staff_id", "since_date", "until_date"), **held)
    send(cursor, assignment, (
        assignment(chance.id(), f.id.hex, back[f.first], f.worker, back[f.first], NULL if f.is_open else back[f.last])
        for f in files), beside)  # fmt: skip


def _write_entries(cursor, files, chance: Chance, key_of, held: dict, progress: Progress) -> None:
    """The events of the files, table by table."""
    id_, day, of = chance.id, chance.day, chance.of
    entry = ("id", "client_id", "created_by_id", "created_at", "on_date")
    service = Lines(Service, (*entry, "service_type"), **held)
    send(cursor, service, (
        service(id_(), f.id.hex, f.worker, on := day(f.first, f.last), on, of(_TYPES))
        for f in files for _ in range(f.services)), progress)  # fmt: skip
    contact = Lines(Contact, (*entry, "how", "reached"), **held)
    send(cursor, contact, (
        contact(id_(), f.id.hex, f.worker, on := day(f.first, f.last), on, of(_HOW), of("tttff"))
        for f in files for _ in range(f.contacts)), progress)  # fmt: skip
    note = Lines(Note, (*entry, "text"), **held)
    send(cursor, note, chain.from_iterable(_notes(note, f, chance, key_of(f.id)) for f in files), progress)


def _notes(note: Lines, file: File, chance: Chance, key: bytes) -> Iterator[str]:
    for _ in range(file.notes):
        id, on = chance.id(), chance.day(file.first, file.last)
        text = sealing.seal(_NOTE, code="note.text", row=UUID(id), key=key)
        yield note(id, file.id.hex, file.worker, on, on, bytea(text))


# --- Investigations ---------------------------------------------------------------------------------------------------

_CASE_TABLES = (
    Investigation, TeamAgency, Person, Pair, VictimStatusEvent, Charge, Hearing, Assertion, CaseEvent,
)  # fmt: skip
_CITATIONS = (("PC 236.1(b)", "HT-SEX"), ("PC 266h(a)", "PROST-PROMOTE"), ("PC 236", "KIDNAP"),
              ("PC 422", "ASSAULT-THREAT"), ("PC 236.1(a)", "HT-LABOR"))  # fmt: skip
_ELEMENTS = (("act", "recruit"), ("act", "transport"), ("means", "force"), ("means", "fraud"),
             ("purpose", "commercial_sex"), ("benefit", "money"))  # fmt: skip


class Case(NamedTuple):
    """An investigation of the bulk, opened `first` days ago: one suspect, the rest victims."""

    id: UUID
    holder: cast.Agency
    detective: str
    number: int
    first: int
    last: int
    is_open: bool
    people: list[UUID]
    events: tuple[int, ...]

    @property
    def held(self) -> tuple[str, str, str]:
        return self.holder.id.hex, self.id.hex, self.detective


def _write_cases(cursor, part: Part, progress: Progress) -> None:
    chance = Chance(part)
    cases = list(_cases(part, chance))
    beside = Progress(0, lambda line: None)
    _write_investigations(cursor, cases, chance, beside)
    _write_people(cursor, cases, chance, progress)
    pairs = {case.id: chance.id() for case in cases if len(case.people) > 1}
    row = ("agency_id", "investigation_id", "created_by_id", "id", "created_at")
    pair = Lines(Pair, (*row, "victim_id", "suspect_id"))
    send(cursor, pair, (
        pair(*c.held, pairs[c.id], chance.back[c.first], c.people[1].hex, c.people[0].hex)
        for c in cases if c.id in pairs), beside)  # fmt: skip
    _write_facts(cursor, cases, pairs, chance, progress)


def _cases(part: Part, chance: Chance) -> Iterator[Case]:
    holders = [(cast.AGENCIES[key], staff_of(key)[0].id.hex) for key in _HOLDERS]
    n = -(-part.persons // _PEOPLE_A_CASE)
    people = _spread(part.persons, n)
    sums = [_spread(k, n) for k in _shared_out(part.events, (0.2, 0.3, 0.12, 0.33, 0.05))]
    for number, (size, *events) in enumerate(zip(people, *sums, strict=True)):
        holder, detective = holders[number % len(holders)]
        first, is_open = 10 + int(chance.random() * (_DAYS - 10)), chance.random() < 0.3
        last = 1 if is_open else 1 + int(chance.random() * (first - 1))
        if size == 1:  # nobody to make a pair with: what would be asserted is a charge
            events[1], events[3] = events[1] + events[3], 0
        yield Case(part.mark if number == 0 else UUID(chance.id()), holder, detective, number, first, last, is_open,
                   [UUID(chance.id()) for _ in range(size)], tuple(events))  # fmt: skip


def _write_investigations(cursor, cases, chance: Chance, beside: Progress) -> None:
    back = chance.back
    case = Lines(
        Investigation,
        ("agency_id", "id", "created_by_id", "created_at", "code_name", "opened_on", "lead_staff_id", "status",
         "closed_on", "closed_how"),
        source="hotline", trafficking_type="sex", proactive_why="not_recorded",
    )  # fmt: skip
    send(cursor, case, (
        case(*c.held, back[c.first], f"C-{c.number:06}", back[c.first], c.detective,
             *(("open", NULL, "") if c.is_open else ("closed", back[c.last], "insufficient")))
        for c in cases), beside)  # fmt: skip
    office = cast.AGENCIES["alder_da"]
    team = Lines(TeamAgency, ("agency_id", "investigation_id", "created_by_id", "id", "created_at", "from_date"),
                 member_id=office.id.hex, level=office.level, sector=office.sector)  # fmt: skip
    send(cursor, team, (team(*c.held, chance.id(), back[c.first], back[c.first]) for c in cases), beside)


def _write_people(cursor, cases, chance: Chance, progress: Progress) -> None:
    key_of = {}
    for key in _HOLDERS:
        holder = cast.AGENCIES[key]
        key_of[key] = _keys(holder.id, [id for case in cases if case.holder is holder for id in case.people])
    person = Lines(
        Person,
        ("agency_id", "investigation_id", "created_by_id", "id", "created_at", "number", "given_name", "family_name",
         "roles", "identified_on"),
    )  # fmt: skip
    send(cursor, person, (
        person(*c.held, id.hex, chance.back[c.first], n, *_named(chance, key_of[c.holder.key](id), id),
               "{primary}" if n == 1 else "{victim}", chance.back[c.first])
        for c in cases for n, id in enumerate(c.people, start=1)), progress)  # fmt: skip


def _write_facts(cursor, cases, pairs: dict[UUID, str], chance: Chance, progress: Progress) -> None:
    """The events of the investigations, table by table."""
    id_, day, of = chance.id, chance.day, chance.of
    row = ("agency_id", "investigation_id", "created_by_id", "id", "created_at")
    status = Lines(VictimStatusEvent, (*row, "on_date", "person_id", "decided_by_id"), status="potential",
                   decider="police", basis="statement")  # fmt: skip
    send(cursor, status, (
        status(*c.held, id_(), on := day(c.first, c.last), on, of(c.people[1:] or c.people).hex, c.detective)
        for c in cases for _ in range(c.events[0])), progress)  # fmt: skip
    charge = Lines(Charge, (*row, "on_date", "person_id", "citation", "charge_class"), stage="filed",
                   jurisdiction=f"US-{cast.STATE}", classed_by="pack")  # fmt: skip
    send(cursor, charge, (
        charge(*c.held, id_(), on := day(c.first, c.last), on, c.people[0].hex, *of(_CITATIONS))
        for c in cases for _ in range(c.events[1])), progress)  # fmt: skip
    hearing = Lines(Hearing, (*row, "at", "person_id"), kind="motion", place="Department 4")
    send(cursor, hearing, (
        hearing(*c.held, id_(), on := day(c.first, c.last), on, c.people[0].hex)
        for c in cases for _ in range(c.events[2])), progress)  # fmt: skip
    assertion = Lines(Assertion, (*row, "asserted_on", "pair_id", "element", "value"), answer="yes", basis="statement")
    send(cursor, assertion, (
        assertion(*c.held, id_(), on := day(c.first, c.last), on, pairs[c.id], *of(_ELEMENTS))
        for c in cases for _ in range(c.events[3])), progress)  # fmt: skip
    event = Lines(CaseEvent, (*row, "on_date"), kind="type", trafficking_type="sex")
    send(cursor, event, (
        event(*c.held, id_(), on := day(c.first, c.last), on)
        for c in cases for _ in range(c.events[4])), progress)  # fmt: skip


_WRITERS = {
    StoreKind.VAULT: (_FILE_TABLES, _write_files),
    StoreKind.JUSTICE: (_CASE_TABLES, _write_cases),
}
