"""Counts of one quarter, made inside the vault as the provider's own agency. Rows of numbers leave; no client does.

Run it as the agency's own jobs (`law.wall.jobs_staff`): they alone count restricted files too, so that a figure does
not depend on who asked for it. Rules C1 to C7 of the grantee reports: principals and family apart, potential and
confirmed apart, new and total apart, and the balance of openings and closings holds or nothing is said. Files that
were linked as one person's count as one client, in every period and in each figure of persons.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from concord.law import counting
from concord.law.counting import Episode
from concord.law.wall import Viewer
from concord.site.keys.sealing import NoKey
from concord.site.services import pairs, rules
from concord.site.services.models import (
    Client,
    ClientStatus,
    Enrolment,
    GroupService,
    Inquiry,
    Need,
    ReferralIn,
    Service,
)
from concord.vocabulary import ClientKind, ReferralAnswer, ServiceMode, Why

UNKNOWN = Why.NOT_RECORDED.value


class Unbalanced(ValueError):
    """Openings and closings do not add up: a file's dates contradict each other, and no count of it can be right."""


class Quarter(NamedTuple):
    """A calendar quarter: "2026-Q3" is July to September."""

    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> dt.date:
        year, month = (self.year + 1, 1) if self.number == 4 else (self.year, 3 * self.number + 1)
        return dt.date(year, month, 1) - dt.timedelta(days=1)

    def __str__(self):
        return f"{self.year}-Q{self.number}"


@dataclass(frozen=True)
class Count:
    """One number. `by` names what it is broken down by: {"kind": "principal", "trafficking_type": "labor"}."""

    measure: str
    period: str
    value: int | Decimal
    unit: str = "persons"
    by: dict[str, str] = field(default_factory=dict)


class Persons:
    """Whose a file is, where files were linked: each person under one id, and a principal client if in any file."""

    def __init__(self, by: Viewer):
        self.linked = pairs.linked(by)
        kinds = dict(Client.objects.filter(agency_id=by.agency, pk__in=self.linked).values_list("pk", "kind"))
        self._kinds = {
            file: counting.kind_of_person(kinds[one] for one in files).value for file, files in self.linked.items()
        }

    def of(self, file: UUID) -> UUID:
        return counting.one_person(self.linked, file)

    def kind(self, file: UUID, said: str) -> str:
        """Of the person whose file it is; `said` is what the file itself says."""
        return self._kinds.get(file, said)

    def files(self, of: Iterable[UUID]) -> set[UUID]:
        """These files and all others of the same persons."""
        return {file for one in of for file in self.linked.get(one, (one,))}


def counts(quarter: Quarter, *, by: Viewer) -> list[Count]:
    """All counts of a quarter. Raises Unbalanced where the dates of the files contradict each other."""
    settings.CONCORD_RINGS.warm(by.agency)
    persons = Persons(by)
    entries = _episodes(by, quarter)
    served = _served(by, quarter, entries)
    episodes = counting.as_persons(entries, persons.linked)
    parts = (
        _balance(quarter, episodes),
        _clients(by, quarter, persons, served),
        _closures(by, quarter, persons, episodes),
        _services(by, quarter, persons),
        _needs(by, quarter, persons),
        _not_served(by, quarter),
    )
    return [count for part in parts for count in part]


def _episodes(by: Viewer, quarter: Quarter) -> list[Episode]:
    rows = Enrolment.objects.filter(agency_id=by.agency, opened_on__lte=quarter.last)
    columns = ("client_id", "client__kind", "opened_on", "closed_on", "reopening", "pk")
    return [Episode(*row) for row in rows.values_list(*columns)]


def _balance(quarter: Quarter, episodes: list[Episode]) -> Iterator[Count]:
    """Open at the start, new and reopened, less closed, are those open at the end: reckoned apart and compared."""
    for kind in ClientKind:
        found = counting.balance([e for e in episodes if e.kind == kind], quarter.first, quarter.last)
        if not found.holds:
            start, new, reopened, closed, end = found
            raise Unbalanced(f"{quarter}: {start} + {new} + {reopened} - {closed} is not {end}; look at files' dates")
        for measure, value in zip(_BALANCE, found, strict=True):
            yield Count(measure, str(quarter), value, by={"kind": kind.value})


_BALANCE = ("clients_open_at_start", "clients_new", "clients_reopened", "clients_closed", "clients_open_at_end")


def _served(by: Viewer, quarter: Quarter, episodes: list[Episode]) -> set[UUID]:
    """The files that were open on a day of the quarter, or in which something was done in it."""
    open_then = {e.client for e in episodes if e.closed_on is None or e.closed_on >= quarter.first}
    return open_then | set(_in(quarter, _done(by)).values_list("client_id", flat=True))


def _done(by: Viewer):
    return Service.objects.filter(agency_id=by.agency, undone_at=None)


def _in(quarter: Quarter, rows, column: str = "on_date"):
    return rows.filter(**{f"{column}__range": (quarter.first, quarter.last)})


def _clients(by: Viewer, quarter: Quarter, persons: Persons, served: set[UUID]) -> Iterator[Count]:
    """Persons served, each once: by type, age group and gender; potential and confirmed in two columns."""
    files = persons.files(served)
    ages, statuses = _entry_ages(by, files), _statuses(by, quarter, files, persons)
    people: dict[UUID, list[Client]] = defaultdict(list)
    for client in Client.objects.filter(agency_id=by.agency, pk__in=files).order_by("-first_contact_on", "id"):
        people[persons.of(client.pk)].append(client)
    columns = {
        "clients_served": lambda own: {},
        "clients_served_by_trafficking_type": lambda own: {"trafficking_type": _said(own, "trafficking_type")},
        "clients_served_by_age_group": lambda own: {"age_group": str(rules.age_group(_age(own, ages)))},
        "clients_served_by_gender": lambda own: {"gender": _said(own, "gender")},
        "clients_served_by_status": lambda own: {"status": statuses.get(persons.of(own[0].pk), UNKNOWN)},
    }
    for measure, broken_down in columns.items():
        rows = ({"kind": persons.kind(own[0].pk, own[0].kind), **broken_down(own)} for own in people.values())
        yield from _tally(measure, quarter, rows)


def _said(own: list[Client], column: str):
    """What the newest file of a person says that says anything."""
    return next((value for client in own if (value := _opened(client, column)) != UNKNOWN), UNKNOWN)


def _age(own: list[Client], ages: dict[UUID, int | None]) -> int | None:
    return next((age for client in own if (age := ages.get(client.pk)) is not None), None)


def _entry_ages(by: Viewer, files: set[UUID]) -> dict[UUID, int | None]:
    """Age at the latest entry: age at intake is what service reports ask for."""
    rows = Enrolment.objects.filter(agency_id=by.agency, client_id__in=files).order_by("opened_on")
    return {row.client_id: _opened(row, "age_at_entry", missing=None) for row in rows}


def _statuses(by: Viewer, quarter: Quarter, files: set[UUID], persons: Persons) -> dict[UUID, str]:
    """The judgement of each person that held at the end of the quarter."""
    rows = ClientStatus.objects.filter(agency_id=by.agency, client_id__in=files, on_date__lte=quarter.last)
    rows = rows.order_by("on_date", "created_at").values_list("client_id", "status")
    return {persons.of(file): status for file, status in rows}


def _closures(by: Viewer, quarter: Quarter, persons: Persons, episodes: list[Episode]) -> Iterator[Count]:
    """Why people left. One of two linked files that is closed while the other stays open is nobody's leaving."""
    ended = {episode.ended_by for episode in episodes}
    rows = _in(quarter, Enrolment.objects.filter(agency_id=by.agency), "closed_on").select_related("client")
    rows = [row for row in rows if row.pk in ended]
    for measure, column in (
        ("closures_by_reason", "closure_reason"),
        ("closures_by_exit_living_situation", "exit_living_situation"),
    ):
        found = ({"kind": persons.kind(row.client_id, row.client.kind), column: _opened(row, column)} for row in rows)
        yield from _tally(measure, quarter, found, unit="episodes")


def _services(by: Viewer, quarter: Quarter, persons: Persons) -> Iterator[Count]:
    """Services provided and referred by type: entries, quantities in each unit, and persons each counted once."""
    columns = ("client_id", "client__kind", "service_type", "mode", "unit", "quantity")
    rows = [
        (persons.of(file), persons.kind(file, kind), *rest)
        for file, kind, *rest in _in(quarter, _done(by)).values_list(*columns)
    ]
    entries = ({"kind": k, "service_type": t, "mode": m} for _c, k, t, m, _u, _q in rows)
    yield from _tally("services_by_type", quarter, entries, unit="services")
    served = {(c, k, t) for c, k, t, m, _u, _q in rows if m == ServiceMode.PROVIDED}
    yield from _tally("clients_by_service_type", quarter, ({"kind": k, "service_type": t} for _c, k, t in served))
    quantities: dict[tuple, Decimal] = defaultdict(Decimal)
    for _client, kind, service_type, mode, unit, quantity in rows:
        if mode == ServiceMode.PROVIDED:
            quantities[kind, service_type, unit] += quantity
    for (kind, service_type, unit), quantity in sorted(quantities.items()):
        broken_down = {"kind": kind, "service_type": service_type, "unit": unit}
        yield Count("service_quantity_by_type", str(quarter), quantity, unit=unit, by=broken_down)
    yield from _groups(by, quarter)


def _groups(by: Viewer, quarter: Quarter) -> Iterator[Count]:
    sessions, people = Counter(), Counter()
    groups = _in(quarter, GroupService.objects.filter(agency_id=by.agency, undone_at=None))
    for service_type, n in groups.values_list("service_type", "people"):
        sessions[service_type] += 1
        people[service_type] += n
    for service_type, n in sorted(sessions.items()):
        yield Count("group_sessions_by_type", str(quarter), n, "sessions", {"service_type": service_type})
        yield Count(
            "group_attendance_by_type",
            str(quarter),
            people[service_type],
            "attendances",
            {"service_type": service_type},
        )


def _needs(by: Viewer, quarter: Quarter, persons: Persons) -> Iterator[Count]:
    """Services asked for in the quarter, and those found in it not to be had, by what stood in the way."""
    needs = Need.objects.filter(agency_id=by.agency)
    rows = _in(quarter, needs, "requested_on").values_list("client_id", "client__kind", "service_type")
    asked = ({"kind": persons.kind(file, kind), "service_type": t} for file, kind, t in rows)
    yield from _tally("needs_requested_by_type", quarter, asked, unit="requests")
    unmet = _in(quarter, needs.filter(mode=ServiceMode.UNMET), "decided_on").select_related("client")
    found = (
        {
            "kind": persons.kind(need.client_id, need.client.kind),
            "service_type": need.service_type,
            "barrier": _opened(need, "barrier"),
        }
        for need in unmet
    )
    yield from _tally("needs_unmet_by_type_and_barrier", quarter, found, unit="requests")


def _not_served(by: Viewer, quarter: Quarter) -> Iterator[Count]:
    """People who asked, or were referred, and did not become clients, by reason."""
    asked = _in(quarter, Inquiry.objects.filter(agency_id=by.agency))
    yield from _tally("inquiries_not_served_by_reason", quarter, ({"reason": _opened(row, "reason")} for row in asked))
    declined = _in(
        quarter, ReferralIn.objects.filter(agency_id=by.agency, answer=ReferralAnswer.DECLINED), "decided_at__date"
    )
    found = ({"reason": _opened(row, "reason")} for row in declined)
    yield from _tally("referrals_declined_by_reason", quarter, found, unit="referrals")


def _tally(measure: str, quarter: Quarter, rows: Iterable[dict], unit: str = "persons") -> Iterator[Count]:
    found = Counter(tuple(row.items()) for row in rows)
    for key, n in sorted(found.items()):
        yield Count(measure, str(quarter), n, unit, dict(key))


def _opened(row, column: str, missing=UNKNOWN):
    """A sealed value for counting; one whose key was destroyed counts as not recorded, like one never asked."""
    try:
        value = getattr(row, column)
    except NoKey:
        return missing
    return missing if value in (None, "") else value
