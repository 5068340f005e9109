"""A release sent as a zip, unpacked in memory with limits, and the digest by which what was sent is known again."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from concord.casefile.reading import CHUNK, InMemory, Problem, Refused, Source, size_of

MOST_PARTS = 500
MOST_UNPACKED = 100_000_000
MOST_RATIO = 100
USE_COMMAND = "use the command `concord import nibrs`, which reads a folder of any size"


def _refuse(file: str, kind: str, reason: str, what_to_do: str):
    raise Refused(Problem(file, 0, "", kind, reason, what_to_do))


def unpacked(archive: InMemory) -> dict[str, Source]:
    """The CSV files of a zip as `open_release` takes them; other files in it are left unread. Raises Refused."""
    try:
        with archive.open("rb") as raw, zipfile.ZipFile(raw) as opened:
            parts = opened.infolist()
            _check(archive, parts)
            return _read(archive, opened, parts)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, zipfile.zlib.error):
        _refuse(archive.name, "file", "this is no zip, or it is damaged", "pack the folder of the release again")


def _check(archive: InMemory, parts: list[zipfile.ZipInfo]) -> None:
    """Refuse before anything is unpacked: too many parts, too large, too tightly packed, locked, or leading out."""
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS:
        _refuse(archive.name, "size", f"the zip has more than {MOST_PARTS} parts", "pack only the release's CSV files")
    if total > MOST_UNPACKED:
        _refuse(archive.name, "size", f"unpacked it is larger than {MOST_UNPACKED:,} bytes", USE_COMMAND)
    if total > CHUNK and total > MOST_RATIO * max(size_of(archive), 1):
        _refuse(archive.name, "size", f"unpacked it is more than {MOST_RATIO} times larger", USE_COMMAND)
    for part in parts:
        if part.flag_bits & 1:
            _refuse(archive.name, "file", "the zip is locked with a password", "pack it without one")
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in part.filename:
            _refuse(archive.name, "file", "a name in the zip leads out of its folder", "pack the folder again")
        if part.external_attr >> 28 == 0xA:
            _refuse(archive.name, "file", "the zip holds a link in place of a file", "pack the files themselves")


def _read(archive: InMemory, opened: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.suffix.lower() != ".csv" or path.name.startswith("._") or part.is_dir():
            continue
        if path.stem.lower() in found:
            _refuse(archive.name, "file", f"the zip holds {path.name} twice", "pack one release alone")
        found[path.stem.lower()] = InMemory(path.name, opened.read(part))
    if not found:
        _refuse(archive.name, "file", "the zip holds no CSV file", "pack the folder of the release")
    return found


def digest(files: Mapping[str, Source]) -> str:
    """SHA-256 over names and contents: the same release gives the same, in a folder or a zip."""
    whole = hashlib.sha256()
    for name in sorted(files):
        one = hashlib.sha256()
        with files[name].open("rb") as raw:
            while chunk := raw.read(CHUNK):
                one.update(chunk)
        whole.update(f"{name}\0{one.hexdigest()}\n".encode())
    return whole.hexdigest()
