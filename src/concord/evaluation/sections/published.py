"""Beside the published figures of the ECM evaluation and its kin: what can be compared, what cannot and why."""

from concord.disclosure.grids import Counts, Grid, Kind, Value, name, words
from concord.evaluation import figures, published
from concord.evaluation.sections import Section, layout
from concord.evaluation.study import Study

TITLE = "Beside the published ECM figures"
BESIDE = words("Figure", "Published", "Published n", "This study", "Of", "Source of the published figure")
CONFIRMED = "from cases c where exists (from victims v where v.case_id = c.case_id and v.status = 'confirmed')"
OPENING = (
    "The ECM evaluation's files are restricted and were chosen by its sites. Nothing here repeats that study; its "
    "printed figures stand beside this one's where unit and base are the same, and apart from them where they are not."
)
NO_TEST = "Two figures side by side are no test: other sites, other years, and other ways in which files came."


def section(study: Study) -> Section:
    """Grids `published_compared`, `published_apart` and `published_flagged`."""
    counts = figures.counts(study, "cases")
    blocks = [OPENING, _compared(study, counts), _apart(), _flagged()]
    return Section("published", TITLE, blocks, counts)


def _compared(study: Study, counts: Counts) -> Grid:
    rows = (*_design(study), *_types(counts), *_per_case(study, counts))
    return Grid("published_compared", "What can be compared", BESIDE, rows, (NO_TEST,))


def _design(study: Study) -> tuple[tuple[Value, ...], ...]:
    gave, source = len(study.sites), Value(published.ECM)
    all_sites = gave + len(study.empty_sites)
    return (
        (Value("Task forces in the study"), _printed("10"), _printed("47"), Value(all_sites, Kind.NUMBER),
         Value(None, missing="no list of all task forces"), source),
        (Value("Sites that gave files"), _printed("8"), _printed("10"), Value(gave, Kind.NUMBER),
         Value(all_sites, Kind.NUMBER), source),
        (Value("Files"), _printed("226"), _printed("226"), *_counted("cases|opened", study), source),
    )  # fmt: skip


def _printed(text: str) -> Value:
    return Value(text)


def _counted(at: str, study: Study) -> tuple[Value, Value]:
    (files,) = study.run("select count(*) from cases").rows[0]
    return Value(files, Kind.COUNT, (at,)), Value(files, Kind.COUNT, (at,))


TYPES = (("sex", "82%"), ("labor", "11%"), ("not_known", "7%"))


def _types(counts: Counts) -> tuple[tuple[Value, ...], ...]:
    whole = name("cases", "opened")
    return tuple(_type(counts, whole, kind, printed) for kind, printed in TYPES)


def _type(counts: Counts, whole: str, kind: str, printed: str) -> tuple[Value, ...]:
    at = figures.name_of(whole, kind)
    count, of = counts.values.get(at), counts.values[whole]
    share = None if count is None else count / of
    names = (whole,) if count is None else (at, whole)
    own = layout.share(share, names, "no case of this type")
    label = Value(f"Cases of type: {layout.TYPES[kind].lower()}")
    return (label, _printed(printed), _printed("2,515"), own, Value(of, Kind.COUNT, (whole,)),
            Value(published.row(7).source))  # fmt: skip


def _per_case(study: Study, counts: Counts) -> tuple[tuple[Value, ...], ...]:
    """Suspects and victims a confirmed case: one with a confirmed victim."""
    (cases,) = study.run(f"select count(*) {CONFIRMED}").rows[0]
    whole = name("cases", "opened")
    at = counts.add(name("cases", "confirmed"), cases)
    counts.sums(whole, [at, counts.add(name("cases", "not confirmed"), counts.values[whole] - cases)])
    return tuple(_of_confirmed(study, counts, at, unit, printed) for unit, printed in
                 (("suspects", "1.25"), ("victims", "1.35")))  # fmt: skip


def _of_confirmed(study: Study, counts: Counts, cases: str, unit: str, printed: str) -> tuple[Value, ...]:
    (people,) = study.run(f"select count(*) from {unit} where case_id in (select case_id {CONFIRMED})").rows[0]
    at, of = counts.add(name(unit, "of confirmed cases"), people), counts.values[cases]
    own = layout.total(people / of if of else None, Kind.NUMBER, at, cases, missing="no confirmed case")
    return (Value(f"{unit.capitalize()} a confirmed case"), _printed(printed), _printed("389"), own,
            Value(of, Kind.COUNT, (cases,)), Value(published.row(11).source))  # fmt: skip


def _apart() -> Grid:
    rows = tuple(
        (Value(one.says), Value(one.figures), Value(one.unit), Value(one.base), Value(one.why_not), Value(one.source))
        for one in published.ROWS if not one.comparable
    )  # fmt: skip
    headings = words("Figure", "As printed", "Unit", "Base", "Why it cannot be compared", "Source")
    note = "Where n was not published, there is no interval, no ratio and no test, whatever else is known."
    return Grid("published_apart", "What cannot be compared, and why", headings, rows, (note,))


def _flagged() -> Grid:
    rows = tuple(
        (Value(published.row(number).says), Value(check.says), Value(check.printed), Value(check.computed),
         Value(f"{check.difference:+g}" if check.difference is not None else "none fits"))
        for number, checks in published.flagged().items() for check in checks
    )  # fmt: skip
    headings = words("Figure", "What was checked", "Printed", "Computed", "Difference")
    return Grid("published_flagged", "Published figures that do not add up", headings, rows)
