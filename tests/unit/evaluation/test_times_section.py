import pytest

from concord.disclosure.release import Rule, release
from concord.evaluation import invented
from concord.evaluation import study as studies
from concord.evaluation.report.pictures import draw
from concord.evaluation.sections import times
from concord.vocabulary import Grade
from tests.unit.evaluation import world

ASKED = """
matures_on = 2022-06-30
[[question]]
key = "q"
text = "How long until a prosecution?"
figures = ["times.prosecuted", "times.closed"]
"""


@pytest.fixture(scope="module", params=[("random", Grade.RESEARCH), ("hand_picked", Grade.SHAREABLE)])
def made(request, tmp_path_factory):
    """The section of an invented study, and how its files were drawn."""
    drawn, grade = request.param
    folder = tmp_path_factory.mktemp("study") / "bundle"
    invented.invented_study(folder, 5, files=120, drawn=drawn, grade=grade)
    (folder / "protocol.toml").write_text(ASKED, encoding="utf-8")
    with studies.read(folder) as study:
        return drawn, times.section(study)


CONSIDERED = [world.charge(1, 1, stage="considered")]


def grid_of(section, key: str):
    return next(grid for grid in section.grids() if grid.key == key)


def test_outcomes_that_rule_each_other_out_and_the_rest_add_up_to_every_case(made):
    relations = [relation for relation in made[1].counts.relations if relation.total == "cases|opened"]
    assert ("cases|closed first closed", "cases|closed not seen") in [relation.parts for relation in relations]
    assert len([one for one in relations if "cases|prosecuted not seen" in one.parts]) == 1


@pytest.mark.parametrize(("adopted", "told"), [(2, ["arrested", "otherwise"]), (5, ["arrested", "adopted", "closed"])])
def test_an_ending_of_a_few_cases_is_told_with_the_other_endings(adopted, told):
    outcome = ("arrested",) * 6 + ("adopted",) * adopted + ("closed",) * 9
    held = times.Followed((1.0,) * len(outcome), outcome, ("north",) * len(outcome), (), 0)
    course, merged = times._merged(times.COURSES[0], held, threshold=5)
    assert list(course.outcomes) == list(dict.fromkeys(merged.outcome)) == told


def test_every_step_of_a_curve_rests_on_the_threshold_or_more(made):
    section = made[1]
    steps = {listed: count for listed, count in section.counts.values.items() if "|by=" in listed}
    assert len(steps) > 10
    assert min(steps.values()) >= 5


def test_every_value_names_counts_that_are_there_and_every_picture_can_be_drawn(made):
    section = made[1]
    named = {of for grid in section.grids() for row in grid.rows for value in row for of in value.of}
    assert named <= set(section.counts.values)
    pictures = [block for block in section.blocks if getattr(block, "draw", "") == "curves"]
    assert len(pictures) == 4
    assert all(draw(one, grid_of(section, one.grid), mark="m") for one in pictures)


def test_only_a_registered_course_of_a_random_draw_has_intervals(made):
    drawn, section = made
    spans = {
        key: any(row[2].high for row in grid_of(section, f"times_{key}").rows) for key in ("prosecuted", "arrested")
    }
    assert spans == {"prosecuted": drawn == "random", "arrested": False}
    assert ("times_features" in [grid.key for grid in section.grids()]) == (drawn == "random")


def summary(folder, **tables) -> dict[str, tuple]:
    """Outcome -> (happened first, of, not seen, day unknown) of the first course."""
    with studies.read(world.five_cases(folder, **tables)) as study:
        rows = grid_of(times.section(study), "times").rows
    return {row[1].shown: tuple(value.shown for value in row[2:6]) for row in rows[:3]}


def test_an_arrest_without_its_day_is_left_out_and_counted(tmp_path):
    found = summary(tmp_path)
    assert found["Suspect arrested"] == (3, 5, 1, "over 10 %")


def test_what_came_after_the_end_of_following_has_not_happened_yet(tmp_path):
    late = [
        world.case(number, "north", opened="2024-06-01", status="open", closed_on="", closed_how="",
                   closed_on_why="not_yet_known", closed_how_why="not_yet_known")
        for number in (1, 2, 3)
    ]  # fmt: skip
    found = summary(tmp_path, case=late, suspect=[world.suspect(1, 1, "2024-09-01")], charge=CONSIDERED)
    assert found["Suspect arrested"] == (0, 3, 3, "none")


def test_an_arrest_before_the_opening_is_on_its_first_day(tmp_path):
    cases = [world.case(number, "north") for number in (1, 2, 3)]
    found = summary(tmp_path, case=cases, suspect=[world.suspect(1, 1, "2022-02-01")], charge=CONSIDERED)
    assert found["Suspect arrested"] == (1, 3, 0, "none")


def test_a_course_of_very_few_is_not_told(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        section = times.section(study)
    assert f"From prosecution to conviction: {times.TOO_FEW}" in section.blocks
    assert release(section.grids(), section.counts, Rule(threshold=3)).grids


def test_nobody_for_a_curve_is_said(tmp_path):
    with studies.read(world.five_cases(tmp_path, suspect=[world.suspect(1, 1)], charge=CONSIDERED)) as study:
        section = times.section(study)
    assert f"From prosecution to conviction: {times.TOO_FEW}" in section.blocks
    assert times.NOT_ASKED in section.blocks
