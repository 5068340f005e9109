"""How well and how fast files of one person are found. Figures are printed and recorded in duplicates.md.

pytest -m bench -s tests/bench/test_duplicates.py
"""

import datetime as dt
import random
import resource
import sys
from time import perf_counter, process_time
from uuid import uuid4

import pytest
from django.conf import settings

from concord.site.demo.draws import ENDINGS, Names
from concord.site.services import actions, duplicates, pairs, weighing
from concord.site.services.models import Client
from concord.site.services.reach import Way, write
from concord.site.stores.acting import acting
from concord.vocabulary import Role
from tests.febrl import f1, febrl, rldata500
from tests.site.conftest import stores, world  # noqa: F401

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not weighing.IS_HERE, reason="the duplicates extra is not installed"),
]
FILES, TWINS, GIVEN, FAMILY = 20_000, 400, 2_500, 6_000


def say(capsys, words):
    with capsys.disabled():
        sys.stdout.write(f"\n{words}\n")


def most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


SETS = [
    ("FEBRL 1", lambda: febrl(1)),
    ("FEBRL 1 without the number", lambda: febrl(1, phone=False)),
    ("FEBRL 2", lambda: febrl(2)),
    ("RLdata500, names and birth dates alone", rldata500),
]


@pytest.mark.parametrize(("name", "read"), SETS, ids=[name for name, _ in SETS])
def test_known_duplicates_are_found(name, read, capsys):
    files, true = read()
    for how, propose in (("by rule", duplicates.propose), ("in full", pairs.propose)):
        before, began, busy = most_memory(), perf_counter(), process_time()
        found = set(propose(files))
        seconds, busy, right = perf_counter() - began, process_time() - busy, len(found & true)
        say(
            capsys,
            f"{name}, {how}: F1 {f1(found, true):.4f}, precision {right / max(len(found), 1):.4f},"
            f" recall {right / len(true):.4f}, {seconds:.2f} s (processor {busy:.2f} s),"
            f" {most_memory() - before} MB more",
        )


@pytest.fixture
def vault(world):  # noqa: F811
    """20,000 files, 400 of them somebody's second, a letter wrong; whom it belongs to, and the pairs."""
    by, chance, every = world.viewer("advocate"), random.Random(17), Names(ENDINGS["bulk"], double=True)
    drawn = [every.next() for _ in range(FAMILY)]
    given, family = [one for one, _ in drawn[:GIVEN]], [other for _, other in drawn]
    first = dt.date(1970, 1, 2)
    facts = [
        {"given_name": chance.choice(given), "family_name": chance.choice(family),
         "birth_date": first + dt.timedelta(days=chance.randrange(14_000)) if chance.random() < 0.6 else None,
         "language": chance.choice(["spanish"] * 5 + ["english"] * 3 + ["tagalog"]),
         "reach": write([Way("call", f"555-{chance.randrange(10**7):07}")])}
        for _ in range(FILES - TWINS)
    ]  # fmt: skip
    known = [one for one in facts if one["birth_date"]]
    for one in chance.sample(known, TWINS):
        facts.append(one | {"family_name": one["family_name"][:-1] + "x", "reach": None})
    ids = [uuid4() for _ in facts]
    settings.CONCORD_RINGS.create_many(by.agency, ids)
    settings.CONCORD_RINGS.warm(by.agency)
    with acting(by):
        rows = [Client(id=id, agency_id=by.agency, created_by_id=by.staff, first_contact_on=dt.date(2026, 1, 1), **one)
                for id, one in zip(ids, facts, strict=True)]  # fmt: skip
        Client.objects.bulk_create(rows, batch_size=2000)
    return by


def test_twenty_thousand_files_are_looked_through(vault, capsys):
    assert vault.has(Role.CASE_MANAGER)
    with acting(vault):
        began, busy = perf_counter(), process_time()
        files = pairs.all_of(vault)
        opened = perf_counter() - began
        by_rule = duplicates.propose(files)
        ruled = perf_counter() - began - opened
        weighing.weigh(files)
        weighed = perf_counter() - began - opened - ruled
        busy, before, began = process_time() - busy, most_memory(), perf_counter()
        look = actions.look_for_duplicates(by=vault)
        whole = perf_counter() - began
        began = perf_counter()
        one = Client.objects.get(pk=look.pairs[0][0])
        pairs.like(one, vault)
        alone = perf_counter() - began
    say(
        capsys,
        f"{FILES:,} files: opened {opened:.2f} s, by rule {ruled:.2f} s ({len(by_rule)} pairs), weighed"
        f" {weighed:.2f} s, processor {busy:.2f} s in all; a whole look {whole:.2f} s,"
        f" {len(look.pairs) + look.more} pairs of {TWINS} planted; one file against all {alone:.2f} s;"
        f" at most {before} MB in the process",
    )
