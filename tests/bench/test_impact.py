"""How close impact and imputation come to the truth, and how long they take. Figures are recorded in impact.md.

pytest -m bench -s tests/bench/test_impact.py
"""

import sys
from datetime import date
from time import perf_counter

import numpy as np
import pytest

from concord.evaluation import adoption, group_times, impact, imputation
from concord.evaluation.adoption import Comparison, Panel

pytestmark = pytest.mark.bench
UNITS, QUARTERS, NEVER, DRAWS = 50, 40, 10, 100
NEVERS = Comparison("never adopt", date(2025, 1, 1), tuple(f"U{number:02d}" for number in range(NEVER)))
FILES, GAPS, STUDIES = 226, 0.2, 100


def task_forces(seed: int | None) -> tuple[Panel, float]:
    """Fifty areas over forty quarters, ten that never adopt, a difference that grows; and its mean. None: no noise."""
    chance = np.random.default_rng(20220106)
    began = {f"U{number:02d}": None if number < NEVER else 10 + 5 * (number % 5) for number in range(UNITS)}
    own, common = dict(zip(began, chance.normal(0, 1, UNITS), strict=True)), chance.normal(0, 0.3, QUARTERS).cumsum()
    noise = (
        np.random.default_rng(seed).normal(0, 1, (UNITS, QUARTERS)) if seed is not None else np.zeros((UNITS, QUARTERS))
    )
    rows, truth = [], []
    for place, (unit, start) in enumerate(began.items()):
        for quarter in range(QUARTERS):
            more = 0.4 + 0.06 * (quarter - start) if start is not None and quarter >= start else 0.0
            truth += [more] if more else []
            rows.append((unit, quarter, own[unit] + common[quarter] + more + noise[place, quarter]))
    return adoption.panel(rows, began), float(np.mean(truth))


def say(capsys, *lines: str) -> None:
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def test_without_noise_the_truth_is_found(capsys):
    whole, truth = task_forces(None)
    started = perf_counter()
    found = impact.staggered(whole, NEVERS, draws=199, seed=1)
    first = perf_counter() - started
    started = perf_counter()
    impact.staggered(whole, NEVERS, draws=199, seed=1)
    again = perf_counter() - started
    say(capsys, f"truth {truth:.5f}, found {found.estimate:.5f}, naive {found.naive.estimate:.3f}",
        f"first call {first:.1f} s, second {again:.1f} s with 199 placebo dealings")  # fmt: skip
    assert found.estimate == pytest.approx(truth, abs=1e-5)


def test_with_noise_two_stages_hold_the_truth_and_the_naive_way_does_not(capsys):
    found = {"two stages": [], "naive": [], "group-time": []}
    for seed in range(DRAWS):
        whole, truth = task_forces(seed)
        two = impact.staggered(whole, NEVERS, leads=1, lags=1, draws=1, seed=1)
        groups = group_times.estimate(whole).simple
        found["two stages"].append((two.estimate - truth, two.low <= truth <= two.high))
        found["naive"].append((two.naive.estimate - truth, np.nan))
        found["group-time"].append((groups.estimate - truth, abs(groups.estimate - truth) <= 1.96 * groups.se))
    lines = []
    for name, pairs in found.items():
        off, held = np.array(pairs, float).T
        lines.append(f"| {name} | {off.mean():+.3f} | {np.sqrt((off**2).mean()):.3f} | {held.mean():.2f} |")
    say(capsys, *lines)
    assert abs(np.mean([off for off, _ in found["two stages"]])) < 0.03
    assert np.mean([held for _, held in found["two stages"]]) >= 0.89
    assert np.mean([off for off, _ in found["naive"]]) < -0.2


def study(seed: int) -> dict[str, np.ndarray]:
    """226 files: y goes with x by .5; a fifth of x is missing, more often where z is high."""
    chance = np.random.default_rng([seed, 226])
    z = chance.normal(size=FILES)
    x = 0.6 * z + chance.normal(size=FILES)
    y = 0.5 * x + 0.3 * z + chance.normal(size=FILES)
    return {"y": y, "x": np.where(chance.random(FILES) < GAPS * 2 / (1 + np.exp(-2 * z)), np.nan, x), "z": z}


def test_intervals_after_imputation_hold_the_truth(capsys):
    fit, held, off = imputation.least_squares("y", ["x", "z"]), [], []
    started = perf_counter()
    for seed in range(STUDIES):
        found = imputation.estimate(study(seed), fit, declared={"x": imputation.Missing.AT_RANDOM}, seed=seed, m=10)
        held.append(found["x"].low <= 0.5 <= found["x"].high)
        off.append(found["x"].estimate - 0.5)
    seconds = (perf_counter() - started) / STUDIES
    say(capsys, f"bias {np.mean(off):+.4f}, coverage {np.mean(held):.2f}, {seconds:.2f} s a study with m = 10")
    assert abs(np.mean(off)) < 0.03
    assert np.mean(held) >= 0.89
