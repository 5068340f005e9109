from datetime import timedelta
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.law.wall import PROVIDERS
from concord.site.pages.forms import Form, FullDateField, Group
from concord.vocabulary import (
    AgeGroup,
    Answer,
    CallerPermission,
    ContactCaution,
    Gender,
    ReferralKind,
    ServiceType,
    SpokenLanguage,
    TraffickingType,
)

_EMPTY = [("", _("Not said"))]


def _boxes(code):
    return forms.MultipleChoiceField(choices=code.choices(), widget=forms.CheckboxSelectMultiple, required=False)


class ReferralForm(Form):
    """One referral. What its kind and its sender's sector do not need is not asked."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    to_agency = forms.TypedChoiceField(coerce=UUID, label=_("To which agency?"))
    summary = forms.CharField(
        label=_("What should they know?"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000,
        help_text=_("Only what they need to act. It is sealed: nobody but the agency you send it to can open it."),
    )
    urgent = forms.BooleanField(label=_("Someone is in danger or has nowhere to sleep tonight"), required=False)
    name = forms.CharField(label=_("Name to use"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_EMPTY + SpokenLanguage.choices(), required=False)
    age_group = forms.ChoiceField(label=_("Age"), choices=AgeGroup.choices(), widget=forms.RadioSelect,
                                  initial=AgeGroup.UNKNOWN)
    gender = forms.ChoiceField(label=_("Gender"), choices=_EMPTY + Gender.choices(), required=False)
    trafficking_type = forms.ChoiceField(label=_("Kind of trafficking, as far as you know"),
                                         choices=TraffickingType.choices(), initial=TraffickingType.NOT_YET_KNOWN)
    safe_contact = forms.CharField(label=_("A safe way to reach the person"), max_length=300, required=False,
                                   help_text=_("As the person said it."))
    contact_caution = _boxes(ContactCaution)
    wants = _boxes(ServiceType)
    permissions = _boxes(CallerPermission)
    permission_signed_on = FullDateField(label=_("When did the client sign the permission?"), required=False, past=True)
    permission_expires_on = FullDateField(label=_("When does the permission end?"), required=False)

    groups = (
        Group("what", _("What it is about"), ("to_agency", "summary", "urgent", "trafficking_type", "wants")),
        Group("who", _("The person"), ("name", "language", "age_group", "gender")),
        Group("reach", _("Reaching the person safely"), ("safe_contact", "contact_caution", "permissions")),
        Group("permission", _("Her permission"),
              ("permission_signed_on", "permission_expires_on"),
              _("Nothing about a client leaves without her signed, time-limited permission. What a law or an order "
                "compels begins in the client's file, so that its steps are kept and she can read of it.")),
    )

    def __init__(self, *args, kind, agencies, sector, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_agency"].choices = [("", _("Choose an agency")), *((str(a.pk), a.name) for a in agencies)]
        self.fields["contact_caution"].label = _("What to be careful of")
        self.fields["wants"].label = _("What the person asked for")
        self.fields["permissions"].label = _("What the person allowed")
        for name in _not_asked(kind, sector):
            del self.fields[name]

    def content(self) -> dict:
        """What goes into the envelope: answers only, no blanks."""
        return {name: value for name, value in self.cleaned_data.items()
                if name not in ("id", "to_agency") and value not in ("", None, [], False)}


def _not_asked(kind, sector) -> set[str]:
    unasked = set()
    if sector not in PROVIDERS:
        unasked |= {"permission_signed_on", "permission_expires_on"}
    if kind in (ReferralKind.REPORT, ReferralKind.LEAD):
        unasked.add("wants")
    return unasked


class CallForm(Form):
    """A call for an advocate: what she must prepare for, and nothing that says who or where."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    window_from = forms.DateTimeField(label=_("From when may someone be needed?"), widget=forms.DateTimeInput)
    window_until = forms.DateTimeField(label=_("Until when?"), widget=forms.DateTimeInput)
    people = forms.IntegerField(label=_("How many people, about?"), min_value=1, max_value=500, required=False,
                                help_text=_("Leave it empty if you do not know."))
    languages = _boxes(SpokenLanguage)
    genders = _boxes(Gender)
    minors = forms.ChoiceField(label=_("Will anyone under 18 be there?"), choices=Answer.choices(),
                               widget=forms.RadioSelect, initial=Answer.UNKNOWN)
    task_force = forms.TypedChoiceField(coerce=UUID, label=_("In which task force?"))

    groups = (
        Group("when", _("When"), ("task_force", "window_from", "window_until")),
        Group("who", _("Whom to prepare for"), ("people", "minors", "genders", "languages")),
    )

    def __init__(self, *args, task_forces, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["languages"].label = _("Languages")
        self.fields["genders"].label = _("Gender")
        self.fields["task_force"].choices = [(str(t.pk), t.name) for t in task_forces]
        if len(task_forces) == 1:
            self.fields["task_force"].widget = forms.HiddenInput()
            self.fields["task_force"].initial = str(task_forces[0].pk)

    def clean(self):
        given = super().clean()
        begins, ends = given.get("window_from"), given.get("window_until")
        if begins and ends and ends <= begins:
            self.add_error("window_until", _("The end must lie after the beginning."))
        if ends and ends < timezone.now():
            self.add_error("window_until", _("This has passed. Give a time that lies ahead."))
        return given


class AnswerForm(Form):
    phone = forms.CharField(label=_("On which number does the caller reach you?"), max_length=30)


class ShiftForm(Form):
    staff_id = forms.TypedChoiceField(coerce=UUID, label=_("Who is on duty?"))
    phone = forms.CharField(label=_("Number that callers reach"), max_length=30)
    begins_at = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput)
    ends_at = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput)
    task_force = forms.TypedChoiceField(coerce=UUID, label=_("For which task force?"))

    def __init__(self, *args, staff, task_forces, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["staff_id"].choices = [("", _("Choose someone")), *((str(s.pk), s.name) for s in staff)]
        self.fields["task_force"].choices = [(str(t.pk), t.name) for t in task_forces]
        if len(task_forces) == 1:
            self.fields["task_force"].widget = forms.HiddenInput()
            self.fields["task_force"].initial = str(task_forces[0].pk)

    def clean(self):
        given = super().clean()
        begins, ends = given.get("begins_at"), given.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("The end must lie after the beginning."))
        if begins and ends and ends - begins > timedelta(days=31):
            self.add_error("ends_at", _("A shift is a month at most. Enter several."))
        return given
