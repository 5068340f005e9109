"""From a link on paper to a passkey: the way in, in a real browser with an authenticator that exists in its memory."""

import pytest

from concord.site.accounts import actions
from concord.site.signin.models import User
from concord.vocabulary import Role
from tests.browser.conftest import check_page
from tests.site.signin.conftest import code_now

PASSWORD = "four unrelated words, one comma"


@pytest.fixture
def invited(site, world):
    """A link for someone new at Lantern House, and her staff id."""
    with site.at_rest():
        made = actions.invite(
            agency=world.agencies["lantern"].pk, name="New Person", email="new@lantern.example",
            roles=[Role.ADVOCATE], by=world.viewer("lantern_admin"),
        )
    return made


@pytest.fixture
def authenticator():
    """Puts a platform authenticator with a fingerprint into the page's browser."""

    def put(page):
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                   "isUserVerified": True, "automaticPresenceSimulation": True}
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return lambda: session.send("WebAuthn.getCredentials", made)["credentials"]

    return put


def accept(page, token):
    page.goto(f"/account/invitation/{token}/")
    assert token not in page.url, "the link does not stay in the address"
    check_page(page)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Accept and continue").click()
    page.get_by_role("heading", name="Your sign-in").wait_for()
    check_page(page)


def test_an_invitation_leads_to_a_passkey_that_signs_in_alone(either, site, invited, authenticator):
    page, credentials = either, authenticator(either)
    accept(page, invited.token)
    page.get_by_role("link", name="Add a passkey").click()
    check_page(page)
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    check_page(page)
    assert page.locator(".codes li").count() == 10
    assert len(credentials()) == 1
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("Lantern - client files").wait_for()
    check_page(page)

    page.context.clear_cookies()
    page.goto("/agencies/")
    page.get_by_role("heading", name="Sign in", exact=True).wait_for()
    check_page(page)
    page.get_by_role("button", name="Accept and sign in with a passkey").click()
    page.get_by_role("heading", name="Agencies").wait_for()
    check_page(page)
    with site.at_rest():
        assert User.objects.get(staff_id=invited.staff).last_login is not None


def test_an_app_on_the_phone_is_the_other_way(phone, invited):
    accept(phone, invited.token)
    phone.get_by_role("link", name="Set up an app").click()
    check_page(phone)
    secret = phone.locator("code.secret").inner_text()
    assert phone.locator(".qr svg").is_visible()
    phone.get_by_label("The six digits").fill(code_now(secret))
    phone.get_by_role("button", name="Set it up").click()
    phone.get_by_role("heading", name="Recovery codes").wait_for()
    code = phone.locator(".codes li").first.inner_text()

    phone.context.clear_cookies()
    phone.goto("/")
    phone.get_by_label("E-mail address").fill("new@lantern.example")
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Accept and sign in", exact=True).click()
    phone.get_by_role("heading", name="Second proof").wait_for()
    check_page(phone)
    phone.get_by_label("Code from your app").fill(code)
    phone.get_by_role("button", name="Sign in").click()
    phone.get_by_text("Lantern - client files").wait_for()


def test_a_page_left_alone_hides_itself_and_comes_back_after_signing_in(desktop, sign_in):
    page = sign_in(desktop, "advocate")
    page.clock.install()
    page.goto("/agencies/")
    page.clock.fast_forward("29:00")
    page.keyboard.press("Tab")
    page.clock.fast_forward("29:00")
    assert page.get_by_role("heading", name="Agencies").is_visible()
    page.clock.fast_forward("03:00")
    page.wait_for_url("**/account/login/**")
    assert "next=%2Fagencies%2F" in page.url
    assert "why=idle" in page.url


PAGES = {
    "coordinator": ["/", "/agencies/", "/agencies/new/", "/mous/", "/people/"],
    "lantern_admin": ["/", "/people/", "/agencies/"],
    "detective": ["/", "/no/such/page/", "/account/2fa/", "/account/logout/"],
}


@pytest.mark.parametrize("who", PAGES)
def test_pages_of_agencies_and_people_bar_nobody(either, sign_in, world, site, who):
    page = sign_in(either, who)
    lantern, staff = world.agencies["lantern"].pk, world.users["advocate"].staff_id
    more = {
        "coordinator": [f"/agencies/{world.agencies['fbi'].pk}/", f"/agencies/{lantern}/mou/"],
        "lantern_admin": [f"/agencies/{lantern}/", f"/agencies/{lantern}/change/", f"/people/of/{lantern}/invite/",
                          *(f"/people/{staff}/{x}" for x in ("", "roles/", "details/", "link/", "end/"))],
    }
    for path in [*PAGES[who], *more.get(who, [])]:
        page.goto(path)
        check_page(page)


def test_a_link_is_made_and_shown_by_keyboard_and_mouse_alike(desktop, sign_in, world):
    page = sign_in(desktop, "lantern_admin")
    page.goto(f"/people/of/{world.agencies['lantern'].pk}/invite/")
    page.get_by_label("Name").fill("Third Person")
    page.get_by_label("E-mail address").fill("third@lantern.example")
    page.get_by_text("Case manager", exact=True).click()
    page.get_by_role("button", name="Make the link").click()
    assert "/account/invitation/" in page.get_by_label("Link").input_value()
    check_page(page)
