"""What no file of the project says: words that blame a survivor, addresses of package indexes, paths of one machine."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("src", "tests", "docs", "requirements", ".ci")
NOT_OURS = {"vendor", "__pycache__"}
NEVER = {
    "says that a person agreed to it": r"\b(?:un)?willing(?:ly|ness)?\b",
    "calls a person by a charge": r"\bprostitutes?\b",
    "calls a person unlawful": r"\billegals?\b",
    "is the address of a package index": r"(?:py[p]i|np[m]js|pythonhoste[d]|deb\.debia[n])[a-z.]*\.(?:org|com)",
    "is a path of one machine": r"(?<![\w.>])/(?:home|root|opt|tmp|work|Users)/\w",
}


def lines():
    """Every line of every text of the project but this one, with where it stands."""
    inside = [path for part in PARTS for path in (ROOT / part).rglob("*") if not NOT_OURS & set(path.parts)]
    for path in [*ROOT.glob("*"), *inside]:
        if not path.is_file() or path.name == ".git" or path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            yield f"{path.relative_to(ROOT)}:{number}", line


@pytest.fixture(scope="module")
def project():
    found = list(lines())
    assert any(place.startswith("src/concord/vocabulary.py:") for place, _ in found)
    return found


@pytest.mark.parametrize("what", NEVER)
def test_no_file_has_what(project, what):
    never = re.compile(NEVER[what], re.IGNORECASE)
    assert [place for place, line in project if never.search(line)] == []


@pytest.mark.parametrize(("what", "said"), [
    ("says that a person agreed to it", "she went Willingly"),
    ("calls a person by a charge", "a prostitute"),
    ("calls a person unlawful", "illegal persons"),
    ("is the address of a package index", "https://" + "pypi" + ".org/simple"),
    ("is a path of one machine", "see /home/somebody/notes"),
])
def test_it_would_be_seen(what, said):
    assert re.search(NEVER[what], said, re.IGNORECASE)
