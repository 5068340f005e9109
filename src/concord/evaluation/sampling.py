"""A random draw of files that anybody can repeat: a seed, a frame, a number a stratum.

Each file gets a lot from the seed and its own id (SHA-256), and the lowest lots of a stratum are drawn. So the draw
does not hang on the order of the frame, and a file added later changes no lot of another. A refused file is not
replaced in silence: `draw` names the reserve in order, and both stay in the frame.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class DrawError(ValueError):
    """A draw that cannot be made; the text says which stratum and what to do."""


@dataclass(frozen=True)
class Draw:
    """The files drawn, in order of their lots by stratum, and the reserve after them."""

    seed: int
    drawn: Mapping[str, tuple[str, ...]]
    reserve: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        lines = [f"{stratum}: {len(files)} drawn, {len(self.reserve[stratum])} left" for stratum, files in self]
        return "\n".join([*lines, f"seed {self.seed}"])

    def __iter__(self):
        return iter(self.drawn.items())


def lot(seed: int, file_id: str) -> str:
    """The lot of a file: SHA-256 of seed and id, in hex. Lower is drawn first."""
    return hashlib.sha256(f"{seed}\n{file_id}".encode()).hexdigest()


def draw(frame: Iterable[Mapping], take: int | Mapping[str, int], seed: int) -> Draw:
    """Draw `take` eligible files of every stratum (the site where none is stated), or a number each.

    `frame` holds rows of the table `frame`. Raises DrawError for a stratum that has fewer, and for a file named twice.
    """
    strata: dict[str, list[str]] = {}
    for row in frame:
        if row["eligible"]:
            strata.setdefault(row.get("stratum") or row["site_id"], []).append(row["file_id"])
    wanted = take if isinstance(take, Mapping) else dict.fromkeys(strata, take)
    for stratum, number in wanted.items():
        _check(stratum, strata.get(stratum, []), number)
    ordered = {stratum: sorted(files, key=lambda one: lot(seed, one)) for stratum, files in sorted(strata.items())}
    drawn = {stratum: tuple(files[: wanted.get(stratum, 0)]) for stratum, files in ordered.items()}
    return Draw(seed, drawn, {stratum: tuple(files[wanted.get(stratum, 0) :]) for stratum, files in ordered.items()})


def _check(stratum: str, files: list[str], number: int) -> None:
    if len(set(files)) < len(files):
        raise DrawError(f"stratum {stratum}: a file stands in the frame twice. Keep one row a file")
    if number < 1 or number > len(files):
        raise DrawError(f"stratum {stratum}: {number} of {len(files)} eligible files cannot be drawn. Ask for fewer")


def framed(frame: Iterable[Mapping], made: Draw) -> list[dict]:
    """The rows of the frame with the draw written in: `selected_by`, `stratum` and `seed` of the files drawn."""
    chosen = {file_id: stratum for stratum, files in made for file_id in files}
    rows = []
    for row in frame:
        new = dict(row)
        if row["file_id"] in chosen:
            new |= {"selected_by": "random", "stratum": chosen[row["file_id"]], "seed": made.seed}
            new |= {"selected_by_why": None, "stratum_why": None, "seed_why": None}
        rows.append(new)
    return rows
