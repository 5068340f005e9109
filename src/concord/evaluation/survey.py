"""Shares with the sites as clusters: files of one task force are alike, so 226 files say less than 226 would.

The linearised ratio with the site as primary sampling unit, as R's survey package has it (Lumley 2010, chapter 2;
Binder 1983). Interval: logit with Student's t on sites less one; near 0 and 1 that of Korn and Graubard (1998). What
may be printed follows from how the files came: a random draw has an interval, every file read is a census, and files
that somebody chose have worst cases only (Manski 1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import betaincinv, expit, logit, stdtrit

RANDOM, ALL, HAND_PICKED = "random", "all", "hand_picked"
NEAR = 0.1  # below this share, or above one less it, the logit interval is too short
LEVEL = 0.95
ROUNDING = 1e-15  # a variance below this share of p(1 - p) is none
ASSUMED_ICC = 0.05  # likeness of files of one site where all files agree and none can be estimated


class Method(StrEnum):
    """How an interval was made, or that there is none."""

    LOGIT = "logit, t on sites less one"
    KORN_GRAUBARD = "Korn-Graubard"
    JACKKNIFE = "jackknife over sites, logit, t on sites less one"
    NONE = "no interval"


@dataclass(frozen=True)
class Proportion:
    """A share (0 to 1) and how sure it is. `low` and `high` are None where no interval is honest: `notes` say why.

    `design_effect` is the variance over that of as many independent files; `effective_n` how many independent files
    would say as much. Both are None where the sites show no variation to measure them by.
    """

    estimate: float
    numerator: int
    denominator: int
    sites: int
    standard_error: float | None
    low: float | None
    high: float | None
    level: float
    method: Method
    design_effect: float | None
    effective_n: float | None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.estimate:.1%} ({self.numerator:,} of {self.denominator:,}, {self.sites} sites"
        if self.low is not None:
            text += f"; {self.level:.0%} {self.low:.1%} to {self.high:.1%}, {self.method}"
        if self.effective_n is not None:
            text += f"; design effect {self.design_effect:.1f}, as many as {self.effective_n:.0f} independent files"
        return "; ".join([text + ")", *self.notes])


@dataclass(frozen=True)
class Intervals:
    """Many shares at once: arrays of one shape (figures,). NaN where there is no interval."""

    estimate: np.ndarray
    standard_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    effective_n: np.ndarray
    near_an_end: np.ndarray
    sites: np.ndarray


def intervals(
    numerators: np.ndarray, denominators: np.ndarray, *, level: float = LEVEL, method: Method | None = None,
    correction: float = 1.0,
) -> Intervals:  # fmt: skip
    """Intervals of many shares in one sweep.

    `numerators` and `denominators` are (figures, sites); a site with a denominator of 0 is not counted. Without a
    `method` it is logit, and Korn-Graubard below .1 and above .9. `correction` multiplies every variance. Raises
    ValueError for counts that cannot be.
    """
    yes, of = _counted(numerators, denominators)
    n, sites = of.sum(axis=1), (of > 0).sum(axis=1)
    near_method = method is Method.KORN_GRAUBARD
    with np.errstate(divide="ignore", invalid="ignore"):
        p = yes.sum(axis=1) / n
        variance = correction * (_jackknife if method is Method.JACKKNIFE else _linearised)(yes, of, p, sites)
        variance[variance < ROUNDING * p * (1 - p)] = 0
        variance[sites < 2] = np.nan
        effective = np.where(variance > 0, p * (1 - p) / variance, np.nan)
        near = np.minimum(p, 1 - p) < NEAR if method is None else np.full(p.shape, near_method)
        agreed = near & (sites > 1) & ((p == 0) | (p == 1))
        effective[agreed] = (n / _assumed_effect(of, n))[agreed]
        ends = np.where(near, _korn_graubard(p, effective, n, sites, level), _logit(p, effective, sites, level))
    return Intervals(p, np.sqrt(variance), *ends, effective, near, sites)


def _linearised(yes, of, p, sites) -> np.ndarray:
    """Variance of a ratio by linearisation (Binder 1983); the deviations of the sites add up to 0."""
    return sites / (sites - 1) * ((yes - p[:, None] * of) ** 2).sum(axis=1) / of.sum(axis=1) ** 2


def _jackknife(yes, of, p, sites) -> np.ndarray:
    """Variance from leaving out one site at a time (JK1), around the mean of the replicates."""
    without = (yes.sum(axis=1, keepdims=True) - yes) / (of.sum(axis=1, keepdims=True) - of)
    without = np.where(of > 0, without, 0)
    centre = without.sum(axis=1) / sites
    return (sites - 1) / sites * (np.where(of > 0, without - centre[:, None], 0) ** 2).sum(axis=1)


def _counted(numerators, denominators) -> tuple[np.ndarray, np.ndarray]:
    yes, of = (np.atleast_2d(np.asarray(counts, float)) for counts in (numerators, denominators))
    if yes.shape != of.shape:
        raise ValueError(f"{yes.shape[-1]} numerators and {of.shape[-1]} denominators: give one of each for every site")
    if not (np.isfinite(yes) & np.isfinite(of) & (yes >= 0) & (yes <= of)).all():
        raise ValueError("a numerator is negative, unknown or larger than its denominator. Correct the counts")
    if not (of.sum(axis=1) > 0).all():
        raise ValueError("no file to count from: the denominators are all 0")
    return yes, of


def _assumed_effect(of: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Kish's design effect for sites of unequal size: 1 + (weighted mean size - 1) x likeness."""
    return 1 + ((of**2).sum(axis=1) / n - 1) * ASSUMED_ICC


def _logit(p, effective, sites, level) -> np.ndarray:
    reach = stdtrit(sites - 1, (1 + level) / 2) / np.sqrt(effective * p * (1 - p))
    return np.stack([expit(logit(p) - reach), expit(logit(p) + reach)])


def _korn_graubard(p, effective, n, sites, level) -> np.ndarray:
    """Clopper and Pearson on the effective number, made smaller as t(sites - 1) is wider than t(files - 1)."""
    tail = (1 - level) / 2
    effective = effective * (stdtrit(n - 1, tail) / stdtrit(sites - 1, tail)) ** 2
    low = betaincinv(effective * p, effective * (1 - p) + 1, tail)
    high = betaincinv(effective * p + 1, effective * (1 - p), 1 - tail)
    return np.where(np.isnan(effective), np.nan, [np.where(p == 0, 0, low), np.where(p == 1, 1, high)])


def proportion(
    numerators: Sequence[int], denominators: Sequence[int], *, drawn: str = RANDOM, total_files: int | None = None,
    level: float = LEVEL, method: Method | None = None,
) -> Proportion:  # fmt: skip
    """A share over sites: `numerators` and `denominators` hold one count a site.

    `drawn` is how the files came: "random", "all" (census) or "hand_picked"; only a random draw has an interval.
    `total_files` says how many files these were drawn from: the variance is then that of a draw from a finite number
    (Cochran 1977, 2.6), which answers only about those files; with it a census that lacks some files has an interval.
    Raises ValueError for counts that cannot be, or fewer files in total than were read.
    """
    if drawn not in (RANDOM, ALL, HAND_PICKED):
        raise ValueError(f"drawn: {drawn!r} is no way that files come. Give {RANDOM}, {ALL} or {HAND_PICKED}")
    made = intervals(numerators, denominators, level=level, method=method, correction=_left(denominators, total_files))
    estimate, error, low, high, effective = (
        float(column[0]) for column in (made.estimate, made.standard_error, made.low, made.high, made.effective_n)
    )
    yes, n, sites = int(np.sum(numerators)), int(np.sum(denominators)), int(made.sites[0])
    reason = _reason(drawn, n, total_files, sites, error, estimate, low)
    notes = [reason] if reason else []
    measured = not reason and error > 0
    if not reason and not measured:
        notes.append(f"all files agree, so how alike those of one site are was assumed (ICC {ASSUMED_ICC})")
    if not reason and total_files:
        notes.append(f"the interval is about these {total_files:,} files, not about later ones")
    if measured and effective > n:
        notes.append("the sites are more alike than chance would have them; that is luck, not more files")
    if empty := int(np.size(denominators)) - sites:
        notes.append(f"{empty} of the sites had no file to count")
    used = method or (Method.KORN_GRAUBARD if made.near_an_end[0] else Method.LOGIT)
    return Proportion(
        estimate, yes, n, sites,
        error if measured else None, None if reason else low, None if reason else high, level,
        Method.NONE if reason else used,
        n / effective if measured else None, effective if measured else None, tuple(notes),
    )  # fmt: skip


def _left(denominators, total_files: int | None) -> float:
    """The share of the files that were not read."""
    if total_files is None:
        return 1.0
    read = float(np.sum(denominators))
    if total_files < read:
        raise ValueError(f"{total_files:,} files in total, but {read:,.0f} were read. Count the frame again")
    return 1 - read / total_files


def _reason(drawn, n, total_files, sites, error, estimate, low) -> str:
    """Why there is no interval; empty where there is one."""
    if drawn == HAND_PICKED:
        return "files were chosen by hand: no interval, see the worst cases"
    if total_files == n or (drawn == ALL and total_files is None):
        return "every file was read: a census has no sampling error"
    if sites < 2:
        return "one site: how sites differ cannot be seen"
    if not np.isnan(low):
        return ""
    if 0 < estimate < 1:
        return "the sites do not differ at all: there is no variation to build an interval on"
    return "all files agree: only a Korn-Graubard interval can be given"


def worst_case_bounds(numerator: int, coded: int, unselected: int) -> tuple[float, float]:
    """The least and the largest share there can be among all files, whatever the `unselected` ones hold.

    For files that were chosen by hand (Manski 1989: no assumption on the choice). Raises ValueError for counts that
    cannot be.
    """
    if not 0 <= numerator <= coded or unselected < 0 or coded + unselected == 0:
        raise ValueError(f"{numerator} of {coded} coded and {unselected} not selected cannot be. Correct the counts")
    total = coded + unselected
    return numerator / total, (numerator + unselected) / total
