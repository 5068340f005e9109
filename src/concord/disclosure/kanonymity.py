"""Groups of rows too small to be handed out: k-anonymity (Sweeney, IJUFKS 10 (2002) 557) as one query."""

from collections.abc import Sequence
from dataclasses import dataclass

from concord.engine import Engine, quoted


@dataclass(frozen=True)
class Group:
    """Rows alike in what others may know of a person: the values by column, and how many."""

    values: dict[str, object]
    rows: int


def rows_below_k(engine: Engine, table: str, columns: Sequence[str], k: int) -> list[Group]:
    """Groups of fewer than `k` rows that share their values of `columns`, smallest first; unknown is a value, too.

    An empty list says the table is k-anonymous in these columns. Raises ValueError without columns or with k below 2,
    duckdb.Error for an unknown table or column.
    """
    if not columns:
        raise ValueError("k-anonymity of no columns: name those that others may know of a person")
    if k < 2:
        raise ValueError(f"k is {k}: every row is alike with itself, so 2 is the least that means anything")
    listed = ", ".join(f"t.{quoted(column)}" for column in columns)
    order = ", ".join(f"{place} nulls last" for place in range(1, len(columns) + 1))
    having = f"having count(*) < $k order by count(*), {order}"
    answer = engine.run(f"select {listed}, count(*) from {quoted(table)} as t group by {listed} {having}", k=k)
    return [Group(dict(zip(columns, row[:-1], strict=True)), row[-1]) for row in answer.rows]
