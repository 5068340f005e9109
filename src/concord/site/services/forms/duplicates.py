"""What is asked of whoever decides about two files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.site.pages.forms import Form
from concord.vocabulary import PairVerdict


class PairForm(Form):
    """The answer is the button pressed."""

    note = forms.CharField(
        label=_("How do you know?"), required=False, max_length=2000, widget=forms.Textarea,
        help_text=_("For your colleagues. It stays with this decision, sealed."),
    )  # fmt: skip
    verdict = forms.TypedChoiceField(coerce=PairVerdict, choices=PairVerdict.choices(), widget=forms.HiddenInput)
