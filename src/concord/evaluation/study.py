"""A study opened: case-file tables in an engine, the views over them, its protocol, and what came of the reading.

`read(folder)` takes a bundle or a folder of filled-in templates (CSV, or one casefile.xlsx). Nothing is dropped or
de-duplicated in silence: a row that cannot be read is counted and listed, and a contradiction stops the evaluation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from concord.casefile import bundle, checks, reading
from concord.casefile.columns import Table
from concord.casefile.tables import TABLES
from concord.engine import Answer, Engine, quoted
from concord.evaluation import protocol as protocols
from concord.evaluation import views
from concord.vocabulary import Grade

RANDOM, ALL, HAND_PICKED = "random", "all", "hand_picked"
ALIKE = 1.1
"""Weights of sites are left out while the largest is at most this many times the smallest: refusals alone do that."""
HOW_DRAWN = {
    RANDOM: "Files were drawn at random",
    ALL: "Every eligible file was read",
    HAND_PICKED: "Files were chosen by the sites or by a researcher",
}


class StudyError(ValueError):
    """A folder that cannot be evaluated; the text names the file, row and column where it can, and what to do."""


@dataclass
class Study:
    """The tables of a study and the views over them (`views.py`). Close it, or use it in a `with`."""

    folder: Path
    engine: Engine
    tables: Mapping[str, Table]
    grade: Grade
    protocol: protocols.Protocol
    matures_on: date | None
    reports: Mapping[str, reading.Report] = field(default_factory=dict)
    findings: tuple[checks.Finding, ...] = ()

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, *_) -> None:
        self.engine.close()

    def run(self, sql: str, **values) -> Answer:
        """Run one SQL text over the tables and views."""
        return self.engine.run(sql, **values)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The sites with at least one case, in order."""
        return tuple(row[0] for row in self.run("select distinct site_id from cases order by 1").rows)

    @cached_property
    def empty_sites(self) -> tuple[str, ...]:
        """The sites of the study that gave no case."""
        return tuple(
            row[0] for row in self.run("select site_id from site where site_id not in (select site_id from cases)").rows
        )

    @cached_property
    def drawn(self) -> str:
        """How the files came: at random, all of them, or chosen by hand, as soon as one was or nothing says how."""
        ways = {row[0] for row in self.run("select distinct selected_by from cases").rows}
        if not ways or not ways <= {"random", "all"}:
            return HAND_PICKED
        return RANDOM if "random" in ways else ALL

    @cached_property
    def frame(self) -> dict[str, dict]:
        """For each site: files in the frame, eligible, chosen, refused, coded."""
        rows = self.run(
            "select site_id, count(*) as files, count(*) filter (where eligible) as eligible, "
            "count(*) filter (where selected_by is not null) as chosen, "
            "count(*) filter (where selected_by is not null and not received) as refused, "
            "count(case_id) as coded from frame group by site_id order by site_id"
        )
        return {row["site_id"]: row for row in rows.dicts()}

    @cached_property
    def weights(self) -> dict[str, float]:
        """For each site how many eligible files a coded one stands for, where files were drawn at random and the sites
        differ in it; empty where all files stand for alike many, or for themselves (Horvitz and Thompson 1952)."""
        coded = {site: row["eligible"] / row["coded"] for site, row in self.frame.items() if row["coded"]}
        if self.drawn != RANDOM or not set(self.sites) <= set(coded):
            return {}
        return coded if max(coded.values()) > ALIKE * min(coded.values()) else {}


def read(folder: Path | str) -> Study:
    """Open a study. Raises StudyError with every reason it cannot be evaluated."""
    folder = Path(folder)
    if not folder.is_dir():
        raise StudyError(f"{folder.name} is not a folder. Give the folder of a bundle or of filled-in templates")
    try:
        plan = protocols.read(folder)
        if (folder / bundle.MANIFEST).is_file():
            return _of_bundle(folder, plan)
        return _of_templates(folder, plan)
    except (bundle.BundleError, reading.Refused, protocols.ProtocolError) as problem:
        raise StudyError(str(problem)) from None


def _of_bundle(folder: Path, plan: protocols.Protocol) -> Study:
    opened = bundle.read(folder)
    engine = Engine()
    for name in opened.tables:
        engine.add_parquet(name, folder / f"{name}.parquet")
    matures_on = plan.matures_on or date.fromisoformat(opened.manifest["matures_on"])
    return _ready(Study(folder, engine, opened.tables, opened.grade, plan, matures_on))


def _of_templates(folder: Path, plan: protocols.Protocol) -> Study:
    sources = checks.template_sources(folder)
    if missing := [name for name in ("site", "case") if name not in sources]:
        raise StudyError(f"{folder.name}: no table {' and no table '.join(missing)}. Add {missing[0]}.csv or its sheet")
    reports: dict[str, reading.Report] = {}
    engine = Engine()
    for name, table in TABLES.items():
        bundle.load(engine, table, _rows(name, table, sources, reports, plan.encodings))
    return _ready(Study(folder, engine, TABLES, Grade.RESEARCH, plan, plan.matures_on, reports))


def _rows(name: str, table: Table, sources: Mapping, reports: dict, encodings: Mapping) -> Iterator[dict]:
    if name not in sources:
        return iter(())
    reports[name] = reading.Report()
    path, sheet = sources[name]
    return reading.read_table(path, table, reports[name], sheet=sheet, encoding=encodings.get(name, "utf-8"))


def _ready(study: Study) -> Study:
    """Check that the tables agree with themselves, then lay the views over them."""
    study.findings = tuple(checks.run(study.engine, study.grade, study.tables))
    rejected = [problem for report in study.reports.values() for problem in report.listed]
    wrong = [finding for finding in study.findings if finding.weight is checks.Weight.ERROR and _stops(finding)]
    if rejected or wrong:
        study.engine.close()
        raise StudyError(_told([*rejected, *wrong]))
    months = study.protocol.maturity_months
    views.create(study.engine, dict(study.tables), study.grade, study.matures_on, months)
    if not study.run(f"select count(*) as n from {quoted('case')}").one()["n"]:
        study.engine.close()
        raise StudyError("the case table has no row. There is nothing to evaluate")
    return study


def _stops(finding: checks.Finding) -> bool:
    """A blank without its reason is told and counted as unknown; what contradicts itself has to be mended first."""
    return finding.check != "blank"


SHOWN = 20


def _told(problems: list) -> str:
    lines = [str(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"... and {len(problems) - SHOWN:,} more: concord casefile check FOLDER --all lists them")
    return "\n".join([*lines, "Nothing was evaluated. Correct these rows and start again."])
