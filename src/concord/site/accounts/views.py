"""Agencies, who works there, and the agreements under which they share."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.law.wall import STORES
from concord.site.accounts import agreements, authority, partners
from concord.site.accounts.agreements import day_words
from concord.site.accounts.forms import (
    AgencyFilters,
    AgencyForm,
    DetailsForm,
    MouForm,
    NewAgencyForm,
    OnForm,
    TaskForceForm,
)
from concord.site.accounts.models import Agency, Membership, Mou, Staff, TaskForce
from concord.site.pages import paging
from concord.site.pages.lists import Column, Link
from concord.site.pages.records import Access, Action, Event, Fact, Record, Seer, Status
from concord.vocabulary import AgencyLevel, Role, Scope, Sector, StoreKind

INVALID = 422


def is_coordinator(viewer) -> bool:
    return viewer.sector is Sector.COORDINATION and viewer.has(Role.COORDINATOR) and bool(viewer.task_forces)


# --- Agencies ---------------------------------------------------------------------------------------------------------


@require_safe
def agencies(request):
    """Everyone's directory: who belongs, how to call them, whether sharing with them is open."""
    viewer, filters = request.viewer, AgencyFilters(request.GET)
    found = Agency.objects.filter(Q(memberships__task_force__in=viewer.task_forces) | Q(pk=viewer.agency)).distinct()
    if name := filters.narrowed("q"):
        found = found.filter(name__icontains=name)
    if sector := filters.narrowed("sector"):
        found = found.filter(sector=sector)
    page = paging.page(found, order=("name", "pk"), after=request.GET.get("after", ""))
    for row in page.rows:
        row.url = reverse("accounts:agency", args=[row.pk])
    sharing = _sharing(page.rows, viewer)
    columns = [
        Column(_("Agency"), "name", first=True),
        Column(_("Sector"), lambda a: Sector(a.sector).label),
        Column(_("Level"), lambda a: AgencyLevel(a.level).label),
        Column(_("Phone"), "phone", whole=True),
        Column(_("MOU"), lambda a: sharing.get(a.pk)),
    ]
    actions = [Action(_("Admit an agency"), reverse("accounts:admit"), primary=True)] if is_coordinator(viewer) else []
    return render(request, "pages/list.html", {
        "title": _("Agencies"), "page": page, "columns": columns, "filters": filters, "actions": actions,
        "unit": _("agencies"), "empty": _("Your agency is in no task force yet."),
        "intro": _("Members of your task force, with accounts or without, and whether sharing with them is open."),
    })


def _sharing(agencies, viewer) -> dict[UUID, list[Status]]:
    """The state of each agency's MOUs, for the task forces that the viewer is in: one query. Alike ones stand once."""
    today, found = timezone.localdate(), {}
    for (agency, _task_force), dates in _latest_mous(agencies, viewer).items():
        found.setdefault(agency, Counter())[_short_status(dates, today)] += 1
    none = Counter({_status(None, today): 1})
    return {
        agency.pk: [status if n == 1 else replace(status, words=f"{status.words} ({n})")
                    for status, n in found.get(agency.pk, none).items()]
        for agency in agencies
    }


def _short_status(dates, today) -> Status:
    status = _status(dates, today)
    if agreements.state(dates, today) is not agreements.State.IN_FORCE:
        return status
    return replace(status, words=_("in force until %(month)s") % {"month": date_format(dates.expires_on, "M Y")})


def _latest_mous(agencies, viewer) -> dict:
    rows = Mou.objects.filter(agency__in=[a.pk for a in agencies], task_force__in=viewer.task_forces)
    grouped: dict = {}
    for mou in rows:
        grouped.setdefault((mou.agency_id, mou.task_force_id), []).append(mou)
    return {key: agreements.latest(mous) for key, mous in grouped.items()}


def _status(dates, today) -> Status:
    return Status(agreements.words(dates, today), agreements.TONES.get(agreements.state(dates, today), "danger"))


def admit(request):
    viewer = request.viewer
    if not is_coordinator(viewer):
        raise Http404
    forces = request.standing.names
    form = NewAgencyForm(request.POST or None, task_forces=forces)
    if form.is_valid():
        given = dict(form.cleaned_data)
        force = get_object_or_404(TaskForce, pk=given.pop("task_force"))
        given["sector"], given["level"] = Sector(given["sector"]), AgencyLevel(given["level"])
        agency = partners.admit_agency(task_force=force, by=viewer, **given)
        messages.success(request, _("Admitted. Next, record its MOU: sharing is closed until then."))
        return redirect("accounts:agency", pk=agency.pk)
    return _form(request, form, title=_("Admit an agency"), back="accounts:agencies", submit=_("Admit"))


@require_safe
def agency(request, pk):
    """Who they are, who works there, what was signed; and for whoever keeps it, the next step."""
    row, viewer, today = get_object_or_404(Agency, pk=pk), request.viewer, timezone.localdate()
    memberships = list(Membership.objects.filter(agency=row).select_related("task_force").order_by("from_date"))
    signed = list(Mou.objects.filter(agency=row).select_related("task_force").order_by("-expires_on"))
    staff = list(Staff.objects.filter(agency_id=row.pk).at_work(today).order_by("name", "pk")[:200])
    record = Record(
        kind=_("Agency"),
        title=row.name,
        status=_standing_of(row, memberships, signed, today),
        facts=_facts(row),
        next_step=_next_step(row, viewer, signed, today),
        actions=tuple(_actions(row, viewer)),
        access=Access(
            _("Every member of a task force that this agency belongs to sees this page."),
            (Seer(_("Members of its task forces"), _("They must know each other to work together.")),
             Seer(_("Its administrator"), _("Keeps the details and decides who signs in.")),
             Seer(_("The coordinator"), _("Records agreements; keeps the details until its own people sign in."))),
        ),
    )
    return render(request, "accounts/agency.html", {
        "record": record, "events": _events(memberships, signed), "staff": staff, "staff_columns": _STAFF,
        "memberships": [_membership_row(m, signed, viewer, today) for m in memberships], "columns": _MEMBERSHIPS,
        "vault_command": _vault_command(row, viewer),
    })


_STAFF = [
    Column(_("Name"), "name", first=True),
    Column(_("Title"), "title"),
    Column(_("Role"), lambda s: [Role(r) for r in s.roles]),
    Column(_("Phone"), "phone", whole=True),
]
_MEMBERSHIPS = [
    Column(_("Task force"), "task_force", first=True),
    Column(_("Member"), "span"),
    Column(_("MOU"), "mou"),
    Column(_("To do"), "acts"),
]


def _membership_row(membership, signed, viewer, today) -> dict:
    dates = agreements.latest([m for m in signed if m.task_force_id == membership.task_force_id])
    acts = []
    if authority.can_keep_agreements(viewer, membership.task_force_id):
        acts = [_link(_("End the membership"), "accounts:end_membership", membership.pk)]
        acts += [_link(_("End the MOU"), "accounts:end_mou", m.pk) for m in signed
                 if m.task_force_id == membership.task_force_id and m.in_force(today) and m.ended_on is None][:1]
    return {"task_force": membership.task_force.name, "span": _span(membership), "mou": _status(dates, today),
            "acts": acts or " "}


def _link(text, name, pk):
    return Link(text, reverse(name, args=[pk]))


def _span(membership) -> str:
    if membership.until_date:
        dates = {"from": day_words(membership.from_date), "until": day_words(membership.until_date)}
        return _("%(from)s to %(until)s") % dates
    return _("since %(from)s") % {"from": day_words(membership.from_date)}


def _standing_of(row, memberships, signed, today) -> Status:
    current = [m for m in memberships if m.from_date <= today and (m.until_date is None or m.until_date >= today)]
    if not current:
        return Status(_("Not a member today"), "warning")
    states = {agreements.state(agreements.latest([s for s in signed if s.task_force_id == m.task_force_id]), today)
              for m in current}
    if states & agreements.SHARING:
        return Status(_("Sharing is open"), "good")
    return Status(_("Sharing is stopped"), "danger")


def _facts(row) -> tuple[Fact, ...]:
    return (
        Fact(_("Sector"), Sector(row.sector).label),
        Fact(_("Level"), AgencyLevel(row.level).label),
        Fact(_("State"), row.state),
        Fact(_("Phone"), row.phone),
        Fact(_("Accounts"), _("Its people sign in") if row.has_accounts else _("None: by attendance and paper")),
    )


def _next_step(row, viewer, signed, today) -> str:
    if not is_coordinator(viewer) or not authority.can_keep_agency(viewer, row):
        return ""
    if agreements.state(agreements.latest(signed), today) not in agreements.SHARING:
        return _("Record its signed MOU")
    return _("Invite its first administrator") if row.has_accounts else ""


def _actions(row, viewer):
    own = row.pk == viewer.agency
    if is_coordinator(viewer):
        yield Action(_("Record an MOU"), reverse("accounts:sign_mou", args=[row.pk]), primary=True)
    if authority.can_keep_agency(viewer, row):
        yield Action(_("Change the details"), reverse("accounts:change", args=[row.pk]))
        if row.has_accounts and (own or row.founded_at is None):
            yield Action(_("Invite someone"), reverse("accounts:invite", args=[row.pk]))
        yield Action(_("List a contact"), reverse("accounts:list_contact", args=[row.pk]))
        if not row.has_accounts:
            yield Action(_("Open accounts for it"), reverse("accounts:open_accounts", args=[row.pk]), post=True)


def _vault_command(row, viewer) -> str:
    """For whoever keeps a provider that has no database for its client files yet."""
    needed = StoreKind.VAULT in STORES[Sector(row.sector)] and row.has_accounts
    if not needed or settings.CONCORD.vault_of(row.pk) or not authority.can_keep_agency(viewer, row):
        return ""
    return f"concord database apply --vault NAME={row.pk}"


def _events(memberships, signed) -> list[Event]:
    events = [Event(m.from_date, _("Joined"), m.task_force.name) for m in memberships]
    events += [Event(m.until_date, _("Left"), m.task_force.name) for m in memberships if m.until_date]
    for mou in signed:
        if mou.signed_on:
            words = _("by %(who)s, until %(day)s") % {"who": mou.signed_by, "day": day_words(mou.expires_on)}
            events.append(Event(mou.signed_on, _("MOU %(version)s signed") % {"version": mou.version}, words))
        if mou.ended_on:
            events.append(Event(mou.ended_on, _("MOU %(version)s ended") % {"version": mou.version}))
    return sorted(events, key=lambda event: event.on, reverse=True)


def change(request, pk):
    row, viewer = get_object_or_404(Agency, pk=pk), request.viewer
    if not authority.can_keep_agency(viewer, row):
        raise Http404
    initial = {"name": row.name, "level": row.level, "state": row.state, "phone": row.phone}
    form = AgencyForm(request.POST or None, initial=initial)
    if form.is_valid():
        partners.change_agency(agency=row, by=viewer, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:agency", pk=row.pk)
    return _form(request, form, title=row.name, page_title=_("Agency"), back="accounts:agency", pk=row.pk)


def list_contact(request, pk):
    row, viewer = get_object_or_404(Agency, pk=pk), request.viewer
    if not authority.can_keep_agency(viewer, row):
        raise Http404
    form = DetailsForm(request.POST or None)
    if form.is_valid():
        partners.list_contact(agency=row, by=viewer, **form.cleaned_data)
        messages.success(request, _("Listed."))
        return redirect("accounts:agency", pk=row.pk)
    return _form(request, form, title=_("Whom to call at %(name)s") % {"name": row.name}, page_title=_("Contact"),
                 back="accounts:agency", pk=row.pk)


@require_POST
def open_accounts(request, pk):
    partners.open_accounts(agency=get_object_or_404(Agency, pk=pk), by=request.viewer)
    messages.success(request, _("Accounts are open. Invite its first administrator."))
    return redirect("accounts:agency", pk=pk)


# --- Agreements -------------------------------------------------------------------------------------------------------

_URGENCY = [
    agreements.State.EXPIRED, agreements.State.ENDED, agreements.State.NONE, agreements.State.UNSIGNED,
    agreements.State.EXPIRING, agreements.State.NOT_YET, agreements.State.IN_FORCE,
]


@require_safe
def mous(request):
    """The register of partners, what needs the coordinator first. A task force has tens of members, not thousands."""
    viewer, today = request.viewer, timezone.localdate()
    members = Membership.objects.filter(task_force__in=viewer.task_forces).select_related("agency", "task_force")
    members = [m for m in members if m.until_date is None or m.until_date >= today]
    latest = _latest_mous([m.agency for m in members], viewer)
    rows = [_register_row(m, latest.get((m.agency_id, m.task_force_id)), viewer, today) for m in members]
    rows.sort(key=lambda row: (row["urgency"], row["expires"] or today, row["agency"]))
    columns = [
        Column(_("Agency"), "agency", first=True),
        Column(_("Task force"), "task_force"),
        Column(_("MOU"), "state"),
        Column(_("Sharing"), "sharing"),
        Column(_("To do"), "act"),
    ]
    actions = [Action(_("Admit an agency"), reverse("accounts:admit"), primary=True)] if is_coordinator(viewer) else []
    for pk, name in request.standing.names.items() if is_coordinator(viewer) else ():
        actions.append(Action(_("Change %(name)s") % {"name": name}, reverse("accounts:task_force", args=[pk])))
    return render(request, "pages/list.html", {
        "title": _("Partners and MOUs"), "page": paging.Page(rows, count=len(rows)), "columns": columns,
        "actions": actions, "unit": _("memberships"), "empty": _("Your task force has no members yet."),
        "intro": _("Sharing needs an MOU in force on both sides. When one expires, sharing stops by itself."),
    })


def _register_row(membership, dates, viewer, today) -> dict:
    state = agreements.state(dates, today)
    keeps = authority.can_keep_agreements(viewer, membership.task_force_id)
    renew = _("Renew") if dates else _("Record an MOU")
    return {
        "agency": membership.agency.name,
        "url": reverse("accounts:agency", args=[membership.agency_id]),
        "task_force": membership.task_force.name,
        "state": _status(dates, today),
        "sharing": _("open") if state in agreements.SHARING else _("stopped"),
        "expires": dates and dates.expires_on,
        "urgency": _URGENCY.index(state),
        "act": Link(renew, reverse("accounts:sign_mou", args=[membership.agency_id])) if keeps else " ",
    }


def sign_mou(request, pk):
    row, viewer = get_object_or_404(Agency, pk=pk), request.viewer
    forces = {f.pk: f.name for f in TaskForce.objects.filter(memberships__agency=row).distinct()
              if authority.can_keep_agreements(viewer, f.pk)}
    if not forces:
        raise Http404
    form = MouForm(request.POST or None, task_forces=forces)
    if form.is_valid() and _recorded(form, row, viewer):
        messages.success(request, _("Recorded. Sharing follows within seconds."))
        return redirect("accounts:agency", pk=row.pk)
    return _form(request, form, title=_("MOU of %(name)s") % {"name": row.name}, page_title=_("MOU"),
                 back="accounts:agency", pk=row.pk, submit=_("Record it"))


def _recorded(form, agency, viewer) -> bool:
    given = dict(form.cleaned_data)
    force = get_object_or_404(TaskForce, pk=given.pop("task_force"))
    return _done(form, lambda: partners.record_mou(agency=agency, task_force=force, by=viewer, **given))


def end_mou(request, pk):
    mou = get_object_or_404(Mou.objects.select_related("agency"), pk=pk)
    if not authority.can_keep_agreements(request.viewer, mou.task_force_id):
        raise Http404
    form = OnForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid() and _done(form, lambda: partners.end_mou(mou=mou, by=request.viewer, **form.cleaned_data)):
        messages.success(request, _("Ended. Sharing with it stops on that day."))
        return redirect("accounts:agency", pk=mou.agency_id)
    return _confirm(request, form, mou.agency_id, title=_("End the MOU of %(name)s?") % {"name": mou.agency.name},
                    consequences=[_("From that day nothing can be sent to it or by it."),
                                  _("What was sent before stays with who received it."),
                                  _("A new MOU opens sharing again.")])


def end_membership(request, pk):
    membership = get_object_or_404(Membership.objects.select_related("agency"), pk=pk)
    viewer = request.viewer
    if not authority.can_keep_agreements(viewer, membership.task_force_id):
        raise Http404
    form = OnForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid() and _done(
        form, lambda: partners.end_membership(membership=membership, by=viewer, **form.cleaned_data)
    ):
        messages.success(request, _("The membership ends after that day."))
        return redirect("accounts:agency", pk=membership.agency_id)
    return _confirm(request, form, membership.agency_id,
                    title=_("End the membership of %(name)s?") % {"name": membership.agency.name},
                    consequences=[_("After that day its people no longer see the task force's shared work."),
                                  _("Its own records stay its own.")])


def task_force(request, pk):
    row, viewer = get_object_or_404(TaskForce, pk=pk), request.viewer
    if not is_coordinator(viewer):
        raise Http404
    form = TaskForceForm(request.POST or None, initial={"name": row.name, "scope": row.scope, "state": row.state})
    if form.is_valid():
        given = form.cleaned_data | {"scope": Scope(form.cleaned_data["scope"])}
        partners.change_task_force(task_force=row, by=viewer, **given)
        messages.success(request, _("Saved."))
        return redirect("accounts:mous")
    return _form(request, form, title=row.name, page_title=_("Task force"), back="accounts:mous")


def _done(form, act) -> bool:
    """Carry out the action; what it objects to stands at the field it is about."""
    try:
        act()
    except ValidationError as objection:
        form.add_error(None, objection)
        return False
    return True


def _form(request, form, *, title, back, pk=None, page_title="", submit=""):
    back_url = reverse(back, args=[pk] if pk else None)
    return render(request, "pages/form.html", {
        "form": form, "title": title, "page_title": page_title or title, "back_url": back_url, "cancel_url": back_url,
        "submit_label": submit,
    }, status=INVALID if form.errors else 200)


def _confirm(request, form, agency, *, title, consequences):
    return render(request, "pages/confirm.html", {
        "form": form, "title": title, "consequences": consequences, "grave": True, "submit_label": _("End it"),
        "cancel_url": reverse("accounts:agency", args=[agency]),
    }, status=INVALID if form.errors else 200)
