from django import forms
from django.utils.translation import gettext_lazy as _

from concord.law.safeguards import caller_permissions
from concord.site.justice.forms.common import NOT_SAID, any_of, day, long_text, one_of, words, yes_no_unknown
from concord.site.pages.forms import FilterForm, Form, Group
from concord.vocabulary import (
    Answer,
    ContactCaution,
    ContactRoute,
    LeadSource,
    NoActionReason,
    RecordKind,
    TraffickingType,
)


def _ask(name):
    return words(RecordKind.LEAD, name)


class FirstQuestionForm(Form):
    asked_for_help = forms.ChoiceField(
        label=_("Did this person ask us for help?"), choices=Answer.choices(), widget=forms.RadioSelect,
        help_text=_("For herself or himself, or for somebody else. A request for help goes to a provider and is not "
                    "kept here."))


class LeadForm(Form):
    """Five answers open a lead; what the caller allows is asked with them, because only now is she there to ask."""

    received_on = day(_ask("received_on"), today=True)
    source = one_of(LeadSource, _ask("source"))
    trafficking_type = one_of(TraffickingType, _ask("trafficking_type"), initial=TraffickingType.NOT_YET_KNOWN.value)
    county = forms.CharField(label=_ask("county"), max_length=60, required=False,
                             help_text=_("County or tribal land; leave it empty if nobody said."))
    summary = long_text(_ask("summary"), rows=6)
    caller_permission = forms.ChoiceField(
        label=_ask("caller_permission"), required=False, choices=NOT_SAID + [
            (code.value, code.label) for code in caller_permissions(ContactRoute.LEAD)])
    caller_name = forms.CharField(label=_("Name the caller gave"), max_length=120, required=False)
    caller_contact = forms.CharField(label=_("A safe way to reach the caller"), max_length=300, required=False)
    caller_caution = forms.MultipleChoiceField(label=_("What to be careful of"), choices=ContactCaution.choices(),
                                               widget=forms.CheckboxSelectMultiple, required=False)

    groups = (
        Group("what", _("What came in"), ("received_on", "source", "trafficking_type", "county", "summary")),
        Group("caller", _("The caller, if there was one"),
              ("caller_permission", "caller_name", "caller_contact", "caller_caution"),
              _("Sealed. Leave it empty where the caller gave nothing.")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["summary"].required = True

    def facts(self) -> dict:
        given = dict(self.cleaned_data)
        caller = {name: given.pop(f"caller_{key}") for name, key in
                  (("name", "name"), ("safe_contact", "contact"), ("contact_caution", "caution"))}
        return given | {"caller": {k: v for k, v in caller.items() if v} or None}


class ReportForm(LeadForm):
    """A lead from somebody who spoke to us: what the first question was answered with comes along, unseen."""

    asked_for_help = forms.ChoiceField(choices=Answer.choices(), widget=forms.HiddenInput)

    def facts(self) -> dict:
        return {name: value for name, value in super().facts().items() if name != "asked_for_help"}


class TriageForm(Form):
    trafficking_type = one_of(TraffickingType, _ask("trafficking_type"))
    minors = yes_no_unknown(_ask("minors"))
    danger_now = yes_no_unknown(_ask("danger_now"))
    labor_considered = yes_no_unknown(
        _ask("labor_considered"),
        help_text=_("Work, debts, documents, housing tied to a job: asked of every lead, whatever it looks like."))


class AssignForm(Form):
    staff = forms.ChoiceField(label=_("Who answers for it?"))
    due_on = day(_("Until when?"), required=False, past=False)

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [("", _("Choose someone")), *((str(s.pk), s.name) for s in colleagues)]


class NoActionForm(Form):
    reason = one_of(NoActionReason, _ask("no_action_reason"))
    note = long_text(_("Anything a colleague should know"))


class JoinForm(Form):
    investigation = forms.ChoiceField(label=_("To which investigation does it belong?"))

    def __init__(self, *args, investigations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["investigation"].choices = [
            ("", _("Choose one")), *((str(i.pk), i.code_name) for i in investigations)]


class LeadFilter(FilterForm):
    state = forms.ChoiceField(label=_("Show"), required=False, choices=[
        ("", _("Waiting")), ("mine", _("Waiting, mine")), ("decided", _("Decided")), ("all", _("All"))])
    source = any_of(LeadSource, _("Source"))
    trafficking_type = any_of(TraffickingType, _("Type"))
