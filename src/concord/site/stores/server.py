"""Our own PostgreSQL: starts it for one home or adopts the one that runs, whatever killed it or us before.

It listens on a socket in a folder, on no network; every login needs its password; its log tells of no statement and of
no value. As root it runs as a system user of its own, and its data go to a system folder if that user cannot enter the
home. The mode of a folder that was there before is never changed.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from concord.home import SYSTEM_STATE, Home, InstallationError, make_private, short_hash
from concord.site.stores import binaries
from concord.site.stores.processes import Process, working_in
from concord.site.stores.service_user import ServiceUser, service_user

ADMINISTRATOR = "concord_admin"
DATABASE_USER = "concord-db"
SOCKET_ROOM = 100 - len("/.s.PGSQL.5432")
"""A socket's whole path must stay under 108 bytes on Linux; this is what its folder may take."""

BASE = {
    "listen_addresses": "",
    "port": "5432",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "random_page_cost": "1.1",  # no disk of today seeks
    "timezone": "UTC",
    "lc_messages": "C",
    # A failed insert would write a survivor's values to the log: statements and errors go to the client alone.
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_autovacuum_min_duration": "-1",
    "log_lock_waits": "off",
    "log_temp_files": "-1",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    # One file a weekday, overwritten the next week.
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "10MB",
}
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""For throw-away test clusters only: a crash of the machine loses the data."""

WHO_MAY_CONNECT = "local all all scram-sha-256\n"


class ServerError(InstallationError):
    """The database server cannot be had; the message says why and what to do."""


class Server:
    """The PostgreSQL of one home. `ensure()` makes it run; `stop()` ends it, whoever started it.

    Callers that should leave a server as they found it stop it only if `started_by_us`. A server outlives the process
    that started it; the next `ensure()` adopts it.
    """

    port = 5432

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.home = Home(Path(home).absolute())
        self.fast = fast
        self.started_by_us = False
        self.data = self.home.pg
        self.socket_dir = self.home.sock
        self.bindir = Path()
        self.user = ServiceUser()
        self._child: int | None = None

    @property
    def password_file(self) -> Path:
        return self.home.path / "server.password"

    @property
    def start_log(self) -> Path:
        return self.home.log / "server-start.log"

    def ensure(self) -> "Server":
        """Make the server run and answer the administrator. Waits for another process that is starting it."""
        self.home.create()
        with self._lock():
            self._choose_places()
            programs = binaries.find(self.user, self.data_version())
            self.bindir = programs.folder
            if not self._adopt():
                self._start(programs.major)
            self._check_administrator()
        return self

    def admin_dsn(self, database: str = "postgres") -> str:
        """How the administrator connects. Contains the password: never print it."""
        try:
            password = self.password_file.read_text().strip()
        except FileNotFoundError as error:
            message = f"{self.password_file} is missing, and the administrator's password is only there: put it back."
            raise ServerError(message) from error
        return make_conninfo(
            host=str(self.socket_dir),
            port=self.port,
            user=ADMINISTRATOR,
            password=password,
            dbname=database,
            connect_timeout=10,
        )

    def is_running(self) -> bool:
        """Does the server of this home answer? Starts nothing, changes nothing."""
        self._choose_places()
        return self.is_alive() and self._ping() == Ping.OK

    def has_data(self) -> bool:
        """Has a database server been made for this home?"""
        self._choose_places()
        return self.data_version() is not None

    def is_alive(self) -> bool:
        """Is the process there? Cheap: for asking again and again after `ensure()`."""
        return self._postmaster() is not None

    def stop(self, seconds: float = 30) -> None:
        """Fast shutdown: open transactions roll back. After `seconds`, immediate: the next start recovers."""
        self._choose_places()
        process = self._postmaster()
        if process is None:
            return
        process.send(signal.SIGINT)
        if not process.wait(seconds):
            process.send(signal.SIGQUIT)
            if not process.wait(seconds):
                raise ServerError(f"The database server (process {process.pid}) does not stop; end it by hand.")
        self._reap()
        self.started_by_us = False

    # Places

    def _choose_places(self) -> None:
        """The data and the socket go into the home, or to a system folder if its user cannot come there."""
        self.user = service_user(DATABASE_USER, "Concord database server")
        if self.user.can_enter(self.home.path):
            self.data, self.socket_dir = self.home.pg, self.home.sock
        else:
            system = SYSTEM_STATE / f"db-{short_hash(self.home.path)}"
            self.data, self.socket_dir = system / "pg", system / "sock"
        if len(os.fsencode(self.socket_dir)) > SOCKET_ROOM:
            self.socket_dir = _short_folder() / short_hash(self.home.path)
        process = self._postmaster()
        if process is not None:
            self.socket_dir = Path(self._pid_file_lines()[4])

    def _make_private(self, folder: Path, mode: int = 0o700) -> None:
        make_private(folder, mode)
        if folder.stat().st_uid not in (self.user.uid, os.geteuid()):
            raise ServerError(f"{folder} belongs to another user: start as that user, or set CONCORD_HOME elsewhere.")
        self.user.own(folder)

    @contextlib.contextmanager
    def _lock(self, seconds: float = 120) -> Iterator[None]:
        """One at a time. The kernel lets go of the lock however its holder ends."""
        with open(self.home.run / "server.lock", "a") as file:
            deadline = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > deadline:
                        raise ServerError(f"Another process holds {file.name}: wait for it or end it.") from error
                    time.sleep(0.05)
            yield

    # Programs and data

    def data_version(self) -> int | None:
        """The major version that made the data; None if there is none yet. A folder alone proves nothing."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except (ValueError, OSError) as error:
            raise ServerError(f"{self.data / 'PG_VERSION'} cannot be read: restore the data folder.") from error

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there when whole: a killed attempt leaves nothing half done."""
        if self.data.exists() and any(self.data.iterdir()):
            raise ServerError(f"{self.data} is not a PostgreSQL data folder and not empty: move it away, start again.")
        for parent in reversed(self.data.parents):
            make_private(parent, 0o755 if parent == SYSTEM_STATE else 0o711)
        fresh = self.data.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._make_private(fresh)
        password = secrets.token_urlsafe(32)
        with self._passed_on(password) as file:
            self._run(
                "initdb", "--pgdata", fresh, "--username", ADMINISTRATOR, "--pwfile", file, "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
                "--data-checksums", "--no-instructions", *(["--no-sync"] if self.fast else []),
            )  # fmt: skip
        _write_private(self.password_file, password)
        if self.data.exists():
            self.data.rmdir()
        os.rename(fresh, self.data)

    @contextlib.contextmanager
    def _passed_on(self, password: str) -> Iterator[Path]:
        """A file with the password that the server's user can read, for as long as it takes."""
        handle, name = tempfile.mkstemp(prefix=".password.", dir=self.data.parent)
        with open(handle, "w") as file:
            file.write(password)
        try:
            self.user.own(Path(name))
            yield Path(name)
        finally:
            os.unlink(name)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.bindir / program, *arguments],
            **self._process_options(),
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode:
            raise ServerError(f"{program} failed: {done.stderr.strip()[-800:]}")

    def _process_options(self) -> dict:
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
        return {**self.user.process_options(), "env": environment, "cwd": "/", "stdin": subprocess.DEVNULL}

    def _write_settings(self, major: int) -> None:
        """Ours are written anew at every start; an operator's own go through ALTER SYSTEM and win."""
        settings = dict(BASE)
        folder = str(self.socket_dir).replace('"', '""')
        settings["unix_socket_directories"] = f'"{folder}"'
        if major >= 18:
            settings["io_method"] = "sync"  # three processes fewer; a task force's data stay in memory
        if self.user.name is None:
            # systemd removes a person's POSIX shared memory when she signs out, from under a server that goes on.
            settings["dynamic_shared_memory_type"] = "mmap"
        settings |= FAST if self.fast else {}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
        self._write_for_server(self.data / "postgresql.conf", "".join(lines))
        self._write_for_server(self.data / "pg_hba.conf", WHO_MAY_CONNECT)

    def _write_for_server(self, path: Path, text: str) -> None:
        _write_private(path, text)
        self.user.own(path)

    # The running server

    def _pid_file_lines(self) -> list[str]:
        try:
            return os.fsdecode((self.data / "postmaster.pid").read_bytes()).splitlines()
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise ServerError(f"{self.data} belongs to another user: start as that user.") from error

    def _postmaster(self) -> Process | None:
        """The server that runs on our data. A number left in a file may be a zombie's, or a stranger's by now."""
        lines = self._pid_file_lines()
        if not lines or not lines[0].lstrip("-").isdigit():
            return None
        process = Process.alive(abs(int(lines[0])))
        return process if process and str(self.data) in process.arguments() else None

    def _ping(self) -> Ping:
        asked = make_conninfo(host=str(self.socket_dir), port=self.port, user=ADMINISTRATOR, dbname="postgres")
        return Ping(PGconn.ping(os.fsencode(asked)))

    def _adopt(self) -> bool:
        """Take the server that runs, once it answers. One whose socket a cleaner took is stopped for a new start."""
        process = self._postmaster()
        if process is None:
            return False
        if self._wait_for_answer(process, seconds=10):
            self.started_by_us = self._child == process.pid
            return True
        if self._ping() != Ping.NO_RESPONSE and self._wait_for_answer(process, seconds=600):
            return True
        self.stop()
        return False

    def _start(self, major: int) -> None:
        if self.data_version() is None:
            self._initialise()
        if self.data.stat().st_uid != self.user.uid:
            raise ServerError(
                f"{self.data} belongs to another user: start as that user, or set CONCORD_HOME elsewhere."
            )
        self._clear_the_dead()
        if self.socket_dir.parent != self.home.path:
            make_private(self.socket_dir.parent, 0o711 if self.user.name else 0o700)
        self._make_private(self.socket_dir, mode=0o711 if self.user.name else 0o700)
        self._write_settings(major)
        with open(self.start_log, "wb") as output:
            child = subprocess.Popen(
                # A core file would hold survivors' data.
                ["/bin/sh", "-c", 'ulimit -c 0; exec "$0" "$@"', self.bindir / "postgres", "-D", self.data],
                **self._process_options(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop the server last
            )
        child.returncode = 0  # it may outlive us, on purpose, and we reap it by number: Popen has nothing to warn of
        self._child = child.pid
        process = Process.alive(child.pid)
        if process is None or not self._wait_for_answer(process, seconds=600):
            raise ServerError(f"The database server did not start. It said: {self._last_words()}")
        self.started_by_us = True

    def _clear_the_dead(self) -> None:
        """Remove a dead postmaster's lock files, but never while one of its processes may still write."""
        self._reap()
        for number in (None, signal.SIGQUIT, signal.SIGKILL):
            left = working_in(self.data)
            for process in left:
                if number and Path(process.arguments()[0] if process.arguments() else "").name.startswith("postgres"):
                    process.send(number)
            if all(process.wait(5) for process in left):
                for name in (self.data / "postmaster.pid", *self.socket_dir.glob(".s.PGSQL.*")):
                    name.unlink(missing_ok=True)
                return
        raise ServerError(f"Processes of a dead server work in {self.data}: end {[p.pid for p in left]} by hand.")

    def _wait_for_answer(self, process: Process, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._ping() != Ping.OK:
            if not process.is_alive() or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _reap(self) -> None:
        """Let our dead child go from the process table. Once only: its number may be another's afterwards."""
        if self._child is None:
            return
        try:
            ended, _ = os.waitpid(self._child, os.WNOHANG)
        except ChildProcessError:
            ended = self._child
        if ended:
            self._child = None

    def _check_administrator(self) -> None:
        try:
            psycopg.connect(self.admin_dsn()).close()
        except psycopg.OperationalError as error:
            raise ServerError(
                f"The server in {self.data} refuses {ADMINISTRATOR}: {self.password_file} does not hold its password. "
                "Put the right file back."
            ) from error

    def _last_words(self) -> str:
        """What the server said last: in its own log once it has one, before that where it was started."""
        logs = sorted(self.data.glob("log/*.log"), key=os.path.getmtime)
        return (logs or [self.start_log])[-1].read_text(errors="replace").strip()[-800:]


def _short_folder() -> Path:
    """Where a socket goes whose home has too long a name."""
    if os.geteuid() == 0:
        return Path("/run/concord")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isdir(runtime):
        return Path(runtime) / "concord"
    return Path(tempfile.gettempdir()) / f"concord-{os.geteuid()}"


def _write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone reads, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    os.replace(fresh, path)
