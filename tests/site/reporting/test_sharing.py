"""What a task force sees of an agency's counts never gives a small number away."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.site.reporting import sharing
from concord.site.reporting.sharing import AMBIGUITY, BY_NAME, Shown

CLIENTS, LEADS = BY_NAME["clients_served"], BY_NAME["leads_received"]


def counted(measure, value, **by):
    return SimpleNamespace(measure=measure, value=value, by=by)


def test_a_family_adds_labor_and_both_and_keeps_the_kinds_apart():
    rows = [counted("clients_served", 9, kind="principal"), counted("clients_served", 2, kind="family"),
            counted("clients_served_by_trafficking_type", 3, kind="principal", trafficking_type="labor"),
            counted("clients_served_by_trafficking_type", 2, kind="principal", trafficking_type="both"),
            counted("clients_served_by_trafficking_type", 4, kind="principal", trafficking_type="not_recorded"),
            counted("clients_served_by_trafficking_type", 2, kind="family", trafficking_type="sex")]
    assert sharing.exact(CLIENTS, rows) == (9, {"labor": 5, "sex": 0, "not_yet_known": 4})


@pytest.mark.parametrize(("total", "parts", "seen"), [
    (0, (0, 0, 0), (0, 0, 0, 0)),
    (4, (0, 4, 0), ("<5", 0, "<5", 0)),
    (30, (10, 20, 0), (30, 10, 20, 0)),
    (30, (3, 27, 0), (30, None, None, 0)),  # one small part alone is what is left of the total
    (9, (4, 4, 1), (9, "<5", "<5", "<5")),
    (28, (20, 4, 4), (28, None, None, None)),  # two that add up to 8 can only be four and four
    (6, (4, 2, 0), (6, "<5", "<5", 0)),
])
def test_small_numbers_and_what_gives_them_away_are_left_out(total, parts, seen):
    whole, pieces = sharing.shown(CLIENTS, total, dict(zip(("labor", "sex", "not_yet_known"), parts, strict=True)))
    assert tuple("<5" if one.small else one.value for one in (whole, *pieces.values())) == seen


def test_events_are_shown_whatever_their_number():
    assert sharing.shown(LEADS, 1, {"labor": 1, "sex": 0}) == (Shown(1), {"labor": Shown(1), "sex": Shown(0)})


@given(st.lists(st.integers(0, 30), min_size=3, max_size=3))
def test_nobody_can_subtract_a_small_part_from_what_is_shown(values):
    parts = dict(zip(("labor", "sex", "not_yet_known"), values, strict=True))
    total = sum(values)
    whole, pieces = sharing.shown(CLIENTS, total, parts)
    assert all(n == 0 or n >= 5 for n in (one.value for one in (whole, *pieces.values())) if n is not None)
    hidden = [name for name, one in pieces.items() if one.value is None]
    if whole.value is None or not hidden:
        return
    left = total - sum(one.value for one in pieces.values() if one.value is not None)
    tried = range(1, left + 1)
    fits = [combination for combination in _combinations(tried, len(hidden))
            if sum(combination) == left
            and all(v < 5 or not pieces[name].small for name, v in zip(hidden, combination, strict=True))]
    for n in range(len(hidden)):
        assert len({combination[n] for combination in fits}) >= AMBIGUITY


def _combinations(values, length):
    if length == 0:
        return [()]
    return [(v, *rest) for v in values for rest in _combinations(values, length - 1)]


def q(*values):
    return [Shown(None, small=True) if 0 < v < 5 else Shown(v) for v in values]


def test_four_quarters_are_shown_where_no_quarter_can_be_told_from_them():
    assert sharing.year_shown(CLIENTS, 10, q(2, 3, 1, 4), {}) == Shown(10)


def test_one_quarter_left_out_among_three_shown_hides_the_sum():
    assert sharing.year_shown(CLIENTS, 32, q(2, 10, 10, 10), {}) == Shown(None)


def test_two_sums_whose_difference_is_a_quarter_left_out_are_not_both_shown():
    quarters = q(2, 3, 1, 4, 9)
    assert sharing.year_shown(CLIENTS, 17, quarters, {}) == Shown(17)
    assert sharing.year_shown(CLIENTS, 17, quarters, {3: 10}) == Shown(None)


def test_a_small_sum_is_small():
    assert sharing.year_shown(CLIENTS, 3, q(1, 0, 2, 0), {}) == Shown(None, small=True)


def test_sums_of_events_are_shown():
    assert sharing.year_shown(LEADS, 3, [Shown(1), Shown(0), Shown(1), Shown(1)], {}) == Shown(3)


@given(st.lists(st.integers(0, 9), min_size=4, max_size=9))
def test_sums_shown_one_after_another_leave_every_quarter_left_out_ambiguous(values):
    quarters, years = q(*values), {}
    for n in range(3, len(values)):
        seen = sharing.year_shown(CLIENTS, sum(values[n - 3 : n + 1]), quarters[: n + 1], years)
        if seen.value is not None:
            years[n] = seen.value
    for quarter, possible in zip(quarters, sharing.feasible(quarters, years), strict=True):
        if quarter.value is None:
            assert len(possible) >= AMBIGUITY
