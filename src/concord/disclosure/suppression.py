"""What to hide: every small count, and as many others as it takes that no sum gives it away.

For each small count not yet protected, a linear programme finds the cheapest other report that a reader could not tell
apart: the same sums, the small count moved by as much as the rule asks. Whatever differs between the two is hidden.
So each hidden set carries its proof, and the audit (`audit`) confirms it by attack. Reference: Fischetti and Salazar,
Management Science 47 (2001); this is a greedy heuristic over all relations together, not their optimum.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from concord.disclosure.audit import NEAR, told
from concord.disclosure.grids import Counts
from concord.disclosure.system import Rule, System

HIDDEN = 1e-3  # cost of moving what is hidden already
ZERO = 20.0  # a zero is often known to be one: a poor hiding place


class ProtectionError(ValueError):
    """No choice of blanks protects a small count: what is known from elsewhere gives it away."""


@dataclass(frozen=True)
class Protected:
    """Names of the counts to hide, small ones (`primary`) and those that would give them away (`complementary`)."""

    primary: frozenset[str]
    complementary: frozenset[str]
    rule: Rule

    @property
    def hidden(self) -> frozenset[str]:
        return self.primary | self.complementary


def protect(
    counts: Counts, rule: Rule, *, known: Mapping[str, int] | None = None,
    shown: Collection[str] | None = None, also: Collection[str] = (),
) -> Protected:  # fmt: skip
    """Choose what to hide. `also` are counts to hide whatever their size.

    `known` was published before, so hiding it protects nothing; neither does hiding what is public record. `shown`
    names what the report prints (all, unless said): other counts are hidden as it is.
    Raises ProtectionError, naming the count, when no choice of blanks is enough.
    """
    system = System.of(counts)
    also = frozenset(also)
    shown = frozenset(system.names if shown is None else shown)
    fixed = system.public | frozenset(known or ())
    small = system.small(rule)
    dark = (small | also | (frozenset(system.names) - shown)) - fixed
    search = _Search(system, rule, small, shown, fixed, dark)
    for name in sorted((small | also) - fixed, key=lambda one: (counts.values[one], one)):
        search.cover(name)
    hidden = search.hidden
    return Protected(small - fixed, hidden - small, rule)


class _Search:
    """The hidden set as it grows."""

    def __init__(self, system: System, rule: Rule, small, shown, fixed, dark):
        self.system, self.rule, self.small, self.shown = system, rule, small, shown
        self.at = {name: place for place, name in enumerate(system.names)}
        self.dark = np.isin(system.names, sorted(dark))
        self.parts: dict[int, _Part] = {}
        for group in system.components(system.places(frozenset(system.names) - fixed)):
            part = _Part(system, group, rule, small, shown)
            self.parts |= dict.fromkeys(group.tolist(), part)

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(name for name, dark in zip(self.system.names, self.dark, strict=True) if dark)

    def cover(self, name: str) -> None:
        part = self.parts[self.at[name]]
        target = int(np.searchsorted(part.group, self.at[name]))
        dark = self.dark[part.group]
        for moves in (part.spread, part.doubt) if name in self.small else (part.spread,):
            used = moves(target, dark)
            if used is None:
                raise ProtectionError(
                    f"the small count {name} cannot be protected: what is public or was released before gives it away. "
                    "Merge its row with another, or leave out a total of which it is part"
                )
            dark = dark | used
        self.dark[part.group] = dark


class _Part:
    """The counts that hang together through sums, and the programmes over them."""

    def __init__(self, system: System, group: np.ndarray, rule: Rule, small: frozenset, shown: frozenset):
        self.group, self.truth, self.rule = group, system.values[group], rule
        columns = system.sums[:, group]
        rows = np.unique(columns.indices)
        sums = columns.tocsr()[rows].tocsc()
        self.moves = sparse.hstack([sums, -sums], format="csc")
        self.still = LinearConstraint(self.moves, 0, 0) if len(rows) else None
        self.price = np.where(self.truth > 0, 1 + np.log1p(self.truth), ZERO)
        self.floor, self.ceiling = told(system, group, small, rule, shown)
        # Widest spans seen so far, from sums alone and with the reasons read: most counts are covered on the way.
        self.low, self.high = self.truth.copy(), self.truth.copy()
        self.doubted = np.zeros(len(group), dtype=bool)

    def spread(self, target: int, dark: np.ndarray) -> np.ndarray | None:
        """What else to hide so that the sums leave the target as wide as the rule asks. None when nothing is enough."""
        width = self.rule.width
        if self.high[target] - self.low[target] >= width - NEAR:
            return np.zeros_like(dark)
        down, up = self.truth, np.full(len(dark), np.inf)
        move = self._move(target, width, dark, down, up)
        if move is not None:
            return self._seen(move)
        return self._both_ways(target, width, dark)

    def _seen(self, *moves: np.ndarray) -> np.ndarray:
        used = np.zeros(len(self.truth), dtype=bool)
        for move in moves:
            self.low, self.high = np.minimum(self.low, self.truth + move), np.maximum(self.high, self.truth + move)
            used |= abs(move) > NEAR
        return used

    def _both_ways(self, target: int, width: float, dark: np.ndarray) -> np.ndarray | None:
        """Where the target cannot rise by the whole width: as far up as it goes, then down."""
        most = self._furthest(target)
        if most < width - self.truth[target] - NEAR:
            return None
        up = self._move(target, most, dark, self.truth, np.full(len(dark), np.inf)) if most > NEAR else 0 * self.truth
        fall = self._move(target, most - width, dark, self.truth, np.full(len(dark), np.inf))
        return None if up is None or fall is None else self._seen(up, fall)

    def _furthest(self, target: int) -> float:
        """How far up the target goes when everything that can be hidden is, up to the width."""
        aim = np.zeros(2 * len(self.truth))
        aim[target] = -1
        ceiling = np.concatenate([np.full(len(self.truth), np.inf), self.truth])
        ceiling[target], ceiling[len(self.truth) + target] = self.rule.width, 0
        found = milp(aim, constraints=self.still, bounds=Bounds(0, ceiling))
        return 0.0 if found.x is None else float(np.floor(found.x[target] + NEAR))

    def doubt(self, target: int, dark: np.ndarray) -> np.ndarray | None:
        """What else to hide so that whoever reads the reasons, too, cannot find the target out exactly."""
        if self.doubted[target]:
            return np.zeros_like(dark)
        down, up = self.truth - self.floor, self.ceiling - self.truth
        best, least = None, np.inf
        for by in (1, -1):
            move = self._move(target, by, dark, down, up, whole=True)
            price = np.inf if move is None else self.price[(abs(move) > NEAR) & ~dark].sum()
            if price < least:
                best, least = move, price
            if least == 0:
                break
        if best is None:
            return None
        self.doubted |= abs(best) > 1 - NEAR
        return abs(best) > NEAR

    def _move(self, target, by, dark, down, up, *, whole: bool = False) -> np.ndarray | None:
        """The cheapest move of the report that keeps all sums and moves the target by `by`."""
        count = len(self.truth)
        if (by > 0 and up[target] < by) or (by < 0 and down[target] < -by):
            return None
        floor, ceiling = np.zeros(2 * count), np.concatenate([up, down]).astype(float)
        floor[target] = ceiling[target] = max(by, 0)
        floor[count + target] = ceiling[count + target] = max(-by, 0)
        price = np.tile(np.where(dark, HIDDEN, self.price), 2)
        found = milp(price, constraints=self.still, bounds=Bounds(floor, ceiling))
        if found.x is not None and whole and abs(found.x - np.round(found.x)).max() > NEAR:
            found = milp(price, constraints=self.still, bounds=Bounds(floor, ceiling), integrality=np.ones(2 * count))
        return None if found.x is None else found.x[:count] - found.x[count:]
