"""Rows into one store by COPY: all of them or none, sealed as any other row.

COPY is refused under forced row-level security, to the owner too, and an audit entry for every invented row would bury
the real ones. So both are lifted for the tables loaded, inside the loading transaction only, and put back before it
ends; one entry `demo.loaded` in the store's own chain says so.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connections, models, transaction
from django.utils import timezone

from concord.site.keys import sealing
from concord.site.keys.fields import SealedText
from concord.site.stores import acting, policies


@contextmanager
def loading(alias: str, tables: Iterable[type[models.Model]]) -> Iterator:
    """A cursor on one store under its migrate login, with what stands in COPY's way lifted from `tables`."""
    names = [model._meta.db_table for model in tables]
    with acting.commanding(alias), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for name in names:
            cursor.execute(f"alter table {name} no force row level security, {_audit('disable')}")
        yield cursor
        # Foreign keys are checked at the end; a table with checks outstanding cannot be altered.
        cursor.execute("set constraints all immediate")
        for name in names:
            cursor.execute(f"alter table {name} force row level security, {_audit('enable')}")
        cursor.execute("set constraints all deferred")
        cursor.execute("select guard.note('demo.loaded', null, null, null)")


def _audit(how: str) -> str:
    return ", ".join(f"{how} trigger {name}" for name in policies.AUDIT_TRIGGERS)


def copy(cursor, rows: list[models.Model]) -> None:
    """Unsaved rows of one model, sealed on the way. Unlike saving, it keeps a `created_at` that is given."""
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    now, connection = timezone.now(), connections[cursor.db.alias]
    with cursor.copy(f"copy {rows[0]._meta.db_table} ({columns}) from stdin") as out:
        for row in rows:
            out.write_row([_stored(field, row, connection, now) for field in fields])


def _stored(field, row, connection, now: dt.datetime):
    value = row.__dict__.get(field.attname)
    if isinstance(field, SealedText):
        return _sealed(field, row, value)
    if isinstance(field, models.BinaryField):
        return None if value is None else bytes(value)
    if value is None and (getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)):
        return now
    return field.get_db_prep_save(value, connection)


def _sealed(field: SealedText, row, value) -> bytes | None:
    if value in (None, ""):
        return None
    key = sealing.key_for(row.agency_id, getattr(row, row.sealed_under))
    return sealing.seal(field.to_text(value), code=field.code, row=row.pk, key=key)


def needed_keys(rows: Iterable[models.Model]) -> dict:
    """Whose keys the rows of one model are sealed under: subjects by holder."""
    rows = list(rows)
    sealed = [f.attname for f in rows[0]._meta.concrete_fields if isinstance(f, SealedText)] if rows else []
    found: dict = {}
    for row in rows:
        if any(row.__dict__.get(name) not in (None, "") for name in sealed):
            found.setdefault(row.agency_id, set()).add(getattr(row, row.sealed_under))
    return found
