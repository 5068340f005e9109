"""Start the demo: an invented task force on this machine, all roles, nothing real"""

import argparse
import contextlib
import re
import sys
from typing import NamedTuple

from concord.commands._site import in_child, open_site
from concord.home import CHECKOUT, Home
from concord.site.demo import cast
from concord.site.keys import forgetting
from concord.site.keys.rings import FileRings
from concord.site.stores import gate, plan, supervisor
from concord.site.stores.server import Server
from concord.site.stores.service_user import ServiceUser


def add_arguments(parser):
    parser.add_argument("--port", type=int, help="where to listen (default: 8000, or the next that is free)")
    parser.add_argument(
        "--size", type=Size.parse, metavar="PERSONS[,EVENTS]", help="add so many invented persons, and events of theirs"
        " (default: a hundred each): --size 50000, or --size persons=2000,events=100000",
    )  # fmt: skip


def run(args) -> int:
    home = Home.find("demo")
    with supervisor.sole(home):
        if args.port is not None:
            supervisor.require_port(args.port)
        print("Starting the database server.", flush=True)
        server = Server(home.path).ensure()
        try:
            in_child(prepare, home, server, args.size)
            return supervisor.serve(
                home,
                server=server,
                port=args.port or 8000,
                any_port=args.port is None,
                user=_web_user(home),
                environment={"CONCORD_DEMO": "1"},
                ready=_tell,
            )
        finally:
            server.stop()


class Size(NamedTuple):
    """How many invented persons and events to add to the small world."""

    persons: int
    events: int

    @classmethod
    def parse(cls, text: str) -> "Size":
        """From `50000`, `2000,100000` or `persons=2000,events=100000`."""
        found = re.fullmatch(r"(?:persons=)?(\d+)(?:[, ]+(?:events=)?(\d+))?", text.strip().replace("_", ""))
        if not found:
            raise argparse.ArgumentTypeError(f"{text!r} is no size: write --size 50000, or persons=2000,events=100000")
        persons = int(found[1])
        size = cls(persons, int(found[2]) if found[2] else persons * 100)
        if not 1 <= size.persons <= cast.MOST_PERSONS or size.events > cast.MOST_EVENTS:
            raise argparse.ArgumentTypeError(
                f"give 1 to {cast.MOST_PERSONS:,} persons and at most {cast.MOST_EVENTS:,} events, not {text!r}"
            )
        return size


def prepare(home: Home, server: Server, size: Size | None) -> None:
    """Bring the stores to this version and, the first time, fill them with the invented world."""
    with contextlib.closing(FileRings(home.rings)) as rings:
        forgetting.destroy_forgotten(rings, forgetting.ForgetLog(home.forgotten_file))
    vaults = [vault for vault in cast.VAULTS if not gate.is_elsewhere(home, vault.provider)]
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=vaults)
    site = open_site(home, "migrate", CONCORD_DEMO="1")
    site("stores.apply").apply(home, server.admin_dsn())
    site("demo.world").load(say=_say)
    if size:
        site("demo.bulk").load(*size, say=_say_in_place if sys.stdout.isatty() else _say)


def _say(line: str) -> None:
    print(line, flush=True)


def _say_in_place(line: str) -> None:
    """Over the line before; the last one, which tells the seconds, stays."""
    print(f"\r{line:<100}", end="\n" if re.search(r" s$", line) else "", flush=True)


def _web_user(home: Home) -> ServiceUser:
    """A demo may run as root where it must: what it holds is invented, and it listens on this machine only."""
    user, obstacle = supervisor.web_user(home)
    if not obstacle:
        return user
    print(f"The web server runs as root, since {obstacle}. For real data, move {CHECKOUT} where that user can read.")
    return ServiceUser()


def _tell(address: str) -> None:
    print(f"\n  {address}\n\nSign in there, with one click, as:", flush=True)
    for person in cast.one_sign_in_per_role():
        print(f"  {person.roles[0].label:<28}{person.name}, {cast.AGENCIES[person.agency].name}")
    print("\nThe people and cases are invented. Ctrl-C stops it; what you changed is kept.", flush=True)
