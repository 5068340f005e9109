"""Key rings: files (or a key service behind the same four verbs) outside the databases, so that a database, its backup
or its dump opens nothing.

- **agency ring**: one file an agency: the key that wraps its person keys, and the pair to which others seal what they
  send it. Backed up apart.
- **person ring**: one small file an agency, one wrapped key a person or matter. Backed up apart and overwritten within
  30 days; deleting a row makes everything sealed under it unreadable, in every copy of the database.

Release keys come with releases and get a ring of their own that is never backed up.
"""

import json
import os
import secrets
import sqlite3
import threading
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)  # RFC 9180
_NONCE = 12
_CACHED = 60_000  # unwrapped person keys one process may hold


class NoKey(LookupError):
    """There is no such key here: it was never made, was destroyed, or another installation holds it."""


@dataclass(frozen=True)
class AgencyKey:
    agency: UUID
    wrapping: bytes
    private: X25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()


class _Held(NamedTuple):
    """An unwrapped person key, and what it was unwrapped from: another one under the same subject is another key."""

    key: bytes
    wrapped: bytes


class FileRings:
    """The rings of one installation below one 0700 folder."""

    def __init__(self, root: Path):
        self.root = Path(root)
        self._agency: dict[UUID, AgencyKey] = {}
        self._person: dict[UUID, dict[UUID, _Held]] = {}  # by holder, then by subject
        self._whole: set[UUID] = set()  # holders all of whose keys are there
        self._local = threading.local()

    # ---------------------------------------------------------------------------------------------------- agency ring
    def create_agency(self, agency: UUID) -> AgencyKey:
        """Make the agency's keys if it has none; two at once end with the same keys."""
        path = self._agency_path(agency)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        body = {
            "agency": str(agency),
            "wrapping": b64encode(secrets.token_bytes(32)).decode(),
            "private": b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode(),
        }
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(body, file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # fails where it exists: the first one stays
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        return self.agency(agency)

    def agency(self, agency: UUID) -> AgencyKey:
        key = self._agency.get(agency)
        if key is None:
            path = self._agency_path(agency)
            if not path.exists():
                raise NoKey("this installation does not hold that agency's keys")
            body = json.loads(path.read_text())
            key = AgencyKey(
                agency, b64decode(body["wrapping"]), X25519PrivateKey.from_private_bytes(b64decode(body["private"]))
            )
            self._agency[agency] = key
        return key

    def _agency_path(self, agency: UUID) -> Path:
        return self.root / "agency" / f"{agency}.json"

    # ---------------------------------------------------------------------------------------------------- person ring
    def person(self, holder: UUID, subject: UUID, *, create: bool = False) -> bytes:
        """The key under which `holder` seals what it knows of `subject`."""
        self._forget_if_changed(holder)
        held = self._person.get(holder, {}).get(subject)
        if held is None:
            row = self._ring(holder).execute("select wrapped from key where subject = ?", [subject.bytes]).fetchone()
            if row is None:
                if not create:
                    raise NoKey("the key of this record was destroyed or never made")
                self._make(holder, subject)
                return self.person(holder, subject)
            held = self._remember(holder, subject, row[0])
        return held.key

    def warm(self, holder: UUID) -> None:
        """Load all of a holder's person keys at once, before decrypting a list."""
        self.keys(holder)

    def keys(self, holder: UUID) -> Mapping[UUID, bytes]:
        """All of a holder's person keys, by subject, as they are now: for decrypting every row there is."""
        self._forget_if_changed(holder)
        held = self._person.get(holder, {}).copy()
        if holder not in self._whole:
            self._whole.add(holder)  # before reading: a key made meanwhile takes it out again
            for subject, wrapped in self._ring(holder).execute("select subject, wrapped from key"):
                subject = UUID(bytes=subject)
                if subject not in held:
                    held[subject] = self._remember(holder, subject, wrapped)
        return {subject: one.key for subject, one in held.items()}

    def create_many(self, holder: UUID, subjects: list[UUID]) -> None:
        """Keys for many new records in one write (imports)."""
        wrap = AESGCM(self.agency(holder).wrapping)
        rows = [(s.bytes, _wrap(wrap, s, secrets.token_bytes(32))) for s in subjects]
        ring = self._ring(holder)
        with ring:
            ring.executemany("insert or ignore into key values (?, ?)", rows)
        self._whole.discard(holder)

    def destroy(self, holder: UUID, subject: UUID) -> None:
        """Overwrite and delete one key. What it sealed stays ciphertext for ever, in every copy."""
        ring = self._ring(holder)
        with ring:
            ring.execute("delete from key where subject = ?", [subject.bytes])
        self._person.get(holder, {}).pop(subject, None)

    def close(self) -> None:
        """Close this thread's ring files."""
        for ring in getattr(self._local, "rings", {}).values():
            ring.close()
        self._local.__dict__.clear()

    def _make(self, holder: UUID, subject: UUID) -> None:
        self.create_many(holder, [subject])

    def _remember(self, holder: UUID, subject: UUID, wrapped: bytes) -> _Held:
        key = AESGCM(self.agency(holder).wrapping).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.bytes)
        if sum(map(len, list(self._person.values()))) >= _CACHED:
            self._whole.clear()
            self._person.clear()
        held = self._person.setdefault(holder, {})[subject] = _Held(key, wrapped)
        return held

    def _forget_if_changed(self, holder: UUID) -> None:
        """Another process may have destroyed a key: SQLite's data version says that the file changed."""
        version = self._ring(holder).execute("pragma data_version").fetchone()[0]
        known = (id(self._ring(holder)), version)
        seen = self._local.seen
        if seen.get(holder) not in (None, known):
            self._whole.discard(holder)
            there = dict(self._ring(holder).execute("select subject, wrapped from key"))
            held = self._person.get(holder, {})
            for subject, one in list(held.items()):
                if there.get(subject.bytes) != one.wrapped:
                    held.pop(subject, None)
        seen[holder] = known

    def _ring(self, holder: UUID) -> sqlite3.Connection:
        """One connection a thread and process to the holder's ring file."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.pid, self._local.rings, self._local.seen = os.getpid(), {}, {}
        ring = self._local.rings.get(holder)
        if ring is None:
            self.agency(holder)  # no keys of an agency, no ring
            folder = self.root / "person"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / f"{holder}.ring"
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            ring = sqlite3.connect(path, timeout=10)
            ring.execute("pragma journal_mode = truncate")
            ring.execute("pragma secure_delete = on")
            ring.execute(
                "create table if not exists key(subject blob primary key, wrapped blob not null) without rowid"
            )
            self._local.rings[holder] = ring
        return ring


def _wrap(wrap: AESGCM, subject: UUID, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + wrap.encrypt(nonce, key, subject.bytes)


def seal_to(public: bytes, plaintext: bytes, purpose: bytes) -> bytes:
    """Seal to an agency's public key: only the holder of its agency ring opens it (HPKE base mode, RFC 9180)."""
    key = X25519PublicKey.from_public_bytes(public)
    return _SUITE.encrypt(plaintext, key, info=purpose)


def open_sealed(key: AgencyKey, sealed: bytes, purpose: bytes) -> bytes:
    """Open what was sealed to this agency for this purpose; raises cryptography's InvalidTag otherwise."""
    return _SUITE.decrypt(sealed, key.private, info=purpose)
