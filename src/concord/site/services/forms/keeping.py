"""What keeps a file, and what it takes to erase one."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.law.keeping import Asked
from concord.site.keys.archive import LEAST_LETTERS
from concord.site.pages.forms import Form, FullDateField
from concord.vocabulary import HoldKind


def _choose(code):
    return [("", _("Choose")), *code.choices()]


class HoldForm(Form):
    kind = forms.ChoiceField(label=_("What keeps this file?"), choices=_choose(HoldKind))
    authority = forms.CharField(
        label=_("Who asks, and under which number?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The court or agency, the number of the paper, who signed it."),
    )  # fmt: skip
    from_date = FullDateField(label=_("Since when?"), initial=timezone.localdate)
    until_date = FullDateField(
        label=_("Until when?"), required=False, help_text=_("Leave it empty if it lasts until somebody lifts it.")
    )


class LiftForm(Form):
    note = forms.CharField(
        label=_("Why does it no longer hold?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who said so, and when. Call counsel if you are not sure."),
    )  # fmt: skip


class EraseForm(Form):
    asked = forms.ChoiceField(label=_("Why is it erased?"), choices=Asked.choices(), widget=forms.RadioSelect)
    asked_on = FullDateField(label=_("On which day was that asked or decided?"), initial=timezone.localdate)
    told = forms.BooleanField(
        label=_("She or he knows what stays, and that nothing can be brought back."),
        help_text=_("If it is not safe or not possible to tell her or him, ask your privacy officer or counsel first."),
    )


class LeaveForm(Form):
    passphrase = forms.CharField(
        label=_("A passphrase for the file"), min_length=LEAST_LETTERS, max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 letters. Without it nobody can open the file, not even you."),
    )  # fmt: skip
    again = forms.CharField(
        label=_("The same passphrase again"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self):
        given = super().clean()
        if "passphrase" in given and given.get("again") != given["passphrase"]:
            self.add_error("again", _("These two differ. Type the same passphrase twice."))
        return given
