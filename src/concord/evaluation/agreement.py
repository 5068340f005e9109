"""How far coders agree: percent agreement, Cohen, Fleiss, Krippendorff, Gwet AC1, Brennan-Prediger; missing allowed.

Every measure is written for weighted units at once (`weights`, draws x units), so that the bootstrap over files within
sites is a few matrix products. What cannot be computed is undefined, with the reason; it is never a number.

Sources: Cohen 1960 and 1968; Fleiss 1971; Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; Gwet 2014,
Handbook of Inter-Rater Reliability, chapters 2 to 5 (also for missing ratings); Brennan & Prediger 1981; Byrt 1993.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

MISSING = -1
SEED = 20220106
TINY = 1e-12
CHUNK = 4_000_000  # weights held at once
MOST_UNDEFINED = 0.1  # of the bootstrap's draws
NEVER_TWICE = "no unit has two ratings"
ALL_ALIKE = "every rating is the same, so agreement by chance is already complete"


@dataclass(frozen=True)
class Ratings:
    """Who put what: `codes` is units x raters, an index into `levels` or -1 where a rater did not rate.

    `levels` are the categories in order, used or not: AC1 and Brennan-Prediger depend on how many there are. `files`
    and `sites` number the file and site of each unit (rows of one file are drawn together).
    """

    codes: np.ndarray
    levels: tuple
    raters: tuple[str, ...]
    files: np.ndarray
    sites: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Units x levels: how many raters put each level."""
        return (self.codes[:, :, None] == np.arange(len(self.levels))).sum(axis=1)

    def where(self, kept: np.ndarray) -> "Ratings":
        """The units that are kept."""
        return replace(self, codes=self.codes[kept], files=self.files[kept], sites=self.sites[kept])

    def pair(self, first: int, second: int) -> "Ratings":
        """Two of the raters."""
        names = (self.raters[first], self.raters[second])
        return replace(self, codes=self.codes[:, [first, second]], raters=names)


@dataclass(frozen=True)
class Agreement:
    """One measure: `value` and its interval, or `undefined` with the reason. `n` counts units rated at least twice."""

    method: str
    value: float | None
    undefined: str
    n: int
    ratings: int
    files: int
    sites: int
    raters: int
    categories: int
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    draws: int = 0
    seed: int | None = None
    caveats: tuple[str, ...] = ()

    def __str__(self) -> str:
        base = f"{self.n} units rated at least twice, raters: {self.raters}, files: {self.files}, sites: {self.sites}"
        if self.value is None:
            return f"{self.method}: undefined, {self.undefined} ({base})"
        interval = f" ({self.level:.0%}: {self.low:.3f} to {self.high:.3f})" if self.low is not None else ""
        return f"{self.method} {self.value:.3f}{interval}; {base}"


@dataclass(frozen=True)
class Drift:
    """Agreement by round or period, in order, and the last less the first with its interval."""

    periods: tuple[str, ...]
    measured: tuple[Agreement, ...]
    change: float | None
    undefined: str
    low: float | None = None
    high: float | None = None


def ratings(matrix: Sequence[Sequence], levels: Sequence | None = None, raters=None, files=None, sites=None) -> Ratings:
    """Ratings from units x raters of values; None is a rating that was not made.

    Without `levels` the categories are the values that occur, numbers by size. Raises ValueError for ragged rows or a
    value outside `levels`.
    """
    rows = [list(row) for row in matrix]
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise ValueError("every unit needs one entry a rater; put None where a rater did not rate")
    used = {value for row in rows for value in row if value is not None}
    levels = tuple(levels) if levels is not None else tuple(sorted(used, key=_order))
    if outside := used - set(levels):
        raise ValueError(f"not among the categories: {', '.join(sorted(map(str, outside)))}")
    place = {level: number for number, level in enumerate(levels)} | {None: MISSING}
    codes = np.array([[place[value] for value in row] for row in rows], dtype=np.int64).reshape(len(rows), width)
    raters = tuple(raters) if raters is not None else tuple(f"rater {number + 1}" for number in range(width))
    files = np.arange(len(rows)) if files is None else _numbered(files)
    sites = np.zeros(len(rows), dtype=np.int64) if sites is None else _numbered(sites)
    return Ratings(codes, levels, raters, files, sites)


def of_rows(rows: Iterable[tuple], levels: Sequence | None = None) -> Ratings:
    """Ratings from rows of (unit, rater, value, file, site). Raises ValueError when a rater rates a unit twice."""
    rows = list(rows)
    raters = sorted({row[1] for row in rows})
    column = {rater: number for number, rater in enumerate(raters)}
    units: dict = {}
    for unit, rater, value, file, site in rows:
        line = units.setdefault(unit, ([None] * len(raters), file, site))[0]
        if line[column[rater]] is not None:
            raise ValueError(f"unit {unit}: rater {rater} rated it twice; give each round by itself")
        line[column[rater]] = value
    matrix, files, sites = zip(*units.values(), strict=True) if units else ((), (), ())
    return ratings(matrix, levels, raters, files, sites)


def _order(value) -> tuple:
    number = _number(value)
    return (number is None, number or 0.0, str(value))


def _number(value) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _numbered(names: Sequence) -> np.ndarray:
    place: dict = {}
    return np.array([place.setdefault(name, len(place)) for name in names], dtype=np.int64)


# --- The measures: ratings and weights (draws x units) in, one number a draw out, nan where undefined -----------------


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Above by below; nan where below is nothing."""
    fits = below > TINY
    return np.where(fits, above / np.where(fits, below, 1.0), np.nan)


def _observed(data: Ratings, weights: np.ndarray) -> np.ndarray:
    """Share of pairs of ratings of one unit that agree, averaged over units rated at least twice."""
    counts = data.counts
    made = counts.sum(axis=1)
    twice = made >= 2
    agreed = np.zeros(len(made))
    agreed[twice] = (counts * (counts - 1)).sum(axis=1)[twice] / (made * (made - 1))[twice]
    return _ratio(weights @ agreed, weights @ twice.astype(float))


def _prevalence(data: Ratings, weights: np.ndarray) -> np.ndarray:
    """Draws x levels: how often each level is put, each rated unit counting once."""
    counts = data.counts
    made = counts.sum(axis=1)
    shares = counts / np.maximum(made, 1)[:, None]
    return _ratio(weights @ shares, (weights @ (made >= 1).astype(float))[:, None])


def _beyond(observed: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return _ratio(observed - chance, 1 - chance)


def _fleiss(data: Ratings, weights: np.ndarray) -> np.ndarray:
    return _beyond(_observed(data, weights), (_prevalence(data, weights) ** 2).sum(axis=1))


def _gwet(data: Ratings, weights: np.ndarray) -> np.ndarray:
    if len(data.levels) < 2:
        return np.full(len(weights), np.nan)
    share = _prevalence(data, weights)
    return _beyond(_observed(data, weights), (share * (1 - share)).sum(axis=1) / (len(data.levels) - 1))


def _brennan(data: Ratings, weights: np.ndarray) -> np.ndarray:
    return _beyond(_observed(data, weights), np.full(len(weights), 1 / max(len(data.levels), 1)))


def _cohen(distance: Callable) -> Callable:
    def kappa(data: Ratings, weights: np.ndarray) -> np.ndarray:
        both = (data.codes >= 0).all(axis=1)
        first, second = data.codes[both].T
        weights = weights[:, both]
        steps = np.arange(len(data.levels))
        apart = distance(steps[:, None] - steps[None, :]).astype(float)
        ups, downs = weights @ (first[:, None] == steps), weights @ (second[:, None] == steps)
        expected = _ratio(((ups @ apart) * downs).sum(axis=1), weights.sum(axis=1))
        return 1 - _ratio(weights @ apart[first, second], np.nan_to_num(expected))

    return kappa


def _alpha(apart: Callable) -> Callable:
    """Krippendorff: 1 - (n - 1) * disagreement within units / disagreement between all pairs of pairable ratings."""

    def alpha(data: Ratings, weights: np.ndarray) -> np.ndarray:
        twice = data.counts.sum(axis=1) >= 2
        counts, weights = data.counts[twice].astype(float), weights[:, twice]
        distance = apart([_number(level) for level in data.levels])
        used = weights @ counts
        within = (counts @ distance * counts).sum(axis=1) / (counts.sum(axis=1) - 1)
        between = (used @ distance * used).sum(axis=1)
        return 1 - _ratio((used.sum(axis=1) - 1) * (weights @ within), between)

    return alpha


def _nominal(values: list) -> np.ndarray:
    return 1.0 - np.eye(len(values))


def _interval(values: list) -> np.ndarray:
    at = np.array(values, dtype=float)
    return (at[:, None] - at[None, :]) ** 2


def _relative(values: list) -> np.ndarray:
    at = np.array(values, dtype=float)
    total = at[:, None] + at[None, :]
    return ((at[:, None] - at[None, :]) / np.where(total == 0, 1.0, total)) ** 2


def _alpha_ordinal(data: Ratings, weights: np.ndarray) -> np.ndarray:
    """The distance of two levels is the ratings between them, so it changes with the draw: work with mid-ranks."""
    twice = data.counts.sum(axis=1) >= 2
    counts, weights = data.counts[twice].astype(float), weights[:, twice]
    made = counts.sum(axis=1)
    used = weights @ counts
    rank = used.cumsum(axis=1) - used / 2
    total = used.sum(axis=1)
    apart = 2 * (made * (rank**2 @ counts.T) - (rank @ counts.T) ** 2) / (made - 1)
    between = 2 * (total * (used * rank**2).sum(axis=1) - (used * rank).sum(axis=1) ** 2)
    one_level = (used > 0).sum(axis=1) < 2
    return 1 - _ratio((total - 1) * (weights * apart).sum(axis=1), np.where(one_level, 0.0, between))


@dataclass(frozen=True)
class Method:
    """A measure: its name, how it is computed, and what it asks of the data beyond two ratings of a unit."""

    label: str
    kernel: Callable[[Ratings, np.ndarray], np.ndarray]
    two_raters: bool = False
    numbers: bool = False
    not_negative: bool = False


METHODS = {
    "percent": Method("Percent agreement", _observed),
    "cohen": Method("Cohen's kappa", _cohen(lambda steps: steps != 0), two_raters=True),
    "cohen_linear": Method("Cohen's kappa, linear weights", _cohen(np.abs), two_raters=True),
    "cohen_quadratic": Method("Cohen's kappa, quadratic weights", _cohen(np.square), two_raters=True),
    "fleiss": Method("Fleiss' kappa", _fleiss),
    "alpha_nominal": Method("Krippendorff's alpha, nominal", _alpha(_nominal)),
    "alpha_ordinal": Method("Krippendorff's alpha, ordinal", _alpha_ordinal),
    "alpha_interval": Method("Krippendorff's alpha, interval", _alpha(_interval), numbers=True),
    "alpha_ratio": Method("Krippendorff's alpha, ratio", _alpha(_relative), numbers=True, not_negative=True),
    "ac1": Method("Gwet's AC1", _gwet),
    "brennan_prediger": Method("Brennan-Prediger (PABAK for two categories)", _brennan),
}


def measure(data: Ratings, method: str, *, draws: int = 0, seed: int = SEED, level: float = 0.95) -> Agreement:
    """One measure (a key of METHODS), with a percentile interval from `draws` bootstrap samples of files within sites.

    Raises KeyError for an unknown method. A measure that cannot be had says so in `undefined`.
    """
    asked = METHODS[method]
    plain = _described(asked, data)
    if reason := _refusal(asked, data):
        return replace(plain, undefined=reason)
    value = float(asked.kernel(data, np.ones((1, len(data.codes))))[0])
    if np.isnan(value):
        return replace(plain, undefined=ALL_ALIKE)
    found = replace(plain, value=value, caveats=_caveats(asked, data))
    return _with_interval(found, asked, data, draws, seed) if draws else found


def _with_interval(found: Agreement, asked: Method, data: Ratings, draws: int, seed: int) -> Agreement:
    if found.files < 2:
        return replace(found, caveats=(*found.caveats, "no interval: one file cannot be drawn again"))
    drawn = np.concatenate([asked.kernel(data, weights) for weights in resampled(data, draws, seed)])
    low, high, lost = _percentiles(drawn, found.level)
    caveats = found.caveats
    if lost:
        told = f"in {lost} of {draws} draws the measure was undefined"
        caveats = (*caveats, told if low is not None else f"{told}, so it has no interval")
    single = _sites_of_one_file(data)
    if single:
        caveats = (*caveats, f"{single} of {found.sites} sites gave one file, which does not vary in the draws")
    return replace(found, low=low, high=high, draws=draws, seed=seed, caveats=caveats)


def _percentiles(drawn: np.ndarray, level: float) -> tuple[float | None, float | None, int]:
    lost = int(np.isnan(drawn).sum())
    if lost > MOST_UNDEFINED * len(drawn):
        return None, None, lost
    tail = (1 - level) / 2
    low, high = np.quantile(drawn[~np.isnan(drawn)], [tail, 1 - tail])
    return float(low), float(high), lost


def resampled(data: Ratings, draws: int, seed: int = SEED) -> Iterator[np.ndarray]:
    """Weights of the units (draws x units) when files are drawn with replacement within each site, in chunks."""
    random = np.random.default_rng(seed)
    groups = _files_of_sites(data)
    step = max(1, CHUNK // max(1, len(data.files)))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        weights = np.zeros((size, int(data.files.max()) + 1))
        for files in groups:
            weights[:, files] = random.multinomial(len(files), np.full(len(files), 1 / len(files)), size=size)
        yield weights[:, data.files]


def _files_of_sites(data: Ratings) -> list[np.ndarray]:
    return [np.unique(data.files[data.sites == site]) for site in np.unique(data.sites)]


def _sites_of_one_file(data: Ratings) -> int:
    return sum(len(files) == 1 for files in _files_of_sites(data))


def _described(asked: Method, data: Ratings) -> Agreement:
    made = (data.codes >= 0).sum(axis=1)
    return Agreement(
        method=asked.label,
        value=None,
        undefined="",
        n=int((made >= 2).sum()),
        ratings=int(made.sum()),
        files=len(np.unique(data.files[made >= 1])),
        sites=len(np.unique(data.sites[made >= 1])),
        raters=int((data.codes >= 0).any(axis=0).sum()),
        categories=len(data.levels),
    )


def _refusal(asked: Method, data: Ratings) -> str:
    if not ((data.codes >= 0).sum(axis=1) >= 2).any():
        return NEVER_TWICE
    if asked.two_raters and data.codes.shape[1] != 2:
        return f"it compares two raters and these units had {data.codes.shape[1]}; take them pair by pair"
    values = [_number(level) for level in data.levels]
    if asked.numbers and None in values:
        return "the values are not numbers"
    if asked.not_negative and min(values) < 0:
        return "a ratio needs values of zero or more"
    return ""


def _caveats(asked: Method, data: Ratings) -> tuple[str, ...]:
    constant = [
        data.raters[column]
        for column, codes in enumerate(data.codes.T)
        if len(np.unique(codes[codes >= 0])) == 1 and (codes >= 0).sum() > 1
    ]
    told = tuple(f"{rater} put the same value everywhere" for rater in constant)
    return (*told, "so this kappa can only be 0 or less") if told and asked.two_raters else told


def pairs(data: Ratings) -> Iterator[Ratings]:
    """Each two raters who rated at least one unit in common."""
    for first, second in combinations(range(data.codes.shape[1]), 2):
        pair = data.pair(first, second)
        if (pair.codes >= 0).all(axis=1).any():
            yield pair


def drift(data: Ratings, periods: Sequence, method: str, *, draws: int = 2000, seed: int = SEED) -> Drift:
    """A measure in each round or period (one entry a unit, ordered by value), and the last less the first.

    The interval of the change draws a file once for all its periods, so files rated in both count as paired.
    """
    order = sorted(set(periods), key=_order)
    at = np.array([order.index(period) for period in periods], dtype=np.int64)
    parts = [data.where(at == number) for number in range(len(order))]
    measured = tuple(measure(part, method, draws=draws, seed=seed) for part in parts)
    names = tuple(str(period) for period in order)
    if len(order) < 2:
        return Drift(names, measured, None, "there is one period only")
    first, last = measured[0], measured[-1]
    if first.value is None or last.value is None:
        return Drift(names, measured, None, first.undefined or last.undefined)
    kernel = METHODS[method].kernel
    change = last.value - first.value
    if not draws:
        return Drift(names, measured, change, "")
    moved = [
        kernel(parts[-1], weights[:, at == len(order) - 1]) - kernel(parts[0], weights[:, at == 0])
        for weights in resampled(data, draws, seed)
    ]
    low, high, _ = _percentiles(np.concatenate(moved), last.level)
    return Drift(names, measured, change, "", low, high)
