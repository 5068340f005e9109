"""How many sites and how many files: what a study can tell before it is begun, and when more files will not help.

Files of one site are alike (`icc`, the intraclass correlation on the scale of shares), so beyond some number a file
adds nothing: the variance of a share tends to icc x p(1 - p) / sites (Kish 1965, 5.4; Donner and Klar 2000, chapter 5).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, inf, sqrt

import numpy as np
from scipy.special import expit, logit, nctdtr, stdtrit

from concord.evaluation import comparing

LEVEL = 0.95
POWER = 0.8
MOST_SITES = 2_000
ENOUGH = 1.1  # a half-width within a tenth of the one that endless files would give is as good as it gets


@dataclass(frozen=True)
class Precision:
    """What to expect of one share at so many sites and files each; widths are half an interval, in share points.

    `limit` is the half-width that endless files of the same sites would still leave; `enough_files` the files a site
    beyond which less than a tenth is to be gained; `sites_needed` and `files_needed` what a `wanted` half-width takes
    (None: cannot be had that way).
    """

    sites: int
    files: float
    p: float
    icc: float
    level: float
    half_width: float
    limit: float
    design_effect: float
    effective_n: float
    enough_files: int
    wanted: float | None
    files_needed: int | None
    sites_needed: int | None

    def __str__(self) -> str:
        said = [
            f"{self.sites} sites x {self.files:g} files, share {self.p:.0%}, likeness within sites (ICC) {self.icc:g}: "
            f"{self.level:.0%} interval of about +/- {100 * self.half_width:.1f} points; "
            f"{self.sites * self.files:,.0f} files say as much as {self.effective_n:,.0f} independent ones."
        ]
        if self.icc > 0:
            said.append(f"However many files are read at these sites, +/- {100 * self.limit:.1f} points remain.")
            if self.files >= self.enough_files:
                said.append(f"More files will not help (beyond {self.enough_files} a site hardly); more sites will.")
        if self.wanted is not None:
            said.append(self._on_the_wish())
        return " ".join(said)

    def _on_the_wish(self) -> str:
        wish = f"For +/- {100 * self.wanted:.1f} points: "
        if self.half_width <= self.wanted:
            return wish + "this is enough."
        sites = f"{self.sites_needed:,} sites" if self.sites_needed else f"more than {MOST_SITES:,} sites"
        more = f"{sites} with {self.files:g} files each"
        if self.files_needed:
            return wish + f"{self.files_needed:,} files at each of these sites, or {more}."
        return wish + f"more files at {self.sites} sites cannot reach it; it takes {more}."


def precision(
    sites: int, files: float, p: float, icc: float, *, level: float = LEVEL, wanted: float | None = None
) -> Precision:
    """The interval to expect of a share `p` (0 to 1) from `sites` with `files` each, and what a `wanted` one takes.

    `wanted` is a half-width, 0 to 1. The interval is that of the report: logit with t on sites less one.
    Raises ValueError for a plan that cannot be.
    """
    _check(sites, files, p, icc)

    def half(at_sites: int, at_files: float) -> float:
        return _half_width(at_sites, at_files, p, icc, level)

    here, limit = half(sites, files), half(sites, inf)
    enough = 1 if icc >= 1 else _least(lambda n: half(sites, n) <= ENOUGH * limit, 1, 10**7) if icc else None
    reach = None if wanted is None else _least(lambda n: half(sites, n) <= wanted, 1, 10**7)
    more = None if wanted is None else _least(lambda g: half(g, files) <= wanted, 2, MOST_SITES)
    effect = 1 + (files - 1) * icc
    return Precision(
        sites, files, p, icc, level, here, limit, effect, sites * files / effect, enough or 10**7, wanted, reach, more
    )


def _check(sites: int, files: float, p: float, icc: float) -> None:
    if sites < 2 or files < 1:
        raise ValueError(f"{sites} sites with {files:g} files: a plan takes two sites and a file each at least")
    if not 0 < p < 1 or not 0 <= icc <= 1:
        raise ValueError(f"share {p:g}, ICC {icc:g}: a share is between 0 and 1, a likeness from 0 to 1")


def _half_width(sites: int, files: float, p: float, icc: float, level: float) -> float:
    error = sqrt(p * (1 - p) * _of_a_site(files, icc) / sites)
    reach = stdtrit(sites - 1, (1 + level) / 2) * error / (p * (1 - p))
    return float(expit(logit(p) + reach) - expit(logit(p) - reach)) / 2


def _of_a_site(files: float, icc: float) -> float:
    """Variance of a site's rate, as a share of p(1 - p)."""
    return icc + (1 - icc) / files


def _least(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The least whole number from low to high for which it holds (and for all above), None if there is none."""
    if not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def smallest_p(sites: int, with_feature: int) -> float:
    """The smallest two-sided p that an exact permutation test can give when so many of the sites have the feature."""
    if not 0 < with_feature < sites:
        raise ValueError(f"{with_feature} of {sites} sites have the feature: there is nothing to compare")
    return (2 if 2 * with_feature == sites else 1) / comb(sites, with_feature)  # halves can be swapped


@dataclass(frozen=True)
class Power:
    """The chance to see a difference between sites with and without a feature, and its limit with endless files.

    `p` and `other` are the shares without and with it. `smallest` is the smallest attainable p of the exact test.
    `sites_needed` (half of them with the feature) reach the `wanted` chance; None when 2,000 do not.
    """

    sites: int
    with_feature: int
    files: float
    p: float
    other: float
    icc: float
    power: float
    limit: float
    smallest: float
    wanted: float
    sites_needed: int | None
    simulated: float | None = None
    simulations: int = 0
    seed: int | None = None

    def __str__(self) -> str:
        said = [
            f"{self.with_feature} of {self.sites} sites with the feature, {self.files:g} files each, {self.p:.0%} "
            f"against {self.other:.0%}, ICC {self.icc:g}: chance to see the difference {self.power:.0%}."
        ]
        if self.simulated is not None:
            said.append(f"By the exact test in {self.simulations:,} simulated studies: {self.simulated:.0%}.")
        if self.smallest > comparing.ALPHA:
            said.append(f"The smallest p there can be is {self.smallest:.3f}: no outcome tells anything. Table only.")
        if self.limit < self.wanted:
            said.append(f"More files will not help: endless files at these sites would give {self.limit:.0%}.")
        if self.power < self.wanted:
            needed = f"{self.sites_needed:,}" if self.sites_needed else f"more than {MOST_SITES:,}"
            said.append(f"For {self.wanted:.0%} it takes {needed} sites with as many files.")
        return " ".join(said)


def power(
    sites: int, with_feature: int, files: float, p: float, other: float, icc: float, *, wanted: float = POWER,
    simulations: int = 0, seed: int = 20220106,
) -> Power:  # fmt: skip
    """The chance that the exact test of site rates finds shares `p` and `other` to differ, at .05 two-sided.

    By the noncentral t on sites less two (Donner and Klar 2000) at the level that the exact test can have, which is
    somewhat too hopeful below a dozen sites; `simulations` seeded beta-binomial studies tell it without that.
    Raises ValueError for a plan that cannot be.
    """
    _check(sites, files, p, icc)
    _check(sites, files, other, icc)
    simulated = _simulated(sites, with_feature, files, p, other, icc, simulations, seed) if simulations else None

    def chance(at_sites: int, having: int, at_files: float) -> float:
        level = _attainable(at_sites, having)
        return _chance(at_sites, having, at_files, p, other, icc, level) if level else 0.0

    needed = _least(lambda half: chance(2 * half, half, files) >= wanted, 2, MOST_SITES // 2) if p != other else None
    return Power(
        sites, with_feature, files, p, other, icc, chance(sites, with_feature, files),
        chance(sites, with_feature, inf), smallest_p(sites, with_feature), wanted, 2 * needed if needed else None,
        simulated, simulations, seed if simulations else None,
    )  # fmt: skip


def _attainable(sites: int, having: int) -> float:
    """The largest level up to .05 that the exact test can have: its p-values come in steps. 0 where there is none."""
    step = smallest_p(sites, having)
    return int(comparing.ALPHA / step) * step if step > 1e-9 else comparing.ALPHA


def _chance(sites: int, having: int, files: float, p: float, other: float, icc: float, level: float) -> float:
    of_a_site = _of_a_site(files, icc)
    error = sqrt(of_a_site * (other * (1 - other) / having + p * (1 - p) / (sites - having)))
    if error == 0:
        return 1.0
    away, cut = abs(other - p) / error, stdtrit(sites - 2, 1 - level / 2)
    inside = nctdtr(sites - 2, away, cut) - nctdtr(sites - 2, away, -cut)
    return 1.0 if np.isnan(inside) else float(1 - inside)


def _simulated(sites, having, files, p, other, icc, simulations, seed) -> float:
    random = np.random.default_rng(seed)
    has = np.arange(sites) < having
    shares = np.broadcast_to(np.where(has, other, p), (simulations, sites))
    if icc == 1:
        shares = random.binomial(1, shares)
    elif icc:
        shares = random.beta(shares * (1 / icc - 1), (1 - shares) * (1 / icc - 1))
    yes = random.binomial(int(files), shares)
    of = np.full(sites, int(files))
    return float(np.mean([comparing.permutation_test(row, of, has).p <= comparing.ALPHA for row in yes]))
