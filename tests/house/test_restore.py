"""Each store is backed up and put back while the others serve: what it held is there again, everybody is signed out,
and the chain says truthfully what was cut off."""

import re
from uuid import uuid4

import pytest

from tests.house.house import wait_for, written_in


@pytest.fixture(scope="module")
def backups(house):
    """A backup of every store, and what was written and sealed after it."""
    folder = house.home.path.parent / "backups before"
    advocate, police = house.browser("Tansy Quillwater"), house.browser("Riverton Police")
    kept = _open_file(advocate), _lead(police)
    assert house.command("backup", str(folder)).returncode == 0
    later = _open_file(advocate), _lead(police)
    lantern = house.ask("hub", "select id from accounts_agency where phone = '555-0140'")[0][0]
    for to in (house.browser("Riverton Police"), police):
        to.send_form("/referrals/send/services/", id=str(uuid4()), to_agency=str(lantern), summary="Asked for a bed.",
                     age_group="adult", trafficking_type="not_yet_known")  # fmt: skip
    assert house.command("tick").returncode == 0
    return {path.name.rsplit("-", 1)[0]: path for path in folder.glob("*.dump")}, kept, later


def _open_file(browser) -> str:
    return browser.send_form(
        "/clients/new/", called=f"Restored {uuid4().hex}", called_why="", first_contact_on="2026-01-15",
        reach_how="text", reach_where="555-0100", reach_note="", language="spanish", language_why="",
        someone_else="1",
    ).location  # fmt: skip


def _lead(browser) -> str:
    return browser.send_form(
        "/leads/new/lead/", asked_for_help="no", received_on="2026-01-10", source="patrol", trafficking_type="labor",
        summary="A van at night",
    ).location  # fmt: skip


def test_every_store_is_backed_up_and_its_manifest_says_which(house, backups):
    paths, _kept, _later = backups
    assert set(paths) == set(house.stores())
    assert all(path.with_suffix(".json").exists() for path in paths.values())


@pytest.mark.parametrize(("alias", "who", "n"), [
    ("vault_lantern", "Tansy Quillwater", 0), ("justice", "Riverton Police", 1),
])  # fmt: skip
def test_a_store_is_as_it_was_and_everybody_signs_in_again(house, backups, alias, who, n):
    paths, kept, later = backups
    before = house.browser(who)
    elsewhere = house.browser("Corin Hazelmere" if alias != "justice" else "Juniper Saltmarsh")
    assert before.get(later[n]).status == 200
    sealed = heads(house, alias)
    done = house.command("restore", str(paths[alias]))
    assert done.returncode == 0, done.stderr
    for browser in (before, elsewhere):
        page = browser.get(kept[n])
        assert (page.status, page.location.partition("?")[0]) == (302, "/account/login/")
    browser = house.browser(who)
    wait_for(lambda: browser.get(kept[n]).status == 200, "what was backed up is not there again", 30)
    assert browser.get(later[n]).status == 404
    assert house.ask(alias, "select count(*) from guard.entry where verb = 'store.restored'") == [(1,)]
    verifies_truthfully(house, alias, sealed)


def heads(house, alias: str) -> set[int]:
    return {line["n"] for line in written_in(house.home.heads_file) if line["store"] == alias}


def verifies_truthfully(house, alias: str, sealed: set[int]) -> None:
    """The heads that were sealed outside after the backup are reported, by number; nothing else is."""
    backed_up = house.ask(alias, "select n from guard.link where id = (select link from guard.entry where verb ="
                                 " 'store.restored')")[0][0] - 1  # fmt: skip
    newer = {n for n in sealed if n > backed_up}
    assert newer
    done = house.command("verify", "--store", alias)
    assert done.returncode == 1
    reported = {int(n) for n in re.findall(r"link (\d+), whose hash was sealed outside, is gone|link (\d+) differs from"
                                           r" the hash sealed outside", done.stdout) for n in n if n}  # fmt: skip
    assert reported == newer
    assert f"{len(newer)} breaks" in done.stdout


@pytest.mark.parametrize("alias", ["hub", "vault_harbor", "default"])
def test_any_other_store_comes_back_too_and_the_house_goes_on(house, backups, alias):
    paths, _kept, _later = backups
    sealed = heads(house, alias)
    done = house.command("restore", str(paths[alias]))
    assert done.returncode == 0, done.stderr
    advocate = house.browser("Tansy Quillwater")
    wait_for(lambda: advocate.get("/").status == 200, "the house does not go on", 30)
    assert _open_file(advocate)
    if alias == "hub":
        assert house.browser("Riverton Police").get("/referrals/").status == 200
        verifies_truthfully(house, alias, sealed)


def test_a_backup_that_was_altered_is_refused_and_nothing_changes(house, backups):
    path = backups[0]["justice"]
    altered = path.with_name(f"altered-{path.name}")
    altered.write_bytes(path.read_bytes()[:-1] + b"x")
    altered.with_suffix(".json").write_text(path.with_suffix(".json").read_text())
    before = house.ask("justice", "select count(*) from justice_lead")
    done = house.command("restore", str(altered))
    assert done.returncode == 1
    assert "is not the file its manifest describes" in done.stderr
    assert house.ask("justice", "select count(*) from justice_lead") == before


def test_keys_are_in_no_backup_and_the_command_says_so(house, tmp_path):
    done = house.command("backup", str(tmp_path / "again"), "--store", "vault_harbor")
    assert "not in these files" in done.stdout
    assert [path.suffix for path in sorted((tmp_path / "again").iterdir())] == [".dump", ".json"]
