"""Received records: sealed copies that wait, what the agency has opened of them, and what is owed to the defence."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.site.accounts.directory import agency_names, staff_names
from concord.site.bridge import package_views as copies
from concord.site.bridge import packages
from concord.site.justice.actions import received as actions
from concord.site.justice.forms.received import AttachForm, DiscoveryForm, HoldForm, KeepForm, RecordFilter
from concord.site.justice.models import DiscoveryEntry, Investigation
from concord.site.justice.views.cases import record_of as head_of_case
from concord.site.justice.views.common import (
    GET_POST,
    INVALID,
    access_to_own,
    ask,
    case_of,
    opened,
    sent,
    team_names,
)
from concord.site.pages import paging
from concord.site.pages.lists import Absent, Column, Link
from concord.site.pages.objections import Objection
from concord.site.pages.records import Access, Action, Event, Fact, Record, Seer, Status
from concord.vocabulary import HoldKind, PackageState, ReleasePurpose


@require_safe
def received_records(request):
    """What waits to be opened, then what the agency has opened."""
    by, filters = request.viewer, RecordFilter(request.GET)
    rows = actions.records(by).select_related("investigation").defer("content", "hold_reason", "investigation__summary")
    rows = {"loose": rows.filter(investigation=None), "held": rows.exclude(hold="")}.get(filters.narrowed("show"), rows)
    page = paging.page(rows, order=("-opened_at", "-id"), after=request.GET.get("after", ""))
    now = timezone.now()
    unopened = list(actions.copies(by).filter(opened_at=None)[:25])
    return render(request, "justice/received_records.html", {
        "title": _("Received records"), "filters": filters, "page": page, "columns": _columns(page.rows),
        "unit": _("records"), "now": now, "copies": unopened,
        "copy_columns": copies.columns(unopened, "justice:sealed_copy"),
        "empty": _("Your agency has opened no sealed copy yet."),
    })


def _columns(rows):
    agencies, staff = agency_names(r.from_agency_id for r in rows), staff_names(r.opened_by_id for r in rows)
    for row in rows:
        row.url = reverse("justice:received_record", args=[row.pk])
    return [
        Column(_("From"), lambda r: agencies.get(r.from_agency_id, ""), first=True),
        Column(_("For"), lambda r: ReleasePurpose(r.purpose)),
        Column(_("Opened"), "opened_at"),
        Column(_("Opened by"), lambda r: staff.get(r.opened_by_id, "")),
        Column(_("Investigation"), lambda r: r.investigation.code_name if r.investigation else Absent("not_yet_known")),
        Column(_("Kept until"), _kept),
    ]


def _kept(row):
    if row.hold:
        return Status(_("Held"), "warning")
    return row.keep_until or Absent("not_yet_known")


# --- Before it is opened ----------------------------------------------------------------------------------------------


@require_safe
def sealed_copy(request, pk):
    """What opening it makes of it, before it is opened; once it is, the agency's record."""
    by = request.viewer
    copy = get_object_or_404(actions.copies(by), pk=pk)
    record = actions.record_of(copy.pk, by)
    if record is not None:
        return redirect("justice:received_record", pk=record.pk)
    return render(request, "justice/sealed_copy.html", _page(copy, by))


@require_POST
def open_copy(request, pk):
    by = request.viewer
    copy = get_object_or_404(actions.copies(by), pk=pk)
    if copy.to_staff_id != by.staff:
        raise PermissionDenied
    try:
        record = actions.open_copy(package=copy.pk, by=by)
    except Objection as objection:
        page = _page(actions.copies(by).get(pk=pk), by) | {"refusal": " ".join(objection.found.values())}
        return render(request, "justice/sealed_copy.html", page, status=INVALID)
    return redirect("justice:received_record", pk=record.pk)


def _page(copy, by) -> dict:
    now = timezone.now()
    agencies, staff = agency_names({copy.from_agency_id, by.agency}), staff_names([copy.to_staff_id, copy.sent_by_id])
    sender, reader, state = agencies.get(copy.from_agency_id, ""), staff.get(copy.to_staff_id, ""), copy.state(now)
    mine = copy.to_staff_id == by.staff
    opening = Action(_("Open it and make it our record"), reverse("justice:open_copy", args=[copy.pk]), primary=True,
                     post=True)
    record = Record(
        kind=_("Sealed copy"), title=_("Sealed copy from %(agency)s") % {"agency": sender},
        status=copies.status(copy, now),
        next_step=_("Read what opening does, then decide") if mine and state is PackageState.WAITING else "",
        facts=copies.facts(copy, sender, staff, now),
        access=Access(
            _("Until it is opened, the named person alone. Opened, it is a record of your agency."),
            (Seer(reader, _("The client named this person.")),
             Seer(agencies.get(by.agency, ""), _("Once it is opened: it is then your agency's record.")))))
    return {"record": record, "copy": copy, "sender": sender, "reader": reader, "mine": mine, "state": state.value,
            "now": now, "refusal": "", "opening": opening}


# --- The record -------------------------------------------------------------------------------------------------------


def _record(request, pk):
    return get_object_or_404(actions.records(request.viewer).select_related("investigation"), pk=pk)


@require_safe
def received_record(request, pk):
    by, row = request.viewer, opened(_record(request, pk))
    copy = actions.copies(by).filter(pk=row.package_id).first()
    entries = list(DiscoveryEntry.objects.filter(record=row).order_by("-on_date", "-created_at"))
    agencies = agency_names({row.from_agency_id, by.agency})
    staff = staff_names({row.opened_by_id, copy and copy.sent_by_id, *(e.created_by_id for e in entries)})
    content, case = row.content, row.investigation
    record = Record(
        kind=_("Received record"),
        title=_("From %(agency)s") % {"agency": agencies.get(row.from_agency_id, _("another agency"))},
        status=_status(row, copy), next_step=_next_step(row, entries),
        facts=(
            Fact(_("What it is for"), packages.purpose_line(content)),
            Fact(_("Opened"), row.opened_at), Fact(_("Opened by"), staff.get(row.opened_by_id)),
            Fact(_("Investigation"), case and Link(case.code_name, reverse("justice:case", args=[case.pk])),
                 "not_yet_known"),
            Fact(_("Kept until"), row.keep_until, "not_yet_known"),
            Fact(_("Legal hold"), HoldKind(row.hold) if row.hold else _("None")),
        ),
        actions=_acts(row), access=access_to_own(by, agencies))
    return render(request, "justice/received_record.html", {
        "record": record, "row": row, "lines": packages.said_lines(content), "said_by": content["said_by"],
        "until": content["expires_on"], "copy": copy, "entries": [(e, staff.get(e.created_by_id, "")) for e in entries],
        "events": _events(row, copy, agencies.get(row.from_agency_id, ""), staff)})


def _status(row, copy) -> Status:
    if row.hold:
        return Status(_("Legal hold"), "warning")
    if copy is not None and copy.withdrawn_at is not None:
        return Status(_("Withdrawn"), "plain")
    return Status(_("Kept"), "info")


def _next_step(row, entries) -> str:
    if row.investigation_id is None:
        return _("Say which investigation it belongs to")
    if not entries:
        return _("When discovery is due, write down whether it was handed over")
    return ""


def _acts(row) -> tuple[Action, ...]:
    url = {name: reverse(f"justice:received_{name}", args=[row.pk])
           for name in ("attach", "keep", "hold", "lift", "discovery")}
    attach = Action(_("Its investigation"), url["attach"], primary=row.investigation_id is None)
    held = Action(_("Lift the hold"), url["lift"]) if row.hold else Action(_("Legal hold"), url["hold"])
    return (attach, Action(_("Discovery"), url["discovery"], primary=row.investigation_id is not None),
            Action(_("Kept until"), url["keep"]), held)


def _events(row, copy, sender, staff) -> list[Event]:
    """Where it came from: provenance, as far as both agencies know it."""
    found = [Event(row.opened_at, _("Opened: from here on your agency's record"), who=staff.get(row.opened_by_id, ""))]
    if copy is not None:
        found.append(Event(copy.sent_at, _("Sealed by %(agency)s") % {"agency": sender},
                           who=staff.get(copy.sent_by_id, "")))
        if copy.withdrawn_at is not None:
            found.append(Event(copy.withdrawn_at, _("Withdrawn: nothing further will come")))
    return sorted(found, key=lambda event: event.on, reverse=True)


def _ask_of_record(request, row, form, act, title, **page):
    back = reverse("justice:received_record", args=[row.pk])
    return ask(request, form, act, done=back, title=title, page_title=_("Received record"), back_url=back,
               back_label=_("The record"), **page)


@require_http_methods(GET_POST)
def attach(request, pk):
    by, row = request.viewer, _record(request, pk)
    own = Investigation.objects.filter(agency_id=by.agency, arrest_only=False).defer("summary")
    form = AttachForm(*sent(request), investigations=own.order_by("-opened_on")[:500],
                      initial={"investigation": row.investigation_id})

    def act(form):
        chosen = form.cleaned_data["investigation"]
        return actions.attach(record=row, investigation=own.get(pk=chosen) if chosen else None, by=by)

    return _ask_of_record(request, row, form, act, _("Its investigation"))


@require_http_methods(GET_POST)
def keep(request, pk):
    row = _record(request, pk)
    form = KeepForm(*sent(request), initial={"keep_until": row.keep_until})
    return _ask_of_record(
        request, row, form,
        lambda f: actions.keep_until(record=row, day=f.cleaned_data["keep_until"], by=request.viewer),
        _("How long it is kept"))


@require_http_methods(GET_POST)
def hold(request, pk):
    row = _record(request, pk)
    form = HoldForm(*sent(request), initial={"hold": row.hold})

    def act(form):
        given = form.cleaned_data
        return actions.hold(record=row, kind=HoldKind(given["hold"]), reason=given["hold_reason"], by=request.viewer)

    return _ask_of_record(request, row, form, act, _("Legal hold"),
                          intro=_("While it is held it stays, whatever the retention schedule says."))


@require_http_methods(GET_POST)
def lift(request, pk):
    row = _record(request, pk)
    back = reverse("justice:received_record", args=[row.pk])
    if request.method == "POST":
        actions.lift_hold(record=row, by=request.viewer)
        return redirect(back)
    return render(request, "pages/confirm.html", {
        "title": _("Lift the legal hold"), "page_title": _("Received record"), "submit_label": _("Lift it"),
        "what": _("From now on the retention schedule decides again. That it was held, and why, stays in the audit "
                  "chain."), "cancel_url": back})


@require_http_methods(GET_POST)
def discovery(request, pk):
    row = _record(request, pk)
    form = DiscoveryForm(*sent(request), initial={"id": uuid4(), "on_date": timezone.localdate()})

    def act(form):
        given = form.cleaned_data
        return actions.log_discovery(
            record=row, on=given["on_date"], handed_over=given["handed_over"] == "yes", to=given["to"],
            reason=given["reason"], by=request.viewer, id=given["id"])

    return _ask_of_record(
        request, row, form, act, _("Discovery"), submit_label=_("Write it down"),
        intro=_("What is written here stays as written. If something changes later, write another entry."))


@require_safe
def case_received(request, pk):
    """The part of an investigation's file that came from clients, for the agency that holds it."""
    by, case = request.viewer, case_of(pk)
    if case.agency_id != by.agency:
        raise Http404
    team = list(case.team.order_by("from_date"))
    rows = list(actions.records(by).filter(investigation=case).select_related("investigation").defer("content"))
    record = head_of_case(case, team, by, team_names(case, team), "case_received")
    return render(request, "justice/case_received.html", {
        "record": record, "rows": rows, "columns": _columns(rows)})
