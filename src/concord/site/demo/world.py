"""Loading the invented world: what is not there yet, store by store, each all or nothing.

A store that holds its part is left alone, so that a load that was killed goes on where it stopped and a demo that was
worked in keeps what people did. Needs the migrate logins.
"""

import time
from collections.abc import Callable

from django.utils import timezone

from concord.site.accounts.models import TaskForce
from concord.site.demo import cast, taskforces
from concord.site.demo.loading import copy, loading
from concord.site.stores import acting


def load(*, say: Callable[[str], None]) -> None:
    """Fill the stores with the invented world; does nothing where it is there."""
    began = time.monotonic()
    today = timezone.localdate()
    taskforces.make_keys()
    made = [_load_task_forces(today)]
    taskforces.make_sign_ins()
    if any(made):
        say(f"The invented world is in: {sum(made):,} records, {time.monotonic() - began:.1f} s.")


def _load_task_forces(today) -> int:
    with acting.commanding():
        if TaskForce.objects.filter(pk=cast.TASK_FORCES["riverton"].id).exists():
            return 0
    return _load("hub", taskforces.TABLES, taskforces.rows(today))


def _load(alias: str, tables, rows) -> int:
    count = 0
    with loading(alias, tables) as cursor:
        for table in rows:
            copy(cursor, table)
            count += len(table)
    return count
