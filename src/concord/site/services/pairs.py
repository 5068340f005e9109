"""What this provider's files hold about two files of one person: what is proposed, what was decided, who is linked.

Comparing opens files in memory, inside the request of somebody who may open them; what she may not open is not
compared. Of the answer only pairs of ids are kept, sealed on the desk of whoever asked, until she looks again.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from concord.law.wall import Viewer
from concord.site.keys import finding, sealing
from concord.site.services import duplicates, weighing
from concord.site.services.duplicates import Sketch
from concord.site.services.models import Client, Draft, PairDecision
from concord.vocabulary import PairVerdict, Role

#: Who says that two files are one person's: it changes what colleagues see and what is counted.
DECIDERS = (Role.CASE_MANAGER, Role.SUPERVISOR, Role.ADMINISTRATOR)
#: The likeliest come first. Who has decided these looks again.
MOST_KEPT = 200
FORM = "duplicates"

_NO_DIGITS = re.compile(r"[^0-9]+")
_COLUMNS = ("called", "given_name", "family_name", "other_names", "birth_date", "language", "reach")


def of(client: Client) -> Sketch:
    """A file as it is compared."""
    return _sketch(client.pk, [getattr(client, column) for column in _COLUMNS[:-1]], client.reach)


def all_of(by: Viewer, among: Collection[UUID] | None = None) -> list[Sketch]:
    """Every file of the provider that the viewer may open, or those `among` some. One without a name is like none."""
    rows = Client.objects.filter(agency_id=by.agency)
    if among is not None:
        rows = rows.filter(pk__in=among)
    found = finding.opened(rows, _COLUMNS, sealing.own_keys(by.agency))
    files = (_sketch(UUID(bytes=id), texts[:-1], json.loads(texts[-1] or "null")) for id, texts in found)
    return [file for file in files if file.given or file.family]


def _sketch(id: UUID, values: list, reach: list | None) -> Sketch:
    names = dict(zip(_COLUMNS, (value or "" for value in values), strict=False))
    return duplicates.sketch(id, **names, reach=[way.get("where", "") for way in reach or ()])


# --- What was decided -------------------------------------------------------------------------------------------------


def decisions(by: Viewer):
    """Decisions that stand, on pairs of which the viewer may open both."""
    return PairDecision.objects.filter(agency_id=by.agency, undone_at=None)


def standing(one: UUID, other: UUID, by: Viewer) -> PairDecision | None:
    client, twin = duplicates.in_order(one, other)
    return decisions(by).filter(client_id=client, other_id=twin).order_by("-created_at", "-id").first()


def verdicts(by: Viewer) -> dict[tuple[UUID, UUID], str]:
    """What stands of each pair decided."""
    rows = decisions(by).order_by("created_at", "id").values_list("client_id", "other_id", "verdict")
    return {(client, other): verdict for client, other, verdict in rows}


def settled(by: Viewer) -> set[tuple[UUID, UUID]]:
    """Pairs about which nothing is to be asked: decided, or a client and a family member opened from her file."""
    family = Client.objects.filter(agency_id=by.agency, principal__isnull=False).values_list("pk", "principal_id")
    return {*verdicts(by), *(duplicates.in_order(*two) for two in family)}


def linked(by: Viewer) -> dict[UUID, frozenset[UUID]]:
    """Of each linked file all files of that person, itself included."""
    return duplicates.linked(pair for pair, verdict in verdicts(by).items() if verdict == PairVerdict.SAME)


def twins(client: Client, by: Viewer) -> list[Client]:
    """The other files of the same person that the viewer may open."""
    others = linked(by).get(client.pk, frozenset()) - {client.pk}
    found = Client.objects.filter(agency_id=by.agency, pk__in=others)
    return list(found.order_by("first_contact_on", "id")) if others else []


# --- What is proposed -------------------------------------------------------------------------------------------------


def propose(files: list[Sketch], settled: Collection[tuple[UUID, UUID]] = ()) -> list[tuple[UUID, UUID]]:
    """Pairs to look at, the likeliest first, without those settled. By rule alone where the extra is not installed."""
    weighed = weighing.weigh(files) if weighing.IS_HERE else []
    return [pair for pair in dict.fromkeys([*weighed, *duplicates.propose(files)]) if pair not in settled]


def like(client: Client, by: Viewer) -> list[UUID]:
    """Other files with near names and the same birth date or phone number: for one file, when somebody asks."""
    one, known = of(client), settled(by)
    found = duplicates.propose_for(one, all_of(by, among=_with_something_of(one, by)))
    return [other for other in found if duplicates.in_order(client.pk, other) not in known]


def _with_something_of(one: Sketch, by: Viewer) -> list[UUID]:
    """Files that may share a birth date or a phone number with it, without which the rules propose none. Two values of
    every file are opened for this instead of all."""
    born, phones = duplicates.whole_birth(one), duplicates.phone_numbers(one)
    if not born and not phones:
        return []
    rows = Client.objects.filter(agency_id=by.agency)
    found = finding.opened(rows, ("birth_date", "reach"), sealing.own_keys(by.agency))
    return [UUID(bytes=id) for id, (birth, reach) in found if birth in born or reach and _may_name(reach, phones)]


def _may_name(reach: str, phones: Collection[str]) -> bool:
    """Whether one of these numbers may be in a file's ways to reach her, as they are kept (JSON)."""
    if "\\u" in reach:  # digits of another script are kept as escapes: looked at in full
        return True
    digits = _NO_DIGITS.sub("", reach)
    return any(phone in digits for phone in phones)


@dataclass(frozen=True)
class Kept:
    """What the viewer's last look proposed: pairs of ids, how many files were compared, when, and how fully."""

    pairs: tuple[tuple[UUID, UUID], ...]
    files: int
    more: int
    fuller: bool
    at: datetime


def slot(by: Viewer) -> UUID:
    """One look a person: the next takes the place of the last."""
    return uuid5(by.staff, FORM)


def kept(by: Viewer) -> Kept | None:
    draft = Draft.objects.filter(staff_id=by.staff, client_key=slot(by)).first()
    if draft is None or not draft.answers:
        return None
    held = draft.answers
    pairs = tuple((UUID(one), UUID(other)) for one, other in held["pairs"])
    return Kept(pairs, held["files"], held["more"], held["fuller"], draft.updated_at)


def waiting(look: Kept, by: Viewer) -> list[tuple[UUID, UUID]]:
    """Of what was proposed, what nobody has decided since."""
    decided = verdicts(by)
    return [pair for pair in look.pairs if pair not in decided]
