"""A table before it may leave: every number in it names the counts of people it was computed from.

A `Grid` is what a section of a report wants to print. It is not printable: `release.release` alone turns grids into
`Releasable` ones, blanking every value that rests on a count which must stay hidden. `Counts` holds those counts once
for a whole report, with the sums that tie them together, so that a cell hidden in one table cannot be had from another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto


class Kind(StrEnum):
    """How a value is written."""

    TEXT = auto()
    COUNT = auto()
    SHARE = auto()  # 0 to 1, written as a percentage
    NUMBER = auto()
    DAYS = auto()
    USD = auto()
    P = auto()  # a p-value


@dataclass(frozen=True)
class Value:
    """One number or word of a grid, and the names of the counts (`Counts`) that could be read back from it.

    `of` is empty only for what says nothing about a small group: a p-value, a number of sites, a word. `low` and `high`
    are the ends of an interval, `kind` says how all three are written. `missing` says why there is no value.
    """

    shown: str | int | float | None
    kind: Kind = Kind.TEXT
    of: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    missing: str = ""


@dataclass(frozen=True)
class Heading:
    """A column: its words, and a unit where it has one. Row headers are the first column of a grid."""

    says: str
    unit: str = ""


@dataclass(frozen=True)
class Grid:
    """A table that wants to be printed: `key` is its file name, `title` its caption, `notes` what a reader needs."""

    key: str
    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        wrong = [number for number, row in enumerate(self.rows, start=1) if len(row) != len(self.headings)]
        if wrong:
            raise ValueError(f"grid {self.key}: row {wrong[0]} has not one value a heading")


def words(*texts: str) -> tuple[Heading, ...]:
    """Headings without units."""
    return tuple(Heading(text) for text in texts)


@dataclass(frozen=True)
class Relation:
    """A sum that a reader can do: the count `total` is the sum of `parts`."""

    total: str
    parts: tuple[str, ...]


@dataclass
class Counts:
    """Counts of people, cases or charges by name, and how they add up.

    Names are canonical, as `suspects|arrested|type=sex|site=S1`: the same people have the same name in every section.
    `public` names counts that are public record and need no hiding (ADR 0009).
    """

    values: dict[str, int] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    public: set[str] = field(default_factory=set)

    def add(self, name: str, count: int, *, public: bool = False) -> str:
        """Put a count and return its name. Raises ValueError when the name stands with another count."""
        if self.values.setdefault(name, count) != count:
            raise ValueError(f"the count {name} is {self.values[name]} in one place and {count} in another")
        if public:
            self.public.add(name)
        return name

    def sums(self, total: str, parts: Iterable[str]) -> None:
        """State that parts add up to a total. Raises ValueError when they do not, KeyError for an unknown name."""
        parts = tuple(parts)
        there = sum(self.values[part] for part in parts)
        if there != self.values[total]:
            raise ValueError(f"the parts of {total} add up to {there}, not {self.values[total]}")
        relation = Relation(total, parts)
        if relation not in self.relations:
            self.relations.append(relation)

    def part(self, total: str, name: str, count: int, *, public: bool = False) -> str:
        """Put a count that is part of another, and with it the rest, `name|not`; returns the name of the part.

        Whoever reads a part and its whole reads the rest, so the rest is a count that may have to be hidden too.
        Raises ValueError when the part is more than the whole, KeyError when the whole is unknown.
        """
        if count > self.values[total]:
            raise ValueError(f"the count {name} is {count}, more than the {self.values[total]} of {total}")
        self.add(name, count, public=public)
        rest = self.add(f"{name}|not", self.values[total] - count, public=public and total in self.public)
        self.sums(total, (name, rest))
        return name

    def merge(self, other: "Counts") -> None:
        """Take in the counts and sums of another section."""
        for name, count in other.values.items():
            self.add(name, count, public=name in other.public)
        for relation in other.relations:
            self.sums(relation.total, relation.parts)


def name(unit: str, stage: str, **by: str) -> str:
    """The canonical name of a count: `name("suspects", "arrested", type="sex")` is `suspects|arrested|type=sex`."""
    return "|".join([unit, stage, *(f"{key}={value}" for key, value in sorted(by.items()))])


def share(counts: Counts, part: str, total: str) -> Value:
    """The share that a registered part is of its total. A total of zero has no share, and says so."""
    if not counts.values[total]:
        return Value(None, Kind.SHARE, (part, total), missing="nothing to count from")
    return Value(counts.values[part] / counts.values[total], Kind.SHARE, (part, total))


def two_way(unit: str, rows: str, columns: str, table: Mapping[tuple[str, str], int]) -> Counts:
    """Counts and sums of a two-way table with both margins: {(row, column): count}."""
    counts = Counts()
    ups, downs = dict.fromkeys(up for up, _ in table), dict.fromkeys(down for _, down in table)
    for (up, down), count in table.items():
        counts.add(name(unit, "all", **{rows: up, columns: down}), count)
    total = counts.add(name(unit, "all"), sum(table.values()))
    for axis, other, own, over in ((rows, columns, ups, downs), (columns, rows, downs, ups)):
        for one in own:
            parts = [name(unit, "all", **{axis: one, other: two}) for two in over]
            counts.sums(counts.add(name(unit, "all", **{axis: one}), sum(counts.values[p] for p in parts)), parts)
        counts.sums(total, [name(unit, "all", **{axis: one}) for one in own])
    return counts
