"""Whether someone may change an agency, its staff or its agreements: asked of the wall before the database is."""

from django.core.exceptions import PermissionDenied

from concord.law.roles import may_invite, misfits
from concord.law.wall import Compartment, Facts, Operation, Viewer, may
from concord.site.accounts.models import Agency
from concord.vocabulary import Role, StoreKind

KEEPERS = (Role.ADMINISTRATOR, Role.COORDINATOR)


def facts_of(agency: Agency) -> Facts:
    return Facts(
        agency=agency.pk,
        task_force=agency.admitted_by_id,
        agency_task_forces=frozenset(m.task_force_id for m in agency.memberships.all()),
        founded=agency.founded_at is not None,
    )


def can(by: Viewer, operation: Operation, compartment: Compartment, facts: Facts) -> bool:
    return may(by, operation, StoreKind.HUB, compartment, facts)


def require(by: Viewer, operation: Operation, compartment: Compartment, facts: Facts) -> None:
    """Raises PermissionDenied, which looks like a page that is not there."""
    if not can(by, operation, compartment, facts):
        raise PermissionDenied


def can_keep_staff(by: Viewer, agency: Agency) -> bool:
    return by.has(*KEEPERS) and can(by, Operation.CHANGE, Compartment.DIRECTORY, facts_of(agency))


def can_keep_agency(by: Viewer, agency: Agency) -> bool:
    return can(by, Operation.CHANGE, Compartment.AGENCIES, facts_of(agency))


def can_keep_agreements(by: Viewer, task_force) -> bool:
    return can(by, Operation.CHANGE, Compartment.AGREEMENTS, Facts(task_force=task_force))


def require_may_give(by: Viewer, agency: Agency, roles: list[Role]) -> None:
    """Whether `by` may let someone with these roles into `agency`. The sector of one's own agency is the one that was
    signed in with, never what a row says."""
    own = agency.pk == by.agency
    facts = facts_of(agency)
    neighbour = bool(facts.agency_task_forces & by.task_forces)
    sector = by.sector if own else agency.sector
    if misfits(sector, roles) or not may_invite(by, own=own, founded=facts.founded, neighbour=neighbour, roles=roles):
        raise PermissionDenied
