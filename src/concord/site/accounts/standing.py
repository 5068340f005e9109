"""Where an agency stands today: its task forces, its own MOUs, and its partners (MOU in force on both sides).

Asked of the hub once and kept for a few seconds in each process: an MOU that expires or is withdrawn stops sharing by
itself, at the latest after `KEPT_SECONDS`.
"""

import time
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from django.db import connections
from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.accounts import agreements
from concord.site.accounts.models import Agency, Mou, TaskForce
from concord.site.stores import outages
from concord.site.stores.acting import acting
from concord.site.stores.outages import StoreAway
from concord.vocabulary import Role, StoreKind

KEPT_SECONDS = 15.0


class Standing(NamedTuple):
    task_forces: frozenset[UUID]
    partners: frozenset[UUID]
    names: dict[UUID, str]  # of the task forces
    mous: dict[UUID, agreements.Dates | None]  # the agency's own, the latest for each task force
    away: bool = False  # the hub is on another host and does not answer


#: Nothing is shared and nothing sent until the hub answers again. What is the agency's own needs no standing.
AWAY = Standing(frozenset(), frozenset(), {}, {}, away=True)

_kept: dict[UUID, tuple[float, Standing]] = {}


def of(viewer: Viewer) -> Standing:
    """The standing of the viewer's agency; AWAY while the hub does not answer. Call outside `acting()`."""
    if outages.is_away(StoreKind.HUB.value):
        return AWAY
    kept = _kept.get(viewer.agency)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    try:
        standing = _ask(viewer)
    except StoreAway:
        return AWAY
    _kept[viewer.agency] = (time.monotonic() + KEPT_SECONDS, standing)
    return standing


def _ask(viewer: Viewer) -> Standing:
    with acting(viewer):
        with connections[StoreKind.HUB.value].cursor() as cursor:
            cursor.execute("select task_forces, partners from guard.sharing()")
            task_forces, partners = map(frozenset, cursor.fetchone())
    with acting(replace(viewer, task_forces=task_forces)):
        if viewer.has(Role.ADMINISTRATOR, Role.COORDINATOR):
            # The first of its own people is here: from now on the agency itself decides who enters.
            Agency.objects.filter(pk=viewer.agency, founded_at=None).update(founded_at=timezone.now())
        names = dict(TaskForce.objects.filter(pk__in=task_forces).order_by("name").values_list("pk", "name"))
        mous = {t: _latest(viewer.agency, t) for t in names}
    return Standing(task_forces, partners, names, mous)


def _latest(agency: UUID, task_force: UUID) -> agreements.Dates | None:
    mous = Mou.objects.filter(agency_id=agency, task_force_id=task_force)
    return agreements.latest(mous)


def forget() -> None:
    """Drop what is kept: an agreement changed in this process."""
    _kept.clear()


def placed(viewer: Viewer) -> Viewer:
    """The viewer with her agency's task forces and partners of today."""
    standing = of(viewer)
    return replace(viewer, task_forces=standing.task_forces, partners=standing.partners)
