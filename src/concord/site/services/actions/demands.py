"""A subpoena, order or warrant for a client's file: served, told, prepared, decided. The rules are in `law.demands`.

What is demanded may not be erased meanwhile: the paper served puts a hold on the file by itself.
"""

import base64
import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid4

from django.utils import timezone

from concord.law import demands as law
from concord.law.wall import Viewer
from concord.site.pages.objections import Objection
from concord.site.services import papers
from concord.site.services.actions.compelled import content_of, hand_over, require_past
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, CompelledDisclosure, LegalHold, NoticeAttempt
from concord.site.stores import audit
from concord.vocabulary import CompelledBy, CompelledOutcome, ContactHow, DisclosureItem, HoldKind


@in_vault
def record_demand(
    *,
    client: Client,
    kind: CompelledBy,
    served_on: dt.date,
    authority: str,
    asks_for: str,
    by: Viewer,
    due_on: dt.date | None = None,
    paper: bytes = b"",
    id: UUID | None = None,
) -> CompelledDisclosure:
    """Enter what was served, and hold the file. Confirms nothing to anybody. Safe to repeat with the same id."""
    if id and (existing := CompelledDisclosure.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    require_past(served_on, "served_on")
    if due_on and due_on < served_on:
        raise Objection({"due_on": "This lies before the paper was served. Check both dates."})
    if not authority.strip():
        raise Objection({"authority": "Write which court or office it comes from, its number, and who signed."})
    if not asks_for.strip():
        raise Objection({"asks_for": "Write what the paper asks for, in its own words."})
    demand = CompelledDisclosure.objects.create(
        id=id or uuid4(), **held(by), client=client, kind=kind, served_on=served_on, due_on=due_on,
        authority=authority.strip(), asked=asks_for.strip(), document=_kept(paper),
    )  # fmt: skip
    LegalHold.objects.create(
        **held(by), client=client, kind=HoldKind.SUBPOENA, authority=authority.strip(), from_date=served_on
    )
    audit.record("demand.served", demand)
    return demand


@in_vault
def add_paper(*, demand: CompelledDisclosure, paper: bytes, by: Viewer) -> CompelledDisclosure:
    """Keep the paper of a demand that was entered without it. The first one stays."""
    demand = _locked(demand)
    if demand.document:
        raise Objection({"paper": "The paper is here already. Enter another paper as a demand of its own."})
    if not paper:
        raise Objection({"paper": "Choose the scan or picture of the paper."})
    demand.document = _kept(paper)
    demand.save(update_fields=["document"])
    return demand


def paper_of(demand: CompelledDisclosure) -> bytes:
    return base64.b64decode(demand.document or "")


@in_vault
def log_notice(
    *, demand: CompelledDisclosure, at: dt.datetime, how: ContactHow, reached: bool, by: Viewer, note: str = ""
) -> NoticeAttempt:
    """Enter a try to tell her that her file is demanded."""
    if at > timezone.now():
        raise Objection({"at": "This lies in the future. Enter the attempt when it has been made."})
    if timezone.localdate(at) < demand.served_on:
        raise Objection({"at": "This lies before the paper was served. Check the day."})
    return NoticeAttempt.objects.create(
        **held(by), client_id=demand.client_id, demand=demand, at=at, how=how, reached=reached, note=note
    )


@in_vault
def prepare_demand(
    *,
    demand: CompelledDisclosure,
    by: Viewer,
    counsel: str = "",
    counsel_on: dt.date | None = None,
    safety_steps: str = "",
    no_notice_reason: str = "",
) -> CompelledDisclosure:
    """Enter what was done before anything goes: a lawyer asked, or why none; safety; why nobody tried to tell her."""
    demand = _locked(demand)
    _require_open(demand)
    if counsel_on:
        require_past(counsel_on, "counsel_on")
        if not counsel.strip():
            raise Objection({"counsel": "Write which lawyer was asked on that day."})
    demand.counsel, demand.counsel_on = counsel.strip(), counsel_on
    demand.safety_steps, demand.no_notice_reason = safety_steps.strip(), no_notice_reason.strip()
    demand.save(update_fields=["counsel", "counsel_on", "safety_steps", "no_notice_reason"])
    return demand


def prepared(demand: CompelledDisclosure) -> law.Prepared:
    """What has been done so far, as the rules read it."""
    return law.Prepared(
        kind=CompelledBy(demand.kind), served_on=demand.served_on, due_on=demand.due_on,
        attempts=demand.attempts.count(), no_notice_reason=demand.no_notice_reason or "",
        counsel=demand.counsel or "", counsel_on=demand.counsel_on, safety_steps=demand.safety_steps or "",
    )  # fmt: skip


def required_by(demand: CompelledDisclosure) -> str:
    """The order behind a hand-over, as the recipient and the ledger read it."""
    return f"{CompelledBy(demand.kind).label}: {demand.authority}"


def preview_demand(*, demand: CompelledDisclosure, items: Collection[DisclosureItem], summary: str) -> dict:
    """Exactly what will be handed over."""
    return content_of(client=demand.client, items=items, summary=summary, required_by=required_by(demand))


@in_vault
def decide_demand(
    *,
    demand: CompelledDisclosure,
    outcome: CompelledOutcome,
    decided_on: dt.date,
    by: Viewer,
    items: Collection[DisclosureItem] = (),
    summary: str = "",
    to_agency: UUID | None = None,
    to_words: str = "",
) -> CompelledDisclosure:
    """End a demand. Where something is handed over it is the minimum, into the ledger, and on a named order.

    Safe to repeat: the same end of the same demand is one. The hold on the file stays until somebody lifts it.
    """
    demand = _locked(demand)
    if demand.outcome == outcome and outcome != CompelledOutcome.OPEN:
        return demand
    _require_open(demand)
    found = law.objections(
        prepared(demand), CompelledOutcome(outcome), items=items, decided_on=decided_on, today=timezone.localdate()
    )
    if found:
        raise Objection(found)
    demand.outcome, demand.decided_on, demand.decided_by_id = outcome, decided_on, by.staff
    demand.save(update_fields=["outcome", "decided_on", "decided_by_id"])
    audit.record("demand.decided", demand)
    if outcome == CompelledOutcome.COMPLIED:
        hand_over(
            client=demand.client, basis=law.rule(CompelledBy(demand.kind)).basis, items=items, summary=summary,
            required_by=required_by(demand), at=timezone.now(), to_agency=to_agency, to_words=to_words, demand=demand,
            by=by,
        )  # fmt: skip
    return demand


def _locked(demand: CompelledDisclosure) -> CompelledDisclosure:
    """The row as it is now: a colleague may have decided since the page was drawn."""
    rows = CompelledDisclosure.objects.select_for_update(no_key=True, of=("self",)).select_related("client")
    return rows.get(pk=demand.pk)


def _require_open(demand: CompelledDisclosure) -> None:
    if demand.outcome != CompelledOutcome.OPEN:
        raise Objection({"": "This demand has been decided. If another paper comes, enter it as a demand of its own."})


def _kept(paper: bytes) -> str:
    """As it is kept: what is seen on it, nothing that says where or by whom it was scanned."""
    return base64.b64encode(papers.clean(paper, field="paper")).decode() if paper else ""
