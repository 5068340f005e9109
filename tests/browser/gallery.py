"""Every component and base template once, with invented content: what the browser tests look at.

Pages are at `/<name>/`; the same content serves the screenshots that people judge the look by.
"""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path

from concord.site.pages import charts, lists, records, views, worklist
from concord.site.pages import forms as ours
from concord.site.pages.drafts import Desk, DraftView
from concord.site.pages.frame import Frame, Person, Place, Search
from concord.site.pages.paging import Page
from concord.site.services.models import Draft
from concord.vocabulary import TraffickingType, Why

TEMPLATES = Path(__file__).parent / "templates"
NOW = dt.datetime(2026, 5, 12, 10, 42, tzinfo=dt.UTC)
TODAY = NOW.date()


def day(offset):
    return TODAY + dt.timedelta(days=offset)


def frame(side="services", current="Today", **more):
    standing = {
        "services": "Lantern House - client files",
        "justice": "Riverton Police - investigations",
        "hub": "Riverton task force - coordination",
        "study": "Example University - evaluation",
    }[side]
    places = [
        ("Today", "home", "/home/", 4),
        ("Clients", "people", "/list/", None),
        ("Releases", "lock_open", "/record/", 2),
        ("Beds", "bedding", "/figures/", None),
        ("Requests", "mail", "/empty/", None),
    ]
    given = {
        "standing": standing,
        "task_force": "Riverton Anti-Trafficking Task Force",
        "side": side,
        "demo": True,
        "search": Search("Search client files" if side == "services" else "Search investigations", "/list/"),
        "places": tuple(Place(label, url, icon, count, label == current) for label, icon, url, count in places),
        "quick_exit": "/today/" if side == "services" else "",
        "person": Person("Ana Example", standing.split(" - ")[0], "Advocate" if side == "services" else "Detective"),
        "sign_out": "/home/",
    }
    return Frame(**given | more)


def show(request, template, status=200, **context):
    return render(request, template, {"frame": frame(), "now": NOW, **context}, status=status)


def home(request):
    open_ = records.Action("Open", "/record/")
    sections = [
        worklist.Section(
            "Contact today",
            (
                worklist.Work(
                    "R. Sample",
                    "Safe to call until noon. Last spoke on Friday.",
                    NOW + dt.timedelta(hours=1.3),
                    "/record/",
                    records.Action("Log the call", "/form/", primary=True),
                ),
                worklist.Work(
                    "T. Placeholder",
                    "Asked to be reached through her sister only.",
                    day(1),
                    "/record/",
                    records.Action("Log the call", "/form/"),
                ),
            ),
            count=2,
        ),
        worklist.Section(
            "Releases that end soon",
            (
                worklist.Work(
                    "Housing letter for the county",
                    "Ends before the housing appointment on the 20th.",
                    day(3),
                    "/record/",
                    records.Action("Ask to renew", "/confirm/"),
                ),
                worklist.Work(
                    "Medical summary, partner clinic",
                    "Never opened by the clinic.",
                    day(-2),
                    "/record/",
                    open_,
                    records.Status("Expired", "warning"),
                ),
            ),
            more=records.Action("All releases", "/list/"),
            count=2,
        ),
        worklist.Section("Calls waiting", (), "No one has called the duty line since yesterday."),
        worklist.Section(
            "Referrals to you",
            (
                worklist.Work(
                    "Referral from Riverton Police",
                    "Received an hour ago. Spanish, needs a bed tonight.",
                    NOW + dt.timedelta(hours=5),
                    "/record/",
                    records.Action("Answer", "/form/"),
                ),
            ),
            count=1,
        ),
    ]
    return show(request, "pages/home.html", sections=sections, title="Your day", intro="Tuesday, May 12")


COLUMNS = [
    lists.Column("Client", "name", first=True, sort="name"),
    lists.Column("Stage", "stage"),
    lists.Column("Opened", "opened", sort="opened"),
    lists.Column("Next contact", "next", sort="next"),
    lists.Column("Needs open", "needs", numeric=True),
    lists.Column("Language", "language"),
]


def clients():
    names = ["R. Sample", "T. Placeholder", "J. Invented-Longername", "M. Example", "K. Demo", "P. Fiction"]
    stages = [records.Status("Active", "good"), records.Status("Intake", "info"), records.Status("Waiting", "warning")]
    for n, name in enumerate(names):
        yield {
            "name": name,
            "url": "/record/",
            "stage": stages[n % 3],
            "opened": day(-9 * n),
            "needs": 5 - n,
            "next": lists.Deadline(day(2 * n - 3)),
            "language": lists.Absent(Why.NOT_ASKED) if n == 3 else "Spanish" if n % 2 else "English",
        }


class ClientFilter(ours.FilterForm):
    q = forms.CharField(label="Name or phone", required=False)
    stage = forms.ChoiceField(label="Stage", choices=[("", "Any"), ("active", "Active")], required=False)
    advocate = forms.ChoiceField(label="Advocate", choices=[("", "Anyone"), ("me", "Me")], required=False)
    since = forms.DateField(label="Opened since", widget=forms.DateInput, required=False)


def client_list(request):
    rows = list(clients())
    orders = [
        lists.Order("name", "Name", request.GET.get("sort") == "name"),
        lists.Order("-opened", "Newest", request.GET.get("sort") != "name"),
    ]
    return show(
        request,
        "pages/list.html",
        title="Clients",
        columns=COLUMNS,
        unit="clients",
        orders=orders,
        page=Page(rows, next="token", previous="token", count=None),
        filters=ClientFilter(request.GET),
        actions=[records.Action("Open a file", "/form/", primary=True, icon="add")],
        export_url="/list/",
        frame=frame(current="Clients"),
    )


def empty_list(request):
    return show(
        request,
        "pages/list.html",
        title="Requests from outside",
        page=Page([], count=0),
        empty="No one outside has asked for anything.",
        filters=ClientFilter(request.GET),
        empty_action=records.Action("Write to a partner", "/form/"),
        frame=frame(current="Requests"),
    )


def record(request):
    access = records.Access(
        "Staff of Lantern House who are assigned to this file, and nobody else.",
        (
            records.Seer("Ana Example, advocate", "Assigned since March 2"),
            records.Seer("Lee Specimen, supervisor", "Supervises the advocates of Lantern House"),
        ),
        "/list/",
    )
    events = [
        records.Event(NOW - dt.timedelta(hours=2), "Phone call", "Safe. Wants to talk about housing.", "Ana Example"),
        records.Event(day(-1), "Release given", "Housing letter to the county, until May 15", "Ana Example", "/list/"),
        records.Event(day(-12), "Safety plan reviewed", who="Lee Specimen"),
        records.Event(dt.date(2025, 11, 3), "File opened", "Self-referred through the hotline"),
    ]
    head = records.Record(
        kind="Client file",
        title="R. Sample",
        status=records.Status("Active", "good"),
        next_step="Renew the housing release",
        next_due=day(3),
        facts=(
            records.Fact("Opened", dt.date(2025, 11, 3)),
            records.Fact("Language", "Spanish, interpreter needed"),
            records.Fact("Advocate", "Ana Example"),
            records.Fact("Born", None, Why.DECLINED),
            records.Fact("Kind", TraffickingType.LABOR),
        ),
        actions=(
            records.Action("Log a service", "/form/", primary=True, icon="add"),
            records.Action("Renew", "/confirm/"),
            records.Action("Close the file", "/confirm/"),
        ),
        tabs=(
            records.Tab("Overview", "/record/", True),
            records.Tab("Needs", "/list/", count=4),
            records.Tab("Services", "/list/", count=17),
            records.Tab("Housing", "/list/"),
            records.Tab("Relief", "/list/"),
            records.Tab("Releases", "/list/", count=2),
        ),
        access=access,
    )
    rows = [
        {"what": "Housing", "state": records.Status("Open", "info"), "since": day(-30)},
        {"what": "Dental care", "state": records.Status("Met", "good"), "since": day(-70)},
        {"what": "T visa", "state": records.Status("Waiting for counsel", "warning"), "since": day(-12)},
    ]
    columns = [lists.Column("Need", "what", first=True), lists.Column("State", "state"), lists.Column("Since", "since")]
    return show(
        request,
        "gallery/record.html",
        record=head,
        events=events,
        needs=rows,
        columns=columns,
        frame=frame(current="Clients"),
    )


class Intake(ours.Form):
    groups = (
        ours.Group("contact", "How we reach you", ("name", "phone", "safe", "language")),
        ours.Group(
            "past",
            "What happened",
            ("since", "work", "injured", "hours"),
            "You can leave out anything. It changes nothing about the help you get.",
        ),
        ours.Group("money", "Pay", ("owed", "kinds", "note", "agree")),
    )
    name = forms.CharField(label="What should we call you?", max_length=60)
    phone = ours.WhyField(forms.CharField(max_length=30), label="A phone number that is safe", required=False)
    safe = ours.WhyChoiceField(label="Is it safe to leave a message?", choices=[("yes", "Yes"), ("no", "No")])
    language = ours.SearchSelectField(
        label="Language",
        required=False,
        help_text="Type a few letters.",
        choices=[("en", "English"), ("es", "Spanish"), ("esm", "Spanish, Mexico")],
    )
    since = ours.WhyField(
        ours.PartialDateField(past=True),
        label="When did it begin?",
        required=False,
        reasons=(Why.NOT_ASKED, Why.DECLINED, Why.NOT_YET_KNOWN),
        help_text="The year alone is fine.",
    )
    work = forms.ChoiceField(label="Kind of work", choices=[("", "Choose"), *TraffickingType.choices()], required=False)
    injured = ours.PartialDateField(label="Last injury", required=False)
    hours = ours.DurationField(label="Time spent today", required=False)
    owed = ours.MoneyField(label="Pay that is owed", required=False)
    kinds = forms.MultipleChoiceField(
        label="What would help now?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("bed", "A bed"), ("food", "Food"), ("lawyer", "A lawyer")],
    )
    note = forms.CharField(label="Anything else", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="She has read the privacy page", required=False)


def form(request):
    filled = Intake(request.POST if request.method == "POST" else None)
    if filled.is_bound and filled.is_valid():
        return HttpResponseRedirect("/record/?" + urlencode({"saved": 1}))
    return show(
        request,
        "pages/form.html",
        form=filled,
        title="Open a client file",
        submit_label="Open the file",
        page_title="New client file",
        intro="Five answers open a file. The rest can wait.",
        back_url="/list/",
        back_label="Clients",
        cancel_url="/list/",
        status=422 if filled.is_bound else 200,
    )


def step(request):
    filled = Intake(request.POST or None, step="past")
    return show(
        request,
        "pages/form.html",
        form=filled,
        title="What happened",
        page_title="New client file",
        step=SimpleNamespace(number=2, of=3),
        back_url="/form/",
    )


def confirm(request):
    return show(
        request,
        "pages/confirm.html",
        title="Close this file?",
        grave=True,
        submit_label="Close the file",
        what="You can open it again at any time.",
        cancel_url="/record/",
        cancel_label="Keep it open",
        consequences=["Her releases end today.", "Her personal details are erased on May 12, 2033."],
    )


def figures(request):
    bars = (
        charts.Bar("Housing", 42, url="/list/"),
        charts.Bar("Legal help", 31, url="/list/"),
        charts.Bar("Health", 17, url="/list/"),
        charts.Bar("Work and schooling", 6),
        charts.Bar("Repatriation", None, "Fewer than 5, not shown"),
    )
    quarters = ("Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024", "Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026")
    lines = (
        charts.Series("Sex trafficking", (14, 18, 17, 22, 25, 21, 28, 30, 27)),
        charts.Series("Labor trafficking", (3, 4, None, 6, 5, 9, 8, 11, 13), "Fewer than 3, not shown"),
    )
    numbers = [
        charts.Figure(61, None, "clients", "Now", "Open files", records="/list/", definition="/list/"),
        charts.Figure(12, 40, "clients", "January-March 2026", "Housed within a week", "/list/", "/list/"),
        charts.Figure(None, label="Arrested survivors", period="January-March 2026", why=Why.NOT_YET_KNOWN),
    ]
    return show(
        request,
        "gallery/figures.html",
        title="This quarter",
        figures=numbers,
        sections=[],
        bars=charts.BarChart("Services given", "services", bars, period="January-March 2026", source="/list/"),
        lines=charts.LineChart("Confirmed victims", "people", quarters, lines, source="/list/"),
        frame=frame("hub", "Beds"),
    )


def progress(request):
    state = SimpleNamespace(
        done=1240,
        of=3000,
        unit="rows",
        next="Next: matching names against open files.",
        finished=False,
        url="/progress-part/",
        result="",
    )
    return show(request, "pages/progress.html", title="Bringing in the spreadsheet", progress=state)


def progress_part(request):
    state = SimpleNamespace(
        done=3000,
        of=3000,
        unit="rows",
        next="3,000 rows are in. 12 need a second look.",
        finished=True,
        url="",
        result="/list/",
    )
    return show(request, "pages/progress.html#progress", progress=state)


def printable(request):
    return show(
        request,
        "gallery/printable.html",
        title="Who saw what",
        back_url="/record/",
        subtitle="Everything that left Lantern House about you",
        handling="Keep this where it is safe.",
    )


def notice(request):
    return show(
        request,
        "pages/home.html",
        title="My day",
        sections=[worklist.Section("Waiting for you")],
        frame=frame(
            "justice",
            notice="You work inside a police agency. What people tell you here is not "
            "covered by advocate privilege. Say so before they speak.",
        ),
    )


def plain(request):
    return render(request, "gallery/plain.html", {"title": "Sign in", "demo": True})


desk = Desk(Draft, "desk")
MADE = []  # what the draft pages have made, in order: the test's stand for a room's table


class WithDraft(DraftView):
    desk = desk
    form_code = "intake"
    form_class = Intake
    title = "Open a client file"
    page_title = "New client file"

    def act(self, form):
        MADE.append(form.cleaned_data)
        return uuid4()

    def done_url(self, made):
        return f"/home/?made={made}"

    def more(self):
        return {"frame": frame(), "now": NOW, "submit_label": "Open the file"}


class ByStep(WithDraft):
    form_code = "intake-by-step"
    one_at_a_time = True


def wrong(request):
    """Everything that `check_page` must refuse, so that its silence elsewhere means something."""
    return HttpResponse(
        '<!doctype html><html lang="en"><title>Wrong - Concord</title><main><h1>Wrong</h1>'
        '<p style="color: red">Red</p><input><pre>' + "too wide " * 60 + "</pre></main></html>"
    )


PAGES = {
    "home": home,
    "list": client_list,
    "empty": empty_list,
    "record": record,
    "form": form,
    "step": step,
    "confirm": confirm,
    "figures": figures,
    "progress": progress,
    "printable": printable,
    "notice": notice,
    "plain": plain,
    "missing": views.not_found,
    "broken": views.server_error,
}

urlpatterns = [path(f"{name}/", view, name=name) for name, view in PAGES.items()]
urlpatterns += [path("progress-part/", progress_part)]
urlpatterns += [
    path("wrong/", wrong),
    path("draft/", WithDraft.as_view(), name="draft"),
    path("by-step/", ByStep.as_view(), name="by_step"),
    path("desk/", include((desk.urls(), "desk"))),
    path("", include("concord.site.web.urls")),  # the frame leads to the site's own places
]
