"""Put a backup in its store's place; what was erased, taken back or ended since stays so, and all sessions end"""

import contextlib
from collections import Counter
from pathlib import Path
from uuid import UUID

import psycopg

from concord.commands._site import open_site
from concord.home import Home, InstallationError
from concord.site.keys import forgetting
from concord.site.keys.rings import FileRings
from concord.site.stores import backups, plan
from concord.site.stores.server import Server
from concord.vocabulary import StoreKind


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
    entries = _read_log(home)
    aside = backups.restore(server, backup, stores[backup.alias])
    site = open_site(home, "migrate")
    back = _apply(home, server, site, backup, stores[backup.alias], entries)
    site("stores.apply").note_restore(server.admin_dsn(stores[backup.alias]["database"]), backup.kind)
    site("signin.sessions").end_all()
    print(
        f"{backup.alias} is as it was at {backup.made_at}. What it held before is kept in {aside}, closed to everybody;"
    )
    print("drop that database when you no longer need it. Everybody must sign in again.")
    print(_words(back))
    return 0


def _read_log(home: Home) -> list[forgetting.Entry]:
    """Before anything is touched: without the log what was erased since the backup would come back."""
    log = forgetting.ForgetLog(home.forgotten_file)
    with contextlib.closing(FileRings(home.rings)) as rings:
        forgetting.destroy_forgotten(rings, log)
    return log.entries()


def _apply(home: Home, server: Server, site, backup: backups.Backup, entry: dict, entries: list) -> Counter:
    """Bring the store to this version, with what was done since the backup done again before anybody can enter."""
    kind, back = StoreKind(backup.kind), Counter()
    provider = UUID(entry["provider"]) if "provider" in entry else None

    def do_again(db: psycopg.Connection, alias: str) -> None:
        if alias == backup.alias:
            back.update(site("web.replay").replay(db, kind, entries, provider))

    if kind is StoreKind.ACCOUNT:  # no context guards sign-in: before its logins may connect
        with psycopg.connect(server.admin_dsn(entry["database"]), autocommit=True) as db:
            do_again(db, backup.alias)
    site("stores.apply").apply(home, server.admin_dsn(), say=print, before_open=do_again)
    return back


def _words(back: Counter) -> str:
    said = [f"{n} {_SAID[what]}" for what, n in back.items() if n]
    if not said:
        return "Nothing that was erased, taken back or ended since had come back."
    return f"Done again, since the backup was older: {', '.join(said)}."


_SAID = {
    forgetting.What.ERASED: "erased files or their copies",
    forgetting.What.REVOKED: "releases taken back or their copies",
    forgetting.What.LEFT: "sign-ins ended",
}
