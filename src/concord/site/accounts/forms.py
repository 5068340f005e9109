from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.law.roles import allowed
from concord.site.keys import held
from concord.site.pages.forms import FilterForm, Form, FullDateField, Group
from concord.vocabulary import AgencyLevel, Role, Scope, Sector

_ANY = [("", _("Any"))]


class AgencyFilters(FilterForm):
    q = forms.CharField(label=_("Name"), required=False, max_length=120)
    sector = forms.ChoiceField(label=_("Sector"), choices=_ANY + Sector.choices(), required=False)


class AgencyForm(Form):
    """What its own people, or the coordinator before them, may change."""

    name = forms.CharField(label=_("Name"), max_length=120)
    level = forms.ChoiceField(label=_("Level"), choices=AgencyLevel.choices(), widget=forms.RadioSelect)
    state = forms.CharField(label=_("State"), max_length=2, required=False, help_text=_("Two letters"))
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, help_text=_("The line others call"))

    def clean_state(self):
        return self.cleaned_data["state"].upper()


class NewAgencyForm(AgencyForm):
    task_force = forms.ChoiceField(label=_("Task force"))
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[("", _("Choose one")), *Sector.choices()],
        help_text=_("It decides what the agency can ever reach and does not change. An organisation with police and "
                    "victim services is two agencies."),
    )
    has_accounts = forms.BooleanField(
        label=_("Its people will sign in"), required=False, initial=True,
        help_text=_("Leave this open for a member by attendance and paper only; accounts can come later."),
    )
    from_date = FullDateField(label=_("Member since"), past=True)

    groups = (
        Group("who", _("The agency"), ("name", "sector", "level", "state", "phone")),
        Group("how", _("Its part in the task force"), ("task_force", "from_date", "has_accounts")),
    )

    def __init__(self, *args, task_forces: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["task_force"].choices = [(str(pk), name) for pk, name in task_forces.items()]
        self.fields["from_date"].initial = timezone.localdate()


class MouForm(Form):
    task_force = forms.ChoiceField(label=_("With which task force?"))
    version = forms.CharField(label=_("Version"), max_length=40, initial="1", help_text=_("As on the paper"))
    signed_on = FullDateField(label=_("Signed on"))
    signed_by = forms.CharField(label=_("Signed by"), max_length=120, help_text=_("Name and office, for the agency"))
    expires_on = FullDateField(label=_("Expires on"), help_text=_("The last day on which it allows sharing"))

    def __init__(self, *args, task_forces: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["task_force"].choices = [(str(pk), name) for pk, name in task_forces.items()]


class OnForm(Form):
    """The day on which something ends."""

    on = FullDateField(label=_("On which day?"))


class TaskForceForm(Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    scope = forms.ChoiceField(label=_("How far it reaches"), choices=Scope.choices(), widget=forms.RadioSelect)
    state = forms.CharField(label=_("State"), max_length=2, help_text=_("Two letters"))

    def clean_state(self):
        return self.cleaned_data["state"].upper()


class RolesForm(Form):
    roles = forms.TypedMultipleChoiceField(
        label=_("What she does"), coerce=Role, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args, sector: Sector, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, role.label) for role in allowed(sector)]


class DetailsForm(Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)


class InviteForm(DetailsForm, RolesForm):
    email = forms.EmailField(label=_("E-mail address"), help_text=_("She signs in with it. Nothing is sent to it."))

    groups = (
        Group("who", _("Who"), ("name", "email", "title", "phone")),
        Group("what", _("What she does"), ("roles",)),
    )


# --- The keys that a provider holds itself ----------------------------------------------------------------------------

LEAST_PASSPHRASE = 20
_HIDDEN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def _passphrase(label, help_text="") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=400, strip=False,
                           widget=forms.PasswordInput(attrs=_HIDDEN))  # fmt: skip


class PassphraseForm(Form):
    passphrase = _passphrase(_("Your passphrase"))


class NewPassphraseForm(Form):
    """A passphrase that whoever copies the rings would have to guess: it must be worth more than a password."""

    passphrase = _passphrase(_("A passphrase of your own"), _("At least 20 characters: five or six unrelated words."))
    again = _passphrase(_("The same passphrase again"))
    new = "passphrase"

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self):
        given = super().clean()
        chosen, again = held.normal(given.get(self.new) or ""), held.normal(given.get("again") or "")
        if self.new in self.errors or "again" in self.errors:
            return given
        if chosen != again:
            self.add_error("again", _("The two differ. Type the same one twice."))
        elif len(chosen) < LEAST_PASSPHRASE or len(set(chosen)) < 8:
            self.add_error(self.new, _("This is too easily guessed. Take at least 20 characters, five or six words."))
        elif self.user.has_usable_password() and self.user.check_password(given[self.new]):
            self.add_error(self.new, _("This is the password you sign in with. Take another: the two guard each "
                                       "other."))
        else:
            self._validate(chosen)
        return given

    def _validate(self, chosen: str) -> None:
        try:
            password_validation.validate_password(chosen, self.user)
        except ValidationError as objection:
            self.add_error(self.new, objection)


class ChangePassphraseForm(NewPassphraseForm):
    passphrase = _passphrase(_("Your passphrase now"))
    chosen = _passphrase(_("The new passphrase"), _("At least 20 characters: five or six unrelated words."))
    again = _passphrase(_("The new passphrase again"))
    new = "chosen"
    field_order = ("passphrase", "chosen", "again")


class CodeForm(Form):
    code = forms.CharField(
        label=_("The code on her page"), max_length=40,
        help_text=_("Twelve letters and digits. Ask her for it in person or by phone, never by message."),
        widget=forms.TextInput(attrs=_HIDDEN),
    )


class SheetLineForm(Form):
    sheet = forms.CharField(label=_("The last line of the sheet"), max_length=80,
                            widget=forms.TextInput(attrs=_HIDDEN))  # fmt: skip


class RecoverForm(NewPassphraseForm):
    sheet = forms.CharField(
        label=_("The four lines of the sheet"), max_length=400, widget=forms.Textarea(attrs={"rows": 4, **_HIDDEN}),
        help_text=_("Small letters and spaces make no difference."),
    )
    field_order = ("sheet", "passphrase", "again")
