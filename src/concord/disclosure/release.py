"""The only door through which a table leaves: `release` makes grids `Releasable`, all of a report together."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import InitVar, dataclass, field

from concord.disclosure import suppression
from concord.disclosure.audit import Audit, audit
from concord.disclosure.grids import Counts, Grid, Kind, Value
from concord.disclosure.ledger import Entry, Ledger, Past, digest_of
from concord.disclosure.system import Rule

__all__ = ["Releasable", "Release", "ReleaseError", "Rule", "release"]

PEOPLE = (Kind.COUNT, Kind.SHARE)  # kinds that always say something about a group
_SEAL = object()


class ReleaseError(ValueError):
    """A grid that may not be released as it is: the text names grid, row and column."""


@dataclass(frozen=True)
class Releasable(Grid):
    """A grid with everything blanked that must stay hidden. Made by `release` alone; not even a copy with changes."""

    seal: InitVar[object] = field(default=None, kw_only=True)

    def __post_init__(self, seal):
        if seal is not _SEAL:
            raise TypeError("a releasable table is made by concord.disclosure.release.release and by nothing else")
        super().__post_init__()


@dataclass(frozen=True)
class Release:
    """The grids of a report as they may leave, in order, how the attack on them went, and what is hidden."""

    grids: tuple[Releasable, ...]
    audit: Audit
    primary: frozenset[str]
    complementary: frozenset[str]
    study: str  # digest of its counts
    printed: Mapping[str, int | None]  # every count that a grid names; None where hidden

    def keep(self, ledger: Ledger) -> None:
        """Write the release into its ledger, once it has left."""
        ledger.keep(Entry(self.study, self.printed))

    def __str__(self) -> str:
        return str(self.audit)


def release(grids: Iterable[Grid], counts: Counts, rule: Rule | None = None, ledger: Ledger | None = None) -> Release:
    """Protect a whole report: hide, attack, blank.

    A value is blanked when any count it rests on is hidden. Raises ReleaseError for a count or share that names
    none or an unknown one, `suppression.ProtectionError`, `audit.AuditError`, and `ledger.LedgerError`. The ledger is
    read, not written: `Release.keep` does that once the report has left.
    """
    grids, rule = tuple(grids), rule or Rule()
    for grid in grids:
        _check(grid, counts)
    shown = frozenset(one for grid in grids for row in grid.rows for value in row for one in value.of)
    whole = _with_rests(grids, counts)
    past = ledger.past(whole, rule) if ledger else Past()
    chosen = suppression.protect(whole, rule, known=past.known, shown=shown, also=past.hide)
    attacked = audit(whole, chosen.hidden, rule, known=past.known, shown=shown)
    ready = tuple(_ready(grid, chosen.primary, chosen.hidden, rule) for grid in grids)
    printed = {name: None if name in chosen.hidden else whole.values[name] for name in sorted(shown)}
    return Release(ready, attacked, chosen.primary & shown, chosen.complementary & shown, digest_of(whole), printed)


def _check(grid: Grid, counts: Counts) -> None:
    """Refuse a hole: a number of people that does not say which counts it rests on, or names one nobody put."""
    for number, row in enumerate(grid.rows, start=1):
        for heading, value in zip(grid.headings, row, strict=True):
            where = f"grid {grid.key}, row {number}, column {heading.says!r}"
            bare = (value.shown, value.low, value.high) == (None, None, None)
            if value.kind in PEOPLE and not value.of and not bare:
                raise ReleaseError(f"{where}: a {value.kind.value} that names no count. Say in `of` what it rests on")
            if unknown := [one for one in value.of if one not in counts.values]:
                raise ReleaseError(f"{where}: no count is called {unknown[0]}. Put it with Counts.add")


def _with_rests(grids: tuple[Grid, ...], counts: Counts) -> Counts:
    """The counts, and for every share the rest of its whole: who reads 3 of 4 reads the one, too."""
    whole = Counts(dict(counts.values), list(counts.relations), set(counts.public))
    tied = {(relation.total, part) for relation in whole.relations if len(relation.parts) == 2
            for part in relation.parts}  # fmt: skip
    pairs = {value.of for grid in grids for row in grid.rows for value in row
             if value.kind is Kind.SHARE and len(value.of) == 2}  # fmt: skip
    for part, total in sorted(pairs):
        rest = whole.values[total] - whole.values[part]
        if rest < 0 or part == total or (total, part) in tied:
            continue
        name = whole.add(f"{total}|but|{part}", rest, public={part, total} <= whole.public)
        whole.sums(total, (part, name))
    return whole


def _ready(grid: Grid, primary: Collection[str], hidden: Collection[str], rule: Rule) -> Releasable:
    rows = tuple(tuple(_shown(value, primary, hidden, rule) for value in row) for row in grid.rows)
    return Releasable(grid.key, grid.title, grid.headings, rows, grid.notes, seal=_SEAL)


def _shown(value: Value, primary: Collection[str], hidden: Collection[str], rule: Rule) -> Value:
    """The value, or the reason why it is blank."""
    if not any(one in hidden for one in value.of):
        return value
    small = any(one in primary for one in value.of)
    why = f"withheld: fewer than {rule.threshold}" if small else "withheld to protect another"
    return Value(None, value.kind, value.of, missing=why)
