"""Charges from a court's or prosecutor's file: sent, its columns chosen once, checked, kept; and who still waits."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.casefile.reading import InMemory, Refused
from concord.site.accounts.directory import agency_names
from concord.site.justice.codes import ImportKind
from concord.site.justice.imports import charges as actions
from concord.site.justice.imports import mappings, matching, uploads
from concord.site.justice.imports.forms import HEADINGS, CaseForm, ChargesForm, ColumnsForm, PersonForm, WordsForm
from concord.site.justice.imports.views.shared import as_csv, require, shown
from concord.site.justice.models import CourtDefendant, CourtRecord, Investigation, Person, SavedMapping, on_team
from concord.site.justice.views.common import GET_POST, INVALID, access_to_own, ask, complain, objected, opened, sent
from concord.site.pages import paging
from concord.site.pages.lists import Column
from concord.site.pages.objections import Objection
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import ChargeStage, Disposition

CHARGES = ImportKind.CHARGES
CHANGES_SHOWN = 50
CASES_OFFERED = 500
LABELS = HEADINGS | {f"counts_{outcome.value}": outcome.label for outcome in Disposition} | {
    "on_date": HEADINGS["filed_on"], "charge_class": HEADINGS["class"]}


@require_http_methods(GET_POST)
def charges(request):
    """Send a court's file, read by a saved mapping or by one made on the next page."""
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    saved = list(SavedMapping.objects.filter(agency_id=by.agency).order_by("name"))
    initial = {"encoding": "utf-8", "delimiter": ",", "mapping": "" if saved else "new"}
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ChargesForm(*posted, saved=saved, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        options = {name: given[name] or None for name in ("mapping", "encoding", "delimiter", "sheet")}
        file = InMemory(given["charges"].name, given["charges"].read())
        try:
            _try(file, options, by)
        except Refused as refused:
            form.add_error("charges", str(refused.problem))
        except Objection as objection:
            form.add_error("charges", " ".join(objection.found.values()))
        else:
            uploads.put(CHARGES, name=file.name, content=file.content, options=options, by=by)
            new = options["mapping"] == "new"
            return redirect("justice:import_charges_columns" if new else "justice:import_charges_check")
    return render(request, "pages/form.html", {
        "form": form, "title": _("Take in charges"), "page_title": _("Import"), "submit_label": _("Check it"),
        "intro": _("Charges and dispositions as a court or prosecutor exports them. They are shown first; nothing is "
                   "kept until you say so."),
        "back_url": reverse("justice:imports"), "back_label": _("Taken in from files"),
    }, status=INVALID if form.errors else 200)  # fmt: skip


def _try(file: InMemory, options: dict, by) -> None:
    """Read the file once, so that one that cannot be read is refused where it was chosen."""
    if options["mapping"] == "new":
        mappings.headings(file, **_reading(options))
    else:
        actions.check(file, mappings.opened(_mapping(options, by)), by)


def _reading(options: dict) -> dict:
    return {name: options[name] for name in ("encoding", "delimiter", "sheet")}


def _mapping(options: dict, by) -> SavedMapping:
    return get_object_or_404(SavedMapping, pk=options["mapping"], agency_id=by.agency)


# --- A mapping, made once ---------------------------------------------------------------------------------------------


@require_http_methods(GET_POST)
def columns(request):
    """Choose what each column of the file is; then what each word of its coded columns means."""
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    waiting = uploads.get(CHARGES, by)
    if waiting is None or waiting.options["mapping"] != "new":
        return redirect("justice:import_charges")
    reading = _reading(waiting.options)
    form = ColumnsForm(*sent(request), headings=mappings.headings(waiting.file, **reading))
    if form.is_bound and form.is_valid():
        try:
            return _ask_words(request, form, waiting, reading)
        except Refused as refused:
            form.add_error(None, str(refused.problem))
        except Objection as objection:
            complain(form, objection)
    return render(request, "pages/form.html", {
        "form": form, "title": _("Which column is what?"), "page_title": _("Mapping"), "submit_label": _("Continue"),
        "intro": _("You choose this once. The next file of this kind is read the same way."),
        "back_url": reverse("justice:import_charges"), "back_label": _("Take in charges"),
    }, status=INVALID if form.errors else 200)  # fmt: skip


def _ask_words(request, form: ColumnsForm, waiting, reading: dict):
    coded = form.coded()
    found = mappings.words(waiting.file, list(coded.values()), **reading)
    asked = {field: found[heading] for field, heading in coded.items()}
    answered = "words" in request.POST or not any(asked.values())
    words = WordsForm(*((request.POST,) if answered else ()), words=asked)
    if answered and words.is_valid():
        return _save(request, form, words, reading)
    kept = [(name, value) for name, value in request.POST.items()
            if name in form.fields and name != "csrfmiddlewaretoken"]  # fmt: skip
    return render(request, "justice/imports/words.html", {
        "form": words, "kept": kept, "title": _("What do its words mean?"), "page_title": _("Mapping"),
        "submit_label": _("Save the mapping"),
        "intro": _("A word that is not listed here is refused in later files, row by row, and never guessed."),
    }, status=INVALID if words.errors else 200)  # fmt: skip


def _save(request, form: ColumnsForm, words: WordsForm, reading: dict):
    by, given = request.viewer, form.cleaned_data
    document = {"system": given["system"], "jurisdiction": given["jurisdiction"], "columns": form.columns(),
                "date_format": given["date_format"], "codes": words.codes(), **reading}  # fmt: skip
    if document["sheet"] is None:
        del document["sheet"]
    saved = mappings.save(name=given["name"], document=document, name_heading=given["name_heading"], by=by)
    uploads.read_as(CHARGES, {"mapping": str(saved.pk)}, by)
    messages.success(request, _("The mapping is saved."))
    return redirect("justice:import_charges_check")


# --- Checked, and kept ------------------------------------------------------------------------------------------------


@require_http_methods(GET_POST)
def check(request):
    """What keeping the file would do; then keep it, or throw it away."""
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    waiting = uploads.get(CHARGES, by)
    if waiting is None or waiting.options["mapping"] == "new":
        return redirect("justice:import_charges")
    if request.POST.get("decision") == "discard":
        uploads.discard(CHARGES, by)
        messages.success(request, _("It was thrown away. Nothing of it was kept."))
        return redirect("justice:imports")
    mapping = mappings.opened(_mapping(waiting.options, by))
    try:
        if request.method == "POST":
            made = actions.keep(waiting.file, mapping, by=by, expected=request.POST.get("digest", ""))
            uploads.discard(CHARGES, by)
            messages.success(request, _("Kept: %(n)s rows.") % {"n": f"{made.accepted:,}"})
            return redirect("justice:import", made.pk)
        plan = actions.check(waiting.file, mapping, by)
    except Refused as refused:
        return objected(request, Objection({"": str(refused.problem)}), reverse("justice:import_charges"),
                        _("This file cannot be read"))
    except Objection as objection:
        return objected(request, objection, reverse("justice:import_charges"), _("Nothing was kept"))
    return render(request, "justice/imports/check_charges.html", {
        "title": _("What keeping these charges would do"), "plan": plan, **shown(plan.sums),
        "changes": plan.changes[:CHANGES_SHOWN], "more_changes": max(0, len(plan.changes) - CHANGES_SHOWN),
        "change_columns": [
            Column(_("Row"), "row", first=True),
            Column(_("Stage"), lambda c: ChargeStage(c.stage).label),
            Column(_("What changes"), lambda c: "; ".join(
                f"{LABELS.get(name, name)}: {_shown(old)} \N{RIGHTWARDS ARROW} {_shown(new)}"
                for name, old, new in c.fields)),
        ],
        "rejected_url": reverse("justice:import_charges_rejected"),
    })


def _shown(value) -> str:
    return _("nothing") if value in (None, "", []) else str(value)


@require_safe
def rejected(request):
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    waiting = uploads.get(CHARGES, by)
    if waiting is None or waiting.options["mapping"] == "new":
        return redirect("justice:import_charges")
    plan = actions.check(waiting.file, mappings.opened(_mapping(waiting.options, by)), by)
    return as_csv(plan.sums.problems)


# --- Who waits to be matched ------------------------------------------------------------------------------------------


@require_safe
def waiting(request):
    """Defendants of court files who are nobody here yet."""
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    rows = CourtDefendant.objects.filter(agency_id=by.agency, person=None, set_aside_on=None)
    page = paging.page(rows, order=("created_at", "id"), after=request.GET.get("after", ""))
    for row in page.rows:
        row.url = reverse("justice:defendant", args=[row.pk])
    columns = [
        Column(_("Docket"), "docket", first=True),
        Column(_("Defendant"), "number"),
        Column(_("System"), "system"),
        Column(_("Came in"), lambda r: r.created_at.date()),
    ]
    return render(request, "pages/list.html", {
        "title": _("Defendants to match"), "page": page, "columns": columns, "unit": _("defendants"),
        "intro": _("A court's file has charges of theirs. Say who they are; the charges need not be typed."),
        "empty": _("Nobody waits: every defendant of the files is known here, or set aside."),
    })


@require_http_methods(GET_POST)
def defendant(request, pk):
    """Say who a defendant is: somebody of the investigation with that docket, or of another one."""
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    row = opened(get_object_or_404(CourtDefendant, pk=pk, agency_id=by.agency))
    if row.person_id or row.set_aside_on:
        return redirect("justice:defendants")
    people = _offered(row, request.GET.get("case", ""), by)
    cases = Investigation.objects.filter(_cases(by)).defer("summary").order_by("-opened_on", "-id")[:CASES_OFFERED]
    record = Record(
        kind=_("Defendant to match"), title=_("Docket %(docket)s") % {"docket": row.docket},
        status=Status(_("Waiting"), "warning"),
        facts=(
            Fact(_("Defendant"), row.number), Fact(_("Name in the file"), row.name, "not_recorded"),
            Fact(_("System"), row.system),
            Fact(_("Charges that wait"), CourtRecord.objects.filter(agency_id=by.agency, defendant=row).count()),
        ),
        actions=(Action(_("Nobody of ours"), reverse("justice:defendant_aside", args=[row.pk]), post=True),),
        access=access_to_own(by, agency_names({by.agency})))  # fmt: skip
    form = PersonForm(*sent(request), people=people)

    def act(form):
        person = next(p for p in people if str(p.pk) == form.cleaned_data["person"])
        return actions.match_by_hand(row, person=person, by=by)

    return ask(request, form, act, done=reverse("justice:defendants"), template="justice/imports/defendant.html",
               record=record, people=people, case_form=CaseForm(request.GET or None, cases=cases))


def _cases(by) -> Q:
    return Q(agency_id=by.agency) | Q(on_team("id"))


def _offered(row: CourtDefendant, case: str, by) -> list[Person]:
    """Everybody of the chosen investigation, else of those with the docket's number."""
    if case:
        chosen = [c for c in Investigation.objects.filter(_cases(by)).values_list("pk", flat=True) if str(c) == case]
        return list(Person.objects.filter(investigation_id__in=chosen).select_related("investigation"))
    found = matching.match({(row.docket, row.number): {row.name} if row.name else set()}, row.system, by)
    match = found[row.docket, row.number]
    return [match.person] if match.person else list(match.possible)


@require_POST
def aside(request, pk):
    by = request.viewer
    require(by, *actions.COURT_SIDE)
    row = get_object_or_404(CourtDefendant, pk=pk, agency_id=by.agency)
    try:
        actions.set_aside(row)
    except Objection as objection:
        return objected(request, objection, reverse("justice:defendants"), _("This was not done"))
    messages.success(request, _("Set aside. Later files no longer ask."))
    return redirect("justice:defendants")
