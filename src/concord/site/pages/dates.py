"""Dates that may be known only to the year or the month: "2019", "2019-05", "2019-05-03"."""

import re
from datetime import date

ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
SPOKEN = re.compile(r"(?:(?:(\d{1,2})/)?(\d{1,2})/)?(\d{4})")


def parse(text):
    """The partial date that `text` says, in ISO form, from "2019-5-3", "5/3/2019", "5/2019" or "2019".

    Raises ValueError for what is no such date. Two-digit years are refused: a birth year must not be guessed.
    """
    text = text.strip()
    if iso := ISO.fullmatch(text):
        return compose(*iso.groups())
    if spoken := SPOKEN.fullmatch(text):
        first, second, year = spoken.groups()
        return compose(year, first or second, second if first else None)
    raise ValueError("not a date")


def compose(year, month=None, day=None):
    """A partial date in ISO form from its parts as text; parts may be missing from the right only."""
    if day and not month:
        raise ValueError("a day needs its month")
    year, month, day = int(year), int(month) if month else None, int(day) if day else None
    date(year, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return f"{year:04}-{month:02}-{day:02}"
    return f"{year:04}" if month is None else f"{year:04}-{month:02}"


def first_day(partial):
    """The earliest day that a partial date can mean."""
    return date(*[int(part) for part in partial.split("-")], *[1] * (2 - partial.count("-")))
