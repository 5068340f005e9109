"""Run the tests; what pytest understands is passed on (concord test -k wall)"""

import subprocess
import sys

from concord.home import CHECKOUT, Home
from concord.site.stores.server import Server

PASSES_ON = True
ON_REQUEST = ("tests/browser", "tests/house", "tests/bench")


def add_arguments(parser):
    parser.add_argument("--all", action="store_true", help="also a real browser, and harm done to a whole installation")


def run(args) -> int:
    left_out = ON_REQUEST[-1:] if args.all else ON_REQUEST
    named = any(not word.startswith("-") and (CHECKOUT / word.split("::")[0]).exists() for word in args.passed_on)
    ignored = [] if named else [f"--ignore={folder}" for folder in left_out]
    command = [sys.executable, "-m", "pytest", *ignored, *args.passed_on]
    try:
        return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
    finally:
        _stop_server()


def _stop_server() -> None:
    """Runs of pytest by hand keep their database server for the next run; a machine should not keep it for good."""
    home = Home.find("test")
    if home.path.is_dir():
        Server(home.path).stop()
