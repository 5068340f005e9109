"""What we ask of allauth: nobody signs herself up, locks hold for every way in, secrets are sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.site.signin import locks, secrets

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are no second factor


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right. After five failures the sign-in "
                                     "is locked."),
        "locked": _("This sign-in is locked."),
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        if locks.is_locked(request, credentials.get("email", "")):
            raise self.validation_error("locked")

    def pre_login(self, request, user, **kwargs):
        """Every way in passes here, a passkey too, which no password check precedes."""
        if locks.is_locked(request, user.email) or (user.demo and not settings.CONCORD_DEMO):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_client_ip(self, request):
        return request.META.get("REMOTE_ADDR", "127.0.0.1")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Wait for the next one and try again."),
        "cannot_delete_authenticator": _("This is your only second factor. Add another before you remove it."),
    }

    def encrypt(self, text):
        return secrets.seal(text)

    def decrypt(self, encrypted_text):
        return secrets.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator):
        """Never the last factor: without one she could enter nothing."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user, type):
        n = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("My passkey")) if n == 0 else str(_("Passkey %(n)d") % {"n": n + 1})

    def build_totp_svg(self, url):
        """Without its XML declaration, to stand inside the page: the content policy allows no data: image."""
        return super().build_totp_svg(url).partition("?>")[2]

    def _get_site_name(self):
        return "Concord" if settings.LOCAL_ONLY else context.request.get_host()
