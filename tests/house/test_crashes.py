"""Killed without a word in the middle of work: what was acknowledged is there, nothing is there by half."""

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from tests.house.house import wait_for

SECONDS = 6
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Writer:
    """Somebody who sends form after form, each with a key of its own, and notes what was acknowledged."""

    browser: object
    path: str
    answers: dict
    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)

    def work(self, until: float) -> None:
        while time.monotonic() < until:
            self.send(str(uuid4()))

    def send(self, key: str) -> None:
        try:
            page = self.browser.post(self.path, {"asked": "x", "client_key": key, **self.answers})
        except (OSError, http.client.HTTPException):
            self.unanswered.append(key)
            time.sleep(0.05)
            return
        if page.status == 302 and ID.search(page.location):
            self.acknowledged[key] = ID.search(page.location)[0]
        else:
            self.unanswered.append(key)


@pytest.fixture
def writers(house):
    """Two advocates' and two detectives' browsers: services of one client, and leads."""
    advocate, detective = (house.browser(who) for who in ("Tansy Quillwater", "Riverton Police"))
    client = advocate.send_form(
        "/clients/new/", called=f"Crashtest {uuid4().hex[:8]}", called_why="", first_contact_on="2026-01-15",
        reach_how="text", reach_where="555-0100", reach_note="", language="spanish", language_why="",
        someone_else="1",
    ).location  # fmt: skip
    service = {"service_type": "HOU", "mode": "provided", "on_date": "2026-01-16", "quantity": "1",
               "unit": "encounter", "note": "x"}  # fmt: skip
    lead = {"asked_for_help": "no", "received_on": "2026-01-10", "source": "patrol", "trafficking_type": "labor",
            "summary": "y"}  # fmt: skip
    return [
        *(Writer(browser, f"{client}services/new/", service) for browser in (advocate, house.browser("Tansy"))),
        *(Writer(browser, "/leads/new/lead/", lead) for browser in (detective, house.browser("Riverton Police"))),
    ]


def made_by(house, writer: Writer) -> dict[str, tuple]:
    """What each form's key stands for in the database: the record it became, and whether that record is there."""
    alias, draft, table = (
        ("vault_lantern", "services_draft", "services_service")
        if "/clients/" in writer.path
        else ("justice", "justice_draft", "justice_lead")
    )
    rows = house.ask(
        alias,
        f"select d.client_key::text, d.outcome::text, exists (select 1 from {table} t where t.id = d.outcome)"
        f" from {draft} d where d.client_key = any(%s::uuid[])",
        [*writer.acknowledged, *writer.unanswered],
    )
    return {key: (outcome, there) for key, outcome, there in rows}


def count(house, writer: Writer) -> int:
    alias, table = ("vault_lantern", "services_service") if "/clients/" in writer.path else ("justice", "justice_lead")
    return house.ask(alias, f"select count(*) from {table}")[0][0]


@pytest.mark.parametrize("harm", ["kill_web_server", "kill_database_server"])
def test_what_was_acknowledged_survives_and_nothing_is_there_by_half(house, writers, harm):
    before = [count(house, writer) for writer in writers[::2]]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=writer.work, args=[until]) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS / 2)
    getattr(house, harm)()
    for thread in threads:
        thread.join()
    wait_for(lambda: house.answers() and writers[0].browser.get("/").status == 200, "it did not come back")
    assert all(writer.acknowledged for writer in writers)
    assert any(writer.unanswered for writer in writers), "nothing was under way when it was killed"
    for writer in writers:
        kept = made_by(house, writer)
        lost = [key for key in writer.acknowledged if not (key in kept and all(kept[key]))]
        assert lost == []
        half = [key for key in writer.unanswered if key in kept and not all(kept[key])]
        assert half == []
        for key in list(writer.unanswered):
            writer.send(key)  # the same forms again, as browsers send them
        assert set(writer.unanswered) <= set(writer.acknowledged)
    for first, second, n in zip(writers[::2], writers[1::2], before, strict=True):
        assert count(house, first) == n + len(first.acknowledged) + len(second.acknowledged)
    done = house.command("verify")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("links, intact") == len(house.stores()) - 1  # sign-in keeps no chain


# --- Between two stores -----------------------------------------------------------------------------------------------

DIES_BETWEEN = """
import datetime as dt, os
from uuid import UUID, uuid4
from concord.commands._site import open_site
from concord.home import Home
site = open_site(Home.find("demo"))
standing, acting, base = (site(name) for name in ("accounts.standing", "stores.acting", "stores.backend.base"))
user = site("signin.models").User.objects.get(name={user!r})
by = standing.placed(user.viewer())
base.DatabaseWrapper.leave_store = lambda self: os._exit(9)  # the first store has committed, the hub has not
with acting.acting(by):
{action}
"""
REFERS = """
    lead = site("justice.models").Lead.objects.filter(agency_id=by.agency).first()
    site("justice.actions.referrals").refer_to_services(
        id=UUID({id!r}), to_agency=UUID({to!r}), lead=lead, by=by, content={{"summary": "Asked for a bed."}})
"""
REPORTS = """
    client = site("services.models").Client.objects.filter(agency_id=by.agency, restricted=False).first()
    today = dt.date.today()
    site("services.actions").report(
        id=UUID({id!r}), client=client, to_agency=UUID({to!r}), items=["summary"], summary="What happened",
        purpose="She wants it", signed_on=today, expires_on=today + dt.timedelta(days=9), by=by)
"""
WAITING = {
    "justice": "select bridge_done from justice_sentreferral where id = %s",
    "vault_lantern": "select bridge_done from services_disclosureentry where referral_id = %s",
}


@pytest.mark.parametrize(("user", "action", "to", "alias", "ticks"), [
    ("Pell Ashdown-Reed", REFERS, "Lantern%", "justice", 1),
    ("Tansy Quillwater", REPORTS, "Riverton Police%", "vault_lantern", 2),
])  # fmt: skip
def test_what_a_crash_left_between_two_stores_is_finished_by_the_next_tick(house, user, action, to, alias, ticks):
    id = str(uuid4())
    agency = house.ask("hub", "select id from accounts_agency where name like %s or phone = '555-0140' and %s like"
                       " 'Lantern%%' order by name", to, to)[0][0]  # fmt: skip
    died = house.python(DIES_BETWEEN.format(user=user, action=action.format(id=id, to=str(agency))))
    assert died.returncode == 9, died.stderr
    assert house.ask(alias, WAITING[alias], id) == [(False,)]
    in_hub = "select count(*) from bridge_referral where id = %s"
    for n in range(ticks):
        assert house.ask("hub", in_hub, id) == [(min(n, 1),)]
        ticked = house.command("tick")
        assert (ticked.returncode, ticked.stderr) == (0, "")
    assert house.ask("hub", in_hub, id) == [(1,)]
    assert house.ask(alias, WAITING[alias], id) == [(True,)]
