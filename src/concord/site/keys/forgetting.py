"""What must not come back: files that were erased, releases taken back, people who left. One log, in no database.

A backup of a store is older than what was done since. The log says, beside the rings and not in them, what an older
backup must not bring back; `concord restore` replays it, and the tick finishes what a crash cut off. It holds ids, days
and codes, and opens nothing. Lines are only ever appended, each bound to the one before; lose it, and an older backup
brings everything back: copy it every day, with the heads of the chains, to another machine.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from concord.home import InstallationError
from concord.site.keys.rings import FileRings, NoKey

_START = hashlib.sha256(b"concord forgets").hexdigest()


class What(StrEnum):
    ERASED = "erased"  # a file: its key, its sealed values, what of it waited on the bridge
    REVOKED = "revoked"  # a release, and the sealed copies under it
    LEFT = "left"  # somebody who no longer signs in


class Entry(NamedTuple):
    """One line: what it is about, by id, and what is needed to do it again."""

    n: int
    what: What
    said: dict

    def id(self, name: str) -> UUID:
        return UUID(self.said[name])

    def ids(self, name: str) -> list[UUID]:
        return [UUID(text) for text in self.said.get(name, ())]


class LogDamaged(InstallationError):
    """A line is not the one that was written. Nothing is forgotten anew until the log is whole again."""

    def __init__(self, what: str):
        super().__init__(
            f"{what}. Put back the copy of forgotten.jsonl that was taken last. If there is none, move the file aside: "
            "what was erased since a backup then comes back with it."
        )


class LogUnwritable(OSError):
    """The log cannot be written: a full disk, or a file that is not ours. Nothing was done."""


class ForgetLog:
    """The log of one installation: appended under a lock, on the disk for certain before anything rests on it."""

    def __init__(self, path: Path):
        self.path = Path(path)

    def entries(self) -> list[Entry]:
        """Every whole line, in order. Raises LogDamaged where the chain of lines is broken."""
        if not self.path.exists():
            return []
        return [Entry(n, What(body.pop("what")), body) for n, body in enumerate(_bodies(self.path.read_bytes()), 1)]

    def of(self, *what: What, **ids: UUID) -> list[Entry]:
        """Those about these things: `of(What.ERASED, agency=...)`."""
        wanted = {name: str(id) for name, id in ids.items()}
        return [e for e in self.entries() if e.what in what and wanted.items() <= e.said.items()]

    def carry(self, agency: UUID) -> list[dict]:
        """What is about an agency's vault, for the log of the installation that it moves to."""
        return [{"what": e.what.value, **e.said} for e in self.of(What.ERASED, What.REVOKED, agency=agency)]

    def take_over(self, carried: Iterable[dict]) -> None:
        """Enter what another installation's log said of a vault; what is here already stays once."""
        here = [{"what": e.what.value, **e.said} for e in self.entries()]
        for one in carried:
            if one not in here:
                self.append(What(one["what"]), **{name: said for name, said in one.items() if name != "what"})

    def append(self, what: What, **said: object) -> None:
        with self.appending(what, **said):
            """On the disk when it ends."""

    @contextmanager
    def appending(self, what: What, **said: object) -> Iterator[None]:
        """Write a line, then do what it says. If that fails the line is taken back: it was this writer's own last one,
        under the lock. A process that dies in between leaves the line; whoever reads it finishes the work."""
        with self._locked() as file:
            before = _whole(_read(file))
            body = {"what": str(what), **said, "previous": _last_hash(before)}
            line = json.dumps(body, separators=(",", ":"), default=str).encode() + b"\n"
            try:
                os.ftruncate(file, len(before))
                os.lseek(file, 0, os.SEEK_END)
                _write(file, line)
                yield
            except BaseException as error:
                os.ftruncate(file, len(before))
                os.fsync(file)
                if isinstance(error, OSError) and not isinstance(error, LogUnwritable):
                    raise LogUnwritable(error.errno, "the forget-log cannot be written") from error
                raise

    @contextmanager
    def _locked(self) -> Iterator[int]:
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LogUnwritable(error.errno, "the forget-log cannot be written") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _read(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as whole:
        return whole.read()


def _write(file: int, line: bytes) -> None:
    written = 0
    while written < len(line):
        written += os.write(file, line[written:])
    os.fsync(file)


def _whole(content: bytes) -> bytes:
    """Without a last line that a crash cut off: it was never said to be there."""
    return content[: content.rfind(b"\n") + 1]


def _last_hash(content: bytes) -> str:
    for _body in _bodies(content):
        """A broken chain is not written on."""
    lines = content.splitlines()
    return hashlib.sha256(lines[-1]).hexdigest() if lines else _START


def _bodies(content: bytes) -> Iterator[dict]:
    expected = _START
    for n, line in enumerate(_whole(content).splitlines(), 1):
        try:
            body = json.loads(line)
            bound_to = body.pop("previous")
        except (ValueError, KeyError, AttributeError):
            raise LogDamaged(f"line {n} of the forget-log cannot be read") from None
        if bound_to != expected:
            raise LogDamaged(f"line {n} of the forget-log does not follow from the one before")
        expected = hashlib.sha256(line).hexdigest()
        yield body


# --- Keys -------------------------------------------------------------------------------------------------------------


@contextmanager
def destroying(rings: FileRings, holder: UUID, subjects: Iterable[UUID]) -> Iterator[None]:
    """Destroy keys for good: when the block ends well they are gone, and no key is ever made under these names again.

    The ring is open for writing before the block runs, so that a ring that is missing, damaged or read-only stops it
    there; what fails inside leaves the keys as they were. Needs no key.
    """
    subjects = list(subjects)
    rows = [(subject.bytes,) for subject in subjects]
    with rings.writing(holder) as ring:
        _remember_the_dead(ring)
        ring.executemany("insert or ignore into forgotten values (?)", rows)
        ring.executemany("delete from key where subject = ?", rows)
        yield
    for subject in subjects:
        rings.destroy(holder, subject)  # from this process's memory, too


def _remember_the_dead(ring: sqlite3.Connection) -> None:
    """A table of names, and a trigger that lets no key come back under one of them: a save that was under way when the
    file was erased would else seal words under a new key."""
    ring.execute("create table if not exists forgotten(subject blob primary key) without rowid")
    ring.execute(
        "create trigger if not exists no_return before insert on key"
        " when exists (select 1 from forgotten where subject = new.subject) begin select raise(ignore); end"
    )


def present(rings: FileRings, holder: UUID, subjects: Iterable[UUID]) -> list[UUID]:
    """Those of these keys that the ring holds, whoever could open them."""
    with rings.writing(holder) as ring:
        _remember_the_dead(ring)
        found = [s for s in subjects if ring.execute("select 1 from key where subject = ?", [s.bytes]).fetchone()]
    return found


def destroy_forgotten(rings: FileRings, log: ForgetLog) -> int:
    """Destroy again every key that the log says is forgotten: an older copy of a ring brought it back. Returns how many
    were there. Rings that this installation does not hold are another's to clear."""
    returned = 0
    by_holder: dict[UUID, set[UUID]] = {}
    for entry in log.of(What.ERASED):
        by_holder.setdefault(entry.id("agency"), set()).update([entry.id("subject"), *entry.ids("also")])
    for holder, subjects in by_holder.items():
        try:
            found = present(rings, holder, subjects)
        except NoKey:
            continue
        with destroying(rings, holder, subjects):
            returned += len(found)
    return returned
