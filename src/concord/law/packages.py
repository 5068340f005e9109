"""What a sealed copy may say: what it is for, the items the release lists, who says it and until when. Nothing else."""

from datetime import date
from typing import NamedTuple

from concord.law.packet import ITEM
from concord.law.referrals import is_words
from concord.vocabulary import DisclosureItem, PacketQuestion, ReleasePurpose, Sector

#: Who coordinates, studies or oversees the task force, or reviews its pages, has no file of anybody's (28 CFR Part 22).
RECIPIENTS = frozenset(Sector) - {
    Sector.COORDINATION, Sector.EVALUATION, Sector.OVERSIGHT, Sector.SURVIVOR_ADVISOR,
}

#: As the sender's form makes it: more than this was sealed by another program.
MOST_ITEMS = 100
MOST_LINES = 500


class Said(NamedTuple):
    """What a sealed copy says, with whatever was not as it should be left out."""

    purpose: str
    purpose_words: str
    items: dict[str, str | list[str]]
    said_by: str
    expires_on: str


def as_content(said: object) -> dict:
    """Of what was sealed, the parts that a sealed copy has, where they are what they should be. A sender's own program
    may have sealed anything; the rest is left out. All parts are always there, be they empty."""
    parts = said if isinstance(said, dict) else {}
    return Said(
        purpose=_purpose(parts.get("purpose")),
        purpose_words=_words(parts.get("purpose_words")),
        items=_items(parts.get("items")),
        said_by=_words(parts.get("said_by")),
        expires_on=_day(parts.get("expires_on")),
    )._asdict()


def item_label(code: str) -> str:
    """What an item is called to whoever reads it; one that is in no list of ours stands as it was sealed."""
    codes, name = (PacketQuestion, code.removeprefix(ITEM)) if code.startswith(ITEM) else (DisclosureItem, code)
    return codes(name).label if name in set(codes) else code


def _purpose(value: object) -> str:
    return value if isinstance(value, str) and value in set(ReleasePurpose) else ReleasePurpose.OTHER.value


def _words(value: object) -> str:
    return value if is_words(value) else ""


def _items(value: object) -> dict[str, str | list[str]]:
    if not isinstance(value, dict):
        return {}
    found = {code: _item(said) for code, said in list(value.items())[:MOST_ITEMS] if is_words(code) and code.strip()}
    return {code: said for code, said in found.items() if said}


def _item(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [line for line in value[:MOST_LINES] if is_words(line) and line.strip()]
    return value if is_words(value) and value.strip() else ""


def _day(value: object) -> str:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else ""
    except ValueError:
        return ""
