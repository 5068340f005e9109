"""What keeps an installation running: one at a time, nothing left over, ports told about."""

import json
import os
import socket
import stat
import subprocess
import sys
import time

import pytest

from concord.home import Home
from concord.site.stores import supervisor
from concord.site.stores.processes import Process


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home").create()


def sleeper() -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def test_a_second_supervisor_is_told_where_the_first_one_answers(home):
    with supervisor.sole(home):
        (home.run / "address").write_text("http://localhost:8000")
        with pytest.raises(supervisor.SupervisorError, match="http://localhost:8000"), supervisor.sole(home):
            pass
    with supervisor.sole(home):
        assert not (home.run / "address").exists()


def test_what_a_killed_supervisor_left_is_ended_and_a_stranger_with_its_number_is_not(home):
    with sleeper() as ours, sleeper() as stranger:
        left, other = Process.alive(ours.pid), Process.alive(stranger.pid)
        written = {"web": [left.pid, left.started], "tick": [other.pid, other.started - 1]}
        (home.run / "children.json").write_text(json.dumps(written))
        with supervisor.sole(home):
            pass
        assert not left.is_alive()
        assert other.is_alive()
        stranger.kill()


def test_a_taken_port_is_said_and_the_demo_takes_the_next():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(supervisor.SupervisorError, match=f"Port {port} is taken"),
            supervisor.listening(port, any_port=False),
        ):
            pass
        with supervisor.listening(port, any_port=True) as listener:
            host, found = listener.getsockname()
        assert host == "127.0.0.1"
        assert port < found < port + 50


def test_a_child_that_keeps_dying_is_started_ever_more_slowly():
    child = supervisor.Child("web", [])
    pauses, now = [], 1000.0
    for _ in range(9):
        assert child.is_due(now)
        child.process, child.started_at = subprocess.Popen(["/bin/false"]), now
        child.process.wait()
        assert not child.is_due(now)
        pauses.append(child.pause)
        now += child.pause
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert child.deaths == 9


def test_a_child_that_lived_long_is_started_at_once():
    child = supervisor.Child("web", [], process=subprocess.Popen(["/bin/false"]), started_at=0, pause=30)
    child.process.wait()
    child.is_due(61)
    assert child.pause == 0.5


@pytest.mark.skipif(os.geteuid() != 0, reason="hands files over, which only root may")
def test_the_web_server_may_read_the_stores_and_use_the_rings_and_nothing_else(home):
    for path in (home.stores_file, home.admin_file, home.rings / "agency.json"):
        path.touch(mode=0o600)
    (home.rings / "link").symlink_to(home.admin_file)
    user, _ = supervisor.web_user(home)
    supervisor.hand_over(home, user)
    modes = {p.name: (p.stat().st_uid, p.stat().st_gid, stat.S_IMODE(p.stat().st_mode)) for p in home.path.iterdir()}
    assert modes["stores.toml"] == (0, user.gid, 0o640)
    assert modes["stores.admin.toml"] == (0, 0, 0o600)
    assert modes["rings"] == (user.uid, user.gid, 0o700)
    assert (home.rings / "agency.json").stat().st_uid == user.uid
    assert home.admin_file.stat().st_uid == 0
    assert modes["heads.jsonl"] == (user.uid, user.gid, 0o600)


def test_a_zombie_is_not_alive():
    child = subprocess.Popen(["/bin/true"])
    time.sleep(0.2)
    assert Process.alive(child.pid) is None
    child.wait()
