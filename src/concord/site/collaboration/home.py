"""What of the shared work needs someone today: the next meeting, minutes and reviews that are due."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.collaboration.models import Meeting, Protocol
from concord.site.collaboration.views import coordinates
from concord.site.pages.records import Action
from concord.site.pages.worklist import MOST, Section, Work, count
from concord.vocabulary import MeetingKind, Role, Sector

_AHEAD = timedelta(days=60)


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    if viewer.sector is Sector.SURVIVOR_ADVISOR or viewer.has(Role.SURVIVOR_ADVISOR):
        return [_to_go_through(viewer), _meetings(viewer, now)]
    if not coordinates(viewer):
        return []
    return [section for section in (_overdue(viewer, now), _meetings(viewer, now), _to_review(viewer, now)) if section]


def _meetings(viewer, now) -> Section:
    coming = Meeting.objects.filter(task_force_id__in=viewer.task_forces, begins_at__gte=now).order_by("begins_at")
    works = tuple(
        Work(what=MeetingKind(meeting.kind).label, due=meeting.begins_at,
             why=", ".join(filter(None, (meeting.task_force.name, meeting.place))),
             url=reverse("collaboration:meeting", args=[meeting.pk]))
        for meeting in coming.select_related("task_force")[:2]
    )
    return Section(_("Next meeting"), works, empty=_("No meeting is planned."),
                   more=Action(_("All meetings"), reverse("collaboration:meetings")))


def _overdue(viewer, now) -> Section | None:
    held = Meeting.objects.filter(task_force_id__in=viewer.task_forces, begins_at__lt=now, minutes_at=None)
    works = tuple(
        Work(what=_("Minutes of the %(kind)s are missing") % {"kind": str(MeetingKind(meeting.kind).label).lower()},
             why=meeting.task_force.name, due=meeting.begins_at,
             url=reverse("collaboration:meeting", args=[meeting.pk]),
             action=Action(_("Write them"), reverse("collaboration:minutes", args=[meeting.pk])))
        for meeting in held.select_related("task_force").order_by("-begins_at")[:MOST]
    )
    more = Action(_("All meetings"), reverse("collaboration:meetings"))
    return Section(_("Minutes to write"), works, more=more, count=count(held, works)) if works else None


def _to_review(viewer, now) -> Section | None:
    due = Protocol.objects.filter(task_force_id__in=viewer.task_forces, replaced_on=None,
                                  review_on__lte=timezone.localdate(now) + _AHEAD).order_by("review_on")
    works = tuple(
        Work(what=protocol.title, why=_("%(name)s: version %(n)d is due for review.")
             % {"name": protocol.task_force.name, "n": protocol.version},
             due=protocol.review_on, url=reverse("collaboration:protocol", args=[protocol.pk]))
        for protocol in due.select_related("task_force")[:MOST]
    )
    more = Action(_("All protocols"), reverse("collaboration:protocols"))
    return Section(_("Protocols to review"), works, more=more, count=count(due, works)) if works else None


def _to_go_through(viewer) -> Section:
    """What people with lived experience have not gone through yet."""
    waiting = Protocol.objects.filter(task_force_id__in=viewer.task_forces, replaced_on=None, survivors_reviewed=False)
    works = tuple(
        Work(what=protocol.title, why=_("%(name)s: not yet gone through by people with lived experience.")
             % {"name": protocol.task_force.name}, url=reverse("collaboration:protocol", args=[protocol.pk]))
        for protocol in waiting.select_related("task_force").order_by("review_on")[:MOST]
    )
    return Section(_("Protocols to go through"), works, empty=_("You have gone through every protocol."),
                   more=Action(_("All protocols"), reverse("collaboration:protocols")))
