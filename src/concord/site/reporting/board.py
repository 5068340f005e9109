"""What the task force's board shows, gathered once for the whole page and then only arranged."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

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


def gather(task_forces: list[TaskForce], quarter: Period) -> list[Board]:
    """Boards of several task forces in six queries, whatever the number of agencies and task forces."""
    boards = gather_counts(task_forces, quarter)
    within = {"task_force__in": task_forces}
    _add_mous(boards, within)
    _count_attendance(boards, within, year_to(quarter))
    return list(boards.values())


def gather_counts(task_forces: list[TaskForce], quarter: Period) -> dict[UUID, Board]:
    """What was published, and by whom not: boards without agreements and meetings."""
    within = {"task_force__in": task_forces}
    periods = [str(quarter), str(year_to(quarter))]
    boards = {t.pk: Board(t, quarter, [], defaultdict(dict), {}, {}) for t in task_forces}
    for member in _members_today(within).select_related("agency").order_by("agency__name"):
        boards[member.task_force_id].members.append(member.agency)
    for row in SharedCount.objects.filter(**within, period__in=periods):
        boards[row.task_force_id].shown[row.period, row.measure][row.agency_id] = Shown(row.value, row.small)
    for row in Publication.objects.filter(**within, period=str(quarter)):
        boards[row.task_force_id].publications[row.agency_id] = row
    return boards


def _add_mous(boards: dict[UUID, Board], within: dict) -> None:
    mous = defaultdict(list)
    for mou in Mou.objects.filter(**within):
        mous[mou.task_force_id, mou.agency_id].append(mou)
    for (task_force, agency), rows in mous.items():
        boards[task_force].mous[agency] = agreements.latest(rows)


def _members_today(within: dict):
    today = timezone.localdate()
    return Membership.objects.filter(**within, from_date__lte=today).exclude(until_date__lt=today)


def _count_attendance(boards: dict[UUID, Board], within: dict, year: Period) -> None:
    held = Meeting.objects.filter(**within, minutes_at__isnull=False, begins_at__date__range=year)
    for task_force in held.values_list("task_force_id", flat=True):
        boards[task_force].meetings += 1
    came = Attendance.objects.filter(people__gt=0, meeting__in=held)
    for task_force, attendee in came.values_list("task_force_id", "attendee_id"):
        boards[task_force].attended[attendee] = boards[task_force].attended.get(attendee, 0) + 1


def of_viewer(viewer: Viewer, quarter: Period) -> list[Board]:
    """The boards of her agency's task forces, by name."""
    return gather(_task_forces(viewer), quarter)


def counts_of_viewer(viewer: Viewer, quarter: Period) -> list[Board]:
    """The same without agreements and meetings."""
    return list(gather_counts(_task_forces(viewer), quarter).values())


def _task_forces(viewer: Viewer) -> list[TaskForce]:
    return list(TaskForce.objects.filter(pk__in=viewer.task_forces).order_by("name"))


def asked_quarter(text: str) -> Period:
    """The quarter that "2026-Q3" names, else the last that has ended. Looks back four years."""
    quarter = before(quarter_of(timezone.localdate()))
    recent = [quarter_of(timezone.localdate()), *(before(quarter, n) for n in range(16))]
    return next((one for one in recent if str(one) == text), quarter)
