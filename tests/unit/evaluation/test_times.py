"""Numbers: R 4.5.0 with survival 3.8-3, on the invented data of `invented` (8 sites, 226 cases)."""

import numpy as np
import pytest

from concord.evaluation import times
from concord.evaluation.times import NoTimes, between_sites, cox, incidence, waiting

SIZES = (45, 40, 36, 30, 26, 21, 16, 12)
SMALL = ((1, 2, 2, 5, 7, 9, 9, 12), (1, 1, 1, 0, 1, 1, 0, 1))


@pytest.fixture(scope="module")
def invented() -> dict[str, list]:
    """Days to the first of two outcomes, made from a documented model; the order of the draws matters."""
    random = np.random.default_rng(20220106)
    rows, lift = [], random.normal(0, 0.8, 8)
    for site, size in enumerate(SIZES):
        for _ in range(size):
            labor, x = int(random.random() < 0.08), random.normal()
            odds = -0.7 + lift[site] + 0.4 * (site % 2 == 0) - 0.9 * labor + 0.3 * x
            charged = int(random.random() < 1 / (1 + np.exp(-odds)))
            to_end, to_loss = random.weibull(1.3) * (300 if charged else 420), random.exponential(900)
            event = 1 if random.random() < 0.7 else 2
            if random.random() < 0.95:  # an arrest, then whether it was prosecuted: drawn, not used here
                random.random()
            outcome = None if to_loss < to_end else ("arrest", "referred")[event - 1]
            rows.append((f"S{site}", int(site % 2 == 0), labor, round(x, 4), round(min(to_end, to_loss), 1), outcome))
    columns = ("site", "coloc", "labor", "x", "days", "outcome")
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def near(value: float, digits: int = 7):
    return pytest.approx(value, rel=10**-digits)


def test_the_invented_cases_are_those_that_r_was_given(invented):
    counted = [invented["outcome"].count(name) for name in ("arrest", "referred", None)]
    assert counted == [113, 48, 65]


@pytest.mark.parametrize(
    ("convention", "low", "high", "ends"),
    [("log", 267.7, 371.5, (0.36871313432, 0.5151481887)), ("log-log", 267.6, 370.4, (0.36212735349, 0.5070936989))],
)
def test_waiting_and_its_median_are_those_of_r_in_either_convention(invented, convention, low, high, ends):
    curve = waiting(invented["days"], [name is not None for name in invented["outcome"]], convention=convention)
    assert (curve.median, curve.low, curve.high, curve.events) == (318.9, low, high, 161)
    point = curve.at(365)
    assert (point.share, point.error) == (near(0.4358232478, 9), near(0.03718304107, 9))
    assert (point.low, point.high) == (near(ends[0], 9), near(ends[1], 9))


def test_the_median_of_one_outcome_alone_is_that_of_r(invented):
    curve = waiting(invented["days"], [name == "arrest" for name in invented["outcome"]])
    assert (curve.median, curve.low, curve.high) == (423.1, 350.7, 482.6)


@pytest.mark.parametrize(
    ("days", "happened", "median", "low", "high"),
    [
        ((1, 2, 3, 4), (1, 1, 1, 1), 2.5, 1, None),
        ((1, 2, 3, 4), (1, 1, 0, 0), 2, 1, None),
        ((1, 2, 3, 4), (1, 1, 0, 1), 3, 1, None),
        (*SMALL, 7, 1, None),
        ((1, 2, 3, 4), (1, 0, 0, 0), None, 1, None),
    ],
)
def test_ties_and_flat_halves_follow_r(days, happened, median, low, high):
    curve = waiting(days, happened)
    assert (curve.median, curve.low) == (median, low)
    assert curve.high == high


def test_a_curve_ends_where_following_ends():
    curve = waiting(*SMALL)
    assert curve.at(13) is None
    assert curve.at(0.5).share == 1.0
    assert (curve.points[-1].share, curve.points[-1].error) == (0.0, None)


@pytest.mark.parametrize(
    ("day", "share", "error", "low", "high"),
    [
        (180, 0.1748994550, 0.02659411359, 0.1263689963, 0.2300168118),
        (365, 0.3784294389, 0.03600060736, 0.3081188040, 0.4484006116),
        (730, 0.6156209850, 0.03869577907, 0.5350603581, 0.6863785948),
    ],
)
def test_cumulative_incidence_is_that_of_r(invented, day, share, error, low, high):
    point = incidence(invented["days"], invented["outcome"]).at("arrest", day)
    assert (point.share, point.error) == (near(share, 9), near(error, 9))
    assert (point.low, point.high) == (near(low, 9), near(high, 9))


def test_cumulative_incidence_has_an_error_when_nobody_remains():
    names = {0: None, 1: "arrest", 2: "dismissed"}
    found = incidence(SMALL[0], [names[code] for code in (1, 2, 1, 0, 1, 2, 0, 1)])
    last = found.points["arrest"][-1]
    assert (last.day, last.share, last.error) == (12, near(0.71875), near(0.1700901645, 9))
    assert [point.error for point in found.points["arrest"]] == [
        near(error, 9) for error in (0.1169267933, 0.1530931089, 0.1838844109, 0.1700901645)]  # fmt: skip


def test_outcomes_and_waiting_add_up_to_everybody(invented):
    curve = waiting(invented["days"], [name is not None for name in invented["outcome"]])
    found = incidence(invented["days"], invented["outcome"])
    shares = [found.at(name, 500).share for name in found.points]
    assert sum(shares) + curve.at(500).share == pytest.approx(1)


def test_an_error_between_sites_is_the_jackknife_of_r(invented):
    found = between_sites(invented["days"], invented["outcome"], invented["site"], [365])[365]
    assert found["arrest"].error == near(0.03184846577, 9)
    assert found["referred"].error == near(0.03161510314, 9)
    assert found["arrest"].low < 0.3784294389 < found["arrest"].high


def test_cox_is_that_of_r_with_errors_by_site(invented):
    features = {name: invented[name] for name in ("coloc", "labor", "x")}
    found = cox(invented["days"], [name == "arrest" for name in invented["outcome"]], features, invented["site"])
    wanted = [(-0.14160980727, 0.1948073392, 0.1641222394), (-0.07913556851, 0.3445754847, 0.2422948703),
              (0.14800884910, 0.1066276790, 0.1022279359)]  # fmt: skip
    for one, (log_ratio, error, robust) in zip(found.coefficients, wanted, strict=True):
        assert (one.log_ratio, one.error, one.robust_error) == (near(log_ratio, 6), near(error, 6), near(robust, 6))
    assert (found.n, found.events, found.sites) == (226, 113, 8)
    assert any("coloc belongs to whole sites" in caveat for caveat in found.caveats)
    assert "goes with" in str(found)


def test_errors_by_site_are_those_of_r_where_days_are_tied_and_some_were_lost_early(invented):
    """Days in spells of 60: 20 distinct ones for 113 arrests, and 12 people lost before the first arrest."""
    happened = [name == "arrest" for name in invented["outcome"]]
    days = zip(invented["days"], happened, strict=True)
    spells = [max(day // 60, 1) if arrest else day // 60 for day, arrest in days]
    features = {name: invented[name] for name in ("coloc", "labor", "x")}
    found = cox(spells, happened, features, invented["site"])
    wanted = [(-0.140535911446, 0.19455895966, 0.17213106073), (-0.069352184566, 0.34520540725, 0.25124632680),
              (0.134904693068, 0.10608818286, 0.10249245898)]  # fmt: skip
    for one, (log_ratio, error, robust) in zip(found.coefficients, wanted, strict=True):
        assert (one.log_ratio, one.error, one.robust_error) == (near(log_ratio), near(error), near(robust))


@pytest.mark.parametrize(
    ("days", "happened", "says"),
    [
        ((), (), "nobody to follow"),
        ((5, 9), (0, 0), "happened to nobody"),
        ((5, -1), (1, 1), "before the opening"),
        ((5, None), (1, 1), "a time is not known"),
        ((5, float("nan")), (1, 1), "a time is not known"),
        ((5,), (1, 1), "not as many times"),
    ],
)
def test_times_that_make_no_curve_are_refused(days, happened, says):
    with pytest.raises(NoTimes, match=says):
        waiting(days, happened)


def test_nothing_happening_has_no_incidence():
    with pytest.raises(NoTimes, match="nothing happened"):
        incidence((5, 9), (None, None))


def test_one_site_says_nothing_of_how_sites_differ():
    with pytest.raises(NoTimes, match="one site"):
        between_sites((5, 9), ("arrest", None), ("S1", "S1"), [5])


def test_a_day_that_only_one_site_saw_has_no_error_between_sites():
    found = between_sites((5, 6, 9, 9), ("arrest", None, "arrest", None), ("S1", "S1", "S2", "S2"), [5, 8])
    assert list(found) == [5]


def test_a_site_where_all_had_come_to_an_end_still_counts_on_later_days():
    found = between_sites((5, 6, 9, 9), ("arrest", "closed", "arrest", None), ("S1", "S1", "S2", "S2"), [8])
    assert found[8]["arrest"].share == pytest.approx(0.25)


RANDOM = np.random.default_rng(3)
FORTY = RANDOM.exponential(100, 40).round(1)
SITES = [f"S{number % 5}" for number in range(40)]
HALF = [number % 2 for number in range(40)]


@pytest.mark.parametrize(
    ("happened", "features", "sites", "says"),
    [
        ([0] * 40, {"x": FORTY}, SITES, "happened to nobody"),
        ([1] * 40, {"x": FORTY}, ["S1"] * 40, "one site"),
        ([1] * 9 + [0] * 31, {"x": FORTY}, SITES, "9 events are too few for 1 features"),
        ([1] * 40, {"x": [1] * 40}, SITES, "x is the same for everybody"),
        ([1] * 40, {"x": HALF, "y": FORTY}, HALF, "2 sites are too few for 2 features"),
        (HALF, {"x": HALF}, SITES, "runs off"),
        ([1] * 40, {"x": HALF, "y": HALF}, SITES, "runs off"),
        ([1] * 40, {"x": [*HALF[:-1], float("nan")]}, SITES, "not known for everybody"),
        ([1] * 40, {}, SITES, "no feature"),
    ],
)
def test_a_regression_that_cannot_be_had_says_why(happened, features, sites, says):
    with pytest.raises(NoTimes, match=says):
        cox(FORTY, happened, features, sites)


def test_an_unknown_scale_of_the_interval_is_refused():
    with pytest.raises(ValueError, match="not a scale"):
        times.waiting(*SMALL, convention="logit")
