"""The limits and checklists of the report follow from the study that was read."""

import pytest

from concord.evaluation import invented
from concord.evaluation import study as studies
from concord.evaluation.sections import checklists, limits
from concord.vocabulary import Grade
from tests.unit.evaluation import world


def rows(section, key):
    return next(grid for grid in section.grids() if grid.key == key).rows


def test_a_hand_typed_study_tells_its_limits_with_numbers(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        made = limits.section(study)
    few = next(row for row in rows(made, "limits") if "p below .05" in row[0].shown)
    assert few[1].shown == 2
    assert not [row for row in rows(made, "limits") if "Labor" in row[0].shown]  # one case of five is 20%
    young = next(row for row in rows(made, "limits") if "stand apart" in row[0].shown)
    assert (young[1].shown, young[2].shown) == (1, 5)
    assert young[1].of == ("cases|immature", "cases|opened")


def test_blanks_are_counted_of_those_who_were_asked(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        made = limits.section(study)
    found = {row[0].shown: row for row in rows(made, "blanks")}
    assert (found["Cases: source"][1].shown, found["Cases: source"][2].shown) == (5, 5)
    assert (found["Suspects: arrested"][1].shown, found["Suspects: arrested"][2].shown) == (0, 5)


@pytest.mark.parametrize("grade", Grade)
def test_both_grades_of_a_bundle_have_the_same_blanks(tmp_path, grade):
    invented.invented_study(tmp_path / "study", 7, sites=3, files=30, grade=grade)
    with studies.read(tmp_path / "study") as study:
        found = {row[0].shown: row for row in rows(limits.section(study), "blanks")}
    assert found["Suspects: race"][1].shown > 0
    assert found["Victims: age at first act"][1].shown == 0
    assert len(found) == 18


def test_every_number_of_the_limits_about_cases_or_people_names_its_counts(tmp_path):
    invented.invented_study(tmp_path / "study", 7, sites=3, files=30, drawn="hand_picked")
    with studies.read(tmp_path / "study") as study:
        made = limits.section(study)
    for row in (*rows(made, "limits"), *rows(made, "blanks")):
        numbers = [value for value in row if isinstance(value.shown, int | float)]
        about_people = row[3].shown not in ("sites", "files")
        assert all(bool(value.of) or not about_people for value in numbers)
        assert all(set(value.of) <= set(made.counts.values) for value in numbers)


def test_checklists_say_what_is_stated_and_where_to_state_the_rest(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        made = checklists.section(study)
    strobe, coreq = rows(made, "strobe"), rows(made, "coreq")
    assert (len(strobe), len(coreq)) == (22, 32)
    assert "Cases opened 2022-Q1 to 2024-Q1." in strobe[4][2].shown
    assert strobe[21][2].shown == "not stated: add stated.funding to protocol.toml"
    assert made.blocks[1].startswith("COREQ: 0 of 32 items are stated")


REGISTRY = "participant_id,site_id,role,response,consent_version\np1,north,law_enforcement,completed,1\n"


def test_an_interview_registry_without_a_survivor_is_a_limit_and_fills_coreq(tmp_path):
    folder = world.five_cases(tmp_path)
    (folder / "interviews.csv").write_text(REGISTRY, encoding="utf-8")
    with studies.read(folder) as study:
        told = next(row for row in rows(limits.section(study), "limits") if "No survivor" in row[0].shown)
        coreq = rows(checklists.section(study), "coreq")
    assert (told[1].shown, told[2].shown, told[2].of) == (0, 1, ("interviews|completed",))
    assert coreq[12][2].shown == "See the section Interviews: response."


def test_survivors_interviewed_are_taken_from_what_the_protocol_states(tmp_path):
    stated = "\n[stated]\ninterviews = 20\nsurvivors_interviewed = 6\n"
    with studies.read(world.five_cases(tmp_path, protocol=world.PROTOCOL + stated)) as study:
        assert not [row for row in rows(limits.section(study), "limits") if "survivor" in row[0].shown]
