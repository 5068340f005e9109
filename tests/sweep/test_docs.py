"""What the documents name is there: files, and commands with their options."""

import argparse
import re
from pathlib import Path

from concord import cli

ROOT = Path(__file__).parents[2]
BELOW = [ROOT / folder for folder in ("", "src/concord", "src/concord/site", "src/concord/site/pages/templates")]
DOCUMENTS = [*ROOT.glob("*.md"), ROOT / "docs/runbook.md", ROOT / "docs/pages.md", *(ROOT / "docs/adr").glob("*.md")]
A_FILE = re.compile(r"(?:`|\]\()((?:[\w.-]+/)+[\w.-]+\.(?:py|md|toml|txt|html))[`)]")
A_COMMAND = re.compile(r"(?:\./|`)concord ([a-z]+)([^`\n]*)")


def named(what: re.Pattern):
    for document in DOCUMENTS:
        for found in what.finditer(document.read_text(encoding="utf-8")):
            yield document, found


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Every option of a command, those of its steps too."""
    found = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            found |= {*action.choices}.union(*map(options, action.choices.values()))
    return found


def test_every_file_that_a_document_names_is_there():
    found = [(document, match[1]) for document, match in named(A_FILE) if "us-xx" not in match[1]]
    assert len(found) > 20
    missing = [(document.name, path) for document, path in found
               if not any((folder / path).is_file() for folder in (*BELOW, document.parent))]
    assert missing == []


def test_every_command_that_a_document_names_has_these_options():
    unknown, seen = [], 0
    for document, match in named(A_COMMAND):
        name, rest = match.groups()
        seen += 1
        parser = argparse.ArgumentParser()
        if name in cli.names():
            cli.load(name).add_arguments(parser)
        asked = set(re.findall(r"--[a-z-]+", rest))
        if name not in cli.names() or not asked <= options(parser):
            unknown.append((document.name, match[0]))
    assert seen > 20
    assert unknown == []
