"""Someone with a sign-in of her own, as it is outside a demonstration, and the steps she takes."""

from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from concord.site.signin import secrets
from concord.site.signin.models import User

PASSWORD = "four unrelated words, one comma"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(secret=SECRET) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


@dataclass
class SignIn:
    """A browser and whom it belongs to."""

    client: object
    user: User

    def password(self, password=PASSWORD, **more):
        given = {"login": self.user.email, "password": password, "accept": "1"}
        return self.client.post("/account/login/", given | more)

    def code(self, code=None):
        return self.client.post("/account/2fa/authenticate/", {"code": code or code_now()})

    def whole(self, **more):
        self.password(**more)
        return self.code()


@pytest.fixture
def detective(world, client):
    cache.clear()  # which codes were used is kept there, and tests use the same ones again
    user = world.users["detective"]
    user.demo = False
    user.set_password(PASSWORD)
    user.save()
    return SignIn(client, user)


@pytest.fixture
def protected(detective):
    """With an app on her phone."""
    Authenticator.objects.create(
        user=detective.user, type=Authenticator.Type.TOTP, data={"secret": secrets.seal(SECRET)}
    )
    return detective
