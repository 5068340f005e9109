"""Five fields open a record; nothing is asked twice, and a client is not asked for what services must not depend on."""

from itertools import groupby

import pytest

from concord.law import intake
from concord.vocabulary import Milestone, RecordKind


@pytest.mark.parametrize("kind", RecordKind)
def test_five_fields_open_a_record(kind):
    assert len(intake.opening(kind)) == 5


@pytest.mark.parametrize("kind", RecordKind)
def test_nothing_is_asked_twice(kind):
    names = [field.name for field in intake.FIELDS if field.kind is kind]

    assert len(names) == len(set(names))


def test_status_is_asked_only_with_a_request_for_relief_and_never_by_police():
    asking = {(field.kind, field.milestone) for field in intake.FIELDS if field.name in {"citizenship", "status"}}

    assert asking == {(RecordKind.CLIENT, Milestone.RELIEF_REQUEST)}


def test_a_clients_file_asks_for_no_police_contact_and_no_signature():
    words = " ".join(field.words.lower() for field in intake.FIELDS if field.kind is RecordKind.CLIENT)

    assert not any(word in words for word in ("police", "signature", "signed", "testify", "report to"))


@pytest.mark.parametrize("kind", RecordKind)
def test_a_milestone_asks_all_its_questions_together_and_opening_comes_first(kind):
    steps = [milestone for milestone, _ in groupby(field.milestone for field in intake.FIELDS if field.kind is kind)]

    assert steps[0] is Milestone.OPENING
    assert len(steps) == len(set(steps))
