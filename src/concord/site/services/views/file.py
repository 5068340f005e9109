"""A client's file: overview, needs and services, notes and contacts, details; the whole of it on paper."""

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concord.site.accounts.directory import staff_names
from concord.site.pages import paging
from concord.site.pages.lists import Absent, Column
from concord.site.pages.records import Fact, Status
from concord.site.services import actions, export, pairs, reach, timeline
from concord.site.services.models import Client, Need
from concord.site.services.views._room import get_client, opened, show
from concord.site.stores import audit
from concord.vocabulary import (
    Barrier,
    ClosureReason,
    ContactHow,
    Gender,
    LivingSituation,
    NoteKind,
    Race,
    ReferralSource,
    ServiceMode,
    ServiceType,
    ServiceUnit,
    TraffickingType,
    VictimStatus,
)


@never_cache
@require_safe
def client(request, pk):
    """The overview: what she needs, what is to be done, what happened. Opening it is recorded."""
    row = get_client(request, pk)
    happened = timeline.read(row)
    needs = list(row.needs.filter(mode=ServiceMode.REQUESTED).order_by("requested_on"))
    due = list(row.follow_ups.filter(done_at=None).order_by("due_on", "id"))
    file = opened(row, *(one["who"] for one in happened))
    return show(request, "services/client.html", file, {
        "needs": needs, "follow_ups": due, "events": timeline.events(row, happened, file.names),
        "twins": pairs.twins(row, request.viewer),
        "kept_by": actions.holds_in_force(row, timezone.localdate()),
    }, current="client")  # fmt: skip


@never_cache
@require_safe
def services(request, pk):
    file = opened(row := get_client(request, pk))
    page = paging.page(row.services.all(), order=("-on_date", "-created_at", "-id"), after=request.GET.get("after", ""))
    for service in page.rows:
        service.undo_url = reverse("services:service_undo", args=[service.pk])
    needs = list(row.needs.order_by("-requested_on", "-created_at")[:50])
    for need in needs:
        need.url = reverse("services:need_decide", args=[need.pk]) if need.mode == ServiceMode.REQUESTED else ""
    return show(request, "services/services.html", file, {
        "page": page, "columns": _SERVICE_COLUMNS, "needs": needs, "need_columns": _NEED_COLUMNS,
    }, current="services")  # fmt: skip


@never_cache
@require_safe
def notes(request, pk):
    file = opened(row := get_client(request, pk))
    page = paging.page(row.notes.all(), order=("-on_date", "-created_at", "-id"), size=15,
                       after=request.GET.get("after", ""))  # fmt: skip
    contacts = list(row.contacts.order_by("-on_date", "-created_at")[:30])
    names = file.names | staff_names(one.created_by_id for one in (*page.rows, *contacts))
    for one in (*page.rows, *contacts):
        one.by = names.get(one.created_by_id, "")
    return show(request, "services/notes.html", file, {
        "page": page, "contacts": contacts, "contact_columns": _CONTACT_COLUMNS, "kinds": dict(NoteKind.choices()),
    }, current="notes")  # fmt: skip


@never_cache
@require_safe
def details(request, pk):
    file = opened(row := get_client(request, pk))
    enrolments = list(row.enrolments.order_by("-opened_on", "-created_at"))
    return show(request, "services/details.html", file, {
        "ways": reach.read(row.reach), "facts": _details(row, enrolments[0]), "enrolments": enrolments,
        "enrolment_columns": _ENROLMENT_COLUMNS, "family": _family(row), "family_columns": _FAMILY_COLUMNS,
        "statuses": list(row.statuses.order_by("-on_date", "-created_at")), "status_columns": _STATUS_COLUMNS,
    }, current="details")  # fmt: skip


@never_cache
@require_safe
def on_paper(request, pk):
    """The whole file, to read or to print."""
    row = get_client(request, pk)
    audit.record("file.printed", row)
    return render(request, "services/on_paper.html", {
        "title": row.display_name, "page_title": _("Client file"), "parts": export.parts(row),
        "back_url": reverse("services:client", args=[row.pk]), "back_label": row.display_name,
        "handling": _("Confidential: hers, and her provider's. Not for anybody else without her written release."),
    })  # fmt: skip


@never_cache
@require_safe
def as_data(request, pk):
    """The whole file as JSON, to keep or to take along. The name of the download says nothing about her."""
    row = get_client(request, pk)
    audit.record("file.exported", row)
    text = json.dumps(export.data(row), ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="client-file.json"'
    return response


def _label(codes, value):
    return codes(value).label if value else None


def _details(row: Client, enrolment) -> list[Fact]:
    race = ", ".join(Race(code).label for code in row.race or []) or None
    return [
        Fact(_("Given name"), row.given_name),
        Fact(_("Family name"), row.family_name),
        Fact(_("Other names"), row.other_names),
        Fact(_("Birth date"), row.birth_date, row.birth_date_why),
        Fact(_("Age when the file was opened"), enrolment.age_at_entry, enrolment.age_at_entry_why),
        Fact(_("Gender"), _label(Gender, row.gender), row.gender_why),
        Fact(_("Race and ethnicity"), race, row.race_why),
        Fact(_("Kind of trafficking"), _label(TraffickingType, row.trafficking_type), row.trafficking_type_why),
        Fact(_("Sent by"), _label(ReferralSource, enrolment.referral_source), enrolment.referral_source_why),
        Fact(_("Lived, at entry"), _label(LivingSituation, enrolment.living_situation),
             enrolment.living_situation_why),
        Fact(_("Citizenship"), _("Asked only when she or he wants relief, and shown to nobody by default.")),
    ]  # fmt: skip


def _family(row: Client) -> list[Client]:
    """Family members served, or the client whose family she is."""
    if row.principal_id:  # nobody where the principal's file is not for the viewer, or was erased
        found = [row.principal] if row.principal else []
    else:
        found = list(row.family.order_by("first_contact_on"))
    for member in found:
        member.url = reverse("services:client", args=[member.pk])
    return found


def _came_of(need: Need):
    if need.mode == ServiceMode.UNMET:
        return Status(_("Not met: %(barrier)s") % {"barrier": Barrier(need.barrier).label}, "danger")
    tone = {ServiceMode.REQUESTED: "warning"}.get(need.mode, "good")
    return Status(_("Waits") if tone == "warning" else ServiceMode(need.mode).label, tone)


_SERVICE_COLUMNS = [
    Column("Service", lambda s: ServiceType(s.service_type).label, first=True),
    Column("Day", "on_date"),
    Column("How much", lambda s: f"{s.quantity.normalize():f} {ServiceUnit(s.unit).label.lower()}"),
    Column("By whom", lambda s: Status("Undone") if s.undone_at else ServiceMode(s.mode).label),
    Column("Note", lambda s: s.note or s.referred_to or Absent("not_applicable")),
]
_NEED_COLUMNS = [
    Column("Asked for", lambda n: ServiceType(n.service_type).label, first=True),
    Column("When", "requested_on"),
    Column("What came of it", _came_of),
    Column("What exactly", lambda n: n.note or Absent()),
]
_CONTACT_COLUMNS = [
    Column("How", lambda c: ContactHow(c.how).label, first=True),
    Column("When", "on_date"),
    Column("Reached", "reached"),
    Column("What was said", lambda c: c.note or Absent()),
    Column("By", "by"),
]
_ENROLMENT_COLUMNS = [
    Column("Opened", "opened_on", first=True),
    Column("Again", "reopening"),
    Column("Closed", lambda e: e.closed_on or Status("Open", "good")),
    Column("Why", lambda e: ClosureReason(e.closure_reason).label if e.closure_reason else Absent("not_applicable")),
    Column("Lived then", lambda e: _label(LivingSituation, e.exit_living_situation)
           or Absent(e.exit_living_situation_why or "not_applicable")),
]  # fmt: skip
_FAMILY_COLUMNS = [
    Column("Who", "display_name", first=True),
    Column("First contact", "first_contact_on"),
    Column("Open", "is_open"),
]
_STATUS_COLUMNS = [
    Column("Decided", lambda s: VictimStatus(s.status).label, first=True),
    Column("When", "on_date"),
    Column("On what basis", lambda s: s.basis or Absent()),
]
