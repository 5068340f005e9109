"""Groups of rows that are too small to publish row by row."""

from collections.abc import Sequence

from concord.engine import Engine, quoted


def rows_below(engine: Engine, table: str, columns: Sequence[str], k: int) -> list[dict]:
    """Every combination of `columns` that fewer than `k` rows of the table share, with how many (`rows`).

    Null is a value like any other. Raises ValueError for no column or a k below 2.
    """
    if not columns or k < 2:
        raise ValueError("name at least one column, and a k of at least 2")
    listed = ", ".join(map(quoted, columns))
    return engine.run(
        f"select {listed}, count(*) as rows from {quoted(table)} group by {listed} having count(*) < $k "
        f"order by rows, {listed}",
        k=k,
    ).dicts()
