"""What the hub tells a study of one task force: the site, its features, and its counts a quarter.

A provider's figures reach a study only so, already without the small numbers that its task force may not see either.
"""

from collections import defaultdict
from uuid import UUID

from django.db.models import Count as Tally
from django.db.models import Q

from concord.law.wall import PROVIDERS
from concord.site.accounts.models import Agency, Membership, TaskForce
from concord.site.collaboration.models import Meeting
from concord.site.reporting import sums
from concord.site.reporting.models import SharedCount
from concord.site.reporting.periods import quarter_of
from concord.site.reporting.sharing import FAMILIES, Shown
from concord.vocabulary import AgencyLevel, CountSource, CountStatus, SiteFeature, StoreKind, Why

_OF_PROVIDERS = frozenset(family.name for family in FAMILIES if family.source is StoreKind.VAULT)


def collect(task_force: UUID) -> dict[str, list[dict]]:
    """Rows of `site`, `site_feature` and `site_period`. Inside `acting()` of any member."""
    found = TaskForce.objects.get(pk=task_force)
    members = list(Membership.objects.filter(task_force=found).select_related("agency"))
    return {
        "site": [_site(found, members)],
        "site_feature": _features(found, members),
        "site_period": [*_provider_counts(found), *_participation(found)],
    }


def _site(task_force: TaskForce, members: list[Membership]) -> dict:
    leads = sorted(m.agency.sector for m in members if m.leads)
    row = {"site_id": str(task_force.pk), "scope": task_force.scope, "population_why": Why.NOT_RECORDED}
    return row | ({"lead_sector": leads[0]} if leads else {"lead_sector_why": Why.NOT_RECORDED})


def _features(task_force: TaskForce, members: list[Membership]) -> list[dict]:
    """Federal agencies as members, while they were."""
    federal = [m for m in members if m.agency.level == AgencyLevel.FEDERAL]
    if not federal:
        return []
    row = {"site_id": str(task_force.pk), "feature": SiteFeature.FEDERAL_PARTICIPATION.value, "value": "yes",
           "from_on": min(m.from_date for m in federal)}
    ended = None if any(m.until_date is None for m in federal) else max(m.until_date for m in federal)
    return [row | ({"to_on": ended} if ended else {"to_on_why": Why.NOT_APPLICABLE})]


def _provider_counts(task_force: TaskForce) -> list[dict]:
    """Providers' quarters added up; a sum of which a part was left out is left out, never guessed at."""
    found: dict[tuple[str, str], dict[UUID, Shown]] = defaultdict(dict)
    providers = set(Agency.objects.filter(sector__in=PROVIDERS).values_list("pk", flat=True))
    for row in SharedCount.objects.filter(task_force=task_force, agency_id__in=providers, period__contains="-Q"):
        if row.measure.partition(":")[0] in _OF_PROVIDERS:
            found[row.period, row.measure][row.agency_id] = Shown(row.value, row.small)
    return [_counted(task_force, period, measure, sums.add(parts.values()).value, CountSource.VAULT_COUNT)
            for (period, measure), parts in sorted(found.items())]


def _participation(task_force: TaskForce) -> list[dict]:
    """Meetings held, and at how many of them a federal agency was."""
    federal = Q(attendance__people__gt=0, attendance__attendee__level=AgencyLevel.FEDERAL)
    held = Meeting.objects.filter(task_force=task_force, minutes_at__isnull=False)
    meetings: dict[str, list[int]] = defaultdict(list)
    for begins_at, came in held.annotate(came=Tally("attendance", filter=federal)).values_list("begins_at", "came"):
        meetings[str(quarter_of(begins_at.date()))].append(came)
    rows = []
    for period, came in sorted(meetings.items()):
        rows.append(_counted(task_force, period, "meetings", len(came), CountSource.OTHER))
        rows.append(_counted(task_force, period, "meetings_with_federal_agency", sum(map(bool, came)),
                             CountSource.OTHER))
    return rows


def _counted(task_force: TaskForce, period: str, measure: str, value: int | None, source: CountSource) -> dict:
    row = {"site_id": str(task_force.pk), "period": period, "measure": measure, "source": source.value}
    if value is None:
        return row | {"status": CountStatus.SUPPRESSED.value, "count_why": Why.WITHHELD}
    return row | {"status": CountStatus.EXACT.value, "count": value}
