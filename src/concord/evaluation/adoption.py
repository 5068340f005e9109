"""Staggered adoption as data: units over periods, when each began, and who they are compared with.

A unit is a county or a task force's area; a period is a whole number (year, or quarters counted on). Only adopters and
the registered comparison group are analysed; whoever is left out is named.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from concord.evaluation.protocol import Protocol

FEW_UNITS = 20


class NoComparison(ValueError):
    """The panel cannot answer the question; says what is missing and what would help."""


@dataclass(frozen=True)
class Comparison:
    """The comparison group as the protocol registered it: named units that never adopt in these periods, or with no
    `units`, those that have not adopted yet. `because` says why they would have gone the same way."""

    because: str
    registered_on: date | None
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One row a unit and period, all arrays (n,): `outcome` in its unit, `began` the period of adoption (inf: never).

    `notes` say what was left out on the way here and how many.
    """

    unit: np.ndarray
    period: np.ndarray
    outcome: np.ndarray
    began: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def treated(self) -> np.ndarray:
        """(n,) bool: the unit has adopted by that period."""
        return self.period >= self.began

    @property
    def units(self) -> dict[str, float]:
        """When each unit began; inf for never."""
        return dict(zip(self.unit.tolist(), self.began.tolist(), strict=True))

    @property
    def adopters(self) -> list[str]:
        return sorted(unit for unit, began in self.units.items() if began <= self.period.max())

    def only(self, rows: np.ndarray, *notes: str) -> "Panel":
        """The rows of a mask (n,) bool, with a note of why."""
        kept = (array[rows] for array in (self.unit, self.period, self.outcome, self.began))
        return Panel(*kept, notes=(*self.notes, *notes))


def registered(plan: Protocol) -> Comparison | None:
    """The comparison group of a protocol, `[stated.comparison]` with `because` and `units` (none: those that have not
    adopted yet); None where there is none. Raises NoComparison for an entry without its reason."""
    entry = plan.stated.get("comparison")
    if entry is None:
        return None
    if not isinstance(entry, Mapping) or not entry.get("because"):
        raise NoComparison(
            "protocol.toml, stated.comparison: say because = why these units would have gone the same way"
        )
    units = entry.get("units", [])
    if not isinstance(units, list):
        raise NoComparison('protocol.toml, stated.comparison: write units as a list, ["one", "two"]')
    return Comparison(str(entry["because"]), plan.registered_on, tuple(map(str, units)))


def panel(rows: Iterable[tuple[str, int, float | None]], began: Mapping[str, int | None]) -> Panel:
    """A panel from (unit, period, outcome) and the period in which each unit adopted (None: never).

    Rows without an outcome are left out and counted. Raises NoComparison for a repeated unit and period, or a unit
    whose adoption is not stated.
    """
    rows = list(rows)
    twice = [pair for pair, times in Counter((unit, period) for unit, period, _ in rows).items() if times > 1]
    if twice:
        raise NoComparison(f"unit {twice[0][0]} stands twice in period {twice[0][1]}: one row a unit and period")
    if strangers := sorted({unit for unit, _, _ in rows} - set(began)):
        raise NoComparison(f"when did {strangers[0]} adopt? Say the period, or none for never")
    known = [row for row in rows if row[2] is not None and np.isfinite(row[2])]
    if not known:
        raise NoComparison("no unit has an outcome in any period")
    notes = (
        (f"{len(rows) - len(known)} unit-periods without an outcome are left out",) if len(known) < len(rows) else ()
    )
    unit, period, outcome = zip(*known, strict=True)
    starts = [np.inf if began[one] is None else began[one] for one in unit]
    return Panel(np.array(unit), np.array(period, int), np.array(outcome, float), np.array(starts, float), notes)


def rates(rows: Iterable[tuple[str, int, float, int]], began: Mapping[str, int | None]) -> Panel:
    """Outcomes a reporting agency-period, from (unit, period, count, agencies that reported).

    A period in which no agency of a unit reported is missing, not zero: a count rises when more agencies begin to
    report, and that is not more trafficking (nor more cases found). How reporting moved with adoption is noted.
    """
    rows = list(rows)
    silent = sum(not agencies for *_, agencies in rows)
    made = panel(((unit, period, count / agencies) for unit, period, count, agencies in rows if agencies), began)
    notes = [f"outcomes are counts for each reporting agency-period; {sum(row[3] for row in rows)} of them reported"]
    if silent:
        notes.append(f"{silent} unit-periods in which no agency reported are missing, not zero")
    after = {True: [], False: []}
    for unit, period, _, agencies in rows:
        if began[unit] is not None:
            after[period >= began[unit]].append(agencies)
    if after[True] and after[False]:
        notes.append(
            f"reporting agencies of adopters: {np.mean(after[False]):.1f} a period before adoption, "
            f"{np.mean(after[True]):.1f} after"
        )
    return replace(made, notes=(*made.notes, *notes))


def compared(whole: Panel, comparison: Comparison | None) -> Panel:
    """The adopters beside their registered comparison group, in the periods where there is one.

    Raises NoComparison when none was registered, when one of it adopted, or when nobody is left to compare with.
    """
    if comparison is None or comparison.registered_on is None:
        raise NoComparison("no comparison group was registered: name one in the protocol before the outcomes are read")
    return _identified(_named(whole, comparison) if comparison.units else _not_yet(whole))


def _named(whole: Panel, comparison: Comparison) -> Panel:
    last, units = whole.period.max(), whole.units
    if unknown := sorted(set(comparison.units) - set(units)):
        raise NoComparison(f"the comparison unit {unknown[0]} has no row in the panel")
    if began := sorted(unit for unit in comparison.units if units[unit] <= last):
        raise NoComparison(f"the comparison unit {began[0]} itself adopted in period {units[began[0]]:.0f}")
    others = sorted(unit for unit, began in units.items() if began > last and unit not in comparison.units)
    if not others:
        return whole
    return whole.only(
        ~np.isin(whole.unit, others),
        f"{len(others)} units neither adopted nor registered are left out: {_list(others)}",
    )


def _not_yet(whole: Panel) -> Panel:
    """Without a unit that never adopts, effects in late periods are not identified: the window ends before the last
    adoption, whose units are the comparison until then."""
    last = max(began for began in whole.units.values())
    if last > whole.period.max():
        return whole
    window = whole.period < last
    return whole.only(
        window, f"every unit adopts in the end: periods from {last:.0f} on, the last adoption, are left out"
    )


def _identified(part: Panel) -> Panel:
    """Each unit seen before it adopted, each period with someone who has not: else a refusal or a note."""
    if not len(part.period):
        raise NoComparison("all units adopt in the same period: nobody is left to compare with")
    first = part.period.min()
    always = sorted(unit for unit in part.units if not (~part.treated & (part.unit == unit)).any())
    if always:
        note = f"{len(always)} units never seen before they adopted are left out: {_list(always)}"
        part = part.only(~np.isin(part.unit, always), note)
    if not part.treated.any():
        raise NoComparison(f"no unit adopts after period {first} and is seen afterwards: there is nothing to estimate")
    bare = sorted(set(part.period.tolist()) - set(part.period[~part.treated].tolist()))
    if bare:
        part = part.only(~np.isin(part.period, bare), f"periods {_list(bare)} have no comparison and are left out")
    without = [unit for unit, began in part.units.items() if began > part.period.max()]
    if len(without) < 2:
        raise NoComparison("one unit or none is left to compare with: two at the least, better twenty")
    return part


def _list(names: list, most: int = 5) -> str:
    return ", ".join(map(str, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")
