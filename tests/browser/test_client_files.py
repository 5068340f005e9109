"""An advocate's day in a real browser: a file opened search first, a service by phone, every page without barriers."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.site.services import actions
from concord.site.services.models import Client, Service
from concord.site.services.reach import Way
from concord.site.stores.acting import acting
from tests.browser.conftest import check_page, tab_to


@pytest.fixture
def file(world, site):
    """One client's file with something in each of its parts."""
    with site.at_rest(), acting(world.viewer("advocate")) as a:
        by, today = a.viewer, timezone.localdate()
        client = actions.open_client(
            called="Rosalind Example", first_contact_on=today - dt.timedelta(days=40), language="spanish", by=by,
            reach=[Way("call", "555-0100", ("no_message", "seen_by_others"), "after six in the evening")],
            need_now=["HOU", "LEG-I"],
        )  # fmt: skip
        actions.log_service(client=client, service_type="SAF", on_date=today, by=by)
        actions.log_contact(client=client, how="call", reached=True, on_date=today, note="Will come by on Friday",
                            next_contact_on=today + dt.timedelta(days=3), by=by)  # fmt: skip
        actions.add_note(client=client, kind="case", on_date=today, text="Wants to finish school.", by=by)
        actions.add_follow_up(client=client, due_on=today, what="Call the school", by=by)
        actions.judge_status(client=client, status="potential", on_date=today, decider="ngo", basis="Told us", by=by)
    return client.pk


@pytest.mark.parametrize("name", ["client", "services", "notes", "details", "ledger", "staff", "on_paper", "enrolment",
                                  "reach", "service_new", "contact_new", "close", "report"])  # fmt: skip
def test_a_page_of_a_file_has_no_barrier(either, sign_in, file, name):
    page = sign_in(either, "advocate")
    page.goto(reverse(f"services:{name}", args=[file]))
    check_page(page)
    assert "Rosalind" not in page.title()


@pytest.mark.parametrize("name", ["clients", "find", "client_new", "inquiries", "inquiry_new", "referrals", "quick",
                                  "group_new"])  # fmt: skip
def test_a_list_or_form_has_no_barrier(either, sign_in, file, name):
    page = sign_in(either, "advocate")
    page.goto(reverse(f"services:{name}"))
    check_page(page)


def test_a_service_is_entered_by_phone_in_three_taps_and_undone_in_one(phone, sign_in, file, site):
    page = sign_in(phone, "advocate")
    page.goto(reverse("services:quick"))
    page.get_by_text("Rosalind Example").tap()
    page.get_by_text("Transportation").tap()
    page.get_by_role("button", name="Save").tap()
    page.get_by_role("heading", name="Entered").wait_for()
    check_page(page)
    page.get_by_role("button", name="Undo").tap()
    page.get_by_text("Taken back. It counts nowhere.").wait_for()
    with site.at_rest():
        assert Service.objects.using("vault_lantern").get(service_type="TRN").undone_at is not None


def test_a_like_name_shows_while_one_types_and_leads_to_the_file(desktop, sign_in, file):
    page = sign_in(desktop, "advocate")
    page.goto(reverse("services:client_new"))
    page.get_by_label("What would she or he like to be called?", exact=False).first.press_sequentially("Rosalynd")
    match = page.locator("#matches").get_by_role("link", name="Rosalind Example")
    match.wait_for()
    check_page(page)
    match.click()
    page.get_by_role("heading", name="Rosalind Example").wait_for()


def test_a_file_is_opened_by_keyboard_alone(desktop, sign_in, world, site):
    page = sign_in(desktop, "advocate")
    page.goto(reverse("services:client_new"))
    tab_to(page, "called")
    page.keyboard.type("Amparo Invented")
    tab_to(page, "Open the file")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Amparo Invented").wait_for()
    with site.at_rest():
        assert Client.objects.using("vault_lantern").count() == 1
