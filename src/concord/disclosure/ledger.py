"""What was released before, so that no two releases can be subtracted from one another.

A file of JSON lines that only grows, one line a release: `{"study": digest, "counts": {name: count, or null: hidden}}`.
One file for one study; keep it with the case files, because it says what an attacker already holds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from hashlib import sha256
from os import fsync
from pathlib import Path

from concord.disclosure.grids import Counts
from concord.disclosure.system import Rule, System

NAMED = 3  # counts that an error names


class LedgerError(ValueError):
    """The ledger cannot be read, or what it holds forbids this release. The text says what to do."""


@dataclass(frozen=True)
class Entry:
    """One release: the digest of its counts, and what of them was printed (None where hidden)."""

    study: str
    counts: Mapping[str, int | None]


@dataclass(frozen=True)
class Past:
    """What readers of earlier releases hold: `known` counts can hide nothing, those in `hide` must be hidden now."""

    known: Mapping[str, int] = field(default_factory=dict)
    hide: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ledger:
    """The releases written down in `path`, which need not exist yet."""

    path: Path

    def entries(self) -> list[Entry]:
        """Every release, oldest first. Raises LedgerError naming the line that cannot be read."""
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().splitlines()
        return [self._entry(number, line) for number, line in enumerate(lines, start=1) if line.strip()]

    def past(self, counts: Counts, rule: Rule) -> Past:
        """What earlier releases mean for these counts.

        A count printed before with another number is hidden now where the difference is a small group, and one hidden
        before stays hidden, unless it was printed as it is. Raises LedgerError where a count that must be hidden was
        printed before with this very number: nothing can take that back.
        """
        known: dict[str, int] = {}
        hide: set[str] = set()
        for entry in self.entries():
            for name, before in entry.counts.items():
                now = counts.values.get(name)
                if now is None or name in counts.public:
                    continue
                if now == before:
                    known[name] = now
                elif before is None or 0 < abs(now - before) < rule.threshold:
                    hide.add(name)
        if bare := sorted(System.of(counts).small(rule) & known.keys()):
            raise LedgerError(
                f"{self.path}: {_listed(bare)} is below {rule.threshold} and was printed in an earlier release, so it "
                "can no longer be hidden. Lower the threshold to that of the earlier release, or leave the table out"
            )
        return Past(known, frozenset(hide) - known.keys())

    def keep(self, entry: Entry) -> None:
        """Write down a release, once it has left. The same one twice is written once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a", encoding="utf-8") as file:
            flock(file, LOCK_EX)  # until the file is closed
            if entry in self.entries():
                return
            counts = dict(sorted(entry.counts.items()))
            file.write(json.dumps({"study": entry.study, "counts": counts}, separators=(",", ":")) + "\n")
            file.flush()
            fsync(file.fileno())

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            read = json.loads(line)
            fits = isinstance(read["study"], str) and all(_fits(count) for count in read["counts"].values())
        except (ValueError, KeyError, TypeError, AttributeError):
            fits = False
        if not fits:
            raise LedgerError(
                f"{self.path}, line {number}: not a line of a ledger of releases. Put the file back from a copy: "
                "without it nobody knows what was printed before"
            )
        return Entry(read["study"], read["counts"])


def digest_of(counts: Counts) -> str:
    """What tells one state of a study's counts from another (SHA-256, hex)."""
    return sha256(json.dumps(sorted(counts.values.items())).encode()).hexdigest()


def _fits(count: object) -> bool:
    return count is None or (isinstance(count, int) and not isinstance(count, bool) and count >= 0)


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
