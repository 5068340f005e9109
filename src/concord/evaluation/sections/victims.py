"""Victims' own arrests and charges: a line of their own, never part of the suspects' funnel, and who answered."""

from concord.disclosure.grids import Counts, Grid, Kind, Value, name, words
from concord.evaluation import figures
from concord.evaluation.sections import Section, layout
from concord.evaluation.study import Study

ANSWERED = {
    "screened": ("Screened", ("yes", "refused", "unable", "not_done")),
    "took_part": ("Took part in the prosecution", ("yes", "partly", "no")),
}


def section(study: Study) -> Section:
    """Grids `victims`, `victim_status` and `victim_answers`."""
    made = figures.funnel(study, "victims")
    if not made:
        return Section("victims", "Victims", ["The file holds no victim."])
    counts = figures.counts(study, "victims")
    title = "Victims referred to services, arrested, charged, convicted"
    note = "An arrest of a victim is counted here alone, whatever its stated purpose."
    blocks = [layout.of_figures("victims", title, made, note), _status(study, counts), _answers(study, counts)]
    return Section("victims", "Victims, and what happened to them", blocks, counts)


def _status(study: Study, counts: Counts) -> Grid:
    held = dict(study.run("select status, count(*) from victims group by status order by status").rows)
    whole = counts.add(name("victims", "opened"), sum(held.values()))
    rows = [(status, counts.add(name("victims", f"status {status}"), count)) for status, count in held.items()]
    counts.sums(whole, [listed for _, listed in rows])
    laid = tuple((Value(status.replace("_", " ")), Value(held[status], Kind.COUNT, (at,))) for status, at in rows)
    note = "Potential and confirmed victims are never added up as if they were one count."
    return Grid("victim_status", "Latest status of each victim", words("Status", "Victims"), laid, (note,))


def _answers(study: Study, counts: Counts) -> Grid:
    rows = [row for column in ANSWERED for row in _answer_rows(study, counts, column)]
    headings = words("Question", "Answer", "Victims", "Of all victims")
    note = "Blank is not no: a share here is of all victims, so that silence shows."
    return Grid("victim_answers", "Who was asked, and who answered", headings, tuple(rows), (note,))


def _answer_rows(study: Study, counts: Counts, column: str):
    says, codes = ANSWERED[column]
    held = dict(study.run(f"select coalesce({column}, 'no_record') as a, count(*) from victims group by 1").rows)
    whole = counts.add(name("victims", "opened"), sum(held.values()))
    given = {code: held.get(code, 0) for code in (*codes, "no_record")}
    listed = {code: counts.add(name("victims", f"{column} {code}"), count) for code, count in given.items()}
    counts.sums(whole, listed.values())
    for code, at in listed.items():
        part = layout.share(given[code] / counts.values[whole], (at, whole))
        yield Value(says), Value(code.replace("_", " ")), Value(given[code], Kind.COUNT, (at,)), part
