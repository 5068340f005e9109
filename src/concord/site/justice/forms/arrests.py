from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.law.safeguards import QUESTIONS
from concord.site.justice.codes import ReviewFinding
from concord.site.justice.forms.common import (
    REASONS,
    jurisdictions,
    long_text,
    one_of,
    radio_or_why,
    several_or_why,
    spread,
    yes_no_unknown,
)
from concord.site.pages import widgets
from concord.site.pages.forms import Form, Group, advise
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ArrestAlternative,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    PersonRole,
    Why,
)

CHARGE_LINES = 8
_ASKED = {question.field: question for question in QUESTIONS}
_WHY = (*REASONS, Why.NOT_APPLICABLE)


def _q(name, **options):
    return {"label": _ASKED[name].words, "help_text": _ASKED[name].why} | options


class SafeguardForm(Form):
    """Facts first, then ground and purpose as two questions. Each may be left with a reason; none blocks anything."""

    minor_said = yes_no_unknown(_("Is the person under 18?"))
    forced_crime_said = yes_no_unknown(_("Did somebody make the person do it, or profit from it?"))
    same_scene = yes_no_unknown(_("Was the person found with, or at the same place as, a trafficking suspect?"))
    legal_basis = radio_or_why(ArrestLegalBasis, reasons=_WHY, **_q("legal_basis"))
    stated_purpose = radio_or_why(ArrestStatedPurpose, reasons=_WHY, **_q("stated_purpose"))
    alternatives = several_or_why(ArrestAlternative, reasons=_WHY, **_q("alternatives"))
    advocate_called = yes_no_unknown(**_q("advocate_called"))

    groups = (
        Group("victim", _("Could this person be a victim?"), ("minor_said", "forced_crime_said", "same_scene"),
              _("Not known is an answer. It is a question for the review, never a no.")),
        Group("safeguard", _("If the person may be a victim"),
              ("legal_basis", "stated_purpose", "alternatives", "advocate_called"),
              _("Nothing here stops the record. What is left open waits on the supervisor's queue for 72 hours.")),
    )

    def safeguard(self) -> dict:
        facts = spread({name: self.cleaned_data[name] for name in SafeguardForm.base_fields})
        facts["alternatives"] = facts["alternatives"] or []
        for name in ("minor_said", "forced_crime_said", "same_scene", "advocate_called"):
            facts[name] = facts[name] or Answer.UNKNOWN
        return facts


class ArrestForm(SafeguardForm):
    """An arrest: the safeguard stands first, before the charges."""

    arrested_at = forms.DateTimeField(label=_("When?"), widget=forms.DateTimeInput)
    place = forms.CharField(label=_("Where?"), max_length=300, required=False, help_text=_("Sealed."))
    jurisdiction = forms.ChoiceField(label=_("Under whose law?"), choices=jurisdictions)
    narrative = long_text(_("What happened"))

    groups = (
        Group("when", _("When and where"), ("arrested_at", "place")),
        *SafeguardForm.groups,
        Group("charges", _("Charges at arrest, count by count"), (
            "jurisdiction", *(name for n in range(CHARGE_LINES) for name in (f"citation_{n}", f"counts_{n}"))),
            _("The citation as you would write it, such as 18 USC 1591(a) or PC 647(b). One charge a line.")),
        Group("narrative", _("What happened"), ("narrative",)),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for n in range(CHARGE_LINES):
            self.fields[f"citation_{n}"] = forms.CharField(
                label=_("Charge %(n)d") % {"n": n + 1}, max_length=120, required=False)
            self.fields[f"counts_{n}"] = forms.IntegerField(
                label=_("Counts of charge %(n)d") % {"n": n + 1}, min_value=1, max_value=999, required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "1"}))
            for name in (f"citation_{n}", f"counts_{n}"):
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
                widgets.dress(self.fields[name].widget)
                advise(self.fields[name])

    def charge_lines(self):
        """Each line's number and its bound citation and counts, for the grid."""
        return [(n + 1, self[f"citation_{n}"], self[f"counts_{n}"]) for n in range(CHARGE_LINES)]

    def facts(self) -> dict:
        return self.safeguard() | {name: self.cleaned_data[name] for name in ("arrested_at", "place", "narrative")}

    def charges(self) -> list[dict]:
        given = self.cleaned_data
        return [{"citation": given[f"citation_{n}"], "counts": given[f"counts_{n}"] or 1,
                 "jurisdiction": given["jurisdiction"]} for n in range(CHARGE_LINES) if given[f"citation_{n}"]]

    def clean(self):
        given = super().clean()
        for n in range(CHARGE_LINES):
            if given.get(f"counts_{n}") and not given.get(f"citation_{n}"):
                self.add_error(f"citation_{n}", ValidationError(_("Give the citation these counts belong to.")))
        return given


PARTS = [
    (PersonRole.POTENTIAL_VICTIM.value, _("May be a victim")),
    (PersonRole.OTHER_SUSPECT.value, _("Suspected of trafficking")),
    (PersonRole.WITNESS.value, _("Neither, or not yet known")),
]
_MINORS = {Answer.YES: AgeGroup.MINOR, Answer.NO: AgeGroup.ADULT, Answer.UNKNOWN: AgeGroup.UNKNOWN}


class OutsideArrestForm(ArrestForm):
    """An arrest without an investigation: when, where, who, what part, and which charges; then the same safeguard."""

    role = forms.ChoiceField(label=_("What part does the person seem to have?"), choices=PARTS,
                             widget=forms.RadioSelect, initial=PersonRole.WITNESS.value,
                             help_text=_("Not yet known is kept as a witness until somebody says more."))
    given_name = forms.CharField(label=_("First name, if known"), max_length=120, required=False,
                                 help_text=_("Sealed. Names can wait."))
    family_name = forms.CharField(label=_("Last name, if known"), max_length=120, required=False)

    groups = (
        ArrestForm.groups[0],
        Group("who", _("Who was arrested"), ("role", "given_name", "family_name")),
        *ArrestForm.groups[1:],
    )

    def person(self) -> dict:
        """The columns of the person arrested."""
        given = self.cleaned_data
        return {"roles": [given["role"]], "given_name": given["given_name"], "family_name": given["family_name"],
                "age_group": _MINORS[Answer(given["minor_said"] or Answer.UNKNOWN)]}


class ReviewForm(Form):
    finding = one_of(ReviewFinding, _("What did you find?"))
    note = long_text(_("In a few sentences"))
