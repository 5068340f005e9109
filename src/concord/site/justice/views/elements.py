"""Facts of the offence: what is stated and missing, for the team; what it comes to, for the prosecuting office."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from concord.law import elements as law
from concord.site.accounts.directory import agency_names
from concord.site.justice import facts
from concord.site.justice.actions import persons as actions
from concord.site.justice.facts import LABOR, SEX
from concord.site.justice.forms.persons import AssertionForm, SchemeForm, WithdrawForm
from concord.site.justice.models import Assertion, Scheme
from concord.site.justice.views.cases import record_of
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
    team_names,
    victims,
)
from concord.site.pages.lists import Column
from concord.site.pages.records import Action, Fact, Record, Status
from concord.vocabulary import Answer, Basis, Element, Outcome, Sector

TONES = {Outcome.MET: "good", Outcome.NOT_MET: "plain", Outcome.UNDETERMINED: "warning"}


@require_safe
def elements(request, pk):
    """What is missing: the investigation's to-do. What the facts come to is shown to the prosecuting office."""
    by, case = request.viewer, case_of(pk)
    team = list(case.team.all())
    names = team_names(case, team)
    stated = facts.stated(case)
    record = record_of(case, team, by, names, "elements", actions=(
        Action(_("State a fact"), reverse("justice:assert_fact", args=[pk]), primary=True),
        Action(_("One scheme, many people"), reverse("justice:new_scheme", args=[pk])),
    ))
    weighs = by.sector is Sector.PROSECUTION
    return render(request, "justice/elements.html", {
        "record": record, "case": case, "missing": stated.to_do(), "contradicted": stated.said_both_ways(),
        "pairs": len(stated.pairs), "weighs": weighs, "columns": _columns(),
        "groups": [_Row(group, stated) for group in stated.groups] if weighs else (),
        "claims": [_claim(c, stated) for c in stated.claims if c.withdrawn_on is None],
        "withdrawn": [_claim(c, stated) for c in stated.claims if c.withdrawn_on is not None]})


class _Row:
    """Victims and suspects for whom the same is stated, as a line of the office's table."""

    def __init__(self, group: facts.Group, stated: facts.Stated):
        self.group, self.people = group, stated.people
        self.url = reverse("justice:analysis", args=[stated.case.pk, group.pairs[0].pk])

    @property
    def victims(self) -> str:
        return _numbers(self.people[pair.victim_id].number for pair in self.group.pairs)

    @property
    def suspects(self) -> str:
        return _numbers(self.people[pair.suspect_id].number for pair in self.group.pairs)

    def outcome(self, rule: str) -> Status:
        return _outcome(self.group.results[rule])


def _columns() -> list[Column]:
    return [
        Column(_("Victims"), "victims", first=True),
        Column(_("Suspects"), "suspects"),
        Column(_("Sex trafficking (22 USC 7102)"), lambda row: row.outcome(SEX)),
        Column(_("Labor trafficking (22 USC 7102)"), lambda row: row.outcome(LABOR)),
        Column(_("UN Protocol"), lambda row: row.outcome("UN")),
    ]


def _outcome(result: law.Result) -> Status:
    return Status(Outcome(result.outcome).label, TONES[Outcome(result.outcome)])


def _numbers(numbers: Iterable[int]) -> str:
    """Person numbers as a reader says them: "Person 1 to 40, 43"."""
    runs = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = (str(a) if a == b else _("%(from)s to %(to)s") % {"from": a, "to": b} for a, b in runs)
    return _("Person %(numbers)s") % {"numbers": ", ".join(said)}


def _claim(claim: Assertion, stated: facts.Stated) -> dict:
    if claim.scheme_id:
        about = stated.schemes[claim.scheme_id].label
    else:
        pair = next(p for p in stated.pairs if p.pk == claim.pair_id)
        about = f"{stated.people[pair.victim_id].alias}, {stated.people[pair.suspect_id].alias}"
    return {"about": about, "fact": facts.fact_words(Element(claim.element), claim.value),
            "answer": Answer(claim.answer).label, "basis": Basis(claim.basis).label, "on": claim.asserted_on,
            "note": claim.note, "url": reverse("justice:withdraw_fact", args=[claim.pk]),
            "withdrawn_on": claim.withdrawn_on, "withdrawn_why": claim.withdrawn_why}


# --- What they come to: the prosecuting office alone ------------------------------------------------------------------


@require_safe
def analysis(request, pk, pair):
    """Every definition side by side for one victim and one suspect, and whoever is in the same position: each element,
    what decides it, what is missing."""
    by = request.viewer
    require_sector(by, Sector.PROSECUTION)
    case = opened(case_of(pk))
    stated = facts.stated(case)
    group = next((g for g in stated.groups if any(p.pk == pair for p in g.pairs)), None)
    if group is None:
        raise Http404
    row, claims = _Row(group, stated), {str(c.pk): c for c in stated.claims}
    many = len(group.pairs) > 1
    record = Record(
        kind=_("What the facts come to"), title=case.code_name,
        facts=(Fact(_("Victims") if many else _("Victim"), row.victims),
               Fact(_("Suspects") if many else _("Suspect"), row.suspects),
               Fact(_("Pairs with the same facts"), len(group.pairs)),
               Fact(_("First act"), group.facts.first_act_on, "not_yet_known"),
               Fact(_("Under 18 at the act"), Answer(group.facts.minor))),
        actions=(Action(_("All victims and suspects"), reverse("justice:elements", args=[pk])),
                 Action(_("Your office's own file"), reverse("justice:office_file", args=[pk]))),
        access=access_to_office(by, agency_names([by.agency])))
    return render(request, "justice/analysis.html", {
        "record": record, "definitions": [_definition(result, claims, stated) for result in group.results.values()]})


def _definition(result: law.Result, claims: dict, stated: facts.Stated) -> dict:
    rule = law.rule_of(result)
    return {"title": rule.title, "citation": rule.citation, "notes": rule.definitions, "status": _outcome(result),
            "missing": result.missing,
            "lines": [(line.words, Answer(line.answer), [_decides(c, claims, stated) for c in line.deciding])
                      for line in result.lines]}


def _decides(said: law.Assertion, claims: dict, stated: facts.Stated) -> dict:
    """A statement as it bears on an element; of "none of them" the value in question."""
    return _claim(claims[said.id], stated) | {"fact": facts.fact_words(said.element, said.value)}


# --- Stating and taking back ------------------------------------------------------------------------------------------


@require_http_methods(GET_POST)
def new_scheme(request, pk):
    case = case_of(pk)
    people = people_of(case)
    by_id = {str(p.pk): p for p in people}
    form = SchemeForm(*sent(request), victims=victims(people), suspects=suspects(people), initial={
        "victims": [str(p.pk) for p in victims(people)], "suspects": [str(p.pk) for p in suspects(people)]})

    def act(form):
        given = form.cleaned_data
        return actions.make_scheme(
            case, label=given["label"], patterns=given["patterns"], victims=[by_id[i] for i in given["victims"]],
            suspects=[by_id[i] for i in given["suspects"]], relation=given["relation"], by=request.viewer)

    back = reverse("justice:elements", args=[pk])
    return ask(request, form, act, done=back, title=_("One scheme, many people"), page_title=_("Elements"),
               back_url=back, back_label=case.code_name,
               intro=_("Facts stated for a scheme hold for every victim and suspect in it, but for what is stated of a"
                       " victim and a suspect alone: that is an exception to it."))


@require_http_methods(GET_POST)
def assert_fact(request, pk):
    by, case = request.viewer, case_of(pk)
    people = people_of(case)
    schemes = list(Scheme.objects.filter(investigation=case))
    form = AssertionForm(*sent(request), schemes=schemes, victims=victims(people), suspects=suspects(people),
                         initial={"on_date": timezone.localdate()})

    def act(form):
        given = form.cleaned_data
        if given["scheme"]:
            about = next(s for s in schemes if str(s.pk) == given["scheme"])
        else:
            about = actions.pair_of(case, victim=given["victim"], suspect=given["suspect"], by=by)
        element, _colon, value = given["fact"].partition(":")
        made = actions.assert_fact(case, of=about, element=Element(element), value=value, answer=given["answer"],
                                   basis=given["basis"], on=given["on_date"], note=given["note"], by=by)
        against = facts.stated(case).said_both_ways()
        fact = facts.fact_words(Element(element), value)
        for words, n in against:
            if words == fact:
                messages.warning(request, ngettext(
                    "%(fact)s is now said both ways for %(n)d pair. It counts as not known until one is taken back.",
                    "%(fact)s is now said both ways for %(n)d pairs. It counts as not known until one is taken back.",
                    n) % {"fact": words, "n": n})  # fmt: skip
        return made

    back = reverse("justice:elements", args=[pk])
    return ask(request, form, act, done=back, title=_("State a fact"), page_title=_("Elements"), back_url=back,
               back_label=case.code_name,
               intro=_("Facts only: what they add up to is worked out when somebody looks, and is for counsel. A fact"
                       " of one victim and one suspect goes before that of their scheme."))


@require_http_methods(GET_POST)
def withdraw_fact(request, pk):
    claim = get_object_or_404(Assertion.objects.select_related("investigation"), pk=pk, withdrawn_on=None)
    case = claim.investigation
    form = WithdrawForm(*sent(request))
    back = reverse("justice:elements", args=[case.pk])

    def act(form):
        made = actions.withdraw_fact(claim, why=form.cleaned_data["why"], by=request.viewer)
        messages.success(request, _("Taken back. It stays to be read, and counts no more."))
        return made

    fact = facts.fact_words(Element(claim.element), claim.value)
    return ask(request, form, act, done=back, title=_("Take a statement back"), page_title=_("Elements"),
               back_url=back, back_label=case.code_name, submit_label=_("Take it back"),
               intro=_("%(fact)s - %(answer)s. It stays in the file with your reason, since it may have to be"
                       " disclosed, and counts no more.") % {"fact": fact, "answer": Answer(claim.answer).label})
