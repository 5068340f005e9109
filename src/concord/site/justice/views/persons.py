"""People of an investigation: roster, fast entry, the same facts for many, and one person's page."""

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from concord.law.intake import Field, still_to_ask
from concord.site.accounts.directory import staff_names
from concord.site.bridge import actions as bridge
from concord.site.bridge.forms import ReferralForm
from concord.site.justice.actions import persons as actions
from concord.site.justice.actions import referrals
from concord.site.justice.desk import FormView
from concord.site.justice.forms.common import gathered
from concord.site.justice.forms.persons import (
    PersonForm,
    RosterForm,
    SameFactsForm,
    StatusForm,
)
from concord.site.justice.models import Arrest, Charge, VictimStatusEvent
from concord.site.justice.views.cases import record_of
from concord.site.justice.views.common import (
    GET_POST,
    access_to_case,
    ask,
    case_of,
    opened,
    people_of,
    person_of,
    roles_words,
    sent,
    suspects,
    team_names,
    victims,
)
from concord.site.pages.lists import Absent, Column, Link
from concord.site.pages.records import Action, Event, Fact, Record, Status
from concord.vocabulary import (
    AgeGroup,
    Answer,
    Basis,
    ChargeClass,
    ChargeStage,
    Gender,
    MeansOfControl,
    Milestone,
    Race,
    RecordKind,
    ReferralKind,
    Screened,
    Sex,
    SpokenLanguage,
    StatusDecider,
    SuspectOutcome,
    TookPart,
    VictimStatus,
)

VICTIM_MILESTONES = (Milestone.VICTIM_IDENTIFIED, Milestone.SCREENING)


@require_safe
def roster(request, pk):
    by, case = request.viewer, case_of(pk)
    team = list(case.team.all())
    names = team_names(case, team)
    people = people_of(case)
    settings.CONCORD_RINGS.warm(case.agency_id)
    statuses = _latest_statuses(case)
    for person in people:
        person.url = reverse("justice:person", args=[person.pk])
    columns = [
        Column(_("Person"), "alias", first=True),
        Column(_("Name"), lambda p: p.full_name or Absent("not_yet_known")),
        Column(_("Roles"), roles_words),
        Column(_("Status"), lambda p: _status(statuses.get(p.pk))),
        Column(_("Age"), lambda p: p.age if p.age is not None else AgeGroup(p.age_group)),
        Column(_("Sex"), lambda p: Sex(p.sex) if p.sex else Absent(p.sex_why)),
        Column(_("Language"), lambda p: SpokenLanguage(p.language) if p.language else Absent(p.language_why)),
    ]
    record = record_of(case, team, by, names, "roster", actions=(
        Action(_("Enter people"), reverse("justice:roster_entry", args=[pk]), primary=True),
        Action(_("Same facts for many"), reverse("justice:same_facts", args=[pk])),
    ))
    return render(request, "justice/roster.html", {
        "record": record, "columns": columns, "people": people, "victims": len(victims(people)),
        "suspects": len(suspects(people))})


def _latest_statuses(case) -> dict:
    rows = VictimStatusEvent.objects.filter(investigation=case).order_by("on_date", "created_at").defer("note")
    return {row.person_id: row for row in rows}


def _status(event):
    if event is None:
        return Absent("not_applicable")
    tones = {VictimStatus.CONFIRMED: "good", VictimStatus.POTENTIAL: "warning"}
    status = VictimStatus(event.status)
    return Status(status.label, tones.get(status, "plain"))


class RosterEntry(FormView):
    """Many people in one go: a grid by keyboard, a line for many alike, or lines pasted from a spreadsheet."""

    form_code, form_class = "roster", RosterForm
    template_name = "justice/roster_entry.html"
    page_title = "Enter people"

    @property
    def title(self):
        return _("Enter people")

    def dispatch(self, request, *args, **kwargs):
        self.case = case_of(kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def subject(self):
        return self.case.pk

    def form_options(self):
        asked = self.request.GET.get("rows", "")
        return {"rows": min(int(asked), 60)} if asked.isdecimal() and int(asked) else {}

    def act(self, form):
        people = actions.add_people(self.case, form.people, decider=form.cleaned_data["decider"],
                                    by=self.request.viewer)
        messages.success(self.request, ngettext("%(n)d person was added.", "%(n)d people were added.", len(people)) % {
            "n": len(people)})
        return self.case.pk

    def done_url(self, made):
        return reverse("justice:roster", args=[made])

    def more(self):
        return {"back_url": reverse("justice:roster", args=[self.case.pk]), "back_label": self.case.code_name}


@require_http_methods(GET_POST)
def same_facts(request, pk):
    case = case_of(pk)
    people = people_of(case)
    chosen = {"people": [str(p.pk) for p in victims(people)]}

    def act(form):
        wanted = set(form.cleaned_data["people"])
        n = actions.same_facts(case, [p for p in people if str(p.pk) in wanted], form.facts())
        messages.success(request, _("The same facts now stand for %(n)d people.") % {"n": n})

    back = reverse("justice:roster", args=[pk])
    return ask(request, SameFactsForm(*sent(request), people=people, initial=chosen), act, done=back,
               title=_("Same facts for many"), page_title=_("People"), back_url=back, back_label=case.code_name,
               intro=_("What you leave empty stays as it is for each of them."))


# --- One person -------------------------------------------------------------------------------------------------------


@require_safe
def person(request, pk):
    by, row = request.viewer, opened(person_of(pk))
    case = row.investigation
    team = list(case.team.all())
    statuses = list(VictimStatusEvent.objects.filter(person=row).order_by("-on_date", "-created_at"))
    arrests = list(Arrest.objects.filter(person=row).select_related("review").order_by("-arrested_at"))
    charges = list(Charge.objects.filter(person=row).order_by("-on_date", "stage"))
    sent_rows = referrals.sent_for(by, person_id=row.pk)
    names = team_names(case, team, *(s.to_agency_id for s in sent_rows))
    people = staff_names(s.decided_by_id for s in statuses)
    asked = _still_asked(row, statuses)
    record = Record(
        kind=_("Person"), title=row.shown_as, status=_status(statuses[0]) if statuses else None,
        next_step=asked.words if asked else "", facts=_facts(row), actions=_person_actions(row, asked),
        access=access_to_case(case, team, by, names))
    return render(request, "justice/person.html", {
        "record": record, "person": row, "case": case, "victim_facts": _victim_facts(row) if row.is_victim() else (),
        "statuses": [(s, VictimStatus(s.status), StatusDecider(s.decider), Basis(s.basis) if s.basis else None,
                      people.get(s.decided_by_id, "")) for s in statuses],
        "arrests": arrests, "charges": [(c, ChargeStage(c.stage), ChargeClass(c.charge_class) if c.charge_class else "")
                                        for c in charges],
        "sent_rows": [(s.sent_at, names.get(s.to_agency_id, "")) for s in sent_rows],
        "events": _person_events(row, statuses, arrests, charges, sent_rows, names),
    })


def _facts(p):
    return (
        Fact(_("Investigation"), Link(p.investigation.code_name, reverse("justice:case", args=[p.investigation_id]))),
        Fact(_("Roles"), roles_words(p)),
        Fact(_("Other names"), p.other_names, "not_yet_known"),
        Fact(_("Born"), p.birth_date, "not_yet_known"),
        Fact(_("Age"), p.age if p.age is not None else AgeGroup(p.age_group), p.age_why),
        Fact(_("Sex"), Sex(p.sex) if p.sex else None, p.sex_why),
        Fact(_("Gender"), Gender(p.gender) if p.gender else None, p.gender_why),
        Fact(_("Race or ethnicity"), [Race(r).label for r in p.race] or None, p.race_why),
        Fact(_("Language"), SpokenLanguage(p.language) if p.language else None, p.language_why),
        *((Fact(_("Outcome"), SuspectOutcome(p.outcome)),) if p.outcome else ()),
    )


def _victim_facts(p):
    return (
        Fact(_("First act"), p.first_act_on, "not_yet_known"),
        Fact(_("Age at the first act"), p.age_at_first_act, p.age_at_first_act_why),
        Fact(_("Under 18 at any act"), Answer(p.minor_at_act)),
        Fact(_("Methods of control"), [MeansOfControl(m).label for m in p.means] or None, p.means_why),
        Fact(_("Screened"), Screened(p.screened) if p.screened else None, p.screened_why),
        Fact(_("Took part"), TookPart(p.took_part) if p.took_part else None, p.took_part_why),
        Fact(_("Services offered by referral"), p.referred_to_services_on, "not_recorded"),
    )


def _still_asked(person, statuses) -> Field | None:
    """The first question of the milestones reached that nobody has answered; a reason is an answer."""
    if not person.is_victim():
        return None
    names = ("identified_by", "age_at_first_act", "means", "venue", "industry", "screened", "screening_tool",
             "referred_to_services_on")
    answered = {name for name in names if getattr(person, name) not in (None, "", [])
                or getattr(person, f"{name}_why", "")}
    answered |= {"victim_status"} if statuses else set()
    answered |= {"screening_tool"} if person.screened != Screened.YES else set()
    left = still_to_ask(RecordKind.INVESTIGATION, VICTIM_MILESTONES, answered)
    return left[0] if left else None


def _person_actions(p, asked):
    """What can be done; first and foremost what answers the next question."""
    labels = {"change_person": _("Change facts"), "new_arrest": _("Record an arrest"),
              "victim_status": _("Victim status"), "refer_person": _("Refer to services")}
    if p.is_suspect():
        labels["file_charge"] = _("File a charge")
    first = _ANSWERED_BY.get(asked.name, "change_person") if asked else "change_person"
    return tuple(Action(labels[name], reverse(f"justice:{name}", args=[p.pk]), primary=name == first)
                 for name in sorted(labels, key=lambda name: name != first))


_ANSWERED_BY = {"victim_status": "victim_status", "referred_to_services_on": "refer_person"}


def _person_events(row, statuses, arrests, charges, sent_rows, names):
    found = [Event(s.on_date, VictimStatus(s.status).label, detail=StatusDecider(s.decider).label) for s in statuses]
    found += [Event(timezone.localdate(a.arrested_at), _("Arrested"), url=reverse("justice:arrest", args=[a.pk]))
              for a in arrests]
    found += [Event(c.disposed_on or c.on_date, ChargeStage(c.stage).label,
                    url=reverse("justice:charge", args=[c.pk])) for c in charges if c.disposed_on or c.on_date]
    found += [Event(timezone.localdate(s.sent_at), _("Referred to %(agency)s") % {
        "agency": names.get(s.to_agency_id, "")}, detail=_("Received")) for s in sent_rows]
    if row.identified_on:
        found.append(Event(row.identified_on, _("Identified")))
    return sorted(found, key=lambda event: event.on, reverse=True)


def _ask_of_person(request, row, form, act, title, **page):
    back = reverse("justice:person", args=[row.pk])
    return ask(request, form, act, done=back, title=title, page_title=_("Person"), back_url=back,
               back_label=row.alias, **page)


@require_http_methods(GET_POST)
def change_person(request, pk):
    row = opened(person_of(pk))
    form = PersonForm(*sent(request), victim=row.is_victim(), suspect=row.is_suspect(),
                      initial=gathered(row, PersonForm))
    return _ask_of_person(request, row, form, lambda f: actions.change_person(row, f.facts()),
                          _("What is known of %(person)s") % {"person": row.alias})


@require_http_methods(GET_POST)
def victim_status(request, pk):
    row = person_of(pk)

    def act(form):
        given = form.cleaned_data
        return actions.record_status(row, status=given["status"], decider=given["decider"], basis=given["basis"],
                                     on=given["on_date"], note=given["note"], by=request.viewer)

    return _ask_of_person(request, row, StatusForm(*sent(request), initial={"on_date": timezone.localdate()}), act,
                          _("Victim status"), intro=_("A new judgement stands beside the earlier ones; none is lost."))


@require_http_methods(GET_POST)
def refer_person(request, pk):
    by, row = request.viewer, person_of(pk)
    options = {"kind": ReferralKind.SERVICES, "agencies": bridge.recipients(ReferralKind.SERVICES, by),
               "sector": by.sector}
    known = {"id": uuid4(), "name": row.full_name, "language": row.language, "age_group": row.age_group,
             "gender": row.gender}

    def act(form):
        given = form.cleaned_data
        referrals.refer_to_services(id=given["id"], to_agency=given["to_agency"], content=form.content(), person=row,
                                    by=by)
        messages.success(request, _("Received. This is the one answer that every referral gets."))

    return _ask_of_person(
        request, row, ReferralForm(*sent(request), **options, initial=known), act, _("Refer to services"),
        submit_label=_("Send it"),
        intro=_("Ask the person first, if you can. You are told that it was received, and nothing after that."))
