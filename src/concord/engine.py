"""Runs one SQL text over tables given as Python rows, Parquet or CSV. DuckDB, in memory, without network or extensions.

with Engine() as engine:
    engine.add_rows("arrest", {"arrest_id": "VARCHAR", "on_day": "DATE"}, rows)
    engine.add_parquet("person", folder / "person.parquet")
    answer = engine.run("select count(*) as people from person where age >= $floor", floor=18)
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import duckdb

BATCH = 10_000
QUIET = "set enable_progress_bar = false"  # a command's output is its own
SAFE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "temp_directory": "",  # nothing of what is queried may spill to a disk
}


@dataclass(frozen=True)
class Answer:
    """What a query gave: column names, and rows as tuples in their order."""

    columns: tuple[str, ...]
    rows: list[tuple]

    def dicts(self) -> list[dict]:
        """The rows as dicts of column to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def one(self) -> dict:
        """The only row. Raises ValueError when there are none or several."""
        if len(self.rows) != 1:
            raise ValueError(f"expected one row, the query gave {len(self.rows)}")
        return self.dicts()[0]


def quoted(name: str) -> str:
    """A name as SQL takes it whatever it is: `case` and `coding` are fine table names once quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """Text as an SQL literal, for the places that take no parameter (a file's path)."""
    return "'" + str(text).replace("'", "''") + "'"


class Engine:
    """A DuckDB of its own. Close it, or use it in a `with`; nothing is kept."""

    def __init__(self, memory: str = "2GB", threads: int | None = None):
        config = SAFE | {"memory_limit": memory} | ({"threads": str(threads)} if threads else {})
        self.connection = duckdb.connect(config=config)
        self.connection.execute(QUIET)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def add_rows(self, name: str, columns: Mapping[str, str], rows: Iterable[Mapping]) -> int:
        """Make a table from Python rows, read once, in batches; returns how many.

        `columns` maps a column to its DuckDB type (`VARCHAR`, `DATE`, `VARCHAR[]` ...). A key a row lacks is null.
        Raises duckdb.Error when a value does not fit its type: nothing is coerced silently.
        """
        described = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        self.connection.execute(f"create table {quoted(name)} ({described})")
        shape = json.dumps([dict(columns)])
        parsed = f"select unnest(from_json_strict($1, {literal(shape)})) as one"
        insert = f"insert into {quoted(name)} select one.* from ({parsed})"
        waiting, count = iter(rows), 0
        while batch := list(islice(waiting, BATCH)):
            complete = [{column: row.get(column) for column in columns} for row in batch]
            self.connection.execute(insert, [json.dumps(complete, default=_plain)])
            count += len(batch)
        return count

    def add_parquet(self, name: str, path: Path) -> None:
        """A view of a Parquet file."""
        self.connection.execute(f"create view {quoted(name)} as select * from read_parquet({literal(path)})")

    def add_csv(self, name: str, path: Path, columns: Mapping[str, str]) -> None:
        """A view of a UTF-8 CSV with a header; columns and types are stated, never guessed."""
        kinds = "{" + ", ".join(f"{literal(column)}: {literal(kind)}" for column, kind in columns.items()) + "}"
        options = f"header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {kinds}"
        self.connection.execute(f"create view {quoted(name)} as select * from read_csv({literal(path)}, {options})")

    def add_view(self, name: str, sql: str) -> None:
        """Name a query, so that later ones can read it."""
        self.connection.execute(f"create view {quoted(name)} as {sql}")

    def run(self, sql: str, **values) -> Answer:
        """Run one SQL text. `$name` in the text takes `name=`. Raises duckdb.Error with DuckDB's words."""
        cursor = self.connection.execute(sql, values or None)
        columns = tuple(column[0] for column in cursor.description or ())
        return Answer(columns, cursor.fetchall() if columns else [])

    def stream(self, sql: str, **values) -> Iterator[tuple]:
        """The rows of a query, a batch in memory at a time; several streams may be open at once."""
        cursor = self.connection.cursor()
        cursor.execute(QUIET)
        cursor.execute(sql, values or None)
        while batch := cursor.fetchmany(BATCH):
            yield from batch


def _plain(value):
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    raise TypeError(f"a {type(value).__name__} cannot be a value of a table")
