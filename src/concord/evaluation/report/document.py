"""What a report is before it is printed: sections of paragraphs, releasable tables and pictures of those tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from concord.disclosure.release import Releasable
from concord.evaluation.report.numbers import plain
from concord.evaluation.sections import Picture

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True)
class ReadySection:
    """A section whose tables have been released. `key` is its anchor."""

    key: str
    title: str
    blocks: tuple[str | Releasable | Picture, ...]


@dataclass(frozen=True)
class Document:
    """A whole report. `about` is what stands under the title: (label, words) of method, sample, dates.

    Raises TypeError for a block that may not be printed, as a table that was not released. Raises ValueError for a key
    that is used twice or is no file name, and for a picture without words or of a table that is not there.
    """

    title: str
    subtitle: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[ReadySection, ...]

    def __post_init__(self):
        for section in self.sections:
            for block in section.blocks:
                if not isinstance(block, (str, Releasable, Picture)):
                    kind = type(block).__name__
                    raise TypeError(f"section {section.key}: a {kind} cannot be printed; release it first")
        keys = [grid.key for grid in self.grids()]
        _check_keys([section.key for section in self.sections], "section")
        _check_keys(keys, "table")
        for picture in self.pictures():
            if not plain(picture.alt).strip():
                raise ValueError(f"the picture '{picture.title}' has no words for those who cannot see it")
            if picture.grid not in keys:
                raise ValueError(f"the picture '{picture.title}' draws the table {picture.grid}, which is not there")

    def grids(self) -> list[Releasable]:
        """Every table in reading order."""
        return [block for block in self._blocks() if isinstance(block, Releasable)]

    def pictures(self) -> list[Picture]:
        """Every picture in reading order."""
        return [block for block in self._blocks() if isinstance(block, Picture)]

    def grid(self, key: str) -> Releasable:
        """The table of that key."""
        return next(grid for grid in self.grids() if grid.key == key)

    def _blocks(self) -> Iterator[str | Releasable | Picture]:
        for section in self.sections:
            yield from section.blocks


def _check_keys(keys: list[str], of: str) -> None:
    for key in keys:
        if not _KEY.fullmatch(key):
            raise ValueError(f"the key '{key}' of a {of} is not a plain file name: use letters, digits, - and _")
    lower = [key.lower() for key in keys]  # some disks hold Funnel.csv and funnel.csv to be one file
    for key in keys:
        if lower.count(key.lower()) > 1:
            raise ValueError(f"the key '{key}' stands on more than one {of}")
