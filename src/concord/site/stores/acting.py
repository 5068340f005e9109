"""Who is acting, in which stores: the only way a request, a job or a command reaches a walled store.

    with acting(viewer):
        ...            # each store opens at its first use, under the signed context of `viewer`

On the way out every opened store commits, in one order; after a failure the rest roll back, and what a crash leaves
between two stores the sweeper finishes. A store outside `law.wall.STORES` of the viewer's sector is refused before a
connection is made.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connections, transaction

from concord.law.wall import STORES, Viewer
from concord.site.stores import reload
from concord.vocabulary import StoreKind

COMMIT_ORDER = (StoreKind.VAULT, StoreKind.JUSTICE, StoreKind.STUDY, StoreKind.HUB, StoreKind.ACCOUNT)


class NoActing(RuntimeError):
    """A walled store was touched outside `acting()`: a programming error, never a user's."""


class StoreRefused(PermissionError):
    """The wall does not let this viewer's sector reach that store."""


class StoreNotServed(LookupError):
    """This process does not hold that store (`concord serve --stores`); another one does."""


class AlreadyActing(RuntimeError):
    """`acting()` does not nest: one request, one identity."""


@dataclass
class Acting:
    viewer: Viewer
    vault: str | None
    open: dict = field(default_factory=dict)
    opening: set = field(default_factory=set)
    after: list[Callable[[], None]] = field(default_factory=list)
    failed: bool = False

    def allows(self, store) -> bool:
        if store.kind is StoreKind.VAULT:
            return StoreKind.VAULT in STORES[self.viewer.sector] and store.alias == self.vault
        if store.only_agencies and self.viewer.agency not in store.only_agencies:
            return False  # this installation is one provider's own; the store itself would refuse it too
        return store.kind in STORES[self.viewer.sector]


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)
_command: ContextVar[str | None] = ContextVar("command", default=None)


def current() -> Acting:
    a = _acting.get()
    if a is None:
        raise NoActing("no one is acting: open the store inside acting()")
    return a


def current_or_none() -> Acting | None:
    return _acting.get()


def command_alias() -> str | None:
    """The vault a migrate-login command is working on, if any."""
    return _command.get()


@contextmanager
def commanding(alias: str | None = None) -> Iterator[None]:
    """Administrator's work with migrate logins: schema, restore, factories of the tests. No request runs in it."""
    token = _command.set(alias or "*")
    try:
        yield
    finally:
        _command.reset(token)


def is_commanding() -> bool:
    return _command.get() is not None


@contextmanager
def acting(viewer: Viewer) -> Iterator[Acting]:
    """Act as `viewer` until the block ends; commits all stores on success, none on an exception or `a.failed`."""
    if _acting.get() is not None:
        raise AlreadyActing("acting() does not nest")
    vault = reload.vault_of(viewer.agency) if StoreKind.VAULT in STORES[viewer.sector] else None
    a = Acting(viewer=viewer, vault=vault)
    token = _acting.set(a)
    try:
        try:
            yield a
        except BaseException:
            a.failed = True
            raise
        finally:
            _close(a)
    finally:
        _acting.reset(token)
    for work in a.after:
        work()


def after_all(work: Callable[[], None]) -> None:
    """Run `work` once every store has committed. `on_commit` of one store would run although another then fails."""
    current().after.append(work)


def _close(a: Acting) -> None:
    """Commit in order; after the first failure the rest roll back."""
    first_error = None
    stores = settings.CONCORD.stores
    for alias in sorted(a.open, key=lambda alias: COMMIT_ORDER.index(stores[alias].kind)):
        atomic, error = a.open[alias], first_error or (RuntimeError("rolled back") if a.failed else None)
        connection = connections[alias]
        try:
            atomic.__exit__(type(error) if error else None, error, None)
        except Exception as failure:
            first_error = first_error or failure
        finally:
            connection.leave_store()
    a.open.clear()
    if first_error is not None:
        a.failed = True
        raise first_error


def open_store(connection, a: Acting) -> None:
    """Begin `a`'s transaction in this store and put its signed context in place. Called at the first touch."""
    alias = connection.alias
    a.opening.add(alias)
    atomic = transaction.Atomic(using=alias, savepoint=True, durable=False)
    try:
        atomic.__enter__()
        try:
            connection.enter_store(a.viewer)
        except BaseException as error:
            # A connection that died while opening must not leave the transaction open: the thread would stay broken.
            atomic.__exit__(type(error), error, error.__traceback__)
            raise
        a.open[alias] = atomic
    finally:
        a.opening.discard(alias)
