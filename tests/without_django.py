"""Imports every module of the evaluation where Django cannot be had: `python -m tests.without_django`."""

import importlib
import pkgutil
import sys

FORBIDDEN = ("django", "concord.site")
ROOMS = ("concord.vocabulary", "concord.law", "concord.casefile", "concord.disclosure", "concord.evaluation")


def main() -> int:
    for name in FORBIDDEN:
        sys.modules[name] = None  # an import of it now fails
    names = [name for room in ROOMS for name in modules(room)]
    for name in names:
        importlib.import_module(name)
    sys.stdout.write(f"{len(names)} modules imported without Django\n")
    return 0


def modules(room: str) -> list[str]:
    """A room and every module under it."""
    package = importlib.import_module(room)
    below = pkgutil.walk_packages(getattr(package, "__path__", []), f"{room}.")
    return [room, *(module.name for module in below)]


if __name__ == "__main__":
    sys.exit(main())
