"""Releases of a client's file: the list, one of them, the signed paper, taking it back, handing over by hand."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.law import releases as law
from concord.site.accounts.directory import agency_names
from concord.site.accounts.models import Agency
from concord.site.bridge import packages
from concord.site.pages.lists import Column, Deadline
from concord.site.pages.records import Fact, Status
from concord.site.services import actions, papers
from concord.site.services.actions import releases
from concord.site.services.forms.releases import RevokeForm
from concord.site.services.ledger import fate, lines_of
from concord.site.services.models import Client, Release
from concord.site.services.views._room import INVALID, get_client, opened, show
from concord.site.stores import audit
from concord.vocabulary import (
    ReleasePurpose,
    RevocationChannel,
    Sector,
    SignatureMethod,
    SignerCapacity,
)

TONES = {law.State.LIVE: "good", law.State.EXPIRED: "plain", law.State.REVOKED: "danger", law.State.OF_AGE: "warning"}


# --- The list ---------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def releases_of(request, pk):
    """Each release, where it stands and how many days are left, the newest first."""
    client = get_client(request, pk)
    rows = list(client.releases.order_by("-signed_on", "-created_at")[:100])
    file = opened(client, *(row.to_staff_id for row in rows))
    agencies = agency_names(row.to_agency_id for row in rows)
    for row in rows:
        dress(row, client, file.names, agencies)
    return show(request, "services/releases.html", file, {"rows": rows, "columns": _columns()}, current="releases")


def _columns():
    return [
        Column(_("To"), "to", first=True),
        Column(_("What for"), lambda r: ReleasePurpose(r.purpose).label),
        Column(_("State"), "status"),
        Column(_("Last day"), lambda r: Deadline(r.standing.ends_on) if r.standing.live else r.standing.ends_on),
        Column(_("Signed"), "signed_on"),
    ]


def dress(row: Release, client: Client, names: dict, agencies: dict) -> None:
    """What lists and pages say of a release beside its columns."""
    row.standing = releases.standing(row, timezone.localdate(), client.birth_date)
    row.status = Status(_(row.standing.state.label), TONES[row.standing.state])
    row.to = _to(row, names, agencies)
    row.url = reverse("services:release", args=[row.pk])


def _to(row: Release, names: dict, agencies: dict) -> str:
    if not row.to_agency_id:
        return row.to_words or ""
    person = names.get(row.to_staff_id) or _("somebody who has left")
    return f"{person}, {agencies.get(row.to_agency_id, '')}"


# --- One release ------------------------------------------------------------------------------------------------------


def get_release(request, pk: UUID) -> Release:
    rows = Release.objects.filter(agency_id=request.viewer.agency).select_related("client", "client__principal")
    return get_object_or_404(rows, pk=pk)


@never_cache
@require_safe
def release(request, pk):
    """What was signed, what has become of it, and what can be done: take back, renew, print."""
    row = get_release(request, pk)
    client = row.client
    file = opened(client, row.to_staff_id, row.explained_by_id, row.created_by_id, row.revoked_by_id)
    dress(row, client, file.names, agency_names([row.to_agency_id]))
    handed = row.disclosures.order_by("at").first()
    package = packages.sent_packages(request.viewer).filter(pk=handed.package_id).first() if handed else None
    became = fate(handed, package) if handed else Status(_("Nothing has been handed over"))
    return show(request, "services/release.html", file, {
        "release": row, "facts": facts_of(row, file.names), "lines": lines_of(row.words or {}), "handed": handed,
        "fate": became, "has_paper": row.method != SignatureMethod.ORAL,
        "renewed": row.renewals.order_by("-signed_on").first(),
    }, current="releases")  # fmt: skip


def facts_of(row: Release, names: dict) -> list[Fact]:
    """Who, what for, until when, and how it was signed, as pages and paper say it."""
    facts = [
        Fact(_("May be given to"), row.to),
        Fact(_("What for"), ": ".join(filter(None, (_(ReleasePurpose(row.purpose).label), row.purpose_words)))),
        Fact(_("Signed on"), row.signed_on),
        Fact(_("Last day"), row.standing.ends_on),
        Fact(_("Signed by"), ", ".join(filter(None, (row.signer_name, row.cosigner_name)))),
        Fact(_("Signed as"), _(SignerCapacity(row.signer_capacity).label)),
        Fact(_("How it was signed"), _(SignatureMethod(row.method).label)),
        Fact(_("Risks and limits explained by"), names.get(row.explained_by_id) or _("a former colleague")),
    ]
    more = (
        (_("By which law, order or appointment"), row.capacity_basis), (_("Witness"), row.witness),
        (_("Interpreter"), row.interpreter),
    )  # fmt: skip
    return facts + [Fact(label, value) for label, value in more if value]


@never_cache
@require_safe
def signed_paper(request, pk):
    """The scan or the drawn signature, for her provider's own eyes."""
    row = get_release(request, pk)
    audit.record("file.read", row.client)
    content = releases.paper_of(row)
    if not content:
        return HttpResponse(_("There is no paper: it was said aloud before a witness."), content_type="text/plain")
    kind = papers.kind(content)
    name = f"signed.{'pdf' if kind == papers.PDF else 'png'}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@never_cache
@require_http_methods(["GET", "POST"])
def revoke(request, pk):
    """Take it back: one step, with the way in which she said so. First what that can and cannot undo."""
    row = get_release(request, pk)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        channel = RevocationChannel(form.cleaned_data["channel"])
        row = actions.revoke_release(release=row, channel=channel, note=form.cleaned_data["note"], by=request.viewer)
        if row.revoked_by_id != request.viewer.staff:
            messages.info(request, _("A colleague had already entered that it was taken back."))
        return redirect("services:release", row.pk)
    handed = row.disclosures.order_by("at").first()
    package = packages.sent_packages(request.viewer).filter(pk=handed.package_id).first() if handed else None
    opened = bool(package.opened_at) if package else handed is not None and handed.package_id is None
    return render(request, "pages/confirm.html", {
        "title": _("Take the release back"), "page_title": _("Take the release back"), "form": form, "grave": True,
        "consequences": [_(words) for words in law.what_revocation_does(sector_of(row.to_agency_id), opened)],
        "submit_label": _("Take it back now"), "cancel_url": reverse("services:release", args=[row.pk]),
    }, status=INVALID if form.is_bound else 200)  # fmt: skip


@require_POST
def handed_over(request, pk):
    """Enter that the printed sheet was handed over."""
    row = get_release(request, pk)
    try:
        actions.hand_over_on_paper(release=row, by=request.viewer)
    except actions.Objection as objection:
        messages.error(request, str(objection))
    return redirect("services:release", row.pk)


def sector_of(agency: UUID | None) -> Sector | None:
    found = Agency.objects.filter(pk=agency).values_list("sector", flat=True).first() if agency else None
    return Sector(found) if found else None
