"""What of an agency's counts its task force sees. Pure.

Exact sums are made inside; small numbers are left out once, here, where a count leaves its agency. Left out is what is
1 to 4 clients, victims or possible victims, and what would give such a number away: a part beside it, or the sum over
four quarters. Events of the work, and arrests, filings and convictions of suspects, which are public record and have no
victim among them, are shown as they are.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from concord.vocabulary import StoreKind

THRESHOLD = 5
#: A number left out must still be able to be at least this many different numbers for whoever subtracts.
AMBIGUITY = 3
_UNBOUNDED = 10**6
_TRIED = 15  # values tried for a quarter left out for another's sake: more would only widen what is possible


class Shown(NamedTuple):
    """A count as others see it: a value, or none; `small` says that it is one to four."""

    value: int | None
    small: bool = False


class Family(NamedTuple):
    """A measure as it is shared: its total and the parts it is broken down by.

    `of` names the counts it sums, and `only` what their `by` must say. `part_by` is the key that makes the parts, of
    the counts `parts_of`; `parts` says which of its values go together under which name ("labor" is labor or both), and
    `rest` takes what is left. `guarded`: it counts clients or victims, of whom few are not shown.
    """

    source: StoreKind
    name: str
    says: str
    of: str = ""
    only: Mapping[str, str] = {}
    parts_of: str = ""
    part_by: str = ""
    parts: Mapping[str, str] = {}
    rest: str = ""
    guarded: bool = True


def _by_type(source: StoreKind, name: str, says: str, **given) -> Family:
    kinds = {"labor": "labor", "both": "labor", "sex": "sex"}
    return Family(source, name, says, part_by="trafficking_type", parts=kinds, rest="not_yet_known", **given)


_VAULT, _HUB, _JUSTICE = StoreKind.VAULT, StoreKind.HUB, StoreKind.JUSTICE
_PRINCIPAL = {"kind": "principal"}
_HOUSING = {"service_type": "HOU"}
_CONFORMS = {"yes": "conforms", "no": "does_not_conform"}

FAMILIES: tuple[Family, ...] = (
    _by_type(_VAULT, "clients_served", "Clients served", only=_PRINCIPAL,
             parts_of="clients_served_by_trafficking_type"),
    Family(_VAULT, "clients_new", "New clients", only=_PRINCIPAL),
    Family(_VAULT, "clients_open_at_end", "Clients open at the end", only=_PRINCIPAL),
    Family(_VAULT, "family_served", "Family members served", of="clients_served", only={"kind": "family"}),
    Family(_VAULT, "services_provided", "Services provided", of="services_by_type", only={"mode": "provided"}),
    Family(_VAULT, "needs_requested", "Services asked for", of="needs_requested_by_type"),
    Family(_VAULT, "needs_unmet", "Services not to be had", of="needs_unmet_by_type_and_barrier"),
    Family(_VAULT, "housing_requested", "Housing asked for", of="needs_requested_by_type", only=_HOUSING),
    Family(_VAULT, "housing_unmet", "Housing not to be had", of="needs_unmet_by_type_and_barrier", only=_HOUSING),
    Family(_HUB, "referrals_sent", "Referrals sent", part_by="kind", guarded=False,
           parts={"services": "services", "inquiry": "inquiry", "report": "report", "lead": "lead"}),
    _by_type(_JUSTICE, "leads_received", "Leads received", guarded=False),
    Family(_JUSTICE, "leads_decided", "Leads decided", part_by="within", guarded=False,
           parts={"3_days": "within_3_days", "7_days": "within_7_days"}, rest="later"),
    Family(_JUSTICE, "leads_waiting_at_end", "Leads waiting at the end", guarded=False),
    _by_type(_JUSTICE, "investigations_opened", "Investigations opened", guarded=False),
    Family(_JUSTICE, "investigations_open_at_end", "Investigations open at the end", guarded=False),
    Family(_JUSTICE, "victims_potential", "Potential victims identified"),
    Family(_JUSTICE, "victims_confirmed", "Victims confirmed"),
    _by_type(_JUSTICE, "suspects_arrested", "Suspects arrested", guarded=False),
    _by_type(_JUSTICE, "persons_filed", "Suspects with a case filed", guarded=False),
    _by_type(_JUSTICE, "persons_convicted", "Suspects convicted", guarded=False),
    Family(_JUSTICE, "possible_victims_arrested", "Possible victims arrested", part_by="purpose_conforms",
           parts=_CONFORMS, rest="purpose_unknown"),
    Family(_JUSTICE, "arrest_reviews_open", "Reviews of such arrests still open", part_by="purpose_conforms",
           parts=_CONFORMS, rest="purpose_unknown", guarded=False),
    Family(_JUSTICE, "arrest_reviews_overdue", "of them past their 72 hours", guarded=False),
)
BY_NAME = {family.name: family for family in FAMILIES}


def exact(family: Family, counts: Iterable) -> tuple[int, dict[str, int]]:
    """The total of a family and its parts, from rows with `measure`, `by` and `value`."""
    own = [c for c in counts if _fits(c.by, family.only)]
    total = sum(c.value for c in own if c.measure == (family.of or family.name))
    parts = dict.fromkeys(dict.fromkeys([*family.parts.values(), *filter(None, [family.rest])]), 0)
    for c in own:
        if family.part_by and c.measure == (family.parts_of or family.of or family.name):
            name = family.parts.get(c.by.get(family.part_by, ""), family.rest)
            parts[name] += int(c.value)
    return int(total), parts


def shown(family: Family, total: int, parts: Mapping[str, int]) -> tuple[Shown, dict[str, Shown]]:
    """Total and parts as the task force sees them."""
    if not family.guarded:
        return Shown(total), {name: Shown(n) for name, n in parts.items()}
    if _is_small(total):
        return Shown(None, small=True), {name: Shown(None, small=True) if n else Shown(0) for name, n in parts.items()}
    hidden = {name for name, n in parts.items() if _is_small(n)}
    small = set(hidden)
    while hidden and not _hold(parts, hidden, small):
        beside = [name for name, n in sorted(parts.items(), key=lambda part: part[1]) if n and name not in hidden]
        if not beside:
            return Shown(None), _parts(parts, hidden, small)
        hidden.add(beside[0])
        small = set()  # what is not small may be among those left out: nothing is said to be
    return Shown(total), _parts(parts, hidden, small)


def year_shown(family: Family, total: int, quarters: list[Shown], years: Mapping[int, int]) -> Shown:
    """The sum over the last four of `quarters` as others see it. `years`: sums shown before, by their last quarter.

    Left out where it is small, or where whoever subtracts what was shown earlier would learn a quarter left out.
    """
    if not family.guarded:
        return Shown(total)
    if _is_small(total):
        return Shown(None, small=True)
    if len(quarters) < 4:
        return Shown(total)  # a quarter that nobody was told of cannot be reckoned back to
    possible = feasible(quarters, {**years, len(quarters) - 1: total})
    narrowed = any(len(found) < AMBIGUITY for quarter, found in zip(quarters, possible, strict=True)
                   if quarter.value is None)
    return Shown(None) if narrowed else Shown(total)


def feasible(quarters: list[Shown], years: Mapping[int, int]) -> list[set[int]]:
    """The attack: all values each quarter can have, given the sums of four that were shown.

    Empty sets mean that the numbers do not add up; persons counted once a year need not, and that counts as narrowed.
    """
    most = max(years.values(), default=0)
    choices = [[q.value] if q.value is not None else list(range(1, THRESHOLD if q.small else min(most, _TRIED) + 1))
               for q in quarters]
    layers: list[dict[tuple, set[tuple]]] = [{(): set()}]
    for n, values in enumerate(choices):
        reached: dict[tuple, set[tuple]] = {}
        for state in layers[-1]:
            for value in values:
                window = (*state, value)
                if n in years and sum(window) != years[n]:
                    continue
                reached.setdefault(window[-3:], set()).add(state)
        layers.append(reached)
    return _backwards(layers, len(quarters))


def _backwards(layers: list[dict[tuple, set[tuple]]], length: int) -> list[set[int]]:
    alive, found = set(layers[-1]), [set() for _quarter in range(length)]
    for n in range(length, 0, -1):
        found[n - 1] = {state[-1] for state in alive}
        alive = {earlier for state in alive for earlier in layers[n][state]}
    return found


def _is_small(n: int) -> bool:
    return 0 < n < THRESHOLD


def _fits(by: Mapping[str, str], only: Mapping[str, str]) -> bool:
    return all(by.get(name) == value for name, value in only.items())


def _parts(parts, hidden, small) -> dict[str, Shown]:
    return {name: Shown(None, name in small) if name in hidden else Shown(n) for name, n in parts.items()}


def _hold(parts: Mapping[str, int], hidden: set[str], small: set[str]) -> bool:
    """Whether everything hidden keeps enough possible values for someone who subtracts the rest from the total."""
    left = sum(parts[name] for name in hidden)
    bounds = {name: (1, THRESHOLD - 1 if name in small else _UNBOUNDED) for name in hidden}
    for name, (least, most) in bounds.items():
        others = [bounds[other] for other in hidden if other != name]
        lowest = max(least, left - sum(high for _low, high in others))
        highest = min(most, left - sum(low for low, _high in others))
        if highest - lowest + 1 < AMBIGUITY:
            return False
    return True
