"""The ledger of a client's file: what left it, for staff, and for her to read and take along."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concord.site.pages import paging
from concord.site.services import ledger as entries
from concord.site.services.views._room import get_client, opened, show
from concord.site.services.views.release_paper import language_of, other_language
from concord.site.stores import audit

_ORDER = ("-at", "-id")


@never_cache
@require_safe
def ledger(request, pk):
    """What left this file: what, to whom, when and why, whether it was opened, with exactly what was sent."""
    client = get_client(request, pk)
    file = opened(client)
    page = paging.page(client.disclosures.all(), order=_ORDER, after=request.GET.get("after", ""))
    lines = entries.read(page.rows, request.viewer)
    return show(request, "services/ledger.html", file, {"page": page, "lines": lines}, current="ledger")


@never_cache
@require_safe
def on_paper(request, pk):
    """The same, all of it, for her: in her language by the link on the sheet. It stays in her own file."""
    client = get_client(request, pk)
    audit.record("file.printed", client)
    with override(language_of(request)):
        return render(request, "services/ledger_paper.html", {
            "title": _("Who saw what, when and why"), "page_title": _("Ledger"),
            "lines": entries.read(client.disclosures.order_by(*_ORDER), request.viewer),
            "back_url": reverse("services:ledger", args=[client.pk]), "back_label": _("Back"),
            "handling": _("Hers or his alone. Nobody else is shown this."), **other_language(request),
        })  # fmt: skip
