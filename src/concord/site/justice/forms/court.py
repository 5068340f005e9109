from django import forms
from django.utils.translation import gettext_lazy as _

from concord.site.justice.actions.court import DISPOSITIONS
from concord.site.justice.actions.prosecution import STEPS
from concord.site.justice.codes import HearingKind
from concord.site.justice.forms.common import NOT_SAID, any_of, day, jurisdictions, long_text, one_of
from concord.site.pages import widgets
from concord.site.pages.forms import FilterForm, Form, Group, MoneyField
from concord.vocabulary import (
    ChargeClass,
    ChargeStage,
    DeclineReason,
    Forum,
    NotTraffickingReason,
    ProsecutionDecision,
    SentenceKind,
)

SENTENCE = ("sentence_kind", "sentence_months", "probation_months", "fine_usd", "restitution_asked_usd",
            "restitution_ordered_usd", "restitution_paid_usd")


def _number(label, **options):
    return forms.IntegerField(label=label, min_value=0, required=False,
                              widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options)


class CitationForm(Form):
    jurisdiction = forms.ChoiceField(label=_("Under whose law?"), choices=jurisdictions)
    citation = forms.CharField(label=_("Citation"), max_length=120,
                               help_text=_("As the court has it, such as 18 USC 1589(a)."))
    counts = forms.IntegerField(label=_("Counts"), min_value=1, max_value=999, initial=1,
                                widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    on_date = day(_("When?"), today=True)


class FileForm(CitationForm):
    docket = forms.ChoiceField(label=_("In which case in court?"), required=False)
    victims = forms.MultipleChoiceField(label=_("Which victims does it name?"), widget=forms.CheckboxSelectMultiple,
                                        required=False)

    def __init__(self, *args, dockets, victims, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["docket"].choices = NOT_SAID + [(str(d.pk), d.number or d.court) for d in dockets]
        self.fields["victims"].choices = [(str(p.pk), p.alias) for p in victims]


class ClassForm(Form):
    charge_class = one_of(ChargeClass, _("What kind of charge is it?"))

    def __init__(self, *args, candidates=(), **kwargs):
        super().__init__(*args, **kwargs)
        if candidates:
            likely = [(c, ChargeClass(c).label) for c in candidates]
            rest = [pair for pair in ChargeClass.choices() if pair[0] not in candidates]
            self.fields["charge_class"].choices = [(_("What the citation can be"), likely), (_("Anything else"), rest)]


class DisposeForm(Form):
    """What became of each count, and the sentence. The numbers must add up to the charge's counts."""

    disposed_on = day(_("When?"))
    counts_dismissed = _number(_("Dismissed, not under a plea"))
    counts_dismissed_by_plea = _number(_("Dismissed under a plea"))
    counts_guilty_plea = _number(_("Guilty by plea"))
    counts_guilty_trial = _number(_("Guilty at trial"))
    counts_acquitted = _number(_("Not guilty"))
    counts_pending = _number(_("Still pending"))
    sentence_kind = one_of(SentenceKind, _("Kind of sentence"), required=False)
    sentence_months = _number(_("Months of custody"), help_text=_("For a term of months only."))
    probation_months = _number(_("Months of probation"))
    fine_usd = MoneyField(label=_("Fine"), required=False)
    restitution_asked_usd = MoneyField(label=_("Restitution asked for"), required=False)
    restitution_ordered_usd = MoneyField(label=_("Restitution ordered"), required=False)
    restitution_paid_usd = MoneyField(label=_("Restitution paid so far"), required=False)

    groups = (
        Group("counts", _("What became of each count"), ("disposed_on", *DISPOSITIONS)),
        Group("sentence", _("Sentence"), SENTENCE[:4]),
        Group("restitution", _("Restitution"), SENTENCE[4:],
              _("Asked for even where nobody requested it; mandatory in federal trafficking cases (18 USC 1593).")),
    )

    def dispositions(self) -> dict:
        return {name: self.cleaned_data[name] for name in DISPOSITIONS}

    def sentence(self) -> dict:
        return {name: self.cleaned_data[name] for name in SENTENCE}


class PaymentForm(Form):
    restitution_paid_usd = MoneyField(label=_("Restitution paid so far"))


class DocketForm(Form):
    forum = one_of(Forum, _("In whose courts?"))
    court = forms.CharField(label=_("Court"), max_length=120, required=False)
    number = forms.CharField(label=_("Docket number"), max_length=60, help_text=_("Sealed: it leads to names."))
    filed_on = day(_("Filed when?"), required=False)


class HearingForm(Form):
    kind = one_of(HearingKind, _("What kind of hearing?"))
    at = forms.DateTimeField(label=_("When?"), widget=forms.DateTimeInput)
    place = forms.CharField(label=_("Which court room?"), max_length=120, required=False)
    person = forms.ChoiceField(label=_("Whose case?"), required=False)
    docket = forms.ChoiceField(label=_("In which case in court?"), required=False)

    def __init__(self, *args, suspects, dockets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = NOT_SAID + [(str(p.pk), p.alias) for p in suspects]
        self.fields["docket"].choices = NOT_SAID + [(str(d.pk), d.number or d.court) for d in dockets]


class HearingNoteForm(Form):
    victims_notified_on = day(_("When were the victims told of it?"), required=False)
    outcome = long_text(_("What came of it?"))


class DecisionForm(Form):
    """The decision is the team's to see; the reasons are the office's own."""

    decision = forms.ChoiceField(label=_("Accepted or declined?"), widget=forms.RadioSelect, choices=[
        (code.value, code.label) for code in ProsecutionDecision if code is not ProsecutionDecision.NOT_REFERRED])
    decline_reason = one_of(DeclineReason, _("If declined: why?"), required=False)
    not_trafficking_reason = one_of(NotTraffickingReason, _("If not charged as trafficking: why?"), required=False)
    note = long_text(_("Note"))

    groups = (
        Group("decision", _("What the team sees"), ("decision",)),
        Group("reasons", _("What only your office reads"), ("decline_reason", "not_trafficking_reason", "note")),
    )


class ConsiderForm(Form):
    person = forms.ChoiceField(label=_("Against whom?"))
    jurisdiction = forms.ChoiceField(label=_("Under whose law?"), choices=jurisdictions)
    citation = forms.CharField(label=_("Citation"), max_length=120)
    counts = forms.IntegerField(label=_("Counts"), min_value=1, max_value=999, initial=1)
    note = long_text(_("For and against"), rows=3)

    def __init__(self, *args, suspects, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose one")), *((str(p.pk), p.shown_as) for p in suspects)]


class WorksheetForm(Form):
    """The six steps of a prosecution review."""

    forum = one_of(Forum, _("Which courts?"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in STEPS:
            field = self.fields[f"step_{name}"] = long_text(label)
            widgets.dress(field.widget)

    def steps(self) -> dict:
        return {name: self.cleaned_data[f"step_{name}"] for name, _label in STEPS}


class ReasonForm(Form):
    reason = one_of(NotTraffickingReason, _("Why is it not charged as trafficking?"))
    note = long_text(_("Note"))


class ChargeFilter(FilterForm):
    show = forms.ChoiceField(label=_("Show"), required=False, choices=[("", _("All")), ("class", _("Not yet classed"))])
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("Any")), *(
        (s.value, s.label) for s in ChargeStage if s is not ChargeStage.CONSIDERED)])
    charge_class = any_of(ChargeClass, _("Class"))
