"""What people fill in. "Not asked" and "declined" are ordinary answers wherever a question is about a person."""

from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from concord.site.pages.forms import FilterForm, Form, FullDateField, Group, WhyChoiceField, WhyField
from concord.site.pages.widgets import names
from concord.site.services.reach import Way
from concord.vocabulary import (
    Barrier,
    ClosureReason,
    ContactCaution,
    ContactHow,
    DisclosureItem,
    FamilyRelation,
    Gender,
    LivingSituation,
    NoteKind,
    NotServedReason,
    Race,
    ReferralSource,
    ServiceMode,
    ServiceType,
    ServiceUnit,
    SpokenLanguage,
    StatusDecider,
    TraffickingType,
    VictimStatus,
    Why,
)

WAYS = 3
_LONG = 20_000


def _today():
    return timezone.localdate()


def _choose(code):
    return [("", _("Choose")), *code.choices()]


def _boxes(code, *, columns=False, required=False, **kwargs):
    widget = forms.CheckboxSelectMultiple(attrs={"columns": True} if columns else {})
    return forms.MultipleChoiceField(choices=code.choices(), widget=widget, required=required, **kwargs)


def _words(**kwargs):
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), max_length=_LONG, **kwargs)


def _why_choice(code, **kwargs):
    return WhyField(forms.ChoiceField(choices=_choose(code)), required=False, **kwargs)


def _on_day(label, **kwargs):
    return forms.DateField(label=label, initial=_today, **kwargs)


_LANGUAGE = _("In which language?")
_CALLED = {"autocomplete": "off", "hx-post": reverse_lazy("services:matches"), "hx-target": "#matches",
           "hx-trigger": "input changed delay:400ms", "hx-sync": "this:replace"}  # fmt: skip


def _way_fields(prefix: str, *, why: bool = False) -> dict[str, forms.Field]:
    """The questions about one way of reaching somebody."""
    how = WhyChoiceField if why else forms.ChoiceField
    choices = ContactHow.choices() if why else [("", _("No further way")), *ContactHow.choices()]
    return {
        f"{prefix}_how": how(label=_("How is it safe to reach her or him?"), choices=choices, required=False),
        f"{prefix}_where": forms.CharField(label=_("Number, address or person"), max_length=300, required=False),
        f"{prefix}_cautions": _boxes(ContactCaution, label=_("What to be careful of")),
        f"{prefix}_note": forms.CharField(
            label=_("When, or what else to know"), max_length=300, required=False,
            help_text=_("Shown before anybody calls."),
        ),
    }  # fmt: skip


def _way(given: dict, prefix: str) -> Way:
    how = given.get(f"{prefix}_how")
    how = getattr(how, "value", how)
    return Way(
        how=how or "", where=given.get(f"{prefix}_where", ""), cautions=tuple(given.get(f"{prefix}_cautions", ())),
        note=given.get(f"{prefix}_note", ""),
    )  # fmt: skip


# --- Opening ----------------------------------------------------------------------------------------------------------


class IntakeForm(Form):
    """Five questions open a file. Nobody is asked about police, papers or a signature."""

    called = WhyField(
        forms.CharField(max_length=120, widget=forms.TextInput(attrs=_CALLED)),
        label=_("What would she or he like to be called?"),
        help_text=_("As you type, your own files with a like name are shown. Nothing is asked of anybody else."),
    )
    someone_else = forms.BooleanField(
        label=_("None of these is the person. Open a new file."), required=False, widget=forms.HiddenInput
    )
    relation = forms.ChoiceField(label=_("What is she or he to the client?"), choices=_choose(FamilyRelation))
    first_contact_on = _on_day(_("When did you first speak?"))
    language = _why_choice(SpokenLanguage, label=_LANGUAGE)
    need_now = _boxes(ServiceType, columns=True, label=_("What is needed now?"))

    groups = (
        Group("who", _("Who"), ("called", "relation", "first_contact_on")),
        Group("reach", _("Reaching her or him safely"), ("reach_how", "reach_where", "reach_cautions", "reach_note")),
        Group("help", _("Help"), ("language", "need_now")),
    )

    def __init__(self, *args, family=False, **kwargs):
        self.base_fields = self.base_fields | _way_fields("reach", why=True)
        super().__init__(*args, **kwargs)
        if not family:
            del self.fields["relation"]

    @property
    def name_typed(self) -> str:
        return (self.data.get("called") or "").strip() if self.is_bound else ""

    def opening(self) -> dict:
        """What `actions.open_client` takes."""
        given = self.cleaned_data
        way = _way(given, "reach")
        return {
            "called": given["called"].value or "",
            "first_contact_on": given["first_contact_on"],
            "reach": [way] if way else [],
            "reach_why": given["reach_how"].why or "",
            "language": given["language"].value or "",
            "language_why": given["language"].why or "",
            "need_now": given["need_now"],
            "relation": given.get("relation", ""),
        }


class EnrolmentForm(Form):
    """What enrolment asks, one group at a time. Each answer may be that it was not asked, or that she declined."""

    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    other_names = forms.CharField(
        label=_("Other names"), max_length=300, required=False, help_text=_("Names by which she or he may be found.")
    )
    birth_date = WhyField(FullDateField(past=True), label=_("Birth date"), required=False)
    age_at_entry = WhyField(
        forms.IntegerField(min_value=0, max_value=120), label=_("Or: how old, when the file was opened?"),
        required=False,
    )  # fmt: skip
    gender = WhyChoiceField(label=_("Gender"), choices=Gender.choices(), required=False)
    race = WhyField(
        forms.MultipleChoiceField(choices=Race.choices(), widget=forms.CheckboxSelectMultiple),
        label=_("Race and ethnicity, if she or he wants to say"), required=False,
        help_text=_("All that apply, as the person says it."),
    )  # fmt: skip
    trafficking_type = WhyChoiceField(
        label=_("Sex, labor, both, or not yet known?"), choices=TraffickingType.choices(), required=False,
        reasons=(Why.NOT_ASKED, Why.DECLINED),
    )  # fmt: skip
    referral_source = _why_choice(ReferralSource, label=_("Who sent her or him?"))
    living_situation = _why_choice(LivingSituation, label=_("Where is she or he living?"))

    groups = (
        Group("names", _("Names"), ("given_name", "family_name", "other_names")),
        Group("age", _("Age"), ("birth_date", "age_at_entry")),
        Group("person", _("About the person"), ("gender", "race")),
        Group("came", _("How she or he came here"), ("trafficking_type", "referral_source", "living_situation")),
    )
    PLAIN = ("given_name", "family_name", "other_names")

    def answers(self) -> tuple[dict, dict]:
        """Values, and reasons where there is none, of the questions that were on a page; the rest stays as it is."""
        sent = {bound.name for bound in self if any(n in self.data for n in names(bound.field.widget, bound.html_name))}
        given = {name: answer for name, answer in self.cleaned_data.items() if name in sent}
        said = {name: given[name] for name in self.PLAIN if name in given}
        asked = {name: answer for name, answer in given.items() if name not in self.PLAIN}
        said |= {name: answer.value for name, answer in asked.items()}
        return said, {name: answer.why or "" for name, answer in asked.items()}


class ReachForm(Form):
    """What she is called, her language, and up to three ways to reach her, the safest first."""

    called = forms.CharField(label=_("What would she or he like to be called?"), max_length=120, required=False)
    language = forms.ChoiceField(label=_LANGUAGE, choices=_choose(SpokenLanguage), required=False)

    groups = (
        Group("who", _("Who"), ("called", "language")),
        *(
            Group(f"way{n}", title, tuple(f"way{n}_{part}" for part in ("how", "where", "cautions", "note")))
            for n, title in enumerate((_("The safest way"), _("Another way"), _("A third way")), 1)
        ),
    )

    def __init__(self, *args, **kwargs):
        for n in range(1, WAYS + 1):
            self.base_fields = self.base_fields | _way_fields(f"way{n}")
        super().__init__(*args, **kwargs)

    @classmethod
    def initial_of(cls, ways: tuple[Way, ...]) -> dict:
        return {
            f"way{n}_{part}": list(value) if isinstance(value, tuple) else value
            for n, way in enumerate(ways[:WAYS], 1)
            for part, value in (("how", way.how), ("where", way.where), ("cautions", way.cautions), ("note", way.note))
        }

    def ways(self) -> list[Way]:
        return [way for n in range(1, WAYS + 1) if (way := _way(self.cleaned_data, f"way{n}"))]


class InquiryForm(Form):
    """Somebody asked and is not served here: what she asked for, and why not."""

    on_date = _on_day(_("When did she or he ask?"))
    called = WhyField(forms.CharField(max_length=120), label=_("What is she or he called?"), required=False)
    language = forms.ChoiceField(label=_LANGUAGE, choices=_choose(SpokenLanguage), required=False)
    wanted = _boxes(ServiceType, columns=True, label=_("What did she or he ask for?"))
    reason = forms.ChoiceField(label=_("Why not served?"), choices=NotServedReason.choices(), widget=forms.RadioSelect)
    note = _words(label=_("What else to know, if she or he comes back"), required=False)


# --- Care -------------------------------------------------------------------------------------------------------------


class NeedsForm(Form):
    service_types = _boxes(ServiceType, columns=True, required=True, label=_("What does she or he ask for?"))
    requested_on = _on_day(_("When was it asked for?"))
    note = _words(label=_("What exactly"), required=False)


class DecideNeedForm(Form):
    mode = forms.ChoiceField(
        label=_("What came of it?"), widget=forms.RadioSelect,
        choices=[(m.value, m.label) for m in ServiceMode if m is not ServiceMode.REQUESTED],
    )  # fmt: skip
    on_date = _on_day(_("On which day?"))
    barrier = forms.ChoiceField(label=_("If not met: what stood in the way?"), choices=_choose(Barrier), required=False)
    referred_to = forms.CharField(label=_("If referred out: to whom?"), max_length=200, required=False)
    note = _words(label=_("What else to know"), required=False)


class ServiceForm(Form):
    service_type = forms.ChoiceField(label=_("What was done?"), choices=_choose(ServiceType))
    mode = forms.ChoiceField(
        label=_("By whom?"), widget=forms.RadioSelect, initial=ServiceMode.PROVIDED,
        choices=[(m.value, m.label) for m in (ServiceMode.PROVIDED, ServiceMode.REFERRED)],
    )  # fmt: skip
    on_date = _on_day(_("On which day?"))
    quantity = forms.DecimalField(label=_("How much?"), min_value=0.25, max_digits=9, decimal_places=2, initial=1)
    unit = forms.ChoiceField(label=_("Of what?"), choices=ServiceUnit.choices(), initial=ServiceUnit.ENCOUNTER)
    referred_to = forms.CharField(label=_("If referred out: to whom?"), max_length=200, required=False)
    note = _words(label=_("What else to know"), required=False)


class QuickForm(Form):
    """Who, what, save. The day is today and the quantity one, unless somebody says otherwise."""

    client = forms.TypedChoiceField(coerce=UUID, label=_("For whom?"), widget=forms.RadioSelect)
    service_type = forms.ChoiceField(label=_("What was done?"), choices=ServiceType.choices(), widget=forms.RadioSelect)
    quantity = forms.DecimalField(label=_("How many times"), min_value=0.25, max_digits=9, decimal_places=2, initial=1)
    on_date = _on_day(_("Day"))

    def __init__(self, *args, clients, service_types, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = [(str(client.pk), client.display_name) for client in clients]
        self.fields["service_type"].choices = [(code.value, code.label) for code in service_types]


class GroupServiceForm(Form):
    """A group or an anonymous service: no name is asked."""

    service_type = forms.ChoiceField(label=_("What was done?"), choices=_choose(ServiceType))
    people = forms.IntegerField(label=_("For how many people?"), min_value=1, max_value=5000)
    on_date = _on_day(_("On which day?"))
    quantity = forms.DecimalField(label=_("How much?"), min_value=0.25, max_digits=9, decimal_places=2, initial=1)
    unit = forms.ChoiceField(label=_("Of what?"), choices=ServiceUnit.choices(), initial=ServiceUnit.ENCOUNTER)


class ContactForm(Form):
    how = forms.ChoiceField(label=_("How did you try?"), choices=ContactHow.choices(), widget=forms.RadioSelect)
    reached = forms.TypedChoiceField(
        label=_("Did you reach her or him?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
    )  # fmt: skip
    on_date = _on_day(_("On which day?"))
    next_contact_on = forms.DateField(
        label=_("When is the next contact safe?"), required=False, help_text=_("It stands on your home page that day.")
    )
    note = _words(label=_("What was said, or left unsaid"), required=False)


class NoteForm(Form):
    kind = forms.ChoiceField(label=_("What is it?"), choices=NoteKind.choices(), widget=forms.RadioSelect,
                             initial=NoteKind.CASE)  # fmt: skip
    on_date = _on_day(_("Of which day?"))
    text = _words(label=_("The note"), help_text=_("It stays as you save it. Correct it by a later note."))


class FollowUpForm(Form):
    what = forms.CharField(label=_("What is to be done?"), max_length=300)
    due_on = forms.DateField(label=_("By when?"))


class StatusForm(Form):
    status = forms.ChoiceField(label=_("What was decided?"), choices=VictimStatus.choices(), widget=forms.RadioSelect)
    decider = forms.ChoiceField(
        label=_("By whom?"), choices=StatusDecider.choices(), widget=forms.RadioSelect, initial=StatusDecider.NGO
    )
    on_date = _on_day(_("On which day?"))
    basis = _words(label=_("On what basis?"))


class CloseForm(Form):
    closed_on = _on_day(_("On which day?"))
    reason = forms.ChoiceField(label=_("Why?"), choices=ClosureReason.choices(), widget=forms.RadioSelect)
    exit_living_situation = _why_choice(LivingSituation, label=_("Where is she or he living now?"))
    note = _words(label=_("What else to know"), required=False)


class ReopenForm(Form):
    opened_on = _on_day(_("On which day did she or he come back?"))


# --- Staff, referrals, reports ----------------------------------------------------------------------------------------


class StaffForm(Form):
    staff_id = forms.TypedChoiceField(coerce=UUID, label=_("Who?"))

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["staff_id"].choices = [("", _("Choose someone")), *((str(pk), name) for pk, name in staff)]


class DeclineForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=NotServedReason.choices(), widget=forms.RadioSelect)
    note = _words(label=_("For your colleagues only"), required=False)


class ReportForm(Form):
    """A report at her request: what, to whom, why, and the dates of the permission she signed."""

    to_agency = forms.TypedChoiceField(coerce=UUID, label=_("To which agency?"))
    purpose = forms.CharField(label=_("What for?"), max_length=300, help_text=_("In her or his words. Stays here."))
    items = forms.MultipleChoiceField(
        label=_("What may be handed over?"), choices=DisclosureItem.choices(), widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what she or he chose. Nothing else leaves."),
    )  # fmt: skip
    summary = _words(label=_("What she or he wants to report, in her or his words"))
    release = forms.TypedChoiceField(
        coerce=lambda said: UUID(said) if said else None, empty_value=None, required=False, widget=forms.RadioSelect,
        label=_("Under which permission?"), help_text=_("Under a release of this file, its own dates hold."),
    )  # fmt: skip
    permission_signed_on = FullDateField(label=_("When was the permission signed?"), past=True, required=False)
    permission_expires_on = FullDateField(label=_("When does it end?"), required=False)

    groups = (
        Group("to", _("To whom and what for"), ("to_agency", "purpose")),
        Group("what", _("What is handed over"), ("items", "summary")),
        Group(
            "permission", _("Her or his permission"), ("release", "permission_signed_on", "permission_expires_on"),
            _("Written, signed, limited in time. She or he may say no and is served all the same."),
        ),
    )  # fmt: skip

    def __init__(self, *args, agencies, releases=(), **kwargs):
        super().__init__(*args, **kwargs)
        names = {agency.pk: agency.name for agency in agencies}
        if "release" in self.fields:
            signed = [(str(row.pk), _("A release to %(agency)s, signed %(on)s") % {
                "agency": names[row.to_agency_id], "on": date_format(row.signed_on)}) for row in releases]
            self.fields["release"].choices = [("", _("A paper signed otherwise: give its dates")), *signed]
        if not releases:
            self.fields.pop("release", None)
        if "to_agency" in self.fields:
            choices = [("", _("Choose an agency")), *((str(agency.pk), agency.name) for agency in agencies)]
            self.fields["to_agency"].choices = choices

    def clean(self):
        given = super().clean()
        signed, expires = given.get("permission_signed_on"), given.get("permission_expires_on")
        if "permission_signed_on" in self.fields and not given.get("release"):
            for name, value in (("permission_signed_on", signed), ("permission_expires_on", expires)):
                if not value and name not in self.errors:
                    self.add_error(name, _("Give the date, or choose a release of this file."))
        elif given.get("release"):
            return given
        if expires and expires < _today():
            self.add_error("permission_expires_on", _("The permission has ended. Ask whether to sign again."))
        if signed and expires and expires < signed:
            self.add_error("permission_expires_on", _("The end lies before the signature. Check both dates."))
        if "items" in self.fields and DisclosureItem.SUMMARY not in given.get("items", [DisclosureItem.SUMMARY]):
            self.add_error("items", _("A report says what happened. Include what she or he wants to report."))
        return given


class CaseloadFilter(FilterForm):
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=[
        ("", _("Mine")), ("all", _("Everybody's")), ("nobody", _("Nobody's"))])  # fmt: skip
    state = forms.ChoiceField(label=_("State"), required=False, choices=[
        ("", _("Open")), ("closed", _("Closed")), ("any", _("Open and closed"))])  # fmt: skip


class FindForm(Form):
    """Sent by POST: a name in an address would stay in the browser's history and in logs."""

    q = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
