"""Days from opening to arrest, prosecution and closing, and on to a conviction, where one ending rules out another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name, words
from concord.evaluation import times
from concord.evaluation.sections import Picture, Section
from concord.evaluation.study import RANDOM, Study
from concord.evaluation.times import Incidence, NoTimes
from concord.vocabulary import Grade

DAYS = (30, 60, 90, 120, 180, 270, 365, 545, 730, 1095, 1460, 1825, 2190)
OTHERWISE = "otherwise"
COMPETING = (
    "A case that is adopted federally or closed can no longer come to an arrest or a prosecution here. Each outcome is "
    "what happened first, and a case still open at the end of following counts as long as it was followed."
)
FROM_CASES = (
    "select k.case_id, k.site_id, k.type, k.proactive, k.arrested, k.prosecuted, k.adopted, k.status, k.closed_days, "
    "k.followed_days, min(s.arrested_days) as arrested_days, min(s.prosecuted_days) as prosecuted_days, {adopted} as "
    'adopted_days from cases k join "case" c using (case_id) left join suspects s using (case_id) group by all '
    "order by k.case_id"
)
FROM_SUSPECTS = (
    "select s.suspect_id, s.site_id, s.convicted, s.outcome, s.convicted_days - s.prosecuted_days as convicted_days, "
    "h.last - s.prosecuted_days as disposed_days, s.followed_days - s.prosecuted_days as followed_days, "
    "s.prosecuted_days from suspects s left join (select suspect_id, max(disposed_days) as last from charges "
    "group by suspect_id) h using (suspect_id) where s.prosecuted order by s.suspect_id"
)
TOO_FEW = "so few came this far that nothing can be told without telling of one of them."
ENDED_OTHERWISE = ("dismissed", "acquitted", "diverted")


@dataclass(frozen=True)
class Course:
    """From one thing to the first of several: `outcomes` are the thing itself and what rules it out, in words."""

    key: str
    unit: str
    says: str
    base: str
    outcomes: dict[str, str]
    since: str = "Days since opening"


COURSES = (
    Course("arrested", "cases", "From opening to the first arrest of a suspect", "opened", {
        "arrested": "Suspect arrested", "adopted": "Adopted federally", "closed": "Closed without an arrest"}),
    Course("prosecuted", "cases", "From opening to the first prosecution", "opened", {
        "prosecuted": "Prosecuted", "adopted": "Adopted federally", "closed": "Closed without a prosecution"}),
    Course("closed", "cases", "From opening to closing", "opened", {"closed": "Closed"}),
    Course("convicted", "suspects", "From prosecution to conviction", "prosecuted at any time", {
        "convicted": "Convicted", "ended": "Dismissed, acquitted or diverted"}, "Days since prosecution"),
)  # fmt: skip


@dataclass(frozen=True)
class Followed:
    """Those of a course whose time is known: days, what happened first (None: nothing yet), site; and the left out."""

    days: tuple[float, ...]
    outcome: tuple[str | None, ...]
    sites: tuple[str, ...]
    rows: tuple[dict, ...]
    left_out: int


def section(study: Study) -> Section:
    """Grids `times`, `times_<course>` with a picture each, and `times_features`."""
    counts, blocks, summary = Counts(), [COMPETING], []
    held = {course.key: _merged(course, _followed(study, course), study.protocol.threshold) for course in COURSES}
    told = [(course, followed) for course, followed in held.values() if _enough(study, followed)]
    for course, followed in told:
        summary += _summary(study, course, followed, _counted(course, followed, counts))
    if summary:
        blocks.append(_summary_grid(summary))
    blocks += [f"{course.says}: {TOO_FEW}" for course, followed in held.values() if not _enough(study, followed)]
    for course, followed in told:
        blocks += _curves(study, course, followed, counts)
    blocks += _features(study, held["prosecuted"][1], counts)
    return Section("times", "How long it took", blocks, counts)


# --- Whose time is known ----------------------------------------------------------------------------------------------


def _followed(study: Study, course: Course) -> Followed:
    rows = _rows(study, course)
    first = [(row, _first(row, course)) for row in rows]
    known = [(row, found) for row, found in first if found is not None]
    return Followed(
        tuple(float(day) for _, (day, _) in known),
        tuple(outcome for _, (_, outcome) in known),
        tuple(row["site_id"] for row, _ in known),
        tuple(row for row, _ in known),
        len(rows) - len(known),
    )


def _enough(study: Study, held: Followed) -> bool:
    """Whether a course has people enough that its parts can be told at all."""
    return len(held.days) + held.left_out >= study.protocol.threshold


def _rows(study: Study, course: Course) -> list[dict]:
    if course.unit == "suspects":
        return [_suspect(row) for row in study.run(FROM_SUSPECTS).dicts()]
    exact = study.grade is Grade.RESEARCH
    adopted = "date_diff('day', c.opened_on, c.adopted_federally_on)" if exact else "c.adopted_federally_days"
    return [_case(row) for row in study.run(FROM_CASES.format(adopted=adopted)).dicts()]


def _case(row: dict) -> dict:
    return row | {"closed": row["status"] == "closed", "whole": True}


def _suspect(row: dict) -> dict:
    ended = row["outcome"] in ENDED_OTHERWISE
    return row | {"ended": ended, "ended_days": row["disposed_days"], "whole": row["prosecuted_days"] is not None}


def _first(row: dict, course: Course) -> tuple[float, str | None] | None:
    """Day and name of what happened first; None where the file does not let it be known.

    What came before the opening is day 0. What came after the end of following counts as not yet happened.
    """
    target, *rivals = course.outcomes
    there = [outcome for outcome in (target, *rivals) if row[outcome]]
    if row[target] is None or not row["whole"] or any(row[f"{outcome}_days"] is None for outcome in there):
        return None
    end = row["followed_days"]
    seen = [(max(float(row[f"{outcome}_days"]), 0.0), outcome) for outcome in there]
    day, outcome = min(seen, key=lambda one: one[0], default=(None, None))
    if day is not None and (end is None or day <= end):
        return day, outcome
    return (float(end), None) if end is not None and end >= 0 else None


def _merged(course: Course, held: Followed, threshold: int) -> tuple[Course, Followed]:
    """The course with its other endings as one, where some of them are only a few cases'."""
    target, *rivals = course.outcomes
    if len(rivals) < 2 or not any(0 < held.outcome.count(rival) < threshold for rival in rivals):
        return course, held
    outcome = tuple(OTHERWISE if what in rivals else what for what in held.outcome)
    says = ", or ".join([course.outcomes[rivals[0]], *(course.outcomes[one].lower() for one in rivals[1:])])
    return replace(course, outcomes={target: course.outcomes[target], OTHERWISE: says}), replace(held, outcome=outcome)


def _counted(course: Course, held: Followed, counts: Counts) -> dict[str, str]:
    """The names of the counts of a course: everybody, each outcome, and the rest: not yet, or no day known."""
    of = {outcome: name(course.unit, f"{course.key} first {outcome}") for outcome in course.outcomes}
    for outcome, listed in of.items():
        counts.add(listed, held.outcome.count(outcome))
    rest = counts.add(name(course.unit, f"{course.key} not seen"), held.outcome.count(None) + held.left_out)
    everybody = counts.add(_everybody(course), len(held.days) + held.left_out)
    counts.sums(everybody, [*of.values(), rest])
    return of | {"all": everybody, "rest": rest}


def _everybody(course: Course) -> str:
    return name(course.unit, course.base)


# --- The summary ------------------------------------------------------------------------------------------------------


def _summary_grid(rows: Sequence[tuple[Value, ...]]) -> Grid:
    headings = (
        *words("Course", "Outcome", "Happened first", "Of", "Not seen", "Day unknown"), Heading("A quarter by", "days"),
        Heading("Half by", "days"), Heading("Standing"),
    )  # fmt: skip
    notes = (
        "Shares are of all who were followed, by Aalen-Johansen, so that a case that ended otherwise is not taken for "
        "one that would still come to it. Half by: the first day by which half of all had come to it.",
        "Interval of the day for closing: Brookmeyer and Crowley, log-log scale, as if cases came one by one; where "
        "sites differ it is too narrow.",
        "Not seen: none of it had happened when following ended, or its day is not known. Those of whom the file does "
        "not say whether, when, or how long they were followed enter no share; how many they are is told roughly.",
    )
    return Grid("times", "How long it took, by course", headings, tuple(rows), notes)


def _summary(study: Study, course: Course, held: Followed, of: dict[str, str]) -> Iterator[tuple[Value, ...]]:
    found = _incidence(held, study)
    for outcome, says in course.outcomes.items():
        both = (of[outcome], of["all"])
        quarter, half = (_by(found, outcome, share, both) for share in (0.25, 0.5))
        if len(course.outcomes) == 1 and not isinstance(found, str) and _interval(study, course):
            half = _median(held, study, both)
        yield (
            Value(course.says), Value(says), Value(held.outcome.count(outcome), Kind.COUNT, (of[outcome],)),
            Value(len(held.days) + held.left_out, Kind.COUNT, (of["all"],)),
            Value(held.outcome.count(None) + held.left_out, Kind.COUNT, (of["rest"],)), Value(_lost(held)),
            quarter, half, Value(_standing(study, course)),
        )  # fmt: skip


def _lost(held: Followed) -> str:
    share = held.left_out / max(1, len(held.days) + held.left_out)
    return "none" if not share else "under 5 %" if share < 0.05 else "5 to 10 %" if share <= 0.1 else "over 10 %"


def _incidence(held: Followed, study: Study) -> Incidence | str:
    try:
        return times.incidence(held.days, held.outcome, level=study.protocol.level)
    except NoTimes as reason:
        return str(reason)


def _by(found: Incidence | str, outcome: str, share: float, of: tuple[str, ...]) -> Value:
    if isinstance(found, str):
        return Value(None, Kind.DAYS, of, missing=found)
    day = next((point.day for point in found.points.get(outcome, ()) if point.share >= share - times.TINY), None)
    return Value(day, Kind.DAYS, of, missing="" if day is not None else "not reached")


def _median(held: Followed, study: Study, of: tuple[str, ...]) -> Value:
    curve = times.waiting(held.days, [outcome is not None for outcome in held.outcome], level=study.protocol.level)
    if curve.median is None:
        return Value(None, Kind.DAYS, of, missing="not reached")
    return Value(curve.median, Kind.DAYS, of, curve.low, curve.high)


def _interval(study: Study, course: Course) -> bool:
    return study.drawn == RANDOM and study.protocol.registered(f"times.{course.key}")


def _standing(study: Study, course: Course) -> str:
    if not study.protocol.registered(f"times.{course.key}"):
        return "exploratory"
    return {"random": "registered", "all": "census"}.get(study.drawn, "files chosen by hand")


# --- The curves -------------------------------------------------------------------------------------------------------


def _curves(study: Study, course: Course, held: Followed, counts: Counts) -> list:
    found = _incidence(held, study)
    if isinstance(found, str):
        return [f"{course.says}: no curve, because {found}."]
    cuts = {outcome: _cuts(held, outcome, study.protocol.threshold, found) for outcome in found.points}
    if not any(cuts.values()):
        return [f"{course.says}: no curve. So few came to it that its steps would be a few people's."]
    between = _between(study, course, held, {day for days in cuts.values() for day in days})
    drawn = [outcome for outcome in course.outcomes if cuts.get(outcome)]
    rows = [row for what in drawn for row in _line(course, held, what, found, cuts[what], between, counts)]
    key = f"times_{course.key}"
    note = "Days are far enough apart that no step is a few people's. "
    note += "Intervals are between sites (jackknife)." if between else "No interval: see the standing of this course."
    headings = (Heading("Outcome"), Heading(course.since), Heading("Share", "%"))
    grid = Grid(key, course.says, headings, tuple(rows), (note,))
    lines = ", ".join(course.outcomes[outcome] for outcome in drawn)
    alt = f"Step lines of the share of {course.unit} by day, rising from none. Lines: {lines}."
    return [grid, Picture("curves", key, course.says, alt)]


def _cuts(held: Followed, outcome: str, threshold: int, found: Incidence) -> list[float]:
    """Days at which an outcome's share is told: at least `threshold` more came to it since the day told before."""
    on = sorted(day for day, what in zip(held.days, held.outcome, strict=True) if what == outcome)
    candidates = [float(day) for day in DAYS if day < found.followed_to] + [found.followed_to]
    chosen, told = [], 0
    for day in candidates:
        by = sum(one <= day for one in on)
        if by - told >= threshold:
            chosen.append(day)
            told = by
    if chosen and told < len(on):  # the few who came later are told together with the last step
        chosen[-1] = next(day for day in candidates if day >= on[-1])
    return chosen


def _between(study: Study, course: Course, held: Followed, days: set[float]) -> dict[float, dict]:
    if not _interval(study, course) or len(study.sites) < 2:
        return {}
    level = study.protocol.level
    return times.between_sites(held.days, held.outcome, held.sites, sorted(days), level=level)


def _line(course: Course, held: Followed, outcome: str, found: Incidence, cuts: list[float], between: dict,
          counts: Counts) -> Iterator[tuple[Value, ...]]:  # fmt: skip
    whole, n = name(course.unit, f"{course.key} first {outcome}"), _everybody(course)
    steps = []
    ends = (0.0, 0.0) if between else (None, None)
    yield Value(course.outcomes[outcome]), Value(0, Kind.DAYS), Value(0.0, Kind.SHARE, (n,), *ends)
    for after, by in pairwise([-1.0, *cuts]):
        came = sum(after < day <= by and what == outcome for day, what in zip(held.days, held.outcome, strict=True))
        steps.append(counts.add(name(course.unit, f"{course.key} first {outcome}", by=f"{by:g}"), came))
        point = between.get(by, {}).get(outcome)
        share = Value(
            found.at(outcome, by).share, Kind.SHARE, (*steps, n),
            point.low if point else None, point.high if point else None,
        )  # fmt: skip
        yield Value(course.outcomes[outcome]), Value(int(by), Kind.DAYS), share
    if cuts[-1] < found.followed_to:  # nobody came to it after the last step, so all of that step still holds
        yield Value(course.outcomes[outcome]), Value(int(found.followed_to), Kind.DAYS), share
    counts.sums(whole, steps)


# --- What goes with a shorter time ------------------------------------------------------------------------------------

NOT_ASKED = (
    "What goes with a faster prosecution was not asked beforehand (register times.prosecuted) of files drawn at "
    "random, so no regression is printed."
)
FEATURES = {"labor": "Labor trafficking, alone or with sex", "proactive": "The task force went looking"}


def _features(study: Study, held: Followed, counts: Counts) -> list:
    if not _interval(study, COURSES[1]):
        return [NOT_ASKED]
    known = [at for at, row in enumerate(held.rows) if row["type"] is not None and row["proactive"] is not None]
    rows = [held.rows[at] for at in known]
    columns = {
        "labor": [float(row["type"] in ("labor", "both")) for row in rows],
        "proactive": [float(row["proactive"]) for row in rows],
    }
    happened = [held.outcome[at] == "prosecuted" for at in known]
    sites = [held.sites[at] for at in known]
    try:
        made = times.cox([held.days[at] for at in known], happened, columns, sites, level=study.protocol.level)
    except NoTimes as reason:
        return [f"What goes with a faster prosecution: no regression, because {reason}."]
    n = counts.add(name("cases", "timed, features known"), made.n)
    left = counts.add(name("cases", "timed or features not known"), len(held.rows) + held.left_out - made.n)
    counts.sums(name("cases", "opened"), [n, left])
    laid = []
    for one, column in zip(made.coefficients, columns.values(), strict=True):
        having = counts.add(name("cases", f"timed, {one.feature}"), int(sum(column)))
        lacking = counts.add(name("cases", f"timed, not {one.feature}"), made.n - int(sum(column)))
        counts.sums(n, [having, lacking])
        of = (having, lacking)
        laid.append((Value(FEATURES[one.feature]), Value(int(sum(column)), Kind.COUNT, (having,)),
                     Value(made.n, Kind.COUNT, (n,)), Value(one.ratio, Kind.NUMBER, of, one.low, one.high),
                     Value(one.p, Kind.P)))  # fmt: skip
    headings = (*words("Feature", "Cases with it", "Of"), Heading("Hazard ratio", "1 = as fast"), Heading("p"))
    title = "What goes with a faster prosecution (cause-specific Cox, errors by site)"
    return [Grid("times_features", title, headings, tuple(laid), made.caveats)]
