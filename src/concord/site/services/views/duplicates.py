"""Files that may be one person's: looking, comparing two side by side, deciding, taking back.

No page shows a score. It shows what is alike and what is not, and somebody of the staff decides.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.site.accounts.directory import staff_names
from concord.site.pages import words
from concord.site.pages.lists import Absent
from concord.site.pages.objections import complain
from concord.site.pages.records import Fact, Status
from concord.site.services import actions, caseload, duplicates, pairs, weighing
from concord.site.services.duplicates import How, What
from concord.site.services.forms.duplicates import PairForm
from concord.site.services.models import Client
from concord.site.services.views._room import INVALID, get_client
from concord.site.stores import audit
from concord.vocabulary import ClientKind, PairVerdict, SpokenLanguage, Why

AT_ONCE = 20
LATELY = 10

LABELS = {
    What.NAMES: gettext_lazy("Given and family name"),
    What.GIVEN: gettext_lazy("Given name"),
    What.FAMILY: gettext_lazy("Family name"),
    What.OTHERS: gettext_lazy("Other names"),
    What.BIRTH: gettext_lazy("Birth date"),
    What.PHONE: gettext_lazy("Phone"),
    What.PLACE: gettext_lazy("Address"),
    What.LANGUAGE: gettext_lazy("Language"),
}
STATES = {
    How.SAME: (gettext_lazy("The same"), "good"),
    How.ALIKE: (gettext_lazy("Alike"), "info"),
    How.SWAPPED: (gettext_lazy("Swapped"), "info"),
    How.FITS: (gettext_lazy("Fits"), "info"),
    How.DIFFERENT: (gettext_lazy("Different"), "warning"),
    How.MISSING: (gettext_lazy("Cannot be compared"), "plain"),
}
#: How a part is said in a line of the list. What is the same by chance in many files is not said there.
SAID = {
    (What.NAMES, How.SWAPPED): gettext_lazy("given and family name swapped: %(one)s / %(other)s"),
    (What.GIVEN, How.SAME): gettext_lazy("same given name"),
    (What.GIVEN, How.ALIKE): gettext_lazy("given name alike: %(one)s / %(other)s"),
    (What.GIVEN, How.DIFFERENT): gettext_lazy("given name differs"),
    (What.FAMILY, How.SAME): gettext_lazy("same family name"),
    (What.FAMILY, How.ALIKE): gettext_lazy("family name alike: %(one)s / %(other)s"),
    (What.FAMILY, How.DIFFERENT): gettext_lazy("family name differs"),
    (What.OTHERS, How.SAME): gettext_lazy("another name in common: %(one)s"),
    (What.BIRTH, How.SAME): gettext_lazy("same birth date"),
    (What.BIRTH, How.ALIKE): gettext_lazy("birth dates differ in one digit"),
    (What.BIRTH, How.SWAPPED): gettext_lazy("day and month of birth swapped"),
    (What.BIRTH, How.FITS): gettext_lazy("birth dates fit, as far as they are known"),
    (What.BIRTH, How.DIFFERENT): gettext_lazy("birth date differs"),
    (What.BIRTH, How.MISSING): gettext_lazy("birth date not known in both"),
    (What.PHONE, How.SAME): gettext_lazy("a phone number in common"),
    (What.PLACE, How.SAME): gettext_lazy("same address"),
    (What.PLACE, How.ALIKE): gettext_lazy("addresses alike"),
    (What.LANGUAGE, How.DIFFERENT): gettext_lazy("language differs"),
}
VERDICTS = {
    PairVerdict.SAME: (gettext_lazy("The same person"), "good"),
    PairVerdict.DIFFERENT: (gettext_lazy("Never these two"), "plain"),
}


@never_cache
@require_safe
def index(request):
    """What the last look proposed, and what was decided lately. Nothing is compared by opening this page."""
    _require_decider(request)
    look = pairs.kept(request.viewer)
    waiting = pairs.waiting(look, request.viewer) if look else []
    shown = _proposals(request, waiting[:AT_ONCE])
    rows = pairs.decisions(request.viewer).select_related("client", "other")
    decided = list(rows.order_by("-created_at", "-id")[:LATELY])
    names = staff_names(one.created_by_id for one in decided)
    for one in decided:
        one.by = names.get(one.created_by_id, _("a former colleague"))
        one.state = _verdict(one)
    return render(request, "services/duplicates.html", {
        "title": _("Possibly the same person"), "look": look, "pairs": shown, "rest": len(waiting) - len(shown),
        "decided": decided, "simple": not weighing.IS_HERE,
    })  # fmt: skip


@require_POST
def look(request):
    """Compare all files now."""
    _require_decider(request)
    try:
        found = actions.look_for_duplicates(by=request.viewer)
    except weighing.WeighingFailed:
        messages.error(request, _("The files could not be compared. Try again; if it fails again, tell whoever runs "
                                  "this installation. Nothing was changed."))  # fmt: skip
    else:
        messages.success(request, _("%(n)d files were compared.") % {"n": found.files})
    return redirect("services:duplicates")


@never_cache
@require_safe
def twins(request, pk):
    """For one file: whether there is another of the same person."""
    client = get_client(request, pk)
    linked = pairs.twins(client, request.viewer)
    like = [duplicates.in_order(client.pk, other) for other in pairs.like(client, request.viewer)]
    audit.record("file.read", client)
    return render(request, "services/twins.html", {
        "title": client.display_name, "client": client, "may_decide": _decides(request),
        "linked": [{"client": one, "url": _pair_url(client, one), "state": _state(one)} for one in linked],
        "pairs": _proposals(request, like[:AT_ONCE], about=client),
    })  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def pair(request, pk, other):
    """Two files side by side, and the decision about them. Both count as read."""
    one, two = _both(request, pk, other)
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_pair(client=one, other=two, verdict=form.cleaned_data["verdict"],
                                note=form.cleaned_data["note"], by=request.viewer)  # fmt: skip
        except actions.Objection as objection:
            complain(form, objection)
        else:
            messages.success(request, _("Decided. Both files stay as they are; you can undo this at any time."))
            return redirect(_pair_url(one, two))
    for file in (one, two):
        audit.record("file.read", file)
    decision = pairs.standing(one.pk, two.pk, request.viewer)
    if decision:
        decision.by = staff_names([decision.created_by_id]).get(decision.created_by_id, _("a former colleague"))
        decision.state = _verdict(decision)
    return render(request, "services/pair.html", {
        "title": _("Are these the same person?"), "one": one, "other": two, "form": form, "decision": decision,
        "files": [_file(request, file) for file in (one, two)], "may_decide": _decides(request),
        "rows": [_row(part) for part in duplicates.compare(pairs.of(one), pairs.of(two))],
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


@require_POST
def undo(request, pk):
    _require_decider(request)
    decision = get_object_or_404(pairs.decisions(request.viewer).select_related("client", "other"), pk=pk)
    actions.undo_decision(decision=decision, by=request.viewer)
    messages.success(request, _("Undone. The two files are apart again, and may be proposed again."))
    return redirect(_pair_url(decision.client, decision.other))


# --- What is shown ----------------------------------------------------------------------------------------------------


def _decides(request) -> bool:
    return request.viewer.has(*pairs.DECIDERS)


def _require_decider(request) -> None:
    if not _decides(request):
        raise PermissionDenied


def _both(request, pk, other) -> tuple[Client, Client]:
    """Two own files that the viewer may open; else it is as if there were none."""
    found = {one.pk: one for one in caseload.clients(request.viewer).filter(pk__in=(pk, other), erased_on=None)}
    if len(found) != 2:
        raise Http404
    return found[pk], found[other]


def _pair_url(one: Client, other: Client) -> str:
    return reverse("services:pair", args=[one.pk, other.pk])


def _proposals(request, found, about: Client | None = None) -> list[dict]:
    """Pairs of which the viewer may open both: whose they are, what is alike, and where to compare them."""
    ids = {pk for two in found for pk in two}
    clients = {one.pk: one for one in caseload.clients(request.viewer).filter(pk__in=ids)}
    shown = []
    for two in found:
        if not clients.keys() >= set(two):
            continue
        one, other = sorted((clients[pk] for pk in two), key=lambda client: (client != about, client.first_contact_on))
        shown.append({"one": one, "other": other, "url": _pair_url(one, other), "said": sentence(one, other),
                      "states": (_state(one), _state(other))})  # fmt: skip
    return shown


def sentence(one: Client, other: Client) -> str:
    """What is alike and what is not, in a line: "Same given name, family name alike: García / Garza, ..." """
    parts = duplicates.compare(pairs.of(one), pairs.of(other))
    phrases = [
        SAID[part.what, part.how] % {"one": part.one, "other": part.other}
        for part in parts
        if (part.what, part.how) in SAID
    ]
    line = ", ".join(map(str, phrases))
    return line[:1].upper() + line[1:]


def _row(part) -> dict:
    state, tone = STATES[part.how]
    value = _VALUES.get(part.what, str)
    return {
        "label": LABELS[part.what], "state": Status(state, tone),
        "one": value(part.one) if part.one else Absent(Why.NOT_RECORDED),
        "other": value(part.other) if part.other else Absent(Why.NOT_RECORDED),
    }  # fmt: skip


_VALUES = {What.BIRTH: words.partial, What.LANGUAGE: lambda code: SpokenLanguage(code).label}


def _file(request, client: Client) -> dict:
    staff = list(client.assignments.filter(until_date=None).values_list("staff_id", flat=True))
    names = staff_names(staff)
    return {
        "client": client, "url": reverse("services:client", args=[client.pk]), "state": _state(client),
        "facts": (
            Fact(_("First contact"), client.first_contact_on),
            Fact(_("Kind of file"), ClientKind(client.kind).label),
            Fact(_("Staff"), ", ".join(names.get(one, _("a former colleague")) for one in staff) or _("Nobody yet")),
        ),
    }  # fmt: skip


def _state(client: Client) -> Status:
    return Status(_("Open file"), "good") if client.is_open else Status(_("Closed file"))


def _verdict(decision) -> Status:
    return Status(*VERDICTS[PairVerdict(decision.verdict)])
