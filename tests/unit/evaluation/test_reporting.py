import hashlib
import json
import zipfile

import pytest

from concord import cli, evaluation
from concord.disclosure.release import Releasable
from concord.evaluation import reporting
from concord.evaluation import study as studies
from tests.unit.evaluation import world

PROTOCOL = """
title = "Four invented task forces"
maturity_months = 12
features = ["co_located"]
[[question]]
key = "Q1"
text = "How many cases end in prosecution?"
figures = ["cases.prosecuted", "cases.charged_strict"]
"""


def digests(folder) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module", params=["random", "all", "hand_picked"])
def made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    evaluation.invented_study(folder / "files", 11, sites=4, files=80, drawn=request.param)
    (folder / "files" / "protocol.toml").write_text(PROTOCOL, encoding="utf-8")
    return reporting.evaluate(folder / "files", folder / "out"), request.param, folder


def test_a_report_has_all_its_forms(made):
    _, _, folder = made
    there = {path.name for path in (folder / "out").iterdir()}
    assert there >= {"report.pdf", "report.html", "tables", "tables.xlsx", "results.json", "README.txt"}


def test_every_table_printed_was_released(made):
    report, _, _ = made
    assert report.document.grids()
    assert all(isinstance(grid, Releasable) for grid in report.document.grids())


def test_only_files_drawn_at_random_bring_intervals(made):
    report, drawn, _ = made
    funnel = report.document.grid("funnel_cases")
    standing = {row[-1].shown for row in funnel.rows if row[0].shown == "Prosecuted"}
    expected = {"random": "logit, t on sites less one", "all": "census", "hand_picked": "files chosen by hand"}
    assert expected[drawn] in standing
    assert any(row[5].low is not None for row in funnel.rows) == (drawn != "all")


def test_no_small_count_stands_in_any_file_of_the_report(made):
    report, _, folder = made
    results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    assert results
    hidden = report.release.primary | report.release.complementary
    for grid in report.document.grids():
        for row in grid.rows:
            assert all(value.shown is None for value in row if hidden.intersection(value.of))


def test_a_folder_that_contradicts_itself_leaves_nothing_half_written(tmp_path, capsys):
    world.five_cases(tmp_path, suspect=[world.suspect(1, 1, age="-99")])
    assert cli.main(["evaluate", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "suspect.csv, row 2, age: the number is below 0" in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_report_is_not_mixed_with_another(tmp_path, capsys):
    world.five_cases(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("old")
    assert cli.main(["evaluate", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "not empty" in capsys.readouterr().err


def test_a_study_of_too_few_people_is_refused_and_nothing_is_half_written(tmp_path, capsys):
    files = tmp_path / "files"
    files.mkdir()
    world.five_cases(files)
    assert cli.main(["evaluate", str(files), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "too few people" in said
    assert "Study more files" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("rows", ["one site", "no events", "all events", "empty site", "no suspects"])
def test_thin_studies_are_told_and_do_not_fail(tmp_path, rows):
    cases = [world.case(n, "north" if rows in ("one site", "empty site") or n % 2 else "south") for n in range(1, 9)]
    day = "2022-05-01" if rows == "all events" else ""
    suspects = [] if rows == "no suspects" else [world.suspect(n, n, day, day, day) for n in range(1, 9)]
    tables = {"case": cases} | ({"suspect": suspects} if suspects else {})
    world.write(tmp_path, **tables)
    if rows == "one site":
        (tmp_path / "site.csv").write_text("site_id,scope\nnorth,local\n")
    with studies.read(tmp_path) as study:
        _, document = reporting.protect(study, reporting.compute(study), None)
    assert [section.key for section in document.sections] == list(reporting.SECTIONS)
    assert document.grid("funnel_cases").rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_table_may_have_an_encoding_of_its_own(tmp_path, encoding):
    text = "Río"
    world.five_cases(tmp_path, protocol=f'[encodings]\ncase = "{encoding}"')
    case = tmp_path / "case.csv"
    lines = case.read_text(encoding="utf-8").splitlines()
    lines = [f"{lines[0]},counties", *(f"{line},{text}" for line in lines[1:])]
    case.write_bytes("\n".join(lines).encode(encoding))
    with studies.read(tmp_path) as study:
        assert study.run('select distinct counties from "case"').rows == [([text],)]


def test_an_encoding_is_never_guessed(tmp_path):
    world.five_cases(tmp_path)
    (tmp_path / "site.csv").write_bytes("site_id,scope\nnorth,local\nsüd,local\n".encode("cp1252"))
    with pytest.raises(studies.StudyError, match="site.csv: byte .* is not utf-8"):
        studies.read(tmp_path)


def test_a_workbook_that_unpacks_beyond_measure_is_refused(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "casefile.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "0" * 50_000_000)
    assert cli.main(["evaluate", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "casefile.xlsx" in said
    assert "Traceback" not in said


def test_the_same_report_twice_is_one_release_and_the_same_bytes(tmp_path):
    evaluation.invented_study(tmp_path / "files", 12, sites=4, files=60)
    command = ["evaluate", str(tmp_path / "files"), "--ledger", str(tmp_path / "ledger")]
    assert cli.main([*command, "-o", str(tmp_path / "one")]) == 0
    assert cli.main([*command, "-o", str(tmp_path / "two")]) == 0
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert len((tmp_path / "ledger").read_text().splitlines()) == 1


def test_a_plan_is_told_in_words(capsys):
    assert cli.main(["evaluate", "--plan", "8x28"]) == 0
    assert "However many files are read at these sites" in capsys.readouterr().out


def test_a_draw_is_written_as_a_frame(tmp_path, capsys):
    evaluation.invented_study(tmp_path / "files", 13, sites=4, files=60)
    command = ["evaluate", str(tmp_path / "files"), "--draw", "3", "--seed", "9", "-o", str(tmp_path / "drawn")]
    assert cli.main(command) == 0
    assert "seed 9" in capsys.readouterr().out
    assert "random" in (tmp_path / "drawn" / "frame.csv").read_text()
