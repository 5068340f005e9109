"""Services, housing and unmet nights by site: providers' own totals, the only form in which they reach a study."""

from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name
from concord.evaluation.sections import Section
from concord.evaluation.study import Study

HEADINGS = (Heading("Site"), Heading("Period"), Heading("Measure"), Heading("Source"), Heading("Count"))
UNCOUNTED = {"suppressed": "suppressed by its source", "not_reported": "not reported"}


def section(study: Study) -> Section:
    """The grid `services`: one row a site, period, measure and source; nothing is added over periods."""
    rows = study.run(
        "select site_id, period, measure, source, count, status, count_why from site_period "
        "order by site_id, measure, period, source"
    ).dicts()
    if not rows:
        return Section("services", "Services", ["No count of services was handed in for any site."])
    counts = Counts()
    grid = Grid(
        "services", "Services and housing, as providers counted them", HEADINGS,
        tuple(_row(counts, row) for row in rows),
        ("Clients served is a stock: the same person stands in more than one period, so periods are not added up.",),
    )  # fmt: skip
    _sum_parts(counts, rows)
    return Section("services", "Services, from providers' own counts", [grid], counts)


def _at(row: dict, measure: str) -> str:
    return name("services", measure, period=row["period"], site=row["site_id"], source=row["source"] or "")


def _row(counts: Counts, row: dict) -> tuple[Value, ...]:
    words = (Value(row["site_id"]), Value(row["period"]), Value(row["measure"]), Value(row["source"]))
    if row["count"] is None:
        why = UNCOUNTED.get(row["status"], row["count_why"] or "no count")
        return (*words, Value(None, missing=why))
    at = counts.add(_at(row, row["measure"]), row["count"])
    return (*words, Value(row["count"], Kind.COUNT, (at,)))


def _sum_parts(counts: Counts, rows: list[dict]) -> None:
    """A measure named `clients:sex` is a part of `clients`; parts of one kind that are all there add up."""
    parts: dict[str, list[str]] = {}
    for row in rows:
        whole = row["measure"].split(":")[0]
        if row["count"] is not None and ":" in row["measure"] and _at(row, whole) in counts.values:
            parts.setdefault(_at(row, whole), []).append(_at(row, row["measure"]))
    for whole, listed in parts.items():
        if sum(counts.values[part] for part in listed) == counts.values[whole]:
            counts.sums(whole, listed)
