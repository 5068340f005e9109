"""The committed handbook is what the worked examples print today."""

from pathlib import Path

import pytest

from concord import handbook

SPEC = Path(__file__).parent
HANDBOOK = SPEC.parent.parent / "docs" / "handbook"


def test_the_handbook_is_what_the_examples_print():
    assert handbook.out_of_date(SPEC, HANDBOOK) == [], "run: python -m concord.handbook tests/spec docs/handbook"


def test_a_topic_without_sources_is_refused(tmp_path):
    topic = tmp_path / "law" / "topic.toml"
    topic.parent.mkdir()
    topic.write_text('title = "T"\nrule = "r"\nabout = "a"\n[[example]]\nsays = "s"\ngiven = {}\nanswer = {}\n')

    with pytest.raises(ValueError, match=r"topic\.toml: sources is missing"):
        handbook.read_topic(topic)


def test_tables_given_are_printed_as_tables(tmp_path):
    topic = tmp_path / "measures" / "clients.toml"
    topic.parent.mkdir()
    topic.write_text(
        'title = "Clients"\nrule = "r"\nabout = "a"\nsources = ["ours"]\n[[example]]\nsays = "Two clients"\n'
        'given = { client = [{ id = "a", new = true }, { id = "b" }] }\nanswer = { served = 2 }\n'
    )

    page = handbook.pages(tmp_path)["measures/clients.md"]

    assert "| id | new |\n| --- | --- |\n| a | yes |\n| b |  |" in page
    assert "| served |\n| --- |\n| 2 |" in page


def test_a_page_without_examples_is_removed(tmp_path):
    stale = tmp_path / "docs" / "law" / "old.md"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")

    handbook.write(tmp_path / "spec", tmp_path / "docs")

    assert not stale.exists()
