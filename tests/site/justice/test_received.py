"""What a justice agency opens is its own record from then on: kept as it was sealed, wherever the permission goes."""

import datetime as dt

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from concord.site.bridge import packages
from concord.site.bridge.models import Package, PackageKey
from concord.site.justice.actions import received as actions
from concord.site.justice.jobs import sweep
from concord.site.justice.models import DiscoveryEntry, ReceivedRecord
from concord.site.pages.objections import Objection
from concord.site.stores.acting import acting
from concord.site.web.ticks import service_account
from concord.vocabulary import HoldKind, PackageState, Sector
from tests.site.bridge.test_packages import CONTENT, SECRET, expire, lose_keys, send, verbs, withdraw
from tests.site.justice import cases


def open_copy(world, package, who="detective"):
    viewer = world.viewer(who)
    with acting(viewer):
        return actions.open_copy(package=package.pk, by=viewer)


def tick(world):
    job = service_account(world.agencies["police"].pk, Sector.LAW_ENFORCEMENT)
    with acting(job):
        sweep(job)


def in_hub(package):
    return Package.objects.get(pk=package.pk)


def page(browser, address) -> str:
    return browser.get(address).content.decode()


@pytest.fixture
def copy(world):
    return send(world, to="detective")


@pytest.fixture
def record(world, copy):
    return open_copy(world, copy)


def at(record, more="") -> str:
    return f"/received-records/{record.pk}/{more}"


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_opening_makes_one_record_with_where_it_came_from(world, copy):
    record = open_copy(world, copy)
    assert open_copy(world, copy).pk == record.pk
    assert ReceivedRecord.objects.get().content["items"] == CONTENT["items"]
    assert (record.from_agency_id, record.opened_by_id, record.package_id, record.purpose) == (
        world.agencies["lantern"].pk, world.users["detective"].staff_id, copy.pk, "legal_help")
    assert record.opened_at == in_hub(copy).opened_at
    assert not PackageKey.objects.exists()


def test_before_it_is_opened_the_page_says_what_opening_makes_of_it(world, visit, copy):
    browser = visit(world.users["detective"])
    assert f"/sealed-copies/{copy.pk}/" in page(browser, "/")
    before = browser.get(f"/sealed-copies/{copy.pk}/", follow=True).content.decode()
    for words in ("becomes your agency's record", "may have to go to the defence", "stops anything further"):
        assert words in before
    assert SECRET not in before
    assert not ReceivedRecord.objects.exists()


def test_a_click_opens_it_and_the_record_is_the_agencys(world, visit, copy):
    answer = visit(world.users["detective"]).post(f"/received-records/sealed/{copy.pk}/open/")
    for who in ("detective", "second_detective"):
        assert SECRET in page(visit(world.users[who]), answer.headers["Location"])
    assert page(visit(world.users["detective"]), "/received-records/").count(answer.headers["Location"]) == 1


@pytest.mark.parametrize("who", ["deputy", "prosecutor", "outsider"])
def test_no_other_agency_reads_it_and_to_it_there_is_none(world, visit, record, who):
    browser = visit(world.users[who])
    assert [browser.get(at(record, more)).status_code for more in ("", "hold/", "discovery/")] == [404] * 3


def test_a_colleague_does_not_open_it_and_nothing_is_kept(world, visit, copy):
    browser = visit(world.users["second_detective"])
    assert "This copy is for Detective" in page(browser, f"/received-records/sealed/{copy.pk}/")
    assert browser.post(f"/received-records/sealed/{copy.pk}/open/").status_code == 404
    assert not ReceivedRecord.objects.exists()
    assert in_hub(copy).opened_at is None


@pytest.mark.parametrize(("end", "words"), [(withdraw, "was withdrawn"), (lambda world, copy: expire(copy), "expired")])
def test_what_ended_unopened_says_so_and_never_whose(world, visit, copy, end, words):
    end(world, copy)
    browser = visit(world.users["detective"])
    answer = browser.post(f"/received-records/sealed/{copy.pk}/open/")
    assert answer.status_code == 422
    for shown in (answer.content.decode(), page(browser, f"/received-records/sealed/{copy.pk}/")):
        assert words in shown
        assert SECRET not in shown
    assert not ReceivedRecord.objects.exists()
    assert verbs(world, "detective") == ["package.refused"]


def test_a_copy_whose_key_was_lost_is_not_opened_and_waits(world, visit, copy):
    lose_keys()
    answer = visit(world.users["detective"]).post(f"/received-records/sealed/{copy.pk}/open/")
    assert "Call the agency that sent it" in answer.content.decode()
    assert in_hub(copy).state(timezone.now()) is PackageState.WAITING


# --- After a revocation -----------------------------------------------------------------------------------------------


def test_after_a_revocation_the_record_stays_and_says_that_nothing_further_comes(world, visit, record, copy):
    withdraw(world, copy)
    shown = page(visit(world.users["detective"]), at(record))
    assert "The permission was withdrawn:" in shown
    assert "Nothing further will come" in shown
    assert SECRET in shown


# --- Between two stores -----------------------------------------------------------------------------------------------


class Died(Exception):
    """The process ended between the commits of two stores."""


def dies_before_the_hub_commits(world, copy):
    """Open it, and lose the hub's half: what `acting` does when the justice store has committed and the hub has not."""
    viewer = world.viewer("detective")
    with acting(viewer), transaction.atomic(using="hub"):
        record = actions.open_copy(package=copy.pk, by=viewer)
        transaction.set_rollback(True, using="hub")
    return record


def test_a_record_whose_hub_failed_is_found_again_and_the_hub_is_told(world, copy):
    record = dies_before_the_hub_commits(world, copy)
    assert in_hub(copy).opened_at is None
    assert PackageKey.objects.exists()
    assert open_copy(world, copy).pk == record.pk
    assert in_hub(copy).opened_at == record.opened_at
    assert not PackageKey.objects.exists()


def test_the_tick_tells_the_hub_even_where_it_was_withdrawn_meanwhile(world, copy):
    record = dies_before_the_hub_commits(world, copy)
    withdraw(world, copy)
    tick(world)
    assert in_hub(copy).opened_at == record.opened_at
    assert in_hub(copy).state(timezone.now()) is PackageState.WITHDRAWN


def test_where_justice_fails_nothing_is_opened(world, copy, monkeypatch):
    viewer = world.viewer("detective")
    monkeypatch.setattr(ReceivedRecord.objects, "create", lambda **facts: (_ for _ in ()).throw(Died))
    with pytest.raises(Died), acting(viewer):
        actions.open_copy(package=copy.pk, by=viewer)
    monkeypatch.undo()
    assert in_hub(copy).opened_at is None
    assert open_copy(world, copy).content["items"] == CONTENT["items"]


def test_the_tick_says_nothing_of_what_was_not_opened(world, copy):
    tick(world)
    assert in_hub(copy).opened_at is None
    assert PackageKey.objects.exists()


def test_nobody_outside_justice_says_that_a_copy_was_opened(world):
    copy = send(world, to="counsel")
    with pytest.raises(DatabaseError, match="only a justice agency"), acting(world.viewer("counsel")):
        packages.record_opening(id=copy.pk, at=timezone.now(), by=world.viewer("counsel"))


# --- Kept -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    "content = 'x'", "from_agency_id = gen_random_uuid()", "opened_at = now()", "purpose = 'other'",
    "opened_by_id = gen_random_uuid()",
])  # fmt: skip
def test_what_was_received_cannot_be_changed(world, record, change):
    with pytest.raises(DatabaseError, match="kept as it was written"):
        with acting(world.viewer("detective")), connections["justice"].cursor() as cursor:
            cursor.execute(f"update justice_receivedrecord set {change}")


def test_it_belongs_to_an_investigation_of_the_own_agency(world, record):
    own, other = cases.investigation(world), cases.investigation(world, "deputy")
    by = world.viewer("detective")
    with acting(by):
        actions.attach(record=record, investigation=own, by=by)
        with pytest.raises(Objection):
            actions.attach(record=record, investigation=other, by=by)
    assert ReceivedRecord.objects.get().investigation_id == own.pk


def test_the_investigation_shows_it_to_its_holder_and_not_to_the_team(world, visit, record):
    case = cases.investigation(world)
    cases.on_team(case, "sheriff", world)
    visit(world.users["detective"]).post(at(record, "investigation/"), {"investigation": str(case.pk)})
    holders = visit(world.users["detective"])
    assert f"/investigations/{case.pk}/received/" in page(holders, f"/investigations/{case.pk}/")
    assert at(record) in page(holders, f"/investigations/{case.pk}/received/")
    team = visit(world.users["deputy"])
    assert "/received/" not in page(team, f"/investigations/{case.pk}/")
    assert team.get(f"/investigations/{case.pk}/received/").status_code == 404


def test_a_legal_hold_needs_its_reason_and_ends_when_it_is_lifted(world, visit, record):
    browser = visit(world.users["detective"])
    assert browser.post(at(record, "hold/"), {"hold": "subpoena", "hold_reason": " "}).status_code == 422
    browser.post(at(record, "hold/"), {"hold": "subpoena", "hold_reason": "Court order 12"})
    row = ReceivedRecord.objects.get()
    assert (row.hold, row.hold_reason) == (HoldKind.SUBPOENA, "Court order 12")
    assert "Legal hold" in page(browser, at(record))
    browser.post(at(record, "lift/"))
    assert ReceivedRecord.objects.get().hold == ""


def test_it_is_kept_until_a_day_that_lies_ahead(world, record):
    by = world.viewer("detective")
    with acting(by):
        with pytest.raises(Objection):
            actions.keep_until(record=record, day=dt.date(2020, 1, 1), by=by)
        actions.keep_until(record=record, day=dt.date(2099, 1, 1), by=by)
    assert ReceivedRecord.objects.get().keep_until == dt.date(2099, 1, 1)


def test_the_discovery_log_says_to_whom_or_why_not_and_stays_as_written(world, visit, record):
    browser = visit(world.users["detective"])
    form = browser.get(at(record, "discovery/")).context["form"]
    asked = {"id": str(form.initial["id"]), "on_date": "2026-01-05"}
    assert browser.post(at(record, "discovery/"), asked | {"handed_over": "yes"}).status_code == 422
    assert browser.post(at(record, "discovery/"), asked | {"handed_over": "no"}).status_code == 422
    for _ in range(2):
        browser.post(at(record, "discovery/"), asked | {"handed_over": "yes", "to": "Defence counsel of D-1"})
    assert DiscoveryEntry.objects.get().to_words == "Defence counsel of D-1"
    assert "Defence counsel of D-1" in page(browser, at(record))
    with pytest.raises(DatabaseError, match="kept as it was written"):
        with acting(world.viewer("detective")), connections["justice"].cursor() as cursor:
            cursor.execute("update justice_discoveryentry set handed_over = false")


def test_a_prosecutor_and_a_victim_witness_office_keep_their_own(world):
    record = open_copy(world, send(world, to="prosecutor"), "prosecutor")
    assert record.agency_id == world.agencies["prosecutor"].pk
