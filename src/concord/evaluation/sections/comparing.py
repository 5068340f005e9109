"""Sites beside each other, and what goes with their rates: tables always, verdicts where sites and draw carry them.

A feature of a site (`site_feature`, yes or no) stands beside every headline rate. Tests are the exact ones of
`evaluation.comparing`; models stand only where there are events enough. Nothing here says that a feature causes a rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from concord.disclosure.grids import Counts, Grid, Kind, Value, words
from concord.disclosure.grids import name as count_name
from concord.engine import quoted
from concord.evaluation import comparing, figures
from concord.evaluation.comparing import CannotCompare
from concord.evaluation.figures import Figure, Stage
from concord.evaluation.sections import Picture, Section
from concord.evaluation.study import HAND_PICKED, RANDOM, Study
from concord.vocabulary import SiteFeature

UNREGISTERED = ("cases.prosecuted", "cases.charged_strict")
"""The rates that stand here when no question was registered: exploratory, without tests."""
MODELLED = ("cases", "suspects")
YES, NO, CHANGED, UNKNOWN = "yes", "no", "changed", "not known"
HELD = (YES, NO, CHANGED, UNKNOWN)
SAYS = {one.value: one.label for one in SiteFeature}


@dataclass(frozen=True)
class Feature:
    """What each site of the study had: yes, no, changed while files were opened, or not known."""

    key: str
    sites: dict[str, str]
    registered: bool

    @property
    def says(self) -> str:
        return SAYS.get(self.key, self.key.replace("_", " ").capitalize())

    @property
    def compared(self) -> tuple[str, ...]:
        """The sites that had it all along, or never."""
        return tuple(site for site, value in self.sites.items() if value in (YES, NO))


def section(study: Study) -> Section:
    """Grids `sites_UNIT_STAGE` with a forest each and `site_features`; for registered features `feature_KEY`,
    `feature_tests` and `feature_models`."""
    counts, made = Counts(), headlines(study)
    blocks: list[str | Grid | Picture] = [_reading(study)]
    if not made:
        return Section("comparing", "Comparing sites and features", ["No rate can be had by site."], counts)
    for figure in made:
        _count_sites(counts, figure)
        blocks += _sites(figure, study)
    held = features(study)
    if not held:
        blocks.append("No feature of a site is on file as yes or no, so none stands beside the rates.")
        return Section("comparing", "Comparing sites and features", blocks, counts)
    blocks.append(_what_sites_have(held))
    asked = [feature for feature in held if feature.registered]
    if not asked:
        blocks.append("No feature was registered in the protocol, so none is compared with a rate.")
        return Section("comparing", "Comparing sites and features", blocks, counts)
    blocks += [_feature(feature, made, counts) for feature in asked]
    blocks += [_tests(asked, made, study), *_models(asked, made, study)]
    return Section("comparing", "Comparing sites and features", blocks, counts)


def _reading(study: Study) -> str:
    if study.drawn == HAND_PICKED:
        return "Files were chosen by hand: how sites differ here may be how they chose. Tables only, no test."
    return "A feature goes with a rate or it does not; what brings a rate about cannot be told from these files."


def headlines(study: Study) -> list[Figure]:
    """The registered rates of the funnel, or two exploratory ones where none was registered; those refused are out."""
    known = {f"{unit}.{stage.key}": unit for unit, stages in figures.STAGES.items() for stage in stages}
    asked = dict.fromkeys(key for question in study.protocol.questions for key in question.figures if key in known)
    wanted = tuple(asked) or UNREGISTERED
    units = dict.fromkeys(known[key] for key in wanted)
    found = {one.key: one for unit in units for one in figures.funnel(study, unit, types=("all",))}
    return [found[key] for key in wanted if key in found and not found[key].refused]


def features(study: Study) -> list[Feature]:
    """The features that are yes or no somewhere, registered ones first."""
    if "site_feature" not in study.tables:
        return []
    fields = study.tables["site_feature"].fields()
    ended = " or ".join(f"{quoted(field)} is not null" for field in fields if field in ("to_on", "to_on_partial",
                                                                                       "to_quarter"))  # fmt: skip
    rows = study.run(
        f"select feature, site_id, min(value) as least, max(value) as most, bool_or({ended or 'false'}) as ended "
        "from site_feature where value in ('yes', 'no') group by feature, site_id order by feature, site_id"
    ).dicts()
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        steady = row["least"] == row["most"] and not row["ended"]
        found.setdefault(row["feature"], {})[row["site_id"]] = row["least"] if steady else CHANGED
    asked = study.protocol.features
    made = [
        Feature(key, {site: sites.get(site, UNKNOWN) for site in study.sites}, key in asked)
        for key, sites in found.items()
    ]
    return sorted(made, key=lambda one: (not one.registered, one.key))


# --- Counts -----------------------------------------------------------------------------------------------------------


def _stage(made: Figure) -> Stage:
    return next(one for one in figures.STAGES[made.unit] if f"{made.unit}.{one.key}" == made.key)


def _at(made: Figure, **by: str) -> tuple[str, str, str]:
    """Names of the counts of a rate at a site (or at the sites with a feature): reached, known, not reached."""
    stage = _stage(made)
    parts = (stage.column, f"{stage.key} known", f"{stage.key} not")
    return tuple(count_name(made.unit, part, **by) for part in parts)


def _add(counts: Counts, names: tuple[str, str, str], yes: int, of: int) -> tuple[str, str, str]:
    for one, count in zip(names, (yes, of, of - yes), strict=True):
        counts.add(one, count)
    counts.sums(names[1], (names[0], names[2]))
    return names


def _count_sites(counts: Counts, made: Figure) -> None:
    """The counts of every site, and that they add up to those of the funnel."""
    whole = _add(counts, _at(made), made.numerator, made.denominator)
    parts = [_add(counts, _at(made, site=site), *pair) for site, pair in made.by_site.items()]
    for total, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        counts.sums(total, pieces)


def _together(made: Figure, sites) -> tuple[int, int]:
    pairs = [made.by_site.get(site, (0, 0)) for site in sites]
    return sum(yes for yes, _ in pairs), sum(of for _, of in pairs)


# --- Tables -----------------------------------------------------------------------------------------------------------


def _key(made: Figure) -> str:
    return made.key.replace(".", "_")


def _sites(made: Figure, study: Study) -> list[Grid | Picture]:
    pooled, why = _pooled(made, study)
    rows = [_site_row(site, *pair, _at(made, site=site)) for site, pair in made.by_site.items()]
    rows.append(_site_row("All sites", made.numerator, made.denominator, _at(made)))
    headings, note = ["Site", "Reached", "Of", "Share"], f"No interval: {why}."
    if pooled:
        every = tuple(one for site in made.by_site for one in _at(made, site=site)[:2])
        ends = (made.interval.low, made.interval.high) if made.interval else (None, None)
        shares = [_share(*pooled[site], of=every, missing="") for site in made.by_site]
        shares.append(_share(made.share, *ends, of=_at(made)[:2], missing=""))
        rows = [(*row, share) for row, share in zip(rows, shares, strict=True)]
        headings.append("Partly pooled share")
        note = (
            "The fewer files a site has, the more its share is drawn towards a middling one (random-intercept logit). "
            "The last row is the share of all files."
        )
    title = f"{made.says}, {made.unit}, by site"
    grid = Grid(f"sites_{_key(made)}", title, words(*headings), tuple(rows), (note,))
    alt = f"One line a site: its share of {made.unit} and, where there is one, its interval; all sites last."
    return [grid, Picture("forest", grid.key, title, alt)]


def _site_row(site: str, yes: int, of: int, names: tuple[str, str, str]) -> tuple[Value, ...]:
    return (
        Value(site), Value(yes, Kind.COUNT, names[:1]), Value(of, Kind.COUNT, names[1:2]), _rate(yes, of, names[:2])
    )  # fmt: skip


def _rate(yes: int, of: int, counts: tuple[str, ...]) -> Value:
    return _share(yes / of if of else None, of=counts, missing="nothing to count from")


def _share(point, low=None, high=None, *, of: tuple[str, ...], missing: str) -> Value:
    return Value(point, Kind.SHARE, of, low, high, missing if point is None else "")


def _pooled(made: Figure, study: Study) -> tuple[dict[str, tuple[float, float, float]], str]:
    """Partly pooled shares with their ends by site, or the reason why there are none."""
    if why := _untested(made, study):
        return {}, why
    if study.drawn != RANDOM:
        return {}, "every file was read: the share is what it is"
    sites = list(made.by_site)
    try:
        found = comparing.pool(*zip(*made.by_site.values(), strict=True), sites, level=study.protocol.level)
    except CannotCompare as problem:
        return {}, str(problem)
    return {one.site: (one.pooled, one.low, one.high) for one in found.sites}, ""


def _untested(made: Figure, study: Study) -> str:
    """Why no test or pooled share of this rate is printed; empty where one may be."""
    if study.drawn == HAND_PICKED:
        return "files chosen by hand"
    return "" if made.registered else figures.EXPLORATORY


def _what_sites_have(held: list[Feature]) -> Grid:
    sites = held[0].sites
    rows = tuple((Value(site), *(Value(feature.sites[site]) for feature in held)) for site in sites)
    headings = words("Site", *(feature.says for feature in held))
    return Grid("site_features", "What each site has", headings, rows)


def _feature(feature: Feature, made: list[Figure], counts: Counts) -> Grid:
    """A row a rate and site, then the sites that had the feature and those that had not, together."""
    rows = []
    for figure in made:
        for site, value in feature.sites.items():
            names = _at(figure, site=site)
            if site in figure.by_site:
                rows.append(_row(figure.says, site, value, *figure.by_site[site], names))
        for value, sites in _groups(feature, figure):
            names = _add(counts, _at(figure, **{feature.key: value}), *_together(figure, sites))
            for total, *parts in zip(names, *(_at(figure, site=site) for site in sites), strict=True):
                counts.sums(total, parts)
            said = f"Together, {len(sites)} site{'s' * (len(sites) > 1)}"
            rows.append(_row(figure.says, said, value, *_together(figure, sites), names))
        for total, *parts in zip(
            _at(figure), *(_at(figure, **{feature.key: value}) for value, _ in _groups(feature, figure)), strict=True
        ):
            counts.sums(total, parts)
    headings = words("Rate", "Site", feature.says, "Reached", "Of", "Share")
    return Grid(f"feature_{feature.key}", f"{feature.says} beside the rates of sites", headings, tuple(rows))


def _groups(feature: Feature, made: Figure) -> Iterator[tuple[str, list[str]]]:
    for value in HELD:
        if sites := [site for site, held in feature.sites.items() if held == value and site in made.by_site]:
            yield value, sites


def _row(rate: str, site: str, value: str, yes: int, of: int, names: tuple[str, str, str]) -> tuple[Value, ...]:
    return (Value(rate), *_site_row(site, yes, of, names)[:1], Value(value), *_site_row(site, yes, of, names)[1:])


# --- Tests and models -------------------------------------------------------------------------------------------------


def _tests(held: list[Feature], made: list[Figure], study: Study) -> Grid:
    rows = [_tested(feature, figure, study) for feature in held for figure in made]
    tests = sum(row[4].shown is not None for row in rows)
    notes = [
        "The mean of site rates with the feature less that without it, over all ways to hand the feature to as many "
        "sites. Where the smallest p that could come out is above .05 nothing can be told: the table only."
    ]
    if tests > 1:
        notes.append(f"{tests} tests stand here: by chance alone one in twenty comes out at .05 or below.")
    headings = words("Feature", "Rate", "Sites with", "Sites without", "Exact p", "Smallest p there can be", "In words")
    return Grid("feature_tests", "What goes with what", headings, tuple(rows), tuple(notes))


def _tested(feature: Feature, made: Figure, study: Study) -> tuple[Value, ...]:
    sites = [site for site in feature.compared if made.by_site.get(site, (0, 0))[1]]
    having = [feature.sites[site] == YES for site in sites]
    known = (Value(feature.says), Value(made.says), Value(sum(having), Kind.NUMBER),
             Value(len(sites) - sum(having), Kind.NUMBER))  # fmt: skip
    if why := _untested(made, study):
        return (*known, Value(None, Kind.P, missing="no test"), Value(None, Kind.P, missing="no test"), Value(why))
    try:
        test = comparing.permutation_test(
            [made.by_site[site][0] for site in sites], [made.by_site[site][1] for site in sites], having
        )
    except CannotCompare as problem:
        none = Value(None, Kind.P, missing="no test")
        return (*known, none, none, Value(str(problem).removeprefix("feature: ")))
    return (*known, _p(test), Value(test.smallest, Kind.P), Value(_in_words(test)))


def _p(test: comparing.SiteTest) -> Value:
    return Value(None, Kind.P, missing="table only") if test.table_only else Value(test.p, Kind.P)


def _in_words(test: comparing.SiteTest) -> str:
    if test.table_only:
        return "table only: no outcome at these sites could tell"
    if test.p > comparing.ALPHA:
        return "no link shown"
    return f"goes with a {'higher' if test.statistic > 0 else 'lower'} share"


def _models(held: list[Feature], made: list[Figure], study: Study) -> list[Grid]:
    """Odds ratios beside the type of trafficking, for what was registered and drawn at random."""
    pairs = [
        (feature, figure) for feature in held for figure in made
        if figure.unit in MODELLED and study.drawn == RANDOM and not _untested(figure, study)
    ]  # fmt: skip
    if not pairs:
        return []
    headings = words("Feature", "Rate", "Odds ratio", "Exact p", "Cluster p by signs of sites", "Method")
    note = (
        "Beside labor trafficking or not; sites that changed and files of unknown type are left out. With fewer than "
        f"{comparing.FEW_SITES} sites the interval is too short: the two p that move whole sites are the ones to go by."
    )
    rows = tuple(_modelled(feature, figure, study) for feature, figure in pairs)
    return [Grid("feature_models", "Features beside the type of trafficking", headings, rows, (note,))]


def _modelled(feature: Feature, made: Figure, study: Study) -> tuple[Value, ...]:
    outcome, columns, sites = _files(feature, made, study)
    known = (Value(feature.says), Value(made.says))
    try:
        if not outcome.size:
            raise CannotCompare("no file to fit it to")
        tests = [
            test(outcome, columns, sites, 0)
            for test in (comparing.adjusted_permutation_test, comparing.wild_cluster_test)
        ]
        fitted = _fitted(outcome, columns, sites)
    except CannotCompare as problem:
        none = Value(None, Kind.P, missing="no test")
        return (*known, Value(None, missing="no model"), none, none, Value(str(problem).removeprefix("feature: ")))
    found = fitted["feature"]
    ratio, low, high = (float(np.exp(at)) for at in (found.estimate, found.low, found.high))
    of = tuple(one for site in made.by_site for one in _at(made, site=site)[:2])
    return (*known, Value(ratio, Kind.NUMBER, of, low, high), *map(_p, tests), Value(fitted.method))


def _fitted(outcome, columns, sites) -> comparing.Model:
    names = ("feature", "labor")[: columns.shape[1]]
    try:
        return comparing.random_intercept(outcome, columns, sites, names)
    except comparing.EmptyCell:
        return comparing.firth(outcome, columns, names)


def _files(feature: Feature, made: Figure, study: Study) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, columns (the feature; labor where it varies) and site of every file of a compared site."""
    stage = _stage(made)
    base = f" and {stage.base_column}" if stage.base_column else ""
    rows = study.run(
        f"select site_id, type in ('labor', 'both') as labor, {stage.column} as reached from {made.unit} "
        f"where mature and type is not null and {stage.column} is not null{base} order by site_id, 3, 2"
    ).rows
    kept = [row for row in rows if row[0] in feature.compared]
    sites = np.array([row[0] for row in kept])
    outcome = np.array([row[2] for row in kept], float)
    columns = np.array([[feature.sites[row[0]] == YES, row[1]] for row in kept], float).reshape(-1, 2)
    return outcome, columns if np.ptp(columns[:, 1:], axis=0).any() else columns[:, :1], sites
