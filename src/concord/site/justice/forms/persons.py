"""People: the roster grid, the same facts for many, one person's facts, a judgement, schemes and assertions."""

import csv

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.law.elements import VALUES
from concord.site.justice.forms.common import (
    NOT_SAID,
    day,
    long_text,
    one_of,
    one_or_why,
    several_of,
    several_or_why,
    spread,
    words,
    yes_no_unknown,
)
from concord.site.pages import widgets
from concord.site.pages.forms import Form, Group, PartialDateField, WhyField, advise
from concord.vocabulary import (
    AgeGroup,
    Answer,
    Basis,
    Gender,
    IdentifiedBy,
    Industry,
    MeansOfControl,
    PersonRole,
    Race,
    RaceSource,
    RecordKind,
    Relationship,
    Scheme,
    Screened,
    Sex,
    SpokenLanguage,
    StatusDecider,
    SuspectOutcome,
    TookPart,
    TraffickingType,
    Venue,
    VictimStatus,
)

ROWS, MOST_ROWS, MOST_ALIKE = 8, 60, 100
COLUMNS = ("role", "also", "age_group", "sex", "language", "note")


def _ask(name):
    return words(RecordKind.INVESTIGATION, name)


def _short(of, empty=""):
    return [("", empty), *of.choices()]


def _by_words(of):
    """A code by anything people type for it: its value, its label, or the beginning of either."""
    return {text: code.value for code in of for text in (code.value.casefold(), code.label.casefold())}


PASTED = {"role": _by_words(PersonRole), "also": _by_words(PersonRole), "age_group": _by_words(AgeGroup),
          "sex": _by_words(Sex), "language": _by_words(SpokenLanguage)}
PASTED["role"] |= {"victim": PersonRole.POTENTIAL_VICTIM.value, "suspect": PersonRole.OTHER_SUSPECT.value}
PASTED["age_group"] |= {"minor": AgeGroup.MINOR.value, "child": AgeGroup.MINOR.value}


class RosterForm(Form):
    """A grid: one line a person, or a line for many alike. Lines pasted from a spreadsheet are added below."""

    decider = one_of(StatusDecider, _("Who holds them to be potential victims?"), initial=StatusDecider.POLICE.value)
    paste = forms.CharField(
        label=_("Or paste from a spreadsheet"), required=False, max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One person a line: role, age, sex, language, note; separated by tabs or commas. "
                    "Example: victim, adult, male, Spanish, blue jacket"))
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=MOST_ROWS)

    def __init__(self, data=None, *args, rows=ROWS, **kwargs):
        super().__init__(data, *args, **kwargs)
        asked = str(data.get("rows", "")) if data else ""
        self.n = min(int(asked), MOST_ROWS) if asked.isdecimal() and int(asked) else rows
        self.fields["rows"].initial = self.n
        for n in range(self.n):
            self._add_line(n)

    def _add_line(self, n):
        line = {
            "times": forms.IntegerField(required=False, min_value=1, max_value=MOST_ALIKE,
                                        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3})),
            "role": forms.ChoiceField(choices=_short(PersonRole), required=False),
            "also": forms.ChoiceField(choices=_short(PersonRole), required=False),
            "age_group": forms.ChoiceField(choices=_short(AgeGroup), required=False),
            "sex": forms.ChoiceField(choices=_short(Sex), required=False),
            "language": forms.ChoiceField(choices=_short(SpokenLanguage), required=False),
            "note": forms.CharField(required=False, max_length=300),
        }
        for name, field in line.items():
            field.label = f"{GRID_WORDS[name]}, {n + 1}"
            field.widget.attrs["aria-label"] = field.label
            widgets.dress(field.widget)
            advise(field)
            self.fields[f"{name}_{n}"] = field

    columns = property(lambda self: list(GRID_WORDS.values()))

    def grid(self):
        """Each line's number and its bound fields, in the order of the columns."""
        return [(n + 1, [self[f"{name}_{n}"] for name in GRID_WORDS]) for n in range(self.n)]

    def clean(self):
        given = super().clean()
        self.people = []
        for n in range(self.n):
            self._read_line(n, given)
        self.people += self._pasted(given.get("paste") or "")
        if not self.people and not self.errors:
            raise ValidationError(_("Choose a role on at least one line, or paste lines below."))
        return given

    def _read_line(self, n, given):
        line = {name: given.get(f"{name}_{n}") or "" for name in COLUMNS}
        if not line["role"]:
            if any(line.values()):
                self.add_error(f"role_{n}", _("Choose a role, or empty the line."))
            return
        self.people += [_person(line) for _alike in range(given.get(f"times_{n}") or 1)]

    def _pasted(self, text):
        found = []
        lines = csv.reader(text.splitlines(), delimiter="\t" if "\t" in text else ",", skipinitialspace=True)
        for number, cells in enumerate(lines, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            line, wrong = _read_cells(cells)
            if wrong:
                self.add_error("paste", _("Line %(n)d: the %(column)s is not one of the list's words.") % {
                    "n": number, "column": GRID_WORDS[wrong].lower()})
            else:
                found.append(_person(line))
        return found


GRID_WORDS = {"times": "How many", "role": "Role", "also": "Also", "age_group": "Age", "sex": "Sex",
              "language": "Language", "note": "Note"}


def _read_cells(cells):
    """A pasted line as a row of the grid, and the column whose word was not understood."""
    names = ("role", "age_group", "sex", "language", "note")
    given = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    line = {"also": "", "note": given.pop("note", "")}
    for name, text in given.items():
        line[name] = PASTED[name].get(text.casefold()) if text else ""
        if line[name] is None or (name == "role" and not line[name]):
            return line, name
    return {name: line.get(name, "") for name in COLUMNS}, None


def _person(line: dict) -> dict:
    """Columns of Person from one line."""
    roles = list(dict.fromkeys(role for role in (line["role"], line["also"]) if role))
    return {"roles": roles, "age_group": line["age_group"] or AgeGroup.UNKNOWN.value, "sex": line["sex"],
            "language": line["language"], "note": line["note"]}


class SameFactsForm(Form):
    """What holds for all the people chosen. An empty answer leaves what each of them has."""

    people = forms.MultipleChoiceField(label=_("For whom?"), widget=forms.CheckboxSelectMultiple)
    trafficking_type = one_of(TraffickingType, _("Type"), required=False)
    age_group = forms.ChoiceField(label=_("Age"), choices=NOT_SAID + AgeGroup.choices(), required=False)
    sex = one_of(Sex, _("Sex"), required=False)
    language = one_of(SpokenLanguage, _("Language"), required=False)
    first_act_on = PartialDateField(label=_("When was the first act?"), required=False, past=True)
    means = several_of(MeansOfControl, _ask("means"))
    industry = one_of(Industry, _ask("industry"), required=False)
    venue = one_of(Venue, _ask("venue"), required=False)
    identified_by = one_of(IdentifiedBy, _ask("identified_by"), required=False)
    screened = one_of(Screened, _ask("screened"), required=False)
    screening_tool = forms.CharField(label=_ask("screening_tool"), max_length=120, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(p.pk), p.alias) for p in people]

    def facts(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "people"}


class PersonForm(Form):
    """Everything known of one person, in the order in which it becomes known."""

    roles = several_of(PersonRole, _("What is the person in this case?"))
    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    other_names = forms.CharField(label=_("Other names"), max_length=300, required=False)
    birth_date = day(_("Date of birth"), required=False)
    note = long_text(_("Note"), rows=3)
    age_group = forms.ChoiceField(label=_("Age"), choices=AgeGroup.choices(), widget=forms.RadioSelect)
    age = WhyField(forms.IntegerField(min_value=0, max_value=120), label=_("Age in years when identified"),
                   required=False)
    sex = one_or_why(Sex, _("Sex as recorded"))
    gender = one_or_why(Gender, _("Gender, as the person says"))
    race = several_or_why(Race, _("Race or ethnicity, all that apply"))
    race_source = one_or_why(RaceSource, _ask("race_source"))
    language = one_or_why(SpokenLanguage, _("Language"))
    trafficking_type = one_of(TraffickingType, _("Type of trafficking"), required=False)
    first_act_on = PartialDateField(label=_("When was the first act?"), required=False, past=True)
    age_at_first_act = WhyField(forms.IntegerField(min_value=0, max_value=120), label=_ask("age_at_first_act"),
                                required=False)
    minor_at_act = yes_no_unknown(_("Under 18 at any act?"))
    means = several_or_why(MeansOfControl, _ask("means"))
    industry = one_or_why(Industry, _ask("industry"))
    venue = one_or_why(Venue, _ask("venue"))
    identified_by = one_or_why(IdentifiedBy, _ask("identified_by"))
    screened = one_or_why(Screened, _ask("screened"))
    screening_tool = forms.CharField(label=_ask("screening_tool"), max_length=120, required=False)
    took_part = one_or_why(TookPart, _ask("took_part"))
    outcome = one_of(SuspectOutcome, _("What became of the suspect?"), required=False)
    outcome_on = day(_("When?"), required=False)

    groups = (
        Group("who", _("Who"), ("roles", "given_name", "family_name", "other_names", "birth_date", "note")),
        Group("about", _("About the person"),
              ("age_group", "age", "sex", "gender", "race", "race_source", "language")),
        Group("victim", _("As a victim"),
              ("trafficking_type", "first_act_on", "age_at_first_act", "minor_at_act", "means", "industry", "venue",
               "identified_by", "screened", "screening_tool", "took_part")),
        Group("suspect", _("As a suspect"), ("outcome", "outcome_on")),
    )

    def __init__(self, *args, victim=True, suspect=True, **kwargs):
        super().__init__(*args, **kwargs)
        for asked, code in ((victim, "victim"), (suspect, "suspect")):
            if not asked:
                for name in next(group.fields for group in self.groups if group.code == code):
                    del self.fields[name]

    def clean(self):
        given = super().clean()
        age, minor = given.get("age_at_first_act"), given.get("minor_at_act")
        if age and age.value is not None and minor:
            if age.value < 18 and minor == Answer.NO:
                self.add_error("minor_at_act", _("The age at the first act is under 18. One of the two is wrong."))
        return given

    def facts(self) -> dict:
        facts = spread(self.cleaned_data)
        for name in ("age", "age_at_first_act"):
            if facts.get(name) == "":
                facts[name] = None
        if "minor_at_act" in facts:
            facts["minor_at_act"] = facts["minor_at_act"] or Answer.UNKNOWN
        return facts


class StatusForm(Form):
    status = one_of(VictimStatus, _ask("victim_status"))
    decider = one_of(StatusDecider, _("Who decided it?"))
    basis = one_of(Basis, _("On what does it rest?"), required=False)
    on_date = day(_("When was it decided?"))
    note = long_text(_("What was seen or said"))


class SchemeForm(Form):
    label = forms.CharField(label=_("A word for it"), max_length=60, help_text=_("Such as: the housing debts"))
    patterns = several_of(Scheme, _("What does it consist of?"))
    relation = one_of(Relationship, _ask("relationship"), required=False)
    victims = forms.MultipleChoiceField(label=_("Victims put through it"), widget=forms.CheckboxSelectMultiple)
    suspects = forms.MultipleChoiceField(label=_("Suspects who did it"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, victims, suspects, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["victims"].choices = [(str(p.pk), p.alias) for p in victims]
        self.fields["suspects"].choices = [(str(p.pk), p.alias) for p in suspects]


class WithdrawForm(Form):
    why = forms.CharField(label=_("Why does it not hold?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2_000)


class AssertionForm(Form):
    """One fact, for a scheme or for a victim and a suspect."""

    scheme = forms.ChoiceField(label=_("For a scheme"), required=False)
    victim = forms.ChoiceField(label=_("Or for one victim"), required=False)
    suspect = forms.ChoiceField(label=_("and one suspect"), required=False)
    fact = forms.ChoiceField(label=_("Which fact?"), choices=[
        (element.label, [(f"{element.value}:{v.value}", v.label) for v in values])
        for element, values in VALUES.items()])
    answer = forms.ChoiceField(label=_("Was it so?"), widget=forms.RadioSelect, choices=[
        (Answer.YES.value, Answer.YES.label), (Answer.NO.value, _("No: shown not to be so"))])
    basis = one_of(Basis, _("On what does it rest?"))
    on_date = day(_("When was that said or found?"))
    note = long_text(_("Where is it written?"), rows=2)

    def __init__(self, *args, schemes, victims, suspects, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = NOT_SAID + [(str(s.pk), s.label) for s in schemes]
        self.fields["victim"].choices = NOT_SAID + [(str(p.pk), p.alias) for p in victims]
        self.fields["suspect"].choices = NOT_SAID + [(str(p.pk), p.alias) for p in suspects]

    def clean(self):
        given = super().clean()
        pair = given.get("victim") and given.get("suspect")
        if bool(given.get("scheme")) == bool(pair):
            self.add_error("scheme", _("Choose either a scheme, or one victim and one suspect."))
        return given
