"""Makes Concord's environment from a list of pinned packages: `python environment.py app|duplicates|dev FOLDER`.

Runs on any Python from 3.8 on, with the standard library alone. The folder is whole or not there: it is built beside
its place and moved. Two at once: the second waits and finds it made. With uv on the machine it takes seconds; without,
pip does it. Where this Python is too old, uv fetches one that is not.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

LISTS = Path(__file__).resolve().parent
CONTAINS = {"app": ["app"], "duplicates": ["app", "duplicates"], "dev": ["app", "duplicates", "dev"]}
OLDEST = (3, 12)
FETCHED = "3.13"
ADVICE = """Install Python 3.12 or later with its venv module, then start again:
  Debian, Ubuntu:  apt-get install python3 python3-venv
  Fedora:          dnf install python3
or install uv, which brings its own Python."""


class Problem(Exception):
    """The environment cannot be made; the message says why and what to do."""


def main():
    name, venv = sys.argv[1], Path(sys.argv[2])
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        with locked(beside(venv, ".lock")):
            if not is_ready(venv, name):
                make(venv, name)
    except (Problem, OSError) as problem:
        print(f"Concord cannot be installed. {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start begins the installation anew.", file=sys.stderr)
        return 130
    return 0


def beside(venv, ending):
    return venv.with_name(venv.name + ending)


@contextlib.contextmanager
def locked(path):
    """One at a time. The programs we run hold it too: one that outlives us would write into the next attempt."""
    descriptor = os.open(str(path), os.O_RDONLY | os.O_CREAT, 0o644)
    os.set_inheritable(descriptor, True)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is installing; waiting for it.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_ready(venv, name):
    """The launcher asks the same. The copy of the list is written last."""
    try:
        same = (venv / "lists" / (name + ".txt")).read_bytes() == list_file(name).read_bytes()
    except OSError:
        return False
    return same and os.access(str(venv / "bin" / "python"), os.X_OK)


def list_file(name):
    return LISTS / (name + ".txt")


def names_in(name):
    return [line.split("==")[0] for line in list_file(name).read_text().splitlines() if line[:1].isalnum()]


def make(venv, name):
    fresh = beside(venv, ".new")
    shutil.rmtree(str(fresh), ignore_errors=True)
    say(f"Installing {len(names_in(name))} packages into {venv}, once.")
    uv_folder = beside(venv, ".uv")
    try:
        fill(fresh, name, uv_folder)
    finally:
        shutil.rmtree(str(uv_folder), ignore_errors=True)
    point_scripts_at(fresh, venv)
    (fresh / "lists").mkdir()
    for done in CONTAINS[name]:
        shutil.copyfile(str(list_file(done)), str(fresh / "lists" / (done + ".txt")))
    old = beside(venv, f".old-{os.getpid()}")
    if venv.exists():
        os.rename(str(venv), str(old))
    os.rename(str(fresh), str(venv))
    shutil.rmtree(str(old), ignore_errors=True)
    say("Installed.")


def fill(fresh, name, uv_folder):
    """uv if it is here and works; else pip; else uv fetched by pip. Each may fail for reasons of its machine."""
    reasons = []
    uv = find_uv()
    if uv:
        try:
            return fill_with_uv(uv, fresh, name)
        except (Problem, OSError) as problem:
            reasons.append(str(problem))
    if sys.version_info >= OLDEST:
        try:
            return fill_with_pip(fresh, name)
        except (Problem, OSError) as problem:
            reasons.append(str(problem))
    if not uv:
        try:
            return fill_with_uv(fetch_uv(uv_folder), fresh, name)
        except (Problem, OSError) as problem:
            reasons.append(str(problem))
    raise Problem("\n".join(reasons + [ADVICE]))


def fill_with_uv(uv, fresh, name):
    python = os.path.realpath(sys.executable) if sys.version_info >= OLDEST else python_from(uv)
    run([uv, "venv", "--quiet", "--no-project", "--clear", "--python", python, str(fresh)])
    run(
        [
            uv,
            "pip",
            "sync",
            "--require-hashes",
            "--no-build",
            "--compile-bytecode",
            "--python",
            str(fresh / "bin" / "python"),
        ]
        + ([] if sys.stderr.isatty() else ["--quiet"])
        + [str(list_file(name))],
        show=sys.stderr.isatty(),
    )


def python_from(uv):
    """A Python that uv knows of; else one that it fetches."""
    wanted = ">={}.{}".format(*OLDEST)
    try:
        return run([uv, "python", "find", "--no-project", wanted]).strip()
    except Problem:
        say(f"Python here is {sys.version_info[0]}.{sys.version_info[1]}; fetching {FETCHED}.")
        run([uv, "python", "install", "--quiet", FETCHED])
        return run([uv, "python", "find", "--no-project", wanted]).strip()


def fill_with_pip(fresh, name):
    shutil.rmtree(str(fresh), ignore_errors=True)
    run([os.path.realpath(sys.executable), "-m", "venv", str(fresh)])
    command = [str(fresh / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    count = len(names_in(name))
    seen = 0
    said = []
    with subprocess.Popen(
        command + ["-r", str(list_file(name))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=False,
    ) as pip:
        for line in pip.stdout:
            said.append(line)
            if line.startswith("Collecting "):
                seen += 1
                show_progress(seen, count, line.split()[1].split("==")[0])
    show_progress(None, None, None)
    if pip.returncode:
        raise Problem("pip failed:\n" + "".join(said[-12:]))


def find_uv():
    home = os.path.expanduser("~")
    for candidate in (shutil.which("uv"), home + "/.local/bin/uv", home + "/.cargo/bin/uv"):
        if candidate and works([candidate, "--version"]):
            return candidate
    return None


def fetch_uv(folder):
    """uv by its own pinned list, through whichever Python here has pip."""
    shutil.rmtree(str(folder), ignore_errors=True)
    pinned = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(list_file("uv"))]
    reasons = []
    for python in dict.fromkeys([sys.executable, shutil.which("python3") or sys.executable, "/usr/bin/python3"]):
        for make_room, command in (
            ([python, "-m", "venv", str(folder)], [str(folder / "bin" / "python"), "-m", "pip"] + pinned),
            ([python, "-m", "pip", "--version"], [python, "-m", "pip"] + pinned + ["--target", str(folder)]),
        ):
            try:
                run(make_room)
                run(command)
            except (Problem, OSError) as problem:
                reasons.append(str(problem))
                shutil.rmtree(str(folder), ignore_errors=True)
                continue
            return str(folder / "bin" / "uv")
    raise Problem(f"uv cannot be fetched either: {reasons[-1]}")


def point_scripts_at(fresh, venv):
    """The scripts name the folder they were made in; let them name the one they are moved to."""
    for path in (fresh / "bin").iterdir():
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes()
        moved = text.replace(os.fsencode(fresh.name), os.fsencode(venv.name))
        if moved != text and b"\0" not in text:
            path.write_bytes(moved)


def works(command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def run(command, show=False):
    """Run a program and return what it says; if it fails, that is the problem's text."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=None if show else subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
        close_fds=False,
    )
    if done.returncode:
        said = (done.stdout or "").strip()[-1500:]
        raise Problem("{} failed{}".format(" ".join(command[:3]), ": " + said if said else "."))
    return done.stdout


def say(text):
    print("Concord: " + text, file=sys.stderr, flush=True)


def show_progress(done, count, name):
    """One line that counts, on a terminal only."""
    if sys.stderr.isatty():
        text = f"Concord: {done} of {count}: {name}" if done else ""
        print("\r" + text.ljust(70) + ("" if done else "\r"), end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
