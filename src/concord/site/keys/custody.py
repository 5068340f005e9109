"""Who holds an agency's keys: what changes it. Each step is written whole or not at all, whoever else is at work.

`rings.changing` keeps two at once apart. Renewing the keys has three steps, and each may be the last one before the
power fails: the file gets a new key that still carries the one before it; person keys move under the new one, batch by
batch; the one before it is dropped. Both keys open until the last has moved, so that nothing can be lost.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag

from concord.site.keys import held, opened
from concord.site.keys.held import AgencyKey
from concord.site.keys.opened import Opened
from concord.site.keys.rings import HOST, PROVIDER, FileRings, _unwrap, _wrap, b64decode

BATCH = 5_000
LEAST_WAYS = 2  # ways to open the files that must be there: people with a passphrase, and the printed sheet


class TooFewWays(ValueError):
    """With these alone one forgotten passphrase could close the files for ever."""


class LastWay(ValueError):
    """Taken out, nobody could ever open the files again."""


class WrongCode(ValueError):
    """Not the code of whoever asks: she may not be who she says."""


class Tampered(RuntimeError):
    """The agency's file has a copy that nobody who held the keys put there."""

    def __init__(self, who: str):
        super().__init__("a copy in the agency's file is not ours")
        self.who = who


@dataclass(frozen=True)
class State:
    """Who holds an agency's keys, for pages and reports: ids and dates, nothing that opens."""

    held: bool
    generation: int
    members: Mapping[UUID, str]  # staff with a copy, and since which day
    waiting: Mapping[UUID, str]  # staff who ask for one, and their code
    sheet_on: str  # the day on which the printed sheet was confirmed; "" without one
    sheet_used: bool
    removed: int  # copies taken out since the keys were last renewed
    renewed_on: str
    moving: bool  # a renewal is under way, or was cut off

    @property
    def ways(self) -> int:
        return len(self.members if self.held else self.waiting) + bool(self.sheet_on)


def state(rings: FileRings, agency: UUID) -> State:
    body = rings.body(agency)
    sheet = body["sheet"] or {}
    return State(
        held=body["held"] == PROVIDER,
        generation=body["generation"],
        members={UUID(who): entry["since"] for who, entry in body["members"].items()},
        waiting={UUID(who): held.code_of(entry["public"]) for who, entry in body["waiting"].items()},
        sheet_on=sheet.get("confirmed_on", ""),
        sheet_used=bool(sheet.get("used_on")),
        removed=len(body["removed"]),
        renewed_on=body.get("renewed_on", ""),
        moving=body.get("moving", False),
    )


# --- Staff ------------------------------------------------------------------------------------------------------------


def ask(rings: FileRings, agency: UUID, *, staff: UUID, passphrase: str) -> str:
    """She sets her passphrase and asks for a copy; returns her code. Before the agency holds its keys itself this is
    how its people get ready. What she had before works until a colleague gives her the new one."""
    entry, _private = held.new_pair(passphrase, agency=agency, staff=staff)
    with rings.changing(agency) as body:
        body["waiting"][str(staff)] = entry
    return held.code_of(entry["public"])


def approve(rings: FileRings, agency: UUID, *, staff: UUID, code: str, today: str) -> None:
    """Whoever has the files open gives a copy to a colleague who asks, by the code that she reads out."""
    with rings.changing(agency) as body:
        key, who = rings.agency(agency), str(staff)
        entry = body["waiting"].get(who)
        if entry is None or not held.same_code(code, entry["public"]):
            raise WrongCode("not the code of whoever asks")
        del body["waiting"][who]
        body["members"][who] = _given(key, who, entry) | {"since": today}


def refuse(rings: FileRings, agency: UUID, *, staff: UUID) -> None:
    with rings.changing(agency) as body:
        body["waiting"].pop(str(staff), None)


def remove(rings: FileRings, agency: UUID, *, staff: UUID, today: str) -> bool:
    """Take her copy out; returns whether she had one. It opens nothing here from the next request on, and nothing that
    is renewed afterwards: renew the keys soon. Raises LastWay. Needs nobody's key."""
    who = str(staff)
    if who not in {**rings.body(agency)["members"], **rings.body(agency)["waiting"]}:
        return False
    with rings.changing(agency) as body:
        body["waiting"].pop(who, None)
        if who not in body["members"]:
            return False
        if len(body["members"]) == 1 and not (body["sheet"] or {}).get("confirmed_on"):
            raise LastWay("hers is the only copy")
        del body["members"][who]
        body["removed"].append(today)
    return True


def is_last_way(rings: FileRings, agency: UUID, staff: UUID) -> bool:
    """Whether without her nobody could open the files."""
    if not rings.is_held(agency):
        return False
    one = state(rings, agency)
    return set(one.members) == {staff} and not one.sheet_on


def unlock(rings: FileRings, agency: UUID, *, staff: UUID, passphrase: str) -> Opened:
    """What her passphrase opens; raises WrongPassphrase, also where she has no copy."""
    entry = rings.body(agency)["members"].get(str(staff))
    if entry is None:
        raise held.WrongPassphrase("she has no copy")
    found = Opened(agency, str(staff), held.unlock(entry, passphrase, agency=agency, staff=staff))
    found.key(rings.body(agency))
    return found


def change_passphrase(rings: FileRings, agency: UUID, *, staff: UUID, old: str, new: str) -> None:
    """The same pair under another passphrase."""
    private = unlock(rings, agency, staff=staff, passphrase=old).private
    entry = held.locked(private, new, agency, staff)
    with rings.changing(agency) as body:
        body["members"][str(staff)] |= entry


# --- The recovery sheet -----------------------------------------------------------------------------------------------


def new_sheet(rings: FileRings, agency: UUID) -> held.Sheet:
    """A sheet to print. It counts, and the one before it ends, once its last line has been typed off the paper."""
    sheet = held.new_sheet(agency)
    with rings.changing(agency) as body:
        body["new_sheet"] = {"public": sheet.public, "proof": held.line_proof(sheet.lines[-1], agency)}
    return sheet


def confirm_sheet(rings: FileRings, agency: UUID, *, line: str, today: str) -> None:
    """Raises WrongSheet."""
    with rings.changing(agency) as body:
        made = body.get("new_sheet")
        if made is None or made["proof"] != held.line_proof(line, agency):
            raise held.WrongSheet(4)
        entry = {"public": body.pop("new_sheet")["public"], "confirmed_on": today}
        body["sheet"] = _given(rings.agency(agency), held.SHEET, entry) if body["held"] == PROVIDER else entry


def recover(rings: FileRings, agency: UUID, *, typed: str, staff: UUID, passphrase: str, today: str) -> Opened:
    """With the sheet she gets a copy of her own, under a new passphrase. The sheet works on until another is made."""
    sheet = held.read_sheet(typed, agency)
    entry = rings.body(agency)["sheet"]
    if not entry or "copy" not in entry or entry["public"] != sheet.public:
        raise held.WrongSheet
    who, (pair, private) = str(staff), held.new_pair(passphrase, agency=agency, staff=staff)
    with opened.using(Opened(agency, held.SHEET, sheet.private)), rings.changing(agency) as body:
        key = rings.agency(agency)
        body["waiting"].pop(who, None)
        body["members"][who] = _given(key, who, pair) | {"since": today}
        body["sheet"]["used_on"] = today
    return Opened(agency, who, private)


# --- Whose keys they are, and renewing them ---------------------------------------------------------------------------


def prove(rings: FileRings, agency: UUID, *, staff: UUID, passphrase: str) -> Opened:
    """Before the agency holds its keys itself: that she knows the passphrase she set. Raises WrongPassphrase."""
    entry = rings.body(agency)["waiting"].get(str(staff))
    if entry is None:
        raise held.WrongPassphrase("she has set none")
    return Opened(agency, str(staff), held.unlock(entry, passphrase, agency=agency, staff=staff))


def turn_on(rings: FileRings, agency: UUID, *, staff: list[UUID], today: str) -> None:
    """From here on only copies: for `staff`, who have set their passphrases, and for the sheet. The keys are new, since
    the old ones stood in a file. `move` is the rest of it."""
    if not rings.is_held(agency):
        move(rings, agency)  # what an earlier renewal left
    with rings.changing(agency) as body:
        if body["held"] == PROVIDER:
            return
        chosen = {str(one): body["waiting"].pop(str(one)) for one in staff}
        if len(chosen) + bool(body["sheet"]) < LEAST_WAYS or not chosen:
            raise TooFewWays("too few ways to open the files")
        key = rings.agency(agency).renewed()
        for name in ("wrapping", "private", "former", "previous"):
            body.pop(name, None)
        body["held"] = PROVIDER
        body["members"] = {who: entry | {"since": today} for who, entry in chosen.items()}
        _give_all(body, key, today)
        _begin(rings, agency)


def turn_off(rings: FileRings, agency: UUID, *, today: str) -> None:
    """Back to a key that stands in the installation's file. `move` is the rest of it."""
    with rings.changing(agency) as body:
        if body["held"] == HOST:
            return
        key = rings.agency(agency)
        _require_ours(body, key)
        body |= {"held": HOST, "members": {}, "waiting": {}, "sheet": None, "removed": []}
        _give_all(body, key if body.get("moving") else key.renewed(), today)
        _begin(rings, agency)


def begin_renewal(rings: FileRings, agency: UUID, *, today: str) -> None:
    """The first step of renewing the keys; nothing where one is under way already."""
    with rings.changing(agency) as body:
        if body.get("moving"):
            return
        key = rings.agency(agency)
        _require_ours(body, key)
        body["removed"] = []
        _give_all(body, key.renewed(), today)
        _begin(rings, agency)


def move(rings: FileRings, agency: UUID, say: Callable[[int, int], None] = lambda done, of: None) -> int:
    """The other steps: every person key under the new key, and then the old one is dropped. Goes on where an earlier
    one was cut off; returns how many there are. `say(done, of)` after each batch."""
    done = 0
    for done, of in _batches(rings, agency):
        say(done, of)
    return done


def progress(rings: FileRings, agency: UUID) -> tuple[int, int, float]:
    """How many person keys have moved, of how many, and when the last batch did."""
    try:
        found = rings._ring(agency).execute("select done, total, at from moved").fetchone()
    except sqlite3.OperationalError:  # keys were never renewed
        found = None
    return found or (0, 0, 0.0)


def _batches(rings: FileRings, agency: UUID) -> Iterator[tuple[int, int]]:
    after, done, rows = b"", 0, [()] * BATCH
    while len(rows) == BATCH:
        with rings.writing(agency) as ring:
            key = rings.agency(agency)
            if key.previous is None:
                return
            _make_room(ring)
            total = ring.execute("select count(*) from key").fetchone()[0]
            rows = ring.execute("select subject, wrapped from key where subject > ? order by subject limit ?",
                                [after, BATCH]).fetchall()  # fmt: skip
            ring.executemany("update key set wrapped = ? where subject = ?", _moved(key, rows))
            done += len(rows)
            ring.execute("insert or replace into moved values (1, ?, ?, ?)", [done, max(total, done), time.time()])
        after = rows[-1][0] if rows else after
        yield done, max(total, done)
    _settle(rings, agency)


def _begin(rings: FileRings, agency: UUID) -> None:
    with rings.writing(agency) as ring:
        _make_room(ring)
        total = ring.execute("select count(*) from key").fetchone()[0]
        ring.execute("insert or replace into moved values (1, 0, ?, ?)", [total, time.time()])


def _make_room(ring) -> None:
    ring.execute("create table if not exists moved(id integer primary key, done int, total int, at real)")


def _moved(key: AgencyKey, rows: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Rows that are still under the previous key, under the new one. What opens under neither stays as it is."""
    new, old = key.wraps
    for subject, wrapped in rows:
        try:
            _unwrap((new,), subject, wrapped)
        except InvalidTag:
            try:
                yield _wrap(new, subject, _unwrap((old,), subject, wrapped)), subject
            except InvalidTag:
                continue


def _settle(rings: FileRings, agency: UUID) -> None:
    """The last batch is on the disk, and whatever was made meanwhile is under the new key: the old one is dropped."""
    with rings.changing(agency) as body:
        key = rings.agency(agency)
        if key.previous is not None:
            _require_ours(body, key)
            _give_all(body, key.settled(), body["renewed_on"])


def _give_all(body: dict, key: AgencyKey, today: str) -> None:
    """The agency's file for this key: in plain, or a copy for each of its people and for the sheet."""
    body |= {"generation": key.generation, "public": held.b64(key.public), "renewed_on": today}
    body["moving"] = key.previous is not None
    if body["held"] == HOST:
        body.pop("previous", None)
        body |= key.as_entries()
        return
    body["members"] = {who: _given(key, who, entry) for who, entry in body["members"].items()}
    if body["sheet"]:
        body["sheet"] = _given(key, held.SHEET, body["sheet"])


def _given(key: AgencyKey, who: str, entry: Mapping) -> dict:
    copy = held.copy_for(b64decode(entry["public"]), key, who)
    return {**entry, "copy": copy, "tag": held.tag(key, who, entry["public"])}


def _require_ours(body: Mapping, key: AgencyKey) -> None:
    if body["held"] == HOST:
        return
    for who, entry in {**body["members"], **({held.SHEET: body["sheet"]} if body["sheet"] else {})}.items():
        if not held.is_ours(key, who, entry):
            raise Tampered(who)


