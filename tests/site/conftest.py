"""Tests through the real stores. Importing this starts them."""

import pytest

from tests import stores as installation

installation.prepare()

from django.conf import settings  # noqa: E402  models and settings exist only once the stores are prepared

from tests.site.committed import chain, committed  # noqa: E402, F401
from tests.site.world import World  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def closed_rings():
    """Ring files are closed before the run ends."""
    yield
    settings.CONCORD_RINGS.close()


@pytest.fixture
def stores(django_db_blocker):
    """All stores, in a transaction each that ends with the test."""
    with django_db_blocker.unblock(), installation.rolled_back():
        yield


@pytest.fixture
def world(stores):
    """Three task forces' worth of agencies, small: see `tests/site/world.py`."""
    return World.build()


@pytest.fixture
def visit(world, client):
    """`visit(user)` is a test client signed in as that user."""

    def signed_in(user):
        client.logout()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
