"""Referrals that others sent us: opened and decided here, in the vault, and nowhere else.

The sender's row in the hub never changes. Whether the person is known, was taken on or turned away stays with us
(34 USC 12291(b)(2): services requested, used or denied).
"""

from uuid import UUID

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.bridge.models import Referral
from concord.site.pages.objections import Objection
from concord.site.services import reach as ways
from concord.site.services.actions.clients import open_client
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import Client, ReferralIn, ReferredClient
from concord.vocabulary import (
    ContactCaution,
    NotServedReason,
    ReferralAnswer,
    ServiceType,
    SpokenLanguage,
    TraffickingType,
)


@in_vault
def open_referral(*, referral_id: UUID, by: Viewer) -> tuple[ReferralIn, dict]:
    """What was sent to us, and what we did with it so far."""
    sent = bridge.inbox(by).get(pk=referral_id)
    content = bridge.open_referral(sent, by)
    received, _made = ReferralIn.objects.get_or_create(referral_id=referral_id, defaults=held(by))
    return received, content


@in_vault
def accept_referral(*, referral_id: UUID, by: Viewer, client: Client | None = None) -> Client:
    """Make a client of a referral, or link it to the file that was found. Safe to repeat: one referral, one client."""
    received, content = open_referral(referral_id=referral_id, by=by)
    received = ReferralIn.objects.select_for_update(no_key=True).get(pk=received.pk)
    if received.answer == ReferralAnswer.ACCEPTED:
        return _linked(received)
    _require_undecided(received)
    if client is None:
        client = _open_from(content, referral=bridge.inbox(by).get(pk=referral_id), by=by)
    ReferredClient.objects.create(**held(by), client=client, referral=received)
    _decide(received, ReferralAnswer.ACCEPTED, by)
    return client


@in_vault
def decline_referral(*, referral_id: UUID, reason: NotServedReason, by: Viewer, note: str = "") -> ReferralIn:
    """Turn a referral down, with the reason. It is demand that was not met, and is counted."""
    received, _content = open_referral(referral_id=referral_id, by=by)
    received = ReferralIn.objects.select_for_update(no_key=True).get(pk=received.pk)
    if received.answer == ReferralAnswer.DECLINED:
        return received
    _require_undecided(received)
    received.reason, received.note = reason, note
    return _decide(received, ReferralAnswer.DECLINED, by)


def _open_from(content: dict, *, referral: Referral, by: Viewer) -> Client:
    cautions = tuple(code for code in content.get("contact_caution") or () if _code(ContactCaution, code))
    way = ways.Way(where=content.get("safe_contact", ""), cautions=cautions)
    return open_client(
        called=content.get("name", ""),
        first_contact_on=timezone.localdate(referral.sent_at),
        reach=[way] if way else (),
        language=_code(SpokenLanguage, content.get("language")),
        need_now=[ServiceType(code) for code in content.get("wants") or () if _code(ServiceType, code)],
        trafficking_type=_code(TraffickingType, content.get("trafficking_type")),
        by=by,
    )


def _code(codes, value) -> str:
    """A code that the vocabulary knows, or nothing: another installation may have sent what ours does not."""
    return str(value) if value in set(codes) else ""


def _linked(received: ReferralIn) -> Client:
    link = ReferredClient.objects.select_related("client").filter(referral=received).first()
    if link is None:  # hers is a restricted file: to this viewer the referral is decided, and that is all
        raise Objection({"": "This referral has been decided by a colleague."})
    return link.client


def _require_undecided(received: ReferralIn) -> None:
    if received.answer != ReferralAnswer.OPENED:
        raise Objection({"": "This referral has been decided by a colleague."})


def _decide(received: ReferralIn, answer: ReferralAnswer, by: Viewer) -> ReferralIn:
    received.answer, received.decided_at, received.decided_by_id = answer, timezone.now(), by.staff
    received.save()
    return received
