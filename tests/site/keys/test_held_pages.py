"""A provider that holds its keys itself, on its pages: closed until its staff open them, in that browser, that day."""

import datetime as dt
import re
import time
from base64 import urlsafe_b64decode
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client as Browser

from concord.site.accounts import actions as accounts
from concord.site.accounts import jobs as account_jobs
from concord.site.bridge import actions as bridge
from concord.site.keys import custody, opened
from concord.site.reporting.models import Publication
from concord.site.services import actions
from concord.site.services.models import Client
from concord.site.signin import actions as signin
from concord.site.signin import opening
from concord.site.signin.models import Session
from concord.site.stores import acting
from concord.site.web import jobs
from concord.vocabulary import ReferralKind
from tests.site.keys.conftest import PASSPHRASES, brought
from tests.stores import LANTERN
from tests.sweep.test_urls import WALLED

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NAME = "Quillonara Fernhollow"


def signed_in(user) -> Browser:
    browser = Browser()
    browser.force_login(user, backend=BACKEND)
    return browser


def opened_by(house, name) -> Browser:
    browser = signed_in(house.users[name])
    answer = browser.post("/keys/open/?next=/clients/", {"passphrase": PASSPHRASES[name]})
    assert (answer.status_code, answer["Location"]) == (302, "/clients/"), answer.text
    return browser


@pytest.fixture
def file(house, own_rings):
    """A client's file with her name in it."""
    viewer = house.viewer("advocate")
    with brought_by(house, own_rings, "advocate"), acting.acting(viewer):
        return actions.open_client(called=NAME, first_contact_on=dt.date(2026, 1, 5), by=viewer).pk


def brought_by(house, rings, name):
    return opened.using(brought(rings, house, name))


def test_without_the_passphrase_every_page_of_files_leads_to_opening_them(house, file):
    browser = signed_in(house.users["advocate"])
    paths = {path for path, room in WALLED if room == "services"} | {"/", f"/clients/{file}/"}
    assert len(paths) > 40
    for path in sorted(paths):
        answers = [browser.get(path)]
        if path != "/":
            answers.append(browser.post(path, {"q": NAME, "called": NAME, "client_key": uuid4()}))
        for answer in answers:
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/keys/open/"), (path, answer["Location"])
    assert "Open the files" in browser.get("/keys/open/").text


@pytest.mark.parametrize("name", ["advocate", "second_advocate", "lantern_admin"])
def test_no_page_breaks_or_names_anybody_while_the_files_are_closed(house, file, name):
    browser = signed_in(house.users[name])
    browser.raise_request_exception = False
    broken = []
    for path, _room in WALLED:
        for answer in (browser.get(path), browser.post(path)):
            if answer.status_code >= 500 or NAME in answer.text or "Quillonara" in answer.text:
                broken.append(f"{path}: {answer.status_code}")
    assert broken == []


@pytest.mark.parametrize("name", ["advocate", "lantern_admin"])
def test_no_page_breaks_while_they_are_open(house, file, name):
    browser = opened_by(house, name)
    browser.raise_request_exception = False
    apart = ("/keys/", "/people/")  # they would close them
    broken = [f"{path}: {answer.status_code}" for path, _room in WALLED if not path.startswith(apart)
              for answer in (browser.get(path), browser.post(path)) if answer.status_code >= 500]  # fmt: skip
    assert broken == []
    assert NAME in browser.get(f"/clients/{file}/").text


def test_with_the_passphrase_everything_works_in_this_browser_and_in_no_other(house, file):
    browser = opened_by(house, "advocate")
    assert NAME in browser.get(f"/clients/{file}/").text
    assert NAME in browser.post("/clients/find/", {"q": "Quilonara"}).text
    assert browser.get("/").status_code == 200
    for other in ("advocate", "lantern_admin", "second_advocate"):
        assert signed_in(house.users[other]).get(f"/clients/{file}/")["Location"].startswith("/keys/open/")
    assert NAME in browser.get(f"/clients/{file}/").text


def test_neither_half_alone_opens_them(house, file):
    browser = opened_by(house, "advocate")
    cookie = browser.cookies[opening.cookie_name()]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Strict", "/", "")
    thief = signed_in(house.users["advocate"])  # her sign-in and the cookie, but another session
    thief.cookies[opening.cookie_name()] = cookie.value
    assert thief.get(f"/clients/{file}/").status_code == 302
    del browser.cookies[opening.cookie_name()]
    assert browser.get(f"/clients/{file}/").status_code == 302
    browser.cookies[opening.cookie_name()] = "nonsense"
    assert browser.get(f"/clients/{file}/").status_code == 302


def test_over_tls_the_cookie_is_bound_to_this_host(house, settings):
    settings.LOCAL_ONLY = False
    browser = opened_by(house, "advocate")
    assert browser.cookies["__Host-files"]["secure"] is True


def test_what_lies_in_the_session_is_not_what_opens(house, own_rings):
    opened_by(house, "advocate")
    private = brought(own_rings, house, "advocate").private
    kept = Session.objects.exclude(session_data="").get(user_id=house.users["advocate"].pk)
    sealed = kept.get_decoded()[opening.SEALED]
    assert sealed
    assert private not in urlsafe_b64decode(sealed)


@pytest.mark.parametrize("way", ["sign out", "quick exit", "lock", "close"])
def test_it_ends_with_the_session(house, file, way):
    browser = opened_by(house, "advocate")
    cookie = browser.cookies[opening.cookie_name()].value
    {"sign out": lambda: browser.post("/account/logout/"), "quick exit": lambda: browser.get("/today/"),
     "lock": lambda: browser.get("/account/lock/"), "close": lambda: browser.post("/keys/close/")}[way]()
    if way != "close":
        assert browser.cookies[opening.cookie_name()].value == ""
        browser.force_login(house.users["advocate"], backend=BACKEND)
    browser.cookies[opening.cookie_name()] = cookie
    assert browser.get(f"/clients/{file}/")["Location"].startswith("/keys/open/")


def test_a_wrong_passphrase_is_said_and_the_fifth_locks(house):
    browser = signed_in(house.users["advocate"])
    answers = [browser.post("/keys/open/", {"passphrase": "kettle orchard"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert "This is not your passphrase" in answers[0].text
    assert browser.post("/keys/open/", {"passphrase": PASSPHRASES["advocate"]}).status_code == 429


def test_a_form_posted_into_closed_files_changes_nothing(house, file):
    browser = signed_in(house.users["advocate"])
    sent = {"client_key": str(uuid4()), "kind": "case", "on_date": "2026-01-06", "text": "x"}
    answer = browser.post(f"/clients/{file}/notes/new/", sent, headers={"referer": f"http://testserver/clients/{file}/"})
    assert answer["Location"] == f"/keys/open/?next=%2Fclients%2F{file}%2F"
    script = browser.post("/clients/drafts/note/", sent, headers={"sec-fetch-dest": "empty"})
    assert script.status_code == 409
    fragment = browser.get("/clients/", headers={"hx-request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"][:11]) == (401, "/keys/open/")
    with acting.commanding("vault_lantern"):
        assert Client.objects.get(pk=file).notes.count() == 0


def test_nobody_outside_providers_has_these_pages(house):
    for name in ("detective", "prosecutor", "coordinator", "evaluator", "privacy_officer"):
        browser = signed_in(house.users[name])
        for path in ("/keys/", "/keys/open/", "/keys/mine/", "/keys/on/", "/keys/recover/", "/keys/sheet/"):
            assert (browser.get(path).status_code, browser.post(path).status_code) == (404, 404), (name, path)


def test_a_colleague_joins_leaves_and_the_keys_are_renewed(house, file, own_rings):
    newcomer, admin = signed_in(house.users["second_advocate"]), opened_by(house, "lantern_admin")
    assert "You do not have the keys yet" in newcomer.get("/keys/open/").text
    words = "slow copper window of a night train"
    assert newcomer.post("/keys/mine/", {"passphrase": words, "again": words}).status_code == 302
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", newcomer.get("/keys/open/").text)[0]
    assert "Second Advocate asks for the keys" in admin.get("/").text
    give = f"/keys/give/{house.users['second_advocate'].staff_id}/"
    assert admin.post(give, {"code": "0000 0000 0000"}).status_code == 422
    assert admin.post(give, {"code": code}).status_code == 302
    assert newcomer.post("/keys/open/", {"passphrase": words}).status_code == 302
    assert NAME in newcomer.get(f"/clients/{file}/").text

    staff = house.users["second_advocate"].staff_id
    ended = accounts.offboard(staff=staff, by=house.viewer("lantern_admin"))
    assert ended.had_keys
    assert staff not in custody.state(own_rings, LANTERN).members
    assert "Renew your keys" in admin.get("/").text
    before = own_rings.public(LANTERN)
    assert admin.post("/keys/renew/")["Location"] == "/keys/progress/"
    page = finished(admin)
    assert "under the new keys" in page
    assert own_rings.public(LANTERN) != before
    house.agencies["lantern"].refresh_from_db()
    assert bytes(house.agencies["lantern"].public_key) == own_rings.public(LANTERN)
    assert NAME in admin.get(f"/clients/{file}/").text
    assert "A colleague has left" not in admin.get("/keys/").text


def finished(browser) -> str:
    """The page of progress, once it says that all have moved."""
    for _ in range(100):
        page = browser.get("/keys/progress/").text
        if "Finished" in page:
            return page
        time.sleep(0.1)
    raise AssertionError(page)


def test_a_sign_in_that_ended_otherwise_loses_its_copy_with_the_next_tick(house, own_rings):
    staff = house.users["advocate"].staff_id
    signin.end_user(staff=staff)
    account_jobs.sweep()
    assert staff not in custody.state(own_rings, LANTERN).members


def test_the_only_one_who_opens_the_files_is_not_let_go(house):
    accounts.offboard(staff=house.users["advocate"].staff_id, by=house.viewer("lantern_admin"))
    with pytest.raises(ValidationError, match="Only her passphrase"):
        accounts.offboard(staff=house.users["lantern_admin"].staff_id, by=house.viewer("lantern_admin"))


def test_a_provider_takes_its_keys_into_its_own_hands_and_gives_them_back(own_rings, request):
    world = request.getfixturevalue("world")
    own_rings.create_many(LANTERN, [uuid4() for _ in range(20)])
    admin, advocate = signed_in(world.users["lantern_admin"]), signed_in(world.users["advocate"])
    assert "You can hold your keys yourselves" in admin.get("/keys/").text
    for browser, name in ((admin, "lantern_admin"), (advocate, "advocate")):
        words = PASSPHRASES[name]
        assert browser.post("/keys/mine/", {"passphrase": words, "again": words})["Location"] == "/keys/"
    page = admin.post("/keys/sheet/").text
    lines = re.findall(r"<code>([0-9A-Z ]{19})</code>", page)
    assert len(lines) == 4
    assert admin.post("/keys/sheet/check/", {"sheet": lines[0]}).status_code == 422
    assert admin.post("/keys/sheet/check/", {"sheet": lines[3]}).status_code == 302
    assert advocate.post("/keys/on/", {"passphrase": PASSPHRASES["advocate"]}).status_code == 404
    assert admin.post("/keys/on/", {"passphrase": "wrong words altogether"}).status_code == 422
    assert admin.post("/keys/on/", {"passphrase": PASSPHRASES["lantern_admin"]})["Location"] == "/keys/progress/"
    finished(admin)
    assert admin.get("/clients/").status_code == 200
    assert advocate.get("/clients/")["Location"].startswith("/keys/open/")

    third = signed_in(world.users["second_advocate"])
    words = "slow copper window of a night train"
    answer = third.post("/keys/recover/", {"sheet": "\n".join(lines), "passphrase": words, "again": words})
    assert answer.status_code == 302, answer.text
    assert third.get("/clients/").status_code == 200
    assert "used since" in third.get("/keys/").text

    assert admin.post("/keys/off/", {"passphrase": "wrong words altogether"}).status_code == 422
    assert admin.post("/keys/off/", {"passphrase": PASSPHRASES["lantern_admin"]})["Location"] == "/keys/progress/"
    finished(admin)
    assert advocate.get("/clients/").status_code == 200
    assert len(own_rings.keys(LANTERN)) == 20


@pytest.mark.parametrize("words", ["short", "aaaaaaaaaaaaaaaaaaaaaaaa", "password1234"])
def test_a_passphrase_that_is_easily_guessed_is_refused(house, words):
    browser = signed_in(house.users["second_advocate"])
    assert browser.post("/keys/mine/", {"passphrase": words, "again": words}).status_code == 422


def test_the_password_of_the_sign_in_is_no_passphrase(house):
    user = house.users["second_advocate"]
    user.set_password("four unrelated words, one comma")
    user.save()
    words = "four unrelated words, one comma"
    answer = signed_in(user).post("/keys/mine/", {"passphrase": words, "again": words})
    assert "password you sign in with" in answer.text


# --- What happens by itself -------------------------------------------------------------------------------------------


def test_the_tick_fails_at_nothing_and_counts_when_somebody_opens_the_files(house, file, own_rings):
    assert jobs.run() == 0
    assert not Publication.objects.filter(agency_id=LANTERN).exists()
    opened_by(house, "advocate")
    assert Publication.objects.filter(agency_id=LANTERN).exists()
    assert jobs.run() == 0


def test_a_referral_to_closed_files_waits_sealed_and_opens_with_them(house, own_rings):
    detective = house.viewer("detective")
    with acting.acting(detective):
        sent = bridge.refer(id=uuid4(), kind=ReferralKind.SERVICES, to_agency=LANTERN, by=detective, content={
            "summary": "Asks for a place to sleep.", "name": NAME, "age_group": "adult",
            "trafficking_type": "not_yet_known"})  # fmt: skip
    browser = signed_in(house.users["advocate"])
    assert browser.get(f"/clients/referrals/{sent.pk}/")["Location"].startswith("/keys/open/")
    assert NAME in opened_by(house, "advocate").get(f"/clients/referrals/{sent.pk}/").text


def test_a_lost_ring_is_said_on_a_page(house, file, own_rings):
    browser = opened_by(house, "advocate")
    own_rings.close()
    (settings.CONCORD_RINGS.root / "person" / f"{LANTERN}.ring").unlink()
    answer = browser.get(f"/clients/{file}/")
    assert answer.status_code == 503
    assert "keys cannot be found" in answer.text


def test_no_name_lies_in_the_vault_in_clear(house, file):
    with connections["vault_lantern"].cursor() as cursor:
        cursor.execute("select called from services_client where id = %s", [file])
        assert NAME.encode() not in bytes(cursor.fetchone()[0])
