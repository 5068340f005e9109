"""An attack on our own tables: how near can a reader of all of them come to a hidden count.

The attacker knows every published count and every sum, and that no count is negative. Two linear programs a hidden
count give the least and the most it could be. Method: the audit of cell suppression (Willenborg and de Waal 2001).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from concord.disclosure.grids import Counts
from concord.disclosure.suppression import Protected, Rule, System, systems


class AuditError(AssertionError):
    """A protection that an attack breaks. It must not happen: nothing is released."""


@dataclass(frozen=True)
class Audit:
    """What the attack found: how many counts, how many hidden and why, and the narrowest range of a small one."""

    counts: int
    primary: int
    complementary: int
    least_width: float | None
    protection: int

    def __str__(self) -> str:
        said = f"{self.counts:,} counts: {self.primary:,} small ones hidden, {self.complementary:,} more to keep them"
        if self.least_width is None:
            return said
        return f"{said}; an attack places none within less than {self.least_width:g} (asked: {self.protection})"


def attack(counts: Counts, hidden: Iterable[str], targets: Iterable[str]) -> dict[str, tuple[float, float]]:
    """The least and the most that each target could be to a reader; (0, inf) where nothing ties it down."""
    hidden, targets = set(hidden), set(targets)
    found = dict.fromkeys(targets, (0.0, np.inf))
    for system in systems(counts):
        if aimed := targets.intersection(system.names):
            found |= _attack(system, hidden, aimed)
    return found


def _attack(system: System, hidden: set[str], aimed: set[str]) -> dict[str, tuple[float, float]]:
    unknown = np.array([name in hidden for name in system.names])
    names = [name for name in system.names if name in hidden]
    left = csr_array(system.sums[:, unknown])
    right = -(system.sums[:, ~unknown] @ system.values[~unknown])
    told = np.diff(left.indptr) > 0
    left, right = left[told], right[told]
    place = {name: number for number, name in enumerate(names)}
    return {name: _range(left, right, place[name], len(names)) for name in aimed}


def _range(left: csr_array, right: np.ndarray, at: int, size: int) -> tuple[float, float]:
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(size)
        aim[at] = sign
        found = linprog(aim, A_eq=left, b_eq=right, bounds=(0, None), method="highs-ds")
        if found.status == 3:
            ends.append(np.inf)
        elif found.status == 0:
            ends.append(sign * found.fun)
        else:
            raise AuditError(f"the attack could not be made: {found.message}")
    return ends[0], ends[1]


def audit(counts: Counts, protected: Protected, rule: Rule) -> Audit:
    """Attack every hidden small count. Raises AuditError when one is placed within less than the protection."""
    ranges = attack(counts, protected.hidden, protected.primary)
    widths = {name: high - low for name, (low, high) in ranges.items()}
    for name, width in widths.items():
        if width < rule.protection - 1e-6:
            raise AuditError(f"the count {name} could be placed within {width:g}; {rule.protection} was asked for")
    least = min(widths.values(), default=None)
    return Audit(
        len(counts.values), len(protected.primary), len(protected.complementary),
        None if least is None or np.isinf(least) else float(least), rule.protection,
    )  # fmt: skip
