"""A report to police or prosecutors because a client asks for it: chosen items, her permission's dates, a preview."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from concord.site.bridge import actions as bridge
from concord.site.services import actions, caseload, export
from concord.site.services.actions.disclosures import last_day
from concord.site.services.forms.files import ReportForm
from concord.site.services.views._room import FileForm
from concord.vocabulary import DisclosureItem, ReferralKind, ReleasePurpose


class Report(FileForm):
    """In steps; the last shows exactly what the recipient will see before anything is sent."""

    form_code, form_class, one_at_a_time, tab = "report", ReportForm, True, "ledger"
    check_template_name = "services/report_check.html"
    title = gettext_lazy("Report at her or his request")
    submit_label = gettext_lazy("Hand over exactly this")

    def form_options(self):
        agencies = list(bridge.recipients(ReferralKind.REPORT, self.request.viewer))
        return {"agencies": agencies, "releases": self._releases([agency.pk for agency in agencies])}

    def _releases(self, agencies):
        """Live releases for a report to one of these agencies, which may stand for a paper signed elsewhere."""
        rows = caseload.live_releases(self.request.viewer, timezone.localdate())
        rows = rows.filter(client=self.client, purpose=ReleasePurpose.REPORT, to_agency_id__in=agencies)
        return [row for row in rows.order_by("-signed_on") if last_day(row, self.client) >= timezone.localdate()]

    def _dates(self, given):
        """When her permission was signed and ends: by the release, else as the paper says."""
        release = self._release(given)
        if release is not None:
            return {"signed_on": release.signed_on, "expires_on": last_day(release, self.client)}
        return {"signed_on": given["permission_signed_on"], "expires_on": given["permission_expires_on"]}

    def _release(self, given):
        return next((row for row in self.form_options()["releases"] if row.pk == given.get("release")), None)

    def act(self, form):
        given = form.cleaned_data
        return actions.report(
            id=uuid4(), client=self.client, to_agency=given["to_agency"], items=_items(given),
            summary=given["summary"], purpose=given["purpose"], **self._dates(given), release=self._release(given),
            by=self.request.viewer,
        ).pk  # fmt: skip

    def _check(self, draft, form, status=200):
        self.preview = self._preview(form) if form.is_valid() else []
        return super()._check(draft, form, status)

    def _preview(self, form):
        given = form.cleaned_data
        return export.said(actions.preview_report(
            client=self.client, items=_items(given), summary=given["summary"], **self._dates(given),
        ))  # fmt: skip

    def more(self):
        agencies = {str(a.pk): a.name for a in self.form_options()["agencies"]}
        return super().more() | {
            "preview": getattr(self, "preview", []), "agencies": agencies,
            "cancel_url": reverse("services:client", args=[self.client.pk]),
        }  # fmt: skip


def _items(given: dict) -> list[DisclosureItem]:
    return [DisclosureItem(code) for code in given["items"]]
