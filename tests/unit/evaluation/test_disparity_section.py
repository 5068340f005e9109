import pytest

from concord.disclosure.release import release
from concord.evaluation import study as studies
from concord.evaluation.disparity import ENTRY
from concord.evaluation.report.pictures import draw
from concord.evaluation.sections import disparity
from tests.unit.evaluation import world

COMPARATOR = """
[[comparator]]
name = "Residents of both counties"
source = "an invented census"
year = 2020
base = 300000
race_source = "self"
shares = {black = 0.25, white = 0.5}
"""
ASKED = """
matures_on = 2024-06-30
[[question]]
key = "q"
text = "Who is suspected?"
figures = ["disparity"]
"""


def suspects(*races: str, arrested: int = 99) -> list[dict]:
    """One suspect for each text of races, spread over the four cases of two sites; the first `arrested` arrested."""
    return [
        world.suspect(number, 1 + number % 4, "2022-05-01" if number <= arrested else "", race=race,
                      **({"race_source": "officer"} if race else {"race_why": "not_recorded"}))
        for number, race in enumerate(races, start=1)
    ]  # fmt: skip


def section(folder, people: list[dict], protocol: str = ASKED + COMPARATOR, drawn: str = "random"):
    frame = [
        {"file_id": f"f{n}", "site_id": "north" if n < 3 else "south", "eligible": "yes", "selected_by": drawn,
         "received": "yes", "case_id": f"c{n}"}
        for n in range(1, 6)
    ]  # fmt: skip
    charges = [world.charge(1, 1, stage="considered")]
    world.five_cases(folder, suspect=people, charge=charges, frame=frame, protocol=protocol)
    with studies.read(folder) as study:
        return disparity.section(study)


def rows(made, key: str, *cells: str) -> list[dict]:
    """The rows of a grid whose words hold all of `cells`."""
    grid = next(grid for grid in made.grids() if grid.key == key)
    said = [dict(zip([heading.says for heading in grid.headings], row, strict=True)) for row in grid.rows]
    return [row for row in said if set(cells) <= {value.shown for value in row.values()}]


MIXED = ("black", "black", "black", "black;white", "white", "white", "white", "asian", "", "")
BLACK = "Black or African American"


def test_without_a_comparator_shares_are_shown_and_no_ratio(tmp_path):
    made = section(tmp_path, suspects(*MIXED), protocol=ASKED)
    assert disparity.NO_COMPARATOR in made.blocks
    assert ENTRY in made.blocks
    assert "disparity" not in [grid.key for grid in made.grids()]


def test_a_ratio_names_its_count_its_base_and_what_the_unrecorded_could_do(tmp_path):
    made = section(tmp_path, suspects(*MIXED))
    (found,) = rows(made, "disparity", BLACK, "Identified")
    assert (found["Suspects"].shown, found["Of"].shown) == (4, 8)
    assert found["Ratio"].shown == pytest.approx(2.0)
    assert found["Ratio"].low < 2 < found["Ratio"].high
    assert found["If all or none of the unrecorded were"].shown == "1.60 to 2.40"


def test_a_person_of_two_races_is_one_of_the_several_in_the_shares_and_of_both_beside_a_comparator(tmp_path):
    made = section(tmp_path, suspects(*MIXED))
    assert [row["Suspects"].shown for row in rows(made, "disparity_shares", "Two or more", "Identified")] == [1]
    assert [row["Suspects"].shown for row in rows(made, "disparity_shares", BLACK, "Identified")] == [3]
    assert made.counts.values["suspects|followed any|race=black"] == 4


@pytest.mark.parametrize("drawn", ["all", "site"])
def test_files_not_drawn_at_random_have_ratios_and_no_interval(tmp_path, drawn):
    made = section(tmp_path, suspects(*MIXED), drawn=drawn)
    assert all(row["Ratio"].low is None for row in rows(made, "disparity"))


def test_a_comparator_that_does_not_say_its_base_is_not_used_and_that_is_told(tmp_path):
    made = section(tmp_path, suspects(*MIXED), protocol=ASKED + COMPARATOR.replace("base = 300000", ""))
    assert any("has no base" in block for block in made.blocks if isinstance(block, str))


def test_who_went_on_stands_beside_everybody_else(tmp_path):
    made = section(tmp_path, suspects(*["black", "white"] * 8, arrested=11))
    (found,) = rows(made, "disparity_passage", BLACK, "Identified to arrested")
    numbers = [found[head].shown for head in ("Went on", "Of", "All others who went on", "Of them")]
    assert numbers == [6, 8, 5, 8]
    assert found["Ratio"].shown == pytest.approx(1.2)


def test_race_recorded_for_nobody_is_said(tmp_path):
    made = section(tmp_path, suspects("", ""))
    assert not made.grids()
    assert "Race is not recorded for any suspect" in made.blocks[0]


def test_a_group_of_very_few_is_not_followed_from_stage_to_stage(tmp_path):
    made = section(tmp_path, suspects(*["black", "white"] * 6, "asian", arrested=9))
    told = {row["Race or ethnicity"].shown for row in rows(made, "disparity_passage")}
    assert told == {BLACK, "White"}
    assert not rows(made, "disparity_shares", "Prosecuted")


def test_the_grids_can_be_released_and_drawn(tmp_path):
    made = section(tmp_path, suspects(*["black"] * 30, *["white"] * 20, *["black;white"] * 2, "", arrested=40))
    assert len(release(made.grids(), made.counts).grids) == 4
    picture = next(block for block in made.blocks if getattr(block, "draw", "") == "disparity")
    grid = next(grid for grid in made.grids() if grid.key == picture.grid)
    assert draw(picture, grid, mark="d")[0].startswith("<svg")
