"""Sealed copies when the database server is killed, and when the process dies between the commits of two stores."""

import pytest

from tests.house.house import wait_for

SIGNS = """
import datetime as dt
from uuid import UUID, uuid4
from concord.commands._site import open_site
from concord.home import Home
site = open_site(Home.find("demo"))
User, standing = site("signin.models").User, site("accounts.standing")
acting, actions = site("stores.acting").acting, site("services.actions")
from concord.vocabulary import ReleasePurpose, SignatureMethod
by, to = (standing.placed(User.objects.get(name=name).viewer()) for name in ("Tansy Quillwater", "Pell Ashdown-Reed"))
today = dt.date.today()
with acting(by):
    adults = (c for c in site("services.models").Client.objects.filter(principal=None, restricted=False)
              if c.birth_date and today.year - c.birth_date.year > 20)
    release = actions.sign_release(
        id=uuid4(), client=next(adults), renews=None, seen="", by=by,
        proposed=actions.Proposed(
            purpose=ReleasePurpose.REPORT, items=("summary",), expires_on=today + dt.timedelta(days=9),
            limits_explained_first=True, explained_by=by.staff, to_agency=to.agency, to_staff=to.staff,
            summary="Said before the server died"),
        signature=actions.Signature(SignatureMethod.ORAL, today, witness="Opal Winterbourne"))
"""
TAKES_BACK = """
with acting(by):
    actions.revoke_release(release=release, channel="call", note="", by=by)
"""
OPENS_AND_DIES = """
import os
from uuid import UUID
from concord.commands._site import open_site
from concord.home import Home
site = open_site(Home.find("demo"))
base = site("stores.backend.base")
by = site("accounts.standing").placed(site("signin.models").User.objects.get(name="Pell Ashdown-Reed").viewer())
base.DatabaseWrapper.leave_store = lambda self: os._exit(9)  # justice has committed, the hub has not
with site("stores.acting").acting(by):
    site("justice.actions.received").open_copy(package=UUID({copy!r}), by=by)
"""
KEYS = "select count(*) from bridge_packagekey where package_id = %s"
OPENED = "select opened_at from bridge_package where id = %s"


def sent(house, more="") -> str:
    """A copy that was really signed for, and its id."""
    done = house.python(SIGNS + more)
    assert done.returncode == 0, done.stderr
    return str(house.ask("hub", "select id from bridge_package order by sent_at desc limit 1")[0][0])


@pytest.fixture
def detective(house):
    return house.browser("Pell Ashdown-Reed")


def test_a_killed_database_server_takes_every_key_and_the_tick_puts_back_those_of_releases_that_run(house, detective):
    live = sent(house)
    revoked = sent(house, TAKES_BACK)
    assert house.ask("hub", KEYS, live) == [(1,)]
    assert house.ask("hub", KEYS, revoked) == [(0,)]
    house.kill_database_server()
    wait_for(lambda: house.answers() and detective.get("/").status == 200, "it did not come back")
    assert house.ask("hub", "select count(*) from bridge_packagekey") == [(0,)]
    shut = detective.post(f"/received-records/sealed/{live}/open/")
    assert "Call the agency that sent it" in shut.text
    ticked = house.command("tick")
    assert (ticked.returncode, ticked.stderr) == (0, "")
    assert house.ask("hub", KEYS, live) == [(1,)]
    assert house.ask("hub", KEYS, revoked) == [(0,)]
    opened = detective.post(f"/received-records/sealed/{live}/open/")
    assert "Said before the server died" in detective.get(opened.location).text


def test_a_death_between_justice_and_the_hub_leaves_the_record_and_the_hub_is_told(house, detective):
    copy = sent(house)
    died = house.python(OPENS_AND_DIES.format(copy=copy))
    assert died.returncode == 9, died.stderr
    kept = house.ask("justice", "select id from justice_receivedrecord where package_id = %s", copy)
    assert len(kept) == 1
    assert house.ask("hub", OPENED, copy) == [(None,)]
    ticked = house.command("tick")
    assert (ticked.returncode, ticked.stderr) == (0, "")
    assert house.ask("hub", OPENED, copy) != [(None,)]
    assert house.ask("hub", KEYS, copy) == [(0,)]
    shown = detective.get(f"/received-records/sealed/{copy}/")
    assert shown.location == f"/received-records/{kept[0][0]}/"
