"""Clocks that law, grant terms or protocol start. Pass the moment; nothing here looks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


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
