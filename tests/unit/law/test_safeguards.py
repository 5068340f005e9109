"""The arrest safeguard: every arrest can be recorded, and doubt is never read as safety."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.law import safeguards
from concord.law.charges import UNMATCHED, Count
from concord.vocabulary import (
    Answer,
    ArrestAlternative,
    ArrestConcern,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    CallerPermission,
    ChargeClass,
    ChargeStage,
    ContactRoute,
    VictimStatus,
)

MOMENT = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)
ANSWERS = st.sampled_from(Answer)
COUNTS = st.lists(
    st.sampled_from([*ChargeClass, UNMATCHED]).map(lambda kind: Count(ChargeStage.ARREST, kind)), max_size=3
)
ARRESTS = st.builds(
    safeguards.Arrest,
    counts=COUNTS.map(tuple),
    age=st.none() | st.integers(0, 99),
    minor_said=ANSWERS,
    forced_crime_said=ANSWERS,
    same_scene=ANSWERS,
    standing=st.frozensets(st.sampled_from(VictimStatus)),
    standing_looked_up=st.booleans(),
)
RECORDS = st.builds(
    safeguards.Record,
    legal_basis=st.none() | st.sampled_from(ArrestLegalBasis),
    stated_purpose=st.none() | st.sampled_from(ArrestStatedPurpose),
    alternatives=st.lists(st.sampled_from(ArrestAlternative), max_size=2).map(tuple),
    advocate_called=ANSWERS,
)


@given(ARRESTS, RECORDS)
def test_recording_is_never_blocked_and_doubt_starts_the_clock(arrest, record):
    found = safeguards.assess(arrest, record, MOMENT)

    assert (found.review_due is None) == (found.possible_victim is Answer.NO)
    assert found.review_due in (None, MOMENT + timedelta(hours=72))


@given(ARRESTS)
def test_every_concern_has_words_and_a_source(arrest):
    for concern in safeguards.concerns(arrest):
        assert concern.answer is not Answer.NO
        assert concern.words
        assert concern.source


def test_every_concern_of_the_code_list_has_one_rule():
    assert [reason.concern for reason in safeguards.REASONS] == list(ArrestConcern)


def test_every_purpose_that_does_not_conform_says_what_to_do_instead():
    assert set(safeguards.DOES_NOT_CONFORM) == set(ArrestStatedPurpose.non_conforming())


def test_ground_and_purpose_are_two_questions():
    asked = safeguards.unanswered(safeguards.Record(legal_basis=ArrestLegalBasis.WARRANT))

    assert [question.field for question in asked] == ["stated_purpose", "alternatives", "advocate_called"]


def test_a_purpose_that_does_not_conform_is_recorded_with_its_reason():
    arrest = safeguards.Arrest(counts=(Count(ChargeStage.ARREST, ChargeClass.PROST_SELL),), age=24)
    record = safeguards.Record(stated_purpose=ArrestStatedPurpose.LEVERAGE)
    found = safeguards.assess(arrest, record, MOMENT)

    assert found.conforms is Answer.NO
    assert "testimony" in found.why_not


@pytest.mark.parametrize("permission", [None, *CallerPermission])
@pytest.mark.parametrize("route", [ContactRoute.SERVICES_INQUIRY, ContactRoute.ASK_FIRST])
def test_nothing_leaves_a_services_inquiry_whatever_was_permitted(route, permission):
    assert safeguards.passes(route, permission) == safeguards.Passes(what_happened=False, how_to_reach=False)


def test_no_permission_is_offered_before_asking_whether_help_is_wanted():
    assert safeguards.caller_permissions(ContactRoute.ASK_FIRST) == ()
    assert CallerPermission.PASS_WITH_NAME not in safeguards.caller_permissions(ContactRoute.SERVICES_INQUIRY)
