"""The head of a record: what it is, its state, the next step, what can be done, and who may see it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Status:
    """A state in words. `tone` (plain, info, good, warning, danger) adds colour and never carries the meaning."""

    words: str
    tone: str = "plain"


@dataclass(frozen=True)
class Action:
    """Something to do, named by its verb: "Accept the referral". `post` for what changes something at once."""

    label: str
    url: str
    primary: bool = False
    post: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Tab:
    """Where work differs. `parts` are pages of the current tab, one of them current."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    parts: tuple["Tab", ...] = ()


@dataclass(frozen=True)
class Fact:
    """A line under the title. A value that is absent says why by `why` (a code of vocabulary.Why)."""

    label: str
    value: object
    why: str = ""


@dataclass(frozen=True)
class Seer:
    """Who may see the record, and by which rule."""

    who: str
    why: str


@dataclass(frozen=True)
class Access:
    """What "Who may see this, and why" opens. `log` is the address of the list of who has looked."""

    sentence: str
    seers: tuple[Seer, ...] = ()
    log: str = ""


@dataclass(frozen=True)
class Record:
    """What `record.html` shows at the top, given as `record`.

    `kind` alone stands in the browser's title and history: a name must never show in a window list.
    """

    kind: str
    title: str
    status: Status | None = None
    next_step: str = ""
    next_due: date | datetime | None = None
    facts: tuple[Fact, ...] = ()
    actions: tuple[Action, ...] = ()
    tabs: tuple[Tab, ...] = ()
    access: Access | None = None


@dataclass(frozen=True)
class Event:
    """One entry of a timeline, newest first by whoever makes the list."""

    on: date | datetime
    what: str
    detail: str = ""
    who: str = ""
    url: str = ""
    icon: str = ""
