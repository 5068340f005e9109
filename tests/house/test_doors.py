"""Starting it where something stands in the way: a second one, a taken port, a closed folder, an ordinary person."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from concord.home import CHECKOUT
from tests.house.house import House, environment

NOBODY = 65534


def run_demo(home: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "concord.cli", "demo", *words], cwd="/", env=environment(home), capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_second_demo_of_the_same_home_is_told_where_the_first_is(house):
    second = run_demo(house.home.path)
    assert second.returncode == 1
    assert second.stderr.strip() == f"Concord already runs here: http://localhost:{house.port}. Stop that first."
    assert house.answers()


def test_a_taken_port_is_said_and_nothing_is_left_running():
    folder = Path(tempfile.mkdtemp(prefix="concord house "))
    folder.chmod(0o755)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run_demo(folder / "home", "--port", str(port))
    assert refused.returncode == 1
    assert f"Port {port} is taken by another program" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list(folder.glob("home/sock/*"))
    shutil.rmtree(folder)


def test_two_agencies_see_their_own_side_and_the_world_is_there_after_a_restart():
    """Below a folder that no service user may enter: its mode stays, the data go where the server may keep them."""
    folder = Path(tempfile.mkdtemp(prefix="concord house "))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    house = House(folder / "home").start()
    try:
        files = house.ask("vault_lantern", "select count(*) from services_client")
        house.stop()
        house.start()
        assert house.ask("vault_lantern", "select count(*) from services_client") == files
        assert house.browser("Tansy Quillwater").get("/clients/").status == 200
        assert house.browser("Riverton Police").get("/clients/").status == 404
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        data = house.server.data
    finally:
        house.stop()
    shutil.rmtree(folder)
    if not data.is_relative_to(folder):
        shutil.rmtree(data.parent)


def nobody_reads(path: Path) -> bool:
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "test", "-r", str(path)]
    return bool(shutil.which("setpriv")) and subprocess.run(as_nobody, check=False).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root starts every other house here as she is")
def test_an_ordinary_person_starts_it_in_a_folder_of_hers_alone():
    if not (nobody_reads(CHECKOUT / "src/concord/cli.py") and nobody_reads(Path(sys.executable))):
        pytest.skip("this checkout or its Python is closed to everybody but root")
    folder = Path(tempfile.mkdtemp(prefix="concord house "))
    os.chown(folder, NOBODY, NOBODY)
    house = House(folder / "home", user=NOBODY, group=NOBODY, extra_groups=[]).start()
    try:
        assert house.browser("Tansy Quillwater").get("/clients/").status == 200
        verified = house.command("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        owners = {path.stat().st_uid for path in (house.home.path, house.home.rings, house.home.pg)}
        assert owners == {NOBODY}
    finally:
        house.stop()
    shutil.rmtree(folder)
