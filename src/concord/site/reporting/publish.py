"""Each agency's counts, published by the agency itself: exact for its own eyes, and for its task force what may be
shown. Runs inside `acting()` of the agency's service account; nothing but numbers reaches the hub."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from concord.law.wall import JUSTICE, PROVIDERS, STORES, Viewer
from concord.site.bridge import actions as bridge
from concord.site.reporting import justice_counts, sharing
from concord.site.reporting.models import Count, Publication, SharedCount
from concord.site.reporting.periods import Period, before, quarter_of, year_to
from concord.site.services import measures as services
from concord.vocabulary import CountStatus, StoreKind

VERSION = 1  # of the measures' definitions
#: How long a finished quarter is counted again each day: late entries are entries.
REOPENED = dt.timedelta(days=60)
_KEPT = 12  # quarters looked back on when a sum of four is shown
_hub = StoreKind.HUB.value


def daily(viewer: Viewer) -> None:
    """The tick's job: once a day, the running quarter and the one before while it can still change."""
    if viewer.sector not in PROVIDERS | JUSTICE:
        return
    today = timezone.localdate()
    running = quarter_of(today)
    earlier = before(running)
    due = [earlier, running] if today - earlier.last <= REOPENED else [running]
    for quarter in due:
        if not _counted_today(viewer, quarter):
            publish(quarter, by=viewer)


def publish(quarter: Period, *, by: Viewer) -> bool:
    """Publish a quarter and the four quarters it ends; False where the agency's files contradict themselves."""
    for period in (quarter, year_to(quarter)):
        try:
            counts = _counts(period, by)
        except services.Unbalanced:
            _say(period, by, unbalanced=True)
            return False
        with transaction.atomic(using=_hub):
            _keep(period, counts, by)
            for task_force in by.task_forces:
                _share(period, counts, task_force, by)
            _say(period, by)
    return True


def _counted_today(viewer: Viewer, quarter: Period) -> bool:
    latest = Publication.objects.filter(agency_id=viewer.agency, period=str(quarter)).order_by("published_at").last()
    return latest is not None and timezone.localdate(latest.published_at) == timezone.localdate()


def _counts(period: Period, by: Viewer) -> list[services.Count]:
    own = services.counts(period, by=by) if by.sector in PROVIDERS else justice_counts.counts(period, by=by)
    return [*own, *_sent(period, by)]


def _sent(period: Period, by: Viewer) -> Iterable[services.Count]:
    found: dict[str, int] = defaultdict(int)
    for kind in bridge.outbox(by).filter(sent_at__date__range=period).values_list("kind", flat=True):
        found[kind] += 1
    return [services.Count("referrals_sent", str(period), n, "referrals", {"kind": kind}) for kind, n in found.items()]


def _keep(period: Period, counts: list[services.Count], by: Viewer) -> None:
    """The agency's own. What was counted before and is no more becomes zero: a count is never just missing."""
    now = timezone.now()
    there = {(row.measure, row.parts): row for row in Count.objects.filter(agency_id=by.agency, period=str(period))}
    new = []
    for count in counts:
        row = there.pop((count.measure, parts_of(count.by)), None)
        if row is None:
            new.append(Count(agency_id=by.agency, created_by_id=by.staff, period=str(period), measure=count.measure,
                             version=VERSION, parts=parts_of(count.by), unit=count.unit, value=count.value,
                             counted_at=now))
        elif row.value != count.value:
            _change(row, value=count.value, counted_at=now)
    for row in there.values():
        if row.value:
            _change(row, value=0, counted_at=now)
    Count.objects.bulk_create(new)


def _share(period: Period, counts: list[services.Count], task_force: UUID, by: Viewer) -> None:
    """What the task force sees, families of measures of the agency's own sector and no others."""
    there = {row.measure: row for row in SharedCount.objects.filter(
        agency_id=by.agency, task_force_id=task_force, period=str(period))}
    units = {count.measure: count.unit for count in counts}
    for family in sharing.FAMILIES:
        if family.source in STORES[by.sector]:
            for name, shown in _shown(family, counts, period, task_force, by).items():
                unit = units.get(family.of or family.name, "")
                _set(there.get(name), name, shown, unit, period, task_force, by)


def _shown(family, counts, period: Period, task_force: UUID, by: Viewer) -> dict[str, sharing.Shown]:
    total, parts = sharing.exact(family, counts)
    whole, pieces = sharing.shown(family, total, parts)
    seen = {family.name: whole, **{f"{family.name}:{part}": piece for part, piece in pieces.items()}}
    if not family.guarded or period == quarter_of(period.last):
        return seen
    exact = {family.name: total, **{f"{family.name}:{part}": n for part, n in parts.items()}}
    return {name: _year(family, name, exact[name], piece, period, task_force, by) for name, piece in seen.items()}


def _year(family, name: str, total: int, piece: sharing.Shown, period: Period, task_force: UUID, by: Viewer):
    """A sum of four quarters is shown only if no quarter left out can be told from it and the sums shown before."""
    if piece.value is None:
        return piece
    rows = SharedCount.objects.filter(agency_id=by.agency, task_force_id=task_force, measure=name)
    known = {row.period: row for row in rows}
    quarters = _unbroken(quarter_of(period.last), known)
    shown = [sharing.Shown(known[str(q)].value, known[str(q)].small) for q in quarters]
    years = {n: known[str(year_to(q))].value for n, q in enumerate(quarters[:-1])
             if n >= 3 and str(year_to(q)) in known and known[str(year_to(q))].value is not None}
    return sharing.year_shown(family, total, shown, years)


def _unbroken(quarter: Period, known: dict) -> list[Period]:
    """The quarters up to this one that the task force was told of, without a gap."""
    found = []
    while str(quarter) in known and len(found) < _KEPT:
        found.insert(0, quarter)
        quarter = before(quarter)
    return found


def _set(row: SharedCount | None, name, shown: sharing.Shown, unit, period, task_force, by: Viewer) -> None:
    status = CountStatus.EXACT if shown.value is not None else CountStatus.SUPPRESSED
    if row is None:
        SharedCount.objects.create(
            agency_id=by.agency, created_by_id=by.staff, task_force_id=task_force, period=str(period), measure=name,
            version=VERSION, unit=unit or "persons", value=shown.value, status=status, small=shown.small,
            counted_at=timezone.now(),
        )
    elif (row.value, row.status, row.small) != (shown.value, status, shown.small):
        _change(row, value=shown.value, status=status, small=shown.small, counted_at=timezone.now())


def _say(period: Period, by: Viewer, *, unbalanced: bool = False) -> None:
    for task_force in by.task_forces:
        said = {"published_at": timezone.now(), "unbalanced": unbalanced}
        own = Publication.objects.filter(agency_id=by.agency, task_force_id=task_force, period=str(period))
        if not own.update(**said):
            Publication.objects.create(agency_id=by.agency, created_by_id=by.staff, task_force_id=task_force,
                                       period=str(period), **said)


def _change(row, **values) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def parts_of(by: dict[str, str]) -> str:
    """What a count is broken down by, as text: "kind=principal;trafficking_type=labor"."""
    return ";".join(f"{name}={value}" for name, value in sorted(by.items()))
