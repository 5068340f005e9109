"""A provider's own instance: let one in, join a hub from one, move a vault there and back"""

import argparse
import ipaddress
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from uuid import UUID

from concord.commands._site import in_child, open_site
from concord.home import Home, InstallationError
from concord.site.keys.forgetting import ForgetLog
from concord.site.stores import gate, instances, moves, plan, supervisor
from concord.site.stores.config import MIGRATE, Config, alias_of
from concord.site.stores.server import Server
from concord.vocabulary import Sector, StoreKind

HUB = StoreKind.HUB.value
FORGOTTEN = "forgotten.json"  # beside the vault on its way: what no backup of it may bring back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")

    def step(name: str, says: str) -> argparse.ArgumentParser:
        made = steps.add_parser(name, help=says, description=says)
        made.add_argument("--home", default="main", help="which installation (default: main)")
        return made

    listen = step("listen", "on the hub's host: open a gate for other hosts, from the next start on")
    listen.add_argument("at", type=_place, metavar="ADDRESS:PORT", help="where it listens, such as 10.1.2.3:5433")
    listen.add_argument("--name", action="append", default=[], help="a name by which other hosts reach it; repeatable")
    step("deafen", "on the hub's host: close that gate, from the next start on")
    admit = step("admit", "on the hub's host: let a provider's own instance in; writes the file to carry there")
    admit.add_argument("name", help="a short name, the same as its vault's")
    admit.add_argument("--agency", type=UUID, required=True, metavar="ID")
    admit.add_argument("--to", type=Path, required=True, metavar="FILE", help="the file to carry; it is made private")
    admit.add_argument("--from", dest="sources", action="append", default=[], type=_network, metavar="NETWORK",
                       help="only from there, such as 203.0.113.7/32; repeatable (default: from anywhere)")  # fmt: skip
    revoke = step("revoke", "on the hub's host: end an instance at once")
    revoke.add_argument("name")
    join = step("join", "on the provider's host: reach the hub as that file says, and make the stores kept here")
    join.add_argument("file", type=Path)
    out = step("move-out", "close a vault here and write it to two folders, its keys apart")
    out.add_argument("name")
    out.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="for the rows, sealed as they are")
    out.add_argument("--keys-to", type=Path, required=True, metavar="FOLDER", help="for the keys; carry it apart")
    into = step("move-in", "put up here what move-out wrote, and say what arrived")
    into.add_argument("folder", type=Path)
    into.add_argument("--keys", type=Path, required=True, metavar="FOLDER")
    into.add_argument("--address", default="http://localhost:8000", help="where people reach this installation")
    let_go = step("let-go", "destroy a vault here that has arrived elsewhere: database, logins, keys")
    let_go.add_argument("name")
    let_go.add_argument("--receipt", required=True, help="what move-in said at the other host")
    step("list", "who was let in, what is elsewhere, what is on its way")


def run(args: argparse.Namespace) -> int:
    home = Home.find(args.home)
    _STEPS[args.step](home, args)
    return 0


# --- The hub's host ---------------------------------------------------------------------------------------------------


def _listen(home: Home, args: argparse.Namespace) -> None:
    address, port = args.at
    names = [*args.name, *([] if ipaddress.ip_address(address).is_unspecified else [address])]
    if not names:
        raise InstallationError(f"{address} is no address that others can call: give --name hub.example.org.")
    gate.open_at(home, gate.Gate(address, port, list(dict.fromkeys(names))))
    print(f"The gate will be at {address}:{port} for {', '.join(names)}, from the next start of Concord.")
    print("Let your firewall pass that port from the instances' addresses, and from nowhere else.")


def _deafen(home: Home, args: argparse.Namespace) -> None:
    gate.close(home)
    print("From the next start of Concord there is no gate. Instances that were admitted work on without the hub.")


def _admit(home: Home, args: argparse.Namespace) -> None:
    if args.to.exists():
        raise InstallationError(f"{args.to} is there already: name another file.")
    server = Server(home.path).ensure()
    site = open_site(home, MIGRATE)
    text = instances.admit(
        home, server, name=args.name, agency=args.agency, sources=args.sources, apply=site("stores.apply")
    )
    plan.write_private(args.to, text)
    print(f"Carry {args.to} to the provider's host by hand, and delete it once it was joined with:")
    print("whoever has it acts for that agency at the hub. There: concord instance join FILE")
    if supervisor.is_running(home) and "gate" not in supervisor.recorded_children(home):
        print("The gate is not open yet: stop and start Concord.")


def _revoke(home: Home, args: argparse.Namespace) -> None:
    server = Server(home.path).ensure()
    site = open_site(home, MIGRATE)
    instances.revoke(home, server, name=args.name, apply=site("stores.apply"))
    print(f"Ended: {args.name} cannot reach the hub any more. What was sealed to it stays its own.")


# --- The provider's host ----------------------------------------------------------------------------------------------


def _join(home: Home, args: argparse.Namespace) -> None:
    from_hub = instances.read(args.file)
    with supervisor.sole(home):
        hub = instances.join(home, from_hub)
        server = Server(home.path).ensure()
        name, agency = from_hub["instance"]["name"], from_hub["instance"]["agency"]
        plan.write(home, host=str(server.socket_dir), port=server.port, vaults=[plan.Vault(name, UUID(agency))])
        try:
            in_child(_apply, home, server)
            in_child(_match_keys, home)
        finally:
            if server.started_by_us:
                server.stop()
    print(f"This is {from_hub['instance']['agency_name']}'s own instance. The hub answers at {hub.host}:{hub.port}.")
    print(f"Delete {args.file}; concord serve starts it.")


def _match_keys(home: Home) -> None:
    site = open_site(home)
    settling, by = site("accounts.settling"), keeper(site, home)
    try:
        here = settling.match_keys(by=by)
    except settling.OtherKeys as problem:
        raise InstallationError(OTHER_KEYS) from problem
    if not here:
        print("Its keys are still on the host that held them: concord instance move-out there, move-in here.")


OTHER_KEYS = (
    "The keys in rings/agency are not those that others seal to. Put the right ones there: what was sent opens with no "
    "others."
)


def keeper(site: Callable[[str], ModuleType], home: Home):
    """The agency whose own instance this is, as its jobs."""
    hub = Config(home).stores[HUB]
    (agency,) = hub.only_agencies
    return site("accounts.settling").keeper(agency, Sector(hub.sector))


# --- Moves, on either -------------------------------------------------------------------------------------------------


def _move_out(home: Home, args: argparse.Namespace) -> None:
    server = Server(home.path).ensure()
    entry = plan.own(home).get(alias_of(StoreKind.VAULT, args.name), {})
    if entry and not plan.is_own_instance(plan.read(home.stores_file)) and args.name not in gate.admitted(home):
        raise InstallationError("Admit its own instance first, so that it can reach the hub: concord instance admit.")
    move = moves.pack(home, server, name=args.name, folder=args.to, keys=args.keys_to)
    carried = ForgetLog(home.forgotten_file).carry(UUID(move.provider))
    (args.to / FORGOTTEN).write_text(json.dumps(carried, indent=1))
    site = open_site(home)
    ended = site("accounts.settling").send_away(agency=UUID(move.provider))
    print(f"{args.name} is closed here: {sum(move.rows.values()):,} rows, its chain at {move.head}.")
    print(f"Nobody of that agency signs in here any more ({ended} could).")
    print(f"Carry {args.to} and {args.keys_to} to the other host on different ways. There: concord instance move-in.")
    print("Until it has arrived, nothing is destroyed here.")


def _move_in(home: Home, args: argparse.Namespace) -> None:
    with supervisor.sole(home):
        server = Server(home.path).ensure()
        try:
            in_child(_put, home, server, args)
        finally:
            if server.started_by_us:
                server.stop()


def _put(home: Home, server: Server, args: argparse.Namespace) -> None:
    move = moves.put(home, server, folder=args.folder, keys=args.keys, apply=lambda: in_child(_apply, home, server))
    if (args.folder / FORGOTTEN).exists():
        ForgetLog(home.forgotten_file).take_over(json.loads((args.folder / FORGOTTEN).read_text()))
    print(f"{move.name} is here: {sum(move.rows.values()):,} rows, its chain intact. Receipt for the other host:")
    print(f"  concord instance let-go {move.name} --receipt {move.head}")
    site = open_site(home)
    settling = site("accounts.settling")
    by = settling.keeper(UUID(move.provider), Sector(_sector(home, server, move.provider)))
    if plan.is_own_instance(plan.read(home.stores_file)):
        _match_keys(home)
    if site("signin.models").User.objects.filter(agency_id=by.agency).exists():
        return
    try:
        links = settling.invite_keepers(address=args.address, by=by)
    except settling.NobodyToInvite:
        print("The directory lists no administrator of it: the next start asks who it is.")
        return
    for email, link in links.items():
        print(f"Give {email} this link; it works once, for seven days:\n  {link}")


def _sector(home: Home, server: Server, agency: str) -> str:
    hub = Config(home).stores[HUB]
    return hub.sector if hub.elsewhere else instances.provider(server, plan.own(home)[HUB], UUID(agency))[1]


def _let_go(home: Home, args: argparse.Namespace) -> None:
    with supervisor.sole(home):  # a process that had the keys in memory would have them on
        server = Server(home.path).ensure()
        try:
            gone = moves.let_go(home, server, name=args.name, receipt=args.receipt)
        finally:
            if server.started_by_us:
                server.stop()
    print("Gone from here:")
    for one in gone:
        print(f"  {one}")
    print("Destroy the folders you carried, and the backups of this vault and of its keys that lie elsewhere.")


def _list(home: Home, args: argparse.Namespace) -> None:
    lines = list(_lines(home))
    print("\n".join(lines) if lines else "No instance was admitted, and nothing is elsewhere or on its way.")


def _lines(home: Home) -> Iterator[str]:
    for name, instance in sorted(gate.admitted(home).items()):
        yield f"{name}: {instance.agency_name}, admitted {instance.admitted_on}, login {instance.login}"
    for alias, entry in plan.read(home.stores_file).items():
        if entry.get("elsewhere"):
            yield f"{alias}: kept at {entry['host']}:{entry['port']}"
        if entry.get("closed"):
            yield f"{alias}: closed here {entry['closed']}, until let-go or move-in"


# --- Parts ------------------------------------------------------------------------------------------------------------


def _apply(home: Home, server: Server) -> None:
    open_site(home, MIGRATE)("stores.apply").apply(home, server.admin_dsn())


def _place(text: str) -> tuple[str, int]:
    address, _, port = text.rpartition(":")
    try:
        return str(ipaddress.ip_address(address.strip("[]"))), int(port)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no ADDRESS:PORT, such as 10.1.2.3:5433") from None


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no network, such as 203.0.113.7/32") from None


_STEPS = {
    "listen": _listen, "deafen": _deafen, "admit": _admit, "revoke": _revoke, "join": _join, "move-out": _move_out,
    "move-in": _move_in, "let-go": _let_go, "list": _list,
}  # fmt: skip
