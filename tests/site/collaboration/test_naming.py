"""Shared text that seems to name a person is held back."""

import pytest

from concord.site.collaboration.naming import findings

KNOWN = ["Riverton Police", "Lantern House", "Harbor Legal Aid"]


@pytest.mark.parametrize("text", [
    "Update on Marigold Thistlewood",
    "Marigold T. Thistlewood has moved",
    "Ms. Thistlewood wants to speak",
    "What to do about M.T.",
    "Review the M.T.R. file",
    "Housing for Marigold Thistlewood-Quince",
])
def test_a_name_is_noticed(text):
    assert [one.certain for one in findings(text, KNOWN)] == [False]


@pytest.mark.parametrize("text", ["SSN 123-45-6789", "DOB 4/5/1999", "born on 04/05/1999", "A123456789", "4/5/2003"])
def test_numbers_of_a_person_are_certain(text):
    assert any(one.certain for one in findings(text))


@pytest.mark.parametrize("text", [
    "Quarterly numbers: labor trafficking is falling behind",
    "MOU renewal with Riverton Police and Lantern House",
    "Training of the Superior Court in March",
    "District Attorney's Office on Continued Presence",
    "Human Trafficking Awareness Month on January 11",
    "Language Access and Emergency Housing",
    "",
])
def test_ordinary_business_passes(text):
    assert findings(text, KNOWN) == []
