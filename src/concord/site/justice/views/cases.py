"""Investigations: the list, the file with its timeline, and every dated change of it."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.law.wall import JUSTICE
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.justice import timeline
from concord.site.justice.actions import cases as actions
from concord.site.justice.actions import joining
from concord.site.justice.codes import CaseEventKind
from concord.site.justice.forms.cases import (
    AdoptForm,
    CaseFilter,
    CloseForm,
    FactsForm,
    LeaveForm,
    OpenForm,
    ProsecutionForm,
    ReopenForm,
    TeamForm,
    TypeForm,
)
from concord.site.justice.forms.leads import JoinForm
from concord.site.justice.models import CaseEvent, Investigation, ProsecutionReferral, TeamAgency, on_team
from concord.site.justice.views.common import (
    GET_POST,
    access_to_case,
    ask,
    case_of,
    colleagues,
    opened,
    partner_agencies,
    sent,
    team_names,
)
from concord.site.pages import paging
from concord.site.pages.lists import Column
from concord.site.pages.records import Action, Fact, Record, Status, Tab
from concord.vocabulary import (
    CaseStatus,
    ChargeClass,
    ClosedHow,
    InvestigationMethod,
    LeadSource,
    ProsecutionDecision,
    Sector,
    TraffickingType,
)

TABS = (("case", "Overview"), ("roster", "People"), ("case_charges", "Charges and court"), ("elements", "Elements"),
        ("team", "Team"))
ARREST_TABS = TABS[:3]
HOLDERS_TABS = (*TABS, ("case_received", "Received records"))  # an agency's own: its team does not read them


def tabs(case, current, by):
    """The parts of an investigation, each a page of its own."""
    shown = ARREST_TABS if case.arrest_only else HOLDERS_TABS if case.agency_id == by.agency else TABS
    return tuple(Tab(_(label), reverse(f"justice:{name}", args=[case.pk]), current=name == current)
                 for name, label in shown)


@require_safe
def cases(request):
    by, filters = request.viewer, CaseFilter(request.GET)
    whose = filters.narrowed("whose")
    rows = Investigation.objects.filter(arrest_only=whose == "arrests").defer("summary")
    rows = rows.filter(on_team("id")) if whose == "team" else rows.filter(agency_id=by.agency)
    for name in ("status", "trafficking_type"):
        if asked := filters.narrowed(name):
            rows = rows.filter(**{name: asked})
    page = paging.page(rows, order=("-opened_on", "-id"), after=request.GET.get("after", ""))
    leads, holders = staff_names(r.lead_staff_id for r in page.rows), agency_names(r.agency_id for r in page.rows)
    for row in page.rows:
        row.url = reverse("justice:case", args=[row.pk])
    columns = [
        Column(_("Title"), "code_name", first=True),
        Column(_("Opened"), "opened_on"),
        Column(_("Type"), lambda r: TraffickingType(r.trafficking_type)),
        Column(_("State"), state),
        Column(_("Led by"), lambda r: leads.get(r.lead_staff_id, _("Nobody yet"))),
        Column(_("Held by"), lambda r: holders.get(r.agency_id, "")),
    ]
    return render(request, "pages/list.html", {
        "title": _("Investigations"), "filters": filters, "page": page, "columns": columns,
        "unit": _("investigations"),
        "actions": [Action(_("Open an investigation"), reverse("justice:open_case"), primary=True)],
        "empty": _("No investigation yet. Open one from a lead, or directly."),
    })


def state(case):
    if case.arrest_only and case.status == CaseStatus.OPEN:
        return Status(_("In no investigation yet"), "warning")
    if case.status == CaseStatus.OPEN:
        return Status(CaseStatus.OPEN.label, "info")
    return Status(_("Closed: %(how)s") % {"how": ClosedHow(case.closed_how).label})


def record_of(case, team, by, names, current, *, facts=(), actions=(), next_step=""):
    """The head of an investigation, the same on each of its parts."""
    return Record(
        kind=_("Arrest") if case.arrest_only else _("Investigation"), title=case.code_name, status=state(case),
        next_step=next_step, facts=facts, actions=actions, tabs=tabs(case, current, by),
        access=access_to_case(case, team, by, names))


@require_safe
def case(request, pk):
    by, case = request.viewer, opened(case_of(pk))
    team = list(case.team.order_by("from_date"))
    dated = timeline.facts(case)
    mentioned = {d.row for d in dated if d.kind in ("joined", "left", "referred", "decided")}
    names = team_names(case, team, *mentioned)
    lead = staff_names([case.lead_staff_id]).get(case.lead_staff_id)
    facts = (
        Fact(_("Type"), TraffickingType(case.trafficking_type)),
        Fact(_("Opened"), case.opened_on),
        Fact(_("Source"), LeadSource(case.source)),
        Fact(_("Proactive"), case.proactive, case.proactive_why),
        Fact(_("Opened as"), ChargeClass(case.initially_classified_as) if case.initially_classified_as else None,
             case.initially_classified_as_why),
        Fact(_("Methods"), [InvestigationMethod(m).label for m in case.methods] or None, "not_yet_known"),
        Fact(_("Counties"), case.counties or None, "not_yet_known"),
        Fact(_("Led by"), lead, "not_yet_known"),
        Fact(_("Held by"), names.get(case.agency_id)),
        Fact(_("Adopted federally"), case.adopted_federally_on, "not_applicable"),
    )
    next_step, does_it = _next_step(case, dated)
    record = record_of(case, team, by, names, "case", facts=facts, actions=_case_actions(case, does_it),
                       next_step=next_step)
    return render(request, "justice/case.html", {
        "record": record, "case": case, "events": timeline.events(dated, names), "notes": _notes(case)})


def _notes(case):
    """What was written when the investigation was closed, reopened, adopted or held to be of another type."""
    rows = CaseEvent.objects.filter(investigation=case).exclude(note=None).order_by("-on_date")
    return [(row.on_date, CaseEventKind(row.kind).label, row.note) for row in rows]


def _next_step(case, dated) -> tuple[str, str]:
    """What comes next, and the page that does it."""
    kinds = {d.kind for d in dated}
    if case.status == CaseStatus.CLOSED:
        return "", "reopen"
    if case.arrest_only:
        return _("Say which investigation this arrest belongs to, or close it where there is none"), "case_join"
    if "person" not in kinds:
        return _("Put the people on the roster; names can wait"), "roster_entry"
    if "referred" not in kinds:
        return _("Refer it to a prosecutor when it is ready"), "refer_case"
    if "decided" not in kinds:
        return _("The prosecutor decides"), ""
    return _("Enter what becomes of each count"), "case_charges"


def _case_actions(case, first: str):
    """What can be done, `first` before all."""
    if case.status == CaseStatus.CLOSED:
        labels = {"reopen": _("Reopen")}
    elif case.arrest_only:
        labels = {"case_join": _("Add to an investigation"), "make_investigation": _("Open as an investigation"),
                  "roster_entry": _("Enter people"), "close_case": _("Close")}
    else:
        labels = {"roster_entry": _("Enter people"), "change_case": _("Change facts"),
                  "set_type": _("Change the type"), "refer_case": _("Refer to a prosecutor"),
                  "adopt": _("Adopted federally"), "close_case": _("Close")}
        if case.adopted_federally_on:
            del labels["adopt"]
        if first == "case_charges":
            labels[first] = _("Charges and court")
    return tuple(Action(label, reverse(f"justice:{name}", args=[case.pk]), primary=name == first)
                 for name, label in sorted(labels.items(), key=lambda item: item[0] != first))


@require_http_methods(GET_POST)
def open_case(request):
    return ask(
        request, OpenForm(*sent(request)), lambda f: actions.open_investigation(facts=f.facts(), by=request.viewer),
        done=lambda case: reverse("justice:case", args=[case.pk]), title=_("Open an investigation"),
        page_title=_("Open an investigation"), back_url=reverse("justice:cases"), back_label=_("Investigations"))


def open_cases(by):
    """The agency's open investigations, as something can be added to them."""
    return Investigation.objects.filter(agency_id=by.agency, status=CaseStatus.OPEN, arrest_only=False).order_by(
        "-opened_on")[:200]


@require_http_methods(GET_POST)
def join_case(request, pk):
    """An arrest recorded outside any investigation joins one."""
    by, file = request.viewer, case_of(pk)
    form = JoinForm(*sent(request), investigations=open_cases(by))

    def act(form):
        return joining.join(file, to=case_of(form.cleaned_data["investigation"]), by=by)

    return _ask_of_case(
        request, file, form, act, _("Add to an investigation"), done=lambda to: reverse("justice:case", args=[to.pk]),
        intro=_("The person, the charges and the review move there, and the agencies on its team will read them."))


@require_http_methods(GET_POST)
def make_investigation(request, pk):
    """An arrest turns out to be an investigation of its own."""
    file = case_of(pk)
    form = OpenForm(*sent(request), initial={
        "opened_on": file.opened_on, "source": file.source, "trafficking_type": file.trafficking_type})
    return _ask_of_case(request, file, form,
                        lambda f: actions.make_investigation(file, facts=f.facts(), by=request.viewer),
                        _("Open as an investigation"))


def _ask_of_case(request, case, form, act, title, back="case", **page):
    url = reverse(f"justice:{back}", args=[case.pk])
    return ask(request, form, act, **{"done": url} | page, title=title, page_title=_("Investigation"), back_url=url,
               back_label=case.code_name)


@require_http_methods(GET_POST)
def change_case(request, pk):
    case = case_of(pk)
    form = FactsForm(*sent(request), colleagues=colleagues(request.viewer), initial={
        "code_name": case.code_name, "methods": case.methods, "counties": ", ".join(case.counties),
        "lead_staff": case.lead_staff_id, "second_read": case.second_read, "summary": case.summary})
    return _ask_of_case(request, case, form, lambda f: actions.change_facts(case, f.facts()), _("Change facts"))


@require_http_methods(GET_POST)
def set_type(request, pk):
    case = case_of(pk)

    def act(form):
        given = form.cleaned_data
        return actions.set_type(case, to=given["trafficking_type"], on=given["on_date"], note=given["note"],
                                by=request.viewer)

    form = TypeForm(*sent(request), initial={"trafficking_type": case.trafficking_type,
                                             "on_date": timezone.localdate()})
    return _ask_of_case(request, case, form, act, _("Change the type"))


@require_http_methods(GET_POST)
def close_case(request, pk):
    case = case_of(pk)

    def act(form):
        given = form.cleaned_data
        return actions.close(case, on=given["on_date"], how=given["closed_how"], note=given["note"], by=request.viewer)

    form = CloseForm(*sent(request), initial={"on_date": timezone.localdate()})
    return _ask_of_case(request, case, form, act, _("Close the investigation"), submit_label=_("Close it"))


def _dated(action):
    def act(request, case, form):
        return action(case, on=form.cleaned_data["on_date"], note=form.cleaned_data["note"], by=request.viewer)

    return act


@require_http_methods(GET_POST)
def reopen(request, pk):
    case = case_of(pk)
    act = _dated(actions.reopen)
    return _ask_of_case(request, case, ReopenForm(*sent(request), initial={"on_date": timezone.localdate()}),
                        lambda f: act(request, case, f), _("Reopen the investigation"), submit_label=_("Reopen it"))


@require_http_methods(GET_POST)
def adopt(request, pk):
    case = case_of(pk)
    act = _dated(actions.adopt_federally)
    return _ask_of_case(request, case, AdoptForm(*sent(request)), lambda f: act(request, case, f),
                        _("Adopted federally"), intro=_("An outcome with a date, not a loss."))


@require_safe
def team(request, pk):
    by, case = request.viewer, case_of(pk)
    rows = list(case.team.order_by("from_date", "id"))
    names = team_names(case, rows)
    holds = case.agency_id == by.agency
    record = record_of(case, rows, by, names, "team", actions=(
        Action(_("Add an agency"), reverse("justice:add_to_team", args=[pk]), primary=True),) if holds else ())
    today = timezone.localdate()
    return render(request, "justice/team.html", {
        "record": record, "case": case, "rows": [(row, names.get(row.member_id, ""), row.on(today)) for row in rows],
        "holds": holds})


@require_http_methods(GET_POST)
def add_to_team(request, pk):
    by, case = request.viewer, case_of(pk)
    form = TeamForm(*sent(request), agencies=partner_agencies(by, *JUSTICE),
                    initial={"from_date": timezone.localdate()})

    def act(form):
        return actions.add_to_team(case, agency_id=form.cleaned_data["agency"],
                                   from_date=form.cleaned_data["from_date"], by=by)

    return _ask_of_case(request, case, form, act, _("Add an agency to the team"), back="team")


@require_http_methods(GET_POST)
def leave_team(request, pk):
    row = get_object_or_404(TeamAgency.objects.select_related("investigation"), pk=pk)
    form = LeaveForm(*sent(request), initial={"until_date": timezone.localdate()})
    return _ask_of_case(
        request, row.investigation, form,
        lambda f: actions.end_membership(row, on=f.cleaned_data["until_date"], by=request.viewer),
        _("End the agency's time on the team"), back="team",
        intro=_("From the next day on it reads nothing of this file. What it wrote stays."))


@require_http_methods(GET_POST)
def refer_case(request, pk):
    by, case = request.viewer, case_of(pk)
    agencies = partner_agencies(by, Sector.PROSECUTION)
    form = ProsecutionForm(*sent(request), agencies=agencies, initial={"referred_on": timezone.localdate()})

    def act(form):
        given = form.cleaned_data
        return actions.refer_to_prosecution(case, to_agency=given["agency"], on=given["referred_on"],
                                            forum=given["forum"], by=by)

    return _ask_of_case(request, case, form, act, _("Refer to a prosecutor"),
                        intro=_("The office joins the team and reads the file while both MOUs are in force."))


def prosecution_of(case):
    """The latest answer of each prosecutor's office, newest referral first."""
    rows = ProsecutionReferral.objects.filter(investigation=case).order_by("-referred_on")
    return [(row, ProsecutionDecision(row.decision)) for row in rows]
