"""What an evaluator does with a study: open it, record its agreements, receive and destroy bundles."""

import datetime as dt
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from concord.casefile import bundle, checks
from concord.law.wall import Viewer
from concord.site.stores import audit
from concord.site.study.models import Agreement, BundleReceived, Study
from concord.vocabulary import Grade, StoreKind

_study = StoreKind.STUDY.value


class NoAgreement(PermissionError):
    """No agreement of the study is in force; the text says since when, and what to do."""


@transaction.atomic(using=_study)
def open_study(*, title: str, question: str, began_on: dt.date, by: Viewer) -> Study:
    return Study.objects.create(agency_id=by.agency, created_by_id=by.staff, title=title, question=question,
                                began_on=began_on)


@transaction.atomic(using=_study)
def record_agreement(
    *, study: Study, number: str, with_agency: UUID, signed_on: dt.date, expires_on: dt.date, destroy_by: dt.date,
    by: Viewer,
) -> Agreement:
    return Agreement.objects.create(
        agency_id=by.agency, created_by_id=by.staff, study=study, number=number, with_agency_id=with_agency,
        signed_on=signed_on, expires_on=expires_on, destroy_by=destroy_by,
    )


@transaction.atomic(using=_study)
def receive(*, study: Study, folder: Path, by: Viewer) -> BundleReceived:
    """Record a bundle that lies in `folder`, checked. A research bundle names its agreement; a shareable one goes under
    the study's agreement that runs longest. Safe to repeat. Raises NoAgreement, and BundleError where it is none."""
    opened = bundle.read(folder)
    agreement = _agreement(study, opened, timezone.localdate())
    digest = bundle.sha256(folder / bundle.MANIFEST)
    there = study.bundles.filter(manifest_sha256=digest).first()
    if there is not None:
        return there
    checked, manifest = checks.check_folder(folder), opened.manifest
    return BundleReceived.objects.create(
        agency_id=by.agency, created_by_id=by.staff, study=study, agreement=agreement, received_at=timezone.now(),
        grade=opened.grade, source=manifest["source"], made_at=dt.datetime.fromisoformat(manifest["created"]),
        matures_on=manifest["matures_on"], destroy_by=manifest["destroy_by"] or agreement.destroy_by,
        manifest_sha256=digest, rows=checked.counted, errors=checked.errors,
        findings=[[*kind, n] for kind, n in checked.summary().most_common()],
    )


@transaction.atomic(using=_study)
def mark_destroyed(*, received: BundleReceived, on: dt.date) -> BundleReceived:
    """That every copy of the bundle has been destroyed. The record that it came stays."""
    received.destroyed_on = received.destroyed_on or on
    received.save(update_fields=["destroyed_on"])
    audit.record("bundle.destroyed", received)
    return received


def standing(agreements: list[Agreement], today: dt.date) -> str:
    """Why nothing may be received today; "" where an agreement is in force."""
    if any(agreement.in_force(today) for agreement in agreements):
        return ""
    if not agreements:
        return _("This study has no agreement with any agency yet. Record one; until then no bundle may be received.")
    last = max(agreements, key=lambda agreement: agreement.ended_on or agreement.expires_on)
    if last.ended_on and last.ended_on <= today:
        return _("Agreement %(number)s was ended on %(day)s. Nothing may be received, and what you have must be "
                 "destroyed by %(destroy)s.") % _said(last, last.ended_on)
    if last.signed_on > today:
        return _("Agreement %(number)s begins on %(day)s. Until then nothing may be received.") % _said(
            last, last.signed_on)
    return _("Agreement %(number)s expired on %(day)s. Ask the agency to renew it; what you have must be destroyed by "
             "%(destroy)s.") % _said(last, last.expires_on)


def _said(agreement: Agreement, day: dt.date) -> dict[str, str]:
    return {"number": agreement.number, "day": formats.date_format(day, "F j, Y"),
            "destroy": formats.date_format(agreement.destroy_by, "F j, Y")}


def _agreement(study: Study, opened: bundle.Bundle, today: dt.date) -> Agreement:
    agreements = list(study.agreements.all())
    live = [agreement for agreement in agreements if agreement.in_force(today)]
    if not live:
        raise NoAgreement(standing(agreements, today))
    if opened.grade is Grade.RESEARCH:
        named = opened.manifest["agreement"]
        live = [agreement for agreement in live if agreement.number == named]
        if not live:
            raise NoAgreement(_("The bundle came under agreement %(number)s, which is not one of this study in force. "
                                "Record it, or give the bundle back.") % {"number": named})
    return max(live, key=lambda agreement: agreement.expires_on)
