"""allauth's forms in our look, with failures of codes counted like failures of passwords."""

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.site.pages.forms import Form
from concord.site.signin import locks


class OurForm(Form):
    """Ours first, then allauth's: its fields keep their names and lose their placeholders."""

    labels: dict = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)


class LoginForm(OurForm, account.LoginForm):
    labels = {"login": _("E-mail address")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ReauthenticateForm(OurForm, account.ReauthenticateForm):
    pass


class ChangePasswordForm(OurForm, account.ChangePasswordForm):
    labels = {"oldpassword": _("Your password now"), "password1": _("New password"),
              "password2": _("New password again")}


class CountedCode(OurForm):
    labels = {"code": _("Code from your app, or a recovery code")}

    def clean_code(self):
        request, email = context.request, self.user.email
        if locks.is_locked(request, email):
            raise ValidationError(_("This sign-in is locked."))
        try:
            return super().clean_code()
        except ValidationError:
            locks.count_failure(request, email)
            raise


class AuthenticateForm(CountedCode, mfa.AuthenticateForm):
    pass


class ReauthenticateCodeForm(CountedCode, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(OurForm, totp.ActivateTOTPForm):
    labels = {"code": _("The six digits that the app shows now")}


class DeactivateTOTPForm(OurForm, totp.DeactivateTOTPForm):
    pass


class AddWebAuthnForm(OurForm, webauthn.AddWebAuthnForm):
    labels = {"name": _("What to call it"), "passwordless": _("Sign in with it alone, without the password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = ""
        self.fields["name"].help_text = _("Such as \"My phone\". You see this name when you remove one.")


class EditWebAuthnForm(OurForm, webauthn.EditWebAuthnForm):
    labels = {"name": _("What to call it")}


class RecoveryCodesForm(OurForm, GenerateRecoveryCodesForm):
    pass


class NewPasswordForm(Form):
    """The password of someone who was invited."""

    password = forms.CharField(
        label=_("Choose a password"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a few unrelated words are easy to remember. Common passwords are "
                    "refused."))
    again = forms.CharField(label=_("The same password again"), strip=False,
                            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean(self):
        given = super().clean()
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return given
