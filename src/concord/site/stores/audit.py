"""What people did, written into the store's own chain in the same transaction.

Row changes write themselves (`guard.row_changed`). Reading a person's file, decisions and refusals are said here.
"""

from uuid import UUID

from django.db import connections

from concord.law.wall import STORES, Viewer
from concord.site.stores import acting
from concord.site.stores.router import alias_for
from concord.vocabulary import StoreKind


def record(verb: str, row=None, *, using: str | None = None) -> None:
    """Write `verb` ("file.read", "referral.sent") about `row` into the chain of the row's store."""
    relation = row_id = subject = None
    if row is not None:
        using = using or row._state.db or alias_for(row._meta.app_label)
        relation, row_id, subject = row._meta.db_table, row.pk, getattr(row, row.wall.file)
    _note(using, verb, relation, row_id, subject)


def refused(viewer: Viewer, *, verb: str = "access.refused", relation: str | None = None) -> None:
    """Write a refusal into the viewer's home store, in a transaction of its own: the request's was rolled back."""
    with acting.acting(viewer) as a:
        _note(home_alias(a), verb, relation, None, None)


def home_alias(a) -> str:
    """Where a viewer's own work lives: her vault, else justice, else the study, else the hub."""
    kinds = STORES[a.viewer.sector]
    if StoreKind.VAULT in kinds and a.vault:
        return a.vault
    for kind in (StoreKind.JUSTICE, StoreKind.STUDY):
        if kind in kinds:
            return kind.value
    return StoreKind.HUB.value


def _note(alias: str, verb: str, relation: str | None, row_id: UUID | None, subject: UUID | None) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("select guard.note(%s, %s, %s, %s)", [verb, relation, row_id, subject])
