"""What an attacker who can run any SQL on a page's connection tries, and the refusal she must meet.

She holds the page's true context and web login. Each attack is a line of one table; a new hole is a new line.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from concord.site.bridge.models import Package, PackageKey
from concord.vocabulary import Role, Sector
from tests.sweep.test_wall import Scene, as_viewer

DENIED = "permission denied"
NOTHING = "nothing found"  # the statement runs, and touches or returns no row


@dataclass(frozen=True)
class Attack:
    """`statements` run one after the other in `store` as `who`; the last must meet `refusal`."""

    says: str
    who: str
    store: str
    statements: tuple[str, ...]
    refusal: str = DENIED

    def __str__(self):
        return self.says


_NOW = "set constraints all immediate"

# fmt: off
ATTACKS = (
    # --- the audit chain
    Attack("seal the link before its entries, so that the chain no longer adds up", "detective", "justice",
           (_NOW, "update justice_lead set county = county || 'x' where id = '{justice_lead}'"), "sealed when"),
    Attack("a note that seals itself empty", "detective", "justice",
           (_NOW, "select guard.note('file.read', null, null, null)"), "sealed when"),
    Attack("a change that writes as another row's", "detective", "justice",
           ("select guard.note('row.update', 'justice_lead', gen_random_uuid(), null)",)),
    Attack("say that the store was restored, to explain a gap", "detective", "justice",
           ("select guard.note('store.restored', null, null, null)",)),
    Attack("somebody's name in the chain", "detective", "justice",
           ("select guard.note('file.read', 'Juniper Fenwillow', null, null)",)),
    Attack("an entry past the guard", "detective", "justice",
           ("select guard.add('row.update', null, null, null, null, null)",)),
    Attack("read the chain as a table", "privacy_officer", "justice", ("select * from guard.entry",)),
    Attack("read the chain as somebody else than the privacy officer", "detective", "justice",
           ("select * from guard.chain(null, null, 10)",)),
    Attack("switch the triggers off", "detective", "justice", ("alter table justice_lead disable trigger all",),
           "must be owner"),
    Attack("write as a replica does, without triggers", "detective", "justice",
           ("set local session_replication_role = replica",)),
    Attack("empty a table past its row triggers", "detective", "justice", ("truncate justice_lead",)),
    # --- rows that change hands
    Attack("take another agency's case over by being on its team", "detective", "justice",
           ("update justice_investigation set agency_id = '{police}' where id = '{team_case}'",),
           "stays with its holder"),
    Attack("give another agency's case to a provider, whose keys then seal it", "detective", "justice",
           ("update justice_investigation set agency_id = '{lantern}' where id = '{team_case}'",),
           "stays with its holder"),
    Attack("give a case file a new id and leave its history behind", "detective", "justice",
           ("update justice_lead set id = gen_random_uuid() where id = '{justice_lead}'",), "stays with its holder"),
    # --- who is acting
    Attack("become another agency", "detective", "justice",
           ("select set_config('concord.ctx', replace(current_setting('concord.ctx'), '{police}', '{sheriff}'), true)",
            "select count(*) from justice_lead")),
    Attack("become the owner", "detective", "justice", ("set role justice_owner",)),
    Attack("become the guard", "detective", "justice", ("set role justice_guard",)),
    Attack("fall back to the login and read", "detective", "justice",
           ("reset role", "select 1 from public.justice_lead")),
    Attack("read the signing key", "detective", "justice", ("select k_in from guard.secret",)),
    Attack("see who is acting as the guard does", "detective", "justice", ("select guard.who()",)),
    # --- the hub: what an agency is, and who speaks for it
    Attack("become an agency of another sector", "lantern_admin", "hub",
           ("update accounts_agency set sector = 'coordination' where id = '{lantern}'",), "are kept"),
    Attack("let others seal to a key of one's own", "coordinator", "hub",
           ("update accounts_agency set public_key = 'x' where id = '{coordination}'",), "are kept"),
    Attack("put an agency back to where others decide who enters it", "lantern_admin", "hub",
           ("update accounts_agency set founded_at = null where id = '{lantern}'",), "are kept"),
    Attack("put a founded agency's staff list right for it", "coordinator", "hub",
           ("update accounts_staff set email = 'x' where agency_id = '{lantern}'",), NOTHING),
    Attack("put callers through to a line of one's own", "advocate", "hub",
           ("update bridge_dutyshift set phone = '555-0100' where agency_id = '{harbor}'",), NOTHING),
    Attack("be on duty in another provider's name", "advocate", "hub",
           ("insert into bridge_dutyshift select gen_random_uuid(), agency_id, created_at, created_by_id, staff_id,"
            " phone, begins_at, ends_at, cancelled_at, task_force_id from bridge_dutyshift"
            " where agency_id = '{harbor}'",),
           "row-level security"),
    Attack("answer a call in another provider's name", "advocate", "hub",
           ("update bridge_advocatecall set answered_at = now(), answered_by_agency_id = '{harbor}',"
            " answered_by_id = gen_random_uuid(), answered_phone = '555-0100'",), "an answer its giver's"),
    Attack("move the hour of a call for an advocate", "advocate", "hub",
           ("update bridge_advocatecall set window_until = window_until + interval '1 day'",),
           "a call is its caller's"),
    # --- sealed copies: one is for the detective, one was withdrawn, one has expired, one has lost its key
    Attack("open what was sealed for a colleague", "second_detective", "hub",
           ("select guard.open_package('{copy}')",), "no package for this person now"),
    Attack("open what was sealed for another agency", "deputy", "hub", ("select guard.open_package('{copy}')",),
           "no package for this person now"),
    Attack("open one's own copy again as its sender", "advocate", "hub", ("select guard.open_package('{copy}')",),
           "no package for this person now"),
    Attack("open what was withdrawn", "detective", "hub", ("select guard.open_package('{withdrawn}')",),
           "no package for this person now"),
    Attack("open what has expired", "detective", "hub", ("select guard.open_package('{expired}')",),
           "no package for this person now"),
    Attack("read the key of a copy that is for one", "detective", "hub", ("select sealed from bridge_packagekey",)),
    Attack("read the key that one sent", "advocate", "hub", ("select sealed from bridge_packagekey",)),
    Attack("count the keys", "counsel", "hub", ("select count(*) from bridge_packagekey",)),
    Attack("delete another's key", "counsel", "hub", ("delete from bridge_packagekey",)),
    Attack("put a key on what another provider sent", "counsel", "hub",
           ("insert into bridge_packagekey(id, package_id, from_agency_id, to_agency_id, sealed)"
            " values (gen_random_uuid(), '{keyless}', '{harbor}', '{police}', 'x')",), "a key of another package"),
    Attack("put a key back on what was withdrawn", "advocate", "hub",
           ("select guard.reseal_package('{withdrawn}', 'x', 'x')",), "no package without its key"),
    Attack("put a key back on what has expired", "advocate", "hub",
           ("select guard.reseal_package('{expired}', 'x', 'x')",), "no package without its key"),
    Attack("change what a copy says while it has its key", "advocate", "hub",
           ("select guard.reseal_package('{copy}', 'x', 'x')",), "no package without its key"),
    Attack("put other words into what another provider sent", "counsel", "hub",
           ("select guard.reseal_package('{keyless}', 'x', 'x')",), "no package without its key"),
    Attack("withdraw what another agency sent", "counsel", "hub", ("select guard.withdraw_package('{copy}')",),
           "not a package of this agency"),
    Attack("withdraw what was sealed for one, to hide that it came", "detective", "hub",
           ("select guard.withdraw_package('{copy}')",), "not a package of this agency"),
    Attack("move a copy's day", "detective", "hub", ("update bridge_package set expires_at = '2099-01-01'",)),
    Attack("name another reader", "advocate", "hub", ("update bridge_package set to_staff_id = to_agency_id",)),
    Attack("make a copy vanish", "advocate", "hub", ("delete from bridge_package",)),
    Attack("seal a copy in another provider's name", "counsel", "hub",
           ("insert into bridge_package(id, from_agency_id, to_agency_id, to_staff_id, sent_by_id, sent_at, expires_at)"
            " select gen_random_uuid(), '{lantern}', '{police}', gen_random_uuid(), gen_random_uuid(), now(),"
            " now() + interval '1 day'",), "row-level security"),
    Attack("say that another agency has opened a copy", "prosecutor", "hub",
           ("select guard.record_opening('{copy}', now())",), "not a package for this agency"),
    Attack("say as a provider that a copy became a record", "counsel", "hub",
           ("select guard.record_opening('{copy}', now())",), "only a justice agency"),
    # --- beside the policies
    Attack("which cases other agencies work on together", "detective", "justice",
           ("select of_case from guard.cases_of_the_team where of_case not in (select id from justice_investigation)",),
           NOTHING),
    Attack("ask without row security", "detective", "justice",
           ("set local row_security = off", "select count(*) from justice_lead"), "row-level security"),
    Attack("a function of one's own that is called before the policy", "detective", "justice",
           ("create function public.peek(text) returns boolean language sql as 'select true'",)),
    Attack("a failing condition on rows that the policy hides", "detective", "justice",
           ("select id from justice_worksheet where 1 / (case when agency_id is null then 1 else 0 end) = 1",),
           NOTHING),
    Attack("the sampled values of another agency's rows", "detective", "justice", ("select * from pg_stats",)),
    Attack("how much prosecutors write", "detective", "justice", ("select pg_relation_size('justice_worksheet')",)),
    Attack("how much the whole server writes", "detective", "justice", ("select * from pg_control_checkpoint()",)),
    Attack("end another page's query", "detective", "justice", ("select pg_cancel_backend(pg_backend_pid())",)),
    Attack("a file of the server", "detective", "justice", ("select pg_read_file('PG_VERSION')",)),
    Attack("a program on the server", "detective", "justice", ("copy (select 1) to program 'true'",)),
    Attack("a place to keep what was found", "detective", "justice", ("create temp table kept(x text)",)),
    Attack("a large object", "detective", "justice", ("select lo_from_bytea(0, 'x')",)),
)
# fmt: on


@pytest.fixture
def ids(loose_world):
    """A case of the sheriff's on whose team the police are, a lead and a worksheet of others, by the names above."""
    w = loose_world
    team = Scene(w, "justice", "sheriff", member_id=w.agencies["police"].pk)
    own = Scene(w, "justice", "police")
    Scene(w, "hub", "harbor")
    found = {row._meta.db_table: row.pk for row in own.rows} | sealed_copies(w)
    found |= {name: agency.pk for name, agency in w.agencies.items()}
    return found | {"team_case": next(r.pk for r in team.rows if r._meta.db_table == "justice_investigation")}


def sealed_copies(w) -> dict:
    """What Lantern House sealed for the detective, in each state, under the names of the attacks."""
    now, day, detective = timezone.now(), timedelta(days=1), w.users["detective"]
    states = {
        "copy": {}, "keyless": {}, "withdrawn": {"withdrawn_at": now},
        "expired": {"sent_at": now - 2 * day, "expires_at": now - day},
    }  # fmt: skip
    parties = {"from_agency_id": w.agencies["lantern"].pk, "to_agency_id": detective.agency_id}
    made = {}
    for name, state in states.items():
        made[name] = Package.objects.create(
            **parties, to_staff_id=detective.staff_id, sent_by_id=w.users["advocate"].staff_id, content=b"x",
            **{"sent_at": now, "expires_at": now + day} | state,
        )
        if name != "keyless":  # what should have been deleted is there, so that the guard alone refuses
            PackageKey.objects.create(**parties, package=made[name], sealed=b"x")
    return {name: package.pk for name, package in made.items()}


def met(connection, attack: Attack, ids: dict) -> str:
    """What the last statement met, in PostgreSQL's words."""
    *before, last = (statement.format(**ids) for statement in attack.statements)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for statement in before:
                cursor.execute(statement)
            with says_no():
                cursor.execute(last)
            return NOTHING if cursor.rowcount < 1 else f"{cursor.rowcount} rows"
    except Refused as refused:
        return str(refused)


class Refused(Exception):
    """The last statement was refused; what an earlier one meets is an error of the test."""


@contextmanager
def says_no():
    try:
        yield
    except DatabaseError as error:
        raise Refused(str(error)) from None


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attacker_meets_the_refusal(loose_world, ids, attack):
    with as_viewer(attack.store, loose_world.viewer(attack.who)) as connection:
        assert attack.refusal in met(connection, attack, ids)


@pytest.fixture
def own_process(world):
    """Lantern House runs a process of its own: its login in the hub holds a key that signs for Lantern House alone."""
    store, lantern = settings.CONCORD.stores["hub"], world.agencies["lantern"].pk
    with connections["hub"].cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute("reset session authorization")
        cursor.execute("update guard.secret set only_agencies = %s where login = %s", [[lantern], store.user])
    connections["hub"].become_owner()
    return world.viewer("advocate")


LIES = {
    "another agency": lambda world: {"agency": world.agencies["police"].pk},
    "another sector": lambda world: {"sector": Sector.COORDINATION, "roles": frozenset({Role.COORDINATOR})},
    "another task force": lambda world: {"task_forces": frozenset({world.task_forces["farland"].pk})},
    "another partner": lambda world: {"partners": frozenset({world.agencies["farland_police"].pk})},
}


@pytest.mark.parametrize("lie", LIES)
def test_who_signs_for_her_own_agency_alone_says_no_more_of_it_than_is_so(world, own_process, lie):
    asked = "select count(*) from accounts_agency"
    with as_viewer("hub", own_process) as connection, connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone()[0] > 0
    with as_viewer("hub", replace(own_process, **LIES[lie](world))) as connection:
        assert DENIED in met(connection, Attack(lie, "", "hub", (asked,)), {})
