"""Where an installation keeps what is its own: databases, key rings, logs, the files that say which store is where.

Nothing here is inside the checkout. The mode of a folder above a home is never changed.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SYSTEM_STATE = Path("/var/lib/concord")
PER_CHECKOUT = frozenset({"demo", "test", "bench"})
"""Homes that belong to one checkout: two checkouts on a machine each have their own."""


class InstallationError(Exception):
    """Something on this machine stands in the way; the message is for the person who runs it and says what to do."""


def short_hash(path: Path) -> str:
    """Eight hexadecimal digits that stay the same for one path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def state_folder() -> Path:
    """The folder that holds the homes of whoever runs this: the system's for root, else the person's own."""
    if os.geteuid() == 0:
        return SYSTEM_STATE
    own = os.environ.get("XDG_STATE_HOME", "")
    return (Path(own) if os.path.isabs(own) else Path.home() / ".local" / "state") / "concord"


@dataclass(frozen=True)
class Home:
    """One installation's folder. Made by root, the service users may enter it, not list it; else its owner alone."""

    path: Path

    @classmethod
    def find(cls, name: str = "main") -> "Home":
        """The home of that name: `main`, `demo`, `test`. If CONCORD_HOME is in the environment, it is the folder."""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
            raise InstallationError(
                f"{name!r} cannot name a home: use small letters, digits and hyphens, a letter first"
            )
        given = os.environ.get("CONCORD_HOME")
        if given:
            return cls(Path(given).expanduser().absolute())
        folder = f"{name}-{short_hash(CHECKOUT)}" if name in PER_CHECKOUT else name
        return cls(state_folder() / folder)

    @property
    def pg(self) -> Path:
        """The database server's data folder, unless its user cannot come here (see `stores.server`)."""
        return self.path / "pg"

    @property
    def sock(self) -> Path:
        return self.path / "sock"

    @property
    def rings(self) -> Path:
        return self.path / "rings"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def stores_file(self) -> Path:
        """What a web process needs: where each store is, its web login, the key that signs its context."""
        return self.path / "stores.toml"

    @property
    def admin_file(self) -> Path:
        """The migrate logins and the administrator. Never for a web process."""
        return self.path / "stores.admin.toml"

    @property
    def secret_file(self) -> Path:
        """What signs sessions' cookies and page tokens."""
        return self.path / "secret_key"

    @property
    def tmp(self) -> Path:
        """Where the web process may put what does not fit in memory; emptied at every start."""
        return self.path / "tmp"

    @property
    def gate_file(self) -> Path:
        """Where this hub is reached from other hosts, and which providers' own instances may come in."""
        return self.path / "gate.toml"

    @property
    def gate(self) -> Path:
        """The gate's certificates and keys."""
        return self.path / "gate"

    @property
    def hub(self) -> Path:
        """On a provider's own host: what opens the gate of the hub elsewhere."""
        return self.path / "hub"

    @property
    def heads_file(self) -> Path:
        """Heads of the audit chains, kept outside the stores."""
        return self.path / "heads.jsonl"

    @property
    def forgotten_file(self) -> Path:
        """What no backup may bring back: erased files, releases taken back, people who left. Kept beside the rings and
        not in them, so that an older copy of the rings does not bring an older log."""
        return self.path / "forgotten.jsonl"

    def create(self) -> "Home":
        """Make the folders that are missing, for their owner alone. Folders that exist keep their mode."""
        try:
            root = os.geteuid() == 0
            for parent in reversed(self.path.parents):
                make_private(parent, mode=0o755 if root else 0o700)
            make_private(self.path, mode=0o711 if root else 0o700)
            for folder in (self.rings, self.log, self.run, self.tmp):
                make_private(folder)
        except OSError as error:
            message = f"{self.path} cannot be made ({error.strerror}): set CONCORD_HOME to a folder of yours"
            raise InstallationError(message) from error
        return self


def make_private(folder: Path, mode: int = 0o700) -> None:
    """Make one folder with exactly this mode, whatever the umask; leave it alone if it is there."""
    try:
        os.mkdir(folder, mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        os.chmod(folder, mode)
