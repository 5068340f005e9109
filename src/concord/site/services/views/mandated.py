"""A report that a law demands at once: which duty, made how, said to whom, and her notice afterwards."""

from datetime import timedelta
from functools import cached_property

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concord.law import mandated as law
from concord.site.accounts.directory import agency_names
from concord.site.accounts.models import Agency
from concord.site.bridge import actions as bridge
from concord.site.services import actions, duties
from concord.site.services.actions.mandated import agencies_for, duty_of
from concord.site.services.forms.mandated import DutyForm, PrivilegeForm, SaidForm, SendForm, ToldForm
from concord.site.services.models import MandatedReport
from concord.site.services.views._room import FileForm, opened, show
from concord.site.services.views.demands import Previewed, chosen
from concord.vocabulary import ReferralKind

AN_HOUR = timedelta(hours=1)


@never_cache
@require_safe
def mandated(request, pk):
    """One report: the duty, its clocks, what was made of it, and whether she was told."""
    row = get_report(request, pk)
    duty, entries = duty_of(row), list(row.disclosures.order_by("at"))
    agencies = agency_names(entry.to_agency_id for entry in entries)
    for entry in entries:
        entry.to = agencies.get(entry.to_agency_id) or entry.to_words
    file = opened(row.client, row.made_by_id, row.told_by_id)
    return show(request, "services/mandated.html", file, {
        "report": row, "duty": duty, "clocks": law.clocks(duty, row.learned_at), "entries": entries,
        "owes_notice": duties.owes_notice(row), "made_by": file.names.get(row.made_by_id, ""),
        "told_by": file.names.get(row.told_by_id, ""), "made": row.made_at or row.written_at,
        "is_late": timezone.now() - row.learned_at > AN_HOUR,  # until then "0 minutes overdue" would only frighten
    }, current="law")  # fmt: skip


def get_report(request, pk) -> MandatedReport:
    rows = MandatedReport.objects.filter(agency_id=request.viewer.agency, client__erased_on=None)
    return get_object_or_404(rows.select_related("client"), pk=pk)


class Learn(FileForm):
    """Which duty, and since when the hours run."""

    form_code, form_class, tab = "duty", DutyForm, "law"
    template_name = "services/duty.html"
    title = gettext_lazy("A report that the law demands")
    submit_label = gettext_lazy("Start the clock")

    @cached_property
    def state(self) -> str:
        return Agency.objects.values_list("state", flat=True).get(pk=self.request.viewer.agency)

    def form_options(self):
        return {"state": self.state}

    def act(self, form):
        return actions.learn_of_duty(client=self.client, **form.cleaned_data, by=self.request.viewer).pk

    def done_url(self, made):
        return reverse("services:mandated", args=[made]) if made else super().done_url(made)

    def more(self):
        return super().more() | {
            "duties": law.duties(self.state), "others": law.duties(self.state, law.Bound.OFFICIALS),
            "packs": law.packs_for(self.state), "may_name": law.may_name(self.state),
        }  # fmt: skip


class OfReport(FileForm):
    """Of a form about one report."""

    @cached_property
    def report(self) -> MandatedReport:
        return get_report(self.request, self.kwargs["pk"])

    @cached_property
    def client(self):
        return self.report.client

    def subject(self):
        return self.report.pk

    def done_url(self, made):
        return reverse("services:mandated", args=[self.report.pk])


class Said(OfReport):
    form_code, form_class = "report-said", SaidForm
    title = gettext_lazy("A report that was made")
    submit_label = gettext_lazy("Save")
    intro = gettext_lazy("Call first, write this afterwards. Nobody's leave is needed.")

    def act(self, form):
        return actions.make_report(report=self.report, **form.cleaned_data, by=self.request.viewer).pk


class Send(Previewed, OfReport):
    form_code, form_class = "report-send", SendForm
    title = gettext_lazy("Report to an agency here")
    submit_label = gettext_lazy("Report exactly this, now")

    def form_options(self):
        reachable = bridge.recipients(ReferralKind.REPORT, self.request.viewer)
        return {"agencies": agencies_for(self.report, reachable)}

    def preview(self, given):
        return actions.preview_mandated(report=self.report, items=chosen(given), summary=given["summary"])

    def act(self, form):
        given = form.cleaned_data
        return actions.make_report(
            report=self.report, way=law.Way.SENT, made_at=timezone.now(), items=chosen(given),
            summary=given["summary"], to_agency=given["to_agency"], by=self.request.viewer,
        ).pk  # fmt: skip


class Privilege(OfReport):
    form_code, form_class = "report-privilege", PrivilegeForm
    title = gettext_lazy("A privilege applies")
    submit_label = gettext_lazy("No report is made")
    intro = gettext_lazy("Ask counsel first. Only a privilege that the law itself names for this duty counts.")

    def form_options(self):
        return {"duty": duty_of(self.report)}

    def act(self, form):
        return actions.claim_privilege(report=self.report, **form.cleaned_data, by=self.request.viewer).pk


class Told(OfReport):
    form_code, form_class = "report-told", ToldForm
    title = gettext_lazy("Tell her or him that a report was made")
    submit_label = gettext_lazy("Save")
    intro = gettext_lazy("What was said, to whom and why. She or he may read it in the ledger of the file.")

    def act(self, form):
        return actions.tell_of_report(report=self.report, **form.cleaned_data, by=self.request.viewer).pk
