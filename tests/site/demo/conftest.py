"""The invented world, loaded once for the tests that only look at it and what they add; all of it rolled back."""

import pytest

from concord.site.accounts import standing
from concord.site.demo import cast, world
from concord.site.signin.models import User
from tests import stores as installation


@pytest.fixture(scope="package")
def loaded(django_db_blocker):
    with django_db_blocker.unblock(), installation.rolled_back():
        standing.forget()
        world.load(say=lambda line: None)
        yield
        standing.forget()


@pytest.fixture
def user(loaded):
    """`user(role)` is whoever signs in for that role."""
    return lambda role: User.objects.get(pk=cast.sign_in_of(role).user_id)


@pytest.fixture
def enter(loaded, client):
    """`enter(user)` is a browser signed in as that user, with what it has been told so far."""

    def signed_in(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
