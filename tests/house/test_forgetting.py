"""A backup is older than what was done since: it brings back no erased file, no release taken back, nobody who left.

One story: a file with planted words, a release and a colleague are there when the backup is made. Then the file is
erased on the pages, the release taken back, the colleague ended; and every older copy there is comes back: stores by
`restore`, the ring by hand.
"""

import contextlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from concord.site.keys import sealing
from concord.site.keys.rings import FileRings, NoKey
from tests.house.conftest import a_house
from tests.house.house import wait_for
from tests.house.test_cleartext import places, written

WORDS = {"called": "Forgottenwhimbrel", "note": "Erasedbrambling", "kept": "Keptfieldfare"}
LEAVER = "Fern Larkspurling"
_BEGIN = """
import datetime as dt, sys
from uuid import uuid4
from concord import vocabulary
from concord.commands._site import open_site
from concord.home import Home
site = open_site(Home.find("demo"))
from django.utils import timezone
User, actions, models = site("signin.models").User, site("services.actions"), site("services.models")
viewer = site("accounts.standing").placed(User.objects.get(name="Tansy Quillwater").viewer())
acting, today = site("stores.acting").acting, timezone.localdate()
"""
_SIGN = f"""{_BEGIN}
counsel = User.objects.get(name="Rowan Mistlebrook")
with acting(viewer):
    client = models.Client.objects.get(pk=sys.argv[1])
    actions.record_enrolment(client=client, answers={{"birth_date": dt.date(1990, 5, 3)}}, whys={{}}, by=viewer)
    release = actions.sign_release(
        id=uuid4(), client=client, by=viewer,
        proposed=actions.Proposed(
            purpose=vocabulary.ReleasePurpose.LEGAL_HELP, items=(vocabulary.DisclosureItem.NAME,),
            expires_on=today + dt.timedelta(days=10), limits_explained_first=True,
            to_agency=counsel.agency_id, to_staff=counsel.staff_id),
        signature=actions.Signature(vocabulary.SignatureMethod.ORAL, today, witness="Somebody Else"))
    print(release.pk, release.disclosures.get().package_id)
"""
_REVOKE = f"""{_BEGIN}
with acting(viewer):
    actions.revoke_release(release=models.Release.objects.get(pk=sys.argv[1]), by=viewer,
                           channel=next(iter(vocabulary.RevocationChannel)))
"""


def _open_file(browser, called: str) -> UUID:
    address = browser.send_form(
        "/clients/new/", called=called, called_why="", first_contact_on="2026-01-15", reach_how="text",
        reach_where="555-0100", reach_note="", language="spanish", language_why="", someone_else="1",
    ).location  # fmt: skip
    pk = re.search(r"[0-9a-f-]{36}", address)[0]
    browser.send_form(f"/clients/{pk}/notes/new/", kind="case", on_date="2026-01-15", text=WORDS["note"])
    return UUID(pk)


def _run(house, program: str, *words: str) -> list[str]:
    done = house.python(f"import sys; sys.argv = ['', {', '.join(map(repr, words))}]\n{program}")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture(scope="module")
def house():
    """Of its own: what is restored here would stand in the chains that other files look at."""
    with a_house() as house:
        yield house


@pytest.fixture(scope="module")
def story(house):
    """What was, the copies made of it, and what was done since."""
    advocate = house.browser("Tansy Quillwater")
    erased, kept = _open_file(advocate, WORDS["called"]), _open_file(advocate, WORDS["kept"])
    release, package = _run(house, _SIGN, str(kept))
    hers = _run(house, _SIGN, str(erased))[1]
    advocate.send_form(f"/clients/{erased}/close/", closed_on="2026-01-20", reason="moved", note=WORDS["note"],
                       exit_living_situation="", exit_living_situation_why="not_asked")  # fmt: skip
    ciphertext = bytes(house.ask("vault_lantern", "select called from services_client where id = %s", erased)[0][0])
    folder = house.home.path.parent / "backups before forgetting"
    assert house.command("backup", str(folder)).returncode == 0
    shutil.copytree(house.home.rings, folder / "rings")
    _erase(house, erased)
    _run(house, _REVOKE, release)
    email = house.ask("default", "select email from signin_user where name = %s", LEAVER)[0][0]
    assert house.command("people", "end", email).returncode == 0
    return {"erased": erased, "kept": kept, "release": release, "packages": [package, hers], "ciphertext": ciphertext,
            "folder": folder, "paths": {p.name.rsplit("-", 1)[0]: p for p in folder.glob("*.dump")}}  # fmt: skip


def _erase(house, pk: UUID) -> None:
    officer = house.browser("Sage Willowbend")
    address, answers = f"/clients/{pk}/erase/", {
        "asked": "by_word", "asked_on_month": "1", "asked_on_day": "20", "asked_on_year": "2026", "told": "on",
    }  # fmt: skip
    assert WORDS["called"] in officer.get(address).text
    assert officer.post(address, answers).status == 200
    page = officer.post(address, answers | {"sure": "1"})
    assert page.status == 302, page.text
    assert "Proof of deletion" in officer.get(page.location).text


def left_of(house, pk: UUID) -> int:
    """Rows of hers that still hold something sealed, and details of the chain."""
    return house.ask(
        "vault_lantern",
        "select (select count(*) from services_client where id = %s and num_nonnulls(called, reach, given_name) > 0)"
        " + (select count(*) from services_note where client_id = %s and text is not null)"
        " + (select count(*) from guard.detail where subject = %s)",
        pk, pk, pk,
    )[0][0]  # fmt: skip


def copies(house, story, condition: str) -> int:
    """How many of the sealed copies that were taken back are so on the hub."""
    ids = list(map(UUID, story["packages"]))
    return house.ask("hub", f"select count(*) from bridge_package where id = any(%s) and {condition}", ids)[0][0]


def test_what_was_done_is_done_before_any_backup_comes_back(house, story):
    assert left_of(house, story["erased"]) == 0
    assert left_of(house, story["kept"]) > 0
    assert copies(house, story, "withdrawn_at is not null and content is null") == 2
    said = [json.loads(line)["what"] for line in house.home.forgotten_file.read_text().splitlines()]
    assert {"erased", "revoked", "left"} <= set(said)


def test_no_erased_file_comes_back_with_the_vault(house, story):
    done = house.command("restore", str(story["paths"]["vault_lantern"]))
    assert done.returncode == 0, done.stderr
    assert "1 erased" in done.stdout
    assert "1 releases taken back" in done.stdout
    assert left_of(house, story["erased"]) == 0
    assert left_of(house, story["kept"]) > 0
    revoked = "select revoked_at is not null from services_release where id = %s"
    assert house.ask("vault_lantern", revoked, UUID(story["release"])) == [(True,)]
    proofs = "select count(*) from services_erasure where subject = %s"
    assert house.ask("vault_lantern", proofs, story["erased"]) == [(1,)]
    sealed = "select verb from guard.entry where verb like 'store.%%' and %s order by id desc limit 2"
    assert set(house.ask("vault_lantern", sealed, True)) == {("store.restored",), ("store.forgotten",)}
    advocate = house.browser("Tansy Quillwater")
    wait_for(lambda: advocate.get(f"/clients/{story['kept']}/").status == 200, "the vault does not answer again", 30)
    assert WORDS["kept"] in advocate.get(f"/clients/{story['kept']}/").text
    assert advocate.get(f"/clients/{story['erased']}/").status == 404
    assert "Nobody with a like name" in advocate.post("/clients/find/", {"q": WORDS["called"]}).text


def test_no_sealed_copy_comes_back_with_the_hub(house, story):
    done = house.command("restore", str(story["paths"]["hub"]))
    assert done.returncode == 0, done.stderr
    assert copies(house, story, "withdrawn_at is not null and content is null") == 2
    assert house.command("tick").returncode == 0
    assert copies(house, story, "exists (select from bridge_packagekey k where k.package_id = bridge_package.id)") == 0


def test_nobody_who_left_comes_back_with_the_sign_ins(house, story):
    done = house.command("restore", str(story["paths"]["default"]))
    assert done.returncode == 0, done.stderr
    assert "1 sign-ins ended" in done.stdout
    ended = house.ask("default", "select is_active, ended_at is not null from signin_user where name = %s", LEAVER)
    assert ended == [(False, True)]
    assert house.ask("default", "select count(*) from signin_session") == [(0,)]
    assert LEAVER not in house.browser().get("/account/login/").text


def test_an_older_ring_brings_no_key_back(house, story):
    lantern = UUID(house.stores()["vault_lantern"]["provider"])
    ring = house.home.rings / "person" / f"{lantern}.ring"
    older = story["folder"] / "rings" / "person" / f"{lantern}.ring"
    with contextlib.closing(FileRings(story["folder"] / "rings")) as rings:
        key = rings.person(lantern, story["erased"])
        opened = sealing.unseal(story["ciphertext"], code="client.called", row=story["erased"], key=key)
    assert opened == WORDS["called"]  # so the copy would open it, if it were put back and nothing cleared it
    shutil.copyfile(older, ring)
    done = house.command("doctor")
    assert "1 keys had come back and were destroyed again" in done.stdout, done.stdout
    with contextlib.closing(FileRings(house.home.rings)) as rings, pytest.raises(NoKey):
        rings.person(lantern, story["erased"])
    advocate = house.browser("Tansy Quillwater")
    wait_for(lambda: WORDS["kept"] in advocate.get(f"/clients/{story['kept']}/").text, "other files do not open", 30)


def test_the_planted_words_lie_nowhere_and_no_key_here_opens_what_the_backup_holds(house, story):
    with psycopg.connect(house.server.admin_dsn(), autocommit=True) as db:
        db.execute("checkpoint")
        db.execute("select pg_switch_wal()")
        db.execute("checkpoint")
    wanted = {word: written(word) for word in (WORDS["called"], WORDS["note"])}
    found = []
    for place, (_control, pieces) in places(house).items():
        for name, content in pieces:
            lower = content.lower()
            found += [f"{word} in {place}: {name}" for word, forms in wanted.items() if any(f in lower for f in forms)]
    assert found == []
    dump = story["paths"]["vault_lantern"]
    opened = subprocess.run([house.server.bindir / "pg_restore", "--file=-", dump], capture_output=True, check=True)
    assert story["ciphertext"].hex().encode() in opened.stdout
    with contextlib.closing(FileRings(house.home.rings)) as rings:
        for key in rings.keys(UUID(house.stores()["vault_lantern"]["provider"])).values():
            with pytest.raises(sealing.Unreadable):
                sealing.unseal(story["ciphertext"], code="client.called", row=story["erased"], key=key)


def test_the_proof_says_the_same_after_every_restore(house, story):
    line = next(json.loads(line) for line in house.home.forgotten_file.read_text().splitlines()
                if json.loads(line)["what"] == "erased")  # fmt: skip
    [(proof, removed, complete)] = house.ask(
        "vault_lantern", "select encode(proof, 'hex'), removed, complete_by from services_erasure where subject = %s",
        story["erased"],
    )  # fmt: skip
    assert (proof, removed, complete.isoformat()) == (line["proof"], line["removed"], line["complete_by"])
    assert (complete - datetime.now(UTC).date()).days in (29, 30)
    assert "forget-log: " in house.command("verify").stdout
