"""The engine keeps types as stated and guesses nothing."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from concord.engine import Engine

COLUMNS = {"id": "VARCHAR", "on_day": "DATE", "codes": "VARCHAR[]", "usd": "DECIMAL(14,2)", "yes": "BOOLEAN"}


def test_rows_come_back_as_they_went_in():
    rows = [
        {"id": "=1", "on_day": date(2024, 2, 29), "codes": ["b", "a"], "usd": Decimal("0.10"), "yes": False},
        {"id": None, "codes": []},
    ]
    with Engine() as engine:
        assert engine.add_rows("case", COLUMNS, iter(rows)) == 2
        answer = engine.run('select * from "case" order by id nulls last')

    assert answer.dicts() == [rows[0], dict.fromkeys(COLUMNS) | {"codes": []}]


@pytest.mark.parametrize("row", [{"on_day": "2024-02-30"}, {"yes": "maybe"}, {"usd": "much"}])
def test_a_value_that_does_not_fit_is_an_error_not_a_null(row):
    with Engine() as engine, pytest.raises(duckdb.Error):
        engine.add_rows("t", COLUMNS, [row])


def test_parquet_and_csv_are_views_with_stated_types(tmp_path):
    (tmp_path / "it's.csv").write_text("id,n\n007,1\n")
    with Engine() as engine:
        engine.add_csv("typed", tmp_path / "it's.csv", {"id": "VARCHAR", "n": "INTEGER"})
        engine.run(f"copy (select * from typed) to '{tmp_path}/t.parquet' (format parquet)")
        engine.add_parquet("kept", tmp_path / "t.parquet")
        engine.add_view("together", "from typed union all from kept")

        assert engine.run("select * from together").rows == [("007", 1), ("007", 1)]


def test_values_are_passed_by_name_never_put_into_the_text():
    with Engine() as engine:
        engine.add_rows("t", {"id": "VARCHAR"}, [{"id": "x' or '1'='1"}, {"id": "y"}])

        assert engine.run("select count(*) as n from t where id = $id", id="x' or '1'='1").one() == {"n": 1}


def test_two_streams_are_read_side_by_side():
    with Engine() as engine:
        engine.add_rows("t", {"n": "INTEGER"}, ({"n": n} for n in range(25_000)))
        up, down = engine.stream("from t order by n"), engine.stream("from t order by n desc")

        assert next(up) == (0,)
        assert next(down) == (24_999,)
        assert sum(1 for _ in up) == 24_999


def test_one_row_is_one_row():
    with Engine() as engine, pytest.raises(ValueError, match="gave 2"):
        engine.run("select unnest([1, 2])").one()
