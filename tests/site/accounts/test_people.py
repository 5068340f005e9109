"""Who lets whom in, and out."""

import datetime as dt
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concord.site.accounts import actions, jobs, partners, standing
from concord.site.accounts.models import Agency, Staff
from concord.site.signin import actions as signin
from concord.site.signin import invitations
from concord.site.signin.models import Invitation, Session, User
from concord.site.stores.acting import acting
from concord.vocabulary import AgencyLevel, Role, Sector

PASSWORD = "four unrelated words, one comma"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def invite(world, by="lantern_admin", agency="lantern", roles=(Role.ADVOCATE,), email="new@lantern.example"):
    return actions.invite(
        agency=world.agencies[agency].pk, name="New Person", email=email, roles=roles, by=world.viewer(by)
    )


def accept(token, password=PASSWORD):
    """As she does it: opens the link, sets her password."""
    browser = Client()
    browser.get(f"/account/invitation/{token}/")
    return browser, browser.post("/account/invitation/", {"password": password, "again": password, "accept": "1"})


def test_an_invitation_gives_a_sign_in_that_needs_a_second_proof_first(world):
    invited = invite(world)
    browser, answer = accept(invited.token)
    assert answer["Location"] == "/account/2fa/"
    assert browser.get("/")["Location"] == "/account/2fa/"
    assert browser.get("/account/2fa/totp/activate/").status_code == 200, "her password is not asked twice"
    user = User.objects.get(staff_id=invited.staff)
    assert user.is_active
    assert user.check_password(PASSWORD)
    assert (user.sector, user.roles) == (Sector.COMMUNITY_SERVICES, [Role.ADVOCATE])


def test_an_invitation_works_once(world):
    invited = invite(world)
    accept(invited.token)
    _browser, again = accept(invited.token, "another four words, for a thief")
    assert again.status_code == 404
    assert "no longer works" in again.text
    assert User.objects.get(staff_id=invited.staff).check_password(PASSWORD)


def test_an_invitation_ends_after_seven_days(world):
    invited = invite(world)
    link = Invitation.objects.get(user__staff_id=invited.staff)
    assert (link.expires_at - link.made_at).days in (6, 7)
    Invitation.objects.update(expires_at=link.made_at)
    assert accept(invited.token)[1].status_code == 404


def test_a_new_link_ends_the_one_before(world):
    first = invite(world)
    second = actions.give_link(staff=first.staff, by=world.viewer("lantern_admin"))
    assert accept(first.token)[1].status_code == 404
    assert accept(second.token)[1].status_code == 302


def test_the_link_itself_is_not_kept(world):
    invited = invite(world)
    assert invited.token.encode() not in bytes(Invitation.objects.get(user__staff_id=invited.staff).digest)


def test_a_role_of_another_sector_is_refused(world):
    with pytest.raises(PermissionDenied):
        invite(world, roles=[Role.DETECTIVE])
    assert not User.objects.filter(email="new@lantern.example").exists()


def test_roles_of_another_sector_are_not_offered(world, visit):
    page = visit(world.users["lantern_admin"]).get(f"/people/of/{world.agencies['lantern'].pk}/invite/")
    assert "Case manager" in page.text
    assert "Detective" not in page.text


@pytest.mark.parametrize("name", ["advocate", "detective", "privacy_officer", "coordinator"])
def test_nobody_but_its_administrator_lets_people_into_a_provider(world, name):
    with pytest.raises((PermissionDenied, Agency.DoesNotExist)):
        invite(world, by=name)
    with pytest.raises((PermissionDenied, Agency.DoesNotExist)):
        invite(world, by=name, roles=[Role.ADMINISTRATOR])


def test_an_address_signs_in_for_one_person_only(world):
    with pytest.raises(ValidationError, match="already"):
        invite(world, email="ADVOCATE@lantern.example")


@pytest.fixture
def shelter(world):
    """A provider that the coordinator has just admitted; nobody of its own has signed in."""
    by = world.viewer("coordinator")
    with acting(by):
        row = partners.admit_agency(
            task_force=world.task_forces["riverton"], name="New Shelter", sector=Sector.COMMUNITY_SERVICES,
            level=AgencyLevel.NON_PROFIT, state="CA", phone="555 0100", has_accounts=True,
            from_date=timezone.localdate(), by=by,
        )
    return row


def first_of(shelter, world, roles=(Role.ADMINISTRATOR,)):
    return actions.invite(
        agency=shelter.pk, name="First", email="first@shelter.example", roles=roles, by=world.viewer("coordinator")
    )


def test_the_coordinator_invites_the_first_administrator_and_nobody_else(world, shelter):
    with pytest.raises(PermissionDenied):
        first_of(shelter, world, roles=[Role.ADVOCATE])
    assert first_of(shelter, world).token


def test_a_link_from_outside_that_was_kept_in_reserve_dies_when_the_first_of_its_own_people_is_in(world, shelter):
    first = first_of(shelter, world)
    reserve = actions.invite(agency=shelter.pk, name="Second", email="second@shelter.example",
                             roles=[Role.ADMINISTRATOR], by=world.viewer("coordinator"))
    assert accept(first.token)[1].status_code == 302
    assert accept(reserve.token)[1].status_code == 404
    assert not User.objects.get(staff_id=reserve.staff).is_active


def test_once_its_own_people_sign_in_the_coordinator_keeps_it_no_longer(world, shelter):
    invited = first_of(shelter, world)
    user = User.objects.get(staff_id=invited.staff)
    standing.forget()
    standing.placed(user.viewer())
    shelter.refresh_from_db()
    assert shelter.founded_at is not None
    coordinator = world.viewer("coordinator")
    for act in (
        lambda: actions.invite(agency=shelter.pk, name="Spy", email="spy@x.example", roles=[Role.ADMINISTRATOR],
                               by=coordinator),
        lambda: actions.give_link(staff=invited.staff, by=coordinator),
        lambda: actions.change_roles(staff=invited.staff, roles=[Role.ADVOCATE, Role.ADMINISTRATOR], by=coordinator),
    ):
        with pytest.raises((PermissionDenied, Staff.DoesNotExist)):
            act()
    with acting(coordinator):
        assert Staff.objects.filter(pk=invited.staff).update(name="x") == 0, "the database says so too"


def signed_in(world, name):
    browser = Client()
    browser.force_login(world.users[name], backend=BACKEND)
    assert browser.get("/").status_code == 200
    return browser


def test_whoever_leaves_is_out_everywhere_within_a_second(world):
    browsers = [signed_in(world, "second_advocate") for _ in range(3)]
    user = world.users["second_advocate"]
    began = time.monotonic()
    ended = actions.offboard(staff=user.staff_id, by=world.viewer("lantern_admin"))
    assert time.monotonic() - began < 1
    assert (ended.sessions, ended.in_directory) == (3, True)
    assert all(browser.get("/").status_code == 302 for browser in browsers)
    assert Session.objects.filter(user_id=user.pk).count() == 0
    user.refresh_from_db()
    assert not user.is_active
    assert not user.has_usable_password()
    assert not Staff.objects.filter(pk=user.staff_id).at_work(timezone.localdate()).exists()
    assert actions.offboard(staff=user.staff_id, by=world.viewer("lantern_admin")).sessions == 0, "again is harmless"


def test_a_link_of_someone_who_left_is_dead(world):
    invited = invite(world)
    actions.offboard(staff=invited.staff, by=world.viewer("lantern_admin"))
    assert accept(invited.token)[1].status_code == 404


@pytest.mark.parametrize("by", ["advocate", "detective", "coordinator"])
def test_nobody_else_ends_a_sign_in(world, by):
    with pytest.raises((PermissionDenied, Staff.DoesNotExist)):
        actions.offboard(staff=world.users["second_advocate"].staff_id, by=world.viewer(by))
    assert User.objects.get(pk=world.users["second_advocate"].pk).is_active


def test_the_last_administrator_cannot_leave_before_another_is_made(world):
    admin = world.users["lantern_admin"]
    with pytest.raises(ValidationError, match="only administrator"):
        actions.offboard(staff=admin.staff_id, by=world.viewer("lantern_admin"))
    with pytest.raises(ValidationError, match="only administrator"):
        actions.change_roles(staff=admin.staff_id, roles=[Role.ADVOCATE], by=world.viewer("lantern_admin"))


def test_a_changed_role_signs_her_out_and_holds_at_once(world):
    browser = signed_in(world, "second_advocate")
    staff = world.users["second_advocate"].staff_id
    actions.change_roles(staff=staff, roles=[Role.CASE_MANAGER], by=world.viewer("lantern_admin"))
    assert browser.get("/").status_code == 302
    assert User.objects.get(staff_id=staff).roles == [Role.CASE_MANAGER]
    assert Staff.objects.get(pk=staff).roles == [Role.CASE_MANAGER]


def test_the_sweeper_finishes_what_stopped_after_the_directory(world):
    browser, staff = signed_in(world, "second_advocate"), world.users["second_advocate"].staff_id
    actions._end_in_directory(staff, world.viewer("lantern_admin"))
    assert browser.get("/").status_code == 200
    assert jobs.sweep() == 1
    assert browser.get("/").status_code == 302
    assert jobs.sweep() == 0


def test_the_sweeper_finishes_what_reached_the_sign_in_alone(world):
    staff = world.users["second_advocate"].staff_id
    signin.end_user(staff=staff)
    jobs.sweep()
    assert Staff.objects.get(pk=staff).until_date == timezone.localdate()


def test_roles_follow_the_directory(world):
    staff = world.users["second_advocate"].staff_id
    Staff.objects.filter(pk=staff).update(roles=[Role.CASE_MANAGER])
    jobs.sweep()
    assert User.objects.get(staff_id=staff).roles == [Role.CASE_MANAGER]


def test_a_sign_in_unused_for_90_days_rests(world):
    user = world.users["second_advocate"]
    User.objects.filter(pk=user.pk).update(
        demo=False, last_login=timezone.now() - dt.timedelta(days=91)
    )
    assert jobs.sweep() == 1
    user.refresh_from_db()
    assert not user.is_active
    assert user.ended_at is None


def test_an_administrator_releases_a_lock_on_her_page(world, visit, rf):
    user = world.users["second_advocate"]
    browser = Client()
    for _ in range(5):
        last = browser.post("/account/login/", {"login": user.email, "password": "wrong", "accept": "1"})
    assert last.status_code == 429
    client = visit(world.users["lantern_admin"])
    assert "locked after five failures" in client.get("/people/").text
    assert client.post(f"/people/{user.staff_id}/release/").status_code == 302
    assert "locked after five failures" not in client.get("/people/").text


def test_the_pages_of_people_do_their_work(world, visit):
    client, of = visit(world.users["lantern_admin"]), world.agencies["lantern"].pk
    given = {"name": "Invited Person", "email": "invited@lantern.example", "roles": ["advocate"]}
    bad = client.post(f"/people/of/{of}/invite/", given | {"roles": []})
    assert bad.status_code == 422
    shown = client.post(f"/people/of/{of}/invite/", given)
    assert "/account/invitation/" in shown.text
    staff = Staff.objects.get(name="Invited Person")
    assert "invited; link open until" in client.get(f"/people/{staff.pk}/").text
    assert client.post(f"/people/{staff.pk}/roles/", {"roles": ["case_manager"]}).status_code == 302
    changed = client.post(f"/people/{staff.pk}/details/", {"name": "Invited P.", "title": "", "phone": "1"})
    assert changed.status_code == 302
    assert "/account/invitation/" in client.post(f"/people/{staff.pk}/link/").text
    assert client.post(f"/people/{staff.pk}/end/").status_code == 302
    assert "Invited P." not in client.get("/people/").text


@pytest.mark.parametrize("name", ["advocate", "detective", "evaluator"])
def test_whoever_keeps_nobody_finds_no_page_of_people(world, visit, name):
    client = visit(world.users[name])
    for path in ("/people/", f"/people/{world.users['advocate'].staff_id}/"):
        assert client.get(path).status_code == 404


def test_the_list_of_people_asks_as_often_for_many_as_for_few(world, visit):
    for n in range(15):
        invite(world, email=f"n{n}@lantern.example")
    client = visit(world.users["lantern_admin"])
    client.get("/people/")
    counted = []
    for alias in ("hub", "default"):
        with CaptureQueriesContext(connections[alias]) as queries:
            client.get("/people/")
        counted += [q for q in queries.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(counted) <= 14, [q["sql"][:80] for q in counted]


def test_an_invitation_is_refused_where_the_agency_has_no_accounts(world):
    standing.forget()
    with acting(world.viewer("coordinator")):
        fbi = Agency.objects.get(pk=world.agencies["fbi"].pk)
    with pytest.raises(ValidationError, match="without accounts"):
        actions.invite(agency=fbi.pk, name="A", email="a@fbi.example", roles=[Role.ADMINISTRATOR],
                       by=world.viewer("coordinator"))


def test_an_invitation_that_is_not_open_is_found_by_no_one(world):
    with pytest.raises(invitations.NotOpen):
        invitations.find("x" * 43)
