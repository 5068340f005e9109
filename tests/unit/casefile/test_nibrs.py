"""A NIBRS release is read whole: every row accepted or rejected with its place, and silence is not zero."""

import shutil
from datetime import date

import pytest

from concord.casefile.formats.nibrs import Age, open_release
from concord.casefile.formats.nibrs_reread import RULES, candidates
from concord.casefile.formats.nibrs_tables import LAYOUTS, files_of, read_rows
from concord.casefile.reading import Refused, Report
from tests.bench.generate_nibrs import TABLES, generate

INCIDENTS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nibrs")
    return folder, generate(folder, INCIDENTS)


@pytest.fixture
def release(made, tmp_path):
    """A generated release of its own, to spoil."""
    return shutil.copytree(made[0], tmp_path / "release")


def spoil(folder, table, row, column, value):
    """Put a value into a cell of a generated table (rows counted as a spreadsheet does)."""
    path = folder / f"{table}.csv"
    lines = path.read_text().splitlines()
    cells = lines[row - 1].split(",")
    cells[TABLES[table].index(column)] = f'"{value}"'
    lines[row - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


def test_every_generated_row_is_accepted(made):
    folder, rows = made

    with open_release(folder) as release:
        incidents = list(release.incidents())

    assert sum(report.rows for report in release.reports.values()) == rows
    assert all(report.accepted == report.rows for report in release.reports.values())
    assert [incident.id for incident in incidents] == list(range(1, INCIDENTS + 1))
    assert all(incident.offenses and incident.victims and incident.lost_parts == 0 for incident in incidents)


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("NIBRS_incident", "INCIDENT_DATE", "31-FEB-23", "no calendar has this day"),
        ("NIBRS_incident", "INCIDENT_DATE", "02/28/2023", "not a date like 28-APR-16 or 2016-04-28"),
        ("NIBRS_incident", "INCIDENT_HOUR", "24", "above 23"),
        ("NIBRS_incident", "INCIDENT_ID", "1.5", "not a whole number"),
        ("NIBRS_incident", "AGENCY_ID", "999", "its agency is not among the accepted rows"),
        ("NIBRS_OFFENSE", "OFFENSE_TYPE_ID", "999", "not in the look-up NIBRS_OFFENSE_TYPE"),
        ("NIBRS_VICTIM", "SEX_CODE", "Q", "not one of M, F, U, X"),
        ("NIBRS_VICTIM", "AGE_NUM", "120", "above 99"),
        ("NIBRS_OFFENDER", "AGE_RANGE_HIGH_NUM", "5", "below the range's lower end"),
        ("NIBRS_month", "REPORTED_STATUS", "?", "not one of I, Z, U"),
    ],
)
def test_a_bad_cell_rejects_its_row_and_says_where(release, table, column, value, reason):
    spoil(release, table, 3, column, value)

    with open_release(release) as opened:
        first = next(problem for problem in opened.problems() if problem.reason == reason)

    assert (first.file, first.row, first.column) == (f"{table}.csv", 3, column)
    for report in opened.reports.values():
        assert report.rows == report.accepted + report.rejected


def test_the_parts_of_a_rejected_incident_are_rejected_too(release):
    spoil(release, "NIBRS_incident", 2, "INCIDENT_HOUR", "99")

    with open_release(release) as opened:
        kept = len(list(opened.incidents()))

    assert kept == INCIDENTS - 1
    assert opened.reports["incident"].rejected == opened.reports["victim"].rejected == 1
    assert {p.reason for p in opened.reports["victim"].listed} == {"its incident is not among the accepted rows"}
    assert {p.reason for p in opened.reports["victim_offense"].listed} == {"its victim is not among the accepted rows"}


def test_an_incident_says_how_many_of_its_parts_were_rejected(release):
    spoil(release, "NIBRS_OFFENDER", 2, "SEX_CODE", "Q")

    with open_release(release) as opened:
        lost = {incident.id: incident.lost_parts for incident in opened.incidents() if incident.lost_parts}

    offender = opened.reports["offender"].listed[0]
    assert offender.row == 2
    assert len(lost) == 1
    (incident_id,) = lost
    assert lost[incident_id] == 1 + opened.reports["relationship"].rejected


def test_a_key_that_stands_twice_is_kept_once_and_reported(release):
    path = release / "NIBRS_VICTIM.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n")

    with open_release(release) as opened:
        incidents = list(opened.incidents())

    (problem,) = opened.problems()
    assert (problem.row, problem.column, problem.reason) == (
        INCIDENTS + 2,
        "VICTIM_ID",
        "the key stands on an earlier row",
    )
    assert sum(incident.lost_parts for incident in incidents) == 1


def test_headings_in_lower_case_and_offense_codes_in_place_of_ids_are_read(release):
    path = release / "NIBRS_OFFENSE.csv"
    header, *lines = path.read_text().splitlines()
    lines = [line.split(",") for line in lines]
    for cells in lines:
        cells[3] = '"64A"'
    rewritten = [header.lower().replace("offense_type_id", "offense_code"), *(",".join(cells) for cells in lines)]
    path.write_text("\n".join(rewritten) + "\n")

    with open_release(release) as opened:
        assert {code for incident in opened.incidents() for code in incident.codes()} == {"64A"}
        assert opened.trafficking_statement().counts == {"64A": len(lines), "64B": 0}


@pytest.mark.parametrize("name", ["NIBRS_OFFENSE", "NIBRS_OFFENSE_TYPE", "agencies"])
def test_a_release_without_one_of_its_tables_is_refused_by_name(release, name):
    (release / f"{name}.csv").unlink()

    with pytest.raises(Refused, match=f"(?i){name}"), open_release(release):
        pass


def test_a_look_up_that_names_an_id_twice_is_refused(release):
    with (release / "REF_RACE.csv").open("a") as opened:
        opened.write("1,B\r\n")

    with pytest.raises(Refused, match="an id twice"), open_release(release):
        pass


# --- Silence and zero -------------------------------------------------------------------------------------------------


def months(release, statuses):
    header = '"DATA_YEAR","NIBRS_MONTH_ID","AGENCY_ID","MONTH_NUM","DATA_YEAR","REPORTED_STATUS"\n'
    rows = [f"2023,{at},1,{at},2023,{status}\n" for at, status in enumerate(statuses, start=1)]
    (release / "NIBRS_month.csv").write_text(header + "".join(rows))
    (release / "agencies.csv").write_text("AGENCY_ID,ORI\n1,ZZ0000100\n")


@pytest.mark.parametrize(
    ("statuses", "known", "says"),
    [
        (
            "IIIIIIZZZZZZ",
            True,
            "filed by 1 agencies (0 not filed, 0 not listed). These agencies recorded none.",
        ),
        ("IIIIIIIIIIIU", False, "(1 not filed, 0 not listed). This is no report, not a count of zero."),
        ("II", False, "over 2 agency-months filed by 1 agencies (0 not filed, 10 not listed)"),
    ],
)
def test_none_reported_is_zero_only_where_every_month_was_filed(release, statuses, known, says):
    months(release, statuses)
    (release / "NIBRS_OFFENSE.csv").write_text(",".join(TABLES["NIBRS_OFFENSE"]) + "\n")

    with open_release(release) as opened:
        statement = opened.trafficking_statement()

    assert statement.zero_is_known is known
    assert str(statement).startswith("No 64A or 64B was reported")
    assert says in str(statement)


# --- Re-reading -------------------------------------------------------------------------------------------------------


def test_each_rule_has_a_code_of_its_own_words_and_a_source():
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.says and rule.source and rule.offenses for rule in RULES)


def test_an_unknown_age_is_not_under_18():
    assert Age(15, 15).certainly_under(18)
    assert Age(12, 17).certainly_under(18)
    assert not Age(16, 20).certainly_under(18)
    assert not Age(None, None).certainly_under(18)


# --- The FBI's own files ----------------------------------------------------------------------------------------------


def test_louisiana_2018_has_the_counts_that_the_release_states(shared):
    with open_release(shared / "nibrs_state" / "LA-2018_sample") as opened:
        incidents = list(opened.incidents())
        statement = opened.trafficking_statement()
        found = [rule.code for incident in incidents for rule in candidates(incident)]

    kinds = ("offenses", "victims", "offenders", "arrestees")
    assert [len(incidents), *(sum(len(getattr(i, kind)) for i in incidents) for kind in kinds)] == [
        454,
        565,
        489,
        532,
        188,
    ]
    assert opened.problems() == []
    assert (statement.counts, statement.reported, statement.not_filed) == ({"64A": 0, "64B": 0}, 350, 1)
    assert not statement.zero_is_known
    assert {code: found.count(code) for code in set(found)} == {"selling": 45, "promoting": 19, "assault_for_hire": 3}


@pytest.mark.parametrize(("state", "rows", "first"), [("AL", 1242, date(2019, 5, 2)), ("WY", 615, date(2019, 7, 2))])
def test_a_table_of_arrests_alone_is_read_with_look_ups_from_elsewhere(shared, state, rows, first):
    folder = shared / "nibrs_state"
    files = files_of(folder / "LA-2018_sample") | {"nibrs_arrestee": folder / f"NIBRS_ARRESTEE_2019_{state}.csv"}
    report = Report()

    read = list(read_rows(files, LAYOUTS["arrestee"], report, lost=[]))

    assert (report.rows, report.rejected, len(read)) == (rows, 0, rows)
    assert read[0]["arrest_date"] == first
