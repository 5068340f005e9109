"""Forms as pages show them: USWDS widgets, one summary of errors that leads to each field, answers that may be absent.

Rooms subclass `Form` (or `FilterForm` for lists) and use Django's own fields beside those here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from concord.vocabulary import Why

from . import dates, widgets

# What to do, in place of what is wrong. Keyed by Django's error code; a field that says its own keeps it.
ADVICE = {
    "required": _("Fill this in."),
    "invalid_choice": _("Choose one from the list."),
    "invalid_list": _("Choose from the list."),
    "max_length": _("Shorten this to %(limit_value)d characters or fewer. It has %(show_value)d."),
    "min_value": _("Give %(limit_value)s or more."),
    "max_value": _("Give %(limit_value)s or less."),
}
ADVICE_BY_FIELD = [
    (forms.IntegerField, _("Give a whole number in digits, such as 12.")),
    (forms.DateTimeField, _("Give the day and the time.")),
    (forms.DateField, _("Give the date as month, day and year, such as 5/3/2026.")),
    (forms.TimeField, _("Give the time as hours and minutes, such as 14:30.")),
    (forms.EmailField, _("Give an address with an @, such as name@agency.example.")),
]


@dataclass(frozen=True)
class Group:
    """Questions that belong together, under one heading; one step where the form is taken a step at a time."""

    code: str
    title: str
    fields: tuple[str, ...]
    intro: str = ""


@dataclass(frozen=True)
class Complaint:
    """One line of the error summary, and the id of the input that it leads to."""

    target: str
    label: str
    words: str

    def line(self):
        """Question and complaint as one sentence each, without a colon after a question mark."""
        if not self.label:
            return self.words
        return (
            f"{self.label} {self.words}" if str(self.label).endswith(("?", ".", "!")) else f"{self.label}: {self.words}"
        )


class Renderer(DjangoTemplates):
    form_template_name = "pages/forms/form.html"
    field_template_name = "pages/forms/field.html"


class Form(forms.Form):
    """A form of ours. `groups` sets its headings; `step` keeps only the questions of one group.

    A `clean` of a form with steps must not count on a field of another step being there.
    """

    default_renderer = Renderer
    use_required_attribute = False
    groups: tuple[Group, ...] = ()

    def __init__(self, *args, step="", **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.step = step
        if step:
            self._keep_only(step)
        for field in self.fields.values():
            widgets.dress(field.widget)
            advise(field)

    @classmethod
    def from_draft(cls, answers, **kwargs):
        """A form that shows unfinished answers (a QueryDict) and complains of none of them."""
        form = cls(answers, **kwargs)
        form._errors = ErrorDict()
        form.cleaned_data = {}
        return form

    def _keep_only(self, step):
        kept = next(group.fields for group in self.groups if group.code == step)
        self.fields = {name: field for name, field in self.fields.items() if name in kept}

    def questions(self):
        """The groups that have questions here, each with its bound fields; those in no group come first, untitled."""
        grouped = [name for group in self.groups for name in group.fields]
        loose = [bound for bound in self.visible_fields() if bound.name not in grouped]
        parts = [{"group": None, "fields": loose}]
        parts += [
            {"group": group, "fields": [self[name] for name in group.fields if name in self.fields]}
            for group in self.groups
        ]
        return [part for part in parts if part["fields"]]

    @property
    def asked(self):
        """Every name that this form's inputs send, so that a draft knows which answers were left out just now."""
        return sorted({name for bound in self for name in widgets.names(bound.field.widget, bound.html_name)})

    @property
    def complaints(self):
        """Every complaint in the order of the questions, those of the whole form first. Not a word a question is named
        by: a template looks for a question of that name first."""
        if not self.is_bound:
            return []
        whole = [Complaint("", "", words) for words in self.non_field_errors()]
        return whole + [
            Complaint(self.focus_id(bound), bound.label, words)
            for part in self.questions()
            for bound in part["fields"]
            for words in bound.errors
        ]

    def focus_id(self, bound):
        return widgets.first_id(bound.field.widget, bound.auto_id)


class FilterForm(Form):
    """Search and filters of a list, by GET. Pass `request.GET`; what does not parse narrows nothing and says so."""

    @property
    def is_narrowing(self):
        """Whether anything that was asked makes the list shorter."""
        self.is_valid()
        return any(value not in (*EMPTY_VALUES, False) for value in self.cleaned_data.values())

    def narrowed(self, name):
        """What was asked under `name`, or None where it was left open or did not parse."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


def advise(field):
    """Replace Django's messages by ones that say what to do; what a field or a room states itself stands."""
    said = ADVICE | {"invalid": _advice_on_invalid(field)}
    if isinstance(field, forms.ChoiceField):
        said["required"] = _("Choose an answer.")
    for code, words in said.items():
        if words and field.error_messages.get(code) is _django_says(field, code):
            field.error_messages[code] = words


def _advice_on_invalid(field):
    return next((words for kind, words in ADVICE_BY_FIELD if isinstance(field, kind)), None)


def _django_says(field, code):
    """Django's own message for the code, or None: where the code is a validator's, or the class is not Django's."""
    stating = next((kind for kind in type(field).__mro__ if code in vars(kind).get("default_error_messages", ())), None)
    if stating is None or not stating.__module__.startswith("django."):
        return None
    return stating.default_error_messages[code]


class PartialDateField(forms.Field):
    """A date known to the year, the month or the day; gives its ISO text ("2019", "2019-05", "2019-05-03").

    `past` refuses a date that can only lie in the future.
    """

    widget = widgets.PartialDateInput
    default_error_messages = {"required": _("Give at least the year.")}

    def __init__(self, *, past=False, **kwargs):
        self.past = past
        super().__init__(**kwargs)

    def clean(self, value):
        month, day, year = (str(part or "").strip() for part in value or ("", "", ""))
        if not (month or day or year):
            self.validate("")
            return ""
        return self._in_time(self._read(month, day, year))

    def has_changed(self, initial, data):
        return self.widget.decompress(initial) != list(data or ("", "", ""))

    def _read(self, month, day, year):
        if not year:
            raise ValidationError(_("Give the year too, with four digits."), code="no_year")
        if day and not month:
            raise ValidationError(_("Choose the month, or leave out the day."), code="no_month")
        if year.isdecimal() and len(year) != 4:
            raise ValidationError(_("Give the year with four digits, such as 2019."), code="short_year")
        try:
            return dates.compose(year, month, day) if month else dates.parse(year)
        except ValueError:
            raise ValidationError(_("There is no such date. Check the day and the month."), code="no_date") from None

    def _in_time(self, partial):
        if self.past and dates.first_day(partial) > timezone.localdate():
            raise ValidationError(_("This lies in the future. Give a date that has passed."), code="future")
        return partial


class FullDateField(PartialDateField):
    """Month, day and year by three inputs, all needed; gives a date. For days that people know by heart."""

    def clean(self, value):
        partial = super().clean(value)
        if not partial:
            return None
        if len(partial) < 10:
            raise ValidationError(_("Give the month and the day too."), code="partial")
        return date.fromisoformat(partial)


class MoneyField(forms.Field):
    """Dollars and cents, not negative; takes "$1,200.50" and gives a Decimal with two places."""

    widget = widgets.MoneyInput
    most = Decimal("9999999999.99")

    def to_python(self, value):
        text = str(value if value is not None else "").replace("$", "").replace(",", "").strip()
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValidationError(_("Give an amount in digits, such as 1200 or 1,200.50."), code="invalid") from None
        if not amount.is_finite() or not 0 <= amount <= self.most:
            raise ValidationError(_("Give an amount from 0 to 9,999,999,999.99."), code="range")
        if amount != round(amount, 2):
            raise ValidationError(_("Give at most two digits after the point."), code="cents")
        return round(amount, 2)


class DurationField(forms.MultiValueField):
    """Hours and minutes; gives a timedelta. "90" minutes alone is an hour and a half."""

    widget = widgets.HoursMinutesInput
    default_error_messages = {"required": _("Give the hours, the minutes or both.")}

    def __init__(self, **kwargs):
        whole = {"invalid": _("Give hours and minutes as whole numbers.")}
        parts = [
            forms.IntegerField(required=False, min_value=0, max_value=9999, error_messages=whole) for _part in range(2)
        ]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list):
        if not any(part is not None for part in data_list):
            return None
        hours, minutes = ((part or 0) for part in data_list)
        return timedelta(hours=hours, minutes=minutes)


class SearchSelectField(forms.Field):
    """One of a long list, found by typing; takes the stored value, the label, or enough of the label to be one."""

    widget = widgets.SearchInput

    def __init__(self, *, choices, **kwargs):
        super().__init__(**kwargs)
        self.choices = self.widget.choices = list(choices)

    def __deepcopy__(self, memo):
        copied = super().__deepcopy__(memo)
        copied.widget.choices = copied.choices
        return copied

    def to_python(self, value):
        text = str(value or "").strip()
        if not text:
            return None
        exact = [stored for stored, label in self.choices if text == str(stored) or _same(text, label)]
        near = exact or [stored for stored, label in self.choices if text.casefold() in str(label).casefold()]
        if len(near) == 1:
            return near[0]
        if not near:
            raise ValidationError(_("Nothing in the list fits this. Type less, or choose from the list."), code="none")
        labels = dict(self.choices)
        named = "; ".join(str(labels[stored]) for stored in near[:4])
        raise ValidationError(
            ngettext_lazy(
                "%(n)d entry fits: %(named)s.",
                "%(n)d entries fit, such as: %(named)s. Type more of the one you mean.",
                len(near),
            ),
            code="several",
            params={"n": len(near), "named": named},
        )


def _same(text, label):
    return text.casefold() == str(label).casefold()


@dataclass(frozen=True)
class ValueOrWhy:
    """A value, or the reason why there is none; exactly one of them, unless nothing was said at all."""

    value: object = None
    why: Why | None = None

    def __bool__(self):
        return self.why is not None or self.value not in EMPTY_VALUES


class WhyField(forms.Field):
    """Any field, beside which "not asked" and "declined" are ordinary answers. Gives a `ValueOrWhy`.

    `required` means that one of the two is needed; the inner field itself is never required.
    """

    def __init__(self, inner, *, reasons=(Why.NOT_ASKED, Why.DECLINED), **kwargs):
        self.inner = inner
        inner.required = False
        self.reasons = tuple(reasons)
        words = [(why.value, why.label) for why in self.reasons]
        super().__init__(widget=widgets.WhyInput(inner.widget, words), **kwargs)
        advise(inner)

    def clean(self, value):
        given, why = value or (None, "")
        answer = ValueOrWhy(self.inner.clean(given), None)
        if not why:
            return self._needed(answer)
        if why not in self.reasons:
            raise ValidationError(_("Choose one of the reasons."), code="invalid_choice")
        if answer:
            raise ValidationError(
                _("There is an answer and also a reason for having none. Keep one of them."), code="both"
            )
        return ValueOrWhy(None, Why(why))

    def _needed(self, answer):
        if self.required and not answer:
            raise ValidationError(_("Give an answer, or choose why there is none."), code="required")
        return answer

    def prepare_value(self, value):
        if isinstance(value, ValueOrWhy):
            return ValueOrWhy(self.inner.prepare_value(value.value), value.why)
        return value


class WhyChoiceField(forms.ChoiceField):
    """One choice among radios, the reasons for having none standing below the rest. Gives a `ValueOrWhy`."""

    widget = forms.RadioSelect

    def __init__(self, *, choices, reasons=(Why.NOT_ASKED, Why.DECLINED), **kwargs):
        self.reasons = {f"why:{why.value}": why for why in reasons}
        absent = [(code, why.label) for code, why in self.reasons.items()]
        super().__init__(choices=[*choices, *absent], **kwargs)

    def clean(self, value):
        chosen = super().clean(value)
        return ValueOrWhy(None, self.reasons[chosen]) if chosen in self.reasons else ValueOrWhy(chosen or None)

    def prepare_value(self, value):
        if isinstance(value, ValueOrWhy):
            return f"why:{value.why.value}" if value.why else value.value
        return value
