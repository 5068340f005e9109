"""The aggregates of an evaluation, unchanged, on PostgreSQL."""

import psycopg
import pytest
from psycopg import sql

from concord.evaluation import aggregates
from tests import aggregates as asked
from tests.stores import admin_dsn


@pytest.fixture
def postgres():
    """A connection whose temporary tables nobody else sees."""
    with psycopg.connect(admin_dsn()) as connection:
        yield connection
        connection.rollback()


def fill(connection, view: str, columns: dict[str, str], rows: list[tuple]) -> None:
    name, fields = sql.Identifier(view), sql.SQL(", ")
    shape = fields.join(sql.SQL("{} {}").format(sql.Identifier(one), sql.SQL(kind)) for one, kind in columns.items())
    connection.execute(sql.SQL("create temporary table {} ({})").format(name, shape))
    with connection.cursor().copy(sql.SQL("copy {} from stdin").format(name)) as copy:
        for row in rows:
            copy.write_row(row)


def test_postgresql_gives_what_duckdb_gives(postgres, tmp_path):
    with asked.study(tmp_path / "bundle") as opened:
        for view, columns, rows in asked.tables(opened):
            fill(postgres, view, columns, rows)
        answers = asked.answers(opened)
    for name, expected in answers.items():
        assert asked.ordered(postgres.execute(aggregates.text(name)).fetchall()) == expected
    assert answers
