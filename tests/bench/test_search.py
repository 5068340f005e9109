"""How long finding a name takes among 20,000 sealed ones of one agency. Figures are printed and recorded, not asserted.

pytest -m bench -s tests/bench/test_search.py
"""

import datetime as dt
import statistics
import sys
from time import perf_counter, process_time
from uuid import uuid4

import pytest
from django.conf import settings

from concord.site.demo.draws import ENDINGS, Names
from concord.site.justice import finding
from concord.site.justice.models import Investigation, Person
from concord.site.services import search
from concord.site.services.models import Client
from concord.site.stores.acting import acting
from tests.site.conftest import stores, world  # noqa: F401

pytestmark = pytest.mark.bench
NAMES, ROUNDS, PEOPLE_A_CASE = 20_000, 20, 3
SURNAME = "Quickwillow"


def names():
    every = Names(ENDINGS["bulk"], double=True)
    yield "Marigold", SURNAME
    for _ in range(NAMES - 1):
        yield every.next()


def timed(capsys, what, find, texts):
    find(texts[0])
    wall, cpu = [], []
    for n in range(ROUNDS):
        begin, began = perf_counter(), process_time()
        find(texts[n % len(texts)])
        wall.append((perf_counter() - begin) * 1000)
        cpu.append((process_time() - began) * 1000)
    wall.sort()
    with capsys.disabled():
        sys.stdout.write(
            f"\n{what} among {NAMES:,} names: median {statistics.median(wall):.0f} ms, 95th percentile"
            f" {wall[int(ROUNDS * 0.95) - 1]:.0f} ms, of it Python {statistics.median(cpu):.0f} ms (bar 150 ms)\n"
        )


@pytest.fixture
def clients(world):  # noqa: F811
    by, ids = world.viewer("advocate"), [uuid4() for _ in range(NAMES)]
    settings.CONCORD_RINGS.create_many(by.agency, ids)
    settings.CONCORD_RINGS.warm(by.agency)
    day = dt.date(2026, 1, 1)
    with acting(by):
        rows = [Client(id=id, agency_id=by.agency, created_by_id=by.staff, given_name=given, family_name=family,
                       first_contact_on=day) for id, (given, family) in zip(ids, names(), strict=True)]  # fmt: skip
        Client.objects.bulk_create(rows, batch_size=2000)
    return by


@pytest.fixture
def persons(world):  # noqa: F811
    by, ids = world.viewer("detective"), [uuid4() for _ in range(NAMES)]
    settings.CONCORD_RINGS.create_many(by.agency, ids)
    settings.CONCORD_RINGS.warm(by.agency)
    day = dt.date(2026, 1, 1)
    with acting(by):
        cases = [Investigation(agency_id=by.agency, created_by_id=by.staff, code_name=f"C-{n:06}", opened_on=day,
                               lead_staff_id=by.staff, source="hotline", trafficking_type="sex",
                               proactive_why="not_recorded") for n in range(NAMES // PEOPLE_A_CASE + 1)]  # fmt: skip
        Investigation.objects.bulk_create(cases, batch_size=2000)
        rows = [Person(id=id, agency_id=by.agency, created_by_id=by.staff, investigation=cases[n // PEOPLE_A_CASE],
                       number=n % PEOPLE_A_CASE + 1, given_name=given, family_name=family, roles=["victim"],
                       identified_on=day)
                for n, (id, (given, family)) in enumerate(zip(ids, names(), strict=True))]  # fmt: skip
        Person.objects.bulk_create(rows, batch_size=2000)
    return by


TEXTS = [SURNAME, "Quikwilow", "Marigold Quickwillow", "Zzyzx", "Al"]


def test_a_client_is_found_by_name(clients, capsys):
    with acting(clients):
        assert search.find("Quikwilow", by=clients)[0].name.endswith(SURNAME)
        timed(capsys, "client files", lambda text: search.find(text, by=clients), TEXTS)


def test_a_person_in_an_investigation_is_found_by_name(persons, capsys):
    with acting(persons):
        assert finding.find("Quikwilow", persons)[0].kind == "person"
        timed(capsys, "persons of investigations", lambda text: finding.find(text, persons), TEXTS)
