"""A release in steps: what was explained, to whom and what for, what, until when, who signs; then the signature."""

from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.law.releases import TEMPLATES
from concord.site.pages.forms import Form, Group
from concord.vocabulary import (
    Answer,
    ReleasePurpose,
    RevocationChannel,
    SignatureMethod,
    SignerCapacity,
)

_LONG = 20_000
_YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def _words(rows=4, **kwargs):
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), max_length=_LONG, required=False, **kwargs)


def _radios(choices, **kwargs):
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **kwargs)


def _line(**kwargs):
    return forms.CharField(max_length=300, required=False, **kwargs)


class ReleaseForm(Form):
    """The questions before the signature. `judge` says what stands against the answers so far, by question."""

    limits_explained_first = _radios(
        _YES_NO, label=_("Were the risks, and what cannot be kept confidential, explained before anything was asked?")
    )
    explained_by = forms.TypedChoiceField(coerce=UUID, label=_("Who explained it?"))
    interpreter = _line(label=_("Who interpreted?"), help_text=_("A name. Leave it open if nobody did."))

    purpose = _radios([(p.value, p.label) for p in ReleasePurpose], label=_("What is it for?"))
    purpose_words = _line(
        label=_("In her or his words"), help_text=_("The recipient sees this. Needed for another purpose.")
    )
    to_staff = forms.TypedChoiceField(
        coerce=lambda said: UUID(said) if said else None, empty_value=None, required=False,
        label=_("Who may receive it?"),
        help_text=_("One person. Nobody else at that agency can open the copy."),
        error_messages={"invalid_choice": _("This person cannot be sent anything now: she or he has left, or the "
                                            "agreement with the agency has ended. Choose somebody else.")},
    )  # fmt: skip
    to_words = _line(
        label=_("Or somebody without an account here"),
        help_text=_("Name and office. Nothing is sent then; you hand over a printed sheet."),
    )

    items = forms.MultipleChoiceField(
        label=_("What may be handed over?"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what she or he chose. Nothing else leaves."),
    )  # fmt: skip
    summary = _words(label=_("What she or he wants told, in her or his words"), rows=6)

    expires_on = forms.DateField(label=_("Until which day?"), help_text=_("The last day on which it holds."))

    signer_capacity = _radios(SignerCapacity.choices(), label=_("Who signs?"))
    cosigner_name = _line(label=_("Name of whoever signs along"))
    alleged_abuser = _radios(
        [("no", _("No")), ("yes", _("Yes")), ("unknown", _("She or he does not say, or was not asked"))],
        required=False,
        label=_("Is whoever signs along said to have abused her or him, or the other parent?"),
        help_text=_("Ask her or him alone. Leave it open if nobody signs along."),
    )
    custodian_receives = _radios(
        _YES_NO, required=False,
        label=_("If the state signs as custodian: would that same agency receive this?"),
    )  # fmt: skip
    capacity_basis = _line(
        label=_("By which law, order or appointment?"),
        help_text=_("Such as the statute, or the court, number and date."),
    )

    groups = (
        Group(
            "explain", _("Before you begin"), ("limits_explained_first", "explained_by", "interpreter"),
            _("Say first: she or he can say no and is helped here all the same. What is handed over may be passed on "
              "or be asked for by a court. Some things must be reported by law. It ends on a day, and she or he can "
              "take it back before that in any way."),
        ),
        Group("to", _("To whom, and what for"), ("purpose", "purpose_words", "to_staff", "to_words")),
        Group("what", _("What is handed over"), ("items", "summary")),
        Group("until", _("Until when"), ("expires_on",)),
        Group(
            "who", _("Who signs"),
            ("signer_capacity", "cosigner_name", "alleged_abuser", "custodian_receives", "capacity_basis"),
        ),
    )  # fmt: skip

    def __init__(self, *args, staff=(), recipients=(), items=(), about_items="", about_age="", until="", judge=None,
                 **kwargs):  # fmt: skip
        super().__init__(*args, **kwargs)
        self.judge = judge
        self._choose("explained_by", [("", _("Choose someone")), *((str(pk), name) for pk, name in staff)])
        self._choose("to_staff", [("", _("Nobody with an account")), *recipients])
        self._choose("items", list(items))
        for name, words in (("items", about_items), ("signer_capacity", about_age), ("expires_on", until)):
            if name in self.fields and words:
                self.fields[name].help_text = words
        if "purpose" in self.fields:
            self.fields["purpose"].choices = [(p.value, f"{p.label}. {t.words}") for p, t in TEMPLATES.items()]

    def _choose(self, name, choices):
        if name in self.fields:
            self.fields[name].choices = choices

    def clean(self):
        given = super().clean()
        for name, words in (self.judge(given) if self.judge else {}).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, words)
        return given


class SignatureForm(Form):
    """The signature itself, on the page that shows what is signed. Neither it nor the scan is ever kept as a draft."""

    method = _radios(SignatureMethod.choices(), label=_("How does she or he sign?"))
    signed_on = forms.DateField(label=_("On which day?"), initial=timezone.localdate)
    drawing = forms.CharField(required=False, max_length=2_000_000, widget=forms.HiddenInput)
    scan = forms.FileField(
        label=_("The signed paper"), required=False,
        help_text=_("A picture (PNG or JPEG) or a PDF, 8 MB at most. Where and with what it was taken is left out."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,application/pdf"}),
    )  # fmt: skip
    witness = _line(label=_("Who heard it and signs as witness?"))


class RevokeForm(Form):
    channel = _radios(RevocationChannel.choices(), label=_("How did she or he say so?"))
    note = _line(label=_("Anything else to note"), help_text=_("No reason is needed. Stays in this file."))


def answer_of(said: str | None) -> Answer | None:
    """What was said, or None where nobody was asked: there is no default."""
    return Answer(said) if said else None
