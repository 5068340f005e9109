"""Ways to reach a client, each with what makes it unsafe. Kept as one sealed list in `Client.reach`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from concord.vocabulary import ContactCaution, ContactHow


@dataclass(frozen=True)
class Way:
    """One way. `note` says when it is safe, or who stands between."""

    how: str = ""
    where: str = ""
    cautions: tuple[str, ...] = ()
    note: str = ""

    def __bool__(self):
        return bool(self.how or self.where or self.note)

    @property
    def words(self) -> str:
        """The way in one line: "Phone call: 555-0100"."""
        how = ContactHow(self.how).label if self.how else ""
        return ": ".join(part for part in (how, self.where) if part) or self.note

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to beware of, said before anybody dials."""
        said = tuple(ContactCaution(code).label for code in self.cautions)
        return (*said, self.note) if self.note and (self.how or self.where) else said


def read(stored: list | None) -> tuple[Way, ...]:
    return tuple(Way(**{**way, "cautions": tuple(way.get("cautions", ()))}) for way in stored or ())


def write(ways: Sequence[Way]) -> list | None:
    return [asdict(way) for way in ways if way] or None
