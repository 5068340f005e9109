"""Invented tables, and an attacker who tries every whole number instead of a programme."""

import csv
import os
import random
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from concord.disclosure.grids import Counts, Grid, Kind, Value, two_way, words
from concord.disclosure.system import Rule, System

SHARED = Path(os.environ.get("CONCORD_SHARED", Path(__file__).parents[4] / "shared")) / "data" / "sdc"


def drawn(rows: int, columns: int, mean: float = 10, seed: int = 1) -> Counts:
    """A table with both margins, many of its cells small."""
    chance = random.Random(seed)
    cells = {(f"r{i}", f"c{j}"): int(chance.expovariate(1 / mean)) for i in range(rows) for j in range(columns)}
    return two_way("cases", "row", "column", cells)


def public(file: str) -> list[dict]:
    """A public file; the test is skipped where they are not."""
    if not SHARED.is_dir():
        pytest.skip("no public files here: set CONCORD_SHARED")
    with open(SHARED / file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def column(key: str, counts: Counts, *names: str) -> Grid:
    """A grid of one column that prints these counts."""
    rows = tuple((Value(name), Value(counts.values[name], Kind.COUNT, (name,))) for name in names)
    return Grid(key, key, words("What", "Count"), rows)


def whole_numbers(counts: Counts, printed: dict[str, int], target: str, reasons: dict[str, str] | None = None) -> range:
    """What a reader can still believe of a count: whole tables that agree with all that is printed, and with the
    reasons of the blanks where given."""
    system, rule, reasons = System.of(counts), Rule(), reasons or {}
    low, high = np.zeros(len(system.names)), np.full(len(system.names), 1e4)
    for place, name in enumerate(system.names):
        if name in printed:
            low[place] = high[place] = printed[name]
        elif reasons.get(name) == "small":
            low[place], high[place] = 1, rule.threshold - 1
        elif reasons.get(name) == "other":
            low[place] = rule.threshold
    aim = (np.array(system.names) == target).astype(float)
    ends = [
        milp(
            sign * aim,
            constraints=LinearConstraint(system.sums, 0, 0),
            bounds=Bounds(low, high),
            integrality=aim * 0 + 1,
        )
        for sign in (1, -1)
    ]
    least, most = (round(end.x @ aim) for end in ends)
    return range(least, most + 1)
