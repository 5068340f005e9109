"""How a command gets at the Django half: set up for one home and one login, then by name.

Rooms cannot be imported at the top of a command: their models need settings, and the settings read the files of the
home that the command was given.
"""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable
from types import ModuleType

import django

from concord.home import Home, InstallationError


def open_site(home: Home, login: str = "web", **environment: str) -> Callable[[str], ModuleType]:
    """Set Django up for this home with the web or the migrate logins; returns what gives a room's module by name."""
    os.environ.update(
        environment,
        CONCORD_HOME=str(home.path),
        CONCORD_LOGIN=login,
        DJANGO_SETTINGS_MODULE="concord.site.web.settings",
    )
    django.setup()
    return lambda name: importlib.import_module(f"concord.site.{name}")


def in_child(function: Callable[..., None], *arguments: object) -> None:
    """Run a step in a process of its own: what supervises for weeks holds neither Django nor the migrate logins."""
    child = multiprocessing.get_context("fork").Process(target=_spoken, args=(function, *arguments))
    child.start()
    try:
        child.join()
    finally:
        if child.is_alive():
            child.terminate()
            child.join()
    if child.exitcode:
        raise InstallationError("That step failed (see above). What is there stays; the next start goes on from it.")


def _spoken(function: Callable[..., None], *arguments: object) -> None:
    try:
        function(*arguments)
    except InstallationError as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
