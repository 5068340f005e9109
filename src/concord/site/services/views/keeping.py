"""What keeps a file, how long it stays, and erasing it for good: asked twice, with what stays said before."""

import datetime as dt
import tempfile

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from concord.law import keeping as law
from concord.site.accounts.directory import agency_names
from concord.site.keys import archive
from concord.site.pages.lists import Column
from concord.site.pages.objections import complain
from concord.site.pages.records import Action, Status
from concord.site.services import actions, caseload, leaving
from concord.site.services.forms.keeping import EraseForm, HoldForm, LeaveForm, LiftForm
from concord.site.services.models import Client, Erasure, Inquiry, LegalHold, ReferralIn
from concord.site.services.views._room import INVALID, FileForm, RoomForm, get_client, opened, show
from concord.site.stores.acting import acting
from concord.vocabulary import HoldKind, ReferralAnswer, Role

KEEPERS = (*sorted(law.MAY_ERASE), Role.ADMINISTRATOR)
LEAVERS = (Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
AT_MOST = 200


# --- On a file --------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def keeping(request, pk):
    """What keeps this file, how long it stays, and what stands against erasing it."""
    client = get_client(request, pk)
    today = timezone.localdate()
    holds = list(client.holds.order_by("lifted_at", "-from_date"))
    file = opened(client, *(hold.created_by_id for hold in holds), *(hold.lifted_by_id for hold in holds))
    for hold in holds:
        hold.said, hold.state = HoldKind(hold.kind).label, _state(hold, today)
        hold.by, hold.lifter = file.names.get(hold.created_by_id, ""), file.names.get(hold.lifted_by_id, "")
        hold.in_force = law.in_force(actions.as_law(hold), today)
    return show(request, "services/file_keeping.html", file, {
        "holds": holds, "may_lift": request.viewer.has(*law.MAY_LIFT),
        "may_erase": request.viewer.has(*law.MAY_ERASE), "obstacles": actions.obstacles(client, today),
        "ends_on": _ends_on(client), "term": law.SCHEDULE[law.Kept.CLIENT_FILE],
    }, current="kept")  # fmt: skip


def _state(hold: LegalHold, today: dt.date) -> Status:
    if hold.lifted_at:
        return Status(_("Lifted"), "plain")
    if law.in_force(actions.as_law(hold), today):
        return Status(_("Keeps this file"), "warning")
    return Status(_("Its day has passed"), "plain")


def _ends_on(client: Client) -> dt.date | None:
    """The day from which a closed file may go by the schedule, without anybody asking."""
    closed_on = client.enrolments.order_by("-closed_on").values_list("closed_on", flat=True).first()
    if client.is_open or closed_on is None:
        return None
    born = client.birth_date
    return law.ends_on(law.Kept.CLIENT_FILE, closed_on, adult_on=born and law.years_after(born, 18))


class SetHold(FileForm):
    form_code, form_class, tab = "hold", HoldForm, "kept"
    title = gettext_lazy("Keep this file")
    submit_label = gettext_lazy("Keep it")
    intro = gettext_lazy("While it is kept, nobody can erase it. Do this as soon as a paper is served or expected.")

    def act(self, form):
        given = form.cleaned_data
        return actions.set_hold(client=self.client, **given, by=self.request.viewer).pk


class LiftHold(RoomForm):
    form_code, form_class = "lift", LiftForm
    title = page_title = gettext_lazy("Lift what keeps this file")
    submit_label = gettext_lazy("Lift it")
    intro = gettext_lazy("From then on the file can be erased. Lifting it too early can be an offence.")

    @cached_property
    def hold(self) -> LegalHold:
        if not self.request.viewer.has(*law.MAY_LIFT):
            raise PermissionDenied
        rows = LegalHold.objects.filter(agency_id=self.request.viewer.agency).select_related("client")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def subject(self):
        return self.hold.pk

    def act(self, form):
        return actions.lift_hold(hold=self.hold, **form.cleaned_data, by=self.request.viewer).pk

    def done_url(self, made):
        return reverse("services:kept", args=[self.hold.client_id])

    def more(self):
        back = {"back_url": self.done_url(None), "back_label": self.hold.client.display_name}
        return super().more() | back


# --- Erasing ----------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def erase(request, pk):
    """Two pages: what goes, what stays and why it is asked; then once more, and it is gone."""
    client = get_client(request, pk)
    _require_eraser(request)
    obstacles = actions.obstacles(client, timezone.localdate())
    reached = actions.reached_outside(client, request.viewer)
    return _erase(
        request, lambda **given: actions.erase_client(client=client, **given), back=reverse("services:kept", args=[pk]),
        shown={"name": client.display_name, "obstacles": obstacles, "received": _received(reached),
               "waiting": len(reached.packages), "family": client.family.count()},
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def erase_inquiry(request, pk):
    inquiry = get_object_or_404(Inquiry.objects.filter(agency_id=request.viewer.agency), pk=pk)
    _require_eraser(request)
    return _erase(
        request, lambda **given: actions.erase_inquiry(inquiry=inquiry, **given),
        back=reverse("services:inquiry", args=[pk]), shown={"name": inquiry.called or _("No name given")},
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def erase_declined(request, pk):
    """What was told of somebody whose referral was turned down: nothing else is kept of her."""
    declined = ReferralIn.objects.filter(agency_id=request.viewer.agency, answer=ReferralAnswer.DECLINED)
    received = get_object_or_404(declined, referral_id=pk)
    _require_eraser(request)
    return _erase(
        request, lambda **given: actions.erase_declined(received=received, **given),
        back=reverse("services:referral", args=[pk]), shown={"name": _("this person")},
    )  # fmt: skip


def _require_eraser(request: HttpRequest) -> None:
    if not request.viewer.has(*law.MAY_ERASE):
        raise PermissionDenied


def _erase(request, act, *, back: str, shown: dict):
    form = EraseForm(request.POST or None)
    asked = request.method == "POST" and not shown.get("obstacles") and form.is_valid()
    if asked and request.POST.get("sure"):
        given = form.cleaned_data
        try:
            erasure = act(asked=law.Asked(given["asked"]), asked_on=given["asked_on"], by=request.viewer)
        except actions.Objection as objection:
            complain(form, objection)
        else:
            messages.success(request, _("Erased. Print the proof and give it to her or him."))
            return redirect("services:erased", erasure.pk)
    carried = [(name, value) for name, values in request.POST.lists() for value in values
               if name not in ("csrfmiddlewaretoken", "sure")]  # fmt: skip
    return render(request, "services/erase.html", {
        "title": _("Erase this file for good?") if asked else _("Erase a file"), "form": form, "again": asked,
        "carried": carried, "back_url": back, "complete_by": law.complete_by(timezone.localdate()), **shown,
    }, status=INVALID if form.errors or (form.is_bound and shown.get("obstacles")) else 200)  # fmt: skip


def _received(reached) -> list[tuple[dt.datetime, str]]:
    names = agency_names(agency for _at, agency in reached.theirs if agency)
    return [(at, names.get(agency, "") or _("somebody on paper")) for at, agency in reached.theirs]


@never_cache
@require_safe
def erased(request, pk):
    """Proof of deletion, for printing: a reference, days and a number. It names nobody."""
    if not request.viewer.has(*KEEPERS):
        raise PermissionDenied
    erasure = get_object_or_404(Erasure.objects.filter(agency_id=request.viewer.agency), pk=pk)
    return render(request, "services/erased.html", {
        "title": _("Proof of deletion"), "page_title": _("Proof of deletion"), "erasure": erasure,
        "proof": bytes(erasure.proof).hex(), "back_url": reverse("services:kept_all"),
        "back_label": _("Keeping and erasing"), "complete": erasure.complete_by <= timezone.localdate(),
    })  # fmt: skip


# --- For whoever looks after all files --------------------------------------------------------------------------------


@never_cache
@require_safe
def kept_all(request):
    """Holds in force, files whose term has run, and what was erased."""
    if not request.viewer.has(*KEEPERS):
        raise PermissionDenied
    today = timezone.localdate()
    return render(request, "services/kept.html", {
        "title": _("Keeping and erasing"), "holds": _holds(request, today), "hold_columns": _HOLD_COLUMNS,
        "overdue": _overdue(request, today), "overdue_columns": _OVERDUE_COLUMNS,
        "erasures": _erasures(request), "erasure_columns": _ERASURE_COLUMNS,
        "schedule": list(law.SCHEDULE.values()), "may_erase": request.viewer.has(*law.MAY_ERASE),
        "actions": [Action(_("Find a file"), reverse("services:find")),
                    *([Action(_("Take everything along"), reverse("services:leave"))]
                      if request.viewer.has(*LEAVERS) else [])],
    })  # fmt: skip


def _holds(request, today) -> list[LegalHold]:
    rows = LegalHold.objects.filter(agency_id=request.viewer.agency, lifted_at=None).select_related("client")
    found = [hold for hold in rows.order_by("until_date", "from_date")[:AT_MOST]
             if law.in_force(actions.as_law(hold), today)]  # fmt: skip
    for hold in found:
        hold.url = reverse("services:kept", args=[hold.client_id])
        hold.name = hold.client.display_name
    return found


def _overdue(request, today) -> list[Client]:
    """Closed files whose term has run, the longest closed first. A minor's is looked at with her birth date."""
    rows = caseload.closed_before(request.viewer, law.years_after(today, -law.SCHEDULE[law.Kept.CLIENT_FILE].years))
    found = []
    for client in rows[:AT_MOST]:
        client.ends_on, client.url = _ends_on(client), reverse("services:kept", args=[client.pk])
        if client.ends_on and client.ends_on <= today:
            found.append(client)
    return found


def _erasures(request) -> list[Erasure]:
    rows = list(Erasure.objects.filter(agency_id=request.viewer.agency).order_by("-erased_at")[:AT_MOST])
    for row in rows:
        row.url = reverse("services:erased", args=[row.pk])
    return rows


_HOLD_COLUMNS = [
    Column(gettext_lazy("File"), "name", first=True),
    Column(gettext_lazy("What keeps it"), lambda h: HoldKind(h.kind).label),
    Column(gettext_lazy("Since"), "from_date"),
    Column(gettext_lazy("Until"), lambda h: h.until_date or gettext_lazy("somebody lifts it")),
]
_OVERDUE_COLUMNS = [
    Column(gettext_lazy("File"), "display_name", first=True),
    Column(gettext_lazy("May go since"), "ends_on"),
]
_ERASURE_COLUMNS = [
    Column(gettext_lazy("Reference"), lambda e: str(e.pk), first=True),
    Column(gettext_lazy("Erased"), "erased_at"),
    Column(gettext_lazy("Complete on"), "complete_by"),
    Column(gettext_lazy("Values removed"), "removed"),
]


# --- Taking everything along ------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("passphrase", "again")
@require_http_methods(["GET", "POST"])
def leave(request):
    """Everything the provider has here that the viewer may open, as one sealed file: only sealed bytes touch the disk.

    The file is whole before it is sent, so this page acts for itself (settings.CONCORD_SELF_ACTING).
    """
    if not request.viewer.has(*LEAVERS):
        raise PermissionDenied
    form = LeaveForm(request.POST or None)
    if form.is_valid():
        return _sealed_file(request, form.cleaned_data["passphrase"])
    return render(request, "services/leave.html", {
        "title": _("Take everything along"), "page_title": _("Take everything along"), "form": form,
        "back_url": reverse("services:kept_all"), "back_label": _("Keeping and erasing"),
        "submit_label": _("Write the file"),
    }, status=INVALID if form.errors else 200)  # fmt: skip


@sensitive_variables("passphrase")
def _sealed_file(request, passphrase: str) -> FileResponse:
    viewer, file = request.viewer, tempfile.TemporaryFile(dir=settings.CONCORD.home.tmp)  # closed with the answer
    with acting(viewer), archive.under_passphrase(file, passphrase) as sealed:
        leaving.write(sealed, by=viewer, agency=agency_names([viewer.agency]).get(viewer.agency, ""))
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename="everything.concord")
    answer["Content-Type"] = "application/octet-stream"
    return answer
