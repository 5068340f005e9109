"""Incidents to read again for missed indicators: the queue, one incident, and the lead it may become."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from concord.law import elements
from concord.site.accounts.directory import agency_names, staff_names
from concord.site.justice.codes import RereadStatus
from concord.site.justice.desk import FormView
from concord.site.justice.forms.leads import LeadForm
from concord.site.justice.imports import reread as actions
from concord.site.justice.imports import words
from concord.site.justice.imports.forms import RereadFilter, RereadForm
from concord.site.justice.imports.views.shared import require
from concord.site.justice.models import (
    NibrsArrestee,
    NibrsOffender,
    NibrsOffense,
    NibrsVictim,
    RereadItem,
)
from concord.site.justice.views.common import GET_POST, access_to_own, ask, opened, sent
from concord.site.pages import paging
from concord.site.pages.lists import Column, Link
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import LeadSource, Sector

CHECKLIST = [rule for rule in elements.RULES if rule.id in ("SEX_SF", "LABOR_SF") and rule.valid_to is None]
TONES = {RereadStatus.WAITING: "warning", RereadStatus.INDICATORS: "danger", RereadStatus.NONE: "good"}


def _status(item) -> Status:
    status = RereadStatus(item.status)
    return Status(status.label, TONES.get(status, "plain"))


def _title(incident) -> str:
    return _("Incident %(number)s") % {"number": incident.nibrs_id}


@require_safe
def queue(request):
    """Incidents that a rule sends to be read again, those that have waited longest first."""
    by, filters = request.viewer, RereadFilter(request.GET)
    require(by, Sector.LAW_ENFORCEMENT)
    rows = RereadItem.objects.filter(agency_id=by.agency).select_related("incident").defer("note")
    asked = filters.narrowed("status")
    if asked != "all":
        rows = rows.filter(status=asked or RereadStatus.WAITING)
    page = paging.page(rows, order=("created_at", "id"), after=request.GET.get("after", ""))
    for item in page.rows:
        item.url = reverse("justice:reread_item", args=[item.pk])
    columns = [
        Column(_("Incident"), lambda i: _title(i.incident), first=True),
        Column(_("Reporting agency (ORI)"), lambda i: i.incident.ori),
        Column(_("Day"), lambda i: i.incident.on_date),
        Column(_("Why read it again"), lambda i: "; ".join(_says(code) for code in i.rules)),
        Column(_("State"), _status),
    ]
    return render(request, "pages/list.html", {
        "title": _("Incidents to read again"), "filters": filters, "page": page, "columns": columns,
        "unit": _("incidents"),
        "intro": _("A rule found something in how these were reported. It says nothing about anyone: read the file "
                   "again and say what you find."),
        "empty": _("Nothing waits. A NIBRS release fills this list."),
    })  # fmt: skip


def _says(code: str) -> str:
    rule = actions.BY_CODE.get(code)
    return rule.says if rule else code


def _item(request, pk) -> RereadItem:
    require(request.viewer, Sector.LAW_ENFORCEMENT)
    rows = RereadItem.objects.select_related("incident", "lead")
    return get_object_or_404(rows, pk=pk, agency_id=request.viewer.agency)


@require_http_methods(GET_POST)
def item(request, pk):
    """One incident with all that was reported of it, the elements in plain words, and what reading it came to."""
    by, row = request.viewer, opened(_item(request, pk))
    form = RereadForm(*sent(request), initial={
        "status": "" if row.status == RereadStatus.WAITING else row.status, "note": row.note})

    def act(form):
        return actions.decide(row, status=RereadStatus(form.cleaned_data["status"]), note=form.cleaned_data["note"],
                              by=by)

    who = staff_names([row.decided_by_id]).get(row.decided_by_id)
    incident = row.incident
    record = Record(
        kind=_("Incident to read again"), title=_title(incident), status=_status(row),
        next_step="" if row.lead_id else _("Read the agency's own file of this incident, then say what you find"),
        facts=(
            Fact(_("Reporting agency (ORI)"), incident.ori),
            Fact(_("Reported on") if incident.by_report_date else _("Day"), incident.on_date, "not_recorded"),
            Fact(_("Hour"), None if incident.hour is None else f"{incident.hour}:00", "not_recorded"),
            Fact(_("In the release"), _("NIBRS_incident.csv, row %(row)s") % {"row": incident.row}),
            Fact(_("Rows of it that were rejected"), incident.lost_parts),
            Fact(_("Read by"), who, "not_applicable"),
            Fact(_("Lead"), row.lead and Link(row.lead.reference, reverse("justice:lead", args=[row.lead_id])),
                 "not_applicable"),
        ),
        actions=() if row.lead_id else (
            Action(_("Open a lead"), reverse("justice:reread_lead", args=[row.pk]), primary=True),),
        access=access_to_own(by, agency_names({by.agency})))  # fmt: skip
    return ask(request, form, act, done=reverse("justice:reread"), template="justice/imports/reread.html",
               record=record, item=row, rules=[actions.BY_CODE[c] for c in row.rules if c in actions.BY_CODE],
               checklist=[(rule, [part.words for part in rule.needs.lines()]) for rule in CHECKLIST],
               **_reported(incident))


def _reported(incident) -> dict:
    """All parts of an incident in words."""
    def of(model):
        return list(model.objects.filter(incident=incident).order_by("row"))

    offenses = of(NibrsOffense)
    by_number = {o.nibrs_id: words.said(words.OFFENSES, o.code) for o in offenses}
    return {
        "offenses": [_offense(o) for o in offenses],
        "victims": [_victim(v, by_number) for v in of(NibrsVictim)],
        "offenders": [_offender(o) for o in of(NibrsOffender)],
        "arrestees": [_arrestee(a) for a in of(NibrsArrestee)],
    }


def _offense(o) -> list[Fact]:
    return [
        Fact(_("Offense"), f"{words.said(words.OFFENSES, o.code)} ({o.code})"),
        Fact(_("Attempted only"), _("Yes") if o.attempted else _("No")),
        Fact(_("Where"), words.said(words.LOCATIONS, o.location), "not_recorded"),
        Fact(_("Activity"), words.said(words.ACTIVITIES, *o.activities), "not_recorded"),
    ]


def _person(p) -> list[Fact]:
    return [
        Fact(_("Age"), words.age(p.age_low, p.age_high), "not_recorded"),
        Fact(_("Sex"), words.said(words.SEXES, p.sex), "not_recorded"),
        Fact(_("Race"), words.said(words.RACES, p.race), "not_recorded"),
        Fact(_("Ethnicity"), words.said(words.ETHNICITIES, p.ethnicity), "not_recorded"),
    ]


def _victim(v, offenses) -> list[Fact]:
    return [
        Fact(_("Victim"), f"{v.number}: {words.said(words.VICTIMS, v.type)}"),
        *(_person(v) if v.type in ("I", "L") else ()),
        Fact(_("Of"), ", ".join(offenses.get(n, "") for n in v.offenses), "not_recorded"),
        Fact(_("To the offender"), words.said(words.RELATIONSHIPS, *v.relationships), "not_recorded"),
        Fact(_("Injuries"), words.said(words.INJURIES, *v.injuries), "not_recorded"),
    ]


def _offender(o) -> list[Fact]:
    if not o.number:
        return [Fact(_("Offender"), _("Nothing is known of any"))]
    return [Fact(_("Offender"), str(o.number)), *_person(o)]


def _arrestee(a) -> list[Fact]:
    return [
        Fact(_("Arrested"), a.on_date, "not_recorded"),
        Fact(_("How"), words.said(words.ARRESTS, a.arrest_type)),
        Fact(_("For"), f"{words.said(words.OFFENSES, a.offense)} ({a.offense})"),
        *_person(a),
    ]


class OpenLead(FormView):
    """A lead that rests on an incident read again: source and origin are filled in, the rest is the reader's."""

    form_code, form_class = "reread_lead", LeadForm
    page_title = "New lead"

    @property
    def title(self):
        return _("Open a lead")

    @property
    def item(self) -> RereadItem:
        if not hasattr(self, "_found"):
            self._found = _item(self.request, self.kwargs["pk"])
        return self._found

    def subject(self):
        return self.item.pk

    def form_options(self):
        incident = self.item.incident
        summary = _("Incident %(number)s of %(ori)s, %(on)s, was read again.") % {
            "number": incident.nibrs_id, "ori": incident.ori, "on": incident.on_date or _("day not recorded")}
        return {"initial": {
            "received_on": timezone.localdate(), "source": LeadSource.OTHER.value,
            "trafficking_type": "not_yet_known",
            "summary": " ".join([summary, *(f"{_says(code)}." for code in self.item.rules)])}}

    def act(self, form):
        return actions.open_lead(self.item, facts=form.facts(), by=self.request.viewer).pk

    def done_url(self, made):
        return reverse("justice:lead", args=[made])

    def more(self):
        back = reverse("justice:reread_item", args=[self.item.pk])
        return {"back_url": back, "back_label": _title(self.item.incident)}
