"""Real stores for tests: one throw-away cluster, brought to this version only when what shapes it has changed.

Tests roll back (`stores` fixture). The few that need real commits (`committed` fixture) work on the same databases and
get them emptied afterwards.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.db import connections, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from concord.home import Home
from concord.site.demo import cast
from concord.site.keys.forgetting import ForgetLog
from concord.site.stores import acting
from concord.site.stores.server import Server

CHECKOUT = Path(__file__).parents[1]
LANTERN, HARBOR = cast.LANTERN_ID, cast.HARBOR_ID

_server = None


def prepare(name: str = "test", *, fast: bool = True) -> None:
    """Start the cluster, apply the stores, set Django up. Once a run; called by the conftest of each kind of test."""
    global _server
    if _server is not None:
        return
    home = own_home(name)
    os.environ.update(CONCORD_HOME=str(home.path), CONCORD_TESTING="1", CONCORD_POOL="0", CONCORD_DEMO="1")
    os.environ["DJANGO_SETTINGS_MODULE"] = "concord.site.web.settings"
    _server = Server(home.path, fast=fast).ensure()
    _start_over_if_history_changed(home)
    _apply()
    _configure()


def own_home(name: str) -> Home:
    """The home of this process's tests: where several run them side by side, each has its own."""
    home, process = Home.find(name), os.environ.get("PYTEST_XDIST_WORKER")
    return Home(home.path.with_name(f"{home.path.name}-{process}")) if process else home


def _start_over_if_history_changed(home: Home) -> None:
    """A migration that was rewritten is never applied twice: the stores of an older history are dropped."""
    digest = hashlib.sha256()
    for path in sorted((CHECKOUT / "src/concord/site").glob("*/migrations/0*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    stamp = home.path / "migrations.sha256"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    with psycopg.connect(_server.admin_dsn(), autocommit=True) as admin:
        for (name,) in admin.execute("select datname from pg_database where datname ~ '^(concord|copy)_'").fetchall():
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
    stamp.write_text(digest.hexdigest())


def _apply() -> None:
    vaults = [f"--vault={vault.name}={vault.provider}" for vault in cast.VAULTS]
    command = [sys.executable, "-m", "concord.cli", "database", "apply", *vaults]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the test stores could not be applied:\n{done.stdout}\n{done.stderr}")


def _configure() -> None:
    """Connect as the administrator, who can take every identity the site uses; hash passwords quickly."""
    administrator = conninfo_to_dict(_server.admin_dsn())
    for entry in settings.DATABASES.values():
        entry.update(ENGINE="tests.backend", USER=administrator["user"], PASSWORD=administrator["password"])
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


@contextmanager
def rolled_back():
    """Every store open as its owner, in a transaction that ends with the test."""
    with acting.commanding(), own_forget_log():
        try:
            with undone():
                for alias in connections:
                    connections[alias].become_owner()
                yield
        finally:
            connections.close_all()


@contextmanager
def own_forget_log():
    """What a test forgets is taken back in the stores, so it is not forgotten for the tests that follow."""
    shared = settings.CONCORD_FORGOTTEN
    with tempfile.TemporaryDirectory() as folder:
        settings.CONCORD_FORGOTTEN = ForgetLog(Path(folder) / "forgotten.jsonl")
        try:
            yield
        finally:
            settings.CONCORD_FORGOTTEN = shared


@contextmanager
def undone():
    """What happens in any store during the block is taken back after it, also within another such block."""
    atomics = []
    for alias in connections:
        atomic = transaction.Atomic(using=alias, savepoint=True, durable=False)
        atomic.__enter__()
        atomics.append((alias, atomic))
    try:
        yield
    finally:
        for alias, atomic in reversed(atomics):
            connections[alias].needs_rollback = False
            connections[alias].set_rollback(True)
            atomic.__exit__(None, None, None)


def admin_dsn(database: str = "postgres") -> str:
    return _server.admin_dsn(database)


def stop() -> None:
    if _server is not None and _server.started_by_us:
        _server.stop()
