"""`concord import`: a named member of an agency takes a file in; it is shown first, and kept only when she says so."""

import csv

import pytest

from concord import cli
from concord.site.justice.imports import mappings
from concord.site.justice.models import Charge, Docket, ImportBatch, NibrsIncident
from concord.site.stores.acting import acting
from concord.vocabulary import Forum, PersonRole
from tests.site.justice import cases
from tests.site.justice_imports import made

WHO = ("--agency", "Police", "--as", "detective@police.example")


def test_the_dry_run_shows_what_would_be_kept_and_keeps_nothing(world, release, rows, capsys):
    assert cli.main(["import", "nibrs", str(release), *WHO, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert f"All: {rows} rows = {rows} accepted + 0 rejected" in shown
    assert "agency-months" in shown
    assert "read again" in shown
    assert not ImportBatch.objects.exists()


def test_without_a_yes_and_with_nobody_to_ask_nothing_is_kept(world, release, capsys):
    assert cli.main(["import", "nibrs", str(release), *WHO]) == 1
    assert "Say --yes" in capsys.readouterr().out
    assert not ImportBatch.objects.exists()


def test_a_yes_keeps_it_as_the_named_member_and_the_second_time_says_so(world, release, rows, capsys):
    by_id = ("--agency", str(world.agencies["police"].pk), "--as", "DETECTIVE@police.example")
    assert cli.main(["import", "nibrs", str(release), *by_id, "--yes"]) == 0
    batch = ImportBatch.objects.get()
    assert f"Kept: {rows} rows, as import {batch.pk}." in capsys.readouterr().out
    assert (batch.agency_id, batch.created_by_id) == (
        world.agencies["police"].pk, world.users["detective"].staff_id)  # fmt: skip
    assert NibrsIncident.objects.filter(batch=batch).count() > 0

    assert cli.main(["import", "nibrs", str(release), *WHO, "--yes"]) == 1
    assert "This very release was kept" in capsys.readouterr().err


def test_every_rejected_row_stands_in_the_report(world, release, tmp_path, capsys):
    folder, report = made.copied(release, tmp_path / "spoiled"), tmp_path / "report.csv"
    made.spoil(folder, "NIBRS_VICTIM", 3, "SEX_CODE", "Q")
    command = ["import", "nibrs", str(folder), *WHO, "--yes", "--report", str(report)]
    assert cli.main(command) == 0
    found = list(csv.DictReader(report.read_text().splitlines()))
    assert {"file": "NIBRS_VICTIM.csv", "row": "3", "column": "SEX_CODE"}.items() <= found[0].items()
    assert all(row["reason"] and row["what_to_do"] for row in found)

    assert cli.main(command) == 1
    assert cli.main(["import", "nibrs", str(release), *WHO, "--dry-run", "--report", str(report)]) == 1
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize("who", [
    ("--agency", "Sheriff", "--as", "detective@police.example"),
    ("--agency", "Police", "--as", "nobody@police.example"),
    ("--agency", "Prosecutor", "--as", "prosecutor@prosecutor.example"),
])  # fmt: skip
def test_a_stranger_to_the_agency_and_an_agency_that_reports_no_incidents_are_refused(world, release, who, capsys):
    assert cli.main(["import", "nibrs", str(release), *who, "--yes"]) == 1
    assert capsys.readouterr().err
    assert not ImportBatch.objects.exists()


def test_a_folder_that_is_no_release_says_what_is_missing(world, tmp_path, capsys):
    assert cli.main(["import", "nibrs", str(tmp_path), *WHO, "--yes"]) == 1
    assert "missing from the release" in capsys.readouterr().err
    assert cli.main(["import", "nibrs", str(tmp_path / "nowhere"), *WHO, "--yes"]) == 1
    assert "is no folder" in capsys.readouterr().err


def test_charges_are_taken_in_by_a_saved_mapping_or_by_a_file(world, tmp_path, capsys):
    case, by = cases.investigation(world), world.viewer("detective")
    Docket.objects.create(**cases.held(world), investigation=case, forum=Forum.STATE, number="25-CR-0012")
    cases.person(case, PersonRole.PRIMARY, given_name="Quirin", family_name="Madeup")
    with acting(by):
        mappings.save(name="Rivers", document=made.MAPPING.court.as_dict(), name_heading="Name", by=by)
    file = tmp_path / "court.csv"
    file.write_bytes(made.court_file(made.PLEA).content)
    toml = tmp_path / "rivers.toml"
    columns = "\n".join(f'{field} = "{heading}"' for field, heading in made.COLUMNS.items())
    codes = 'PLEA = "guilty_plea"'
    toml.write_text(f'system = "Rivers court"\njurisdiction = "US"\ndefendant_name = "Name"\n[columns]\n{columns}\n'
                    f"[codes.disposition]\n{codes}\n")  # fmt: skip

    assert cli.main(["import", "charges", str(file), "--mapping", "Rivers", *WHO, "--dry-run"]) == 0
    assert "2 charges and dispositions new" in capsys.readouterr().out
    assert not Charge.objects.exists()
    assert cli.main(["import", "charges", str(file), "--mapping", str(toml), *WHO, "--yes"]) == 0
    assert Charge.objects.count() == 2
    assert cli.main(["import", "charges", str(file), "--mapping", "Rivers", *WHO, "--yes"]) == 0
    assert "0 changed, 2 as before" in capsys.readouterr().out
    assert Charge.objects.count() == 2
    assert cli.main(["import", "charges", str(file), "--mapping", "Lakes", *WHO]) == 1
    assert "saved are: Rivers" in capsys.readouterr().err
