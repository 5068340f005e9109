"""What happens by itself once a minute: each agency's own jobs, as its service account, and the sealing of chain heads.

A job is a function of a room: `job(viewer) -> None`, run inside `acting(viewer)`. It carries no arguments and leaves no
traceback: what failed is named by room and exception type only.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.db import connections

from concord.law.wall import STORES, Viewer, jobs_staff
from concord.site.accounts import standing
from concord.site.keys.opened import FilesClosed
from concord.site.signin.models import User
from concord.site.stores.acting import acting
from concord.site.stores.outages import StoreAway
from concord.site.stores.verify import HeadsFile
from concord.vocabulary import Sector, StoreKind

log = logging.getLogger("concord.tick")

Job = Callable[[Viewer], None]


def service_account(agency: UUID, sector: Sector) -> Viewer:
    """The identity an agency's jobs run under: its own agency and sector, no role."""
    return Viewer(staff=jobs_staff(agency), agency=agency, sector=sector)


def agencies() -> Iterator[Viewer]:
    """Every agency that has sign-ins here, as its service account."""
    for agency, sector in User.objects.values_list("agency_id", "sector").distinct():
        yield service_account(agency, Sector(sector))


def run_all(jobs: dict[StoreKind, list[Job]]) -> int:
    """Run every job an agency's sector can reach; one failure stops no other. Returns how many failed."""
    return sum(run_for(bare, jobs) for bare in agencies())


def run_for(bare: Viewer, jobs: dict[StoreKind, list[Job]]) -> int:
    """Run one agency's jobs; returns how many failed."""
    failures, viewer = 0, standing.placed(bare)
    for kind in STORES[viewer.sector]:
        if kind is StoreKind.VAULT and settings.CONCORD.vault_of(viewer.agency) is None:
            continue
        failures += sum(not _run(job, viewer) for job in jobs.get(kind, ()))
    return failures


def _run(job: Job, viewer: Viewer) -> bool:
    try:
        with acting(viewer):
            job(viewer)
    except FilesClosed:
        pass  # its provider holds the keys itself: the job waits for the first who opens the files (`jobs.catch_up`)
    except Exception as error:
        log.error("job %s failed: %s", f"{job.__module__}.{job.__name__}", type(error).__name__)
        return False
    return True


def run_apart(job: Callable[[], object]) -> int:
    """Run a job that belongs to no one store; returns 1 if it failed."""
    try:
        job()
    except Exception as error:
        log.error("job %s failed: %s", f"{job.__module__}.{job.__name__}", type(error).__name__)
        return 1
    return 0


def seal_heads() -> None:
    """Append the head of each chain to the file outside the stores."""
    heads = HeadsFile(settings.CONCORD.home.heads_file)
    sealed: set[str] = set()
    for viewer in agencies():
        with acting(viewer) as a:
            for alias, store in settings.CONCORD.stores.items():
                if alias in sealed or store.kind is StoreKind.ACCOUNT or not a.allows(store):
                    continue
                sealed.add(alias)
                with suppress(StoreAway), connections[alias].cursor() as cursor:
                    cursor.execute("select n, encode(hash, 'hex') from guard.head_now()")
                    heads.append(alias, *cursor.fetchone())
