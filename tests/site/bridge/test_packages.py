"""A sealed copy is read by one named person while it lives, and by nobody otherwise."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from concord.law import packages as law
from concord.law.wall import JUSTICE
from concord.site import bridge
from concord.site.accounts import standing
from concord.site.accounts.models import Mou, Staff
from concord.site.bridge import jobs, packages
from concord.site.bridge.models import Package, PackageKey
from concord.site.keys import packages as keys
from concord.site.keys.sealing import KeyRefused
from concord.site.pages.objections import Objection
from concord.site.stores.acting import acting
from concord.site.web.ticks import service_account
from concord.vocabulary import AgencyLevel, PackageState, Role, Sector
from tests.site.world import known_id

SECRET = "Quill Brambleton"
CONTENT = {
    "purpose": "legal_help", "purpose_words": "", "items": {"name": SECRET, "dates": ["2026-01-02"]},
    "said_by": "Lantern House", "expires_on": "2099-01-01",
}  # fmt: skip


@pytest.fixture
def clinic(world):
    """A hospital: no store of its own but the hub."""
    world.agency("clinic", Sector.HEALTH, "riverton", AgencyLevel.LOCAL)
    world.user("nurse", "clinic", Role.CASE_MANAGER)
    world.user("second_nurse", "clinic", Role.CASE_MANAGER)
    standing.forget()
    return world


def send(world, *, to="counsel", id=None, content=CONTENT, expires_at=None, by="advocate", **other):
    viewer, user = world.viewer(by), world.users[to]
    asked = {"to_agency": user.agency_id, "to_staff": user.staff_id} | other
    with acting(viewer):
        return packages.send_package(
            id=id or uuid4(), content=content, by=viewer,
            expires_at=expires_at or timezone.now() + dt.timedelta(days=30), **asked,
        )  # fmt: skip


def read(world, package, who="counsel"):
    viewer = world.viewer(who)
    with acting(viewer):
        return packages.open_package(package=packages.received_packages(viewer).get(pk=package.pk), by=viewer)


def withdraw(world, package, who="advocate"):
    viewer = world.viewer(who)
    with acting(viewer):
        return packages.withdraw_package(id=package.pk, by=viewer)


def expire(package):
    """The guard looks at the server's clock, which nobody moves: the package's day is moved instead, as its owner."""
    now = timezone.now()
    Package.objects.filter(pk=package.pk).update(
        sent_at=now - dt.timedelta(days=2), expires_at=now - dt.timedelta(seconds=1))


def tick(world, agency):
    job = standing.placed(service_account(world.agencies[agency].pk, Sector(world.agencies[agency].sector)))
    with acting(job):
        jobs.sweep(job)


def lose_keys():
    """What a crash of the database server does to an unlogged table, and a restore to what no backup holds."""
    PackageKey.objects.all().delete()


def verbs(world, who):
    """What the hub's chain says of the acts of that person's agency, as its privacy officer reads it."""
    officer = replace(world.viewer(who), roles=frozenset({Role.PRIVACY_OFFICER}))
    with acting(officer), connections["hub"].cursor() as cursor:
        cursor.execute("select verb from guard.chain(null, null, 500) where verb like 'package.%' order by id")
        return [verb for (verb,) in cursor.fetchall()]


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_the_named_person_reads_what_was_sealed(world):
    assert read(world, send(world))["items"] == CONTENT["items"]


def test_every_look_is_recorded(world):
    package = send(world)
    read(world, package)
    read(world, package)
    assert verbs(world, "advocate") == ["package.sent"]
    assert verbs(world, "counsel") == ["package.opened", "package.opened"]


@pytest.mark.parametrize("who", ["second_advocate", "detective", "coordinator"])
def test_nobody_else_opens_it(world, who):
    package = send(world)
    viewer = world.viewer(who)
    with acting(viewer), pytest.raises(KeyRefused):
        packages.open_package(package=package, by=viewer)


def test_a_colleague_of_the_named_person_does_not_open_it(world):
    world.user("second_counsel", "harbor", Role.COUNSEL)
    package = send(world)
    with pytest.raises(KeyRefused):
        read(world, package, "second_counsel")


def test_a_claim_to_be_the_named_person_meets_the_guard(world):
    world.user("second_counsel", "harbor", Role.COUNSEL)
    package = send(world)
    with acting(world.viewer("second_counsel")), pytest.raises(Objection):
        packages.open_package(package=package, by=world.viewer("counsel"))


def test_no_other_agencys_key_opens_it(world):
    package = send(world)
    sealed = PackageKey.objects.get(package=package).sealed
    with acting(world.viewer("detective")), pytest.raises(KeyRefused):
        keys.unseal_package(bytes(package.content), sealed_key=bytes(sealed), package=package.pk,
                            recipient=world.agencies["harbor"].pk)
    with acting(world.viewer("detective")), pytest.raises(keys.Unreadable):
        keys.unseal_package(bytes(package.content), sealed_key=bytes(sealed), package=package.pk,
                            recipient=world.agencies["police"].pk)


def test_the_content_of_one_copy_does_not_open_as_another(world):
    one, other = send(world), send(world)
    Package.objects.filter(pk=one.pk).update(content=other.content)
    with pytest.raises(Objection, match="cannot be read here"):
        read(world, one)


def test_the_length_of_a_sealed_copy_says_little(world):
    short = send(world)
    longer = send(world, content=CONTENT | {"items": {"name": "x" * 2000}})
    assert len(short.content) == len(longer.content)


ODD = [None, [], "x", {"items": []}, {"items": {"name": 7, "x\0": "y", "z": [["deep"]]}}, {"items": {"": "x"}},
       {"purpose": [], "items": {"name": "\ud800"}}]  # fmt: skip


@pytest.mark.parametrize("said", ODD)
def test_of_what_a_senders_own_program_sealed_nothing_is_believed(said):
    assert law.as_content(said) == {
        "purpose": "other", "purpose_words": "", "items": {}, "said_by": "", "expires_on": ""}


def test_what_says_nothing_is_not_opened(world):
    package = send(world, content={"items": {}})
    with pytest.raises(Objection, match="cannot be read here"):
        read(world, package)
    assert Package.objects.get(pk=package.pk).opened_at is None


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_sent_twice_it_is_one(world):
    first = send(world)
    assert send(world, id=first.pk, content=CONTENT | {"said_by": "x"}).pk == first.pk
    assert PackageKey.objects.count() == 1
    with pytest.raises(Objection):
        send(world, id=first.pk, to="detective")


def objections(world, **asked) -> set[str]:
    with pytest.raises(Objection) as refused:
        send(world, **asked)
    assert not Package.objects.exists()
    return set(refused.value.found)


def test_it_goes_to_a_partner_alone(world):
    assert objections(world, to="outsider") == {"to_agency"}
    assert objections(world, to_agency=world.agencies["lantern"].pk) == {"to_agency"}
    assert objections(world, to_agency=uuid4()) == {"to_agency"}


def test_it_goes_to_no_agency_without_an_account(world):
    assert objections(world, to_agency=world.agencies["fbi"].pk) == {"to_agency"}


@pytest.mark.parametrize("who", ["coordinator", "evaluator"])
def test_it_goes_to_nobody_who_has_no_file_of_anybody(world, who):
    assert objections(world, to=who) == {"to_agency"}


def test_it_goes_nowhere_when_the_providers_mou_has_expired(world):
    Mou.objects.filter(agency=world.agencies["lantern"]).update(expires_on=dt.date(2025, 1, 1))
    standing.forget()
    assert objections(world) == {"to_agency"}


def test_it_goes_to_somebody_who_works_there_today(world):
    assert objections(world, to_staff=world.users["detective"].staff_id) == {"to_staff"}
    Staff.objects.filter(pk=known_id("staff counsel")).update(until_date=dt.date(2025, 1, 1))
    assert objections(world) == {"to_staff"}


def test_it_ends_after_today(world):
    assert objections(world, expires_at=timezone.now()) == {"expires_at"}


def test_what_is_too_long_says_so(world):
    assert objections(world, content=CONTENT | {"items": {"name": "x" * 300_000}}) == {"items"}


@pytest.mark.parametrize("who", ["detective", "coordinator"])
def test_nobody_but_a_provider_sends_one(world, who):
    with pytest.raises(DatabaseError, match="row-level security"):
        send(world, by=who, to="prosecutor")


# --- The end ----------------------------------------------------------------------------------------------------------


def test_withdrawn_it_is_unreadable_and_nothing_of_it_is_left(world):
    package = send(world)
    read(world, package)
    assert withdraw(world, package).state(timezone.now()) is PackageState.WITHDRAWN
    with pytest.raises(Objection, match="withdrawn"):
        read(world, package)
    assert Package.objects.get(pk=package.pk).content is None
    assert not PackageKey.objects.exists()
    assert verbs(world, "advocate")[-1] == "package.withdrawn"


def test_withdrawn_twice_is_withdrawn_once(world):
    package = send(world)
    first = withdraw(world, package).withdrawn_at
    assert withdraw(world, package).withdrawn_at == first


@pytest.mark.parametrize("who", ["counsel", "detective", "coordinator"])
def test_nobody_else_withdraws_it(world, who):
    package = send(world)
    assert withdraw(world, package, who) is None
    assert read(world, package)


def test_expired_it_is_unreadable_before_any_tick(world):
    package = send(world)
    read(world, package)
    expire(package)
    with pytest.raises(Objection, match="expired"):
        read(world, package)


@pytest.mark.parametrize("agency", ["lantern", "harbor"])
def test_the_tick_of_either_party_deletes_key_and_content(world, agency):
    package, living = send(world), send(world)
    expire(package)
    tick(world, agency)
    assert Package.objects.get(pk=package.pk).content is None
    assert PackageKey.objects.get().package_id == living.pk


def test_the_tick_of_a_third_agency_touches_nothing_and_leaves_no_trace_of_it(world):
    package = send(world)
    expire(package)
    tick(world, "police")
    assert Package.objects.get(pk=package.pk).content is not None
    with acting(world.viewer("privacy_officer")), connections["hub"].cursor() as cursor:
        cursor.execute("select count(*) from guard.chain(null, null, 500)")
        assert cursor.fetchone()[0] == 0


def test_without_an_agreement_it_does_not_open_and_with_a_new_one_it_does(world):
    package = send(world)
    Mou.objects.filter(agency=world.agencies["harbor"]).update(ended_on=dt.date(2025, 1, 1))
    standing.forget()
    with pytest.raises(Objection, match="Your agency's MOU"):
        read(world, package)
    Mou.objects.filter(agency=world.agencies["harbor"]).update(ended_on=None)
    standing.forget()
    assert read(world, package)


# --- Keys that were lost ----------------------------------------------------------------------------------------------


def reseal(world, package, who="advocate", content=CONTENT):
    viewer = world.viewer(who)
    with acting(viewer):
        return packages.reseal_package(id=package.pk, content=content, by=viewer)


def keyless(world, who="advocate"):
    viewer = world.viewer(who)
    with acting(viewer):
        return packages.keyless_packages(viewer)


def test_a_lost_key_closes_the_copy_until_its_sender_puts_one_back(world):
    package = send(world)
    read(world, package)
    lose_keys()
    with pytest.raises(Objection, match="cannot be read here"):
        read(world, package)
    assert keyless(world) == [package.pk]
    reseal(world, package)
    assert read(world, package)["items"]["name"] == SECRET
    assert keyless(world) == []


def test_what_was_withdrawn_or_has_expired_gets_no_key_again(world):
    withdrawn, expired = send(world), send(world)
    withdraw(world, withdrawn)
    expire(expired)
    lose_keys()
    assert keyless(world) == []
    for package in (withdrawn, expired):
        with pytest.raises((DatabaseError, Objection)):
            reseal(world, package)
    assert not PackageKey.objects.exists()


def test_what_a_justice_agency_opened_gets_no_key_again(world):
    package = send(world, to="detective")
    read(world, package, "detective")
    assert not PackageKey.objects.exists()
    assert keyless(world) == []
    with pytest.raises(DatabaseError, match="no package without its key"):
        reseal(world, package)


def test_a_copy_with_its_key_keeps_its_words(world):
    package = send(world)
    with pytest.raises(DatabaseError, match="no package without its key"):
        reseal(world, package, content=CONTENT | {"items": {"name": "Somebody Else"}})
    assert read(world, package)["items"]["name"] == SECRET


def test_only_the_sender_puts_a_key_back(world):
    package = send(world)
    lose_keys()
    assert keyless(world, "counsel") == []
    with pytest.raises(DatabaseError, match="no package without its key"):
        with acting(world.viewer("counsel")), connections["hub"].cursor() as cursor:
            cursor.execute("select guard.reseal_package(%s, 'x', 'x')", [package.pk])


# --- The guard's own words --------------------------------------------------------------------------------------------


def test_the_guard_and_the_wall_mean_the_same_by_a_justice_agency():
    text = Path(bridge.__file__).with_name("guard.sql").read_text()
    named = [set(found.split(",")) for found in re.findall(r"any\('\{([a-z_,]+)\}'::text\[\]\)", text)]
    assert [names for names in named if "law_enforcement" in names] == [{s.value for s in JUSTICE}] * 3


def test_the_table_of_keys_is_in_no_write_ahead_log(world):
    with connections["hub"].cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'bridge_packagekey'")
        assert cursor.fetchone()[0] == "u"


def test_nobody_reads_a_key(world):
    send(world)
    for who in ("advocate", "counsel", "detective", "coordinator"):
        with acting(world.viewer(who)), pytest.raises(DatabaseError, match="permission denied"):
            with transaction.atomic(using="hub"):
                PackageKey.objects.first()


# --- Pages ------------------------------------------------------------------------------------------------------------


def url(package, more=""):
    return f"/sealed-copies/{package.pk}/{more}"


def test_a_nurse_opens_a_copy_and_reads_it_again_until_it_is_withdrawn(clinic, visit):
    package = send(clinic, to="nurse")
    browser = visit(clinic.users["nurse"])
    assert url(package) in browser.get("/").content.decode()
    before = browser.get(url(package)).content.decode()
    assert "What happens when you open it" in before
    assert SECRET not in before
    assert browser.post(url(package, "open/")).headers["Location"] == url(package)
    for _ in range(2):
        page = browser.get(url(package))
        assert SECRET in page.content.decode()
        assert "no-store" in page.headers["Cache-Control"]
    withdraw(clinic, package)
    after = browser.get(url(package)).content.decode()
    assert "This copy was withdrawn" in after
    assert SECRET not in after


def test_a_look_alone_does_not_open_it(clinic, visit):
    package = send(clinic, to="nurse")
    visit(clinic.users["nurse"]).get(url(package))
    assert Package.objects.get(pk=package.pk).opened_at is None


def test_when_it_has_expired_the_page_says_who_from_and_when_and_never_whose(clinic, visit):
    package = send(clinic, to="nurse")
    browser = visit(clinic.users["nurse"])
    browser.post(url(package, "open/"))
    expire(package)
    page = browser.get(url(package)).content.decode()
    assert "This copy has expired" in page
    assert "Lantern" in page
    assert SECRET not in page
    assert "Legal" not in page
    assert "lawyer" not in page


def test_between_the_look_and_the_click_it_can_be_withdrawn(clinic, visit):
    package = send(clinic, to="nurse")
    browser = visit(clinic.users["nurse"])
    browser.get(url(package))
    withdraw(clinic, package)
    page = browser.post(url(package, "open/"))
    assert page.status_code == 200
    assert "This copy was withdrawn" in page.content.decode()
    assert verbs(clinic, "nurse") == ["package.refused"]


def test_a_colleague_sees_that_there_is_one_and_for_whom_and_cannot_open_it(clinic, visit):
    package = send(clinic, to="nurse")
    visit(clinic.users["nurse"]).post(url(package, "open/"))
    browser = visit(clinic.users["second_nurse"])
    page = browser.get(url(package)).content.decode()
    assert "This copy is for Nurse" in page
    assert SECRET not in page
    assert browser.post(url(package, "open/")).status_code == 404
    assert "Nurse" in browser.get("/sealed-copies/").content.decode()
    assert url(package) not in browser.get("/").content.decode()


@pytest.mark.parametrize("who", ["advocate", "detective", "coordinator", "outsider"])
def test_to_everybody_else_there_is_no_such_copy(clinic, visit, who):
    package = send(clinic, to="nurse")
    browser = visit(clinic.users[who])
    for asked in (url(package), f"/received-records/sealed/{package.pk}/"):
        assert browser.get(asked, follow=True).status_code == 404
    assert browser.post(url(package, "open/")).status_code == 404
