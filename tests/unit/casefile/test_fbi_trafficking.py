"""The FBI's human trafficking rows are read as they stand and set beside the FBI's own table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.casefile.formats import fbi_trafficking as fbi
from concord.casefile.reading import InMemory, Refused, Report
from concord.cli import main

HEADING = ("DATA_YEAR,ORI,PUB_AGENCY_NAME,AGENCY_TYPE_NAME,STATE_ABBR,STATE_NAME,COUNTY_NAME,POPULATION_GROUP_CODE,"
           "OFFENSE_SUBCAT_ID,ACTUAL_COUNT,UNFOUNDED_COUNT,CLEARED_COUNT,JUVENILE_CLEARED_COUNT\n")  # fmt: skip
ROWS = HEADING + (
    '2016,NB0000000,Nowhere,City,NB,Nebraska,ALPHA; BETA; GAMMA,"100,000-249,000",81,4,0,5,0\n'
    "2016,NB0000000,Nowhere,City,NB,Nebraska,ALPHA,1,82,2,1,0,0\n"
    "2016,NB0000000,Nowhere,City,NB,Nebraska,ALPHA,1,82,2,1,0,0\n"
    "2016,FS0000000,Elsewhere,Federal,FS,Federal,,1,81,-1,1,0,0\n"
    "2015,NB0000000,Nowhere,City,NB,Nebraska,ALPHA,1,81,9,0,0,0\n"
)
TABLE = (
    'State,Offenses,"Total  \ncleared","Clearances \nunder 18",Offenses,"Total \ncleared","Clearances \nunder 18",'
    'Total Offenses,"Total \ncleared","Clearances \nunder 18"\n'
)


def read(text: str) -> list[fbi.AgencyYear]:
    report = Report()
    rows = list(fbi.read_rows(InMemory("ht.csv", text.encode()), report))
    assert not report.listed
    return rows


def printed(*lines: str) -> dict:
    return fbi.read_printed(InMemory("table.csv", (TABLE + "\n".join(lines) + "\n").encode()), Report())


def test_rows_that_stand_twice_stay_and_a_negative_count_is_summed():
    rows = read(ROWS)
    summed = fbi.by_state(rows, 2016)
    assert (len(rows), len(set(rows))) == (5, 4)
    assert summed["Nebraska"]["servitude", "actual"] == 4
    assert summed["Federal"]["total", "actual"] == -1


def test_a_list_of_counties_in_one_cell_is_one_row():
    first, *_, federal, _ = read(ROWS)
    assert first.counties == ("ALPHA", "BETA", "GAMMA")
    assert (first.state_code, federal.state_code, federal.counties) == ("NB", "FS", ())


def test_what_is_odd_is_counted():
    expected = {"repeated": 1, "negative": 1, "cleared_above_actual": 2, "several_counties": 1, "no_county": 1}
    assert fbi.oddities(read(ROWS)) == expected


def test_a_state_agrees_differs_or_stands_on_one_side():
    found = fbi.reconcile(read(ROWS), printed("Nebraska*,4,5,0,4,0,0,8,5,0", "Utah,0,0,0,3,0,0,3,0,0"), 2016)
    assert found.agree == ("Nebraska",)
    assert found.only_printed == {"Utah": 3}
    assert found.only_rows == {"Federal": -1}
    assert not found.cleared_differ


def test_a_difference_names_cell_print_and_rows():
    found = fbi.reconcile(read(ROWS), printed("Nebraska,5,5,0,4,0,0,9,5,0"), 2016)
    assert found.differ["Nebraska"][0] == fbi.Difference("sex", "actual", 5, 4)
    assert "sex actual: printed 5, rows 4 (-1)" in str(found)


def test_a_printed_total_that_is_not_the_sum_of_its_parts_is_named():
    found = fbi.reconcile(read(ROWS), printed("Nebraska,4,5,0,4,0,0,9,5,0"), 2016)
    assert found.misprinted["Nebraska"] == (fbi.Difference("total", "actual", 9, 8),)


def test_clearances_that_came_late_do_not_make_a_state_differ():
    found = fbi.reconcile(read(ROWS), printed("Nebraska,4,3,0,4,0,0,8,3,0"), 2016)
    assert found.agree == ("Nebraska",)
    assert {cell.measure for cell in found.cleared_differ["Nebraska"]} == {"cleared"}


def test_a_row_with_a_word_for_a_count_is_rejected_with_its_column():
    report = Report()
    rows = list(fbi.read_rows(InMemory("ht.csv", ROWS.replace(",9,0,0,0", ",nine,0,0,0").encode()), report))
    assert (len(rows), report.rejected) == (4, 1)
    assert (report.listed[0].row, report.listed[0].column) == (6, "ACTUAL_COUNT")


@pytest.mark.parametrize("text", [ROWS.replace("ORI", "AGENCY_ID"), "a;b\n1;2\n"])
def test_a_file_with_other_headings_is_refused(text):
    with pytest.raises(Refused):
        read(text)


@pytest.mark.parametrize(("lines", "says"), [(["Utah,0,0,0,3,0,0,3,0,0"] * 2, "the state stands twice")])
def test_a_table_with_a_state_twice_is_refused(lines, says):
    with pytest.raises(Refused, match=says):
        printed(*lines)


def test_another_table_is_refused_as_table_1():
    with pytest.raises(Refused, match="not those of Table 1"):
        fbi.read_printed(InMemory("table.csv", b"State,Offense\nUtah,1\n"), Report())


def test_sums_that_kept_every_count_are_given_back():
    rows = read(ROWS)
    sums = [{"actual": 17, "unfounded": 3}, {"actual": -1, "cleared": 5, "juvenile_cleared": 0}]
    assert fbi.reaggregated((row.counts() for row in rows), sums)["actual"] == 16


def test_a_join_on_counties_that_repeats_rows_is_refused_with_the_ratio():
    rows = read(ROWS)
    joined = [replace(row, counties=(county,)) for row in rows for county in row.counties or ("",)]
    with pytest.raises(fbi.CountsChanged, match=r"actual: 16 before, 24 after \(1.5000 times\): counts inflated"):
        fbi.reaggregated((row.counts() for row in rows), (row.counts() for row in joined))


def test_duplicates_taken_away_are_refused_as_lost_counts():
    rows = read(ROWS)
    with pytest.raises(fbi.CountsChanged, match=r"actual: 16 before, 14 after \(0.8750 times\): counts lost"):
        fbi.reaggregated((row.counts() for row in rows), (row.counts() for row in dict.fromkeys(rows)))


def test_the_command_prints_what_agrees_and_says_by_its_exit_that_something_does_not(tmp_path, capsys):
    (tmp_path / "ht.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE + "Nebraska,4,5,0,4,0,0,8,5,0\n", encoding="utf-8")
    command = ["casefile", "reconcile", str(tmp_path / "ht.csv"), str(tmp_path / "table.csv"), "--year"]
    assert main([*command, "2016"]) == 1  # Federal is only in the rows
    assert "offenses of 1 of 1 states on both sides are as printed: Nebraska" in capsys.readouterr().out


def test_a_year_that_the_rows_lack_is_told(tmp_path, capsys):
    (tmp_path / "ht.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE + "Nebraska,4,5,0,4,0,0,8,5,0\n", encoding="utf-8")
    assert main(["casefile", "reconcile", str(tmp_path / "ht.csv"), str(tmp_path / "table.csv"), "--year", "2030"]) == 2
    assert "ht.csv has no row of 2030; it has 2015 to 2016" in capsys.readouterr().err


@given(st.data())
def test_however_rows_are_grouped_their_sums_are_given_back(data):
    rows = read(ROWS)
    grouped: dict[int, dict[str, int]] = {}
    for row in rows:
        group = grouped.setdefault(data.draw(st.integers(0, 2)), dict.fromkeys(row.counts(), 0))
        group |= {name: group[name] + count for name, count in row.counts().items()}
    assert fbi.reaggregated((row.counts() for row in rows), grouped.values())["actual"] == 16


# --- The FBI's own files ----------------------------------------------------------------------------------------------


def test_the_fbis_2016_table_1_is_reproduced_where_it_can_be(shared):
    report = Report()
    rows = list(fbi.read_rows(shared / "fbi_ht" / "HT_2013-2020.csv", report))
    table = fbi.read_printed(shared / "fbi_ht" / "ucr2016_table-1.csv", report)
    found = fbi.reconcile(rows, table, 2016)
    assert (len(rows), report.rejected, fbi.oddities(rows)["repeated"]) == (4_417, 0, 927)
    assert (len(found.agree), len(found.differ)) == (19, 12)
    assert set(found.only_printed) == {"Mississippi", "Puerto Rico", "South Dakota", "U.S. Virgin Islands", "Utah"}
    assert set(found.only_rows) == {"Kentucky", "Nebraska", "New Hampshire", "Virginia"}
    assert set(found.cleared_differ) == {"Alaska", "Arkansas", "Louisiana", "Minnesota", "North Dakota", "Vermont"}
    assert fbi.Difference("sex", "actual", 130, 127) in found.differ["Texas"]
    assert not found.misprinted


def test_the_fbis_oddities_survive(shared):
    rows = list(fbi.read_rows(shared / "fbi_ht" / "HT_2013-2020.csv", Report()))
    odd = fbi.oddities(rows)
    assert (odd["negative"], odd["cleared_above_actual"]) == (1, 55)
    assert (odd["several_counties"], odd["no_county"]) == (774, 111)
    assert sum(row.state_code == "NB" for row in rows) == 5
    with pytest.raises(fbi.CountsChanged, match="lost"):
        fbi.reaggregated((row.counts() for row in rows), (row.counts() for row in dict.fromkeys(rows)))
