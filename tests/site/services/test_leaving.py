"""A provider takes everything along and opens it without Concord; one client's file is whole."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from concord.home import CHECKOUT
from concord.law import keeping as law
from concord.site.bridge import actions as bridge
from concord.site.keys import archive
from concord.site.services import actions, export, leaving
from concord.site.services.models import Client
from concord.site.stores.acting import acting
from concord.site.web.ticks import service_account
from concord.vocabulary import ReferralKind, Role, Sector
from tests.stores import LANTERN

PASSPHRASE = "long grass by the river"


@pytest.fixture
def jobs():
    viewer = service_account(LANTERN, Sector.COMMUNITY_SERVICES)
    return viewer.__class__(**{**viewer.__dict__, "roles": frozenset({Role.PRIVACY_OFFICER})})


@pytest.fixture
def lived_in(open_file, as_staff, world):
    """An open file, a restricted one with a note, one that was erased, and a referral that came in."""
    kept, closed = open_file("Rosalind Example"), open_file("Restricted Example", restricted=True)
    gone = open_file("Erased Example")
    with as_staff("advocate") as by:
        actions.add_note(client=Client.objects.get(pk=closed), kind="safety_plan", on_date=timezone.localdate(),
                         text="Blue door, two knocks", by=by)  # fmt: skip
        actions.close_client(client=Client.objects.get(pk=gone), closed_on=timezone.localdate(), reason="moved", by=by)
    with as_staff("lantern_admin") as by:
        actions.erase_client(client=Client.objects.get(pk=gone), asked=law.Asked.WORD, asked_on=timezone.localdate(),
                             by=by)  # fmt: skip
    with as_staff("detective") as by:
        bridge.refer(id=world.users["detective"].staff_id, kind=ReferralKind.SERVICES, to_agency=LANTERN, by=by,
                     content={"summary": "Asked for a bed", "name": "Sent Example"})  # fmt: skip
    return {"kept": kept, "restricted": closed, "erased": gone}


def opened(path: Path, *more: str, typed: str = "") -> zipfile.ZipFile:
    """By the script that the documents give, in a process without Concord."""
    text = (CHECKOUT / "docs" / "leaving.md").read_text()
    script = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert len([line for line in script.splitlines() if line.strip()]) <= 30
    script = script.replace('getpass.getpass("Passphrase: ")', "sys.stdin.readline().strip()")
    target = path.with_suffix(".zip")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), str(target), *more], input=typed, capture_output=True, text=True,
        cwd="/", env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(target)


def rows(archived: zipfile.ZipFile, table: str) -> list[dict]:
    as_json = json.loads(archived.read(f"tables/{table}.json"))
    as_csv = list(csv.DictReader(io.StringIO(archived.read(f"tables/{table}.csv").decode())))
    assert [row["id"] for row in as_csv] == [row["id"] for row in as_json]
    return as_json


def test_everything_opens_with_the_agencys_own_key_and_without_concord(lived_in, jobs, tmp_path):
    path = tmp_path / "lantern.concord"
    with path.open("wb") as file, acting(jobs):
        with archive.under_agency_key(file, settings.CONCORD_RINGS.public(LANTERN)) as sealed:
            counted = leaving.write(sealed, by=jobs, agency="Lantern")
    assert b"Rosalind" not in path.read_bytes()
    whole = opened(path, str(settings.CONCORD_RINGS.root / "agency" / f"{LANTERN}.json"))
    called = {row["called"] for row in rows(whole, "services_client")}
    assert called == {"Rosalind Example", "Restricted Example"}
    assert [row["text"] for row in rows(whole, "services_note")] == ["Blue door, two knocks"]
    sent = [row["content"] for row in rows(whole, "bridge_referral")]
    assert [content["name"] for content in sent] == ["Sent Example"]
    assert counted["services_client"] == 2
    entries = list(csv.DictReader(io.StringIO(whole.read("audit/vault_lantern.csv").decode())))
    assert {"file.erased", "row.insert"} <= {entry["verb"] for entry in entries}
    everything = b"".join(whole.read(name) for name in whole.namelist())
    assert b"Erased Example" not in everything
    assert str(lived_in["erased"]) not in whole.read("tables/services_enrolment.json").decode()


def test_the_dictionary_names_every_column_and_what_its_codes_mean(lived_in, jobs, tmp_path):
    with (tmp_path / "x.concord").open("wb") as file, acting(jobs):
        with archive.under_passphrase(file, PASSPHRASE) as sealed:
            leaving.write(sealed, by=jobs, agency="Lantern")
    whole = opened(tmp_path / "x.concord", typed=PASSPHRASE)
    said = list(csv.DictReader(io.StringIO(whole.read("dictionary.csv").decode())))
    columns = {(line["table"], line["column"]) for line in said}
    for name in whole.namelist():
        if name.endswith(".csv") and name.startswith("tables/"):
            table = name.removeprefix("tables/").removesuffix(".csv")
            head = next(csv.reader(io.StringIO(whole.read(name).decode())))
            assert {(table, column) for column in head} <= columns
    language = next(line for line in said if (line["table"], line["column"]) == ("services_client", "language"))
    assert language["sealed"] == "sensitive"
    assert "spanish = Spanish" in language["codes"]


def test_on_the_page_she_gets_what_she_may_open_and_no_restricted_file_of_others(lived_in, visit, world, tmp_path):
    browser = visit(world.users["lantern_admin"])
    address = reverse("services:leave")
    assert browser.post(address, {"passphrase": "short", "again": "short"}).status_code == 422
    assert browser.post(address, {"passphrase": PASSPHRASE, "again": "another one entirely"}).status_code == 422
    page = browser.post(address, {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    assert page["Content-Disposition"] == 'attachment; filename="everything.concord"'
    path = tmp_path / "everything.concord"
    path.write_bytes(b"".join(page.streaming_content))
    whole = opened(path, typed=PASSPHRASE)
    assert {row["called"] for row in rows(whole, "services_client")} == {"Rosalind Example"}
    assert "Restricted files" in whole.read("README.txt").decode()
    assert visit(world.users["advocate"]).get(address).status_code in (403, 404)


def test_a_file_that_was_cut_off_or_altered_does_not_open(lived_in, jobs, tmp_path):
    path = tmp_path / "x.concord"
    with path.open("wb") as file, archive.under_passphrase(file, PASSPHRASE) as sealed:
        sealed.write(os.urandom(2 * archive.PIECE + 5))
    content = path.read_bytes()
    size = archive.PIECE + 16
    head = content.index(b"\n") + 1
    for harm in (content[: head + size], content[: head + 2 * size], content[:-1],
                 content[:head] + content[head + size :], content[:-1] + bytes([content[-1] ^ 1])):  # fmt: skip
        path.write_bytes(harm)
        with pytest.raises(AssertionError, match="InvalidTag"):
            opened(path, typed=PASSPHRASE)
        path.with_suffix(".zip").unlink()


@pytest.mark.parametrize("length", [0, 1, archive.PIECE - 1, archive.PIECE, archive.PIECE + 1])
def test_a_content_of_any_length_comes_out_as_it_went_in(tmp_path, length):
    path, content = tmp_path / "x.concord", os.urandom(length)
    with path.open("wb") as file, archive.under_passphrase(file, PASSPHRASE) as sealed:
        sealed.write(content)
    try:
        opened(path, typed=PASSPHRASE)
    except zipfile.BadZipFile:
        """It is no ZIP; it came out."""
    assert path.with_suffix(".zip").read_bytes() == content


# --- One client's file ------------------------------------------------------------------------------------------------


def test_one_clients_file_has_every_table_that_is_hers():
    """A table that names a client is in the file she can take along, or stands here with its reason."""
    reasons = {
        "services_releasescan": "the paper itself: with the release, on its own page",
        "services_noticeattempt": "with its demand",
        "services_pairdecision": "about two files; the other is not hers",
    }
    hers = {
        relation.related_model._meta.db_table
        for relation in Client._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.related_model is not Client
    }
    exported = {getattr(Client, name).rel.related_model._meta.db_table for name, _order, _title in export.TABLES}
    assert hers - exported == set(reasons)


def test_holds_and_releases_are_in_it_in_words_and_as_data(open_file, as_staff, visit, world):
    pk = open_file()
    with as_staff("advocate") as by:
        actions.set_hold(client=Client.objects.get(pk=pk), kind="litigation", authority="Court 26-114",
                         from_date=timezone.localdate(), by=by)  # fmt: skip
    browser = visit(world.users["advocate"])
    paper = browser.get(reverse("services:on_paper", args=[pk])).text
    assert "Court 26-114" in paper
    assert "Litigation" in paper
    assert browser.get(reverse("services:as_data", args=[pk])).json()["holds"][0]["authority"] == "Court 26-114"
