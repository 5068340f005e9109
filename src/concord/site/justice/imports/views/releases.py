"""Imports that were kept, and taking in the FBI's release: sent, checked, kept or thrown away."""

from contextlib import contextmanager

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.casefile.formats.nibrs import open_release
from concord.casefile.reading import InMemory, Refused
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.justice.codes import ImportKind, RereadStatus
from concord.site.justice.imports import charges, nibrs, sources, uploads
from concord.site.justice.imports.forms import ReleaseForm
from concord.site.justice.imports.views.shared import as_csv, reason_columns, require, shown, sum_columns
from concord.site.justice.models import CourtDefendant, ImportBatch, NibrsMonth, RereadItem
from concord.site.justice.views.common import GET_POST, INVALID, access_to_own, objected, opened
from concord.site.pages import paging
from concord.site.pages.lists import Column
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import Sector

MONTHS_SHOWN = 100


@require_safe
def imports(request):
    """What was taken in, newest first, and what waits because of it."""
    by = request.viewer
    require(by, *charges.COURT_SIDE)
    rows = ImportBatch.objects.filter(agency_id=by.agency).defer("reasons", "tables")
    page = paging.page(rows, order=("-created_at", "-id"), after=request.GET.get("after", ""))
    names = staff_names(batch.created_by_id for batch in page.rows)
    for batch in page.rows:
        batch.url = reverse("justice:import", args=[batch.pk])
    columns = [
        Column(_("Kept"), "created_at", first=True),
        Column(_("What"), lambda b: ImportKind(b.kind)),
        Column(_("Rows read"), "rows", numeric=True),
        Column(_("Accepted"), "accepted", numeric=True),
        Column(_("Rejected"), "rejected", numeric=True),
        Column(_("By"), lambda b: names.get(b.created_by_id, "")),
    ]
    return render(request, "justice/imports/list.html", {
        "title": _("Taken in from files"), "page": page, "columns": columns, "unit": _("imports"),
        "actions": list(_actions(by)), "waiting": _waiting(by),
        "empty": _("Nothing yet. A file is checked first, and shown; then you decide whether it is kept."),
    })


def _actions(by):
    if by.sector is Sector.LAW_ENFORCEMENT:
        yield Action(_("Take in a NIBRS release"), reverse("justice:import_release"), primary=True)
    yield Action(_("Take in charges"), reverse("justice:import_charges"))


def _waiting(by):
    """How many incidents wait to be read again, and how many defendants to be matched; counted to a hundred."""
    rows = RereadItem.objects.filter(agency_id=by.agency, status=RereadStatus.WAITING)
    people = CourtDefendant.objects.filter(agency_id=by.agency, person=None, set_aside_on=None)
    return {"reread": rows.values("pk")[:100].count(), "defendants": people.values("pk")[:100].count()}


@require_safe
def batch(request, pk):
    """One import: what came of each file, why rows were rejected, and, of a release, who reported at all."""
    by = request.viewer
    require(by, *charges.COURT_SIDE)
    row = opened(get_object_or_404(ImportBatch, pk=pk, agency_id=by.agency))
    kind = ImportKind(row.kind)
    record = Record(
        kind=_("Import"), title=kind.label, status=Status(_("Kept"), "good"),
        facts=(
            Fact(_("Kept"), row.created_at),
            Fact(_("By"), staff_names([row.created_by_id]).get(row.created_by_id), "not_recorded"),
            Fact(_("File"), row.file_name, "not_recorded"),
            Fact(_("Rows read"), row.rows), Fact(_("Accepted"), row.accepted), Fact(_("Rejected"), row.rejected),
        ),
        access=access_to_own(by, agency_names({by.agency})))  # fmt: skip
    months = _participation(row, request.GET.get("after", "")) if kind is ImportKind.NIBRS else None
    return render(request, "justice/imports/batch.html", {
        "record": record, "batch": row, "sums": _by_name(row.tables), "sum_columns": sum_columns(),
        "reasons": row.reasons, "reason_columns": reason_columns(), "page": months, "month_columns": [
            Column(_("Reporting agency (ORI)"), "ori", first=True),
            Column(_("Months with incidents"), "filed", numeric=True),
            Column(_("Months filed as zero"), "zero", numeric=True),
            Column(_("Months not filed"), "missing", numeric=True),
        ],
    })  # fmt: skip


def _by_name(tables: dict) -> list[dict]:
    return sorted(tables.values(), key=lambda one: one["file"].casefold())


def _participation(batch: ImportBatch, after: str) -> paging.Page:
    """Months by reporting agency, a hundred agencies a page."""
    rows = NibrsMonth.objects.filter(batch=batch, agency_id=batch.agency_id, ori__gt=after[:9]).values("ori")
    counts = {name: Count("pk", filter=Q(status=s)) for name, s in (("filed", "I"), ("zero", "Z"), ("missing", "U"))}
    found = list(rows.annotate(**counts).order_by("ori")[: MONTHS_SHOWN + 1])
    more = found[MONTHS_SHOWN - 1]["ori"] if len(found) > MONTHS_SHOWN else ""
    return paging.Page(found[:MONTHS_SHOWN], next=more, count=None if more or after else len(found))


# --- Taking in a release ----------------------------------------------------------------------------------------------


@contextmanager
def _checked(file: InMemory, by):
    """A release that was sent, read and checked. Raises Refused, or Objection."""
    files = sources.unpacked(file)
    with open_release(files) as release:
        yield release, nibrs.check(release, sources.digest(files), by)


@require_http_methods(GET_POST)
def release(request):
    """Send a release; it is checked before anything is kept."""
    by = request.viewer
    require(by, Sector.LAW_ENFORCEMENT)
    form = ReleaseForm(request.POST, request.FILES) if request.method == "POST" else ReleaseForm()
    if form.is_bound and form.is_valid():
        file = InMemory(form.cleaned_data["release"].name, form.cleaned_data["release"].read())
        try:
            with _checked(file, by):
                uploads.put(ImportKind.NIBRS, name=file.name, content=file.content, by=by)
                return redirect("justice:import_release_check")
        except Refused as refused:
            form.add_error("release", str(refused.problem))
        except nibrs.Objection as objection:
            form.add_error("release", " ".join(objection.found.values()))
    return render(request, "pages/form.html", {
        "form": form, "title": _("Take in a NIBRS release"), "page_title": _("Import"),
        "intro": _("The FBI's download of your agency's incidents. It is read and shown first; nothing is kept until "
                   "you say so."),
        "submit_label": _("Check it"), "back_url": reverse("justice:imports"), "back_label": _("Taken in from files"),
    }, status=INVALID if form.errors else 200)  # fmt: skip


@require_http_methods(GET_POST)
def release_check(request):
    """What keeping the release would do; then keep it, or throw it away."""
    by = request.viewer
    require(by, Sector.LAW_ENFORCEMENT)
    sent = uploads.get(ImportKind.NIBRS, by)
    if sent is None:
        return redirect("justice:import_release")
    if request.POST.get("decision") == "discard":
        uploads.discard(ImportKind.NIBRS, by)
        messages.success(request, _("It was thrown away. Nothing of it was kept."))
        return redirect("justice:imports")
    try:
        with _checked(sent.file, by) as (opened_release, checked):
            if request.method == "POST":
                return _keep(request, sent, opened_release, checked)
            return render(request, "justice/imports/check_release.html", {
                "title": _("What keeping this release would do"), "checked": checked, **shown(checked.sums),
                "rejected_url": reverse("justice:import_release_rejected")})
    except Refused as refused:
        return objected(request, nibrs.Objection({"": str(refused.problem)}), reverse("justice:import_release"),
                        _("This release cannot be read"))
    except nibrs.Objection as objection:
        return objected(request, objection, reverse("justice:imports"), _("Nothing was kept"))


def _keep(request, sent, opened_release, checked):
    by = request.viewer
    if request.POST.get("digest") != checked.digest:
        raise nibrs.Objection({"": _("Another file has been sent meanwhile. Check it first.")})
    made = nibrs.keep(opened_release, checked, file_name=sent.file.name, by=by)
    uploads.discard(ImportKind.NIBRS, by)
    messages.success(request, _("Kept: %(n)s rows.") % {"n": f"{made.accepted:,}"})
    return redirect("justice:import", made.pk)


@require_safe
def release_rejected(request):
    by = request.viewer
    require(by, Sector.LAW_ENFORCEMENT)
    sent = uploads.get(ImportKind.NIBRS, by)
    if sent is None:
        return redirect("justice:import_release")
    with _checked(sent.file, by) as (_release, checked):
        return as_csv(checked.sums.problems)
