"""A duty to keep beats a wish to erase: on the pages, in the action, in the database; and it ends when it ends."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from concord.law import keeping as law
from concord.site.pages.objections import Objection
from concord.site.services import actions
from concord.site.services.models import Client, CompelledDisclosure, LegalHold, MandatedReport
from concord.vocabulary import HoldKind


@pytest.fixture
def closed(open_file, as_staff):
    pk = open_file()
    with as_staff("advocate") as by:
        actions.close_client(
            client=Client.objects.get(pk=pk), closed_on=timezone.localdate(), reason="moved", by=by
        )
    return pk


@pytest.fixture
def hold(as_staff):
    """`hold(pk, until=...)` keeps a file; returns the hold."""

    def kept(pk, kind=HoldKind.LITIGATION, until=None, by="advocate"):
        with as_staff(by) as viewer:
            return actions.set_hold(
                client=Client.objects.get(pk=pk), kind=kind, authority="Superior Court, 26-114",
                from_date=timezone.localdate(), until_date=until, by=viewer,
            )  # fmt: skip

    return kept


def erase(by, pk):
    today = timezone.localdate()
    return actions.erase_client(client=Client.objects.get(pk=pk), asked=law.Asked.WORD, asked_on=today, by=by)


@pytest.mark.parametrize("kind", HoldKind)
def test_each_kind_of_hold_keeps_the_file_and_is_named(closed, hold, as_staff, kind):
    hold(closed, kind)
    with as_staff("lantern_admin") as by, pytest.raises(Objection, match="keeps this file"):
        erase(by, closed)


def test_the_page_says_what_keeps_it_and_until_when_and_offers_no_button(closed, hold, visit, world):
    hold(closed, HoldKind.AUDIT, until=timezone.localdate() + dt.timedelta(days=400))
    browser = visit(world.users["lantern_admin"])
    assert "This file must be kept:" in browser.get(reverse("services:client", args=[closed])).text
    kept = browser.get(reverse("services:kept", args=[closed])).text
    assert "It cannot be erased now" in kept
    assert "2 CFR 200.334" in kept
    assert "Superior Court, 26-114" in kept
    page = browser.get(reverse("services:erase", args=[closed]))
    assert "cannot be erased now" in page.text
    assert "Continue" not in page.text
    page = browser.post(reverse("services:erase", args=[closed]), {"asked": "by_word", "told": "on", "sure": "1"})
    assert page.status_code == 422


def test_the_database_keeps_it_too(closed, hold, as_staff):
    hold(closed)
    with as_staff("lantern_admin"), pytest.raises(DatabaseError, match="held or demanded"), transaction.atomic(
        "vault_lantern"
    ):
        with connections["vault_lantern"].cursor() as cursor:
            cursor.execute("select guard.forget(%s, current_date)", [closed])


def test_lifting_it_lets_the_file_go_and_what_it_was_for_stays_written(closed, hold, as_staff, visit, world):
    row = hold(closed)
    browser = visit(world.users["lantern_admin"])
    address = reverse("services:hold_lift", args=[row.pk])
    key = browser.get(address).context["draft"].client_key
    page = browser.post(address, {"client_key": str(key), "note": "The case was dismissed."})
    assert page.url == reverse("services:kept", args=[closed])
    shown = browser.get(page.url).text
    assert "Lifted" in shown
    assert "The case was dismissed." in shown
    with as_staff("lantern_admin") as by:
        erase(by, closed)


def test_an_advocate_sets_a_hold_at_once_and_does_not_lift_it(closed, visit, world, as_staff):
    browser = visit(world.users["advocate"])
    address = reverse("services:hold_new", args=[closed])
    key = browser.get(address).context["draft"].client_key
    today = timezone.localdate()
    page = browser.post(address, {
        "client_key": str(key), "kind": "subpoena", "authority": "26-114", "from_date_month": today.month,
        "from_date_day": today.day, "from_date_year": today.year,
    })  # fmt: skip
    assert page.url == reverse("services:kept", args=[closed])
    assert "Lift it" not in browser.get(page.url).text
    with as_staff("advocate") as by:
        row = LegalHold.objects.get()
        with pytest.raises(PermissionDenied):
            actions.lift_hold(hold=row, note="", by=by)
    assert browser.get(reverse("services:hold_lift", args=[row.pk])).status_code in (403, 404)


def test_a_hold_whose_day_has_passed_keeps_nothing(closed, hold, as_staff):
    row = hold(closed, until=timezone.localdate())
    with as_staff("lantern_admin") as by:
        LegalHold.objects.filter(pk=row.pk).update(until_date=timezone.localdate() - dt.timedelta(days=1))
        erase(by, closed)


def test_a_day_that_has_passed_is_not_taken(closed, as_staff):
    with as_staff("advocate") as by, pytest.raises(Objection, match="has passed"):
        actions.set_hold(client=Client.objects.get(pk=closed), kind=HoldKind.AUDIT, authority="x",
                         from_date=timezone.localdate(), until_date=timezone.localdate() - dt.timedelta(days=1),
                         by=by)  # fmt: skip


def test_an_open_demand_keeps_the_file(closed, as_staff, world):
    with as_staff("lantern_admin") as by:
        CompelledDisclosure.objects.create(
            agency_id=by.agency, client_id=closed, kind="subpoena", served_on=timezone.localdate(), authority="26-114"
        )
        with pytest.raises(Objection, match="demands this file"):
            erase(by, closed)


def test_a_report_the_law_demands_is_made_first(closed, as_staff):
    with as_staff("lantern_admin") as by:
        MandatedReport.objects.create(agency_id=by.agency, client_id=closed, learned_at=timezone.now(), duty="x")
        with pytest.raises(Objection, match="has not been made"):
            erase(by, closed)


def test_the_privacy_officer_sees_holds_and_files_past_their_term(closed, hold, open_file, visit, world, as_staff):
    hold(closed, HoldKind.STATUTE)
    long_ago = timezone.localdate() - dt.timedelta(days=8 * 366)
    old = open_file("Longago Example", on=long_ago)
    with as_staff("advocate") as by:
        actions.close_client(client=Client.objects.get(pk=old), closed_on=long_ago, reason="moved", by=by)
    page = visit(world.users["lantern_admin"]).get(reverse("services:kept_all"))
    assert "Rosalind Example" in page.text
    assert "A statute" in page.text
    assert "Longago Example" in page.text
    assert visit(world.users["advocate"]).get(reverse("services:kept_all")).status_code in (403, 404)
