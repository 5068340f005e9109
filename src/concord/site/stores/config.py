"""Which stores this process serves, where they are and with which login: read from `stores.toml`.

Two files. `stores.toml` holds what a web process needs: for each store its address, web login and context key.
`stores.admin.toml` (administrator only) holds the migrate logins and the administrator. Neither is ever in the project.
"""

import os
import tomllib
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from concord.home import Home
from concord.vocabulary import StoreKind

MIGRATE = "migrate"
WEB = "web"
NO_STORES = "none"  # a developer's command that looks at models only


class ConfigurationError(Exception):
    """The installation's files are missing or wrong; the message says which and what to do."""


@dataclass(frozen=True)
class Store:
    """One database. `alias` names it in Django; `provider` is the agency whose vault it is."""

    alias: str
    kind: StoreKind
    database: str
    host: str
    port: int
    user: str
    password: str
    context_key: bytes = b""
    provider: UUID | None = None
    sslmode: str = ""

    def django(self, *, pooled: bool) -> dict:
        """The entry of Django's DATABASES."""
        options = {"pool": self._pool()} if pooled else {}
        if self.sslmode:
            options["sslmode"] = self.sslmode
        return {
            "ENGINE": "concord.site.stores.backend",
            "NAME": self.database,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": options,
            "CONN_HEALTH_CHECKS": True,
            "ATOMIC_REQUESTS": False,
            "TIME_ZONE": "UTC",
            "TEST": {"NAME": self.database},
        }

    def _pool(self) -> dict:
        """Small pools that empty when idle: twelve vaults must not hold a hundred connections (ADR 0002)."""
        vault = self.kind is StoreKind.VAULT
        return {"min_size": 0, "max_size": 2 if vault else 4, "max_idle": 20, "num_workers": 1, "timeout": 10}


class Config:
    """The stores of one installation, re-read when the file changes so that a new vault needs no restart."""

    def __init__(self, home: Home, login: str = WEB, only: frozenset[str] | None = None):
        self.home, self.login, self.only = home, login, only

    @classmethod
    def from_environment(cls) -> "Config":
        only = os.environ.get("CONCORD_STORES")
        home = Home.find(os.environ.get("CONCORD_HOME_NAME", "main"))
        return cls(home, os.environ.get("CONCORD_LOGIN", WEB), frozenset(only.split(",")) if only else None)

    @cached_property
    def stores(self) -> dict[str, Store]:
        return {s.alias: s for s in self.read()}

    def read(self) -> list[Store]:
        if self.login == NO_STORES:
            return []
        path = self.home.stores_file
        if not path.exists():
            raise ConfigurationError(f"{path.name} is missing: run `concord database apply` first.")
        entries = tomllib.loads(path.read_text())["stores"]
        admin = tomllib.loads(self.home.admin_file.read_text())["stores"] if self.login == MIGRATE else {}
        return [
            _store(alias, entry | admin.get(alias, {}))
            for alias, entry in entries.items()
            if self._served(alias, StoreKind(entry["kind"]))
        ]

    def refresh(self) -> dict[str, Store]:
        """Read the store file again. What was known stays known if that fails."""
        self.__dict__["stores"] = {s.alias: s for s in self.read()}
        return self.stores

    def _served(self, alias: str, kind: StoreKind) -> bool:
        """`--stores hub,justice` or `vault:NAME` limits what this process can reach; sign-in is always there."""
        if self.only is None or kind is StoreKind.ACCOUNT:
            return True
        name = alias if kind is not StoreKind.VAULT else f"vault:{alias.removeprefix('vault_')}"
        return name in self.only or alias in self.only

    def vault_of(self, agency: UUID) -> str | None:
        """The alias of a provider's vault if this process serves it."""
        return next((s.alias for s in self.stores.values() if s.provider == agency), None)

    def databases(self) -> dict:
        pooled = self.login == WEB and os.environ.get("CONCORD_POOL", "1") == "1"
        return {alias: s.django(pooled=pooled) for alias, s in self.stores.items()}


def _store(alias: str, entry: dict) -> Store:
    return Store(
        alias=alias,
        kind=StoreKind(entry["kind"]),
        database=entry["database"],
        host=entry["host"],
        port=int(entry["port"]),
        user=entry["user"],
        password=entry["password"],
        context_key=bytes.fromhex(entry.get("context_key", "")),
        provider=UUID(entry["provider"]) if entry.get("provider") else None,
        sslmode=entry.get("sslmode", ""),
    )


def alias_of(kind: StoreKind, name: str = "") -> str:
    """Django's alias of a store: sign-in is Django's own `default`, so that its bare transactions land there."""
    if kind is StoreKind.ACCOUNT:
        return "default"
    return f"vault_{name}" if kind is StoreKind.VAULT else kind.value
