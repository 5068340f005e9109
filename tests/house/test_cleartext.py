"""Nothing that identifies a person lies anywhere in clear: not in a database, not in its files, logs, backups, drafts.

A journey over HTTP plants words; then every place is searched for them. A control, which may stand in clear, is found
in each of these places: a search that cannot find it would prove nothing.
"""

import base64
import contextlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus
from uuid import uuid4

import psycopg
import pytest

BORN = "1903-08-23"
WORDS = {
    "called": "Quillonara", "where": "Zobelstraat 7719", "note": "Wrenfallow", "given": "Xanthémoor",
    "family": "Ö'Brambelwick", "draft": "Halftypedlark", "searched": "Soughtafterlinnet", "told": "Narratorfinch",
    "caller": "Callerplover", "suspect": "Suspectsiskin", "story": "Arreststorywren", "place": "Placeofarrestowl",
    "referred": "Referredredstart", "summary": "Summarycurlew", "justice_draft": "Leadhalftypedteal",
    "justice_search": "Lookedfordunlin", "uploaded": "Uploadedpipit", "refused": "Refusedtern", "error": "Errorgodwit",
    "born": BORN,
}  # fmt: skip
CONTROL = "Controlhouse Harrier"


def written(word: str) -> set[bytes]:
    """A word as programs write it: as text, in addresses, in JSON, in HTML."""
    ascii_json = word.encode("ascii", "backslashreplace")
    escaped = word.replace("'", "&#x27;")
    forms = {word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), quote(word).encode(),
             quote_plus(word).encode(), ascii_json, escaped.encode(), word.encode("latin-1"),
             word.encode().hex().encode()}  # fmt: skip
    return {form.lower() for form in forms}


@pytest.fixture(scope="module")
def lived_in(house):
    """Everything that people type, typed; what is refused, refused; and the control put where it is shown in clear."""
    police, advocate = house.browser("Riverton Police"), house.browser("Tansy Quillwater")
    _at_the_provider(advocate)
    _at_the_police(police, house)
    administrator = house.browser("Dunnock Peverelle")
    agency = house.ask("hub", "select id from accounts_agency where name = 'Lantern House'")[0][0]
    administrator.get(f"/agencies/{agency}/change/")
    page = administrator.post(f"/agencies/{agency}/change/", {
        "name": CONTROL, "phone": "555-0140", "state": "CA", "level": "non_profit", "sector": "community_services"})
    assert page.status == 302, page.text
    for folder in (house.home.log, house.home.tmp, house.home.run):
        (folder / "control").write_text(CONTROL)
    left = Path(tempfile.gettempdir(), f"control-{uuid4()}")
    left.write_text(CONTROL)
    left.chmod(0o600)
    shutil.chown(left, house.home.rings.stat().st_uid)
    yield house
    left.unlink()


def _at_the_provider(browser) -> None:
    today = "2026-01-15"
    address = browser.send_form(
        "/clients/new/", called=WORDS["called"], called_why="", first_contact_on=today, reach_how="text",
        reach_where=WORDS["where"], reach_note="", language="spanish", language_why="", need_now=["HOU"],
        someone_else="1",
    ).location  # fmt: skip
    client = re.search(r"[0-9a-f-]{36}", address)[0]
    assert WORDS["called"] in browser.get(address).text
    key = str(uuid4())
    year, month, day = BORN.split("-")
    for step, answers in (
        ("names", {"given_name": WORDS["given"], "family_name": WORDS["family"], "other_names": ""}),
        ("age", {"birth_date_month": month, "birth_date_day": day, "birth_date_year": year}),
        ("person", {}), ("came", {}), ("check", {}),
    ):  # fmt: skip
        asked = " ".join(answers) or "x"
        page = browser.post(f"/clients/{client}/enrolment/?step={step}", {"client_key": key, "asked": asked, **answers})
        assert page.status == 302, (step, page.text)
    assert WORDS["given"] in browser.get(f"/clients/{client}/details/").text
    browser.send_form(f"/clients/{client}/notes/new/", kind="case", on_date=today, text=WORDS["note"])
    assert browser.post("/clients/drafts/intake/", {"client_key": str(uuid4()), "called": WORDS["draft"]}).status == 200
    assert browser.post("/clients/find/", {"q": WORDS["searched"]}).status == 200
    _refused(browser, client)


def _refused(browser, client: str) -> None:
    """A form with errors, an address that is not there, a form without its token, and an upload that is too large."""
    answers = {"client_key": str(uuid4()), "kind": "nonsense", "on_date": "never", "text": WORDS["refused"]}
    assert browser.post(f"/clients/{client}/notes/new/", answers).status == 422
    assert browser.post(f"/clients/{uuid4()}/notes/new/", {"client_key": "x", "text": WORDS["error"]}).status == 404
    token, browser.token = browser.token, "stale"
    assert browser.post(f"/clients/{client}/notes/new/", {"text": WORDS["error"]}).status == 403
    browser.token = token
    edge = "edgeofpart"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{WORDS["uploaded"]}.csv"\r\n\r\n'
    body = head.encode() + (WORDS["uploaded"] + "\n").encode() * 1_700_000 + f"\r\n--{edge}--\r\n".encode()
    page = browser.request("POST", f"/clients/{client}/notes/new/", body, f"multipart/form-data; boundary={edge}")
    assert page.status in (400, 403, 413), page.status


def _at_the_police(browser, house) -> None:
    lead = browser.send_form(
        "/leads/new/lead/", asked_for_help="no", received_on="2026-01-10", source="patrol", trafficking_type="labor",
        county="", summary=WORDS["told"], caller_name=WORDS["caller"],
    ).location  # fmt: skip
    assert WORDS["told"] in browser.get(lead).text
    case = browser.send_form(
        "/investigations/new/", opened_on="2026-01-10", source="patrol", trafficking_type="labor", proactive="yes",
        initially_classified_as_why="not_recorded",
    ).location  # fmt: skip
    browser.send_form(f"{case}people/enter/", decider="police", rows="1", role_0="employer", note_0="x")
    case_id = re.search(r"[0-9a-f-]{36}", case)[0]
    person = house.ask("justice", "select id from justice_person where investigation_id = %s", case_id)[0][0]
    browser.send_form(f"/persons/{person}/facts/", roles=["employer"], given_name=WORDS["suspect"], age_group="adult")
    browser.send_form(
        f"/persons/{person}/arrest/", arrested_at="2026-01-12T10:00", place=WORDS["place"], jurisdiction="US-CA",
        narrative=WORDS["story"], citation_0="PC 647(b)", minor_said="unknown", forced_crime_said="unknown",
        same_scene="unknown", advocate_called="unknown",
    )  # fmt: skip
    lantern = house.ask("hub", "select id from accounts_agency where name = 'Lantern House'")[0][0]
    browser.send_form(
        "/referrals/send/services/", id=str(uuid4()), to_agency=str(lantern), summary=WORDS["summary"],
        name=WORDS["referred"], age_group="adult", trafficking_type="not_yet_known",
    )  # fmt: skip
    answers = {"client_key": str(uuid4()), "summary": WORDS["justice_draft"]}
    assert browser.post("/justice/drafts/lead/", answers).status == 200
    assert browser.post("/persons/search/", {"q": WORDS["justice_search"]}).status == 200


# --- The places -------------------------------------------------------------------------------------------------------


def places(house) -> dict[str, tuple[bytes, Iterator[tuple[str, bytes]]]]:
    """Every place where bytes lie: what is there for certain, and (name, bytes) of each piece."""
    data, control = house.server.data, CONTROL.encode()
    return {
        "databases": (control, _dumped(house)),
        "tables on disk": (control, _files(data / "base")),
        "write-ahead log": (control, _files(data / "pg_wal")),
        "database server's log": (b"database system is ready", _files(data / "log")),
        "rest of the database server": (b"listen_addresses", _files(data, but=("base", "pg_wal", "log"))),
        "logs": (control, _files(house.home.log)),
        "temporary folder": (control, _files(house.home.tmp)),
        "rest of the home": (control, _files(house.home.path, but=(data.name, "log", "tmp"))),
        "backups": (control, _backups(house)),
        "sessions": (b"accepted_use", _sessions(house)),
        "what it said": (b"Sign in there", iter([("said", house.said.read_bytes())])),
        "left in temporary folders": (control, _left_behind(house)),
    }


def _dumped(house) -> Iterator[tuple[str, bytes]]:
    server = house.server
    for entry in house.stores().values():
        dump = [server.bindir / "pg_dump", server.admin_dsn(entry["database"])]
        yield entry["database"], subprocess.run(dump, capture_output=True, check=True).stdout


def _files(folder: Path, but: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """What lies on the disk, once the server has written everything out."""
    for parent, folders, names in os.walk(folder):
        if Path(parent) == folder:
            folders[:] = [name for name in folders if name not in but]
        for name in names:
            path = Path(parent, name)
            if path.is_file():
                yield str(path.relative_to(folder)), path.read_bytes()


def _backups(house) -> Iterator[tuple[str, bytes]]:
    folder = Path(tempfile.mkdtemp(prefix="backups ", dir=house.home.path.parent))  # asked for by several tests
    done = house.command("backup", str(folder))
    assert done.returncode == 0, done.stderr
    dumps = sorted(folder.glob("*.dump"))
    assert len(dumps) == len(house.stores())
    for path in dumps:
        yield path.name, path.read_bytes()
        opened = [house.server.bindir / "pg_restore", "--file=-", path]
        yield f"{path.name} opened", subprocess.run(opened, capture_output=True, check=True).stdout


def _sessions(house) -> Iterator[tuple[str, bytes]]:
    """What sessions hold, out of their signed and compressed form."""
    for (text,) in house.ask("default", "select session_data from signin_session"):
        packed = text.split(":")[0]
        raw = base64.urlsafe_b64decode(packed.lstrip(".") + "=" * (-len(packed.lstrip(".")) % 4))
        yield "a session", zlib.decompress(raw) if packed.startswith(".") else raw


def _left_behind(house) -> Iterator[tuple[str, bytes]]:
    """Files that whoever runs the house left in folders that every program writes to, since it began."""
    began = house.home.rings.stat().st_ctime
    users = {house.home.rings.stat().st_uid, house.server.data.stat().st_uid}
    for folder in map(Path, {tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"}):
        for path in folder.iterdir() if folder.is_dir() else ():
            with contextlib.suppress(OSError):
                facts = path.lstat()
                if stat.S_ISREG(facts.st_mode) and facts.st_uid in users and facts.st_mtime >= began - 60:
                    yield str(path), path.read_bytes()


def test_no_planted_word_lies_anywhere_in_clear_and_the_control_does(lived_in):
    with psycopg.connect(lived_in.server.admin_dsn(), autocommit=True) as db:
        db.execute("checkpoint")
    wanted = {word: written(word) for word in WORDS.values()}
    found, without_control = [], []
    for place, (control, pieces) in places(lived_in).items():
        seen = False
        for name, content in pieces:
            seen = seen or control in content
            lower = content.lower()
            found += [f"{word} in {place}: {name}" for word, forms in wanted.items() if any(f in lower for f in forms)]
        if not seen:
            without_control.append(place)
    assert found == []
    assert without_control == []
