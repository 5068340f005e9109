"""Unknown never passes for yes or no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.law.answers import agreed, answer, either, every, negate, settle
from concord.vocabulary import Answer

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
ANSWERS = st.lists(st.sampled_from(Answer))
ORDER = {NO: 0, UNKNOWN: 1, YES: 2}


@given(ANSWERS)
def test_a_conjunction_is_as_sure_as_its_weakest_part(parts):
    assert every(parts) is min(parts, key=ORDER.get, default=YES)


@given(ANSWERS)
def test_a_disjunction_is_as_sure_as_its_strongest_part(parts):
    assert either(parts) is max(parts, key=ORDER.get, default=NO)


@given(ANSWERS)
def test_de_morgan_holds_with_three_values(parts):
    assert negate(every(parts)) is either(map(negate, parts))


@pytest.mark.parametrize(
    ("claims", "found"),
    [([], UNKNOWN), ([UNKNOWN], UNKNOWN), ([YES, UNKNOWN], YES), ([NO, NO], NO), ([YES, NO], UNKNOWN)],
)
def test_claims_that_contradict_each_other_leave_a_fact_unknown(claims, found):
    assert settle(claims) is found


@pytest.mark.parametrize(
    ("possible", "found"), [([YES, YES], YES), ([NO], NO), ([YES, NO], UNKNOWN), ([YES, UNKNOWN], UNKNOWN)]
)
def test_possibilities_that_differ_leave_the_answer_unknown(possible, found):
    assert agreed(possible) is found


def test_a_missing_value_is_unknown():
    assert [answer(True), answer(False), answer(None)] == [YES, NO, UNKNOWN]
