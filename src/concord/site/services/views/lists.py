"""Lists: the caseload, finding a file by name, people who asked and were not served."""

from django.db.models import Min, QuerySet
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.site.accounts.directory import staff_names
from concord.site.pages import paging
from concord.site.pages.lists import Absent, Column, Deadline, Order
from concord.site.pages.records import Action, Status
from concord.site.services import caseload, pairs, search
from concord.site.services.forms.files import CaseloadFilter, FindForm
from concord.site.services.models import Assignment, Client, Inquiry
from concord.site.services.views._room import INVALID, is_leading
from concord.vocabulary import NotServedReason

ORDERS = {"": ("next_contact_on", "id"), "newest": ("-first_contact_on", "-id")}


@never_cache
@require_safe
def clients(request):
    """The caseload: whom to reach next. No name in any address; names are found by POST."""
    filters = CaseloadFilter(request.GET)
    sort = request.GET.get("sort", "")
    order = ORDERS.get(sort, ORDERS[""])
    page = paging.page(_chosen(request, filters), order=order, after=request.GET.get("after", ""))
    staff = _staff_of(page.rows)
    ends = _releases_of(request.viewer, page.rows)
    now = timezone.now()
    for client in page.rows:
        client.url = reverse("services:client", args=[client.pk])
        client.release_ends = ends.get(client.pk)
        client.staff_said = ", ".join(staff.get(client.pk, [])) or _("Nobody yet")
    return render(request, "pages/list.html", {
        "title": _("Client files"), "filters": filters, "page": page, "columns": _columns(), "now": now,
        "unit": _("files"), "empty": _("No file is on your caseload."),
        "orders": [Order("", _("next contact"), sort not in ORDERS or not sort),
                   Order("newest", _("newest"), sort == "newest")],
        "actions": [Action(_("Open a client file"), reverse("services:client_new"), primary=True),
                    Action(_("Find by name"), reverse("services:find")),
                    Action(_("Asked, not served"), reverse("services:inquiries")), *_twice(request.viewer)],
    })  # fmt: skip


def _twice(viewer) -> list[Action]:
    """For those who decide about files that may be one person's."""
    may = viewer.has(*pairs.DECIDERS)
    return [Action(_("Possibly the same person"), reverse("services:duplicates"))] if may else []


def _chosen(request: HttpRequest, filters: CaseloadFilter) -> QuerySet[Client]:
    whose = filters.narrowed("whose") or ("all" if is_leading(request.viewer) else "mine")
    rows = {"mine": caseload.assigned_any, "all": caseload.clients, "nobody": caseload.unassigned_any}[whose](
        request.viewer
    )
    state = filters.narrowed("state") or "open"
    return rows if state == "any" else rows.filter(is_open=state == "open")


def _columns() -> list[Column]:
    return [
        Column(_("Client"), "display_name", first=True),
        Column(_("Next safe contact"), lambda c: Deadline(c.next_contact_on) if c.next_contact_on else Absent("")
               if c.is_open else _("Closed")),
        Column(_("Last reached"), "last_reached_on"),
        Column(_("Release ends"), lambda c: Deadline(c.release_ends) if c.release_ends else _("None")),
        Column(_("State"), _state),
        Column(_("Staff"), "staff_said"),
    ]  # fmt: skip


def _state(client: Client):
    if not client.is_open:
        return Status(_("Closed"))
    return Status(_("Restricted"), "warning") if client.restricted else Status(_("Open"), "good")


def _releases_of(viewer, rows) -> dict:
    """The next day on which a release of each client ends: one query for the page."""
    live = caseload.live_releases(viewer, timezone.localdate()).filter(client_id__in=[c.pk for c in rows])
    return dict(live.order_by().values_list("client_id").annotate(ends=Min("expires_on")))


def _staff_of(rows) -> dict:
    """Names of the staff assigned to each client: two queries for the page."""
    pairs = list(
        Assignment.objects.filter(client_id__in=[c.pk for c in rows], until_date=None).values_list(
            "client_id", "staff_id"
        )
    )
    names = staff_names(staff for _client, staff in pairs)
    found = {}
    for client, staff in pairs:
        found.setdefault(client, []).append(names.get(staff, _("a former colleague")))
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def find(request):
    """Find a file by name, misspelt or not. By POST: an address with a name in it would stay behind."""
    form = FindForm(request.POST or None)
    matches, status = None, 200
    if request.method == "POST":
        status = 200 if form.is_valid() else INVALID
        if form.is_valid():
            matches = linked(search.find(form.cleaned_data["q"], by=request.viewer, at_most=25))
    return render(request, "services/find.html", {
        "title": _("Find a client file"), "form": form, "matches": matches,
        "new_url": reverse("services:client_new"),
    }, status=status)  # fmt: skip


@never_cache
@require_POST
def matches(request):
    """What intake shows below the name while it is typed."""
    found = search.find(request.POST.get("called", "")[:120], by=request.viewer)
    return render(request, "services/intake.html#matches", {"matches": linked(found)})


def linked(matches) -> list[dict]:
    to = {False: "services:client", True: "services:inquiry"}
    return [{"match": match, "url": reverse(to[match.inquiry], args=[match.id])} for match in matches]


@never_cache
@require_safe
def inquiries(request):
    rows = Inquiry.objects.filter(agency_id=request.viewer.agency)
    page = paging.page(rows, order=("-on_date", "-id"), after=request.GET.get("after", ""))
    for inquiry in page.rows:
        inquiry.url = reverse("services:inquiry", args=[inquiry.pk])
    columns = [
        Column(_("Who asked"), lambda i: i.called or _("No name given"), first=True),
        Column(_("When"), "on_date"),
        Column(_("Not served because"), lambda i: NotServedReason(i.reason).label),
    ]
    return render(request, "pages/list.html", {
        "title": _("Asked, not served"), "page": page, "columns": columns, "unit": _("people"),
        "intro": _("They are protected like clients. What they asked for shows what is lacking here."),
        "empty": _("Nobody has been entered who asked and was not served."),
        "actions": [Action(_("Enter somebody"), reverse("services:inquiry_new"), primary=True)],
    })  # fmt: skip
