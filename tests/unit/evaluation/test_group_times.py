"""Group-time differences against the published county employment example, and where they are refused."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from concord.evaluation import adoption, group_times
from concord.evaluation.adoption import NoComparison

SHARED = Path(os.environ.get("CONCORD_SHARED", Path(__file__).parents[4] / "shared"))
MPDTA = SHARED / "data" / "did" / "mpdta.csv"


@pytest.fixture(scope="module")
def counties():
    """500 counties, 2003-2007, log teen employment; 20, 40 and 131 raise the minimum wage in 2004, 2006 and 2007."""
    if not MPDTA.is_file():
        pytest.skip("the public files are not here: set CONCORD_SHARED to the folder that holds data/")
    with MPDTA.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    began = {row["countyreal"]: int(float(row["first.treat"])) or None for row in rows}
    return adoption.panel(((row["countyreal"], int(row["year"]), float(row["lemp"])) for row in rows), began)


@pytest.mark.parametrize(
    ("summary", "estimate", "se"),
    [
        ("simple", -0.03995, 0.01203),
        ("cohort", -0.0310, 0.0124),
        ("event", -0.0772, 0.0200),
        ("calendar", -0.0417, 0.0160),
    ],
)
def test_the_employment_example_gives_the_reference_values(counties, summary, estimate, se):
    """No covariates, never-treated controls, analytic errors: `differences` 0.3.0; R's `did` prints the same."""
    found = getattr(group_times.estimate(counties), summary)
    digits = 5e-6 if summary == "simple" else 5e-5
    assert (found.estimate, found.se) == (pytest.approx(estimate, abs=digits), pytest.approx(se, abs=digits))


def test_one_cell_of_the_employment_example(counties):
    cells = {(cell.group, cell.period): cell for cell in group_times.estimate(counties).cells}
    assert cells[2004, 2006].estimate == pytest.approx(-0.1373, abs=5e-5)
    assert cells[2004, 2006].se == pytest.approx(0.0364, abs=5e-5)


def invented(*, never=4, gap=False, early=False):
    """Units adopting in 3 and 5 whose difference grows by one a period, exactly."""
    began = {f"A{i}": 3 for i in range(3)} | {f"B{i}": 5 for i in range(3)} | {f"C{i}": None for i in range(never)}
    began |= {"E": 0} if early else {}
    rows = [
        (unit, t, number + 2.0 * t + (t - start + 1 if start is not None and t >= start else 0))
        for number, (unit, start) in enumerate(began.items())
        for t in range(8)
    ]
    return adoption.panel(rows[1:] if gap else rows, began)


def test_a_difference_that_grows_is_found_exactly_by_time_since_adoption():
    found = group_times.estimate(invented())
    assert {at: part[0] for at, part in found.event.parts.items()} == pytest.approx({0: 1, 1: 2, 2: 3, 3: 4, 4: 5})
    assert found.simple.estimate == pytest.approx(np.mean([1, 2, 3, 4, 5, 1, 2, 3]))
    assert [cell.estimate for cell in found.cells if cell.period < cell.group] == pytest.approx([0] * 6)


def test_those_still_to_adopt_can_join_the_comparison(counties):
    """The two comparisons differ only where a group has others still to adopt beside it, so not in the last period."""
    never, joined = (group_times.estimate(counties, not_yet=asked) for asked in (False, True))
    moved = {(a.group, a.period) for a, b in zip(never.cells, joined.cells, strict=True) if a.estimate != b.estimate}
    assert moved
    assert 2007 not in {period for _, period in moved}
    assert group_times.estimate(invented(), not_yet=True).simple.estimate == pytest.approx(2.625)


def test_units_with_gaps_and_units_that_always_had_it_are_left_out_and_counted():
    found = group_times.estimate(invented(gap=True, early=True))
    assert (found.units, found.never) == (9, 4)
    assert "1 units not seen in every period are left out" in str(found)
    assert "1 units that had adopted by the first period are left out" in str(found)


def test_without_units_that_never_adopt_it_is_refused():
    with pytest.raises(NoComparison, match="never adopt"):
        group_times.estimate(invented(never=1))
