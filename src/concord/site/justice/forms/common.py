"""Fields that several forms ask, and answers spread over a column and its `_why`."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.law import charges, intake
from concord.site.pages.forms import Form, FullDateField, ValueOrWhy, WhyChoiceField, WhyField
from concord.vocabulary import Answer, Code, RecordKind, Why

REASONS = (Why.NOT_ASKED, Why.DECLINED, Why.NOT_YET_KNOWN)
NOT_SAID = [("", _("Not said"))]
ANY = [("", _("Any"))]
WORDS = {(field.kind, field.name): field.words for field in intake.FIELDS}


def words(kind: RecordKind, name: str) -> str:
    """How `law.intake` asks for a field."""
    return WORDS[kind, name]


def one_of(of: type[Code], label, *, required=True, **options):
    """One code of a list: radios where they are few, a select where they are many."""
    choices = of.choices()
    few = len(choices) <= 5
    if not (few and required):
        choices = NOT_SAID + choices
    return forms.ChoiceField(
        label=label, choices=choices, required=required, **({"widget": forms.RadioSelect} if few else {}), **options)


def any_of(of: type[Code], label):
    """A filter of a list by one code."""
    return forms.ChoiceField(label=label, choices=ANY + of.choices(), required=False)


def several_of(of: type[Code], label, **options):
    return forms.MultipleChoiceField(
        label=label, choices=of.choices(), widget=forms.CheckboxSelectMultiple, required=False, **options)


def one_or_why(of: type[Code], label, reasons=REASONS, **options):
    """One code or the reason why there is none, as a select each: rosters ask many of them on one page."""
    return WhyField(forms.ChoiceField(choices=NOT_SAID + of.choices()), label=label, reasons=reasons, required=False,
                    **options)


def radio_or_why(of: type[Code], label, reasons=REASONS, **options):
    return WhyChoiceField(choices=of.choices(), label=label, reasons=reasons, required=False, **options)


def several_or_why(of: type[Code], label, reasons=REASONS, **options):
    inner = forms.MultipleChoiceField(choices=of.choices(), widget=forms.CheckboxSelectMultiple)
    return WhyField(inner, label=label, reasons=reasons, required=False, **options)


def yes_no_unknown(label, **options):
    return forms.ChoiceField(label=label, choices=Answer.choices(), widget=forms.RadioSelect, required=False,
                             initial=Answer.UNKNOWN.value, **options)


def day(label, *, today=False, **options):
    """A day by month, day and year. `today` fills in today where that is what it mostly is."""
    begun = {"initial": timezone.localdate} if today else {}
    return FullDateField(label=label, **{"past": True} | begun | options)


def long_text(label, rows=4, **options):
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), required=False,
                           max_length=20_000, **options)


def jurisdictions():
    return [(code, pack.name) for code, pack in charges.packs().items()]


def spread(answers: dict) -> dict:
    """Cleaned answers as columns: a `ValueOrWhy` fills the column and, where there is none, its `_why`."""
    columns = {}
    for name, value in answers.items():
        if isinstance(value, ValueOrWhy):
            columns[name] = value.value or ([] if isinstance(value.value, list) else "")
            columns[f"{name}_why"] = value.why.value if value.why else ""
        else:
            columns[name] = value
    return columns


def gathered(row, form: type[Form]) -> dict:
    """A record's columns as the initial answers of a form."""
    found = {}
    for name, field in form.base_fields.items():
        if not hasattr(row, name):
            continue
        value = getattr(row, name)
        if isinstance(field, WhyField | WhyChoiceField):
            why = getattr(row, f"{name}_why", "")
            value = ValueOrWhy(None if value in ("", []) else value, Why(why) if why else None)
        found[name] = value
    return found
