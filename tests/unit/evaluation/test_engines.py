"""One SQL text an aggregate: on the views of a study, on plain tables, and on Spark where it is installed."""

import re

import pytest

from concord.engine import Engine
from concord.evaluation import aggregates
from tests import aggregates as asked


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with asked.study(tmp_path_factory.mktemp("study") / "bundle") as study:
        yield study


def test_each_aggregate_counts_all_that_its_view_holds(opened):
    answers = asked.answers(opened)
    assert answers.keys() >= {"cases", "charges", "suspects", "victims"}
    for name in ("cases", "suspects", "victims"):
        there = opened.run(f"select count(*) as n from {name}").one()["n"]
        assert sum(opened_there for _, _, opened_there, *_ in answers[name]) == there > 20


def test_plain_tables_give_what_the_views_give(opened):
    with Engine() as bare:
        for view, columns, rows in asked.tables(opened):
            bare.add_rows(view, columns, (dict(zip(columns, row, strict=True)) for row in rows))
        for name, expected in asked.answers(opened).items():
            assert asked.ordered(bare.run(aggregates.text(name)).rows) == expected


def test_an_unknown_is_counted_as_unknown_and_never_as_no():
    columns = dict.fromkeys(("arrested", "charged", "convicted", "referred", "mature"), "boolean")
    rows = [{"arrested": answer, "mature": True} for answer in (True, False, None)]
    with Engine() as bare:
        bare.add_rows(
            "victims", {"site_id": "varchar", "type": "varchar"} | columns, [{"site_id": "s1"} | row for row in rows]
        )
        found = bare.run(aggregates.text("victims")).one()
    assert (found["opened"], found["arrested"], found["arrested_unknown"]) == (3, 1, 1)


@pytest.mark.parametrize("name", asked.NAMES)
def test_a_text_keeps_to_what_every_engine_reads(name):
    text = re.sub(r"--.*", "", aggregates.text(name))
    assert not re.search(r"::|\bbool_or\b|\bqualify\b|\bcount_if\b|\blist\b|\bgroup by all\b|\$|\[", text)


def test_spark_gives_what_duckdb_gives(opened):
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: Spark is not asked")
    spark = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        for view, columns, rows in asked.tables(opened):
            shape = ", ".join(f"{column} {kind.replace('varchar', 'string')}" for column, kind in columns.items())
            spark.createDataFrame(rows, shape).createOrReplaceTempView(view)
        for name, expected in asked.answers(opened).items():
            assert asked.ordered(map(tuple, spark.sql(aggregates.text(name)).collect())) == expected
    finally:
        spark.stop()
