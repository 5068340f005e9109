"""Who works with a client, restricted files, and files that nobody works on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from concord.site.accounts.directory import staff_names
from concord.site.accounts.models import Staff
from concord.site.pages.objections import complain
from concord.site.services import actions, caseload
from concord.site.services.forms.files import StaffForm
from concord.site.services.models import Assignment
from concord.site.services.views._room import INVALID, get_client, record_of
from concord.site.stores import audit
from concord.vocabulary import Role

KEEPERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)


def colleagues(viewer) -> list[tuple]:
    """Own staff of today, by name."""
    today = timezone.localdate()
    rows = Staff.objects.filter(agency_id=viewer.agency, service_account=False, from_date__lte=today)
    return list(rows.exclude(until_date__lt=today).order_by("name").values_list("pk", "name"))


@never_cache
@require_http_methods(["GET", "POST"])
def staff(request, pk):
    """Who is assigned; assigning somebody else; restricting the file."""
    client = get_client(request, pk)
    form = StaffForm(request.POST or None, staff=colleagues(request.viewer))
    if form.is_valid():
        actions.assign(client=client, staff_id=form.cleaned_data["staff_id"], by=request.viewer)
        return redirect("services:staff", client.pk)
    audit.record("file.read", client)
    return _page(request, client, form)


def _page(request, client, form):
    assigned = list(client.assignments.filter(until_date=None).order_by("since_date"))
    names = staff_names(row.staff_id for row in assigned)
    for row in assigned:
        row.name = names.get(row.staff_id, _("a former colleague"))
        row.end_url = reverse("services:assignment_end", args=[row.pk])
    record = record_of(client, staff=[row.name for row in assigned], current="staff")
    return render(request, "services/staff.html", {
        "record": record, "client": client, "assigned": assigned, "form": form,
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


@require_POST
def assignment_end(request, pk):
    rows = Assignment.objects.filter(agency_id=request.viewer.agency).select_related("client")
    assignment = get_object_or_404(rows, pk=pk)
    client = assignment.client
    try:
        actions.end_assignment(assignment=assignment, by=request.viewer)
    except actions.Objection as objection:
        messages.error(request, str(objection))
        return redirect("services:staff", client.pk)
    if client.restricted and assignment.staff_id == request.viewer.staff:
        return redirect("services:clients")  # she has just closed it to herself
    return redirect("services:staff", client.pk)


@require_POST
def restriction(request, pk):
    """Restrict the file, or lift the restriction."""
    client = get_client(request, pk)
    act = actions.lift_restriction if request.POST.get("lift") else actions.restrict
    try:
        act(client=client, by=request.viewer)
    except actions.Objection as objection:
        messages.error(request, str(objection))
    return redirect("services:staff", client.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def keeping(request):
    """For administrators and supervisors: restricted files that nobody is assigned to, and colleagues who have left."""
    if not request.viewer.has(*KEEPERS):
        raise PermissionDenied
    form = StaffForm(request.POST or None, staff=_anybody(request.viewer))
    if form.is_valid():
        ended = actions.release_staff(staff_id=form.cleaned_data["staff_id"], by=request.viewer)
        messages.success(request, _("%(n)d assignments ended.") % {"n": ended})
        return redirect("services:keeping")
    return render(request, "services/keeping.html", {
        "title": _("Files without staff"), "form": form, "files": caseload.files_without_staff(request.viewer),
        "choices": colleagues(request.viewer),
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


def _anybody(viewer) -> list[tuple]:
    """Own staff, those who have left too."""
    rows = Staff.objects.filter(agency_id=viewer.agency, service_account=False)
    return list(rows.order_by("name").values_list("pk", "name"))


@require_POST
def appoint(request, pk):
    """Name who takes over a restricted file that nobody is assigned to. It stays closed to whoever names her."""
    if not request.viewer.has(*KEEPERS):
        raise PermissionDenied
    form = StaffForm(request.POST, staff=colleagues(request.viewer))
    try:
        if form.is_valid():
            actions.appoint(client_id=pk, staff_id=form.cleaned_data["staff_id"], by=request.viewer)
    except actions.Objection as objection:
        complain(form, objection)
    return redirect("services:keeping")
