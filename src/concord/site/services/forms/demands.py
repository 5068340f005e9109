"""A subpoena, order or warrant: what was served, who was told, what was done, how it ended."""

from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.law import demands as law
from concord.site.pages.forms import Form, Group
from concord.vocabulary import CompelledBy, CompelledOutcome, ContactHow, DisclosureItem

LONG = 20_000
PAPER_HINT = _("A picture (PNG, JPEG) or PDF of at most 8 MB. Only what is seen on it is kept: no place, no device.")
#: The closed list, in words that fit a demand: there it is what the paper asks for, not what she wants to say.
ITEMS = [(item.value, _("An account, in the words written below") if item is DisclosureItem.SUMMARY else item.label)
         for item in DisclosureItem]  # fmt: skip


def long_text(**kwargs):
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=LONG, **kwargs)


def moment(label, **kwargs):
    return forms.DateTimeField(label=label, initial=this_minute, **kwargs)


def this_minute():
    return timezone.localtime().replace(second=0, microsecond=0)


def paper_file(**kwargs):
    asks = _("Choose a picture or PDF of at most 8 MB.")
    return forms.FileField(
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,application/pdf"}), help_text=PAPER_HINT,
        max_length=200, error_messages={"required": asks, "empty": _("This file is empty. Scan the paper again.")},
        **kwargs,
    )  # fmt: skip


def item_boxes(label, **kwargs):
    return forms.MultipleChoiceField(label=label, choices=ITEMS, widget=forms.CheckboxSelectMultiple, **kwargs)


class AgencyField(forms.TypedChoiceField):
    """An agency of the task force, or nobody."""

    def __init__(self, **kwargs):
        super().__init__(coerce=UUID, empty_value=None, required=False, **kwargs)

    def offer(self, agencies):
        self.choices = [("", _("Nobody here")), *((str(agency.pk), agency.name) for agency in agencies)]


class DemandForm(Form):
    kind = forms.ChoiceField(label=_("What came?"), choices=CompelledBy.choices(), widget=forms.RadioSelect)
    served_on = forms.DateField(label=_("On which day was it served?"), initial=timezone.localdate)
    due_on = forms.DateField(
        label=_("By which day does it want an answer?"), required=False, help_text=_("Leave empty if it names no day.")
    )
    authority = long_text(label=_("Which court or office, which number, who signed?"))
    asks_for = long_text(label=_("What does it ask for?"), help_text=_("In the paper's own words."))
    paper = paper_file(label=_("The paper"), required=False)

    def __init__(self, *args, dropped=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.dropped = dropped

    def clean(self):
        """A file that was too large to take in arrives as none: say so, or the demand would stand without its paper."""
        if self.dropped:
            self.add_error("paper", _("This file is larger than 8 MB. Take a smaller picture, or scan in grey."))
        return super().clean()


class PaperForm(Form):
    paper = paper_file(label=_("The paper"))


class NoticeForm(Form):
    how = forms.ChoiceField(label=_("How did you try?"), choices=ContactHow.choices(), widget=forms.RadioSelect)
    at = moment(_("When?"))
    reached = forms.TypedChoiceField(
        label=_("Did you reach her or him?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
    )  # fmt: skip
    note = long_text(label=_("What was said, or left unsaid"), required=False)


class PrepareForm(Form):
    counsel = long_text(label=_("Which lawyer was asked? Or: why was none?"), required=False)
    counsel_on = forms.DateField(
        label=_("On which day?"), required=False, help_text=_("Leave empty if no lawyer was asked.")
    )
    safety_steps = long_text(
        label=_("What was done for her or his privacy and safety?"), required=False,
        help_text=_("Such as: asked the court to seal it, names left out, the address changed, a new safety plan."),
    )  # fmt: skip
    no_notice_reason = long_text(
        label=_("If nobody tried to tell her or him: why?"), required=False,
        help_text=_("Such as: the order forbids it; telling now would put her in danger; officers took it at once."),
    )  # fmt: skip


class EndForm(Form):
    """It ended and nothing was handed over."""

    outcome = forms.ChoiceField(label=_("How did it end?"), widget=forms.RadioSelect)
    decided_on = forms.DateField(label=_("On which day?"), initial=timezone.localdate)

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        possible = law.rule(kind).outcomes - {CompelledOutcome.COMPLIED}
        self.fields["outcome"].choices = [(code.value, code.label) for code in CompelledOutcome if code in possible]


class HandOverForm(Form):
    """The minimum, to one recipient; the last page shows exactly what goes."""

    items = item_boxes(_("What does the paper name?"), help_text=_("Only that. What is not chosen does not go."))
    summary = long_text(label=_("The account, if one is chosen"), required=False, help_text=_("No more than is asked."))
    to_agency = AgencyField(label=_("To an agency of your task force"))
    to_words = forms.CharField(
        label=_("Or on paper, to whom?"), max_length=300, required=False,
        help_text=_("Such as: the clerk of the court, in a sealed envelope."),
    )  # fmt: skip
    decided_on = forms.DateField(label=_("On which day?"), initial=timezone.localdate)

    groups = (
        Group("what", _("What is handed over"), ("items", "summary")),
        Group("to", _("To whom"), ("to_agency", "to_words", "decided_on")),
    )

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        if "to_agency" in self.fields:
            self.fields["to_agency"].offer(agencies)
