"""Multiple imputation: values that files lack are drawn several times over, and the spread of the answers is counted.

Chained equations with predictive mean matching (van Buuren and Groothuis-Oudshoorn 2011, through statsmodels), pooled
by Rubin's rules (1987) with the degrees of freedom of Barnard and Rubin (1999). Right only where what is missing can be
told from what was observed, so that has to be declared for every variable that lacks values.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

import numpy as np
import pandas as pd
from scipy.stats import t as student
from statsmodels.imputation.mice import MICEData
from statsmodels.tools.sm_exceptions import SingularMatrixWarning

DONORS = 5
CYCLES = 5  # as R's mice
FEWEST_A_PREDICTOR = 3  # observed rows a predictor of the imputing regression, below which it is not fitted

Columns = Mapping[str, np.ndarray]
#: From completed columns to names, estimates (p,), their variances (p,) and the degrees of freedom of complete data.
Fit = Callable[[Columns], tuple[Sequence[str], np.ndarray, np.ndarray, float]]


class CannotImpute(ValueError):
    """What is missing cannot be filled in honestly; says which variable and why."""


class Missing(StrEnum):
    """Why values of a variable are missing, as the protocol declares it."""

    AT_RANDOM = auto()  # given everything observed, missing says nothing more about the value
    NOT_AT_RANDOM = auto()  # who declined, or whose file was withheld, differs in the value itself
    NO_VALUE = auto()  # not applicable: there is nothing to fill in


@dataclass(frozen=True)
class Pooled:
    """One coefficient over all completed files: interval by Student's t on `df`; `missing_information` is the share of
    what complete files would have told that the missing values took away (0 to 1)."""

    name: str
    estimate: float
    se: float
    df: float
    missing_information: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.estimate:.4f} (SE {self.se:.4f}, t({self.df:.1f}), 95 % {self.low:.4f} to "
            f"{self.high:.4f}); {self.missing_information:.0%} of the information is missing"
        )


@dataclass(frozen=True)
class Imputed:
    """Pooled coefficients with what they rest on: `n` files of which `complete` lacked nothing, `m` imputations."""

    coefficients: tuple[Pooled, ...]
    n: int
    complete: int
    missing: Mapping[str, int]
    m: int
    seed: int
    method: str
    sites: int | None
    caveats: tuple[str, ...]

    def __getitem__(self, name: str) -> Pooled:
        """The coefficient of that name. Raises KeyError."""
        return {one.name: one for one in self.coefficients}[name]

    def __str__(self) -> str:
        lines = [f"{self.n} files, {self.complete} of them complete; {self.m} imputations, seed {self.seed}"]
        return "\n".join([*lines, self.method, *map(str, self.coefficients), *self.caveats])


def estimate(
    columns: Columns,
    fit: Fit,
    *,
    declared: Mapping[str, Missing],
    seed: int,
    m: int = 20,
    sites: Sequence | None = None,
) -> Imputed:
    """Fit a model on `m` completed copies and pool. `columns` are float arrays (n,), nan where missing; those that the
    model does not use still help to impute. With `sites` (n labels), each site's level enters the imputing regressions.

    Raises CannotImpute: a variable wholly missing (everywhere, or at a site), not declared, declared not at random, too
    thin to regress, or repeating another.
    """
    columns = _arrays(columns, sites)
    copies = complete(columns, declared=declared, seed=seed, m=m, sites=sites)
    fits = [fit(copy) for copy in copies]
    names, _, _, df = fits[0]
    pooled = tuple(
        pool(name, [one[1][at] for one in fits], [one[2][at] for one in fits], df) for at, name in enumerate(names)
    )
    lacking = {name: int(np.isnan(values).sum()) for name, values in columns.items()}
    whole = ~np.isnan(np.column_stack(list(columns.values()))).any(axis=1)
    return Imputed(
        pooled,
        len(whole),
        int(whole.sum()),
        {name: count for name, count in lacking.items() if count},
        m,
        seed,
        f"chained equations, predictive mean matching with {DONORS} donors, {CYCLES} cycles a copy; Rubin's rules, "
        "Barnard-Rubin degrees of freedom",
        None if sites is None else len(set(sites)),
        _caveats(pooled, lacking, len(whole)),
    )


def complete(
    columns: Columns, *, declared: Mapping[str, Missing], seed: int, m: int = 20, sites: Sequence | None = None
) -> list[dict[str, np.ndarray]]:
    """`m` copies of the columns with the gaps drawn: values come from observed ones, so 0/1 stays 0/1.

    The same seed gives the same copies. Raises CannotImpute as `estimate` does.
    """
    columns = _arrays(columns, sites)
    if m < 2:
        raise CannotImpute(f"m = {m}: the spread between imputations needs two or more, better twenty")
    levels = [] if sites is None else _levels(columns, sites)
    _refuse(columns, declared, len(levels))
    if not any(np.isnan(values).any() for values in columns.values()):
        return [{name: values.copy() for name, values in columns.items()} for _ in range(m)]
    # Names of columns are not formulas: statsmodels gets v0, v1, ...
    safe = {f"v{at}": values for at, values in enumerate([*columns.values(), *levels])}
    chain = MICEData(pd.DataFrame(safe), k_pmm=DONORS, rng=seed)
    copies = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", SingularMatrixWarning)
        try:
            for _ in range(m):
                chain.update_all(CYCLES)
                copies.append({name: chain.data[f"v{at}"].to_numpy().copy() for at, name in enumerate(columns)})
        except SingularMatrixWarning:
            raise CannotImpute("some of the variables repeat one another: leave one of them out") from None
    return copies


def pool(name: str, estimates: Sequence[float], variances: Sequence[float], complete_df: float) -> Pooled:
    """Rubin's rules for one coefficient: `m` estimates and their squared standard errors.

    `complete_df` are the degrees of freedom that complete data would have had (Barnard and Rubin 1999, Biometrika 86);
    inf for a model judged by the normal distribution. Raises CannotImpute where nothing varies.
    """
    m, values = len(estimates), np.asarray(estimates, float)
    within, between = float(np.mean(variances)), float(values.var(ddof=1))
    total = within + (1 + 1 / m) * between
    if not total > 0:
        raise CannotImpute(f"{name}: its standard error is zero in every copy, so there is no uncertainty to pool")
    lost = (1 + 1 / m) * between / total  # lambda, the share of the variance that comes from what is missing
    df = _barnard_rubin(lost, m, complete_df)
    ratio = lost / (1 - lost) if lost < 1 else np.inf
    information = (ratio + 2 / (df + 3)) / (ratio + 1) if lost > 0 else 0.0
    middle, se = float(values.mean()), float(np.sqrt(total))
    half = student.ppf(0.975, df) * se
    p = float(2 * student.sf(abs(middle) / se, df))
    return Pooled(name, middle, se, df, float(information), float(middle - half), float(middle + half), p)


def _barnard_rubin(lost: float, m: int, complete_df: float) -> float:
    old = (m - 1) / lost**2 if lost > 0 else np.inf
    if np.isinf(complete_df):
        return float(old)
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lost)
    return float(observed if np.isinf(old) else old * observed / (old + observed))


def least_squares(outcome: str, predictors: Sequence[str], sites: Sequence | None = None) -> Fit:
    """A linear model with an intercept; for a 0/1 outcome its coefficients are differences in share.

    With `sites` (n labels) the variances are cluster-robust (CR1, Stata's factor) on t(sites - 1), else classical.
    """

    def fit(columns: Columns):
        y = columns[outcome]
        x = np.column_stack([np.ones(len(y)), *(columns[name] for name in predictors)])
        n, k = x.shape
        if np.ptp(y) == 0:
            raise CannotImpute(f"{outcome}: the outcome is the same in every file, so there is nothing to compare")
        if n <= k or np.linalg.matrix_rank(x) < k:
            raise CannotImpute(f"{', '.join(predictors)}: constant, or repeating one another, in {n} files")
        bread = np.linalg.inv(x.T @ x)
        beta = bread @ x.T @ y
        left = y - x @ beta
        names = ("(intercept)", *predictors)
        if sites is None:
            return names, beta, np.diag(bread) * (left @ left) / (n - k), n - k
        codes = np.unique(np.asarray(sites), return_inverse=True)[1]
        if codes.max() < 1:
            raise CannotImpute("one site has no spread between sites: leave `sites` out, and say that it is one site")
        scores = np.zeros((codes.max() + 1, k))
        np.add.at(scores, codes, x * left[:, None])
        groups = len(scores)
        factor = groups / (groups - 1) * (n - 1) / (n - k)
        return names, beta, factor * np.diag(bread @ scores.T @ scores @ bread), groups - 1

    return fit


def _arrays(columns: Columns, sites: Sequence | None) -> dict[str, np.ndarray]:
    """The columns as float arrays of one length. Raises CannotImpute for a ragged column, text or an infinite value."""
    try:
        arrays = {name: np.asarray(values, float) for name, values in columns.items()}
    except (TypeError, ValueError):
        raise CannotImpute("a column holds text: give numbers, 0 and 1 for no and yes, nan where missing") from None
    lengths = {len(values) for values in arrays.values()} | ({len(sites)} if sites is not None else set())
    if len(lengths) != 1:
        raise CannotImpute("the columns are not equally long: one value a file in each")
    if infinite := [name for name, values in arrays.items() if np.isinf(values).any()]:
        raise CannotImpute(f"{infinite[0]} holds an infinite value: mend it, or make it nan and declare it missing")
    return arrays


def _levels(columns: Columns, sites: Sequence) -> list[np.ndarray]:
    """Indicators of sites, less those that features of the sites already say."""
    labels = np.asarray(sites)
    for name, values in columns.items():
        for site in np.unique(labels):
            if np.isnan(values[labels == site]).all():
                raise CannotImpute(f"{name} is missing in every file of site {site}: impute without that site")
    known = [np.ones(len(labels)), *(values for values in columns.values() if not np.isnan(values).any())]
    levels = []
    for site in np.unique(labels)[1:]:
        level = (labels == site).astype(float)
        if np.linalg.matrix_rank(np.column_stack([*known, *levels, level])) == len(known) + len(levels) + 1:
            levels.append(level)
    return levels


def _refuse(columns: Columns, declared: Mapping[str, Missing], levels: int) -> None:
    for name, values in columns.items():
        missing = np.isnan(values)
        if not missing.any():
            continue
        if missing.all():
            raise CannotImpute(f"{name} is missing in every file: there is nothing to draw from; leave it out")
        if name not in declared:
            raise CannotImpute(f"{name} lacks {missing.sum()} values: declare in the protocol why they are missing")
        if declared[name] is not Missing.AT_RANDOM:
            raise CannotImpute(f"{name}: {REFUSALS[declared[name]]}")
        needed = FEWEST_A_PREDICTOR * (len(columns) + levels)
        if (~missing).sum() < needed:
            raise CannotImpute(f"{name} is known in {(~missing).sum()} files; the imputing model needs {needed}")


REFUSALS = {
    Missing.NOT_AT_RANDOM: "declared missing not at random, which imputation cannot mend; print worst-case bounds",
    Missing.NO_VALUE: "declared not applicable: there is no value to fill in; keep to the files where it applies",
}


def _caveats(pooled: Sequence[Pooled], lacking: Mapping[str, int], n: int) -> tuple[str, ...]:
    said = [f"{name} was missing in {count} of {n} files" for name, count in lacking.items() if count]
    said.append("rests on the declaration that values are missing at random, which no data can show")
    worst = max(pooled, key=lambda one: one.missing_information)
    if worst.missing_information > 0.5:
        said.append(f"more than half of what the files could tell about {worst.name} is missing")
    return tuple(said)
