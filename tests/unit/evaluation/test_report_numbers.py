"""How values are written."""

import math

import pytest

from concord.disclosure.grids import Kind, Value
from concord.evaluation.report.numbers import NBSP, plain, written

WRITTEN = [
    (Value(1204, Kind.COUNT), "1,204"),
    (Value(-3, Kind.COUNT), "−3"),
    (Value(1 / 3, Kind.SHARE), "33.3 %"),
    (Value(0.333, Kind.SHARE, low=0.155, high=0.382), "33.3 % (15.5 to 38.2)"),
    (Value(0.0, Kind.SHARE), "0.0 %"),
    (Value(-0.0001, Kind.SHARE), "0.0 %"),
    (Value(None, Kind.SHARE, low=0.155, high=0.382), "15.5 to 38.2 %"),
    (Value(1, Kind.DAYS), "1 day"),
    (Value(1234.4, Kind.DAYS, low=1100.0), "1,234 days (1,100 or more)"),
    (Value(1234.4, Kind.DAYS, low=1100.0, high=math.inf), "1,234 days (1,100 or more)"),
    (Value(1234.4, Kind.DAYS, high=1500.0), "1,234 days (1,500 or less)"),
    (Value(15000.0, Kind.USD), "$15,000"),
    (Value(-20.0, Kind.USD), "−$20"),
    (Value(0.031, Kind.P), "p = .031"),
    (Value(0.0004, Kind.P), "p < .001"),
    (Value(1.0, Kind.P), "p = 1"),
    (Value(0.9999, Kind.P), "p > .999"),
    (Value(1.8, Kind.NUMBER, low=1.1, high=12.0), "1.80 (1.10 to 12.00)"),
    (Value(8, Kind.NUMBER), "8"),
    (Value(math.nan, Kind.NUMBER), "not computed"),
    (Value(None, Kind.COUNT, missing="not_yet_known"), "not yet known"),
    (Value(None, Kind.COUNT), "not known"),
    (Value("sex trafficking"), "sex trafficking"),
    (Value(True), "yes"),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_a_value_is_written_as_a_reader_expects(value, text):
    assert written(value).replace(NBSP, " ") == text


def test_a_missing_value_shows_its_reason_even_where_a_number_was_left_in():
    assert written(Value(4, Kind.COUNT, low=1, high=9, missing="withheld")) == "withheld"


def test_an_interval_breaks_before_its_bracket_and_nowhere_else():
    assert written(Value(0.333, Kind.SHARE, low=0.155, high=0.382)).split(" ") == [
        f"33.3{NBSP}%", f"(15.5{NBSP}to{NBSP}38.2)"]


def test_control_characters_and_half_characters_are_left_out():
    assert plain("a\x00b\x1bc\ud800\u202ed\ne") == "abcd\ne"
