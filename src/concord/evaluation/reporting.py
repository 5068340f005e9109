"""From a folder of case files to a finished report: read, compute every section, protect all of it at once, write."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from concord.disclosure.audit import AuditError
from concord.disclosure.grids import Counts, Grid
from concord.disclosure.ledger import Ledger
from concord.disclosure.release import Release, release
from concord.disclosure.suppression import ProtectionError, Rule
from concord.evaluation import study as studies
from concord.evaluation.report import files
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.sections import Section

SECTIONS = (
    "design", "funnel", "victims", "times", "sentences", "services", "comparing", "disparity", "impact",
    "agreement", "administrative", "interviews", "published", "limits", "checklists",
)  # fmt: skip
TOO_FEW = (
    "{}: too few people for a report that tells on none of them: {}.\n"
    "Nothing was written. Study more files or sites together, and start again"
)
Progress = Callable[[str, int, int], None]


def _silent(step: str, done: int, of: int) -> None: ...


@dataclass(frozen=True)
class Evaluation:
    """What was made: the document, how it was protected, and the folder it is in."""

    document: Document
    release: Release
    out: Path


def evaluate(folder: Path, out: Path, *, ledger: Ledger | None = None, progress: Progress = _silent) -> Evaluation:
    """Evaluate the case files of a folder and write the report into `out`, a folder that is new or empty.

    `progress` hears each step, how many are done and of how many. The same folder gives the same bytes. Raises
    `study.StudyError` and `files.OutputError`; then nothing is left half-written.
    """
    files.check(out)
    progress("Reading the files", 0, len(SECTIONS) + 3)
    with studies.read(folder) as study:
        sections = compute(study, progress)
        progress("Protecting small numbers", len(SECTIONS) + 1, len(SECTIONS) + 3)
        released, document = protect(study, sections, ledger)
    progress("Writing the report", len(SECTIONS) + 2, len(SECTIONS) + 3)
    written = files.write(document, out)
    if ledger:
        released.keep(ledger)
    progress("Done", len(SECTIONS) + 3, len(SECTIONS) + 3)
    return Evaluation(document, released, written)


def compute(study: studies.Study, progress: Progress = _silent) -> list[Section]:
    """Every section of the report, in order."""
    made = []
    for number, name in enumerate(SECTIONS, start=1):
        progress(name.capitalize(), number, len(SECTIONS) + 3)
        made.append(import_module(f"concord.evaluation.sections.{name}").section(study))
    return made


def protect(study: studies.Study, sections: list[Section], ledger: Ledger | None) -> tuple[Release, Document]:
    """The document, with every grid of every section released together. Raises StudyError when too few people are in
    it to tell of them without telling on them."""
    counts = Counts()
    for section in sections:
        counts.merge(section.counts)
    grids = [grid for section in sections for grid in section.grids()]
    try:
        released = release(grids, counts, Rule(threshold=study.protocol.threshold), ledger)
    except (ProtectionError, AuditError) as reason:
        raise studies.StudyError(TOO_FEW.format(study.folder.name, reason)) from reason
    ready = {grid.key: grid for grid in released.grids}
    return released, Document(
        study.protocol.title,
        "An evaluation of task forces",
        _about(study),
        tuple(_ready(section, ready) for section in sections),
    )


def _ready(section: Section, ready: dict) -> ReadySection:
    blocks = tuple(ready[block.key] if isinstance(block, Grid) else block for block in section.blocks)
    return ReadySection(section.key, section.title, blocks)


def _about(study: studies.Study) -> tuple[tuple[str, str], ...]:
    plan = study.protocol
    stated = {
        "Protocol": plan.version and f"version {plan.version}, registered {plan.registered_on or 'on no stated day'}",
        "Privacy certificate (28 CFR 22)": plan.certificate,
        "Agreement": plan.agreement,
        "To be destroyed by": plan.destroy_by and str(plan.destroy_by),
        "Outcomes followed up to": study.matures_on and str(study.matures_on),
        "Grade of the case files": study.grade.value,
        "How the files came": studies.HOW_DRAWN[study.drawn],
    }
    return tuple((label, value or "not stated in protocol.toml") for label, value in stated.items())
