"""A file goes for good: nothing of her opens, nothing of her is found, and what must stay says nothing of her."""

import datetime as dt
import hashlib
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from concord.law import keeping as law
from concord.site.keys import forgetting
from concord.site.keys.forgetting import What
from concord.site.keys.rings import NoKey
from concord.site.pages.objections import Objection
from concord.site.services import actions, caseload, measures, search
from concord.site.services.actions import erasure
from concord.site.services.models import Client, Draft, Erasure, Inquiry, Note
from concord.site.stores import acting as stores
from concord.site.web.ticks import service_account

DAY = dt.date(2026, 1, 5)


@pytest.fixture
def closed_file(as_staff, open_file):
    """`closed_file("Rosalind Example")`: opened by her advocate, written in, closed."""

    def closed(called="Rosalind Example", **more):
        pk = open_file(called, **more)
        with as_staff("advocate") as by:
            client = Client.objects.get(pk=pk)
            actions.add_note(client=client, kind="case", on_date=timezone.localdate(), text="An ordinary day", by=by)
            actions.log_service(client=client, service_type="TRN", on_date=timezone.localdate(), note="A bus", by=by)
            actions.close_client(
                client=client, closed_on=timezone.localdate(), reason="completed", note="Moved on", by=by
            )
        return pk

    return closed


@pytest.fixture
def erase(as_staff):
    """`erase(pk)` erases as the provider's privacy officer."""

    def erased(pk, by="lantern_admin", model=Client):
        with as_staff(by) as viewer:
            row = model.objects.get(pk=pk)
            act = erasure.erase_client if model is Client else erasure.erase_inquiry
            name = "client" if model is Client else "inquiry"
            return act(**{name: row}, asked=law.Asked.WORD, asked_on=timezone.localdate(), by=viewer)

    return erased


def as_owner(statement, *parameters):
    with connections["vault_lantern"].cursor() as cursor:
        cursor.execute("reset role; reset session authorization")
        cursor.execute(statement, parameters)
        found = cursor.fetchall() if cursor.description else []
    connections["vault_lantern"].become_owner()
    return found


def sealed_left(pk) -> list[str]:
    """Sealed columns of hers that still hold something, by a look at the database's own catalog and at nothing of ours."""
    columns = as_owner(
        "select a.table_name, a.column_name, b.column_name from information_schema.columns a"
        " join information_schema.columns b on b.table_schema = a.table_schema and b.table_name = a.table_name"
        " where a.table_schema = 'public' and a.data_type = 'bytea' and b.data_type = 'uuid'"
    )
    left = []
    for table, column, names_her in columns:
        if table != "services_erasure" and as_owner(
            f"select 1 from {table} where {names_her} = %s and length({column}) > 0", pk
        ):
            left.append(f"{table}.{column}")
    return left


def test_every_sealed_value_of_hers_is_emptied_and_her_key_is_gone(closed_file, erase, world):
    pk, other = closed_file(), closed_file("Somebody Else")
    assert "services_note.text" in sealed_left(pk)
    erase(pk)
    assert sealed_left(pk) == []
    assert "services_note.text" in sealed_left(other)
    with pytest.raises(NoKey):
        settings.CONCORD_RINGS.person(world.agencies["lantern"].pk, pk)
