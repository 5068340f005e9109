"""Quarters reported to funders (PMT, TIMS): potential and confirmed apart, stock and flow, beside the case files."""

from collections.abc import Iterable, Sequence

from concord.casefile.reading import Refused
from concord.disclosure.grids import Counts, Grid, Kind, Value, name, words
from concord.evaluation import administrative, typed_rows
from concord.evaluation.administrative import (
    CLOSED,
    CLOSING,
    NEW,
    OPENING,
    REOPENED,
    SERVED,
    Difference,
    Finding,
    Line,
    Reported,
    quarter_before,
)
from concord.evaluation.sections import Section
from concord.evaluation.study import ALL, Study, StudyError
from concord.vocabulary import Grade

SHOWN, LISTED = 4, 40
"""Quarters shown, the latest; rows listed of a kind of difference."""
TITLE = "Administrative quarters"
APART = (
    "Potential and confirmed victims stand apart and are never added up. A stock, as clients served, is never added "
    "over quarters; a flow, as new clients, may be."
)
QUARTER = "(year({0})::varchar || '-Q' || quarter({0})::varchar)"
FROM_FILES = {
    "investigations_opened": "select site_id, opened_quarter, null, count(*) from cases group by all",
}
FROM_DATED_FILES = {
    "victims": f"select c.site_id, {QUARTER.format('t.status_on')}, t.status, count(*) from victim t "
    'join "case" c using (case_id) where t.status_on is not null group by all',
    **{
        f"suspects_{what}": f"select c.site_id, {QUARTER.format(f't.{what}_on')}, null, count(*) from suspect t "
        f'join "case" c using (case_id) where t.{what}_on is not null group by all'
        for what in ("arrested", "prosecuted", "convicted")
    },
}
STANDINGS = {"victims": ("potential", "confirmed")}


def section(study: Study) -> Section:
    """Grids `administrative_quarters`, `administrative_matched`, `administrative_sites`,
    `administrative_differences` and `administrative_balance`, each where there is something to show."""
    held, beside, differ = _reported(study)
    if not held:
        return Section("administrative", TITLE, ["No quarter that was reported to a funder (PMT, TIMS) is here."])
    counts = Counts()
    whole = study.drawn == ALL and not study.protocol.closed_only
    lines = administrative.reconcile(held, files(study), whole=whole)
    blocks = [APART]
    if beside:
        blocks.append(_quarters(counts, beside))
    blocks += _matched(study, lines, whole)
    blocks += _by_site(counts, lines)
    blocks += _listed_lines(counts, lines, study.protocol.threshold)
    blocks += _listed_differences(counts, (*differ, *administrative.balances(held)))
    _tie(counts, held)
    return Section("administrative", TITLE, blocks, counts)


def _reported(study: Study) -> tuple[tuple[Reported, ...], tuple[Reported, ...], tuple[Difference, ...]]:
    """All rows, those of administrative.csv that the case file has not, and where the two differ."""
    of_files = administrative.of_site_periods(study.run("select * from site_period").dicts())
    path = study.folder / administrative.FILE
    if not path.is_file():
        return (*administrative.joined(of_files, ())[:1], (), ())
    sites = [row[0] for row in study.run("select site_id from site").rows]
    try:
        rows, report = administrative.read(path, sites)
    except Refused as problem:
        raise StudyError(str(problem)) from None
    if report.listed:
        raise StudyError(typed_rows.told(report) + "\nNothing was evaluated. Correct these rows and start again.")
    held, differ = administrative.joined(of_files, rows)
    there = {one.key for one in of_files}
    return held, tuple(one for one in held if one.key not in there), differ


def files(study: Study) -> dict[tuple[str, str, str, str | None], int]:
    """Counts in the case files by site, quarter, measure and standing, noughts included from the first quarter in which
    a site opened a case to the last. Days stand in a research bundle alone; a shared one has opened quarters."""
    span = {site: (first, last) for site, first, last in study.run(
        "select site_id, min(opened_quarter), max(opened_quarter) from cases where opened_quarter is not null "
        "group by site_id").rows}  # fmt: skip
    asked = FROM_FILES | (FROM_DATED_FILES if study.grade is Grade.RESEARCH else {})
    held: dict = {}
    for measure, sql in asked.items():
        for site, (first, last) in span.items():
            for standing in STANDINGS.get(measure, (None,)):
                held |= {(site, quarter, measure, standing): 0 for quarter in _quarters_of(first, last)}
        for site, quarter, standing, count in study.run(sql).rows:
            if (site, quarter, measure, standing) in held:
                held[site, quarter, measure, standing] = count
    return held


def _quarters_of(first: str, last: str) -> list[str]:
    found = [last]
    while found[-1] > first:
        found.append(quarter_before(found[-1]))
    return found


def _put(counts: Counts, one: Reported) -> str:
    """The same name as in the section of services, for the same count; a name of its own for another carrier's."""
    by = {"period": one.period, "site": one.site_id, "source": one.system.value}
    at = name("services", one.written, **by)
    if counts.values.get(at, one.count) != one.count:
        at = name("services", one.written, carrier=administrative.FILE, **by)
    return counts.add(at, one.count)


def _put_files(counts: Counts, line: Line) -> str:
    one = line.reported
    standing = {"standing": one.standing.value} if one.standing else {}
    return counts.add(name("files", one.measure, quarter=one.period, site=one.site_id, **standing), line.files)


def _quarters(counts: Counts, rows: Sequence[Reported]) -> Grid:
    periods = sorted({one.period for one in rows})[-SHOWN:]
    laid: dict[tuple, dict[str, Reported]] = {}
    for one in rows:
        standing = one.standing.label if one.standing else ""
        at = (_words(one.measure), standing, one.nature.label, one.site_id, one.system.value)
        laid.setdefault(at, {})[one.period] = one
    headings = words("Measure", "Standing", "Stock or flow", "Site", "System", *periods)
    cells = tuple(
        (*(Value(word) for word in line), *(_cell(counts, by.get(period)) for period in periods))
        for line, by in laid.items()
    )
    note = f"The latest {len(periods)} quarters of {administrative.FILE}."
    return Grid("administrative_quarters", "Quarters as reported to funders", headings, cells, (note,))


def _cell(counts: Counts, one: Reported | None) -> Value:
    if one is None or one.count is None:
        return Value(None, missing=one.reported.label.lower() if one else "no row")
    return Value(one.count, Kind.COUNT, (_put(counts, one),))


def _matched(study: Study, lines: Sequence[Line], whole: bool) -> list:
    if not lines:
        return ["No reported measure can be set beside the case files."]
    groups: dict[tuple, list[Finding]] = {}
    for line in lines:
        groups.setdefault((_words(line.reported.says), line.reported.system.value), []).append(line.finding)
    rows = tuple(
        (*(Value(word) for word in at), Value(len(found), Kind.NUMBER),
         *(Value(found.count(kind), Kind.NUMBER) for kind in Finding))
        for at, found in groups.items()
    )  # fmt: skip
    headings = words("Measure", "System", "Site quarters", *(kind.label for kind in Finding))
    title = "Reported quarters beside the case files"
    return [Grid("administrative_matched", title, headings, rows, _notes(study, whole))]


def _notes(study: Study, whole: bool) -> tuple[str, ...]:
    part = "The files are a part of what a site did, so only more of them than were reported contradicts a report."
    known = (
        "A file holds a victim's latest status and its day: who was potential and is now confirmed stands under "
        "confirmed. Who has no day on file stands in no quarter."
        if study.grade is Grade.RESEARCH
        else "A shared bundle has no days, so only cases opened can be set beside reported quarters."
    )
    return (known,) if whole else (part, known)


def _by_site(counts: Counts, lines: Iterable[Line]) -> list:
    """Sums of flows over the quarters that stand beside each other; every measure of `files` is a flow."""
    groups: dict[tuple, list[Line]] = {}
    for line in lines:
        if line.reported.count is not None:
            one = line.reported
            groups.setdefault((_words(one.says), one.written, one.site_id, one.system.value), []).append(line)
    rows = []
    for (says, written, site, system), found in sorted(groups.items()):
        reported = counts.add(
            name("services", written, period="matched", site=site, source=system),
            administrative.total(line.reported for line in found),
        )
        there = counts.add(name("files", written, quarter="matched", site=site), sum(line.files for line in found))
        counts.sums(reported, [_put(counts, line.reported) for line in found])
        counts.sums(there, [_put_files(counts, line) for line in found])
        both = (reported, there)
        rows.append((
            Value(says), Value(site), Value(system), Value(len(found), Kind.NUMBER),
            *(Value(counts.values[at], Kind.COUNT, (at,)) for at in both),
            Value(counts.values[reported] - counts.values[there], Kind.NUMBER, both),
        ))  # fmt: skip
    headings = words("Measure", "Site", "System", "Quarters", "Reported", "In the files", "Reported less files")
    title = "Flows over the quarters that stand beside each other, by site"
    return [Grid("administrative_sites", title, headings, tuple(rows))] if rows else []


def _listed_lines(counts: Counts, lines: Iterable[Line], threshold: int) -> list:
    """The quarters that differ and whose numbers are large enough to be shown; the others are in the sums by site."""
    differ = [line for line in lines if line.finding in (Finding.DIFFERS, Finding.MORE_IN_FILES)]
    large = [line for line in differ if min(line.reported.count, line.files) >= threshold]
    if not large:
        return []
    rows = []
    for line in large[:LISTED]:
        one, reported, there = line.reported, _put(counts, line.reported), _put_files(counts, line)
        rows.append((
            Value(_words(one.says)), Value(one.site_id), Value(one.period), Value(one.system.value),
            Value(one.count, Kind.COUNT, (reported,)), Value(line.files, Kind.COUNT, (there,)),
            Value(line.difference, Kind.NUMBER, (reported, there)),
        ))  # fmt: skip
    headings = words("Measure", "Site", "Quarter", "System", "Reported", "In the files", "Reported less files")
    title = "Quarters that differ from the case files"
    note = f"{len(rows)} of {len(differ)}; in the others a number is below {threshold}, or the list is too long."
    notes = (note,) if len(rows) < len(differ) else ()
    return [Grid("administrative_differences", title, headings, tuple(rows), notes)]


def _words(measure: str) -> str:
    return measure.replace("_", " ").capitalize()


def _listed_differences(counts: Counts, differ: Sequence[Difference]) -> list:
    if not differ:
        return ["No quarter contradicts itself or the one before."]
    rows = []
    for one in differ[:LISTED]:
        of = tuple(_put(counts, part) for part in one.of)
        rows.append((
            Value(one.site_id), Value(one.period), Value(one.system.value), Value(one.says),
            Value(one.expected, Kind.COUNT, of), Value(one.found, Kind.COUNT, of), Value(one.by, Kind.NUMBER, of),
        ))  # fmt: skip
    headings = words("Site", "Quarter", "System", "What should be one number", "First", "Second", "Second less first")
    return [Grid("administrative_balance", "Quarters that contradict themselves", headings, tuple(rows), _more(differ))]


def _more(listed: Sequence) -> tuple[str, ...]:
    return (f"The first {LISTED} of {len(listed)}.",) if len(listed) > LISTED else ()


def _tie(counts: Counts, held: Iterable[Reported]) -> None:
    """State the sums that hold between the latest quarters of clients, so that none is had from the others."""
    known = [one for one in held if one.count is not None]
    latest = set(sorted({one.period for one in known})[-SHOWN:])
    groups: dict[tuple, dict[str, Reported]] = {}
    for one in known:
        if one.period in latest:
            groups.setdefault((one.site_id, one.system, one.period, one.standing), {})[one.measure] = one
    for (site, system, period, standing), by in groups.items():
        came, left = [by[part] for part in (OPENING, NEW, REOPENED) if part in by], [CLOSED, CLOSING]
        if len(came) < 3:
            continue
        there = sum(one.count for one in came)
        whole = counts.add(
            name("services", "clients at any time", period=period, site=site, source=system.value,
                 standing=standing or "all"), there)  # fmt: skip
        counts.sums(whole, [_put(counts, one) for one in came])
        if all(part in by for part in left) and sum(by[part].count for part in left) == there:
            counts.sums(whole, [_put(counts, by[part]) for part in left])
        if SERVED in by and by[SERVED].count == there:
            counts.sums(whole, [_put(counts, by[SERVED])])
        before = groups.get((site, system, quarter_before(period), standing), {}).get(CLOSING)
        if before is not None and before.count == by[OPENING].count:
            counts.sums(_put(counts, by[OPENING]), [_put(counts, before)])
