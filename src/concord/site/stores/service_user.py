"""The system users that the database server and the web server run as when root starts them."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from concord.home import InstallationError

STAND_INS = ("postgres", "nobody")
"""Users to fall back to where none can be made: unprivileged, and known to the system."""


class ServiceUserError(InstallationError):
    """No unprivileged user can be had; the message says what to do."""


@dataclass(frozen=True)
class ServiceUser:
    """Whom to run a program as. Without a name: whoever runs this."""

    name: str | None = None

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid if self.name else os.geteuid()

    @property
    def gid(self) -> int:
        return pwd.getpwnam(self.name).pw_gid if self.name else os.getegid()

    def process_options(self) -> dict:
        """What `subprocess` needs to run a program as this user, with no group but its own."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.name else {}

    def can(self, *command: str | Path) -> bool:
        """Does this command succeed when the user runs it? Tried, since mode bits do not tell of mounts and lists."""
        try:
            done = subprocess.run(
                command,
                **self.process_options(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=30,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return self.name is None or self.can("/bin/sh", "-c", 'cd "$0"', folder)

    def own(self, path: Path) -> None:
        """Hand one file or folder over. A link is handed over itself, never what it points to."""
        if self.name:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def service_user(name: str, purpose: str) -> ServiceUser:
    """The system user of that name, made if it is missing; whoever runs this, unless that is root."""
    if os.geteuid() != 0:
        return ServiceUser()
    if not _exists(name):
        _make(name, purpose)
    for candidate in (name, *STAND_INS):
        if _exists(candidate):
            return ServiceUser(candidate)
    raise ServiceUserError(f"There is no user {name} and it cannot be made: make it (useradd --system {name})")


def _exists(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_uid != 0
    except KeyError:
        return False


def _make(name: str, purpose: str) -> None:
    """Try useradd, then BusyBox's adduser. Failure shows in the user still missing."""
    for command in _commands(name, purpose):
        if shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin"):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            return


def _commands(name: str, purpose: str) -> Sequence[Sequence[str]]:
    no_shell = next((s for s in ("/usr/sbin/nologin", "/sbin/nologin") if os.path.exists(s)), "/bin/false")
    return (
        ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", no_shell, "--comment", purpose, name),
        ("adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", no_shell, "-g", purpose, name),
    )  # fmt: skip
