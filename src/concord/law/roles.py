"""Which roles an agency's staff may hold, by its sector; and who may say so.

A role never widens what the sector may reach (`law.wall`); a role of another sector would only mislead its holder.
"""

from collections.abc import Iterable

from concord.law.wall import Viewer
from concord.vocabulary import Role, Sector

ANY_AGENCY = frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER})

BY_SECTOR: dict[Sector, frozenset[Role]] = {
    Sector.COMMUNITY_SERVICES: frozenset({Role.ADVOCATE, Role.CASE_MANAGER, Role.COUNSEL, Role.SUPERVISOR}),
    Sector.LEGAL_AID: frozenset({Role.COUNSEL, Role.ADVOCATE, Role.CASE_MANAGER, Role.SUPERVISOR}),
    Sector.SYSTEM_VICTIM_SERVICES: frozenset({Role.VICTIM_WITNESS, Role.SUPERVISOR}),
    Sector.CHILD_PROTECTION: frozenset({Role.CASE_MANAGER, Role.SUPERVISOR}),
    Sector.LABOR_REGULATOR: frozenset({Role.LABOR_INSPECTOR, Role.SUPERVISOR}),
    Sector.HEALTH: frozenset({Role.CASE_MANAGER}),
    Sector.LAW_ENFORCEMENT: frozenset({Role.DETECTIVE, Role.SUPERVISOR}),
    Sector.PROSECUTION: frozenset({Role.PROSECUTOR, Role.SUPERVISOR}),
    Sector.DEFENCE: frozenset({Role.COUNSEL}),
    Sector.SURVIVOR_ADVISOR: frozenset({Role.SURVIVOR_ADVISOR}),
    Sector.COORDINATION: frozenset({Role.COORDINATOR}),
    Sector.EVALUATION: frozenset({Role.EVALUATOR}),
    Sector.OVERSIGHT: frozenset(),
}


def allowed(sector: Sector) -> list[Role]:
    """The roles of that sector's agencies, in the order of the vocabulary."""
    return [role for role in Role if role in BY_SECTOR[sector] | ANY_AGENCY]


def misfits(sector: Sector, roles: Iterable[Role]) -> list[Role]:
    """Those of `roles` that no staff of such an agency can hold."""
    return [role for role in roles if role not in BY_SECTOR[sector] | ANY_AGENCY]


def may_invite(viewer: Viewer, *, own: bool, founded: bool, neighbour: bool, roles: Iterable[Role]) -> bool:
    """An agency's administrator invites into her own agency. The coordinator invites the first administrator of an
    agency of her task force in which nobody has signed in yet, and nobody else anywhere: whoever could let people into
    a provider could read its files."""
    if own:
        return viewer.has(Role.ADMINISTRATOR, Role.COORDINATOR)
    first = not founded and Role.ADMINISTRATOR in roles
    return viewer.sector is Sector.COORDINATION and viewer.has(Role.COORDINATOR) and neighbour and first
