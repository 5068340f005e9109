"""Makes a row of any walled table by looking at its columns."""

import datetime as dt
from uuid import uuid4

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.utils import timezone

from concord.site.keys.fields import SealedText
from concord.site.stores.models import WalledModel


def plain_value(field):
    """A value a column of this type takes."""
    if field.choices:
        return field.choices[0][0]
    match field:
        case ArrayField():
            return []
        case models.UUIDField():
            return uuid4()
        case models.BooleanField():
            return False
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return dt.date(2026, 1, 15)
        case models.JSONField():
            return {}
        case models.BinaryField():
            return b"x"
        case models.DecimalField() | models.IntegerField() | models.FloatField():
            return 1
        case _:
            return uuid4().hex[: field.max_length or 32]


def lift_checks(alias: str, tables: list[str]) -> None:
    """Rows made by looking at types would break the rooms' own rules (who with when, end after start). Lifted in the
    test's transaction only; the wall's policies are not among them."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, conname from pg_constraint"
            " where contype = 'c' and conrelid::regclass::text = any(%s)",
            [tables],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'alter table {table} drop constraint "{name}"')


class RowMaker:
    """Makes rows held by one agency. `known` gives columns their value wherever they appear (agency_id, staff_id ...).

    Rows that others point to are made once, so that all rows of one maker belong to one investigation, one client.
    """

    def __init__(self, alias: str, known: dict):
        self.alias, self.known, self.made = alias, known, {}

    def target(self, model) -> WalledModel:
        if model not in self.made:
            self.made[model] = self.make(model)
        return self.made[model]

    def make(self, model) -> WalledModel:
        values = {}
        for field in model._meta.concrete_fields:
            if field.primary_key or isinstance(field, SealedText):
                continue
            if field.column in self.known:
                values[field.attname] = self.known[field.column]
            elif field.column == model.wall.client and not field.is_relation and field.column != "id":
                values[field.attname] = self.target(apps.get_model("services", "Client")).pk
            elif field.is_relation and (not field.null or field.column in (model.wall.case, model.wall.client)):
                values[field.attname] = self.target(field.related_model).pk
            elif not field.null and not field.has_default() and not getattr(field, "auto_now_add", False):
                values[field.attname] = plain_value(field)
        row = model(**values)
        if model.wall.agency == "id" and "agency_id" in self.known:
            row.pk = self.known["agency_id"]
            return model.objects.using(self.alias).filter(pk=row.pk).first() or self._saved(row)
        return self._saved(row)

    def _saved(self, row):
        row.save(using=self.alias, force_insert=True)
        return row

    def as_json(self, row) -> str:
        """The row as PostgreSQL writes it: what another login would try to insert. The id is the one that is taken,
        since policies are checked before uniqueness: a duplicate is what the wall had let through."""
        with connections[self.alias].cursor() as cursor:
            cursor.execute(f"select to_jsonb(t)::text from {row._meta.db_table} t where id = %s", [row.pk])
            return cursor.fetchone()[0]
