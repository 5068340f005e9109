"""Moving a vault from one host to another, and back: its rows, its chain and its keys, each whole, and nothing left.

Three steps, so that at no moment there are two that serve, or none that is whole: `pack` closes it here and writes it
down, `put` puts it up there and says what arrived, `let_go` destroys it here if just that arrived.
"""

import datetime as dt
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from concord.home import Home, InstallationError, make_private
from concord.site.stores import backups, gate, plan
from concord.site.stores.config import alias_of
from concord.site.stores.server import Server
from concord.site.stores.verify import HeadsFile, head, verify
from concord.vocabulary import StoreKind

MANIFEST = "move.json"


class MoveError(InstallationError):
    """It cannot move so; the message says what to do. What was there still is."""


@dataclass(frozen=True)
class Move:
    """A vault on its way: which, whose, and what must arrive."""

    name: str
    provider: str
    dump: str
    head: str  # of its chain: number and hash
    rows: dict[str, int]  # of each table
    heads: list[tuple[int, str]]  # sealed outside while it was here

    @property
    def alias(self) -> str:
        return alias_of(StoreKind.VAULT, self.name)

    @classmethod
    def read(cls, folder: Path) -> "Move":
        try:
            return cls(**json.loads((folder / MANIFEST).read_text()))
        except (OSError, TypeError, ValueError) as error:
            raise MoveError(f"{folder} is not a folder that `concord instance move-out` wrote.") from error


# --- From here --------------------------------------------------------------------------------------------------------


def pack(home: Home, server: Server, *, name: str, folder: Path, keys: Path) -> Move:
    """Close a vault here and write it to two folders, rows and keys apart. From now on nobody works in it here."""
    alias = alias_of(StoreKind.VAULT, name)
    entry = plan.own(home).get(alias)
    if entry is None:
        raise MoveError(f"No vault {name} is served from here.")
    for place in (folder, keys):
        if place.exists() and any(place.iterdir()):
            raise MoveError(f"{place} is not empty: give a new folder, so that nothing is mixed up.")
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    dsn, database = server.admin_dsn(entry["database"]), entry["database"]
    if verify(dsn).breaks:
        raise MoveError(f"The chain of {alias} has breaks, and would have them there too: look into it first "
                        "(concord verify).")  # fmt: skip
    logins = [entry["user"], plan.read(home.admin_file)[alias]["user"]]
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        _shut_out(admin, database, logins)
        with psycopg.connect(dsn) as db:
            db.execute("select guard.add('store.moved_out', null, null, null, null, null)")
        with psycopg.connect(dsn) as db:
            n, digest = head(db)
            rows = dict(_rows(db))
        made = backups.back_up(server, alias, entry, folder)
        _copy_rings(home.rings, entry["provider"], keys)
        sealed = HeadsFile(home.heads_file).of(alias)
        move = Move(name, entry["provider"], made.path.name, f"{n}:{digest}", rows, sealed)
        _write(folder / MANIFEST, json.dumps(asdict(move), indent=1))
        admin.execute(sql.SQL("alter database {} allow_connections false").format(sql.Identifier(database)))
    plan.put(home, alias, entry | {"closed": f"{dt.date.today():%Y-%m-%d}", "head": move.head})
    return move


def let_go(home: Home, server: Server, *, name: str, receipt: str) -> list[str]:
    """Destroy here what has arrived there: databases, logins, keys. Returns what is gone, in words."""
    alias = alias_of(StoreKind.VAULT, name)
    entry = plan.read(home.stores_file).get(alias, {})
    if not entry.get("closed"):
        raise MoveError(f"No vault {name} was moved out from here.")
    if receipt != entry["head"]:
        raise MoveError("That is not what left here: what arrived is not whole, or is another vault. Nothing was "
                        "destroyed.")  # fmt: skip
    gone = []
    logins = [entry["user"], plan.read(home.admin_file)[alias]["user"]]
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        pattern = f"^{entry['database']}(_before_[0-9]+|_arriving)?$"
        for (database,) in admin.execute("select datname from pg_database where datname ~ %s", [pattern]).fetchall():
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))
            gone.append(f"database {database}")
        for login in logins:
            admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(login)))
            gone.append(f"login {login}")
    for path in list(_ring_files(home.rings, entry["provider"])):
        _overwrite(path)
        gone.append(f"keys {path.relative_to(home.rings)}")
    plan.remove(home, alias)
    gate.note_moved(home, entry["provider"], away=True)
    return gone


# --- To here ----------------------------------------------------------------------------------------------------------


def put(home: Home, server: Server, *, folder: Path, keys: Path, apply) -> Move:
    """Put up what was packed, and check that all of it is there. `apply` brings the stores to this version."""
    move = Move.read(folder)
    if not any(path.parent.name == "agency" for path in _ring_files(keys, move.provider)):
        raise MoveError(f"{keys} holds no keys of that agency: give the folder that move-out wrote them to.")
    backup = backups.read(folder / move.dump)
    entry = plan.read(home.stores_file).get(move.alias, {})
    if entry.get("provider", move.provider) != move.provider:
        raise MoveError(f"A vault {move.name} is here already, and it is another agency's.")
    if entry and not entry.get("closed") and _is_used(server, entry):
        raise MoveError(f"The vault {move.name} here is in use: what is in it would be lost. Move that out first.")
    _put_rings(keys, home.rings, move.provider)
    if entry.get("closed"):
        plan.put(home, move.alias, {k: v for k, v in entry.items() if k not in ("closed", "head")})
    vault = plan.Vault.parse(f"{move.name}={move.provider}")
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=[vault])
    apply()
    entry = plan.own(home)[move.alias]
    aside = backups.restore(server, backup, entry)
    with psycopg.connect(server.admin_dsn(entry["database"])) as db:
        arrived, rows = "{}:{}".format(*head(db)), dict(_rows(db))
    if arrived != move.head or rows != move.rows:
        raise MoveError(f"Not all of it arrived: {aside} holds what was here. Carry the folders here once more.")
    apply()
    dsn = server.admin_dsn(entry["database"])
    with psycopg.connect(dsn) as db:
        db.execute("select guard.add('store.moved_in', null, null, null, null, null)")
    for n, digest in move.heads:
        HeadsFile(home.heads_file).append(move.alias, n, digest)
    if breaks := verify(dsn, HeadsFile(home.heads_file).of(move.alias)).breaks:
        raise MoveError(f"Its chain does not hold here: {breaks[0]}")
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(aside)))
    gate.note_moved(home, move.provider, away=False)
    return move


# --- Parts ------------------------------------------------------------------------------------------------------------


def _shut_out(admin, database: str, logins: list[str]) -> None:
    for login in logins:
        admin.execute(
            sql.SQL("revoke connect on database {} from {}").format(sql.Identifier(database), sql.Identifier(login))
        )
    admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s"
                  " and pid <> pg_backend_pid()", [database])  # fmt: skip


def _rows(db) -> Iterator[tuple[str, int]]:
    """How many rows each table holds, but for those that no backup takes along."""
    tables = db.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('public', 'guard') and c.relkind = 'r' order by 1, 2"
    ).fetchall()
    for schema, table in tables:
        if f"{schema}.{table}" not in backups.SECRETS:
            count = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
            yield f"{schema}.{table}", db.execute(count).fetchone()[0]


def _is_used(server: Server, entry: dict) -> bool:
    """Whether anybody has ever worked in that vault: the store's own doings name no agency."""
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", [entry["database"]]).fetchone():
            return False
    with psycopg.connect(server.admin_dsn(entry["database"])) as db:
        if db.execute("select to_regclass('guard.entry')").fetchone()[0] is None:
            return False
        return db.execute("select exists (select from guard.entry where agency is not null)").fetchone()[0]


def _ring_files(rings: Path, provider: str) -> Iterator[Path]:
    """Whatever any ring holds of that agency: its file, and what is written beside it."""
    yield from sorted(path for path in rings.glob(f"*/{provider}*") if path.is_file())


def _copy_rings(rings: Path, provider: str, target: Path) -> None:
    for path in _ring_files(rings, provider):
        copy = target / path.relative_to(rings)
        make_private(copy.parent)
        if path.suffix == ".ring":
            os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with sqlite3.connect(path) as source, sqlite3.connect(copy) as database:
                source.backup(database)
            source.close()
            database.close()
        elif not path.name.endswith("-journal"):
            _write(copy, path.read_bytes())


def _put_rings(keys: Path, rings: Path, provider: str) -> None:
    """As they are there; keys of another making under the same agency stay, and it is said."""
    for path in _ring_files(keys, provider):
        there = rings / path.relative_to(keys)
        if there.exists() and there.parent.name == "agency" and there.read_bytes() != path.read_bytes():
            raise MoveError(f"Other keys of that agency are here ({there}): move them away if they open nothing.")
    for path in _ring_files(keys, provider):
        there = rings / path.relative_to(keys)
        make_private(there.parent)
        _write(there, path.read_bytes())


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _write(path: Path, content: str | bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    if path.exists():
        shutil.copystat(path, fresh)
    os.replace(fresh, path)
