"""Streaming rows into a store: text as COPY reads it, in chunks, with indexes and keys put aside meanwhile."""

import time
from collections.abc import Callable, Iterable, Sequence

from django.db import models
from django.utils import timezone

from concord.site.keys.fields import SealedText

_CHUNK = 1 << 17
NULL = r"\N"

Say = Callable[[str], None]


class Progress:
    """Rows done of rows, and the rate, said at most every second."""

    def __init__(self, total: int, say: Say):
        self.total, self.done, self._say = total, 0, say
        self._began = self._said = time.monotonic()

    def add(self, n: int) -> None:
        self.done += n
        if time.monotonic() - self._said >= 1:
            self.say_so("")

    def say_so(self, words: str) -> None:
        self._said = time.monotonic()
        rate = self.done / max(self._said - self._began, 0.001)
        filled = min(24, 24 * self.done // max(self.total, 1))
        bar = "#" * filled + "." * (24 - filled)
        self._say(f"[{bar}] {self.done:,} of {self.total:,} rows, {rate:,.0f} a second  {words}".rstrip())

    def finish(self) -> None:
        self.say_so(f"{time.monotonic() - self._began:.0f} s")


class Shelf:
    """Indexes and keys between tables, put aside while rows stream in and built again from their own definitions."""

    def __init__(self, cursor, tables: Iterable[type[models.Model]]):
        self.cursor, self._names = cursor, [model._meta.db_table for model in tables]
        self._again: list[str] = []

    def __enter__(self):
        for table, name, text in self._rows(
            "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint"
            " where contype = 'f' and conrelid = any(%s::regclass[]) order by 1, 2"
        ):
            self.cursor.execute(f"alter table {table} drop constraint {name}")
            self._again.append(f"alter table {table} add constraint {name} {text}")
        for name, text in self._rows(
            "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i"
            " where i.indrelid = any(%s::regclass[]) and not i.indisprimary and not exists"
            " (select from pg_constraint c where c.conindid = i.indexrelid) order by 1"
        ):
            self.cursor.execute(f"drop index {name}")
            self._again.insert(0, text)
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.cursor.execute("set local maintenance_work_mem = '128MB'")
            for statement in self._again:
                self.cursor.execute(statement)

    def _rows(self, query: str) -> list[tuple]:
        self.cursor.execute(query, [self._names])
        return self.cursor.fetchall()


class Lines:
    """One table's rows as text: what varies from row to row, what is fixed, and the model's defaults for the rest."""

    def __init__(self, model: type[models.Model], varying: Sequence[str], **fixed: str):
        fields = {field.column: field for field in model._meta.concrete_fields}
        if unknown := {*varying, *fixed} - fields.keys():
            raise ValueError(f"{model._meta.db_table} has no column {', '.join(sorted(unknown))}")
        self.table, self.columns = model._meta.db_table, list(fields)
        order = [column for column in self.columns if column in varying]
        self._at = [list(varying).index(column) for column in order]
        self._pattern = "\t".join(
            "%s" if column in varying else fixed[column] if column in fixed else default_of(field)
            for column, field in fields.items()
        )

    def __call__(self, *values) -> str:
        """One row; values in the order in which `varying` named them."""
        return self._pattern % tuple([values[i] for i in self._at])


def default_of(field: models.Field) -> str:
    """What COPY is given for a column that nobody spoke of."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now().isoformat()
    if isinstance(field, SealedText) or not field.has_default():
        return NULL if field.null else ""
    value = field.get_default()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{}"
    return NULL if value is None else str(value)


def send(cursor, lines: Lines, rows: Iterable[str], progress: Progress) -> None:
    """COPY rows made by `lines` into its table, a chunk at a time."""
    chunk, size = [], 0
    with cursor.copy(f"copy {lines.table} ({', '.join(lines.columns)}) from stdin") as out:
        for row in rows:
            chunk.append(row)
            size += len(row)
            if size >= _CHUNK:
                out.write("\n".join(chunk) + "\n")
                progress.add(len(chunk))
                chunk, size = [], 0
        if chunk:
            out.write("\n".join(chunk) + "\n")
            progress.add(len(chunk))


def bytea(value: bytes) -> str:
    return r"\\x" + value.hex()
