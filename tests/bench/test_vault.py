"""How long a provider's own pages take with everything on them unsealed. Figures are printed and recorded in vault.md.

pytest -m bench -s tests/bench/test_vault.py
"""

import datetime as dt
import statistics
import sys
from time import perf_counter, process_time
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from concord.site.demo.draws import ENDINGS, Names
from concord.site.services import actions
from concord.site.services.models import Assignment, Client, Enrolment, Release
from concord.site.services.reach import Way, write
from concord.site.stores.acting import acting
from concord.vocabulary import Answer, RevocationChannel
from tests.site.conftest import stores, visit, world  # noqa: F401
from tests.site.services.test_releases import drawing
from tests.site.world import known_id

pytestmark = pytest.mark.bench
CASELOAD, ROUNDS, OPENINGS, BAR = 500, 8, 40, 150


@pytest.fixture
def caseload(world):  # noqa: F811
    """One advocate's 500 open files, each with names, ways to reach her, an episode and a live release."""
    by, ids = world.viewer("advocate"), [uuid4() for _ in range(CASELOAD)]
    settings.CONCORD_RINGS.create_many(by.agency, ids)
    settings.CONCORD_RINGS.warm(by.agency)
    today, names = timezone.localdate(), Names(ENDINGS["bulk"], double=True)
    own = {"agency_id": by.agency, "created_by_id": by.staff}
    with acting(by):
        clients = []
        for n, id in enumerate(ids):
            given, family = names.next()
            reach = write([Way(how="call", where=f"555-{n:04}", cautions=("no_message",), note="after six")])
            clients.append(Client(
                id=id, **own, given_name=given, family_name=family, called=given, language="spanish", reach=reach,
                birth_date=dt.date(1990, 1, 1) + dt.timedelta(days=n), first_contact_on=today,
                next_contact_on=today + dt.timedelta(days=n % 60),
            ))  # fmt: skip
        Client.objects.bulk_create(clients)
        Assignment.objects.bulk_create(
            [Assignment(**own, client=one, staff_id=by.staff, since_date=today) for one in clients]
        )
        Enrolment.objects.bulk_create([Enrolment(**own, client=one, opened_on=today) for one in clients])
        Release.objects.bulk_create([
            Release(
                **own, client=one, purpose="legal_help", to_words="A clinic", items=["name"], words={"name": "x"},
                signer_name=one.called, signer_is_alleged_abuser=Answer.NO, explained_by_id=by.staff, method="oral",
                witness="W", limits_explained_first=True, signed_on=today,
                expires_on=today + dt.timedelta(days=1 + n % 30),
            )
            for n, one in enumerate(clients)
        ])  # fmt: skip
    return ids


def timed(visits) -> tuple[list[float], list[float]]:
    wall, cpu = [], []
    for go in visits:
        begin, began = perf_counter(), process_time()
        go()
        wall.append((perf_counter() - begin) * 1000)
        cpu.append((process_time() - began) * 1000)
    return sorted(wall), sorted(cpu)


def say(capsys, what, wall, cpu):
    late = wall[min(int(len(wall) * 0.95), len(wall) - 1)]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{what}, {len(wall)} visits: median {statistics.median(wall):.0f} ms, 95th percentile {late:.0f} ms,"
            f" of it Python {statistics.median(cpu):.0f} ms (bar {BAR} ms)\n"
        )


def pages_of(browser):
    """Every page of her caseload, by its addresses."""
    pages, after = [{}], browser.get(reverse("services:clients")).context["page"].next
    while after:
        pages.append({"after": after})
        after = browser.get(reverse("services:clients"), pages[-1]).context["page"].next
    return pages


def test_a_caseload_of_500_with_everything_unsealed(visit, world, caseload, capsys):  # noqa: F811
    browser = visit(world.users["advocate"])
    pages = pages_of(browser)
    assert len(pages) == CASELOAD // 25
    wall, cpu = timed([lambda page=page: browser.get(reverse("services:clients"), page)
                       for _ in range(ROUNDS) for page in pages])  # fmt: skip
    say(capsys, "a page of 25 of a caseload of 500 clients", wall, cpu)
    wall, cpu = timed([lambda: browser.get("/") for _ in range(ROUNDS * 5)])
    say(capsys, "the home of its advocate", wall, cpu)
    for name in ("client", "releases", "ledger"):
        wall, cpu = timed([lambda pk=pk, name=name: browser.get(reverse(f"services:{name}", args=[pk]))
                           for pk in caseload[:100]])  # fmt: skip
        say(capsys, f"a client's file ({name})", wall, cpu)


def test_signing_and_taking_back(visit, world, caseload, capsys):  # noqa: F811
    by, today = world.viewer("advocate"), timezone.localdate()
    signature = actions.Signature("screen", today, drawing())
    proposed = actions.Proposed(
        purpose="legal_help", items=("name", "safe_contact"), expires_on=today + dt.timedelta(days=10),
        limits_explained_first=True, to_agency=world.agencies["harbor"].pk, to_staff=known_id("staff counsel"),
    )  # fmt: skip
    made = []

    def sign(pk):
        with acting(by):
            client = Client.objects.get(pk=pk)
            made.append(actions.sign_release(id=uuid4(), client=client, proposed=proposed, signature=signature, by=by))

    def take_back(release):
        with acting(by):
            actions.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)

    wall, cpu = timed([lambda pk=pk: sign(pk) for pk in caseload[:OPENINGS]])
    say(capsys, "a release signed and its sealed copy sent", wall, cpu)
    wall, cpu = timed([lambda release=release: take_back(release) for release in made])
    say(capsys, "a release taken back and its copy withdrawn", wall, cpu)
