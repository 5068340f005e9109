"""The attack: what a reader who knows every printed count and every sum can find out about a hidden one.

Two attackers are tried. One knows sums and that nothing is below zero; the interval he finds for a small count must be
as wide as the rule's protection (Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, ch. 6). The
other also reads why a cell is blank: `fewer than 5` is 1 to 4, and what protects another is 5 or more. He may find
out no small count exactly: 4 + 4 in a printed 8 would be one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from concord.disclosure.grids import Counts
from concord.disclosure.system import Rule, System

NEAR = 1e-6


class AuditError(AssertionError):
    """A small count can be found out. Nothing is released."""


@dataclass(frozen=True)
class Cell:
    """What the attackers find of one small count: `low` to `high` from the sums, `told` wide with the reasons read."""

    low: float
    high: float
    told: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Audit:
    """The attack on every small count of a report. Widths are in people; `least` is inf where nothing is hidden."""

    cells: Mapping[str, Cell]
    complementary: int
    rule: Rule

    @property
    def primary(self) -> int:
        return len(self.cells)

    @property
    def least(self) -> float:
        return min((cell.width for cell in self.cells.values()), default=np.inf)

    @property
    def leaks(self) -> tuple[str, ...]:
        """Names of the counts that are not protected."""
        weak = (
            name for name, cell in self.cells.items() if cell.width < self.rule.width - NEAR or cell.told < 1 - NEAR
        )
        return tuple(sorted(weak))

    def __str__(self) -> str:
        if not self.cells:
            return f"No count below {self.rule.threshold}: nothing is hidden."
        said = f"Hidden: {self.primary} below {self.rule.threshold}, and {self.complementary} more to protect them"
        if np.isinf(self.least):
            return f"{said}; no sum says how large one of them can be."
        return f"{said}; the nearest that a reader can come to a hidden count is a span of {self.least:.0f}."


def audit(
    counts: Counts, hidden: Collection[str], rule: Rule, *, known: Mapping[str, int] | None = None,
    shown: Collection[str] | None = None,
) -> Audit:  # fmt: skip
    """Attack a report in which `hidden` is not printed. `known` is what the attacker has from elsewhere.

    `shown` names what the report prints when nothing is hidden (all counts, unless said): only a shown cell has a
    reason to read. Raises AuditError, naming counts but no number, when one of them is narrower than the rule allows or
    was not hidden at all.
    """
    made = attack(System.of(counts), hidden, rule, known or {}, shown)
    if made.leaks:
        first = ", ".join(made.leaks[:3])
        raise AuditError(f"{len(made.leaks)} small counts can be found out (first: {first}). Nothing is released")
    return made


def attack(
    system: System, hidden: Collection[str], rule: Rule, known: Mapping[str, int], shown: Collection[str] | None = None
) -> Audit:
    """As `audit`, but says what leaks instead of raising."""
    small, dark = system.small(rule), frozenset(hidden) - system.public - known.keys()
    shown = frozenset(system.names if shown is None else shown)
    cells = {name: Cell(value, value, 0.0) for name, value in zip(system.names, system.values, strict=True)
             if name in small - dark and name not in known}  # fmt: skip
    for group in system.components(system.places(dark)):
        cells |= _attack(system, group, small, rule, shown)
    return Audit(cells, len((dark & shown) - small), rule)


def _attack(system: System, group: np.ndarray, small: frozenset, rule: Rule, shown: frozenset) -> dict[str, Cell]:
    """Both attacks on the small counts of one component of what is hidden."""
    targets = [place for place, at in enumerate(group) if system.names[at] in small]
    if not targets:
        return {}
    columns = system.sums[:, group]
    rows = np.unique(columns.indices)
    sums, truth = columns.tocsr()[rows].tocsc(), system.values[group]
    blind = _spans(sums, truth, np.zeros(len(group)), np.full(len(group), np.inf), targets, rule)
    floor, ceiling = told(system, group, small, rule, shown)
    read = _spans(sums, truth, floor, ceiling, targets, rule)
    return {
        system.names[group[target]]: Cell(low, high, end - start)
        for target, (low, high), (start, end) in zip(targets, blind, read, strict=True)
    }


def told(system: System, places: np.ndarray, small: frozenset, rule: Rule, shown: frozenset):
    """Between what numbers the reasons of blanks place each count, were it blank: (floors, ceilings)."""
    floor, ceiling = np.zeros(len(places)), np.full(len(places), np.inf)
    for at, place in enumerate(places):
        name, value = system.names[place], system.values[place]
        if name not in shown:
            continue
        if name in small:
            floor[at], ceiling[at] = rule.least, rule.threshold - 1
        elif value >= rule.threshold:
            floor[at] = rule.threshold
    return floor, ceiling


def _spans(
    sums: sparse.csc_array, truth: np.ndarray, floor: np.ndarray, ceiling: np.ndarray, targets: list[int], rule: Rule
) -> list[tuple[float, float]]:
    """The least and most of each target among all tables with the same sums."""
    if not sums.shape[0]:
        return [(floor[target], ceiling[target]) for target in targets]
    most = truth.sum() + 10.0 * rule.width + 10  # beyond it more is no better: keeps every programme bounded
    bounds = Bounds(floor, np.minimum(ceiling, most))
    there = sums @ truth
    held = LinearConstraint(sums, there, there)
    return [(_end(target, 1, held, bounds), _end(target, -1, held, bounds)) for target in targets]


def _end(target: int, sign: int, held: LinearConstraint, bounds: Bounds) -> float:
    aim = np.zeros(len(bounds.lb))
    aim[target] = sign
    found = milp(aim, constraints=held, bounds=bounds)  # no integrality: a linear programme, solved by HiGHS
    if found.x is None:
        raise AuditError(f"the audit could not be finished ({found.message}). Nothing is released")
    return float(found.x[target])
