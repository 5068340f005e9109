"""Start the demo: an invented task force on this machine, all roles, nothing real"""

from concord.commands._site import in_child, open_site
from concord.home import CHECKOUT, Home
from concord.site.demo import cast
from concord.site.stores import plan, supervisor
from concord.site.stores.server import Server
from concord.site.stores.service_user import ServiceUser


def add_arguments(parser):
    parser.add_argument("--port", type=int, help="where to listen (default: 8000, or the next that is free)")


def run(args) -> int:
    home = Home.find("demo")
    with supervisor.sole(home):
        print("Starting the database server.", flush=True)
        server = Server(home.path).ensure()
        try:
            in_child(prepare, home, server)
            return supervisor.serve(
                home,
                server=server,
                port=args.port or 8000,
                any_port=args.port is None,
                user=_web_user(home),
                environment={"CONCORD_DEMO": "1"},
                ready=_tell,
            )
        finally:
            server.stop()


def prepare(home: Home, server: Server) -> None:
    """Bring the stores to this version and, the first time, fill them with the invented world."""
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=cast.VAULTS)
    site = open_site(home, "migrate", CONCORD_DEMO="1")
    site("stores.apply").apply(home, server.admin_dsn())
    site("demo.world").load(say=lambda line: print(line, flush=True))


def _web_user(home: Home) -> ServiceUser:
    """A demo may run as root where it must: what it holds is invented, and it listens on this machine only."""
    user, obstacle = supervisor.web_user(home)
    if not obstacle:
        return user
    print(f"The web server runs as root, since {obstacle}. For real data, move {CHECKOUT} where that user can read.")
    return ServiceUser()


def _tell(address: str) -> None:
    print(f"\n  {address}\n\nSign in there, with one click, as:", flush=True)
    for person in cast.one_sign_in_per_role():
        print(f"  {person.roles[0].label:<28}{person.name}, {cast.AGENCIES[person.agency].name}")
    print("\nThe people and cases are invented. Ctrl-C stops it; what you changed is kept.", flush=True)
