"""What can be wrong with an installation, each check on its own: `doctor` reports them all, `serve` refuses on some."""

import contextlib
import os
import shutil
import socket
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from concord.commands._site import open_site
from concord.home import CHECKOUT, Home, InstallationError
from concord.site.keys import custody, forgetting
from concord.site.keys.rings import FileRings, RingLost
from concord.site.stores import binaries, certificates, plan, supervisor
from concord.site.stores import gate as hubs_gate
from concord.site.stores.server import SOCKET_ROOM, Server

LEAST_SPACE = 2_000_000_000
OLDEST_PYTHON = (3, 12)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is and, if it is not well, what to do."""

    what: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        return not self.advice

    def __str__(self) -> str:
        return f"OK       {self.what}" if self.is_well else f"PROBLEM  {self.what}: {self.advice}"


def python() -> Finding:
    running = sys.version_info[:3]
    what = "Python {}.{}.{}".format(*running)
    return Finding(what, "" if running >= OLDEST_PYTHON else "start with ./concord, which finds a newer one")


def packages() -> Finding:
    """Is what is installed what the checkout pins?"""
    wanted, installed = CHECKOUT / "requirements" / "app.txt", Path(sys.prefix, "lists", "app.txt")
    if not wanted.exists() or not installed.exists():
        return Finding("packages (not installed by ./concord, so not compared with the pinned list)")
    same = wanted.read_bytes() == installed.read_bytes()
    return Finding("packages as pinned", "" if same else "the pinned list changed; the next ./concord installs it")


def home_folder(home: Home) -> Finding:
    what = f"home {home.path}"
    if not home.path.is_dir():
        return Finding(what, "is not there: ./concord demo or ./concord serve makes it")
    open_bits = 0o066 if home.path.stat().st_uid == 0 else 0o077
    if stat.S_IMODE(home.path.stat().st_mode) & open_bits:
        return Finding(what, f"others may look into it: chmod go-rw {home.path}")
    return Finding(what)


def private_files(home: Home) -> Finding:
    """Passwords and keys must be readable by their owner (and the web server's group) alone."""
    secrets = [home.admin_file, Server(home.path).password_file, home.stores_file, home.secret_file, home.gate_file,
               *home.gate.glob("*.key"), *home.hub.glob("*.key")]  # fmt: skip
    exposed = [p for p in secrets if p.exists() and stat.S_IMODE(p.stat().st_mode) & 0o027]
    return Finding("passwords and store files", f"others may read {exposed[0]}: chmod o-rwx,g-w it" if exposed else "")


def rings(home: Home) -> Finding:
    what = "key rings"
    for folder, _, files in os.walk(home.rings):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            if stat.S_IMODE(path.lstat().st_mode) & 0o077:
                return Finding(what, f"others may read {path}: chmod go-rwx it, and think of the keys in it as known")
    return Finding(what)


def forgotten(home: Home) -> Finding:
    """The forget-log is whole, and no key that it says is destroyed has come back with an older copy of the rings."""
    log = forgetting.ForgetLog(home.forgotten_file)
    if log.path.exists() and stat.S_IMODE(log.path.stat().st_mode) & 0o077:
        return Finding("forget-log", f"others may read {log.path}: chmod go-rwx it")
    try:
        with contextlib.closing(FileRings(home.rings)) as rings_here:
            returned = forgetting.destroy_forgotten(rings_here, log)
    except forgetting.LogDamaged as damaged:
        return Finding("forget-log", str(damaged))
    except (OSError, RingLost, sqlite3.Error) as error:
        return Finding("forget-log", f"destroyed keys could not be looked for ({type(error).__name__}): see key rings")
    said = f"; {returned} keys had come back and were destroyed again" if returned else ""
    return Finding(f"forget-log is whole{said}")


def holders(home: Home) -> Iterator[Finding]:
    """Who holds each agency's keys: the installation, or the provider's own staff."""
    rings = FileRings(home.rings)
    for path in sorted((home.rings / "agency").glob("*.json")):
        what = f"keys of agency {path.stem}"
        try:
            state = custody.state(rings, UUID(path.stem))
        except (RingLost, OSError, ValueError) as problem:
            yield Finding(what, f"{problem}: put the copy of the rings back")
        else:
            yield Finding(f"{what}: {_holder(state)}", _to_do(state))


def _holder(state: custody.State) -> str:
    if not state.held:
        return "held by this installation"
    since = f", renewed {state.renewed_on}" if state.renewed_on else ""
    return f"held by its staff, {len(state.members)} can open{', and the recovery sheet' * bool(state.sheet_on)}{since}"


def _to_do(state: custody.State) -> str:
    """What the provider has to see to; nobody else can."""
    if state.moving:
        return "renewing them was broken off: whoever can open them goes on with it (concord keys renew, or the page)"
    if state.held and state.removed:
        return "somebody who had them has left: the provider must renew them"
    if state.held and state.ways < custody.LEAST_WAYS:
        return "there is only one way to open them: the provider must add a colleague or make a recovery sheet"
    return ""


def programs(server: Server) -> Finding:
    try:
        found = binaries.find(server.user, server.data_version())
    except InstallationError as problem:
        return Finding("PostgreSQL's programs", str(problem))
    return Finding(f"PostgreSQL {found.major} in {found.folder}")


def data_folder(server: Server) -> Finding:
    what = f"data folder {server.data}"
    if not (server.data / "PG_VERSION").exists():
        return Finding(what, "holds no database yet: ./concord demo or ./concord serve makes one")
    if stat.S_IMODE(server.data.stat().st_mode) & 0o077:
        return Finding(what, f"others may enter it: chmod 700 {server.data}")
    return Finding(what)


def socket_path(server: Server) -> Finding:
    length = len(os.fsencode(server.socket_dir))
    fits = length <= SOCKET_ROOM
    return Finding(
        f"socket folder {server.socket_dir}", "" if fits else "its name is too long: set a shorter CONCORD_HOME"
    )


def server_runs(server: Server) -> Finding:
    runs = server.is_running()
    return Finding(
        "database server answers", "" if runs else "it does not run: ./concord demo or ./concord serve starts it"
    )


def stores(home: Home) -> Iterator[Finding]:
    """Reached with the web logins; migrations and the wall compared with what was applied."""
    if not home.stores_file.exists():
        yield Finding("stores", f"{home.stores_file} is missing: ./concord database apply writes it")
        return
    problems = open_site(home)("stores.apply").check(home)
    for problem in problems:
        store, _, advice = problem.partition(": ")
        yield Finding(f"store {store}", advice)
    if not problems:
        yield Finding("stores reachable; migrations and wall as applied")


def instances(home: Home) -> Iterator[Finding]:
    """Providers on hosts of their own, and the gate by which they come in; on such a host, where its hub is."""
    yield from gate(home)
    for name, instance in sorted(hubs_gate.admitted(home).items()):
        what = f"own instance {name} ({instance.agency_name}), admitted {instance.admitted_on}"
        yield Finding(what, "" if hubs_gate.of(home) else "it cannot come in: concord instance listen ADDRESS:PORT")
    for alias, entry in plan.read(home.stores_file).items():
        if entry.get("elsewhere"):
            yield Finding(f"store {alias} is kept elsewhere, at {entry['host']}:{entry['port']}")
        if entry.get("closed"):
            yield Finding(
                f"store {alias}, closed {entry['closed']} in order to move",
                "once it has arrived: concord instance let-go; if it stays here: concord instance move-in",
            )


def gate(home: Home) -> Iterator[Finding]:
    """Where other hosts come in, if they do at all."""
    opened = hubs_gate.of(home)
    if opened is None:
        return
    what = f"hub's gate at {opened.address}:{opened.port}"
    if any(not (home.gate / name).exists() for name in ("authority.pem", "authority.key", "gate.pem", "gate.key")):
        yield Finding(what, f"files in {home.gate} are missing: put them back, or have it made anew and admit again")
        return
    ends = certificates.ends_at(home.gate / "gate.pem")
    ended = ends < datetime.now(UTC) + timedelta(days=certificates.RENEWED_DAYS // 3)
    yield Finding(
        f"{what}, its certificate until {ends:%Y-%m-%d}",
        "stop and start Concord: it makes a new one" if ended and supervisor.is_running(home) else "",
    )


def disk(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    what = f"disk: {free / 1e9:.1f} GB free"
    return Finding(what, "" if free >= LEAST_SPACE else f"make room below {there}: the databases stop when it is full")


def web(home: Home, port: int) -> Finding:
    """Running and answering, or its port free to start on."""
    address = home.run / "address"
    if address.exists():
        where = address.read_text().strip()
        return Finding(
            f"web server at {where}",
            "" if supervisor.answers(where) else f"it does not answer: see {home.log / 'web.log'}, then start again",
        )
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken = trial.connect_ex(("127.0.0.1", port)) == 0
    return Finding(f"port {port}", "another program has it: give ./concord another with --port" if taken else "")


def children(home: Home) -> Iterator[Finding]:
    """Under a supervisor both must live: without ticks releases are not ended and reminders not sent."""
    if not (home.run / "address").exists():
        return
    recorded = supervisor.recorded_children(home)
    kept = (("web", "web server"), ("tick", "ticker"), *([("gate", "hub's gate")] if hubs_gate.of(home) else []))
    for name, what in kept:
        alive = name in recorded and recorded[name].is_alive()
        yield Finding(f"{what} runs", "" if alive else f"it keeps stopping: see {home.log / name}.log")


def service_users(home: Home) -> Finding:
    user, obstacle = supervisor.web_user(home)
    if user.name is None:
        return Finding("web server runs as whoever starts it")
    return Finding(f"web server's user {user.name}", obstacle and f"{obstacle}: move it, or start as an ordinary user")


def clock(home: Home) -> Finding:
    """Releases expire, codes of a telephone and signed contexts are checked by this clock."""
    now = time.time()
    what = f"clock {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC"
    written = [path.stat().st_mtime for path in (home.stores_file, CHECKOUT / "pyproject.toml") if path.exists()]
    ahead = any(moment > now + 60 for moment in written)
    return Finding(
        what, "it is behind the time files were written: set it, and keep it set (chrony or timesyncd)" if ahead else ""
    )
