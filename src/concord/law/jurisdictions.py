"""Packs: what one jurisdiction's law says of a subject, as a TOML file; a draft until a reviewer is named."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib import resources


@dataclass(frozen=True)
class Head:
    """Whose law a pack is, from where, and (`status`, `reviewer`) whether anybody has checked it."""

    jurisdiction: str
    name: str
    version: str
    status: str
    reviewer: str
    source: str


def head_of(document: dict) -> dict[str, str]:
    """The head's answers. Raises KeyError with the one that is missing."""
    return {field.name: document[field.name] for field in fields(Head)}


def packs_of[P: Head](subject: str, read: Callable[[dict], P]) -> dict[str, P]:
    """The packs on a subject that come with Concord (`packs/<subject>/*.toml`), by jurisdiction (`US`, `US-CA` ...)."""
    folder = resources.files("concord.law") / "packs" / subject
    found = [read(tomllib.loads(file.read_text("utf-8"))) for file in folder.iterdir() if file.name.endswith(".toml")]
    return {pack.jurisdiction: pack for pack in sorted(found, key=lambda pack: pack.jurisdiction)}
