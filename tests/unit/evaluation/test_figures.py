from pathlib import Path

import pytest

from concord.evaluation import figures
from concord.evaluation import study as studies
from concord.evaluation.invented import invented_study
from concord.vocabulary import Grade
from tests.unit.evaluation import world


@pytest.fixture
def five(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        yield study


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "bundle"
    invented_study(folder, 3, files=90)
    return folder


def of(study, key: str, kind: str = "all") -> figures.Figure:
    unit = key.partition(".")[0]
    return next(one for one in figures.funnel(study, unit) if (one.key, one.type) == (key, kind))


@pytest.mark.parametrize(
    ("key", "kind", "reached", "base", "unknown"),
    [
        ("cases.arrested", "all", 3, 4, 0),  # the fifth was not followed for a year
        ("cases.prosecuted", "all", 2, 3, 1),
        ("cases.charged_strict", "all", 1, 3, 1),
        ("cases.charged_strict_of_prosecuted", "all", 1, 2, 0),
        ("cases.arrested", "labor", 1, 1, 0),
        ("suspects.arrested", "all", 4, 5, 0),
        ("suspects.charged_strict_of_prosecuted", "all", 1, 2, 0),
        ("charges.charged_strict", "all", 1, 3, 0),
        ("charges.convicted", "all", 1, 3, 0),
    ],
)
def test_a_figure_has_the_numerator_and_denominator_of_its_unit(five, key, kind, reached, base, unknown):
    made = of(five, key, kind)
    assert (made.numerator, made.denominator, made.unknown) == (reached, base, unknown)


def test_a_third_of_cases_and_a_third_of_counts_are_different_figures(five):
    assert str(of(five, "cases.charged_strict_of_prosecuted")).startswith(
        "Of those prosecuted: trafficking statute (STRICT): 1 of 2 cases (50.0%)"
    )
    assert "1 of 3 charges (33.3%)" in str(of(five, "charges.charged_strict"))


def test_a_rate_whose_denominator_is_unknown_is_refused_with_the_reason(five):
    made = of(five, "cases.prosecuted", "labor")
    assert made.share is None
    assert made.standing == "the file does not say for any of the cases"


def test_files_chosen_by_hand_get_no_interval(five):
    assert of(five, "cases.prosecuted").interval.low is None
    assert of(five, "cases.prosecuted").standing == "files chosen by hand"


def test_a_question_that_was_not_registered_is_exploratory(five):
    assert of(five, "cases.convicted").standing == "exploratory"


def test_the_frame_bounds_what_files_chosen_by_hand_can_say(tmp_path):
    frame = [
        {"file_id": f"f{n}", "site_id": "north" if n < 3 else "south", "eligible": "yes", "selected_by": "site",
         "received": "yes" if n < 6 else "no", "case_id": f"c{n}" if n < 6 else ""}
        for n in range(1, 12)
    ]  # fmt: skip
    with studies.read(world.five_cases(tmp_path, frame=frame)) as study:
        low, high = of(study, "cases.prosecuted").bounds
    assert (low, high) == (pytest.approx(2 / 10), pytest.approx(9 / 10))  # 3 known, 1 unknown and 6 not chosen


def test_files_drawn_at_random_get_an_interval_for_a_registered_question(drawn):
    (drawn / "protocol.toml").write_text(
        'title = "t"\n[[question]]\nkey = "q"\ntext = "How many?"\nfigures = ["cases.prosecuted"]\n', encoding="utf-8"
    )
    with studies.read(drawn) as study:
        made = of(study, "cases.prosecuted")
    assert made.interval.low < made.share < made.interval.high
    assert made.sites == 8


def test_both_grades_of_a_bundle_give_the_same_figures(tmp_path):
    shown = []
    for grade in Grade:
        invented_study(tmp_path / grade.value, 5, files=60, grade=grade)
        with studies.read(tmp_path / grade.value) as study:
            shown.append([str(one) for unit in figures.STAGES for one in figures.funnel(study, unit)])
    assert shown[0] == shown[1]


@pytest.mark.parametrize("unit", figures.STAGES)
def test_the_counts_under_a_funnel_add_up(five, drawn, unit):
    with studies.read(drawn) as study:
        held = figures.counts(study, unit)
        made = figures.funnel(study, unit)
    assert held.relations
    assert all(held.values[at] == getattr(one, part) for one in made for at, part in
               zip(figures.names(one), ("numerator", "denominator", "unknown"), strict=False))  # fmt: skip


def framed(study_folder, each: dict[str, int]):
    """Every case of five was drawn at random; each site has so many files that were not."""
    rows = [
        {"file_id": f"f{n}", "site_id": "north" if n < 3 else "south", "eligible": "yes", "selected_by": "random",
         "received": "yes", "case_id": f"c{n}"}
        for n in range(1, 6)
    ]  # fmt: skip
    for site, more in each.items():
        rows += [{"file_id": f"{site}{n}", "site_id": site, "eligible": "yes", "received": "no"} for n in range(more)]
    return world.five_cases(study_folder, frame=rows)


def test_a_file_of_a_site_that_gave_few_of_many_stands_for_more(tmp_path):
    with studies.read(framed(tmp_path, {"north": 18, "south": 0})) as study:
        made = of(study, "cases.prosecuted")
    assert (made.numerator, made.denominator) == (2, 3)
    assert made.share == round(10 * 2 / (10 * 2 + 1 * 1), 3)  # north: 2 of 2 at weight 10; south: 0 of 1 at weight 1
    assert "weighted by site" in made.standing


def test_sites_that_gave_the_same_part_need_no_weights(tmp_path):
    with studies.read(framed(tmp_path, {"north": 2, "south": 3})) as study:
        assert study.weights == {}
        assert of(study, "cases.prosecuted").share == 2 / 3
