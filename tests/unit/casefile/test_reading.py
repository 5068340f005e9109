"""What strangers send is read, or refused with its place and a way out."""

import zipfile
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook

from concord.casefile import reading
from concord.casefile.codebook import write_templates
from concord.casefile.reading import Limits, Refused, Report, open_sheet, read_table
from concord.casefile.tables import TABLES

SITE = TABLES["site"]


def csv_file(folder, text, encoding="utf-8", name="site.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def rows_of(path, report=None, **options):
    with open_sheet(path, report or Report(), **options) as sheet:
        return [row for _, row in sheet.rows]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"a,a\n1,2\n", "a heading stands twice, at 1 and 2"),
        (b"a,,c\n1,2,3\n", "heading 2 is empty"),
        (b"a;b\n1;2\n", "separators in it"),
        ("a,b\n1,é\n".encode("cp1252"), "byte 6 is not utf-8"),
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b'a,b\n1,"open\n', "cannot be told from the next"),
        (b'a,b\n1,"x"y\n', "cannot be told from the next"),
        (b"PK\x03\x04 not text", "a workbook named as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_what_it_is(tmp_path, content, says):
    with pytest.raises(Refused, match=says) as refused:
        rows_of(csv_file(tmp_path, content))

    assert refused.value.problem.file == "site.csv"
    assert refused.value.problem.what_to_do


def test_the_wrong_byte_is_found_far_into_the_file(tmp_path):
    path = csv_file(tmp_path, b"a,b\n" + b"x,y\n" * 300_000 + b"x,\xff\n")

    with pytest.raises(Refused, match="byte 1,200,006 is not utf-8"):
        rows_of(path)


def test_an_encoding_is_taken_only_when_said(tmp_path):
    path = csv_file(tmp_path, "a,b\n1,é\n", "cp1252")

    assert rows_of(path, encoding="cp1252") == [("1", "é")]
    with pytest.raises(Refused, match="not one that is read"):
        rows_of(path, encoding="latin-1")
    with pytest.raises(Refused, match="byte 6 is not cp1252"):
        rows_of(csv_file(tmp_path, b"a,b\n1,\x81\n"), encoding="cp1252")


def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path):
    with open_sheet(csv_file(tmp_path, "\ufeffa,b\n1,2\n"), Report()) as sheet:
        assert sheet.header == ("a", "b")


def test_rows_that_cannot_be_taken_are_counted_and_placed(tmp_path):
    report = Report()
    path = csv_file(tmp_path, b'a,b\n1,2\n1\n1,2,3\n\n"x\ny",2\n1,\x00\n,\n1,2,\n')

    taken = rows_of(path, report)

    assert taken == [("1", "2"), ("x\ny", "2"), ("1", "2")]
    assert (report.rows, report.accepted, report.rejected, report.blank) == (6, 3, 3, 2)
    assert [(p.row, p.value_kind) for p in report.listed] == [(3, "row"), (4, "row"), (7, "NUL")]


def test_a_repeated_heading_is_read_where_both_cells_agree(tmp_path):
    report = Report()
    path = csv_file(tmp_path, "YEAR,x,YEAR\n2018,1,2018\n2018,2,2019\n")

    assert rows_of(path, report, repeated=True) == [("2018", "1")]
    assert report.listed[0].row == 3


@pytest.mark.parametrize(
    ("limits", "says"),
    [(Limits(size=3), "larger than 3 bytes"), (Limits(rows=1), "more than 1 rows"), (Limits(columns=1), "more than 1")],
)
def test_a_file_beyond_its_limits_is_refused(tmp_path, limits, says):
    with pytest.raises(Refused, match=says):
        rows_of(csv_file(tmp_path, "a,b\n1,2\n3,4\n"), limits=limits)


def test_problems_are_counted_beyond_those_listed(tmp_path):
    report = Report(limit=2)

    rows_of(csv_file(tmp_path, "a,b\n" + "1\n" * 5), report)

    assert (report.rejected, len(report.listed), report.reasons.total()) == (5, 2, 5)


# --- Tables of the case file ------------------------------------------------------------------------------------------


def test_a_table_is_read_with_its_reasons(tmp_path):
    path = csv_file(tmp_path, "scope,site_id,population,population_why\nlocal,s1,,not_asked\nstatewide,s2,900000,\n")

    first, second = read_table(path, SITE, Report())

    assert (first["population"], first["population_why"]) == (None, "not_asked")
    assert (second["site_id"], second["population"]) == ("s2", 900_000)


def test_each_bad_cell_of_a_row_is_a_problem_and_the_row_is_one_rejection(tmp_path):
    report = Report()
    path = csv_file(tmp_path, "site_id,scope,population,population_why\n,citywide,many,unknown\n")

    assert list(read_table(path, SITE, report)) == []
    assert [(p.column, p.value_kind) for p in report.listed] == [
        ("site_id", "blank"),
        ("scope", "code"),
        ("population", "number"),
        ("population_why", "code"),
    ]
    assert (report.rows, report.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("header", "says"), [("site_id,scope,nmae", "heading 3 is no column"), ("site_id", "scope is missing")]
)
def test_headings_are_those_of_the_table(tmp_path, header, says):
    with pytest.raises(Refused, match=says) as refused:
        list(read_table(csv_file(tmp_path, header + "\n"), SITE, Report()))

    assert "nmae" not in str(refused.value)


# --- Workbooks --------------------------------------------------------------------------------------------------------


def workbook(folder, *rows, sheets=("site",)):
    book = Workbook()
    book.active.title = sheets[0]
    for row in rows:
        book.active.append(row)
    for name in sheets[1:]:
        book.create_sheet(name)
    book.save(folder / "site.xlsx")
    return folder / "site.xlsx"


def test_a_workbook_is_read_cell_by_cell_and_formulas_are_refused_where_they_stand(tmp_path):
    report = Report()
    path = workbook(
        tmp_path,
        ["site_id", "scope", "population"],
        ["s1", "local", 1200],
        ["s2", "local", "=1+1"],
        ["s3", "local", "#N/A"],
        ["s4", "local"],
    )

    taken = list(read_table(path, SITE, report))

    assert [(row["site_id"], row["population"]) for row in taken] == [("s1", 1200), ("s4", None)]
    assert [(p.row, p.column, p.value_kind) for p in report.listed] == [
        (3, "population", "formula"),
        (4, "population", "error"),
    ]


def test_dates_and_yes_no_of_a_workbook_keep_their_kind(tmp_path):
    path = workbook(tmp_path, ["site_id", "feature", "value", "from_on"], ["s1", "co_located", "yes", date(2021, 3, 4)])

    (row,) = read_table(path, TABLES["site_feature"], Report())

    assert row["from_on"] == date(2021, 3, 4)


def test_a_workbook_of_several_sheets_needs_to_be_told_which(tmp_path):
    path = workbook(tmp_path, ["a"], ["1"], sheets=("one", "two"))

    with pytest.raises(Refused, match="2 sheets"):
        rows_of(path)
    with pytest.raises(Refused, match="no sheet of that name"):
        rows_of(path, sheet="three")
    assert reading.sheet_names(path) == ["one", "two"]


def test_a_packed_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "site.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)

    with pytest.raises(Refused, match="more than 200 times larger"):
        rows_of(path)
    with pytest.raises(Refused, match="larger than 1,000 bytes"):
        rows_of(path, limits=replace(Limits(), unpacked=1_000))
    with pytest.raises(Refused, match="more than 0 parts"):
        rows_of(path, limits=replace(Limits(), parts=0))


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"no archive", "no workbook"), (b"\xd0\xcf\x11\xe0old", "password or is an old .xls"), (b"", "no workbook")],
)
def test_what_is_no_workbook_is_refused(tmp_path, content, says):
    with pytest.raises(Refused, match=says):
        rows_of(csv_file(tmp_path, content, name="site.xlsx"))


def test_a_workbook_that_declares_entities_is_refused(tmp_path):
    path = tmp_path / "site.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')

    with pytest.raises(Refused, match="document type"):
        rows_of(path)


def tampered(tmp_path, old: bytes, new: bytes):
    """A workbook of two columns and two rows, in whose sheet something was written that no spreadsheet writes."""
    workbook, whole, path = Workbook(), tmp_path / "whole.xlsx", tmp_path / "site.xlsx"
    for row in (["a", "b"], ["1", "2"]):
        workbook.active.append(row)
    workbook.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            body = source.read(part)
            archive.writestr(part.filename, body.replace(old, new) if "sheet1" in part.filename else body)
    return path


LATE = b"<!--" + b" " * 5_000 + b'--><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'<row r="2"', b'<row r="99999999999"', "empty rows follow"),
        (b'r="B2"', b'r="XFD2"', "more than 500 columns"),
        (b"<worksheet", LATE + b"<worksheet a='&a;'", "cannot be opened"),
        (b"</sheetData>", b"", "cannot be read"),
    ],
)  # fmt: skip
def test_a_sheet_that_says_more_than_it_holds_is_refused_at_once(tmp_path, old, new, says):
    with pytest.raises(Refused, match=says):
        rows_of(tampered(tmp_path, old, new))


def test_an_archive_without_a_workbook_in_it_is_refused(tmp_path):
    path = tmp_path / "site.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")

    with pytest.raises(Refused, match="cannot be opened"):
        rows_of(path)


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"only \.csv and \.xlsx"):
        rows_of(csv_file(tmp_path, b"x", name="site.pdf"))
    with pytest.raises(Refused, match="no such file"):
        rows_of(tmp_path / "absent.csv")


def test_every_empty_template_is_read_back(tmp_path):
    write_templates(tmp_path)

    for name, table in TABLES.items():
        assert list(read_table(tmp_path / f"{name}.csv", table, Report())) == []
        assert list(read_table(tmp_path / "casefile.xlsx", table, Report(), sheet=name)) == []


# --- Public files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "rows", "columns"),
    [
        ("fbi_ht/HT_2013-2020.csv", 4417, 19),
        ("linkage/febrl_dataset1.csv", 1000, 11),
        ("sdc/ms_sds/test_duplicated_id_missing_id.csv", 12, 7),
        ("sdc/ms_sds/test_data_block_multi_value.csv", 3, 7),
        ("irr/vision.csv", 7477, 2),
    ],
)
def test_public_files_are_read_whole(shared, file, rows, columns):
    report = Report()
    with open_sheet(shared / file, report) as sheet:
        assert len(sheet.header) == columns
        assert sum(1 for _ in sheet.rows) == report.accepted == report.rows == rows


def test_a_public_table_with_twice_the_same_heading_is_refused(shared):
    with pytest.raises(Refused, match="a heading stands twice, at 4 and 7 and 10"):
        rows_of(shared / "fbi_ht" / "ucr2016_table-1.csv")
