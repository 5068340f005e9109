"""Processes of this machine, as /proc tells of them: who is alive, who only looks it, who works in a folder."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process and the moment it began (clock ticks since boot): the pair is never given twice, a pid alone is."""

    pid: int
    started: int

    @classmethod
    def alive(cls, pid: int) -> "Process | None":
        """The live process of that number; None if there is none or only its zombie is left."""
        try:
            stat = (PROC / str(pid) / "stat").read_text()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        state, started = fields[0], int(fields[19])
        return None if state in "ZX" else cls(pid, started)

    def is_alive(self) -> bool:
        return Process.alive(self.pid) == self

    def arguments(self) -> list[str]:
        """The command line; empty if the process is gone or not ours to look at."""
        try:
            raw = (PROC / str(self.pid) / "cmdline").read_bytes()
        except OSError:
            return []
        return [os.fsdecode(part) for part in raw.split(b"\0")[:-1]]

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended meanwhile."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait(self, seconds: float) -> bool:
        """Wait for the end; say whether it came."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def working_in(folder: Path) -> list[Process]:
    """Live processes whose working folder is this one. A database server's processes all work in its data folder."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = os.path.samefile(entry / "cwd", folder)
        except OSError:
            continue
        process = Process.alive(int(entry.name)) if here else None
        if process:
            found.append(process)
    return found
