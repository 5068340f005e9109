"""Impact where task forces began at different times: two-stage differences in differences and an event study.

Gardner (2022), through pyfixest (the extra `impact`). The usual two-way fixed effects regression compares late adopters
with early ones, whose outcomes are still changing, and is printed only beside its bias (Goodman-Bacon 2021; de
Chaisemartin and D'Haultfoeuille 2020).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import f as fisher
from scipy.stats import t as student

from concord.evaluation.adoption import FEW_UNITS, Comparison, NoComparison, Panel, compared

LEADS, LAGS = 4, 8
"""Periods before and after adoption that stand apart, where nobody says otherwise."""


class ExtraMissing(RuntimeError):
    """A part that is installed on demand is not here."""


@dataclass(frozen=True)
class Step:
    """Difference `at` so many periods from adoption (negative: before); the outermost steps hold all beyond them."""

    at: int
    estimate: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Pretrend:
    """Were the groups already going apart? Joint F test that all steps before adoption are zero."""

    steps: tuple[Step, ...]
    f: float | None
    df: tuple[int, int]
    p: float | None

    def __str__(self) -> str:
        if self.f is None:
            return "before adoption: no joint test, too few units or periods for it"
        return (
            f"before adoption: F({self.df[0]}, {self.df[1]}) = {self.f:.2f}, p = {self.p:.3f}; "
            "a large p does not show that trends would have stayed parallel"
        )


@dataclass(frozen=True)
class Naive:
    """Two-way fixed effects. `negative` is the share of adopters' periods that it counts with a negative weight."""

    estimate: float
    negative: float

    def __str__(self) -> str:
        return (
            f"two-way fixed effects (biased, for comparison with older reports only): {self.estimate:.4f}; it takes "
            f"early adopters as comparison for late ones and weighs {self.negative:.0%} of adopters' periods negatively"
        )


@dataclass(frozen=True)
class Placebo:
    """Times of adoption dealt out anew among the units: how many of the dealings gave a difference as large."""

    draws: int
    as_large: int
    seed: int

    def __str__(self) -> str:
        return (
            f"placebo permutation, not a p-value of the effect: {self.as_large} of {self.draws} random dealings of the "
            f"times of adoption gave a difference at least as large (seed {self.seed})"
        )


@dataclass(frozen=True)
class Impact:
    """The average difference that goes with adoption over adopters' periods, in units of the outcome."""

    estimate: float
    se: float
    low: float
    high: float
    df: int
    after: tuple[Step, ...]
    before: Pretrend
    naive: Naive
    placebo: Placebo
    n: int
    units: int
    adopters: int
    periods: tuple[int, int]
    comparison: str
    method: str
    caveats: tuple[str, ...]
    level: float = 0.95

    def __str__(self) -> str:
        head = (
            f"{self.adopters} of {self.units} units adopt in periods {self.periods[0]} to {self.periods[1]} "
            f"({self.n} unit-periods); compared with: {self.comparison}\n"
            f"adoption goes with a difference of {self.estimate:.4f} (SE {self.se:.4f}, t({self.df}), {self.level:.0%} "
            f"{self.low:.4f} to {self.high:.4f}), {self.method}"
        )
        steps = [f"  {step.at:+d}: {step.estimate:.4f} ({step.se:.4f})" for step in (*self.before.steps, *self.after)]
        return "\n".join([head, *steps, str(self.before), str(self.naive), str(self.placebo), *self.caveats])


def staggered(
    whole: Panel,
    comparison: Comparison | None,
    *,
    leads: int = LEADS,
    lags: int = LAGS,
    draws: int = 199,
    seed: int,
    level: float = 0.95,
) -> Impact:
    """Two-stage difference in differences, errors clustered by unit, with event study, naive estimate and placebo.

    `leads` and `lags` are how many periods before (from -2; -1 is the reference) and after adoption stand apart;
    `level` is that of the intervals. Raises NoComparison (no registered or usable comparison) and ExtraMissing
    (pyfixest is not installed).
    """
    part = compared(whole, comparison)
    steps = steps_of(part, leads, lags)
    (estimate,), covariance, units = _did2s(part, {"treated": part.treated})
    found, spread, _ = _did2s(part, dict(enumerate(mask for _, mask in steps)))
    df = units - 1
    studied = [
        _step(at, value, spread[place, place], df, level)
        for place, ((at, _), value) in enumerate(zip(steps, found, strict=True))
    ]
    early = [place for place, (at, _) in enumerate(steps) if at < 0]
    overall = _step(0, estimate, covariance[0, 0], df, level)
    return Impact(
        overall.estimate,
        overall.se,
        overall.low,
        overall.high,
        df,
        tuple(step for step in studied if step.at >= 0),
        _pretrend([studied[place] for place in early], spread[np.ix_(early, early)], df),
        naive(part),
        placebo(part, draws=draws, seed=seed),
        len(part.period),
        units,
        len(part.adopters),
        (int(part.period.min()), int(part.period.max())),
        comparison.because,
        "two-stage differences in differences, errors clustered by unit",
        _caveats(part, units),
        level,
    )


def two_stage(part: Panel) -> float:
    """The point estimate alone: unit and period effects fitted where nobody has adopted, taken off where they have.

    Raises NoComparison where a unit or a period has no row without adoption.
    """
    value = _two_stage(_codes(part), part.outcome, part.treated)
    if value is None:
        raise NoComparison("a unit or a period is never seen without adoption")
    return value


def naive(part: Panel) -> Naive:
    """Two-way fixed effects and the share of adopters' rows that it weighs negatively."""
    units, periods = _codes(part)
    effects = np.column_stack([units[:, None] == np.unique(units), periods[:, None] == np.unique(periods)[1:]])
    treated = part.treated.astype(float)
    apart = treated - effects @ np.linalg.lstsq(effects.astype(float), treated, rcond=None)[0]
    estimate = float(apart @ part.outcome / (apart @ treated))
    return Naive(estimate, float((apart[part.treated] < 0).mean()))


def placebo(part: Panel, *, draws: int, seed: int) -> Placebo:
    """Deal the times of adoption out anew among all units `draws` times; dealings that identify nothing are redrawn."""
    chance, (units, periods) = np.random.default_rng(seed), _codes(part)
    began = np.zeros(units.max() + 1)
    began[units] = part.began
    real, as_large, done = abs(two_stage(part)), 0, 0
    for _ in range(5 * draws):
        dealt = _two_stage((units, periods), part.outcome, part.period >= chance.permutation(began)[units])
        if dealt is not None:
            done, as_large = done + 1, as_large + (abs(dealt) >= real * (1 - 1e-9))
        if done == draws:
            break
    return Placebo(done, int(as_large), seed)


def _codes(part: Panel) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(part.unit, return_inverse=True)[1], np.unique(part.period, return_inverse=True)[1]


def _two_stage(codes: tuple[np.ndarray, np.ndarray], outcome: np.ndarray, treated: np.ndarray) -> float | None:
    units, periods = codes
    many, long = units.max() + 1, periods.max() + 1
    u, t, y = units[~treated], periods[~treated], outcome[~treated]
    if not treated.any() or len(set(u)) < many or len(set(t)) < long:
        return None
    both = np.zeros((many, long))
    np.add.at(both, (u, t), 1)
    normal = np.block([[np.diag(both.sum(1)), both], [both.T, np.diag(both.sum(0))]])
    right = np.concatenate([np.bincount(u, y, many), np.bincount(t, y, long)])
    effects = np.linalg.lstsq(normal, right, rcond=None)[0]
    return float(np.mean((outcome - effects[units] - effects[many + periods])[treated]))


def _did2s(part: Panel, columns: dict) -> tuple[np.ndarray, np.ndarray, int]:
    """Estimates (k,), covariance (k, k) and number of units, of a second stage on these columns."""
    try:
        import pyfixest  # only here: it is an extra, and slow to load
    except ImportError:
        raise ExtraMissing("impact needs pyfixest: install the extra, concord[impact]") from None

    units, periods = _codes(part)
    frame = pd.DataFrame({"y": part.outcome, "unit": units, "period": periods, "treated": part.treated.astype(float)})
    named = {f"s{place}": values.astype(float) for place, values in enumerate(columns.values())}
    frame = frame.assign(**named)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how pyfixest uses pandas is not our reader's to mend
        fit = pyfixest.did2s(
            frame,
            yname="y",
            first_stage="~ 0 | unit + period",
            second_stage="~ " + " + ".join(named),
            treatment="treated",
            cluster="unit",
        )
    order = [list(map(str, fit._coefnames)).index(name) for name in named]
    return fit._beta_hat[order], np.asarray(fit._vcov)[np.ix_(order, order)], int(units.max() + 1)


def steps_of(part: Panel, leads: int = LEADS, lags: int = LAGS) -> list[tuple[int, np.ndarray]]:
    """(periods from adoption, mask) of every step that has a row; -1 is the reference and has none."""
    since = part.period - part.began  # -inf for who never adopts
    clipped = np.where(np.isfinite(since), np.clip(since, -leads - 1, lags), np.nan)
    apart = [at for at in range(-leads - 1, lags + 1) if at != -1]
    return [(at, mask) for at in apart if (mask := clipped == at).any()]


def _step(at: int, estimate: float, variance: float, df: int, level: float) -> Step:
    se = float(np.sqrt(max(variance, 0.0)))
    half = student.ppf((1 + level) / 2, df) * se
    return Step(at, float(estimate), se, float(estimate - half), float(estimate + half))


def _pretrend(steps: Sequence[Step], covariance: np.ndarray, df: int) -> Pretrend:
    count = len(steps)
    if not count or count >= df or np.linalg.matrix_rank(covariance) < count:
        return Pretrend(tuple(steps), None, (count, df), None)
    values = np.array([step.estimate for step in steps])
    f = float(values @ np.linalg.solve(covariance, values) / count)
    return Pretrend(tuple(steps), f, (count, df), float(fisher.sf(f, count, df)))


def _caveats(part: Panel, units: int) -> tuple[str, ...]:
    said = [
        *part.notes,
        "an effect only if adopters would have gone on as their comparison did, which no data can show",
    ]
    if units < FEW_UNITS:
        said.append(f"{units} units: errors clustered by unit are too small with fewer than {FEW_UNITS}")
    return tuple(said)
