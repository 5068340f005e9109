"""The components that rooms build their pages from. `{% load pages %}`; docs/pages.md shows each."""

from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import charts, errors, lists, records, words
from ..forms import PartialDateField, ValueOrWhy

register = template.Library()

SPRITE = "vendor/uswds/img/sprite.svg"


@register.simple_tag
def icon(name, label=""):
    """A drawing from the sprite. Without a label it is decoration beside words, and hidden from screen readers."""
    drawing = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="usa-icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, drawing
        )
    return format_html(
        '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', drawing
    )


@register.simple_tag(takes_context=True)
def due(context, on, done=False):
    """How long there is left until a date or moment: "Friday, 3 days left", "2 days overdue". Nothing for None."""
    if on is None:
        return ""
    said = words.due(on, now=_now(context), done=done)
    return format_html('<time class="due due--{}" datetime="{}">{}</time>', said.tone, on.isoformat(), said.words)


@register.simple_tag(takes_context=True)
def when(context, on):
    """A date, a moment, or a partial date as text ("2019-05"), as people say it. Nothing for None."""
    if not on:
        return ""
    said = words.partial(on) if isinstance(on, str) else words.when(on, now=_now(context))
    return format_html('<time datetime="{}">{}</time>', on if isinstance(on, str) else on.isoformat(), said)


@register.simple_tag
def status_tag(status, tone="plain"):
    """A state in words: a `records.Status`, a vocabulary code (its label), or the words themselves with a tone."""
    if isinstance(status, records.Status):
        status, tone = status.words, status.tone
    return format_html('<span class="status status--{}">{}</span>', tone, getattr(status, "label", status))


@register.simple_tag(takes_context=True)
def missing(context, value, why=""):
    """The value, or why there is none, in words. Zero and "no" are values."""
    if value is None or value == "":
        return format_html('<span class="missing">{}</span>', words.reason(why))
    return shown(context, value)


@register.simple_tag(takes_context=True)
def shown(context, value):
    """A cell's or fact's value by what it is: dates as said, codes by their label, absent values with the reason."""
    match value:
        case SafeString():
            return value
        case None | "":
            return missing(context, None)
        case lists.Absent():
            return missing(context, None, value.why)
        case lists.Link():
            return format_html('<a href="{}">{}</a>', value.url, value.text)
        case lists.Deadline():
            return due(context, value.on, value.done)
        case records.Status():
            return status_tag(value)
        case bool():
            return lists.yes_or_no(value)
        case date() | datetime():
            return when(context, value)
        case [records.Status(), *_]:
            return format_html_join(" ", "{}", ((status_tag(part),) for part in value))
        case list() | tuple():
            return format_html_join(", ", "{}", ((shown(context, part),) for part in value))
    return getattr(value, "label", value)


@register.inclusion_tag("pages/parts/timeline.html", takes_context=True)
def timeline(context, events, title=""):
    """What happened, newest first: a list of `records.Event`."""
    return {"events": events, "title": title, "now": _now(context)}


@register.inclusion_tag("pages/parts/table.html", takes_context=True)
def table(context, columns, rows, caption, url_of="url"):
    """Rows under `lists.Column`s, as cards on a phone. A row's `url` (key or attribute) links its first cell."""
    request = context.get("request")
    return {
        "columns": [(column, _sort_state(column, request)) for column in columns],
        "rows": [{"url": _get(row, url_of), "cells": [(column, column.of(row)) for column in columns]} for row in rows],
        "caption": caption,
        "now": _now(context),
        "request": request,
    }


@register.inclusion_tag("pages/parts/figure.html")
def count_of(numerator, denominator=None, **said):
    """A number with what it is out of; `said` is the rest of a `charts.Figure`: unit, period, label, ..."""
    return {"figure": charts.Figure(numerator, denominator, **said)}


@register.inclusion_tag("pages/parts/figure.html")
def figure(figure):
    """A `charts.Figure`."""
    return {"figure": figure}


@register.inclusion_tag("pages/parts/bar_chart.html")
def bar_chart(chart, id="chart"):
    """A `charts.BarChart`. `id` must be unlike any other on the page."""
    return {"chart": chart, "id": id}


@register.inclusion_tag("pages/parts/line_chart.html")
def line_chart(chart, id="chart"):
    """A `charts.LineChart`. `id` must be unlike any other on the page."""
    return {"chart": chart, "id": id}


@register.inclusion_tag("pages/parts/act.html", takes_context=True)
def act(context, action, small=False):
    """A `records.Action` as a link, or as a button that posts."""
    return {"action": action, "small": small, "csrf_token": context.get("csrf_token", "")}


@register.simple_tag
def field(bound):
    """A form's field with its label, hint, errors and input, as one USWDS form group."""
    return bound.as_field_group()


@register.filter
def grouped(number):
    """A count with its thousands set apart: 1,240."""
    return charts.number(number)


@register.simple_tag(takes_context=True)
def answer_words(context, form, bound):
    """What a form holds for one question, in words; "Left open" for nothing, and the raw text where it is in error."""
    form.is_valid()
    value = form.cleaned_data.get(bound.name)
    if isinstance(value, ValueOrWhy):
        if value.why:
            return missing(context, None, value.why)
        value = value.value
    if value is None or value in ("", []):
        return format_html('<span class="missing">{}</span>', _("Left open"))
    field = getattr(bound.field, "inner", bound.field)
    if isinstance(field, PartialDateField):
        return when(context, value)
    choices = dict(getattr(field, "choices", ()))
    if isinstance(value, list):
        return shown(context, [choices.get(one, one) for one in value])
    return shown(context, choices.get(value, value))


@register.simple_tag
def error_words(status, said=None):
    """`errors.Words` for a status, unless the view has said its own."""
    return said or errors.words(status)


@register.inclusion_tag("pages/parts/kept_query.html", takes_context=True)
def kept_query(context, form=None):
    """Hidden inputs for what a GET form does not itself ask, so that filtering keeps the sort and the other way."""
    asked = {*(form.asked if form else ()), "after"}
    kept = [(name, value) for name, values in context["request"].GET.lists() if name not in asked for value in values]
    return {"kept": kept}


def _now(context):
    """The moment the page speaks of: `now` where the view gives one, else the clock."""
    given = context.get("now")
    return given if isinstance(given, datetime) else timezone.now()


def _get(row, key):
    return row.get(key, "") if isinstance(row, dict) else getattr(row, key, "")


def _sort_state(column, request):
    """How the list is sorted by this column now, and the `sort` that choosing its heading asks for."""
    current = request.GET.get("sort", "") if request else ""
    if not column.sort or current.lstrip("-") != column.sort:
        return {"aria": "", "next": column.sort}
    down = current.startswith("-")
    return {"aria": "descending" if down else "ascending", "next": column.sort if down else f"-{column.sort}"}
