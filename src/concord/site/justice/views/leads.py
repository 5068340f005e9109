"""Leads: the first question, the triage queue, decisions, and what other agencies passed on."""

from uuid import uuid4

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.law import safeguards
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.bridge import actions as bridge
from concord.site.bridge.forms import ReferralForm
from concord.site.justice.actions import leads as actions
from concord.site.justice.actions import referrals
from concord.site.justice.codes import LeadDecision
from concord.site.justice.desk import FormView
from concord.site.justice.forms.cases import OpenForm
from concord.site.justice.forms.leads import (
    AssignForm,
    FirstQuestionForm,
    JoinForm,
    LeadFilter,
    NoActionForm,
    ReportForm,
    TriageForm,
)
from concord.site.justice.models import Investigation, Lead, LeadLink
from concord.site.justice.views.cases import open_cases
from concord.site.justice.views.common import (
    GET_POST,
    access_to_own,
    ask,
    colleagues,
    objected,
    opened,
    sent,
)
from concord.site.pages import paging
from concord.site.pages.lists import Absent, Column, Deadline, Link
from concord.site.pages.records import Action, Event, Fact, Record, Status
from concord.vocabulary import (
    Answer,
    CallerPermission,
    ContactCaution,
    ContactRoute,
    LeadSource,
    NoActionReason,
    ReferralKind,
    ServiceType,
    TraffickingType,
)


@require_safe
def leads(request):
    """The triage queue: what waits, oldest due first; or what was decided."""
    by, filters = request.viewer, LeadFilter(request.GET)
    state = filters.narrowed("state")
    rows = Lead.objects.filter(agency_id=by.agency).defer("summary", "caller", "decision_note")
    rows = {"decided": rows.exclude(decision=""), "all": rows}.get(state, rows.filter(decision=""))
    if state == "mine":
        rows = rows.filter(assigned_to_id=by.staff)
    for name in ("source", "trafficking_type"):
        if asked := filters.narrowed(name):
            rows = rows.filter(**{name: asked})
    page = paging.page(rows, order=("-received_on", "-id"), after=request.GET.get("after", ""))
    names = staff_names(lead.assigned_to_id for lead in page.rows)
    received = actions.waiting_referrals(by)
    columns = [
        Column(_("Lead"), "reference", first=True),
        Column(_("Came in"), "received_on"),
        Column(_("Type"), lambda r: TraffickingType(r.trafficking_type)),
        Column(_("Source"), lambda r: LeadSource(r.source)),
        Column(_("Where"), lambda r: r.county or Absent("not_yet_known")),
        Column(_("Answers for it"), lambda r: names.get(r.assigned_to_id, _("Nobody yet"))),
        Column(_("State"), _state),
        Column(_("Due"), lambda r: Deadline(r.due_on, done=bool(r.decision))),
    ]
    for row in page.rows:
        row.url = reverse("justice:lead", args=[row.pk])
    return render(request, "justice/leads.html", {
        "title": _("Leads"), "filters": filters, "page": page, "columns": columns, "unit": _("leads"),
        "received": len(received),
        "actions": [Action(_("Something came in"), reverse("justice:first_question"), primary=True)],
        "empty": _("Nothing waits. What comes in is recorded with five answers."),
    })


def _state(lead):
    if lead.decision == LeadDecision.NO_ACTION:
        return Status(f"{LeadDecision.NO_ACTION.label}: {NoActionReason(lead.no_action_reason).label}")
    if lead.decision:
        return Status(LeadDecision(lead.decision).label, "good")
    return Status(_("Waiting"), "warning") if lead.assigned_to_id is None else Status(_("Assigned"), "info")


@require_http_methods(GET_POST)
def first_question(request):
    """Did this person ask us for help? The answer decides what everything after it is."""
    form = FirstQuestionForm(*sent(request))

    def act(form):
        answer = Answer(form.cleaned_data["asked_for_help"])
        route = safeguards.asked_for_help(answer)
        routes = {
            ContactRoute.SERVICES_INQUIRY: reverse("justice:inquiry"),
            ContactRoute.LEAD: f"{reverse('justice:new_lead')}?asked_for_help={answer}",
        }
        if route not in routes:
            raise actions.Objection({"asked_for_help": actions.ROUTE_WORDS[route]})
        return routes[route]

    return ask(request, form, act, done=lambda url: url, title=_("Something came in"), page_title=_("New lead"),
               submit_label=_("Continue"), back_url=reverse("justice:leads"), back_label=_("Leads"))


@require_http_methods(GET_POST)
def inquiry(request):
    """A request for help goes to a provider. No draft is kept and no row is written here."""
    return _refer(
        request, ReferralKind.INQUIRY, title=_("Send a request for help to a provider"),
        intro=_("It is sealed to the provider and nothing of it is kept here: not the name, not that it came."),
        act=lambda form, id, to, content: actions.send_inquiry(id=id, to_agency=to, content=content, by=request.viewer),
        back=reverse("justice:first_question"), done=reverse("justice:leads"))


def _refer(request, kind, *, title, intro, act, back, done, initial=None):
    """A referral form of the bridge with one of this room's actions behind it."""
    by = request.viewer
    options = {"kind": kind, "agencies": bridge.recipients(kind, by), "sector": by.sector}
    form = ReferralForm(*sent(request), **options, initial={"id": uuid4()} | (initial or {}))

    def carry_out(form):
        act(form, form.cleaned_data["id"], form.cleaned_data["to_agency"], form.content())
        messages.success(request, _("Received. This is the one answer that every referral gets."))

    return ask(request, form, carry_out, done=done, title=title, intro=intro, page_title=_("Refer"),
               submit_label=_("Send it"), back_url=back, back_label=_("Back"))


class NewLead(FormView):
    """Five answers, after the first question: its answer comes along in the address, the form and the draft.

    Without it, or where it makes no lead, the first question is asked and nothing that was typed is kept.
    """

    form_code, form_class = "lead", ReportForm
    page_title = "New lead"

    def dispatch(self, request, *args, **kwargs):
        self.asked_for_help = self._asked()
        if safeguards.asked_for_help(self.asked_for_help) is not ContactRoute.LEAD:
            return redirect("justice:first_question")
        return super().dispatch(request, *args, **kwargs)

    def _asked(self) -> Answer:
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        if "asked_for_help" not in given and self.request.method != "POST":
            given = self.desk.open(self.request, self.form_code).answers or {}
        said = given.get("asked_for_help")
        return Answer(said) if said in list(Answer) else Answer.UNKNOWN

    def form_options(self):
        return {"initial": {"asked_for_help": self.asked_for_help.value}}

    @property
    def title(self):
        return _("New lead")

    def act(self, form):
        answer = Answer(form.cleaned_data["asked_for_help"])
        lead = actions.record_lead(asked_for_help=answer, facts=form.facts(), by=self.request.viewer)
        return lead.pk

    def done_url(self, made):
        return reverse("justice:lead", args=[made])

    def more(self):
        return {"back_url": reverse("justice:first_question"), "back_label": _("Back"),
                "intro": _("Nobody asked us for help here. Who asks for help goes to a provider.")}


def _lead(request, pk) -> Lead:
    return get_object_or_404(Lead, pk=pk, agency_id=request.viewer.agency)


@require_safe
def lead(request, pk):
    by, row = request.viewer, opened(_lead(request, pk))
    links = LeadLink.objects.filter(lead=row).select_related("investigation")
    link = links.order_by("investigation__arrest_only", "linked_on").first()
    sent_rows = referrals.sent_for(by, lead_id=row.pk)
    names = agency_names({by.agency, row.from_agency_id, *(s.to_agency_id for s in sent_rows)})
    people = staff_names({row.assigned_to_id, row.decided_by_id})
    case = link and link.investigation
    record = Record(
        kind=_("Lead"), title=row.reference, status=_state(row),
        next_step="" if row.decision else _next_step(row), next_due=None if row.decision else row.due_on,
        facts=(
            Fact(_("Came in"), row.received_on),
            Fact(_("Source"), LeadSource(row.source)),
            *_read_again(row),
            Fact(_("Passed on by"), names.get(row.from_agency_id), "not_applicable"),
            Fact(_("Type"), TraffickingType(row.trafficking_type)),
            Fact(_("Where"), row.county, "not_yet_known"),
            Fact(_("Minors"), Answer(row.minors)),
            Fact(_("Danger now"), Answer(row.danger_now)),
            Fact(_("Labor considered"), Answer(row.labor_considered)),
            Fact(_("Answers for it"), people.get(row.assigned_to_id), "not_yet_known"),
            Fact(_("Arrest") if case and case.arrest_only else _("Investigation"),
                 case and Link(case.code_name, reverse("justice:case", args=[case.pk])), "not_applicable"),
        ),
        actions=_lead_actions(row), access=access_to_own(by, names))
    events = [Event(s.sent_at, _("Someone was referred to %(agency)s") % {"agency": names.get(s.to_agency_id, "")},
                    detail=_("Received")) for s in sent_rows]
    events.append(Event(row.received_on, _("Came in")))
    if row.decided_on:
        events.insert(0, Event(row.decided_on, LeadDecision(row.decision).label, who=people.get(row.decided_by_id, "")))
    return render(request, "justice/lead.html", {
        "record": record, "lead": row, "events": events, "caller": _caller(row), "sent_rows": [
            (s.sent_at, names.get(s.to_agency_id, "")) for s in sent_rows],
        "passes": safeguards.passes(ContactRoute.LEAD, _permission(row)),
    })


def _read_again(row):
    """The way back to the incident whose second reading led here."""
    item = row.rereaditem_set.values_list("pk", flat=True).first()
    if item:
        yield Fact(_("Came from"), Link(_("An incident read again"), reverse("justice:reread_item", args=[item])))


def _permission(row):
    return CallerPermission(row.caller_permission) if row.caller_permission else None


def _caller(row):
    held = row.caller or {}
    lines = [Fact(_("Permission"), _permission(row), "not_asked"), Fact(_("Name"), held.get("name"), "not_asked"),
             Fact(_("Safe contact"), held.get("safe_contact"), "not_asked")]
    if held.get("contact_caution"):
        lines.append(Fact(_("Careful"), [ContactCaution(c).label for c in held["contact_caution"]]))
    return lines


def _next_step(row):
    if row.labor_considered == Answer.UNKNOWN:
        return _("Answer the triage questions, labor among them")
    return _("Open an investigation, add it to one, or say why nothing follows")


def _lead_actions(row):
    url = {name: reverse(f"justice:lead_{name}", args=[row.pk]) for name in
           ("triage", "assign", "no_action", "open", "join", "refer", "arrest")}
    refer = Action(_("Refer someone to services"), url["refer"])
    arrest = Action(_("Record an arrest"), url["arrest"])
    if row.decision:
        return (refer,)
    return (
        Action(_("Open an investigation"), url["open"], primary=True),
        Action(_("Triage"), url["triage"]),
        Action(_("Assign"), url["assign"]),
        Action(_("Add to an investigation"), url["join"]),
        arrest,
        refer,
        Action(_("No action"), url["no_action"]),
    )


def _ask_of_lead(request, row, form, act, title, **page):
    back = reverse("justice:lead", args=[row.pk])
    return ask(request, form, act, **{"done": back} | page, title=title, page_title=_("Lead"), back_url=back,
               back_label=row.reference)


@require_http_methods(GET_POST)
def triage(request, pk):
    row = _lead(request, pk)
    names = ("trafficking_type", "minors", "danger_now", "labor_considered")
    form = TriageForm(*sent(request), initial={name: getattr(row, name) for name in names})
    return _ask_of_lead(request, row, form, lambda f: actions.triage(row, _answers(f)), _("Triage"))


def _answers(form):
    return {name: value or Answer.UNKNOWN for name, value in form.cleaned_data.items()}


@require_http_methods(GET_POST)
def assign(request, pk):
    row = _lead(request, pk)
    form = AssignForm(*sent(request), colleagues=colleagues(request.viewer),
                      initial={"staff": row.assigned_to_id or request.viewer.staff, "due_on": row.due_on})
    return _ask_of_lead(
        request, row, form,
        lambda f: actions.assign(row, staff=f.cleaned_data["staff"], due_on=f.cleaned_data["due_on"]), _("Assign"))


@require_http_methods(GET_POST)
def no_action(request, pk):
    row = _lead(request, pk)
    return _ask_of_lead(
        request, row, NoActionForm(*sent(request)),
        lambda f: actions.take_no_action(row, **f.cleaned_data, by=request.viewer), _("No action, and why"))


@require_http_methods(GET_POST)
def open_from_lead(request, pk):
    row = _lead(request, pk)
    form = OpenForm(*sent(request), initial={"source": row.source, "trafficking_type": row.trafficking_type})
    return _ask_of_lead(
        request, row, form, lambda f: actions.open_from(row, facts=f.facts(), by=request.viewer),
        _("Open an investigation"), done=lambda case: reverse("justice:case", args=[case.pk]))


@require_http_methods(GET_POST)
def join(request, pk):
    row, by = _lead(request, pk), request.viewer
    form = JoinForm(*sent(request), investigations=open_cases(by))

    def act(form):
        case = get_object_or_404(Investigation, pk=form.cleaned_data["investigation"])
        return actions.join(row, investigation=case, by=by)

    return _ask_of_lead(request, row, form, act, _("Add to an investigation"))


@require_http_methods(GET_POST)
def refer(request, pk):
    row = _lead(request, pk)
    return _refer(
        request, ReferralKind.SERVICES, title=_("Refer someone to services"),
        intro=_("Whoever may want services hears from a provider. You are told that it was received, and nothing "
                "after that; the lead goes on as it is."),
        act=lambda form, id, to, content: referrals.refer_to_services(
            id=id, to_agency=to, content=content, lead=row, by=request.viewer),
        back=reverse("justice:lead", args=[row.pk]), done=reverse("justice:lead", args=[row.pk]),
        initial={"trafficking_type": row.trafficking_type})


# --- What other agencies passed on ------------------------------------------------------------------------------------


@require_safe
def received(request):
    rows = actions.waiting_referrals(request.viewer)
    names = agency_names(r.from_agency_id for r in rows)
    for row in rows:
        row.url = reverse("justice:received_referral", args=[row.pk])
    columns = [
        Column(_("From"), lambda r: names.get(r.from_agency_id, ""), first=True),
        Column(_("What"), lambda r: ReferralKind(r.kind)),
        Column(_("Came"), "received_at"),
    ]
    return render(request, "pages/list.html", {
        "title": _("Passed on to us"), "page": paging.Page(rows, count=len(rows)), "columns": columns,
        "unit": _("waiting"), "empty": _("Nothing that was passed on to you waits."),
        "intro": _("The sender has its one answer, received, and learns nothing of what you decide."),
    })


@require_http_methods(GET_POST)
def received_referral(request, pk):
    """Read it, and make a lead of it or say why not."""
    by = request.viewer
    referral = get_object_or_404(bridge.inbox(by, actions.ACCEPTED_KINDS), pk=pk)
    content = bridge.open_referral(referral, by)
    names = agency_names({referral.from_agency_id, by.agency})
    form = NoActionForm(*sent(request))
    del form.fields["note"]
    record = Record(
        kind=_("Passed on to us"), title=names.get(referral.from_agency_id, ""),
        status=Status(ReferralKind(referral.kind).label, "info"), next_step=_("Make a lead of it, or say why not"),
        facts=tuple(_content_facts(content)),
        actions=(Action(_("Make a lead of it"), reverse("justice:accept_referral", args=[pk]), primary=True,
                        post=True),),
        access=access_to_own(by, names))
    page = {"record": record, "summary": content.get("summary", "")}
    return ask(
        request, form,
        lambda f: actions.decline_referral(referral_id=pk, reason=f.cleaned_data["reason"], by=by),
        done=reverse("justice:received"), template="justice/received.html", **page)


def _content_facts(content):
    yield Fact(_("Name"), content.get("name"), "not_asked")
    yield Fact(_("Safe contact"), content.get("safe_contact"), "not_asked")
    if content.get("permissions"):
        yield Fact(_("The person allowed"), [CallerPermission(p).label for p in content["permissions"]])
    if content.get("permission_expires_on"):
        yield Fact(_("Her permission ends"), content["permission_expires_on"])
    if content.get("wants"):
        yield Fact(_("Asks for"), [ServiceType(w).label for w in content["wants"]])
    if content.get("required_by"):
        yield Fact(_("Reported under"), content["required_by"])


@require_POST
def accept_referral(request, pk):
    try:
        lead = actions.accept_referral(referral_id=pk, by=request.viewer)
    except actions.Objection as objection:
        return objected(request, objection, reverse("justice:received"), _("This was not done"))
    return redirect("justice:lead", lead.pk)
