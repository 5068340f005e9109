"""The order of a whole run. Nothing of the site is imported here: who hands the tests out reads this too."""

from pathlib import Path

#: The folders with the longest files begin first, so that no test process ends long after the others.
FIRST = ("house", "browser", "sweep")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    items.sort(key=lambda item: _place(item.path.relative_to(here).parts[0] if here in item.path.parents else ""))


def _place(folder: str) -> int:
    return FIRST.index(folder) if folder in FIRST else len(FIRST)
