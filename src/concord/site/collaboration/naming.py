"""Whether a text that everybody will read seems to name a person. Pure; it warns too often rather than too seldom."""

import re
from collections.abc import Collection
from typing import NamedTuple

from concord import vocabulary


class Finding(NamedTuple):
    """Words that look like a person's, and whether they may stay once someone has looked."""

    words: str
    certain: bool


_CERTAIN = (
    re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),  # a Social Security number
    re.compile(r"\b(?:DOB|D\.O\.B\.|born(?: on)?)[: ]+\d[\d/.\- ]+", re.IGNORECASE),
    re.compile(r"\b[Aa]-?\d{8,9}\b"),  # an alien registration number
    re.compile(r"\b\d{1,2}/\d{1,2}/(?:19[3-9]\d|20[01]\d)\b"),  # what can only be a birth date
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx)\.? [A-Z][\w'-]+")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,3}(?=\W|$)")
_PAIR = re.compile(r"\b[A-Z][a-z'-]{1,}(?: [A-Z]\.?)?(?: [A-Z][a-z'-]{1,})+\b")
_KNOWN = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday county city state states united department office police sheriff sheriff's "
    "district attorney attorney's general federal task force committee services victim victims human trafficking labor "
    "court superior chief director deputy center program unit team house north south east west new the and of for law "
    "enforcement assistant special agent board council memorandum understanding continued presence safe harbor day "
    "awareness month school hospital university college street avenue road hall room building".split()
)
_WORDS = re.compile(r"[\w'-]+")
_LABELS = frozenset(
    word.lower()
    for code in vars(vocabulary).values()
    if isinstance(code, type) and issubclass(code, vocabulary.Code)
    for member in code
    for word in _WORDS.findall(member.label)
)


def findings(text: str, known: Collection[str] = ()) -> list[Finding]:
    """What in `text` looks like a person. `known`: names of agencies and task forces, which may be said."""
    for name in sorted(known, key=len, reverse=True):
        text = re.sub(re.escape(name), " . ", text, flags=re.IGNORECASE)
    found = [Finding(hit.group().strip(), True) for pattern in _CERTAIN for hit in pattern.finditer(text)]
    found += [Finding(hit.group(), False) for pattern in (_TITLED, _INITIALS) for hit in pattern.finditer(text)]
    found += [Finding(hit.group(), False) for hit in _PAIR.finditer(text) if _unusual(hit.group())]
    return list(dict.fromkeys(found))


def _unusual(words: str) -> bool:
    """Whether two capitalised words stand together of which at least two are not the field's own."""
    parts = [word.lower() for word in _WORDS.findall(words)]
    return sum(part not in _KNOWN and part not in _LABELS for part in parts) >= 2
