"""What brings the directory and the sign-ins together where an action was cut short between them; once a minute."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from concord.law.wall import Viewer, jobs_staff
from concord.site.accounts import copies
from concord.site.accounts.models import Staff
from concord.site.signin import actions as signin
from concord.site.signin.models import User
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector

INACTIVE_DAYS = 90  # CJIS AC-2(3)


def sweep() -> int:
    """For every agency with sign-ins; outside `acting()`. Returns how many sign-ins it had to change."""
    changed = 0
    for agency, sector in User.objects.values_list("agency_id", "sector").distinct():
        changed += _meet(_keeper(agency, Sector(sector))) + copies.publish_key(agency, Sector(sector))
    return changed + signin.rest_unused(before=timezone.now() - dt.timedelta(days=INACTIVE_DAYS))


def _keeper(agency: UUID, sector: Sector) -> Viewer:
    """The agency's own jobs, with leave to keep its staff list."""
    return Viewer(jobs_staff(agency), agency, sector, roles=frozenset({Role.ADMINISTRATOR}))


def _meet(keeper: Viewer) -> int:
    """Whoever has left on either side has left on both; roles follow the directory, where they change first."""
    today, changed = timezone.localdate(), 0
    users = {u.staff_id: u for u in User.objects.filter(agency_id=keeper.agency)}
    gone = [user.staff_id for user in users.values() if user.ended_at]
    changed += sum(copies.take_out(keeper.agency, staff) for staff in gone)
    with acting(keeper), transaction.atomic("hub"):
        Staff.objects.filter(pk__in=gone, agency_id=keeper.agency, until_date=None).update(until_date=today)
        listed = list(Staff.objects.filter(agency_id=keeper.agency, service_account=False))
    for staff in listed:
        user = users.get(staff.pk)
        if user is None or user.ended_at:
            continue
        if staff.until_date and staff.until_date <= today:
            signin.end_user(staff=staff.pk)
            changed += 1
        elif sorted(user.roles) != sorted(staff.roles):
            signin.change_roles(staff=staff.pk, roles=staff.roles)
            changed += 1
    return changed
