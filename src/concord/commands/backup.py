"""Back up each store by itself (the key rings are backed up apart)"""

from pathlib import Path

from concord.home import Home
from concord.site.stores import backups, plan
from concord.site.stores.server import Server


def add_arguments(parser):
    parser.add_argument("folder", type=Path, help="where the backups go; make it a folder only you can read")
    parser.add_argument("--home", default="main", help="which installation (default: main)")
    parser.add_argument("--store", help="one store only (default: all)")


def run(args) -> int:
    home = Home.find(args.home)
    server = Server(home.path).ensure()
    for alias, entry in plan.own(home).items():
        if args.store in (None, alias):
            made = backups.back_up(server, alias, entry, args.folder)
            print(f"{alias}: {made.path.name}, {made.path.stat().st_size:,} bytes")
    print(
        f"The key rings in {home.rings} are not in these files. Back them up apart: without them nothing sealed opens."
    )
    return 0
