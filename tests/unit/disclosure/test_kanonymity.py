from collections import Counter

import pytest

from concord.disclosure.kanonymity import Group, rows_below_k
from concord.engine import Engine
from tests.unit.disclosure.tables import public


@pytest.fixture
def people():
    with Engine(threads=1) as engine:
        rows = [{"site": site, "minor": minor} for site, minor, times in
                (("S1", True, 3), ("S1", False, 1), ("S2", None, 2)) for _ in range(times)]  # fmt: skip
        engine.add_rows("case", {"site": "VARCHAR", "minor": "BOOLEAN"}, rows)
        yield engine


def test_groups_below_k_come_smallest_first(people):
    assert rows_below_k(people, "case", ("site", "minor"), 3) == [
        Group({"site": "S1", "minor": False}, 1),
        Group({"site": "S2", "minor": None}, 2),
    ]


def test_a_table_that_is_k_anonymous_has_none(people):
    assert rows_below_k(people, "case", ("site",), 2) == []


@pytest.mark.parametrize(("columns", "k"), [((), 5), (("site",), 1)])
def test_a_question_that_means_nothing_is_refused(people, columns, k):
    with pytest.raises(ValueError, match="name those|2 is the least"):
        rows_below_k(people, "case", columns, k)


def test_the_public_microdata_have_small_groups():
    rows = public("microdata1.csv")
    with Engine(threads=1) as engine:
        engine.add_rows("micro", {"region": "VARCHAR", "gender": "VARCHAR", "val": "VARCHAR"}, rows)
        small = rows_below_k(engine, "micro", ("region", "gender", "val"), 2)
    alike = Counter(tuple(row.values()) for row in rows)
    assert len(small) == sum(times == 1 for times in alike.values()) > 0
