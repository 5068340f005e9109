"""Sites and their features stand beside the rates; verdicts only where the draw, the protocol and the sites allow."""

import pytest

from concord.evaluation import figures, invented
from concord.evaluation import study as studies
from concord.evaluation.comparing import permutation_test
from concord.evaluation.report import pictures
from concord.evaluation.sections import Picture, comparing
from concord.vocabulary import Grade
from tests.unit.evaluation import world

PROTOCOL = """
title = "An invented study"
features = ["co_located", "labor_unit"]
[[question]]
key = "q1"
text = "How many cases end in prosecution, and under which statute?"
figures = ["cases.prosecuted", "cases.charged_strict", "suspects.charged_strict_of_prosecuted"]
"""


def made(folder, protocol=PROTOCOL, **how):
    """The section of an invented study, and the counts of its funnel with those of the section merged in."""
    invented.invented_study(folder / "study", 7, **how)
    if protocol:
        (folder / "study" / "protocol.toml").write_text(protocol, encoding="utf-8")
    with studies.read(folder / "study") as study:
        found = comparing.section(study)
        counts = figures.counts(study, "cases")
        counts.merge(figures.counts(study, "suspects"))
        counts.merge(found.counts)
    return found, counts


def grid(section, key):
    return next(one for one in section.grids() if one.key == key)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return made(tmp_path_factory.mktemp("drawn"))


def test_every_number_names_counts_that_are_there(drawn):
    section, counts = drawn
    named = {one for each in section.grids() for row in each.rows for value in row for one in value.of}
    assert named
    assert named <= set(counts.values)


def test_a_share_is_the_one_of_its_counts(drawn):
    section, counts = drawn
    for row in grid(section, "feature_co_located").rows:
        reached, known = (counts.values[value.of[0]] for value in row[3:5])
        assert row[5].shown == reached / known
    together = [row for row in grid(section, "feature_co_located").rows if row[1].shown == "Together, 4 sites"]
    assert [row[2].shown for row in together] == ["yes", "no"] * 3


def test_pooled_shares_lie_between_a_site_and_all(drawn):
    section, _ = drawn
    *sites, every = grid(section, "sites_cases_charged_strict").rows
    assert every[0].shown == "All sites"
    own, pooled = ([row[at].shown for row in sites] for at in (3, 4))
    assert max(own) - min(own) > max(pooled) - min(pooled)
    assert all(row[4].low < row[4].shown < row[4].high for row in (*sites, every))


def test_registered_features_are_tested_exactly_as_their_table_says(drawn):
    section, _ = drawn
    rows = grid(section, "feature_tests").rows
    assert len(rows) == 6
    sites = [row for row in grid(section, "feature_co_located").rows if not row[1].shown.startswith("Together")][:8]
    has, yes, of = ([row[at].shown for row in sites] for at in (2, 3, 4))
    test = permutation_test(yes, of, [value == "yes" for value in has])
    assert (rows[0][2].shown, rows[0][4].shown, rows[0][5].shown) == (has.count("yes"), test.p, test.smallest)
    said = {"no link shown", "goes with a higher share", "goes with a lower share"}
    assert {row[6].shown for row in rows if not row[4].missing} <= said


def test_models_stand_beside_the_type_of_trafficking(drawn):
    section, _ = drawn
    rows = grid(section, "feature_models").rows
    assert len(rows) == 6
    assert all(row[2].low < row[2].shown < row[2].high for row in rows if not row[2].missing)
    assert any(not row[2].missing for row in rows)
    tested = [row for row in rows if not row[2].missing and not row[3].missing]
    assert all(1 / 70 <= row[3].shown <= 1 and 2 / 256 <= row[4].shown <= 1 for row in tested)


def test_each_rate_has_a_picture_that_can_be_drawn(drawn):
    section, _ = drawn
    drawings = [block for block in section.blocks if isinstance(block, Picture)]
    assert len(drawings) == 3
    assert all(getattr(pictures, one.draw)(grid(section, one.grid)) for one in drawings)


def test_of_files_chosen_by_hand_there_are_tables_only(tmp_path):
    section, _ = made(tmp_path, drawn="hand_picked", sites=4, files=60)
    assert {row[6].shown for row in grid(section, "feature_tests").rows} == {"files chosen by hand"}
    assert all(row[4].shown is None for row in grid(section, "feature_tests").rows)
    assert len(grid(section, "sites_cases_prosecuted").headings) == 4
    assert "feature_models" not in [one.key for one in section.grids()]


@pytest.mark.parametrize("grade", Grade)
def test_without_a_protocol_sites_stand_beside_each_other_and_nothing_is_tested(tmp_path, grade):
    section, _ = made(tmp_path, protocol="", grade=grade, sites=4, files=60)
    assert [one.key for one in section.grids()] == [
        "sites_cases_prosecuted", "sites_cases_charged_strict", "site_features"
    ]  # fmt: skip
    assert grid(section, "sites_cases_prosecuted").notes == ("No interval: exploratory.",)
    assert "No feature was registered" in section.blocks[-1]


def test_four_sites_give_the_table_only(tmp_path):
    section, _ = made(tmp_path, sites=4, files=80)
    rows = [row for row in grid(section, "feature_tests").rows if row[2].shown == row[3].shown == 2]
    assert len(rows) >= 3
    assert all(row[4].missing == "table only" and row[5].shown >= 1 / 3 for row in rows)
    assert {row[6].shown for row in rows} == {"table only: no outcome at these sites could tell"}


def test_a_feature_that_changed_is_not_compared(tmp_path):
    features = [
        {"site_id": "north", "feature": "co_located", "value": "yes", "from_on": "2020-01-01"},
        {"site_id": "north", "feature": "co_located", "value": "no", "from_on": "2021-01-01"},
        {"site_id": "south", "feature": "co_located", "value": "yes", "from_on": "2020-01-01", "to_on": "2021-05-01"},
        {"site_id": "south", "feature": "vans", "value": "no", "from_on": "2020-01-01"},
        {"site_id": "south", "feature": "unit", "value": "vice", "from_on": "2020-01-01"},
    ]
    with studies.read(world.five_cases(tmp_path, site_feature=features)) as study:
        held = {one.key: one.sites for one in comparing.features(study)}
    assert held == {
        "co_located": {"north": "changed", "south": "changed"}, "vans": {"north": "not known", "south": "no"}
    }  # fmt: skip


def test_a_study_without_features_says_so(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        section = comparing.section(study)
    assert section.blocks[-1] == "No feature of a site is on file as yes or no, so none stands beside the rates."
