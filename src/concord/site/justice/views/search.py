"""Search within one's own agency. It says what it searches. By POST: what was asked stands in no address and no log."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from concord.site.justice import finding
from concord.site.pages import paging
from concord.site.pages.lists import Absent, Column

KINDS = {"person": _("Person"), "case": _("Investigation"), "lead": _("Lead"), "docket": _("Court case")}
PAGES = {"person": "person", "case": "case", "lead": "lead"}


@require_http_methods(["GET", "HEAD", "POST"])
def search(request):
    asked = request.POST.get("q", "").replace("\0", "").strip()[:120]
    hits = finding.find(asked, request.viewer)
    columns = [
        Column(_("Found"), _title, first=True),
        Column(_("What"), lambda r: KINDS[r["hit"].kind]),
        Column(_("Investigation"), lambda r: r["hit"].investigation.code_name if r["hit"].investigation
               else Absent("not_applicable")),
    ]
    return render(request, "justice/search.html", {
        "title": _("Search"), "asked": asked, "columns": columns, "unit": _("found"),
        "page": paging.Page([{"hit": hit, "url": _url(hit)} for hit in hits], count=len(hits)),
        "empty": _("Nothing found.") if asked else _("Type a name, Person 3, a title, a lead or a docket number."),
    })


def _title(row):
    hit = row["hit"]
    if hit.person is not None:
        return hit.person.shown_as
    return hit.investigation.code_name if hit.investigation else _("Lead")


def _url(hit):
    if hit.kind == "docket":
        return reverse("justice:case_charges", args=[hit.investigation.pk])
    return reverse(f"justice:{PAGES[hit.kind]}", args=[hit.pk])
