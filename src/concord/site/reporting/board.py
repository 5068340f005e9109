"""What the task force's board shows, gathered once for the whole page and then only arranged."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from concord.law.wall import JUSTICE, PROVIDERS, Viewer
from concord.site.accounts import agreements
from concord.site.accounts.models import Agency, Membership, Mou, TaskForce
from concord.site.collaboration.models import Attendance, Meeting
from concord.site.reporting import sums
from concord.site.reporting.models import Publication, SharedCount
from concord.site.reporting.periods import Period, before, quarter_of, year_to
from concord.site.reporting.sharing import Shown
from concord.vocabulary import AgencyLevel, Sector

#: The stages at which labor trafficking can fall behind, in order.
STAGES = ("leads_received", "investigations_opened", "suspects_arrested", "persons_filed", "persons_convicted")
REPORTERS = PROVIDERS | JUSTICE


@dataclass
class Board:
    """One task force in one quarter; `year` is the four quarters that it ends."""

    task_force: TaskForce
    quarter: Period
    members: list[Agency]
    shown: dict[tuple[str, str], dict[UUID, Shown]]
    publications: dict[UUID, Publication]
    mous: dict[UUID, agreements.Dates | None]
    meetings: int = 0
    attended: dict[UUID, int] = field(default_factory=dict)

    @property
    def year(self) -> Period:
        return year_to(self.quarter)

    def of(self, measure: str, period: Period, agency: UUID | None = None) -> sums.Sum:
        """A measure of one agency, or of all that published it."""
        found = self.shown.get((str(period), measure), {})
        return sums.add([found.get(agency)] if agency else found.values())

    def share(self, part: str, whole: str, period: Period, agency: UUID | None = None) -> sums.Share:
        return sums.Share(self.of(part, period, agency), self.of(whole, period, agency))

    def labor(self, stage: str) -> sums.Share:
        return self.share(f"{stage}:labor", stage, self.year)

    def reporters(self) -> list[Agency]:
        """Members that keep records here, and so have something to publish."""
        return [a for a in self.members if a.has_accounts and Sector(a.sector) in REPORTERS]

    def missing(self) -> list[Agency]:
        return [a for a in self.reporters() if a.pk not in self.publications or self.publications[a.pk].unbalanced]

    def federal(self) -> list[Agency]:
        return [a for a in self.members if a.level == AgencyLevel.FEDERAL]

    def mous_to_renew(self, today: dt.date) -> list[tuple[Agency, agreements.Dates | None]]:
        return [(a, self.mous.get(a.pk)) for a in self.members
                if agreements.state(self.mous.get(a.pk), today) is not agreements.State.IN_FORCE]


def gather(task_force: TaskForce, quarter: Period) -> Board:
    """Seven queries, whatever the number of agencies."""
    today = timezone.localdate()
    memberships = Membership.objects.filter(task_force=task_force, from_date__lte=today).exclude(until_date__lt=today)
    members = list(Agency.objects.filter(pk__in=memberships.values("agency_id")).order_by("name"))
    periods = [str(quarter), str(year_to(quarter))]
    shown: dict[tuple[str, str], dict[UUID, Shown]] = defaultdict(dict)
    for row in SharedCount.objects.filter(task_force=task_force, period__in=periods):
        shown[row.period, row.measure][row.agency_id] = Shown(row.value, row.small)
    published = Publication.objects.filter(task_force=task_force, period=str(quarter))
    mous = defaultdict(list)
    for mou in Mou.objects.filter(task_force=task_force):
        mous[mou.agency_id].append(mou)
    held = Meeting.objects.filter(task_force=task_force, minutes_at__isnull=False,
                                  begins_at__date__range=year_to(quarter))
    attended: dict[UUID, int] = defaultdict(int)
    came = Attendance.objects.filter(Q(people__gt=0), meeting__in=held)
    for attendee in came.values_list("attendee_id", flat=True):
        attended[attendee] += 1
    return Board(task_force, quarter, members, shown, {p.agency_id: p for p in published},
                 {agency: agreements.latest(rows) for agency, rows in mous.items()}, held.count(), attended)


def of_viewer(viewer: Viewer, *, task_force: str = "", quarter: str = "") -> Board | None:
    """The board asked for, else that of the first task force and of the last quarter that has ended."""
    own = list(TaskForce.objects.filter(pk__in=viewer.task_forces).order_by("name"))
    if not own:
        return None
    chosen = next((t for t in own if str(t.pk) == task_force), own[0])
    return gather(chosen, asked_quarter(quarter))


def asked_quarter(text: str) -> Period:
    """The quarter that "2026-Q3" names, else the last that has ended. Looks back four years."""
    quarter = before(quarter_of(timezone.localdate()))
    recent = [quarter_of(timezone.localdate()), *(before(quarter, n) for n in range(16))]
    return next((one for one in recent if str(one) == text), quarter)
