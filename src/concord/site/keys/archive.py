"""One sealed file that opens without Concord: for a provider that leaves and takes everything along.

The first line is JSON and says how the file's key is reached: from a passphrase (scrypt), or with the agency's private
key (HPKE, RFC 9180). The rest is the content in pieces of one size, each AES-256-GCM under that key, bound to the first
line; the nonce is the piece's number and, in its last byte, whether it is the last one, so that a file that was cut off
does not open. docs/leaving.md has the twenty lines of Python that open it.
"""

import base64
import hashlib
import io
import json
import secrets
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

FORMAT = "concord archive 1"
PIECE = 1 << 20
LEAST_LETTERS = 12
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1}  # about 64 MB and a fifth of a second a try
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class WeakPassphrase(ValueError):
    """Too short to keep anybody out."""


def under_passphrase(out: BinaryIO, passphrase: str) -> "Archive":
    if len(passphrase) < LEAST_LETTERS:
        raise WeakPassphrase(f"a passphrase has at least {LEAST_LETTERS} letters")
    salt = secrets.token_bytes(16)
    key = Scrypt(salt=salt, length=32, **_SCRYPT).derive(passphrase.encode())
    return Archive(out, key, {"passphrase": {"salt": _b64(salt), **_SCRYPT}})


def under_agency_key(out: BinaryIO, public: bytes) -> "Archive":
    key = secrets.token_bytes(32)
    sealed = _SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), info=FORMAT.encode())
    return Archive(out, key, {"agency_key": _b64(sealed)})


class Archive(io.RawIOBase):
    """Seals what is written to it. Close it: what has no last piece does not open."""

    def __init__(self, out: BinaryIO, key: bytes, how: dict):
        super().__init__()
        head = json.dumps({"format": FORMAT, "piece": PIECE, **how}).encode() + b"\n"
        self._out, self._cipher, self._bound_to = out, AESGCM(key), hashlib.sha256(head).digest()
        self._waiting, self._n = bytearray(), 0
        out.write(head)

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:  # a full piece may be the last: it waits for the next byte
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
            self._out.flush()
        super().close()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = self._n.to_bytes(11) + bytes([last])
        self._out.write(self._cipher.encrypt(nonce, piece, self._bound_to))
        self._n += 1


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
