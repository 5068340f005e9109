"""What lists and pages read from the vault: own agency first, on an index; the wall is the net below."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.models import Exists, Max, OuterRef, QuerySet

from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.services import rules
from concord.site.services.models import Assignment, Client, FollowUp, ReferralIn, Release, Service
from concord.site.stores.router import alias_for
from concord.vocabulary import ReferralAnswer, ReferralKind, ServiceType

INBOX_KINDS = (ReferralKind.SERVICES, ReferralKind.INQUIRY)
RECENT_SERVICES = 80
_T = ServiceType
#: What the quick entry offers first to somebody who has entered nothing yet.
COMMON = (_T.CM, _T.CRI, _T.SAF, _T.ADV, _T.TRN, _T.NEC, _T.HOU, _T.MH)


def clients(by: Viewer) -> QuerySet[Client]:
    return Client.objects.filter(agency_id=by.agency)


def assigned_any(by: Viewer) -> QuerySet[Client]:
    """Files, open and closed, on which the viewer works."""
    mine = Assignment.objects.filter(client=OuterRef("pk"), staff_id=by.staff, until_date=None)
    return clients(by).filter(Exists(mine))


def unassigned_any(by: Viewer) -> QuerySet[Client]:
    """Files, open and closed, on which nobody works."""
    anybody = Assignment.objects.filter(client=OuterRef("pk"), until_date=None)
    return clients(by).filter(~Exists(anybody))


def assigned(by: Viewer) -> QuerySet[Client]:
    return assigned_any(by).filter(is_open=True)


def unassigned(by: Viewer) -> QuerySet[Client]:
    return unassigned_any(by).filter(is_open=True)


def closed_before(by: Viewer, day: dt.date) -> QuerySet[Client]:
    """Closed files whose last time of being served ended by that day, the longest closed first."""
    closed = clients(by).filter(is_open=False).annotate(closed_on=Max("enrolments__closed_on"))
    return closed.filter(closed_on__lte=day).order_by("closed_on", "id")


def contacts_due(by: Viewer, until: dt.date) -> QuerySet[Client]:
    return assigned(by).filter(next_contact_on__lte=until).order_by("next_contact_on", "id")


def maybe_lost(by: Viewer, today: dt.date) -> QuerySet[Client]:
    """Files about which the closing rule asks for a decision."""
    since = today - dt.timedelta(days=rules.LOST_AFTER_DAYS)
    return assigned(by).filter(attempts_since__gte=rules.LOST_AFTER_ATTEMPTS, last_reached_on__lte=since)


def follow_ups_due(by: Viewer, until: dt.date) -> QuerySet[FollowUp]:
    mine = Assignment.objects.filter(client=OuterRef("client_id"), staff_id=by.staff, until_date=None)
    due = FollowUp.objects.filter(Exists(mine), agency_id=by.agency, done_at=None, due_on__lte=until)
    return due.select_related("client").order_by("due_on", "id")


def releases_ending(by: Viewer, today: dt.date, until: dt.date) -> QuerySet[Release]:
    """Releases of the viewer's clients that end by then and that nobody has renewed or taken back."""
    mine = Assignment.objects.filter(client=OuterRef("client_id"), staff_id=by.staff, until_date=None)
    ending = live_releases(by, today).filter(Exists(mine), expires_on__lte=until, client__is_open=True)
    renewed = Release.objects.filter(renews=OuterRef("pk"))
    return ending.filter(~Exists(renewed)).select_related("client").order_by("expires_on", "id")


def live_releases(by: Viewer, today: dt.date) -> QuerySet[Release]:
    """By their own dates; whoever hands something over looks at the birth date too."""
    return Release.objects.filter(agency_id=by.agency, revoked_at=None, expires_on__gte=today)


def files_without_staff(by: Viewer) -> list[tuple[UUID, dt.date]]:
    """Restricted files that nobody is assigned to: id and since when. For administrators and supervisors only."""
    with connections[alias_for("services")].cursor() as cursor:
        cursor.execute("select client, restricted_on from guard.files_without_staff()")
        return cursor.fetchall()


def referrals_waiting(by: Viewer, at_most: int) -> list:
    """Referrals for services that we have not decided, the oldest first."""
    decided = set(
        ReferralIn.objects.filter(agency_id=by.agency)
        .exclude(answer=ReferralAnswer.OPENED)
        .values_list("referral_id", flat=True)
    )
    waiting = bridge.inbox(by, INBOX_KINDS).exclude(pk__in=decided)
    return list(waiting.order_by("sent_at", "id")[:at_most])


def answers(referral_ids: Collection[UUID], by: Viewer) -> dict[UUID, ReferralIn]:
    rows = ReferralIn.objects.filter(agency_id=by.agency, referral_id__in=referral_ids)
    return {row.referral_id: row for row in rows}


@dataclass(frozen=True)
class Recent:
    """What the quick entry offers first: the viewer's last clients, and the services she enters most."""

    clients: tuple[Client, ...]
    service_types: tuple[ServiceType, ...]


def recent(by: Viewer, at_most: int = 6) -> Recent:
    """From the viewer's last entries, filled up from her caseload; two queries whatever she entered."""
    settings.CONCORD_RINGS.warm(by.agency)
    entered = Service.objects.filter(created_by_id=by.staff, agency_id=by.agency).select_related("client")
    entered = list(entered.order_by("-created_at")[:RECENT_SERVICES])
    found = {row.client_id: row.client for row in entered if row.client.is_open}
    if len(found) < at_most:
        own = assigned(by).exclude(pk__in=found).order_by("next_contact_on", "id")[: at_most - len(found)]
        found |= {client.pk: client for client in own}
    used = [row.service_type for row in entered]
    order = sorted((*COMMON, *(code for code in ServiceType if code not in COMMON)), key=lambda code: -used.count(code))
    return Recent(tuple(found.values())[:at_most], tuple(order))
