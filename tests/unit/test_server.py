"""The database server's launcher, against the real programs: what a person's machine does to it must not stop it."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from concord.home import CHECKOUT
from concord.site.stores.binaries import BinariesError
from concord.site.stores.processes import Process
from concord.site.stores.server import SOCKET_ROOM, Server, ServerError


@contextlib.contextmanager
def open_folder():
    """A folder with a space in its name that the server's user may enter (pytest's own folders are closed to it)."""
    path = Path(tempfile.mkdtemp(prefix="concord test "))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def folder():
    with open_folder() as path:
        yield path


@pytest.fixture
def server(folder):
    """A server with no data yet, stopped at the end."""
    server = Server(folder / "home", fast=True)
    yield server
    server.stop()
    if server.data.parent != server.home.path:
        shutil.rmtree(server.data.parent)


@pytest.fixture(scope="module")
def running():
    """One server for the tests that leave it as it is."""
    with open_folder() as path:
        server = Server(path / "home", fast=True).ensure()
        yield server
        server.stop()


def ask(server: Server, question: str):
    with psycopg.connect(server.admin_dsn()) as connection:
        return connection.execute(question).fetchone()


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_it_listens_on_its_socket_alone_and_every_login_needs_its_password(running):
    assert running.started_by_us
    assert ask(
        running, "select current_setting('listen_addresses'), rolsuper from pg_roles where rolname = current_user"
    ) == (
        "",
        True,
    )
    assert set(ask(running, "select array_agg(distinct auth_method) from pg_hba_file_rules")[0]) == {"scram-sha-256"}
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(running.admin_dsn(), password="guess")


def test_data_are_checked_sorted_alike_everywhere_and_closed_to_others(running):
    assert ask(
        running, "select datlocprovider::text, datlocale, current_setting('data_checksums') from pg_database limit 1"
    ) == (
        "b",
        "C.UTF-8",
        "on",
    )
    assert stat.S_IMODE(running.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(running.password_file.stat().st_mode) == 0o600


def test_a_failed_insert_leaves_no_value_in_the_log(server):
    server.ensure()
    with psycopg.connect(server.admin_dsn(), autocommit=True) as connection:
        connection.execute("create table t (n int primary key, d date)")
        for statement in ("insert into t values (1, 'Invented Name')", "select 'Invented Name' from nowhere"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
    server.stop()
    written = "".join(path.read_text() for path in (server.data / "log").iterdir())
    assert "database system is ready" in written
    assert "Invented" not in written


def test_a_second_caller_adopts_the_server_that_runs(running):
    second = Server(running.home.path, fast=True).ensure()
    assert not second.started_by_us
    assert postmaster(second) == postmaster(running)
    assert second.admin_dsn() == running.admin_dsn()


def test_two_at_once_end_with_one_server(server):
    pair = [server, Server(server.home.path, fast=True)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(Server.ensure, pair))
    assert [s.started_by_us for s in pair].count(True) == 1
    assert ask(pair[0], "select pg_postmaster_start_time()") == ask(pair[1], "select pg_postmaster_start_time()")


def test_a_killed_postmaster_is_replaced_while_its_zombie_is_still_there(folder):
    server = Server(folder / "home").ensure()
    with psycopg.connect(server.admin_dsn(), autocommit=True) as connection:
        connection.execute("create table kept (n int)")
    killed = postmaster(server)
    os.kill(killed, signal.SIGKILL)
    again = Server(folder / "home").ensure()  # knows of no child, so nobody reaps the zombie
    assert again.started_by_us
    assert postmaster(again) != killed
    assert ask(again, "select count(*) from kept") == (0,)  # committed, so not lost
    again.stop()


def test_the_server_of_a_killed_starter_is_adopted(server):
    code = f"""
import time
from pathlib import Path
from concord.site.stores.server import Server
Server(Path({str(server.home.path)!r}), fast=True).ensure()
print("up", flush=True)
time.sleep(60)
"""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT / "src")}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as starter:
        assert starter.stdout.readline() == b"up\n"
        starter.kill()
    server.ensure()
    assert not server.started_by_us
    orphan = Process.alive(postmaster(server))
    server.stop()
    assert not orphan.is_alive()


def test_a_process_file_that_names_a_stranger_does_not_stop_the_start(server):
    server.ensure()
    server.stop()
    lines = [str(os.getpid()), str(server.data), "1", "5432", str(server.socket_dir), "", "1 1"]
    (server.data / "postmaster.pid").write_text("\n".join(lines))
    assert not server.is_running()
    server.ensure()
    assert server.started_by_us


def test_a_parent_that_others_may_not_enter_keeps_its_mode(server, folder):
    folder.chmod(0o700)
    server.ensure()
    assert ask(server, "select 1") == (1,)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_home_with_a_long_name_gets_a_short_socket(folder):
    server = Server(folder / ("long" * 20) / "home", fast=True).ensure()
    try:
        assert len(os.fsencode(server.socket_dir)) <= SOCKET_ROOM
        assert ask(server, "select 1") == (1,)
    finally:
        server.stop()
        shutil.rmtree(server.socket_dir)


def test_data_of_a_version_that_is_not_here_are_refused_with_advice(server):
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("11\n")
    with pytest.raises(BinariesError, match=r"made by PostgreSQL 11.*CONCORD_PG_BINDIR"):
        server.ensure()


def test_programs_that_are_named_but_not_there_are_refused(server, monkeypatch):
    monkeypatch.setenv("CONCORD_PG_BINDIR", "/nowhere")
    with pytest.raises(BinariesError, match="/nowhere"):
        server.ensure()


def test_what_a_killed_first_start_left_is_made_anew(server):
    server.data.mkdir(parents=True)
    half = server.data.with_name("pg.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.ensure()
    assert ask(server, "select 1") == (1,)
    assert not half.exists()


def test_a_folder_with_something_else_in_it_is_left_alone(server):
    server.data.mkdir(parents=True)
    precious = server.data / "letters.txt"
    precious.write_text("mine")
    with pytest.raises(ServerError, match="move it away"):
        server.ensure()
    assert precious.read_text() == "mine"


def test_a_lost_password_is_said_and_nothing_is_changed(running):
    kept = running.password_file.rename(running.password_file.with_suffix(".away"))
    with pytest.raises(ServerError, match=r"server\.password is missing"):
        Server(running.home.path).ensure()
    kept.rename(running.password_file)
    assert ask(running, "select 1") == (1,)


def test_stopping_waits_until_it_has_stopped(server):
    server.ensure()
    process = Process.alive(postmaster(server))
    started = time.monotonic()
    server.stop()
    assert not process.is_alive()
    assert time.monotonic() - started < 5
    assert not server.is_running()
