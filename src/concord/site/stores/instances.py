"""Providers' own instances: how a hub admits one and ends it, and how one joins a hub.

What is carried from one host to the other is one private file. Whoever has it acts for that agency at the hub, until
the instance is revoked; it opens no client file, for which the vault and its keys would be needed too.
"""

import datetime as dt
import os
import secrets
import tomllib
from pathlib import Path
from uuid import UUID

import psycopg
import tomli_w

from concord.home import Home, InstallationError, make_private
from concord.law.wall import PROVIDERS
from concord.site.stores import certificates, gate, plan
from concord.site.stores.config import Config, Store, alias_of
from concord.site.stores.server import Server
from concord.vocabulary import StoreKind

HUB = StoreKind.HUB.value


class InstanceError(InstallationError):
    """It cannot be admitted, ended or joined so; the message says what to do."""


# --- On the hub's host ------------------------------------------------------------------------------------------------


def admit(home: Home, server: Server, *, name: str, agency: UUID, sources: list[str], apply) -> str:
    """Let the agency's own instance in; returns the file to carry there. Again for the same name: everything that was
    given before ends. `apply` is `stores.apply`, which needs Django."""
    opened, hub = gate.of(home), plan.own(home).get(HUB)
    if hub is None or opened is None:
        raise InstanceError("Other hosts cannot reach this hub yet: concord instance listen ADDRESS:PORT opens a gate.")
    agency_name, sector = provider(server, hub, agency)
    _refuse_other_name(home, name, agency)
    login = f"{HUB}_{name}_web"
    pair = gate.give_certificate(home, login)
    instance = gate.Instance(
        name=name, agency=str(agency), agency_name=agency_name, sector=sector, login=login,
        password=secrets.token_urlsafe(24), context_key=secrets.token_hex(32),
        digest=certificates.digest(pair.certificate), admitted_on=f"{dt.date.today():%Y-%m-%d}", sources=sources,
    )  # fmt: skip
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        apply.expel(admin, server.admin_dsn(), login, hub)
        gate.record(home, instance)
        apply.admit(admin, server.admin_dsn(), instance, hub)
    return _admission(instance, opened, hub, (home.gate / "authority.pem").read_text(), pair)


def revoke(home: Home, server: Server, *, name: str, apply) -> None:
    """End an instance at once: off the list, cut off, its login and key gone."""
    instance = gate.admitted(home).get(name)
    if instance is None:
        raise InstanceError(f"No instance {name} is admitted; there are: {', '.join(gate.admitted(home)) or 'none'}.")
    gate.strike(home, name)
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        apply.expel(admin, server.admin_dsn(), instance.login, plan.own(home)[HUB])


def provider(server: Server, hub: dict, agency: UUID) -> tuple[str, str]:
    """The provider's name and sector, as the hub has them."""
    with psycopg.connect(server.admin_dsn(hub["database"])) as db:
        row = db.execute("select name, sector from accounts_agency where id = %s", [agency]).fetchone()
    if row is None:
        raise InstanceError(f"The hub knows no agency {agency}: the coordinator admits it to the task force first.")
    if row[1] not in PROVIDERS:
        raise InstanceError(f"{row[0]} is not a provider: only a provider's vault can be on a host of its own.")
    return row


def _refuse_other_name(home: Home, name: str, agency: UUID) -> None:
    plan.Vault.parse(f"{name}={agency}")
    for alias, entry in plan.read(home.stores_file).items():
        if entry.get("provider") == str(agency) and alias != alias_of(StoreKind.VAULT, name):
            raise InstanceError(f"Its vault is called {alias.removeprefix('vault_')} here: use that name.")
    for other in gate.admitted(home).values():
        if (other.name == name) != (other.agency == str(agency)):
            raise InstanceError(f"{other.name} is admitted for {other.agency_name}: revoke that first.")


def _admission(instance: gate.Instance, opened: gate.Gate, hub: dict, authority: str, pair) -> str:
    said = {
        "instance": {"name": instance.name, "agency": instance.agency, "agency_name": instance.agency_name},
        "hub": {
            "kind": HUB, "elsewhere": True, "database": hub["database"], "user": instance.login,
            "password": instance.password, "host": opened.names[0], "port": opened.port,
            "context_key": instance.context_key, "only_agencies": [instance.agency], "sector": instance.sector,
            "sslmode": "verify-full", "sslnegotiation": "direct", "sslrootcert": "hub/authority.pem",
            "sslcert": "hub/instance.pem", "sslkey": "hub/instance.key",
        },
        "files": {"authority.pem": authority, "instance.pem": pair.certificate, "instance.key": pair.key},
    }  # fmt: skip
    head = "# Whoever has this file acts for this agency at the hub. Carry it by hand; delete it once joined.\n"
    return head + tomli_w.dumps(said)


# --- On the provider's host -------------------------------------------------------------------------------------------


def read(path: Path) -> dict:
    """The file that the hub's host wrote. Refuses one that others may read."""
    if not path.exists():
        raise InstanceError(f"{path} is not there.")
    if path.stat().st_mode & 0o077:
        raise InstanceError(f"Others may read {path}: chmod 600 it, and have the hub admit the instance again.")
    try:
        said = tomllib.loads(path.read_text())
        plan.Vault.parse(f"{said['instance']['name']}={said['instance']['agency']}")
        return said if said["hub"]["elsewhere"] and said["files"] else {}
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise InstanceError(f"{path} is not a file that `concord instance admit` wrote.") from error


def join(home: Home, said: dict) -> Store:
    """Write down how the hub is reached, once it was reached so. Again: with the newer file."""
    stores = plan.read(home.stores_file)
    if stores and not plan.is_own_instance(stores):
        raise InstanceError(f"{home.path} holds a task force's own stores: set CONCORD_HOME to another, empty folder.")
    if stores and stores[HUB]["only_agencies"] != said["hub"]["only_agencies"]:
        raise InstanceError(f"{home.path} is another agency's instance: set CONCORD_HOME to another, empty folder.")
    home.create()
    make_private(home.hub, mode=0o711 if os.geteuid() == 0 else 0o700)
    before = {path: path.read_text() for path in home.hub.glob("*.*")}
    for name, text in said["files"].items():
        certificates.write(home.hub / Path(name).name, text, mode=0o600 if name.endswith(".key") else 0o644)
    plan.put(home, HUB, said["hub"])
    hub = Config(home).stores[HUB]
    try:
        reach(hub)
    except InstanceError:
        for path, text in before.items():
            certificates.write(path, text, mode=path.stat().st_mode & 0o777)
        if stores:
            plan.put(home, HUB, stores[HUB])
        else:
            home.stores_file.unlink()
        raise
    return hub


def reach(hub: Store) -> None:
    """Ask the hub for anything; says what stands in the way."""
    if found := hub.insecurity():
        raise InstanceError(f"The hub is not used so: {found}.")
    try:
        psycopg.connect(**hub.conninfo()).close()
    except psycopg.OperationalError as error:
        raise InstanceError(
            f"The hub does not let us in at {hub.host}:{hub.port}. Does Concord run there, is the port open to this "
            f"host, and was the instance not revoked? It said: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
