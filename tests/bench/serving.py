"""Twelve vaults served beside the same rows on one plain database, and a thirteenth added while they are.

    python -m tests.bench.serving HOME

Two workers with four threads each, as the supervisor starts them; eight clients that keep their connections. The list
of 25 client files is asked for: it reads the provider's vault and the hub.
"""

import http.client
import itertools
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from concord.commands._site import in_child, open_site
from concord.home import Home
from concord.site.demo import cast
from concord.site.stores import plan, supervisor
from concord.site.stores.server import Server
from concord.vocabulary import AgencyLevel, Role, Sector

SPACE = UUID("5ea50000-7e57-4d3a-9a11-000000000002")
CLIENTS = 200
PLAIN = "bench_plain"
PAGE = "/clients/?whose=all"
WORKERS, SECONDS, ROUNDS, ALONE = 8, 6, 3, 60


def provider(n: int) -> plan.Vault:
    return plan.Vault(f"bench{n}", uuid5(SPACE, f"provider {n}"))


VAULTS = [*cast.VAULTS, *(provider(n) for n in range(4, 13))]


# --- What is served ---------------------------------------------------------------------------------------------------


def make(home: Home, server: Server, newcomer: int) -> None:
    """The demo's world, nine providers more with clients of their own, and a newcomer who has no vault yet."""
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=VAULTS)
    site = open_site(home, "migrate", CONCORD_DEMO="1")
    site("stores.apply").apply(home, server.admin_dsn())
    site("demo.world").load(say=lambda line: None)
    for n in (*range(4, 13), newcomer):
        add_agency(site, n)
    for n in range(4, 13):
        add_clients(site, n)


def add_agency(site, n: int) -> None:
    accounts, signin = site("accounts.models"), site("signin.models")
    agency, staff, today = provider(n).provider, uuid5(SPACE, f"staff {n}"), time.strftime("%Y-%m-%d")
    keys = site("web.settings").CONCORD_RINGS.create_agency(agency)
    sector, roles = Sector.COMMUNITY_SERVICES, [Role.SUPERVISOR]
    with site("stores.acting").commanding():
        if accounts.Agency.objects.filter(pk=agency).exists():
            return
        held = accounts.Agency.objects.create(
            id=agency, name=f"Provider {n}", sector=sector, level=AgencyLevel.NON_PROFIT, state=cast.STATE,
            founded_at=f"{today}T00:00Z", public_key=keys.public)  # fmt: skip
        force = accounts.TaskForce.objects.get(pk=cast.TASK_FORCES["statewide"].id)
        accounts.Membership.objects.create(task_force=force, agency=held, from_date="2024-01-01")
        accounts.Mou.objects.create(task_force=force, agency=held, signed_on="2024-01-01", signed_by="Director",
                                    expires_on="2099-01-01")  # fmt: skip
        accounts.Staff.objects.create(id=staff, agency_id=agency, name=f"Supervisor {n}", roles=roles,
                                      from_date="2024-01-01")  # fmt: skip
    signin.User.objects.create(
        email=f"supervisor@provider{n}.example", name=f"Supervisor {n}", staff_id=staff, agency_id=agency,
        agency_name=f"Provider {n}", sector=sector, roles=roles, demo=True)  # fmt: skip


def add_clients(site, n: int) -> None:
    models, vault = site("services.models"), provider(n)
    staff, names = uuid5(SPACE, f"staff {n}"), site("demo.draws").Names(site("demo.draws").ENDINGS["bulk"])
    with site("stores.acting").commanding(f"vault_{vault.name}"):
        if models.Client.objects.exists():
            return
        rows = [
            models.Client(agency_id=vault.provider, created_by_id=staff, given_name=given, family_name=family,
                          first_contact_on="2026-01-01", next_contact_on="2026-02-01")
            for given, family in itertools.islice(iter(names.next, None), CLIENTS)]  # fmt: skip
        models.Client.objects.bulk_create(rows)
        models.Assignment.objects.bulk_create(
            models.Assignment(agency_id=vault.provider, client=row, staff_id=staff, since_date="2026-01-01")
            for row in rows)  # fmt: skip


def sessions(home: Home, newcomer: int) -> list[str]:
    """The session cookie of one person of each provider: twelve with a vault, then the newcomer's."""
    open_site(home, "web", CONCORD_DEMO="1", CONCORD_POOL="0")
    from concord.site.signin.models import User

    agencies = [*(vault.provider for vault in VAULTS), provider(newcomer).provider]
    return cookies_of([User.objects.filter(agency_id=a, demo=True).first().pk for a in agencies], home)


def cookies_of(users: list[UUID], home: Home) -> list[str]:
    """The cookie of a new session of each."""
    open_site(home, "web", CONCORD_DEMO="1", CONCORD_POOL="0")
    from django.test import Client

    from concord.site.signin.models import User

    found = []
    for pk in users:
        client = Client(SERVER_NAME="localhost")
        client.force_login(User.objects.get(pk=pk), backend="allauth.account.auth_backends.AuthenticationBackend")
        found.append(client.cookies["sessionid"].value)
    return found


def make_plain(home: Home, server: Server) -> None:
    """The twin's database: the same tables, filled with the rows of the stores."""
    stores = plan.read(home.stores_file)
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        admin.execute(f"drop database if exists {PLAIN}")
        admin.execute(f"drop role if exists {PLAIN}")
        password = sql.Literal(stores["default"]["password"])
        admin.execute(sql.SQL("create role {} login password {}").format(sql.Identifier(PLAIN), password))
        admin.execute(f"create database {PLAIN} owner {PLAIN}")
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(migrate, check=True, env=plain_environment(home))
    for alias, entry in stores.items():
        with (
            psycopg.connect(server.admin_dsn(entry["database"])) as source,
            psycopg.connect(server.admin_dsn(PLAIN)) as target,
        ):
            target.execute("set session_replication_role = replica")
            for table in tables_of(source):
                copy(source, target, table, fresh=not alias.startswith("vault") or alias == "vault_lantern")
            target.execute("commit")
            target.autocommit = True
            target.execute("analyze")


def tables_of(db) -> list[str]:
    every = db.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return [name for (name,) in every if name != "django_migrations"]


def copy(source, target, table: str, fresh: bool) -> None:
    name = sql.Identifier(table)
    columns = [c for (c,) in source.execute(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
        " order by ordinal_position", [table])]  # fmt: skip
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    if fresh:
        target.execute(sql.SQL("truncate {} cascade").format(name))
    with (
        source.cursor().copy(sql.SQL("copy {} ({}) to stdout").format(name, listed)) as out,
        target.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(name, listed)) as into,
    ):
        for part in out:
            into.write(part)


def plain_environment(home: Home) -> dict:
    return os.environ | {
        "CONCORD_HOME": str(home.path), "CONCORD_DEMO": "1", "CONCORD_POOL": "1", "CONCORD_BENCH_PLAIN": PLAIN,
        "DJANGO_SETTINGS_MODULE": "tests.bench.plain", "PYTHONPATH": os.pathsep.join(("src", ".")),
    }  # fmt: skip


# --- Serving and asking -----------------------------------------------------------------------------------------------


@contextmanager
def served(home: Home, *, plain: bool):
    """The site as the supervisor starts it: its port, and the number of its process."""
    environment = plain_environment(home)
    if not plain:
        environment["DJANGO_SETTINGS_MODULE"] = "concord.site.web.settings"
    with supervisor.listening(8790, any_port=True) as listener:
        port = listener.getsockname()[1]
        child = supervisor._web(listener)
        process = subprocess.Popen(
            child.arguments[:1] + child.arguments[2:], env=environment, pass_fds=child.inherited,
            stdout=subprocess.DEVNULL, stderr=sys.stderr)  # fmt: skip
        try:
            deadline = time.monotonic() + 60
            while not supervisor.answers(f"http://localhost:{port}"):
                if time.monotonic() > deadline:
                    raise RuntimeError("the web server does not answer")
                time.sleep(0.1)
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def ask(connection, cookie: str) -> int:
    connection.request("GET", PAGE, headers={"Host": "localhost", "Cookie": f"sessionid={cookie}"})
    answer = connection.getresponse()
    body = answer.read()
    return 200 if answer.status == 200 and b"</table>" in body else answer.status or 1


def alone(port: int, cookie: str, processes: list[int]) -> tuple[float, float]:
    """Milliseconds a page takes when nothing else is asked, the median; and of processor time, web and database."""
    connection, taken = http.client.HTTPConnection("127.0.0.1", port), []
    before = sum(map(processor_time, processes))
    for _ in range(ALONE):
        begin = time.perf_counter()
        assert ask(connection, cookie) == 200
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken), (sum(map(processor_time, processes)) - before) / ALONE


def processor_time(pid: int) -> float:
    """Milliseconds that a process and all that came of it have computed, what has ended included."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = sum(map(int, stat[11:15])) * 1000 / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_time(int(child)) for child in children)


def throng(port: int, cookies: list[str]) -> tuple[float, int]:
    """Pages a second, and how many answers were no page."""
    done, wrong, end = [], [], time.monotonic() + SECONDS

    def one(start: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for cookie in itertools.islice(itertools.cycle(cookies), start, None):
            if time.monotonic() > end:
                return
            try:
                status = ask(connection, cookie)
            except OSError as error:
                status = type(error).__name__
                connection.close()
            (done if status == 200 else wrong).append(status)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done) / SECONDS, len(wrong)


def connections(server: Server) -> int:
    clients = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
    with psycopg.connect(server.admin_dsn()) as admin:
        return admin.execute(clients).fetchone()[0] - 1


def one_more(home: Home, port: int, cookie: str, newcomer: int) -> float:
    """Seconds from the command to the first page of a provider whose vault was not there."""
    vault = provider(newcomer)
    assert ask(http.client.HTTPConnection("127.0.0.1", port), cookie) != 200
    begin = time.monotonic()
    command = [sys.executable, "-m", "concord.cli", "database", "apply", f"--vault={vault.name}={vault.provider}"]
    environment = os.environ | {"CONCORD_HOME": str(home.path), "PYTHONPATH": "src"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", PAGE, headers={"Host": "localhost", "Cookie": f"sessionid={cookie}"})
    assert connection.getresponse().status == 200
    return time.monotonic() - begin


def main(path: str) -> None:
    home = Home(Path(path)).create()
    server = Server(home.path).ensure()
    try:
        there = plan.read(home.stores_file)
        newcomer = next(n for n in itertools.count(13) if f"vault_{provider(n).name}" not in there)
        in_child(make, home, server, newcomer)
        cookies = sessions(home, newcomer)
        make_plain(home, server)
        database = int((home.path / "pg/postmaster.pid").read_text().split()[0])
        walled, plain, refused, most = [], [], 0, 0
        for _ in range(ROUNDS):
            with served(home, plain=False) as (port, web):
                throng(port, cookies[:12])
                quiet = alone(port, cookies[0], [web, database])
                rate, wrong = throng(port, cookies[:12])
                walled.append((*quiet, rate))
                refused, most = refused + wrong, max(most, connections(server))
            with served(home, plain=True) as (port, web):
                throng(port, cookies[:12])
                plain.append((*alone(port, cookies[0], [web, database]), throng(port, cookies[:12])[0]))
        with served(home, plain=False) as (port, _web):
            seconds = one_more(home, port, cookies[12], newcomer)
        say(walled, plain, refused, most, seconds)
    finally:
        server.stop()


def say(walled, plain, refused, most, seconds) -> None:
    columns = zip(zip(*walled, strict=True), zip(*plain, strict=True), strict=True)
    wall, cpu, rate = (statistics.median(a / b for a, b in zip(*pair, strict=True)) for pair in columns)
    ours, theirs = ([statistics.median(one) for one in zip(*rounds, strict=True)] for rounds in (walled, plain))
    sys.stdout.write(
        f"a page of 25 through two stores: {ours[0]:.1f} ms, on one plain database {theirs[0]:.1f} ms: {wall:.2f}x;"
        f" of processor time {ours[1]:.1f} and {theirs[1]:.1f} ms: {cpu:.2f}x (bar 1.6x)\n"
        f"12 vaults, 2 workers of 4 threads, {WORKERS} clients: {ours[2]:.0f} pages/s, on one plain database"
        f" {theirs[2]:.0f}: {rate:.2f}x (bar 0.6x); {refused} refused, {most} connections\n"
        f"a vault more while serving: its first page {seconds:.1f} s after the command began\n"
    )


if __name__ == "__main__":
    main(sys.argv[1])
