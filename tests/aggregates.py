"""What the aggregates of an evaluation read, taken out of DuckDB, so that another engine can be asked the same."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from concord.evaluation import aggregates
from concord.evaluation.invented import invented_study
from concord.evaluation.study import Study, read

NAMES = sorted(path.name.removesuffix(".sql") for path in files(aggregates).iterdir() if path.name.endswith(".sql"))
PLAIN = {"VARCHAR": "varchar", "BOOLEAN": "boolean", "INTEGER": "integer", "BIGINT": "bigint", "DATE": "date"}
"""Types that every engine has under the same name."""


def study(folder: Path) -> Study:
    """A small invented study with unknowns: open it in a `with`."""
    invented_study(folder, 5, sites=3, files=40)
    return read(folder)


def tables(opened: Study) -> Iterator[tuple[str, dict[str, str], list[tuple]]]:
    """Each view that an aggregate reads: its name, its plain columns with their types, its rows."""
    read_from = {view for name in NAMES for view in re.findall(r"(?:from|join) (\w+)", aggregates.text(name))}
    for view in sorted(read_from):
        described = opened.run(f"describe {view}").dicts()
        columns = {row["column_name"]: PLAIN[row["column_type"]] for row in described if row["column_type"] in PLAIN}
        yield view, columns, opened.run(f"select {', '.join(columns)} from {view}").rows


def answers(opened: Study) -> dict[str, list[tuple]]:
    """What DuckDB says to each aggregate, in an order of its own."""
    return {name: ordered(opened.run(aggregates.text(name)).rows) for name in NAMES}


def ordered(rows) -> list[tuple]:
    """Rows in one order whatever the engine's; numbers as whole numbers, since some engines sum into decimals."""
    whole = [tuple(one if one is None or isinstance(one, str) else int(one) for one in row) for row in rows]
    return sorted(whole, key=repr)
