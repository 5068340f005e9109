"""Interviews: who was asked and who answered by role, which themes were raised where, and how far coders agree.

`interviews.csv` has a row a person asked, under a study id, never a name. Codes on texts come from a REFI-QDA project
(`segments.qdpx`) whose texts are named by participant. Consent version and quotation release: 28 CFR 22.27, 46.116.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from concord.casefile.columns import Table, code, flag, ident, key, word
from concord.casefile.formats.refi_qda import Project, segments
from concord.casefile.reading import Report
from concord.evaluation import typed_rows
from concord.vocabulary import Code

FILE, SEGMENTS = "interviews.csv", "segments.qdpx"
QUOTA = "interview_quota"
GUIDES = Path(__file__).parent / "guides"
SEED = 20220106
MOST_UNDEFINED = 0.1  # of the bootstrap's draws


class Role(Code):
    """Who is interviewed. The first four are the roles that the ECM evaluation counted."""

    LAW_ENFORCEMENT = "law_enforcement", "Law enforcement"
    PROSECUTION = "prosecution", "Prosecutors"
    VICTIM_SERVICES = "victim_services", "Victim service providers"
    OTHER_STAFF = "other_staff", "Other staff"
    SURVIVOR = "survivor", "Survivors"
    COMMUNITY_MEMBER = "community_member", "Community members"


class Group(Code):
    """Whose guide an interview follows."""

    STAFF = "staff", "Staff"
    SURVIVORS = "survivors", "Survivors"
    COMMUNITY = "community", "Community members"


class Response(Code):
    """What came of asking. Everybody in the registry was invited; one answer a person."""

    NO_ANSWER = "no_answer", "No answer"
    DECLINED = "declined", "Declined"
    CONSENTED = "consented", "Consented, interview to come"
    WITHDREW = "withdrew", "Withdrew after consent"
    COMPLETED = "completed", "Completed"


GROUPS = {Role.SURVIVOR: Group.SURVIVORS, Role.COMMUNITY_MEMBER: Group.COMMUNITY}
AGREED = (Response.CONSENTED, Response.COMPLETED, Response.WITHDREW)

TABLE = Table(
    "interviews",
    "One person who was invited to an interview, under a study id.",
    ("participant_id",),
    (
        ident("participant_id", "The participant's study id; the coded text has it as its name"),
        key("site_id", "site", "The site", needed=True),
        code("role", Role, "In which role the person was asked", needed=True),
        code("response", Response, "What came of the invitation", needed=True),
        word("consent_version", "Which version of notice and consent was agreed to"),
        flag("quotation", "Whether words may be quoted without a name"),
        flag("met_task_force", "Of a survivor or community member: whether the person met the task force"),
        word("guide", "Which guide and version was followed, as survivors-1"),
    ),
)


@dataclass(frozen=True, slots=True)
class Participant:
    """A row of the registry."""

    participant_id: str
    site_id: str
    role: Role
    response: Response
    consent_version: str | None = None
    quotation: bool | None = None
    met_task_force: bool | None = None
    guide: str | None = None

    @property
    def group(self) -> Group:
        return GROUPS.get(self.role, Group.STAFF)


@dataclass(frozen=True)
class Counted:
    """One role: how many were invited and what came of it. `invited` is the sum of the five responses."""

    role: Role
    quota: int | None
    invited: int
    responses: Mapping[Response, int]
    quotations: int

    @property
    def group(self) -> Group:
        return GROUPS.get(self.role, Group.STAFF)

    @property
    def completed(self) -> int:
        return self.responses[Response.COMPLETED]

    @property
    def response_rate(self) -> float | None:
        """Completed of invited (0 to 1); None when nobody was invited. Compare AAPOR's response rate 1."""
        return self.completed / self.invited if self.invited else None

    @property
    def short_of_quota(self) -> int | None:
        """How many completed interviews are wanting; None without a quota."""
        return None if self.quota is None else max(0, self.quota - self.completed)


@dataclass(frozen=True)
class Registry:
    """Everybody who was invited, and the quotas of the protocol."""

    participants: tuple[Participant, ...]
    quotas: Mapping[Role, int]

    def by_role(self) -> tuple[Counted, ...]:
        """Every role that was invited or has a quota, survivors and community members always: an absence is told."""
        always = {*self.quotas, Role.SURVIVOR, Role.COMMUNITY_MEMBER, *(one.role for one in self.participants)}
        return tuple(self._counted(role) for role in Role if role in always)

    def completed(self, role: Role | None = None) -> int:
        """Interviews completed, of one role or of all."""
        return sum(one.response is Response.COMPLETED and role in (None, one.role) for one in self.participants)

    def _counted(self, role: Role) -> Counted:
        of_role = [one for one in self.participants if one.role is role]
        came = Counter(one.response for one in of_role)
        quotable = sum(one.response is Response.COMPLETED and bool(one.quotation) for one in of_role)
        return Counted(role, self.quotas.get(role), len(of_role), {kind: came[kind] for kind in Response}, quotable)


def read_registry(path: Path, sites: Iterable[str] = (), quotas: Mapping[Role, int] | None = None
                  ) -> tuple[Registry, Report]:  # fmt: skip
    """The registry and the report of rows that could not be taken. Raises Refused when the file is no such table.

    With `sites`, a site that is not among them is a problem of its row.
    """
    known = frozenset(sites)
    rows, report = typed_rows.read(path, TABLE, lambda row: _wrong(row, known))
    return Registry(tuple(_participant(row) for row in rows), dict(quotas or {})), report


def _participant(row: Mapping) -> Participant:
    return Participant(**{**row, "role": Role(row["role"]), "response": Response(row["response"])})


def _wrong(row: Mapping, sites: frozenset[str]) -> typed_rows.Wrong:
    agreed = row["response"] in AGREED
    if sites and row["site_id"] not in sites:
        yield "site_id", "no such site in the site table", "correct it, or add the site"
    if agreed and not row["consent_version"]:
        yield "consent_version", f"{row['response']}, yet no consent", "say which version was agreed to"
    if not agreed and row["consent_version"]:
        yield "consent_version", f"{row['response']}, yet a consent", "correct the response or leave this empty"
    if row["quotation"] and row["response"] not in (Response.CONSENTED, Response.COMPLETED):
        yield "quotation", f"quotation released, yet {row['response']}", "write no"


def quotas_of(stated: Mapping) -> dict[Role, int]:
    """The quotas of `[stated.interview_quota]` in protocol.toml, by role. Raises ValueError for an unknown role."""
    quotas = stated.get(QUOTA, {})
    place = f"protocol.toml, stated.{QUOTA}"
    if not isinstance(quotas, Mapping):
        raise ValueError(f"{place}: not a table. Write a line a role, as survivor = 12")
    for role, wanted in quotas.items():
        if role not in list(Role):
            raise ValueError(f"{place}: no such role as entry {list(quotas).index(role) + 1}. Use {', '.join(Role)}")
        if type(wanted) is not int or wanted < 0:
            raise ValueError(f"{place}, {role}: not a whole number. Write how many interviews are wanted")
    return {Role(role): wanted for role, wanted in quotas.items()}


# --- Themes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Themes:
    """How many participants raised a theme (a code or one below it), by `by` (site or group).

    `people` is {(theme, column): participants}, `coded` {column: participants with a coded text}. `unmatched` counts
    texts whose name is no completed participant's id; they are not in the table.
    """

    by: str
    themes: tuple[str, ...]
    columns: tuple[str, ...]
    people: Mapping[tuple[str, str], int]
    coded: Mapping[str, int]
    unmatched: int


def themes(project: Project, registry: Registry, by: str = "site") -> Themes:
    """Themes against sites (`by="site"`) or against staff, survivors, community members (`by="group"`).

    A person counts once for a theme however often it was coded; a theme includes what is coded below it.
    """
    people = {one.participant_id: one for one in registry.participants if one.response is Response.COMPLETED}
    raised: dict[str, set[str]] = {}
    for segment in segments(project):
        raised.setdefault(participant_of(segment.text), set()).update(_with_those_above(segment.code))
    column = {one: people[one].site_id if by == "site" else people[one].group.label for one in people}
    found = {one: named for one, named in raised.items() if one in people}
    table = Counter((theme, column[one]) for one, named in found.items() for theme in named)
    columns = tuple(sorted({column[one] for one in people}))
    listed = tuple(project.code_names().values())
    named = tuple(dict.fromkeys(theme for theme in listed if any(table[theme, one] for one in columns)))
    coded = Counter(column[one] for one in found)
    cells = {(theme, one): table[theme, one] for theme in named for one in columns}
    return Themes(by, named, columns, cells, {one: coded[one] for one in columns}, len(raised) - len(found))


def participant_of(text: str) -> str:
    """The participant's id in the name of a text: programs add the ending of the file."""
    return text.strip().removesuffix(".txt").removesuffix(".docx").removesuffix(".pdf")


def _with_those_above(named: str) -> Iterator[str]:
    parts = named.split(" > ")
    return (" > ".join(parts[:depth]) for depth in range(1, len(parts) + 1))


# --- Agreement on segments --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SegmentAgreement:
    """Two coders on one code, over the characters of the texts that both coded.

    `kappa` is Cohen's of "this character carries the code"; `undefined` says why there is none. `overlap` is the share
    of characters coded by either that both coded. `low` and `high` come from drawing texts anew within sites: the
    characters of one text are not independent.
    """

    code: str
    coders: tuple[str, str]
    kappa: float | None
    undefined: str
    overlap: float | None
    texts: int
    characters: int
    low: float | None = None
    high: float | None = None
    caveats: tuple[str, ...] = ()

    def __str__(self) -> str:
        base = f"{self.code}, {' and '.join(self.coders)}: {self.texts} texts, {self.characters:,} characters"
        if self.kappa is None:
            return f"{base}, kappa undefined, {self.undefined}"
        interval = f" ({self.low:.3f} to {self.high:.3f})" if self.low is not None else ""
        return f"{base}, kappa {self.kappa:.3f}{interval}"


@dataclass(frozen=True)
class CodeAgreement:
    """All coders on one code: Krippendorff's alpha (nominal) of "this character carries the code", over the characters
    of texts that two or more coded. `pairs` are the same code taken two coders at a time; `low` and `high` come from
    drawing texts anew within sites. Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability."""

    code: str
    alpha: float | None
    undefined: str
    coders: int
    texts: int
    pairs: tuple[SegmentAgreement, ...]
    low: float | None = None
    high: float | None = None
    caveats: tuple[str, ...] = ()

    @property
    def lowest(self) -> SegmentAgreement | None:
        """The two coders who agree least, of those for whom kappa is defined."""
        return min((one for one in self.pairs if one.kappa is not None), key=lambda one: one.kappa, default=None)

    def __str__(self) -> str:
        base = f"{self.code}: {self.coders} coders, {self.texts} texts coded by two or more"
        if self.alpha is None:
            return f"{base}, alpha undefined, {self.undefined}"
        interval = f" ({self.low:.3f} to {self.high:.3f})" if self.low is not None else ""
        return f"{base}, alpha {self.alpha:.3f}{interval}"


@dataclass(frozen=True)
class _Coded:
    """Lengths of texts in order, and the stretches by text, coder and code."""

    lengths: Mapping[str, int]
    spans: Mapping[tuple[str, str, str], list[tuple[int, int]]]
    codes: tuple[str, ...]

    def coders_of(self, text: str) -> list[str]:
        """Who read it: a coder who put no code on a text is taken not to have read it."""
        return sorted({coder for one, coder, _ in self.spans if one == text})


def _coded(project: Project) -> _Coded:
    lengths = {text.name or text.guid: len(text.content) for text in project.texts if text.content}
    spans: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for one in segments(project):
        if one.text in lengths and one.coder:
            spans.setdefault((one.text, one.coder, one.code), []).append((one.start, one.end))
    used = {code for _, _, code in spans}
    return _Coded(lengths, spans, tuple(dict.fromkeys(name for name in project.code_names().values() if name in used)))


def agreement(project: Project, sites: Mapping[str, str] | None = None, *, draws: int = 0, seed: int = SEED
              ) -> tuple[SegmentAgreement, ...]:  # fmt: skip
    """Agreement of every two coders on every code that either used, over the texts that both coded.

    `sites` is {text name: site} for the bootstrap of texts within sites (all one site when left out). A coder who put
    no code on a text is taken not to have read it, so that text says nothing about the pair.
    """
    held = _coded(project)
    read = {text: held.coders_of(text) for text in held.lengths}
    made = []
    for pair in combinations(sorted({coder for coders in read.values() for coder in coders}), 2):
        texts = [text for text, coders in read.items() if set(pair) <= set(coders)]
        strata = [(sites or {}).get(text, "") for text in texts]
        for named in held.codes:
            stretches = [[held.spans.get((text, coder, named), []) for coder in pair] for text in texts]
            if any(any(pair_of) for pair_of in stretches):
                tables = [_crossed(*two, held.lengths[text]) for two, text in zip(stretches, texts, strict=True)]
                made.append(_agreement(named, pair, np.array(tables, dtype=float), strata, draws, seed))
    return tuple(made)


def agreement_by_code(project: Project, sites: Mapping[str, str] | None = None, *, draws: int = 0, seed: int = SEED
                      ) -> tuple[CodeAgreement, ...]:  # fmt: skip
    """Agreement of all coders on every code used in a text that two or more coded; arguments as for `agreement`."""
    held = _coded(project)
    read = {text: coders for text in held.lengths if len(coders := held.coders_of(text)) > 1}
    pairs = agreement(project)
    strata = [(sites or {}).get(text, "") for text in read]
    made = []
    for named in held.codes:
        sums = [_coincided([held.spans.get((text, coder, named), []) for coder in coders], held.lengths[text])
                for text, coders in read.items()]  # fmt: skip
        of_code = tuple(one for one in pairs if one.code == named)
        if of_code:
            coders = len({coder for listed in read.values() for coder in listed})
            made.append(_by_code(named, coders, np.array(sums), of_code, strata, draws, seed))
    return tuple(made)


def _coincided(coders: Sequence[Sequence[tuple[int, int]]], length: int) -> tuple[float, float, float]:
    """Of a text: disagreeing pairs (each character's weighted as Krippendorff does), marks made, marks not made."""
    apart = put = 0.0
    for start, end in _pieces(coders, length):
        marks = sum(any(low <= start < high for low, high in spans) for spans in coders)
        apart += (end - start) * marks * (len(coders) - marks) / (len(coders) - 1)
        put += (end - start) * marks
    return apart, put, length * len(coders) - put


def _alpha(sums: np.ndarray) -> np.ndarray:
    apart, put, not_put = sums.T
    between = put * not_put
    return np.where(between > 0, 1 - (put + not_put - 1) * apart / np.where(between > 0, between, 1), np.nan)


def _by_code(named: str, coders: int, sums: np.ndarray, pairs, strata, draws: int, seed: int) -> CodeAgreement:
    alpha = float(_alpha(sums.sum(axis=0, keepdims=True))[0])
    plain = (named, None if np.isnan(alpha) else alpha, "all coded every character" if np.isnan(alpha) else "")
    rest = (coders, len(sums), pairs)
    if not draws or np.isnan(alpha):
        return CodeAgreement(*plain, *rest)
    return CodeAgreement(*plain, *rest, *_interval(_alpha, sums, strata, draws, seed))


def _pieces(coders: Sequence[Sequence[tuple[int, int]]], length: int) -> Iterator[tuple[int, int]]:
    """Stretches of a text within which nobody begins or ends."""
    ends = sorted({0, length, *(at for spans in coders for span in spans for at in span)})
    return zip(ends, ends[1:], strict=False)


def _crossed(first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]], length: int) -> tuple[int, ...]:
    """Characters of a text that both coded, the first alone, the second alone, neither."""
    table = Counter()
    for start, end in _pieces((first, second), length):
        inside = tuple(any(low <= start < high for low, high in spans) for spans in (first, second))
        table[inside] += end - start
    return table[True, True], table[True, False], table[False, True], table[False, False]


def _agreement(name: str, pair: tuple[str, str], tables: np.ndarray, sites: Sequence[str], draws: int, seed: int
               ) -> SegmentAgreement:  # fmt: skip
    both, one, other, _ = total = tables.sum(axis=0)
    kappa = float(_kappa(total[None, :])[0])
    overlap = float(both / (both + one + other)) if both + one + other else None
    plain = (name, pair, None if np.isnan(kappa) else kappa)
    undefined = "both coded every character, so agreement by chance is already complete" if np.isnan(kappa) else ""
    rest = (undefined, overlap, len(tables), int(total.sum()))
    if not draws or undefined:
        return SegmentAgreement(*plain, *rest)
    return SegmentAgreement(*plain, *rest, *_interval(_kappa, tables, sites, draws, seed))


def _kappa(tables: np.ndarray) -> np.ndarray:
    """Cohen's kappa of each row (both, first, second, neither), nan where chance agreement is complete."""
    share = tables / tables.sum(axis=1, keepdims=True)
    first, second = share[:, 0] + share[:, 1], share[:, 0] + share[:, 2]
    chance = first * second + (1 - first) * (1 - second)
    left = 1 - chance
    return np.where(left > 1e-12, (share[:, 0] + share[:, 3] - chance) / np.where(left > 1e-12, left, 1), np.nan)


def _interval(measure: Callable, tables: np.ndarray, sites: Sequence[str], draws: int, seed: int):
    if len(tables) < 2:
        return None, None, ("no interval: one text cannot be drawn again",)
    random = np.random.default_rng(seed)
    weights = np.zeros((draws, len(tables)))
    for site in sorted(set(sites)):
        there = [at for at, one in enumerate(sites) if one == site]
        weights[:, there] = random.multinomial(len(there), np.full(len(there), 1 / len(there)), size=draws)
    drawn = measure(weights @ tables)
    lost = int(np.isnan(drawn).sum())
    if lost > MOST_UNDEFINED * draws:
        return None, None, (f"in {lost} of {draws} draws it was undefined, so it has no interval",)
    low, high = np.quantile(drawn[~np.isnan(drawn)], [0.025, 0.975])
    return float(low), float(high), ()


# --- Guides -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What is asked, and what may be asked after it. `skip` says when to leave it out."""

    key: str
    ask: str
    probes: tuple[str, ...] = ()
    skip: str = ""


@dataclass(frozen=True)
class Guide:
    """A guide to an interview, drafted for this project: what is said before, what is asked, what is said after."""

    group: Group
    version: int
    title: str
    source: str
    before: tuple[str, ...]
    notice: tuple[str, ...]
    consent: tuple[str, ...]
    questions: tuple[Question, ...]
    after: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.group}-{self.version}"

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.name})", self.source]
        for heading, said in (("Before", self.before), ("Notice", self.notice), ("Consent", self.consent)):
            lines += ["", heading, *(f"- {line}" for line in said)]
        for number, one in enumerate(self.questions, start=1):
            lines += ["", f"{number}. {one.ask}", *(f"   - {probe}" for probe in one.probes)]
            lines += [f"   Leave out: {one.skip}"] if one.skip else []
        return "\n".join([*lines, "", "After", *(f"- {line}" for line in self.after)])


def guide(group: Group) -> Guide:
    """The guide of a group, as it lies in `guides/`."""
    stated = tomllib.loads((GUIDES / f"{group}.toml").read_text(encoding="utf-8"))
    asked = tuple(
        Question(one["key"], one["ask"], tuple(one.get("probes", ())), one.get("skip", ""))
        for one in stated["question"]
    )
    said = {name: tuple(stated[name]) for name in ("before", "notice", "consent", "after")}
    return Guide(group, stated["version"], stated["title"], stated["source"], questions=asked, **said)
