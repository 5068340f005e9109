"""What the dates of an agreement between agencies (an MOU) mean on a day. Sharing rests on one that is in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from concord.vocabulary import Code

WARN_DAYS = 30


class State(Code):
    """How an agreement stands on a day."""

    NONE = "none", "There is none"
    UNSIGNED = "unsigned", "Not signed yet"
    NOT_YET = "not_yet", "Not yet in force"
    IN_FORCE = "in_force", "In force"
    EXPIRING = "expiring", "In force, expires soon"
    EXPIRED = "expired", "Expired"
    ENDED = "ended", "Ended before it expired"


SHARING = frozenset({State.IN_FORCE, State.EXPIRING})


@dataclass(frozen=True)
class Dates:
    """The dates of one agreement: of a row, or kept apart from it."""

    signed_on: date | None
    expires_on: date
    ended_on: date | None = None


def latest(agreements: Iterable) -> Dates | None:
    """The one that counts among an agency's in one task force: one that was not withdrawn, then the one that runs
    longest."""
    dates = [Dates(a.signed_on, a.expires_on, a.ended_on) for a in agreements]
    return max(dates, key=lambda d: (d.ended_on is None, d.signed_on is not None, d.expires_on), default=None)


def state(agreement: Dates | None, today: date) -> State:
    """It runs through its last day; one that is withdrawn stops on the day it is."""
    if agreement is None:
        return State.NONE
    if agreement.ended_on and agreement.ended_on <= today:
        return State.ENDED
    if agreement.signed_on is None:
        return State.UNSIGNED
    if agreement.signed_on > today:
        return State.NOT_YET
    if agreement.expires_on < today:
        return State.EXPIRED
    return State.EXPIRING if (agreement.expires_on - today).days <= WARN_DAYS else State.IN_FORCE
