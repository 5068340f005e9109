"""Shares over sites against R 4.5 (survey 4.4-2: svyciprop and JK1 on the reference rows), and what has no interval."""

from time import perf_counter

import numpy as np
import pytest

from concord.evaluation import survey
from concord.evaluation.survey import Method

SIZES = [45, 40, 36, 30, 26, 21, 16, 12]


def reference_rows():
    """226 invented cases of 8 sites, as rows of (site, arrested, prosecuted, charged)."""
    r, rows = np.random.default_rng(20220106), []
    effects = r.normal(0, 0.8, 8)
    for site, n in enumerate(SIZES):
        for _ in range(n):
            labor, x = int(r.random() < 0.08), r.normal()
            log_odds = -0.7 + effects[site] + 0.4 * (site % 2 == 0) - 0.9 * labor + 0.3 * x
            charged = int(r.random() < 1 / (1 + np.exp(-log_odds)))
            r.weibull(1.3), r.exponential(900), r.random()
            arrested = int(r.random() < 0.95)
            rows.append((site, arrested, int(arrested and r.random() < 0.8), charged))
    return np.array(rows)


@pytest.fixture(scope="module")
def counted():
    """The numerators by site: arrest, prosecution, charge."""
    rows = reference_rows()
    return {
        stage: [int(rows[rows[:, 0] == site, column].sum()) for site in range(8)]
        for column, stage in ((1, "arrest"), (2, "prosecution"), (3, "charge"))
    }


@pytest.mark.parametrize(
    ("stage", "method", "estimate", "low", "high"),
    [
        ("charge", Method.LOGIT, 0.25221239, 0.15521064, 0.382396),
        ("arrest", Method.LOGIT, 0.95132743, 0.91586498, 0.97229481),
        ("prosecution", Method.LOGIT, 0.71238938, 0.63369971, 0.78004223),
        ("charge", Method.KORN_GRAUBARD, 0.25221239, 0.14552789, 0.38640042),
        ("arrest", Method.KORN_GRAUBARD, 0.95132743, 0.91636898, 0.97466953),
    ],
)
def test_intervals_equal_those_of_r(counted, stage, method, estimate, low, high):
    made = survey.proportion(counted[stage], SIZES, method=method)
    assert (made.estimate, made.low, made.high) == pytest.approx((estimate, low, high), rel=5e-7)


def test_standard_errors_equal_those_of_r(counted):
    assert survey.proportion(counted["charge"], SIZES).standard_error == pytest.approx(0.048450457, rel=5e-7)
    jackknife = survey.proportion(counted["charge"], SIZES, method=Method.JACKKNIFE)
    assert jackknife.standard_error == pytest.approx(0.048483543, rel=5e-7)


def test_near_an_end_the_interval_is_that_of_korn_and_graubard(counted):
    assert survey.proportion(counted["arrest"], SIZES).method is Method.KORN_GRAUBARD
    assert survey.proportion(counted["charge"], SIZES).method is Method.LOGIT


def test_a_share_says_how_much_its_files_are_worth(counted):
    made = survey.proportion(counted["charge"], SIZES)
    assert (made.numerator, made.denominator, made.sites) == (57, 226, 8)
    assert made.design_effect * made.effective_n == pytest.approx(226)
    assert "25.2% (57 of 226, 8 sites; 95% 15.5% to 38.2%" in str(made)
    assert "as many as 80 independent files" in str(made)


@pytest.mark.parametrize(
    ("counts", "more", "why"),
    [
        (([5], [10]), {}, "one site"),
        (([5, 5], [10, 10]), {}, "do not differ at all"),
        (([5, 4], [10, 10]), {"drawn": "all"}, "census"),
        (([5, 4], [10, 10]), {"total_files": 20}, "census"),
        (([5, 4], [10, 10]), {"drawn": "hand_picked"}, "by hand"),
        (([0, 0], [10, 10]), {"method": Method.LOGIT}, "only a Korn-Graubard"),
        (([0], [10]), {}, "one site"),
    ],
)
def test_without_honest_ground_there_is_a_reason_and_no_interval(counts, more, why):
    made = survey.proportion(*counts, **more)
    assert (made.low, made.high, made.method) == (None, None, Method.NONE)
    assert why in made.notes[0]


def test_no_event_and_nothing_but_events_still_have_one_end():
    none, every = survey.proportion([0] * 8, SIZES), survey.proportion(SIZES, SIZES)
    assert (none.low, every.high) == (0, 1)
    assert none.high == pytest.approx(1 - every.low)
    independent = 1 - 0.025 ** (1 / 226)  # Clopper and Pearson for 226 files that have nothing to do with each other
    assert independent < none.high < 3.5 / 8
    assert none.standard_error is None
    assert "was assumed" in none.notes[0]


def test_a_draw_from_a_finite_number_is_surer_about_that_number(counted):
    whole, part = (survey.proportion(counted["charge"], SIZES, total_files=total) for total in (None, 904))
    assert part.standard_error == pytest.approx(whole.standard_error * np.sqrt(3 / 4))
    assert "about these 904 files" in part.notes[0]


def test_a_site_without_files_counts_as_no_site(counted):
    made = survey.proportion([*counted["charge"], 0], [*SIZES, 0])
    assert made.sites == 8
    assert made.low == pytest.approx(0.15521064, rel=5e-7)
    jackknife = survey.proportion([*counted["charge"], 0], [*SIZES, 0], method=Method.JACKKNIFE)
    assert jackknife.standard_error == pytest.approx(0.048483543, rel=5e-7)


@pytest.mark.parametrize(
    ("numerators", "denominators", "more", "words"),
    [
        ([5], [4], {}, "larger than its denominator"),
        ([-1], [4], {}, "negative"),
        ([0], [0], {}, "no file"),
        ([1, 2], [4], {}, "one of each for every site"),
        ([1], [4], {"total_files": 3}, "Count the frame again"),
        ([1], [4], {"drawn": "somehow"}, "no way that files come"),
    ],
)
def test_counts_that_cannot_be_are_refused(numerators, denominators, more, words):
    with pytest.raises(ValueError, match=words):
        survey.proportion(numerators, denominators, **more)


def test_worst_cases_leave_the_files_that_were_not_chosen_open():
    assert survey.worst_case_bounds(57, 226, 74) == (57 / 300, 131 / 300)
    assert survey.worst_case_bounds(57, 226, 0) == (57 / 226, 57 / 226)
    with pytest.raises(ValueError, match="cannot be"):
        survey.worst_case_bounds(5, 4, 0)


def test_many_figures_take_one_sweep(counted):
    studies = np.random.default_rng(1).binomial(SIZES, 0.3, (20_000, 8))
    studies[7] = counted["charge"]
    started = perf_counter()
    made = survey.intervals(studies, np.broadcast_to(SIZES, studies.shape))
    assert perf_counter() - started < 3
    assert made.low[7] == pytest.approx(0.15521064, rel=5e-7)
