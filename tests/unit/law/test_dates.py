"""Partial dates give ages that may be unknown, and never a wrong one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.law.dates import PartialDate, age_bounds, age_on, under_18
from concord.vocabulary import Answer

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def spans(day):
    """The day itself, its month and its year."""
    return st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]).map(PartialDate.read)


@given(st.data(), DAYS, DAYS)
def test_what_is_said_of_partial_dates_is_true_of_the_days_behind_them(data, born, on):
    if on < born:
        born, on = on, born
    found = under_18(data.draw(spans(born)), data.draw(spans(on)))

    assert found in (Answer.UNKNOWN, Answer.YES if age_on(born, on) < 18 else Answer.NO)


@given(DAYS, DAYS)
def test_whole_dates_are_never_unknown(born, on):
    if on < born:
        born, on = on, born

    assert under_18(PartialDate.read(born), PartialDate.read(on)) is not Answer.UNKNOWN


@given(DAYS, st.integers(0, 20000))
def test_nobody_gets_younger(born, days):
    on = born + timedelta(days=days)

    assert age_on(born, on) <= age_on(born, on + timedelta(days=1)) <= age_on(born, on) + 1


@pytest.mark.parametrize("text", ["", "19", "2019-5", "2019-13", "2019-02-30", "spring 2019", "2019-05-31T00:00"])
def test_other_spellings_of_a_date_are_refused(text):
    with pytest.raises(ValueError, match=r"2019-05-31|month must be|day \d+ must be|out of range"):
        PartialDate.read(text)


def test_an_act_before_the_birth_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="before the birth date"):
        age_bounds(PartialDate.read("2010"), PartialDate.read("2009"))


def test_ages_are_bounded_by_both_ends():
    assert age_bounds(PartialDate.read("2006"), PartialDate.read("2024-06")) == (17, 18)
