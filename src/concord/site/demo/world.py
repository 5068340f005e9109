"""Loading the invented world: what is not there yet, store by store, each all or nothing.

A store that holds its part is left alone, so that a load that was killed goes on where it stopped and a demo that was
worked in keeps what people did. Needs the migrate logins.
"""

import datetime as dt
import time
from collections.abc import Callable

from django.conf import settings
from django.db import models
from django.utils import timezone

from concord.site.accounts.models import TaskForce
from concord.site.demo import cast, clients, counts, investigations, meetings, sendings, studies, taskforces
from concord.site.demo.loading import copy, loading, needed_keys
from concord.site.demo.story import Book, Story
from concord.site.justice.models import Investigation
from concord.site.services.models import Client
from concord.site.stores import acting
from concord.site.stores.config import alias_of
from concord.site.study.models import Study
from concord.vocabulary import StoreKind

#: One row of each kind of store tells whether its part of the world is there.
_MARK: dict[StoreKind, type[models.Model]] = {
    StoreKind.HUB: TaskForce,
    StoreKind.JUSTICE: Investigation,
    StoreKind.VAULT: Client,
    StoreKind.STUDY: Study,
}


def load(*, say: Callable[[str], None]) -> None:
    """Fill the stores with the invented world; does nothing where it is there."""
    began = time.monotonic()
    taskforces.make_keys()
    today = timezone.localdate()
    empty = {alias for alias, kind in _stores().items() if not _is_there(alias, kind)}
    if empty:
        say("Making up the people and cases of the demo.")
        story = tell(today)
        count = sum(_store(alias, book) for alias, book in _books(story).items() if alias in empty)
        say(f"{count:,} invented records, {time.monotonic() - began:.1f} s.")
    counts.publish_past(today)
    taskforces.make_sign_ins()


def tell(today: dt.date) -> Story:
    """The whole world as unsaved rows; the same for the same day but for what is sealed to the agencies' keys."""
    story = Story(today)
    for table in taskforces.rows(today):
        for row in table:
            story.hub.write(row)
    investigations.write(story)
    sendings.write(story)
    clients.write(story)
    meetings.write(story)
    sendings.calls_and_shifts(story)
    studies.write(story)
    sendings.seal_all(story)
    return story


def _books(story: Story) -> dict[str, Book]:
    """What goes where, in the order in which two-store steps commit: the hub last."""
    vaults = {alias_of(StoreKind.VAULT, name): book for name, book in story.vaults.items()}
    others = {StoreKind.JUSTICE: story.justice, StoreKind.STUDY: story.study, StoreKind.HUB: story.hub}
    return vaults | {kind.value: book for kind, book in others.items()}


def _stores() -> dict[str, StoreKind]:
    vaults = {alias_of(StoreKind.VAULT, vault.name): StoreKind.VAULT for vault in cast.VAULTS}
    wanted = vaults | {kind.value: kind for kind in (StoreKind.JUSTICE, StoreKind.STUDY, StoreKind.HUB)}
    return {alias: kind for alias, kind in wanted.items() if alias in settings.CONCORD.stores}


def _is_there(alias: str, kind: StoreKind) -> bool:
    with acting.commanding(alias):
        return _MARK[kind].objects.exists()


def _store(alias: str, book: Book) -> int:
    """One store's rows, with their keys made first: keys without rows do no harm, rows without keys open to nobody."""
    for rows in book.pages.values():
        for holder, subjects in needed_keys(rows).items():
            settings.CONCORD_RINGS.create_many(holder, sorted(subjects))
    with loading(alias, book.pages) as cursor:
        for rows in book.pages.values():
            copy(cursor, rows)
    return sum(map(len, book.pages.values()))
