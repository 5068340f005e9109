"""Sentences and the chain of restitution: asked for, ordered, paid."""

from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name, words
from concord.evaluation.sections import Section, layout
from concord.evaluation.study import Study

STEPS = ("asked", "ordered", "paid")
COURT = "from charges where in_court and standing"


def section(study: Study) -> Section:
    """Grids `sentences` and `restitution`."""
    counts = Counts()
    (whole,) = study.run(f"select count(*) {COURT}").rows[0]
    if not whole:
        return Section("sentences", "Sentences and restitution", ["No charge in court is on file."])
    counts.add(name("charge rows", "opened"), whole)
    blocks = [_sentences(study, counts), _restitution(study, counts)]
    return Section("sentences", "Sentences and restitution", blocks, counts)


def _sentences(study: Study, counts: Counts) -> Grid:
    asked = study.run(
        "select coalesce(sentence_kind, 'no_record') as kind, count(*) as charges, median(sentence_months) as months "
        f"{COURT} group by 1 order by 1"
    ).dicts()
    listed = [counts.add(name("charge rows", f"sentence {row['kind']}"), row["charges"]) for row in asked]
    counts.sums(name("charge rows", "opened"), listed)
    rows = tuple(
        (
            Value(row["kind"].replace("_", " ")),
            Value(row["charges"], Kind.COUNT, (at,)),
            layout.total(row["months"], Kind.NUMBER, at, missing="not a number of months"),
        )
        for row, at in zip(asked, listed, strict=True)
    )
    headings = (Heading("Sentence"), Heading("Charges"), Heading("Median", "months"))
    note = "Life and time served are kinds of sentence and enter no average."
    return Grid("sentences", "Sentences, by charge", headings, rows, (note,))


def _restitution(study: Study, counts: Counts) -> Grid:
    rows = [_step(study, counts, step) for step in STEPS]
    note = "A charge without an entry is not taken for one where nothing was asked."
    headings = (*words("Step", "Charges with an entry", "Charges above zero"), Heading("Sum", "US dollars"))
    return Grid("restitution", "Restitution: asked for, ordered, paid", headings, tuple(rows), (note,))


def _step(study: Study, counts: Counts, step: str) -> tuple[Value, ...]:
    column = f"restitution_{step}_usd"
    known, above, total = study.run(
        f"select count({column}), count(*) filter (where {column} > 0), sum({column}) {COURT}"
    ).rows[0]
    whole = name("charge rows", "opened")
    at = counts.add(name("charge rows", f"restitution {step} known"), known)
    none = counts.add(name("charge rows", f"restitution {step} no record"), counts.values[whole] - known)
    counts.sums(whole, [at, none])
    over = counts.add(name("charge rows", f"restitution {step} above zero"), above)
    zero = counts.add(name("charge rows", f"restitution {step} zero"), known - above)
    counts.sums(at, [over, zero])
    return (
        Value(step.capitalize()), Value(known, Kind.COUNT, (at,)), Value(above, Kind.COUNT, (over,)),
        layout.total(None if total is None else float(total), Kind.USD, over, missing="no entry"),
    )  # fmt: skip
