"""Numbers say their unit and what they are out of, and a gap stays a gap."""

import pytest
from django.template import Context, Template

from concord.site.pages import charts
from concord.vocabulary import Why


def drawn(tag, **context):
    return Template("{% load pages %}" + tag).render(Context(context))


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (1, 2), (3, 4), (7, 8), (9, 10), (11, 20), (41, 50), (61, 80), (999, 1000)]
)
def test_the_axis_ends_at_a_round_number(most, top):
    assert charts.nice_above(most) == top


def test_a_missing_point_breaks_the_line_and_is_said_in_the_table():
    chart = charts.LineChart(
        "Victims", "people", ("Q1", "Q2", "Q3", "Q4"), (charts.Series("Labor", (3, None, 5, 6), "Fewer than 3"),)
    )
    assert len(chart.drawn()[0]["strokes"]) == 1
    assert chart.table()[1] == ("Q2", ("Fewer than 3",))


def test_a_bar_without_a_value_is_words_and_not_a_zero():
    chart = charts.BarChart("Services", "services", (charts.Bar("Bed", 4), charts.Bar("Work", None, Why.WITHHELD)))
    html = drawn("{% bar_chart chart %}", chart=chart)
    assert html.count("chart__bar") == 1
    assert "Known, and withheld" in html


def test_lines_that_end_level_are_said_one_above_the_other():
    chart = charts.LineChart("V", "people", ("a", "b"), (charts.Series("x", (1, 5)), charts.Series("y", (2, 5))))
    low, high = sorted(line["said_y"] for line in chart.drawn())
    assert high - low >= charts.TEXT


def test_charts_name_themselves_have_a_table_and_no_style():
    chart = charts.LineChart("Victims", "people", ("Q1", "Q2"), (charts.Series("Labor", (3, 4)),))
    html = drawn("{% line_chart chart 'v' %}", chart=chart)
    assert 'aria-labelledby="v-title v-desc"' in html
    assert "<table" in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (charts.Figure(12, 40, "clients"), ["12", "of 40", "clients", "(30%)"]),
        (charts.Figure(0, 0, "clients"), ["0", "of 0"]),
        (charts.Figure(None, 40, why=Why.NOT_YET_KNOWN), ["Not yet known"]),
    ],
)
def test_a_figure_says_what_it_is_out_of(figure, shown):
    html = drawn("{% figure one %}", one=figure)
    assert all(words in html for words in shown)
    assert ("%)" in html) is (figure.percent() is not None)


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (False, "No"), (None, "Not recorded"), ("<b>", "&lt;b&gt;")])
def test_zero_and_no_are_values_and_text_is_escaped(value, shown):
    assert shown in drawn("{% missing value %}", value=value)


def test_a_list_of_links_stays_links_and_text_beside_it_is_escaped():
    html = drawn("{% shown value %}", value=["<i>", charts.words.reason("")])
    assert html == "&lt;i&gt;, Not recorded in the file"
