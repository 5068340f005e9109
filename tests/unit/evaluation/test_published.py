"""Published figures reproduce where they add up, are flagged where they do not, and are refused where n is unknown."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.evaluation import arithmetic, published

EXACT = (1, 2, 7, 10, 11, 12, 13, *range(18, 25), 28, 29, 30)


@pytest.mark.parametrize("number", EXACT)
def test_a_row_that_adds_up_is_reproduced(number):
    checked = published.row(number).checked()
    assert checked
    assert all(check.holds for check in checked)


@pytest.mark.parametrize(
    ("number", "difference"),
    [(9, 2.92), (25, 1), (32, -1), (34, -0.2796), (36, 0.98)],
)
def test_a_row_that_does_not_add_up_is_flagged_with_its_difference(number, difference):
    first = published.flagged()[number][0]
    assert first.difference == pytest.approx(difference, abs=0.005)


def test_no_other_row_is_flagged():
    assert set(published.flagged()) == {9, 25, 32, 34, 36}


def test_the_headline_shares_of_the_ecm_evaluation_are_refused_for_want_of_n():
    refused = published.refusals()
    assert {check.printed for check in refused[3]} == {"95%", "77%", "33%"}
    assert "n was not published" in str(refused[4][0])
    assert all(published.row(number).n is None for number in (3, 4))


def test_four_of_five_housing_shares_can_be_no_count_of_422():
    shares, of_422, one_n = published.row(36).checked()
    assert of_422.difference == 4
    assert one_n.holds is False
    assert shares.computed == "100.98%"


def test_every_row_has_a_source_a_unit_and_a_base_and_stands_once():
    assert [one.row for one in published.ROWS] == list(range(1, 37))
    assert all(one.source and one.unit and one.base for one in published.ROWS)


def test_what_has_no_n_is_not_called_comparable():
    assert [one.row for one in published.ROWS if one.comparable] == [1, 2, 7, 11]


@given(st.integers(1, 5000), st.data())
def test_every_percentage_of_a_count_passes_grim(n, data):
    k, places = data.draw(st.integers(0, n)), data.draw(st.integers(0, 3))
    assert arithmetic.grim(f"{100 * k / n:.{places}f}", n)


@pytest.mark.parametrize(
    ("percent", "n", "can"),
    [("33", 3, True), ("34", 3, False), ("17.5", 40, True), ("17.4", 40, False), ("0.0", 7, True), ("100", 7, True)],
)
def test_grim_tells_counts_from_what_no_count_can_give(percent, n, can):
    assert arithmetic.grim(percent, n) is can


def test_a_half_may_be_rounded_either_way():
    assert arithmetic.rounds_to(Fraction(25, 2), "12")
    assert arithmetic.rounds_to(Fraction(25, 2), "13")
    assert not arithmetic.rounds_to(Fraction(25, 2), "12.4")


@pytest.mark.parametrize("percents", [("33.3", "33.3", "33.3"), ("33", "33", "33"), ("66.7", "33.4")])
def test_parts_that_rounding_explains_are_a_partition(percents):
    assert arithmetic.partition("thirds", percents).holds


def test_parts_that_rounding_cannot_explain_are_none():
    checked = arithmetic.partition("thirds", ("33.3", "33.3", "33.6"))
    assert (checked.holds, checked.difference) == (False, 0.2)


def test_a_part_larger_than_its_whole_is_flagged_with_what_is_too_many():
    checked = arithmetic.part_of("minors", 12, 10)
    assert (checked.holds, checked.difference) == (False, 2)
    assert "does not add up" in str(checked)


@pytest.mark.parametrize("check", [arithmetic.percent_of, arithmetic.quotient])
def test_nothing_is_a_share_of_none(check):
    with pytest.raises(ValueError, match="denominator|quotient"):
        check("share", 1, 0, "10")


def test_change_is_of_the_earlier_count():
    assert arithmetic.change("prosecuted", 805, 1656, "105.7").holds
    assert not arithmetic.change("prosecuted", 805, 1656, "51.4").holds


def test_a_p_value_of_the_same_counts_holds():
    assert arithmetic.same_base("referral", ("10.0", 1000), ("12.0", 1000), "0.15").holds
