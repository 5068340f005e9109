"""What can be done across the bridge: refer, open what was sent to one's own agency, call an advocate, answer.

Nothing a recipient does is ever written where the sender can see it.
"""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law import referrals as law
from concord.law.wall import PROVIDERS, Viewer
from concord.site.accounts.models import Agency, Membership, Staff, TaskForce
from concord.site.bridge import agreements, envelope
from concord.site.bridge.models import AdvocateCall, DutyShift, Referral
from concord.site.keys.sealing import KeyRefused
from concord.site.pages.objections import Objection
from concord.site.stores import acting, audit
from concord.vocabulary import Answer, Gender, ReferralKind, Scope, Sector, SpokenLanguage, StoreKind

__all__ = ["Line", "Objection", "ReferralKind", "answer_call", "call_advocate", "cancel_shift", "duty_lines", "inbox",
           "open_referral", "outbox", "plan_shift", "provider_lines", "recipients", "refer", "withdraw_answer"]

_NEAREST = (Scope.LOCAL, Scope.REGIONAL, Scope.STATEWIDE)


# --- Referrals --------------------------------------------------------------------------------------------------------


@transaction.atomic(using=StoreKind.HUB.value)
def refer(*, id: UUID, kind: ReferralKind, to_agency: UUID, content: dict, by: Viewer) -> Referral:
    """Send `content` (parts: `law.referrals.CONTENT`) to another agency; received at once, like every referral.

    Safe to repeat with the same id: the first one stands. Raises Objection, which says what to change.
    """
    existing = outbox(by).filter(pk=id).first()
    if existing is not None:
        return _the_same(existing, kind, to_agency)
    recipient = Agency.objects.filter(pk=to_agency).first()
    _check(kind=kind, to=recipient, content=content, by=by)
    now = timezone.now()
    referral = Referral(
        id=id, kind=kind, from_agency_id=by.agency, to_agency_id=to_agency, sent_by_id=by.staff,
        content=_sealed(content, recipient, id), sent_at=now, received_at=now,
    )
    try:
        with transaction.atomic(using=StoreKind.HUB.value):
            referral.save(force_insert=True)
    except IntegrityError:
        return _the_same(outbox(by).get(pk=id), kind, to_agency)
    audit.record("referral.sent", referral)
    return referral


def open_referral(referral: Referral, by: Viewer) -> dict:
    """What was sent, for the agency it was sent to; that it was opened stands in that agency's own chain only."""
    acting_agency = acting.current().viewer.agency
    if referral.to_agency_id != by.agency or by.agency != acting_agency:
        raise KeyRefused("this referral was sealed to another agency")
    key = settings.CONCORD_RINGS.agency(acting_agency)
    try:
        content = envelope.open_content(bytes(referral.content), key=key, referral=referral.pk)
    except InvalidTag:
        content = {}
    if not content.get("summary", "").strip():
        content["summary"] = _("What was sent cannot be read here. Call the agency that sent it.")
    audit.record("referral.opened", referral)
    return content


def inbox(by: Viewer, kinds: Collection[ReferralKind] = tuple(ReferralKind)):
    """What was sent to the viewer's agency, newest first. Which of it is decided only the agency's own store knows."""
    return Referral.objects.filter(to_agency_id=by.agency, kind__in=list(kinds)).order_by("-sent_at", "-id")


@transaction.atomic(using=StoreKind.HUB.value)
def blank_referral(*, id: UUID, by: Viewer) -> None:
    """Forget what was sent to the viewer's agency: noise takes its place, and the sender sees no difference."""
    if inbox(by).filter(pk=id).exists():
        with connections[StoreKind.HUB.value].cursor() as cursor:
            cursor.execute("select guard.blank_referral(%s)", [id])


def not_blank(ids: list[UUID], by: Viewer) -> list[UUID]:
    """Which of these, blanked once, a restore of the hub brought back. To the agency's own jobs alone."""
    with connections[StoreKind.HUB.value].cursor() as cursor:
        cursor.execute("select guard.not_blank(%s)", [ids])
        return [row[0] for row in cursor.fetchall()]


def outbox(by: Viewer):
    """What the viewer's agency sent, newest first."""
    return Referral.objects.filter(from_agency_id=by.agency).order_by("-sent_at", "-id")


def recipients(kind: ReferralKind, by: Viewer):
    """Agencies to which the viewer's own may send this kind today."""
    return Agency.objects.filter(
        pk__in=by.partners, sector__in=law.route(kind).recipients, public_key__isnull=False
    ).order_by("name")


def _the_same(referral: Referral, kind: ReferralKind, to_agency: UUID) -> Referral:
    if (referral.kind, referral.to_agency_id) != (kind, to_agency):
        raise Objection({"": "This was already sent to another agency or as another kind. Begin a new referral."})
    return referral


def _check(*, kind: ReferralKind, to: Agency | None, content: dict, by: Viewer) -> None:
    if to is None or to.pk == by.agency:
        raise Objection({"to_agency": "Choose another agency of your task force."})
    today = timezone.localdate()
    found = law.objections(kind=kind, sender=by.sector, recipient=Sector(to.sector), content=content, today=today)
    if not found and (words := agreements.objection(to=to, by=by, today=today)):
        found = {"to_agency": words}
    if found:
        raise Objection(found)


def _sealed(content: dict, recipient: Agency, id: UUID) -> bytes:
    try:
        return envelope.seal(content, public=bytes(recipient.public_key), referral=id)
    except envelope.TooLong:
        raise Objection({"summary": "Shorten this to what the recipient needs; about ten pages fit."}) from None


# --- Calls for an advocate --------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A telephone line of a provider."""

    agency_id: UUID
    agency: str
    phone: str


@transaction.atomic(using=StoreKind.HUB.value)
def call_advocate(
    *,
    window_from: dt.datetime,
    window_until: dt.datetime,
    people: int | None,
    languages: Collection[SpokenLanguage],
    genders: Collection[Gender],
    minors: Answer,
    by: Viewer,
    task_force: UUID | None = None,
    id: UUID | None = None,
) -> AdvocateCall:
    """Ask the providers of a task force for an advocate. No name, no place, no reason: only what she prepares for.

    Without `task_force`, the one in which somebody is on duty then, the nearest first. Safe to repeat with the same id.
    """
    if id and (existing := AdvocateCall.objects.filter(pk=id, agency_id=by.agency).first()):
        return existing
    if window_until <= window_from:
        raise Objection({"window_until": "The end must lie after the beginning."})
    call = AdvocateCall(
        id=id or uuid4(), agency_id=by.agency, created_by_id=by.staff,
        task_force_id=_task_force(task_force, window_from, window_until, by),
        window_from=window_from, window_until=window_until, people=people, minors=Answer(minors),
        languages=[SpokenLanguage(code) for code in languages], genders=[Gender(code) for code in genders],
    )
    call.save(force_insert=True)
    audit.record("advocate.called", call)
    return call


@transaction.atomic(using=StoreKind.HUB.value)
def answer_call(*, call: AdvocateCall, phone: str, by: Viewer) -> AdvocateCall:
    """Say that the viewer's agency comes, and on which line it is reached. Changes the call and nothing else."""
    _require_provider(by)
    if not phone.strip():
        raise Objection({"phone": "Give the number on which the caller reaches you."})
    unanswered = AdvocateCall.objects.filter(pk=call.pk, task_force_id__in=by.task_forces, answered_at=None)
    taken = unanswered.update(answered_at=timezone.now(), answered_by_agency_id=by.agency, answered_by_id=by.staff,
                              answered_phone=phone.strip())
    call.refresh_from_db()
    if not taken and call.answered_by_agency_id != by.agency:
        raise Objection({"": "Another provider has already answered this call."})
    return call


@transaction.atomic(using=StoreKind.HUB.value)
def withdraw_answer(*, call: AdvocateCall, by: Viewer) -> AdvocateCall:
    """The agency that answered cannot come after all: the call waits again, and every provider sees it."""
    _require_provider(by)
    AdvocateCall.objects.filter(pk=call.pk, answered_by_agency_id=by.agency).update(
        answered_at=None, answered_by_agency_id=None, answered_by_id=None, answered_phone=""
    )
    call.refresh_from_db()
    return call


def duty_lines(call: AdvocateCall) -> list[Line]:
    """Whoever is on duty in the call's task force during its window."""
    with connections[StoreKind.HUB.value].cursor() as cursor:
        cursor.execute(
            "select d.agency_id, a.name, d.phone from guard.on_duty(%s, %s) d"
            " join accounts_agency a on a.id = d.agency_id where d.task_force_id = %s order by a.name, d.phone",
            [call.window_from, call.window_until, call.task_force_id],
        )
        return [Line(*row) for row in cursor.fetchall()]


def provider_lines(task_force: UUID) -> list[Line]:
    """The main lines of the task force's providers: what a caller has at once when nobody is on duty."""
    today = timezone.localdate()
    members = Membership.objects.filter(task_force_id=task_force, from_date__lte=today).exclude(until_date__lt=today)
    found = Agency.objects.filter(sector__in=PROVIDERS, pk__in=members.values("agency")).exclude(phone="")
    return [Line(agency.pk, agency.name, agency.phone) for agency in found.order_by("name")]


def _task_force(wanted: UUID | None, begins: dt.datetime, ends: dt.datetime, by: Viewer) -> UUID:
    if wanted is not None:
        if wanted not in by.task_forces:
            raise Objection({"task_force": "Your agency is not a member of that task force today."})
        return wanted
    with connections[StoreKind.HUB.value].cursor() as cursor:
        cursor.execute("select task_force_id from guard.on_duty(%s, %s)", [begins, ends])
        on_duty = {row[0] for row in cursor.fetchall()}
    found = list(TaskForce.objects.filter(pk__in=by.task_forces))
    if not found:
        raise Objection({"": "Your agency is in no task force today, so no provider can be called from here."})
    return min(found, key=lambda t: (t.pk not in on_duty, _NEAREST.index(t.scope), t.name)).pk


# --- The duty roster --------------------------------------------------------------------------------------------------


@transaction.atomic(using=StoreKind.HUB.value)
def plan_shift(
    *, staff_id: UUID, phone: str, begins_at: dt.datetime, ends_at: dt.datetime, task_force: UUID, by: Viewer
) -> DutyShift:
    """Put one of the viewer's colleagues on duty."""
    _require_provider(by)
    found = {}
    if not Staff.objects.filter(pk=staff_id, agency_id=by.agency, service_account=False).exists():
        found["staff_id"] = "Choose someone of your own agency."
    if task_force not in by.task_forces:
        found["task_force"] = "Your agency is not a member of that task force today."
    if ends_at <= begins_at:
        found["ends_at"] = "The end must lie after the beginning."
    if not phone.strip():
        found["phone"] = "Give the number that callers reach during the shift."
    if found:
        raise Objection(found)
    return DutyShift.objects.create(
        agency_id=by.agency, created_by_id=by.staff, staff_id=staff_id, phone=phone.strip(), begins_at=begins_at,
        ends_at=ends_at, task_force_id=task_force,
    )


@transaction.atomic(using=StoreKind.HUB.value)
def cancel_shift(*, shift: DutyShift, by: Viewer) -> DutyShift:
    if shift.agency_id != by.agency:
        raise Objection({"": "Only the provider whose shift it is can take it off the roster."})
    shift.cancelled_at = shift.cancelled_at or timezone.now()
    shift.save(update_fields=["cancelled_at"])
    return shift


def _require_provider(by: Viewer) -> None:
    if by.sector not in PROVIDERS:
        raise Objection({"": "Only providers answer calls and keep the roster."})
