"""How long pages take while a NIBRS release of 100,000 rows is taken in, beside the same pages when nothing else runs.

    python -m tests.bench.importing HOME [ROWS]

The site as served, the import as its command: a process of its own, policies and audit chain on.
"""

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from concord.commands._site import in_child
from concord.home import Home
from concord.site.demo import cast
from concord.site.stores.server import Server
from concord.vocabulary import Role
from tests.bench import serving
from tests.bench.generate_nibrs import generate

ROWS, ROWS_AN_INCIDENT, QUIET = 100_000, 6.5, 120
PAGES = {
    Role.DETECTIVE: ("/", "/leads/", "/investigations/", "/hearings/"),
    Role.PROSECUTOR: ("/charging/", "/investigations/"),
    Role.ADVOCATE: ("/", "/clients/"),
    Role.COORDINATOR: ("/board/", "/meetings/"),
}


class Visitors:
    """One page after another, of four people in turn, until told to stop."""

    def __init__(self, port: int, cookies: dict):
        self.port, self.taken, self.wrong, self.done = port, [], 0, threading.Event()
        self.asked = [(cookies[role], path) for role, paths in PAGES.items() for path in paths]

    def visit(self, times: int | None = None) -> "Visitors":
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.done.is_set() and (times is None or len(self.taken) < times):
            cookie, path = self.asked[len(self.taken) % len(self.asked)]
            begin = time.perf_counter()
            connection.request("GET", path, headers={"Host": "localhost", "Cookie": f"sessionid={cookie}"})
            answer = connection.getresponse()
            answer.read()
            self.taken.append((time.perf_counter() - begin) * 1000)
            self.wrong += answer.status != 200
        return self

    def words(self) -> str:
        ninety_five = sorted(self.taken)[int(len(self.taken) * 0.95)]
        return (
            f"{len(self.taken)} pages, {self.wrong} of them wrong: median {statistics.median(self.taken):.0f} ms,"
            f" 95th percentile {ninety_five:.0f} ms"
        )


def main(path: str, rows: int) -> None:
    home = Home(Path(path)).create()
    server = Server(home.path).ensure()
    try:
        in_child(serving.make, home, server, 13)
        people = {role: cast.sign_in_of(role) for role in PAGES}
        cookies = dict(zip(people, serving.cookies_of([p.user_id for p in people.values()], home), strict=True))
        with TemporaryDirectory() as folder, serving.served(home, plain=False) as (port, _web):
            release = Path(folder, uuid4().hex)
            release.mkdir()
            generate(release, int(rows / ROWS_AN_INCIDENT), seed=time.time_ns() % 1_000_000)
            Visitors(port, cookies).visit(20)
            quiet = Visitors(port, cookies).visit(QUIET)
            busy, seconds = while_importing(home, release, Visitors(port, cookies))
        sys.stdout.write(
            f"nothing else: {quiet.words()}\n"
            f"while {rows:,} rows of NIBRS are taken in, {seconds:.0f} s: {busy.words()} (bar 250 ms)\n"
        )
    finally:
        server.stop()


def while_importing(home: Home, release: Path, visitors: Visitors) -> tuple[Visitors, float]:
    who = cast.sign_in_of(Role.DETECTIVE)
    command = [sys.executable, "-m", "concord.cli", "import", "nibrs", str(release), "--agency",
               cast.AGENCIES[who.agency].name, "--as", who.email, "--yes"]  # fmt: skip
    thread = threading.Thread(target=visitors.visit)
    begin = time.monotonic()
    environment = os.environ | {"CONCORD_HOME": str(home.path), "PYTHONPATH": "src", "CONCORD_DEMO": "1"}
    thread.start()
    try:
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    finally:
        visitors.done.set()
        thread.join()
    return visitors, time.monotonic() - begin


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
