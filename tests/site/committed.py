"""Tests that need real commits work on a copy of one store's database, made for the test and dropped after it."""

from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from concord.law.wall import Viewer
from concord.site.stores import context, verify
from concord.vocabulary import Role, Sector
from tests import stores as installation

POLICE = Viewer(staff=uuid4(), agency=uuid4(), sector=Sector.LAW_ENFORCEMENT, roles=frozenset({Role.DETECTIVE}))


class Copy:
    """A copy of a store in which transactions really commit, as its web login under a signed context."""

    def __init__(self, alias: str):
        self.store = settings.CONCORD.stores[alias]
        self.name = f"copy_{uuid4().hex[:8]}"
        self.dsn = installation.admin_dsn(self.name)
        with psycopg.connect(installation.admin_dsn(), autocommit=True) as admin:
            admin.execute(
                sql.SQL("create database {} template {} strategy file_copy").format(
                    sql.Identifier(self.name), sql.Identifier(self.store.database)
                )
            )
            for login in (self.store.user, self.store.user.replace("_web", "_migrate")):
                admin.execute(
                    sql.SQL("grant connect on database {} to {}").format(
                        sql.Identifier(self.name), sql.Identifier(login)
                    )
                )

    @property
    def login(self) -> dict:
        """How the store's web login connects to the copy."""
        s = self.store
        return {"host": s.host, "port": s.port, "dbname": self.name, "user": s.user, "password": s.password}

    def run(self, statements: str):
        """Administrator's work: tables, triggers, statistics."""
        with psycopg.connect(self.dsn, autocommit=True) as db:
            db.execute(statements)

    def drop(self):
        with psycopg.connect(installation.admin_dsn(), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(self.name)))

    @contextmanager
    def session(self, viewer: Viewer = POLICE):
        """One transaction as the web login, committed at the end."""
        s = self.store
        with (
            psycopg.connect(**self.login) as db,
            db.cursor() as cursor,
        ):
            pid, started = cursor.execute(
                "select pg_backend_pid(), (extract(epoch from now()) * 1000000)::bigint"
            ).fetchone()
            text, signature = context.sign(viewer, store=s.alias, key=s.context_key, pid=pid, started_us=started)
            cursor.execute(
                "select set_config('role', %s, true), set_config('concord.ctx', %s, true),"
                " set_config('concord.sig', %s, true)",
                [f"{s.kind.value}_app", text, signature],
            )
            yield cursor

    def harm(self, statements: str):
        """What somebody with the server's own powers could do."""
        with psycopg.connect(self.dsn, autocommit=True) as db:
            db.execute("set session_replication_role = replica")
            db.execute(statements)

    def verify(self, heads=()):
        return verify.verify(self.dsn, list(heads))

    def head(self):
        with psycopg.connect(self.dsn) as db:
            return verify.head(db)


@pytest.fixture
def committed(django_db_blocker):
    """`committed(alias)` is a copy of that store."""
    copies = []

    def copy(alias: str) -> Copy:
        copies.append(Copy(alias))
        return copies[-1]

    with django_db_blocker.unblock():
        yield copy
    for one in copies:
        one.drop()


@pytest.fixture
def chain(committed):
    """A copy of the hub with a few committed transactions in its chain."""
    copy = committed("hub")
    with psycopg.connect(copy.dsn, autocommit=True) as owner:
        owner.execute("set role hub_owner")
        for name in ("One", "Two", "Three"):
            owner.execute(
                "insert into accounts_taskforce(id, name, scope, state) values (gen_random_uuid(), %s, 'local', 'CA')",
                [name],
            )
    with copy.session() as cursor:
        cursor.execute("select guard.note('file.read', null, null, null)")
    return copy
