"""What leaves a client's file without her leave: the minimum, on a named order or duty, into the same ledger."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services.actions import disclosures
from concord.site.services.actions.vault import held
from concord.site.services.models import Client, DisclosureEntry
from concord.site.stores import audit
from concord.vocabulary import DisclosureBasis, DisclosureItem

#: A referral always says what it is about. Where no account was chosen it says only on what ground it comes.
COVER = "Handed over because the law requires it. It says what is listed here and nothing else."


def content_of(*, client: Client, items: Collection[DisclosureItem], summary: str, required_by: str) -> dict:
    """Exactly what goes out: the chosen items, and the order or section behind them. The preview is this same."""
    said = disclosures.say(client=client, items=items, summary=summary)
    return {"summary": COVER} | said | {"required_by": required_by}


def hand_over(
    *,
    client: Client,
    basis: DisclosureBasis,
    items: Collection[DisclosureItem],
    summary: str,
    required_by: str,
    at: dt.datetime,
    by: Viewer,
    to_agency: UUID | None = None,
    to_words: str = "",
    **grounds,
) -> DisclosureEntry:
    """Enter what went, and send it where it goes to an agency here. `grounds`: the demand or the mandated report.

    Part of an action, in the caller's transaction. The ledger commits before the hub; the sweeper sends the rest.
    """
    if bool(to_agency) == bool(to_words.strip()):
        raise Objection({"to_agency": "Choose one: an agency here, or write who got it on paper or by telephone."})
    if DisclosureItem.SUMMARY in items and not summary.strip():
        raise Objection({"summary": "Write what is said, or leave it out of what is handed over."})
    entry = DisclosureEntry.objects.create(
        **held(by), client=client, at=at, to_agency_id=to_agency, to_words=to_words.strip(), basis=basis,
        referral_id=uuid4() if to_agency else None, purpose=required_by, items=[str(item) for item in items],
        content=content_of(client=client, items=items, summary=summary, required_by=required_by),
        bridge_done=not to_agency, **grounds,
    )  # fmt: skip
    audit.record("file.disclosed", entry)
    if to_agency:
        disclosures.send(entry=entry, by=by)
    return entry


def require_past(day: dt.date, field: str) -> None:
    if day > timezone.localdate():
        raise Objection({field: "This lies in the future. Give a date that has passed."})
