"""The coordinator's actions on task forces, agencies and agreements. In the hub alone, inside `acting()`."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Compartment, Facts, Operation, Viewer
from concord.site.accounts import authority, standing
from concord.site.accounts.agreements import day_words
from concord.site.accounts.models import Agency, Membership, Mou, Staff, TaskForce
from concord.site.stores import audit
from concord.site.stores.acting import after_all
from concord.vocabulary import AgencyLevel, Scope, Sector

LONGEST_MOU_YEARS = 10


@transaction.atomic("hub")
def admit_agency(
    *,
    task_force: TaskForce,
    name: str,
    sector: Sector,
    level: AgencyLevel,
    state: str,
    phone: str,
    has_accounts: bool,
    from_date: dt.date,
    by: Viewer,
) -> Agency:
    """A new member. With accounts it gets its keys at once; without, it takes part by attendance and on paper."""
    authority.require(by, Operation.CREATE, Compartment.AGENCIES, Facts(task_force=task_force.pk))
    agency = Agency(name=name, sector=sector, level=level, state=state, phone=phone, admitted_by=task_force)
    if has_accounts:
        agency.public_key = settings.CONCORD_RINGS.ensure_agency(agency.pk)
    agency.has_accounts = has_accounts
    agency.save(force_insert=True)
    Membership.objects.create(task_force=task_force, agency=agency, from_date=from_date)
    after_all(standing.forget)
    return agency


@transaction.atomic("hub")
def change_agency(*, agency: Agency, name: str, level: AgencyLevel, state: str, phone: str, by: Viewer) -> Agency:
    """Its sector never changes: what it may reach hangs on it. A second sector is a second agency."""
    authority.require(by, Operation.CHANGE, Compartment.AGENCIES, authority.facts_of(agency))
    agency.name, agency.level, agency.state, agency.phone = name, level, state, phone
    agency.save(update_fields=["name", "level", "state", "phone"])
    after_all(standing.forget)
    return agency


@transaction.atomic("hub")
def open_accounts(*, agency: Agency, by: Viewer) -> Agency:
    """A member by paper begins to sign in: from now on things can be sealed to it."""
    authority.require(by, Operation.CHANGE, Compartment.AGENCIES, authority.facts_of(agency))
    agency.has_accounts = True
    agency.public_key = settings.CONCORD_RINGS.ensure_agency(agency.pk)
    agency.save(update_fields=["has_accounts", "public_key"])
    return agency


@transaction.atomic("hub")
def list_contact(*, agency: Agency, name: str, title: str, phone: str, by: Viewer) -> Staff:
    """Whom to call at an agency: in the directory only, without a sign-in."""
    authority.require(by, Operation.CREATE, Compartment.DIRECTORY, authority.facts_of(agency))
    return Staff.objects.create(
        agency_id=agency.pk,
        created_by_id=by.staff,
        name=name,
        title=title,
        phone=phone,
        roles=[],
        from_date=timezone.localdate(),
    )


@transaction.atomic("hub")
def end_membership(*, membership: Membership, on: dt.date, by: Viewer) -> Membership:
    """Sharing stops with the day after; what was shared stays with who received it."""
    _require_keeper(membership.task_force_id, by)
    if on < membership.from_date:
        since = day_words(membership.from_date)
        raise ValidationError({"on": _("It became a member only on %(day)s.") % {"day": since}})
    membership.until_date = on
    membership.save(update_fields=["until_date"])
    after_all(standing.forget)
    return membership


@transaction.atomic("hub")
def record_mou(
    *,
    task_force: TaskForce,
    agency: Agency,
    version: str,
    signed_on: dt.date,
    signed_by: str,
    expires_on: dt.date,
    by: Viewer,
) -> Mou:
    """A signed MOU, the first or a renewal. Earlier ones stay as they were, to prove what they allowed then."""
    _require_keeper(task_force.pk, by)
    if expires_on <= signed_on:
        raise ValidationError({"expires_on": _("It must expire after it was signed.")})
    if expires_on > signed_on.replace(year=signed_on.year + LONGEST_MOU_YEARS, day=min(signed_on.day, 28)):
        raise ValidationError({"expires_on": _("Give a date within ten years of the signature.")})
    mou = Mou.objects.create(
        task_force=task_force,
        agency=agency,
        version=version,
        signed_on=signed_on,
        signed_by=signed_by,
        expires_on=expires_on,
    )
    after_all(standing.forget)
    return mou


@transaction.atomic("hub")
def end_mou(*, mou: Mou, on: dt.date, by: Viewer) -> Mou:
    """Withdrawn before it expired: sharing stops on that day."""
    _require_keeper(mou.task_force_id, by)
    if mou.signed_on and on < mou.signed_on:
        raise ValidationError({"on": _("It was signed only on %(day)s.") % {"day": day_words(mou.signed_on)}})
    mou.ended_on = on
    mou.save(update_fields=["ended_on"])
    audit.record("mou.ended", mou)
    after_all(standing.forget)
    return mou


@transaction.atomic("hub")
def change_task_force(*, task_force: TaskForce, name: str, scope: Scope, state: str, by: Viewer) -> TaskForce:
    authority.require(by, Operation.CHANGE, Compartment.TASK_FORCE, Facts(task_force=task_force.pk))
    task_force.name, task_force.scope, task_force.state = name, scope, state
    task_force.save(update_fields=["name", "scope", "state"])
    after_all(standing.forget)
    return task_force


def _require_keeper(task_force, by: Viewer) -> None:
    authority.require(by, Operation.CHANGE, Compartment.AGREEMENTS, Facts(task_force=task_force))
