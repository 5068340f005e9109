"""What the law presses for today: demands for a file that wait, reports that must be made, notices she is owed."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from concord.law import demands as law
from concord.law import mandated
from concord.law.wall import Viewer
from concord.site.pages.worklist import Section, Work
from concord.site.services.actions.mandated import duty_of
from concord.site.services.models import Assignment, CompelledDisclosure, MandatedReport
from concord.vocabulary import CompelledBy, CompelledOutcome, Role

#: Who answers for the whole agency; everybody else sees what concerns the files she works with.
ANSWERABLE = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.PRIVACY_OFFICER)
MOST = 100


def sections(viewer: Viewer) -> list[Section]:
    """Nothing where nothing presses: these are rare, and an empty box each day would be read past."""
    reports = reports_open(viewer)
    found = [_demands(viewer), _reports(reports), _notices(reports)]
    return [section for section in found if section.works]


def demands_open(viewer: Viewer) -> QuerySet[CompelledDisclosure]:
    rows = _whose(CompelledDisclosure.objects.filter(outcome=CompelledOutcome.OPEN), viewer)
    return rows.defer("document").select_related("client").annotate(tries=Count("attempts"))


def reports_open(viewer: Viewer) -> list[MandatedReport]:
    """Reports of which something is missing. Whether a second paper is due says the pack, not the row."""
    rows = _whose(MandatedReport.objects.filter(not_made_reason=None), viewer).select_related("client")
    waiting = Q(made_at=None) | Q(written_at=None) | Q(told_at=None, not_told_reason=None)
    return list(rows.filter(waiting).order_by("-learned_at")[:MOST])


def is_missing(report: MandatedReport) -> datetime | None:
    """When the first thing that is still missing of a report was or is due; None where the law has all it asked for."""
    if report.not_made_reason:
        return None
    clocks = mandated.clocks(duty_of(report), report.learned_at)
    if report.made_at is None:
        return clocks.voice_due
    return clocks.written_due if report.written_at is None else None


def _whose(rows: QuerySet, viewer: Viewer) -> QuerySet:
    rows = rows.filter(agency_id=viewer.agency, client__erased_on=None)
    if viewer.has(*ANSWERABLE):
        return rows
    mine = Assignment.objects.filter(client=OuterRef("client_id"), staff_id=viewer.staff, until_date=None)
    return rows.filter(Exists(mine))


def _demands(viewer) -> Section:
    rows = list(demands_open(viewer)[:MOST])
    due = {row.pk: law.act_by(CompelledBy(row.kind), row.served_on, row.due_on) for row in rows}
    rows.sort(key=lambda row: (due[row.pk] is None, due[row.pk] or row.served_on))
    works = tuple(
        Work(what=_("%(kind)s: %(who)s") % {"kind": CompelledBy(row.kind).label, "who": row.client.display_name},
             why=_next(row), due=due[row.pk], url=reverse("services:demand", args=[row.pk]))
        for row in rows
    )  # fmt: skip
    return Section(_("Demands for a file"), works, count=len(works) or None)


def _next(row: CompelledDisclosure) -> str:
    """The first thing to do about it."""
    if not row.tries and not row.no_notice_reason:
        return _("Nobody has tried to tell her or him yet.")
    if not row.counsel:
        return _("No lawyer has been asked yet.")
    return _("Decide with the lawyer what is answered.")


def _reports(reports: list[MandatedReport]) -> Section:
    rows = [(row, due) for row in reports if (due := is_missing(row))]
    rows.sort(key=lambda pair: pair[1])
    works = tuple(
        Work(what=_("Report that the law demands: %(who)s") % {"who": row.client.display_name},
             why=_("By telephone or to the agency, now.") if row.made_at is None else _("In writing."), due=due,
             url=reverse("services:mandated", args=[row.pk]))
        for row, due in rows
    )  # fmt: skip
    return Section(_("Reports that the law demands"), works, count=len(works) or None)


def _notices(reports: list[MandatedReport]) -> Section:
    rows = [row for row in reports if owes_notice(row)]
    works = tuple(
        Work(what=_("Tell %(who)s that a report was made") % {"who": row.client.display_name},
             why=_("Or write why she or he cannot be told yet."), url=reverse("services:mandated_told", args=[row.pk]))
        for row in rows
    )  # fmt: skip
    return Section(_("She or he has not been told"), works, count=len(works) or None)


def owes_notice(report: MandatedReport) -> bool:
    return mandated.notice_is_open(
        made=bool(report.made_at or report.written_at), told=report.told_at is not None,
        not_told_reason=report.not_told_reason or "",
    )  # fmt: skip
