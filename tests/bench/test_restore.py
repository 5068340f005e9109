"""The restore drill: a vault of the demo's size backed up, and put back with what was erased since done again.

pytest -m bench -s tests/bench/test_restore.py

The real commands on the demo's real home; the file that is erased in between must be empty afterwards, else the time
says nothing.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.house.house import House

pytestmark = pytest.mark.bench
MOST = 60.0
_ERASE = """
import datetime as dt
from concord.commands._site import open_site
from concord.home import Home
site = open_site(Home.find("demo"))
from django.utils import timezone
law = __import__("concord.law.keeping", fromlist=["x"])
User, actions, models = site("signin.models").User, site("services.actions"), site("services.models")
viewer = site("accounts.standing").placed(User.objects.get(name="Sage Willowbend").viewer())
with site("stores.acting").acting(viewer):
    client = models.Client.objects.filter(is_open=False, principal=None).order_by("first_contact_on").first()
    made = actions.erase_client(client=client, asked=law.Asked.WORD, asked_on=timezone.localdate(), by=viewer)
    print(client.pk, made.removed)
"""


@pytest.fixture
def house():
    folder = Path(tempfile.mkdtemp(prefix="concord-bench-restore-"))
    folder.chmod(0o755)
    house = House(folder / "home").start()
    yield house
    house.stop()
    shutil.rmtree(folder)


def timed(house, *words: str) -> tuple[float, str]:
    begin = time.monotonic()
    done = house.command(*words)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - begin, done.stdout


def test_a_vault_of_the_demos_size_is_back_within_a_minute(house, capsys):
    folder = house.home.path.parent / "backups"
    backing, _said = timed(house, "backup", str(folder), "--store", "vault_lantern")
    begin = time.monotonic()
    done = house.python(_ERASE)
    assert done.returncode == 0, done.stderr
    erased, removed = done.stdout.split()
    erasing = time.monotonic() - begin
    restoring, said = timed(house, "restore", str(next(folder.glob("vault_lantern-*.dump"))))
    assert "1 erased" in said
    left = "select count(*) from guard.detail where subject = %s"
    assert house.ask("vault_lantern", left, erased) == [(0,)]
    size = "select (select count(*) from services_client), (select count(*) from guard.entry)"
    rows = house.ask("vault_lantern", size)
    begin = time.monotonic()
    whole = house.command("export", "provider", "Lantern House", str(folder / "whole.concord"))
    assert whole.returncode == 0, whole.stderr
    exporting = time.monotonic() - begin
    with capsys.disabled():
        sys.stdout.write(
            f"\n{rows[0][0]} clients, {rows[0][1]:,} entries: backup {backing:.1f} s; a file of {removed} values erased"
            f" {erasing:.1f} s (a process of its own); restore {restoring:.1f} s (bar {MOST:.0f} s);"
            f" everything exported {exporting:.1f} s\n"
        )
    assert restoring <= MOST
