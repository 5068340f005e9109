import re
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.site.collaboration import naming
from concord.site.collaboration.actions import Came
from concord.site.pages import widgets
from concord.site.pages.forms import DurationField, Form, FullDateField, Group
from concord.vocabulary import Audience, MeetingKind, OutreachKind, ProtocolKind, TraffickingType

WARNING = _("Everyone in the task force reads this. Name no survivor, no client, no suspect and no case, "
            "not by initials either.")


class SharedForm(Form):
    """A form whose free text everybody will read: what looks like a person is held back until somebody has looked.

    Numbers that can only be a person's are never let through.
    """

    screened: tuple[str, ...] = ()
    looked = forms.BooleanField(
        label=_("I have looked: the words named above are no survivor, client, suspect or case"), required=False
    )

    def __init__(self, *args, known=(), task_forces=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.known = tuple(known)
        if task_forces:
            self._ask_task_force(task_forces)
        self.fields["looked"] = self.fields.pop("looked")
        if not (self.is_bound and self._suspicions()):
            self.fields["looked"].widget = forms.HiddenInput()

    def _ask_task_force(self, task_forces):
        """Asked only of a coordinator of several."""
        choices = [(str(task_force.pk), task_force.name) for task_force in task_forces]
        asked = forms.TypedChoiceField(coerce=UUID, label=_("In which task force?"), choices=choices,
                                       initial=choices[0][0])
        if len(choices) == 1:
            asked.widget = forms.HiddenInput()
        widgets.dress(asked.widget)
        self.fields = {"task_force": asked, **self.fields}

    def clean(self):
        given = super().clean()
        for name, found in self._suspicions().items():
            certain = [one.words for one in found if one.certain]
            if certain:
                self.add_error(name, _("This holds a number or a birth date that is a person's. Take it out: %(what)s")
                               % {"what": "; ".join(certain)})
            elif not given.get("looked"):
                self.add_error(name, _("This may name a person: %(what)s. Take it out, or tick the box that says "
                                       "you have looked.") % {"what": "; ".join(one.words for one in found)})
        return given

    def _suspicions(self) -> dict[str, list[naming.Finding]]:
        texts = {name: str(self.data.get(name, "")) for name in self.screened_fields()}
        found = {name: naming.findings(text, self.known) for name, text in texts.items()}
        return {name: hits for name, hits in found.items() if hits}

    def screened_fields(self) -> list[str]:
        return list(self.screened)


def _agency_choice(agencies):
    return [("", _("Choose an agency")), *((str(agency.pk), agency.name) for agency in agencies)]


class MeetingForm(SharedForm):
    screened = ("place", "agenda")

    kind = forms.ChoiceField(label=_("Which meeting?"), choices=MeetingKind.choices())
    begins_at = forms.DateTimeField(label=_("When?"), widget=forms.DateTimeInput)
    place = forms.CharField(label=_("Where?"), max_length=200, required=False)
    agenda = forms.CharField(label=_("Agenda, one item a line"), widget=forms.Textarea(attrs={"rows": 8}),
                             required=False, help_text=WARNING)

    def clean_agenda(self) -> list[str]:
        lines = [re.sub(r"\s+", " ", line).strip() for line in self.cleaned_data["agenda"].splitlines()]
        if long := next((n for n, line in enumerate(lines, start=1) if len(line) > 300), None):
            raise forms.ValidationError(_("Line %(n)d is longer than 300 characters. Shorten it.") % {"n": long})
        return list(dict.fromkeys(line for line in lines if line))


class MinutesForm(SharedForm):
    """Attendance by agency, a decision an item, and what else was said."""

    minutes = forms.CharField(label=_("Anything else"), widget=forms.Textarea(attrs={"rows": 5}), required=False,
                              help_text=WARNING)

    def __init__(self, *args, members, items, **kwargs):
        self.members, self.items = list(members), list(items)
        super().__init__(*args, **kwargs)

    def screened_fields(self):
        return ["minutes", *(f"decision_{item.pk}" for item in self.items)]

    @classmethod
    def for_meeting(cls, members, items):
        """The form of one meeting: its members and its agenda are its questions."""
        people = {
            f"people_{agency.pk}": forms.IntegerField(label=agency.name, min_value=0, max_value=200, required=False)
            for agency in members
        }
        remote = forms.MultipleChoiceField(
            label=_("Which of them took part by telephone or video?"), required=False,
            choices=[(str(agency.pk), agency.name) for agency in members], widget=forms.CheckboxSelectMultiple,
        )
        decisions = {
            f"decision_{item.pk}": forms.CharField(
                label=item.words, widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=4000)
            for item in items
        }
        groups = (
            Group("came", _("How many people came from each agency?"), (*people, "remote"),
                  _("Count agencies without accounts too. Leave it empty where nobody came.")),
            Group("decided", _("What was decided?"), tuple(decisions)),
            Group("rest", _("The rest"), ("minutes",)),
        )
        fields = {**people, "remote": remote, **decisions}
        return type("MeetingMinutesForm", (cls,), {**fields, "groups": groups})

    def came(self) -> list[Came]:
        given = self.cleaned_data
        return [Came(agency.pk, given.get(f"people_{agency.pk}") or 0, str(agency.pk) in given.get("remote", ()))
                for agency in self.members]

    def decisions(self) -> dict[UUID, str]:
        return {item.pk: self.cleaned_data.get(f"decision_{item.pk}", "") for item in self.items}


class ProtocolForm(SharedForm):
    screened = ("title", "text")

    kind = forms.ChoiceField(label=_("What does it govern?"), choices=ProtocolKind.choices())
    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 16}), help_text=WARNING)
    adopted_on = FullDateField(label=_("Adopted on"))
    review_on = FullDateField(label=_("To be reviewed by"))
    survivors_reviewed = forms.BooleanField(label=_("People with lived experience have gone through it"),
                                            required=False)

    def clean(self):
        given = super().clean()
        adopted, review = given.get("adopted_on"), given.get("review_on")
        if adopted and review and review <= adopted:
            self.add_error("review_on", _("The review must lie after the adoption."))
        return given


class TrainingForm(SharedForm):
    screened = ("title",)

    title = forms.CharField(label=_("What was it about?"), max_length=160, help_text=WARNING)
    held_on = FullDateField(label=_("Held on"), past=True)
    given_by = forms.TypedChoiceField(coerce=UUID, label=_("Given by"))
    audience = forms.ChoiceField(label=_("For whom?"), choices=Audience.choices())
    topic = forms.ChoiceField(label=_("Sex or labor trafficking?"), choices=TraffickingType.choices()[:3],
                              widget=forms.RadioSelect)
    duration = DurationField(label=_("How long?"))
    people = forms.IntegerField(label=_("How many people were trained?"), min_value=0, max_value=100_000)

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["given_by"].choices = _agency_choice(agencies)


class OutreachForm(SharedForm):
    screened = ("title",)

    title = forms.CharField(label=_("What was it?"), max_length=160, help_text=WARNING)
    kind = forms.ChoiceField(label=_("Kind"), choices=OutreachKind.choices())
    held_on = FullDateField(label=_("On"), past=True)
    given_by = forms.TypedChoiceField(coerce=UUID, label=_("By which agency?"))
    audience = forms.ChoiceField(label=_("Whom was it for?"), choices=Audience.choices())
    topic = forms.ChoiceField(label=_("Sex or labor trafficking?"), choices=TraffickingType.choices()[:3],
                              widget=forms.RadioSelect)
    people_reached = forms.IntegerField(label=_("People reached, about"), min_value=0, required=False)
    materials = forms.IntegerField(label=_("Materials handed out"), min_value=0, required=False)

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["given_by"].choices = _agency_choice(agencies)
