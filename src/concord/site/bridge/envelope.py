"""The content of a referral as bytes: sealed to the recipient, and padded so that its length says little."""

import json
from datetime import date
from uuid import UUID

from concord.law.referrals import as_content
from concord.site.keys.rings import AgencyKey, open_sealed, seal_to

#: A line, a page, or a long account: all that the length of a sealed referral tells.
SIZES = (4_096, 16_384, 65_536)
_LENGTH = 4


class TooLong(ValueError):
    """The content does not fit the largest size."""


def seal(content: dict, *, public: bytes, referral: UUID) -> bytes:
    body = json.dumps(content, ensure_ascii=False, default=_plain).encode()
    return seal_to(public, _padded(body), _purpose(referral))


def open_content(sealed: bytes, *, key: AgencyKey, referral: UUID) -> dict:
    """Raises cryptography's InvalidTag where the key is not the recipient's or the bytes are another referral's.
    Nothing is believed of what was sealed: what cannot be read has no parts."""
    padded = open_sealed(key, sealed, _purpose(referral))
    length = int.from_bytes(padded[:_LENGTH])
    try:
        said = json.loads(padded[_LENGTH : _LENGTH + length])
    except (ValueError, RecursionError):
        said = None
    return as_content(said)


def _padded(body: bytes) -> bytes:
    size = next((size for size in SIZES if _LENGTH + len(body) <= size), None)
    if size is None:
        raise TooLong
    return (len(body).to_bytes(_LENGTH) + body).ljust(size, b"\0")


def _purpose(referral: UUID) -> bytes:
    return b"referral:" + str(referral).encode()


def _plain(value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a referral cannot carry a {type(value).__name__}")
