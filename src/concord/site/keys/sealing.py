"""Sealing values: AES-256-GCM under a person's key, bound to a permanent field code and the row's id, so that a
ciphertext moved to another row or field does not open.

Keys come from whoever is acting: her own agency's, and a partner's for the rows of a case whose team she is on.
"""

import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from concord.site.keys.opened import FilesClosed
from concord.site.keys.rings import NoKey
from concord.site.stores import acting

VERSION = b"\x01"
_NONCE = 12
_HEAD = 1 + _NONCE
_KNOWN = VERSION[0]


class KeyRefused(PermissionError):
    """The acting agency has no right to this holder's keys."""


class Unreadable(ValueError):
    """A sealed value does not open: wrong row, wrong field, damaged, or its key is gone."""


def key_for(holder: UUID, subject: UUID, *, create: bool = False, shared: bool = False) -> bytes:
    """The person key, if whoever is acting may use that holder's ring: her own agency's, or a partner's for a record of
    a kind that a case's team shares. A provider's keys are never used by anybody else."""
    _require_right(holder, shared)
    return settings.CONCORD_RINGS.person(holder, subject, create=create)


def own_keys(holder: UUID) -> Mapping[bytes, bytes]:
    """All person keys of the acting agency, by the bytes of the subject's id: to open every row and find one."""
    _require_right(holder, shared=False)
    return settings.CONCORD_RINGS.keys(holder)


def _require_right(holder: UUID, shared: bool) -> None:
    a = acting.current_or_none()
    if a is None:
        if not acting.is_commanding():
            raise acting.NoActing("no one is acting: keys come from the acting context")
    elif holder != a.viewer.agency and not (shared and holder in a.viewer.partners and not _is_provider(holder)):
        raise KeyRefused("these keys belong to another agency")


def _is_provider(holder: UUID) -> bool:
    return settings.CONCORD.vault_of(holder) is not None


def seal(plaintext: str, *, code: str, row: UUID, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext.encode(), _bound_to(code, row))


def unseal(sealed: bytes, *, code: str, row: UUID, key: bytes) -> str:
    if sealed[:1] != VERSION:
        raise Unreadable("sealed by a version this program does not know")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], _bound_to(code, row)).decode()
    except InvalidTag:
        raise Unreadable("a sealed value does not open") from None


def bound_to_codes(codes: Sequence[str]) -> list[bytes]:
    """What `unseal_row` takes, made once for all rows."""
    return [code.encode() + b"|" for code in codes]


def unseal_row(values: Sequence, *, bound: Sequence[bytes], row: bytes, key: bytes) -> list[str]:
    """Sealed values of one row and key, "" where there is none: `unseal` for whoever opens every row there is.

    `row`: the bytes of the row's id; `bound`: as many as values, of `bound_to_codes`.
    """
    decrypt = AESGCM(key).decrypt
    try:
        return [
            decrypt(it[1:_HEAD], it[_HEAD:], code + row).decode() if it and it[0] == _KNOWN else _none(it)
            for it, code in zip(values, bound, strict=True)
        ]
    except InvalidTag:
        raise Unreadable("a sealed value does not open") from None


def _none(sealed: bytes | None) -> str:
    if sealed:
        raise Unreadable("sealed by a version this program does not know")
    return ""


def _bound_to(code: str, row: UUID) -> bytes:
    return code.encode() + b"|" + row.bytes


__all__ = ["FilesClosed", "KeyRefused", "NoKey", "Unreadable", "key_for", "own_keys", "seal", "unseal"]
