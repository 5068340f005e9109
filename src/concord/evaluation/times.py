"""How long until something happens, when some were not followed to the end and one ending rules out another.

Kaplan-Meier with its median, Aalen-Johansen cumulative incidence, cause-specific Cox regression with errors by site.
The figures are statsmodels'; here they get refusals, intervals, limits and errors by site. Days are since opening.

Sources: Kaplan & Meier 1958, Greenwood 1926; Brookmeyer & Crowley 1982 (interval of a median); Aalen & Johansen 1978;
Cox 1972 with Efron's ties; Lin & Wei 1989 (robust errors). Conventions as in R's survival: `survfit`, `coxph`.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isfinite, log, sqrt

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

LOG, LOG_LOG = "log", "log-log"
EVENTS_PER_FEATURE = 10
SEPARATED = 10.0  # a log hazard ratio beyond this is no estimate
TINY = 1e-9
INDEPENDENT = "Intervals of the curve take people as independent; where sites differ they are too narrow."
FEW_SITES = "Errors by site are known to be too small with few sites; intervals take t with sites - 1."
GOES_WITH = "A hazard ratio says what goes with what among these files, not why."


class NoTimes(ValueError):
    """Times from which the figure cannot be had; the text says why."""


@dataclass(frozen=True)
class Point:
    """A share by a day, with its standard error and interval where there is one."""

    day: float
    share: float
    error: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """Share to whom it has not yet happened (Kaplan-Meier), one entry a day on which it happened to somebody.

    `median` is None where half of them were not seen to get there; so is an end of its interval that was not reached.
    """

    method: str
    points: tuple[Point, ...]
    n: int
    events: int
    followed_to: float
    median: float | None
    low: float | None
    high: float | None
    level: float
    convention: str
    caveats: tuple[str, ...] = (INDEPENDENT,)

    def at(self, day: float) -> Point | None:
        """The share by a day; None when nobody was followed so long."""
        return _at(self.points, day, self.followed_to, start=1.0)

    def __str__(self) -> str:
        median = "not reached" if self.median is None else f"{self.median:.0f} days"
        low, high = ("not reached" if end is None else f"{end:.0f}" for end in (self.low, self.high))
        return (
            f"Median {median} ({self.level:.0%}, {self.convention}: {low} to {high}); "
            f"{self.events} of {self.n}, the others not followed to it"
        )


@dataclass(frozen=True)
class Incidence:
    """Share to whom each outcome has happened first (Aalen-Johansen); the outcomes rule each other out."""

    method: str
    points: Mapping[str, tuple[Point, ...]]
    happened: Mapping[str, int]
    n: int
    followed_to: float
    level: float
    caveats: tuple[str, ...] = (INDEPENDENT,)

    def at(self, outcome: str, day: float) -> Point | None:
        """The share by a day; None when nobody was followed so long."""
        return _at(self.points[outcome], day, self.followed_to, start=0.0)


def _at(points: Sequence[Point], day: float, followed_to: float, start: float) -> Point | None:
    if day > followed_to:
        return None
    before = [point for point in points if point.day <= day]
    return before[-1] if before else Point(day, start, None, None, None)


def waiting(
    days: Sequence[float], happened: Sequence[bool], *, level: float = 0.95, convention: str = LOG_LOG
) -> Curve:
    """Kaplan-Meier of days until something happened, or until following ended where it had not.

    `convention` is the scale of the interval, `log-log` or `log` (R's default). Raises NoTimes where it happened to
    nobody.
    """
    days, status = _checked(days, happened)
    if not status.any():
        raise NoTimes("it happened to nobody while they were followed, so there is no time to it")
    with np.errstate(all="ignore"):  # the last step has no error when nobody remains
        fitted = SurvfuncRight(days, status)
    z = float(ndtri(1 - (1 - level) / 2))
    points = tuple(
        _point(day, share, error, z, convention)
        for day, share, error in zip(fitted.surv_times, fitted.surv_prob, fitted.surv_prob_se, strict=True)
    )
    return Curve(
        method="Kaplan-Meier",
        points=points,
        n=len(days),
        events=int(status.sum()),
        followed_to=float(days.max()),
        median=_halfway([(point.day, point.share) for point in points]),
        low=_halfway([(point.day, point.low) for point in points]),
        high=_halfway([(point.day, point.high) for point in points]),
        level=level,
        convention=convention,
    )


def _checked(days: Sequence[float], status: Sequence) -> tuple[np.ndarray, np.ndarray]:
    if len(days) != len(status):
        raise NoTimes("there are not as many times as outcomes")
    if not len(days):
        raise NoTimes("there is nobody to follow")
    if any(day is None or not isfinite(day) for day in days):
        raise NoTimes("a time is not known; leave those people out and say how many they are")
    if min(days) < 0:
        raise NoTimes("a time is before the opening; correct it, or leave it out and say so")
    return np.asarray(days, dtype=float), np.asarray(status, dtype=int)


def _point(day: float, share: float, error: float, width: float, convention: str) -> Point:
    if not isfinite(error):
        return Point(float(day), float(share), None, None, None)
    low, high = _ends(float(share), float(error), width, convention)
    return Point(float(day), float(share), float(error), low, high)


def _ends(share: float, error: float, width: float, convention: str) -> tuple[float | None, float | None]:
    if not 0 < share < 1 or error == 0:
        return None, None
    if convention == LOG:
        return share * exp(-width * error / share), min(1.0, share * exp(width * error / share))
    if convention == LOG_LOG:
        step = exp(min(width * error / (share * -log(share)), 700.0))
        return share**step, share ** (1 / step)
    raise ValueError(f"{convention} is not a scale of an interval; take {LOG_LOG} or {LOG}")


def _halfway(curve: Sequence[tuple[float, float | None]]) -> float | None:
    """The first day on which a falling curve is at one half; midway to the next fall where it stays at exactly half."""
    fallen = [(day, share) for day, share in curve if share is not None and share <= 0.5 + TINY]
    if not fallen:
        return None
    day, share = fallen[0]
    further = [later for later, below in fallen if below < 0.5 - TINY]
    return (day + further[0]) / 2 if abs(share - 0.5) <= TINY and further else day


def incidence(days: Sequence[float], outcome: Sequence[str | None], *, level: float = 0.95) -> Incidence:
    """Aalen-Johansen: `outcome` names what happened first on that day, None where following ended before anything did.

    Raises NoTimes when nothing happened to anybody.
    """
    names = tuple(sorted({name for name in outcome if name is not None}))
    place = {name: number for number, name in enumerate(names, start=1)} | {None: 0}
    days, status = _checked(days, [place[name] for name in outcome])
    if not names:
        raise NoTimes("nothing happened to anybody while they were followed")
    z = float(ndtri(1 - (1 - level) / 2))
    points = {}
    for name, shares, errors, times in _aalen_johansen(days, status, names):
        steps = [step for step, (before, now) in enumerate(pairwise([0.0, *shares])) if now > before]
        points[name] = tuple(_point(times[step], shares[step], errors[step], z, LOG_LOG) for step in steps)
    happened = {name: int((status == place[name]).sum()) for name in names}
    return Incidence("Aalen-Johansen", points, happened, len(days), float(days.max()), level)


def _aalen_johansen(days: np.ndarray, status: np.ndarray, names: Sequence[str]):
    with np.errstate(all="ignore"):
        fitted = CumIncidenceRight(days, status)
    for number, name in enumerate(names):
        shares, errors = fitted.cinc[number], fitted.cinc_se[number].copy()
        if not isfinite(errors[-1]):
            errors[-1] = _last_error(days, status, number + 1, fitted.times, shares)
        yield name, shares, errors, fitted.times


def _last_error(days: np.ndarray, status: np.ndarray, which: int, times: np.ndarray, shares: np.ndarray) -> float:
    """The standard error when nobody remains: the last step's weight is zero, where the usual sums come to 0 / 0."""
    at_risk = (days[None, :] >= times[:, None]).sum(axis=1)
    here = days[None, :] == times[:, None]
    any_event, own = (here & (status > 0)).sum(axis=1), (here & (status == which)).sum(axis=1)
    left = np.maximum(at_risk - any_event, 1)
    waiting = np.concatenate([[1.0], np.cumprod(1 - any_event / at_risk)[:-1]])
    to_come = shares[-1] - shares
    parts = (
        to_come**2 * any_event / (at_risk * left)
        + waiting**2 * (at_risk - own) * own / at_risk**3
        - 2 * to_come * waiting * own / at_risk**2
    )
    return sqrt(max(float(parts.sum()), 0.0))


def between_sites(
    days: Sequence[float], outcome: Sequence[str | None], sites: Sequence[str], by: Sequence[float],
    *, level: float = 0.95,
) -> dict[float, dict[str, Point]]:
    """Share of each outcome by each day, its error between sites: jackknife by site, t(sites - 1), log-log.

    A day that nobody is followed to once some site is left out is not in the answer. Raises NoTimes with one site.
    """
    names = sorted(set(sites))
    if len(names) < 2:
        raise NoTimes("there is one site, so nothing is known of how sites differ")
    rows = list(zip(days, outcome, sites, strict=True))
    whole = incidence(days, outcome, level=level)
    parts = [_without(rows, name) for name in names]
    width = float(stdtrit(len(names) - 1, 1 - (1 - level) / 2))
    found = {}
    for day in by:
        left = [_shares(part, whole, day) for part in parts]
        if day <= whole.followed_to and None not in left:
            found[day] = _jackknifed(whole, day, np.array(left), width)
    return found


def _without(rows: list, site: str) -> tuple[float, Incidence | None]:
    """How far those of the other sites were followed, and what happened to them; None where nothing did."""
    others = [row for row in rows if row[2] != site]
    try:
        return max(row[0] for row in others), incidence([row[0] for row in others], [row[1] for row in others])
    except NoTimes:
        return max(row[0] for row in others), None


def _shares(part: tuple[float, Incidence | None], whole: Incidence, day: float) -> list[float] | None:
    """Each outcome's share by a day; None beyond what was followed, unless by then everybody had come to some end."""
    followed_to, some = part
    if some is None:
        return [0.0 for _ in whole.points] if day <= followed_to else None
    if day > followed_to:
        if sum(points[-1].share for points in some.points.values()) < 1 - TINY:
            return None
        day = followed_to
    return [some.at(name, day).share if name in some.points else 0.0 for name in whole.points]


def _jackknifed(whole: Incidence, day: float, left: np.ndarray, width: float) -> dict[str, Point]:
    """`left` holds one row a site left out and one column an outcome."""
    apart = ((left - left.mean(axis=0)) ** 2).sum(axis=0)
    errors = np.sqrt((len(left) - 1) / len(left) * apart)
    return {
        name: _point(day, whole.at(name, day).share, error, width, LOG_LOG)
        for name, error in zip(whole.points, errors, strict=True)
    }


# --- What goes with a shorter time ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coefficient:
    """One feature: log hazard ratio, its model-based and robust standard errors, and the hazard ratio with interval."""

    feature: str
    log_ratio: float
    error: float
    robust_error: float
    ratio: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Regression:
    """A cause-specific Cox regression, Efron's ties, robust errors by site."""

    method: str
    coefficients: tuple[Coefficient, ...]
    n: int
    events: int
    sites: int
    level: float
    caveats: tuple[str, ...]

    def __str__(self) -> str:
        lines = [
            f"{one.feature}: hazard ratio {one.ratio:.2f} "
            f"({self.level:.0%}: {one.low:.2f} to {one.high:.2f}), p {one.p:.3f}"
            for one in self.coefficients
        ]
        head = f"{self.method}: {self.events} events of {self.n}, {self.sites} sites"
        return "\n".join([head, *lines, *self.caveats])


def cox(days: Sequence[float], happened: Sequence[bool], features: Mapping[str, Sequence[float]], sites: Sequence[str],
        *, level: float = 0.95, events_per_feature: int = EVENTS_PER_FEATURE) -> Regression:  # fmt: skip
    """Cause-specific Cox regression; other outcomes count as the end of following. p and interval are t(sites - 1)'s.

    Raises NoTimes without events, with one site, with too few events or sites for the features, with a feature that
    does not vary, or where the estimate runs off (a feature that parts those to whom it happened from the others).
    """
    days, status = _checked(days, happened)
    columns = np.array([np.asarray(column, dtype=float) for column in features.values()]).T
    groups = np.unique(np.asarray(sites), return_inverse=True)[1]
    _require(status, columns, groups, tuple(features), events_per_feature)
    fitted = _fitted(days, status, columns, groups)
    degrees = int(groups.max())
    width = float(stdtrit(degrees, 1 - (1 - level) / 2))
    found = tuple(
        _coefficient(name, *numbers, width, degrees)
        for name, *numbers in zip(features, *fitted, strict=True)
    )
    caveats = (GOES_WITH, FEW_SITES, *_of_whole_sites(columns, groups, tuple(features)))
    return Regression(
        "Cox, cause-specific, Efron, errors by site", found, len(days), int(status.sum()), degrees + 1, level, caveats
    )


def _require(status, columns, groups, names: Sequence[str], events_per_feature: int) -> None:
    events = int(status.sum())
    if not names:
        raise NoTimes("no feature is named")
    if not np.isfinite(columns).all():
        raise NoTimes("a feature is not known for everybody; leave those people out or impute, and say so")
    if not events:
        raise NoTimes("it happened to nobody while they were followed")
    if groups.max() < 1:
        raise NoTimes("there is one site, so there is no error between sites")
    if events < events_per_feature * len(names):
        raise NoTimes(
            f"{events} events are too few for {len(names)} features; at least {events_per_feature} each are needed"
        )
    if groups.max() < len(names):
        raise NoTimes(f"{groups.max() + 1} sites are too few for {len(names)} features")
    for name, column in zip(names, columns.T, strict=True):
        if np.ptp(column) == 0:
            raise NoTimes(f"{name} is the same for everybody")


def _fitted(days, status, columns, groups) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log hazard ratios, their model-based errors, and their robust errors by site."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # statsmodels warns where it did not converge
        for about_versions in (DeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", about_versions)
        try:
            found = PHReg(days, columns, status=status, ties="efron").fit(disp=0)
            parts = _score_parts(days, status, columns, found.params)
            by_site = np.array([parts[groups == group].sum(axis=0) for group in range(groups.max() + 1)])
            inverse = np.asarray(found.cov_params())
            robust = np.sqrt(np.diag(inverse @ by_site.T @ by_site @ inverse))
            fine = np.isfinite([found.bse, robust]).all() and np.abs(found.params).max() < SEPARATED
        except (Warning, np.linalg.LinAlgError, ValueError):
            fine = False
    if not fine:
        raise NoTimes("the estimate runs off: a feature parts those to whom it happened from the rest, or two coincide")
    return found.params, found.bse, robust


def _score_parts(days, status, columns, params) -> np.ndarray:
    """Each person's part in the score (people x features), with Efron's ties as R's `residuals(fit, "score")`.

    statsmodels' own takes Breslow's ties here and has none for people whose following ended before the first event;
    whole days are full of ties, and theirs is zero.
    """
    parts, risk = np.zeros(columns.shape), np.exp(columns @ params - (columns @ params).max())
    for day in np.unique(days[status == 1]):
        here, tied = days >= day, (days == day) & (status == 1)
        many = int(tied.sum())
        for step in range(many):
            weight = risk * np.where(tied, 1 - step / many, here)
            apart = columns - weight @ columns / weight.sum()
            parts += (tied[:, None] / many - weight[:, None] / weight.sum()) * apart
    return parts


def _coefficient(name: str, log_ratio, error, robust_error, width: float, degrees: int) -> Coefficient:
    reach = width * float(robust_error)
    p = 2 * float(stdtr(degrees, -abs(float(log_ratio)) / float(robust_error)))
    ends = (exp(float(log_ratio) - reach), exp(float(log_ratio) + reach))
    return Coefficient(name, float(log_ratio), float(error), float(robust_error), exp(float(log_ratio)), *ends, p)


def _of_whole_sites(columns, groups, names: Sequence[str]) -> tuple[str, ...]:
    """Features that are the same for all of a site are compared between sites: the exact test is the one to read."""
    told = [
        name
        for name, column in zip(names, columns.T, strict=True)
        if all(np.ptp(column[groups == group]) == 0 for group in range(groups.max() + 1))
    ]
    return tuple(f"{name} belongs to whole sites: read the exact test over sites before this p-value." for name in told)
