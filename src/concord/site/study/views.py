"""The evaluator's studies: agreements with their dates, and bundles as their manifests and checks describe them."""

from functools import wraps

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.casefile.bundle import Source
from concord.law.wall import EVALUATORS
from concord.site.accounts.directory import agency_names
from concord.site.accounts.models import Agency
from concord.site.pages import paging
from concord.site.pages.lists import Column
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.site.study import actions
from concord.site.study.forms import AgreementForm, StudyForm
from concord.site.study.models import BundleReceived, Study
from concord.vocabulary import Grade, StoreKind

INVALID = 422


def for_evaluators(view):
    """Nobody else learns that the page exists, whatever she sends to it."""

    @wraps(view)
    def of_the_sector(request, *args, **kwargs):
        if request.viewer.sector not in EVALUATORS:
            raise Http404
        return view(request, *args, **kwargs)

    return of_the_sector


@for_evaluators
@require_safe
def studies(request):
    rows = Study.objects.filter(agency_id=request.viewer.agency).annotate(received=Count("bundles"))
    page = paging.page(rows, order=("-began_on", "-id"), after=request.GET.get("after", ""))
    for one in page.rows:
        one.url = reverse("study:study", args=[one.pk])
    columns = [Column(_("Study"), "title", first=True), Column(_("Began"), "began_on"),
               Column(_("Bundles received"), "received", numeric=True)]
    new = Action(_("Open a study"), reverse("study:study_new"), primary=True)
    return render(request, "pages/list.html", {
        "title": _("Studies"), "page": page, "columns": columns, "unit": _("studies"), "actions": [new],
        "empty": _("No study has been opened yet."), "empty_action": new,
    })


@for_evaluators
@require_safe
def study(request, pk):
    found, today = _one(request, pk), timezone.localdate()
    agreements = list(found.agreements.order_by("-expires_on"))
    names = agency_names(agreement.with_agency_id for agreement in agreements)
    why_not = actions.standing(agreements, today)
    bundles = list(found.bundles.select_related("agreement").order_by("-received_at"))
    for one in bundles:
        one.url = reverse("study:bundle", args=[one.pk])
    record = Record(
        kind=_("Study"), title=found.title, next_step=why_not,
        status=Status(_("No agreement in force"), "danger") if why_not else Status(_("Agreement in force"), "good"),
        facts=(Fact(_("Began"), found.began_on),),
        actions=(Action(_("Record an agreement"), reverse("study:agreement_new", args=[found.pk]),
                        primary=bool(why_not)),),
        access=_access(),
    )
    return render(request, "study/study.html", {
        "record": record, "question": found.question, "bundles": bundles, "bundle_columns": _bundle_columns(today),
        "agreements": [_agreement(one, names, today) for one in agreements], "agreement_columns": _agreement_columns(),
        "why_not": why_not,
    })


@for_evaluators
def study_new(request):
    form = StudyForm(request.POST or None)
    if form.is_valid():
        made = actions.open_study(**form.cleaned_data, by=request.viewer)
        return redirect("study:study", made.pk)
    return _form(request, form, _("Open a study"), reverse("study:studies"))


@for_evaluators
def agreement_new(request, pk):
    found = _one(request, pk)
    agencies = Agency.objects.filter(memberships__task_force_id__in=request.viewer.task_forces).exclude(
        pk=request.viewer.agency).distinct().order_by("name")
    form = AgreementForm(request.POST or None, agencies=agencies)
    if form.is_valid():
        try:
            with transaction.atomic(using=StoreKind.STUDY.value):
                actions.record_agreement(study=found, **form.cleaned_data, by=request.viewer)
        except IntegrityError:
            form.add_error("number", _("This study already has an agreement of that number."))
        else:
            return redirect("study:study", found.pk)
    return _form(request, form, _("Record an agreement"), reverse("study:study", args=[found.pk]))


@for_evaluators
@require_safe
def bundle(request, pk):
    """A bundle as it came: manifest, rows of each table, what the checks found. None of its rows is here."""
    rows = BundleReceived.objects.select_related("study", "agreement")
    found = get_object_or_404(rows, pk=pk, agency_id=request.viewer.agency)
    record = Record(
        kind=_("Bundle"), title=_("%(grade)s bundle") % {"grade": Grade(found.grade).label.partition(":")[0]},
        status=_bundle_status(found, timezone.localdate()),
        facts=(Fact(_("Study"), found.study.title), Fact(_("Agreement"), found.agreement.number),
               Fact(_("Received"), found.received_at), Fact(_("Made"), found.made_at),
               Fact(_("Source"), Source(found.source).label), Fact(_("Outcomes followed up to"), found.matures_on),
               Fact(_("To be destroyed by"), found.destroy_by),
               Fact(_("SHA-256 of its manifest"), found.manifest_sha256)),
        actions=() if found.destroyed_on else (
            Action(_("It has been destroyed"), reverse("study:destroyed", args=[found.pk])),),
        access=_access(),
    )
    tables = [{"table": name, "rows": n} for name, n in found.rows.items() if n]
    findings = [dict(zip(("weight", "table", "column", "reason", "n"), one, strict=True)) for one in found.findings]
    return render(request, "study/bundle.html", {
        "record": record, "tables": tables, "findings": findings,
        "table_columns": [Column(_("Table"), "table", first=True), Column(_("Rows"), "rows", numeric=True)],
        "finding_columns": [Column(_("Where"), lambda f: f"{f['table']}.{f['column']}", first=True),
                            Column(_("What"), "reason"), Column(_("Weight"), "weight"),
                            Column(_("Times"), "n", numeric=True)],
    })


@for_evaluators
def destroyed(request, pk):
    found = get_object_or_404(BundleReceived, pk=pk, agency_id=request.viewer.agency, destroyed_on=None)
    if request.method == "POST":
        actions.mark_destroyed(received=found, on=timezone.localdate())
        return redirect("study:bundle", found.pk)
    return render(request, "pages/confirm.html", {
        "title": _("Has every copy been destroyed?"), "grave": True, "submit_label": _("Every copy is destroyed"),
        "consequences": [_("You state that the folder, its copies and its backups are gone."),
                         _("The record that the bundle came, and its counts, stay.")],
        "cancel_url": reverse("study:bundle", args=[found.pk]),
    })


def _one(request, pk) -> Study:
    return get_object_or_404(Study, pk=pk, agency_id=request.viewer.agency)


def _access() -> Access:
    return Access(_("The evaluation's own record. It names no one, and no agency of the task force sees it."),
                  (Seer(_("Evaluators of your agency"), _("They work on its studies.")),))


def _agreement(one, names, today) -> dict:
    state = Status(_("In force"), "good") if one.in_force(today) else Status(_("Not in force"), "warning")
    return {"number": one.number, "agency": names.get(one.with_agency_id, ""), "signed": one.signed_on,
            "expires": one.expires_on, "destroy": one.destroy_by, "state": state}


def _agreement_columns() -> list[Column]:
    return [Column(_("Agreement"), "number", first=True), Column(_("With"), "agency"), Column(_("Signed"), "signed"),
            Column(_("Ends"), "expires"), Column(_("Destroy by"), "destroy"), Column(_("State"), "state")]


def _bundle_columns(today) -> list[Column]:
    return [Column(_("Received"), "received_at", first=True), Column(_("Agreement"), lambda b: b.agreement.number),
            Column(_("Grade"), lambda b: Grade(b.grade).label.partition(":")[0]),
            Column(_("Cases"), lambda b: b.rows.get("case", 0), numeric=True),
            Column(_("Errors"), "errors", numeric=True), Column(_("State"), lambda b: _bundle_status(b, today))]


def _bundle_status(found, today) -> Status:
    if found.destroyed_on:
        return Status(_("Destroyed"))
    if found.destroy_by < today:
        return Status(_("Should have been destroyed"), "danger")
    if found.errors:
        return Status(_("Does not agree with itself"), "warning")
    return Status(_("Agrees with itself"), "good")


def _form(request, form, title, back):
    return render(request, "pages/form.html", {"form": form, "title": title, "page_title": title, "cancel_url": back},
                  status=INVALID if form.is_bound else 200)
