"""The handbook: worked examples, printed for people to read.

Every file in `tests/spec/<part>/` holds one rule or measure with its examples: small tables in, answer out. The tests
run them; this prints the same files as pages, so that what is written down and what is computed cannot part.

    python -m concord.handbook tests/spec docs/handbook           writes the pages
    python -m concord.handbook tests/spec docs/handbook --check   says which pages are out of date
"""

import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NOTICE = "<!-- Printed from the worked examples. Change those, then run `python -m concord.handbook`. -->"
WIDEST = 7  # columns beside the sentence; beyond that a row lists its facts


@dataclass(frozen=True)
class Example:
    """What is given, what comes out, and a sentence that says why it is worth showing."""

    says: str
    given: dict
    answer: dict


@dataclass(frozen=True)
class Topic:
    """One rule or measure. `rule` names what the examples run; `part` is the folder, `name` the file."""

    part: str
    name: str
    title: str
    rule: str
    about: str
    sources: tuple[str, ...]
    examples: tuple[Example, ...]


def read_topic(path: Path) -> Topic:
    """A topic from its file. ValueError names the file and what is missing from it."""
    document = tomllib.loads(path.read_text("utf-8"))
    try:
        examples = tuple(Example(one["says"], one["given"], one["answer"]) for one in document["example"])
        return Topic(
            part=path.parent.name,
            name=path.stem,
            title=document["title"],
            rule=document["rule"],
            about=document["about"].strip(),
            sources=tuple(document["sources"]),
            examples=examples,
        )
    except KeyError as missing:
        raise ValueError(f"{path.name}: {missing.args[0]} is missing.") from missing


def topics(spec: Path) -> list[Topic]:
    return [read_topic(path) for path in sorted(spec.glob("*/*.toml"))]


# --- Pages ------------------------------------------------------------------------------------------------------------


def pages(spec: Path) -> dict[str, str]:
    """Every page of the handbook by its path below the handbook's folder."""
    found = topics(spec)
    printed = {f"{topic.part}/{topic.name}.md": page(topic) for topic in found}
    return {"README.md": contents(found)} | printed


def contents(found: Iterable[Topic]) -> str:
    lines = [NOTICE, "", "# Handbook", "", "What each rule and measure says, by worked example.", ""]
    part = None
    for topic in found:
        if topic.part != part:
            part = topic.part
            lines += [f"## {part.capitalize()}", ""]
        lines.append(f"- [{topic.title}]({topic.part}/{topic.name}.md)")
    return _text(lines)


def page(topic: Topic) -> str:
    lines = [NOTICE, "", f"# {topic.title}", "", topic.about, ""]
    lines += [f"Computed by `concord.{topic.part}.{topic.rule}`. Sources: {'; '.join(topic.sources)}.", ""]
    if all(_is_flat(example) for example in topic.examples):
        lines += _one_table(topic.examples)
    else:
        for example in topic.examples:
            lines += _section(example)
    return _text(lines)


def _is_flat(example: Example) -> bool:
    return not any(_is_rows(value) for value in (*example.given.values(), *example.answer.values()))


def _is_rows(value) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _one_table(examples: tuple[Example, ...]) -> list[str]:
    given = _keys(example.given for example in examples)
    answer = _keys(example.answer for example in examples)
    if len(given) + len(answer) > WIDEST:
        rows = [[example.says, _listed(example.given), _listed(example.answer)] for example in examples]
        return _table(["Example", "Given", "**Answer**"], rows)
    rows = [
        [example.says, *(example.given.get(key) for key in given), *(example.answer.get(key) for key in answer)]
        for example in examples
    ]
    return _table(["Example", *map(_heading, given), *(f"**{_heading(key)}**" for key in answer)], rows)


def _listed(values: dict) -> str:
    return "<br>".join(f"{_heading(key)}: {_cell(value)}" for key, value in values.items()) or "nothing"


def _section(example: Example) -> list[str]:
    lines = [f"## {example.says}", ""]
    for values in (example.given, example.answer):
        lines += ["Given", ""] if values is example.given else ["Answer", ""]
        plain = {key: value for key, value in values.items() if not _is_rows(value)}
        if plain:
            lines += _table(list(map(_heading, plain)), [list(plain.values())])
        for key, rows in values.items():
            if _is_rows(rows):
                columns = _keys(rows)
                lines += [f"`{key}`", "", *_table(columns, [[row.get(column) for column in columns] for row in rows])]
    return lines


def _table(columns: list[str], rows: list[list]) -> list[str]:
    return [
        "| " + " | ".join(columns) + " |",
        "|" + " --- |" * len(columns),
        *("| " + " | ".join(map(_cell, row)) + " |" for row in rows),
        "",
    ]


def _keys(tables: Iterable[dict]) -> list[str]:
    return list(dict.fromkeys(key for table in tables for key in table))


def _heading(key: str) -> str:
    return key.replace("_", " ")


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{_heading(key)} = {_cell(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(map(_cell, value)) or "none"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return str(value).replace("|", "\\|") or "none"


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


# --- Writing ----------------------------------------------------------------------------------------------------------


def out_of_date(spec: Path, handbook: Path) -> list[str]:
    """Pages that are missing, differ or have no examples any more."""
    due = pages(spec)
    present = {path.relative_to(handbook).as_posix() for path in handbook.rglob("*.md")}
    return sorted({name for name, text in due.items() if _differs(handbook / name, text)} | (present - set(due)))


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text("utf-8") != text


def write(spec: Path, handbook: Path) -> None:
    """Write every page and remove pages whose examples are gone."""
    due = pages(spec)
    for name in out_of_date(spec, handbook):
        target = handbook / name
        if name in due:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(due[name], "utf-8")
        else:
            target.unlink()


def main(arguments: list[str]) -> str | None:
    """Run the command; a returned text is what went wrong."""
    paths = [Path(argument) for argument in arguments if argument != "--check"]
    if len(paths) != 2:
        return "Give the folder of worked examples and the folder of the handbook."
    if "--check" not in arguments:
        write(*paths)
        return None
    stale = out_of_date(*paths)
    return f"Out of date: {', '.join(stale)}. Run it again without --check." if stale else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
