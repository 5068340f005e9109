"""Keeps an installation running: the web server and the ticker as children, the database server beside them.

`sole()` makes sure that one supervisor at most works on a home and that nothing of a killed one is left; `serve()` runs
until it is told to stop. The supervisor itself holds the listening socket, so that no request is turned away while the
web server restarts, and a port that is taken is known before anything starts.
"""

import contextlib
import errno
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from concord.home import Home, InstallationError, make_private
from concord.site.stores import gate
from concord.site.stores.processes import Process
from concord.site.stores.server import Server
from concord.site.stores.service_user import ServiceUser, service_user

SOURCE = Path(__file__).resolve().parents[3]
WEB_USER = "concord-web"
APPLICATION = "concord.site.web.wsgi:application"
DECIDED_BY_COMMANDS = frozenset(f"CONCORD_{name}" for name in ("HOSTS", "STORES", "DEMO", "TESTING", "LOGIN"))
"""Never taken over from whoever starts us: what a developer left in her shell must not open a sign-in."""
WORKERS, THREADS = 2, 4
GRACE = 10
"""Seconds that requests in flight get when the web server stops."""
STARTS_BEFORE_GIVING_UP = 3
PATIENCE = 90
"""Seconds that the first page may take; a busy machine needs some."""
LONGEST_PAUSE = 30
LARGEST_LOG = 10_000_000


class SupervisorError(InstallationError):
    """It cannot start; the message says why and what to do."""


@dataclass
class Child:
    """One program that is started anew whenever it ends."""

    name: str
    arguments: list[str]
    inherited: tuple[int, ...] = ()
    process: subprocess.Popen | None = None
    started_at: float = 0
    due_at: float = 0
    pause: float = 0.5
    deaths: int = field(default=0)

    def is_due(self, now: float) -> bool:
        """Not running, and the pause after its last death is over. The pause doubles with each early death."""
        if self.process is not None and self.process.poll() is None:
            return False
        if self.process is not None:
            self.process = None
            self.deaths += 1
            self.pause = 0.5 if now - self.started_at > 60 else min(self.pause * 2, LONGEST_PAUSE)
            self.due_at = now + self.pause
        return now >= self.due_at


@contextlib.contextmanager
def sole(home: Home) -> Iterator[None]:
    """Be the one supervisor of this home: refuse if another runs, end what a killed one left."""
    home.create()
    with open(home.run / "supervisor.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            where = _address_file(home).read_text().strip() if _address_file(home).exists() else "it is starting"
            raise SupervisorError(f"Concord already runs here: {where}. Stop that first.") from error
        _address_file(home).unlink(missing_ok=True)
        _end_orphans(home)
        handlers = {number: signal.signal(number, _interrupt) for number in _stop_signals()}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            _address_file(home).unlink(missing_ok=True)


def is_running(home: Home) -> bool:
    """Whether a supervisor of this home serves; it writes down where."""
    return _address_file(home).exists()


def web_user(home: Home) -> tuple[ServiceUser, str]:
    """Whom the web server should run as, and, if that user cannot, why not. As an ordinary user: oneself."""
    user = service_user(WEB_USER, "Concord web server")
    if user.name is None:
        return user, ""
    if not user.can_enter(home.path):
        return user, f"user {user.name} cannot enter {home.path}"
    if not user.can(
        "/usr/bin/env", f"PYTHONPATH={SOURCE}", sys.executable, "-P", "-c", "import concord.site, gunicorn"
    ):
        return user, f"user {user.name} cannot read the code in {SOURCE}, or Python's"
    return user, ""


def serve(
    home: Home,
    *,
    server: Server | None,
    port: int,
    any_port: bool,
    user: ServiceUser,
    environment: Mapping[str, str],
    ready: Callable[[str], None],
) -> int:
    """Run until told to stop; `ready` gets the address once the first page answers. Call inside `sole()`.

    `server` is the home's own database server, watched and stopped with the rest; None where the stores are elsewhere.
    """
    stop = threading.Event()
    for number in _stop_signals():
        signal.signal(number, lambda *_: stop.set())
    with listening(port, any_port) as listener, gate.listening(home) as gate_listener:
        shutil.rmtree(home.tmp, ignore_errors=True)
        make_private(home.tmp)
        gate.renew(home)
        hand_over(home, user)
        children = [_web(listener), _ticker(), *([_gate(gate_listener)] if gate_listener else [])]
        address = f"http://localhost:{listener.getsockname()[1]}"
        try:
            _run(home, children, server, user, _environment(home, environment), address, ready, stop)
        finally:
            _stop(children)
            _record(home, [])
    return 0


def _run(home, children, server, user, environment, address, ready, stop) -> None:
    host = environment.get("CONCORD_HOSTS", "localhost").split(",")[0]
    answered = False
    began = looked_after = time.monotonic()
    while not stop.wait(0.25):
        now = time.monotonic()
        for child in children:
            if child.is_due(now):
                _start(child, home, user, environment, now)
                _record(home, children)
        if not answered:
            if children[0].deaths >= STARTS_BEFORE_GIVING_UP or now - began > PATIENCE:
                raise SupervisorError(f"The web server does not answer. It said:\n{_last_lines(_log(home, 'web'))}")
            answered = answers(address, host)
            if answered:
                _address_file(home).write_text(address)
                ready(address)
        if now - looked_after > 5:
            looked_after = now
            _look_after(home, server, user, children)


def _look_after(home: Home, server: Server | None, user: ServiceUser, children: list[Child]) -> None:
    """What must hold for weeks: the database server lives, logs stay small, new keys reach the web server."""
    if server is not None and not server.is_alive():
        server.ensure()
    for child in children:
        log = _log(home, child.name)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)
    hand_over(home, user)


def hand_over(home: Home, user: ServiceUser) -> None:
    """As root: let the web server's user read the store file, use the rings, note chain heads. Follows no link."""
    if user.name is None:
        return
    for path in (home.stores_file, home.secret_file, home.gate_file, *_connection_keys(home)):
        if path.exists() and path.stat().st_gid != user.gid:
            os.chown(path, 0, user.gid, follow_symlinks=False)
            os.chmod(path, 0o640)
    for path in (home.heads_file, home.forgotten_file):
        path.touch(mode=0o600)
        user.own(path)
    for top in (home.rings, home.tmp):
        for folder, _, files in os.walk(top):
            user.own(Path(folder))
            for name in files:
                path = Path(folder, name)
                if path.lstat().st_nlink == 1:
                    user.own(path)


def _connection_keys(home: Home) -> list[Path]:
    """What a web process needs in order to reach a hub elsewhere, or to keep this hub's gate; not the authority's."""
    return [home.gate / "gate.pem", home.gate / "gate.key", home.hub / "instance.pem", home.hub / "instance.key"]


@contextlib.contextmanager
def listening(port: int, any_port: bool) -> Iterator[socket.socket]:
    """A socket that listens on this machine only, at the port or, if that will do, at the next free one."""
    for candidate in range(port, port + 50 if any_port else port + 1):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
            listener.listen(256)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE:
                continue
            raise SupervisorError(
                f"Port {candidate} cannot be used ({error.strerror}): give another with --port"
            ) from error
        with listener:
            yield listener
        return
    raise SupervisorError(f"Port {port} is taken by another program: give another with --port, or stop that program")


def require_port(port: int) -> None:
    """Say that a port cannot be had before minutes are spent on what would listen there."""
    with listening(port, any_port=False):
        return


def _web(listener: socket.socket) -> Child:
    arguments = [
        sys.executable, "-P", "-m", "gunicorn", APPLICATION,
        "--bind", f"fd://{listener.fileno()}",
        "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS),
        "--graceful-timeout", str(GRACE), "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    if os.access("/dev/shm", os.W_OK):
        arguments += ["--worker-tmp-dir", "/dev/shm"]  # the heartbeat file must not wait for a disk
    return Child("web", arguments, inherited=(listener.fileno(),))


def _ticker() -> Child:
    return Child("tick", [sys.executable, "-P", "-m", "concord.cli", "tick", "--loop"])


def _gate(listener: socket.socket) -> Child:
    """Where this home's hub is open to providers' own instances."""
    arguments = [sys.executable, "-P", "-m", "concord.site.stores.gate", str(listener.fileno())]
    return Child("gate", arguments, inherited=(listener.fileno(),))


def _environment(home: Home, given: Mapping[str, str]) -> dict[str, str]:
    """Only what the children need. Temporary files go where nobody else can look."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    own = {n: value for n, value in os.environ.items() if n.startswith("CONCORD_") and n not in DECIDED_BY_COMMANDS}
    fixed = {
        "CONCORD_HOME": str(home.path),
        "DJANGO_SETTINGS_MODULE": "concord.site.web.settings",
        "PYTHONPATH": str(SOURCE),
        "HOME": str(home.tmp),
        "TMPDIR": str(home.tmp),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | own | fixed | dict(given)


def _start(child: Child, home: Home, user: ServiceUser, environment: dict[str, str], now: float) -> None:
    with open(_log(home, child.name), "ab") as log:
        child.process = subprocess.Popen(
            # A core file would hold what staff are looking at.
            ["/bin/sh", "-c", 'ulimit -c 0; umask 077; exec "$0" "$@"', *child.arguments],
            **user.process_options(),
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=child.inherited,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops its children in order
        )
    child.started_at = now


def answers(address: str, host: str = "localhost") -> bool:
    """Does the web server there give its health page?"""
    name, _, port = address.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection("127.0.0.1" if name == "localhost" else name, int(port), timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(children: list[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE + 5
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# What a killed supervisor leaves


def _record(home: Home, children: list[Child]) -> None:
    """Write down who our children are, with the moment each began: a number alone may be a stranger's tomorrow."""
    alive = {child.name: Process.alive(child.process.pid) for child in children if child.process is not None}
    fresh = _children_file(home).with_suffix(".new")
    fresh.write_text(json.dumps({name: [process.pid, process.started] for name, process in alive.items() if process}))
    fresh.replace(_children_file(home))


def recorded_children(home: Home) -> dict[str, Process]:
    """The children that the last supervisor of this home wrote down, by name; some may have ended."""
    try:
        written = json.loads(_children_file(home).read_text())
    except FileNotFoundError:
        return {}
    return {name: Process(pid, started) for name, (pid, started) in written.items()}


def _end_orphans(home: Home) -> None:
    left = recorded_children(home).values()
    for process in left:
        process.send(signal.SIGTERM)
    for process in left:
        if not process.wait(GRACE + 5):
            process.send(signal.SIGKILL)
            process.wait(5)
    _children_file(home).unlink(missing_ok=True)


def _children_file(home: Home) -> Path:
    return home.run / "children.json"


def _address_file(home: Home) -> Path:
    return home.run / "address"


def _log(home: Home, name: str) -> Path:
    return home.log / f"{name}.log"


def _last_lines(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-15:]) if path.exists() else ""


def _stop_signals() -> list[signal.Signals]:
    """A hang-up that is ignored (nohup) stays ignored."""
    wanted = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    return [number for number in wanted if signal.getsignal(number) is not signal.SIG_IGN]


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
