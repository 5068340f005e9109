"""Looking for files that may be one person's, and saying of two that they are, or that they never will be.

A link merges nothing: both files stay as they are, and undoing it leaves no trace in either. What it changes is that
each shows the other, and that the person is counted once.
"""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services import duplicates, pairs, weighing
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, Draft, PairDecision
from concord.site.stores import audit
from concord.site.stores.router import alias_for
from concord.vocabulary import PairVerdict


@in_vault
def look_for_duplicates(*, by: Viewer) -> pairs.Kept:
    """Compare all files that the viewer may open and keep, on her own desk, which pairs somebody should look at."""
    _require_decider(by)
    files = pairs.all_of(by)
    found = pairs.propose(files, pairs.settled(by))
    answers = {
        "pairs": [[str(one), str(other)] for one, other in found[: pairs.MOST_KEPT]],
        "files": len(files), "more": max(len(found) - pairs.MOST_KEPT, 0), "fuller": weighing.IS_HERE,
    }  # fmt: skip
    Draft.objects.update_or_create(
        staff_id=by.staff,
        client_key=pairs.slot(by),
        defaults={"answers": answers},
        create_defaults=held(by) | {"staff_id": by.staff, "form": pairs.FORM, "answers": answers},
    )
    audit.record("files.compared", using=alias_for("services"))
    return pairs.kept(by)


@in_vault
def decide_pair(*, client: Client, other: Client, verdict: PairVerdict, by: Viewer, note: str = "") -> PairDecision:
    """Say that two files are the same person's, or never are. A later word about the same two takes its place.

    What was alike is kept as parts ("birth": "same") without the values: a file that is erased leaves none behind.
    """
    _require_decider(by)
    one, two = _locked(client, other, by)
    earlier = pairs.standing(one.pk, two.pk, by)
    if earlier and earlier.verdict == verdict:
        return earlier
    if verdict == PairVerdict.SAME:
        _require_no_contradiction(one, two, by)
    _undo(pairs.decisions(by).filter(client=one, other=two), by)
    evidence = {part.what: part.how for part in duplicates.compare(pairs.of(one), pairs.of(two))}
    return PairDecision.objects.create(
        **held(by), client=one, other=two, verdict=verdict, evidence=evidence, note=note.strip()
    )


@in_vault
def undo_decision(*, decision: PairDecision, by: Viewer) -> PairDecision:
    """Take a decision back. The two may be proposed again; that it was made, and undone, stays in the record."""
    _require_decider(by)
    _undo(PairDecision.objects.filter(pk=decision.pk, undone_at=None), by)
    decision.refresh_from_db(fields=["undone_at", "undone_by_id"])
    return decision


def _require_decider(by: Viewer) -> None:
    if not by.has(*pairs.DECIDERS):
        raise Objection({"": "A case manager or supervisor decides about two files. Ask one of them to look."})


def _locked(client: Client, other: Client, by: Viewer) -> tuple[Client, Client]:
    """Both files in one order, held until this is decided: two people who decide at once do so one after the other."""
    ids = duplicates.in_order(client.pk, other.pk)
    rows = Client.objects.select_for_update(no_key=True).filter(agency_id=by.agency, pk__in=ids)
    found = list(rows.order_by("id"))
    if len(found) != 2:
        raise Objection({"": "Two different files of your agency are needed, both of which you may open."})
    return found[0], found[1]


def _require_no_contradiction(one: Client, two: Client, by: Viewer) -> None:
    """A link joins all files of both: none of them may have been said never to be one of the others."""
    verdicts = pairs.verdicts(by)
    groups = duplicates.linked(
        [*(pair for pair, said in verdicts.items() if said == PairVerdict.SAME), (one.pk, two.pk)]
    )
    joined = groups[one.pk]
    if _never(verdicts, joined, but=duplicates.in_order(one.pk, two.pk)):
        raise Objection({
            "": "One of these is linked to a file that was said never to be the same person as the other. Undo that "
                "decision first, or leave these two apart."
        })  # fmt: skip


def _never(verdicts: dict, joined: Iterable[UUID], *, but: tuple[UUID, UUID]) -> bool:
    return any(
        said == PairVerdict.DIFFERENT and pair != but and set(pair) <= set(joined) for pair, said in verdicts.items()
    )


def _undo(rows, by: Viewer) -> None:
    rows.update(undone_at=timezone.now(), undone_by_id=by.staff)
