"""Who gets in, by which proofs, for how long."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings

from concord.site.signin import entrance, locks, sessions
from concord.site.signin.models import Session
from tests.site.signin.conftest import PASSWORD, code_now


@pytest.fixture
def clock(monkeypatch):
    """The entrance's clock, set forward by hand."""
    at = {"now": 1_800_000_000.0}
    monkeypatch.setattr(entrance, "now", lambda: at["now"])

    def later(seconds):
        at["now"] += seconds

    return later


def test_without_sign_in_every_page_leads_to_the_sign_in_page(world, client):
    answer = client.get("/agencies/")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=%2Fagencies%2F"


def test_nobody_signs_herself_up(client, world):
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/password/reset/").status_code == 404


def test_password_and_code_lead_to_where_she_was_going(protected):
    step = protected.password(next="/agencies/")
    assert step["Location"] == "/account/2fa/authenticate/"
    assert protected.client.get("/agencies/").status_code == 302, "the password alone opens nothing"
    assert protected.code()["Location"] == "/agencies/"
    assert protected.client.get("/agencies/").status_code == 200


def test_terms_of_use_are_accepted_before_anyone_enters(protected):
    answer = protected.password(accept="")
    assert answer["Location"] == "/account/login/"
    assert "For authorized work only." in protected.client.get("/account/login/").text
    assert protected.client.get("/").status_code == 302


def test_without_a_second_factor_only_setting_one_up_is_open(detective):
    detective.password()
    for path in ("/", "/agencies/", "/people/", "/account/password/change/"):
        assert detective.client.get(path)["Location"] == "/account/2fa/", path
    assert "One more step" in detective.client.get("/account/2fa/").text


def test_recovery_codes_alone_are_no_second_factor(detective):
    Authenticator.objects.create(
        user=detective.user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )
    detective.password()
    assert detective.client.get("/")["Location"] == "/account/2fa/"


def test_the_secret_of_an_app_is_sealed_where_it_is_kept(detective):
    detective.password()
    detective.client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = detective.client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert "data:image" not in page.text
    secret = page.context["form"].secret
    assert secret in page.text
    code = code_now(secret)
    assert detective.client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    kept = Authenticator.objects.get(user=detective.user, type="totp").data["secret"]
    assert secret not in kept
    assert detective.client.get("/").status_code == 200


def test_the_last_factor_cannot_be_removed(protected):
    protected.whole()
    protected.client.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = protected.client.post("/account/2fa/totp/deactivate/")
    assert "This is your only second factor" in answer.text
    assert Authenticator.objects.filter(user=protected.user, type="totp").exists()


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_five_failures_lock_until_someone_releases(protected, wrong):
    if wrong == "code":
        protected.password()
    for n in range(5):
        answer = protected.password("wrong") if wrong == "password" else protected.code("000000")
        assert answer.status_code == (429 if n == 4 else 200)
    assert "stays locked until someone releases it" in answer.text
    if wrong == "code":
        assert protected.code().status_code == 429, "nor does the right code"
    protected.client.logout()
    assert protected.password().status_code == 429, "the right password does not open a locked sign-in"
    assert locks.locked([protected.user.email]) == {protected.user.email}
    locks.release(protected.user.email)
    protected.password()
    assert protected.code()["Location"] == "/"


def test_failures_in_a_row_are_forgotten_when_she_gets_in(protected):
    for _ in range(4):
        protected.password("wrong")
    protected.whole()
    assert locks.locked([protected.user.email]) == set()
    assert protected.client.post("/account/logout/").status_code == 302
    assert protected.password("wrong").status_code == 200


def test_an_unknown_address_locks_like_a_known_one(world, client):
    given = {"login": "nobody@nowhere.example", "password": "wrong", "accept": "1"}
    answers = [client.post("/account/login/", given).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]


def test_half_an_hour_without_activity_locks_and_brings_her_back(protected, clock):
    protected.whole()
    protected.client.get("/agencies/")
    clock(29 * 60)
    assert protected.client.get("/agencies/").status_code == 200
    clock(31 * 60)
    answer = protected.client.get("/agencies/")
    assert answer["Location"] == "/account/login/?next=%2Fagencies%2F&why=idle"
    assert "the page was locked" in protected.client.get(answer["Location"]).text
    assert protected.client.get("/agencies/").status_code == 302
    assert not Session.objects.filter(user_id=protected.user.pk).exists()


def test_a_form_posted_too_late_leads_back_to_its_page(protected, clock):
    protected.whole()
    protected.client.get("/")
    clock(31 * 60)
    answer = protected.client.post("/agencies/", headers={"referer": "http://testserver/agencies/"})
    assert answer["Location"].startswith("/account/login/?next=%2Fagencies%2F")


def test_what_a_page_does_by_itself_is_not_activity(protected, clock):
    protected.whole()
    protected.client.get("/")
    for _ in range(31):
        clock(60)
        last = protected.client.get("/agencies/", headers={"hx-request": "true"})
    assert last.status_code == 401
    assert last["HX-Redirect"].startswith("/account/login/")


def test_after_twelve_hours_she_signs_in_again_however_busy(protected, clock):
    protected.whole()
    for _ in range(12 * 3):
        assert protected.client.get("/").status_code == 200
        clock(20 * 60)
    assert "why=day" in protected.client.get("/")["Location"]


def test_activity_is_written_at_most_once_a_minute(protected, clock):
    protected.whole()
    protected.client.get("/")
    seen = protected.client.session[entrance.SEEN]
    clock(30)
    protected.client.get("/")
    assert protected.client.session[entrance.SEEN] == seen
    clock(31)
    protected.client.get("/")
    assert protected.client.session[entrance.SEEN] == seen + 61


def test_no_page_of_someone_signed_in_is_kept_by_the_browser(protected):
    protected.whole()
    for path in ("/", "/agencies/", "/account/2fa/"):
        assert protected.client.get(path)["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("asked", "back"), [("/agencies/", "%2Fagencies%2F"), ("https://elsewhere.example/", "%2F")])
def test_a_page_that_hides_itself_ends_the_session(protected, asked, back):
    protected.whole()
    answer = protected.client.get("/account/lock/", {"next": asked})
    assert answer["Location"] == f"/account/login/?next={back}&why=idle"
    assert protected.client.get("/").status_code == 302


def test_ending_all_sessions_signs_everybody_out(protected):
    protected.whole()
    assert protected.client.get("/").status_code == 200
    sessions.end_all()
    assert protected.client.get("/").status_code == 302


def test_a_demo_person_enters_by_one_button(world, client):
    page = client.get("/account/login/")
    assert "Look around as" in page.text
    answer = client.post("/account/demo/", {"user": str(world.users["advocate"].pk), "accept": "1"})
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200


@override_settings(CONCORD_DEMO=False)
def test_outside_a_demonstration_no_demo_person_gets_in_by_any_way(world, client):
    user = world.users["advocate"]
    user.set_password(PASSWORD)
    user.save()
    assert "Look around as" not in client.get("/account/login/").text
    assert client.post("/account/demo/", {"user": str(user.pk), "accept": "1"}).status_code == 404
    client.post("/account/login/", {"login": user.email, "password": PASSWORD, "accept": "1"})
    assert client.get("/").status_code == 302
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "why=ended" in client.get("/")["Location"]


@pytest.mark.parametrize("password", ["short", "password1234", "Detective2024!", "aaaaaaaaaaa"])
def test_weak_passwords_are_refused(protected, password):
    protected.whole()
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = protected.client.post("/account/password/change/", given)
    assert answer.status_code == 200
    protected.user.refresh_from_db()
    assert protected.user.check_password(PASSWORD)

