"""Run Concord for real work; refuses to start on a configuration that is not safe"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from concord.commands import _checks, instance
from concord.commands._site import in_child, open_site
from concord.home import Home, InstallationError
from concord.site.stores import plan, supervisor
from concord.site.stores.config import Config, name_of
from concord.site.stores.server import Server
from concord.vocabulary import StoreKind

LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Unsafe(InstallationError):
    """What stands in the way of serving real people's data, one line each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("Not started. Mend these first:\n" + "\n".join(f"  - {reason}" for reason in reasons))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="on 127.0.0.1, for the proxy in front (default: 8000)")
    parser.add_argument(
        "--hosts",
        default=os.environ.get("CONCORD_HOSTS", ""),
        help="the names people type, with commas between; also CONCORD_HOSTS. localhost: this machine only",
    )
    parser.add_argument(
        "--tls-proxy",
        action="store_true",
        default=os.environ.get("CONCORD_TLS_PROXY") == "1",
        help="a proxy in front ends TLS and sets X-Forwarded-Proto; also CONCORD_TLS_PROXY=1",
    )
    parser.add_argument(
        "--backup-to",
        default=os.environ.get("CONCORD_BACKUP_TO", ""),
        metavar="FOLDER",
        help="where backups go, on another disk; also CONCORD_BACKUP_TO",
    )
    parser.add_argument(
        "--stores",
        metavar="LIST",
        help="only these: justice,study,vault:NAME (default: all; sign-in and the hub are always reached)",
    )
    parser.add_argument("--first-administrator", metavar="NAME <EMAIL>", help="instead of being asked")


def run(args: argparse.Namespace) -> int:
    home = Home.find("main")
    with supervisor.sole(home):
        user, obstacle = supervisor.web_user(home)
        reasons = [*configuration_reasons(home, args), *([f"{obstacle}: install it elsewhere"] if obstacle else [])]
        if reasons:
            raise Unsafe(reasons)
        supervisor.require_port(args.port)
        server = _own_server(home)
        try:
            if not home.stores_file.exists():
                in_child(make_stores, home, server)
            in_child(refuse_unsafe_stores, home)
            in_child(invite_first_administrator, home, args.first_administrator, address_of(args))
            return supervisor.serve(
                home,
                server=server,
                port=args.port,
                any_port=False,
                user=user,
                environment=environment(args),
                ready=lambda address: print(f"Concord answers at {address}.", flush=True),
            )
        finally:
            if server is not None:
                server.stop()


def configuration_reasons(home: Home, args: argparse.Namespace) -> Iterator[str]:
    """What is unsafe before any database is looked at."""
    hosts = _hosts(args)
    if not hosts:
        yield "no host name is given: --hosts concord.example.org, or --hosts localhost for this machine only"
    if "*" in hosts or any(host.startswith(".") for host in hosts):
        yield "the host names have a wildcard: write out each name that people type"
    if set(hosts) - LOCAL and not args.tls_proxy:
        yield "nothing says that connections are encrypted: put a proxy that ends TLS in front and give --tls-proxy"
    yield from _backup_reasons(home, args.backup_to)
    if os.environ.get("CONCORD_DEMO") or os.environ.get("CONCORD_TESTING"):
        yield "CONCORD_DEMO or CONCORD_TESTING is set: demo sign-in would be open"
    yield from _store_reasons(home, args.stores)
    for finding in (_checks.private_files(home), _checks.rings(home), _checks.forgotten(home)):
        if not finding.is_well:
            yield f"{finding.what}: {finding.advice}"


def _store_reasons(home: Home, only: str | None) -> Iterator[str]:
    """Stores on other hosts must be reached safely, and what is asked for must be here."""
    if not home.stores_file.exists():
        return
    config = Config(home)
    for store in config.stores.values():
        if found := store.insecurity():
            yield f"store {store.alias}: {found}"
    here = {name_of(store.alias, store.kind) for store in config.stores.values()} - {"default"}
    for name in (only or "").split(","):
        if name and name not in here | set(config.stores):
            yield f"--stores names {name}, which is not here; there are {', '.join(sorted(here))}"
    hub = config.stores[StoreKind.HUB]
    for agency in hub.only_agencies:
        if not (home.rings / "agency" / f"{agency}.json").exists():
            yield "the agency's keys are not here: concord instance move-in puts them up"
    yield from (f"{f.what}: {f.advice}" for f in _checks.gate(home) if not f.is_well)


def _backup_reasons(home: Home, folder: str) -> Iterator[str]:
    if not folder:
        yield "no place for backups is given: --backup-to FOLDER, on another disk"
        return
    path = Path(folder).absolute()
    if not path.is_dir() or not os.access(path, os.W_OK):
        yield f"backups cannot be written to {path}: make that folder, or give another"
    elif home.path in (path, *path.parents):
        yield f"backups would go into the home itself ({path}): what destroys one would destroy both"


def environment(args: argparse.Namespace) -> dict[str, str]:
    """What the web server and the ticker are told. Without a host name from outside they expect no TLS."""
    told = {"CONCORD_BACKUP_TO": str(Path(args.backup_to).absolute())}
    if set(_hosts(args)) - LOCAL:
        told["CONCORD_HOSTS"] = ",".join(_hosts(args))
    if args.stores:
        told["CONCORD_STORES"] = args.stores
    return told


def address_of(args: argparse.Namespace) -> str:
    """Where people reach it: by the first host name, which means TLS unless it is this machine."""
    host = _hosts(args)[0]
    return f"http://{host}:{args.port}" if host in LOCAL else f"https://{host}"


def _hosts(args: argparse.Namespace) -> list[str]:
    return [host.strip() for host in args.hosts.split(",") if host.strip()]


def _own_server(home: Home) -> Server | None:
    """Ours, unless the store file points elsewhere (a managed server) and no data of our own are here."""
    server = Server(home.path)
    if home.stores_file.exists() and not server.has_data():
        return None
    return server.ensure()


def make_stores(home: Home, server: Server) -> None:
    """The first time only. Later versions are applied by hand, after a backup: `concord database apply`."""
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=[])
    site = open_site(home, "migrate")
    site("stores.apply").apply(home, server.admin_dsn(), say=print)


def refuse_unsafe_stores(home: Home) -> None:
    """With the web logins, as the web server will be: the wall as applied, no powers, no demo accounts."""
    site = open_site(home)
    reasons = list(site("stores.apply").check(home, elsewhere=False))
    for problem in site("stores.apply").check(home) if not reasons else []:
        print(f"Note: {problem}", flush=True)
    if site("signin.models").User.objects.filter(demo=True, is_active=True).exists():
        reasons.append("demo accounts can sign in: this home was a demo's; start with an empty one")
    if site("web.settings").DEBUG:
        reasons.append("DEBUG is on: error pages would show what they should not")
    if reasons:
        raise Unsafe(reasons)


def invite_first_administrator(home: Home, given: str | None, address: str) -> None:
    """Where nobody can sign in yet: name and address of who will, and a link to set up the sign-in, shown once."""
    site = open_site(home, "migrate")
    if site("signin.models").User.objects.exists():
        return
    if Config(home).stores[StoreKind.HUB].elsewhere:
        _invite_keepers(site, home, given, address)
        return
    name, email = _person(given or _ask())
    link = site("accounts.founding").invite_first_administrator(name=name, email=email, address=address)
    print(f"\nGive {email} this link; it works once, for seven days:\n  {link}\n", flush=True)


def _invite_keepers(site, home: Home, given: str | None, address: str) -> None:
    """On a provider's own instance: whom the directory lists as its administrators, else the one who is given."""
    settling, by = site("accounts.settling"), instance.keeper(site, home)
    try:
        links = settling.invite_keepers(address=address, by=by, first=_person(given) if given else None)
    except settling.NobodyToInvite:
        links = settling.invite_keepers(address=address, by=by, first=_person(_ask()))
    for email, link in links.items():
        print(f"\nGive {email} this link; it works once, for seven days:\n  {link}\n", flush=True)


def _ask() -> str:
    if not sys.stdin.isatty():
        raise InstallationError('Nobody can sign in yet: give --first-administrator "NAME <EMAIL>".')
    print("Nobody can sign in yet. Who will administer this task force's Concord?")
    return f"{input('  Name: ').strip()} <{input('  E-mail: ').strip()}>"


def _person(text: str) -> tuple[str, str]:
    name, _, rest = text.partition("<")
    email = rest.rstrip("> ")
    if not name.strip() or "@" not in email.strip("@"):
        raise InstallationError('The first administrator is written so: --first-administrator "NAME <EMAIL>".')
    return name.strip(), email
