"""What happens by itself, as the agency's service account."""

from concord.law.wall import Viewer
from concord.site.justice.actions import received, referrals


def sweep(viewer: Viewer) -> None:
    referrals.sweep(viewer)
    received.sweep(viewer)
