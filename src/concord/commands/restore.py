"""Put a backup in its store's place; all sessions end and the event is recorded"""

from pathlib import Path

from concord.commands._site import open_site
from concord.home import Home, InstallationError
from concord.site.stores import backups, plan
from concord.site.stores.server import Server


def add_arguments(parser):
    parser.add_argument("backup", type=Path, help="the .dump file; its .json lies beside it")
    parser.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    home = Home.find(args.home)
    server = Server(home.path).ensure()
    backup = backups.read(args.backup)
    stores = plan.own(home)
    if backup.alias not in stores:
        raise InstallationError(f"This installation has no store {backup.alias}; it has {', '.join(stores)}.")
    aside = backups.restore(server, backup, stores[backup.alias])
    site = open_site(home, "migrate")
    site("stores.apply").apply(home, server.admin_dsn(), say=print)
    site("stores.apply").note_restore(server.admin_dsn(stores[backup.alias]["database"]), backup.kind)
    site("signin.sessions").end_all()
    print(
        f"{backup.alias} is as it was at {backup.made_at}. What it held before is kept in {aside}, closed to everybody;"
    )
    print("drop that database when you no longer need it. Everybody must sign in again.")
    return 0
