from django import forms
from django.utils.translation import gettext_lazy as _

from concord.site.justice.forms.common import NOT_SAID, any_of, day, long_text, one_of, one_or_why, several_of, words
from concord.site.pages.forms import FilterForm, Form
from concord.vocabulary import (
    CaseStatus,
    ChargeClass,
    ClosedHow,
    Forum,
    InvestigationMethod,
    LeadSource,
    RecordKind,
    TraffickingType,
    Why,
)

PROACTIVE = [("yes", _("Proactive: the task force went looking")), ("no", _("Reactive: somebody told"))]


def _ask(name):
    return words(RecordKind.INVESTIGATION, name)


class OpenForm(Form):
    opened_on = day(_ask("opened_on"), today=True)
    source = one_of(LeadSource, _ask("source"))
    trafficking_type = one_of(TraffickingType, _ask("trafficking_type"), initial=TraffickingType.NOT_YET_KNOWN.value)
    proactive = forms.ChoiceField(label=_ask("proactive"), choices=PROACTIVE, widget=forms.RadioSelect)
    initially_classified_as = one_or_why(ChargeClass, _ask("initially_classified_as"),
                                         reasons=(Why.NOT_RECORDED, Why.NOT_APPLICABLE))
    code_name = forms.CharField(label=_("A neutral title"), max_length=60, required=False, help_text=_(
        "A code word or your own case number, never a person's name: titles are seen by many. "
        "Left empty, it gets a number that tells nothing."))

    def facts(self) -> dict:
        given = dict(self.cleaned_data)
        classified = given.pop("initially_classified_as")
        return given | {
            "proactive": given["proactive"] == "yes",
            "initially_classified_as": classified.value or "",
            "initially_classified_as_why": classified.why or "",
        }


class FactsForm(Form):
    """What is asked of an investigation on the way to a prosecutor."""

    code_name = forms.CharField(label=_("Title"), max_length=60,
                                help_text=_("A code word or a number, never a person's name."))
    methods = several_of(InvestigationMethod, _ask("methods"))
    counties = forms.CharField(label=_("Counties it touches"), max_length=600, required=False,
                               help_text=_("Separate them by commas."))
    lead_staff = forms.ChoiceField(label=_("Who leads it?"), required=False)
    second_read = forms.BooleanField(label=_("Re-read as an other-crime file with indicators"), required=False)
    summary = long_text(_("Summary for the team"), rows=6)

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead_staff"].choices = NOT_SAID + [(str(s.pk), s.name) for s in colleagues]

    def clean_counties(self):
        return [part.strip()[:60] for part in self.cleaned_data["counties"].split(",") if part.strip()]

    def facts(self) -> dict:
        given = dict(self.cleaned_data)
        return given | {"lead_staff_id": given.pop("lead_staff") or None}


class TypeForm(Form):
    trafficking_type = one_of(TraffickingType, _ask("trafficking_type"))
    on_date = day(_("Since when is it held to be so?"))
    note = long_text(_("On what does that rest?"))


class CloseForm(Form):
    on_date = day(_ask("closed_on"))
    closed_how = one_of(ClosedHow, _ask("closed_how"))
    note = long_text(_("Anything the next reader should know"))


class ReopenForm(Form):
    on_date = day(_("When was it reopened?"), today=True)
    note = long_text(_("Why?"))


class AdoptForm(Form):
    on_date = day(_("When did the federal office adopt it?"))
    note = long_text(_("Which office, and under which number?"))


class TeamForm(Form):
    agency = forms.ChoiceField(label=_("Which agency joins?"), help_text=_(
        "It reads and works this file from that day on, while its MOU and yours are in force."))
    from_date = day(_("From which day?"), past=False, today=True)

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Choose one")), *((str(a.pk), a.name) for a in agencies)]


class LeaveForm(Form):
    until_date = day(_("Which is its last day?"), past=False)


class ProsecutionForm(Form):
    agency = forms.ChoiceField(label=_("To which office?"))
    referred_on = day(_ask("referred_to_prosecution_on"), today=True)
    forum = one_of(Forum, _ask("forum"), required=False)

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Choose one")), *((str(a.pk), a.name) for a in agencies)]


class CaseFilter(FilterForm):
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=[
        ("", _("Our own")), ("team", _("Partners', where we are on the team")),
        ("arrests", _("Arrests in no investigation yet"))])
    status = any_of(CaseStatus, _("State"))
    trafficking_type = any_of(TraffickingType, _("Type"))
