"""The prosecutor's queue and the office's own file. Police who come here find no such page."""

from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.site.accounts.directory import agency_names
from concord.site.justice.actions import prosecution as actions
from concord.site.justice.forms.court import ConsiderForm, DecisionForm, ReasonForm, WorksheetForm
from concord.site.justice.models import (
    ChargeReason,
    ConsideredCharge,
    DecisionReason,
    ProsecutionReferral,
    Worksheet,
)
from concord.site.justice.views.common import (
    GET_POST,
    access_to_office,
    ask,
    case_of,
    opened,
    people_of,
    require_sector,
    sent,
    suspects,
)
from concord.site.justice.views.court import charge_of
from concord.site.pages import paging
from concord.site.pages.lists import Column
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import (
    ChargeClass,
    DeclineReason,
    Forum,
    NotTraffickingReason,
    ProsecutionDecision,
    Sector,
    TraffickingType,
)


@require_safe
def charging(request):
    """What was referred to this office and waits for its decision, oldest first."""
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    rows = ProsecutionReferral.objects.filter(to_agency_id=by.agency).select_related("investigation")
    decided = "decided" in request.GET
    pending = ProsecutionDecision.PENDING
    rows = rows.exclude(decision=pending) if decided else rows.filter(decision=pending)
    order = ("-decided_on", "-id") if decided else ("referred_on", "id")
    page = paging.page(rows, order=order, after=request.GET.get("after", ""))
    names = agency_names(r.agency_id for r in page.rows)
    for row in page.rows:
        row.url = reverse("justice:decision", args=[row.pk])
    columns = [
        Column(_("Investigation"), lambda r: r.investigation.code_name, first=True),
        Column(_("From"), lambda r: names.get(r.agency_id, "")),
        Column(_("Referred"), "referred_on"),
        Column(_("Type"), lambda r: TraffickingType(r.investigation.trafficking_type)),
        Column(_("Decision"), lambda r: ProsecutionDecision(r.decision)),
    ]
    other = Action(_("Waiting"), "?") if decided else Action(_("Decided"), "?decided=1")
    return render(request, "pages/list.html", {
        "title": _("Decided referrals") if decided else _("To decide"), "page": page, "columns": columns,
        "unit": _("referrals"), "actions": [other], "empty": _("Nothing waits for your office's decision.")})


@require_http_methods(GET_POST)
def decision(request, pk):
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    row = opened(get_object_or_404(ProsecutionReferral.objects.select_related("investigation"), pk=pk,
                                   to_agency_id=by.agency))
    case = row.investigation
    names = agency_names({row.agency_id, by.agency})
    reasons = DecisionReason.objects.filter(agency_id=by.agency, referral_id=row.pk).order_by("-created_at")
    record = Record(
        kind=_("Referral to prosecution"), title=case.code_name,
        status=Status(ProsecutionDecision(row.decision).label, "info"),
        next_step=_("Accept or decline") if row.decision == ProsecutionDecision.PENDING else "",
        facts=(Fact(_("From"), names.get(row.agency_id)), Fact(_("Referred"), row.referred_on),
               Fact(_("To which courts"), Forum(row.forum) if row.forum else None, "not_yet_known"),
               Fact(_("Decided"), row.decided_on, "not_yet_known")),
        actions=(Action(_("See the investigation"), reverse("justice:case", args=[case.pk])),
                 Action(_("Your office's own file"), reverse("justice:office_file", args=[case.pk]))),
        access=access_to_office(by, names))
    form = DecisionForm(*sent(request), initial={"decision": row.decision})

    def act(form):
        return actions.decide(row, **form.cleaned_data, by=by)

    return ask(request, form, act, done=reverse("justice:charging"), template="justice/decision.html", record=record,
               reasons=[_reason(r) for r in reasons])


def _reason(row):
    return {"on": row.decided_on, "note": row.note, "words": [
        code.label for code in (
            DeclineReason(row.decline_reason) if row.decline_reason else None,
            NotTraffickingReason(row.not_trafficking_reason) if row.not_trafficking_reason else None) if code]}


@require_safe
def office_file(request, pk):
    """What this office considered, why it decided, and its worksheet."""
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    case = opened(case_of(pk))
    settings.CONCORD_RINGS.warm(case.agency_id)
    mine = {"agency_id": by.agency, "investigation_id": case.pk}
    people = {p.pk: p for p in people_of(case)}
    considered = ConsideredCharge.objects.filter(**mine).order_by("-created_at")
    sheet = Worksheet.objects.filter(**mine).first()
    held = (sheet.steps or {}) if sheet else {}
    record = Record(
        kind=_("Your office's own file"), title=case.code_name,
        actions=(Action(_("Weigh a charge"), reverse("justice:consider", args=[pk]), primary=True),
                 Action(_("Worksheet"), reverse("justice:worksheet", args=[pk])),
                 Action(_("See the investigation"), reverse("justice:case", args=[pk]))),
        access=access_to_office(by, agency_names([by.agency])))
    return render(request, "justice/office_file.html", {
        "record": record, "case": case,
        "considered": [(c, ChargeClass(c.charge_class) if c.charge_class else None, people.get(c.person_id))
                       for c in considered],
        "steps": [(label, held.get(name, "")) for name, label in actions.STEPS],
        "reasons": [_reason(r) for r in DecisionReason.objects.filter(**mine).order_by("-created_at")]})


@require_http_methods(GET_POST)
def consider(request, pk):
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    case = case_of(pk)
    people = {str(p.pk): p for p in suspects(people_of(case))}
    form = ConsiderForm(*sent(request), suspects=people.values(), initial={"jurisdiction": "US", "counts": 1})

    def act(form):
        given = dict(form.cleaned_data)
        return actions.consider(case, **given | {"person": people[given["person"]]}, by=by)

    back = reverse("justice:office_file", args=[pk])
    return ask(request, form, act, done=back, title=_("Weigh a charge"), page_title=_("Charge considered"),
               back_url=back, back_label=case.code_name, intro=_("Work product: only your office reads it."))


@require_http_methods(GET_POST)
def worksheet(request, pk):
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    case = case_of(pk)
    sheet = Worksheet.objects.filter(agency_id=by.agency, investigation_id=pk).first()
    held = (sheet.steps or {}) if sheet else {}
    form = WorksheetForm(*sent(request), initial={
        "forum": sheet.forum if sheet else "", **{f"step_{name}": text for name, text in held.items()}})
    back = reverse("justice:office_file", args=[pk])
    return ask(request, form, lambda f: actions.save_worksheet(
        case.pk, forum=f.cleaned_data["forum"], steps=f.steps(), by=by), done=back, title=_("Worksheet"),
        page_title=_("Worksheet"), back_url=back, back_label=case.code_name,
        intro=_("Work product: only your office reads it."))


@require_http_methods(GET_POST)
def charge_reason(request, pk):
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    row = charge_of(pk)
    held = ChargeReason.objects.filter(agency_id=by.agency, charge_id=pk).first()
    form = ReasonForm(*sent(request), initial={"reason": held.reason, "note": held.note} if held else None)
    back = reverse("justice:charge", args=[pk])
    return ask(request, form, lambda f: actions.give_reason(row, **f.cleaned_data, by=by), done=back,
               title=_("Why it is not charged as trafficking"), page_title=_("Charge"), back_url=back,
               back_label=row.citation, intro=_("Only your office reads this. Not itself a failure."))


