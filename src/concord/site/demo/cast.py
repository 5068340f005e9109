"""Who is in the invented world: task forces, agencies, staff and demo sign-ins. Plain data, the same in every demo.

Every name is put together from plants, birds and made-up places, so that it is nobody's. Knows no Django: commands read
from here before any store exists.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from concord.site.stores.plan import Vault
from concord.vocabulary import AgencyLevel, Role, Scope, Sector

_SPACE = UUID("c0ffee00-7e57-4d3a-9a11-000000000001")
LANTERN_ID = UUID("11111111-1111-4111-8111-111111111111")
HARBOR_ID = UUID("22222222-2222-4222-8222-222222222222")
OPEN_GATE_ID = UUID("33333333-3333-4333-8333-333333333333")
STATE = "CA"
MOST_PERSONS, MOST_EVENTS = 50_000, 5_000_000  # that can be added to the small world


def known_id(name: str) -> UUID:
    """The same id for the same thing in every demo, so that loading twice finds it there."""
    return uuid5(_SPACE, name)


@dataclass(frozen=True)
class TaskForce:
    key: str
    name: str
    scope: Scope
    founded_years_ago: int

    @property
    def id(self) -> UUID:
        return known_id(f"task force {self.key}")


@dataclass(frozen=True)
class Agency:
    key: str
    name: str
    sector: Sector
    level: AgencyLevel
    task_forces: tuple[str, ...]
    phone: str
    has_accounts: bool = True
    fixed_id: UUID | None = None

    @property
    def id(self) -> UUID:
        return self.fixed_id or known_id(f"agency {self.key}")

    @property
    def domain(self) -> str:
        return f"{self.key.replace('_', '-')}.example"


@dataclass(frozen=True)
class Staff:
    """A member of staff. `signs_in`: as a demo account, from the sign-in page, without a password."""

    name: str
    title: str
    agency: str
    roles: tuple[Role, ...]
    signs_in: bool = False

    @property
    def id(self) -> UUID:
        return known_id(f"staff {self.agency} {self.name}")

    @property
    def user_id(self) -> UUID:
        return known_id(f"user {self.agency} {self.name}")

    @property
    def email(self) -> str:
        return f"{'.'.join(self.name.lower().replace(chr(39), '').split())}@{AGENCIES[self.agency].domain}"


TASK_FORCES: dict[str, TaskForce] = {
    force.key: force
    for force in (
        TaskForce("riverton", "Riverton Human Trafficking Task Force", Scope.LOCAL, 9),
        TaskForce("three_rivers", "Three Rivers Regional Task Force", Scope.REGIONAL, 6),
        TaskForce("statewide", "Statewide Human Trafficking Task Force", Scope.STATEWIDE, 4),
    )
}

_LOCAL, _STATE, _FEDERAL, _TRIBAL, _NON_PROFIT = (
    AgencyLevel.LOCAL, AgencyLevel.STATE, AgencyLevel.FEDERAL, AgencyLevel.TRIBAL, AgencyLevel.NON_PROFIT,
)  # fmt: skip
_R, _T, _S = "riverton", "three_rivers", "statewide"

# fmt: off
AGENCIES: dict[str, Agency] = {
    agency.key: agency
    for agency in (
        Agency("riverton_police", "Riverton Police Department", Sector.LAW_ENFORCEMENT, _LOCAL, (_R,), "555-0110"),
        Agency("alder_sheriff", "Alder County Sheriff's Office", Sector.LAW_ENFORCEMENT, _LOCAL, (_R, _T), "555-0111"),
        Agency("larkmoor_police", "Larkmoor Police Department", Sector.LAW_ENFORCEMENT, _LOCAL, (_T,), "555-0112"),
        Agency("state_police", "State Police, Trafficking Unit", Sector.LAW_ENFORCEMENT, _STATE, (_T, _S), "555-0113"),
        Agency("fbi", "FBI field office", Sector.LAW_ENFORCEMENT, _FEDERAL, (_R, _S), "555-0114", has_accounts=False),
        Agency("hsi", "HSI resident office", Sector.LAW_ENFORCEMENT, _FEDERAL, (_T, _S), "555-0115",
               has_accounts=False),
        Agency("cinder_lake", "Cinder Lake Tribal Police", Sector.LAW_ENFORCEMENT, _TRIBAL, (_T,), "555-0116",
               has_accounts=False),
        Agency("alder_da", "Alder County District Attorney", Sector.PROSECUTION, _LOCAL, (_R, _T), "555-0120"),
        Agency("attorney_general", "State Attorney General's Office", Sector.PROSECUTION, _STATE, (_S,), "555-0121"),
        Agency("us_attorney", "United States Attorney's Office", Sector.PROSECUTION, _FEDERAL, (_R, _T, _S),
               "555-0122"),
        Agency("alder_victim_unit", "Alder County Victim-Witness Unit", Sector.SYSTEM_VICTIM_SERVICES, _LOCAL,
               (_R, _T), "555-0130"),
        Agency("lantern", "Lantern House", Sector.COMMUNITY_SERVICES, _NON_PROFIT, (_R, _T), "555-0140",
               fixed_id=LANTERN_ID),
        Agency("open_gate", "Open Gate Services", Sector.COMMUNITY_SERVICES, _NON_PROFIT, (_T, _S), "555-0141",
               fixed_id=OPEN_GATE_ID),
        Agency("harbor", "Harbor Legal Aid", Sector.LEGAL_AID, _NON_PROFIT, (_R, _T, _S), "555-0142",
               fixed_id=HARBOR_ID),
        Agency("labor_standards", "State Labor Standards Bureau", Sector.LABOR_REGULATOR, _STATE, (_R, _T, _S),
               "555-0150"),
        Agency("riverton_hospital", "Riverton General Hospital", Sector.HEALTH, _LOCAL, (_R,), "555-0151",
               has_accounts=False),
        Agency("riverton_coordination", "Riverton Task Force Coordination", Sector.COORDINATION, _LOCAL, (_R,),
               "555-0160"),
        Agency("regional_coordination", "Three Rivers Coordination Office", Sector.COORDINATION, _LOCAL, (_T,),
               "555-0161"),
        Agency("statewide_coordination", "Statewide Task Force Office", Sector.COORDINATION, _STATE, (_R, _T, _S),
               "555-0162"),
        Agency("advisors", "Survivor Advisory Council", Sector.SURVIVOR_ADVISOR, _NON_PROFIT, (_R, _T, _S),
               "555-0170"),
        Agency("university", "Alder State University, Center for Justice Studies", Sector.EVALUATION, _STATE,
               (_R, _T, _S), "555-0180"),
    )
}

STAFF: tuple[Staff, ...] = (
    Staff("Pell Ashdown-Reed", "Detective", "riverton_police", (Role.DETECTIVE,), signs_in=True),
    Staff("Tansy Quillwater", "Advocate", "lantern", (Role.ADVOCATE,), signs_in=True),
    Staff("Corin Hazelmere", "Deputy district attorney", "alder_da", (Role.PROSECUTOR,), signs_in=True),
    Staff("Reed Summerfallow", "Statewide coordinator", "statewide_coordination", (Role.COORDINATOR,), signs_in=True),
    Staff("Sorrel Vanterwood", "Evaluator", "university", (Role.EVALUATOR,), signs_in=True),
    Staff("Bracken Thistlewood", "Sergeant", "riverton_police", (Role.SUPERVISOR,), signs_in=True),
    Staff("Merle Oakenshaw", "Victim-witness specialist", "alder_victim_unit", (Role.VICTIM_WITNESS,), signs_in=True),
    Staff("Juniper Saltmarsh", "Case manager", "open_gate", (Role.CASE_MANAGER,), signs_in=True),
    Staff("Rowan Mistlebrook", "Staff attorney", "harbor", (Role.COUNSEL,), signs_in=True),
    Staff("Teal Cobblestone", "Labor inspector", "labor_standards", (Role.LABOR_INSPECTOR,), signs_in=True),
    Staff("Fern Larkspurling", "Survivor advisor", "advisors", (Role.SURVIVOR_ADVISOR,), signs_in=True),
    Staff("Sage Willowbend", "Privacy officer", "lantern", (Role.PRIVACY_OFFICER,), signs_in=True),
    Staff("Dunnock Peverelle", "Agency administrator", "lantern", (Role.ADMINISTRATOR,), signs_in=True),
    # Further people who can sign in, so that every agency with accounts has somebody.
    Staff("Heron Blackthorne-Vale", "Deputy, trafficking detail", "alder_sheriff", (Role.DETECTIVE,), signs_in=True),
    Staff("Plover Greystone-Hill", "Detective", "larkmoor_police", (Role.DETECTIVE,), signs_in=True),
    Staff("Marten Coldwater-Finch", "Special investigator", "state_police", (Role.DETECTIVE,), signs_in=True),
    Staff("Wren Almondbury", "Assistant US attorney", "us_attorney", (Role.PROSECUTOR,), signs_in=True),
    Staff("Ash Pennywhistle", "Deputy attorney general", "attorney_general", (Role.PROSECUTOR,), signs_in=True),
    Staff("Clover Ironwood-Pike", "Regional coordinator", "regional_coordination", (Role.COORDINATOR,), signs_in=True),
    Staff("Linnet Farthingale", "Task force coordinator", "riverton_coordination", (Role.COORDINATOR,), signs_in=True),
    # Colleagues: seen in the directory and in the records, and they sign nothing in.
    Staff("Kestrel Broadmoor", "Detective", "riverton_police", (Role.DETECTIVE,)),
    Staff("Vetch Underhollow", "Officer, vice detail", "riverton_police", (Role.DETECTIVE,)),
    Staff("Lark Stonechatte", "Lieutenant", "alder_sheriff", (Role.SUPERVISOR,)),
    Staff("Perry Moorfield-Lane", "Sergeant", "larkmoor_police", (Role.SUPERVISOR,)),
    Staff("Burdock Ravensmere", "Commander", "state_police", (Role.SUPERVISOR,)),
    Staff("Yarrow Featherstone-Glen", "Special agent", "fbi", (Role.DETECTIVE,)),
    Staff("Thrush Copperbeck-Nye", "Special agent", "hsi", (Role.DETECTIVE,)),
    Staff("Cedar Brightwater-Loon", "Lieutenant", "cinder_lake", (Role.DETECTIVE,)),
    Staff("Bryony Wetherell-Moss", "Advocate", "lantern", (Role.ADVOCATE,)),
    Staff("Damson Applegarth", "Housing case manager", "lantern", (Role.CASE_MANAGER,)),
    Staff("Quince Hollyoake", "Advocate", "open_gate", (Role.ADVOCATE,)),
    Staff("Myrtle Fennimore-Dale", "Paralegal", "harbor", (Role.CASE_MANAGER,)),
    Staff("Avocet Longmeadow", "Chief deputy", "alder_da", (Role.SUPERVISOR,)),
    Staff("Campion Dewberry", "Nurse examiner", "riverton_hospital", (Role.ADVOCATE,)),
)
# fmt: on

SIGN_INS: tuple[Staff, ...] = tuple(person for person in STAFF if person.signs_in)
VAULTS: list[Vault] = [Vault("lantern", LANTERN_ID), Vault("harbor", HARBOR_ID), Vault("open_gate", OPEN_GATE_ID)]

#: The client whom only Lantern House knows; the tour has the police look for her.
PLANTED_CLIENT = ("Ibis", "Nettlecombe")
PLANTED_CLIENT_ID = known_id("client planted")
#: Investigations that the tour opens, and the person in one of them who is both victim and suspect.
LABOR_CASE_ID, DUAL_CASE_ID, DUAL_PERSON_ID = map(known_id, ("case labor", "case dual", "person dual"))
LABOR_STUDY_ID, ARREST_STUDY_ID = map(known_id, ("study labor", "study arrests"))
LABOR_STUDY = "Labor cases from lead to sentence"


def sign_in_of(role: Role) -> Staff:
    """Whoever stands for a role in the tour."""
    return next(person for person in SIGN_INS if person.roles[0] is role)


def one_sign_in_per_role() -> list[Staff]:
    """The first of each role, in the order of the tour."""
    first: dict[Role, Staff] = {}
    for person in SIGN_INS:
        first.setdefault(person.roles[0], person)
    return list(first.values())
