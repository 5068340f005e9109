"""The one door: grids in, releasable grids out. Whatever rests on a hidden count is blank in all of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from concord.disclosure.audit import Audit, audit
from concord.disclosure.grids import Counts, Grid, Kind, Value
from concord.disclosure.ledger import Ledger, Past
from concord.disclosure.suppression import Protected, Rule, protect

WITHHELD = "withheld: small numbers"
_SEAL = object()
OF_PEOPLE = (Kind.COUNT, Kind.SHARE, Kind.USD)


class ReleaseError(ValueError):
    """A grid that does not say what its numbers rest on; the text names grid, row and column."""


@dataclass(frozen=True)
class Releasable(Grid):
    """A grid that may be printed. Only `release` makes one."""

    seal: object = field(default=None, repr=False, compare=False)

    def __post_init__(self):
        super().__post_init__()
        if self.seal is not _SEAL:
            raise TypeError("a releasable grid is made by disclosure.release alone")


@dataclass(frozen=True)
class Release:
    """Grids that may leave, what was hidden to let them, and what the attack on them found."""

    grids: tuple[Releasable, ...]
    protected: Protected
    audit: Audit
    shown: dict[str, int]

    def keep(self, ledger: Ledger) -> None:
        """Write the release into its ledger, once it has left."""
        ledger.keep(self.shown, self.protected.hidden)


def release(
    grids: Iterable[Grid], counts: Counts, rule: Rule = Rule(), ledger: Ledger | None = None  # noqa: B008
) -> Release:
    """Protect all counts together, attack the result, and blank every value that rests on a hidden count.

    Raises ReleaseError for a number that names no count, `suppression.ProtectionError` for one that cannot be hidden,
    `ledger.LedgerError` for one that was shown before.
    """
    grids = tuple(grids)
    for grid in grids:
        _check(grid, counts)
    past = ledger.past(counts, rule) if ledger else Past()
    protected = protect(counts, rule, also=past.hide, known=past.known)
    found = audit(counts, protected, rule)
    shown = {name: counts.values[name] for name in _named(grids) - protected.hidden}
    return Release(tuple(_released(grid, protected.hidden) for grid in grids), protected, found, shown)


def _check(grid: Grid, counts: Counts) -> None:
    for number, row in enumerate(grid.rows, start=1):
        for heading, value in zip(grid.headings, row, strict=True):
            place = f"grid {grid.key}, row {number}, {heading.says}"
            if lost := set(value.of) - set(counts.values):
                raise ReleaseError(f"{place}: there is no count {min(lost)}")
            if value.shown is not None and value.kind in OF_PEOPLE and not value.of:
                raise ReleaseError(f"{place}: a {value.kind} has to name the counts that it rests on")


def _named(grids: Iterable[Grid]) -> set[str]:
    return {name for grid in grids for row in grid.rows for value in row for name in value.of}


def _released(grid: Grid, hidden: frozenset[str]) -> Releasable:
    rows = tuple(tuple(_blanked(value, hidden) for value in row) for row in grid.rows)
    return Releasable(grid.key, grid.title, grid.headings, rows, grid.notes, seal=_SEAL)


def _blanked(value: Value, hidden: frozenset[str]) -> Value:
    if not hidden.intersection(value.of) or (value.shown is None and value.low is None):
        return value
    return replace(value, shown=None, low=None, high=None, missing=WITHHELD)
