"""Comparisons of sites against R 4.5 on the reference rows (lme4 1.1-37 glmer nAGQ=25; a restricted wild-cluster test
by all 256 signs; Firth's logit), and what is refused."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from concord.evaluation import comparing
from concord.evaluation.comparing import CannotCompare

NAMES = ["coloc", "labor", "x"]


def reference_rows():
    """226 invented cases of 8 sites: site (n,), the columns coloc, labor, x (n, 3), charged (n,)."""
    r, rows = np.random.default_rng(20220106), []
    effects = r.normal(0, 0.8, 8)
    for site, n in enumerate([45, 40, 36, 30, 26, 21, 16, 12]):
        coloc = int(site % 2 == 0)
        for _ in range(n):
            labor, x = int(r.random() < 0.08), r.normal()
            log_odds = -0.7 + effects[site] + 0.4 * coloc - 0.9 * labor + 0.3 * x
            charged = int(r.random() < 1 / (1 + np.exp(-log_odds)))
            r.weibull(1.3), r.exponential(900), r.random()
            if r.random() < 0.95:
                r.random()
            rows.append((site, coloc, labor, round(x, 4), charged))
    columns = np.array(rows, float)
    return columns[:, 0], columns[:, 1:4], columns[:, 4]


@pytest.fixture(scope="module")
def rows():
    return reference_rows()


@pytest.fixture(scope="module")
def counted(rows):
    sites, _, charged = rows
    return np.bincount(sites.astype(int), charged).astype(int), np.bincount(sites.astype(int))


def test_the_permutation_test_beside_other_columns_equals_the_reference(rows):
    sites, columns, charged = rows
    made = comparing.adjusted_permutation_test(charged, columns, sites, 0, feature="coloc")
    assert made.statistic == pytest.approx(0.066891, abs=5e-7)
    assert (made.p, made.assignments) == (40 / 70, 70)


def test_the_permutation_test_goes_through_all_ways_to_hand_out_the_feature():
    made = comparing.permutation_test([9, 8, 7, 1, 2, 3], [10] * 6, [True] * 3 + [False] * 3)
    assert made.statistic == pytest.approx(0.6)
    assert (made.p, made.smallest, made.assignments) == (2 / 20, 2 / 20, 20)
    assert made.table_only


def test_a_feature_that_sets_four_of_eight_sites_apart_goes_with_the_rate():
    rates, has = [9, 8, 7, 6, 1, 2, 3, 4], [True] * 4 + [False] * 4
    made = comparing.permutation_test(rates, [10] * 8, has, feature="shared office")
    assert made.p == made.smallest == 2 / 70
    assert str(made).startswith("shared office goes with the rate")


def test_too_few_sites_give_the_table_only():
    made = comparing.permutation_test([9, 8, 1], [10] * 3, [True, False, False], feature="shared office")
    assert made.smallest == pytest.approx(1 / 3)
    assert str(made).startswith("shared office: table only. With 1 of 3 sites the smallest p there can be is 0.333")


def test_a_site_without_files_is_not_compared():
    made = comparing.permutation_test([9, 8, 1, 2, 0], [10] * 4 + [0], [True, True, False, False, True])
    assert (made.sites, made.with_feature, made.n) == (4, 2, 40)


@pytest.mark.parametrize("has", [[True] * 4, [False] * 4])
def test_a_feature_of_all_or_none_is_refused(has):
    with pytest.raises(CannotCompare, match="nothing to compare"):
        comparing.permutation_test([1, 2, 3, 4], [10] * 4, has)


def test_a_feature_that_differs_within_a_site_is_not_handed_to_sites(rows):
    sites, columns, charged = rows
    with pytest.raises(CannotCompare, match="not alike for all files"):
        comparing.adjusted_permutation_test(charged, columns, sites, 1)


@pytest.mark.parametrize(("tested", "p"), [(0, 0.5078125), (2, 0.2421875)])
def test_all_signs_of_eight_sites_give_the_p_of_r(rows, tested, p):
    sites, columns, charged = rows
    made = comparing.wild_cluster_test(charged, columns, sites, tested)
    assert (made.p, made.assignments, made.smallest, made.exact) == (p, 256, 2 / 256, True)


def test_the_cluster_statistic_equals_that_of_r(rows):
    sites, columns, charged = rows
    assert comparing.wild_cluster_test(charged, columns, sites, 0).statistic == pytest.approx(0.753007643, rel=5e-7)


def test_beyond_twelve_sites_signs_are_drawn_and_the_draw_can_be_had_again():
    r = np.random.default_rng(3)
    sites, x = np.repeat(np.arange(14), 10), r.normal(size=140)
    outcome = (r.random(140) < expit(1.5 * x)).astype(int)
    first, again = (comparing.wild_cluster_test(outcome, x, sites, 0, seed=5) for _ in range(2))
    assert first == again
    assert (first.exact, first.assignments) == (False, 10_000)
    assert first.p < 0.01
    assert "9,999 draws of signs, seed 5" in first.notes


def test_columns_that_repeat_each_other_are_refused(rows):
    sites, columns, charged = rows
    twice = np.column_stack([columns, columns[:, 0]])
    with pytest.raises(CannotCompare, match="repeat each other"):
        comparing.wild_cluster_test(charged, twice, sites, 0)
    with pytest.raises(CannotCompare, match="repeat each other"):
        comparing.firth(charged, twice, [*NAMES, "again"])


def test_the_random_intercept_logit_equals_glmer(rows):
    sites, columns, charged = rows
    made = comparing.random_intercept(charged, columns, sites, NAMES)
    found = [one.estimate for one in made.coefficients]
    assert found == pytest.approx([-1.23681900, 0.36629525, -1.76084922, 0.15250293], abs=1e-4)
    assert made.site_sd == pytest.approx(0.592397, abs=1e-4)
    assert made["intercept"].standard_error == pytest.approx(0.404, abs=5e-4)
    assert (made.n, made.events, made.sites) == (226, 57, 8)
    assert "take the exact tests" in made.notes[0]


def test_the_likelihood_is_the_integral_over_the_sites(rows):
    sites, columns, charged = rows
    made = comparing.random_intercept(charged, columns, sites, NAMES)
    line = made["intercept"].estimate + columns @ [made[name].estimate for name in NAMES]

    def one(effect, of):
        p = expit(line[of] + made.site_sd * effect)
        return np.prod(np.where(charged[of] == 1, p, 1 - p)) * np.exp(-(effect**2) / 2) / np.sqrt(2 * np.pi) * 1e8

    total = sum(np.log(quad(one, -9, 9, args=(sites == site,), epsabs=1e-14)[0] / 1e8) for site in range(8))
    assert made.log_likelihood == pytest.approx(total, abs=1e-6)


def test_small_sites_borrow_more_than_large_ones(counted):
    made = comparing.pool(*counted, [f"S{number}" for number in range(8)])
    moved = {one.site: abs(one.pooled - one.own) / abs(one.own - made.overall) for one in made.sites}
    assert moved["S6"] > moved["S0"]
    assert all(min(one.own, made.overall) <= one.pooled <= max(one.own, made.overall) for one in made.sites)
    assert all(one.low < one.pooled < one.high for one in made.sites)


def test_pooling_counts_is_the_same_as_pooling_files(counted, rows):
    sites, _, charged = rows
    pooled = comparing.pool(*counted, "abcdefgh")
    likelihood = comparing._Likelihood(charged, np.ones(226), np.ones((226, 1)), sites.astype(int), 8)
    theta, _ = comparing._maximum(likelihood)
    assert (pooled.overall, pooled.site_sd) == pytest.approx((expit(theta[0]), theta[1]), abs=1e-6)


def test_sites_that_do_not_differ_are_drawn_to_one_share():
    made = comparing.pool([10, 10, 10], [20, 20, 20], "abc")
    assert [one.pooled for one in made.sites] == pytest.approx([0.5] * 3)
    assert made.sites[0].low < 0.4
    assert "no more spread" in made.notes[0]


def test_a_site_without_files_is_given_the_middling_share():
    made = comparing.pool([3, 12, 0], [10, 20, 0], "abc")
    assert made.sites[2].own is None
    assert made.sites[2].pooled == pytest.approx(made.overall)


@pytest.mark.parametrize(("yes", "of"), [([0, 0], [5, 5]), ([5, 5], [5, 5]), ([2], [5]), ([0, 1], [1, 1])])
def test_nothing_is_pooled_where_all_agree(yes, of):
    with pytest.raises(CannotCompare, match="nothing to pool"):
        comparing.pool(yes, of, ["a", "b"])


def test_sites_that_are_all_or_nothing_are_not_pooled():
    with pytest.raises(CannotCompare, match="all or nothing"):
        comparing.pool([0, 30, 0], [30, 30, 30], "abc")


def test_the_order_of_files_does_not_matter(rows):
    sites, columns, charged = rows
    order = np.random.default_rng(2).permutation(226)
    one = comparing.random_intercept(charged, columns.round(), sites, NAMES)
    other = comparing.random_intercept(charged[order], columns.round()[order], sites[order], NAMES)
    assert other["x"].estimate == pytest.approx(one["x"].estimate, abs=1e-6)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-9)


def test_firth_equals_the_reference(rows):
    _, columns, charged = rows
    made = comparing.firth(charged, columns, NAMES)
    found = [one.estimate for one in made.coefficients]
    assert found == pytest.approx([-1.19524, 0.35021, -1.32723, 0.14028], abs=1e-5)


def test_firth_is_finite_where_a_cell_is_empty():
    columns = np.repeat([0.0, 1.0], 30)[:, None]
    outcome = np.concatenate([np.tile([0, 1], 15), np.zeros(30)])
    made = comparing.firth(outcome, columns, ["labor"])
    assert made["labor"].estimate == pytest.approx(np.log((0.5 / 30.5) / (15.5 / 15.5)))  # half a file in every cell
    assert made["labor"].p < 0.001
    with pytest.raises(CannotCompare, match="Take the Firth model"):
        comparing.random_intercept(outcome, columns, np.arange(60) % 6, ["labor"], events_per_parameter=5)


def test_no_model_is_fitted_to_too_few_events(rows):
    sites, columns, charged = rows
    with pytest.raises(CannotCompare, match="57 of the rarer outcome for 4 parameters: fewer than 15 for each"):
        comparing.random_intercept(charged, columns, sites, NAMES, events_per_parameter=15)
    with pytest.raises(CannotCompare, match="print the table"):
        comparing.firth(np.zeros(226), columns, NAMES)
    with pytest.raises(CannotCompare, match="one site"):
        comparing.random_intercept(charged, columns, np.zeros(226), NAMES)
