"""The first agency and the first person of an installation, made by its commands with the migrate logins."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from concord.site.accounts.models import Agency, Membership, Mou, Staff, TaskForce
from concord.site.signin import actions as signin
from concord.site.signin import invitations
from concord.site.stores.acting import commanding
from concord.vocabulary import AgencyLevel, Role, Scope, Sector

FIRST_ROLES = (Role.ADMINISTRATOR, Role.COORDINATOR)
FIRST_MOU = dt.timedelta(days=365)


@dataclass(frozen=True)
class Founded:
    task_force: UUID
    agency: UUID
    staff: UUID
    token: str


def found_task_force(
    *,
    task_force: str,
    agency: str,
    name: str,
    email: str,
    scope: Scope = Scope.LOCAL,
    state: str = "",
    level: AgencyLevel = AgencyLevel.LOCAL,
) -> Founded:
    """A task force, the agency that coordinates it, with keys and a first MOU, and its administrator's invitation."""
    today = timezone.localdate()
    with commanding(), transaction.atomic("hub"):
        force = TaskForce.objects.create(name=task_force, scope=scope, state=state, founded_on=today)
        office = Agency(name=agency, sector=Sector.COORDINATION, level=level, state=state, admitted_by=force)
        office.public_key = settings.CONCORD_RINGS.ensure_agency(office.pk)
        office.save(force_insert=True)
        Membership.objects.create(task_force=force, agency=office, from_date=today, leads=True)
        Mou.objects.create(
            task_force=force, agency=office, signed_on=today, signed_by=name, expires_on=today + FIRST_MOU
        )
        staff = Staff.objects.create(
            agency_id=office.pk, name=name, email=email.lower(), roles=sorted(FIRST_ROLES), from_date=today
        )
    user = signin.create_user(
        staff=staff.pk,
        name=name,
        email=email,
        agency=office.pk,
        agency_name=agency,
        sector=Sector.COORDINATION,
        roles=FIRST_ROLES,
    )
    return Founded(force.pk, office.pk, staff.pk, invitations.make(user=user, by=None))


def invite_first_administrator(*, name: str, email: str, address: str) -> str:
    """Found the task force under a first name, which its coordinator changes on its page; returns the link to pass on,
    below `address` ("https://concord.example.org"). It works once, for seven days."""
    founded = found_task_force(task_force="Our task force", agency="Coordination office", name=name, email=email)
    return address.rstrip("/") + reverse("signin:invitation", args=[founded.token])
