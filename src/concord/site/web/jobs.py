"""Which jobs the tick runs in which kind of store."""

from concord.site.web import ticks
from concord.vocabulary import StoreKind

JOBS: dict[StoreKind, list[ticks.Job]] = {}


def run() -> int:
    """One tick; returns how many jobs failed."""
    failures = ticks.run_all(JOBS)
    ticks.seal_heads()
    return failures
