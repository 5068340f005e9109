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


def _clients(wanted: list[str], keys: Mapping[bytes, bytes], by: Viewer) -> Iterable[Match]:
    rows = Client.objects.filter(agency_id=by.agency)
    beside = ("is_open", "first_contact_on")
    for score, (id, names, is_open, first_on) in _alike(wanted, finding.opened(rows, _CLIENT_NAMES, keys, beside)):
        shown = names[0] or " ".join(name for name in names[1:3] if name)
        yield Match(UUID(bytes=id), shown, score, is_open=is_open, first_on=first_on)


def _inquiries(wanted: list[str], keys: Mapping[bytes, bytes], by: Viewer) -> Iterable[Match]:
    rows = Inquiry.objects.filter(agency_id=by.agency)
    for score, (id, names, on_date) in _alike(wanted, finding.opened(rows, ("called",), keys, ("on_date",))):
        yield Match(UUID(bytes=id), names[0], score, inquiry=True, first_on=on_date)


def _alike(wanted: list[str], rows: Iterable[tuple]) -> Iterable[tuple[float, tuple]]:
    """Rows whose names (their second part) are like the words typed, and how like: each word typed against the name's
    word that is likest, 0 to 100, and the mean of these. A row is let go before the next is opened."""
    least = 100 - (100 - ALIKE) * len(wanted)  # below it no other word can lift the mean to ALIKE
    likeness = [_Likeness(typed, max(least, 1)) for typed in wanted]
    first = likeness[0].__getitem__
    for row in rows:
        words = finding.words(" ".join(row[1]))
        if least > 0 and not any(map(first, words)):
            continue
        score = sum(max((like[word] for word in words), default=0) for like in likeness) / len(wanted)
        if score >= ALIKE:
            yield score, row


class _Likeness(dict):
    """How like each word asked for is to the one typed; 0 where that is less than `least`. The beginning of a word is
    like the whole of it. Each word is compared once, however many bear it."""

    def __init__(self, typed: str, least: float):
        super().__init__()
        self.typed, self.least = typed, least

    def __missing__(self, word: str) -> float:
        begun = len(self.typed) >= LEAST_LETTERS and word.startswith(self.typed)
        score = self[word] = 100 if begun else fuzz.ratio(self.typed, word, score_cutoff=self.least)
        return score
