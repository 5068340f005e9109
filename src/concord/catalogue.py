"""The words of other languages: from the catalogue that people write (.po) to the one that is read (.mo).

    python -m concord.catalogue src           writes each .mo beside its .po
    python -m concord.catalogue src --check   says which are out of date

Both are kept in the repository, so that no machine needs the gettext programs.
"""

import ast
import struct
import sys
from pathlib import Path

_MAGIC = 0x950412DE


def read(text: str) -> dict[str, str]:
    """What a .po says, by its English words. ValueError names the line that is none of a plain catalogue, with no
    plurals and no contexts; unfinished entries (fuzzy, or without words) are left out."""
    entries, part = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        word, _, rest = line.partition(" ")
        if word == "msgid" or (line.startswith("#") and part != "comment"):
            if not (word == "msgid" and part == "comment"):
                entries.append({"comment": "", "msgid": "", "msgstr": ""})
            part = "comment"
        if word in ("msgid", "msgstr"):
            part, line = word, rest
        if line.startswith("#"):
            entries[-1]["comment"] += line
        elif line.startswith('"') and line.endswith('"') and part in ("msgid", "msgstr"):
            entries[-1][part] += ast.literal_eval(line)
        elif line:
            raise ValueError(f"Line {number} is not of a plain catalogue: write msgid, msgstr and quoted words.")
    return {one["msgid"]: one["msgstr"] for one in entries if one["msgstr"] and "fuzzy" not in one["comment"]}


def compiled(messages: dict[str, str]) -> bytes:
    """The bytes of a .mo: two tables of lengths and places, then the words themselves, sorted."""
    pairs = [(said.encode(), other.encode()) for said, other in sorted(messages.items())]
    tables = [[said for said, _ in pairs], [other for _, other in pairs]]
    begins = 7 * 4
    place = begins + 2 * 8 * len(pairs)
    head, words = b"", b""
    for table in tables:
        for one in table:
            head += struct.pack("<II", len(one), place + len(words))
            words += one + b"\0"
    return struct.pack("<7I", _MAGIC, 0, len(pairs), begins, begins + 8 * len(pairs), 0, place) + head + words


def out_of_date(folder: Path) -> list[Path]:
    """Catalogues whose .mo is missing or says something else."""
    return [po for po in sorted(folder.rglob("LC_MESSAGES/*.po")) if _kept(po) != compiled(read(po.read_text("utf-8")))]


def _kept(po: Path) -> bytes:
    mo = po.with_suffix(".mo")
    return mo.read_bytes() if mo.exists() else b""


def main(arguments: list[str]) -> str | None:
    """Run the command; a returned text is what went wrong."""
    folders = [Path(argument) for argument in arguments if argument != "--check"]
    if len(folders) != 1:
        return "Give the folder below which the catalogues are."
    stale = out_of_date(folders[0])
    if "--check" in arguments:
        return f"Out of date: {', '.join(map(str, stale))}. Run it again without --check." if stale else None
    for po in stale:
        po.with_suffix(".mo").write_bytes(compiled(read(po.read_text("utf-8"))))
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
