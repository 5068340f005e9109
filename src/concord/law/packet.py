"""What a client told once, so that nobody has to ask her again: which telling stands.

Her words are hers. Each question may be skipped, a later telling replaces an earlier one, and she can take an answer
back; then the earlier one does not come back in its place.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from concord.vocabulary import PacketQuestion

#: What a release lists as an item begins so: `packet.work`.
ITEM = "packet."


class Telling(NamedTuple):
    """One thing told once. `at` is the moment it was written down: two tellings of one day stand in that order.

    `of` is whatever the caller keeps it by.
    """

    question: PacketQuestion
    told_on: date
    at: datetime
    taken_back: bool
    of: object = None


def current(tellings: Iterable[Telling]) -> dict[PacketQuestion, Telling]:
    """The telling that stands for each question, in the order of the questions; none where she took it back."""
    last: dict[PacketQuestion, Telling] = {}
    for telling in sorted(tellings, key=lambda one: (one.told_on, one.at)):
        last[PacketQuestion(telling.question)] = telling
    standing = {question for question, telling in last.items() if not telling.taken_back}
    return {question: last[question] for question in PacketQuestion if question in standing}


def item(question: PacketQuestion) -> str:
    """How a release lists the answer to a question."""
    return f"{ITEM}{question}"
