"""What a plan promises: widths that the report's intervals have, limits that files cannot pass, chances of tests."""

from math import sqrt

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import t as student

from concord.evaluation import planning, survey


def test_the_width_promised_is_the_width_that_studies_have():
    random = np.random.default_rng(11)
    yes = random.binomial(28, random.beta(0.33 * 19, 0.67 * 19, (4_000, 8)))
    made = survey.intervals(yes, np.full((4_000, 8), 28))
    promised = planning.precision(8, 28, 0.33, 0.05).half_width
    assert np.mean(made.high - made.low) / 2 == pytest.approx(promised, rel=0.05)


def test_endless_files_leave_the_differences_between_sites():
    made = planning.precision(8, 28, 0.33, 0.05)
    reach = student.ppf(0.975, 7) * sqrt(0.05 / (8 * 0.33 * 0.67))
    assert made.limit == pytest.approx((expit(logit(0.33) + reach) - expit(logit(0.33) - reach)) / 2)
    assert planning.precision(8, 10**9, 0.33, 0.05).half_width == pytest.approx(made.limit, rel=1e-6)


def test_a_plan_says_when_more_files_will_not_help():
    few, many = planning.precision(8, 28, 0.33, 0.05), planning.precision(8, 500, 0.33, 0.05)
    assert "More files will not help" in str(many)
    assert "More files will not help" not in str(few)
    before, at = (planning.precision(8, many.enough_files + more, 0.33, 0.05).half_width for more in (-1, 0))
    assert at <= 1.1 * many.limit < before


def test_a_wish_beyond_these_sites_is_answered_by_a_number_of_sites():
    made = planning.precision(8, 28, 0.33, 0.05, wanted=0.05)
    assert made.files_needed is None
    before, at = (planning.precision(sites, 28, 0.33, 0.05).half_width for sites in (30, 31))
    assert (made.sites_needed, at <= 0.05 < before) == (31, True)
    assert "more files at 8 sites cannot reach it; it takes 31 sites with 28 files each" in str(made)


def test_a_wish_that_files_can_meet_is_answered_by_a_number_of_files():
    made = planning.precision(8, 28, 0.33, 0.0, wanted=0.05)
    before, at = (planning.precision(8, files, 0.33, 0.0).half_width for files in (61, 62))
    assert (made.files_needed, at <= 0.05 < before) == (62, True)
    assert "However many files" not in str(made)


def test_the_design_effect_is_that_of_kish():
    made = planning.precision(8, 28, 0.33, 0.05)
    assert made.design_effect == pytest.approx(1 + 27 * 0.05)
    assert made.effective_n == pytest.approx(224 / 2.35)


@pytest.mark.parametrize(("sites", "having", "p"), [(8, 4, 2 / 70), (8, 3, 1 / 56), (5, 1, 1 / 5), (4, 2, 2 / 6)])
def test_the_smallest_p_counts_the_ways_to_hand_out_a_feature(sites, having, p):
    assert planning.smallest_p(sites, having) == pytest.approx(p)


def test_a_chance_is_zero_where_no_outcome_could_be_evidence():
    made = planning.power(5, 1, 28, 0.25, 0.8, 0.05)
    assert (made.power, made.limit) == (0, 0)
    assert "Table only" in str(made)


def test_more_sites_help_where_more_files_do_not():
    eight = planning.power(8, 4, 28, 0.25, 0.4, 0.05)
    more_files, more_sites = planning.power(8, 4, 2_800, 0.25, 0.4, 0.05), planning.power(50, 25, 28, 0.25, 0.4, 0.05)
    assert eight.power < more_files.power < eight.limit < 0.5 < 0.9 < more_sites.power
    assert "More files will not help" in str(eight)
    enough = planning.power(eight.sites_needed, eight.sites_needed // 2, 28, 0.25, 0.4, 0.05)
    assert enough.power >= 0.8


def test_simulated_chances_agree_with_the_formula_and_can_be_had_again():
    made, again = (planning.power(12, 6, 28, 0.25, 0.5, 0.05, simulations=400, seed=4) for _ in range(2))
    assert made == again
    assert made.simulated == pytest.approx(made.power, abs=0.07)
    assert "400 simulated studies" in str(made)


def test_without_a_difference_the_exact_test_keeps_its_level():
    made = planning.power(8, 4, 28, 0.3, 0.3, 0.05, simulations=1_000, seed=9)
    assert made.simulated <= 2 / 70 + 3 * sqrt(2 / 70 * 68 / 70 / 1_000)
    assert made.sites_needed is None


@pytest.mark.parametrize("wrong", [(1, 28, 0.3, 0.1), (8, 0, 0.3, 0.1), (8, 28, 0.0, 0.1), (8, 28, 0.3, 1.5)])
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="plan takes|is between"):
        planning.precision(*wrong)


def test_likeness_of_one_and_of_none_have_answers():
    one = planning.precision(8, 28, 0.33, 1.0)
    assert (one.effective_n, one.half_width, one.enough_files) == (8, one.limit, 1)
    assert planning.power(10, 5, 28, 0.2, 0.9, 1.0, simulations=50).limit < 1
    assert planning.power(10, 5, 28, 0.1, 0.9, 0.0, simulations=50).simulated == 1
