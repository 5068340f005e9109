"""Run the tests, several at a time; what pytest understands is passed on (concord test -k wall)"""

import os
import subprocess
import sys

from concord.home import CHECKOUT, Home
from concord.site.stores.server import Server

PASSES_ON = True
ALWAYS = ("tests/sweep", "tests/site", "tests/spec", "tests/unit")
"""Folders in the order in which they begin: the longest files first, so that no process ends long after the others."""
ON_REQUEST = ("tests/house", "tests/browser")
MOST = 4
"""Test processes at a time, each with a database server of its own."""


def add_arguments(parser):
    parser.add_argument("--all", action="store_true", help="also a real browser, and harm done to a whole installation")


def run(args) -> int:
    folders = (*ON_REQUEST, *ALWAYS) if args.all else ALWAYS
    named = any(not word.startswith("-") and (CHECKOUT / word.split("::")[0]).exists() for word in args.passed_on)
    chosen = [] if named else [*side_by_side(), *folders]
    command = [sys.executable, "-m", "pytest", *chosen, *args.passed_on]
    try:
        return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
    finally:
        _stop_servers()


def side_by_side() -> list[str]:
    """A file's tests stay together and begin in the order of the folders. What is passed on comes after: `-n 0` has its
    say."""
    processes = min(len(os.sched_getaffinity(0)), MOST)
    return [f"--numprocesses={processes}", "--dist=loadfile", "--no-loadscope-reorder"] if processes > 1 else []


def _stop_servers() -> None:
    """Runs of pytest by hand keep their database server for the next run; a machine should not keep it for good."""
    home = Home.find("test").path
    for path in (home, *home.parent.glob(f"{home.name}-gw*")):
        if path.is_dir():
            Server(path).stop()
