"""A list as a table: its columns, and cells shown by what they hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Column:
    """A column. `key` names the row's key or attribute, or is a function of the row.

    `first` marks the cell that names the row and carries its link. `sort` is the value of `?sort=` that orders by it.
    `whole` keeps a value that must not be broken, like a phone number, on one line.
    """

    label: str
    key: str | Callable
    numeric: bool = False
    first: bool = False
    sort: str = ""
    whole: bool = False

    def of(self, row):
        if callable(self.key):
            return self.key(row)
        return row[self.key] if isinstance(row, dict) else getattr(row, self.key)


@dataclass(frozen=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True)
class Absent:
    """A value that is not there, and why (a code of vocabulary.Why)."""

    why: str = ""


@dataclass(frozen=True)
class Deadline:
    """A date that is shown as how long there is left."""

    on: date | None
    done: bool = False


@dataclass(frozen=True)
class Order:
    """One way to sort, as the list offers it."""

    value: str
    label: str
    current: bool = False


def yes_or_no(value):
    return _("Yes") if value else _("No")
