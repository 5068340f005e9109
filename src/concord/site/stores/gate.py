"""The hub's gate: the one way into the hub from another host, for providers that run their own instances.

PostgreSQL itself stays on its socket. The gate listens where the operator says, speaks TLS 1.3 and asks for a
certificate; each certificate that it gave out opens one login at the hub's database, and that login's key signs for one
agency. Everybody else is turned away before a byte reaches PostgreSQL.

`python -m concord.site.stores.gate FD` serves on a socket that the supervisor holds.
"""

import asyncio
import contextlib
import datetime as dt
import hashlib
import ipaddress
import os
import socket
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import tomli_w

from concord.home import Home, InstallationError, make_private
from concord.site.stores import certificates, plan
from concord.vocabulary import StoreKind

MOST_EACH = 20
"""Connections that one instance may hold."""
_MOST = 200
_PATIENCE = 5  # seconds for the handshake, and for saying who comes
_VERSION_3 = 3
_LONGEST_STARTUP = 2000
_SAID = frozenset({"user", "database", "client_encoding", "application_name"})
"""What an instance may say before it has signed in; neither options nor replication."""


class GateError(InstallationError):
    """The gate cannot be opened so; the message says what to do."""


@dataclass(frozen=True)
class Gate:
    """Where it listens, and by which names and addresses other hosts reach it: the first is the one they are told."""

    address: str
    port: int
    names: list[str]


@dataclass(frozen=True)
class Instance:
    """A provider's own instance as the hub knows it: whose it is, and what opens the hub to it."""

    name: str
    agency: str
    agency_name: str
    sector: str
    login: str
    password: str
    context_key: str
    digest: str
    admitted_on: str
    sources: list[str]

    def entry(self) -> dict:
        """As a store's entry: whom the login's key may sign for."""
        return {"user": self.login, "context_key": self.context_key, "only_agencies": [self.agency]}

    def comes_from(self, address: str) -> bool:
        given = ipaddress.ip_address(address)
        given = getattr(given, "ipv4_mapped", None) or given
        return not self.sources or any(given in ipaddress.ip_network(source) for source in self.sources)


# --- What is written down ---------------------------------------------------------------------------------------------


def of(home: Home) -> Gate | None:
    """The gate of this home's hub; None if there is none."""
    found = _read(home).get("gate")
    return Gate(**found) if found else None


def admitted(home: Home) -> dict[str, Instance]:
    """The instances that may come in, by name."""
    return {name: Instance(name=name, **entry) for name, entry in _read(home).get("instances", {}).items()}


def is_elsewhere(home: Home, agency: UUID) -> bool:
    """Whether that agency has an instance of its own, so that its files and keys have no place here."""
    there = {instance.agency for instance in admitted(home).values()} | set(_read(home).get("moved", ()))
    return str(agency) in there


def note_moved(home: Home, agency: str, *, away: bool) -> None:
    """Remember that an agency's vault has left this host, or has come back, whatever becomes of its admission."""
    found = _read(home)
    moved = sorted({*found.get("moved", ()), agency} if away else {*found.get("moved", ())} - {agency})
    _write(home, found | {"moved": moved})


def open_at(home: Home, gate: Gate) -> None:
    """Write down where the gate is and make its certificates; from the next start of Concord it is open."""
    home.create()
    root = os.geteuid() == 0
    make_private(home.gate, mode=0o711 if root else 0o700)
    if not (home.gate / "authority.key").exists():
        authority = certificates.make_authority(gate.names[0])
        certificates.write(home.gate / "authority.key", authority.key)
        certificates.write(home.gate / "authority.pem", authority.certificate, mode=0o644)
    _write(home, _read(home) | {"gate": asdict(gate)})
    renew(home)


def close(home: Home) -> None:
    """Take the gate away; who was admitted stays written down."""
    _write(home, {part: found for part, found in _read(home).items() if part != "gate"})


def renew(home: Home) -> None:
    """A new certificate for the gate where there is none, its names changed or its end is near."""
    gate, path = of(home), home.gate / "gate.pem"
    if gate is None:
        return
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=certificates.RENEWED_DAYS)
    if path.exists() and certificates.ends_at(path) > soon and certificates.names_in(path) == set(gate.names):
        return
    pair = certificates.make_for_gate(_authority(home), gate.names)
    certificates.write(home.gate / "gate.key", pair.key)
    certificates.write(path, pair.certificate)


def give_certificate(home: Home, login: str) -> certificates.Pair:
    return certificates.make_for_instance(_authority(home), login)


def record(home: Home, instance: Instance) -> None:
    found = _read(home)
    entry = {field: value for field, value in asdict(instance).items() if field != "name"}
    _write(home, found | {"instances": found.get("instances", {}) | {instance.name: entry}})


def strike(home: Home, name: str) -> None:
    found = _read(home)
    left = {other: entry for other, entry in found.get("instances", {}).items() if other != name}
    _write(home, found | {"instances": left})


def _authority(home: Home) -> certificates.Pair:
    try:
        return certificates.Pair((home.gate / "authority.pem").read_text(), (home.gate / "authority.key").read_text())
    except FileNotFoundError as error:
        raise GateError("This hub has no gate yet: concord instance listen ADDRESS:PORT opens one.") from error


def _read(home: Home) -> dict:
    return tomllib.loads(home.gate_file.read_text()) if home.gate_file.exists() else {}


def _write(home: Home, found: dict) -> None:
    plan.write_private(home.gate_file, tomli_w.dumps(found))


# --- The gate itself --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def listening(home: Home) -> Iterator[socket.socket | None]:
    """The gate's socket, held for as long as Concord runs; None where this hub has no gate."""
    gate = of(home)
    if gate is None:
        yield None
        return
    family = socket.AF_INET6 if ":" in gate.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((gate.address, gate.port))
            listener.listen(64)
        except OSError as error:
            raise GateError(
                f"The hub's gate cannot listen at {gate.address}:{gate.port} ({error.strerror}): "
                "choose another with concord instance listen ADDRESS:PORT"
            ) from error
        yield listener


class Turned(Exception):
    """Whoever knocks is not let in; the message is for the log and holds no name."""


class Keeper:
    """Lets in whom the list names, to the one database, as the one login."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.inside: Counter[str] = Counter()
        self._read_at, self._by_digest = 0, {}

    def instance_of(self, certificate: bytes) -> Instance:
        changed_at = self.home.gate_file.stat().st_mtime_ns
        if changed_at != self._read_at:
            self._by_digest = {i.digest: i for i in admitted(self.home).values()}
            self._read_at = changed_at
        found = self._by_digest.get(hashlib.sha256(certificate).hexdigest())
        if found is None:
            raise Turned("its certificate is on no list")
        return found

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._let_in(reader, writer)
        except Turned as reason:
            print(f"gate: turned away, {reason}", file=sys.stderr, flush=True)  # noqa: T201 its log
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            """Gone, or not one of ours."""
        finally:
            writer.close()

    async def _let_in(self, reader, writer) -> None:
        ours = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        instance = self.instance_of(ours)
        if not instance.comes_from(writer.get_extra_info("peername")[0]):
            raise Turned("it comes from an address that is not its own")
        if self.inside[instance.login] >= MOST_EACH or self.inside.total() >= _MOST:
            raise Turned("too many connections")
        hub = plan.read(self.home.stores_file)[StoreKind.HUB.value]
        async with asyncio.timeout(_PATIENCE):
            greeting = await _greeting(reader)
        if _said(greeting) != (instance.login, hub["database"]):
            raise Turned("it asks for another login or database than its own")
        self.inside[instance.login] += 1
        try:
            await _join(reader, writer, greeting, f"{hub['host']}/.s.PGSQL.{hub['port']}")
        finally:
            self.inside[instance.login] -= 1


async def _greeting(reader: asyncio.StreamReader) -> bytes:
    """PostgreSQL's first message: its length, the protocol's version, and who asks for what."""
    head = await reader.readexactly(8)
    length, major = int.from_bytes(head[:4]), int.from_bytes(head[4:6])
    if major != _VERSION_3 or not 8 < length <= _LONGEST_STARTUP:
        raise Turned("it does not begin as PostgreSQL does")
    return head + await reader.readexactly(length - 8)


def _said(greeting: bytes) -> tuple[str, str]:
    """Login and database. Anything that is not to be said before signing in, or said twice, is turned away."""
    words = greeting[8:].decode().split("\0")
    names, values = words[:-2:2], words[1:-2:2]
    said = dict(zip(names, values, strict=True))
    if set(said) - _SAID or len(said) != len(names):
        raise Turned("it says more than who it is")
    return said.get("user", ""), said.get("database", "")


async def _join(reader, writer, greeting: bytes, path: str) -> None:
    """Pass on both ways until either side ends."""
    from_server, to_server = await asyncio.open_unix_connection(path)
    to_server.write(greeting)
    ways = [asyncio.create_task(_pass_on(reader, to_server)), asyncio.create_task(_pass_on(from_server, writer))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        to_server.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while some := await source.read(65536):
        target.write(some)
        await target.drain()


async def serve(home: Home, listener: socket.socket) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # a broken handshake is not news
    for option, value in ((socket.TCP_KEEPIDLE, 20), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3)):
        listener.setsockopt(socket.IPPROTO_TCP, option, value)  # what is accepted takes them over
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    server = await asyncio.start_server(
        Keeper(home).meet, sock=listener, ssl=certificates.gate_context(home.gate), ssl_handshake_timeout=_PATIENCE
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    listener = socket.socket(fileno=int(sys.argv[1]))
    listener.setblocking(False)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Home(Path(os.environ["CONCORD_HOME"])), listener))
