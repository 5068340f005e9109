"""The rows of the invented world, written down before they are stored: one book a store, a page a table."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db import models

from concord.site.demo import cast
from concord.vocabulary import ReferralKind


class Book:
    """The rows of one store, by table, in the order in which they were written."""

    def __init__(self):
        self.pages: dict[type[models.Model], list[models.Model]] = defaultdict(list)

    def write(self, row: models.Model) -> models.Model:
        self.pages[type(row)].append(row)
        return row

    def __getitem__(self, model: type[models.Model]) -> list:
        return self.pages[model]


@dataclass(frozen=True)
class Sending:
    """A referral that crossed the bridge, and what its recipient made of it (the sender never learns)."""

    id: UUID
    kind: ReferralKind
    sender: str
    to: str
    sent_at: dt.datetime
    sent_by: UUID
    content: dict
    fate: str  # accepted, declined or waiting


@dataclass
class Story:
    """Everything that happened up to `today`."""

    today: dt.date
    hub: Book = field(default_factory=Book)
    justice: Book = field(default_factory=Book)
    vaults: dict[str, Book] = field(default_factory=lambda: {vault.name: Book() for vault in cast.VAULTS})
    study: Book = field(default_factory=Book)
    sendings: list[Sending] = field(default_factory=list)


def staff_of(agency: str) -> list[cast.Staff]:
    return [person for person in cast.STAFF if person.agency == agency]
