"""Each template and component, at both widths: no barrier, nothing refused by the policy, nothing too wide."""

import re

import pytest

from tests.browser import gallery
from tests.browser.conftest import DESKTOP, PHONE, check_page, focused, tab_to

OPEN = tuple(f"/{name}/" for name in gallery.PAGES) + ("/progress-part/", "/wrong/", "/today/", "/static/", "/account/")


@pytest.fixture(autouse=True)
def _gallery(settings):
    """The gallery's pages in place of the site's; those with drafts stay behind the wall."""
    settings.ROOT_URLCONF = "tests.browser.gallery"
    settings.CONCORD_UNWALLED = OPEN
    settings.TEMPLATES = [one | {"DIRS": [*one["DIRS"], gallery.TEMPLATES]} for one in settings.TEMPLATES]
    gallery.MADE.clear()


@pytest.mark.parametrize("name", gallery.PAGES)
def test_every_page_is_open_to_everyone_at_both_widths(either, name):
    either.goto(f"/{name}/")
    check_page(either)


def test_the_check_refuses_what_it_is_there_to_refuse(phone):
    phone.goto("/wrong/")
    with pytest.raises(AssertionError, match="label: Form elements must have labels"):
        check_page(phone)
    phone.evaluate("document.querySelector('input').remove()")
    with pytest.raises(AssertionError, match="style-src"):
        check_page(phone)
    phone.complaints.clear()
    phone.evaluate("window.refusedByPolicy = []")
    with pytest.raises(AssertionError, match="pixels wide"):
        check_page(phone)


@pytest.mark.parametrize("name", gallery.PAGES)
def test_every_page_says_the_same_without_a_script(open_page, name):
    plain = open_page(PHONE, java_script_enabled=False)
    plain.goto(f"/{name}/")
    scripted = open_page(PHONE)
    scripted.goto(f"/{name}/")
    heading = plain.locator("h1").first
    assert heading.is_visible()
    assert heading.inner_text() == scripted.locator("h1").first.inner_text()
    assert plain.locator("main a, main button").count() == scripted.locator("main a, main button").count()


def test_the_title_never_names_anyone(either):
    for name in ("record", "list", "form", "home"):
        either.goto(f"/{name}/")
        assert "Sample" not in either.title()
        assert either.title().endswith(" - Concord")


def test_an_open_menu_and_an_open_disclosure_are_without_barriers(either):
    either.goto("/record/")
    either.get_by_text("Who may see this, and why").click()
    assert either.get_by_text("Assigned since March 2").is_visible()
    either.locator("[data-menu] summary").click()
    assert either.get_by_role("button", name="Sign out").is_visible()
    check_page(either)
    either.keyboard.press("Escape")
    assert not either.get_by_role("button", name="Sign out").is_visible()


def test_a_form_sent_empty_leads_to_each_error(either, sign_in):
    sign_in(either, "advocate").goto("/form/")
    either.get_by_role("button", name="Open the file").click()
    summary = either.get_by_role("alert")
    assert "2 answers need another look" in summary.inner_text()
    assert either.evaluate("document.activeElement.id") == "error-summary"
    summary.get_by_role("link", name="Is it safe to leave a message?").click()
    assert either.evaluate("document.activeElement.id") == "id_safe_0"
    assert either.title().startswith("Error: ")
    check_page(either)


def test_the_whole_form_can_be_filled_by_keyboard(desktop, sign_in):
    sign_in(desktop, "advocate").goto("/form/")
    desktop.keyboard.press("Tab")
    assert focused(desktop) == "Skip to the page's content"
    desktop.keyboard.press("Enter")
    tab_to(desktop, "What should we call you?")
    desktop.keyboard.type("Ana")
    tab_to(desktop, "Answered")
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("ArrowRight")
    tab_to(desktop, "Yes")
    desktop.keyboard.press("Space")
    tab_to(desktop, "Year")
    desktop.keyboard.type("2019")
    tab_to(desktop, "Open the file")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/record/?saved=1*")


def test_a_filter_keeps_the_sort_and_drops_the_page(desktop):
    desktop.goto("/list/?sort=name&after=token")
    desktop.get_by_label("Stage").select_option("Active")
    desktop.get_by_role("button", name="Show").click()
    assert "sort=name" in desktop.url
    assert "after=" not in desktop.url
    desktop.get_by_role("link", name="Next", exact=True).click()
    assert re.search(r"stage=active.*after=token", desktop.url)


def test_a_table_becomes_cards_on_a_phone_and_stays_a_table_to_a_reader(phone):
    phone.goto("/list/")
    row = phone.get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").inner_text() == "R. Sample"
    assert row.bounding_box()["width"] <= 360
    label = row.get_by_role("cell").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Stage"'


def test_the_places_stand_below_on_a_phone_and_left_on_a_desk(open_page):
    for viewport, expected in ((PHONE, "below"), (DESKTOP, "left")):
        page = open_page(viewport)
        page.goto("/home/")
        box = page.get_by_role("navigation", name="Your places").bounding_box()
        assert ("below" if box["y"] > 600 else "left") == expected


def test_progress_moves_on_by_itself_and_says_what_is_next(desktop):
    desktop.goto("/progress/")
    assert "1,240 of 3,000 rows done" in desktop.locator("#progress").inner_text()
    desktop.get_by_role("link", name="See the result").wait_for()
    check_page(desktop)


def test_the_quick_exit_leaves_nothing_to_come_back_to(phone):
    phone.goto("/home/")
    phone.goto("/record/")
    phone.evaluate("sessionStorage.setItem('a', 'b'); localStorage.setItem('a', 'b')")
    phone.get_by_role("link", name="Leave now").click()
    phone.wait_for_url("**/today/")
    assert phone.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    assert "Concord" not in phone.content()
    phone.go_back()
    assert phone.url.endswith("/home/")


def test_shift_three_times_is_the_quick_exit(desktop):
    desktop.goto("/record/")
    for _press in range(3):
        desktop.keyboard.press("Shift")
    desktop.wait_for_url("**/today/")


def test_the_quick_exit_works_as_a_plain_link(open_page):
    page = open_page(PHONE, java_script_enabled=False)
    page.goto("/record/")
    page.get_by_role("link", name="Leave now").click()
    page.wait_for_url("**/today/")


def test_a_printed_record_shows_the_record_and_not_the_site(desktop):
    desktop.goto("/record/")
    desktop.emulate_media(media="print")
    assert desktop.get_by_role("heading", name="R. Sample").is_visible()
    for gone in (".bar", ".places", ".acts", ".quick-exit"):
        assert not desktop.locator(gone).first.is_visible()
