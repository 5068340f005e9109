"""A small world for tests: agencies on every side of the wall, with staff who can sign in.

riverton  a local task force: police, sheriff, prosecutor, Lantern House and Harbor (providers with vaults),
coordinator,
          evaluator, an FBI office without accounts
farland   another task force: its own police
"""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from django.conf import settings

from concord.law.wall import Viewer
from concord.site.accounts import standing
from concord.site.accounts.models import Agency, Membership, Mou, Staff, TaskForce
from concord.site.signin.models import User
from concord.vocabulary import AgencyLevel, Role, Scope, Sector
from tests.stores import HARBOR, LANTERN

FOUNDED_AT = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
_SPACE = UUID("99999999-9999-4999-8999-999999999999")


def known_id(name: str) -> UUID:
    """The same id for the same name in every run."""
    return uuid5(_SPACE, name)


@dataclass
class World:
    task_forces: dict[str, TaskForce] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    @classmethod
    def build(cls) -> "World":
        standing.forget()
        w = cls()
        w.task_force("riverton", Scope.LOCAL)
        w.task_force("farland", Scope.STATEWIDE)
        w.agency("police", Sector.LAW_ENFORCEMENT, "riverton", AgencyLevel.LOCAL)
        w.agency("sheriff", Sector.LAW_ENFORCEMENT, "riverton", AgencyLevel.LOCAL)
        w.agency("prosecutor", Sector.PROSECUTION, "riverton", AgencyLevel.LOCAL)
        w.agency("lantern", Sector.COMMUNITY_SERVICES, "riverton", AgencyLevel.NON_PROFIT, LANTERN)
        w.agency("harbor", Sector.LEGAL_AID, "riverton", AgencyLevel.NON_PROFIT, HARBOR)
        w.agency("coordination", Sector.COORDINATION, "riverton", AgencyLevel.LOCAL)
        w.agency("university", Sector.EVALUATION, "riverton", AgencyLevel.STATE)
        w.agency("fbi", Sector.LAW_ENFORCEMENT, "riverton", AgencyLevel.FEDERAL, has_accounts=False)
        w.agency("farland_police", Sector.LAW_ENFORCEMENT, "farland", AgencyLevel.STATE)
        w.user("detective", "police", Role.DETECTIVE)
        w.user("second_detective", "police", Role.DETECTIVE)
        w.user("supervisor", "police", Role.SUPERVISOR)
        w.user("privacy_officer", "police", Role.PRIVACY_OFFICER)
        w.user("deputy", "sheriff", Role.DETECTIVE)
        w.user("prosecutor", "prosecutor", Role.PROSECUTOR)
        w.user("advocate", "lantern", Role.ADVOCATE, Role.CASE_MANAGER)
        w.user("second_advocate", "lantern", Role.ADVOCATE)
        w.user("lantern_admin", "lantern", Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)
        w.user("counsel", "harbor", Role.COUNSEL)
        w.user("coordinator", "coordination", Role.COORDINATOR)
        w.user("evaluator", "university", Role.EVALUATOR)
        w.user("outsider", "farland_police", Role.DETECTIVE)
        return w

    def task_force(self, name: str, scope: Scope) -> TaskForce:
        self.task_forces[name] = TaskForce.objects.create(
            id=known_id(f"task force {name}"), name=f"{name.title()} Task Force", scope=scope, state="CA"
        )
        return self.task_forces[name]

    def agency(self, name, sector, task_force, level, id=None, has_accounts=True) -> Agency:
        id = id or known_id(f"agency {name}")
        keys = settings.CONCORD_RINGS.create_agency(id) if has_accounts else None
        agency = self.agencies[name] = Agency.objects.create(
            id=id,
            name=name.replace("_", " ").title(),
            sector=sector,
            level=level,
            state="CA",
            has_accounts=has_accounts,
            founded_at=FOUNDED_AT if has_accounts else None,
            public_key=keys and keys.public,
        )
        self.join(agency, self.task_forces[task_force])
        return agency

    def join(self, agency: Agency, task_force: TaskForce) -> Mou:
        start = dt.date(2024, 1, 1)
        Membership.objects.create(task_force=task_force, agency=agency, from_date=start)
        return Mou.objects.create(
            task_force=task_force, agency=agency, signed_on=start, signed_by="Director", expires_on=dt.date(2099, 1, 1)
        )

    def user(self, name, agency, *roles) -> User:
        held_by = self.agencies[agency]
        staff = Staff.objects.create(
            id=known_id(f"staff {name}"),
            agency_id=held_by.pk,
            name=name.replace("_", " ").title(),
            roles=list(roles),
            from_date=dt.date(2024, 1, 1),
        )
        self.users[name] = User.objects.create(
            email=f"{name}@{agency}.example",
            name=staff.name,
            staff_id=staff.pk,
            agency_id=held_by.pk,
            agency_name=held_by.name,
            sector=held_by.sector,
            roles=list(roles),
            demo=True,
        )
        return self.users[name]

    def viewer(self, name: str) -> Viewer:
        """Who `name` is when acting today."""
        return standing.placed(self.users[name].viewer())
