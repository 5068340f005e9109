"""A sealed copy is read by the named person while it lives, whatever happens in between, and by nobody else ever.

A machine sends, opens, withdraws, ends agreements, crashes and restores, and lets days pass; after each step people of
every agency look at every page that could show a copy, and the guard is asked for its key. The server's clock cannot
be moved: when days pass, every copy's own dates move towards the past instead.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import cycle, islice
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from concord.law.wall import JUSTICE
from concord.site.accounts import standing
from concord.site.accounts.models import Mou
from concord.site.bridge import jobs, packages
from concord.site.bridge.models import Package, PackageKey
from concord.site.justice.actions import received
from concord.site.justice.jobs import sweep as justice_sweep
from concord.site.justice.models import ReceivedRecord
from concord.site.stores.acting import acting
from concord.site.web.ticks import service_account
from concord.vocabulary import AgencyLevel, Role, Sector
from tests import stores as installation
from tests.site.bridge.test_packages import CONTENT
from tests.site.world import World
from tests.sweep.planted import unguessable
from tests.sweep.test_wall import as_viewer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
READERS = ("nurse", "counsel", "detective", "prosecutor")
WHO = (*READERS, "second_nurse", "second_counsel", "second_detective", "supervisor", "deputy", "advocate",
       "second_advocate", "coordinator", "evaluator", "outsider")  # fmt: skip
AGENCIES = ("clinic", "harbor", "police", "prosecutor", "lantern")
LOOKS_A_STEP = 3


@dataclass(eq=False)
class Copy:
    """A sealed copy as the machine knows it. `left`: how long it still runs."""

    id: UUID
    reader: str
    word: str
    left: dt.timedelta
    revoked: bool = False
    key: bool = True  # in the database, as far as anybody knows
    opened: bool = False
    record: UUID | None = None

    @property
    def ended(self) -> bool:
        return self.revoked or self.left <= dt.timedelta()

    @property
    def address(self) -> str:
        return f"/sealed-copies/{self.id}/"


class ReleaseLife(RuleBasedStateMachine):
    copies = Bundle("copies")

    def __init__(self):
        super().__init__()
        self.ends = installation.rolled_back()
        self.ends.__enter__()
        self.world = w = World.build()
        w.agency("clinic", Sector.HEALTH, "riverton", AgencyLevel.LOCAL)
        w.user("nurse", "clinic", Role.CASE_MANAGER)
        w.user("second_nurse", "clinic", Role.CASE_MANAGER)
        w.user("second_counsel", "harbor", Role.COUNSEL)
        standing.forget()
        self.browsers = {}
        for name in WHO:
            self.browsers[name] = Client(raise_request_exception=False)
            self.browsers[name].force_login(w.users[name], backend=BACKEND)
        self.sent: list[Copy] = []
        self.apart: set[str] = set()  # agencies whose MOU has ended
        self.backup: list[dict] = []
        self.turn = 0

    def teardown(self):
        self.ends.__exit__(None, None, None)

    # --- what the machine knows ---------------------------------------------------------------------------------------

    def agency(self, user: str) -> str:
        pk = self.world.users[user].agency_id
        return next(name for name, agency in self.world.agencies.items() if agency.pk == pk)

    def is_justice(self, user: str) -> bool:
        return Sector(self.world.users[user].sector) in JUSTICE

    def shared(self, copy: Copy) -> bool:
        return not self.apart & {"lantern", self.agency(copy.reader)}

    def opens(self, copy: Copy) -> bool:
        """Whether the guard would hand the key to the named person now."""
        return copy.key and not copy.ended and self.shared(copy)

    def reads(self, who: str, copy: Copy) -> bool:
        """Whether a look at her pages, and no more than a look, may show what it says."""
        if copy.record is not None:
            return self.agency(who) == self.agency(copy.reader)
        return who == copy.reader and not self.is_justice(who) and copy.opened and self.opens(copy)

    # --- what people do -----------------------------------------------------------------------------------------------

    @initialize(target=copies)
    def begin(self):
        """One for each kind of recipient, so that every later step finds something to do."""
        return multiple(*(self.made(reader, 9) for reader in READERS))

    def made(self, reader: str, days: int) -> Copy:
        left = dt.timedelta(days=days, hours=-1)
        copy = Copy(uuid4(), reader, unguessable("said"), left)
        to, by = self.world.users[reader], self.world.viewer("advocate")
        with acting(by):
            packages.send_package(
                id=copy.id, to_agency=to.agency_id, to_staff=to.staff_id, content=self.content(copy), by=by,
                expires_at=packages.timezone.now() + left,
            )  # fmt: skip
        self.sent.append(copy)
        return copy

    def content(self, copy: Copy) -> dict:
        return CONTENT | {"purpose_words": copy.word, "items": {"name": copy.word, "summary": [copy.word, "And more"]}}

    @rule(target=copies, reader=st.sampled_from(READERS), days=st.integers(1, 30))
    def a_provider_sends_one(self, reader, days):
        if self.apart & {"lantern", self.agency(reader)}:
            return multiple()
        return self.made(reader, days)

    @rule(copy=copies)
    def the_named_person_opens_it(self, copy):
        self.browsers[copy.reader].post(self.opening(copy))
        if self.is_justice(copy.reader):
            self.note_record(copy, self.opens(copy))
        elif self.opens(copy):
            copy.opened = True

    def opening(self, copy: Copy) -> str:
        if self.is_justice(copy.reader):
            return f"/received-records/sealed/{copy.id}/open/"
        return f"{copy.address}open/"

    def note_record(self, copy: Copy, opened: bool) -> None:
        kept = ReceivedRecord.objects.filter(package_id=copy.id).first()
        assert (kept is not None) == (copy.record is not None or opened)
        if kept is not None:
            copy.record, copy.opened, copy.key = kept.pk, True, False

    @rule(copy=copies, who=st.sampled_from(WHO))
    def somebody_else_tries_to_open_it(self, copy, who):
        if who != copy.reader:
            for address in (f"{copy.address}open/", f"/received-records/sealed/{copy.id}/open/"):
                assert self.browsers[who].post(address).status_code == 404
            assert ReceivedRecord.objects.filter(package_id=copy.id).exists() == (copy.record is not None)

    @rule(copy=copies)
    def a_justice_agency_opens_it_and_the_hub_fails(self, copy):
        if not (self.is_justice(copy.reader) and self.opens(copy) and copy.record is None):
            return
        by = self.world.viewer(copy.reader)
        with acting(by), transaction.atomic(using="hub"):
            copy.record = received.open_copy(package=copy.id, by=by).pk
            transaction.set_rollback(True, using="hub")

    @rule(copy=copies)
    def the_client_takes_it_back(self, copy):
        by = self.world.viewer("advocate")
        with acting(by):
            packages.withdraw_package(id=copy.id, by=by)
        copy.revoked, copy.key = True, False

    @rule(copy=copies, who=st.sampled_from(("counsel", "detective", "coordinator")))
    def somebody_else_tries_to_take_it_back(self, copy, who):
        by = self.world.viewer(who)
        with acting(by):
            assert packages.withdraw_package(id=copy.id, by=by) is None

    @rule(days=st.integers(1, 12))
    def days_pass(self, days):
        passed = dt.timedelta(days=days)
        Package.objects.update(sent_at=F("sent_at") - passed, expires_at=F("expires_at") - passed)
        for copy in self.sent:
            copy.left -= passed

    @rule(copy=copies)
    def it_expires_between_the_check_and_the_look(self, copy):
        if not self.reads(copy.reader, copy) or copy.record is not None:
            return
        real = packages.open_package

        def late(*, package, by):
            hub = connections["hub"]
            hub.become_owner()
            Package.objects.filter(pk=copy.id).update(
                sent_at=F("sent_at") - copy.left, expires_at=F("expires_at") - copy.left)
            hub.enter_store(by)
            return real(package=package, by=by)

        with patch.object(packages, "open_package", late):
            page = self.browsers[copy.reader].get(copy.address)
        copy.left = dt.timedelta()
        assert page.status_code == 200
        assert copy.word not in page.content.decode()

    @rule(agency=st.sampled_from(AGENCIES))
    def an_agreement_ends_or_begins_again(self, agency):
        self.apart ^= {agency}
        ended = dt.date(2025, 1, 1) if agency in self.apart else None
        Mou.objects.filter(agency=self.world.agencies[agency]).update(ended_on=ended)
        standing.forget()

    @rule()
    def the_database_server_crashes(self):
        """PostgreSQL empties an unlogged table."""
        PackageKey.objects.all().delete()
        for copy in self.sent:
            copy.key = False

    @rule()
    def the_hub_is_backed_up(self):
        self.backup = list(Package.objects.values("pk", "content", "opened_at", "withdrawn_at"))

    @rule()
    def the_hub_is_restored(self):
        """A backup holds no key (`tests/site/stores/test_backup.py` proves it with pg_dump), and what was withdrawn
        since stands in it as if it had not been. What was sent since is gone; its senders' ledgers are another test's.
        """
        for row in self.backup:
            Package.objects.filter(pk=row["pk"]).update(**{name: row[name] for name in row if name != "pk"})
            for copy in self.sent:
                if copy.id == row["pk"]:
                    copy.opened = row["opened_at"] is not None
        self.the_database_server_crashes()

    @rule()
    def the_senders_tick_comes(self):
        """What a provider's tick does from her vault: take back again what was revoked, put back the other keys."""
        by = self.world.viewer("advocate")
        by_id = {copy.id: copy for copy in self.sent}
        with acting(by):
            jobs.sweep(by)
            for id in packages.keyless_packages(by):
                if by_id[id].revoked:
                    packages.withdraw_package(id=id, by=by)
                elif self.shared(by_id[id]):
                    packages.reseal_package(id=id, content=self.content(by_id[id]), by=by)
                    by_id[id].key = True

    @rule(agency=st.sampled_from(("police", "prosecutor", "harbor", "clinic")))
    def a_recipients_tick_comes(self, agency):
        found = self.world.agencies[agency]
        job = standing.placed(service_account(found.pk, Sector(found.sector)))
        with acting(job):
            jobs.sweep(job)
            if job.sector in JUSTICE:
                justice_sweep(job)
        for copy in self.sent:
            if copy.record is not None and self.agency(copy.reader) == agency:
                copy.key, copy.opened = False, True

    # --- what nobody may learn ----------------------------------------------------------------------------------------

    @invariant()
    def only_the_named_person_reads_it_while_it_lives(self):
        others = [(who, copy) for copy in self.sent for who in WHO if who != copy.reader]
        for copy in self.sent[-LOOKS_A_STEP:]:
            self.look(copy.reader, copy)
        for who, copy in islice(cycle(others), self.turn, self.turn + LOOKS_A_STEP):
            self.look(who, copy)
        self.lists(WHO[self.turn % len(WHO)])
        self.turn += 7

    def look(self, who: str, copy: Copy) -> None:
        shown = "".join(self.pages(who, copy))
        assert (copy.word in shown) == self.reads(who, copy), (who, copy)
        self.ask_the_guard(who, copy)

    def pages(self, who: str, copy: Copy):
        addresses = [copy.address]  # which leads a justice agency into its own room
        if copy.record is not None:
            addresses.append(f"/received-records/{copy.record}/")
        for address in addresses:
            page = self.browsers[who].get(address, follow=True)
            assert page.status_code in (200, 404)
            yield page.content.decode()

    def lists(self, who: str) -> None:
        """Homes and lists say that there is something, and never what it says."""
        for address in ("/", "/sealed-copies/", "/received-records/"):
            shown = self.browsers[who].get(address).content.decode()
            assert not [copy for copy in self.sent if copy.word in shown]

    def ask_the_guard(self, who: str, copy: Copy) -> None:
        got = None
        with as_viewer("hub", self.world.viewer(who)) as connection, connection.cursor() as cursor:
            try:
                with transaction.atomic(using="hub"):
                    cursor.execute("select guard.open_package(%s)", [copy.id])
                    got = cursor.fetchone()[0]
            except DatabaseError as refused:
                if "permission denied" not in str(refused):
                    raise
        assert (got is not None) == (who == copy.reader and self.opens(copy))


PROFILE = effort(max_examples=2, stateful_step_count=14, deadline=None, database=None, derandomize=True,
                 phases=(Phase.generate,), suppress_health_check=list(HealthCheck))  # fmt: skip


def test_nobody_reads_a_copy_that_is_not_hers_or_has_ended_whatever_happens(django_db_blocker):
    with django_db_blocker.unblock():
        run_state_machine_as_test(ReleaseLife, settings=PROFILE)


def everything_happens(machine: ReleaseLife):
    """Each step at least once, in an order in which each finds something to do."""
    nurse, counsel, detective, prosecutor = machine.sent
    yield machine.the_hub_is_backed_up()
    for copy in (nurse, counsel, detective):
        yield machine.somebody_else_tries_to_open_it(copy, "second_counsel")
        yield machine.the_named_person_opens_it(copy)
    yield machine.an_agreement_ends_or_begins_again("clinic")
    yield machine.an_agreement_ends_or_begins_again("clinic")
    yield machine.a_justice_agency_opens_it_and_the_hub_fails(prosecutor)
    yield machine.the_client_takes_it_back(prosecutor)
    yield machine.a_recipients_tick_comes("prosecutor")
    yield machine.the_database_server_crashes()
    yield machine.the_senders_tick_comes()
    yield machine.somebody_else_tries_to_take_it_back(nurse, "counsel")
    yield machine.the_client_takes_it_back(counsel)
    yield machine.the_client_takes_it_back(detective)
    yield machine.the_hub_is_restored()
    yield machine.the_senders_tick_comes()
    yield machine.the_named_person_opens_it(nurse)
    yield machine.it_expires_between_the_check_and_the_look(nurse)
    yield machine.a_provider_sends_one("nurse", 3)
    yield machine.days_pass(12)
    yield machine.a_recipients_tick_comes("clinic")


def test_nobody_reads_a_copy_that_is_not_hers_or_has_ended_when_everything_happens_once(django_db_blocker):
    with django_db_blocker.unblock():
        machine = ReleaseLife()
        try:
            machine.begin()
            for _step in everything_happens(machine):
                machine.only_the_named_person_reads_it_while_it_lives()
        finally:
            machine.teardown()
