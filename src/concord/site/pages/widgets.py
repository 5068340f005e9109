"""Inputs beyond those of Django, drawn as USWDS draws them. None needs a script."""

from django import forms
from django.utils import dates as calendar
from django.utils.translation import gettext_lazy as _

CLASSES = [
    (forms.Textarea, "usa-textarea"),
    (forms.SelectMultiple, "usa-select usa-select--multiple"),
    (forms.Select, "usa-select"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.FileInput, "usa-input usa-input--file"),
    (forms.widgets.Input, "usa-input"),
]
# The browser's own pickers: they speak the reader's language and work by keyboard.
TYPES = [
    (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (forms.DateInput, "date", "%Y-%m-%d"),
    (forms.TimeInput, "time", "%H:%M"),
]


def dress(widget):
    """Give a widget, and those inside it, the USWDS class and the template that pages use."""
    for inner in getattr(widget, "widgets", ()):
        dress(inner)
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        widget.template_name = "pages/forms/options.html"
        return
    css = next((css for kind, css in CLASSES if isinstance(widget, kind)), "")
    if css and not widget.is_hidden:
        widget.attrs["class"] = f"{css} {widget.attrs.get('class', '')}".strip()
    _pick(widget)


def _pick(widget):
    for kind, input_type, written in TYPES:
        if isinstance(widget, kind):
            widget.input_type, widget.format = input_type, widget.format or written
            return


def first_id(widget, id_):
    """The id of the first input that a widget draws: where the error summary leads."""
    if isinstance(widget, forms.MultiWidget):
        return first_id(widget.widgets[0], f"{id_}_0")
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{id_}_0"
    return id_


def names(widget, name):
    """Every name under which a widget's answer may come in."""
    inner = getattr(widget, "widgets", ())
    return [
        name,
        *(
            said
            for part, suffix in zip(inner, getattr(widget, "widgets_names", ()), strict=True)
            for said in names(part, name + suffix)
        ),
    ]


def digits(length):
    """A short text input for a number, which unlike type=number does not change under a mouse wheel."""
    return forms.TextInput(attrs={"inputmode": "numeric", "maxlength": length, "autocomplete": "off"})


class PartialDateInput(forms.MultiWidget):
    """Month, day and year, each of which may be left out from the right; or one text in `name` itself."""

    template_name = "pages/forms/parts.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        months = [("", ""), *((str(number), name) for number, name in calendar.MONTHS.items())]
        super().__init__({"month": forms.Select(choices=months), "day": digits(2), "year": digits(10)}, attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        labels = [(_("Month"), "month"), (_("Day"), "two"), (_("Year"), "four")]
        for part, (label, width) in zip(context["widget"]["subwidgets"], labels, strict=True):
            part["label"], part["width"] = label, width
        return context

    def decompress(self, value):
        year, month, day = [*(str(value) if value else "").split("-"), "", ""][:3]
        return [month.lstrip("0"), day.lstrip("0"), year]

    def value_from_datadict(self, data, files, name):
        if whole := data.get(name):
            return ["", "", whole]
        return super().value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data, files, name):
        return name not in data and super().value_omitted_from_data(data, files, name)


class HoursMinutesInput(forms.MultiWidget):
    template_name = "pages/forms/parts.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        super().__init__({"hours": digits(4), "minutes": digits(3)}, attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], (_("Hours"), _("Minutes")), strict=True):
            part["label"], part["width"] = label, "two"
        return context

    def decompress(self, value):
        if value is None:
            return ["", ""]
        hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
        return [str(hours), str(minutes)]


class MoneyInput(forms.TextInput):
    template_name = "pages/forms/money.html"

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class SearchInput(forms.TextInput):
    """A text input that suggests from a list as one types, by the browser's own means."""

    template_name = "pages/forms/search_select.html"
    choices = ()

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["suggestions"] = [label for _value, label in self.choices]
        return context

    def format_value(self, value):
        return str(dict(self.choices).get(value, value or ""))


class WhyInput(forms.MultiWidget):
    """An answer, and beside it the reasons for which there may be none."""

    template_name = "pages/forms/why.html"
    use_fieldset = True

    def __init__(self, answer, reasons, attrs=None):
        radios = forms.RadioSelect(choices=[("", _("Answered")), *reasons])
        radios.attrs["reasons"] = True
        super().__init__({"": answer, "why": radios}, attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        answer = context["widget"]["subwidgets"][0]
        if "subwidgets" not in answer:
            answer["attrs"]["aria-labelledby"] = f"{context['widget']['attrs'].get('id', name)}_legend"
        return context

    def decompress(self, value):
        return [value.value, value.why or ""] if value else [None, ""]
