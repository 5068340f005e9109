"""The task force's board, and an agency's own counts."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from concord.site.accounts import agreements
from concord.site.pages import paging
from concord.site.pages.charts import Bar, BarChart
from concord.site.pages.lists import Absent, Column
from concord.site.pages.records import Action, Status
from concord.site.reporting import board as boards
from concord.site.reporting.models import Count
from concord.site.reporting.periods import before
from concord.site.reporting.sharing import BY_NAME
from concord.vocabulary import Why


@require_safe
def board(request):
    """What is overdue, what is new, is the quarter ready, is labor falling behind, were survivors arrested."""
    own = boards.of_viewer(request.viewer, boards.asked_quarter(request.GET.get("quarter", "")))
    if not own:
        raise Http404
    found = next((one for one in own if str(one.task_force.pk) == request.GET.get("in")), own[0])
    today = timezone.localdate()
    return render(request, "reporting/board.html", {
        "board": found, "quarter": found.quarter, "year": found.year,
        "earlier": str(before(found.quarter)), "now": timezone.localtime(),
        "others": [one.task_force for one in own if one is not found],
        "ready": _ready(found), "ready_columns": _READY,
        "news": _news(found), "news_columns": _NEWS,
        "labor_chart": _labor_chart(found),
        "arrests": _arrests(found), "arrest_columns": _ARRESTS,
        "services": _services(found), "service_columns": _SERVICES,
        "mous": [{"agency": a.name, "state": _mou_status(dates, today)} for a, dates in found.mous_to_renew(today)],
        "mou_columns": _MOUS,
        "federal": _federal(found), "federal_columns": _FEDERAL,
    })


def _ready(found) -> list[dict]:
    return [{"agency": a.name, "state": _publication(found.publications.get(a.pk))} for a in found.reporters()]


def _publication(row) -> Status | str:
    if row is None:
        return Status(_("Missing"), "warning")
    if row.unbalanced:
        return Status(_("Cannot be counted: the dates of files contradict each other"), "danger")
    return Status(_("Published"), "good")


def _news(found) -> list[dict]:
    """By agency, in the quarter: what came in, how soon it was decided, what was referred."""
    rows = []
    for agency in found.reporters():
        pk, quarter = agency.pk, found.quarter
        sent = found.of("referrals_sent", quarter, pk)
        rows.append({
            "agency": agency.name, "leads": _in_words(found.of("leads_received", quarter, pk)),
            "soon": _share_in_words(found.share("leads_decided:within_3_days", "leads_decided", quarter, pk)),
            "waiting": _in_words(found.of("leads_waiting_at_end", quarter, pk)), "sent": _in_words(sent),
        })
    return rows


def _labor_chart(found) -> BarChart:
    bars = tuple(Bar(_(BY_NAME[stage].says), found.labor(stage).percent, why=found.labor(stage).words,
                     shown=found.labor(stage).words) for stage in boards.STAGES)
    return BarChart(_("Labor trafficking at each stage"), _("% of all, labor or both"), bars, period=found.year.words,
                    full=100)


def _arrests(found) -> list[dict]:
    """Were survivors arrested: how many, for what stated purpose, and which reviews are open."""
    lines = [
        ("possible_victims_arrested", _("Possible victims arrested")),
        ("possible_victims_arrested:does_not_conform", _("for a purpose that does not conform to the protocol")),
        ("possible_victims_arrested:purpose_unknown", _("with no purpose on record")),
        ("arrest_reviews_open", _("Reviews still open at the end")),
        ("arrest_reviews_open:does_not_conform", _("of them for a purpose that does not conform")),
        ("arrest_reviews_overdue", _("of them past their 72 hours")),
    ]
    return [{"what": words, "quarter": found.of(measure, found.quarter).words,
             "year": found.of(measure, found.year).words if measure.startswith("possible") else _NOTHING}
            for measure, words in lines]


def _services(found) -> list[dict]:
    rows = []
    for agency in found.reporters():
        pk = agency.pk
        served = found.of("clients_served", found.quarter, pk)
        if served.missing:
            continue
        rows.append({
            "agency": agency.name, "served": served.words, "new": found.of("clients_new", found.quarter, pk).words,
            "unmet": found.share("needs_unmet", "needs_requested", found.quarter, pk).words,
            "housing": found.share("housing_unmet", "housing_requested", found.quarter, pk).words,
        })
    return rows


def _federal(found) -> list[dict]:
    return [{"agency": a.name, "came": _("%(n)d of %(of)d meetings") % {"n": found.attended.get(a.pk, 0),
                                                                       "of": found.meetings}}
            for a in found.federal()]


def _in_words(total):
    return _NOTHING if total.missing else total.words


def _share_in_words(share):
    return _NOTHING if share.whole.missing else share.words


def _mou_status(dates, today) -> Status:
    state = agreements.state(dates, today)
    return Status(agreements.words(dates, today), agreements.TONES.get(state, "danger"))


_NOTHING = Absent(Why.NOT_APPLICABLE)
_READY = [Column(lazy("Agency"), "agency", first=True), Column(lazy("The quarter's counts"), "state")]
_NEWS = [Column(lazy("Agency"), "agency", first=True), Column(lazy("Leads received"), "leads", numeric=True),
         Column(lazy("Decided within 3 days"), "soon"), Column(lazy("Waiting at the end"), "waiting", numeric=True),
         Column(lazy("Referrals sent"), "sent", numeric=True)]
_ARRESTS = [Column(lazy("What"), "what", first=True), Column(lazy("Quarter"), "quarter", numeric=True),
            Column(lazy("Four quarters"), "year", numeric=True)]
_SERVICES = [Column(lazy("Provider"), "agency", first=True), Column(lazy("Clients served"), "served", numeric=True),
             Column(lazy("New clients"), "new", numeric=True), Column(lazy("Services not to be had"), "unmet"),
             Column(lazy("Housing not to be had"), "housing")]
_MOUS = [Column(lazy("Agency"), "agency", first=True), Column(lazy("MOU"), "state")]
_FEDERAL = [Column(lazy("Agency"), "agency", first=True), Column(lazy("Attended, four quarters"), "came")]


# --- An agency's own --------------------------------------------------------------------------------------------------


@require_safe
def counts(request):
    """All that was counted of one's own agency in a quarter, exact; the board shows others what may be shown."""
    if _has_nothing_to_count(request.viewer):
        raise Http404
    quarter = boards.asked_quarter(request.GET.get("quarter", ""))
    rows = Count.objects.filter(agency_id=request.viewer.agency, period=str(quarter))
    page = paging.page(rows, order=("measure", "parts", "id"), size=100, after=request.GET.get("after", ""))
    columns = [
        Column(_("What"), lambda c: c.measure.replace("_", " ").capitalize(), first=True),
        Column(_("Of which"), lambda c: c.parts.replace("=", ": ").replace(";", ", ").replace("_", " ") or _("All")),
        Column(_("Count"), lambda c: f"{c.value.normalize():f}", numeric=True), Column(_("Unit"), "unit"),
    ]
    earlier = before(quarter)
    return render(request, "pages/list.html", {
        "title": _("Your agency's counts, %(period)s") % {"period": quarter.words}, "page": page, "columns": columns,
        "unit": _("counts"),
        "intro": _("Exact, and your agency's alone. The task force sees totals; fewer than five persons are never "
                   "shown, nor what would give them away."),
        "actions": [Action(_("The quarter before"), f"{reverse('reporting:counts')}?quarter={earlier}"),
                    Action(_("The board"), f"{reverse('reporting:board')}?quarter={quarter}")],
        "empty": _("Nothing has been counted for this quarter yet. Counting runs once a day."),
    })


def _has_nothing_to_count(viewer) -> bool:
    return viewer.sector not in boards.REPORTERS

