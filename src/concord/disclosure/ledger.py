"""What was released before. Two reports of one study, a month apart, must not be subtracted from each other.

A file of JSON lines, one a release: the counts shown, by name, and those hidden. It is as confidential as the study.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from concord.disclosure.grids import Counts
from concord.disclosure.suppression import Rule


class LedgerError(ValueError):
    """A ledger that cannot be read, or a count shown before that must now be hidden; the text says what to do."""


@dataclass(frozen=True)
class Past:
    """What an earlier reader holds: counts to hide again or anew, and counts that can hide nothing, being known."""

    hide: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


class Ledger:
    """The releases of one study. Raises LedgerError for a file that is none."""

    def __init__(self, path: Path):
        self.path = Path(path)
        self.shown: dict[str, int] = {}
        self.hidden: set[str] = set()
        if self.path.exists():
            self._read()

    def _read(self) -> None:
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                release = json.loads(line)
                self.shown |= {str(name): int(count) for name, count in release["shown"].items()}
                self.hidden |= set(release["hidden"])
            except (ValueError, KeyError, TypeError, AttributeError):
                raise LedgerError(f"{self.path.name}, line {number}: not a release. Restore the file") from None

    def past(self, counts: Counts, rule: Rule) -> Past:
        """What earlier releases mean for these counts.

        Hidden before: hidden again. Shown before with a number that differs by a small group: hidden, or the difference
        would be read. Raises LedgerError where a count that must be hidden now was shown with this very number.
        """
        hide, known = set(self.hidden & set(counts.values)), set()
        for name in self.shown.keys() & counts.values.keys() - counts.public:
            now, before = counts.values[name], self.shown[name]
            if now == before and (rule.hides(now) or name in hide):
                raise LedgerError(f"{name} is {now} and was shown before: it cannot be hidden now. Lower the threshold")
            if now == before:
                known.add(name)
            elif rule.hides(abs(now - before)):
                hide.add(name)
        return Past(frozenset(hide), frozenset(known))

    def keep(self, shown: Mapping[str, int], hidden: frozenset[str]) -> None:
        """Append a release, once it has left."""
        line = json.dumps({"shown": dict(sorted(shown.items())), "hidden": sorted(hidden)}, sort_keys=True)
        with self.path.open("a", encoding="utf-8") as opened:
            opened.write(line + "\n")
        self.shown |= shown
        self.hidden |= hidden
