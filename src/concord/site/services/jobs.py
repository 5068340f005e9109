"""What the tick does for a provider, as its service account."""

from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.pages.objections import Objection
from concord.site.services.actions import disclosures
from concord.site.services.models import DisclosureEntry


def sweep(viewer: Viewer) -> int:
    """Finish hand-overs between the vault and the hub; returns how many were found done.

    What was committed in the vault alone is sent now, if the permission still runs. It is marked at the next sweep:
    then the hub has it for certain.
    """
    done = 0
    for entry in DisclosureEntry.objects.filter(agency_id=viewer.agency, bridge_done=False).order_by("at"):
        if bridge.outbox(viewer).filter(pk=entry.referral_id).exists():
            disclosures.mark_sent(entry=entry)
            done += 1
        else:
            _send_again(entry, viewer)
    return done


def _send_again(entry: DisclosureEntry, viewer: Viewer) -> None:
    try:
        disclosures.send(entry=entry, by=viewer)
    except Objection:
        return  # the permission ended or the agreement did: the ledger shows it as not handed over
