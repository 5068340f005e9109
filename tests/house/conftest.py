"""Tests of the house as it really runs: processes, sockets, files, crashes. Slow; `concord test --all` runs them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house.house import House


def pytest_collection_modifyitems(items):
    for item in items:
        if "house" in Path(str(item.fspath)).parent.name:
            item.add_marker(pytest.mark.house)


@pytest.fixture(scope="session")
def house():
    """One demo for the whole session, unless a file needs one in which nobody else restores anything."""
    with a_house() as house:
        yield house


@contextmanager
def a_house() -> Iterator[House]:
    """A demo in a folder with a space in its name."""
    folder = Path(tempfile.mkdtemp(prefix="concord house "))
    folder.chmod(0o755)  # unlike pytest's own folders, one that the service users may enter
    house = House(folder / "a home").start()
    yield house
    house.stop()
    shutil.rmtree(folder)
