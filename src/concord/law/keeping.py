"""How long a provider's records stay, what keeps them longer, and what must hold before a file goes for good.

Nothing here erases anything, and nothing erases a file by itself: a person asks, and a person decides. A duty to keep
beats a wish to erase, and the page says which, until when and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from concord.vocabulary import Code, HoldKind, Role

#: Who erases. Not the advocate alone whose work the file records: it is also the evidence of what was done and left
#: undone, and she hears the wish, she need not carry it out. Every agency can name a privacy officer (`law.roles`).
MAY_ERASE = frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER})
#: Who sets and lifts a hold. Setting is for whoever is served with the paper; lifting lets a file go.
MAY_LIFT = MAY_ERASE

RING_BACKUPS_LAST = timedelta(days=30)  # ADR 0005: no backup of a key ring is kept longer


class Kept(Code):
    """A compartment of a provider's records, as far as keeping goes. Source: ours."""

    CLIENT_FILE = "client_file", "A client's file"
    INQUIRY = "inquiry", "Somebody who asked and was not served"
    DRAFT = "draft", "A draft, submitted or left"
    COUNTS = "counts", "Counts that were reported"
    CHAIN = "chain", "The audit chain: who did what when, without what it said"


class Asked(Code):
    """Why a file is erased: how its person asked, or that its term has run. Source: ours."""

    PAPER = "on_paper", "She or he asked in writing"
    WORD = "by_word", "She or he asked by word"
    TERM = "term", "Its term has run"


@dataclass(frozen=True)
class Term:
    """How long one compartment stays. `by_itself`: a job ends it; else a person is asked to decide."""

    what: Kept
    starts: str
    source: str
    years: int = 0
    days: int = 0
    by_itself: bool = False


_DRAFT = "Ours, a draft: the provider's own policy and its state's law decide"
SCHEDULE: dict[Kept, Term] = {
    term.what: term
    for term in (
        Term(Kept.CLIENT_FILE, "the day it was closed; for a minor, the day she or he turned 18", _DRAFT, years=7),
        Term(Kept.INQUIRY, "the day she or he asked", _DRAFT, years=3),
        Term(
            Kept.DRAFT, "the day it was last typed in", "Ours: as long as key rings are backed up", days=30,
            by_itself=True,
        ),
        Term(Kept.COUNTS, "the award's last financial report", "2 CFR 200.334", years=3),
        Term(Kept.CHAIN, "the entry", "Ours: as long as the store; it names no client", years=0),
    )
}


def ends_on(what: Kept, start: date, *, adult_on: date | None = None) -> date | None:
    """The day from which a record may go; None where no term ends it. `adult_on`: when a minor turns 18."""
    term = SCHEDULE[what]
    if not term.years and not term.days:
        return None
    begins = max(start, adult_on) if adult_on else start
    return years_after(begins, term.years) + timedelta(days=term.days)


def years_after(day: date, years: int) -> date:
    """The same day so many years later, or earlier; of a 29 February the day after, where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


@dataclass(frozen=True)
class Hold:
    """One thing that keeps a file. Without a last day it keeps until somebody lifts it."""

    kind: HoldKind
    until: date | None = None
    lifted: bool = False


def in_force(hold: Hold, today: date) -> bool:
    """Through its last day. One whose first day lies ahead keeps already: who knows of a duty may not outrun it."""
    return not hold.lifted and (hold.until is None or hold.until >= today)


@dataclass(frozen=True)
class Obstacle:
    """Why a file cannot be erased now, until when (None: until somebody acts), and what to do."""

    words: str
    until: date | None = None


def objections(
    *, is_open: bool, holds: Iterable[Hold] = (), open_demands: int = 0, unmade_reports: int = 0, today: date
) -> list[Obstacle]:
    """What stands against erasing a file today; empty where nothing does."""
    found = []
    if is_open:
        found.append(Obstacle("The file is open. Close it first."))
    for hold in holds:
        if in_force(hold, today):
            found.append(Obstacle(f"{hold.kind.label} keeps this file.", hold.until))
    if open_demands:
        found.append(Obstacle("A subpoena, order or warrant demands this file. Decide it first; call counsel."))
    if unmade_reports:
        found.append(Obstacle("A report that the law demands has not been made. Make it, or say why not."))
    return found


def complete_by(erased_on: date) -> date:
    """The day from which no backup of the key rings holds the key: then no copy of the file opens, wherever it lies."""
    return erased_on + RING_BACKUPS_LAST
