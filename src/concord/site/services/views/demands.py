"""A subpoena, order or warrant: what is said at the counter, what was served, the steps before, and the end."""

from functools import cached_property

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concord.law import demands as law
from concord.site.accounts.directory import agency_names
from concord.site.bridge import actions as bridge
from concord.site.pages.lists import Column
from concord.site.services import actions, duties, export, papers
from concord.site.services.actions.demands import paper_of, prepared
from concord.site.services.actions.mandated import duty_of
from concord.site.services.forms.demands import (
    DemandForm,
    EndForm,
    HandOverForm,
    NoticeForm,
    PaperForm,
    PrepareForm,
)
from concord.site.services.forms.files import FindForm
from concord.site.services.models import CompelledDisclosure
from concord.site.services.views._room import FileForm, get_client, opened, show
from concord.site.stores import audit
from concord.vocabulary import CompelledBy, CompelledOutcome, ContactHow, DisclosureItem, ReferralKind


@never_cache
@require_safe
def came(request):
    """For whoever stands at the counter: what to say, whether or not there is such a file."""
    return render(request, "services/demand_came.html", {
        "title": _("A subpoena or an order came"), "say": law.AT_THE_COUNTER, "never": law.NEVER_AT_THE_COUNTER,
        "kinds": [(rule.kind.label, rule.says) for rule in law.RULES], "form": FindForm(),
    })  # fmt: skip


@never_cache
@require_safe
def of_file(request, pk):
    """What courts demanded of this file, and what the law made us report."""
    row = get_client(request, pk)
    demands = list(row.demands.defer("document").order_by("-served_on", "-created_at"))
    for demand in demands:
        demand.url = reverse("services:demand", args=[demand.pk])
    reports = list(row.mandated_reports.order_by("-learned_at"))
    for report in reports:
        report.url, report.says = reverse("services:mandated", args=[report.pk]), duty_of(report).title
        report.waits = duties.is_missing(report)
    return show(request, "services/law.html", opened(row), {"demands": demands, "reports": reports}, current="law")


@never_cache
@require_safe
def demand(request, pk):
    """One demand: what it is, by when, what comes before anything goes, and how it ended."""
    row = get_demand(request, pk)
    attempts = list(row.attempts.order_by("-at"))
    gone = list(row.disclosures.order_by("-at"))
    file = opened(row.client, *(one.created_by_id for one in attempts), row.decided_by_id)
    agencies = agency_names(one.to_agency_id for one in gone)
    for one in attempts:
        one.by = file.names.get(one.created_by_id, "")
    for one in gone:
        one.to = agencies.get(one.to_agency_id) or one.to_words
    rule = law.rule(CompelledBy(row.kind))
    return show(request, "services/demand.html", file, {
        "demand": row, "says": rule.says, "act_by": law.act_by(rule.kind, row.served_on, row.due_on),
        "steps": law.steps(prepared(row)), "attempts": attempts, "attempt_columns": _ATTEMPT_COLUMNS, "gone": gone,
        "is_open": row.outcome == CompelledOutcome.OPEN, "decided_by": file.names.get(row.decided_by_id, ""),
        "has_paper": bool(row.document),
    }, current="law")  # fmt: skip


@never_cache
@require_safe
def demand_paper(request, pk):
    """The paper as it is kept. The name of the download says nothing about her."""
    row = get_demand(request, pk)
    content = paper_of(row)
    if not content:
        raise Http404
    audit.record("file.read", row)
    kind = papers.kind(content)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="paper.{kind.rpartition("/")[2]}"'
    return response


def get_demand(request, pk) -> CompelledDisclosure:
    rows = CompelledDisclosure.objects.filter(agency_id=request.viewer.agency, client__erased_on=None)
    return get_object_or_404(rows.select_related("client"), pk=pk)


# --- Forms ------------------------------------------------------------------------------------------------------------


class Record(FileForm):
    """What was served, with the paper."""

    form_code, form_class, tab = "demand", DemandForm, "law"
    title = gettext_lazy("A subpoena or an order came")
    submit_label = gettext_lazy("Enter it and hold the file")
    intro = gettext_lazy("Confirm nothing to whoever brought it. Once it is entered, nothing of this file is erased.")

    def form_options(self):
        sent = int(self.request.META.get("CONTENT_LENGTH") or 0)
        return {"dropped": sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE and not self.request.FILES}

    def act(self, form):
        given = form.cleaned_data
        sent = given.pop("paper")
        return actions.record_demand(
            client=self.client, **given, paper=sent.read() if sent else b"", by=self.request.viewer
        ).pk

    def done_url(self, made):
        return reverse("services:demand", args=[made]) if made else super().done_url(made)


class OfDemand(FileForm):
    """Of a form about one demand."""

    @cached_property
    def demand(self) -> CompelledDisclosure:
        return get_demand(self.request, self.kwargs["pk"])

    @cached_property
    def client(self):
        return self.demand.client

    def subject(self):
        return self.demand.pk

    def done_url(self, made):
        return reverse("services:demand", args=[self.demand.pk])


class AddPaper(OfDemand):
    form_code, form_class = "demand-paper", PaperForm
    title = gettext_lazy("The paper that was served")
    submit_label = gettext_lazy("Keep it")

    def act(self, form):
        paper = form.cleaned_data["paper"].read()
        return actions.add_paper(demand=self.demand, paper=paper, by=self.request.viewer).pk


class LogNotice(OfDemand):
    form_code, form_class = "notice", NoticeForm
    title = gettext_lazy("A try to tell her or him")
    submit_label = gettext_lazy("Save")
    intro = gettext_lazy("Reach her or him only in the ways that are safe. Each try counts, reached or not.")

    def act(self, form):
        return actions.log_notice(demand=self.demand, **form.cleaned_data, by=self.request.viewer).pk


class Prepare(OfDemand):
    form_code, form_class = "demand-prepare", PrepareForm
    title = gettext_lazy("What was done before anything goes")
    submit_label = gettext_lazy("Save")

    def form_options(self):
        names = ("counsel", "counsel_on", "safety_steps", "no_notice_reason")
        return {"initial": {name: getattr(self.demand, name) for name in names}}

    def act(self, form):
        return actions.prepare_demand(demand=self.demand, **form.cleaned_data, by=self.request.viewer).pk


class End(OfDemand):
    """It ended, and nothing went."""

    form_code, form_class = "demand-end", EndForm
    title = gettext_lazy("It ended and nothing was handed over")
    submit_label = gettext_lazy("Save")
    intro = gettext_lazy("The hold on the file stays until somebody lifts it. A new paper is a new demand.")

    def form_options(self):
        return {"kind": CompelledBy(self.demand.kind)}

    def act(self, form):
        return actions.decide_demand(demand=self.demand, **form.cleaned_data, by=self.request.viewer).pk


class Previewed:
    """Of a form in steps whose last page shows exactly what goes, before it goes. Set `preview`, and `to_whom`."""

    one_at_a_time = True
    check_template_name = "services/hand_over_check.html"
    submit_label = gettext_lazy("Hand over exactly this")

    def preview(self, given: dict) -> dict:
        raise NotImplementedError

    def before(self) -> list[str]:
        """What has to be done first."""
        return []

    def _check(self, draft, form, status=200):
        self.shown = export.said(self.preview(form.cleaned_data)) if form.is_valid() else []
        return super()._check(draft, form, status)

    def more(self):
        return super().more() | {
            "preview": getattr(self, "shown", []), "before": self.before(), "cancel_url": self.done_url(None),
            "agencies": {str(agency.pk): agency.name for agency in self.form_options()["agencies"]},
        }  # fmt: skip


def chosen(given: dict) -> list[DisclosureItem]:
    return [DisclosureItem(code) for code in given["items"]]


class HandOver(Previewed, OfDemand):
    """The minimum, on the order: chosen items, one recipient, exactly what goes shown first."""

    form_code, form_class = "demand-hand-over", HandOverForm
    title = gettext_lazy("Hand over the minimum")

    def form_options(self):
        return {"agencies": list(bridge.recipients(ReferralKind.REPORT, self.request.viewer))}

    def before(self):
        return [step.says for step in law.steps(prepared(self.demand)) if not step.done]

    def preview(self, given):
        return actions.preview_demand(demand=self.demand, items=chosen(given), summary=given["summary"])

    def act(self, form):
        given = form.cleaned_data
        return actions.decide_demand(
            demand=self.demand, outcome=CompelledOutcome.COMPLIED, decided_on=given["decided_on"], items=chosen(given),
            summary=given["summary"], to_agency=given["to_agency"], to_words=given["to_words"], by=self.request.viewer,
        ).pk  # fmt: skip


_ATTEMPT_COLUMNS = [
    Column("How", lambda a: ContactHow(a.how).label, first=True),
    Column("When", "at"),
    Column("Reached", "reached"),
    Column("By", "by"),
]
