"""Which stores an installation will have: writes `stores.toml` and `stores.admin.toml`. Knows no Django: the settings
are read from what this writes."""

import os
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import tomli_w

from concord.home import Home
from concord.site.stores.config import alias_of
from concord.vocabulary import StoreKind


@dataclass(frozen=True)
class Vault:
    """A provider's vault to be: a short name for the database and the agency that holds it."""

    name: str
    provider: UUID

    @classmethod
    def parse(cls, text: str) -> "Vault":
        """From `harbor=AGENCY_ID`, as the command takes it."""
        name, _, provider = text.partition("=")
        if not name.isidentifier() or not name.islower():
            raise ValueError(f"{name!r} cannot name a vault: small letters, digits and underscores, a letter first")
        return cls(name, UUID(provider))


def write(home: Home, *, host: str, port: int, vaults: list[Vault]) -> None:
    """Write both store files, keeping passwords and keys that exist, adding vaults that are new. What is kept elsewhere
    or was closed here stays as it is; a provider's own instance gets no stores but sign-in and vaults."""
    web, admin = read(home.stores_file), read(home.admin_file)
    kinds = (StoreKind.ACCOUNT,) if is_own_instance(web) else [k for k in StoreKind if k is not StoreKind.VAULT]
    wanted = [(alias_of(k), k, None) for k in kinds]
    wanted += [(alias_of(StoreKind.VAULT, v.name), StoreKind.VAULT, v.provider) for v in vaults]
    for alias, kind, provider in wanted:
        if web.get(alias, {}).get("elsewhere") or web.get(alias, {}).get("closed"):
            continue
        name = "account" if kind is StoreKind.ACCOUNT else alias
        entry = web.setdefault(alias, {"kind": kind.value, "database": f"concord_{name}", "user": f"{name}_web"})
        entry.update(host=host, port=port)
        entry.setdefault("password", secrets.token_urlsafe(24))
        entry.setdefault("context_key", secrets.token_hex(32))
        if provider:
            entry["provider"] = str(provider)
        admin.setdefault(alias, {"user": f"{name}_migrate", "password": secrets.token_urlsafe(24)})
    if not home.secret_file.exists():
        write_private(home.secret_file, secrets.token_urlsafe(48))
    _write(home.stores_file, web)
    _write(home.admin_file, admin)


def is_own_instance(stores: dict) -> bool:
    """Whether these are a provider's: the hub is kept by another host."""
    return bool(stores.get(StoreKind.HUB.value, {}).get("elsewhere"))


def own(home: Home) -> dict:
    """The stores that this installation keeps: not those of other hosts, nor what was closed in order to move."""
    entries = read(home.stores_file).items()
    return {alias: entry for alias, entry in entries if not entry.get("elsewhere") and not entry.get("closed")}


def put(home: Home, alias: str, entry: dict) -> None:
    """Write one store's entry in place of what is there."""
    _write(home.stores_file, read(home.stores_file) | {alias: entry})


def remove(home: Home, alias: str) -> None:
    """Take a store out of both files; its logins and keys are gone with it."""
    for path in (home.stores_file, home.admin_file):
        _write(path, {name: entry for name, entry in read(path).items() if name != alias})


def read(path: Path) -> dict:
    return tomllib.loads(path.read_text()).get("stores", {}) if path.exists() else {}


def _write(path: Path, stores: dict) -> None:
    write_private(path, tomli_w.dumps({"stores": stores}))


def write_private(path: Path, text: str) -> None:
    """All of it or nothing, readable by its owner alone; whoever may read the file that it replaces still may."""
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if path.exists():
            before = path.stat()
            os.fchown(descriptor, before.st_uid, before.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
    temporary.replace(path)
