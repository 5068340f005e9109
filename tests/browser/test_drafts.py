"""What is being typed outlives a dead server, a reload and a sign-out, and rests in the browser as ciphertext only."""

import pytest
from django.conf import settings

from tests.browser import gallery
from tests.browser.conftest import PHONE, check_page
from tests.browser.test_components import _gallery  # noqa: F401  the gallery's addresses, for these tests too

SECRET = "Quill Brambleton"
ALL_AT_REST = """async () => {
  const base = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("concord");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  if (!base.objectStoreNames.contains("draft")) { base.close(); return []; }
  const rows = await new Promise((resolve) => {
    const asked = base.transaction("draft").objectStore("draft").getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  base.close();
  return rows.map((row) => Object.keys(row).sort().join() + ":" + new TextDecoder("latin1").decode(row.sealed));
}"""


def status(page):
    return page.locator("[data-draft-status]")


@pytest.fixture
def advocate(phone, sign_in):
    return sign_in(phone, "advocate")


def type_name(page, text=SECRET):
    page.get_by_label("What should we call you?").fill(text)


def cut(page):
    """The server is gone for everything that the page's script asks."""
    page.route("**/desk/**", lambda route: route.abort())


def test_a_form_saves_itself_and_is_there_again(advocate):
    advocate.goto("/draft/")
    type_name(advocate)
    advocate.get_by_label("What should we call you?").blur()
    status(advocate).get_by_text("Saved").wait_for()
    check_page(advocate)
    advocate.goto("/draft/")
    assert advocate.get_by_label("What should we call you?").input_value() == SECRET
    assert "Saved" in status(advocate).inner_text()


def test_a_dead_server_leaves_ciphertext_that_comes_back_after_signing_in_again(advocate, sign_in):
    with advocate.expect_response("**/desk/drafts-key/"):
        advocate.goto("/draft/")
    cut(advocate)
    type_name(advocate)
    advocate.get_by_label("What should we call you?").blur()
    status(advocate).get_by_text("Kept locked on this device").wait_for()
    at_rest = advocate.evaluate(ALL_AT_REST)
    assert len(at_rest) == 1
    assert at_rest[0].startswith("key,nonce,sealed:")
    assert SECRET not in at_rest[0]
    advocate.context.clear_cookies()
    advocate.unroute_all()
    sign_in(advocate, "advocate")
    advocate.goto("/draft/")
    assert advocate.get_by_label("What should we call you?").input_value() == ""
    advocate.get_by_role("button", name="Put them back").click()
    assert advocate.get_by_label("What should we call you?").input_value() == SECRET
    status(advocate).get_by_text("Saved").wait_for()
    check_page(advocate)


def test_nobody_else_on_the_same_device_is_offered_it(advocate, sign_in):
    with advocate.expect_response("**/desk/drafts-key/"):
        advocate.goto("/draft/")
    cut(advocate)
    type_name(advocate)
    advocate.get_by_label("What should we call you?").blur()
    status(advocate).get_by_text("Kept locked on this device").wait_for()
    key_id = advocate.evaluate(
        """async () => (await new Promise((resolve) => { const opening = indexedDB.open("concord");
        opening.onsuccess = () => { const asked = opening.result.transaction("draft").objectStore("draft").getAll();
        asked.onsuccess = () => { opening.result.close(); resolve(asked.result); }; }; }))[0].key"""
    )
    advocate.context.clear_cookies()
    advocate.unroute_all()
    sign_in(advocate, "second_advocate")
    with advocate.expect_response("**/desk/drafts-key/"):
        advocate.goto("/draft/")
    assert not advocate.get_by_role("button", name="Put them back").is_visible()
    answer = advocate.evaluate(
        """async (id) => { const sent = new URLSearchParams({ id });
        sent.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
        return (await fetch("/desk/drafts-key/", { method: "POST", body: sent })).json(); }""",
        key_id,
    )
    assert answer == {"gone": True}


def test_a_sign_out_while_typing_is_said_and_nothing_is_lost(advocate):
    with advocate.expect_response("**/desk/drafts-key/"):
        advocate.goto("/draft/")
    advocate.context.clear_cookies()
    type_name(advocate)
    advocate.get_by_label("What should we call you?").blur()
    status(advocate).get_by_text("You are signed out").wait_for()
    assert len(advocate.evaluate(ALL_AT_REST)) == 1


def test_the_quick_exit_wipes_what_was_kept(advocate):
    with advocate.expect_response("**/desk/drafts-key/"):
        advocate.goto("/draft/")
    cut(advocate)
    type_name(advocate)
    advocate.get_by_label("What should we call you?").blur()
    status(advocate).get_by_text("Kept locked on this device").wait_for()
    advocate.get_by_role("link", name="Leave now").click()
    advocate.wait_for_url("**/today/")
    assert advocate.evaluate(ALL_AT_REST) == []
    assert not [cookie for cookie in advocate.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME]


def test_a_form_sent_twice_makes_one_record(advocate):
    advocate.goto("/draft/")
    type_name(advocate)
    advocate.get_by_text("Yes", exact=True).click()
    sent = advocate.evaluate(
        """async () => { const form = document.querySelector("form[data-draft]");
        const send = () => fetch(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        return (await Promise.all([send(), send()])).map((answer) => answer.url); }"""
    )
    assert sent[0] == sent[1]
    assert "made=" in sent[0]
    assert len(gallery.MADE) == 1


def test_a_form_with_errors_keeps_what_was_typed_and_its_one_key(advocate):
    advocate.goto("/draft/")
    type_name(advocate)
    key = advocate.locator("[name=client_key]").input_value()
    advocate.get_by_role("button", name="Open the file").click()
    advocate.get_by_role("alert").wait_for()
    assert advocate.locator("[name=client_key]").input_value() == key
    assert advocate.get_by_label("What should we call you?").input_value() == SECRET
    check_page(advocate)


def test_a_draft_can_be_kept_without_a_script(open_page, sign_in):
    page = sign_in(open_page(PHONE, java_script_enabled=False), "advocate")
    page.goto("/draft/")
    type_name(page)
    page.get_by_role("button", name="Keep as a draft").click()
    assert page.get_by_label("What should we call you?").input_value() == SECRET
    assert "Kept as a draft" in page.locator(".messages").inner_text()


def test_one_group_at_a_time_ends_with_a_page_to_check(either, sign_in):
    page = sign_in(either, "advocate")
    page.goto("/by-step/")
    assert "Step 1 of 3" in page.locator("main").inner_text()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("alert").wait_for()
    type_name(page)
    page.get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="What happened", level=1).wait_for()
    check_page(page)
    page.get_by_role("group", name="When did it begin?").get_by_label("Year").fill("2019")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Food", exact=True).click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Check the answers").wait_for()
    said = page.locator("main").inner_text()
    assert all(words in said for words in (SECRET, "Yes", "2019", "Food", "Left open"))
    check_page(page)
    page.get_by_role("button", name="Open the file").click()
    page.wait_for_url("**/home/?made=*")
    assert gallery.MADE[0]["kinds"] == ["food"]
    page.goto("/by-step/")
    assert page.get_by_label("What should we call you?").input_value() == ""
