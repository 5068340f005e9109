"""What the tick does for a provider, as its service account."""

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.bridge import packages
from concord.site.pages.objections import Objection
from concord.site.services.actions import disclosures, erasure, releases
from concord.site.services.models import DisclosureEntry


def sweep(viewer: Viewer) -> int:
    """Finish hand-overs between the vault and the hub; returns how many were found done.

    Copies whose release has ended are withdrawn first of all. What was committed in the vault alone is sent now, if the
    permission still runs. It is marked at the next sweep: then the hub has it for certain.
    """
    releases.withdraw_ended(by=viewer)
    done = 0
    unsent = DisclosureEntry.objects.filter(agency_id=viewer.agency, bridge_done=False, client__erased_on=None)
    for entry in unsent.order_by("at"):
        if _has_arrived(entry, viewer):
            disclosures.mark_sent(entry=entry)
            done += 1
        else:
            _send_again(entry, viewer)
    releases.reseal_lost(by=viewer)
    return done


def forget(viewer: Viewer) -> int:
    """Finish what a crash cut off of an erasure, and let the forget-log say of releases what the vault says."""
    return erasure.finish(viewer) + erasure.finish_revoked(viewer)


def _has_arrived(entry: DisclosureEntry, viewer: Viewer) -> bool:
    if entry.package_id:
        return packages.sent_packages(viewer).filter(pk=entry.package_id).exists()
    return bridge.outbox(viewer).filter(pk=entry.referral_id).exists()


def _send_again(entry: DisclosureEntry, viewer: Viewer) -> None:
    try:
        if entry.package_id is None:
            disclosures.send(entry=entry, by=viewer)
        elif releases.standing(entry.release, timezone.localdate(), entry.client.birth_date).live:
            releases.send(entry=entry, by=viewer)
    except Objection:
        return  # the permission ended or the agreement did: the ledger shows it as not handed over
