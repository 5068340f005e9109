"""Releases on paper: to be signed, to keep, to hand over. In Spanish by a link on the sheet: it is her language that
counts, not the browser's of whoever prints."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concord.law import releases as law
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.services import actions
from concord.site.services.actions import releases
from concord.site.services.forms.releases import ReleaseForm
from concord.site.services.ledger import lines_of
from concord.site.services.views.release_form import NewRelease, Renew
from concord.site.services.views.releases import dress, get_release, sector_of
from concord.site.stores import audit
from concord.vocabulary import ReleasePurpose, SignatureMethod, SignerCapacity

LANGUAGES = ("en", "es")


class Blank(NewRelease):
    """The release as it stands in the draft, to be signed on paper; in her language by an explicit link."""

    http_method_names = ("get", "head")

    def get(self, request, *args, **kwargs):
        form = ReleaseForm(self._answers, **self.form_options())
        if not form.is_valid():
            return redirect(f"{self._back()}?step=check")
        with override(language_of(request)):
            shown = self._shown(form)
            row = self._unsigned(self._proposed(form.cleaned_data), shown)
            return _sheet(request, row, shown["lines"], shown["revocation"], f"{self._back()}?step=check")

    def _back(self):
        if self.renews is None:
            return reverse("services:release_new", args=[self.client.pk])
        return reverse("services:release_renew", args=[self.renews.pk])

    def _unsigned(self, proposed: actions.Proposed, shown: dict) -> dict:
        names = staff_names([proposed.explained_by])
        return {
            "to": shown["to"], "purpose": proposed.purpose, "purpose_words": proposed.purpose_words,
            "ends_on": shown["ends_on"], "signer": self.client.full_name or self.client.called or "",
            "cosigner": proposed.cosigner_name, "capacity": SignerCapacity(proposed.capacity).label,
            "explained_by": names.get(proposed.explained_by, ""), "interpreter": proposed.interpreter,
            "client": self.client, "signed_on": None,
        }  # fmt: skip


class RenewalBlank(Blank, Renew):
    """The same for a renewal."""


@never_cache
@require_safe
def on_paper(request, pk):
    """A signed release for printing, for her to keep."""
    row = get_release(request, pk)
    audit.record("file.printed", row.client)
    names = staff_names([row.to_staff_id, row.explained_by_id])
    dress(row, row.client, names, agency_names([row.to_agency_id]))
    with override(language_of(request)):
        shown = {
            "to": row.to, "purpose": ReleasePurpose(row.purpose), "purpose_words": row.purpose_words,
            "ends_on": row.standing.ends_on, "signer": row.signer_name, "cosigner": row.cosigner_name,
            "capacity": SignerCapacity(row.signer_capacity).label,
            "explained_by": names.get(row.explained_by_id, ""), "interpreter": row.interpreter, "client": row.client,
            "signed_on": row.signed_on, "method": SignatureMethod(row.method).label, "witness": row.witness,
            "revoked_at": row.revoked_at,
        }  # fmt: skip
        lines = lines_of(row.words or {})
        revocation = law.what_revocation_will_do(sector_of(row.to_agency_id))
        return _sheet(request, shown, lines, revocation, reverse("services:release", args=[row.pk]))


@never_cache
@require_safe
def copy(request, pk):
    """What is handed over on paper to somebody without an account: the listed items, and nothing else of the file."""
    row = get_release(request, pk)
    try:
        releases.require_live(row)
    except actions.Objection as objection:
        messages.error(request, str(objection))
        return redirect("services:release", row.pk)
    audit.record("file.printed", row.client)
    content = releases.signed_content(row, request.viewer)
    return render(request, "services/release_copy.html", {
        "title": _("Given with a client's written permission"), "page_title": _("Sheet to hand over"), "release": row,
        "content": content, "lines": lines_of(content["items"]),
        "purpose": ReleasePurpose(row.purpose).label, "ends_on": dt.date.fromisoformat(content["expires_on"]),
        "back_url": reverse("services:release", args=[row.pk]),
        "handling": _("For the person named, for this purpose, until this day. Pass nothing on."),
    })  # fmt: skip


def language_of(request) -> str:
    """As asked by the link on the sheet."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else "en"


def other_language(request) -> dict:
    other = "en" if language_of(request) == "es" else "es"
    words = "En español" if other == "es" else "In English"
    return {"lang": language_of(request), "other_lang": other, "other_words": words}


def _sheet(request, shown: dict, lines: list, revocation, back_url: str) -> HttpResponse:
    """Rendered inside the chosen language, not after it."""
    purpose = ReleasePurpose(shown["purpose"])
    return render(request, "services/release_paper.html", {
        "title": _("My permission to share"), "page_title": _("Release"), "sheet": shown, "lines": lines,
        "purpose": _(purpose.label), "purpose_says": _(law.TEMPLATES[purpose].words),
        "capacity": _(shown["capacity"]), "method": _(shown["method"]) if shown.get("method") else "",
        "revocation": [_(words) for words in revocation], "back_url": back_url, "back_label": _("Back"),
        "handling": _("Hers or his to keep. A copy stays in the file."), **other_language(request),
    })  # fmt: skip
