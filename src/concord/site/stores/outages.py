"""Stores of another host that do not answer just now. Whoever finds out spares the next ones the waiting."""

import time

from django.db import OperationalError, connections

AWAY_SECONDS = 10.0
"""How long a store that did not answer is not asked again by this process."""

_until: dict[str, float] = {}


class StoreAway(OperationalError):
    """A store that another host keeps does not answer. Nothing was changed there."""


def is_away(alias: str) -> bool:
    return _until.get(alias, 0) > time.monotonic()


def require_there(alias: str) -> None:
    if is_away(alias):
        raise StoreAway(f"the store {alias!r} did not answer a moment ago")


def note(alias: str) -> StoreAway:
    """It did not answer; returns what to raise."""
    _until[alias] = time.monotonic() + AWAY_SECONDS
    return StoreAway(f"the store {alias!r} does not answer")


def forget() -> None:
    _until.clear()


def cut_off(stores) -> bool:
    """Whether a connection to a store elsewhere broke while it was used; it counts as away from now on."""
    broken = [alias for alias, store in stores.items() if store.elsewhere and _is_broken(connections[alias])]
    for alias in broken:
        note(alias)
    return bool(broken)


def _is_broken(connection) -> bool:
    return connection.connection is not None and connection.connection.closed
