"""With a pool, as the web server has it: every first touch of a store opens it, on a connection that is given back."""

import os
import subprocess
import sys

from tests.stores import CHECKOUT

_PROGRAM = """
import django; django.setup()
from uuid import uuid4
from django.db import close_old_connections, connections
from concord.law.wall import Viewer
from concord.site.accounts.models import Staff
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector
viewer = Viewer(staff=uuid4(), agency=uuid4(), sector=Sector.COORDINATION, roles=frozenset({Role.ADMINISTRATOR}))
for _ in range(12):
    with acting(viewer):
        assert list(Staff.objects.select_for_update(no_key=True)[:1]) == []
        assert connections["hub"].get_autocommit() is False
    close_old_connections()
stats = connections["hub"].pool.get_stats()
print(stats["pool_size"], stats["pool_available"])
"""


def test_a_lock_as_first_touch_opens_the_store_and_loses_no_connection():
    environment = os.environ | {"CONCORD_POOL": "1", "CONCORD_LOGIN": "web", "PYTHONPATH": str(CHECKOUT / "src")}
    command = [sys.executable, "-c", _PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["1", "1"]
    assert "psycopg.pool" not in done.stderr  # the process ended without waiting for the pool's threads
