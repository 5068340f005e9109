"""The sections of the report, one file each: `section(study) -> Section` computes, words and lays out one topic."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from concord.disclosure.grids import Counts, Grid


@dataclass(frozen=True)
class Picture:
    """A drawing of one grid, which stands beside it. `draw` names a function of `report.pictures`; `alt` says in words
    what a reader who cannot see it should know."""

    draw: str
    grid: str
    title: str
    alt: str


@dataclass(frozen=True)
class Section:
    """One topic: paragraphs, grids and pictures in reading order, and the counts that its grids rest on."""

    key: str
    title: str
    blocks: Sequence[str | Grid | Picture]
    counts: Counts = field(default_factory=Counts)

    def grids(self) -> list[Grid]:
        return [block for block in self.blocks if isinstance(block, Grid)]
