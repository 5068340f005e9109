"""Difference that goes with adoption for each group of adopters and each period, and four ways to sum it up.

Callaway and Sant'Anna (2021), compared with units that never adopt (or not yet), without covariates, errors from the
influence function (not simultaneous bands). Agrees with R's `did` on its county employment example.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from concord.evaluation.adoption import NoComparison, Panel

METHOD = {
    False: "group-time differences, never-adopters as comparison, influence-function errors",
    True: "group-time differences, never-adopters and those still to adopt as comparison, influence-function errors",
}


@dataclass(frozen=True)
class GroupTime:
    """ATT(g, t): those who adopted in `group`, in `period`; before adoption it is a placebo."""

    group: int
    period: int
    estimate: float
    se: float


@dataclass(frozen=True)
class Summary:
    """One number and the parts it averages: {periods since adoption, group or period: (estimate, se)}."""

    estimate: float
    se: float
    parts: dict[int, tuple[float, float]]


@dataclass(frozen=True)
class GroupTimes:
    """All ATT(g, t). `simple` weighs every post-adoption cell by its group's size, `event`, `cohort` and `calendar`
    first average by time since adoption, by group or by period. `units` is how many were followed throughout."""

    cells: tuple[GroupTime, ...]
    simple: Summary
    event: Summary
    cohort: Summary
    calendar: Summary
    units: int
    never: int
    method: str
    caveats: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.units} units, {self.never} never adopt; {self.method}"]
        for name in ("simple", "event", "cohort", "calendar"):
            one = getattr(self, name)
            lines.append(f"{name}: adoption goes with a difference of {one.estimate:.4f} (SE {one.se:.4f})")
        return "\n".join([*lines, *self.caveats])


def estimate(whole: Panel, *, not_yet: bool = False) -> GroupTimes:
    """All group-time differences of units seen in every period, beside those that never adopt; with `not_yet` also
    beside those that have not adopted yet. Raises NoComparison without two never-adopters, or when nobody adopts after
    the first period."""
    wide, began, periods, notes = _balanced(whole)
    never = ~np.isfinite(began)
    if never.sum() < 2:
        raise NoComparison("no two units that never adopt: use the two-stage estimate in a restricted window")
    groups = [group for group in np.unique(began[~never]) if group <= periods[-1]]
    if not groups:
        raise NoComparison("nobody adopts after the first period")
    keys, values, influence = [], [], []
    for group in groups:
        for at in range(1, len(periods)):
            base = _base(periods, group, at)
            beside = (began > periods[max(at, base)]) & (began != group) if not_yet else never
            value, moved = _cell(wide, began == group, beside, at, base)
            keys.append((int(group), int(periods[at])))
            values.append(value)
            influence.append(moved)
    return _summed(keys, np.array(values), np.column_stack(influence), began, notes, METHOD[not_yet])


def _balanced(whole: Panel) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Outcomes (units, periods), adoption (units,), periods and notes; gappy and always-adopted units left out."""
    units, rows = np.unique(whole.unit, return_inverse=True)
    periods, columns = np.unique(whole.period, return_inverse=True)
    wide, began = np.full((len(units), len(periods)), np.nan), np.zeros(len(units))
    wide[rows, columns], began[rows] = whole.outcome, whole.began
    gappy, always, notes = np.isnan(wide).any(axis=1), began <= periods[0], list(whole.notes)
    if gappy.any():
        notes.append(f"{gappy.sum()} units not seen in every period are left out")
    if always.any():
        notes.append(f"{always.sum()} units that had adopted by the first period are left out")
    kept = ~gappy & ~always
    began = np.where(began > periods[-1], np.inf, began)
    return wide[kept], began[kept], periods, notes


def _base(periods: np.ndarray, group: float, at: int) -> int:
    """The last period before adoption; before adoption, the period before."""
    return at - 1 if periods[at] < group else int(np.searchsorted(periods, group)) - 1


def _cell(wide: np.ndarray, group: np.ndarray, beside: np.ndarray, at: int, base: int) -> tuple[float, np.ndarray]:
    change = wide[:, at] - wide[:, base]
    theirs, others = change[group].mean(), change[beside].mean()
    moved = group / group.mean() * (change - theirs) - beside / beside.mean() * (change - others)
    return float(theirs - others), moved


def _se(moved: np.ndarray) -> float:
    return float(np.sqrt(np.mean(moved**2) / len(moved)))


def _weighted(places: Sequence[int], keys, values, influence, began) -> tuple[float, np.ndarray]:
    """The average of cells by group size, and its influence function with that of the sizes."""
    members = np.column_stack([began == keys[place][0] for place in places]).astype(float)
    shares = members.mean(axis=0)
    weights, apart, cells = shares / shares.sum(), members - shares, values[list(places)]
    sizes = apart / shares.sum() - apart.sum(axis=1, keepdims=True) * shares / shares.sum() ** 2
    return float(weights @ cells), influence[:, list(places)] @ weights + sizes @ cells


def _parts(names: Iterable[int], after, key, *rest) -> dict[int, tuple[float, np.ndarray]]:
    return {name: _weighted([place for place in after if key(place) == name], *rest) for name in sorted(set(names))}


def _mean(parts: dict[int, tuple[float, np.ndarray]], weights: np.ndarray | None = None, extra=0.0) -> Summary:
    values = np.array([value for value, _ in parts.values()])
    moved = np.column_stack([one for _, one in parts.values()])
    weights = np.full(len(values), 1 / len(values)) if weights is None else weights
    shown = {name: (value, _se(one)) for name, (value, one) in parts.items()}
    return Summary(float(weights @ values), _se(moved @ weights + extra), shown)


def _summed(keys, values, influence, began, notes, method) -> GroupTimes:
    rest = (keys, values, influence, began)
    after = [place for place, (group, period) in enumerate(keys) if period >= group]
    since = {place: keys[place][1] - keys[place][0] for place in range(len(keys))}
    simple, moved = _weighted(after, *rest)
    by_event = _parts((since[place] for place in after), after, since.get, *rest)
    by_period = _parts((keys[place][1] for place in after), after, lambda place: keys[place][1], *rest)
    by_group = _parts((keys[place][0] for place in after), after, lambda place: keys[place][0], *rest)
    members = np.column_stack([began == group for group in by_group]).astype(float)
    shares = members.mean(axis=0)
    apart, cells = members - shares, np.array([value for value, _ in by_group.values()])
    sizes = apart / shares.sum() - apart.sum(axis=1, keepdims=True) * shares / shares.sum() ** 2
    return GroupTimes(
        tuple(GroupTime(*key, float(values[place]), _se(influence[:, place])) for place, key in enumerate(keys)),
        Summary(simple, _se(moved), {}),
        _mean(by_event),
        _mean(by_group, shares / shares.sum(), sizes @ cells),
        _mean(by_period),
        len(began),
        int((~np.isfinite(began)).sum()),
        method,
        (*notes, "an effect only if adopters would have gone on as their comparison did, which no data can show"),
    )
