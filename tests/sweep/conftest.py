"""Whole-house tests by reflection: they find tables, pages and fields themselves, so a new one cannot be forgotten."""

import pytest

from tests import stores as installation

installation.prepare()

from django.conf import settings  # noqa: E402  models exist only once the stores are prepared

from concord.site.stores.policies import walled_models  # noqa: E402
from tests.site.conftest import *  # noqa: E402, F403
from tests.site.world import World  # noqa: E402
from tests.sweep.rows import lift_checks  # noqa: E402


@pytest.fixture
def loose_world(stores):
    """The small world, in stores whose rooms take any row that has the right types."""
    for alias, store in settings.CONCORD.stores.items():
        lift_checks(alias, [m._meta.db_table for m in walled_models(store.kind)])
    return World.build()
