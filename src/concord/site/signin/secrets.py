"""Authenticators' secrets at rest: AES-256-GCM under a key in the installation's rings folder, so that the sign-in
database, its backup or its dump gives nobody a second factor."""

import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12
_BOUND_TO = b"signin.authenticator"


def seal(text: str) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return b64encode(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), _BOUND_TO)).decode()


def unseal(sealed: str) -> str:
    """Raises cryptography's InvalidTag for what was not sealed here."""
    body = b64decode(sealed)
    return AESGCM(_key()).decrypt(body[:_NONCE], body[_NONCE:], _BOUND_TO).decode()


def _key() -> bytes:
    path = Path(settings.CONCORD_RINGS.root) / "signin.key"
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """All of it or nothing; two processes at once end with the same key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
