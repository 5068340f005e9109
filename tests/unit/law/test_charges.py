"""The packs are consistent, and a citation in one is found by it however it is spelled."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.law import charges
from concord.vocabulary import Answer, ChargeClass, ChargeStage

PACKS = list(charges.packs().values())
ROWS = [pytest.param(pack, row, id=f"{pack.jurisdiction} {row.citation}") for pack in PACKS for row in pack.rows]


@pytest.mark.parametrize(("pack", "row"), ROWS)
def test_a_row_finds_itself(pack, row):
    on = row.valid_to or row.valid_from or date(2026, 1, 1)
    found = charges.classify(str(row.citation), pack.jurisdiction, on)

    assert found.candidates == (frozenset() if row.how else row.classes)


@pytest.mark.parametrize(("pack", "row"), ROWS)
def test_a_row_says_what_or_how_and_never_other(pack, row):
    assert bool(row.classes) != row.how
    assert ChargeClass.OTHER not in row.classes


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.jurisdiction)
def test_no_two_rows_claim_one_citation_on_one_day(pack):
    for one, other in combinations(pack.rows, 2):
        if one.citation == other.citation:
            days = [day for row in (one, other) for day in (row.valid_from, row.valid_to) if day]
            assert days
            assert not any(one.covers(one.citation, day) and other.covers(one.citation, day) for day in days)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.jurisdiction)
def test_a_pack_says_that_nobody_has_checked_it(pack):
    assert (pack.status, pack.reviewer) == ("unverified draft", "")
    assert pack.source


@given(
    st.sampled_from(["18 USC", "18 U.S.C.", "18 U. S. C.", "18 U.S.C.A.", "18 U.S. Code", "Title 18 USC", "18:"]),
    st.sampled_from(["", " ", " § ", " §§ ", " Section ", " sec. "]),
    st.sampled_from(["1591", "1591(a)", "1591 (a) (1)", "1591(a)(1)."]),
)
def test_spellings_of_a_federal_citation_are_one(code, sign, section):
    assert charges.classify(f"{code}{sign}{section}", "US", date(2024, 1, 1)).charge_class is ChargeClass.HT_SEX


@given(st.text(max_size=40), st.sampled_from([pack.jurisdiction for pack in PACKS]))
def test_no_text_breaks_the_reader_and_what_it_cannot_read_waits_for_review(text, jurisdiction):
    found = charges.classify(text, jurisdiction, date(2024, 1, 1))

    assert (found.charge_class is charges.UNMATCHED) == bool(found.review)
    assert found.charge_class is not ChargeClass.OTHER


def test_severity_ranks_every_class_once():
    assert sorted(charges.SEVERITY) == sorted(ChargeClass)


def test_the_sets_agree_with_the_code_list():
    assert charges.STRICT.classes == set(ChargeClass.strict())
    assert charges.BROAD.classes | charges.BROAD.producing == set(ChargeClass.broad())


def test_an_unmatched_count_could_still_be_anything():
    assert charges.Count(ChargeStage.FILED, charges.UNMATCHED).possible == set(ChargeClass)


def test_a_classified_citation_becomes_a_count():
    found = charges.classify("18 USC 2251", "US", date(2024, 1, 1))
    count = charges.Count.of(found, ChargeStage.FILED)

    assert charges.charged_ht([count], ChargeStage.FILED, charges.BROAD) is Answer.YES
    assert charges.charged_ht([count], ChargeStage.FILED, charges.STRICT) is Answer.NO


def test_a_pack_with_an_unreadable_citation_says_which():
    document = {
        "jurisdiction": "US-XX", "name": "Example", "version": "1", "status": "draft", "reviewer": "", "source": "s",
        "code": [{"id": "XC", "spellings": ["XC"]}],
        "row": [{"citation": "XC one", "classes": ["DRUG"], "title": "t"}],
    }  # fmt: skip

    with pytest.raises(ValueError, match="US-XX: cannot read the citation 'XC one'"):
        charges.read_pack(document)
