"""Evaluate case files: a bundle or a folder of CSV/XLSX in, a report with its tables and pictures out"""

import argparse
import csv
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from concord.casefile import bundle, cells, checks, reading
from concord.casefile.tables import FRAME
from concord.disclosure.ledger import Ledger, LedgerError
from concord.evaluation import planning, sampling
from concord.evaluation.lesson import write_lesson
from concord.evaluation.report.files import OutputError
from concord.evaluation.reporting import evaluate
from concord.evaluation.study import StudyError

WIDTH = 30
HALF_WIDTH, DIFFERENCE = 0.05, 0.2
"""What a plan is held against: shares known to 5 points, and sites that differ by 20."""
PLANNED = re.compile(r"(\d{1,4})x(\d{1,6})")
PROBLEMS = (
    StudyError, OutputError, LedgerError, sampling.DrawError, bundle.BundleError, reading.Refused, OSError
)  # fmt: skip


def add_arguments(parser):
    parser.add_argument("folder", type=Path, nargs="?", help="a bundle, or filled-in templates, with protocol.toml")
    parser.add_argument("-o", "--out", type=Path, help="a new folder for what is written")
    parser.add_argument("--ledger", type=Path, help="where releases are kept, so that two of them cannot be subtracted")
    parser.add_argument("--lesson", action="store_true", help="no folder: one invented world, studied in two ways")
    parser.add_argument("--plan", type=_plan, metavar="8x28", help="what so many sites and files a site can show")
    parser.add_argument("--share", type=float, default=0.33, help="share to plan for, 0 to 1 (0.33)")
    parser.add_argument("--icc", type=float, default=0.05, help="how alike files of one site are, 0 to 1 (0.05)")
    parser.add_argument("--draw", type=int, metavar="N", help="draw N files of each stratum of the folder's frame")
    parser.add_argument("--seed", type=int, default=1, help="of the draw, or of the invented world")


def run(args) -> int:
    if args.plan:
        return _planned(*args.plan, args.share, args.icc)
    if args.out is None or (args.folder is None and not args.lesson):
        print("concord evaluate: give the folder of the case files, or --lesson, and -o OUT", file=sys.stderr)
        return 2
    way = _lesson if args.lesson else _draw if args.draw is not None else _evaluate
    try:
        return way(args)
    except PROBLEMS as problem:
        print(problem, file=sys.stderr)
        return 2


def _plan(text: str) -> tuple[int, int]:
    found = PLANNED.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError("write sites x files a site, as 8x28")
    return int(found[1]), int(found[2])


def _planned(sites: int, files: int, share: float, icc: float) -> int:
    try:
        print(planning.precision(sites, files, share, icc, wanted=HALF_WIDTH))
        if sites > 2:
            print(planning.power(sites, sites // 2, files, share, min(share + DIFFERENCE, 0.99), icc))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _lesson(args) -> int:
    print(write_lesson(args.out, seed=args.seed, created=datetime.now(UTC)))
    return 0


def _evaluate(args) -> int:
    ledger = Ledger(args.ledger) if args.ledger else None
    made = evaluate(args.folder, args.out, ledger=ledger, progress=bar if sys.stderr.isatty() else plain)
    print(made.release.audit)
    for path in sorted(made.out.iterdir()):
        print(path)
    return 0


def _draw(args) -> int:
    rows = _frame(args.folder)
    made = sampling.draw(rows, args.draw, args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "frame.csv"
    with path.open("x", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, FRAME.entry_fields())
        writer.writeheader()
        writer.writerows(_typed_in(row) for row in sampling.framed(rows, made))
    print(made)
    print(path)
    return 0


def _frame(folder: Path) -> list[dict]:
    if (folder / bundle.MANIFEST).is_file():
        return list(bundle.read(folder).rows("frame"))
    sources = checks.template_sources(folder)
    if "frame" not in sources:
        raise sampling.DrawError(f"{folder.name}: no table frame. List every file that could be drawn in frame.csv")
    report = reading.Report()
    path, sheet = sources["frame"]
    rows = list(reading.read_table(path, FRAME, report, sheet=sheet))
    if report.listed:
        raise sampling.DrawError("\n".join(map(str, report.listed[:20])) + "\nNothing was drawn.")
    return rows


def _typed_in(row: dict) -> dict:
    texts = {column.name: cells.as_text(column, row.get(column.name)) for column in FRAME.columns}
    return texts | {column.why: row.get(column.why) or "" for column in FRAME.columns if column.why}


def bar(step: str, done: int, of: int) -> None:
    """A progress bar on one line of a terminal."""
    filled = WIDTH * done // of
    print(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {step:<30}", end="\n" if done == of else "", file=sys.stderr)


def plain(step: str, done: int, of: int) -> None:
    """The same where nobody watches: a line a step."""
    print(f"{done}/{of} {step}", file=sys.stderr)
