"""Clocks that law, grant terms or protocol start, and what is left of them. Pass the moment; nothing here looks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from concord.vocabulary import Code


@dataclass(frozen=True)
class Clock:
    """How long after what something is due, and who says so."""

    name: str
    starts: str
    runs: timedelta
    source: str


ARREST_REVIEW = Clock(
    "Review of the arrest of a possible victim",
    "The arrest",
    timedelta(hours=72),
    "Ours, for a task force's own protocol; after 34 USC 20709(f)",
)
FOREIGN_MINOR = Clock(
    "Referral of a foreign national minor to HHS (OTIP)",
    "An official learns that the minor may have been trafficked",
    timedelta(hours=24),
    "22 USC 7105(b)(1); OVC FAQ. A late referral is still taken",
)
MATCHED = Clock(
    "Match to a provider",
    "The referral",
    timedelta(hours=48),
    "OTIP TVAP Form 1 (2021)",
)
INTERIM_ASSISTANCE = Clock(
    "End of interim assistance for a minor",
    "The date on the interim assistance letter",
    timedelta(days=120),
    "OVC FAQ",
)
OFFBOARDING = Clock(
    "End of access of someone who has left",
    "The person leaves",
    timedelta(hours=24),
    "CJIS Security Policy 6.0, PS-4",
)
CLOCKS: tuple[Clock, ...] = (ARREST_REVIEW, FOREIGN_MINOR, MATCHED, INTERIM_ASSISTANCE, OFFBOARDING)


def due(clock: Clock, start: datetime) -> datetime:
    """When it is due. The moment must say its time zone: hours are counted, not calendar days."""
    if start.tzinfo is None:
        raise ValueError(f"{clock.name}: give the moment with its time zone.")
    return (start.astimezone(UTC) + clock.runs).astimezone(start.tzinfo)


def overdue(clock: Clock, start: datetime, now: datetime) -> bool:
    return now > due(clock, start)


class Standing(Code):
    """How an agreement stands on a day."""

    NOT_YET = "not_yet", "Not yet in force"
    IN_FORCE = "in_force", "In force"
    ENDS_SOON = "ends_soon", "In force, ends soon"
    ENDED = "ended", "Ended"


WARN_DAYS = 60


def agreement_standing(starts_on: date, ends_on: date | None, today: date, warn_days: int = WARN_DAYS) -> Standing:
    """An agreement (an MOU, say) runs through its last day; sharing that rests on it stops the day after."""
    if today < starts_on:
        return Standing.NOT_YET
    if ends_on is None:
        return Standing.IN_FORCE
    if today > ends_on:
        return Standing.ENDED
    return Standing.ENDS_SOON if (ends_on - today).days <= warn_days else Standing.IN_FORCE


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def days_left(due_on: date, today: date) -> str:
    """A due date as people say it: `Friday, 3 days left`."""
    left = (due_on - today).days
    if left < 0:
        return f"{-left} day{'s' if left < -1 else ''} overdue"
    if left == 0:
        return "Today"
    when = _DAYS[due_on.weekday()] if left < 7 else due_on.isoformat()
    return f"{when}, {left} day{'s' if left > 1 else ''} left"
