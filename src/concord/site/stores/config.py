"""Which stores this process serves, where they are and with which login: read from `stores.toml`.

Two files. `stores.toml` holds what a web process needs: for each store its address, web login and context key.
`stores.admin.toml` (administrator only) holds the migrate logins and the administrator. Neither is ever in the project.
"""

import os
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from uuid import UUID

from concord.home import Home
from concord.site.stores.watched import WatchedConnection
from concord.vocabulary import StoreKind

MIGRATE = "migrate"
WEB = "web"
NO_STORES = "none"  # a developer's command that looks at models only
VERIFYING = frozenset({"verify-full", "verify-ca"})
FILES = ("sslrootcert", "sslcert", "sslkey")  # in stores.toml their paths start at the home


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
    elsewhere: bool = False
    only_agencies: frozenset[UUID] = frozenset()
    sector: str = ""
    tls: dict[str, str] = field(default_factory=dict)

    def conninfo(self) -> dict:
        """How to connect, for psycopg. Contains the password: never print it."""
        own = {"host": self.host, "port": self.port, "dbname": self.database, "user": self.user}
        return own | {"password": self.password, "connect_timeout": 5} | self._patience() | self.tls

    def django(self, *, pooled: bool) -> dict:
        """The entry of Django's DATABASES."""
        options = {"pool": self._pool()} if pooled else {}
        options |= self._patience() | self.tls
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
        pool = {"min_size": 0, "max_size": 2 if vault else 4, "max_idle": 20, "num_workers": 1, "timeout": 10}
        apart = {"timeout": 3, "reconnect_timeout": 3, "connection_class": WatchedConnection}
        return pool | (apart if self.elsewhere else {})

    def _patience(self) -> dict:
        """How long a store on another host may say nothing: a page must not hang on a cable that was pulled."""
        if not self.elsewhere:
            return {}
        return {"connect_timeout": 3, "tcp_user_timeout": 8000, "keepalives_idle": 5, "keepalives_interval": 3,
                "keepalives_count": 2}  # fmt: skip

    def insecurity(self) -> str:
        """Why a connection to it would not be safe, in words; "" if it is."""
        if self.host.startswith("/"):
            return ""
        if self.tls.get("sslmode") not in VERIFYING:
            return "its connection is not checked: sslmode must be verify-full (or verify-ca) in stores.toml"
        if missing := [k for k in FILES if k in self.tls and not os.access(self.tls[k], os.R_OK)]:
            return f"{self.tls[missing[0]]} cannot be read: put it back, or join the hub again"
        if self.elsewhere and len(self.only_agencies) != 1:
            return "its login must be the one of a single agency: join with the file that `instance admit` wrote"
        return ""


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
            _store(alias, entry | admin.get(alias, {}), self.home.path)
            for alias, entry in entries.items()
            if not entry.get("closed") and self._served(alias, StoreKind(entry["kind"]))
        ]

    def refresh(self) -> dict[str, Store]:
        """Read the store file again. What was known stays known if that fails."""
        self.__dict__["stores"] = {s.alias: s for s in self.read()}
        return self.stores

    def _served(self, alias: str, kind: StoreKind) -> bool:
        """`--stores justice` or `vault:NAME` limits what this process can reach. Sign-in is always there, and so is the
        hub, wherever the file says it is: every page asks it where the viewer's agency stands."""
        if self.only is None or kind in (StoreKind.ACCOUNT, StoreKind.HUB):
            return True
        return name_of(alias, kind) in self.only or alias in self.only

    def vault_of(self, agency: UUID) -> str | None:
        """The alias of a provider's vault if this process serves it."""
        return next((s.alias for s in self.stores.values() if s.provider == agency), None)

    def databases(self) -> dict:
        pooled = self.login == WEB and os.environ.get("CONCORD_POOL", "1") == "1"
        return {alias: s.django(pooled=pooled) for alias, s in self.stores.items()}


def _store(alias: str, entry: dict, home: Path) -> Store:
    tls = {option: entry[option] for option in ("sslmode", "sslnegotiation") if entry.get(option)}
    tls |= {option: str(home / entry[option]) for option in FILES if entry.get(option)}
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
        elsewhere=entry.get("elsewhere", False),
        only_agencies=frozenset(map(UUID, entry.get("only_agencies", ()))),
        sector=entry.get("sector", ""),
        tls=tls,
    )


def name_of(alias: str, kind: StoreKind) -> str:
    """A store as `--stores` names it."""
    return alias if kind is not StoreKind.VAULT else f"vault:{alias.removeprefix('vault_')}"


def alias_of(kind: StoreKind, name: str = "") -> str:
    """Django's alias of a store: sign-in is Django's own `default`, so that its bare transactions land there."""
    if kind is StoreKind.ACCOUNT:
        return "default"
    return f"vault_{name}" if kind is StoreKind.VAULT else kind.value
