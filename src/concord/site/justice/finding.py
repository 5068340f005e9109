"""Find a person by a name, misspelled too, or by her number; an investigation by title; a court case by its number.

Names are sealed, so finding is opening: every name of the viewer's own agency is opened and compared here. It looks
into the justice store alone, and there into what the agency itself holds; no vault and no partner's file is touched.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from rapidfuzz import fuzz, process, utils

from concord.law.wall import Viewer
from concord.site.justice.models import Docket, Investigation, Lead, Person
from concord.site.keys import sealing
from concord.site.keys.finding import number, opened

CLOSE_ENOUGH = 80
MOST = 25
_NAMES = ("given_name", "family_name", "other_names")
_NUMBER = re.compile(r"(?:person|p)\s*(\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """One hit: a person, an investigation, a lead or a court case, how near it came, and why it is here."""

    kind: str
    pk: UUID
    score: float
    investigation: Investigation | None = None
    person: Person | None = None


def find(text: str, by: Viewer) -> list[Found]:
    """The nearest hits first."""
    text = " ".join(text.split())
    if len(text) < 2:
        return []
    found = [*_titles(text, by), *_leads(text, by), *_dockets(text, by), *_people(text, by)]
    return sorted(found, key=lambda hit: -hit.score)[:MOST]


def _near(text: str, words: dict) -> list[tuple[object, float]]:
    """Keys of `words` whose text is near to `text`: word by word, in any order, with slips of spelling."""
    hits = process.extract(text, words, scorer=_score, processor=utils.default_process, score_cutoff=CLOSE_ENOUGH,
                           limit=MOST)
    return [(key, score) for _text, score, key in hits]


def _score(asked: str, name: str, **options) -> float:
    """How well each word asked for is found in the name; the worst of them counts."""
    words, parts = asked.split(), name.split()
    if not words or not parts:
        return 0.0
    return min(max(fuzz.ratio(word, part) for part in parts) for word in words)


def _titles(text, by):
    own = Investigation.objects.filter(agency_id=by.agency)
    near = dict(_near(text, dict(own.values_list("pk", "code_name"))))
    cases = own.filter(pk__in=near).defer("summary") if near else ()
    return [Found("case", case.pk, near[case.pk], investigation=case) for case in cases]


def _leads(text, by):
    rows = Lead.objects.filter(agency_id=by.agency, reference__iexact=text).values_list("pk", flat=True)
    return [Found("lead", pk, 100) for pk in rows]


def _dockets(text, by):
    rows = Docket.objects.filter(agency_id=by.agency).select_related("investigation")
    settings.CONCORD_RINGS.warm(by.agency)
    numbers = {d: number(d.number or "") for d in rows}
    wanted = number(text)
    return [Found("docket", d.pk, 100, investigation=d.investigation) for d, known in numbers.items()
            if len(wanted) > 3 and wanted in known]


def _people(text, by):
    numbered = _NUMBER.fullmatch(text)
    own = Person.objects.filter(agency_id=by.agency)
    if numbered:
        rows = own.filter(number=int(numbered[1])).select_related("investigation")[:MOST]
        return [Found("person", p.pk, 95, investigation=p.investigation, person=p) for p in rows]
    near = dict(_near(text, _names(by)))
    rows = own.filter(pk__in=near).select_related("investigation")
    return [Found("person", p.pk, near[p.pk], investigation=p.investigation, person=p) for p in rows]


def _names(by: Viewer) -> dict[UUID, str]:
    """Every name the agency holds, opened. Rows without a name are skipped by the database."""
    rows = Person.objects.filter(agency_id=by.agency).exclude(given_name=None, family_name=None, other_names=None)
    found = ((id, " ".join(filter(None, names))) for id, names in opened(rows, _NAMES, sealing.own_keys(by.agency)))
    return {UUID(bytes=id): name for id, name in found if name}
