"""Finding somebody among a provider's own client files: decrypt, compare, forget. Nothing is asked of any other store.

A misspelling finds too: names come over the phone, from a colleague's handwriting, or out of another alphabet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz

from concord.law.wall import Viewer
from concord.site.keys import finding, sealing
from concord.site.services.models import Client, Inquiry

ALIKE = 78  # of 100; "Lopes" finds "Lopez", "Maria" finds "Mariya", "Anna" does not find "Diana"
LEAST_LETTERS = 2
MOST_MATCHES = 8

_CLIENT_NAMES = ("called", "given_name", "family_name", "other_names")


@dataclass(frozen=True)
class Match:
    """Somebody who may be the one. `inquiry`: she asked before and has no file."""

    id: UUID
    name: str
    score: float
    is_open: bool = False
    inquiry: bool = False
    first_on: object = None


def find(typed: str, *, by: Viewer, at_most: int = MOST_MATCHES) -> list[Match]:
    """Own clients, and people who asked before, whose names are like what was typed; the likest first.

    Restricted files of others do not appear: to everybody else they do not exist.
    """
    wanted = finding.words(typed)
    if sum(map(len, wanted)) < LEAST_LETTERS:
        return []
    keys = sealing.own_keys(by.agency)
    found = [*_clients(wanted, keys, by), *_inquiries(wanted, keys, by)]
    return sorted(found, key=lambda match: (-match.score, match.inquiry, match.name))[:at_most]


def _clients(wanted: list[str], keys: Mapping[UUID, bytes], by: Viewer) -> Iterable[Match]:
    rows = Client.objects.filter(agency_id=by.agency)
    beside = ("is_open", "first_contact_on")
    for id, names, is_open, first_on in finding.opened(rows, _CLIENT_NAMES, keys, beside):
        if (score := likeness(wanted, names)) >= ALIKE:
            shown = names[0] or " ".join(name for name in names[1:3] if name)
            yield Match(id, shown, score, is_open=is_open, first_on=first_on)


def _inquiries(wanted: list[str], keys: Mapping[UUID, bytes], by: Viewer) -> Iterable[Match]:
    rows = Inquiry.objects.filter(agency_id=by.agency)
    for id, names, on_date in finding.opened(rows, ("called",), keys, ("on_date",)):
        if (score := likeness(wanted, names)) >= ALIKE:
            yield Match(id, names[0], score, inquiry=True, first_on=on_date)


def likeness(wanted: list[str], names: list[str]) -> float:
    """How like the names are to the words typed, 0 to 100: each word typed against the name's word that is likest."""
    known = [word for name in names for word in finding.words(name)]
    if not known:
        return 0
    return sum(max(_alike(word, other) for other in known) for word in wanted) / len(wanted)


def _alike(typed: str, known: str) -> float:
    if len(typed) >= LEAST_LETTERS and known.startswith(typed):
        return 100
    return fuzz.ratio(typed, known)
