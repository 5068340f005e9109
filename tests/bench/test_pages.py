"""What each page costs at 50,000 persons and 5,000,000 events, with and without policies. Printed and recorded.

pytest -m bench -s tests/bench/test_pages.py

The first run makes the large world (minutes) in a home of its own beside the benchmarks' and leaves it there.
"""

import json
import os
import statistics
import subprocess
import sys

import pytest

from concord.home import CHECKOUT, Home

pytestmark = pytest.mark.bench
ROUNDS, MOST_QUERIES = 2, 12
SLOW = 1000  # milliseconds, far above the bar: a plan that reads whole tables, on however busy a machine
#: No list and no detail page: every table of a file on one sheet, and homes, put together of what each room says.
OTHERS = {"services:on_paper", "services:as_data", "home"}


def walk() -> list[dict]:
    home = Home.find("bench").path
    command = [sys.executable, "-m", "tests.bench.walk", str(home.with_name(f"{home.name}-large")), str(ROUNDS)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD_", "DJANGO_"))}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def at(values, hundredth) -> float:
    return sorted(values)[min(int(len(values) * hundredth / 100), len(values) - 1)]


def test_pages_of_a_large_world(capsys):
    every = walk()
    pages = [page for page in every if page["kind"].split("?")[0] not in OTHERS]
    homes = [page for page in every if page["kind"] == "home"]
    taken = [time for page in pages for time in page["on"]]
    ratios = {id(page): min(page["on"]) / min(page["off"]) for page in every}
    compared = [ratios[id(page)] for page in pages]
    altogether = sum(min(page["on"]) for page in pages) / sum(min(page["off"]) for page in pages)
    slowest = sorted(pages, key=lambda page: -statistics.median(page["on"]))[:8]
    dearest = sorted(pages, key=lambda page: -ratios[id(page)])[:8]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(pages)} pages of {len({page['kind'] for page in pages})} kinds, {len(pages[0]['on'])} visits each:"
            f" median {statistics.median(taken):.0f} ms, 95th percentile {at(taken, 95):.0f} ms (bar 150 ms);"
            f" at most {max(len(page['queries']) for page in pages)} queries (bar {MOST_QUERIES})\n"
            f"policies on against off, quickest visit of each: altogether {altogether:.2f}x (bar 1.3x), median"
            f" {statistics.median(compared):.2f}x, 95th percentile {at(compared, 95):.2f}x\n"
        )
        for title, some in (("homes", homes), ("slowest", slowest), ("dearest policies", dearest)):
            sys.stdout.write(f"{title}:\n")
            for page in some:
                sys.stdout.write(
                    f"  {page['kind']:<32}{page['role']:<18}{statistics.median(page['on']):6.0f} ms,"
                    f" {len(page['queries'])} queries, {ratios[id(page)]:.2f}x\n"
                )
    assert max(len(page["queries"]) for page in pages) <= MOST_QUERIES
    assert at(taken, 95) <= SLOW
