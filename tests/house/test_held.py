"""Root on the host with every database, ring, session and backup, but no credential of the provider's: what she finds.

A provider of a running installation takes its keys into its own hands over its pages; then everything stops, and each
file there is is searched for names that were planted before and after, and for everything that would open them.
"""

import re
import shutil
import sqlite3
import tempfile
from base64 import b64decode, b64encode, urlsafe_b64encode
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from concord.site.keys import custody, held
from concord.site.keys.opened import FilesClosed
from concord.site.keys.rings import FileRings
from tests.house.house import House
from tests.house.test_cleartext import written

BEFORE, AFTER = "Quillonarabefore", "Zaffrelarkafter"
HERS = "kettle orchard minus seventeen bells"
LEADS = "paper lighthouse under nine rivers"
LANTERN = "Lantern House"


@pytest.fixture(scope="module")
def seized():
    """The installation as it lies there when it has been stopped, and what opened it before and opens it now."""
    folder = Path(tempfile.mkdtemp(prefix="concord held "))
    folder.chmod(0o755)
    house = House(folder / "home").start()
    try:
        agency = UUID(str(house.ask("hub", "select id from accounts_agency where name = %s", LANTERN)[0][0]))
        keys = _keys(house, agency)
        assert all(any(form in content for _path, content in everything(house.home.rings) for form in forms(key))
                   for key in keys), "the search would not find a key that lies there"  # fmt: skip
        advocate, lead = (_signed_in(house, agency, role) for role in ("advocate", "administrator"))
        _open_file(advocate, BEFORE)
        _take_keys(advocate, lead)
        _open_file(advocate, AFTER)
        assert AFTER in advocate.post("/clients/find/", {"q": AFTER}).text
        subjects = _wrapped(house, agency)
        made = house.command("backup", str(folder / "backups"))
        assert made.returncode == 0, made.stderr
    finally:
        house.stop()
    yield folder, house, agency, keys, subjects
    shutil.rmtree(folder)


def _signed_in(house, agency, role):
    """One of the provider's staff, by the demo's one click."""
    user = house.ask("default", "select id from signin_user where agency_id = %s and %s = any(roles) and is_active"
                     " order by created_at limit 1", agency, role)[0][0]  # fmt: skip
    browser = house.browser()
    browser.get("/account/login/")
    assert browser.post("/account/demo/", {"user": str(user), "accept": "1"}).status == 302
    browser.get("/keys/")
    return browser


def _keys(house, agency) -> list[bytes]:
    """What opens everything while the keys stand in a file: that they are found then makes the search below count."""
    rings = FileRings(house.home.rings)
    key = rings.agency(agency)
    rings.close()
    return [key.wrapping, key.private.private_bytes_raw()]


def _wrapped(house, agency) -> list[tuple[bytes, bytes]]:
    with sqlite3.connect(house.home.rings / "person" / f"{agency}.ring") as ring:
        found = ring.execute("select subject, wrapped from key").fetchall()
    ring.close()
    return found


def _open_file(browser, called) -> None:
    page = browser.send_form(
        "/clients/new/", called=called, called_why="", first_contact_on="2026-01-15", reach_how="text",
        reach_where="555-0142", reach_note="", language="spanish", language_why="", need_now=["HOU"], someone_else="1",
    )  # fmt: skip
    assert called in browser.get(page.location).text


def _take_keys(advocate, lead) -> None:
    for browser, words in ((advocate, HERS), (lead, LEADS)):
        assert browser.send_form("/keys/mine/", passphrase=words, again=words).status == 302
    answer = lead.send_form("/keys/on/", passphrase=LEADS)
    assert answer.status == 302, answer.text
    for _ in range(200):
        if "Finished" in lead.get("/keys/progress/").text:
            break
    else:
        pytest.fail("renewing the keys does not end")
    assert advocate.get("/clients/").status == 302
    assert advocate.send_form("/keys/open/", passphrase=HERS).status == 302
    assert advocate.get("/clients/").status == 200


def everything(folder: Path):
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def forms(key: bytes) -> list[bytes]:
    """A key as programs write it."""
    return [key, key.hex().encode(), b64encode(key).rstrip(b"="), urlsafe_b64encode(key).rstrip(b"=")]


def test_no_planted_name_and_no_key_lies_in_any_file(seized):
    folder, _house, _agency, keys, _rows = seized
    wanted = {name: written(name) for name in (BEFORE, AFTER, HERS, LEADS)}
    wanted |= {f"key {n}": [form.lower() for form in forms(key)] for n, key in enumerate(keys)}
    found = [f"{word} in {path}" for path, content in everything(folder) for word, ways in wanted.items()
             if any(way in content.lower() for way in ways)]  # fmt: skip
    assert found == []


def test_the_rings_open_nothing_and_hold_no_key_of_today_in_clear(seized):
    folder, house, agency, keys, rows = seized
    rings = FileRings(house.home.rings)
    try:
        assert rings.is_held(agency)
        assert len(rows) > 100
        for verb in (lambda: rings.agency(agency), lambda: rings.keys(agency)):
            with pytest.raises(FilesClosed):
                verb()
        one = custody.unlock(rings, agency, staff=_member(rings, agency, HERS), passphrase=HERS)
        today = one.key(rings.body(agency))
        persons = [today.wraps[0].decrypt(wrapped[:12], wrapped[12:], subject) for subject, wrapped in rows]
        wanted = [today.wrapping, today.private.private_bytes_raw(), one.private, *persons[:50]]
    finally:
        rings.close()
    content = b"".join(content for path, content in everything(folder) if path.stat().st_size < 50_000_000)
    assert not [n for n, key in enumerate(wanted) if any(form in content for form in forms(key))]


def _member(rings, agency, words) -> UUID:
    for staff in custody.state(rings, agency).members:
        try:
            custody.unlock(rings, agency, staff=staff, passphrase=words)
        except held.WrongPassphrase:
            continue
        return staff
    raise AssertionError("nobody has that passphrase")


def test_no_bytes_of_any_ring_file_session_or_setting_unwrap_a_person_key(seized):
    """Everything that looks like a key is tried as one: each 32 bytes, plain or in text, of all small files."""
    _folder, house, _agency, keys, rows = seized
    subject, wrapped = rows[0]
    tried = set(keys)
    for _path, content in everything(house.home.path):
        if len(content) > 100_000:
            continue
        tried |= {content[n : n + 32] for n in range(0, max(len(content) - 31, 0))} if len(content) < 20_000 else set()
        for text in re.findall(rb"[A-Za-z0-9+/_-]{43,}", content):
            raw = text.replace(b"-", b"+").replace(b"_", b"/")
            tried |= {b64decode(raw[n : n + 43] + b"=") for n in range(0, len(raw) - 42)} if len(raw) < 2000 else set()
        tried |= {bytes.fromhex(text.decode()) for text in re.findall(rb"\b[0-9a-f]{64}\b", content)}
    assert len(tried) > 1000
    for key in tried:
        with pytest.raises(InvalidTag):
            AESGCM(key).decrypt(wrapped[:12], wrapped[12:], subject)
