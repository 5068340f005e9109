"""The order of a whole run. Nothing of the site is imported here: who hands the tests out reads this too."""

import os
from pathlib import Path

import pytest

#: The folders with the longest files begin first, so that no test process ends long after the others.
FIRST = ("house", "browser", "sweep")

_BEFORE = dict(os.environ)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """Processes start from the environment as it was: whoever names a folder has its conftest read here as well, and
    the stores that it prepares are not theirs."""
    os.environ.clear()
    os.environ.update(_BEFORE)


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    items.sort(key=lambda item: _place(item.path.relative_to(here).parts[0] if here in item.path.parents else ""))


def _place(folder: str) -> int:
    return FIRST.index(folder) if folder in FIRST else len(FIRST)
