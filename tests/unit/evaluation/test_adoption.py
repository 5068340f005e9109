"""Who is compared with whom when task forces begin at different times, and what is refused."""

from datetime import date

import pytest

from concord.evaluation import adoption
from concord.evaluation.adoption import Comparison, NoComparison
from concord.evaluation.protocol import parse

REGISTERED = date(2025, 3, 1)
BEGAN = {"A": 3, "B": 5, "C": None, "D": None, "E": None}


def outcomes(began=BEGAN, periods=8):
    return [(unit, period, 1.0 * period) for unit in began for period in range(periods)]


def named(*units):
    return Comparison("counties of the same states", REGISTERED, units)


def test_only_adopters_and_the_registered_group_are_compared():
    part = adoption.compared(adoption.panel(outcomes(), BEGAN), named("C", "D"))
    assert sorted(part.units) == ["A", "B", "C", "D"]
    assert part.notes == ("1 units neither adopted nor registered are left out: E",)


def test_the_comparison_is_the_one_that_the_protocol_states():
    stated = {"comparison": {"because": "counties of the same states", "units": ["C", "D"]}}
    assert adoption.registered(parse({"registered_on": REGISTERED, "stated": stated})) == named("C", "D")
    assert adoption.registered(parse({"registered_on": REGISTERED})) is None
    with pytest.raises(NoComparison, match="say because"):
        adoption.registered(parse({"stated": {"comparison": {"units": ["C"]}}}))
    with pytest.raises(NoComparison, match="as a list"):
        adoption.registered(parse({"stated": {"comparison": {"because": "alike", "units": "C"}}}))


def test_where_all_adopt_the_window_ends_before_the_last_adoption():
    began = {"A": 2, "B": 4, "C": 6, "D": 6}
    part = adoption.compared(adoption.panel(outcomes(began), began), Comparison("later adopters", REGISTERED))
    assert (part.period.max(), part.adopters) == (5, ["A", "B"])
    assert "periods from 6 on, the last adoption, are left out" in part.notes[0]


def test_a_unit_never_seen_before_it_adopted_is_left_out_by_name():
    began = BEGAN | {"A": 0}
    part = adoption.compared(adoption.panel(outcomes(began), began), named("C", "D", "E"))
    assert "A" not in part.units
    assert part.notes == ("1 units never seen before they adopted are left out: A",)


def test_an_outcome_is_a_rate_of_the_agencies_that_reported():
    rows = [(u, t, 6 if t >= 3 else 2, (0 if t == 7 else 3 if t >= 3 else 1)) for u in BEGAN for t in range(8)]
    made = adoption.rates(rows, BEGAN)
    assert set(made.outcome) == {2.0}  # three times the counts, because three agencies report instead of one
    assert made.period.max() == 6
    said = " ".join(made.notes)
    assert "5 unit-periods in which no agency reported are missing, not zero" in said
    assert "reporting agencies of adopters: 1.5 a period before adoption, 2.2 after" in said


def test_a_missing_outcome_is_left_out_and_counted():
    made = adoption.panel([*outcomes(), ("A", 99, None), ("B", 99, float("nan"))], BEGAN)
    assert made.notes == ("2 unit-periods without an outcome are left out",)
    assert 99 not in made.period


@pytest.mark.parametrize(
    ("comparison", "says"),
    [
        (None, "no comparison group was registered"),
        (Comparison("afterwards", None, ("C", "D")), "no comparison group was registered"),
        (named("C", "X"), "X has no row"),
        (named("C", "B"), "B itself adopted in period 5"),
        (named("C"), "two at the least"),
    ],
)
def test_an_unusable_comparison_is_refused(comparison, says):
    with pytest.raises(NoComparison, match=says):
        adoption.compared(adoption.panel(outcomes(), BEGAN), comparison)


@pytest.mark.parametrize(
    ("began", "says"),
    [
        ({"A": 4, "B": 4, "C": 4}, "there is nothing to estimate"),
        ({"A": 0, "B": 0, "C": 0}, "nobody is left to compare with"),
        ({"A": 0, "C": None, "D": None}, "there is nothing to estimate"),
        ({"A": 2, "B": 5}, "two at the least"),
    ],
)
def test_a_panel_without_a_contrast_is_refused(began, says):
    with pytest.raises(NoComparison, match=says):
        adoption.compared(adoption.panel(outcomes(began), began), Comparison("later adopters", REGISTERED))


def test_a_unit_twice_in_a_period_is_refused():
    with pytest.raises(NoComparison, match="unit A stands twice in period 2"):
        adoption.panel([*outcomes(), ("A", 2, 9.0)], BEGAN)


def test_a_unit_whose_adoption_is_not_stated_is_refused():
    with pytest.raises(NoComparison, match="when did Z adopt"):
        adoption.panel([*outcomes(), ("Z", 2, 9.0)], BEGAN)
