"""Counts of the justice store for a period, made inside it as the agency that holds the records. Numbers leave; no case
and no person does.

Only records of investigations that the agency itself holds are counted, so that agencies of one team never count the
same arrest twice. A person is counted once a period, however many charges; arrests of possible victims are counted
apart and never as arrests of suspects.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from concord.law.charges import STRICT
from concord.law.wall import Viewer
from concord.site.justice.models import (
    Arrest,
    ArrestReview,
    Charge,
    Investigation,
    Lead,
    Person,
    VictimStatusEvent,
)
from concord.site.reporting.periods import Period
from concord.site.services.measures import Count
from concord.vocabulary import Answer, ChargeStage, PersonRole, VictimStatus


def counts(period: Period, *, by: Viewer) -> list[Count]:
    parts = (
        _leads(by, period), _investigations(by, period), _victims(by, period), _arrests(by, period),
        _possible_victims(by, period), _court(by, period), _reviews(by, period),
    )
    return [count for part in parts for count in part]


def _leads(by: Viewer, period: Period) -> Iterator[Count]:
    own = Lead.objects.filter(agency_id=by.agency)
    received = own.filter(received_on__range=period)
    yield from _tally("leads_received", period, "leads", (
        {"trafficking_type": t, "source": s} for t, s in received.values_list("trafficking_type", "source")))
    decided = own.filter(decided_on__range=period).values_list("received_on", "decided_on", "decision")
    yield from _tally("leads_decided", period, "leads", (
        {"within": _within((decided_on - received_on).days), "decision": decision}
        for received_on, decided_on, decision in decided))
    waiting = own.filter(Q(decided_on=None) | Q(decided_on__gt=period.last), received_on__lte=period.last)
    yield Count("leads_waiting_at_end", str(period), waiting.count(), "leads")


def _within(days: int) -> str:
    return "3_days" if days <= 3 else "7_days" if days <= 7 else "later"


def _investigations(by: Viewer, period: Period) -> Iterator[Count]:
    own = Investigation.objects.filter(agency_id=by.agency, arrest_only=False)
    opened = own.filter(opened_on__range=period).values_list("trafficking_type", "source", "proactive")
    yield from _tally("investigations_opened", period, "investigations", (
        {"trafficking_type": t, "source": s, "proactive": _said(p)} for t, s, p in opened))
    closed = own.filter(closed_on__range=period).values_list("trafficking_type", "closed_how")
    yield from _tally("investigations_closed", period, "investigations", (
        {"trafficking_type": t, "closed_how": how} for t, how in closed))
    open_ = own.filter(Q(closed_on=None) | Q(closed_on__gt=period.last), opened_on__lte=period.last)
    yield Count("investigations_open_at_end", str(period), open_.count(), "investigations")


def _victims(by: Viewer, period: Period) -> Iterator[Count]:
    """Persons who became potential, or confirmed, victims in the period: two counts, never one."""
    events = VictimStatusEvent.objects.filter(agency_id=by.agency, on_date__lte=period.last)
    for status in (VictimStatus.POTENTIAL, VictimStatus.CONFIRMED):
        first: dict[UUID, dt.date] = {}
        rows = events.filter(status=status).order_by("on_date").values_list("person_id", "on_date")
        for person, on in rows:
            first.setdefault(person, on)
        began = [person for person, on in first.items() if on >= period.first]
        people = Person.objects.filter(pk__in=began).values_list("investigation__trafficking_type", "age_group")
        yield from _tally(f"victims_{status}", period, "persons", (
            {"trafficking_type": t, "age_group": a} for t, a in people))


def _arrests(by: Viewer, period: Period) -> Iterator[Count]:
    """Suspects arrested, each once; who may be a victim is not among them."""
    rows = _arrested(by, period).exclude(possible_victim=Answer.YES).filter(person__in=_suspects(by))
    persons = {person: kind for person, kind in rows.values_list("person_id", "investigation__trafficking_type")}
    yield from _tally("suspects_arrested", period, "persons", ({"trafficking_type": t} for t in persons.values()))


def _possible_victims(by: Viewer, period: Period) -> Iterator[Count]:
    """Arrests of people who may be victims: the ground, the stated purpose, and whether that purpose conforms."""
    rows = _arrested(by, period).filter(possible_victim=Answer.YES).values_list(
        "legal_basis", "stated_purpose", "review__purpose_conforms", "advocate_called")
    yield from _tally("possible_victims_arrested", period, "persons", (
        {"legal_basis": basis or "not_recorded", "stated_purpose": purpose or "not_recorded",
         "purpose_conforms": conforms or Answer.UNKNOWN.value, "advocate_called": called}
        for basis, purpose, conforms, called in rows))


def _reviews(by: Viewer, period: Period) -> Iterator[Count]:
    """Reviews that were open when the period ended, by the agency whose supervisor signs."""
    end = _end(period)
    open_ = ArrestReview.objects.filter(Q(signed_at=None) | Q(signed_at__gt=end), for_agency_id=by.agency,
                                        created_at__lte=end)
    yield from _tally("arrest_reviews_open", period, "reviews", (
        {"purpose_conforms": conforms} for conforms in open_.values_list("purpose_conforms", flat=True)))
    yield Count("arrest_reviews_overdue", str(period), open_.filter(due_at__lt=min(end, timezone.now())).count(),
                "reviews")


def _court(by: Viewer, period: Period) -> Iterator[Count]:
    """Suspects with a case filed, under a trafficking statute (STRICT) or not, and suspects convicted; each once."""
    own = Charge.objects.filter(agency_id=by.agency, person__in=_suspects(by))
    filed = own.filter(stage=ChargeStage.FILED, on_date__range=period)
    types, statutes = {}, {}
    for person, kind, class_ in filed.values_list("person_id", "investigation__trafficking_type", "charge_class"):
        types[person] = kind
        statutes[person] = statutes.get(person, False) or class_ in STRICT.classes
    yield from _tally("persons_filed", period, "persons", ({"trafficking_type": t} for t in types.values()))
    yield from _tally("persons_filed_by_statute", period, "persons", (
        {"statute": "trafficking" if is_so else "other"} for is_so in statutes.values()))
    guilty = own.filter(Q(counts_guilty_plea__gt=0) | Q(counts_guilty_trial__gt=0), stage=ChargeStage.DISPOSED,
                        disposed_on__range=period)
    convicted = dict(guilty.values_list("person_id", "investigation__trafficking_type"))
    yield from _tally("persons_convicted", period, "persons", ({"trafficking_type": t} for t in convicted.values()))


def _arrested(by: Viewer, period: Period):
    return Arrest.objects.filter(agency_id=by.agency, arrested_at__date__range=period)


def _suspects(by: Viewer):
    """Whoever is a suspect and no victim: what is done to a victim never advances the count of suspects."""
    own = Person.objects.filter(agency_id=by.agency, roles__overlap=_codes(PersonRole.suspects()))
    return own.exclude(roles__overlap=_codes(PersonRole.victims()))


def _tally(measure: str, period: Period, unit: str, rows: Iterable[dict]) -> Iterator[Count]:
    found = Counter(tuple(row.items()) for row in rows)
    for key, n in sorted(found.items()):
        yield Count(measure, str(period), n, unit, dict(key))


def _end(period: Period) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(period.last + dt.timedelta(days=1), dt.time()))


def _codes(codes) -> list[str]:
    return [code.value for code in codes]


def _said(flag: bool | None) -> str:
    return "unknown" if flag is None else "yes" if flag else "no"
