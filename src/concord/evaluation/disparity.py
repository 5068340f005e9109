"""Who is among the suspects at each stage, beside named comparators: ratios of shares, with their limits.

A ratio needs three things said: how many people it rests on, beside whom they stand, and who recorded race on either
side. No n, no ratio. The comparator decides the answer, so several are taken and each keeps its source.

Sources: log interval of a ratio: Katz et al. 1978; over sites: linearised variance of a ratio with t(sites - 1) (Wolter
2007, chapter 6), as R survey's svycontrast gives it. Race as in OMB SPD-15 of 28 March 2024 (select all that apply).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import exp, log, sqrt

import numpy as np
from scipy.special import ndtri, stdtrit

from concord.vocabulary import Race

ENTRY = (
    "Equal shares at later stages do not show fair entry: whom police looked for, stopped or heard of first "
    "decides who can appear at any later stage."
)
NO_N = "no n, no ratio: it is not said how many people the share rests on"
TINY = 1e-12
SEVERAL = "two_or_more"
GROUPS = frozenset(race.value for race in Race) | {SEVERAL}


class Rule(StrEnum):
    """How a person of several races counts. Both sides of a ratio must use one rule."""

    ANY = "any"
    ALONE = "alone"

    @property
    def says(self) -> str:
        return {
            Rule.ANY: "A person counts in every group named for her or him, so shares may add up to more than 100 %.",
            Rule.ALONE: "A person counts in one group; people of several races are a group of their own.",
        }[self]


@dataclass(frozen=True)
class Person:
    """One suspect at one stage: races as recorded (none = not recorded), who recorded them, and the site."""

    races: tuple[str, ...]
    source: str | None
    site: str


@dataclass(frozen=True)
class Comparator:
    """Those beside whom suspects stand. `base` is how many people the shares rest on; `sample` says whether they were
    sampled (their own error then counts) or the whole population. Raises ValueError for what is not said or not so."""

    name: str
    source: str
    year: int
    shares: Mapping[str, float]
    base: int
    race_source: str
    rule: Rule = Rule.ANY
    sample: bool = False

    def __post_init__(self):
        for wanted in ("name", "source", "year", "race_source"):
            if not getattr(self, wanted):
                raise ValueError(f"comparator {self.name or '?'}: has no {wanted}. Say it")
        if not self.base or self.base < 1:
            raise ValueError(f"comparator {self.name}: has no base. Say on how many people its shares rest")
        for group, share in self.shares.items():
            if group not in GROUPS:
                raise ValueError(f"comparator {self.name}: {group} is not a group. Groups: {', '.join(sorted(GROUPS))}")
            if not 0 <= share <= 1:
                raise ValueError(f"comparator {self.name}: the share of {group} is {share}. Give it between 0 and 1")
        if self.rule is Rule.ALONE and sum(self.shares.values()) > 1.005:
            raise ValueError(f"comparator {self.name}: its shares add up to more than 1. Correct them or its rule")


NEEDED = ("name", "source", "year", "shares", "base", "race_source")
OPTIONAL = ("rule", "sample")


def comparator(entry: Mapping) -> Comparator:
    """A comparator from an entry of the protocol. Raises ValueError naming what is missing, unknown or mistyped."""
    called = entry.get("name", "?")
    if missing := [wanted for wanted in NEEDED if wanted not in entry]:
        raise ValueError(f"comparator {called}: has no {missing[0]}. Add it")
    if unknown := sorted(set(entry) - {*NEEDED, *OPTIONAL}):
        known = ", ".join(NEEDED + OPTIONAL)
        raise ValueError(f"comparator {called}: no such entry: {unknown[0]}. Entries are {known}")
    if entry.get("rule", Rule.ANY) not in list(Rule):
        raise ValueError(f"comparator {called}: the rule is not one of {', '.join(Rule)}")
    shares, base, year = entry["shares"], entry["base"], entry["year"]
    numbers = isinstance(shares, Mapping) and all(_is_number(share) for share in shares.values())
    if not (numbers and isinstance(base, int) and isinstance(year, int)):
        raise ValueError(f"comparator {called}: base and year are whole numbers, shares a table of group = share")
    return Comparator(**{**entry, "rule": Rule(entry.get("rule", Rule.ANY))})


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Tally:
    """People at a stage: `by_site` is site -> (people of known race, how many of each group)."""

    stage: str
    rule: Rule
    n: int
    known: int
    several: int
    counts: Mapping[str, int]
    by_site: Mapping[str, tuple[int, Mapping[str, int]]]
    sources: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return self.n - self.known


def groups_of(races: Iterable[str], rule: Rule) -> frozenset[str]:
    """The groups in which a person counts; none where race is not recorded."""
    races = frozenset(races)
    return frozenset({SEVERAL}) if rule is Rule.ALONE and len(races) > 1 else races


def tally(stage: str, people: Iterable[Person], rule: Rule = Rule.ANY) -> Tally:
    """Count people at a stage by group, by site and by who recorded their race."""
    people = list(people)
    known = [person for person in people if person.races]
    by_site = {}
    for site in sorted({person.site for person in known}):
        there = [person for person in known if person.site == site]
        by_site[site] = (len(there), _counted(there, rule))
    return Tally(
        stage=stage,
        rule=rule,
        n=len(people),
        known=len(known),
        several=sum(len(set(person.races)) > 1 for person in known),
        counts=_counted(known, rule),
        by_site=by_site,
        sources=Counter(person.source or "not_recorded" for person in known),
    )


def _counted(people: Iterable[Person], rule: Rule) -> Counter:
    return Counter(group for person in people for group in groups_of(person.races, rule))


@dataclass(frozen=True)
class Ratio:
    """A group's share at a stage divided by its share of a comparator; `refused` says why there is none.

    `count` of `n` people of known race; `missing` have none recorded; `least` and `most` are the ratio if none or all
    of them were of the group. `low` and `high` are the ends of the interval, where there is one.
    """

    stage: str
    group: str
    comparator: str
    count: int | None
    n: int | None
    missing: int
    share: float | None
    beside: float | None
    ratio: float | None
    refused: str = ""
    least: float | None = None
    most: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    sites: int = 0
    method: str = ""
    caveats: tuple[str, ...] = (ENTRY,)

    def __str__(self) -> str:
        what = f"{self.group} at {self.stage} beside {self.comparator}"
        if self.ratio is None:
            return f"{what}: refused, {self.refused}. {ENTRY}"
        interval = f" ({self.level:.0%}: {self.low:.2f} to {self.high:.2f})" if self.low is not None else ""
        return (
            f"{what}: {self.share:.1%} of {self.n} beside {self.beside:.1%}, ratio {self.ratio:.2f}{interval}; "
            f"race not recorded for {self.missing}. {' '.join(self.caveats)}"
        )


def published(stage: str, group: str, share: float, n: int | None, beside: Comparator, level: float = 0.95) -> Ratio:
    """The ratio of a share that somebody printed. Without its n it is refused."""
    if not n:
        return Ratio(stage, group, beside.name, None, n, 0, share, beside.shares.get(group), None, NO_N)
    count = round(share * n)
    known = Tally(stage, beside.rule, n, n, 0, {group: count}, {})
    return against(known, group, beside, level=level)


def against(at: Tally, group: str, beside: Comparator, *, level: float = 0.95, interval: bool = True) -> Ratio:
    """The ratio of a group's share among people of known race at a stage to its share of a comparator.

    The interval is on the log scale; over two or more sites the variance is between sites, with t(sites - 1).
    """
    count, expected = at.counts.get(group, 0), beside.shares.get(group)
    share = count / at.known if at.known else None
    plain = Ratio(at.stage, group, beside.name, count, at.known, at.missing, share, expected, None, level=level)
    if refused := _refused(at, group, beside):
        return replace(plain, refused=refused)
    ratio = share / expected
    least, most = count / at.n / expected, (count + at.missing) / at.n / expected
    found = replace(plain, ratio=ratio, least=least, most=most, sites=len(at.by_site), caveats=_caveats(at, beside))
    if not interval:
        return found
    if count in (0, at.known):
        who = "nobody" if count == 0 else "everybody"
        return replace(found, caveats=(*found.caveats, f"No interval: {who} of known race is of the group."))
    own = _residuals(at.by_site, group, count, at.known)
    simple = 1 / count - 1 / at.known
    extra = (1 - expected) / (expected * beside.base) if beside.sample else 0.0
    return _with_interval(found, own, simple, extra)


def _refused(at: Tally, group: str, beside: Comparator) -> str:
    if not at.n:
        return "nobody is at this stage"
    if not at.known:
        return "race is not recorded for anybody at this stage"
    if at.rule is not beside.rule:
        return f"people of several races are counted by another rule in the comparator ({beside.rule}) than here"
    if group not in beside.shares:
        return "the comparator does not give a share for this group"
    if not beside.shares[group]:
        return "the group's share of the comparator is zero"
    return ""


def _caveats(at: Tally, beside: Comparator) -> tuple[str, ...]:
    told = [ENTRY]
    here = sorted(at.sources)
    if here and here != [beside.race_source]:
        there = _and([beside.race_source])
        told.append(f"Who recorded race: here {_and(here)}; in the comparator {there}. They need not agree.")
    if at.missing:
        told.append(f"Race is not recorded for {at.missing} of {at.n}.")
    return tuple(told)


def _and(words: Iterable[str]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


def _residuals(by_site: Mapping, group: str, count: int, known: int) -> np.ndarray:
    """Linearised log share by site: (k_s - p n_s) / (n p)."""
    share = count / known
    return np.array([(counts.get(group, 0) - share * n) / count for n, counts in by_site.values()])


def _with_interval(found, own: np.ndarray, simple: float, extra: float = 0.0):
    """The log interval: between sites where there are two or more, else as if every person came by herself."""
    value = found.ratio
    sites = len(own)
    tail = 1 - (1 - found.level) / 2
    if sites >= 2 and np.abs(own).max() > TINY:
        width = stdtrit(sites - 1, tail) * sqrt(sites / (sites - 1) * float((own**2).sum()) + extra)
        method, told = f"log, between sites, t({sites - 1})", ()
    else:
        width = ndtri(tail) * sqrt(simple + extra)
        method = "log, people taken as independent"
        why = {0: "the sites are not told", 1: "there is one site"}.get(sites, "the sites do not differ at all")
        told = (f"The interval takes people as independent, because {why}: it may be too narrow.",)
    low, high = exp(log(value) - width), exp(log(value) + width)
    return replace(found, low=low, high=high, method=method, caveats=(*found.caveats, *told))


# --- From one stage to the next ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """How a group passes from one stage to the next, beside everybody else of known race: (went on, of) of either."""

    stage: str
    group: str
    went_on: int
    of: int
    others_went_on: int
    others: int
    missing: int
    ratio: float | None
    refused: str = ""
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    sites: int = 0
    method: str = ""
    caveats: tuple[str, ...] = (ENTRY,)


def passage(stage: str, group: str, people: Iterable[tuple[Person, bool | None]], rule: Rule = Rule.ANY,
            level: float = 0.95, interval: bool = True) -> Passage:  # fmt: skip
    """Risk ratio of going on to `stage`, group against everybody else; people with race or outcome unknown are missing.

    Over two or more sites the interval is between sites with t(sites - 1), else Katz's.
    """
    people = list(people)
    told = [(person, went) for person, went in people if person.races and went is not None]
    table: dict[str, np.ndarray] = {}
    for person, went in told:
        inside = group in groups_of(person.races, rule)
        cell = table.setdefault(person.site, np.zeros(4, dtype=int))
        cell[0 if inside else 2] += went
        cell[1 if inside else 3] += 1
    sums = sum(table.values(), np.zeros(4, dtype=int))
    a, n, c, m = (int(number) for number in sums)
    plain = Passage(stage, group, a, n, c, m, len(people) - len(told), None, level=level, sites=len(table))
    if not n or not m:
        return replace(plain, refused="there is nobody of the group" if not n else "there is nobody to stand beside")
    if not c:
        return replace(plain, refused="nobody else went on, so there is nothing to divide by")
    found = replace(plain, ratio=(a / n) / (c / m))
    if not interval:
        return found
    if not a or (a == n and c == m):
        who = "nobody of the group" if not a else "everybody"
        return replace(found, caveats=(ENTRY, f"No interval: {who} went on."))
    cells = np.array([table[site] for site in sorted(table)])
    own = (cells[:, 0] - a / n * cells[:, 1]) / a - (cells[:, 2] - c / m * cells[:, 3]) / c
    return _with_interval(found, own, 1 / a - 1 / n + 1 / c - 1 / m)


def rate_ratio(events: int, exposure: float, other_events: int, other_exposure: float,
               level: float = 0.95) -> tuple[float, float, float]:  # fmt: skip
    """Ratio of two rates with its log interval (variance 1/a + 1/c): (ratio, low, high).

    Exposures are in one unit (residents, person-years). Raises ValueError without exposure or events on both sides.
    """
    if not (exposure > 0 and other_exposure > 0):
        raise ValueError(NO_N)
    if events < 1 or other_events < 1:
        raise ValueError("a rate ratio needs an event on both sides")
    ratio = (events / exposure) / (other_events / other_exposure)
    width = ndtri(1 - (1 - level) / 2) * sqrt(1 / events + 1 / other_events)
    return ratio, ratio * exp(-width), ratio * exp(width)
