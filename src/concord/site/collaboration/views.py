"""Meetings, protocols, training and outreach: members read, the coordinator writes."""

from datetime import timedelta
from pathlib import Path

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.law.wall import Viewer
from concord.site.accounts.models import Agency, TaskForce
from concord.site.collaboration import actions
from concord.site.collaboration.forms import MeetingForm, MinutesForm, OutreachForm, ProtocolForm, TrainingForm
from concord.site.collaboration.models import Meeting, Outreach, Protocol, Training
from concord.site.pages import paging, pdf
from concord.site.pages.lists import Column
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.vocabulary import (
    AgencyLevel,
    Audience,
    MeetingKind,
    OutreachKind,
    ProtocolKind,
    Role,
    Sector,
    TraffickingType,
)

INVALID = 422
_TYPST = Path(__file__).parent / "typst"


def coordinates(viewer: Viewer) -> bool:
    return viewer.sector is Sector.COORDINATION and viewer.has(Role.COORDINATOR)


# --- Meetings ---------------------------------------------------------------------------------------------------------


@require_safe
def meetings(request):
    rows = Meeting.objects.filter(task_force_id__in=request.viewer.task_forces).select_related("task_force").annotate(
        agencies=Count("attendance", filter=Q(attendance__people__gt=0))
    )
    page = paging.page(rows, order=("-begins_at", "-id"), after=request.GET.get("after", ""))
    for meeting in page.rows:
        meeting.url = reverse("collaboration:meeting", args=[meeting.pk])
    columns = [
        Column(_("Meeting"), lambda m: MeetingKind(m.kind).label, first=True), Column(_("When"), "begins_at"),
        Column(_("Agencies there"), lambda m: m.agencies if m.minutes_at else "", numeric=True),
        Column(_("State"), _meeting_status), *_force_column(request),
    ]
    return _list(request, _("Meetings"), page, columns, _("meetings"), "meeting_new", _("Call a meeting"),
                 empty=_("No meeting has been called yet."))


@require_safe
def meeting(request, pk):
    """Agenda, decisions and which agencies came, those without accounts too."""
    found = _one(request, Meeting, pk)
    items = list(found.items.filter(dropped_at=None))
    attendance = _attendance(found)
    record = Record(
        kind=_("Meeting"), title=MeetingKind(found.kind).label, status=_meeting_status(found),
        facts=(Fact(_("When"), found.begins_at), Fact(_("Where"), found.place)),
        actions=_meeting_actions(found, request.viewer), access=_open_to_members(),
    )
    columns = [Column(_("Agency"), "agency", first=True), Column(_("Level"), "level"),
               Column(_("People"), "people", numeric=True), Column(_("How"), "how")]
    return render(request, "collaboration/meeting.html", {
        "record": record, "meeting": found, "items": items, "attendance": attendance, "columns": columns,
    })


def meeting_new(request):
    _coordinator(request)
    form = MeetingForm(request.POST or None, known=_known(request), task_forces=_task_forces(request))
    if form.is_valid():
        given = _given(form)
        made = actions.call_meeting(**given, by=request.viewer)
        return redirect("collaboration:meeting", made.pk)
    return _form(request, form, _("Call a meeting"), "meetings")


def meeting_change(request, pk):
    _coordinator(request)
    found = _one(request, Meeting, pk)
    agenda = "\n".join(found.items.filter(dropped_at=None).values_list("words", flat=True))
    initial = {"kind": found.kind, "begins_at": timezone.localtime(found.begins_at), "place": found.place,
               "agenda": agenda}
    form = MeetingForm(request.POST or None, initial=initial, known=_known(request))
    if form.is_valid():
        actions.change_meeting(meeting=found, **_given(form), by=request.viewer)
        return redirect("collaboration:meeting", found.pk)
    return _form(request, form, _("Change this meeting"), "meetings")


def minutes(request, pk):
    _coordinator(request)
    found = _one(request, Meeting, pk)
    members = list(actions.members_on(found.task_force_id, timezone.localdate(found.begins_at)))
    items = list(found.items.filter(dropped_at=None))
    form = MinutesForm.for_meeting(members, items)(
        request.POST or None, members=members, items=items, known=_known(request), initial=_minuted(found, items)
    )
    if form.is_valid():
        actions.write_minutes(meeting=found, came=form.came(), decisions=form.decisions(),
                              minutes=form.cleaned_data["minutes"], by=request.viewer)
        return redirect("collaboration:meeting", found.pk)
    return _form(request, form, _("Attendance and minutes"), "meetings")


@require_safe
def attendance_sheet(request, pk):
    """For signing on paper at the door."""
    found = _one(request, Meeting, pk)
    members = actions.members_on(found.task_force_id, timezone.localdate(found.begins_at))
    content = _paper(found) | {"title": _("Attendance"), "rows": [agency.name for agency in members],
                               "heads": [_("Agency"), _("Name"), _("Signature")]}
    return pdf.answer(pdf.pdf(_TYPST / "attendance.typ", content), name="attendance")


@require_safe
def minutes_sheet(request, pk):
    found = _one(request, Meeting, pk)
    content = _paper(found) | {
        "title": _("Minutes"),
        "heads": {"agenda": _("Agenda and decisions"), "attendance": _("Attendance"), "rest": _("Further"),
                  "none": _("No decision was recorded."), "agency": _("Agency"), "people": _("People"),
                  "how": _("How")},
        "items": [{"words": i.words, "decision": i.decision} for i in found.items.filter(dropped_at=None)],
        "attendance": [[row["agency"], str(row["people"]), row["how"]] for row in _attendance(found)],
        "rest": found.minutes,
    }
    return pdf.answer(pdf.pdf(_TYPST / "minutes.typ", content), name="minutes")


def _paper(found) -> dict:
    when = formats.date_format(timezone.localtime(found.begins_at), "DATETIME_FORMAT")
    return {"owner": found.task_force.name, "kind": str(MeetingKind(found.kind).label),
            "when": when, "place": found.place}


def _attendance(found) -> list[dict]:
    rows = found.attendance.filter(people__gt=0).select_related("attendee").order_by("attendee__name")
    return [{"agency": row.attendee.name, "level": AgencyLevel(row.attendee.level).label, "people": row.people,
             "how": _("By telephone or video") if row.remote else _("In the room")} for row in rows]


def _minuted(found, items) -> dict:
    there = list(found.attendance.all())
    return {"minutes": found.minutes, "remote": [str(row.attendee_id) for row in there if row.remote],
            **{f"people_{row.attendee_id}": row.people for row in there if row.people},
            **{f"decision_{item.pk}": item.decision for item in items}}


def _meeting_status(found) -> Status:
    if found.minutes_at:
        return Status(_("Minutes written"), "good")
    if found.begins_at < timezone.now():
        return Status(_("Minutes missing"), "warning")
    return Status(_("To come"), "info")


def _meeting_actions(found, viewer) -> tuple[Action, ...]:
    sheet = Action(_("Attendance sheet (PDF)"), reverse("collaboration:attendance_sheet", args=[found.pk]))
    printed = Action(_("Minutes (PDF)"), reverse("collaboration:minutes_sheet", args=[found.pk]))
    if not coordinates(viewer):
        return (printed,) if found.minutes_at else ()
    write = Action(_("Correct the minutes") if found.minutes_at else _("Write attendance and minutes"),
                   reverse("collaboration:minutes", args=[found.pk]), primary=not found.minutes_at)
    change = Action(_("Change date, place or agenda"), reverse("collaboration:meeting_change", args=[found.pk]))
    return (write, printed, change) if found.minutes_at else (write, sheet, change)


# --- Protocols --------------------------------------------------------------------------------------------------------


@require_safe
def protocols(request):
    rows = Protocol.objects.filter(task_force_id__in=request.viewer.task_forces, replaced_on=None)
    rows = rows.select_related("task_force")
    page = paging.page(rows, order=("review_on", "id"), after=request.GET.get("after", ""))
    for protocol_ in page.rows:
        protocol_.url = reverse("collaboration:protocol", args=[protocol_.pk])
    columns = [
        Column(_("Protocol"), "title", first=True), Column(_("Governs"), lambda p: ProtocolKind(p.kind).label),
        Column(_("Version"), "version", numeric=True), Column(_("Review"), _review_status),
        Column(_("Survivors went through it"), "survivors_reviewed"), *_force_column(request),
    ]
    return _list(request, _("Protocols"), page, columns, _("protocols in force"), "protocol_new",
                 _("Adopt a protocol"), intro=_missing_protocols(request.viewer),
                 empty=_("No protocol has been adopted yet."))


@require_safe
def protocol(request, pk):
    found = _one(request, Protocol, pk)
    revise = Action(_("Adopt a revision"), reverse("collaboration:protocol_revise", args=[found.pk]), primary=True)
    record = Record(
        kind=_("Protocol"), title=found.title,
        status=Status(_("Replaced")) if found.replaced_on else _review_status(found),
        facts=(Fact(_("Governs"), ProtocolKind(found.kind).label), Fact(_("Version"), found.version),
               Fact(_("Adopted"), found.adopted_on), Fact(_("To be reviewed by"), found.review_on),
               Fact(_("Survivors went through it"), found.survivors_reviewed)),
        actions=(revise,) if coordinates(request.viewer) and not found.replaced_on else (), access=_open_to_members(),
    )
    earlier = Protocol.objects.filter(task_force=found.task_force_id, kind=found.kind, version__lt=found.version)
    return render(request, "collaboration/protocol.html", {
        "record": record, "text": found.text, "earlier": list(earlier.order_by("-version")[:20]),
    })


def protocol_new(request):
    _coordinator(request)
    form = ProtocolForm(request.POST or None, known=_known(request), task_forces=_task_forces(request))
    if form.is_valid():
        made = actions.adopt_protocol(**_given(form), by=request.viewer)
        return redirect("collaboration:protocol", made.pk)
    return _form(request, form, _("Adopt a protocol"), "protocols")


def protocol_revise(request, pk):
    _coordinator(request)
    found = _one(request, Protocol, pk)
    if found.replaced_on:
        raise Http404
    today = timezone.localdate()
    initial = {"kind": found.kind, "title": found.title, "text": found.text, "adopted_on": today,
               "review_on": today + timedelta(days=365)}
    form = ProtocolForm(request.POST or None, initial=initial, known=_known(request))
    if form.is_valid():
        made = actions.adopt_protocol(**_given(form), task_force=found.task_force_id, replaces=found,
                                      by=request.viewer)
        return redirect("collaboration:protocol", made.pk)
    return _form(request, form, _("Adopt a revision"), "protocols")


def _review_status(found) -> Status:
    if found.review_on < timezone.localdate():
        return Status(_("Review overdue since %(day)s") % {"day": formats.date_format(found.review_on, "F j, Y")},
                      "warning")
    return Status(_("Review by %(day)s") % {"day": formats.date_format(found.review_on, "F j, Y")})


def _missing_protocols(viewer) -> str:
    there = set(Protocol.objects.filter(task_force_id__in=viewer.task_forces, replaced_on=None)
                .values_list("kind", flat=True))
    missing = [str(kind.label) for kind in ProtocolKind if kind not in there and kind is not ProtocolKind.OTHER]
    return _("Not yet adopted: %(names)s.") % {"names": "; ".join(missing)} if missing else ""


# --- Training and outreach --------------------------------------------------------------------------------------------


@require_safe
def trainings(request):
    rows = Training.objects.filter(task_force_id__in=request.viewer.task_forces)
    rows = rows.select_related("given_by", "task_force")
    page = paging.page(rows, order=("-held_on", "-id"), after=request.GET.get("after", ""))
    columns = [
        Column(_("Training"), "title", first=True), Column(_("On"), "held_on"), Column(_("By"), "given_by"),
        Column(_("For"), lambda t: Audience(t.audience).label),
        Column(_("Topic"), lambda t: TraffickingType(t.topic).label),
        Column(_("Hours"), lambda t: f"{t.hours:g}", numeric=True), Column(_("People"), "people", numeric=True),
        *_force_column(request),
    ]
    return _list(request, _("Training"), page, columns, _("trainings"), "training_new", _("Record a training"),
                 empty=_("No training has been recorded yet."),
                 beside=[Action(_("Outreach"), reverse("collaboration:outreach"))])


def training_new(request):
    _coordinator(request)
    form = TrainingForm(request.POST or None, agencies=_agencies(request), known=_known(request),
                        task_forces=_task_forces(request))
    if form.is_valid():
        given = _given(form)
        minutes_ = given.pop("duration").total_seconds() / 60
        actions.record_training(**given, hours=round(minutes_ / 60, 2), by=request.viewer)
        return redirect("collaboration:trainings")
    return _form(request, form, _("Record a training"), "trainings")


@require_safe
def outreach(request):
    rows = Outreach.objects.filter(task_force_id__in=request.viewer.task_forces)
    rows = rows.select_related("given_by", "task_force")
    page = paging.page(rows, order=("-held_on", "-id"), after=request.GET.get("after", ""))
    columns = [
        Column(_("Outreach"), "title", first=True), Column(_("On"), "held_on"), Column(_("By"), "given_by"),
        Column(_("Kind"), lambda o: OutreachKind(o.kind).label),
        Column(_("For"), lambda o: Audience(o.audience).label),
        Column(_("Topic"), lambda o: TraffickingType(o.topic).label),
        Column(_("People reached"), "people_reached", numeric=True),
        Column(_("Materials"), "materials", numeric=True), *_force_column(request),
    ]
    return _list(request, _("Outreach"), page, columns, _("events"), "outreach_new", _("Record outreach"),
                 empty=_("No outreach has been recorded yet."),
                 beside=[Action(_("Training"), reverse("collaboration:trainings"))])


def outreach_new(request):
    _coordinator(request)
    form = OutreachForm(request.POST or None, agencies=_agencies(request), known=_known(request),
                        task_forces=_task_forces(request))
    if form.is_valid():
        actions.record_outreach(**_given(form), by=request.viewer)
        return redirect("collaboration:outreach")
    return _form(request, form, _("Record outreach"), "outreach")


# --- All of them ------------------------------------------------------------------------------------------------------


def _open_to_members() -> Access:
    return Access(_("Part of the task force's shared record. It names no client, no suspect and no case."),
                  (Seer(_("All members of the task force"), _("Members see their task force's shared work.")),))


def _coordinator(request) -> None:
    if not coordinates(request.viewer):
        raise Http404


def _one(request, model, pk):
    return get_object_or_404(model.objects.select_related("task_force"), pk=pk,
                             task_force_id__in=request.viewer.task_forces)


def _task_forces(request) -> list[TaskForce]:
    return list(TaskForce.objects.filter(pk__in=request.viewer.task_forces).order_by("name"))


def _agencies(request) -> list[Agency]:
    return list(Agency.objects.filter(memberships__task_force_id__in=request.viewer.task_forces).distinct()
                .order_by("name"))


def _known(request) -> list[str]:
    """Names that shared text may hold: the agencies and task forces themselves."""
    return [agency.name for agency in _agencies(request)] + [one.name for one in _task_forces(request)]


def _given(form) -> dict:
    return {name: value for name, value in form.cleaned_data.items() if name != "looked"}


def _force_column(request) -> list[Column]:
    """Which task force, where the viewer's agency is in several."""
    several = len(request.viewer.task_forces) > 1
    return [Column(_("Task force"), lambda row: row.task_force.name)] if several else []


def _list(request, title, page, columns, unit, new, label, *, intro="", empty="", beside=()):
    acts = [Action(label, reverse(f"collaboration:{new}"), primary=True)] if coordinates(request.viewer) else []
    return render(request, "pages/list.html", {
        "title": title, "page": page, "columns": columns, "unit": unit, "actions": [*acts, *beside], "intro": intro,
        "empty": empty, "empty_action": acts[0] if acts else None,
    })


def _form(request, form, title, back):
    return render(request, "pages/form.html", {
        "form": form, "title": title, "page_title": title, "cancel_url": reverse(f"collaboration:{back}"),
    }, status=INVALID if form.is_bound else 200)
