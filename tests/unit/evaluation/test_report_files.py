"""The folder of a report."""

import csv
import hashlib
import io
import json
from datetime import datetime, timezone

import openpyxl
import pytest

from concord.disclosure.grids import Grid, Kind, Value, words
from concord.evaluation.report import files
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.report.files import OutputError, write
from tests.unit.evaluation import sample_report as sample


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return write(sample.report(), tmp_path_factory.mktemp("report") / "out")


def digests(folder):
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


def table(folder, key):
    return list(csv.DictReader(io.StringIO((folder / "tables" / f"{key}.csv").read_text(encoding="utf-8"))))


def test_everything_is_in_the_folder(out):
    assert sorted(digests(out)) == sorted([
        "README.txt", "report.html", "report.pdf", "results.json", "tables.xlsx",
        *(f"tables/{grid.key}.csv" for _, grid in sample.DRAWN),
    ])


def test_the_same_report_gives_the_same_bytes_at_another_hour(out, tmp_path, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("openpyxl.writer.excel.datetime", OtherHour)
    assert digests(write(sample.report(), tmp_path / "again")) == digests(out)


class OtherHour:
    """Stands in for the module that the workbook asks for the hour."""

    timezone = timezone

    class datetime:
        @staticmethod
        def now(tz=None):
            return datetime(2041, 5, 6, tzinfo=tz)


def test_a_table_for_machines_has_numbers_intervals_and_reasons(out):
    rows = table(out, "funnel")
    assert rows[2] == {"Stage": "Charged under a trafficking statute", "Cases": "57", "Cases, missing": "",
                       "Share": "0.252", "Share, low": "0.155", "Share, high": "0.382", "Share, missing": ""}
    assert rows[3]["Cases"] == ""
    assert rows[3]["Cases, missing"] == sample.HIDDEN


def test_no_cell_is_a_formula(out):
    assert table(out, "coders")[1]["Variable"].startswith("'=HYPERLINK")
    book = openpyxl.load_workbook(out / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 50
    assert "f" not in {cell.data_type for cell in cells}


def test_the_workbook_holds_each_table_and_their_list(out):
    book = openpyxl.load_workbook(out / "tables.xlsx")
    assert book.sheetnames == ["Contents", *(grid.key for _, grid in sample.DRAWN)]
    assert [cell.value for cell in book["funnel"][6]][:4] == ["Charged under a trafficking statute", 57, None, 0.252]


def test_long_table_names_stay_apart_in_the_workbook():
    names = files._sheet_names(["a" * 40, "a" * 41, "A" * 31, "contents"])
    assert len({name.lower() for name in names} | {"contents"}) == 5
    assert max(map(len, names)) <= 31


def test_results_for_programs_hold_every_value(out):
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert list(results["tables"]) == [grid.key for _, grid in sample.DRAWN]
    charged = results["tables"]["funnel"]["rows"][2][2]
    assert (charged["value"], charged["low"], charged["high"]) == (0.252, 0.155, 0.382)
    assert results["tables"]["funnel"]["rows"][3][2] == {
        "kind": "share", "value": None, "missing": sample.HIDDEN, "written": sample.HIDDEN}
    assert results["tables"]["funnel"]["notes"] == ["Unit: case."]


def test_what_was_left_in_a_hidden_value_reaches_no_file(tmp_path):
    hidden = Value(31337, Kind.COUNT, sample.PUBLIC, 31337.0, 31337.0, missing=sample.HIDDEN)
    (grid,) = sample.released(Grid("x", "x", words("Site", "Cases"), ((Value("S1"), hidden),)))
    out = write(Document("x", "", (), (ReadySection("a", "A", (grid,)),)), tmp_path / "out",
                formats=("html", "csv", "json"))
    assert not [path for path in out.rglob("*") if path.is_file() and b"31337" in path.read_bytes()]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="is not empty"):
        write(sample.report(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "out").mkdir()
    assert (write(sample.report(), tmp_path / "out", formats=("json",)) / "results.json").exists()


def test_a_file_is_no_folder_and_that_can_be_asked_before_the_work(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is not a folder"):
        files.check(tmp_path / "out")


def test_when_one_format_fails_nothing_is_left(tmp_path, monkeypatch):
    def breaks(document, folder):
        raise RuntimeError("no more disk")

    monkeypatch.setitem(files.WRITERS, "json", breaks)
    with pytest.raises(RuntimeError):
        write(sample.report(), tmp_path / "out", formats=("html", "json"))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(OutputError, match="html, pdf, csv, xlsx, json"):
        write(sample.report(), tmp_path / "out", formats=("docx",))


def test_progress_is_heard_for_each_format(tmp_path):
    heard = []
    write(sample.report(), tmp_path / "out", formats=("csv", "json"), progress=lambda *parts: heard.append(parts))
    assert heard == [("csv", 0, 2), ("json", 1, 2), ("done", 2, 2)]
