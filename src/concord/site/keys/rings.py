"""Key rings: files (or a key service behind the same four verbs) outside the databases, so that a database, its backup
or its dump opens nothing.

- **agency ring**: one file an agency: the key that wraps its person keys, and the pair to which others seal what they
  send it. Backed up apart. A provider can hold it itself (`keys.held`): then the file has copies only, each for one of
  its staff, and nothing opens unless one of them brought hers (`keys.opened`).
- **person ring**: one small file an agency, one wrapped key a person or matter. Backed up apart and overwritten within
  30 days; deleting a row makes everything sealed under it unreadable, in every copy of the database.

The key of a sealed copy is in no ring: `bridge.models.PackageKey`, and ADR 12 says why.
"""

import copy
import json
import os
import secrets
import sqlite3
import threading
import time
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from concord.site.keys import opened
from concord.site.keys.held import SUITE, AgencyKey, b64
from concord.site.keys.opened import FilesClosed

_NONCE = 12
_CACHED = 60_000  # unwrapped person keys one process may hold
FORGOTTEN_AFTER = 300  # seconds without use, for keys that a provider holds itself
HOST, PROVIDER = "host", "provider"


class NoKey(LookupError):
    """There is no such key here: it was never made, was destroyed, or another installation holds it."""


class RingLost(RuntimeError):
    """A ring that was here is not, or cannot be read: put its copy back before anything else is done."""


class _Kept(NamedTuple):
    """Unwrapped person keys by the bytes of the subject's id, and what each was unwrapped from: another one there is
    another key."""

    keys: dict[bytes, bytes]
    wrapped: dict[bytes, bytes]


class FileRings:
    """The rings of one installation below one 0700 folder."""

    def __init__(self, root: Path):
        self.root = Path(root)
        self._bodies: dict[UUID, tuple] = {}  # agencies' files as they were read: what was seen of the file, its body
        self._paths: dict[UUID, Path] = {}
        self._plain: dict[UUID, tuple] = {}  # the body, and the key that stands in it
        self._person: dict[tuple, _Kept] = {}  # by slot: see `_slot`
        self._whole: set[tuple] = set()  # slots all of whose keys are there
        self._used: dict[tuple, float] = {}  # when a slot of a key that a provider holds itself was last asked
        self._clearing: threading.Timer | None = None
        self._local = threading.local()

    # ---------------------------------------------------------------------------------------------------- agency ring
    def create_agency(self, agency: UUID) -> AgencyKey:
        """As `ensure_agency`; for whoever may also use the keys at once."""
        self.ensure_agency(agency)
        return self.agency(agency)

    def ensure_agency(self, agency: UUID) -> bytes:
        """Make the agency's keys if it has none; two at once end with the same keys. Returns what others seal to."""
        path = self._agency_path(agency)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = AgencyKey.new(agency)
        temporary = _written(path, {"agency": str(agency), "public": b64(key.public), **key.as_entries()})
        try:
            os.link(temporary, path)  # fails where it exists: the first one stays
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        return self.public(agency)

    def agency(self, agency: UUID) -> AgencyKey:
        """The agency's key. FilesClosed where the provider holds it itself and none of its copies came with whoever is
        acting: asked anew each time, so that nothing is taken from what another one brought."""
        body = self.body(agency)
        if body["held"] == PROVIDER:
            one = opened.current()
            if one is None or one.agency != agency:
                raise FilesClosed("the provider holds this key itself")
            return one.key(body)
        known = self._plain.get(agency)
        if known is None or known[0] is not body:
            known = self._plain[agency] = (body, _plain_key(agency, body))
        return known[1]

    def public(self, agency: UUID) -> bytes:
        """What others seal to; whoever holds the keys."""
        body = self.body(agency)
        return b64decode(body["public"]) if "public" in body else self.agency(agency).public

    def is_held(self, agency: UUID) -> bool:
        """Whether the agency holds its keys itself. False also where this installation has none of it."""
        return self._agency_path(agency).exists() and self.body(agency)["held"] == PROVIDER

    def is_open(self, agency: UUID) -> bool:
        """Whether whoever is acting can use the agency's keys now."""
        try:
            self.agency(agency)
        except (FilesClosed, NoKey):
            return False
        return True

    def body(self, agency: UUID) -> Mapping:
        """The agency's file as it is now. Read it, never change it: see `changing`."""
        path = self._paths.get(agency)
        if path is None:
            path = self._paths[agency] = self._agency_path(agency)
        try:
            seen = os.stat(path)
        except FileNotFoundError:
            raise NoKey("this installation does not hold that agency's keys") from None
        stamp = (seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size)
        known = self._bodies.get(agency)
        if known is None or known[0] != stamp:
            known = self._bodies[agency] = (stamp, _read(path))
            self._forget(agency)
        return known[1]

    @contextmanager
    def changing(self, agency: UUID) -> Iterator[dict]:
        """The agency's file to be changed: one at a time in all processes, written whole or not at all.

        While it lasts no person key is made or moved by anybody else.
        """
        with self.writing(agency):
            body = copy.deepcopy(self.body(agency))
            before = copy.deepcopy(body)
            yield body
            if body != before:
                _replace(self._agency_path(agency), body, wipe=before["held"] == HOST != body["held"])

    @contextmanager
    def writing(self, holder: UUID) -> Iterator[sqlite3.Connection]:
        """The holder's person ring, for one writer at a time. Everything inside happens or nothing does."""
        ring = self._ring(holder)
        if ring.in_transaction:
            yield ring
            return
        with ring:
            ring.execute("begin immediate")
            yield ring

    def _agency_path(self, agency: UUID) -> Path:
        return self.root / "agency" / f"{agency}.json"

    # ---------------------------------------------------------------------------------------------------- person ring
    def person(self, holder: UUID, subject: UUID, *, create: bool = False) -> bytes:
        """The key under which `holder` seals what it knows of `subject`."""
        slot = self._slot(holder)
        self._forget_if_changed(holder)
        kept = self._person.get(slot)
        key = kept.keys.get(subject.bytes) if kept else None
        if key is None:
            wrapped = self._wrapped(holder, subject)
            if wrapped is None:
                if not create:
                    raise NoKey("the key of this record was destroyed or never made")
                self._make(holder, subject)
                return self.person(holder, subject)
            try:
                key = self._remember(holder, {subject.bytes: wrapped})[subject.bytes]
            except InvalidTag:  # moved under a renewed key while we looked
                key = self._remember(holder, {subject.bytes: self._wrapped(holder, subject)})[subject.bytes]
        return key

    def warm(self, holder: UUID) -> None:
        """Load all of a holder's person keys at once, before decrypting a list."""
        self.keys(holder)

    def keys(self, holder: UUID) -> Mapping[bytes, bytes]:
        """All of a holder's person keys, by the bytes of the subject's id, as they are now: for decrypting every row
        there is. (Bytes are found in a dictionary four times as fast as the ids they make.)"""
        slot = self._slot(holder)
        self._forget_if_changed(holder)
        kept = self._person.get(slot)
        found = kept.keys.copy() if kept else {}
        if slot not in self._whole:
            self._whole.add(slot)  # before reading: a key made meanwhile takes it out again
            try:
                found |= self._remember(holder, self._missing(holder, found))
            except InvalidTag:  # moved under a renewed key while we looked
                found |= self._remember(holder, self._missing(holder, found))
        return found

    def _wrapped(self, holder: UUID, subject: UUID) -> bytes | None:
        found = self._ring(holder).execute("select wrapped from key where subject = ?", [subject.bytes]).fetchone()
        return found[0] if found else None

    def _missing(self, holder: UUID, known: Mapping) -> dict[bytes, bytes]:
        rows = self._ring(holder).execute("select subject, wrapped from key")
        return {subject: wrapped for subject, wrapped in rows if subject not in known}

    def create_many(self, holder: UUID, subjects: list[UUID]) -> None:
        """Keys for many new records in one write (imports)."""
        with self.writing(holder) as ring:
            wrap = self.agency(holder).wraps[0]  # asked inside: whoever renews the key waits for us, or we for them
            rows = [(s.bytes, _wrap(wrap, s.bytes, secrets.token_bytes(32))) for s in subjects]
            ring.executemany("insert or ignore into key values (?, ?)", rows)
        self._whole.discard(self._slot(holder))

    def destroy(self, holder: UUID, subject: UUID) -> None:
        """Overwrite and delete one key. What it sealed stays ciphertext for ever, in every copy. Needs no key."""
        with self.writing(holder) as ring:
            ring.execute("delete from key where subject = ?", [subject.bytes])
        for kept in self._of(holder):
            kept.keys.pop(subject.bytes, None)
            kept.wrapped.pop(subject.bytes, None)

    def close(self) -> None:
        """Close this thread's ring files."""
        for ring in getattr(self._local, "rings", {}).values():
            ring.close()
        self._local.__dict__.clear()

    def _make(self, holder: UUID, subject: UUID) -> None:
        self.create_many(holder, [subject])

    def _slot(self, holder: UUID) -> tuple:
        """Where unwrapped keys of this holder are kept. For keys that a provider holds itself its name is reckoned from
        the agency's key: whoever did not bring that finds nothing."""
        key = self.agency(holder)
        if not key.held:
            return (holder,)
        slot = (holder, key.mark)
        self._used[slot] = time.monotonic()
        self._clear_in_time()
        return slot

    def _of(self, holder: UUID) -> list[_Kept]:
        return [kept for slot, kept in list(self._person.items()) if slot[0] == holder]

    def _remember(self, holder: UUID, wrapped: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        if any(one is None for one in wrapped.values()):
            raise NoKey("the key of this record was destroyed or never made")
        slot, wraps = self._slot(holder), self.agency(holder).wraps
        found = {subject: _unwrap(wraps, subject, one) for subject, one in wrapped.items()}
        if sum(len(kept.keys) for kept in list(self._person.values())) >= _CACHED:
            self._whole.clear()
            self._person.clear()
        kept = self._person.setdefault(slot, _Kept({}, {}))
        kept.wrapped.update(wrapped)
        kept.keys.update(found)
        return found

    def _forget(self, holder: UUID) -> None:
        for slot in [slot for slot in list(self._person) if slot[0] == holder]:
            self._person.pop(slot, None)
            self._used.pop(slot, None)
            self._whole.discard(slot)

    def _clear_in_time(self) -> None:
        """Keys that a provider holds itself are not kept long past their use, also where nobody asks any more."""
        if self._clearing is None or not self._clearing.is_alive():
            self._clearing = threading.Timer(FORGOTTEN_AFTER / 5, self._clear)
            self._clearing.daemon = True
            self._clearing.start()

    def _clear(self) -> None:
        self._clearing = None
        for slot, used in list(self._used.items()):
            if time.monotonic() - used >= FORGOTTEN_AFTER:
                self._person.pop(slot, None)
                self._whole.discard(slot)
                self._used.pop(slot, None)
        if self._used:
            self._clear_in_time()

    def _forget_if_changed(self, holder: UUID) -> None:
        """Another process may have destroyed a key: SQLite's data version says that the file changed."""
        ring = self._ring(holder)
        known = (id(ring), ring.execute("pragma data_version").fetchone()[0])
        seen = self._local.seen
        if seen.get(holder) not in (None, known):
            for slot in [slot for slot in list(self._whole) if slot[0] == holder]:
                self._whole.discard(slot)
            there = dict(ring.execute("select subject, wrapped from key"))
            for kept in self._of(holder):
                for subject, one in list(kept.wrapped.items()):
                    if there.get(subject) != one:
                        kept.keys.pop(subject, None)
                        kept.wrapped.pop(subject, None)
        seen[holder] = known

    def _ring(self, holder: UUID) -> sqlite3.Connection:
        """One connection a thread and process to the holder's ring file."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.pid, self._local.rings, self._local.seen = os.getpid(), {}, {}
        ring = self._local.rings.get(holder)
        if ring is None:
            self.body(holder)  # no keys of an agency, no ring
            folder = self.root / "person"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"{holder}.ring"
            made = self._agency_path(holder).with_suffix(".made")
            if made.exists() and not path.exists():
                # An empty one in its place would make every record look erased, and new keys would hide that.
                raise RingLost("the ring of person keys is missing")
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            made.touch(mode=0o600)
            ring = sqlite3.connect(path, timeout=10)
            try:
                ring.execute("pragma journal_mode = truncate")
                ring.execute("pragma secure_delete = on")
                ring.execute(
                    "create table if not exists key(subject blob primary key, wrapped blob not null) without rowid"
                )
            except sqlite3.DatabaseError as error:
                ring.close()
                if isinstance(error, sqlite3.OperationalError):  # a full disk, a lock: tried again it may do
                    raise
                raise RingLost("the ring of person keys cannot be read") from None
            self._local.rings[holder] = ring
        return ring


def _written(path: Path, body: Mapping, owner: os.stat_result | None = None) -> Path:
    """A file beside `path` with this body, on the disk for certain; for the owner of the one it will follow."""
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            if owner is not None and os.geteuid() == 0:
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink()
        raise
    return temporary


def _replace(path: Path, body: Mapping, *, wipe: bool) -> None:
    """The old file or the new one is there at any moment. `wipe`: what the old one held in plain is overwritten, as far
    as the disk overwrites at all."""
    old = os.open(path, os.O_RDWR)
    try:
        facts = os.fstat(old)
        os.replace(_written(path, body, facts), path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        if wipe:
            os.pwrite(old, bytes(facts.st_size), 0)
            os.fsync(old)
    finally:
        os.close(old)


def _read(path: Path) -> Mapping:
    """A file that is being replaced may be read while it is overwritten; the one in its place is whole."""
    for _ in range(3):
        try:
            body = json.loads(path.read_text())
        except ValueError:
            continue
        if isinstance(body, dict):
            return {"held": HOST, "generation": 1, "members": {}, "waiting": {}, "sheet": None, "removed": [], **body}
    raise RingLost("an agency's file of keys cannot be read")


def _plain_key(agency: UUID, body: Mapping) -> AgencyKey:
    try:
        return AgencyKey.of_entries(agency, body, body["generation"], held=False)
    except (KeyError, ValueError):
        raise RingLost("an agency's file of keys cannot be read") from None


def _wrap(wrap: AESGCM, subject: bytes, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + wrap.encrypt(nonce, key, subject)


def _unwrap(wraps: tuple[AESGCM, ...], subject: bytes, wrapped: bytes) -> bytes:
    *others, last = wraps
    for wrap in others:
        try:
            return wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject)
        except InvalidTag:
            continue
    return last.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject)


def seal_to(public: bytes, plaintext: bytes, purpose: bytes) -> bytes:
    """Seal to an agency's public key: only the holder of its agency ring opens it (HPKE base mode, RFC 9180)."""
    key = X25519PublicKey.from_public_bytes(public)
    return SUITE.encrypt(plaintext, key, info=purpose)


def open_sealed(key: AgencyKey, sealed: bytes, purpose: bytes) -> bytes:
    """Open what was sealed to this agency for this purpose, under its pair of today or one that it had before; raises
    cryptography's InvalidTag otherwise."""
    for private in key.former:
        try:
            return SUITE.decrypt(sealed, private, info=purpose)
        except InvalidTag:
            continue
    return SUITE.decrypt(sealed, key.private, info=purpose)
