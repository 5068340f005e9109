"""Every page of the room answers, within its budget of statements whatever the number of rows."""

import datetime as dt

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from concord.site.services import actions, export, home
from concord.site.services.models import Client

MOST = 12
LISTS = ("clients", "inquiries", "referrals", "quick", "client_new", "find")
FILE = ("client", "services", "notes", "details", "ledger", "staff", "on_paper", "as_data", "enrolment", "service_new",
        "contact_new", "report", "law", "packet", "packet_tell", "packet_paper", "demand_new",
        "mandated_new")  # fmt: skip


@pytest.fixture
def busy(as_staff, open_file):
    """Twenty-six files, one of them full."""
    pks = [open_file(f"Example {n}") for n in range(26)]
    with as_staff("advocate") as by:
        client, today = Client.objects.get(pk=pks[0]), timezone.localdate()
        for n in range(20):
            day = today - dt.timedelta(days=n)
            actions.log_service(client=client, service_type="TRN", on_date=day, by=by)
            actions.add_note(client=client, kind="case", on_date=day, text="came by", by=by)
            actions.log_contact(client=client, how="call", reached=True, on_date=day, by=by)
            actions.keep_inquiry(on_date=day, reason="no_capacity", called=f"Asked {n}", by=by)
        actions.add_follow_up(client=client, due_on=today, what="Call the school", by=by)
    return pks


def _spent(browser, counted, address):
    with counted() as statements:
        page = browser.get(address)
    assert page.status_code == 200
    return [sql for _alias, sql in statements]


@pytest.mark.parametrize("who", ["advocate", "lantern_admin"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_stays_within_its_budget(visit, world, busy, counted, name, who):
    address = reverse(f"services:{name}") + ("?whose=all" if name == "clients" else "")
    assert len(_spent(visit(world.users[who]), counted, address)) <= MOST


@pytest.mark.parametrize("name", FILE)
def test_a_page_of_a_file_stays_within_its_budget(visit, world, busy, counted, name):
    spent = _spent(visit(world.users["advocate"]), counted, reverse(f"services:{name}", args=[busy[0]]))
    whole = 5 + len(export.TABLES)  # the whole file is one statement a table
    assert len(spent) <= (whole if name in ("on_paper", "as_data") else MOST), spent


def test_pages_of_the_caseload_follow_one_another(visit, world, busy):
    browser = visit(world.users["advocate"])
    page = browser.get(reverse("services:clients"))
    assert "26" in page.text
    following = browser.get(reverse("services:clients"), {"after": page.context["page"].next})
    assert len(following.context["page"].rows) == 1


def test_opening_a_file_is_recorded_and_its_reader_named(visit, world, open_file, as_staff):
    pk = open_file()
    visit(world.users["second_advocate"]).get(reverse("services:client", args=[pk]))
    with as_staff("lantern_admin"):
        with connections["vault_lantern"].cursor() as cursor:
            cursor.execute("select verb, staff from guard.chain(%s, null, 500) where verb = 'file.read'", [pk])
            assert cursor.fetchall() == [("file.read", world.users["second_advocate"].staff_id)]


def test_the_head_of_a_provider_sees_files_without_staff(world, open_file, as_staff, visit):
    pk = open_file(restricted=True)
    open_file("Waiting Example")
    with as_staff("lantern_admin") as by:
        actions.release_staff(staff_id=world.users["advocate"].staff_id, by=by)
        sections = {section.title: section for section in home.sections(by, timezone.now())}
        assert sections["Files without staff"].works[0].what == "Waiting Example"
        assert sections["Restricted files"].count == 1
    browser = visit(world.users["lantern_admin"])
    assert "A restricted file" in browser.get(reverse("services:keeping")).text
    browser.post(reverse("services:appoint", args=[pk]), {"staff_id": str(world.users["second_advocate"].staff_id)})
    with as_staff("second_advocate"):
        assert Client.objects.filter(pk=pk).exists()
    assert visit(world.users["advocate"]).get(reverse("services:keeping")).status_code == 404


def test_the_home_of_an_advocate_answers(visit, world, busy, counted):
    page = visit(world.users["advocate"]).get("/")
    assert page.status_code == 200
    assert "Next safe contacts" in page.text
    assert "Call the school" in page.text
