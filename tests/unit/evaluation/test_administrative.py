"""Quarters reported to funders are read, never added up where they must not be, and set beside the case files."""

import pytest

from concord.casefile.reading import Refused
from concord.evaluation import administrative, typed_rows
from concord.evaluation import study as studies
from concord.evaluation.administrative import Finding, Nature, NotSummed, Reported, Standing, System
from concord.evaluation.sections import administrative as section
from concord.vocabulary import CountStatus
from tests.unit.evaluation import world

HEAD = "site_id,period,system,measure,status,count,reported\n"
POTENTIAL, CONFIRMED = Standing.POTENTIAL, Standing.CONFIRMED


def read(tmp_path, text, **options):
    path = tmp_path / "administrative.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return administrative.read(path, **options)


def row(measure, count, period="2022-Q1", site="north", system=System.TIMS, standing=None):
    status = CountStatus.EXACT if count is not None else CountStatus.SUPPRESSED
    return Reported(site, period, system, measure, standing, count, status, measure)


def clients(period, **counts):
    return [row(f"clients_{name}", count, period) for name, count in counts.items()]


def test_quarters_are_read_with_potential_and_confirmed_apart(tmp_path):
    rows, report = read(
        tmp_path,
        "north,2022-Q1,PMT,victims,potential,7,\nnorth,2022-Q1,PMT,victims,confirmed,4,exact\n"
        "north,2022-Q1,TIMS,clients_served,,,suppressed\n",
    )
    assert [(one.standing, one.count) for one in rows] == [(POTENTIAL, 7), (CONFIRMED, 4), (None, None)]
    assert (rows[2].nature, rows[0].nature, report.rejected) == (Nature.STOCK, Nature.FLOW, 0)


WRONG = {
    "west,2022-Q1,PMT,victims,potential,7,": "row 2, site_id: no such site",
    "north,2022-Q5,PMT,victims,potential,7,": "row 2, period: not a quarter. Write it as 2022-Q3",
    "north,2022,PMT,victims,potential,7,": "row 2, period: not a quarter",
    "north,2022-Q1,XYZ,victims,potential,7,": "row 2, system:",
    "north,2022-Q1,PMT,victims,,7,": "row 2, status: victims, yet neither potential nor confirmed",
    "north,2022-Q1,PMT,victims,potential,seven,": "row 2, count:",
    "north,2022-Q1,PMT,victims,potential,-99,": "row 2, count:",
    "north,2022-Q1,PMT,victims,potential,,": "row 2, count: no count",
    "north,2022-Q1,PMT,victims,potential,3,suppressed": "row 2, count: suppressed, yet has a count",
    "north,2022-Q1,PMT,Number of victims!,potential,3,": "row 2, measure: not the name of a measure",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_row_that_cannot_be_is_a_problem_with_its_place(tmp_path, line):
    rows, report = read(tmp_path, line + "\n", sites=("north",))
    assert not rows
    assert f"administrative.csv, {WRONG[line]}" in typed_rows.told(report)


def test_the_same_count_twice_is_told(tmp_path):
    line = "north,2022-Q1,PMT,victims,potential,7,\n"
    rows, report = read(tmp_path, line + line)
    assert len(rows) == 1
    assert "row 3: the same site_id and period and system and measure and status stand in row 2" in (
        typed_rows.told(report)
    )


def test_a_table_without_a_needed_column_is_refused(tmp_path):
    (tmp_path / "administrative.csv").write_text("site_id,period\nnorth,2022-Q1\n")
    with pytest.raises(Refused, match="row 1: the column system is missing. Add it"):
        administrative.read(tmp_path / "administrative.csv")


def test_site_periods_of_the_case_file_are_the_same_thing():
    held = {"site_id": "north", "status": "exact"}
    rows = administrative.of_site_periods([
        held | {"period": "2022-Q1", "measure": "victims_potential", "count": 5, "source": "PMT"},
        held | {"period": "2022-Q1", "measure": "victims:confirmed", "count": 4, "source": "PMT"},
        held | {"period": "2022", "measure": "clients_served", "count": 50, "source": "TIMS"},
        held | {"period": "2022-Q1", "measure": "clients_served", "count": 9, "source": "vault_count"},
    ])  # fmt: skip
    assert [(one.measure, one.standing, one.count) for one in rows] == [
        ("victims", POTENTIAL, 5), ("victims", CONFIRMED, 4),
    ]  # fmt: skip


def test_two_carriers_that_differ_are_told_and_the_first_stays():
    rows, differ = administrative.joined([row("clients_new", 5)], [row("clients_new", 6), row("clients_closed", 1)])
    assert {one.measure: one.count for one in rows} == {"clients_new": 5, "clients_closed": 1}
    assert [(one.expected, one.found, one.by) for one in differ] == [(5, 6, 1)]


def test_a_flow_adds_up_over_quarters_and_sites():
    rows = [row("clients_new", 5), row("clients_new", 3, "2022-Q2"), row("clients_new", 2, site="south")]
    assert administrative.total(rows) == 10


def test_a_stock_adds_up_over_sites_of_one_quarter_alone():
    assert administrative.total([row("clients_served", 9), row("clients_served", 4, site="south")]) == 13
    with pytest.raises(NotSummed, match="is a stock: who was there in two quarters would count twice. Give each of 2"):
        administrative.total([row("clients_served", 9), row("clients_served", 4, "2022-Q2")])
    with pytest.raises(NotSummed, match="is a stock"):
        administrative.total([row("clients_served:sex", 9), row("clients_served:sex", 4, "2022-Q2")])


REFUSED = {
    "potential with confirmed": ([row("victims", 9, standing=POTENTIAL), row("victims", 4, standing=CONFIRMED)],
                                 "Keep potential and confirmed apart"),
    "two systems": ([row("clients_new", 9), row("clients_new", 4, system=System.PMT)], "take one of them"),
    "two measures": ([row("clients_new", 9), row("clients_closed", 4)], "more than one measure"),
    "twice": ([row("clients_new", 9), row("clients_new", 9)], "stands in the sum twice"),
    "suppressed": ([row("clients_new", 9), row("clients_new", None, "2022-Q2")], "2022-Q2: suppressed. Leave its"),
    "not stated": ([row("beds", 9), row("beds", 4, "2022-Q2")], "may be a stock"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_be_added_up_is_refused_with_what_to_do(case):
    rows, said = REFUSED[case]
    with pytest.raises(NotSummed, match=said):
        administrative.total(rows)


def test_clients_that_balance_have_no_difference():
    first = clients("2022-Q1", opening=10, new=5, reopened=1, closed=4, closing=12, served=16)
    second = clients("2022-Q2", opening=12, new=2, reopened=0, closed=3, closing=11, served=14)
    assert administrative.balances([*first, *second]) == ()


OFF = {
    "closing": (clients("2022-Q1", opening=10, new=5, reopened=1, closed=4, closing=13), (12, 13)),
    "served": (clients("2022-Q1", opening=10, new=5, reopened=1, served=15), (16, 15)),
    "new above served": (clients("2022-Q1", new=5, served=3), (5, 3)),
    "opening": ([*clients("2021-Q4", closing=8), *clients("2022-Q1", opening=10)], (8, 10)),
}


@pytest.mark.parametrize("case", OFF)
def test_clients_that_do_not_balance_are_listed_with_both_numbers(case):
    rows, expected = OFF[case]
    (found,) = administrative.balances(rows)
    assert (found.expected, found.found) == expected
    assert str(found).startswith("north, 2022-Q1, TIMS: ")


def test_a_balance_with_a_part_missing_is_not_judged():
    assert administrative.balances(clients("2022-Q1", opening=10, new=5, reopened=None, closed=4, closing=99)) == ()


def test_reported_quarters_stand_beside_the_files_when_all_were_read():
    victims = [row("victims", 4, standing=CONFIRMED), row("victims", 7, standing=POTENTIAL)]
    rows = [row("investigations_opened", 5), *victims]
    files = {("north", "2022-Q1", "investigations_opened", None): 5, ("north", "2022-Q1", "victims", "confirmed"): 6}
    lines = administrative.reconcile(rows, files, whole=True)
    assert [(line.finding, line.difference) for line in lines] == [(Finding.EQUAL, 0), (Finding.DIFFERS, -2)]


def test_a_part_of_the_files_contradicts_only_when_it_holds_more():
    rows = [row("investigations_opened", 5), row("investigations_opened", 2, "2022-Q2"),
            row("investigations_opened", None, "2022-Q3")]  # fmt: skip
    files = {("north", quarter, "investigations_opened", None): 3 for quarter in ("2022-Q1", "2022-Q2", "2022-Q3")}
    found = [line.finding for line in administrative.reconcile(rows, files, whole=False)]
    assert found == [Finding.POSSIBLE, Finding.MORE_IN_FILES, Finding.NOT_REPORTED]


# --- The section ------------------------------------------------------------------------------------------------------

ALL_READ = [
    {"file_id": f"f{n}", "site_id": "north" if n < 3 else "south", "eligible": "yes", "selected_by": "all",
     "received": "yes", "case_id": f"c{n}"}
    for n in range(1, 6)
]  # fmt: skip


def made_of(tmp_path, text="", **tables):
    folder = world.five_cases(tmp_path, **tables)
    if text:
        (folder / "administrative.csv").write_text(HEAD + text, encoding="utf-8")
    with studies.read(folder) as study:
        return section.section(study)


def shown(made, key):
    (grid,) = [grid for grid in made.grids() if grid.key == key]
    assert {at for row in grid.rows for value in row for at in value.of} <= set(made.counts.values)
    return [[value.shown for value in row] for row in grid.rows]


def test_a_study_without_reported_quarters_says_so_in_one_sentence(tmp_path):
    assert list(made_of(tmp_path).blocks) == ["No quarter that was reported to a funder (PMT, TIMS) is here."]


def test_reported_quarters_are_set_beside_files_that_were_all_read(tmp_path):
    # the files hold two cases opened at north in 2022-Q1 and two suspects arrested there in 2022-Q2
    text = (
        "north,2022-Q1,PMT,investigations_opened,,2,\nsouth,2022-Q1,PMT,investigations_opened,,5,\n"
        "south,2030-Q1,PMT,investigations_opened,,9,\nsouth,2023-Q1,PMT,investigations_opened,,0,\n"
    )
    made = made_of(tmp_path, text, frame=ALL_READ)
    assert shown(made, "administrative_matched") == [["Investigations opened", "PMT", 3, 2, 1, 0, 0, 0]]
    assert not [grid for grid in made.grids() if grid.key == "administrative_differences"]  # 2 is below the threshold
    assert shown(made, "administrative_sites") == [
        ["Investigations opened", "north", "PMT", 1, 2, 2, 0], ["Investigations opened", "south", "PMT", 2, 5, 2, 3],
    ]  # fmt: skip
    assert made.blocks[-1] == "No quarter contradicts itself or the one before."


def test_quarters_that_differ_are_listed_one_by_one_where_both_numbers_are_large_enough(tmp_path):
    cases = [world.case(n, "north") for n in range(1, 5)] + [world.case(5, "south")]
    frame = [row | {"site_id": "south" if row["file_id"] == "f5" else "north"} for row in ALL_READ]
    text = "north,2022-Q1,PMT,investigations_opened,,6,\nsouth,2022-Q1,PMT,investigations_opened,,2,\n"
    made = made_of(tmp_path, text, case=cases, frame=frame)
    assert shown(made, "administrative_differences") == [["Investigations opened", "north", "2022-Q1", "PMT", 6, 4, 2]]


def test_a_case_whose_opening_is_not_on_file_stands_in_no_quarter(tmp_path):
    unknown = world.case(1, "north", opened="", opened_on_why="not_recorded")
    cases = [unknown, *(world.case(n, "south") for n in range(2, 6))]
    made = made_of(tmp_path, "north,2022-Q1,PMT,investigations_opened,,1,\n", case=cases)
    assert "No reported measure can be set beside the case files." in made.blocks


def test_files_chosen_by_hand_contradict_a_report_only_when_they_hold_more(tmp_path):
    text = "north,2022-Q1,PMT,investigations_opened,,9,\nsouth,2022-Q1,PMT,investigations_opened,,1,\n"
    made = made_of(tmp_path, text)
    assert shown(made, "administrative_matched") == [["Investigations opened", "PMT", 2, 0, 0, 1, 1, 0]]


def test_both_carriers_are_read_and_their_difference_is_listed(tmp_path):
    period = {"site_id": "north", "period": "2022-Q1", "measure": "clients_new", "count": 7, "status": "exact",
              "source": "TIMS"}  # fmt: skip
    text = "north,2022-Q1,TIMS,clients_new,,8,\nnorth,2022-Q1,TIMS,clients_served,,6,\n"
    made = made_of(tmp_path, text, site_period=[period])
    says = "clients_new in site_period and in administrative.csv"
    assert shown(made, "administrative_balance") == [
        ["north", "2022-Q1", "TIMS", says, 7, 8, 1],
        ["north", "2022-Q1", "TIMS", "new, and served, which is no less", 7, 6, -1],
    ]
    assert shown(made, "administrative_quarters") == [["Clients served", "", "Stock", "north", "TIMS", 6]]


def test_sums_that_hold_between_clients_are_stated_so_that_none_is_had_from_the_others(tmp_path):
    counts = {"opening": 10, "new": 5, "reopened": 1, "closed": 4, "closing": 12, "served": 16}
    text = "".join(f"north,2022-Q1,TIMS,clients_{name},,{count},\n" for name, count in counts.items())
    made = made_of(tmp_path, text)
    assert len(made.counts.relations) == 3
    assert {made.counts.values[relation.total] for relation in made.counts.relations} == {16}


def test_a_wrong_row_stops_the_evaluation_with_its_place(tmp_path):
    with pytest.raises(studies.StudyError, match="administrative.csv, row 2, period: not a quarter"):
        made_of(tmp_path, "north,2022,PMT,victims,potential,7,\n")
