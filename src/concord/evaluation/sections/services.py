"""Services, housing and unmet nights by site: providers' own totals, the only form in which they reach a study."""

from concord.disclosure.grids import Counts, Grid, Kind, Value, name, words
from concord.evaluation.sections import Section
from concord.evaluation.study import Study

UNCOUNTED = {"suppressed": "suppressed by its source", "not_reported": "not reported"}
SHOWN = 4
"""Periods shown of each length, the latest."""


def section(study: Study) -> Section:
    """A grid a length of period (`services_quarter`), a row a site, measure and source; periods are not added up."""
    rows = study.run(
        "select site_id, period, measure, source, count, status, count_why from site_period "
        "order by measure, site_id, source, period"
    ).dicts()
    if not rows:
        return Section("services", "Services", ["No count of services was handed in for any site."])
    counts = Counts()
    lengths: dict[str, list[dict]] = {}
    for row in rows:
        lengths.setdefault(_length(row["period"]), []).append(row)
    blocks = [
        "Clients served is a stock: the same person stands in more than one period, so periods are never added up.",
        *(_grid(counts, length, part) for length, part in sorted(lengths.items())),
    ]
    _sum_parts(counts, rows)
    return Section("services", "Services, from providers' own counts", blocks, counts)


def _length(period: str) -> str:
    if "/" in period:
        return "span"
    return "quarter" if "Q" in period else "month" if "-" in period else "year"


def _grid(counts: Counts, length: str, rows: list[dict]) -> Grid:
    periods = sorted({row["period"] for row in rows})[-SHOWN:]
    lines: dict[tuple, dict[str, dict]] = {}
    for row in rows:
        lines.setdefault((row["measure"], row["site_id"], row["source"]), {})[row["period"]] = row
    headings = words("Measure", "Site", "Source", *periods)
    laid = tuple(
        (Value(measure), Value(site), Value(source), *(_cell(counts, line.get(period)) for period in periods))
        for (measure, site, source), line in lines.items()
    )
    note = f"The latest {len(periods)} of each {length}; earlier ones are in the case files."
    return Grid(f"services_{length}", f"Services and housing, by {length}, as reported", headings, laid, (note,))


def _at(row: dict, measure: str) -> str:
    return name("services", measure, period=row["period"], site=row["site_id"], source=row["source"] or "")


def _cell(counts: Counts, row: dict | None) -> Value:
    if row is None:
        return Value(None, missing="not reported")
    if row["count"] is None:
        return Value(None, missing=UNCOUNTED.get(row["status"], row["count_why"] or "no count"))
    return Value(row["count"], Kind.COUNT, (counts.add(_at(row, row["measure"]), row["count"]),))


def _sum_parts(counts: Counts, rows: list[dict]) -> None:
    """A measure named `clients:sex` is a part of `clients`; parts of one kind that are all there add up."""
    parts: dict[str, list[str]] = {}
    for row in rows:
        whole = row["measure"].split(":")[0]
        if ":" in row["measure"] and {_at(row, whole), _at(row, row["measure"])} <= set(counts.values):
            parts.setdefault(_at(row, whole), []).append(_at(row, row["measure"]))
    for whole, listed in parts.items():
        if sum(counts.values[part] for part in listed) == counts.values[whole]:
            counts.sums(whole, listed)
