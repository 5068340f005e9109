"""`concord verify`: check every store's audit chain and list each break."""

from concord.home import Home
from concord.site.keys.forgetting import ForgetLog, LogDamaged
from concord.site.stores import plan
from concord.site.stores.server import Server
from concord.site.stores.verify import HeadsFile, verify


def add_arguments(parser):
    parser.add_argument("--home", default="main", help="which installation (default: main)")
    parser.add_argument("--store", help="one store only (default: all)")


def run(args) -> int:
    home = Home.find(args.home)
    server = Server(home.path).ensure()
    heads = HeadsFile(home.heads_file)
    broken = 0 if args.store else _forget_log(home)
    for alias, entry in plan.own(home).items():
        if entry["kind"] == "account" or args.store not in (None, alias):
            continue
        chain = verify(server.admin_dsn(entry["database"]), heads.of(alias))
        broken += len(chain.breaks)
        verdict = "intact" if not chain.breaks else f"{len(chain.breaks)} breaks"
        print(f"{alias}: {chain.entries:,} entries in {chain.links:,} links, {verdict}")
        for line in chain.breaks:
            print(f"  {line}")
    return 1 if broken else 0


def _forget_log(home: Home) -> int:
    """What backups must not bring back: whole or not, and how much of it there is."""
    try:
        print(f"forget-log: {len(ForgetLog(home.forgotten_file).entries()):,} lines, intact")
    except LogDamaged as damaged:
        print(f"forget-log: {damaged}")
        return 1
    return 0
