"""A NIBRS release is kept whole, once, by its own agency; every row is accepted or rejected with its place."""

import os
from pathlib import Path

import pytest
from django.db import connections

from concord.casefile.formats.nibrs import open_release
from concord.casefile.formats.nibrs_tables import files_of
from concord.casefile.reading import InMemory, Refused
from concord.site.justice.codes import RereadStatus
from concord.site.justice.imports import nibrs, sources
from concord.site.justice.imports.reports import write_problems
from concord.site.justice.models import (
    ImportBatch,
    NibrsArrestee,
    NibrsIncident,
    NibrsMonth,
    NibrsOffender,
    NibrsOffense,
    NibrsVictim,
    RereadItem,
)
from concord.site.stores.acting import acting
from tests.site.justice_imports import made

SHARED = Path(os.environ.get("CONCORD_SHARED", Path(__file__).parents[3].parent / "shared"))
PUBLIC = SHARED / "data" / "nibrs_state" / "LA-2018_sample"
KEPT = {"incident": NibrsIncident, "offense": NibrsOffense, "victim": NibrsVictim, "offender": NibrsOffender,
        "arrestee": NibrsArrestee, "month": NibrsMonth}  # fmt: skip


def counted() -> dict:
    return {name: model.objects.count() for name, model in KEPT.items()}


def entries(relation: str, by) -> int:
    """How many writes of this person to a table stand in the audit chain."""
    with connections["justice"].cursor() as cursor:
        cursor.execute("reset role; reset session authorization")
        cursor.execute("select count(*) from guard.entry where relation = %s and staff = %s", [relation, by.staff])
        found = cursor.fetchone()[0]
    connections["justice"].become_owner()
    return found


def test_every_row_is_kept_with_its_place_and_each_write_is_in_the_chain(world, release, rows):
    by = world.viewer("detective")

    checked, batch = made.keep(release, by)

    assert (batch.rows, batch.accepted, batch.rejected) == (rows, rows, 0)
    assert counted() == {name: checked.parts[name] for name in KEPT}
    incident = NibrsIncident.objects.get(nibrs_id=7)
    line = (release / "NIBRS_incident.csv").read_text().splitlines()[incident.row - 1].replace('"', "").split(",")
    assert (int(line[2]), incident.agency_id, incident.created_by_id) == (7, by.agency, by.staff)
    assert entries("justice_nibrsvictim", by) == checked.parts["victim"]


def test_candidates_wait_in_the_queue_each_with_its_rules(world, release):
    checked, _batch = made.keep(release, world.viewer("detective"))

    items = RereadItem.objects.all()
    assert len(items) == checked.waiting > 0
    assert {item.status for item in items} == {RereadStatus.WAITING}
    assert sum(len(item.rules) for item in items) == sum(checked.by_rule.values())


def test_the_same_release_is_known_again_and_refused(world, release, tmp_path):
    by = world.viewer("detective")
    made.keep(release, by)
    before = counted()

    with pytest.raises(nibrs.Objection) as refused:
        made.keep(made.copied(release, tmp_path / "elsewhere"), world.viewer("second_detective"))

    assert "This very release was kept" in refused.value.found[""]
    assert counted() == before
    assert ImportBatch.objects.count() == 1


def test_a_release_with_old_incidents_adds_only_the_new_ones_and_says_which_were_kept(world, release, rows, tmp_path):
    by = world.viewer("detective")
    smaller = made.copied(release, tmp_path / "smaller")
    made.spoil(smaller, "NIBRS_incident", 2, "INCIDENT_HOUR", "99")
    first, _ = made.keep(smaller, by)

    second, batch = made.keep(release, by)

    assert batch.rows == rows == batch.accepted + batch.rejected
    assert second.parts["incident"] == 1
    assert NibrsIncident.objects.count() == first.parts["incident"] + 1
    kept = [p for p in second.sums.problems if p.reason == nibrs.KEPT and p.file == "NIBRS_incident.csv"]
    assert len(kept) == first.parts["incident"]
    assert all(problem.row and problem.what_to_do for problem in kept)


def test_another_agency_keeps_the_same_release_as_its_own_and_sees_nothing_of_ours(world, release):
    made.keep(release, world.viewer("detective"))
    for model in (ImportBatch, RereadItem, *KEPT.values()):
        with acting(world.viewer("deputy")):
            assert not model.objects.exists()
        with acting(world.viewer("prosecutor")):
            assert not model.objects.exists()
    _checked, batch = made.keep(release, world.viewer("deputy"))
    assert batch.rejected == 0


def test_only_a_law_enforcement_agency_takes_a_release_in(world, release):
    with pytest.raises(nibrs.Objection):
        made.keep(release, world.viewer("prosecutor"))


def test_rejected_rows_are_listed_with_place_and_reason_and_written_as_csv(world, release, rows, tmp_path):
    folder = made.copied(release, tmp_path / "spoiled")
    made.spoil(folder, "NIBRS_VICTIM", 3, "SEX_CODE", "=Q")
    made.spoil(folder, "NIBRS_OFFENSE", 4, "OFFENSE_TYPE_ID", "999")
    made.spoil(folder, "NIBRS_incident", 5, "INCIDENT_DATE", "31-FEB-23")

    checked, batch = made.keep(folder, world.viewer("detective"))

    assert batch.rows == rows == batch.accepted + batch.rejected
    found = {(p.file, p.row, p.column) for p in checked.sums.problems}
    assert {("NIBRS_VICTIM.csv", 3, "SEX_CODE"), ("NIBRS_OFFENSE.csv", 4, "OFFENSE_TYPE_ID"),
            ("NIBRS_incident.csv", 5, "INCIDENT_DATE")} <= found  # fmt: skip
    path = tmp_path / "report.csv"
    with path.open("w", newline="") as opened:
        write_problems(checked.sums.problems, opened)
    assert len(path.read_text().splitlines()) == 1 + len(checked.sums.problems)
    assert batch.rejected >= len(checked.sums.problems) > 3


def test_what_breaks_half_way_leaves_nothing(world, release, monkeypatch):
    by = world.viewer("detective")

    def broken(rows):
        if rows > 10:
            raise RuntimeError("the lights went out")

    files = files_of(release)
    with open_release(files) as opened:
        with acting(by):
            checked = nibrs.check(opened, sources.digest(files), by)
        with pytest.raises(RuntimeError), acting(by):
            nibrs.keep(opened, checked, file_name="x", by=by, progress=broken)

    assert not ImportBatch.objects.exists()
    assert set(counted().values()) == {0}


def test_a_release_that_takes_longer_than_a_signed_context_lives_is_kept(world, release, monkeypatch):
    monkeypatch.setattr(nibrs, "RENEW_SECONDS", -1)
    monkeypatch.setattr(nibrs, "AT_ONCE", 7)
    checked, _batch = made.keep(release, world.viewer("detective"))
    assert NibrsIncident.objects.count() == checked.parts["incident"]


@pytest.mark.parametrize(("table", "row", "column", "value"), [
    ("NIBRS_OFFENSE_TYPE", 2, "OFFENSE_CODE", "9'9"),
    ("NIBRS_LOCATION_TYPE", 2, "LOCATION_CODE", "12345"),
    ("NIBRS_VICTIM_TYPE", 2, "VICTIM_TYPE_CODE", "{a}"),
])  # fmt: skip
def test_a_look_up_with_a_code_that_is_none_refuses_the_release(world, release, tmp_path, table, row, column, value):
    folder = made.copied(release, tmp_path / "spoiled")
    made.spoil(folder, table, row, column, value)
    with pytest.raises(Refused):
        made.keep(folder, world.viewer("detective"))
    assert not ImportBatch.objects.exists()


def test_no_report_is_not_said_to_be_zero(world, release, tmp_path):
    folder = made.copied(release, tmp_path / "silent")
    path = folder / "NIBRS_OFFENSE_TYPE.csv"
    path.write_text(path.read_text().replace("64A", "90Z").replace("64B", "90Y"))

    checked, batch = made.keep(folder, world.viewer("detective"))

    assert batch.statement == checked.statement
    assert "No 64A or 64B was reported" in batch.statement
    assert "0 trafficking" not in batch.statement
    assert "agency-months" in batch.statement


@pytest.mark.parametrize(("rule", "content"), [
    ("no zip", b"not a zip"),
    ("no CSV", None),
    ("leads out", ("../NIBRS_incident.csv", b"x")),
    ("leads out", ("C:\\NIBRS_incident.csv", b"x")),
    ("twice", ("again/nibrs_incident.csv", b"x")),
    ("larger", ("big.csv", b"0" * 6_000_000)),
])  # fmt: skip
def test_a_zip_that_is_not_a_release_is_refused_unread(release, tmp_path, rule, content):
    if isinstance(content, tuple):
        packed = made.zipped(release, content)
    else:
        packed = content or made.zipped(tmp_path)
    with pytest.raises(Refused) as refused:
        sources.unpacked(InMemory("release.zip", packed))
    assert rule in str(refused.value)


def test_a_folder_and_its_zip_are_the_same_release(release):
    packed = sources.unpacked(InMemory("release.zip", made.zipped(release, ("FBI_README.md", b"read me"))))
    assert sources.digest(packed) == sources.digest(files_of(release))


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="no public files here: set CONCORD_SHARED to the folder with data/")
def test_the_public_sample_is_kept_whole_and_says_what_it_does_not_know(world):
    checked, batch = made.keep(PUBLIC, world.viewer("detective"))

    assert counted() == {"incident": 454, "offense": 565, "victim": 489, "offender": 532, "arrestee": 188, "month": 351}
    assert batch.rejected == 0
    assert "No 64A or 64B was reported: over 350 agency-months" in batch.statement
    assert NibrsMonth.objects.filter(status="U").count() == 1
    assert checked.waiting == RereadItem.objects.count() > 0
