"""Clocks run in hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from concord.law import deadlines


def test_a_moment_without_its_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        deadlines.due(deadlines.ARREST_REVIEW, datetime(2026, 3, 7, 12))


def test_hours_are_counted_across_a_change_of_the_clock():
    """The clocks go forward on 8 March 2026 in Chicago: 24 hours later it is an hour later by the wall clock."""
    chicago = ZoneInfo("America/Chicago")
    learned = datetime(2026, 3, 7, 12, tzinfo=chicago)

    assert deadlines.due(deadlines.FOREIGN_MINOR, learned).astimezone(chicago).hour == 13


def test_every_clock_says_who_set_it():
    assert all(clock.source and clock.starts for clock in deadlines.CLOCKS)
