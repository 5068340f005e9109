"""Which jobs the tick runs in which kind of store."""

from concord.site.services import jobs as services
from concord.site.web import ticks
from concord.vocabulary import StoreKind

JOBS: dict[StoreKind, list[ticks.Job]] = {StoreKind.VAULT: [services.sweep]}


def run() -> int:
    """One tick; returns how many jobs failed."""
    failures = ticks.run_all(JOBS)
    ticks.seal_heads()
    return failures
