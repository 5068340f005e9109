"""The counts that agencies of the invented world have published: what the ticker would have done by now."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from concord.law.wall import JUSTICE, PROVIDERS, Viewer, jobs_staff
from concord.site.demo import cast
from concord.site.reporting.models import Publication
from concord.site.reporting.periods import before, quarter_of
from concord.site.reporting.publish import publish
from concord.site.stores import acting
from concord.vocabulary import StoreKind

QUARTERS = 3  # finished ones; the ticker counts the running one


def publish_past(today: dt.date) -> None:
    """Every agency that keeps records publishes its last quarters, unless it has published before."""
    for agency in cast.AGENCIES.values():
        if agency.has_accounts and agency.sector in PROVIDERS | JUSTICE:
            _publish(agency, today)


def _publish(agency: cast.Agency, today: dt.date) -> None:
    jobs = Viewer(
        staff=jobs_staff(agency.id), agency=agency.id, sector=agency.sector,
        task_forces=frozenset(cast.TASK_FORCES[key].id for key in agency.task_forces),
    )  # fmt: skip
    hub = StoreKind.HUB.value
    with acting.commanding(settings.CONCORD.vault_of(agency.id)), transaction.atomic(using=hub):
        if not Publication.objects.filter(agency_id=agency.id).exists():
            for n in range(QUARTERS, 0, -1):
                publish(before(quarter_of(today), n), by=jobs)
