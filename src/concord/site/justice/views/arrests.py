"""Arrests with the safeguard first, and the supervisor's queue with its 72-hour clocks."""

from datetime import timedelta
from uuid import uuid4

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.law import safeguards
from concord.site.accounts.directory import staff_names
from concord.site.accounts.models import TaskForce
from concord.site.bridge.forms import CallForm
from concord.site.justice.actions import arrests as actions
from concord.site.justice.codes import ReviewFinding
from concord.site.justice.desk import FormView
from concord.site.justice.forms.arrests import ArrestForm, OutsideArrestForm, ReviewForm, SafeguardForm
from concord.site.justice.forms.common import gathered, jurisdictions
from concord.site.justice.models import Arrest, ArrestReview, Charge, Lead
from concord.site.justice.views.common import (
    GET_POST,
    access_to_case,
    ask,
    opened,
    person_of,
    sent,
    team_names,
)
from concord.site.pages import paging
from concord.site.pages.lists import Column, Deadline, Link
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ArrestAlternative,
    ArrestConcern,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    CaseStatus,
    ChargeClass,
    Role,
)


class NewArrest(FormView):
    """The safeguard stands before the charges: what is known of the person already says why to ask."""

    form_code, form_class = "arrest", ArrestForm
    template_name = "justice/arrest_form.html"
    page_title = "Arrest"

    @property
    def title(self):
        return _("Arrest of %(person)s") % {"person": self.person.alias}

    def dispatch(self, request, *args, **kwargs):
        self.person = person_of(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def subject(self):
        return self.person.pk

    def form_options(self):
        return {"initial": {"arrested_at": timezone.localtime(),
                            "jurisdiction": _home_law(investigation_id=self.person.investigation_id),
                            "minor_said": _minor(self.person)}}

    def act(self, form):
        arrest = actions.record_arrest(self.person, facts=form.facts(), charges=form.charges(),
                                       by=self.request.viewer)
        return arrest.pk

    def done_url(self, made):
        return reverse("justice:arrest", args=[made])

    def more(self):
        known = safeguards.concerns(actions.known_facts(self.person, timezone.now()))
        return {"back_url": reverse("justice:person", args=[self.person.pk]), "back_label": self.person.alias,
                "concerns": [c for c in known if c.answer is Answer.YES], "calls": reverse("bridge:call_new")}


class OutsideArrest(FormView):
    """An arrest that no investigation led to, recorded at once: from the home, or from a lead."""

    form_code, form_class = "outside_arrest", OutsideArrestForm
    template_name = "justice/arrest_form.html"
    page_title = "Arrest"

    @property
    def title(self):
        return _("Record an arrest")

    def dispatch(self, request, *args, **kwargs):
        self.lead = None
        if "pk" in kwargs:
            self.lead = get_object_or_404(Lead, pk=kwargs["pk"], agency_id=request.viewer.agency)
        return super().dispatch(request, *args, **kwargs)

    def subject(self):
        return self.lead and self.lead.pk

    def form_options(self):
        return {"initial": {"arrested_at": timezone.localtime(),
                            "jurisdiction": _home_law(agency_id=self.request.viewer.agency)}}

    def act(self, form):
        arrest = actions.record_outside(person=form.person(), facts=form.facts(), charges=form.charges(),
                                        lead=self.lead, by=self.request.viewer)
        return arrest.pk

    def done_url(self, made):
        return reverse("justice:arrest", args=[made])

    def more(self):
        back = {"back_url": reverse("home"), "back_label": _("Your day")} if self.lead is None else {
            "back_url": reverse("justice:lead", args=[self.lead.pk]), "back_label": self.lead.reference}
        return back | {"intro": _("For an arrest in no investigation yet. It gets a file of its own, and can join an "
                                  "investigation later.")}


def _home_law(**of):
    """The law of the last charge there, or the first pack there is."""
    last = Charge.objects.filter(**of).order_by("-created_at").first()
    return last.jurisdiction if last else jurisdictions()[0][0]


def _minor(person):
    return {AgeGroup.MINOR: Answer.YES, AgeGroup.ADULT: Answer.NO}.get(person.age_group, Answer.UNKNOWN).value


@require_safe
def arrest(request, pk):
    by = request.viewer
    row = opened(get_object_or_404(Arrest.objects.select_related("person", "investigation", "review"), pk=pk))
    team = list(row.investigation.team.all())
    charges = list(Charge.objects.filter(arrest=row).order_by("created_at"))
    assessment = actions.assessment_of(row, charges)
    review = getattr(row, "review", None)
    names = team_names(row.investigation, team, row.arresting_agency_id)
    record = Record(
        kind=_("Arrest"), title=_("Arrest of %(person)s") % {"person": row.person.shown_as},
        status=_review_state(review), next_step=_next_step(assessment, review),
        next_due=review.due_at if review and not review.signed_at else None,
        facts=(
            Fact(_("When"), row.arrested_at),
            Fact(_("Where"), row.place),
            Fact(_("In no investigation yet") if row.investigation.arrest_only else _("Investigation"),
                 Link(row.investigation.code_name, reverse("justice:case", args=[row.investigation_id]))),
            Fact(_("Arrested by"), names.get(row.arresting_agency_id)),
            Fact(_("May be a victim"), Answer(row.possible_victim)),
            *_answers(row),
        ),
        actions=_arrest_actions(row, review, by, assessment),
        access=access_to_case(row.investigation, team, by, names))
    return render(request, "justice/arrest.html", {
        "record": record, "arrest": row, "assessment": assessment, "review": review,
        "finding": ReviewFinding(review.finding) if review and review.finding else None,
        "charges": [(c, ChargeClass(c.charge_class) if c.charge_class else None) for c in charges]})


def _answers(arrest):
    """What the officer answered to the safeguard, or why not."""
    ground = ArrestLegalBasis(arrest.legal_basis) if arrest.legal_basis else None
    purpose = ArrestStatedPurpose(arrest.stated_purpose) if arrest.stated_purpose else None
    instead = [ArrestAlternative(a).label for a in arrest.alternatives] or None
    return (
        Fact(_("Legal ground"), ground, arrest.legal_basis_why),
        Fact(_("Stated purpose"), purpose, arrest.stated_purpose_why),
        Fact(_("Considered instead"), instead, arrest.alternatives_why),
        Fact(_("Advocate called"), Answer(arrest.advocate_called)),
    )


def _review_state(review):
    if review is None:
        return Status(_("No review needed"))
    return Status(_("Reviewed"), "good") if review.signed_at else Status(_("Review due"), "warning")


def _next_step(assessment, review):
    if review is None or review.signed_at:
        return ""
    if assessment.questions:
        return assessment.questions[0].words
    return _("A supervisor reviews this arrest")


def _arrest_actions(row, review, by, assessment):
    found = []
    if review and not review.signed_at:
        if assessment.questions:
            found.append(Action(_("Answer what is open"), reverse("justice:safeguard", args=[row.pk]), primary=True))
        if row.advocate_call_id is None:
            found.append(Action(_("Call an advocate"), reverse("justice:arrest_call", args=[row.pk])))
        if by.has(Role.SUPERVISOR) and review.for_agency_id == by.agency:
            found.append(Action(_("Sign the review"), reverse("justice:review", args=[review.pk])))
    if row.investigation.arrest_only and row.investigation.status == CaseStatus.OPEN:
        found.append(Action(_("Add to an investigation"), reverse("justice:case_join", args=[row.investigation_id])))
    return tuple(found)


@require_http_methods(GET_POST)
def safeguard(request, pk):
    row = get_object_or_404(Arrest.objects.select_related("person", "investigation"), pk=pk)
    back = reverse("justice:arrest", args=[pk])
    form = SafeguardForm(*sent(request), initial=gathered(row, SafeguardForm))
    return ask(request, form, lambda f: actions.answer_safeguard(row, f.safeguard(), by=request.viewer), done=back,
               title=_("Answer what is open"), page_title=_("Arrest"), back_url=back, back_label=_("The arrest"))


@require_http_methods(GET_POST)
def arrest_call(request, pk):
    """An advocate for the person arrested: a window and coarse facts, no name."""
    by = request.viewer
    row = get_object_or_404(Arrest.objects.select_related("person"), pk=pk)
    now = timezone.localtime()
    options = {"task_forces": list(TaskForce.objects.filter(pk__in=by.task_forces).order_by("name"))}
    form = CallForm(*sent(request), **options, initial={
        "id": uuid4(), "window_from": now, "window_until": now + timedelta(hours=4), "people": 1,
        "languages": [row.person.language] if row.person.language else [],
        "genders": [row.person.gender] if row.person.gender else [], "minors": _minor(row.person)})

    def act(form):
        given = dict(form.cleaned_data)
        given["task_force"] = next((t.pk for t in options["task_forces"] if str(t.pk) == given["task_force"]), None)
        made = actions.call_advocate(row, by=by, **given)
        return reverse("bridge:call", args=[made.advocate_call_id])

    return ask(request, form, act, done=lambda url: url, title=_("Call an advocate"), page_title=_("Arrest"),
               back_url=reverse("justice:arrest", args=[pk]), back_label=_("The arrest"), submit_label=_("Call"),
               intro=_("No name and no place: only what the advocate prepares for."))


# --- Reviews ----------------------------------------------------------------------------------------------------------


@require_safe
def reviews(request):
    by, waiting = request.viewer, "signed" not in request.GET
    rows = actions.reviewed_for(by, waiting=waiting).select_related("person", "investigation").defer("note")
    order = ("due_at", "id") if waiting else ("-signed_at", "-id")
    page = paging.page(rows, order=order, after=request.GET.get("after", ""))
    names = staff_names({r.recorded_by_id for r in page.rows} | {r.signed_by_id for r in page.rows})
    for row in page.rows:
        row.url = reverse("justice:review", args=[row.pk])
    columns = [
        Column(_("Arrest of"), lambda r: f"{r.person.alias}, {r.investigation.code_name}", first=True),
        Column(_("Why it is reviewed"), lambda r: [ArrestConcern(c).label for c in r.concerns]),
        Column(_("Purpose conforms"), _conforms),
        Column(_("Recorded by"), lambda r: names.get(r.recorded_by_id, "")),
        Column(_("Due"), lambda r: Deadline(r.due_at, done=r.signed_at is not None)),
    ]
    if not waiting:
        columns.append(Column(_("Found"), lambda r: ReviewFinding(r.finding)))
    other = Action(_("Signed reviews"), "?signed=1") if waiting else Action(_("Waiting reviews"), "?")
    return render(request, "pages/list.html", {
        "title": _("Arrests to review") if waiting else _("Signed reviews"), "page": page, "columns": columns,
        "unit": _("reviews"), "actions": [other], "empty": _("No arrest of a possible victim waits for its review.")})


def _conforms(row):
    if row.purpose_conforms == Answer.NO:
        return Status(_("No"), "danger")
    return Status(_("Yes"), "good") if row.purpose_conforms == Answer.YES else Status(_("Not stated"), "warning")


@require_http_methods(GET_POST)
def review(request, pk):
    """One review: what the safeguard said, what the officer said, and the supervisor's finding."""
    by = request.viewer
    row = opened(get_object_or_404(
        ArrestReview.objects.select_related("arrest", "arrest__person", "arrest__investigation"), pk=pk))
    arrest = row.arrest
    case = arrest.investigation
    team = list(case.team.all())
    charges = list(Charge.objects.filter(arrest=arrest))
    assessment = actions.assessment_of(arrest, charges)
    names = team_names(case, team, row.for_agency_id)
    people = staff_names({row.recorded_by_id, row.signed_by_id})
    may_sign = (by.has(Role.SUPERVISOR) and row.for_agency_id == by.agency and row.recorded_by_id != by.staff
                and row.signed_at is None)
    record = Record(
        kind=_("Review of an arrest"), title=_("Arrest of %(person)s") % {"person": arrest.person.shown_as},
        status=_review_state(row), next_step="" if row.signed_at else _("A supervisor who did not record it signs"),
        next_due=None if row.signed_at else row.due_at,
        facts=(
            Fact(_("Arrested"), arrest.arrested_at),
            Fact(_("Recorded by"), people.get(row.recorded_by_id)),
            *_answers(arrest),
            Fact(_("Signed by"), people.get(row.signed_by_id), "not_yet_known"),
            Fact(_("Signed"), row.signed_at, "not_yet_known"),
        ),
        actions=(Action(_("See the arrest"), reverse("justice:arrest", args=[arrest.pk])),),
        access=access_to_case(case, team, by, names))
    form = ReviewForm(*sent(request)) if may_sign else ReviewForm()
    page = {"record": record, "review": row, "assessment": assessment, "may_sign": may_sign,
            "finding": ReviewFinding(row.finding) if row.finding else None}
    if not may_sign:
        return render(request, "justice/review.html", {"form": form, **page})
    return ask(request, form, lambda f: actions.sign_review(row, **f.cleaned_data, by=by),
               done=reverse("justice:reviews"), template="justice/review.html", **page)
