"""Charges count by count, dockets and hearings."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from concord.site.accounts.directory import agency_names
from concord.site.justice.actions import court as actions
from concord.site.justice.codes import ClassedBy, HearingKind
from concord.site.justice.forms.court import (
    ChargeFilter,
    CitationForm,
    ClassForm,
    DisposeForm,
    DocketForm,
    FileForm,
    HearingForm,
    HearingNoteForm,
    PaymentForm,
)
from concord.site.justice.models import Charge, ChargeReason, Docket, Hearing, Person, on_team
from concord.site.justice.views.cases import prosecution_of, record_of
from concord.site.justice.views.common import (
    GET_POST,
    access_to_case,
    ask,
    case_of,
    opened,
    people_of,
    person_of,
    sent,
    suspects,
    team_names,
    victims,
)
from concord.site.pages import paging
from concord.site.pages.lists import Absent, Column, Link
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import ChargeClass, ChargeStage, NotTraffickingReason, Sector, SentenceKind

COUNT_WORDS = (
    ("counts_dismissed", "dismissed"), ("counts_dismissed_by_plea", "dismissed under a plea"),
    ("counts_guilty_plea", "guilty by plea"), ("counts_guilty_trial", "guilty at trial"),
    ("counts_acquitted", "not guilty"), ("counts_pending", "pending"),
)


def class_cell(charge):
    if charge.charge_class:
        return ChargeClass(charge.charge_class)
    return Status(_("To be classed"), "warning")


def became(charge):
    """What became of the counts, in words: "2 guilty by plea, 1 pending"."""
    return ", ".join(f"{getattr(charge, name)} {_(words)}" for name, words in COUNT_WORDS if getattr(charge, name))


@require_safe
def charges(request):
    """Our investigations' charges, newest first; those that no pack could class are a filter away."""
    by, filters = request.viewer, ChargeFilter(request.GET)
    rows = Charge.objects.filter(agency_id=by.agency).select_related("person", "investigation")
    if filters.narrowed("show"):
        rows = rows.filter(charge_class="")
    for name in ("stage", "charge_class"):
        if asked := filters.narrowed(name):
            rows = rows.filter(**{name: asked})
    page = paging.page(rows, order=("-created_at", "-id"), after=request.GET.get("after", ""))
    for row in page.rows:
        row.url = reverse("justice:charge", args=[row.pk])
    columns = [
        Column(_("Citation"), "citation", first=True),
        Column(_("Class"), class_cell),
        Column(_("Stage"), lambda r: ChargeStage(r.stage)),
        Column(_("Counts"), "counts", numeric=True),
        Column(_("Against"), lambda r: f"{r.person.alias}, {r.investigation.code_name}"),
        Column(_("When"), lambda r: r.disposed_on or r.on_date or Absent("not_recorded")),
    ]
    return render(request, "pages/list.html", {
        "title": _("Charges"), "filters": filters, "page": page, "columns": columns, "unit": _("charges"),
        "empty": _("No charge yet. Charges are entered with an arrest, or filed from a person's page.")})


@require_safe
def case_charges(request, pk):
    """An investigation in court: what the prosecutor was asked, charges, dockets, hearings."""
    by, case = request.viewer, case_of(pk)
    team = list(case.team.all())
    rows = list(Charge.objects.filter(investigation=case).select_related("person").order_by(
        "person__number", "created_at"))
    asked = prosecution_of(case)
    names = team_names(case, team, *(row.to_agency_id for row, _decision in asked))
    for row in rows:
        row.url = reverse("justice:charge", args=[row.pk])
    columns = [
        Column(_("Citation"), "citation", first=True),
        Column(_("Against"), lambda r: r.person.alias),
        Column(_("Class"), class_cell),
        Column(_("Stage"), lambda r: ChargeStage(r.stage)),
        Column(_("Counts"), became),
        Column(_("When"), lambda r: r.disposed_on or r.on_date or Absent("not_recorded")),
    ]
    actions = [Action(_("Add a court case"), reverse("justice:new_docket", args=[pk])),
               Action(_("Add a hearing"), reverse("justice:new_hearing", args=[pk]))]
    if by.sector is Sector.PROSECUTION:
        actions.insert(0, Action(_("Your office's own file"), reverse("justice:office_file", args=[pk]), primary=True))
    hearings = Hearing.objects.filter(investigation=case).select_related("person").order_by("-at").defer("outcome")
    return render(request, "justice/case_charges.html", {
        "record": record_of(case, team, by, names, "case_charges", actions=tuple(actions)), "case": case,
        "columns": columns, "rows": rows,
        "asked": [(names.get(row.to_agency_id, ""), row, decision) for row, decision in asked],
        "dockets": Docket.objects.filter(investigation=case).order_by("filed_on"),
        "hearings": [(h, HearingKind(h.kind)) for h in hearings]})


@require_safe
def charge(request, pk):
    by = request.viewer
    row = opened(get_object_or_404(Charge.objects.select_related(
        "person", "investigation", "docket", "from_charge"), pk=pk))
    case = row.investigation
    team = list(case.team.all())
    names = team_names(case, team)
    later = Charge.objects.filter(from_charge=row).first()
    named = {p.pk: p for p in Person.objects.filter(investigation=case, pk__in=row.victim_ids)}
    reason = None
    if by.sector is Sector.PROSECUTION:
        reason = ChargeReason.objects.filter(agency_id=by.agency, charge_id=row.pk).first()
    record = Record(
        kind=_("Charge"), title=row.citation, status=class_cell(row) if not row.charge_class else Status(
            ChargeStage(row.stage).label, "info"),
        next_step=row.review if not row.charge_class else "",
        facts=(
            Fact(_("Investigation"), Link(case.code_name, reverse("justice:case", args=[case.pk]))),
            Fact(_("Against"), Link(row.person.shown_as, reverse("justice:person", args=[row.person_id]))),
            Fact(_("Jurisdiction"), row.jurisdiction),
            Fact(_("Class"), ChargeClass(row.charge_class) if row.charge_class else None, "not_yet_known"),
            Fact(_("Classed by"), ClassedBy(row.classed_by) if row.classed_by else None, "not_yet_known"),
            Fact(_("Counts"), row.counts),
            Fact(_("What became of them"), became(row)),
            Fact(_("When"), row.on_date, "not_recorded"),
            Fact(_("Disposed"), row.disposed_on, "not_yet_known"),
            Fact(_("Court case"), row.docket and (row.docket.number or row.docket.court), "not_applicable"),
            Fact(_("Victims named"), [p.alias for p in named.values()] or None, "not_recorded"),
            *_sentence_facts(row),
            *((Fact(_("Why not trafficking (your office only)"), NotTraffickingReason(reason.reason)),)
              if reason else ()),
        ),
        actions=() if later else _charge_actions(row, by), access=access_to_case(case, team, by, names))
    return render(request, "justice/charge.html", {"record": record, "charge": row, "later": later})


def _sentence_facts(row):
    if not row.sentence_kind:
        return ()
    money = (("restitution_asked_usd", _("Restitution asked")), ("restitution_ordered_usd", _("Restitution ordered")),
             ("restitution_paid_usd", _("Restitution paid")), ("fine_usd", _("Fine")))
    found = [Fact(_("Sentence"), SentenceKind(row.sentence_kind))]
    found += [Fact(_("Months"), row.sentence_months)] if row.sentence_months is not None else []
    found += [Fact(_("Months of probation"), row.probation_months)] if row.probation_months is not None else []
    found += [Fact(label, f"${getattr(row, name):,.2f}") for name, label in money if getattr(row, name) is not None]
    return tuple(found)


def _charge_actions(row, by):
    def url(name):
        return reverse(f"justice:{name}", args=[row.pk])

    found = []
    if not row.charge_class:
        found.append(Action(_("Class it"), url("class_charge"), primary=True))
    if row.stage == ChargeStage.ARREST:
        found.append(Action(_("File it"), f"{reverse('justice:file_charge', args=[row.person_id])}?from={row.pk}",
                            primary=not found))
    if row.stage in (ChargeStage.FILED, ChargeStage.AMENDED) or row.counts_pending and row.disposed_on:
        found.append(Action(_("Enter what became of it"), url("dispose"), primary=not found))
    if row.stage in (ChargeStage.FILED, ChargeStage.AMENDED):
        found.append(Action(_("Amended"), url("amend")))
    if row.restitution_ordered_usd is not None:
        found.append(Action(_("Restitution paid"), url("restitution_paid")))
    if by.sector is Sector.PROSECUTION and row.charge_class not in ChargeClass.strict():
        found.append(Action(_("Why not trafficking"), url("charge_reason")))
    return tuple(found)


def _ask_of_charge(request, row, form, act, title, **page):
    back = reverse("justice:charge", args=[row.pk])
    done = page.pop("done", back)
    return ask(request, form, act, done=done, title=title, page_title=_("Charge"), back_url=back,
               back_label=row.citation, **page)


def charge_of(pk):
    return get_object_or_404(Charge.objects.select_related("person", "investigation", "docket"), pk=pk)


def _to(charge):
    return reverse("justice:charge", args=[charge.pk])


@require_http_methods(GET_POST)
def file_charge(request, pk):
    """A charge filed against a person, from one made at arrest or on its own."""
    by, person = request.viewer, person_of(pk)
    case = person.investigation
    before = _uuid(request.GET.get("from"))
    at_arrest = Charge.objects.filter(person=person, stage=ChargeStage.ARREST, pk=before).first()
    people = victims(people_of(case))
    initial = {"on_date": timezone.localdate(), "counts": 1, "jurisdiction": "US"}
    if at_arrest:
        initial |= {name: getattr(at_arrest, name) for name in ("citation", "jurisdiction", "counts")}
    dockets = {str(d.pk): d for d in Docket.objects.filter(investigation=case)}
    form = FileForm(*sent(request), dockets=dockets.values(), victims=people, initial=initial)

    def act(form):
        given = form.cleaned_data
        wanted = set(given["victims"])
        return actions.file_charge(
            person, citation=given["citation"], jurisdiction=given["jurisdiction"], counts=given["counts"],
            on=given["on_date"], docket=dockets.get(given["docket"]), from_charge=at_arrest,
            victims=[p for p in people if str(p.pk) in wanted], by=by)

    back = reverse("justice:person", args=[pk])
    return ask(request, form, act, done=_to, title=_("File a charge against %(person)s") % {"person": person.alias},
               page_title=_("Charge"), back_url=back, back_label=person.alias)


def _uuid(text):
    try:
        return UUID(text or "")
    except ValueError:
        return None


@require_http_methods(GET_POST)
def class_charge(request, pk):
    """One answer for a citation: it holds for every charge of the agency that waits under it."""
    by, row = request.viewer, charge_of(pk)
    form = ClassForm(*sent(request), candidates=row.candidates)
    alike = waiting_words(actions.waiting_alike(row, by).count())

    def act(form):
        n = actions.class_citation(row, to=ChargeClass(form.cleaned_data["charge_class"]), by=by)
        messages.success(request, ngettext("%(n)d charge has its class.", "%(n)d charges have their class.", n) % {
            "n": n})

    return _ask_of_charge(request, row, form, act, _("Class this charge"),
                          intro=" ".join(part for part in (row.review, alike) if part))


def waiting_words(n):
    """How many charges one answer classes; nothing to say of one alone."""
    return _("%(n)d charges under this citation wait for it.") % {"n": n} if n > 1 else ""


@require_http_methods(GET_POST)
def amend(request, pk):
    row = charge_of(pk)
    form = CitationForm(*sent(request), initial={
        "citation": row.citation, "jurisdiction": row.jurisdiction, "counts": row.counts,
        "on_date": timezone.localdate()})

    def act(form):
        given = form.cleaned_data
        return actions.amend(row, citation=given["citation"], jurisdiction=given["jurisdiction"],
                             counts=given["counts"], on=given["on_date"], by=request.viewer)

    return _ask_of_charge(request, row, form, act, _("What it was amended to"), done=_to)


@require_http_methods(GET_POST)
def dispose(request, pk):
    row = charge_of(pk)
    names = [name for name, _words in COUNT_WORDS]
    known = {name: getattr(row, name) or "" for name in names} if row.disposed_on else {}
    form = DisposeForm(*sent(request), initial=known | {"disposed_on": timezone.localdate()})

    def act(form):
        return actions.dispose(row, on=form.cleaned_data["disposed_on"], dispositions=form.dispositions(),
                               sentence=form.sentence(), by=request.viewer)

    return _ask_of_charge(
        request, row, form, act, _("What became of it"), done=_to,
        intro=_("The charge has %(n)d counts. Say of each what became of it.") % {"n": row.counts})


@require_http_methods(GET_POST)
def restitution_paid(request, pk):
    row = charge_of(pk)
    form = PaymentForm(*sent(request), initial={"restitution_paid_usd": row.restitution_paid_usd})
    return _ask_of_charge(
        request, row, form,
        lambda f: actions.record_payment(row, paid=f.cleaned_data["restitution_paid_usd"], by=request.viewer),
        _("Restitution paid so far"))


# --- Dockets and hearings ---------------------------------------------------------------------------------------------


def _ask_of_court(request, case, form, act, title):
    back = reverse("justice:case_charges", args=[case.pk])
    return ask(request, form, act, done=back, title=title, page_title=_("Court"), back_url=back,
               back_label=case.code_name)


@require_http_methods(GET_POST)
def new_docket(request, pk):
    case = case_of(pk)
    return _ask_of_court(request, case, DocketForm(*sent(request)),
                         lambda f: actions.add_docket(case, facts=f.cleaned_data, by=request.viewer),
                         _("A case in court"))


@require_http_methods(GET_POST)
def new_hearing(request, pk):
    case = case_of(pk)
    dockets = {str(d.pk): d for d in Docket.objects.filter(investigation=case)}
    people = {str(p.pk): p for p in suspects(people_of(case))}
    form = HearingForm(*sent(request), dockets=dockets.values(), suspects=people.values())

    def act(form):
        given = form.cleaned_data
        return actions.set_hearing(case, by=request.viewer, facts={
            "kind": given["kind"], "at": given["at"], "place": given["place"],
            "person": people.get(given["person"]), "docket": dockets.get(given["docket"])})

    return _ask_of_court(request, case, form, act, _("A hearing"))


@require_http_methods(GET_POST)
def hearing(request, pk):
    """What is known of a hearing: that victims were told, and what came of it."""
    row = get_object_or_404(Hearing.objects.select_related("investigation", "person"), pk=pk)
    form = HearingNoteForm(*sent(request), initial={
        "victims_notified_on": row.victims_notified_on, "outcome": row.outcome})
    back = reverse("justice:case_charges", args=[row.investigation_id])
    return ask(request, form, lambda f: actions.note_hearing(row, f.cleaned_data), done=back,
               title=HearingKind(row.kind).label, page_title=_("Hearing"), back_url=back,
               back_label=row.investigation.code_name,
               intro=", ".join(part for part in (timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M"), row.place,
                                                 row.person and row.person.alias) if part))


def hearings_between(by, begins, ends):
    """Hearings of our investigations and of those on whose team we are, in order of time."""
    mine = Q(agency_id=by.agency) | Q(on_team())
    return Hearing.objects.filter(mine, at__gte=begins, at__lt=ends).select_related(
        "person", "investigation").defer("outcome").order_by("at", "id")


@require_safe
def hearings(request):
    """Who is in court in the next two weeks."""
    by, now = request.viewer, timezone.now()
    page = paging.page(hearings_between(by, now - timedelta(hours=12), now + timedelta(days=14)), order=("at", "id"),
                       after=request.GET.get("after", ""))
    names = agency_names(r.agency_id for r in page.rows)
    for row in page.rows:
        row.url = reverse("justice:hearing", args=[row.pk])
    columns = [
        Column(_("Hearing"), lambda r: HearingKind(r.kind), first=True),
        Column(_("When"), "at"),
        Column(_("Whose case"), lambda r: f"{r.person.alias}, {r.investigation.code_name}" if r.person
               else r.investigation.code_name),
        Column(_("Where"), lambda r: r.place or Absent("not_recorded")),
        Column(_("Victims told"), lambda r: r.victims_notified_on or Status(_("Not yet"), "warning")),
        Column(_("Held by"), lambda r: names.get(r.agency_id, "")),
    ]
    return render(request, "pages/list.html", {
        "title": _("Hearings"), "page": page, "columns": columns, "unit": _("hearings"),
        "empty": _("No hearing in the next two weeks. Hearings are added to an investigation, under its charges.")})

