"""A court's export becomes charges by a mapping; nothing is kept before it is seen, and reading twice adds none."""

import json
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import tomli_w

from concord.casefile import checks
from concord.casefile.bundle import write
from concord.casefile.formats.court import BadMapping, CourtMapping, dry_run
from concord.casefile.reading import Refused
from tests.unit.casefile.conftest import CREATED, RESEARCH

MAPPING = CourtMapping(
    system="Example County Clerk",
    jurisdiction="US",
    columns={
        "docket": "Case No", "defendant": "Def No", "sequence": "Cnt", "citation": "Statute", "counts": "Counts",
        "filed_on": "Filed", "disposed_on": "Disp Date", "disposition": "Disp", "sentence_months": "Months",
        "restitution_ordered_usd": "Restitution",
    },
    date_format="%m/%d/%Y",
    codes={
        "disposition": {"PLEA": "guilty_plea", "DISM": "dismissed", "TRIAL": "guilty_trial", "OPEN": "pending"},
        "sentence_months": {"Life": "life", "TS": "time_served"},
    },
    missing={"999": "not_recorded", "SEALED": "withheld"},
)  # fmt: skip
HEADER = "Case No,Def No,Cnt,Statute,Counts,Filed,Disp Date,Disp,Months,Restitution\n"
SUSPECTS = {("24-1", "D1"): "p1"}


def court(folder, *rows):
    path = folder / "court.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def run(folder, *rows, mapping=MAPPING, **options):
    return dry_run(court(folder, *rows), mapping, suspects=SUSPECTS, **options)


def test_a_disposed_charge_is_two_rows_that_follow_each_other(tmp_path):
    found = run(tmp_path, '24-1,D1,1,18 USC 1591,2,03/01/2024,09/10/2024,PLEA,120,"$1,200.50"')

    filed, disposed = (charge.values for charge in found.new)
    assert (filed["stage"], disposed["stage"]) == ("filed", "disposed")
    assert disposed["from_charge_id"] == filed["charge_id"]
    assert (filed["class"], filed["filed_on"], filed["suspect_id"]) == ("HT-SEX", date(2024, 3, 1), "p1")
    assert (disposed["counts"], disposed["counts_guilty_plea"], disposed["counts_dismissed"]) == (2, 2, 0)
    assert (disposed["sentence_kind"], disposed["sentence_months"]) == ("months", 120)
    assert disposed["restitution_ordered_usd"] == Decimal("1200.50")
    assert filed["restitution_ordered_usd_why"] == "not_applicable"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("24-1,D1,1,18 USC 1589,1,03/01/2024,,,,", {"stage": "filed", "counts_pending": 1, "class": "HT-LABOR"}),
        ("24-1,D1,1,18 USC 1589,1,03/01/2024,,OPEN,,", {"stage": "filed", "counts_pending": 1}),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,TRIAL,Life,", {"sentence_kind": "life", "sentence_months": None,
         "sentence_months_why": "not_applicable"}),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,TRIAL,999,", {"sentence_months": None,
         "sentence_months_why": "not_recorded"}),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,TRIAL,SEALED,", {"sentence_months_why": "withheld"}),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,DISM,,", {"sentence_kind_why": "not_applicable", "counts_dismissed": 1}),
        ("24-1,D1,1,18 USC 1594(a),1,03/01/2024,,,,", {"class": None, "class_why": "not_yet_known",
         "class_possible": ["HT-LABOR", "HT-SEX"]}),
    ],
)  # fmt: skip
def test_a_row_becomes_the_last_stage_it_reached(tmp_path, row, expected):
    last = run(tmp_path, row).new[-1].values

    assert {name: last[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",D1,1,18 USC 1589,1,,,,,", "Case No", "needs a value"),
        ("24-1,D1,1,,1,,,,,", "Statute", "needs a value"),
        ("24-1,D1,1,18 USC 1589,0,,,,,", "Counts", "the number is below 1"),
        ("24-1,D1,1,18 USC 1589,two,,,,,", "Counts", "not a whole number"),
        ("24-1,D1,1,18 USC 1589,1,2024-03-01,,,,", "Filed", "not a day as %m/%d/%Y"),
        ("24-1,D1,1,18 USC 1589,1,02/30/2024,,,,", "Filed", "not a day as %m/%d/%Y"),
        ("24-1,D1,1,18 USC 1589,1,03/01/2024,02/01/2024,DISM,,", "Disp Date", "disposed before it was filed"),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,,,", "Disp", "disposed on a day, but not how"),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,NOLLE,,", "Disp", "the word is not in the mapping"),
        ("24-1,D1,1,18 USC 1589,1,,06/01/2024,PLEA,4plus,", "Months", "not a whole number"),
        ('24-1,D1,1,18 USC 1589,1,,06/01/2024,PLEA,,"1,5"', "Restitution", "not a sum in dollars"),
        ("24-1,D1,1,=18 USC 1589,1,,,,,", "Statute", "the text begins with ="),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_and_why(tmp_path, row, column, reason):
    found = run(tmp_path, row)

    assert found.new == ()
    assert (found.report.rows, found.report.rejected) == (1, 1)
    assert (found.report.listed[0].row, found.report.listed[0].column) == (2, column)
    assert found.report.listed[0].reason == reason


def test_the_same_charge_twice_in_a_file_is_taken_once(tmp_path):
    found = run(tmp_path, *["24-1,D1,1,18 USC 1589,1,03/01/2024,,,,"] * 2)

    assert (len(found.new), found.report.rejected) == (1, 1)
    assert found.report.listed[0].reason == "the same charge stands on row 2"


def test_reading_again_adds_nothing_and_shows_what_changed(tmp_path):
    open_row, other = "24-1,D1,1,18 USC 1589,1,03/01/2024,,,,", "24-1,D1,2,18 USC 1591,1,03/01/2024,,,,"
    first = run(tmp_path, open_row, other)
    known = {charge.id: charge.values for charge in first.new}

    again = run(tmp_path, other, open_row, known=known)
    later = run(tmp_path, "24-1,D1,1,18 USC 1589,1,03/01/2024,06/01/2024,DISM,,", other, known=known)

    assert (len(again.new), len(again.changed), len(again.same)) == (0, 0, 2)
    assert [charge.values["stage"] for charge in later.new] == ["disposed"]
    assert [charge.values["stage"] for charge in later.changed] == ["filed"]
    assert len(later.same) == 1


def test_defendants_unknown_here_are_listed_by_docket(tmp_path):
    found = run(tmp_path, "24-1,D1,1,18 USC 1589,1,,,,,", "24-9,D7,1,18 USC 1589,1,,,,,")

    assert found.unmatched == (("24-9", "D7"),)
    assert found.new[1].values["suspect_id"] is None
    assert "1 defendants without a suspect here" in str(found)


def test_court_charges_agree_with_themselves_in_a_bundle(tmp_path, rows):
    found = run(
        tmp_path,
        "24-1,D1,1,18 USC 1591,2,03/01/2024,09/10/2024,PLEA,120,500",
        "24-1,D1,2,18 USC 1952,1,03/01/2024,09/10/2024,DISM,,",
        "24-1,D1,3,18 USC 1594(a),1,03/01/2024,,,,",
    )
    rows["charge"] = [charge.values for charge in found.new]
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)

    assert checks.check_folder(tmp_path / "b").findings == ()


# --- The mapping ------------------------------------------------------------------------------------------------------


def test_a_mapping_is_saved_and_read_back_as_toml_and_json(tmp_path):
    path = tmp_path / "court.toml"
    path.write_text(tomli_w.dumps(MAPPING.as_dict()))

    assert CourtMapping.load(path) == MAPPING
    assert CourtMapping.from_dict(json.loads(json.dumps(MAPPING.as_dict()))) == MAPPING
    assert tomllib.loads(path.read_text())["columns"]["docket"] == "Case No"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"columns": {"docket": "Case No"}}, "needs a column for citation, defendant, sequence"),
        ({"columns": {**MAPPING.columns, "name": "Defendant"}}, "no such field: name"),
        ({"codes": {"disposition": {"PLEA": "pleaded"}}}, "codes of disposition must be among"),
        ({"codes": {"filed_on": {}}}, "codes of filed_on"),
        ({"missing": {"999": "unknown"}}, "must mean one of"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_when_made(change, says):
    with pytest.raises(BadMapping, match=says):
        replace(MAPPING, **change)


def test_a_mapping_document_with_a_part_too_many_is_refused(tmp_path):
    with pytest.raises(BadMapping, match="too many or too few"):
        CourtMapping.from_dict({**MAPPING.as_dict(), "password": "x"})
    path = tmp_path / "court.toml"
    path.write_text("system =")
    with pytest.raises(BadMapping, match=r"court\.toml is not TOML"):
        CourtMapping.load(path)


def test_a_file_without_a_mapped_heading_is_refused(tmp_path):
    path = tmp_path / "court.csv"
    path.write_text("Case No,Def No\n")

    with pytest.raises(Refused, match="the heading mapped to sequence is not in the file"):
        dry_run(path, MAPPING, suspects={})
