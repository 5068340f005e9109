"""How far coders agree, variable by variable: from the double coding in `coding`, agreed judgements left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from concord.casefile.columns import Column
from concord.casefile.columns import Kind as Sort
from concord.casefile.tables import TABLES
from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name, words
from concord.evaluation import agreement
from concord.evaluation.agreement import Agreement, Ratings, measure
from concord.evaluation.sections import Picture, Section
from concord.evaluation.study import Study

DRAWS = 1000
BLANK = "(left blank)"
ASKED = (
    "select c.table_name, c.column_name, c.row_id, c.coder_id, c.round, c.value, c.value_why, c.file_id, f.site_id, "
    "{day} as day from coding c join (select distinct file_id, site_id from frame) f using (file_id) "
    "where not c.adjudicated order by all"
)
NO_CODING = "No file was coded by two coders and kept in the table coding, so how far coders agree is not known."
NOT_A_QUESTION = (
    "Agreement is a check of the reading, not an answer about task forces: its interval says how far it would move "
    "with other files of the same sites (files drawn within sites). Judgements agreed on afterwards are left out."
)
HEADINGS = (
    Heading("Variable"), Heading("Rated twice", "rows"), Heading("Alpha", "Krippendorff"),
    Heading("Agreement", "%"), *words("AC1", "Brennan-Prediger", "Kappa", "Coders", "Sites", "Scale", "Remarks"),
)  # fmt: skip
NOTES = (
    "Alpha is 1 for full agreement and 0 for what chance would give; it allows for ratings that are missing.",
    "Where nearly all rows get one value, alpha and kappa fall however well coders agree; AC1 and Brennan-Prediger "
    "(PABAK for two categories) do not. Read them together.",
    "Kappa is Cohen's where two coders read a variable, Fleiss' where there were more. Categories are the code list's.",
)


@dataclass(frozen=True)
class Variable:
    """A column that was coded twice: its ratings (one unit a row and round), and the period of each unit."""

    key: str
    says: str
    scale: str
    ratings: Ratings
    periods: tuple[str, ...]

    @property
    def alpha(self) -> str:
        return f"alpha_{self.scale}"


def section(study: Study) -> Section:
    """Grids `agreement` with its picture, `agreement_pairs` where more than two coded, and `agreement_drift`."""
    variables = list(_variables(study))
    if not variables:
        return Section("agreement", "Agreement of coders", [NO_CODING])
    counts = Counts()
    rows = tuple(_row(variable, counts) for variable in variables)
    grid = Grid("agreement", "Agreement of coders, by variable", HEADINGS, rows, NOTES)
    alt = f"Krippendorff's alpha of {len(rows)} variables with intervals, from chance (0) to full agreement (1)."
    blocks: list = [NOT_A_QUESTION, grid, Picture("agreement", "agreement", "Agreement of coders", alt)]
    if several := [variable for variable in variables if len(variable.ratings.raters) > 2]:
        blocks.append(_pairs(several, counts))
    blocks.append(_drift(variables, counts))
    return Section("agreement", "Agreement of coders", blocks, counts)


def _variables(study: Study) -> Iterator[Variable]:
    if "coding" not in study.tables or not study.run("select count(*) as n from coding").one()["n"]:
        return
    dated = "coded_on" in study.tables["coding"].fields()
    held: dict[tuple[str, str], list[dict]] = {}
    for row in study.run(ASKED.format(day="c.coded_on" if dated else "null::date")).dicts():
        if row["value"] is not None or row["value_why"] not in (None, "withheld"):
            held.setdefault((row["table_name"], row["column_name"]), []).append(row)
    for (table, column), rows in held.items():
        twice = _twice(rows)
        if twice:
            yield _variable(table, column, twice)


def _twice(rows: list[dict]) -> list[dict]:
    """The judgements of rows that two coders judged in one round; a coder's second judgement there does not count."""
    coders: dict[tuple, dict[str, dict]] = {}
    for row in rows:
        coders.setdefault((row["row_id"], row["round"]), {}).setdefault(row["coder_id"], row)
    return [row for judged in coders.values() if len(judged) > 1 for row in judged.values()]


def _variable(table: str, column: str, rows: list[dict]) -> Variable:
    stated = _stated(table, column)
    scale = "interval" if stated is not None and stated.kind in (Sort.COUNT, Sort.USD) else "nominal"
    values = [_value(row["value"], scale) for row in rows]
    if scale == "interval":
        rows = [row for row, value in zip(rows, values, strict=True) if value is not None]
        values = [value for value in values if value is not None]
    used = dict.fromkeys(values)
    listed = _categories(stated)
    levels = [*listed, *sorted(set(used) - set(listed))] if scale == "nominal" else sorted(used)
    lines = [
        ((row["row_id"], row["round"]), row["coder_id"], value, row["file_id"], row["site_id"])
        for row, value in zip(rows, values, strict=True)
    ]
    says = f"{table}: {stated.says if stated is not None else column}"
    return Variable(f"{table}.{column}", says, scale, agreement.of_rows(lines, levels), _periods(rows))


def _stated(table: str, column: str) -> Column | None:
    return next((one for one in TABLES[table].columns if one.name == column), None) if table in TABLES else None


def _categories(stated: Column | None) -> tuple[str, ...]:
    """The categories a coder could choose from; empty where the code list does not say."""
    if stated is None or stated.is_list:
        return ()
    return ("yes", "no") if stated.kind is Sort.FLAG else stated.allowed()


def _value(typed: str | None, scale: str) -> str | float | None:
    if scale == "nominal":
        return BLANK if typed is None else ";".join(sorted(part.strip() for part in typed.split(";")))
    try:
        return float(typed)
    except (TypeError, ValueError):
        return None


def _periods(rows: Sequence[dict]) -> tuple[str, ...]:
    """Rounds where there are several; else the earlier and the later half of the days of coding; else one period."""
    units = {(row["row_id"], row["round"]): row for row in reversed(rows)}
    order = list(dict.fromkeys((row["row_id"], row["round"]) for row in rows))
    if len({number for _, number in order}) > 1:
        return tuple(str(number) for _, number in order)
    days: list[date | None] = [units[unit]["day"] for unit in order]
    if None in days or len(set(days)) < 2:
        return tuple("all" for _ in order)
    middle = sorted(set(days))[len(set(days)) // 2]
    return tuple("1 earlier" if day < middle else "2 later" for day in days)


def _row(variable: Variable, counts: Counts) -> tuple[Value, ...]:
    data = variable.ratings
    alpha = measure(data, variable.alpha, draws=DRAWS)
    kappa = measure(data, "cohen" if len(data.raters) == 2 else "fleiss")
    of = (counts.add(name("codings", f"{variable.key} rated twice"), alpha.n),)
    percent, ac1, pabak = (measure(data, method) for method in ("percent", "ac1", "brennan_prediger"))
    return (
        Value(variable.says), Value(alpha.n, Kind.COUNT, of), _number(alpha, of),
        _number(percent, of, Kind.SHARE), _number(ac1, of), _number(pabak, of), _number(kappa, of),
        Value(alpha.raters, Kind.NUMBER), Value(alpha.sites, Kind.NUMBER), Value(variable.scale),
        Value("; ".join(alpha.caveats) or "none"),
    )  # fmt: skip


def _number(found: Agreement, of: tuple[str, ...], kind: Kind = Kind.NUMBER) -> Value:
    if found.value is None:
        return Value(None, kind, of, missing=found.undefined)
    return Value(found.value, kind, of, found.low, found.high)


def _pairs(several: list[Variable], counts: Counts) -> Grid:
    """Each two coders who read something in common, so that one who reads otherwise than the rest is seen."""
    rows = []
    for variable in several:
        for pair in agreement.pairs(variable.ratings):
            kappa, percent = measure(pair, "cohen"), measure(pair, "percent")
            both = " and ".join(pair.raters)
            of = (counts.add(name("codings", f"{variable.key} rated by two", coders=both), kappa.n),)
            rows.append((Value(variable.says), Value(both), Value(kappa.n, Kind.COUNT, of),
                         _number(percent, of, Kind.SHARE), _number(kappa, of)))  # fmt: skip
    headings = (*words("Variable", "Coders"), Heading("Rated by both", "rows"), Heading("Agreement", "%"))
    title = "Agreement of each two coders"
    return Grid("agreement_pairs", title, (*headings, Heading("Kappa", "Cohen")), tuple(rows))


def _drift(variables: list[Variable], counts: Counts) -> Grid | str:
    changing = [variable for variable in variables if len(set(variable.periods)) > 1]
    if not changing:
        return "All coding was done in one round and one time, so whether agreement drifted is not known."
    rows = tuple(row for variable in changing for row in _drift_rows(variable, counts))
    headings = (*words("Variable", "Period"), Heading("Rated twice", "rows"), Heading("Alpha", "Krippendorff"))
    return Grid("agreement_drift", "Agreement of coders over time", (*headings, Heading("Change")), rows, (
        "Change is the last period less the first; files read in both count as paired.",
    ))  # fmt: skip


def _drift_rows(variable: Variable, counts: Counts) -> Iterator[tuple[Value, ...]]:
    found = agreement.drift(variable.ratings, variable.periods, variable.alpha, draws=DRAWS)
    whole = name("codings", f"{variable.key} rated twice")
    listed = []
    for period, part in zip(found.periods, found.measured, strict=True):
        of = (counts.add(name("codings", f"{variable.key} rated twice", period=period), part.n),)
        listed += of
        last = period == found.periods[-1]
        change = Value(None, missing="see the last period")
        if last and found.change is None:
            change = Value(None, Kind.NUMBER, (whole,), missing=found.undefined)
        elif last:
            change = Value(found.change, Kind.NUMBER, (whole,), found.low, found.high)
        shown = f"round {period}" if period.isdigit() else period.removeprefix("1 ").removeprefix("2 ")
        yield Value(variable.says), Value(shown), Value(part.n, Kind.COUNT, of), _number(part, of), change
    counts.sums(whole, listed)
