"""A provider's new vault is found without a restart: the store file is read again when it has changed."""

import logging
import threading
from uuid import UUID

from django.conf import settings
from django.db import connections

log = logging.getLogger("concord.stores")
_lock = threading.Lock()
_read_at: dict[str, int] = {}


def vault_of(agency: UUID) -> str | None:
    """The alias of an agency's vault; looks into a changed store file when none is known."""
    alias = settings.CONCORD.vault_of(agency)
    if alias is None and refresh_if_changed():
        alias = settings.CONCORD.vault_of(agency)
    return alias


def refresh_if_changed() -> bool:
    """Read the store file again if it is not the one that was read; returns whether there are new stores."""
    path = settings.CONCORD.home.stores_file
    changed_at = path.stat().st_mtime_ns if path.exists() else 0
    if _read_at.get(str(path)) == changed_at:
        return False
    with _lock:
        if _read_at.get(str(path)) == changed_at:
            return True
        known = set(settings.CONCORD.stores)
        try:
            settings.CONCORD.refresh()
        except OSError as error:
            log.error("%s cannot be read: %s", path.name, type(error).__name__)
            return False
        added = {alias: entry for alias, entry in settings.CONCORD.databases().items() if alias not in known}
        for alias, entry in added.items():
            settings.DATABASES[alias] = entry
            connections.settings[alias] = connections.configure_settings({"default": {}, alias: dict(entry)})[alias]
        _read_at[str(path)] = changed_at
        return bool(added)
