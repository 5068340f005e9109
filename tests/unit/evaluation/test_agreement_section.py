import pytest

from concord.evaluation import study as studies
from concord.evaluation.agreement import measure, ratings
from concord.evaluation.report.pictures import draw
from concord.evaluation.sections import agreement
from tests.unit.evaluation import world

FRAME = [
    {"file_id": f"f{n}", "site_id": "north" if n < 3 else "south", "eligible": "yes", "selected_by": "all",
     "received": "yes", "case_id": f"c{n}"}
    for n in range(1, 6)
]  # fmt: skip


def coded(number: int, coder: str, value: str, column: str = "source", turn: int = 1, **more) -> dict:
    return {"file_id": f"f{number}", "table_name": "case", "row_id": f"c{number}", "column_name": column,
            "coder_id": coder, "round": turn, "value": value, "adjudicated": "no"} | more  # fmt: skip


def section(folder, coding):
    tables = {"coding": coding} if coding else {}
    with studies.read(world.five_cases(folder, frame=FRAME, **tables)) as study:
        return agreement.section(study)


def both(first: str, second: str, column: str = "source", turn: int = 1, **more) -> list[dict]:
    """What two coders put for the five cases, one letter a case."""
    words = {"p": "patrol", "h": "hotline", "y": "yes", "n": "no"}
    return [
        coded(number, coder, words[letter], column, turn, **more)
        for coder, letters in (("A", first), ("B", second))
        for number, letter in enumerate(letters, start=1)
    ]


def row(made, key: str = "agreement", number: int = 0) -> dict:
    grid = next(grid for grid in made.grids() if grid.key == key)
    return dict(zip([heading.says for heading in grid.headings], grid.rows[number], strict=True))


def test_a_study_coded_once_says_that_agreement_is_not_known(tmp_path):
    assert section(tmp_path, []).blocks == [agreement.NO_CODING]


def test_two_coders_of_one_variable_make_one_row_and_a_picture(tmp_path):
    made = section(tmp_path, both("ppphh", "pphhh"))
    found = row(made)
    assert found["Rated twice"].shown == 5
    assert found["Agreement"].shown == pytest.approx(0.8)
    assert found["Kappa"].shown == pytest.approx(1 - 5 / 13)
    assert found["Alpha"].low is not None
    picture = next(block for block in made.blocks if getattr(block, "draw", "") == "agreement")
    assert draw(picture, made.grids()[0], mark="p")[0].startswith("<svg")


def test_what_was_agreed_afterwards_is_no_judgement_of_its_own(tmp_path):
    agreed = [coded(n, "C", "patrol", adjudicated="yes") for n in range(1, 6)]
    found = row(section(tmp_path, [*both("ppphh", "pphhh"), *agreed]))
    assert (found["Coders"].shown, found["Agreement"].shown) == (2, pytest.approx(0.8))


def test_coders_who_put_one_value_everywhere_have_the_reason_and_no_number(tmp_path):
    found = row(section(tmp_path, both("ppppp", "ppppp")))
    assert found["Alpha"].shown is None
    assert "every rating is the same" in found["Alpha"].missing
    assert found["Agreement"].shown == 1


def test_a_blank_is_a_judgement_too(tmp_path):
    coding = [*both("pppp", "pppp"), coded(5, "A", "patrol"), coded(5, "B", "", value_why="not_recorded")]
    assert row(section(tmp_path, coding))["Agreement"].shown == pytest.approx(0.8)


def test_two_rounds_show_how_agreement_moved(tmp_path):
    made = section(tmp_path, both("pphhp", "pphhp") + both("pphhp", "hpphp", turn=2))
    first, last = (row(made, "agreement_drift", number) for number in (0, 1))
    assert (first["Period"].shown, first["Alpha"].shown) == ("round 1", pytest.approx(1))
    assert last["Change"].shown < 0
    assert "codings|case.source rated twice" in made.counts.values


def test_one_round_is_split_by_the_days_of_coding(tmp_path):
    coding = both("pph", "pph", coded_on="2024-02-01") + [
        coded(n, coder, value, coded_on="2024-05-01")
        for n in (4, 5) for coder, value in (("A", "patrol"), ("B", "hotline"))
    ]  # fmt: skip
    made = section(tmp_path, coding)
    assert [row(made, "agreement_drift", number)["Period"].shown for number in (0, 1)] == ["earlier", "later"]


def test_the_tenth_round_comes_after_the_second(tmp_path):
    made = section(tmp_path, both("pphhp", "pphhp", turn=2) + both("pphhp", "hpphp", turn=10))
    assert [row(made, "agreement_drift", number)["Period"].shown for number in (0, 1)] == ["round 2", "round 10"]


def test_of_three_coders_each_pair_has_its_line(tmp_path):
    third = [coded(number, "C", "hotline") for number in range(1, 4)]
    made = section(tmp_path, both("ppphh", "pphhh") + third)
    pairs = [row(made, "agreement_pairs", number) for number in range(3)]
    assert [(pair["Coders"].shown, pair["Rated by both"].shown) for pair in pairs] == [
        ("A and B", 5), ("A and C", 3), ("B and C", 3)]  # fmt: skip
    same = ratings([("p", "p", "h"), ("p", "p", "h"), ("p", "h", "h"), ("h", "h", None), ("h", "h", None)])
    assert row(made)["Kappa"].shown == pytest.approx(measure(same, "fleiss").value)


def test_every_value_of_the_grids_names_counts_that_are_there(tmp_path):
    made = section(tmp_path, both("ppphh", "pphhh") + both("yynny", "yyyny", column="proactive"))
    named = {of for grid in made.grids() for line in grid.rows for value in line for of in value.of}
    assert named
    assert named <= set(made.counts.values)
