"""Impact in the report: outcomes of areas with their denominators, and only what was registered gets an interval."""

import csv
import hashlib
import sys

import numpy as np
import pytest

from concord import evaluation
from concord.disclosure.release import release
from concord.disclosure.suppression import Rule
from concord.evaluation import outcomes, reporting
from concord.evaluation import study as studies
from concord.evaluation.report.pictures import draw
from concord.evaluation.sections import Picture, impact
from concord.evaluation.study import StudyError
from tests.unit.evaluation import world

COMPARISON = """
[stated.comparison]
because = "invented counties that applied and were not funded"
units = ["A00", "A04", "A08", "A12"]
"""
ASKED = """
[[question]]
key = "q2"
text = "What goes with a task force?"
figures = ["impact.trafficking_arrests"]
"""
HEADER = ["unit_id", "period", "measure", "count", "reporting", "began", "never"]


def areas(many: int = 16, level: int = 30, more: int = 12, agencies: int = 3) -> list[list]:
    """Areas over ten years; every fourth never has a task force, the others from year 3, 5 or 7, when each of their
    agencies begins to count `more`."""
    chance, rows = np.random.default_rng(7), []
    for number in range(many):
        began = (None, 3, 5, 7)[number % 4]
        for year in range(10):
            with_one = began is not None and year >= began
            each = level + number + year + int(chance.integers(-2, 3)) + more * with_one
            rows.append([f"A{number:02d}", year, "trafficking_arrests", max(each, 0) * agencies, agencies,
                         "" if began is None else began, "yes" if began is None else ""])  # fmt: skip
    return rows


def write(folder, rows: list[list]) -> None:
    with (folder / outcomes.FILE).open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([HEADER, *rows])


def put(folder, rows: list[list], protocol: str = COMPARISON + ASKED):
    write(world.five_cases(folder, protocol=world.PROTOCOL + protocol), rows)
    return folder


def section(folder, rows: list[list], protocol: str = COMPARISON + ASKED):
    with studies.read(put(folder, rows, protocol)) as study:
        return impact.section(study)


def grid(made, key: str) -> list[dict]:
    found = next(grid for grid in made.grids() if grid.key == key)
    return [dict(zip([heading.says for heading in found.headings], row, strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    return section(tmp_path_factory.mktemp("impact"), areas())


def test_without_outcomes_nothing_is_said_about_impact(tmp_path):
    world.five_cases(tmp_path)
    with studies.read(tmp_path) as study:
        made = impact.section(study)
    assert made.grids() == []
    assert "Nothing is said about impact" in made.blocks[0]
    assert "outcomes.csv" in made.blocks[0]


def test_a_registered_outcome_has_its_difference_with_an_interval(answered):
    row, = grid(answered, "impact")
    found = row["Difference"]
    assert found.low < 12 < found.high
    assert found.shown == pytest.approx(12, abs=1.5)
    assert row["Standing"].shown == "registered"
    assert [row[heading].shown for heading in ("Areas", "With a task force", "Area periods")] == [16, 12, 160]
    rows = [one for one in areas() if one[5] != "" and one[1] >= one[5]]
    assert row["Counted after"].shown == sum(one[3] for one in rows)


def test_the_biased_estimate_and_the_placebo_are_named_as_such(answered):
    row, = grid(answered, "impact")
    notes = " ".join(answered.grids()[0].notes)
    assert "biased" in notes
    assert "not a p-value" in notes
    assert row["As large in placebos"].shown == "0 of 199"
    assert row["Two-way fixed effects"].low is None


def test_the_periods_say_what_they_stand_for_and_add_up(answered):
    rows = grid(answered, "impact_steps_trafficking_arrests")
    said = [row["Period"].shown for row in rows]
    assert said[0] == "5 before and earlier"
    assert said[said.index("In which it began") - 1] == "2 before"  # the one before is the reference
    assert said[-1] == "6 after"
    after = rows[said.index("In which it began"):]
    assert sum(row["Counted"].shown for row in after) == grid(answered, "impact")[0]["Counted after"].shown
    assert all(row["Difference"].low < 12 < row["Difference"].high for row in after[:3])


def test_the_section_says_who_was_compared_and_how_reporting_went(answered):
    notes = " ".join(answered.grids()[1].notes)
    assert "invented counties that applied and were not funded" in notes
    assert "480 of them reported" in notes
    assert "no data can show" in answered.blocks[0]


def test_the_picture_can_be_drawn(answered):
    picture = next(block for block in answered.blocks if isinstance(block, Picture))
    found = release(answered.grids(), answered.counts, Rule(threshold=5), None)
    drawn, = draw(picture, next(grid for grid in found.grids if grid.key == picture.grid), mark="i")
    assert "In which it began" in drawn


def test_what_no_question_names_is_exploratory_and_has_no_interval(tmp_path):
    made = section(tmp_path, areas(), COMPARISON)
    row, = grid(made, "impact")
    assert row["Standing"].shown == "exploratory"
    assert row["Difference"].shown is not None
    assert row["Difference"].low is None
    assert all(one["Difference"].low is None for one in grid(made, "impact_steps_trafficking_arrests"))


def test_without_a_registered_comparison_there_is_no_estimate(tmp_path):
    made = section(tmp_path, areas(), ASKED)
    assert made.grids() == []
    assert made.blocks == [
        "Trafficking arrests: no estimate, no comparison group was registered: name one in the protocol before the "
        "outcomes are read."
    ]


def test_without_the_extra_the_report_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyfixest", None)
    assert "concord[impact]" in section(tmp_path, areas()).blocks[0]


def test_small_counts_of_a_period_are_hidden_with_the_differences_that_tell_them(tmp_path):
    rows = [[*one[:3], 1 if one[0] == "A01" and one[1] == 9 else 0 if one[1] - (one[5] or 0) == 6 and one[5] == 3 else
             one[3], *one[4:]] for one in areas()]  # fmt: skip
    made = section(tmp_path, rows)
    found = release(made.grids(), made.counts, Rule(threshold=5), None)
    shown = {row[0].shown: row for row in next(g for g in found.grids if g.key.startswith("impact_steps")).rows}
    assert made.counts.values["outcomes|trafficking_arrests|step=+6"] == 1
    assert shown["6 after"][1].shown is None
    assert shown["6 after"][2].shown is None
    hidden = [says for says, row in shown.items() if row[1].shown is None and "after" in says]
    assert len(hidden) > 1  # one alone would be had from the total


def test_a_count_that_is_not_known_is_left_out_and_said(tmp_path):
    rows = areas()
    rows[3][3] = ""
    made = section(tmp_path, rows)
    assert "1 unit-periods have no count and are left out" in " ".join(made.grids()[1].notes)
    assert grid(made, "impact")[0]["Area periods"].shown == 159


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (1, "spring", "outcomes.csv, row 2, period"),
        (2, "Arrests, trafficking", "Use small letters, digits and _"),
        (3, "-4", "row 2, count"),
        (4, "", "needs a value"),
        (4, "0", "no agency reported, yet the count is"),
        (5, "4", "has a period, yet never is yes"),
        (6, "", "is empty, yet never is not yes"),
    ],
)
def test_a_bad_row_stops_with_its_place_and_what_to_do(tmp_path, column, value, says):
    rows = areas()
    rows[0][column] = value
    with pytest.raises(StudyError) as stopped:
        section(tmp_path, rows)
    assert says in str(stopped.value)
    assert "Nothing was evaluated" in str(stopped.value)


def test_an_area_that_begins_twice_and_a_repeated_row_stop(tmp_path):
    rows = areas()
    rows[11][5] = 4
    rows.append(list(rows[20]))
    with pytest.raises(StudyError) as stopped:
        section(tmp_path, rows)
    assert "another row of A01 says 3" in str(stopped.value)
    assert "row 22" in str(stopped.value)


def test_a_file_without_its_columns_stops(tmp_path):
    put(tmp_path, [])
    (tmp_path / outcomes.FILE).write_text("unit_id,period\n", encoding="utf-8")
    with studies.read(tmp_path) as study, pytest.raises(StudyError, match="the column measure is missing"):
        impact.section(study)


def test_the_report_with_impact_has_the_same_bytes_twice(tmp_path):
    evaluation.invented_study(tmp_path / "files", 11, sites=4, files=60, drawn="random")
    write(tmp_path / "files", areas())
    (tmp_path / "files" / "protocol.toml").write_text(world.PROTOCOL + COMPARISON + ASKED, encoding="utf-8")
    digests = []
    for out in ("one", "two"):
        reporting.evaluate(tmp_path / "files", tmp_path / out)
        files = sorted(path for path in (tmp_path / out).rglob("*") if path.is_file())
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert digests[0] == digests[1]
    assert (tmp_path / "one" / "tables" / "impact.csv").is_file()
