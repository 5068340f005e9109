"""Impact of task forces that began at different times: their areas before and after, beside a registered comparison."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from concord.casefile.reading import Refused
from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name, words
from concord.evaluation import adoption, impact, outcomes, typed_rows
from concord.evaluation.adoption import NoComparison, Panel
from concord.evaluation.impact import ExtraMissing, Impact, Step
from concord.evaluation.outcomes import Outcome
from concord.evaluation.sections import Picture, Section
from concord.evaluation.study import Study, StudyError

SEED = 20220106
TITLE = "Impact"
NOTHING = (
    "Nothing is said about impact. Case files show what a task force did, not what would have happened without it; "
    f"for that, put {outcomes.FILE} beside them: counts of areas with and without a task force, before and after it "
    "began."
)
ASSOCIATED = (
    "A difference goes with the beginning of a task force. It is an effect only if areas with one would otherwise have "
    "gone on as their comparison did, which no data can show."
)
NOTES = (
    "Two-stage differences in differences (Gardner 2022), errors clustered by area. Two-way fixed effects are biased "
    "when task forces begin at different times: they stand here only to be compared with older reports.",
    "Apart before: joint test that areas were already going apart; a large p does not show that they were not.",
    "Placebo permutation, not a p-value of the effect: how many random dealings of the beginnings among the areas gave "
    f"a difference as large (seed {SEED}).",
)
REFERENCE = "The period just before the beginning is the reference."
ALT = "Differences before and after a task force began, with intervals where the question was registered."
DIFFERENCE = Heading("Difference", "an agency reporting in a period")


@dataclass(frozen=True)
class Answer:
    """One measure that can be answered: what was found, and the areas and periods `part` it was found in."""

    outcome: Outcome
    part: Panel
    found: Impact
    registered: bool

    @property
    def says(self) -> str:
        return _words(self.outcome.measure)

    def named(self, **by: str) -> str:
        """The name of one of its counts."""
        return name("outcomes", self.outcome.measure, **by)

    def total(self, rows: np.ndarray) -> int:
        """How many were counted in the rows of a mask."""
        pairs = zip(self.part.unit[rows].tolist(), self.part.period[rows].tolist(), strict=True)
        return sum(self.outcome.counts[pair] for pair in pairs)

    def difference(self, one: Impact | Step, of: tuple[str, ...]) -> Value:
        """A difference, with its interval where the question was registered."""
        ends = (one.low, one.high) if self.registered else (None, None)
        return Value(one.estimate, Kind.NUMBER, of, *ends)


def section(study: Study) -> Section:
    """Grid `impact`, a row a measure, and `impact_steps_MEASURE` with its picture for each that can be answered."""
    path = study.folder / outcomes.FILE
    if not path.is_file():
        return Section("impact", TITLE, [NOTHING])
    counts, rows, steps, refused = Counts(), [], [], []
    for outcome in _read(path):
        try:
            answer = _answer(study, outcome)
        except (NoComparison, ExtraMissing) as reason:
            refused.append(f"{_words(outcome.measure)}: no estimate, {reason}.")
            continue
        both = _put(counts, answer)
        rows.append(_row(counts, answer, both))
        steps += _steps(counts, answer, both[1])
    blocks = [ASSOCIATED, *refused, _grid(rows), *steps] if rows else refused
    return Section("impact", TITLE, blocks, counts)


def _read(path: Path) -> Iterable[Outcome]:
    try:
        found, report = outcomes.read(path)
    except Refused as problem:
        raise StudyError(str(problem)) from None
    if report.listed:
        raise StudyError(typed_rows.told(report) + "\nNothing was evaluated. Correct these rows and start again.")
    return found.values()


def _answer(study: Study, outcome: Outcome) -> Answer:
    comparison = adoption.registered(study.protocol)
    whole = outcome.panel
    found = impact.staggered(whole, comparison, seed=SEED, level=study.protocol.level)
    registered = study.protocol.registered(f"impact.{outcome.measure}")
    return Answer(outcome, adoption.compared(whole, comparison), found, registered)


def _words(measure: str) -> str:
    return measure.replace("_", " ").capitalize()


def _put(counts: Counts, answer: Answer) -> tuple[str, str]:
    """The counts that an estimate rests on: of areas from when they began, and of all areas before."""
    treated = answer.part.treated
    return (
        counts.add(answer.named(when="with a task force"), answer.total(treated)),
        counts.add(answer.named(when="without one"), answer.total(~treated)),
    )


def _grid(rows: Sequence[tuple[Value, ...]]) -> Grid:
    headings = (
        *words("Outcome", "Standing", "Counted after"), DIFFERENCE,
        *words("Areas", "With a task force", "Area periods", "Apart before, p", "Two-way fixed effects"),
        Heading("Weighed negatively", "%"), Heading("As large in placebos"),
    )  # fmt: skip
    return Grid("impact", "What goes with the beginning of a task force", headings, tuple(rows), NOTES)


def _row(counts: Counts, answer: Answer, both: tuple[str, str]) -> tuple[Value, ...]:
    found = answer.found
    return (
        Value(answer.says), Value("registered" if answer.registered else "exploratory"),
        Value(counts.values[both[0]], Kind.COUNT, both[:1]), answer.difference(found, both),
        *(Value(number, Kind.NUMBER) for number in (found.units, found.adopters, found.n)),
        Value(found.before.p, Kind.P, missing="too few areas or periods" if found.before.p is None else ""),
        Value(found.naive.estimate, Kind.NUMBER, both), Value(found.naive.negative, Kind.SHARE, both),
        Value(f"{found.placebo.as_large} of {found.placebo.draws}"),
    )  # fmt: skip


def _steps(counts: Counts, answer: Answer, beside: str) -> list[Grid | Picture]:
    """Period by period from the beginning; their counts add up to the totals, so that a small one stays hidden."""
    masks = dict(impact.steps_of(answer.part))
    named = {at: counts.add(answer.named(step=f"{at:+d}"), answer.total(rows)) for at, rows in masks.items()}
    counts.sums(answer.named(when="with a task force"), [named[at] for at in named if at >= 0])
    before = [named[at] for at in named if at < 0]
    others = counts.values[beside] - sum(counts.values[one] for one in before)
    counts.sums(beside, [*before, counts.add(answer.named(step="others"), others)])
    rows = [
        (Value(_when(step.at)), Value(counts.values[named[step.at]], Kind.COUNT, (named[step.at],)),
         answer.difference(step, (named[step.at], beside)),
         Value(len(set(answer.part.unit[masks[step.at]].tolist())), Kind.NUMBER))
        for step in (*answer.found.before.steps, *answer.found.after)
    ]  # fmt: skip
    headings = (*words("Period", "Counted"), DIFFERENCE, *words("Areas"))
    title = f"{answer.says}: difference by period from the beginning"
    notes = (f"Compared with: {answer.found.comparison}", *(said[:1].upper() + said[1:] for said in answer.part.notes))
    grid = Grid(f"impact_steps_{answer.outcome.measure}", title, headings, tuple(rows), (REFERENCE, *notes))
    return [grid, Picture("forest", grid.key, title, ALT)]


def _when(step: int) -> str:
    if step == 0:
        return "In which it began"
    beyond = step in (-impact.LEADS - 1, impact.LAGS)
    way, further = ("before", " and earlier") if step < 0 else ("after", " and later")
    return f"{abs(step)} {way}{further if beyond else ''}"
