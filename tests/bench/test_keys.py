"""How long an agency's 100,000 person keys take to be wrapped anew, and a passphrase to be tried. Printed and recorded.

pytest -m bench -s tests/bench/test_keys.py
"""

import os
import statistics
import sys
from time import perf_counter
from uuid import uuid4

import pytest

from concord.site.keys import custody, opened
from concord.site.keys.rings import FileRings

pytestmark = pytest.mark.bench
PERSONS, TRIES, BAR_SECONDS = 100_000, 5, 60
WORDS = "kettle orchard minus seventeen bells"


@pytest.fixture
def said(capsys):
    def say(line):
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return say


@pytest.fixture
def held_rings(tmp_path):
    rings, staff = FileRings(tmp_path / "rings"), [uuid4(), uuid4()]
    agency = rings.create_agency(uuid4()).agency
    rings.create_many(agency, [uuid4() for _ in range(PERSONS)])
    for one in staff:
        custody.ask(rings, agency, staff=one, passphrase=WORDS)
    custody.turn_on(rings, agency, staff=staff, today="2026-01-01")
    with opened.using(custody.unlock(rings, agency, staff=staff[0], passphrase=WORDS)):
        custody.move(rings, agency)
        yield rings, agency, staff[0]
    rings.close()


def test_a_hundred_thousand_person_keys_are_wrapped_anew(held_rings, said):
    rings, agency, _staff = held_rings
    before, took = rings.keys(agency), []
    for _ in range(3):
        begin = perf_counter()
        custody.begin_renewal(rings, agency, today="2026-01-02")
        custody.move(rings, agency)
        took.append(perf_counter() - begin)
    assert rings.keys(agency) == before
    assert max(took) < BAR_SECONDS
    said(f"{PERSONS:,} person keys wrapped anew in {statistics.median(took):.2f} s, the slowest {max(took):.2f} s (bar "
         f"{BAR_SECONDS} s; {os.cpu_count()} cores)")  # fmt: skip


def test_a_passphrase_is_tried_and_a_request_opens_its_copy(held_rings, said):
    rings, agency, staff = held_rings
    begin = perf_counter()
    for _ in range(TRIES):
        one = custody.unlock(rings, agency, staff=staff, passphrase=WORDS)
    tried = (perf_counter() - begin) / TRIES
    body, private = rings.body(agency), one.private
    begin = perf_counter()
    for _ in range(500):
        opened.Opened(agency, str(staff), private).key(body)
    said(f"a passphrase tried in {tried * 1000:.0f} ms; a request opens its copy in "
         f"{(perf_counter() - begin) * 2:.2f} ms")  # fmt: skip
