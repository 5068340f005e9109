"""Dates and gaps read as people say them."""

import datetime as dt

import pytest
from django.utils import timezone

from concord.site.pages import words
from concord.vocabulary import Why

NOW = dt.datetime(2026, 5, 12, 15, 42, tzinfo=dt.UTC)  # a Tuesday, 10:42 in Chicago


@pytest.fixture(autouse=True)
def _chicago():
    with timezone.override("America/Chicago"):
        yield


@pytest.mark.parametrize(
    ("on", "said", "tone"),
    [
        (dt.date(2026, 5, 15), "Friday, 3 days left", "soon"),
        (dt.date(2026, 5, 18), "Monday, 6 days left", "soon"),
        (dt.date(2026, 5, 19), "May 19, 7 days left", "later"),
        (dt.date(2026, 7, 11), "July 11, 60 days left", "later"),
        (dt.date(2026, 7, 12), "July 12", "later"),
        (dt.date(2027, 1, 2), "January 2, 2027", "later"),
        (dt.date(2026, 5, 13), "Tomorrow", "now"),
        (dt.date(2026, 5, 12), "Today", "now"),
        (dt.date(2026, 5, 11), "1 day overdue", "overdue"),
        (dt.date(2026, 5, 10), "2 days overdue", "overdue"),
        (NOW + dt.timedelta(hours=5), "3:42 p.m., 5 hours left", "now"),
        (NOW + dt.timedelta(minutes=40), "11:22 a.m., 40 minutes left", "now"),
        (NOW - dt.timedelta(hours=3), "3 hours overdue", "overdue"),
        (NOW + dt.timedelta(hours=72), "Friday, 3 days left", "soon"),
    ],
)
def test_a_deadline_says_how_long_there_is_left(on, said, tone):
    assert words.due(on, now=NOW) == words.Due(said, tone)


def test_a_late_evening_counts_to_the_day_it_is_here_and_not_in_greenwich():
    late = dt.datetime(2026, 5, 13, 2, 0, tzinfo=dt.UTC)  # still Tuesday evening in Chicago
    assert words.due(dt.date(2026, 5, 13), now=late).words == "Tomorrow"


def test_what_is_done_is_not_overdue():
    assert words.due(dt.date(2026, 1, 1), now=NOW, done=True) == words.Due("Done", "done")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (NOW, "Today, 10:42 a.m."),
        (dt.date(2026, 5, 11), "Yesterday"),
        (dt.date(2026, 5, 3), "May 3"),
        (dt.date(2019, 5, 3), "May 3, 2019"),
    ],
)
def test_a_date_that_passed_is_said_shortly(on, said):
    assert words.when(on, now=NOW) == said


@pytest.mark.parametrize(("text", "said"), [("2019", "2019"), ("2019-05", "May 2019"), ("2019-05-03", "May 3, 2019")])
def test_a_partial_date_says_no_more_than_is_known(text, said):
    assert words.partial(text) == said


@pytest.mark.parametrize(
    ("why", "said"),
    [("", "Not recorded in the file"), ("declined", "Asked, and declined to say"), (Why.NOT_ASKED, "Not asked")],
)
def test_an_absent_value_says_why(why, said):
    assert words.reason(why) == said
