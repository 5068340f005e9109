"""Counting persons, not files: rule C1 of the grantee reports has each client counted once in a period.

A provider may find that two of its files are one person's. Both stay; here they are read as one. Values in, value out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import NamedTuple

from concord.vocabulary import ClientKind


class Episode(NamedTuple):
    """One time of being served, from opening to closing. `ended_by`: the entry in a file that ends it."""

    client: Hashable
    kind: str
    opened_on: dt.date
    closed_on: dt.date | None
    reopening: bool
    ended_by: Hashable = None

    def is_open_before(self, day: dt.date) -> bool:
        return self.opened_on < day and (self.closed_on is None or self.closed_on >= day)


def one_person(linked: Mapping[Hashable, Collection], file: Hashable) -> Hashable:
    """Whose file it is: one name for all files of a person. `linked` gives of each linked file all of them."""
    return min(linked.get(file, (file,)))


def kind_of_person(kinds: Iterable[str]) -> ClientKind:
    """Served in her own right in any of her files, she is a principal client, whatever the others say."""
    return ClientKind.PRINCIPAL if ClientKind.PRINCIPAL in set(kinds) else ClientKind.FAMILY


def as_persons(episodes: Iterable[Episode], linked: Mapping[Hashable, Collection]) -> list[Episode]:
    """Episodes of persons: times that overlap in two files of one person are one time of being served.

    The first is new and each later one a return, so that openings and closings still balance.
    """
    found, files = [], defaultdict(list)
    for episode in episodes:
        if episode.client in linked:
            files[one_person(linked, episode.client)].append(episode)
        else:
            found.append(episode)
    for person, own in files.items():
        kind = kind_of_person(episode.kind for episode in own)
        joined = _joined(sorted(own, key=lambda episode: episode.opened_on))
        found += [one._replace(client=person, kind=kind, reopening=n > 0) for n, one in enumerate(joined)]
    return found


def _joined(own: list[Episode]) -> list[Episode]:
    runs = []
    for episode in own:
        if not runs or _ended(runs[-1], by=episode.opened_on):
            runs.append(episode)
        elif not _ended(episode, by=runs[-1].closed_on):
            runs[-1] = runs[-1]._replace(closed_on=episode.closed_on, ended_by=episode.ended_by)
    return runs


def _ended(episode: Episode, *, by: dt.date | None) -> bool:
    """Whether it had ended by that day; None is a day that has not come."""
    return episode.closed_on is not None and (by is None or episode.closed_on <= by)


class Balance(NamedTuple):
    """Open at the start, new and reopened, less closed, are those open at the end."""

    start: int
    new: int
    reopened: int
    closed: int
    end: int

    @property
    def holds(self) -> bool:
        return self.start + self.new + self.reopened - self.closed == self.end


def balance(episodes: Collection[Episode], first: dt.date, last: dt.date) -> Balance:
    """The five numbers of a period, reckoned apart."""
    after = last + dt.timedelta(days=1)
    began = [episode for episode in episodes if episode.opened_on >= first]
    return Balance(
        start=len({episode.client for episode in episodes if episode.is_open_before(first)}),
        new=sum(not episode.reopening for episode in began),
        reopened=sum(episode.reopening for episode in began),
        closed=sum(bool(episode.closed_on) and first <= episode.closed_on <= last for episode in episodes),
        end=len({episode.client for episode in episodes if episode.is_open_before(after)}),
    )
