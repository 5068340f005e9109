"""A provider on a host of its own: what crosses to the hub and back, what nobody can do by that way, and moving there
and home again. Two real installations on this machine, each with its own folder, server, port and secret."""

import contextlib
import re
import shutil
import signal
import socket
import ssl
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest

from concord.law.wall import Viewer
from concord.site.keys.forgetting import ForgetLog, What
from concord.site.stores import certificates, context, supervisor
from concord.vocabulary import Role, Sector
from tests.house.house import Browser, wait_for
from tests.house.own_instance import LANTERN, Hub, OwnInstance, let_go, link_for, move

CLIENT = "Ibis Nettlecombe"  # whom only Lantern House knows
ADVOCATE = "tansy.quillwater@lantern.example"
AWAY = f"While away {uuid4().hex}"
SOON = 10  # seconds that a page may take while the hub does not answer
OTHERS = "select count(*) from bridge_{} where %s not in (from_agency_id, to_agency_id)"


@pytest.fixture(scope="module")
def two():
    """The task force's installation and Lantern House's own, after its vault has moved there."""
    folder = Path(tempfile.mkdtemp(prefix="concord two "))
    folder.chmod(0o755)
    (folder / "there").mkdir()
    (folder / "here").mkdir()
    hub, own = Hub(folder / "there" / "home"), OwnInstance(folder / "here" / "home")
    with contextlib.ExitStack() as last:
        last.callback(shutil.rmtree, folder, ignore_errors=True)
        last.callback(hub.end)
        last.callback(own.end)
        yield both(hub.start(), own, folder)


def both(hub: Hub, own: OwnInstance, folder: Path) -> SimpleNamespace:
    two = SimpleNamespace(hub=hub, own=own, folder=folder, rows=rows_of(hub), keys=keys_of(hub))
    joined = own.command("instance", "join", str(hub.admit(folder / "lantern.admission")))
    assert joined.returncode == 0, joined.stderr
    two.revoked = str(uuid4())
    ForgetLog(hub.home.forgotten_file).append(What.REVOKED, agency=LANTERN, release=two.revoked, at="2026-01-01",
                                              by=str(uuid4()), channel="in_person", packages=[])  # fmt: skip
    receipt, links = move(hub, own, folder=folder / "carried", to=own.address)
    hub.stop()
    two.refused, two.gone = let_go(hub, "1:00"), let_go(hub, receipt)
    hub.start()
    own.start()
    two.keeper = own.enter(links[0])
    two.advocate = own.enter(link_for(two.keeper, "Tansy Quillwater"))
    return two


def rows_of(house) -> dict[str, int]:
    tables = house.ask("vault_lantern", "select tablename from pg_tables where schemaname = 'public' order by 1")
    return {t: house.ask("vault_lantern", f"select count(*) from {t}")[0][0] for (t,) in tables}


def keys_of(house) -> dict[str, bytes]:
    """The agency's own keys; the ring of its clients' keys is one file more."""
    return {path.parent.name: path.read_bytes() for path in house.home.rings.glob(f"agency/{LANTERN}.json")}


def staff_id(house, name: str) -> str:
    return str(house.ask("hub", "select id from accounts_staff where name = %s", name)[0][0])


# --- After the move ---------------------------------------------------------------------------------------------------


def test_the_hubs_host_has_no_vault_no_login_and_no_key_of_that_provider(two):
    assert two.refused.returncode == 1
    assert "Nothing was destroyed" in two.refused.stderr
    assert two.gone.returncode == 0, two.gone.stderr
    hub = two.hub
    assert not [name for (name,) in hub.ask("hub", "select datname from pg_database") if "lantern" in name]
    logins = {name for (name,) in hub.ask("hub", "select rolname from pg_roles where rolname ~ 'lantern'")}
    assert logins == {"hub_lantern_web"}
    assert not list(hub.home.rings.rglob(f"*{LANTERN}*"))
    assert "vault_lantern" not in hub.stores()
    assert "lantern" not in hub.home.admin_file.read_text()
    assert hub.ask("default", "select count(*) from signin_user where agency_id = %s", LANTERN) == [(0,)]
    assert CLIENT not in hub.browser("Riverton Police").get("/").text


def test_her_rows_chain_and_keys_are_whole_on_her_own_host(two):
    arrived = rows_of(two.own)
    assert {table: arrived[table] for table in two.rows} == two.rows | {
        # what the administrator and the advocate did since, on entering
        table: n for table, n in arrived.items() if table.startswith("services_draft")
    }
    assert keys_of(two.own) == two.keys
    verified = two.own.command("verify")
    assert verified.returncode == 0, verified.stdout
    assert "vault_lantern" in verified.stdout
    assert "hub" not in verified.stdout
    assert CLIENT in two.advocate.get("/clients/?whose=all").text
    forgotten = ForgetLog(two.own.home.forgotten_file).of(What.REVOKED, agency=UUID(LANTERN))
    assert [entry.said["release"] for entry in forgotten] == [two.revoked]


def test_only_her_own_stores_are_there_and_doctor_says_where_the_hub_is(two):
    databases = two.own.ask("default", "select datname from pg_database where datname ~ 'concord' order by 1")
    assert databases == [("concord_account",), ("concord_vault_lantern",)]
    said = two.own.command("doctor", "--port", str(two.own.port)).stdout
    assert f"store hub is kept elsewhere, at localhost:{two.hub.gate}" in said
    assert "own instance lantern (Lantern House), admitted" in two.hub.command("doctor").stdout


# --- Across -----------------------------------------------------------------------------------------------------------


def test_a_referral_of_the_hubs_police_is_opened_on_her_instance(two):
    police = two.hub.browser("Riverton Police")
    police.send_form("/referrals/send/services/", id=str(uuid4()), to_agency=LANTERN, age_group="adult",
                     summary="Asked at the desk for a bed and a lawyer.", trafficking_type="not_yet_known")  # fmt: skip
    came = two.hub.ask("hub", "select id from bridge_referral order by sent_at desc limit 1")[0][0]
    opened = two.advocate.get(f"/clients/referrals/{came}/")
    assert "Asked at the desk for a bed and a lawyer." in opened.text
    assert "Received" in police.get("/referrals/").text


def test_a_call_of_the_hubs_police_is_answered_from_her_instance(two):
    police = two.hub.browser("Riverton Police")
    force = two.hub.ask("hub", "select id from accounts_taskforce where name ~ 'Riverton'")[0][0]
    police.send_form("/calls/new/", id=str(uuid4()), task_force=str(force), window_from="2031-03-01 20:00",
                     window_until="2031-03-01 23:00", people="2", minors="unknown")  # fmt: skip
    call = two.hub.ask("hub", "select id from bridge_advocatecall order by created_at desc limit 1")[0][0]
    assert "Riverton Police" in two.advocate.get(f"/calls/{call}/").text
    assert two.advocate.post(f"/calls/{call}/", {"phone": "555-0199"}).status == 302
    answered = police.get(f"/calls/{call}/").text
    assert "Lantern House" in answered
    assert "555-0199" in answered


def test_a_sealed_copy_sent_from_her_instance_is_opened_by_the_prosecutor_at_the_hub(two):
    prosecutor = staff_id(two.hub, "Corin Hazelmere")
    done = two.own.python(RELEASE % {"advocate": ADVOCATE, "prosecutor": prosecutor})
    assert done.returncode == 0, done.stderr
    copy = two.hub.ask("hub", "select id from bridge_package order by sent_at desc limit 1")[0][0]
    browser = two.hub.browser("Corin Hazelmere")
    assert "Spoken on her own host" not in browser.get(f"/received-records/sealed/{copy}/").text
    opened = browser.post(f"/received-records/sealed/{copy}/open/")
    assert opened.status == 302, opened.text
    assert "Spoken on her own host" in browser.get(opened.location).text


RELEASE = """
import datetime as dt, os
from uuid import UUID, uuid4
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "concord.site.web.settings"
django.setup()
from django.utils import timezone
from concord.site.accounts import standing
from concord.site.accounts.models import Staff
from concord.site.services import actions
from concord.site.services.models import Client
from concord.site.signin.models import User
from concord.site.stores.acting import acting
from concord.vocabulary import DisclosureItem, ReleasePurpose, SignatureMethod
by = standing.placed(User.objects.get(email="%(advocate)s").viewer())
today = timezone.localdate()
with acting(by):
    to = Staff.objects.get(pk="%(prosecutor)s")
    adults = (c for c in Client.objects.filter(principal=None) if c.birth_date and today.year - c.birth_date.year > 20)
    actions.sign_release(
        id=uuid4(), client=next(adults),
        proposed=actions.Proposed(
            purpose=ReleasePurpose.REPORT, items=(DisclosureItem.SUMMARY,), expires_on=today + dt.timedelta(days=9),
            limits_explained_first=True, explained_by=by.staff, to_agency=to.agency_id, to_staff=to.pk,
            summary="Spoken on her own host"),
        signature=actions.Signature(SignatureMethod.ORAL, today, witness="Opal Winterbourne"),
        renews=None, seen="", by=by)
"""


def test_her_counts_are_published_into_the_hub(two):
    two.hub.ask("hub", "update reporting_publication set published_at = published_at - interval '2 days'"
                       " where agency_id = %s", LANTERN)  # fmt: skip
    two.hub.ask("hub", "update reporting_count set value = 100000 where agency_id = %s", LANTERN)
    before = two.hub.ask("hub", "select now()")[0][0]
    ticked = two.own.command("tick")
    assert ticked.returncode == 0, ticked.stderr
    published = two.hub.ask("hub", "select max(published_at) from reporting_publication where agency_id = %s", LANTERN)
    counted = "select max(value) from reporting_count where agency_id = %s and counted_at > %s"
    assert published[0][0] > before
    assert 0 < two.hub.ask("hub", counted, LANTERN, before)[0][0] < 100000
    assert "Lantern House" in two.hub.browser("Reed Summerfallow").get("/board/").text


# --- What that way in does not allow ----------------------------------------------------------------------------------


def acting_as(two, viewer: Viewer, question: str, *parameters):
    """With everything that the provider's host holds, and a context that whoever took the host over wrote herself."""
    hub = two.own.hub()
    with two.own.knock() as db:
        binding = "select pg_backend_pid(), (extract(epoch from now()) * 1000000)::bigint"
        pid, started = db.execute(binding).fetchone()
        said = context.sign(viewer, store="hub", key=hub.context_key, pid=pid, started_us=started)
        db.execute("select set_config('role', 'hub_app', true), set_config('concord.ctx', %s, true),"
                   " set_config('concord.sig', %s, true)", said)  # fmt: skip
        return db.execute(question, parameters).fetchall()


@pytest.fixture
def herself(two):
    forces = two.hub.ask("hub", "select task_force_id from accounts_membership where agency_id = %s", LANTERN)
    return Viewer(uuid4(), UUID(LANTERN), Sector.COMMUNITY_SERVICES, task_forces=frozenset(f for (f,) in forces))


def test_the_login_reads_what_its_agency_may_and_no_more(two, herself):
    assert acting_as(two, herself, "select count(*) from accounts_staff where agency_id = %s", LANTERN)[0][0] > 3
    far = two.hub.ask("hub", "select id from accounts_agency where name ~ 'Attorney General'")[0][0]
    assert two.hub.ask("hub", "select count(*) from accounts_staff where agency_id = %s", far)[0][0] > 0
    assert acting_as(two, herself, "select count(*) from accounts_staff where agency_id = %s", far) == [(0,)]
    assert two.hub.ask("hub", OTHERS.format("referral"), LANTERN)[0][0] > 0
    for table in ("referral", "package"):
        assert acting_as(two, herself, OTHERS.format(table), LANTERN) == [(0,)]


@pytest.mark.parametrize("lie", ["agency", "sector", "task force", "partner"])
def test_the_login_cannot_sign_for_what_its_agency_is_not(two, herself, lie):
    agencies = {name: pk for pk, name in two.hub.ask("hub", "select id, name from accounts_agency")}
    statewide = two.hub.ask("hub", "select id from accounts_taskforce where scope = 'statewide'")[0][0]
    liar = {
        "agency": replace(herself, agency=agencies["Harbor Legal Aid"], sector=Sector.LEGAL_AID),
        "sector": replace(herself, sector=Sector.COORDINATION, roles=frozenset({Role.COORDINATOR})),
        "task force": replace(herself, task_forces=herself.task_forces | {statewide}),
        "partner": replace(herself, partners=frozenset({agencies["State Attorney General's Office"]})),
    }[lie]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        acting_as(two, liar, "select count(*) from accounts_staff")


@pytest.mark.parametrize("reach", [
    "select * from guard.secret", "set role hub_owner", "set role hub_guard", "set role justice_app",
    "create table loot(x int)", "create temporary table loot(x int)", "select rolpassword from pg_authid",
    "select * from accounts_staff", "set session authorization hub_web",
])  # fmt: skip
def test_the_login_has_no_power_beside_the_signed_context(two, reach):
    with two.own.knock() as db, pytest.raises(psycopg.Error):
        db.execute(reach)


@pytest.mark.parametrize("alias", ["hub", "justice", "vault_harbor", "default", "administrator"])
def test_no_other_login_comes_in_by_the_gate_with_its_right_password(two, alias):
    if alias == "administrator":
        entry = {"user": "concord_admin", "password": two.hub.server.password_file.read_text().strip(),
                 "database": "concord_hub"}  # fmt: skip
    else:
        entry = two.hub.stores()[alias]
    with pytest.raises(psycopg.OperationalError):
        two.own.knock(user=entry["user"], password=entry["password"], dbname=entry["database"])


@pytest.mark.parametrize("otherwise", [
    {"dbname": "concord_justice"}, {"dbname": "postgres"}, {"password": "wrong"}, {"options": "-c role=hub_app"},
    {"replication": "database"}, {"sslcert": "", "sslkey": ""}, {"sslmode": "disable", "sslnegotiation": "postgres"},
    {"sslmode": "require", "sslnegotiation": "postgres"},
], ids=str)  # fmt: skip
def test_its_own_login_comes_in_one_way_alone(two, otherwise):
    with pytest.raises(psycopg.OperationalError):
        two.own.knock(**otherwise)


def test_a_hub_that_shows_another_certificate_is_not_spoken_to(two, tmp_path):
    other = certificates.make_authority("another")
    (tmp_path / "other.pem").write_text(other.certificate)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        two.own.knock(sslrootcert=str(tmp_path / "other.pem"))


def test_a_stranger_learns_nothing_at_the_gate(two):
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
    said = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", two.hub.gate), timeout=5) as raw:
        with bare.wrap_socket(raw) as wrapped:
            wrapped.sendall(b"\0\0\0\x08\x04\xd2\x16\x2f")
            said = wrapped.recv(100)
    assert said == b""


def test_the_databases_of_the_hub_listen_on_no_network(two):
    assert two.hub.ask("hub", "show listen_addresses") == [("",)]


# --- When something fails ---------------------------------------------------------------------------------------------


def timed(browser: Browser, path: str):
    began = time.monotonic()
    page = browser.get(path)
    assert time.monotonic() - began < SOON, path
    return page


@contextlib.contextmanager
def silent(hub):
    """The gate takes calls and says nothing, like a host that hangs."""
    process = supervisor.recorded_children(hub.home)["gate"]
    process.send(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send(signal.SIGCONT)


def test_her_own_work_goes_on_while_the_hub_is_silent(two):
    advocate = two.advocate
    assert advocate.get("/calls/").status == 200
    with silent(two.hub):
        wait_for(lambda: "hub does not answer" in timed(advocate, "/clients/").text, "it does not say so", 40)
        home = timed(advocate, "/")
        assert home.status == 200
        assert "Next safe contacts" in home.text
        advocate.get("/clients/new/")
        two.filed = advocate.send_form(
            "/clients/new/", called=AWAY, called_why="", first_contact_on="2026-01-15", reach_how="text",
            reach_where="555-0100", reach_note="", language="spanish", language_why="", someone_else="1",
        ).location  # fmt: skip
        assert AWAY in timed(advocate, two.filed).text
        for waits in ("/calls/", "/agencies/", "/clients/referrals/"):
            page = timed(advocate, waits)
            assert page.status == 503, waits
            assert "Your own client files work as always" in page.text
    wait_for(lambda: advocate.get("/calls/").status == 200, "the hub is not asked again", 40)
    wait_for(lambda: "hub does not answer" not in advocate.get("/clients/").text, "it still says so", 40)


def test_an_instance_that_is_revoked_is_cut_off_at_once_and_let_in_again_with_a_new_file(two):
    old = two.own.hub().conninfo()
    with psycopg.connect(**old) as open_before:
        revoked = two.hub.command("instance", "revoke", "lantern")
        assert revoked.returncode == 0, revoked.stderr
        with pytest.raises(psycopg.OperationalError):
            open_before.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**old)
    assert two.hub.ask("hub", "select count(*) from guard.secret where login = 'hub_lantern_web'") == [(0,)]
    assert not two.hub.ask("hub", "select 1 from pg_roles where rolname = 'hub_lantern_web'")
    wait_for(lambda: timed(two.advocate, "/calls/").status == 503, "it still asks the hub", 30)
    assert timed(two.advocate, "/clients/").status == 200

    again = two.hub.admit(two.folder / "again.admission")
    two.own.stop()
    assert two.own.command("instance", "join", str(again)).returncode == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**old)
    two.own.start()
    assert two.advocate.get("/calls/").status == 200


UNSAFE = [
    ('sslmode = "verify-full"', 'sslmode = "require"', "sslmode must be verify-full"),
    ('sslmode = "verify-full"\n', "", "sslmode must be verify-full"),
    (f'    "{LANTERN}",\n', "", "its login must be the one of a single agency"),
    ('"hub/authority.pem"', '"hub/gone.pem"', "gone.pem cannot be read"),
]


def test_what_is_unsafe_is_refused_by_name_and_a_silent_hub_stops_nobody(two):
    own = two.own
    own.stop()
    stores, (ring,) = own.home.stores_file, own.home.rings.glob(f"agency/{LANTERN}.json")
    written = stores.read_text()
    for old, new, says in UNSAFE:
        assert old in written
        stores.write_text(written.replace(old, new))
        refused = own.command(*own.begins())
        assert (refused.returncode, says in refused.stderr) == (1, True), refused.stderr
    stores.write_text(written)

    hidden = ring.rename(ring.with_suffix(".hidden"))
    refused = own.command(*own.begins()[:-1], "vault:lantern,vault:harbor")
    hidden.rename(ring)
    assert refused.returncode == 1
    assert "the agency's keys are not here" in refused.stderr
    assert "--stores names vault:harbor, which is not here; there are hub, vault:lantern" in refused.stderr

    with silent(two.hub):
        own.start()
        assert timed(two.advocate, "/clients/").status == 200
        assert "Note: hub: cannot be reached" in own.said.read_text()


# --- Home again -------------------------------------------------------------------------------------------------------


def test_the_vault_moves_back_and_nothing_of_it_is_left_on_her_host(two):
    hub, own = two.hub, two.own
    rows = rows_of(own)
    hub.stop()
    receipt, links = move(own, hub, folder=two.folder / "back", to=f"http://localhost:{hub.port}")
    own.stop()
    gone = let_go(own, receipt)
    assert gone.returncode == 0, gone.stderr
    hub.start()
    back = rows_of(hub)
    assert {table: back[table] for table in rows} == rows
    advocate = Browser(hub.port)
    advocate.accept_invitation(links[0])
    assert AWAY in advocate.get(two.filed).text
    assert hub.command("verify", "--store", "vault_lantern").returncode == 0
    assert not list(own.home.rings.rglob(f"*{LANTERN}*"))
    assert own.ask("default", "select datname from pg_database where datname ~ 'lantern'") == []
    assert own.ask("default", "select count(*) from signin_user") == [(0,)]
    own.server.stop()
    assert re.search(r"vault:lantern, which is not here", own.command(*own.begins()).stderr)
