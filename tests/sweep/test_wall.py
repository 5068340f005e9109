"""The wall in the databases is the wall on paper.

For every walled table of every store, for every kind of person, for every operation, with her own, her team's, another
agency's row: what PostgreSQL does as the web login is what `law.wall.may()` says. Without a context, with a forged one,
or with one of another moment, nothing at all.
"""

from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from concord.law.wall import STORES, Facts, Operation, Viewer, may
from concord.site.stores import acting
from concord.site.stores.models import WalledModel
from concord.site.stores.policies import walled_models
from concord.vocabulary import Role, Sector, StoreKind
from tests.site.world import known_id
from tests.sweep.rows import RowMaker

VIEWERS = (
    "detective", "supervisor", "deputy", "prosecutor", "advocate", "second_advocate", "lantern_admin", "counsel",
    "coordinator", "evaluator", "outsider",
)  # fmt: skip
STORES_TRIED = {
    "hub": ("police", "lantern"),
    "justice": ("police", "prosecutor"),
    "study": ("university",),
    "vault_lantern": ("lantern",),
    "vault_harbor": ("harbor",),
}


@contextmanager
def as_viewer(alias: str, viewer: Viewer):
    """The web login of a store under this viewer's context, whatever the door in Python would have said."""
    connection = connections[alias]
    with transaction.atomic(using=alias):
        connection.enter_store(viewer)
        try:
            yield connection
        finally:
            connection.leave_store()
            transaction.set_rollback(True, using=alias)


def attempt(connection, statement: str, parameters) -> bool:
    """Whether the statement touched a row. What a constraint refuses, the wall had let through."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.rowcount > 0
    except ProgrammingError:
        return False
    except IntegrityError:
        return True


def statements(row, as_json: str) -> dict[Operation, tuple[str, list]]:
    t = row._meta.db_table
    return {
        Operation.READ: (f"select 1 from {t} where id = %s", [row.pk]),
        Operation.CHANGE: (f"update {t} set id = id where id = %s", [row.pk]),
        Operation.DELETE: (f"delete from {t} where id = %s", [row.pk]),
        Operation.CREATE: (f"insert into {t} select * from jsonb_populate_record(null::{t}, %s::jsonb)", [as_json]),
    }


class Scene:
    """One store with one row of each of its tables, held by one agency, and what the wall must know about them."""

    def __init__(self, world, alias: str, holder: str, **known):
        self.world, self.alias, self.kind = world, alias, settings.CONCORD.stores[alias].kind
        self.agency = world.agencies[holder].pk
        self.staff = next(u.staff_id for u in world.users.values() if u.agency_id == self.agency)
        self.maker = RowMaker(alias, self._known() | known)
        with acting.commanding(alias):
            self.rows = [self.maker.target(model) for model in walled_models(self.kind)]
            self.json = {row.pk: self.maker.as_json(row) for row in self.rows}
            self.facts = {row.pk: self._facts(row) for row in self.rows}

    def _known(self) -> dict:
        other = self.world.agencies["sheriff"].pk
        known = {
            "member_id": other, "until_date": None,
            "agency_id": self.agency, "from_agency_id": self.agency, "to_agency_id": other, "staff_id": self.staff,
            "created_by_id": self.staff,
        }  # fmt: skip
        if self.kind is StoreKind.HUB:
            known["task_force_id"] = self.world.task_forces["riverton"].pk
        return known

    def _facts(self, row) -> Facts:
        w = row.wall
        value = lambda column: getattr(row, column, None)  # noqa: E731
        return Facts(
            agency=value(w.agency),
            team=self.team(row),
            restricted=self.restricted(row),
            assigned=self.assigned(row),
            sender=value(w.sender),
            recipient=value(w.recipient),
            task_force=value(w.task_force),
            agency_task_forces=frozenset({self.world.task_forces["riverton"].pk}),
            staff=value(w.staff),
        )

    def team(self, row) -> frozenset:
        if row.wall.case is None or self.kind is not StoreKind.JUSTICE:
            return frozenset()
        case = getattr(row, row.wall.case)
        members = apps.get_model("justice", "TeamAgency").objects.filter(investigation_id=case, until_date=None)
        return frozenset(members.values_list("member_id", flat=True))

    def restricted(self, row) -> bool:
        client = row.wall.client and getattr(row, row.wall.client)
        if client is None:
            return False
        return apps.get_model("services", "Client").objects.filter(pk=client, restricted=True).exists()

    def assigned(self, row) -> frozenset:
        client = row.wall.client and getattr(row, row.wall.client)
        if client is None:
            return frozenset()
        rows = apps.get_model("services", "Assignment").objects.filter(client_id=client, until_date=None)
        return frozenset(rows.values_list("staff_id", flat=True))


def disagreements(scene: Scene, viewer: Viewer) -> list[str]:
    """Where PostgreSQL and `may()` differ for this viewer, over all tables and operations."""
    found = []
    for row in scene.rows:
        facts = scene.facts[row.pk]
        allowed = {o: may(viewer, o, scene.kind, row.wall.compartment, facts) for o in Operation}
        with as_viewer(scene.alias, viewer) as connection:
            for operation, (statement, parameters) in statements(row, scene.json[row.pk]).items():
                expected = allowed[operation] and (
                    allowed[Operation.READ] or operation in (Operation.READ, Operation.CREATE)
                )
                done = attempt(connection, statement, parameters)
                if done and not expected:
                    found.append(f"LEAK {row._meta.db_table} {operation} by {viewer.sector}")
                elif expected and not done and not _parent_hidden(scene, row, viewer, operation):
                    found.append(f"BLOCKED {row._meta.db_table} {operation} by {viewer.sector}")
    return found


def _parent_hidden(scene, row, viewer, operation) -> bool:
    """A write may also be refused since a row it names is out of the writer's sight; that is the wall too."""
    if operation not in (Operation.CREATE, Operation.CHANGE):
        return False
    for field in row._meta.concrete_fields:
        target = field.related_model if field.is_relation else None
        if target is None or not issubclass(target, WalledModel) or getattr(row, field.attname) is None:
            continue
        parent = scene.maker.made.get(target)
        if parent and not may(viewer, Operation.READ, scene.kind, target.wall.compartment, scene.facts[parent.pk]):
            return True
    return False


@pytest.mark.parametrize(("alias", "holder"), [(a, h) for a, hs in STORES_TRIED.items() for h in hs])
def test_postgresql_and_the_table_agree_for_every_person(loose_world, alias, holder):
    scene = Scene(loose_world, alias, holder)
    assert scene.rows, f"no tables in {alias}"
    found = [line for name in VIEWERS for line in disagreements(scene, loose_world.viewer(name))]
    assert found == []


@pytest.mark.parametrize("assigned", ["advocate", "second_advocate", None])
def test_a_restricted_file_is_for_those_assigned(loose_world, assigned):
    staff = loose_world.users[assigned].staff_id if assigned else uuid4()
    scene = Scene(loose_world, "vault_lantern", "lantern", restricted=True, staff_id=staff, until_date=None)
    found = [line for name in VIEWERS for line in disagreements(scene, loose_world.viewer(name))]
    assert found == []


@pytest.mark.parametrize("alias", list(STORES_TRIED))
def test_no_context_forged_context_and_stale_context_reach_no_table(loose_world, alias):
    scene = Scene(loose_world, alias, STORES_TRIED[alias][0])
    viewer = next(loose_world.viewer(n) for n in VIEWERS if loose_world.users[n].agency_id == scene.agency)
    spoils = {
        "none": "select set_config('concord.ctx', '', true)",
        "forged": f"select set_config('concord.ctx', replace(current_setting('concord.ctx'), '{viewer.staff}',"
        f" '{uuid4()}'), true)",
        "unsigned": "select set_config('concord.sig', repeat('0', 64), true)",
    }
    reached = []
    for name, spoil in spoils.items():
        for row in scene.rows:
            with as_viewer(alias, viewer) as connection:
                with connection.cursor() as cursor:
                    cursor.execute(spoil)
                for operation, (statement, parameters) in statements(row, scene.json[row.pk]).items():
                    if attempt(connection, statement, parameters):
                        reached.append(f"{name}: {row._meta.db_table} {operation}")
    assert reached == []


@pytest.mark.parametrize("alias", [a for a in STORES_TRIED if a.startswith("vault")])
def test_even_with_a_context_of_its_own_no_other_agency_reads_a_vault(loose_world, alias):
    """The door in Python is one wall; this is the database's: every other agency, signed in properly, sees nothing."""
    scene = Scene(loose_world, alias, STORES_TRIED[alias][0])
    for name in VIEWERS:
        viewer = loose_world.viewer(name)
        if viewer.agency == scene.agency:
            continue
        for row in scene.rows:
            with as_viewer(alias, viewer) as connection:
                assert not attempt(connection, *statements(row, "{}")[Operation.READ]), (name, row._meta.db_table)


def test_every_walled_table_is_under_forced_row_security(world):
    for alias, store in settings.CONCORD.stores.items():
        if store.kind is StoreKind.ACCOUNT:
            continue
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where nspname = 'public'"
                " and relkind in ('r', 'p', 'v', 'm') and not (relrowsecurity and relforcerowsecurity)"
            )
            assert {row[0] for row in cursor.fetchall()} <= {"django_migrations"}, alias


def test_stores_are_opened_by_sector_only(world):
    for name, user in world.users.items():
        viewer = world.viewer(name)
        a = acting.Acting(viewer=viewer, vault=settings.CONCORD.vault_of(viewer.agency))
        opened = {alias for alias, store in settings.CONCORD.stores.items() if a.allows(store)}
        kinds = STORES[Sector(user.sector)]
        assert opened == {
            alias
            for alias, store in settings.CONCORD.stores.items()
            if store.kind in kinds and (store.kind is not StoreKind.VAULT or store.provider == user.agency_id)
        }


AGENCIES = tuple(known_id(f"agency {n}") for n in ("police", "sheriff", "prosecutor", "farland_police"))
TASK_FORCES = tuple(known_id(f"task force {n}") for n in ("riverton", "farland"))
VIEWS = st.builds(
    Viewer,
    staff=st.sampled_from([known_id("staff detective"), known_id("staff prosecutor"), uuid4()]),
    agency=st.sampled_from(AGENCIES),
    sector=st.sampled_from(list(Sector)),
    roles=st.frozensets(st.sampled_from(list(Role)), max_size=3),
    task_forces=st.frozensets(st.sampled_from(TASK_FORCES)),
    partners=st.frozensets(st.sampled_from(AGENCIES)),
)


@effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(viewer=VIEWS)
def test_generated_viewers_see_exactly_what_the_table_says(loose_world, viewer):
    scenes = _scenes(loose_world)
    viewer = replace(viewer, partners=viewer.partners - {viewer.agency})
    assert [line for scene in scenes for line in disagreements(scene, viewer)] == []


def _scenes(world, kept={}):  # noqa: B006  the scenes live as long as the test's transaction
    if kept.get("world") is not world:
        kept.update(world=world, scenes=[Scene(world, a, "police") for a in ("hub", "justice")])
    return kept["scenes"]
