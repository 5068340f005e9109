"""Figures: a rate with its unit, numerator, denominator, uncertainty, and the reason where one of them may not be had.

What uncertainty a figure carries follows from how its files came. Drawn at random: an interval, with the sites as
clusters (`survey`). Every file read: a census, none. Chosen by hand: none, but how far the files that were not chosen
could move it. Only a registered question gets an interval; anything else is exploratory and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

from concord.disclosure.grids import Counts, name
from concord.evaluation import aggregates, survey
from concord.evaluation.study import ALL, HAND_PICKED, RANDOM, Study

TYPES = ("sex", "labor", "both", "not_known")
EXPLORATORY = "exploratory"


@dataclass(frozen=True)
class Stage:
    """A stage of a funnel: the column of its aggregate, in words, and the stage it is a share of."""

    key: str
    says: str
    column: str
    base: str = "opened"

    @property
    def base_column(self) -> str:
        return "" if self.base == "opened" else self.base


def _stages(*stages: tuple[str, str, str, str]) -> tuple[Stage, ...]:
    return tuple(Stage(*stage) for stage in stages)


COURT = (
    ("arrested", "Suspect arrested", "arrested", "opened"),
    ("prosecuted", "Prosecuted", "prosecuted", "opened"),
    ("charged_strict", "Charged under a trafficking statute (STRICT)", "charged_strict", "opened"),
    ("charged_strict_of_prosecuted", "Of those prosecuted: trafficking statute (STRICT)", "charged_strict",
     "prosecuted"),
    ("charged_broad", "Charged under the wider federal set (BROAD)", "charged_broad", "opened"),
    ("convicted", "Convicted of anything", "convicted", "opened"),
    ("custody", "Sentenced to custody", "custody", "opened"),
    ("adopted", "Adopted federally", "adopted", "opened"),
)  # fmt: skip
STAGES = {
    "cases": _stages(*COURT),
    "suspects": _stages(*COURT),
    "charges": _stages(
        ("charged_strict", "Counts under a trafficking statute (STRICT)", "charged_strict", "opened"),
        ("charged_broad", "Counts under the wider federal set (BROAD)", "charged_broad", "opened"),
        ("convicted", "Counts found guilty, by plea or at trial", "convicted", "opened"),
    ),
    "victims": _stages(
        ("referred", "Referred to services by police or prosecutors", "referred", "opened"),
        ("arrested", "Victim arrested", "arrested", "opened"),
        ("charged", "Victim charged", "charged", "opened"),
        ("convicted", "Victim convicted", "convicted", "opened"),
    ),
}
ALL_OF = {"cases": "Cases opened", "suspects": "Suspects", "charges": "Counts charged in court", "victims": "Victims"}


@dataclass(frozen=True)
class Figure:
    """One rate. `unknown` are those of the base of whom the file does not say; they are in neither number.

    `immature` were left out because they were not followed long enough. `interval` has ends only where they are honest,
    and `standing` says why not; `bounds` are worst cases, not an interval. `by_site` holds (numerator, denominator).
    """

    key: str
    unit: str
    says: str
    type: str
    base: str
    numerator: int
    denominator: int
    unknown: int
    immature: int
    by_site: dict[str, tuple[int, int]]
    drawn: str
    registered: bool
    interval: survey.Proportion | None = None
    bounds: tuple[float, float] | None = None
    refused: str = ""
    weighted: bool = False

    @property
    def share(self) -> float | None:
        """Numerator over denominator, 0 to 1, or weighted by site (`weighted`); None where the rate is refused."""
        if self.refused:
            return None
        return self.interval.estimate if self.weighted else self.numerator / self.denominator

    @property
    def sites(self) -> int:
        return sum(denominator > 0 for _, denominator in self.by_site.values())

    @property
    def standing(self) -> str:
        """In a few words what the figure may be taken for."""
        if self.refused:
            return self.refused
        if not self.registered:
            return EXPLORATORY
        if self.drawn == ALL:
            return "census"
        if self.drawn == HAND_PICKED:
            return "files chosen by hand"
        method = self.interval.method if self.interval and self.interval.low is not None else "no interval"
        return f"{method}; weighted by site" if self.weighted else str(method)

    def __str__(self) -> str:
        kind = "" if self.type == "all" else f" ({self.type.replace('_', ' ')})"
        if self.refused:
            return f"{self.says}{kind}: no rate: {self.refused}"
        text = f"{self.says}{kind}: {self.numerator:,} of {self.denominator:,} {self.unit} ({self.share:.1%})"
        if self.interval and self.interval.low is not None:
            text += f", {self.interval.low:.1%} to {self.interval.high:.1%}"
        if self.bounds:
            text += f", between {self.bounds[0]:.1%} and {self.bounds[1]:.1%} whatever the files not chosen hold"
        return f"{text}; {self.sites} sites; {self.unknown:,} unknown; {self.standing}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"


class Figures(tuple):
    """Figures that print themselves, one a line."""

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def _repr_html_(self) -> str:
        return "<ul>" + "".join(f"<li>{escape(str(figure))}</li>" for figure in self) + "</ul>"


def rows(study: Study, unit: str) -> list[dict]:
    """The aggregate of a unit: one row a site and type, `type` None where not known."""
    return [{**row, "type": row["type"] or "not_known"} for row in study.run(aggregates.text(unit)).dicts()]


def funnel(study: Study, unit: str = "cases", types: Iterable[str] = ("all", *TYPES)) -> Figures:
    """Every stage of a unit (`cases`, `suspects`, `charges`, `victims`), for all and for each type of trafficking."""
    counted = rows(study, unit)
    chosen = [(kind, [row for row in counted if kind in ("all", row["type"])]) for kind in types]
    return Figures(figure(study, unit, stage, kind, part) for kind, part in chosen if part for stage in STAGES[unit])


def figure(study: Study, unit: str, stage: Stage, kind: str, counted: list[dict]) -> Figure:
    """One figure from the rows of its aggregate."""
    by_site: dict[str, tuple[int, int]] = {}
    unknown = 0
    for row in counted:
        yes, base, lost = _parts(row, stage)
        before = by_site.get(row["site_id"], (0, 0))
        by_site[row["site_id"]] = (before[0] + yes, before[1] + base - lost)
        unknown += lost
    numerator, denominator = (sum(pair[place] for pair in by_site.values()) for place in (0, 1))
    immature = sum(row["immature"] or 0 for row in counted)
    key = f"{unit}.{stage.key}"
    made = Figure(
        key, unit, stage.says, kind, stage.base, numerator, denominator, unknown, immature, by_site, study.drawn,
        study.protocol.registered(key), refused=_refusal(unit, denominator, unknown, immature),
    )  # fmt: skip
    return _with_uncertainty(made, study)


def _parts(row: dict, stage: Stage) -> tuple[int, int, int]:
    """Of one row: reached, in the base, of unknown standing."""
    lost = f"{stage.base_column}_{stage.column}_unknown" if stage.base_column else f"{stage.column}_unknown"
    base = row[stage.base_column] if stage.base_column else (row["opened"] or 0) - (row["immature"] or 0)
    return int(row[stage.column] or 0), int(base or 0), int(row[lost] or 0)


def _refusal(unit: str, denominator: int, unknown: int, immature: int) -> str:
    if denominator:
        return ""
    if unknown:
        return f"the file does not say for any of the {unit}"
    if immature:
        return f"none of the {unit} was followed long enough"
    return f"no {unit} to count from"


def _with_uncertainty(made: Figure, study: Study) -> Figure:
    """The figure with the interval or the bounds that how its files came allows."""
    if made.refused:
        return made
    found = survey.proportion(*_weighed(made, study.weights), level=study.protocol.level)
    if study.weights:
        found = _told_roughly(found)
        made = replace(made, weighted=True)
    if not made.registered or made.drawn != RANDOM:
        found = replace(found, low=None, high=None)  # the design effect alone: how alike files of one site are
    made = replace(made, interval=found)
    if not made.registered:
        return made
    if made.drawn == HAND_PICKED and made.unit == "cases" and made.type == "all" and made.base == "opened":
        left_out = sum(site["eligible"] - site["coded"] for site in study.frame.values()) + made.unknown
        if study.frame and left_out >= 0:
            return replace(made, bounds=survey.worst_case_bounds(made.numerator, made.denominator, left_out))
    return made


def _weighed(made: Figure, weights: dict[str, float]) -> tuple[list[float], list[float]]:
    """Numerators and denominators of the sites, each weighted by what its files stand for, the sum unchanged."""
    pairs = {site: pair for site, pair in made.by_site.items() if pair[1]}
    total = sum(weights.get(site, 1.0) * of for site, (_, of) in pairs.items())
    scale = made.denominator / total
    held = [(weights.get(site, 1.0) * scale, *pair) for site, pair in pairs.items()]
    return [weight * reached for weight, reached, _ in held], [weight * of for weight, _, of in held]


def _told_roughly(found: survey.Proportion) -> survey.Proportion:
    """To a tenth of a percent: a weighted share to sixteen digits would give away the sites that it is made of."""
    ends = {end: None if getattr(found, end) is None else round(getattr(found, end), 3) for end in ("low", "high")}
    return replace(found, estimate=round(found.estimate, 3), **ends)


def counts(study: Study, unit: str) -> Counts:
    """The counts under a unit's funnel with all their sums: types add up to all, every base to reached, not and
    unknown."""
    held = Counts()
    counted = rows(study, unit)
    types = list(dict.fromkeys(row["type"] for row in counted))
    for stage in (None, *STAGES[unit]):
        for kind in ("all", *types):
            _count(held, unit, stage, kind, [row for row in counted if kind in ("all", row["type"])])
    for listed in [one for one in held.values if "type=" not in one]:
        held.sums(listed, [name_of(listed, kind) for kind in types])
    return held


def name_of(listed: str, kind: str) -> str:
    """The name of a count narrowed to one type of trafficking."""
    return listed if kind == "all" else f"{listed}|type={kind}"


def _count(held: Counts, unit: str, stage: Stage | None, kind: str, part: list[dict]) -> None:
    def put(what: str, count: int, *, public: bool = False) -> str:
        return held.add(name_of(name(unit, what), kind), int(count), public=public)

    if stage is None:
        opened, immature = (sum(row[column] or 0 for row in part) for column in ("opened", "immature"))
        held.sums(put("opened", opened), [put("immature", immature), put("followed", opened - immature)])
        return
    parts = [_parts(row, stage) for row in part]
    yes, base, lost = (sum(column) for column in zip(*parts, strict=True)) if parts else (0, 0, 0)
    whole = put(stage.base_column or "followed", base)
    known = put(f"{stage.key} known", base - lost)
    held.sums(whole, [known, put(f"{stage.key} unknown", lost, public=True)])  # a gap in the file tells of nobody
    held.sums(known, [put(stage.column, yes), put(f"{stage.key} not", base - lost - yes)])


def names(made: Figure) -> tuple[str, str, str, str]:
    """The names of a figure's counts: numerator, denominator, unknown, and those that did not reach the stage."""
    stage = next(one for one in STAGES[made.unit] if f"{made.unit}.{one.key}" == made.key)
    parts = (stage.column, f"{stage.key} known", f"{stage.key} unknown", f"{stage.key} not")
    return tuple(name_of(name(made.unit, part), made.type) for part in parts)
