"""Referrals for services: read, accepted or turned down here. The sender is told "received", and nothing else, ever."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from concord.law.keeping import MAY_ERASE
from concord.site.accounts.directory import agency_names
from concord.site.bridge import actions as bridge
from concord.site.pages import paging
from concord.site.pages.lists import Column
from concord.site.pages.records import Access, Action, Fact, Record, Seer, Status
from concord.site.services import actions, caseload, export, search
from concord.site.services.forms.files import DeclineForm
from concord.site.services.models import Erasure, ReferredClient
from concord.site.services.views._room import RoomForm, get_client
from concord.site.services.views.lists import linked
from concord.vocabulary import NotServedReason, ReferralAnswer, ReferralKind

_TONES = {ReferralAnswer.ACCEPTED: "good", ReferralAnswer.DECLINED: "plain", ReferralAnswer.OPENED: "warning"}


def _sent_to_us(request, pk):
    return get_object_or_404(bridge.inbox(request.viewer, caseload.INBOX_KINDS), pk=pk)


@never_cache
@require_safe
def inbox(request):
    rows = bridge.inbox(request.viewer, caseload.INBOX_KINDS)
    page = paging.page(rows, order=("-sent_at", "-id"), after=request.GET.get("after", ""))
    answers = caseload.answers([row.pk for row in page.rows], request.viewer)
    names = agency_names(row.from_agency_id for row in page.rows)
    for row in page.rows:
        row.url = reverse("services:referral", args=[row.pk])
        row.sender, row.answered = names.get(row.from_agency_id, ""), _state(answers.get(row.pk))
    columns = [
        Column(_("What"), lambda row: ReferralKind(row.kind).label, first=True),
        Column(_("From"), "sender"),
        Column(_("Came in"), "received_at"),
        Column(_("Here"), "answered"),
    ]
    return render(request, "pages/list.html", {
        "title": _("Referrals for services"), "page": page, "columns": columns, "unit": _("referrals"),
        "intro": _("The sender was told \"received\" at once, and is told nothing more, whatever you decide."),
        "empty": _("No referral has come in yet."),
        "actions": [Action(_("Send a referral"), reverse("bridge:choose")),
                    Action(_("Referrals you sent"), reverse("bridge:sent"))],
    })  # fmt: skip


def _state(received) -> Status:
    if received is None:
        return Status(_("New"), "info")
    answer = ReferralAnswer(received.answer)
    return Status(answer.label, _TONES[answer])


@never_cache
def referral(request, pk):
    """One referral, with own files that may be the same person's. Reading it is a first step, not a decision."""
    if request.method not in ("GET", "HEAD"):
        raise Http404
    sent = _sent_to_us(request, pk)
    received, content = actions.open_referral(referral_id=sent.pk, by=request.viewer)
    waiting = received.answer == ReferralAnswer.OPENED
    found = search.find(content.get("name", ""), by=request.viewer) if waiting else []
    client = _client_of(received)
    erased = received.answer == ReferralAnswer.DECLINED and Erasure.objects.filter(subject=received.pk).exists()
    closed = received.answer == ReferralAnswer.ACCEPTED and client is None  # part of a restricted file by now
    if erased or closed:
        content = {}
    record = Record(
        kind=_("Referral"), title=ReferralKind(sent.kind).label, status=_state(received),
        next_step=_("Decide whether to serve this person.") if waiting else "",
        facts=(
            Fact(_("From"), agency_names([sent.from_agency_id]).get(sent.from_agency_id)),
            Fact(_("Came in"), sent.received_at),
            *([Fact(_("Why not"), NotServedReason(received.reason).label)] if received.reason else []),
        ),
        actions=() if erased else _steps(request, received),
        access=Access(
            _("What you decide stays in your agency's own database. The sender sees that it was received."),
            (Seer(_("Staff of your agency"), _("It was sent to your agency.")),),
        ),
    )  # fmt: skip
    return render(request, "services/referral.html", {
        "record": record, "lines": export.said({k: v for k, v in content.items() if k != "permissions"}),
        "waiting": waiting, "matches": [one for one in linked(found) if not one["match"].inquiry],
        "accept_url": reverse("services:referral_accept", args=[pk]), "client": client,
        "erased": erased,
    })  # fmt: skip


def _steps(request, received) -> tuple[Action, ...]:
    """What can be done with it beside accepting it."""
    at = [received.referral_id]
    if received.answer == ReferralAnswer.OPENED:
        return (Action(_("Turn it down"), reverse("services:referral_decline", args=at)),)
    if received.answer == ReferralAnswer.DECLINED and request.viewer.has(*MAY_ERASE):
        return (Action(_("Erase it"), reverse("services:referral_erase", args=at)),)
    return ()


def _client_of(received):
    link = ReferredClient.objects.select_related("client").filter(referral=received).first()
    return link.client if link else None


@require_POST
def accept(request, pk):
    sent = _sent_to_us(request, pk)
    same = request.POST.get("client")
    try:
        client = actions.accept_referral(
            referral_id=sent.pk, client=get_client(request, same) if same else None, by=request.viewer
        )
    except actions.Objection as objection:
        messages.error(request, str(objection))
        return redirect("services:referral", pk)
    return redirect("services:client", client.pk)


class Decline(RoomForm):
    form_code, form_class = "decline", DeclineForm
    title = page_title = gettext_lazy("Turn the referral down")
    submit_label = gettext_lazy("Turn it down")
    intro = gettext_lazy("The sender is not told. The reason is counted, so that what is lacking here is seen.")

    def subject(self):
        return _sent_to_us(self.request, self.kwargs["pk"]).pk

    def act(self, form):
        return actions.decline_referral(referral_id=self.kwargs["pk"], **form.cleaned_data, by=self.request.viewer).pk

    def done_url(self, made):
        return reverse("services:referrals")
