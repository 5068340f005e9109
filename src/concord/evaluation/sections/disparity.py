"""Suspects' race or ethnicity stage by stage, beside the comparators that the protocol names; and who went on."""

from collections.abc import Iterator, Set

from concord.disclosure.grids import Counts, Grid, Heading, Kind, Value, name, words
from concord.evaluation import disparity
from concord.evaluation.disparity import ENTRY, SEVERAL, Comparator, Passage, Person, Rule, Tally
from concord.evaluation.sections import Picture, Section
from concord.evaluation.study import RANDOM, Study
from concord.vocabulary import Race, RaceSource

STAGES = {
    "followed": "Identified", "arrested": "Arrested", "prosecuted": "Prosecuted",
    "charged_strict": "Charged under a trafficking statute", "convicted": "Convicted",
}  # fmt: skip
PASSAGES = (
    ("followed", "arrested"), ("arrested", "prosecuted"), ("prosecuted", "charged_strict"), ("prosecuted", "convicted"),
)  # fmt: skip
ASKED = (
    "select coalesce(races, []) as races, race_source, site_id, arrested, prosecuted, charged_strict, convicted "
    "from suspects where mature order by suspect_id"
)
NO_COMPARATOR = (
    "No comparator was registered in the protocol, so suspects stand beside nobody and no ratio is printed. Name "
    "several (residents of the counties worked in, people arrested for other felonies there), each with its source, "
    "year and base."
)
GROUPS = {race.value: race.label for race in Race} | {SEVERAL: "Two or more"}
SOURCES = {source.value: source.label for source in RaceSource} | {"not_recorded": "Not recorded"}


TITLE = "Race and ethnicity of suspects"


def section(study: Study) -> Section:
    """Grids `disparity_shares`, `disparity_source`, `disparity` with its picture, and `disparity_passage`."""
    rows = study.run(ASKED).dicts()
    people = [(Person(tuple(row["races"]), row["race_source"], row["site_id"]), row) for row in rows]
    if not people:
        return Section("disparity", TITLE, ["The file holds no suspect to count from.", ENTRY])
    if not any(person.races for person, _ in people):
        told = "Race is not recorded for any suspect, so nothing can be said of who was suspected."
        return Section("disparity", TITLE, [told, ENTRY])
    counts = Counts()
    alone, whole = (_tallies(people, rule, study.protocol.threshold) for rule in (Rule.ALONE, Rule.ANY))
    if "followed" not in alone:
        return Section("disparity", TITLE, ["Race is recorded for too few suspects to tell of any group.", ENTRY])
    groups = [group for group in GROUPS if alone["followed"].counts.get(group) or whole["followed"].counts.get(group)]
    _register(alone, whole, groups, counts)
    blocks: list = [ENTRY, _shares(alone, groups), _source(alone["followed"], counts)]
    blocks += _beside(study, {Rule.ALONE: alone, Rule.ANY: whole}, groups, counts)
    blocks.append(_passages(study, people, alone.keys(), groups, counts))
    return Section("disparity", TITLE, blocks, counts)


def _tallies(people: list[tuple[Person, dict]], rule: Rule, threshold: int) -> dict[str, Tally]:
    """The stages that people enough of known race reached; of the others nothing can be told by group."""
    made = {stage: _tally(people, stage, rule) for stage in STAGES}
    return {stage: tally for stage, tally in made.items() if tally.known >= threshold}


def _tally(people: list[tuple[Person, dict]], stage: str, rule: Rule) -> Tally:
    there = [person for person, row in people if stage == "followed" or row[stage]]
    return disparity.tally(STAGES[stage], there, rule)


# --- Counts and how they add up ---------------------------------------------------------------------------------------


def _register(alone: dict[str, Tally], whole: dict[str, Tally], groups: list[str], counts: Counts) -> None:
    """At each stage: known and not; each group alone and the several; and of each group those who did not get there."""
    for stage, tally in alone.items():
        total = counts.add(name("suspects", stage), tally.n)
        known = counts.add(name("suspects", f"{stage} race known"), tally.known)
        counts.sums(total, [known, counts.add(name("suspects", f"{stage} race not recorded"), tally.missing)])
        parts = [counts.add(_alone(stage, group), tally.counts.get(group, 0)) for group in groups]
        if SEVERAL not in groups:
            parts.append(counts.add(_alone(stage, SEVERAL), 0))
        counts.sums(known, parts)
        for group in groups:
            _within(counts, _alone("followed", group), _alone(stage, group), tally.counts.get(group, 0))
            if group != SEVERAL:
                _any(counts, stage, group, tally, whole[stage])


def _alone(stage: str, group: str) -> str:
    return name("suspects", stage, race=group)


def _any(counts: Counts, stage: str, group: str, alone: Tally, whole: Tally) -> str:
    """The count of a group with those of several races in it: another one only where there are such people."""
    mine, every = alone.counts.get(group, 0), whole.counts.get(group, 0)
    if mine == every:
        return _alone(stage, group)
    listed = counts.add(name("suspects", f"{stage} any", race=group), every)
    mixed = counts.add(name("suspects", f"{stage} with others", race=group), every - mine)
    counts.sums(listed, [_alone(stage, group), mixed])
    return listed


def _within(counts: Counts, total: str, listed: str, count: int) -> str:
    """A count that is part of another: the name of the other where they are the same people, so none is told twice."""
    if total == listed or (count == counts.values[total] and listed not in counts.values):
        return total
    counts.add(listed, count)
    counts.sums(total, [listed, counts.add(f"{listed}|rest of={total}", counts.values[total] - count)])
    return listed


def _counted(counts: Counts, stage: str, group: str) -> str:
    listed = name("suspects", f"{stage} any", race=group)
    return listed if listed in counts.values else _alone(stage, group)


# --- The grids --------------------------------------------------------------------------------------------------------


def _shares(alone: dict[str, Tally], groups: list[str]) -> Grid:
    rows = []
    for stage, tally in alone.items():
        known, lost = (name("suspects", f"{stage} race {what}") for what in ("known", "not recorded"))
        for group in groups:
            count, at = tally.counts.get(group, 0), _alone(stage, group)
            nobody = "" if tally.known else "race recorded for nobody"
            share = Value(count / max(1, tally.known), Kind.SHARE, (at, known), missing=nobody)
            rows.append((Value(STAGES[stage]), Value(GROUPS[group]), Value(count, Kind.COUNT, (at,)), share))
        rows.append((Value(STAGES[stage]), Value("Not recorded"), Value(tally.missing, Kind.COUNT, (lost,)),
                     Value(None, missing="not part of the shares")))  # fmt: skip
    headings = (*words("Stage", "Race or ethnicity", "Suspects"), Heading("Of those recorded", "%"))
    note = f"{Rule.ALONE.says} Suspects of cases followed long enough."
    return Grid("disparity_shares", "Suspects by race or ethnicity, stage by stage", headings, tuple(rows), (note,))


def _source(tally: Tally, counts: Counts) -> Grid:
    listed = {source: counts.add(name("suspects", f"followed race source {source}"), n)
              for source, n in sorted(tally.sources.items())}  # fmt: skip
    counts.sums(name("suspects", "followed race known"), listed.values())
    rows = tuple(
        (Value(SOURCES[source]), Value(tally.sources[source], Kind.COUNT, (at,)),
         Value(tally.sources[source] / tally.known, Kind.SHARE, (at, name("suspects", "followed race known"))))
        for source, at in listed.items()
    )  # fmt: skip
    headings = (*words("Who recorded it", "Suspects"), Heading("Of those recorded", "%"))
    note = "An officer's guess and a person's own answer are different things; comparators mostly rest on the latter."
    return Grid("disparity_source", "Who recorded suspects' race or ethnicity", headings, rows, (note,))


def _beside(study: Study, tallies: dict[Rule, dict[str, Tally]], groups: list[str], counts: Counts) -> list:
    if not study.protocol.comparators:
        return [NO_COMPARATOR]
    blocks, rows, notes = [], [], []
    for entry in study.protocol.comparators:
        try:
            beside = disparity.comparator(entry)
        except ValueError as reason:
            blocks.append(f"Not used, correct it in the protocol: {reason}.")
            continue
        notes.append(_described(beside))
        both = [group for group in groups if group in beside.shares]
        rows += _ratios(study, beside, tallies[beside.rule], both, counts)
    if not rows:
        return [*blocks, "No group of suspects stands in a comparator, so no ratio is printed."]
    headings = (
        *words("Comparator", "Race or ethnicity", "Stage", "Suspects", "Of"), Heading("Ratio", "1 = equal shares"),
        Heading("Share", "%"), Heading("Comparator", "%"), *words("If all or none of the unrecorded were", "Standing"),
    )  # fmt: skip
    title = "Suspects' shares beside each comparator, stage by stage"
    alt = "Ratios of a group's share among suspects to its share of each comparator, by stage; 1 means equal shares."
    grid = Grid("disparity", title, headings, tuple(rows), (ENTRY, *notes))
    return [*blocks, grid, Picture("disparity", "disparity", title, alt)]


def _described(beside: Comparator) -> str:
    kind = "a sample of" if beside.sample else "of"
    said = SOURCES.get(beside.race_source, beside.race_source).lower()
    return (
        f"{beside.name}: {beside.source}, {beside.year}, {kind} {beside.base:,} people; race recorded by: {said}. "
        f"{beside.rule.says}"
    )


def _ratios(study: Study, beside: Comparator, tallies: dict[str, Tally], groups: list[str], counts: Counts) -> Iterator:
    interval = _interval(study)
    for group in groups:
        for stage, tally in tallies.items():
            found = disparity.against(tally, group, beside, level=study.protocol.level, interval=interval)
            at = _counted(counts, stage, group) if beside.rule is Rule.ANY else _alone(stage, group)
            known, lost = (name("suspects", f"{stage} race {what}") for what in ("known", "not recorded"))
            of = (at, known)
            ratio, share, spread = (Value(None, missing=found.refused or "no ratio") for _ in range(3))
            if found.ratio is not None:
                ratio = Value(found.ratio, Kind.NUMBER, of, found.low, found.high)
                share = Value(found.share, Kind.SHARE, of)
                spread = Value(f"{found.least:.2f} to {found.most:.2f}", Kind.TEXT, (*of, lost))
            yield (
                Value(beside.name), Value(GROUPS[group]), Value(STAGES[stage]), Value(found.count, Kind.COUNT, (at,)),
                Value(found.n, Kind.COUNT, (known,)), ratio, share, Value(f"{found.beside:.1%}"), spread,
                Value(_standing(study)),
            )  # fmt: skip


def _interval(study: Study) -> bool:
    return study.drawn == RANDOM and study.protocol.registered("disparity")


def _standing(study: Study) -> str:
    if not study.protocol.registered("disparity"):
        return "exploratory"
    return {"random": "registered", "all": "census"}.get(study.drawn, "files chosen by hand")


def _passages(study: Study, people: list, stages: Set[str], groups: list[str], counts: Counts) -> Grid | str:
    asked = [
        (start, end, group, _passage(study, people, group, start, end))
        for start, end in PASSAGES if {start, end} <= stages for group in groups if group != SEVERAL
    ]  # fmt: skip
    least = study.protocol.threshold
    told = [one for one in asked if one[3].of >= least and one[3].others >= least]
    if not told:
        return "Too few suspects are of any one group to say who went on from one stage to the next."
    rows = [_laid(study, found, group, start, end, counts) for start, end, group, found in told]
    headings = (
        *words("From and to", "Race or ethnicity", "Went on", "Of", "All others who went on", "Of them"),
        Heading("Ratio", "1 = as often"), Heading("Standing"),
    )  # fmt: skip
    notes = (ENTRY, f"{Rule.ANY.says} Beside everybody else whose race is recorded and of whom the outcome is known.")
    return Grid("disparity_passage", "Who went on from one stage to the next", headings, tuple(rows), notes)


def _passage(study: Study, people: list, group: str, start: str, end: str) -> Passage:
    there = [(person, row[end]) for person, row in people if start == "followed" or row[start]]
    return disparity.passage(end, group, there, level=study.protocol.level, interval=_interval(study))


def _laid(study: Study, found: Passage, group: str, start: str, end: str, counts: Counts) -> tuple[Value, ...]:
    went, of, others_went, others = _told(found, group, start, end, counts)
    ratio = Value(None, missing=found.refused)
    if found.ratio is not None:
        ratio = Value(found.ratio, Kind.NUMBER, (went, of, others_went, others), found.low, found.high)
    return (
        Value(f"{STAGES[start]} to {STAGES[end].lower()}"), Value(GROUPS[group]),
        Value(found.went_on, Kind.COUNT, (went,)), Value(found.of, Kind.COUNT, (of,)),
        Value(found.others_went_on, Kind.COUNT, (others_went,)), Value(found.others, Kind.COUNT, (others,)), ratio,
        Value(_standing(study)),
    )  # fmt: skip


def _told(found: Passage, group: str, start: str, end: str, counts: Counts) -> tuple[str, str, str, str]:
    """The names of a passage's four counts, tied to those of either stage."""

    def listed(what: str, whose: str = "") -> str:
        return name("suspects", f"{start} {what}", **({"race": whose} if whose else {}))

    known, both, stayed = f"to {end} known", f"and {end}", f"not {end}"
    everybody = _within(counts, listed("race known"), listed(known), found.of + found.others)
    of = _within(counts, _counted(counts, start, group), listed(known, group), found.of)
    went = _within(counts, _counted(counts, end, group), listed(both, group), found.went_on)
    counts.sums(of, [went, counts.add(listed(stayed, group), found.of - found.went_on)])
    others = counts.add(listed(known, f"not {group}"), found.others)
    others_went = counts.add(listed(both, f"not {group}"), found.others_went_on)
    left = counts.add(listed(stayed, f"not {group}"), found.others - found.others_went_on)
    counts.sums(others, [others_went, left])
    counts.sums(everybody, [of, others])
    return went, of, others_went, others
