"""Referrals, calls for an advocate, and the roster of those who answer them."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from concord.law import referrals as law
from concord.law.wall import JUSTICE, PROVIDERS
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.accounts.models import Staff, TaskForce
from concord.site.bridge import actions
from concord.site.bridge.forms import AnswerForm, CallForm, ReferralForm, ShiftForm
from concord.site.bridge.models import AdvocateCall, DutyShift
from concord.site.pages import paging, words
from concord.site.pages.lists import Column
from concord.site.pages.objections import complain
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.vocabulary import (
    AgeGroup,
    Answer,
    CallerPermission,
    ContactCaution,
    Gender,
    ReferralKind,
    ServiceType,
    SpokenLanguage,
    TraffickingType,
)

INVALID = 422


# --- Referrals --------------------------------------------------------------------------------------------------------


@require_safe
def sent(request):
    """What my agency sent. Each line says that it was received, when it was sent, and will never say anything else."""
    page = paging.page(actions.outbox(request.viewer), order=("-sent_at", "-id"), after=request.GET.get("after", ""))
    names, now = agency_names(r.to_agency_id for r in page.rows), timezone.now()
    columns = [
        Column(_("What"), lambda r: ReferralKind(r.kind).label, first=True),
        Column(_("To"), lambda r: names.get(r.to_agency_id, "")),
        Column(_("State"), lambda r: _("Received, %(when)s") % {"when": words.when(r.received_at, now=now)}),
    ]
    return render(request, "pages/list.html", {
        "title": _("Referrals you sent"), "page": page, "columns": columns, "unit": _("sent"), "now": now,
        "intro": _("A referral is received at once. Whether anyone came, or is anyone's client, is not told here: "
                   "not today and not later."),
        "actions": _referral_actions(request.viewer, here="sent"),
        "empty": _("Your agency has sent no referral yet."),
    })


@require_safe
def received(request):
    """What came to my agency. A provider reads it beside the client's file, which may be restricted."""
    if request.viewer.sector in PROVIDERS:
        return redirect("services:referrals")
    page = paging.page(actions.inbox(request.viewer), order=("-sent_at", "-id"), after=request.GET.get("after", ""))
    names = agency_names(r.from_agency_id for r in page.rows)
    for referral in page.rows:
        referral.url = reverse("bridge:opened", args=[referral.pk])
    columns = [
        Column(_("What"), lambda r: ReferralKind(r.kind).label, first=True),
        Column(_("From"), lambda r: names.get(r.from_agency_id, "")),
        Column(_("Came in"), "received_at"),
    ]
    return render(request, "pages/list.html", {
        "title": _("Referrals you received"), "page": page, "columns": columns, "unit": _("received"),
        "intro": _("The sender was told that it was received, and is told nothing more, whatever you do."),
        "actions": _referral_actions(request.viewer, here="received"),
        "empty": _("Nothing has been sent to your agency yet."),
    })


@require_safe
def opened(request, pk):
    """One referral as its recipient reads it. Opening it is recorded in the recipient's own chain only."""
    referral = get_object_or_404(actions.inbox(request.viewer), pk=pk)
    if request.viewer.sector in PROVIDERS:
        return redirect("services:referral", pk=pk)
    content = actions.open_referral(referral, request.viewer)
    names = agency_names([referral.from_agency_id])
    sender = names.get(referral.from_agency_id, "")
    record = Record(
        kind=_("Referral"), title=ReferralKind(referral.kind).label,
        status=Status(_("Urgent"), "warning") if content.get("urgent") else None,
        facts=(Fact(_("From"), sender), Fact(_("Sent by"), staff_names([referral.sent_by_id]).get(referral.sent_by_id)),
               Fact(_("Came in"), referral.received_at)),
        access=Access(
            _("Sealed to your agency. The sender cannot open it again and sees only that it was received."),
            (Seer(_("Staff of your agency"), _("It was sent to you.")),),
        ),
    )
    return render(request, "bridge/referral.html", {
        "record": record, "summary": content.get("summary"), "lines": _lines(content),
    })


@require_safe
def choose(request):
    """Which kind: each with what it is for, so that a call for help never becomes a lead."""
    routes = law.begun_here(request.viewer.sector)
    if not routes:
        raise Http404
    return render(request, "bridge/choose.html", {
        "title": _("Send a referral"), "routes": routes, "is_provider": request.viewer.sector in PROVIDERS,
    })


def send(request, kind):
    viewer, kind = request.viewer, _kind(kind, request.viewer)
    agencies = list(actions.recipients(kind, viewer))
    form = ReferralForm(request.POST or None, kind=kind, agencies=agencies, sector=viewer.sector,
                        initial={"id": uuid4()})
    if form.is_valid() and _sent(form, kind, viewer):
        messages.success(request, _("Received, %(clock)s.") % {"clock": words.clock(timezone.now())})
        return redirect("bridge:sent")
    return render(request, "pages/form.html", {
        "form": form, "title": kind.label, "page_title": _("Send a referral"), "intro": law.route(kind).says,
        "submit_label": _("Send"), "cancel_url": reverse("bridge:choose"),
        "back_url": reverse("bridge:choose"), "back_label": _("Another kind"),
    }, status=INVALID if form.is_bound else 200)


def _sent(form, kind, viewer) -> bool:
    given = form.cleaned_data
    try:
        actions.refer(id=given["id"], kind=kind, to_agency=given["to_agency"], content=form.content(), by=viewer)
    except actions.Objection as objection:
        complain(form, objection)
        return False
    return True


def _kind(code, viewer) -> ReferralKind:
    if code not in {route.kind for route in law.begun_here(viewer.sector)}:
        raise Http404
    return ReferralKind(code)


def _referral_actions(viewer, here) -> list[Action]:
    found = []
    if law.kinds_for(viewer.sector):
        found.append(Action(_("Send a referral"), reverse("bridge:choose"), primary=True))
        if here == "received":
            found.append(Action(_("Sent"), reverse("bridge:sent")))
    if here == "sent" and law.receives(viewer.sector):
        found.append(Action(_("Received"), reverse("bridge:received")))
    return found


_SAYS = {
    "name": (gettext_lazy("Name to use"), None),
    "safe_contact": (gettext_lazy("A safe way to reach the person"), None),
    "contact_caution": (gettext_lazy("What to be careful of"), ContactCaution),
    "language": (gettext_lazy("Language"), SpokenLanguage),
    "age_group": (gettext_lazy("Age"), AgeGroup),
    "gender": (gettext_lazy("Gender"), Gender),
    "wants": (gettext_lazy("What the person asked for"), ServiceType),
    "permissions": (gettext_lazy("What the person allowed"), CallerPermission),
    "trafficking_type": (gettext_lazy("Kind of trafficking"), TraffickingType),
    "permission_signed_on": (gettext_lazy("Permission signed"), None),
    "permission_expires_on": (gettext_lazy("Permission ends"), None),
    "required_by": (gettext_lazy("Compelled by"), None),
}


def _lines(content: dict) -> list[Fact]:
    """What a referral says beside its account, in the order of the form."""
    return [Fact(label, _in_words(content[part], code)) for part, (label, code) in _SAYS.items() if content.get(part)]


def _in_words(value, code):
    if isinstance(value, list):
        return [_in_words(one, code) for one in value]
    return code(value).label if code and value in set(code) else value


# --- Calls for an advocate --------------------------------------------------------------------------------------------


@require_safe
def calls(request):
    _require(request, PROVIDERS | JUSTICE)
    viewer = request.viewer
    page = paging.page(_calls(viewer), order=("-created_at", "-id"), after=request.GET.get("after", ""))
    names = agency_names([*(c.agency_id for c in page.rows), *(c.answered_by_agency_id for c in page.rows)])
    for call in page.rows:
        call.url = reverse("bridge:call", args=[call.pk])
    columns = [
        Column(_("When"), _window, first=True),
        Column(_("Called by"), lambda c: names.get(c.agency_id, "")),
        Column(_("People"), lambda c: c.people or _("Not known")),
        Column(_("State"), lambda c: _call_status(c, names)),
    ]
    actions_ = [Action(_("Call an advocate"), reverse("bridge:call_new"), primary=True)] if _calls_out(viewer) else [
        Action(_("Duty roster"), reverse("bridge:roster"))]
    return render(request, "pages/list.html", {
        "title": _("Calls for an advocate"), "page": page, "columns": columns, "unit": _("calls"), "actions": actions_,
        "empty": _("No advocate has been called yet."),
    })


def call_new(request):
    _require(request, JUSTICE)
    viewer = request.viewer
    task_forces = list(TaskForce.objects.filter(pk__in=viewer.task_forces).order_by("name"))
    form = CallForm(request.POST or None, task_forces=task_forces, initial={"id": uuid4()})
    if form.is_valid():
        try:
            call = actions.call_advocate(**form.cleaned_data, by=viewer)
        except actions.Objection as objection:
            complain(form, objection)
        else:
            return redirect("bridge:call", call.pk)
    return render(request, "pages/form.html", {
        "form": form, "title": _("Call an advocate"), "page_title": _("Call an advocate"), "submit_label": _("Call"),
        "intro": _("An advocate comes for the people you may meet, whatever they are suspected of. "
                   "Give no name and no address here."),
        "cancel_url": reverse("bridge:calls"),
    }, status=INVALID if form.is_bound else 200)


def call(request, pk):
    """One call: for the caller who comes or whom to telephone now; for a provider the way to answer it."""
    _require(request, PROVIDERS | JUSTICE)
    viewer = request.viewer
    found = get_object_or_404(_calls(viewer), pk=pk)
    form = None
    if viewer.sector in PROVIDERS and found.answered_at is None:
        form = AnswerForm(request.POST or None, initial={"phone": _own_phone(viewer)})
        if form.is_valid() and _answered(form, found, viewer):
            messages.success(request, _("The caller now sees that you will come."))
            return redirect("bridge:call", found.pk)
    names = agency_names([found.agency_id, found.answered_by_agency_id])
    on_duty = actions.duty_lines(found) if found.answered_at is None else []
    context = {
        "record": _call_record(found, viewer, names), "form": form, "answered": found.answered_at is not None,
        "on_duty": on_duty, "asks": _calls_out(viewer), "answerer": names.get(found.answered_by_agency_id),
        "phone": found.answered_phone,
        "providers": [] if on_duty or found.answered_at else actions.provider_lines(found.task_force_id),
    }
    return render(request, "bridge/call.html", context, status=INVALID if form is not None and form.is_bound else 200)


@require_POST
def call_withdraw(request, pk):
    _require(request, PROVIDERS)
    found = get_object_or_404(_calls(request.viewer), pk=pk, answered_by_agency_id=request.viewer.agency)
    actions.withdraw_answer(call=found, by=request.viewer)
    messages.warning(request, _("The call waits again. Telephone the caller too."))
    return redirect("bridge:call", found.pk)


def _calls(viewer):
    """Providers see the calls of their task forces; callers their own agency's."""
    if viewer.sector in PROVIDERS:
        return AdvocateCall.objects.filter(task_force_id__in=viewer.task_forces)
    return AdvocateCall.objects.filter(agency_id=viewer.agency)


def _calls_out(viewer) -> bool:
    return viewer.sector in JUSTICE


def _answered(form, found, viewer) -> bool:
    try:
        actions.answer_call(call=found, phone=form.cleaned_data["phone"], by=viewer)
    except actions.Objection as objection:
        complain(form, objection)
        return False
    return True


def _own_phone(viewer) -> str:
    now = timezone.now()
    shift = DutyShift.objects.filter(
        agency_id=viewer.agency, begins_at__lte=now, ends_at__gte=now, cancelled_at=None
    ).order_by("ends_at").first()
    return shift.phone if shift else ""


def _call_record(found, viewer, names) -> Record:
    acts = ()
    if found.answered_by_agency_id == viewer.agency:
        acts = (Action(_("We cannot come after all"), reverse("bridge:call_withdraw", args=[found.pk]), post=True),)
    return Record(
        kind=_("Call for an advocate"), title=_window(found), status=_call_status(found, names), actions=acts,
        facts=(
            Fact(_("Called by"), names.get(found.agency_id)),
            Fact(_("People, about"), found.people, "not_yet_known"),
            Fact(_("Anyone under 18"), Answer(found.minors).label),
            Fact(_("Gender"), [Gender(code).label for code in found.genders] or None, "not_yet_known"),
            Fact(_("Languages"), [SpokenLanguage(code).label for code in found.languages] or None, "not_yet_known"),
            Fact(_("Called"), found.created_at),
        ),
        access=Access(
            _("A call names nobody. Who comes of it, and whether anyone becomes a client, is not written here."),
            (Seer(_("Providers of the task force"), _("They answer calls.")),
             Seer(names.get(found.agency_id, ""), _("Your call is yours to see."))),
        ),
    )


def _call_status(found, names) -> Status:
    if found.answered_at:
        return Status(_("%(agency)s will come") % {"agency": names.get(found.answered_by_agency_id, "")}, "good")
    if found.window_until < timezone.now():
        return Status(_("Was not answered"), "plain")
    return Status(_("Waits for an answer"), "warning")


def _window(found) -> str:
    now = timezone.now()
    begins, ends = words.when(found.window_from, now=now), words.when(found.window_until, now=now)
    same_day = timezone.localdate(found.window_from) == timezone.localdate(found.window_until)
    return f"{begins} - {words.clock(found.window_until) if same_day else ends}"


# --- The duty roster --------------------------------------------------------------------------------------------------


@require_safe
def roster(request):
    _require(request, PROVIDERS)
    viewer = request.viewer
    coming = DutyShift.objects.filter(
        task_force_id__in=viewer.task_forces, ends_at__gte=timezone.now(), cancelled_at=None
    )
    page = paging.page(coming, order=("begins_at", "id"), after=request.GET.get("after", ""))
    agencies = agency_names(s.agency_id for s in page.rows)
    staff = staff_names(s.staff_id for s in page.rows)
    for shift in page.rows:
        if shift.agency_id == viewer.agency:
            shift.url = reverse("bridge:shift_cancel", args=[shift.pk])
    columns = [
        Column(_("Who"), lambda s: staff.get(s.staff_id, ""), first=True),
        Column(_("Provider"), lambda s: agencies.get(s.agency_id, "")),
        Column(_("From"), "begins_at"), Column(_("Until"), "ends_at"), Column(_("Number"), "phone"),
    ]
    return render(request, "pages/list.html", {
        "title": _("Duty roster"), "page": page, "columns": columns, "unit": _("shifts to come"),
        "intro": _("Who answers when police, prosecutors or inspectors call for an advocate. "
                   "Callers see the provider and the number, never a name."),
        "actions": [Action(_("Put someone on duty"), reverse("bridge:shift_new"), primary=True)],
        "empty": _("Nobody is on duty. Callers are given the providers' main numbers."),
    })


def shift_new(request):
    _require(request, PROVIDERS)
    viewer = request.viewer
    staff = Staff.objects.filter(agency_id=viewer.agency, service_account=False, until_date=None).order_by("name")
    task_forces = list(TaskForce.objects.filter(pk__in=viewer.task_forces).order_by("name"))
    form = ShiftForm(request.POST or None, staff=staff, task_forces=task_forces)
    if form.is_valid() and _planned(form, viewer):
        return redirect("bridge:roster")
    return render(request, "pages/form.html", {
        "form": form, "title": _("Put someone on duty"), "cancel_url": reverse("bridge:roster"),
    }, status=INVALID if form.is_bound else 200)


def shift_cancel(request, pk):
    _require(request, PROVIDERS)
    shift = get_object_or_404(DutyShift, pk=pk, agency_id=request.viewer.agency, cancelled_at=None)
    if request.method == "POST":
        actions.cancel_shift(shift=shift, by=request.viewer)
        return redirect("bridge:roster")
    return render(request, "pages/confirm.html", {
        "title": _("Take this shift off the roster?"), "submit_label": _("Take it off"),
        "consequences": [_("Callers are no longer given this number for that time."),
                         _("If nobody else is on duty then, they are given the providers' main numbers.")],
        "cancel_url": reverse("bridge:roster"),
    })


def _planned(form, viewer) -> bool:
    try:
        actions.plan_shift(**form.cleaned_data, by=viewer)
    except actions.Objection as objection:
        complain(form, objection)
        return False
    return True


# --- Both -------------------------------------------------------------------------------------------------------------


def _require(request, sectors) -> None:
    if request.viewer.sector not in sectors:
        raise Http404
