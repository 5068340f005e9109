"""Whose charges a court's file has: by docket number, then by who is charged under it, or by name. Never by a guess.

Docket numbers and names are sealed, so matching is opening: those the agency holds, or reads as a member of a team, are
opened and compared here. What does not match exactly waits in the queue for a person.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from concord.law.wall import Viewer
from concord.site.justice.models import Charge, CourtDefendant, Docket, Hearing, Person, on_team
from concord.site.keys import sealing
from concord.site.keys.finding import bare, number

Defendant = tuple[str, str]  # docket and number, as the court writes them


@dataclass(frozen=True)
class Match:
    """Who a defendant is here, and under which docket; without a person, who it could be."""

    key: str
    person: Person | None = None
    docket: Docket | None = None
    waits: bool = True
    possible: tuple[Person, ...] = field(default=())


def digest(by: Viewer, *parts: str) -> str:
    """A keyed digest: court numbers are few enough to be guessed from a plain one."""
    key = sealing.key_for(by.agency, by.agency, create=True)
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def match(defendants: Mapping[Defendant, set[str]], system: str, by: Viewer) -> dict[Defendant, Match]:
    """Each defendant of a file, given with the names the file has, against what is known here."""
    keys = {defendant: digest(by, system, *map(number, defendant)) for defendant in defendants}
    known = {
        row.key: row
        for row in CourtDefendant.objects.filter(agency_id=by.agency, key__in=keys.values()).select_related("person")
    }
    dockets = _dockets({number(docket) for docket, _number in defendants}, by)
    people = _people({d.investigation_id for found in dockets.values() for d in found}, by)
    named_under = _named_under([d.pk for found in dockets.values() for d in found])
    alone = _alone(defendants)
    return {
        defendant: _one(known.get(keys[defendant]), keys[defendant], dockets.get(number(defendant[0]), ()), people,
                        named_under, names, alone=alone[number(defendant[0])] == 1)
        for defendant, names in defendants.items()
    }  # fmt: skip


def _one(known, key, dockets, people, named_under, names, *, alone) -> Match:
    if known and known.person_id:
        docket = next((d for d in dockets if d.investigation_id == known.person.investigation_id), None)
        return Match(key, known.person, docket, waits=False)
    if known and known.set_aside_on:
        return Match(key, waits=False)
    possible = tuple(person for d in dockets for person in people.get(d.investigation_id, ()))
    if names:
        fits = [(d, p) for d in dockets for p in people.get(d.investigation_id, ()) if _is_named(p, names)]
    else:
        fits = [(d, p) for d in dockets for p in people.get(d.investigation_id, ())
                if alone and named_under.get(d.pk) == {p.pk}]  # fmt: skip
    if len(fits) == 1:
        docket, person = fits[0]
        return Match(key, person, docket, waits=False)
    return Match(key, possible=possible)


def _dockets(numbers: set[str], by: Viewer) -> dict[str, list[Docket]]:
    settings.CONCORD_RINGS.warm(by.agency)
    found: dict[str, list[Docket]] = {}
    for docket in Docket.objects.filter(Q(agency_id=by.agency) | Q(on_team())):
        known = number(docket.number or "")
        if known and known in numbers:
            found.setdefault(known, []).append(docket)
    return found


def _people(investigations: set[UUID], by: Viewer) -> dict[UUID, list[Person]]:
    """Everybody of these investigations: a survivor may be charged too, with what she was made to do."""
    found: dict[UUID, list[Person]] = {}
    rows = Person.objects.filter(investigation_id__in=investigations).select_related("investigation")
    for person in rows.order_by("number"):
        found.setdefault(person.investigation_id, []).append(person)
    return found


def _named_under(dockets: list[UUID]) -> dict[UUID, set[UUID]]:
    """Who is charged or heard under each docket."""
    found: dict[UUID, set[UUID]] = {}
    for model in (Charge, Hearing):
        rows = model.objects.filter(docket_id__in=dockets, person__isnull=False).values_list("docket_id", "person_id")
        for docket, person in rows.distinct():
            found.setdefault(docket, set()).add(person)
    return found


def _alone(defendants) -> dict[str, int]:
    counted: dict[str, int] = {}
    for docket, _number in defendants:
        counted[number(docket)] = counted.get(number(docket), 0) + 1
    return counted


def _is_named(person: Person, names: set[str]) -> bool:
    """Whether every name the file gives is exactly one of the person's: all words, in any order."""
    own = {_words(person.full_name), _words(person.other_names or "")} - {()}
    return bool(own) and all(_words(name) in own for name in names)


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"[^\W\d_]+", bare(name))))
