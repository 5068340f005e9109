"""What this study cannot show, each limit with the number it rests on, and blanks variable by variable."""

from collections.abc import Iterator
from dataclasses import replace

from concord.casefile.columns import Column
from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name, words
from concord.engine import quoted
from concord.evaluation import figures
from concord.evaluation.interviews import Response, Role
from concord.evaluation.limits import Design, Limit, limits
from concord.evaluation.sections import Section, interviews, layout
from concord.evaluation.study import Study

UNITS = {"case": "cases", "suspect": "suspects", "victim": "victims"}
VARIABLES = {
    "case": ("source", "proactive", "closed_how", "prosecution_decision", "docket_known", "data_quality"),
    "suspect": ("race", "age", "sex", "role", "arrested_on", "outcome"),
    "victim": ("race", "age_at_first_act", "sex", "screened", "took_part", "identified_by"),
}
BLANK = "('not_recorded', 'not_asked', 'declined')"
NOTE = "Not counted as blank: what does not apply, what is not known yet, and what is withheld by design."
Names = tuple[str, ...]


def section(study: Study) -> Section:
    """Grids `limits` and `blanks`. Numbers that say nothing about a person (sites, files) name no count."""
    counts = Counts()
    for unit in UNITS.values():
        counts.merge(figures.counts(study, unit))
    blank = {name: counted for name, *counted in _blanks(study, counts)}
    rests = _resting(study, counts) | {f"missing {variable}": names for variable, (_, _, names) in blank.items()}
    asked, survivors = _interviewed(study)
    if asked is not None:
        rests["survivors"] = _of_interviews(counts, asked, survivors)
    design = replace(_design(study, counts), interviews=asked, survivors=survivors,
                     missing={variable: (count, of) for variable, (count, of, _) in blank.items()})  # fmt: skip
    rows = tuple(_row(limit, rests.get(limit.key, ())) for limit in limits(design))
    headings = (*words("Limit"), Heading("Number"), Heading("Of"), Heading("Unit"))
    title = "What the design allows to be said, and what not"
    blocks = ["Every limit below follows from how this study was made; none was written for the occasion."]
    blocks += [Grid("limits", title, headings, rows)] if rows else []
    blocks += [_blank_grid(blank)] if blank else []
    return Section("limits", "Limits", blocks, counts)


def _row(limit: Limit, of: Names) -> tuple[Value, ...]:
    number = layout.total(limit.count, Kind.COUNT if of else Kind.NUMBER, *of, missing="no number")
    whole = layout.total(limit.of, Kind.COUNT if of else Kind.NUMBER, *of[-1:], missing="no number")
    return Value(limit.says), number, whole, Value(limit.unit or None, missing="" if limit.unit else "no number")


def _interviewed(study: Study) -> tuple[int | None, int | None]:
    """Interviews completed, and those with survivors: of the registry, else what the protocol states."""
    registry = interviews.registry_of(study)
    if registry is not None:
        return registry.completed(), registry.completed(Role.SURVIVOR)
    stated = study.protocol.stated
    return _whole(stated.get("interviews")), _whole(stated.get("survivors_interviewed"))


def _of_interviews(counts: Counts, asked: int, survivors: int | None) -> Names:
    whole = counts.add(name("interviews", Response.COMPLETED), asked)
    return counts.add(name("interviews", Response.COMPLETED, role=Role.SURVIVOR), survivors or 0), whole


def _design(study: Study, counts: Counts) -> Design:
    plan, frame = study.protocol, study.frame.values()
    labor = sum(counts.values.get(at, 0) for at in _labor())
    return Design(
        sites=len(study.sites), sites_without_files=len(study.empty_sites), frame_sites=len(plan.sites) or None,
        sites_chosen=str(plan.stated.get("sites_chosen", "purposive")), drawn=study.drawn,
        files=counts.values["cases|opened"], eligible=sum(site["eligible"] for site in frame) if frame else None,
        refused=sum(site["refused"] for site in frame),
        closed_only=plan.closed_only or not counts.values["cases|open"], open_cases=counts.values["cases|open"],
        labor=labor, thin=counts.values["cases|thin"], immature=counts.values["cases|immature"],
        maturity_months=plan.maturity_months, followed_to=str(study.matures_on or ""),
    )  # fmt: skip


def _whole(stated: object) -> int | None:
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None


def _labor() -> Names:
    return tuple(figures.name_of("cases|opened", kind) for kind in ("labor", "both"))


def _resting(study: Study, counts: Counts) -> dict[str, Names]:
    """The counts that each limit's number could be read back to, its base last."""
    whole = "cases|opened"
    is_open, thin = study.run(
        "select count(*) filter (where status = 'open'), count(*) filter (where data_quality = 'thin') from \"case\""
    ).rows[0]
    for part, count in (("open", is_open), ("thin", thin)):
        rest = counts.add(name("cases", f"not {part}"), counts.values[whole] - count)
        counts.sums(whole, [counts.add(name("cases", part), count), rest])
    labor = tuple(at for at in _labor() if at in counts.values)
    return {"labor": (*labor, whole), "thin": ("cases|thin", whole), "closed_only": ("cases|open", whole),
            "immature": ("cases|immature", whole)}  # fmt: skip


def _blanks(study: Study, counts: Counts) -> Iterator[tuple[str, int, int, Names]]:
    """Of each variable with somebody asked: its words, blanks, asked, and the names of both."""
    for table, variables in VARIABLES.items():
        for variable in variables:
            column = _stored(study, table, variable)
            if column is not None:
                blank, known = study.run(_counting(table, column)).rows[0]
                if blank + known:
                    names = _registered(counts, UNITS[table], variable, blank, known)
                    words = variable.removesuffix("_on").replace("_", " ")
                    yield f"{UNITS[table].capitalize()}: {words}", blank, blank + known, names


def _stored(study: Study, table: str, variable: str) -> Column | None:
    """The column as the study's grade of bundle has it: an age may be a band, a date a number of days."""
    stem = variable.removesuffix("_on")
    wanted = {variable, f"{variable}_band", f"{stem}_days"}
    return next((column for column in study.tables[table].columns if column.name in wanted), None)


def _counting(table: str, column: Column) -> str:
    value, why = quoted(column.name), quoted(column.why)
    partial = f" and {quoted(column.partial)} is null" if column.partial else ""
    blank = f"{value} is null{partial} and coalesce({why}, 'not_recorded') in {BLANK}"
    known = f"not ({value} is null{partial})"
    return f"select count(*) filter (where {blank}), count(*) filter (where {known}) from {quoted(table)}"


def _registered(counts: Counts, unit: str, variable: str, blank: int, known: int) -> Names:
    whole, asked = name(unit, "opened"), name(unit, f"{variable} asked")
    counts.add(asked, blank + known)
    rest = counts.add(name(unit, f"{variable} not asked"), counts.values[whole] - blank - known)
    counts.sums(whole, [asked, rest])
    at = counts.add(name(unit, f"{variable} blank"), blank)
    counts.sums(asked, [at, counts.add(name(unit, f"{variable} known"), known)])
    return at, asked


def _blank_grid(blank: dict) -> Grid:
    rows = tuple(
        (Value(variable), Value(count, Kind.COUNT, names[:1]), Value(of, Kind.COUNT, names[1:]),
         layout.share(count / of, names))
        for variable, (count, of, names) in blank.items()
    )  # fmt: skip
    headings = (*words("Variable", "Blank", "Asked"), Heading("Share", "%"))
    return Grid("blanks", "Blanks, variable by variable", headings, rows, (NOTE,))
