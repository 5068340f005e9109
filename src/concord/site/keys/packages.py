"""The key of one sealed copy: its content under AES-256-GCM, bound to the package's id, and the key itself sealed to
the recipient's agency (HPKE). With the key deleted, what was sent is noise in every copy of the database.
"""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from concord.site.keys.rings import NoKey, open_sealed, seal_to
from concord.site.keys.sealing import VERSION, KeyRefused, Unreadable
from concord.site.stores import acting

_NONCE = 12
_KEY = 32


def seal_package(plaintext: bytes, *, package: UUID, public: bytes) -> tuple[bytes, bytes]:
    """The sealed content, and its new key sealed to the holder of `public`. Nobody keeps the key itself."""
    key, nonce = secrets.token_bytes(_KEY), secrets.token_bytes(_NONCE)
    content = VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, _bound_to(package))
    return content, seal_to(public, key, _bound_to(package))


def unseal_package(content: bytes, *, sealed_key: bytes, package: UUID, recipient: UUID) -> bytes:
    """Opens for whoever acts for the recipient's agency. Raises Unreadable for anything that was not sealed so."""
    if recipient != acting.current().viewer.agency:
        raise KeyRefused("this copy was sealed to another agency")
    try:
        key = open_sealed(settings.CONCORD_RINGS.agency(recipient), sealed_key, _bound_to(package))
        if content[:1] != VERSION:
            raise Unreadable("sealed by a version this program does not know")
        nonce, rest = content[1 : 1 + _NONCE], content[1 + _NONCE :]
        return AESGCM(key).decrypt(nonce, rest, _bound_to(package))
    except (InvalidTag, ValueError):
        raise Unreadable("a sealed copy does not open") from None


def _bound_to(package: UUID) -> bytes:
    return b"package:" + str(package).encode()


__all__ = ["KeyRefused", "NoKey", "Unreadable", "seal_package", "unseal_package"]
