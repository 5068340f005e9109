"""Two-stage differences in differences: it finds the truth, the naive way misses it, and results say their limits."""

import sys
from datetime import date

import numpy as np
import pytest

from concord.evaluation import adoption, impact
from concord.evaluation.adoption import Comparison, NoComparison, Panel

REGISTERED = Comparison("areas that applied for a task force and got none", date(2025, 3, 1), ("U0", "U4", "U8", "U12"))


def areas(noise=0.0, seed=0, drift=0.0) -> tuple[Panel, float]:
    """16 areas over 14 quarters; four never adopt, the others in 4, 7 or 10, with a difference that grows. And its
    average over adopters' quarters."""
    chance, rows, truth = np.random.default_rng(seed), [], []
    began = {f"U{number}": (None, 4, 7, 10)[number % 4] for number in range(16)}
    for number, (unit, start) in enumerate(began.items()):
        for t in range(14):
            more = 0.5 + 0.15 * (t - start) if start is not None and t >= start else 0.0
            truth += [more] if more else []
            own = drift * t if start is not None else 0.0
            rows.append((unit, t, 0.3 * number + 0.1 * t + own + more + noise * chance.normal()))
    return adoption.panel(rows, began), float(np.mean(truth))


@pytest.fixture(scope="module")
def exact():
    whole, truth = areas()
    return impact.staggered(whole, REGISTERED, leads=2, lags=3, draws=19, seed=1), truth


@pytest.fixture(scope="module")
def noisy():
    return impact.staggered(areas(noise=0.2)[0], REGISTERED, leads=2, lags=3, draws=99, seed=1)


def test_without_noise_the_truth_is_found(exact):
    found, truth = exact
    assert found.estimate == pytest.approx(truth, abs=1e-5)
    assert {step.at: step.estimate for step in found.after} == pytest.approx(
        {0: 0.5, 1: 0.65, 2: 0.8, 3: np.mean([0.95, 1.1, 1.25, 1.4, 1.55, 1.7, 1.85, 0.95, 1.1, 1.25, 1.4, 0.95])},
        abs=1e-5,
    )
    assert [step.at for step in found.before.steps] == [-3, -2]


def test_the_naive_estimate_misses_it_and_says_so(exact):
    found, truth = exact
    assert found.naive.estimate < truth - 0.1
    assert found.naive.negative > 0
    assert "biased" in str(found.naive)


def test_our_own_point_estimate_is_that_of_the_library(noisy):
    assert impact.two_stage(areas(noise=0.2)[0]) == pytest.approx(noisy.estimate, abs=1e-5)


def test_noise_gives_an_interval_around_the_truth_and_no_trend_before(noisy):
    assert noisy.low < areas()[1] < noisy.high
    assert noisy.df == 15
    assert noisy.before.p > 0.05


def test_groups_that_went_apart_before_are_seen():
    found = impact.staggered(areas(noise=0.2, drift=0.3)[0], REGISTERED, leads=2, lags=3, draws=9, seed=1)
    assert found.before.p < 0.05


def test_a_placebo_is_never_called_a_p_value(noisy):
    assert (noisy.placebo.draws, noisy.placebo.as_large) == (99, 0)
    assert "placebo permutation, not a p-value of the effect: 0 of 99" in str(noisy)


def test_a_result_says_who_was_compared_and_that_it_is_an_association(noisy):
    said = str(noisy)
    assert "12 of 16 units adopt in periods 0 to 13 (224 unit-periods)" in said
    assert "areas that applied for a task force and got none" in said
    assert "adoption goes with a difference of" in said
    assert "16 units: errors clustered by unit are too small with fewer than 20" in said
    assert "cause" not in said


def test_where_all_adopt_the_window_is_restricted_instead_of_failing():
    whole, _ = areas(noise=0.1)
    adopters = whole.only(np.isfinite(whole.began))
    found = impact.staggered(adopters, Comparison("later adopters", date(2025, 3, 1)), leads=2, lags=3, draws=9, seed=1)
    assert found.periods == (0, 9)
    assert "periods from 10 on, the last adoption, are left out" in str(found)
    assert found.estimate == pytest.approx(np.mean([0.5 + 0.15 * k for k in (0, 1, 2, 3, 4, 5, 0, 1, 2)]), abs=0.3)


def test_without_a_registered_comparison_nothing_is_estimated():
    with pytest.raises(NoComparison, match="registered"):
        impact.staggered(areas()[0], None, seed=1)


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    with pytest.raises(impact.ExtraMissing, match=r"concord\[impact\]"):
        impact.staggered(areas()[0], REGISTERED, seed=1)
