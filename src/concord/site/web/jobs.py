"""Which jobs the tick runs in which kind of store."""

from concord.law.wall import Viewer
from concord.site.accounts import jobs as accounts
from concord.site.bridge import jobs as bridge
from concord.site.justice import jobs as justice
from concord.site.pages import drafts
from concord.site.reporting import publish
from concord.site.services import jobs as services
from concord.site.signin import actions as signin
from concord.site.web import ticks
from concord.vocabulary import StoreKind

JOBS: dict[StoreKind, list[ticks.Job]] = {
    StoreKind.VAULT: [services.forget, services.sweep, drafts.purge, publish.daily],
    StoreKind.JUSTICE: [justice.sweep, drafts.purge, publish.daily],
    StoreKind.HUB: [bridge.sweep],
}


def run() -> int:
    """One tick; returns how many jobs failed."""
    failures = ticks.run_apart(signin.finish_ended) + ticks.run_all(JOBS) + ticks.run_apart(accounts.sweep)
    ticks.seal_heads()
    return failures


def catch_up(viewer: Viewer) -> None:
    """What waited for somebody with the provider's keys, as its service account (settings.CONCORD_WHEN_OPENED)."""
    ticks.run_for(ticks.service_account(viewer.agency, viewer.sector), JOBS)
