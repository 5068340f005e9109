"""Evaluate case files: a bundle or a folder of CSV/XLSX in, a report with its tables and pictures out"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from concord.disclosure.ledger import Ledger, LedgerError
from concord.evaluation.reporting import evaluate
from concord.evaluation.lesson import write_lesson
from concord.evaluation.report.files import OutError
from concord.evaluation.study import StudyError

WIDTH = 30


def add_arguments(parser):
    parser.add_argument("folder", type=Path, nargs="?", help="a bundle, or filled-in templates, with protocol.toml")
    parser.add_argument("-o", "--out", type=Path, required=True, help="a new folder for the report")
    parser.add_argument("--ledger", type=Path, help="where releases are kept, so that two of them cannot be subtracted")
    parser.add_argument("--lesson", action="store_true", help="no folder: one invented world, studied in two ways")
    parser.add_argument("--seed", type=int, default=1, help="of the invented world")


def run(args) -> int:
    if args.lesson:
        print(write_lesson(args.out, seed=args.seed, created=datetime.now(UTC)))
        return 0
    if args.folder is None:
        print("concord evaluate: give the folder of the case files, or --lesson", file=sys.stderr)
        return 2
    try:
        ledger = Ledger(args.ledger) if args.ledger else None
        made = evaluate(args.folder, args.out, ledger=ledger, progress=bar if sys.stderr.isatty() else plain)
    except (StudyError, OutError, LedgerError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(made.release.audit)
    for path in made.written:
        print(path)
    return 0


def bar(step: str, done: int, of: int) -> None:
    """A progress bar on one line of a terminal."""
    filled = WIDTH * done // of
    print(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {step:<30}", end="\n" if done == of else "", file=sys.stderr)


def plain(step: str, done: int, of: int) -> None:
    """The same where nobody watches: a line a step."""
    print(f"{done}/{of} {step}", file=sys.stderr)
