"""Features of sites beside rates: what goes with what, tested as eight sites allow, and models only where they hold.

With few sites the usual tests reject too often. So: all ways to hand a feature to sites (Fisher 1935), all 2^G signs of
the restricted wild-cluster bootstrap (Cameron, Gelbach and Miller 2008; Roodman and others 2019), and for the model a
random intercept by adaptive Gauss-Hermite quadrature (Pinheiro and Bates 1995), as R's lme4, or Firth's penalised
likelihood (1993) where a cell is empty. Nothing here says that a feature causes a rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from scipy.optimize import minimize
from scipy.special import chdtrc, expit, ndtr, ndtri

ALPHA = 0.05
EVENTS_PER_PARAMETER = 10
NODES = 25
MOST_ASSIGNMENTS = 200_000
MOST_EXACT_SITES = 12
DRAWS = 9_999
TIE = 1e-9  # statistics closer than this, relatively, are the same: rounding must not decide a p-value
FEW_SITES = 20
LARGEST_COEFFICIENT = 12.0  # a log odds ratio beyond this is an empty cell, not an estimate
NO_SPREAD = 1e-3


class CannotCompare(ValueError):
    """A test or model that these data do not carry; the text says why and what to take instead."""


class EmptyCell(CannotCompare):
    """A combination of features leaves no event, or nothing but events: `firth` has an answer."""


@dataclass(frozen=True)
class SiteTest:
    """A test with the sites as what was compared.

    `statistic` is what `method` says; `smallest` the smallest p that any outcome could have given at these sites: above
    .05 nothing can be told and only the table is worth printing (`table_only`). `exact` is False for drawn signs.
    """

    feature: str
    statistic: float
    p: float
    smallest: float
    sites: int
    with_feature: int
    n: int
    assignments: int
    exact: bool
    method: str
    notes: tuple[str, ...] = ()

    @property
    def table_only(self) -> bool:
        return self.smallest > ALPHA

    def __str__(self) -> str:
        if self.table_only:
            return (
                f"{self.feature}: table only. With {self.with_feature} of {self.sites} sites the smallest p there can "
                f"be is {self.smallest:.3f}, above {ALPHA}"
            )
        verdict = "goes with" if self.p <= ALPHA else "does not go demonstrably with"
        return (
            f"{self.feature} {verdict} the rate: {self.method} {self.statistic:+.3f}, p {self.p:.3f} "
            f"(smallest possible {self.smallest:.4f}; {self.with_feature} of {self.sites} sites, {self.n:,} files)"
        )


def permutation_test(
    numerators: Sequence[int], denominators: Sequence[int], has_feature: Sequence[bool], *, feature: str = "feature"
) -> SiteTest:
    """Exact test of a site feature: the mean rate of sites with it less that of sites without, over all C(G, k) ways.

    One numerator, denominator and truth value a site; sites without files are left out. Two-sided. Raises CannotCompare
    when all or no sites have the feature, or there are too many ways to go through.
    """
    yes, of, has = (np.asarray(column, float) for column in (numerators, denominators, has_feature))
    there = of > 0
    rates, has = yes[there] / of[there], has[there].astype(bool)
    ways = _assignments(has, feature)
    with_it = ways @ rates / has.sum()
    without = (1 - ways) @ rates / (~has).sum()
    observed = float(rates[has].mean() - rates[~has].mean())
    return _permuted(feature, observed, with_it - without, has, int(of.sum()), "difference of mean site rates")


def adjusted_permutation_test(
    outcome: Sequence[float], columns: np.ndarray, sites: Sequence, tested: int, *, feature: str = "feature"
) -> SiteTest:
    """Exact test of a site feature beside columns of the files: its coefficient in a linear probability model over all
    C(G, k) ways to hand it to sites.

    `outcome` (n,), `columns` (n, k) without the intercept, `sites` (n,); column `tested` is 0 or 1 and alike for all
    files of a site. Raises CannotCompare as `permutation_test` does, and for a feature that differs within a site.
    """
    y, x = np.asarray(outcome, float), _with_intercept(columns)
    labels, first, of_site = np.unique(np.asarray(sites), return_index=True, return_inverse=True)
    given = x[:, tested + 1]
    has = given[first] > 0
    if not (given == has[of_site]).all():
        raise CannotCompare(f"{feature}: not 0 or 1, or not alike for all files of a site. Test it by signs of sites")
    ways = _assignments(has, feature)
    others = np.linalg.qr(np.delete(x, tested + 1, axis=1))[0]
    dummies = np.eye(labels.size)[of_site]
    dummies -= others @ (others.T @ dummies)  # Frisch and Waugh: what the other columns leave of each site
    crossed, moved = dummies.T @ dummies, dummies.T @ y
    with np.errstate(divide="ignore", invalid="ignore"):
        coefficients = (ways @ moved) / np.einsum("wi,ij,wj->w", ways, crossed, ways)
    observed = float(has @ moved / (has @ crossed @ has))
    return _permuted(feature, observed, coefficients, has, y.size, "difference, the other columns alike")


def _assignments(has: np.ndarray, feature: str) -> np.ndarray:
    """All ways to hand a feature to as many sites: (ways, sites) of 0 and 1. Raises CannotCompare."""
    sites, chosen = has.size, int(has.sum())
    if not 0 < chosen < sites:
        raise CannotCompare(f"{feature}: {chosen} of {sites} sites have it. There is nothing to compare")
    if (ways := comb(sites, chosen)) > MOST_ASSIGNMENTS:
        raise CannotCompare(f"{feature}: {ways:,} ways to hand it to {sites} sites are too many. Take the cluster test")
    assigned = np.zeros((ways, sites))
    np.put_along_axis(assigned, np.array(list(combinations(range(sites), chosen))), 1, axis=1)
    return assigned


def _permuted(feature, observed, statistics, has, n, method) -> SiteTest:
    sizes = np.abs(statistics)
    p, smallest = (_share_as_large(sizes, size) for size in (abs(observed), sizes.max()))
    return SiteTest(feature, observed, p, smallest, has.size, int(has.sum()), n, sizes.size, True, method)


def _share_as_large(sizes: np.ndarray, observed: float) -> float:
    return float((sizes >= observed * (1 - TIE) - TIE * 1e-3).mean())


def wild_cluster_test(
    outcome: Sequence[float], columns: np.ndarray, sites: Sequence, tested: int, *, feature: str = "feature",
    seed: int = 20220106,
) -> SiteTest:  # fmt: skip
    """Restricted wild-cluster test of one coefficient of a linear probability model, with CR1 standard errors.

    `outcome` (n,), `columns` (n, k) without the intercept, `sites` (n,), `tested` the column under test. All 2^G
    Rademacher signs up to 12 sites, beyond that 9,999 seeded draws; p is the share with |t*| >= |t|. Raises
    CannotCompare for one site or columns that repeat each other.
    """
    y, x = np.asarray(outcome, float), _with_intercept(columns)
    names, of_site = np.unique(np.asarray(sites), return_inverse=True)
    groups, column = names.size, tested + 1
    if groups < 2 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise CannotCompare(f"{feature}: one site, or columns that repeat each other. Leave one out")
    fewer = np.delete(x, column, axis=1)
    restricted = np.linalg.lstsq(fewer, y, rcond=None)[0]
    crosses = np.zeros((groups, x.shape[1], x.shape[1]))
    np.add.at(crosses, of_site, x[:, :, None] * x[:, None, :])
    scores = np.zeros((groups, x.shape[1]))
    np.add.at(scores, of_site, x * (y - fewer @ restricted)[:, None])
    exact = groups <= MOST_EXACT_SITES
    signs = _all_signs(groups) if exact else _drawn_signs(groups, seed)
    statistics = _t_statistics(crosses, scores, np.insert(restricted, column, 0), signs, column, y.size)
    observed, sizes = float(statistics[0]), np.abs(statistics)
    p, smallest = _share_as_large(sizes, abs(observed)), (2 if exact else 1) / sizes.size
    with_feature = int(np.unique(of_site[x[:, column] > 0]).size)
    return SiteTest(
        feature, observed, p, smallest, groups, with_feature, y.size, sizes.size, exact,
        "wild-cluster t", () if exact else (f"{DRAWS:,} draws of signs, seed {seed}",),
    )  # fmt: skip


def _all_signs(groups: int) -> np.ndarray:
    """All 2^G vectors of +1 and -1, that of no change first."""
    return 1.0 - 2.0 * ((np.arange(2**groups)[:, None] >> np.arange(groups)) & 1)


def _drawn_signs(groups: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).integers(0, 2, (DRAWS, groups)) * 2.0 - 1
    return np.vstack([np.ones(groups), drawn])


def _t_statistics(crosses, scores, restricted, signs, column, n) -> np.ndarray:
    """CR1 t of a coefficient under every vector of signs, from cross products of the sites alone (k x k a site)."""
    groups, k = scores.shape
    inverse = np.linalg.inv(crosses.sum(axis=0))
    moves = signs @ scores @ inverse  # of the coefficients, away from the restricted ones
    left = signs[:, :, None] * scores - np.einsum("gij,sj->sgi", crosses, moves)
    meat = ((left @ inverse[column]) ** 2).sum(axis=1)
    correction = groups / (groups - 1) * (n - 1) / (n - k)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num((restricted[column] + moves[:, column]) / np.sqrt(correction * meat), nan=0.0)


def _with_intercept(columns) -> np.ndarray:
    columns = np.asarray(columns, float)
    if columns.ndim == 1:
        columns = columns[:, None]
    return np.column_stack([np.ones(len(columns)), columns])


@dataclass(frozen=True)
class Coefficient:
    """A log odds ratio with standard error, interval and p-value."""

    name: str
    estimate: float
    standard_error: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Model:
    """A fitted logit. `site_sd` is the standard deviation of sites on the log odds (None: a model without sites)."""

    coefficients: tuple[Coefficient, ...]
    site_sd: float | None
    log_likelihood: float
    n: int
    events: int
    sites: int | None
    method: str
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Coefficient:
        """The coefficient of that name. Raises KeyError."""
        return {one.name: one for one in self.coefficients}[name]

    def __str__(self) -> str:
        sites = "" if self.site_sd is None else f", {self.sites} sites, their standard deviation {self.site_sd:.3f}"
        lines = [f"{self.method}: {self.events} events in {self.n} files{sites}"]
        lines += [
            f"{one.name}: {one.estimate:+.3f} (SE {one.standard_error:.3f}; {one.low:+.3f} to {one.high:+.3f}; "
            f"p {one.p:.3f})"
            for one in self.coefficients
        ]
        return "\n".join([*lines, *self.notes])


def require_events(events: int, n: int, parameters: int, per: float = EVENTS_PER_PARAMETER) -> None:
    """Refuse a model for which there are too few events (or too few files without one) a parameter.

    Raises CannotCompare. Peduzzi and others (1996): below about ten, coefficients of a logit run away.
    """
    rarer = min(events, n - events)
    if rarer < per * parameters:
        raise CannotCompare(
            f"{rarer} of the rarer outcome for {parameters} parameters: fewer than {per:g} for each. "
            "No model; print the table"
        )


def random_intercept(
    outcome: Sequence[int], columns: np.ndarray, sites: Sequence, names: Sequence[str], *,
    events_per_parameter: float = EVENTS_PER_PARAMETER,
) -> Model:  # fmt: skip
    """Logit with a random intercept for sites, by adaptive Gauss-Hermite quadrature with 25 nodes.

    `outcome` (n,) of 0 and 1, `columns` (n, k) without the intercept, `sites` (n,), `names` k. Parameters counted are
    the k coefficients and the spread of sites. Raises CannotCompare for too few events, one site or separated data.
    """
    y, x = np.asarray(outcome, float), _with_intercept(columns)
    labels, of_site = np.unique(np.asarray(sites), return_inverse=True)
    if labels.size < 2:
        raise CannotCompare("one site: how sites differ cannot be told. Leave the random intercept out")
    require_events(int(y.sum()), y.size, x.shape[1], events_per_parameter)
    likelihood = _Likelihood(*_alike(y, x, of_site), labels.size)
    theta, covariance = _maximum(likelihood)
    errors = np.sqrt(np.diag(covariance))
    notes = [_few_sites(labels.size)] if labels.size < FEW_SITES else []
    if abs(theta[-1]) < NO_SPREAD:
        notes.append("no more spread between sites than chance would bring")
    made = [
        _wald(name, *pair) for name, *pair in zip(("intercept", *names), theta[:-1], errors[:-1], strict=True)
    ]  # fmt: skip
    return Model(
        tuple(made), abs(float(theta[-1])), -likelihood(theta)[0], y.size, int(y.sum()), labels.size,
        f"logit with a random intercept for sites ({NODES}-node adaptive quadrature)", tuple(notes),
    )  # fmt: skip


def _alike(y, x, of_site) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Files of one site with the same columns, counted together: events, files, columns, site."""
    rows, group = np.unique(np.column_stack([of_site, x]), axis=0, return_inverse=True)
    return np.bincount(group, y), np.bincount(group).astype(float), rows[:, 1:], rows[:, 0].astype(int)


def _few_sites(sites: int) -> str:
    return f"with {sites} sites such a p is too small about one time in ten: take the exact tests for a verdict"


def _wald(name: str, estimate: float, error: float, level: float = 0.95) -> Coefficient:
    reach = ndtri((1 + level) / 2) * error
    p = 2 * ndtr(-abs(estimate / error))
    return Coefficient(name, *map(float, (estimate, error, estimate - reach, estimate + reach, p)))


class _Likelihood:
    """Marginal likelihood of a random-intercept logit; all sites and nodes at once. theta is (coefficients, spread)."""

    def __init__(self, y, trials, x, of_site, sites):
        order = np.argsort(of_site, kind="stable")
        self.y, self.trials, self.x = y[order], trials[order], x[order]
        self.of_site, self.sites = of_site[order], sites
        self.starts = np.searchsorted(self.of_site, np.arange(sites))
        places, weights = np.polynomial.hermite_e.hermegauss(NODES)
        self.places, self.log_weights = places, np.log(weights / np.sqrt(2 * np.pi))

    def by_site(self, rows: np.ndarray) -> np.ndarray:
        return np.add.reduceat(rows, self.starts, axis=0)

    def modes(self, theta) -> tuple[np.ndarray, np.ndarray]:
        """The likeliest standard-normal effect of every site, and its spread (Newton; the target is concave)."""
        fixed, spread = self.x @ theta[:-1], theta[-1]
        effects = np.zeros(self.sites)
        for _ in range(100):
            p = expit(fixed + spread * effects[self.of_site])
            slope = spread * self.by_site(self.y - self.trials * p) - effects
            bend = spread**2 * self.by_site(self.trials * p * (1 - p)) + 1
            step = slope / bend
            effects = effects + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-11:
                break
        p = expit(fixed + spread * effects[self.of_site])
        return effects, 1 / np.sqrt(spread**2 * self.by_site(self.trials * p * (1 - p)) + 1)

    def __call__(self, theta) -> tuple[float, np.ndarray]:
        """Minus the log likelihood and its slope (Fisher's identity: the mean slope over the effects of the sites)."""
        effects, widths = self.modes(theta)
        nodes = effects[:, None] + widths[:, None] * self.places  # (sites, nodes)
        line = (self.x @ theta[:-1])[:, None] + theta[-1] * nodes[self.of_site]
        joint = self.by_site(self.y[:, None] * line - self.trials[:, None] * np.logaddexp(0, line))
        joint += self.log_weights + (self.places**2 - nodes**2) / 2 + np.log(widths)[:, None]
        top = joint.max(axis=1, keepdims=True)
        shares = np.exp(joint - top)
        totals = shares.sum(axis=1, keepdims=True)
        left = (self.y[:, None] - self.trials[:, None] * expit(line)) * (shares / totals)[self.of_site]
        slope = np.append(self.x.T @ left.sum(axis=1), (left * nodes[self.of_site]).sum())
        return -float((top + np.log(totals)).sum()), -slope


def _maximum(likelihood: _Likelihood) -> tuple[np.ndarray, np.ndarray]:
    """The maximum (k + 1,) and the covariance there, from the slopes' differences. Raises CannotCompare."""
    start = np.zeros(likelihood.x.shape[1] + 1)
    share = (likelihood.y.sum() + 0.5) / (likelihood.trials.sum() + 1)
    start[0], start[-1] = np.log(share / (1 - share)), 0.5
    found = minimize(likelihood, start, jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 500})
    theta = found.x
    if np.abs(theta[:-1]).max() > LARGEST_COEFFICIENT or np.abs(likelihood(theta)[1]).max() > 1e-3:
        raise EmptyCell("a combination of features leaves no event, or nothing but events. Take the Firth model")
    theta[-1] = abs(theta[-1])
    steps = 1e-4 * np.eye(theta.size)
    bend = np.array([(likelihood(theta + step)[1] - likelihood(theta - step)[1]) / 2e-4 for step in steps])
    try:
        covariance = np.linalg.inv((bend + bend.T) / 2)
    except np.linalg.LinAlgError:
        covariance = np.full(bend.shape, -1.0)
    if not (np.diag(covariance) > 0).all():
        raise CannotCompare("the columns repeat each other or the data are flat. Leave one feature out")
    return theta, covariance


@dataclass(frozen=True)
class PooledSite:
    """A site's own share and the one that borrows from the others (both 0 to 1); interval on the pooled one."""

    site: str
    numerator: int
    denominator: int
    own: float | None
    pooled: float
    low: float
    high: float


@dataclass(frozen=True)
class Pooling:
    """Partly pooled shares of all sites; `overall` is the share of a middling site, `site_sd` on the log odds."""

    sites: tuple[PooledSite, ...]
    overall: float
    site_sd: float
    n: int
    method: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{one.site}: {one.numerator} of {one.denominator}, pooled {one.pooled:.1%} ({one.low:.1%} to "
                 f"{one.high:.1%})" for one in self.sites]  # fmt: skip
        return "\n".join([*lines, f"a middling site: {self.overall:.1%}; {self.method}", *self.notes])


def pool(
    numerators: Sequence[int], denominators: Sequence[int], sites: Sequence[str], *, level: float = 0.95
) -> Pooling:
    """Shares of sites drawn towards each other, the smaller the site the more (random-intercept logit, as R's glmer).

    One numerator and denominator a site. A site without files gets the middling share and the whole spread. Raises
    CannotCompare for one site, or where all files agree.
    """
    yes, of = (np.asarray(column, float) for column in (numerators, denominators))
    if of.size < 2 or of.max() < 2 or not 0 < yes.sum() < of.sum():
        raise CannotCompare("one site, one file a site, or all files agree: there is nothing to pool. Print the table")
    likelihood = _Likelihood(yes, of, np.ones((of.size, 1)), np.arange(of.size), of.size)
    try:
        theta, covariance = _maximum(likelihood)
    except CannotCompare:
        raise CannotCompare("sites are all or nothing: their spread has no end. Print the table") from None
    lines, errors = _site_lines(likelihood, theta, covariance)
    reach = ndtri((1 + level) / 2) * errors
    ends = [expit(lines + by * reach) for by in (0, -1, 1)]
    made = tuple(
        PooledSite(str(site), int(a), int(b), float(a / b) if b else None, *map(float, three))
        for site, a, b, *three in zip(sites, yes, of, *ends, strict=True)
    )
    notes = ["no more spread between sites than chance would bring: all are drawn to one share"]
    return Pooling(
        made, float(expit(theta[0])), float(theta[1]), int(of.sum()), "random-intercept logit",
        tuple(notes) if theta[1] < NO_SPREAD else (),
    )  # fmt: skip


def _site_lines(likelihood: _Likelihood, theta, covariance) -> tuple[np.ndarray, np.ndarray]:
    """Log odds of the sites (sites,) and their standard errors: of the effect, and of the parameters it rests on
    (Booth and Hobert 1998)."""

    def lines(at):
        return at[0] + at[1] * likelihood.modes(at)[0]

    slopes = np.array([(lines(theta + step) - lines(theta - step)) / 2e-4 for step in 1e-4 * np.eye(2)])
    parameters = np.einsum("is,ij,js->s", slopes, covariance, slopes)
    return lines(theta), np.sqrt((theta[1] * likelihood.modes(theta)[1]) ** 2 + parameters)


def firth(
    outcome: Sequence[int], columns: np.ndarray, names: Sequence[str], *,
    events_per_parameter: float = EVENTS_PER_PARAMETER,
) -> Model:  # fmt: skip
    """Logit with Firth's penalty: finite where a combination of features leaves no event. Sites are not in it.

    `outcome` (n,) of 0 and 1, `columns` (n, k) without the intercept, `names` k. p-values by the penalised likelihood
    ratio (Heinze and Schemper 2002). Raises CannotCompare for too few events or columns that repeat each other.
    """
    y, x = np.asarray(outcome, float), _with_intercept(columns)
    require_events(int(y.sum()), y.size, x.shape[1] - 1, events_per_parameter)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise CannotCompare("the columns repeat each other. Leave one feature out")
    every = np.ones(x.shape[1], bool)
    beta, top, information = _penalised(y, x, every)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    made = []
    for place, name in enumerate(("intercept", *names)):
        without = every.copy()
        without[place] = False
        wald = _wald(name, beta[place], errors[place])
        p = float(chdtrc(1, max(0.0, 2 * (top - _penalised(y, x, without)[1]))))
        made.append(Coefficient(name, wald.estimate, wald.standard_error, wald.low, wald.high, p))
    return Model(
        tuple(made), None, top, y.size, int(y.sum()), None, "logit with Firth's penalty",
        ("files of one site are taken as independent here: take the exact tests for a verdict",),
    )  # fmt: skip


def _penalised(y, x, free) -> tuple[np.ndarray, float, np.ndarray]:
    """Coefficients (those not `free` stay 0), penalised log likelihood and information matrix, by scoring."""
    beta = np.zeros(x.shape[1])
    for _ in range(500):
        value, information, score = _penalised_at(beta, y, x)
        step = np.zeros_like(beta)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        step *= min(1.0, 5 / max(np.abs(step).max(), 1e-300))
        while _penalised_at(beta + step, y, x)[0] < value - 1e-10 and np.abs(step).max() > 1e-12:
            step /= 2
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    value, information, _ = _penalised_at(beta, y, x)
    return beta, value, information


def _penalised_at(beta, y, x) -> tuple[float, np.ndarray, np.ndarray]:
    line = x @ beta
    p = expit(line)
    weights = p * (1 - p)
    information = (x * weights[:, None]).T @ x
    leverage = weights * np.einsum("ni,ij,nj->n", x, np.linalg.inv(information), x)
    value = (y * line - np.logaddexp(0, line)).sum() + np.linalg.slogdet(information)[1] / 2
    return float(value), information, x.T @ (y - p + leverage * (0.5 - p))
