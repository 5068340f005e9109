"""What the tick does on the bridge, as the agency's service account."""

from concord.law.wall import Viewer
from concord.site.bridge import packages


def sweep(viewer: Viewer) -> None:
    """Sealed copies whose day has come lose their keys and their content."""
    packages.end_packages(viewer)
