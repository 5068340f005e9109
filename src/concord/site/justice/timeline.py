"""What happened in an investigation, put together from its dated facts in one query. Nothing is kept as a timeline."""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from django.db.models import Case, CharField, DateField, F, IntegerField, Value, When
from django.db.models.functions import Cast, Concat, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.site.justice.codes import CaseEventKind, HearingKind
from concord.site.justice.models import (
    Arrest,
    CaseEvent,
    Charge,
    Hearing,
    Investigation,
    LeadLink,
    Person,
    ProsecutionReferral,
    TeamAgency,
    VictimStatusEvent,
)
from concord.site.pages.records import Event
from concord.vocabulary import (
    ChargeClass,
    ChargeStage,
    ClosedHow,
    PersonRole,
    ProsecutionDecision,
    StatusDecider,
    TraffickingType,
    VictimStatus,
)

_NONE = Value("", output_field=CharField())
_ZERO = Value(0, output_field=IntegerField())


@dataclass(frozen=True)
class Dated:
    """One dated fact: what kind of row it is, its code, whom it is about by number, and the row or agency it names."""

    on: dt.date
    kind: str
    code: str
    number: int
    row: UUID


def _rows(queryset, kind, on, code=_NONE, number=_ZERO, row="pk"):
    return queryset.order_by().annotate(
        t_on=Cast(on, DateField()), t_kind=Value(kind, output_field=CharField()), t_code=Cast(code, CharField()),
        t_number=Cast(number, IntegerField()), t_row=F(row),
    ).values_list("t_on", "t_kind", "t_code", "t_number", "t_row")


def facts(case: Investigation) -> list[Dated]:
    """Every dated fact of an investigation that the viewer may see, newest first."""
    of = {"investigation": case}
    person = F("person__number")
    parts = [
        _rows(CaseEvent.objects.filter(**of, kind=CaseEventKind.TYPE), "type", F("on_date"), F("trafficking_type")),
        _rows(CaseEvent.objects.filter(**of).exclude(kind=CaseEventKind.TYPE), "event", F("on_date"),
              _either("kind", "closed_how")),
        _rows(LeadLink.objects.filter(**of), "lead", F("linked_on")),
        _rows(TeamAgency.objects.filter(**of), "joined", F("from_date"), row="member_id"),
        _rows(TeamAgency.objects.filter(**of).exclude(until_date=None), "left", F("until_date"), row="member_id"),
        _rows(Person.objects.filter(**of).exclude(identified_on=None), "person", F("identified_on"), F("roles__0"),
              F("number")),
        _rows(VictimStatusEvent.objects.filter(**of).exclude(status=VictimStatus.POTENTIAL), "status", F("on_date"),
              Concat("decider", Value(" "), "status"), person, "person_id"),
        _rows(Arrest.objects.filter(**of), "arrest", TruncDate("arrested_at"), number=person),
        _rows(Charge.objects.filter(**of).exclude(stage__in=[ChargeStage.ARREST, ChargeStage.DISPOSED])
              .exclude(on_date=None), "charge", F("on_date"), F("charge_class"), person),
        _rows(Charge.objects.filter(**of, stage=ChargeStage.DISPOSED), "disposed", F("disposed_on"),
              F("charge_class"), person),
        _rows(Hearing.objects.filter(**of), "hearing", TruncDate("at"), F("kind")),
        _rows(ProsecutionReferral.objects.filter(**of), "referred", F("referred_on"), row="to_agency_id"),
        _rows(ProsecutionReferral.objects.filter(**of).exclude(decided_on=None), "decided", F("decided_on"),
              F("decision"), row="to_agency_id"),
    ]
    found = [_as_then(Dated(*row)) for row in parts[0].union(*parts[1:], all=True)]
    found.append(Dated(case.opened_on, "opened", "", 0, case.pk))
    return sorted(found, key=lambda d: (d.on, _RANK.get(d.kind, 5), d.code, d.number), reverse=True)


def _as_then(d: Dated) -> Dated:
    """Who is a confirmed victim today was identified as a potential one; the confirmation is an event of its own."""
    if d.kind == "person" and d.code == PersonRole.VICTIM:
        return replace(d, code=PersonRole.POTENTIAL_VICTIM.value)
    return d


def _either(kind: str, detail: str):
    """A closing carries how; other events are their kind."""
    return Case(When(**{detail: ""}, then=F(kind)), default=F(detail), output_field=CharField())


_RANK = {"opened": 0, "type": 1, "lead": 2, "person": 3}


def events(found: list[Dated], names: dict[UUID, str]) -> list[Event]:
    """The facts as a page shows them; people identified or judged alike on one day are one line."""
    made = []
    for (on, kind, code), same in groupby(found, key=lambda d: (d.on, d.kind, d.code)):
        group = list(same)
        if kind in _TOGETHER and len(group) > 3:
            numbers = sorted(d.number for d in group)
            made.append(Event(on, _TOGETHER[kind](code, len(group)), detail=_numbers(numbers)))
        else:
            made += [_event(d, names) for d in group]
    return made


def _numbers(numbers: list[int]) -> str:
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return _("Persons %(first)d to %(last)d") % {"first": numbers[0], "last": numbers[-1]}
    return _("Persons %(list)s") % {"list": ", ".join(map(str, numbers))}


_TOGETHER = {
    "person": lambda code, n: ngettext("%(n)d person identified: %(role)s", "%(n)d people identified: %(role)s", n) % {
        "n": n, "role": PersonRole(code).label},
    "status": lambda code, n: _("%(decided)s: %(n)d people") % {"decided": _decided(code), "n": n},
}


def _event(d: Dated, names: dict[UUID, str]) -> Event:
    what, url = _WORDS[d.kind](d, names)
    return Event(d.on, what, url=url)


def _person(d: Dated) -> str:
    return _("Person %(n)d") % {"n": d.number}


def _decided(code: str) -> str:
    """Who decided what somebody is, decider first: a status is a judgement, not a fact."""
    decider, _space, status = code.partition(" ")
    return _("%(decider)s decided: %(status)s") % {
        "decider": StatusDecider(decider).label, "status": str(VictimStatus(status).label).lower()}


def _event_words(d: Dated) -> str:
    if d.code in set(CaseEventKind):
        return CaseEventKind(d.code).label
    return _("Closed: %(how)s") % {"how": ClosedHow(d.code).label}


def _class_words(code: str) -> str:
    return ChargeClass(code).label if code else _("class not yet known")


_WORDS = {
    "opened": lambda d, names: (_("Investigation opened"), ""),
    "type": lambda d, names: (_("Held to be: %(type)s") % {"type": TraffickingType(d.code).label}, ""),
    "event": lambda d, names: (_event_words(d), ""),
    "lead": lambda d, names: (_("A lead was added"), ""),
    "joined": lambda d, names: (_("%(agency)s joined the team") % {"agency": names.get(d.row, _("An agency"))}, ""),
    "left": lambda d, names: (_("Last day of %(agency)s on the team") % {"agency": names.get(d.row, _("an agency"))},
                              ""),
    "person": lambda d, names: (_("%(person)s identified: %(role)s") % {
        "person": _person(d), "role": PersonRole(d.code).label}, reverse("justice:person", args=[d.row])),
    "status": lambda d, names: (_("%(decided)s: %(person)s") % {
        "person": _person(d), "decided": _decided(d.code)}, reverse("justice:person", args=[d.row])),
    "arrest": lambda d, names: (_("%(person)s arrested") % {"person": _person(d)},
                                reverse("justice:arrest", args=[d.row])),
    "charge": lambda d, names: (_("Charge filed against %(person)s: %(class)s") % {
        "person": _person(d), "class": _class_words(d.code)}, reverse("justice:charge", args=[d.row])),
    "disposed": lambda d, names: (_("Charge disposed, %(person)s: %(class)s") % {
        "person": _person(d), "class": _class_words(d.code)}, reverse("justice:charge", args=[d.row])),
    "hearing": lambda d, names: (HearingKind(d.code).label, reverse("justice:hearing", args=[d.row])),
    "referred": lambda d, names: (_("Referred to %(agency)s") % {"agency": names.get(d.row, _("a prosecutor"))}, ""),
    "decided": lambda d, names: (_("%(agency)s: %(decision)s") % {
        "agency": names.get(d.row, _("The prosecutor")), "decision": ProsecutionDecision(d.code).label}, ""),
}
