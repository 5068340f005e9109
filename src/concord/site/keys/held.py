"""Keys that a provider holds itself: what is kept for each member of staff, and the sheet for the day all else is lost.

Each member of staff has a pair of her own (X25519). Its private half is kept under her passphrase (Argon2id, then
AES-256-GCM); the agency's key is sealed to its public half (HPKE, RFC 9180). So keys can be renewed for everybody
while only one is there, and whoever's copy is taken out opens nothing that is renewed afterwards. The recovery sheet
is one more such pair, made of the secret that stands on paper and nowhere else. A passkey's PRF can become a second
kind of lock on the same pair (ADR 0015).
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)  # RFC 9180
SHEET = "sheet"  # in place of a staff id: the copy that the recovery sheet opens
_NONCE = 12


class WrongPassphrase(ValueError):
    """Not the passphrase that this copy was made with."""


class WrongSheet(ValueError):
    """Not a recovery sheet of this agency. `line`: the first line that is not as it was printed, if one is."""

    def __init__(self, line: int | None = None):
        super().__init__("this is not the agency's recovery sheet")
        self.line = line


@dataclass(frozen=True)
class AgencyKey:
    """What opens an agency's ring. `previous`: what wraps those person keys that a renewal has not come to yet.
    `former`: earlier private keys, for what was sealed to the agency before they were renewed."""

    agency: UUID
    wrapping: bytes = field(repr=False)
    private: X25519PrivateKey = field(repr=False)
    generation: int = 1
    former: tuple[X25519PrivateKey, ...] = field(default=(), repr=False)
    previous: bytes | None = field(default=None, repr=False)
    held: bool = True  # by the provider itself: came out of a copy, and not out of a file in plain

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @cached_property
    def wraps(self) -> tuple[AESGCM, ...]:
        """What a person key may be wrapped under, the one for new keys first."""
        return tuple(AESGCM(key) for key in (self.wrapping, self.previous) if key)

    @cached_property
    def mark(self) -> bytes:
        """A name for this very key that only whoever holds it can reckon."""
        return _derived(self.wrapping, b"concord mark")

    def as_entries(self) -> dict:
        """For a file or a sealed copy."""
        privates = [b64(key.private_bytes_raw()) for key in (self.private, *self.former)]
        entries = {"wrapping": b64(self.wrapping), "private": privates[0], "former": privates[1:]}
        return entries | ({"previous": b64(self.previous)} if self.previous else {})

    @classmethod
    def of_entries(cls, agency: UUID, entries: Mapping, generation: int, *, held: bool) -> "AgencyKey":
        private, *former = (_private(text) for text in (entries["private"], *entries.get("former", ())))
        previous = entries.get("previous")
        return cls(agency, b64decode(entries["wrapping"]), private, generation, tuple(former),
                   b64decode(previous) if previous else None, held)  # fmt: skip

    @classmethod
    def new(cls, agency: UUID) -> "AgencyKey":
        return cls(agency, secrets.token_bytes(32), X25519PrivateKey.generate())

    def renewed(self) -> "AgencyKey":
        """The key that follows this one, and still opens what this one wraps."""
        return AgencyKey(self.agency, secrets.token_bytes(32), X25519PrivateKey.generate(), self.generation + 1,
                         (self.private, *self.former), self.wrapping)  # fmt: skip

    def settled(self) -> "AgencyKey":
        """This key once nothing is wrapped under the previous one any more."""
        return AgencyKey(self.agency, self.wrapping, self.private, self.generation, self.former)


# --- A passphrase and the pair behind it ------------------------------------------------------------------------------


class Cost(NamedTuple):
    """What one try at a passphrase costs: kibibytes, passes, lanes. Kept beside what it protects, so it can grow."""

    memory: int
    passes: int
    lanes: int


COST = Cost(131_072, 3, 4)  # twice the memory of RFC 9106's second recommendation; about a quarter of a second
_one_at_a_time = threading.Lock()  # twenty people at nine o'clock must not take twenty times the memory


def normal(passphrase: str) -> str:
    """As it is compared: a phone's capital at the beginning or two spaces are no other passphrase."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).casefold().split())


def new_pair(passphrase: str, *, agency: UUID, staff: UUID) -> tuple[dict, bytes]:
    """A member of staff's entry for the agency's file, and the private half of her pair."""
    private = X25519PrivateKey.generate()
    raw = private.private_bytes_raw()
    return {"public": b64(private.public_key().public_bytes_raw())} | locked(raw, passphrase, agency, staff), raw


def locked(private: bytes, passphrase: str, agency: UUID, staff: UUID) -> dict:
    """The private half under a passphrase, with what is needed to try that passphrase again."""
    salt, nonce, cost = secrets.token_bytes(16), secrets.token_bytes(_NONCE), COST
    sealed = AESGCM(_stretched(passphrase, salt, cost)).encrypt(nonce, private, _bound(b"pair", agency, str(staff)))
    return {"kind": "passphrase", "salt": b64(salt), **cost._asdict(), "locked": b64(nonce + sealed)}


def unlock(entry: Mapping, passphrase: str, *, agency: UUID, staff: UUID) -> bytes:
    """The private half of her pair; raises WrongPassphrase."""
    cost, sealed = Cost(entry["memory"], entry["passes"], entry["lanes"]), b64decode(entry["locked"])
    key = AESGCM(_stretched(passphrase, b64decode(entry["salt"]), cost))
    try:
        return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(b"pair", agency, str(staff)))
    except InvalidTag:
        raise WrongPassphrase("not the passphrase of this copy") from None


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    with _one_at_a_time:
        kdf = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
        return kdf.derive(normal(passphrase).encode())


# --- Copies of the agency's key ---------------------------------------------------------------------------------------


def copy_for(public: bytes, key: AgencyKey, who: str) -> str:
    """The agency's key for one pair alone."""
    body, pair = json.dumps(key.as_entries()).encode(), X25519PublicKey.from_public_bytes(public)
    return b64(SUITE.encrypt(body, pair, info=_of(key.agency, who, key.generation)))


def open_copy(copy: str, private: bytes, *, agency: UUID, who: str, generation: int) -> AgencyKey:
    """Raises cryptography's InvalidTag where the copy is not for this pair, agency, person and generation."""
    pair = X25519PrivateKey.from_private_bytes(private)
    body = SUITE.decrypt(b64decode(copy), pair, info=_of(agency, who, generation))
    return AgencyKey.of_entries(agency, json.loads(body), generation, held=True)


def tag(key: AgencyKey, who: str, public: str) -> str:
    """Proof that somebody who held the agency's key let this pair in: a file that was tampered with has none."""
    return b64(hmac.digest(_derived(key.wrapping, b"concord members"), f"{who}|{public}".encode(), "sha256"))


def is_ours(key: AgencyKey, who: str, entry: Mapping) -> bool:
    return hmac.compare_digest(entry.get("tag", ""), tag(key, who, entry["public"]))


def code_of(public: str) -> str:
    """What somebody who asks for the keys reads to the colleague who gives them: "K7QM-2D9X-ZT4B"."""
    text = _as_letters(hashlib.sha256(b"concord code|" + b64decode(public)).digest(), 12)
    return "-".join(text[n : n + 4] for n in range(0, 12, 4))


def same_code(typed: str, public: str) -> bool:
    return hmac.compare_digest(_letters(typed), _letters(code_of(public)))


# --- The recovery sheet -----------------------------------------------------------------------------------------------

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is mistaken for another on paper
_LINES, _IN_LINE, _CHECK = 4, 13, 3  # four lines of thirteen letters and three that check them: 256 bits


@dataclass(frozen=True)
class Sheet:
    """What is printed: `lines` stand on paper and nowhere else."""

    lines: tuple[str, ...] = field(repr=False)
    private: bytes = field(repr=False)

    @property
    def public(self) -> str:
        return b64(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())


def new_sheet(agency: UUID) -> Sheet:
    secret = secrets.token_bytes(32)
    letters = _as_letters(secret, _LINES * _IN_LINE)
    lines = []
    for n in range(_LINES):
        part = letters[n * _IN_LINE : (n + 1) * _IN_LINE]
        whole = part + _check(n, part)
        lines.append(" ".join(whole[at : at + 4] for at in range(0, len(whole), 4)))
    return Sheet(tuple(lines), _sheet_pair(secret, agency))


def read_sheet(typed: str, agency: UUID) -> Sheet:
    """What was typed off the paper; raises WrongSheet, with the first line that is not as it was printed."""
    letters, length = _letters(typed), _IN_LINE + _CHECK
    if len(letters) != _LINES * length or set(letters) - set(_LETTERS):
        raise WrongSheet
    rows = [letters[n * length : (n + 1) * length] for n in range(_LINES)]
    for n, row in enumerate(rows):
        if row[_IN_LINE:] != _check(n, row[:_IN_LINE]):
            raise WrongSheet(n + 1)
    value = 0
    for letter in "".join(row[:_IN_LINE] for row in rows):
        value = value << 5 | _LETTERS.index(letter)
    secret = (value >> (_LINES * _IN_LINE * 5 - 256)).to_bytes(32)
    return Sheet(tuple(rows), _sheet_pair(secret, agency))


def line_proof(line: str, agency: UUID) -> str:
    """To see that the sheet was printed: a digest of one of its lines, which leaves 191 bits unknown."""
    return hashlib.sha256(_bound(b"line", agency, _letters(line))).hexdigest()


def _sheet_pair(secret: bytes, agency: UUID) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, _bound(b"pair", agency, SHEET)).derive(secret)


def _check(n: int, part: str) -> str:
    return _as_letters(hashlib.sha256(f"concord sheet|{n}|{part}".encode()).digest(), _CHECK)


def _as_letters(bits: bytes, n: int) -> str:
    value = int.from_bytes(bits) << 5  # room for the last letter's missing bits
    length = len(bits) * 8 + 5
    return "".join(_LETTERS[value >> (length - 5 * (i + 1)) & 31] for i in range(n))


def _letters(typed: str) -> str:
    """As printed: small letters, spaces, and what is easily mistaken, put right."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(str.maketrans("OIL", "011"))


def suggestion(words: int = 6) -> str:
    """A passphrase nobody has used: words that mean nothing and can be said aloud, 12 bits each."""
    part = lambda: secrets.choice("bdfghjklmnprstvz") + secrets.choice("aeiou")  # noqa: E731
    return " ".join(part() + part() for _ in range(words))


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _private(text: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(b64decode(text))


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, purpose).derive(key)


def _bound(what: bytes, agency: UUID, who: str) -> bytes:
    return b"concord|" + what + b"|" + agency.bytes + b"|" + who.encode()


def _of(agency: UUID, who: str, generation: int) -> bytes:
    return _bound(b"agency key", agency, f"{who}|{generation}")
