"""Templates and packs are consistent, and no release runs without an end, whoever sets the caps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.law import releases
from concord.vocabulary import ReleasePurpose, SignerCapacity

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize("purpose", ReleasePurpose)
def test_each_purpose_has_a_template_that_ends_within_30_days_unless_she_wants_otherwise(purpose):
    template = releases.TEMPLATES[purpose]
    assert set(template.items) <= set(template.allowed)
    assert 0 < template.days <= 30
    assert template.days <= template.cap <= releases.MOST_DAYS


@given(st.sampled_from(ReleasePurpose), st.integers(-10, 10_000))
def test_no_cap_of_an_installation_reaches_beyond_a_year_or_below_a_day(purpose, cap):
    assert 1 <= releases.longest(purpose, {purpose: cap}) <= releases.MOST_DAYS
    today = date(2026, 6, 1)
    assert releases.usual_end(purpose, today, {purpose: cap}) <= today + timedelta(days=30)


@pytest.mark.parametrize("pack", releases.packs().values(), ids=lambda pack: pack.jurisdiction)
def test_a_pack_is_a_draft_until_somebody_is_named_who_checked_it(pack):
    assert (pack.status == "unverified draft") == (pack.reviewer == "")
    assert pack.source
    assert all(row.source and row.services for row in pack.alone)


def test_a_state_without_a_pack_lets_no_minor_sign_alone_by_itself():
    assert releases.statutes("ZZ", releases.Age(16, 16)) == ()


@given(DAYS, st.sampled_from(sorted(releases.COSIGNED - {SignerCapacity.COURT_GUARDIAN})), DAYS)
def test_nobody_elses_word_outlives_her_birthday(born, capacity, expires_on):
    ends = releases.last_day(expires_on=expires_on, capacity=capacity, born=born)
    assert ends < releases.comes_of_age(born)
    assert releases.age_on(born, releases.comes_of_age(born)) == 18


@given(said=st.integers(0, 30), said_on=DAYS, days=st.integers(0, 4000), old=st.integers(0, 364))
def test_an_age_that_was_said_holds_her_true_age(said, said_on, days, old):
    today = said_on + timedelta(days=days)
    born = said_on.replace(day=1).replace(year=said_on.year - said) - timedelta(days=old)
    if releases.age_on(born, said_on) == said:
        known = releases.age(born=None, said=said, said_on=said_on, today=today)
        assert known.youngest <= releases.age_on(born, today) <= known.oldest


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Rosalind Example", "example ROSALIND", True),
        ("Rosalind Anne Example", "Rosalind Example", True),
        ("Rosalind", "Rosalind Example", False),
        ("", "", False),
        (None, "Rosalind Example", False),
    ],
)
def test_a_client_may_share_a_colleagues_name(one, other, same):
    assert releases.same_person(one, other) is same


def test_an_installations_caps_are_read_and_a_wrong_one_is_named():
    assert releases.read_caps("report=30, housing=45") == {"report": 30, "housing": 45}
    assert releases.read_caps("") == {}
    for wrong in ("report", "nothing=3", "report=0", "report=366", "report=-1"):
        with pytest.raises(ValueError, match=wrong):
            releases.read_caps(wrong)
