"""Pages of a long list by the keys of its rows: as quick at row 900,000 as at the first, and stable while rows come in.

That holds where an index has the columns of the order and the first of them may not be null.
No OFFSET, which reads what it skips, and no full COUNT(*), which reads everything.
"""

import base64
import datetime as dt
import json
import secrets
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from django.conf import settings
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

COUNT_CAP = 1000
NONCE = 12


@dataclass(frozen=True)
class Page:
    """Rows, the tokens of the pages beside this one ("" where there is none), and how many rows there are in all.

    `count` is exact up to COUNT_CAP and None above it; `count_words` reads "412" or "1,000+".
    """

    rows: list
    next: str = ""
    previous: str = ""
    count: int | None = None

    @property
    def count_words(self):
        return f"{COUNT_CAP:,}+" if self.count is None else f"{self.count:,}"


@dataclass(frozen=True)
class Key:
    """One column of the order."""

    name: str
    down: bool
    nullable: bool

    def ordering(self, backwards):
        down = self.down != backwards
        # Absent values stay at the same end of the list both ways, and only then is the default order given up.
        nulls = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        return F(self.name).desc(**nulls) if down else F(self.name).asc(**nulls)

    def beyond(self, value, backwards):
        """Rows whose value in this column comes strictly after `value`, or before it when going backwards."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        return self.reaching(value, backwards, "")

    def reaching(self, value, backwards, inclusive):
        """The range beyond a value that is there ("e" for the value's own rows too), absent values at its end."""
        side = "lt" if self.down != backwards else "gt"
        further = Q(**{f"{self.name}__{side}{inclusive}": value})
        return further | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backwards else further

    def at(self, value):
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


def page(queryset, *, order, size=25, after=""):
    """One page of `queryset` in `order`, such as ("-opened_on", "-id"); the last column must be unique.

    `after` is a token of an earlier page. One that was altered, or made for another list, another order or another
    installation, gives the first page, as an old bookmark should.
    """
    keys = [_key(queryset, name) for name in order]
    backwards, values = _read(after, queryset, keys) or (False, None)
    rows = _rows(queryset, keys, backwards, values, size)
    if backwards and len(rows) <= size:
        return page(queryset, order=order, size=size)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, values is not None)
    return Page(
        rows,
        next=_write(rows[-1], queryset, keys, False) if rows and has_next else "",
        previous=_write(rows[0], queryset, keys, True) if rows and has_previous else "",
        count=capped_count(queryset),
    )


def capped_count(queryset):
    """How many rows there are, or None for more than COUNT_CAP."""
    found = queryset.order_by()[: COUNT_CAP + 1].count()
    return None if found > COUNT_CAP else found


def _rows(queryset, keys, backwards, values, size):
    if values is not None:
        queryset = queryset.filter(_beyond(keys, values, backwards))
    return list(queryset.order_by(*(key.ordering(backwards) for key in keys))[: size + 1])


def _beyond(keys, values, backwards):
    """Rows after the given key: further in the first column, or level there and further in the next, and so on."""
    found, level = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        further = key.beyond(value, backwards)
        if further is not None:
            found |= level & further
        level &= key.at(value)
    return found & _bound(keys[0], values[0], backwards)


def _bound(key, value, backwards):
    """The same said again for the first column alone, as one range, so that the index scan can start right there."""
    if value is None:
        return Q() if backwards else key.at(None)
    return key.reaching(value, backwards, "e")


def _key(queryset, name):
    plain = name.removeprefix("-")
    field = _field(queryset, plain)
    return Key(plain, name.startswith("-"), getattr(field, "null", True))


def _field(queryset, name):
    if name in queryset.query.annotations:
        return None
    model, field = queryset.model, None
    for part in name.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        model = field.related_model
    return field


# What a token may hold, by a letter of its own, since microseconds and exact decimals must survive the trip.
KINDS = {
    "t": (dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    "d": (dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "u": (UUID, str, UUID),
    "n": (Decimal, str, Decimal),
}


def _write(row, queryset, keys, backwards):
    """A token for the row. Sealed, not only signed: a sort column can be a birth date, and addresses are logged."""
    values = [_packed(_value(row, key.name)) for key in keys]
    nonce = secrets.token_bytes(NONCE)
    sealed = _cipher().encrypt(nonce, json.dumps([backwards, values]).encode(), _purpose(queryset, keys))
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def _read(token, queryset, keys):
    """Direction and key values of a token, or None where it is not one of this list's."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        backwards, values = json.loads(_cipher().decrypt(raw[:NONCE], raw[NONCE:], _purpose(queryset, keys)))
    except (ValueError, InvalidTag):
        return None
    return backwards, [_unpacked(value) for value in values]


def _packed(value):
    kind = next((letter for letter, (of, _to, _from) in KINDS.items() if isinstance(value, of)), "")
    return [kind, KINDS[kind][1](value) if kind else value]


def _unpacked(packed):
    kind, value = packed
    return KINDS[kind][2](value) if kind else value


def _value(row, name):
    for part in name.split("__"):
        row = getattr(row, part) if row is not None else None
    return row


def _cipher():
    return AESGCMSIV(salted_hmac("concord.pages.paging", "", secret=settings.SECRET_KEY, algorithm="sha256").digest())


def _purpose(queryset, keys):
    order = ",".join(f"{'-' if key.down else ''}{key.name}" for key in keys)
    return f"{queryset.model._meta.label}:{order}".encode()
