"""Erasing a file for good: her key, every sealed value, her drafts, what the chain keeps apart. It cannot be undone.

The order of steps (ADR 0014): the law's conditions; the rows are emptied and the proof is taken, in this transaction;
copies on the bridge that nobody has kept are withdrawn; the forget-log says so, on the disk; her key is destroyed; the
stores commit. Up to the log nothing has happened. From the log on it happens whatever fails: the tick finishes it.
"""

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law import keeping as law
from concord.law.wall import JUSTICE, Viewer
from concord.site.accounts.models import Agency
from concord.site.bridge import actions as bridge
from concord.site.bridge import packages
from concord.site.keys import forgetting
from concord.site.keys.forgetting import What
from concord.site.keys.rings import RingLost
from concord.site.pages.objections import Objection
from concord.site.services import forgotten
from concord.site.services.actions.vault import held, in_vault
from concord.site.services.models import (
    Client,
    CompelledDisclosure,
    Erasure,
    Inquiry,
    LegalHold,
    MandatedReport,
    ReferralIn,
    ReferredClient,
    Release,
)
from concord.site.stores import audit
from concord.site.stores.router import alias_for
from concord.vocabulary import CompelledOutcome, HoldKind

log = logging.getLogger("concord.forgetting")


@dataclass(frozen=True)
class Reach:
    """What of a file lies outside it, by id: what can be taken away there, and what is others' by now."""

    also: tuple[UUID, ...] = ()  # received referrals, sealed under keys of their own
    referrals: tuple[UUID, ...] = ()  # and as they lie on the bridge
    packages: tuple[UUID, ...] = ()  # sealed copies that can still be withdrawn
    theirs: tuple[tuple[dt.datetime, UUID | None], ...] = ()  # when what was received, and by which agency


# --- Holds ------------------------------------------------------------------------------------------------------------


@in_vault
def set_hold(
    *, client: Client, kind: HoldKind, authority: str, from_date: dt.date, by: Viewer, until_date: dt.date | None = None
) -> LegalHold:
    """Keep a file although it could go. Anybody who works with it may: a paper that was served does not wait."""
    if until_date and until_date < max(from_date, timezone.localdate()):
        raise Objection({"until_date": _("The last day has passed. Give a later one, or none.")})
    hold = LegalHold.objects.create(
        **held(by), client=client, kind=kind, authority=authority.strip(), from_date=from_date, until_date=until_date
    )
    audit.record("hold.set", hold)
    return hold


@in_vault
def lift_hold(*, hold: LegalHold, note: str, by: Viewer) -> LegalHold:
    """End a hold; what it was for stays written. Safe to repeat: who was first stays."""
    if not by.has(*law.MAY_LIFT):
        raise PermissionDenied
    hold = LegalHold.objects.select_for_update(no_key=True).get(pk=hold.pk)
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id, hold.lifted_note = timezone.now(), by.staff, note.strip()
        hold.save(update_fields=["lifted_at", "lifted_by_id", "lifted_note"])
        audit.record("hold.lifted", hold)
    return hold


def holds_in_force(client: Client, today: dt.date) -> list[LegalHold]:
    return [hold for hold in client.holds.order_by("from_date") if law.in_force(as_law(hold), today)]


def as_law(hold: LegalHold) -> law.Hold:
    return law.Hold(HoldKind(hold.kind), hold.until_date, hold.lifted_at is not None)


# --- What stands against it, and what it reaches ----------------------------------------------------------------------


def obstacles(client: Client, today: dt.date) -> list[law.Obstacle]:
    """What keeps a client's file today: until when, and what to do about it."""
    return law.objections(
        is_open=client.is_open,
        holds=map(as_law, client.holds.order_by("from_date")),
        open_demands=CompelledDisclosure.objects.filter(client=client, outcome=CompelledOutcome.OPEN).count(),
        unmade_reports=MandatedReport.objects.filter(client=client, made_at=None, not_made_reason=None).count(),
        today=today,
    )


def reached_outside(client: Client, by: Viewer) -> Reach:
    """What of the file lies elsewhere: the page says it before anybody decides."""
    links = list(ReferredClient.objects.filter(client=client).values_list("referral_id", "referral__referral_id"))
    sent = list(client.disclosures.order_by("at").values_list("at", "to_agency_id", "package_id"))
    copies = {p.pk: p for p in packages.sent_packages(by).filter(pk__in=[pk for *_, pk in sent if pk])}
    justice = set(
        Agency.objects.filter(pk__in=[to for _, to, _ in sent if to], sector__in=JUSTICE).values_list("pk", flat=True)
    )
    kept = {p.pk for p in copies.values() if p.opened_at and p.to_agency_id in justice}
    waiting = [p.pk for p in copies.values() if p.withdrawn_at is None and p.pk not in kept]
    theirs = [(at, to) for at, to, package in sent if package not in waiting and not _is_gone(copies.get(package))]
    return Reach(
        also=tuple(own for own, _sent in links), referrals=tuple(sent for _own, sent in links),
        packages=tuple(waiting), theirs=tuple(theirs),
    )  # fmt: skip


def _is_gone(package) -> bool:
    return package is not None and package.withdrawn_at is not None and package.opened_at is None


# --- Erasing ----------------------------------------------------------------------------------------------------------


@in_vault
def erase_client(*, client: Client, asked: law.Asked, asked_on: dt.date, by: Viewer) -> Erasure:
    """Erase a closed file that nothing keeps. Safe to repeat: a file goes once."""
    if existing := _may_erase(client.pk, asked_on, by):
        return existing
    found = obstacles(client, timezone.localdate())
    if found:
        raise Objection({"": " ".join(one.words for one in found)})
    return _erase(client, asked, asked_on, reached_outside(client, by), by)


@in_vault
def erase_inquiry(*, inquiry: Inquiry, asked: law.Asked, asked_on: dt.date, by: Viewer) -> Erasure:
    """Erase what is kept of somebody who asked and was not served."""
    if existing := _may_erase(inquiry.pk, asked_on, by):
        return existing
    return _erase(inquiry, asked, asked_on, Reach(), by)


@in_vault
def erase_declined(*, received: ReferralIn, asked: law.Asked, asked_on: dt.date, by: Viewer) -> Erasure:
    """Erase what a referral that was turned down told of somebody: here, and as it lies on the bridge."""
    if existing := _may_erase(received.pk, asked_on, by):
        return existing
    return _erase(received, asked, asked_on, Reach(referrals=(received.referral_id,)), by)


def _may_erase(subject: UUID, asked_on: dt.date, by: Viewer) -> Erasure | None:
    if not by.has(*law.MAY_ERASE):
        raise PermissionDenied
    if asked_on > timezone.localdate():
        raise Objection({"asked_on": _("This lies in the future. Give the day on which she or he asked.")})
    return Erasure.objects.filter(subject=subject).first()


def _erase(
    row: Client | Inquiry | ReferralIn, asked: law.Asked, asked_on: dt.date, reached: Reach, by: Viewer
) -> Erasure:
    now = timezone.now()
    today = timezone.localdate(now)
    audit.record(f"erasure.asked.{asked}", row)
    removed, proof = _forget(row.pk, today)
    erasure = Erasure.objects.create(
        **held(by), subject=row.pk, asked_on=asked_on, erased_at=now, complete_by=law.complete_by(today),
        removed=removed, proof=proof,
    )  # fmt: skip
    _take_away(reached, by)
    with (
        _saying_why(),
        settings.CONCORD_FORGOTTEN.appending(What.ERASED, **_said(erasure, reached)),
        forgetting.destroying(settings.CONCORD_RINGS, by.agency, [row.pk, *reached.also]),
    ):
        return erasure


@contextmanager
def _saying_why() -> Iterator[None]:
    """What stops an erasure before it has begun, said to whoever asked: a full disk, a lost ring, a damaged log."""
    try:
        yield
    except (OSError, sqlite3.Error, RingLost, forgetting.LogDamaged) as error:
        log.error("an erasure could not begin: %s", type(error).__name__)
        raise Objection(
            {"": _("Nothing was erased: the keys or their log cannot be written now. Tell whoever runs this "
                   "installation (concord doctor), then try again.")}
        ) from error  # fmt: skip


def _forget(subject: UUID, today: dt.date) -> tuple[int, bytes]:
    with connections[alias_for("services")].cursor() as cursor:
        cursor.execute("select removed, proof from guard.forget(%s, %s)", [subject, today])
        removed, proof = cursor.fetchone()
        return removed, bytes(proof)


def _take_away(reached: Reach, by: Viewer) -> None:
    for id in reached.packages:
        packages.withdraw_package(id=id, by=by)
    for id in reached.referrals:
        bridge.blank_referral(id=id, by=by)


def _said(erasure: Erasure, reached: Reach) -> dict:
    """What the log keeps: enough to do it again, and to write the same proof again."""
    return {
        "agency": str(erasure.agency_id), "subject": str(erasure.subject), "erasure": str(erasure.pk),
        "by": str(erasure.created_by_id), "asked_on": erasure.asked_on.isoformat(),
        "erased_at": erasure.erased_at.isoformat(), "complete_by": erasure.complete_by.isoformat(),
        "removed": erasure.removed, "proof": bytes(erasure.proof).hex(), "also": list(map(str, reached.also)),
        "packages": list(map(str, reached.packages)), "referrals": list(map(str, reached.referrals)),
    }  # fmt: skip


# --- Finishing what was begun -----------------------------------------------------------------------------------------


def finish(by: Viewer) -> int:
    """As the agency's own jobs: do again what the log says and the store does not. Returns how much that was."""
    entries = settings.CONCORD_FORGOTTEN.of(What.ERASED, agency=by.agency)
    if not entries:
        return 0
    done = set(Erasure.objects.filter(agency_id=by.agency).values_list("subject", flat=True)) - _refilled()
    unfinished = [entry for entry in entries if entry.id("subject") not in done]
    for entry in unfinished:
        _finish(entry, by)
    return len(unfinished) + _withdraw(entries, by)


@in_vault
def _finish(entry: forgetting.Entry, by: Viewer) -> None:
    """Inside the vault. What lies on the hub is taken away afterwards, of all entries at once: see `_withdraw`."""
    subject = entry.id("subject")
    if any(model.objects.filter(pk=subject).exists() for model in (Client, Inquiry, ReferralIn)):
        _forget(subject, dt.datetime.fromisoformat(entry.said["erased_at"]).date())
    Erasure.objects.get_or_create(subject=subject, defaults=_as_row(entry))
    with forgetting.destroying(settings.CONCORD_RINGS, by.agency, [subject, *entry.ids("also")]):
        """Gone already, unless a crash came between the log and the ring."""


def _as_row(entry: forgetting.Entry) -> dict:
    return {
        "id": entry.id("erasure"), "agency_id": entry.id("agency"), "created_by_id": entry.id("by"),
        "asked_on": dt.date.fromisoformat(entry.said["asked_on"]),
        "erased_at": dt.datetime.fromisoformat(entry.said["erased_at"]),
        "complete_by": dt.date.fromisoformat(entry.said["complete_by"]),
        "removed": entry.said["removed"], "proof": bytes.fromhex(entry.said["proof"]),
    }  # fmt: skip


def _withdraw(entries: list[forgetting.Entry], by: Viewer) -> int:
    """Copies and referrals that a restore of the hub brought back, or that a crash left."""
    sent = [id for entry in entries for id in entry.ids("packages")]
    received = [id for entry in entries for id in entry.ids("referrals")]
    back = Reach(
        packages=tuple(packages.sent_packages(by).filter(pk__in=sent, withdrawn_at=None).values_list("pk", flat=True)),
        referrals=tuple(bridge.not_blank(received, by)) if received else (),
    )
    _take_away(back, by)
    return len(back.packages) + len(back.referrals)


def _refilled() -> set[UUID]:
    with connections[alias_for("services")].cursor() as cursor:
        cursor.execute("select * from guard.refilled()")
        return {row[0] for row in cursor.fetchall()}


# --- Releases taken back ----------------------------------------------------------------------------------------------


def finish_revoked(by: Viewer) -> int:
    """As the agency's own jobs: what the log and the vault say of releases becomes the same on both sides."""
    logged = {e.id("release"): e for e in settings.CONCORD_FORGOTTEN.of(What.REVOKED, agency=by.agency)}
    own = Release.objects.filter(agency_id=by.agency)
    unsaid = list(own.filter(revoked_at__isnull=False).exclude(pk__in=logged))
    for release in unsaid:
        copies = release.disclosures.exclude(package_id=None).values_list("package_id", flat=True)
        forgotten.note_revoked(release, list(copies))
    back = list(own.filter(pk__in=logged, revoked_at=None).values_list("pk", flat=True))
    for pk in back:
        said = logged[pk].said
        own.filter(pk=pk).update(
            revoked_at=dt.datetime.fromisoformat(said["at"]), revoked_by_id=UUID(said["by"]),
            revocation_channel=said["channel"],
        )  # fmt: skip
    return len(unsaid) + len(back) + _withdraw(list(logged.values()), by)
