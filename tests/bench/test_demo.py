"""How long the demo takes to its first page, and what it holds in memory when idle. Printed and recorded.

pytest -m bench -s tests/bench/test_demo.py

Three starts in a home of its own: the first makes the stores and the invented world. What the very first start of a
checkout adds, the packages' download, is for the network to say.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from concord.home import CHECKOUT, Home
from concord.site.stores import supervisor
from concord.site.stores.server import Server

pytestmark = pytest.mark.bench
STARTS, PORT, LONGEST, IDLE = 3, 8755, 300, 45


def start(home: Path) -> tuple[subprocess.Popen, float]:
    """The demo, and the seconds to its first page."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD_", "DJANGO_"))}
    environment |= {"CONCORD_HOME": str(home), "PYTHONPATH": "src"}
    begin = time.monotonic()
    command = [sys.executable, "-m", "concord.cli", "demo", "--port", str(PORT)]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL)
    while not supervisor.answers(f"http://localhost:{PORT}"):
        assert process.poll() is None
        assert time.monotonic() - begin < LONGEST
        time.sleep(0.1)
    return process, time.monotonic() - begin


def family(pid: int):
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from family(int(child))


def memory(pid: int) -> float:
    """Megabytes of a process, pages that it shares divided among those that share them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@pytest.fixture
def fresh():
    """A home that is not there, where the database's user may go."""
    bench = Home.find("bench").path
    path = bench.with_name(f"{bench.name}-demo")
    shutil.rmtree(path, ignore_errors=True)
    yield path
    shutil.rmtree(path)


def test_the_demo_starts_and_idles(fresh, capsys):
    taken, held = [], []
    for _ in range(STARTS):
        process, seconds = start(fresh)
        taken.append(seconds)
        try:
            if len(taken) == STARTS:
                time.sleep(IDLE)
                database = int((Server(fresh).data / "postmaster.pid").read_text().split()[0])
                held = [memory(pid) for pid in {*family(process.pid), *family(database)}]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    with capsys.disabled():
        sys.stdout.write(
            f"\nfirst page after {taken[0]:.1f} s with the world to make, {min(taken[1:]):.1f} s warm (bar 15 s);"
            f" idle {sum(held):.0f} MB in {len(held)} processes (bar 400 MB)\n"
        )
    assert len(held) > 3
