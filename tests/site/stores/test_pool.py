"""With a pool, as the web server has it: every first touch of a store opens it, on a connection that is given back."""

import os
import subprocess
import sys

from tests.stores import CHECKOUT

_BEGIN = """
import django; django.setup()
from uuid import uuid4
from django.db import close_old_connections, connections
from concord.law.wall import Viewer
from concord.site.accounts.models import Staff
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector
viewer = Viewer(staff=uuid4(), agency=uuid4(), sector=Sector.COORDINATION, roles=frozenset({Role.ADMINISTRATOR}))
"""
_TAKING_TURNS = """
for _ in range(12):
    with acting(viewer):
        assert list(Staff.objects.select_for_update(no_key=True)[:1]) == []
        assert connections["hub"].get_autocommit() is False
    close_old_connections()
stats = connections["hub"].pool.get_stats()
print(stats["pool_size"], stats["pool_available"])
"""
_LEAVING_SOMETHING_BEHIND = """
hub = connections["hub"]
def settings_of_the_next():
    with acting(viewer):
        with hub.cursor() as cursor:
            cursor.execute("select current_setting('datestyle'), current_setting('timezone'),"
                           " current_setting('search_path'), current_setting('lock_timeout'), current_user")
            return cursor.fetchone()
found = settings_of_the_next()
hub.connection.execute("set datestyle = 'SQL, DMY'; set timezone = 'Asia/Tokyo'; set search_path = guard;"
                       " set lock_timeout = 1; set role hub_app")
close_old_connections()
assert settings_of_the_next() == found, settings_of_the_next()
print(*found)
"""


def run(program: str) -> str:
    environment = os.environ | {"CONCORD_POOL": "1", "CONCORD_LOGIN": "web", "PYTHONPATH": str(CHECKOUT / "src")}
    command = [sys.executable, "-c", _BEGIN + program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "psycopg.pool" not in done.stderr  # the process ended without waiting for the pool's threads
    return done.stdout


def test_a_lock_as_first_touch_opens_the_store_and_loses_no_connection():
    assert run(_TAKING_TURNS).split() == ["1", "1"]


def test_what_one_request_sets_on_a_pooled_connection_does_not_meet_the_next():
    assert run(_LEAVING_SOMETHING_BEHIND).split()[-2:] == ["5s", "hub_app"]
