"""What a home shows: sections of work, each piece with what it is, why it needs one, and its next action."""

from dataclasses import dataclass
from datetime import date, datetime

from .records import Action, Status

MOST = 5  # pieces of work that a section shows; the rest stands behind its `more`


@dataclass(frozen=True)
class Work:
    """One piece of work. `why` is a sentence: "The 72-hour review has not been signed"."""

    what: str
    why: str = ""
    due: date | datetime | None = None
    url: str = ""
    action: Action | None = None
    status: Status | None = None


@dataclass(frozen=True)
class Section:
    """A question the home answers. `empty` says what an empty section means; `more` leads to the full list."""

    title: str
    works: tuple[Work, ...] = ()
    empty: str = ""
    more: Action | None = None
    count: int | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether any of it should have been done before this moment or day."""
        return any(work.due < (now if isinstance(work.due, datetime) else now.date())
                   for work in self.works if work.due)


def count(rows, works) -> int | None:
    """How many wait in all: asks the queryset only where a section could not show them all."""
    return rows.count() if len(works) == MOST else len(works) or None
