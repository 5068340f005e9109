"""What is due and what follows, from values alone."""

import datetime as dt

from concord.vocabulary import AgeGroup

LOST_AFTER_ATTEMPTS = 3
LOST_AFTER_DAYS = 30


def contact_is_lost(*, attempts: int, last_reached_on: dt.date, today: dt.date) -> bool:
    """Whether it is time to decide about closing: tried often enough, and not reached for long enough.

    It asks for a decision. Nothing closes a file by itself.
    """
    return attempts >= LOST_AFTER_ATTEMPTS and (today - last_reached_on).days >= LOST_AFTER_DAYS


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Whole years on that day; who was born on February 29 is a year older from March 1."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_group(age: int | None) -> AgeGroup:
    if age is None:
        return AgeGroup.UNKNOWN
    return AgeGroup.MINOR if age < 18 else AgeGroup.ADULT
