"""Which counts to hide: the small ones, and as many more as it takes that none of them can be had by subtraction.

For each small count a linear program looks for other counts that could make up for it: a change of all counts that
keeps every published sum, moves the small one by the protection, and costs least in people. Every count that has to
move is hidden too. Then the true counts and the changed ones look alike to a reader, so that an attack finds the small
count within no less than the protection. Method: cell suppression by linear relaxation (Kelly, Golden and Assad 1992;
Fischetti and Salazar 2000), over all tables of a report together.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack

from concord.disclosure.grids import Counts

HIDDEN_COSTS = 1e-3
NOTHING = 1e-6


class ProtectionError(ValueError):
    """Counts that cannot be protected, since all that could hide them is published; the text names the first."""


@dataclass(frozen=True)
class Rule:
    """Counts from 1 to `threshold` - 1 are hidden; no attack may place one within less than `protection`."""

    threshold: int = 5
    protection: int = 5

    def hides(self, count: int) -> bool:
        return 0 < count < self.threshold


@dataclass(frozen=True)
class Protected:
    """What is hidden: `primary` for being small (or hidden before), `complementary` to keep those hidden."""

    primary: frozenset[str]
    complementary: frozenset[str]

    @property
    def hidden(self) -> frozenset[str]:
        return self.primary | self.complementary


@dataclass(frozen=True)
class System:
    """The sums among some counts as a matrix: `sums` @ values = 0, one row a sum."""

    names: tuple[str, ...]
    values: np.ndarray
    sums: csr_array

    def place(self, name: str) -> int:
        return self.names.index(name)


def protect(counts: Counts, rule: Rule, *, also: Iterable[str] = (), known: Iterable[str] = ()) -> Protected:
    """Choose what to hide.

    `also` are counts to hide whatever their size, `known` those a reader has already seen: they can hide nothing.
    Raises ProtectionError where a small count cannot be kept.
    """
    fixed = counts.public | set(known)
    small = {name for name, count in counts.values.items() if rule.hides(count) and name not in counts.public}
    primary = small | set(also)
    hidden = set(primary)
    for system in systems(counts):
        for name in sorted(primary.intersection(system.names), key=lambda one: (counts.values[one], one)):
            hidden |= _cover(system, name, hidden, fixed, rule)
    return Protected(frozenset(primary), frozenset(hidden - primary))


def systems(counts: Counts) -> list[System]:
    """The counts in groups that no sum joins, each with its matrix. Counts in no sum are in no group."""
    group: dict[str, set[str]] = {}
    for relation in counts.relations:
        joined = {relation.total, *relation.parts}
        for name in list(joined):
            joined |= group.get(name, set())
        for name in joined:
            group[name] = joined
    unique = {id(joined): joined for joined in group.values()}
    return [_system(counts, joined) for joined in unique.values()]


def _system(counts: Counts, joined: set[str]) -> System:
    names = tuple(name for name in counts.values if name in joined)
    place = {name: number for number, name in enumerate(names)}
    own = [relation for relation in counts.relations if relation.total in joined]
    entries = [(row, place[relation.total], 1.0) for row, relation in enumerate(own)]
    entries += [(row, place[part], -1.0) for row, relation in enumerate(own) for part in relation.parts]
    rows, columns, signs = (np.array(column) for column in zip(*entries, strict=True))
    sums = csr_array(coo_array((signs, (rows, columns)), shape=(len(own), len(names))))
    return System(names, np.array([counts.values[name] for name in names], dtype=float), sums)


def _cover(system: System, name: str, hidden: set[str], fixed: set[str], rule: Rule) -> set[str]:
    """The counts that have to be hidden with this one, among them those hidden already."""
    size = len(system.names)
    closed = np.array([one in fixed for one in system.names])
    cost = np.where([one in hidden for one in system.names], HIDDEN_COSTS, system.values + 1)
    up = np.where(closed, 0.0, np.inf)
    down = np.where(closed, 0.0, system.values)
    at = system.place(name)
    bounds = np.column_stack([np.zeros(2 * size), np.concatenate([up, down])])
    bounds[at] = (rule.protection, rule.protection)
    bounds[size + at] = (0, 0)
    moves = hstack([system.sums, -system.sums], format="csr")
    found = linprog(
        np.concatenate([cost, cost]), A_eq=moves, b_eq=np.zeros(moves.shape[0]), bounds=bounds, method="highs-ds"
    )
    if found.status != 0:
        raise ProtectionError(f"the count {name} cannot be hidden: all its sums are public. Print a coarser table")
    moved = np.abs(found.x[:size] - found.x[size:]) > NOTHING
    return {one for one, does in zip(system.names, moved, strict=True) if does}
