"""What crosses the bridge as bytes: padded so that its length says little, and a referral sealed to its recipient."""

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
    return seal_to(public, padded(content), _purpose(referral))


def open_content(sealed: bytes, *, key: AgencyKey, referral: UUID) -> dict:
    """Raises cryptography's InvalidTag where the key is not the recipient's or the bytes are another referral's.
    Nothing is believed of what was sealed: what cannot be read has no parts."""
    return as_content(unpadded(open_sealed(key, sealed, _purpose(referral))))


def padded(content: dict, sizes: tuple[int, ...] = SIZES) -> bytes:
    """Raises TooLong where it does not fit the largest size."""
    body = json.dumps(content, ensure_ascii=False, default=_plain).encode()
    size = next((size for size in sizes if _LENGTH + len(body) <= size), None)
    if size is None:
        raise TooLong
    return (len(body).to_bytes(_LENGTH) + body).ljust(size, b"\0")


def unpadded(body: bytes) -> object:
    """What was said, whatever that is; None where it cannot be read."""
    length = int.from_bytes(body[:_LENGTH])
    try:
        return json.loads(body[_LENGTH : _LENGTH + length])
    except (ValueError, RecursionError):
        return None


def _purpose(referral: UUID) -> bytes:
    return b"referral:" + str(referral).encode()


def _plain(value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"the bridge cannot carry a {type(value).__name__}")
