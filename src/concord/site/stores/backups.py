"""Backup and restore of each store by itself, with PostgreSQL's own tools.

A backup holds what the database holds: sealed values stay sealed, since the key rings are never in it (they are backed
up apart, and a person key that was destroyed comes back with no backup of a store). Context keys are left out (`apply`
sets them anew), and so are sessions (whoever has the backup would be signed in as everybody who is) and packages' keys
(a release that was revoked would live again).
"""

import datetime as dt
import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from concord.home import InstallationError
from concord.site.stores.server import Server

SECRETS = ("guard.secret", "public.signin_session", "public.bridge_packagekey")


class BackupError(InstallationError):
    """A backup could not be made or is not what it says; the message names the store and what to do."""


@dataclass(frozen=True)
class Backup:
    """One store's dump and what its manifest says of it."""

    alias: str
    kind: str
    path: Path
    sha256: str
    made_at: str


def back_up(server: Server, alias: str, entry: dict, folder: Path) -> Backup:
    """Dump one store into `folder` as `<alias>-<moment>.dump` with a manifest beside it, readable by its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"{alias}-{moment}.dump"
    unfinished = path.with_suffix(".part")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    left_out = [f"--exclude-table-data={table}" for table in SECRETS]
    arguments = ["--format=custom", *left_out, f"--file={unfinished}"]
    _run(server, "pg_dump", alias, *arguments, server.admin_dsn(entry["database"]))
    unfinished.replace(path)
    made = Backup(alias, entry["kind"], path, _digest(path), moment)
    manifest = {"store": alias, "kind": entry["kind"], "sha256": made.sha256, "made_at": moment}
    path.with_suffix(".json").write_text(json.dumps(manifest, indent=1))
    return made


def read(path: Path) -> Backup:
    """A backup as it lies on disk; refuses one whose bytes are not those of its manifest."""
    manifest_path = path.with_suffix(".json")
    if not path.exists() or not manifest_path.exists():
        raise BackupError(f"{path.name} or its manifest {manifest_path.name} is missing: both are needed to restore.")
    manifest = json.loads(manifest_path.read_text())
    if _digest(path) != manifest["sha256"]:
        raise BackupError(
            f"{path.name} is not the file its manifest describes: take another backup of {manifest['store']}."
        )
    return Backup(manifest["store"], manifest["kind"], path, manifest["sha256"], manifest["made_at"])


def restore(server: Server, backup: Backup, entry: dict) -> str:
    """Put a backup in a store's place. What was there stays beside it under the name that is returned, closed to all
    logins. Run `apply` afterwards: a restored database starts without grants on itself and without context keys."""
    if backup.kind != entry["kind"]:
        raise BackupError(f"{backup.path.name} is of a {backup.kind} store, {backup.alias} is a {entry['kind']} store.")
    database = entry["database"]
    aside = f"{database}_before_{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}"
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        arriving = f"{database}_arriving"
        _drop(admin, arriving)
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(arriving)))
        admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(arriving)))
        _run(
            server,
            "pg_restore",
            backup.alias,
            "--exit-on-error",
            f"--dbname={server.admin_dsn(arriving)}",
            str(backup.path),
        )
        _close(admin, database)
        _rename(admin, database, aside)
        _rename(admin, arriving, database)
    return aside


def _close(admin, database: str) -> None:
    admin.execute(sql.SQL("alter database {} allow_connections false").format(sql.Identifier(database)))
    admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database])


def _rename(admin, old: str, new: str) -> None:
    admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))


def _drop(admin, database: str) -> None:
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def _run(server: Server, program: str, alias: str, *arguments: str) -> None:
    done = subprocess.run([server.bindir / program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(
            f"{program} failed for {alias}: {done.stderr.splitlines()[0] if done.stderr else 'no reason given'}"
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
