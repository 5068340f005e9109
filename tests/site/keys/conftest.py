"""Rings of a test's own, and a provider whose staff alone hold its keys."""

import pytest
from django.conf import settings

from concord.site.accounts import copies
from concord.site.keys import custody, held, opened
from concord.site.keys.rings import FileRings
from concord.vocabulary import Sector
from tests.stores import LANTERN

PASSPHRASES = {
    "advocate": "kettle orchard minus seventeen bells",
    "lantern_admin": "paper lighthouse under nine rivers",
}
TODAY = "2026-03-01"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Guessing may be cheap in tests: what is kept says itself what it cost."""
    monkeypatch.setattr(held, "COST", held.Cost(64, 1, 1))


@pytest.fixture
def own_rings(tmp_path, monkeypatch):
    """In place of the installation's, which other tests use as they are."""
    own = FileRings(tmp_path / "rings")
    monkeypatch.setattr(settings, "CONCORD_RINGS", own)
    yield own
    own.close()


@pytest.fixture
def house(own_rings, request):
    """The small world; Lantern House's keys are held by its advocate and its administrator."""
    world = request.getfixturevalue("world")  # after the rings, which it makes keys in
    for name, passphrase in PASSPHRASES.items():
        custody.ask(own_rings, LANTERN, staff=world.users[name].staff_id, passphrase=passphrase)
    staff = [world.users[name].staff_id for name in PASSPHRASES]
    custody.turn_on(own_rings, LANTERN, staff=staff, today=TODAY)
    with opened.using(brought(own_rings, world, "advocate")):
        custody.move(own_rings, LANTERN)
    copies.publish_key(LANTERN, Sector.COMMUNITY_SERVICES)
    return world


def brought(rings, world, name):
    """What `name` opens the files with."""
    return custody.unlock(rings, LANTERN, staff=world.users[name].staff_id, passphrase=PASSPHRASES[name])
