"""The rooms of the site, found by what they offer: a room with a `home.py` or a `places.py` needs no line here."""

import importlib.util
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.conf import settings

from concord.law.wall import STORES, Viewer
from concord.site.stores.router import kind_of
from concord.vocabulary import StoreKind

LAST = ("collaboration", "accounts")


@cache
def _all(offering: str) -> tuple[tuple[StoreKind, ModuleType], ...]:
    configs = [c for c in apps.get_app_configs() if c.name.startswith("concord.site.")]
    # What an agency keeps for itself comes before what it shares, and that before what every agency has.
    configs.sort(key=lambda c: (LAST.index(c.label) + 1 if c.label in LAST else 0, kind_of(c.label) is StoreKind.HUB))
    names = [(kind_of(c.label), f"{c.name}.{offering}") for c in configs]
    return tuple((kind, import_module(name)) for kind, name in names if importlib.util.find_spec(name))


def modules(offering: str, viewer: Viewer) -> Iterator[ModuleType]:
    """The modules of that name in the rooms that the viewer's sector can reach."""
    for kind, module in _all(offering):
        if kind is StoreKind.VAULT and settings.CONCORD.vault_of(viewer.agency) is None:
            continue
        if kind in STORES[viewer.sector]:
            yield module
