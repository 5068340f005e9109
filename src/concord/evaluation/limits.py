"""What a study cannot show, told from its own design: every limit with the number it rests on.

Those that NIJ's evaluation of ECM task forces states for itself (sites and files chosen, closed files only, few labor
cases, no survivors interviewed, sites that gave no file) and those that case files bring: thin files, blanks, outcomes
not followed long enough, too few sites, cells left blank. `limits` is pure; a limit stands when its condition does, and
none can be turned off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

LABOR_FLOOR = 0.20  # below this share of cases, figures of labor trafficking rest on few
FEW_SITES = 20  # below this number of sites, site-level tests must be exact and can find little
SMALLEST_SITES = 7  # exact permutation of 6 sites: p is 2/20 (3 and 3) or 1/15 (2 and 4) at the least; of 7, 1/35
MISSING_TOLD = 0.05
THIN_TOLD = 0.0


@dataclass(frozen=True)
class Design:
    """What the limits are told from. Counts are of files or cases; None is what nothing on file says.

    `frame_sites` are the sites among which those of the study were chosen, `sites_chosen` says how (`random`, `all`,
    or anything else: purposive). `missing` maps a variable to (blank, asked): not counted are blanks that do not apply.
    `survivors` and `interviews` count people interviewed.
    """

    sites: int
    sites_without_files: int = 0
    frame_sites: int | None = None
    sites_chosen: str = "purposive"
    drawn: str = "hand_picked"
    files: int = 0
    eligible: int | None = None
    refused: int = 0
    closed_only: bool = False
    open_cases: int = 0
    labor: int = 0
    thin: int = 0
    immature: int = 0
    maturity_months: int = 12
    followed_to: str = ""
    interviews: int | None = None
    survivors: int | None = None
    missing: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    suppressed: int | None = None


@dataclass(frozen=True)
class Limit:
    """One limit: what it means for a reader, and the number it rests on: `count` of `of` `unit`, where there is one."""

    key: str
    says: str
    count: int | None = None
    of: int | None = None
    unit: str = ""

    def __str__(self) -> str:
        if self.count is None:
            return self.says
        base = "" if self.of is None else f" of {self.of:,}"
        return f"{self.says} ({self.count:,}{base} {self.unit})"


def limits(design: Design) -> tuple[Limit, ...]:
    """Every limit that holds of a design, in the order in which a reader needs them."""
    return tuple(chain.from_iterable(told(design) for told in TOLD))


def _sites_purposive(design: Design):
    if design.sites_chosen not in ("random", "all"):
        says = "Sites were chosen, not drawn: nothing here can be generalized to other task forces."
        taken = design.sites + design.sites_without_files
        yield Limit("sites_chosen", says, taken, design.frame_sites, "sites")


def _sites_without_files(design: Design):
    if design.sites_without_files:
        says = "Some sites gave no file: they may differ from those that did."
        total = design.sites + design.sites_without_files
        yield Limit("sites_without_files", says, design.sites_without_files, total, "sites")


def _few_sites(design: Design):
    if design.sites < SMALLEST_SITES:
        says = "With so few sites no comparison of sites can reach p below .05, whatever the files show."
        yield Limit("few_sites", says, design.sites, None, "sites")
    elif design.sites < FEW_SITES:
        says = ("With so few sites, comparisons of sites find only large differences, and more files from the same "
                "sites help little.")  # fmt: skip
        yield Limit("few_sites", says, design.sites, None, "sites")


def _files_chosen(design: Design):
    if design.drawn == "hand_picked":
        says = "Files were chosen by hand: shares describe these files alone and carry no interval."
        yield Limit("files_chosen", says, design.files, design.eligible, "files")
    if design.eligible is None:
        yield Limit("no_frame", "No frame is on file: how many files were left out, and which, cannot be known.")


def _refused(design: Design):
    if design.refused:
        says = "Files that were chosen did not come: those that did may differ."
        yield Limit("refused", says, design.refused, None, "files")


def _closed(design: Design):
    if design.closed_only:
        says = "Only closed files were read: cases that stay open long, often the larger ones, are not here."
        yield Limit("closed_only", says, design.open_cases, design.files, "cases open")


def _labor(design: Design):
    if design.files and design.labor < LABOR_FLOOR * design.files:
        says = (f"Labor trafficking is under {LABOR_FLOOR:.0%} of cases: figures over all types are figures about sex "
                "trafficking, and those about labor rest on few cases.")  # fmt: skip
        yield Limit("labor", says, design.labor, design.files, "cases")


def _survivors(design: Design):
    if design.survivors:
        return
    if design.interviews:
        says = "No survivor was interviewed: what is said about help and harm is said by those who give it."
        yield Limit("survivors", says, 0, design.interviews, "people interviewed")
    else:
        yield Limit("survivors", "No survivor was interviewed: the files say what agencies wrote down.")


def _thin(design: Design):
    if design.files and design.thin > THIN_TOLD * design.files:
        says = "Some files are too thin to count outcomes from."
        yield Limit("thin", says, design.thin, design.files, "cases")


def _immature(design: Design):
    if not design.followed_to:
        says = "No day is stated up to which outcomes were followed: late outcomes may be missing from any case."
        yield Limit("not_followed", says)
    elif design.immature:
        says = (f"Cases followed for less than {design.maturity_months} months by {design.followed_to} stand apart: "
                "their outcomes are not known yet.")  # fmt: skip
        yield Limit("immature", says, design.immature, design.files, "cases")


def _missing(design: Design):
    for variable, (blank, asked) in design.missing.items():
        if asked and blank > MISSING_TOLD * asked:
            says = f"Often blank: {variable}. Figures by it describe only those of whom it was written down."
            yield Limit(f"missing {variable}", says, blank, asked, "blank")


def _suppressed(design: Design):
    if design.suppressed:
        says = "Numbers were left blank so that no one can be told from them; blanks are not zeros."
        yield Limit("suppressed", says, design.suppressed, None, "cells")


TOLD = (
    _sites_purposive, _sites_without_files, _few_sites, _files_chosen, _refused, _closed, _labor, _survivors, _thin,
    _immature, _missing, _suppressed,
)  # fmt: skip
