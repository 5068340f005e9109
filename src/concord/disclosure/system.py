"""The sums of a report as one linear system: a column a count, a row a sum; parts less their total are zero."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from concord.disclosure.grids import Counts


@dataclass(frozen=True)
class Rule:
    """What may not be read off a report (ADR 0009).

    Counts of people from 1 to `threshold` - 1 are hidden, zeros too if `zeros`. `protection` is the least width of what
    an attacker may find for such a count, in people; the threshold where it is not stated.
    """

    threshold: int = 5
    protection: int | None = None
    zeros: bool = False

    def __post_init__(self):
        if self.threshold < 3:
            raise ValueError(f"a threshold of {self.threshold} hides nothing: fewer than 2 is 1. State 3 or more")
        if self.protection is not None and self.protection < 1:
            raise ValueError(f"a protection of {self.protection} protects nothing: state 1 or more")

    @property
    def width(self) -> int:
        return self.threshold if self.protection is None else self.protection

    @property
    def least(self) -> int:
        """The smallest count that is hidden for its own sake."""
        return 0 if self.zeros else 1

    def is_small(self, count: int) -> bool:
        return self.least <= count < self.threshold


@dataclass(frozen=True)
class System:
    """Names in order, their true counts, and the sums: `sums @ values == 0`."""

    names: tuple[str, ...]
    values: np.ndarray
    sums: sparse.csc_array
    public: frozenset[str]

    @classmethod
    def of(cls, counts: Counts) -> "System":
        names = tuple(sorted(counts.values))
        at = {name: place for place, name in enumerate(names)}
        rows, columns, signs = [], [], []
        for row, relation in enumerate(counts.relations):
            for name, sign in ((relation.total, -1.0), *((part, 1.0) for part in relation.parts)):
                rows.append(row)
                columns.append(at[name])
                signs.append(sign)
        shape = (len(counts.relations), len(names))
        values = np.array([counts.values[name] for name in names], dtype=float)
        if (values < 0).any():
            raise ValueError(f"the count {names[int(values.argmin())]} is below zero")
        return cls(names, values, sparse.csc_array((signs, (rows, columns)), shape=shape), open_record(counts))

    def places(self, names: Collection[str]) -> np.ndarray:
        """Where these names stand, in order."""
        return np.array([place for place, name in enumerate(self.names) if name in names], dtype=int)

    def components(self, free: np.ndarray) -> list[np.ndarray]:
        """The places `free` by which of them can move together through a sum."""
        if not len(free):
            return []
        part = abs(self.sums[:, free])
        count, label = connected_components(part.T @ part, directed=False)
        order = np.argsort(label, kind="stable")
        return [free[group] for group in np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1])]

    def small(self, rule: Rule) -> frozenset[str]:
        """Names of the counts that are hidden for their own sake."""
        pairs = zip(self.names, self.values, strict=True)
        return frozenset(name for name, value in pairs if rule.is_small(value) and name not in self.public)


def open_record(counts: Counts) -> frozenset[str]:
    """What is public record, and what anybody can compute from public record by a sum."""
    known = set(counts.public)
    grew = True
    while grew:
        grew = False
        for relation in counts.relations:
            unknown = {relation.total, *relation.parts} - known
            if len(unknown) == 1:
                known |= unknown
                grew = True
    return frozenset(known)
