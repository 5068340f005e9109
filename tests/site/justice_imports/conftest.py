import pytest

from tests.bench.generate_nibrs import generate

INCIDENTS = 40


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "made"
    return folder, generate(folder, INCIDENTS)


@pytest.fixture
def release(made_once):
    """A generated release that every row of is good."""
    return made_once[0]


@pytest.fixture
def rows(made_once):
    """How many rows the release has."""
    return made_once[1]
