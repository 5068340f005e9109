"""Agencies, memberships and agreements: who keeps them, and what stops when an agreement ends."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from concord.site.accounts import agreements, partners, standing
from concord.site.accounts.agreements import Dates
from concord.site.accounts.models import Agency, Membership, Mou, Staff
from concord.site.stores.acting import acting
from concord.vocabulary import AgencyLevel, Scope, Sector

TODAY = dt.date(2026, 5, 12)


def day(n):
    return TODAY + dt.timedelta(days=n)


@pytest.mark.parametrize(
    ("mou", "words"),
    [
        (None, "no MOU"),
        (Dates(None, day(100)), "not signed yet"),
        (Dates(day(3), day(100)), "in force from May 15, 2026"),
        (Dates(day(-100), day(100)), "in force until August 20, 2026"),
        (Dates(day(-100), day(12)), "expires in 12 days"),
        (Dates(day(-100), day(1)), "expires in 1 day"),
        (Dates(day(-100), day(0)), "expires today"),
        (Dates(day(-100), day(-1)), "expired on May 11, 2026"),
        (Dates(day(-100), day(100), day(0)), "ended on May 12, 2026"),
        (Dates(day(-100), day(100), day(2)), "in force until August 20, 2026"),
    ],
)
def test_the_state_of_an_mou_in_words(mou, words):
    assert agreements.words(mou, TODAY) == words


def test_a_renewal_counts_and_not_what_it_renews():
    old, new = Dates(day(-400), day(-30)), Dates(day(-20), day(300))
    assert agreements.latest([old, new]) == agreements.latest([new, old]) == new
    assert agreements.latest([Dates(day(-9), day(300), day(-1)), old]) == old


def partners_of(world, name):
    standing.forget()
    return world.viewer(name).partners


@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": -1},
        {"ended_on": 0},
        {"signed_on": None},
        {"signed_on": 1},
    ],
)
def test_without_an_mou_in_force_sharing_stops_on_both_sides(world, change):
    police, lantern = world.agencies["police"].pk, world.agencies["lantern"].pk
    assert lantern in partners_of(world, "detective")
    today = timezone.localdate()
    dates = {name: None if n is None else today + dt.timedelta(days=n) for name, n in change.items()}
    Mou.objects.filter(agency=lantern).update(**dates)
    assert lantern not in partners_of(world, "detective")
    assert police not in partners_of(world, "advocate")
    assert partners_of(world, "advocate") == frozenset()


def test_on_its_last_day_an_mou_still_carries_sharing(world):
    lantern = world.agencies["lantern"].pk
    Mou.objects.filter(agency=lantern).update(expires_on=timezone.localdate())
    assert lantern in partners_of(world, "detective")


def test_every_page_of_an_agency_says_that_its_sharing_is_stopped(world, visit):
    Mou.objects.filter(agency=world.agencies["lantern"].pk).update(expires_on=dt.date(2025, 1, 31))
    standing.forget()
    client = visit(world.users["advocate"])
    for path in ("/", "/agencies/", "/no/such/page/"):
        assert "Sharing with Riverton Task Force is stopped: your agency&#x27;s MOU expired on January 31, 2025" in (
            client.get(path).text
        ), path


def test_a_page_warns_thirty_days_ahead(world, visit):
    soon = timezone.localdate() + dt.timedelta(days=12)
    Mou.objects.filter(agency=world.agencies["lantern"].pk).update(expires_on=soon)
    standing.forget()
    assert "expires in 12 days" in visit(world.users["advocate"]).get("/").text
    assert "expires in 12 days" not in visit(world.users["detective"]).get("/").text


def new_agency(world, **given):
    return {
        "name": "County Clinic", "sector": "health", "level": "local", "state": "ca", "phone": "555 0100",
        "task_force": str(world.task_forces["riverton"].pk), "from_date": "2025-01-15", "has_accounts": "on",
    } | given


def test_the_coordinator_admits_an_agency_and_records_its_mou(world, visit):
    client, today = visit(world.users["coordinator"]), timezone.localdate()
    answer = client.post("/agencies/new/", new_agency(world))
    assert answer.status_code == 302
    row = Agency.objects.get(name="County Clinic")
    assert (row.state, row.sector, bool(row.public_key)) == ("CA", Sector.HEALTH, True)
    assert "no MOU" in client.get(f"/agencies/{row.pk}/").text
    signed = {"task_force": str(world.task_forces["riverton"].pk), "version": "2", "signed_by": "The director"}
    signed |= {"signed_on": today}
    wrong = client.post(f"/agencies/{row.pk}/mou/", signed | {"expires_on": today - dt.timedelta(days=1)})
    assert wrong.status_code == 422
    assert "It must expire after it was signed." in wrong.text
    right = client.post(f"/agencies/{row.pk}/mou/", signed | {"expires_on": today + dt.timedelta(days=200)})
    assert right.status_code == 302
    page = client.get(f"/agencies/{row.pk}/").text
    assert "Sharing is open" in page
    assert "Invite its first administrator" in page
    assert row.pk in partners_of(world, "detective")


def test_a_member_without_accounts_gets_them_later(world, visit):
    client = visit(world.users["coordinator"])
    fbi = world.agencies["fbi"].pk
    page = client.get(f"/agencies/{fbi}/").text
    assert "None: by attendance and paper" in page
    assert "Open accounts for it" in page
    assert client.post(f"/agencies/{fbi}/accounts/").status_code == 302
    fbi = Agency.objects.get(pk=fbi)
    assert fbi.has_accounts
    assert len(fbi.public_key) == 32


def test_a_member_without_accounts_has_people_to_call(world, visit):
    client, fbi = visit(world.users["coordinator"]), world.agencies["fbi"].pk
    given = {"name": "Agent Example", "title": "Liaison", "phone": "555 0144"}
    assert client.post(f"/agencies/{fbi}/contact/", given).status_code == 302
    assert "555 0144" in visit(world.users["advocate"]).get(f"/agencies/{fbi}/").text
    assert visit(world.users["detective"]).post(f"/agencies/{fbi}/contact/", given).status_code == 404
    staff = Staff.objects.get(name="Agent Example")
    client = visit(world.users["coordinator"])
    assert "listed only" in client.get(f"/people/{staff.pk}/").text
    assert client.get(f"/people/{staff.pk}/link/").status_code == 404
    assert client.post(f"/people/{staff.pk}/end/").status_code == 302
    assert "555 0144" not in client.get(f"/agencies/{fbi}/").text


def test_a_provider_without_a_vault_shows_the_command_that_makes_it(world, visit):
    client = visit(world.users["coordinator"])
    client.post("/agencies/new/", new_agency(world, sector="community_services", name="New Shelter"))
    row = Agency.objects.get(name="New Shelter")
    assert f"concord database apply --vault NAME={row.pk}" in client.get(f"/agencies/{row.pk}/").text


def test_sharing_ends_when_the_mou_is_ended(world, visit):
    client, mou = visit(world.users["coordinator"]), Mou.objects.get(agency=world.agencies["sheriff"])
    assert world.agencies["sheriff"].pk in partners_of(world, "detective")
    assert client.post(f"/mous/{mou.pk}/end/", {"on": timezone.localdate()}).status_code == 302
    assert world.agencies["sheriff"].pk not in partners_of(world, "detective")
    assert "stopped" in client.get("/mous/").text


def test_a_membership_ends_after_the_day_that_is_given(world, visit):
    member = Membership.objects.get(agency=world.agencies["sheriff"])
    client = visit(world.users["coordinator"])
    early = client.post(f"/memberships/{member.pk}/end/", {"on": member.from_date - dt.timedelta(days=1)})
    assert early.status_code == 422
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert client.post(f"/memberships/{member.pk}/end/", {"on": yesterday}).status_code == 302
    assert world.agencies["sheriff"].pk not in partners_of(world, "detective")


def test_the_register_shows_what_is_urgent_first(world, visit):
    Mou.objects.filter(agency=world.agencies["police"]).update(expires_on=dt.date(2025, 1, 31))
    client = visit(world.users["coordinator"])
    page = client.get("/mous/").text
    assert page.index("expired on January 31, 2025") < page.index("in force until")
    assert "expired on January 31, 2025" in client.get("/").text, "and it stands on her home"


def test_members_read_the_register_and_change_nothing(world, visit):
    client, member = visit(world.users["detective"]), Membership.objects.get(agency=world.agencies["sheriff"])
    page = client.get("/mous/")
    assert page.status_code == 200
    assert "Renew" not in page.text
    mou = Mou.objects.get(agency=world.agencies["sheriff"])
    for path in ("/agencies/new/", f"/agencies/{world.agencies['sheriff'].pk}/mou/", f"/mous/{mou.pk}/end/",
                 f"/memberships/{member.pk}/end/", f"/agencies/{world.agencies['sheriff'].pk}/change/",
                 f"/task-forces/{world.task_forces['riverton'].pk}/"):
        assert client.get(path).status_code == 404, path


def test_the_wall_refuses_what_the_pages_do_not_offer(world):
    detective = world.viewer("detective")
    with acting(detective):
        with pytest.raises(PermissionDenied):
            partners.admit_agency(
                task_force=world.task_forces["riverton"], name="X", sector=Sector.LAW_ENFORCEMENT,
                level=AgencyLevel.LOCAL, state="CA", phone="", has_accounts=False, from_date=TODAY, by=detective,
            )
    outsider = world.viewer("outsider")
    with acting(outsider), pytest.raises(PermissionDenied):
        partners.change_task_force(
            task_force=world.task_forces["riverton"], name="X", scope=Scope.LOCAL, state="CA", by=outsider
        )


def test_a_coordinator_cannot_admit_to_a_task_force_she_is_not_in(world, visit):
    client = visit(world.users["coordinator"])
    answer = client.post("/agencies/new/", new_agency(world, task_force=str(world.task_forces["farland"].pk)))
    assert answer.status_code == 422
    coordinator = world.viewer("coordinator")
    with acting(coordinator), pytest.raises(PermissionDenied):
        partners.admit_agency(
            task_force=world.task_forces["farland"], name="X", sector=Sector.HEALTH, level=AgencyLevel.LOCAL,
            state="CA", phone="", has_accounts=False, from_date=TODAY, by=coordinator,
        )


def test_an_administrator_keeps_her_agency_and_no_other(world, visit):
    client = visit(world.users["lantern_admin"])
    given = {"name": "Lantern House", "level": "non_profit", "state": "CA", "phone": "555 0199"}
    assert client.post(f"/agencies/{world.agencies['lantern'].pk}/change/", given).status_code == 302
    assert Agency.objects.get(pk=world.agencies["lantern"].pk).phone == "555 0199"
    assert client.post(f"/agencies/{world.agencies['harbor'].pk}/change/", given).status_code == 404


def test_an_mou_longer_than_ten_years_is_a_slip_of_the_pen(world):
    coordinator = world.viewer("coordinator")
    with acting(coordinator), pytest.raises(ValidationError):
        partners.record_mou(
            task_force=world.task_forces["riverton"], agency=world.agencies["sheriff"], version="1", signed_on=TODAY,
            signed_by="x", expires_on=TODAY.replace(year=2062), by=coordinator,
        )


def test_everyone_finds_whom_to_call(world, visit):
    Agency.objects.filter(pk=world.agencies["prosecutor"].pk).update(phone="555 0123")
    client = visit(world.users["advocate"])
    found = client.get("/agencies/?q=prosec").text
    assert "555 0123" in found
    assert "Farland Police" not in client.get("/agencies/").text
    page = client.get(f"/agencies/{world.agencies['police'].pk}/").text
    assert "Second Detective" in page
    assert "Detective or agent" in page
