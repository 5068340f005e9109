import csv
import os
from pathlib import Path

import numpy as np
import pytest

from concord.evaluation import agreement
from concord.evaluation.agreement import drift, measure, of_rows, pairs, ratings

CHECKOUT = Path(__file__).parents[3]
PUBLIC = Path(os.environ.get("CONCORD_SHARED", CHECKOUT.parent / "shared")) / "data" / "irr"
public = pytest.mark.skipif(not PUBLIC.is_dir(), reason="no public files here: set CONCORD_SHARED")


def rows_of(name: str) -> list[dict]:
    with (PUBLIC / name).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def of_table(table: list[list[int]]):
    """Two raters' cross table as ratings."""
    return ratings(
        [(up, down) for up, line in enumerate(table) for down, count in enumerate(line) for _ in range(count)],
        levels=range(len(table)),
    )


@pytest.mark.parametrize(("method", "value"), [("cohen", 0.40), ("percent", 0.70), ("brennan_prediger", 0.40)])
def test_the_textbook_table_gives_the_textbook_values(method, value):
    assert measure(of_table([[20, 5], [10, 15]]), method).value == pytest.approx(value, abs=1e-12)


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units, missing.
OBSERVERS = [
    (1, 1, None, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4), (4, 4, 4, 4), (1, 1, 2, 1),
    (2, 2, 2, 2), (None, 5, 5, 5), (None, None, 1, 1), (None, None, 3, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "value"),
    [("alpha_nominal", 0.743), ("alpha_ordinal", 0.815), ("alpha_interval", 0.849), ("alpha_ratio", 0.797)],
)
def test_alpha_with_missing_ratings_is_that_of_the_paper(method, value):
    assert round(measure(ratings(OBSERVERS), method).value, 3) == value


@public
@pytest.mark.parametrize(
    ("method", "value"),
    [("ac1", 0.77544), ("fleiss", 0.76117), ("brennan_prediger", 0.77273), ("alpha_nominal", 0.7434),
     ("alpha_ordinal", 0.8154), ("alpha_interval", 0.8491), ("alpha_ratio", 0.7974)],
)  # fmt: skip
def test_four_raters_with_missing_ratings_give_the_published_values(method, value):
    matrix = [
        [row[f"Rater{n}"] if row[f"Rater{n}"].isdigit() else None for n in range(1, 5)]
        for row in rows_of("cac.raw4raters.csv")
    ]
    assert measure(ratings(matrix), method).value == pytest.approx(value, abs=5e-5)


@public
def test_thirty_diagnoses_by_six_raters_give_the_published_values():
    data = ratings([list(row.values()) for row in rows_of("diagnoses.csv")])
    assert measure(data, "fleiss").value == pytest.approx(0.4302, abs=5e-5)
    assert measure(data, "alpha_nominal").value == pytest.approx(0.4334, abs=5e-5)
    assert measure(data.pair(1, 2), "cohen").value == pytest.approx(0.6311, abs=5e-5)


@public
@pytest.mark.parametrize(
    ("method", "value"), [("cohen", 0.5954), ("cohen_linear", 0.6524), ("cohen_quadratic", 0.7023)]
)
def test_two_eyes_give_the_published_weighted_kappas(method, value):
    data = ratings([list(row.values()) for row in rows_of("vision.csv")])
    assert measure(data, method).value == pytest.approx(value, abs=5e-5)


@public
def test_three_by_three_abstractors_give_the_published_kappa():
    table = [[int(cell) for cell in list(row.values())[1:]] for row in rows_of("cont3x3abstractors.csv")]
    assert measure(of_table(table), "cohen").value == pytest.approx(0.7964, abs=5e-5)


@pytest.mark.parametrize("method", [name for name in agreement.METHODS if name not in {"percent", "ac1"}])
def test_raters_who_only_ever_say_yes_have_no_agreement_beyond_chance(method):
    found = measure(ratings([(1, 1)] * 6), method, draws=50)
    assert found.value is None
    assert found.undefined == agreement.ALL_ALIKE
    assert str(found).startswith(f"{found.method}: undefined, every rating is the same")


def test_one_rater_who_says_the_same_everywhere_is_named():
    found = measure(ratings([(1, 1), (1, 2), (1, 1)], raters=["A", "B"]), "cohen")
    assert found.value == pytest.approx(0)
    assert found.caveats[0] == "A put the same value everywhere"


@pytest.mark.parametrize(
    ("matrix", "method", "says"),
    [
        ([(1, None), (None, 2)], "fleiss", "no unit has two ratings"),
        ([], "percent", "no unit has two ratings"),
        ([(1, 1, 2), (2, 2, 2)], "cohen", "compares two raters"),
        ([("a", "b"), ("b", "b")], "alpha_interval", "not numbers"),
        ([(-1, 1), (1, 1)], "alpha_ratio", "zero or more"),
    ],
)
def test_what_cannot_be_measured_says_why(matrix, method, says):
    found = measure(ratings(matrix), method)
    assert found.value is None
    assert says in found.undefined


def test_a_category_nobody_used_lowers_what_chance_explains():
    used = measure(ratings([("a", "a"), ("a", "b"), ("b", "b")]), "brennan_prediger").value
    offered = measure(ratings([("a", "a"), ("a", "b"), ("b", "b")], levels="abc"), "brennan_prediger").value
    assert (used, offered) == (pytest.approx(1 / 3), pytest.approx(0.5))


def test_a_value_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="not among the categories: c"):
        ratings([("a", "c")], levels="ab")


def test_a_rater_who_rates_a_unit_twice_in_a_round_is_refused():
    with pytest.raises(ValueError, match="unit u1: rater A rated it twice"):
        of_rows([("u1", "A", "x", "f1", "S1"), ("u1", "A", "y", "f1", "S1")])


def invented(files: int = 40, seed: int = 1):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, files)
    codes = np.where(random.random((files, 2)) < 0.8, truth[:, None], random.integers(0, 3, (files, 2)))
    return ratings(codes.tolist(), levels=range(3), sites=[number % 4 for number in range(files)])


@pytest.mark.parametrize("method", sorted(agreement.METHODS))
def test_weighting_a_file_twice_is_the_same_as_having_it_twice(method):
    data = invented(12)
    weights = np.ones((1, 12))
    weights[0, 3] = 2
    twice = data.where(np.array([*range(12), 3]))
    kernel = agreement.METHODS[method].kernel
    assert kernel(data, weights)[0] == pytest.approx(kernel(twice, np.ones((1, 13)))[0], abs=1e-12)


def test_the_same_seed_gives_the_same_interval_around_the_value():
    first, again = (measure(invented(), "alpha_nominal", draws=400, seed=7) for _ in range(2))
    assert first == again
    assert first.low < first.value < first.high
    assert measure(invented(), "alpha_nominal", draws=400, seed=8).low != first.low


def test_every_draw_keeps_the_number_of_files_of_each_site():
    data = invented()
    weights = np.concatenate(list(agreement.resampled(data, 30)))
    assert all((weights[:, data.sites == site].sum(axis=1) == 10).all() for site in range(4))


def test_rows_of_one_file_are_drawn_together():
    data = ratings([(1, 1), (1, 2), (2, 2), (1, 1)], files=["f1", "f1", "f2", "f3"])
    weights = np.concatenate(list(agreement.resampled(data, 20)))
    assert (weights[:, 0] == weights[:, 1]).all()


def test_a_measure_that_most_draws_leave_undefined_has_no_interval():
    data = ratings([(1, 1)] * 9 + [(2, 2)])
    found = measure(data, "cohen", draws=200)
    assert (found.value, found.low) == (1.0, None)
    assert "so it has no interval" in found.caveats[-1]


def test_coders_who_grow_apart_show_as_drift():
    data = ratings([(n % 2, n % 2) for n in range(30)] + [(n % 2, (n // 2) % 2) for n in range(30)])
    found = drift(data, [1] * 30 + [2] * 30, "alpha_nominal", draws=300)
    assert found.periods == ("1", "2")
    assert found.change < -0.8
    assert found.high < 0


def test_one_round_has_no_drift():
    assert drift(invented(), [1] * 40, "fleiss", draws=0).undefined == "there is one period only"


def test_pairs_are_raters_who_share_a_unit():
    shared = pairs(ratings([(1, 1, None), (None, 2, 2)], raters="ABC"))
    assert [pair.raters for pair in shared] == [("A", "B"), ("B", "C")]
