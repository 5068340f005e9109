"""What was planted, and who may know it: the oracle of the state machine.

Who may know a planted thing follows from `law.wall.may()` over facts that the machine keeps itself. No table and no
guard is asked who is on a team, whose MOU is in force or which file is restricted.
"""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from concord.law.wall import STORES, Compartment, Facts, Operation, Viewer, may
from concord.vocabulary import StoreKind

_letters = random.SystemRandom()


def unguessable(kind: str) -> str:
    """A word that stands nowhere else and is like no other; letters alone, so that a search takes it as one word."""
    return kind.title() + "".join(_letters.choices(string.ascii_lowercase, k=14))


@dataclass
class Agreement:
    """What the machine did to an agency's place in its task force."""

    member: bool = True
    mou: bool = True

    @property
    def shares(self) -> bool:
        return self.member and self.mou


@dataclass(eq=False)
class Planted:
    """One row that was made: its id, the words that only its readers may find, and where on the wall it stands."""

    what: str
    id: UUID
    store: StoreKind
    compartment: Compartment
    facts: Callable[[], Facts]
    words: list[str] = field(default_factory=list)
    also: Callable[[Viewer], bool] = lambda viewer: False

    def is_for(self, viewer: Viewer) -> bool:
        if self.also(viewer):
            return True
        if self.store not in STORES[viewer.sector]:
            return False
        facts = self.facts()
        own_vault = self.store is not StoreKind.VAULT or facts.agency == viewer.agency
        return own_vault and may(viewer, Operation.READ, self.store, self.compartment, facts)


class Register:
    """All that was planted in one run, with what each member of staff once knew and may have in rows of her own."""

    def __init__(self):
        self.planted: list[Planted] = []
        self.by_id: dict[str, Planted] = {}
        self.once_known: dict[UUID, set[str]] = {}

    def add(self, planted: Planted) -> Planted:
        self.planted.append(planted)
        self.by_id[str(planted.id)] = planted
        return planted

    def note_who_knows(self, viewer: Viewer) -> None:
        known = self.once_known.setdefault(viewer.staff, set())
        known.update(str(p.id) for p in self.planted if p.is_for(viewer))

    def hidden_from(self, viewer: Viewer) -> list[Planted]:
        return [p for p in self.planted if not p.is_for(viewer)]

    def words_not_for(self, viewer: Viewer) -> Iterator[tuple[Planted, str]]:
        """A word may stand in several rows (a referral's name becomes a client's): one that is for her is enough."""
        hers = {word for p in self.planted if p.is_for(viewer) for word in p.words}
        for planted in self.planted:
            for word in planted.words:
                if word not in hers:
                    yield planted, word

    def found_in(self, text: str, viewer: Viewer, *, ids: bool = True) -> list[str]:
        """What of all this stands in `text` and is not for this viewer."""
        lower = text.lower()
        found = [f"{p.what}: {word}" for p, word in self.words_not_for(viewer) if word.lower() in lower]
        if ids:
            found += [f"{p.what}: its id" for p in self.hidden_from(viewer) if str(p.id) in lower]
        return found
