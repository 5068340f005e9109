"""Interviews: roles, quotas and response; what was raised where; agreement of coders on the same words."""

from collections.abc import Iterable

from concord.casefile.formats import refi_qda
from concord.casefile.reading import Refused
from concord.disclosure.grids import Counts, Grid, Kind, Value, name, words
from concord.evaluation import interviews, typed_rows
from concord.evaluation.interviews import CodeAgreement, Counted, Group, Registry, Response, Role, Themes
from concord.evaluation.sections import Section
from concord.evaluation.study import Study, StudyError

DRAWS = 1000
DEEPEST, LISTED = 2, 60
"""Levels of the code tree and rows that are shown."""
COMPLETED_AND_CODED = (("participants", "coded"), ("interviews", Response.COMPLETED))
HEADINGS = words("Code", "Coders", "Texts coded by two or more", "Alpha", "Lowest kappa", "Overlap", "Beware")
ABSENT = f"No interview is on file: the folder has no {interviews.FILE}."
NO_SEGMENTS = f"No coded text is on file: the folder has no {interviews.SEGMENTS}."


def section(study: Study) -> Section:
    """Grids `interviews_roles`, `interviews_sites`, `themes_site`, `themes_group` and `segment_agreement`."""
    registry = registry_of(study)
    if registry is None:
        return Section("interviews", "Interviews", [ABSENT])
    counts = Counts()
    roles = registry.by_role()
    blocks = [_said(registry), _roles(counts, roles), _sites(counts, registry, roles)]
    project = _project(study)
    if project is None:
        return Section("interviews", "Interviews", [*blocks, NO_SEGMENTS], counts)
    for by in ("site", "group"):
        made = interviews.themes(project, registry, by)
        blocks += _themes(counts, made)
        _tie(counts, made, roles)
    blocks += _agreement(project, registry)
    return Section("interviews", "Interviews", blocks, counts)


def registry_of(study: Study) -> Registry | None:
    """The registry of a study's folder, or None where there is none. Raises StudyError for a row that is wrong."""
    path = study.folder / interviews.FILE
    if not path.is_file():
        return None
    sites = [row[0] for row in study.run("select site_id from site").rows]
    try:
        registry, report = interviews.read_registry(path, sites, interviews.quotas_of(study.protocol.stated))
    except ValueError as problem:
        raise StudyError(str(problem)) from None
    if report.listed:
        raise StudyError(typed_rows.told(report) + "\nNothing was evaluated. Correct these rows and start again.")
    return registry


def _project(study: Study) -> refi_qda.Project | None:
    path = study.folder / interviews.SEGMENTS
    if not path.is_file():
        return None
    try:
        return refi_qda.read_project(path)
    except Refused as problem:
        raise StudyError(str(problem)) from None


def _said(registry: Registry) -> str:
    guides = ", ".join(interviews.guide(group).name for group in Group)
    said = f"Staff, survivors and community members have a guide each ({guides})."
    if not registry.completed(Role.SURVIVOR):
        said += " No survivor completed an interview, so what survivors say is not in this report."
    if not registry.completed(Role.COMMUNITY_MEMBER):
        said += " No community member completed an interview."
    return said


def _roles(counts: Counts, roles: Iterable[Counted]) -> Grid:
    columns = ("invited", *Response, "may be quoted")
    rows, held = [], {column: [] for column in columns}
    for one in roles:
        number = {"invited": one.invited, "may be quoted": one.quotations, **one.responses}
        at = {column: counts.add(name("interviews", column, role=one.role), number[column]) for column in columns}
        counts.sums(at["invited"], [at[kind] for kind in Response])
        for column in columns:
            held[column].append(at[column])
        rows.append(_role(one, at))
    for column in columns:
        counts.sums(counts.add(name("interviews", column), sum(counts.values[at] for at in held[column])), held[column])
    counts.sums(name("interviews", "invited"), [name("interviews", kind) for kind in Response])
    rows.append(_all_roles(counts, columns))
    headings = words("Role", "Quota", "Invited", *(kind.label for kind in Response), "May be quoted", "Response",
                     "Short of quota")  # fmt: skip
    note = "Response is completed of invited. Who completed agreed to a stated version of notice (28 CFR 22)."
    return Grid("interviews_roles", "Interviews by role", headings, tuple(rows), (note,))


def _role(one: Counted, at: dict[str, str]) -> tuple[Value, ...]:
    completed, invited = at[Response.COMPLETED], at["invited"]
    return (
        Value(one.role.label), _or_missing(one.quota, Kind.NUMBER, "no quota"),
        Value(one.invited, Kind.COUNT, (invited,)),
        *(Value(one.responses[kind], Kind.COUNT, (at[kind],)) for kind in Response),
        Value(one.quotations, Kind.COUNT, (at["may be quoted"],)),
        _or_missing(one.response_rate, Kind.SHARE, "nobody was invited", completed, invited),
        _or_missing(one.short_of_quota, Kind.NUMBER, "no quota", completed),
    )  # fmt: skip


def _all_roles(counts: Counts, columns: Iterable[str]) -> tuple[Value, ...]:
    at = {column: name("interviews", column) for column in columns}
    invited, completed = (counts.values[at[column]] for column in ("invited", Response.COMPLETED))
    rate = completed / invited if invited else None
    return (
        Value("All"), Value(None, missing="by role"),
        *(Value(counts.values[at[column]], Kind.COUNT, (at[column],)) for column in columns),
        _or_missing(rate, Kind.SHARE, "nobody was invited", at[Response.COMPLETED], at["invited"]),
        Value(None, missing="by role"),
    )  # fmt: skip


def _or_missing(value, kind: Kind, why: str, *of: str) -> Value:
    return Value(value, kind, of) if value is not None else Value(None, missing=why)


def _sites(counts: Counts, registry: Registry, roles: Iterable[Counted]) -> Grid:
    sites = sorted({one.site_id for one in registry.participants})
    done = [one for one in registry.participants if one.response is Response.COMPLETED]
    rows, columns = [], {site: [] for site in sites}
    for role in (one.role for one in roles):
        cells = []
        for site in sites:
            number = sum(one.role is role and one.site_id == site for one in done)
            cells.append(counts.add(name("interviews", Response.COMPLETED, role=role, site=site), number))
            columns[site].append(cells[-1])
        counts.sums(name("interviews", Response.COMPLETED, role=role), cells)
        rows.append((Value(role.label), *(Value(counts.values[at], Kind.COUNT, (at,)) for at in cells)))
    totals = []
    for site in sites:
        whole = sum(counts.values[at] for at in columns[site])
        totals.append(counts.add(name("interviews", Response.COMPLETED, site=site), whole))
        counts.sums(totals[-1], columns[site])
    counts.sums(name("interviews", Response.COMPLETED), totals)
    rows.append((Value("All"), *(Value(counts.values[at], Kind.COUNT, (at,)) for at in totals)))
    return Grid("interviews_sites", "Interviews completed, by role and site", words("Role", *sites), tuple(rows))


def _themes(counts: Counts, made: Themes) -> list:
    shown = [theme for theme in made.themes if theme.count(" > ") < DEEPEST][:LISTED]
    if not shown:
        return [f"No theme can be set against {made.by}s: no coded text has the id of a completed interview."]
    rows = [_people(counts, made, "Had a coded text", "coded", {}, made.coded)]
    for theme in shown:
        number = {column: made.people[theme, column] for column in made.columns}
        rows.append(_people(counts, made, theme, "raised", {"theme": theme}, number))
    notes = ["People, each once for a theme however often it was coded; a theme takes in what is coded below it."]
    if made.unmatched:
        notes.append("Some texts have no completed interview's id as their name and are not counted.")
    if len(shown) < len(made.themes):
        notes.append(f"The first {len(shown)} of {len(made.themes)} themes, two levels deep.")
    title = "Themes by site" if made.by == "site" else "Themes by staff, survivors and community members"
    return [Grid(f"themes_{made.by}", title, words("Theme", *made.columns, "All"), tuple(rows), tuple(notes))]


def _people(counts: Counts, made: Themes, says: str, stage: str, theme: dict, number: dict) -> tuple[Value, ...]:
    cells = [counts.add(name("participants", stage, **theme, **{made.by: one}), number[one]) for one in made.columns]
    whole = counts.add(name("participants", stage, **theme), sum(number.values()))
    counts.sums(whole, cells)
    return Value(says), *(Value(counts.values[at], Kind.COUNT, (at,)) for at in (*cells, whole))


def _tie(counts: Counts, made: Themes, roles: Iterable[Counted]) -> None:
    """Who has a coded text completed an interview: state it, so that the one is not had from the other."""
    if made.by == "group":
        for group in Group:
            parts = [name("interviews", Response.COMPLETED, role=one.role) for one in roles if one.group is group]
            if parts:
                whole = name("interviews", Response.COMPLETED, group=group.label)
                counts.sums(counts.add(whole, sum(counts.values[part] for part in parts)), parts)
    for column in made.columns:
        coded, whole = (name(*of, **{made.by: column}) for of in COMPLETED_AND_CODED)
        if coded in counts.values:
            rest = name("participants", "not coded", **{made.by: column})
            counts.sums(whole, [coded, counts.add(rest, counts.values[whole] - counts.values[coded])])


def _agreement(project: refi_qda.Project, registry: Registry) -> list:
    site = {one.participant_id: one.site_id for one in registry.participants}
    sites = {text.name or text.guid: site.get(interviews.participant_of(text.name), "") for text in project.texts}
    measured = interviews.agreement_by_code(project, sites, draws=DRAWS)
    if not measured:
        return ["No text was coded by two people, so how far coders agree is not known."]
    shown = [one for one in measured if one.code.count(" > ") < DEEPEST][:LISTED]
    notes = [
        "Alpha asks of every character whether it carries the code, over texts that two or more coded; its interval "
        "draws texts within sites. Kappa is Cohen's of the two coders who agree least, overlap the share of characters "
        "coded by either that both of them coded."
    ]
    if len(shown) < len(measured):
        notes.append(f"The first {len(shown)} of {len(measured)} codes, two levels deep.")
    title = "Agreement of coders on segments"
    return [Grid("segment_agreement", title, HEADINGS, tuple(_agreed(one) for one in shown), tuple(notes))]


def _agreed(one: CodeAgreement) -> tuple[Value, ...]:
    least = one.lowest
    return (
        Value(one.code), Value(one.coders, Kind.NUMBER), Value(one.texts, Kind.NUMBER),
        Value(one.alpha, Kind.NUMBER, low=one.low, high=one.high, missing=one.undefined),
        _or_missing(least and least.kappa, Kind.NUMBER, "undefined for every two"),
        _or_missing(least and least.overlap, Kind.NUMBER, "undefined for every two"), Value("; ".join(one.caveats)),
    )  # fmt: skip
