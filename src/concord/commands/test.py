"""Run the tests, several at a time; what pytest understands is passed on (concord test -k wall)"""

import os
import subprocess
import sys

from concord.home import CHECKOUT, Home
from concord.site.stores.server import Server

PASSES_ON = True
ON_REQUEST = ("tests/browser", "tests/house", "tests/bench")
MOST = 4
"""Test processes at a time, each with a database server of its own."""


def add_arguments(parser):
    parser.add_argument("--all", action="store_true", help="also a real browser, and harm done to a whole installation")


def run(args) -> int:
    left_out = ON_REQUEST[-1:] if args.all else ON_REQUEST
    named = any(not word.startswith("-") and (CHECKOUT / word.split("::")[0]).exists() for word in args.passed_on)
    chosen = [] if named else [*side_by_side(), *(f"--ignore={folder}" for folder in left_out)]
    command = [sys.executable, "-m", "pytest", *chosen, *args.passed_on]
    try:
        return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
    finally:
        _stop_servers()


def side_by_side() -> list[str]:
    """A file's tests stay together and begin in the order of the files: the long ones are not the last.

    What is passed on comes after, so `-n 0` has its say.
    """
    processes = min(len(os.sched_getaffinity(0)), MOST)
    return [f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder"] if processes > 1 else []


def _stop_servers() -> None:
    """Runs of pytest by hand keep their database server for the next run; a machine should not keep it for good."""
    home = Home.find("test").path
    for path in (home, *home.parent.glob(f"{home.name}-gw*")):
        if path.is_dir():
            Server(path).stop()
