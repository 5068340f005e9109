"""Checklists are filled from what a study says of itself; the rest is named with the entry that would state it."""

from dataclasses import replace
from datetime import date

import pytest

from concord.evaluation.checklists import COREQ, STROBE, Facts, fill
from concord.evaluation.protocol import Protocol, Question

PLAN = Protocol(
    title="Eight invented task forces", version="2", registered_on=date(2024, 1, 15), population="Files of sites",
    selection="Drawn at random within sites", closed_only=True,
    questions=(Question("q1", "How many cases end in prosecution?", ("cases.prosecuted",)),),
)  # fmt: skip
FACTS = Facts(PLAN, 8, 2, "Files were drawn at random", "2024-06-30", "2017-Q1 to 2020-Q4", "format 1",
              frozenset({"case", "coding"}))  # fmt: skip


def filled(items, facts=FACTS):
    return {item.number: item for item in fill(items, facts)}


def test_strobe_has_its_22_items_and_coreq_its_32():
    assert [item.number for item in STROBE] == list(range(1, 23))
    assert [item.number for item in COREQ] == list(range(1, 33))


def test_no_two_items_are_stated_by_one_entry():
    entries = [item.entry for item in (*STROBE, *COREQ)]
    assert len(set(entries)) == 54


def test_design_questions_and_setting_are_filled_from_the_protocol_and_the_files():
    items = filled(STROBE)
    assert items[3].text == "How many cases end in prosecution."
    assert items[5].text == ("8 sites with files. 2 gave none. Cases opened 2017-Q1 to 2020-Q4. "
                             "Outcomes followed up to 2024-06-30.")  # fmt: skip
    assert "Closed files only." in items[6].text
    assert "read by two coders" in items[9].text


@pytest.mark.parametrize(("items", "number", "entry"), [(STROBE, 22, "funding"), (COREQ, 8, "assumptions")])
def test_what_is_not_stated_names_the_entry_to_add(items, number, entry):
    item = filled(items)[number]
    assert not item.stated
    assert item.text == f"not stated: add stated.{entry} to protocol.toml"


def test_a_text_of_ones_own_wins():
    facts = replace(FACTS, protocol=replace(PLAN, stated={"setting": "Three ports.", "funding": "An invented fund."}))
    items = filled(STROBE, facts)
    assert (items[5].text, items[22].text) == ("Three ports.", "An invented fund.")
    assert items[22].stated


def test_a_study_without_interviews_fills_nothing_of_coreq():
    assert not any(item.stated for item in fill(COREQ, FACTS))
    assert filled(COREQ, replace(FACTS, interviewed=True))[12].stated
