import pytest

from concord.evaluation import study as studies
from tests.unit.evaluation import world


def opened(folder, **more):
    return studies.read(world.five_cases(folder, **more))


def test_a_case_reaches_a_stage_when_any_of_its_suspects_does(tmp_path):
    with opened(tmp_path) as study:
        rows = study.run("select case_id, arrested, prosecuted, charged_strict, convicted from cases order by 1").rows
    assert rows == [
        ("c1", True, True, True, True),
        ("c2", True, True, False, False),
        ("c3", True, None, None, False),
        ("c4", False, False, False, False),
        ("c5", True, False, False, False),
    ]


def test_a_case_followed_for_less_than_the_window_is_not_mature(tmp_path):
    with opened(tmp_path) as study:
        assert study.run("select case_id from cases where not mature").rows == [("c5",)]


def test_a_charge_stands_at_its_latest_stage(tmp_path):
    with opened(tmp_path) as study:
        assert study.run("select charge_id from charges where standing order by 1").rows == [("h2",), ("h3",)]


def test_files_without_a_frame_count_as_chosen_by_hand(tmp_path):
    with opened(tmp_path) as study:
        assert study.drawn == "hand_picked"


def test_files_of_which_all_were_read_are_a_census(tmp_path):
    frame = [
        {"file_id": f"f{n}", "site_id": "north" if n < 3 else "south", "eligible": "yes", "selected_by": "all",
         "received": "yes", "case_id": f"c{n}"}
        for n in range(1, 6)
    ]  # fmt: skip
    with opened(tmp_path, frame=frame) as study:
        assert study.drawn == "all"


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"case": [world.case(1, "nowhere")]}, "case, c1, site_id: there is no such row in site"),
        ({"case": [world.case(1, "north"), world.case(1, "north")]}, "the key stands on more than one row"),
        ({"suspect": [world.suspect(1, 1, age="999")]}, "suspect.csv, row 2, age: the number is above 120"),
        ({"suspect": [world.suspect(1, 1, age="Life")]}, "suspect.csv, row 2, age: not a whole number"),
        ({"charge": [world.charge(1, 1, "HT_SEX")]}, "charge.csv, row 2, class: HT_SEX is not in the code list"),
        ({"case": []}, "the file is empty"),
    ],
)
def test_what_contradicts_itself_is_told_by_file_row_and_column(tmp_path, tables, says):
    with pytest.raises(studies.StudyError, match=says):
        opened(tmp_path, **tables)


def test_a_folder_without_cases_says_which_table_is_missing(tmp_path):
    world.write(tmp_path)
    with pytest.raises(studies.StudyError, match="no table case"):
        studies.read(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tittle = 'x'", "no such entry: tittle"),
        ("threshold = 1", "hides too little"),
        ("[[question]]\nkey = 'q'", "question 1: has no text"),
        ("matures_on = 'soon'", "matures_on: not a date"),
        ("title = ", "not readable TOML"),
    ],
)
def test_a_protocol_that_cannot_be_read_says_what_to_correct(tmp_path, text, says):
    with pytest.raises(studies.StudyError, match=says):
        studies.read(world.five_cases(tmp_path, protocol=text))
