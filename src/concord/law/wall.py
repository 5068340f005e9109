"""The wall: who may do what with which rows. THE policy, read aloud like a table.

`RULES` is the whole of it. It is compiled twice: `may()` answers here, in Python; `concord.site.stores.policies` turns
the same rows into PostgreSQL row-level security. A property test checks that both give the same answer.

A thing no row allows is refused. Nobody outside a provider appears in a vault rule, and no rule of a vault names a
condition that another agency could meet: a release hands over a sealed copy and never opens the vault
(34 USC 12291(b)(2); 28 CFR 94.115; 42 USC 10406(c)(5)).
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from concord.vocabulary import Role, Sector, StoreKind


class Operation(StrEnum):
    READ = "select"
    CREATE = "insert"
    CHANGE = "update"
    DELETE = "delete"


class Compartment(StrEnum):
    """Which rule a table's rows are under. Each table of a walled store is in exactly one."""

    # vault
    CLIENTS = "clients"  # clients and everything gathered about them, people turned away included
    PROVIDER = "provider"  # the provider's own working records that are about no single client
    # justice
    CASES = "cases"  # investigations, arrests, filed charges: the owner and the agencies of the case's team
    TEAMS = "teams"  # which agencies are on a case's team: the holder alone decides who reads its file
    OFFICE = "office"  # an agency's own: leads, imports, sources
    PROSECUTION = "prosecution"  # charges considered, reasons of decisions, work product
    # hub
    TASK_FORCE = "task_force"  # task forces, meetings, protocols
    COUNTS = "counts"  # an agency's exact counts
    SHARED_COUNTS = "shared_counts"  # what of them its task force sees, small numbers left out
    AGENCIES = "agencies"  # who they are and how to call them
    DIRECTORY = "directory"  # the staff others may see
    AGREEMENTS = "agreements"  # MOUs and memberships
    BRIDGE = "bridge"  # two named parties and ciphertext
    PACKAGES = "packages"  # sealed copies under releases: sender and recipient, who opens one through the guard
    PACKAGE_KEYS = "package_keys"  # what opens them: written by the sender, read by the guard alone
    NETWORK = "network"  # calls for an advocate
    ROSTER = "roster"  # who of a provider's staff answers them, and on which line
    # study
    STUDIES = "studies"
    # every store
    DESK = "desk"  # one person's own drafts
    JOBS = "jobs"  # an agency's own work for later


class Condition(StrEnum):
    """What must hold between the viewer and the row."""

    OWN = "own"  # the row is the viewer's agency's
    TEAM = "team"  # the viewer's agency is on the case's team today, and both agencies' MOUs are in force
    # own agency, and the file is not restricted, or the viewer is assigned to it, or it is the agency's own jobs
    OPEN_FILE = "open_file"
    SENDER = "sender"
    TO_PARTNER = "to_partner"  # the viewer's agency sends, to an agency with which its MOU is in force
    RECIPIENT = "recipient"
    MEMBER = "member"  # the row belongs to a task force in which the viewer's agency is a member today
    NEIGHBOUR = "neighbour"  # the row's agency shares a task force with the viewer's
    FOUNDING = "founding"  # a neighbour in which nobody of its own has signed in yet
    SELF = "self"  # the row is the viewer's own


def jobs_staff(agency: UUID) -> UUID:
    """The identity of an agency's own jobs; no sign-in has it. A vault's guard reckons it the same way."""
    return UUID(hashlib.md5(f"concord jobs {agency}".encode(), usedforsecurity=False).hexdigest())


@dataclass(frozen=True)
class Viewer:
    """Who is acting, as the signed context carries it to every store.

    `partners`: agencies whose MOU and the viewer's own are in force today. `task_forces`: where the viewer's agency is
    a member today.
    """

    staff: UUID
    agency: UUID
    sector: Sector
    roles: frozenset[Role] = frozenset()
    task_forces: frozenset[UUID] = frozenset()
    partners: frozenset[UUID] = frozenset()

    def has(self, *roles: Role) -> bool:
        return bool(self.roles.intersection(roles))


@dataclass(frozen=True)
class Facts:
    """What the wall must know about one row; absent facts never grant anything."""

    agency: UUID | None = None
    team: frozenset[UUID] = frozenset()
    restricted: bool = False
    assigned: frozenset[UUID] = frozenset()
    sender: UUID | None = None
    recipient: UUID | None = None
    task_force: UUID | None = None
    agency_task_forces: frozenset[UUID] = frozenset()
    founded: bool = True
    staff: UUID | None = None


class Rule(NamedTuple):
    store: StoreKind
    compartment: Compartment
    sectors: frozenset[Sector]
    operations: tuple[Operation, ...]
    condition: Condition
    roles: frozenset[Role] = frozenset()  # empty: any role
    why: str = ""


EVERYONE = frozenset(Sector)
PROVIDERS = frozenset({Sector.COMMUNITY_SERVICES, Sector.LEGAL_AID})
JUSTICE = frozenset({Sector.LAW_ENFORCEMENT, Sector.PROSECUTION, Sector.SYSTEM_VICTIM_SERVICES, Sector.LABOR_REGULATOR})
COORDINATION = frozenset({Sector.COORDINATION})
PROSECUTORS = frozenset({Sector.PROSECUTION})
EVALUATORS = frozenset({Sector.EVALUATION})
HOME_STORES = (StoreKind.VAULT, StoreKind.JUSTICE, StoreKind.HUB)

_READ = (Operation.READ,)
_WRITE = (Operation.READ, Operation.CREATE, Operation.CHANGE)
_CHANGE = (Operation.READ, Operation.CHANGE)
_ADMIT = (Operation.READ, Operation.CREATE)
_ALL = tuple(Operation)
_COORDINATOR = frozenset({Role.COORDINATOR})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

# fmt: off
RULES: tuple[Rule, ...] = (
    # --- a provider's vault: its own staff, nobody else, ever
    Rule(StoreKind.VAULT, Compartment.CLIENTS, PROVIDERS, _WRITE, Condition.OPEN_FILE,
         why="Open files are for the provider's staff; restricted files for those assigned."),
    Rule(StoreKind.VAULT, Compartment.PROVIDER, PROVIDERS, _WRITE, Condition.OWN,
         why="What the provider received and decided is its own."),
    # --- justice
    Rule(StoreKind.JUSTICE, Compartment.CASES, JUSTICE, _WRITE, Condition.OWN,
         why="The agency that opened the investigation holds it."),
    Rule(StoreKind.JUSTICE, Compartment.CASES, JUSTICE, _WRITE, Condition.TEAM,
         why="Agencies on the case's team work the same file while both MOUs are in force."),
    Rule(StoreKind.JUSTICE, Compartment.TEAMS, JUSTICE, _WRITE, Condition.OWN,
         why="The agency that holds the investigation says who is on its team."),
    Rule(StoreKind.JUSTICE, Compartment.TEAMS, JUSTICE, _READ, Condition.TEAM,
         why="Agencies of the team see who else is on it."),
    Rule(StoreKind.JUSTICE, Compartment.OFFICE, JUSTICE, _WRITE, Condition.OWN,
         why="Leads and imports are an agency's own until it opens an investigation with others."),
    Rule(StoreKind.JUSTICE, Compartment.PROSECUTION, PROSECUTORS, _WRITE, Condition.OWN,
         why="Work product of the prosecuting office; police do not read it."),
    # --- hub
    Rule(StoreKind.HUB, Compartment.TASK_FORCE, EVERYONE, _READ, Condition.MEMBER,
         why="Members see their task force's shared work; it names no client and no suspect."),
    Rule(StoreKind.HUB, Compartment.TASK_FORCE, COORDINATION, _WRITE, Condition.MEMBER, _COORDINATOR,
         why="The coordinator keeps the task force's shared record."),
    Rule(StoreKind.HUB, Compartment.COUNTS, EVERYONE, _WRITE, Condition.OWN,
         why="An agency's exact counts are its own, and go to its funder from there."),
    Rule(StoreKind.HUB, Compartment.SHARED_COUNTS, EVERYONE, _READ, Condition.MEMBER,
         why="Members see each other's counts without the small numbers that could point at a person."),
    Rule(StoreKind.HUB, Compartment.SHARED_COUNTS, EVERYONE, _WRITE, Condition.OWN,
         why="Only the agency itself publishes its counts."),
    Rule(StoreKind.HUB, Compartment.AGENCIES, EVERYONE, _READ, Condition.NEIGHBOUR,
         why="Members know each other's name, sector and phone."),
    Rule(StoreKind.HUB, Compartment.AGENCIES, EVERYONE, _READ, Condition.OWN,
         why="Every agency sees itself, in a task force or not."),
    Rule(StoreKind.HUB, Compartment.AGENCIES, EVERYONE, _CHANGE, Condition.OWN, _ADMINISTRATORS,
         why="An agency keeps its own phone and name."),
    Rule(StoreKind.HUB, Compartment.AGENCIES, COORDINATION, _ADMIT, Condition.MEMBER, _COORDINATOR,
         why="The coordinator admits agencies to her task force."),
    Rule(StoreKind.HUB, Compartment.AGENCIES, COORDINATION, _CHANGE, Condition.FOUNDING, _COORDINATOR,
         why="She keeps what others need to know of an agency until its own people do."),
    Rule(StoreKind.HUB, Compartment.DIRECTORY, EVERYONE, _READ, Condition.NEIGHBOUR,
         why="Staff see names and roles of agencies they share a task force with."),
    Rule(StoreKind.HUB, Compartment.DIRECTORY, EVERYONE, _READ, Condition.OWN,
         why="Every agency sees itself, in a task force or not."),
    Rule(StoreKind.HUB, Compartment.DIRECTORY, EVERYONE, _WRITE, Condition.OWN, _ADMINISTRATORS,
         why="An agency's administrator keeps its own staff list."),
    Rule(StoreKind.HUB, Compartment.DIRECTORY, COORDINATION, _WRITE, Condition.FOUNDING, _COORDINATOR,
         why="She invites an agency's first administrator; from then on its own people decide who enters."),
    Rule(StoreKind.HUB, Compartment.AGREEMENTS, EVERYONE, _READ, Condition.MEMBER,
         why="Whose MOU is in force is known to all members: sharing depends on it."),
    Rule(StoreKind.HUB, Compartment.AGREEMENTS, EVERYONE, _READ, Condition.OWN,
         why="An agency sees its own memberships and MOUs, past ones too."),
    Rule(StoreKind.HUB, Compartment.AGREEMENTS, COORDINATION, _WRITE, Condition.MEMBER, _COORDINATOR,
         why="The coordinator records signatures and expiry."),
    Rule(StoreKind.HUB, Compartment.BRIDGE, EVERYONE, _READ, Condition.SENDER,
         why="The sender sees that it was received, and nothing more."),
    Rule(StoreKind.HUB, Compartment.BRIDGE, EVERYONE, (Operation.CREATE,), Condition.TO_PARTNER,
         why="Sending needs an MOU in force on both sides; expired, sharing stops."),
    Rule(StoreKind.HUB, Compartment.BRIDGE, EVERYONE, _READ, Condition.RECIPIENT,
         why="The named recipient; the content is sealed to its key."),
    Rule(StoreKind.HUB, Compartment.PACKAGES, EVERYONE, _READ, Condition.SENDER,
         why="The sender sees whether it was opened, for the survivor's ledger."),
    Rule(StoreKind.HUB, Compartment.PACKAGES, PROVIDERS, (Operation.CREATE,), Condition.TO_PARTNER,
         why="Providers send sealed copies under a release, to agencies with which an MOU is in force."),
    Rule(StoreKind.HUB, Compartment.PACKAGES, EVERYONE, _READ, Condition.RECIPIENT,
         why="The named recipient; without the key the content is noise."),
    Rule(StoreKind.HUB, Compartment.PACKAGE_KEYS, PROVIDERS, (Operation.CREATE,), Condition.TO_PARTNER,
         why="Nobody reads a key: the guard hands it to the named person while the release lives."),
    Rule(StoreKind.HUB, Compartment.NETWORK, PROVIDERS, _WRITE, Condition.MEMBER,
         why="Providers of the task force answer calls; no row names a client."),
    Rule(StoreKind.HUB, Compartment.NETWORK, JUSTICE, (Operation.READ, Operation.CREATE), Condition.OWN,
         why="Who called for an advocate sees the answer to the call."),
    Rule(StoreKind.HUB, Compartment.ROSTER, PROVIDERS, _READ, Condition.MEMBER,
         why="Providers of the task force see who is on duty."),
    Rule(StoreKind.HUB, Compartment.ROSTER, PROVIDERS, _WRITE, Condition.OWN,
         why="On whose line callers are put through is for that provider alone to say."),
    # --- study
    Rule(StoreKind.STUDY, Compartment.STUDIES, EVALUATORS, _WRITE, Condition.OWN,
         why="Evaluators with a live agreement; own copies under study ids (28 CFR 22)."),
    # --- every store
    *(Rule(store, Compartment.DESK, EVERYONE, _ALL, Condition.SELF, why="A draft is its writer's.")
      for store in (*HOME_STORES, StoreKind.STUDY)),
    *(Rule(store, Compartment.JOBS, EVERYONE, _ALL, Condition.OWN, why="An agency's own work for later.")
      for store in (*HOME_STORES, StoreKind.STUDY)),
)
# fmt: on

#: Compartments whose rows another agency may work with: only there may she use the holder's keys.
SHARED = frozenset(rule.compartment for rule in RULES if rule.condition is Condition.TEAM)

#: Which kinds of store a sector's people can be connected to at all. `vault` means their own agency's vault.
STORES: dict[Sector, frozenset[StoreKind]] = {
    sector: frozenset(
        {StoreKind.HUB}
        | ({StoreKind.VAULT} if sector in PROVIDERS else set())
        | ({StoreKind.JUSTICE} if sector in JUSTICE else set())
        | ({StoreKind.STUDY} if sector in EVALUATORS else set())
    )
    for sector in Sector
}


def holds(condition: Condition, viewer: Viewer, row: Facts) -> bool:
    """Whether `condition` holds between `viewer` and a row with these facts."""
    own = row.agency is not None and row.agency == viewer.agency
    match condition:
        case Condition.OWN:
            return own
        case Condition.TEAM:
            return viewer.agency in row.team and row.agency in viewer.partners
        case Condition.OPEN_FILE:
            return own and (not row.restricted or viewer.staff in row.assigned | {jobs_staff(row.agency)})
        case Condition.SENDER:
            return row.sender == viewer.agency
        case Condition.TO_PARTNER:
            return row.sender == viewer.agency and row.recipient in viewer.partners
        case Condition.RECIPIENT:
            return row.recipient == viewer.agency
        case Condition.MEMBER:
            return row.task_force in viewer.task_forces
        case Condition.NEIGHBOUR:
            return bool(row.agency_task_forces & viewer.task_forces)
        case Condition.FOUNDING:
            return not row.founded and bool(row.agency_task_forces & viewer.task_forces)
        case Condition.SELF:
            return own and row.staff == viewer.staff


def may(viewer: Viewer, operation: Operation, store: StoreKind, compartment: Compartment, row: Facts) -> bool:
    """Whether `viewer` may do `operation` to a row of `compartment` in `store` with these facts."""
    return any(
        rule.store == store
        and rule.compartment == compartment
        and operation in rule.operations
        and viewer.sector in rule.sectors
        and (not rule.roles or viewer.roles & rule.roles)
        and holds(rule.condition, viewer, row)
        for rule in RULES
    )


def rules_for(store: StoreKind, compartment: Compartment, operation: Operation) -> list[Rule]:
    """The rows of the policy that can allow `operation` there; empty means nobody may."""
    return [r for r in RULES if r.store == store and r.compartment == compartment and operation in r.operations]


@dataclass(frozen=True)
class Walled:
    """How a table's columns answer the wall's questions: which compartment, and which column holds which fact.

    `case`: the column naming the investigation (for TEAM). `client`: the column naming the client (for OPEN_FILE);
    `other_client`: a second one that the row names, whose file must be open to the viewer as well.
    `subject`: the column naming whose file an audit entry belongs to; by default the case, the client, or the row.
    """

    compartment: Compartment
    agency: str = "agency_id"
    case: str | None = None
    client: str | None = None
    other_client: str | None = None
    task_force: str = "task_force_id"
    sender: str = "from_agency_id"
    recipient: str = "to_agency_id"
    staff: str = "staff_id"
    subject: str | None = None
    audited: bool = field(default=True)

    @property
    def file(self) -> str:
        return self.subject or self.case or self.client or "id"
