"""Look for what is wrong with an installation, and say what to do"""

from collections.abc import Iterator

from concord.commands import _checks
from concord.home import Home, InstallationError
from concord.site.stores.server import Server


def add_arguments(parser):
    parser.add_argument("--home", help="which installation: main, demo (default: main if it is there, else demo)")
    parser.add_argument("--port", type=int, default=8000, help="the port it should listen on")


def run(args) -> int:
    home = _home(args.home)
    findings = 0
    for finding in _look(home, args.port):
        print(finding, flush=True)
        findings += not finding.is_well
    print(f"\n{findings} to mend." if findings else "\nAll is well.")
    return 1 if findings else 0


def _home(name: str | None) -> Home:
    main = Home.find("main")
    return Home.find(name) if name else main if main.path.exists() else Home.find("demo")


def _look(home: Home, port: int) -> Iterator[_checks.Finding]:
    yield _checks.python()
    yield _checks.packages()
    yield _checks.disk(home.path)
    yield _checks.clock(home)
    yield _checks.home_folder(home)
    if not home.path.is_dir():
        return
    server = Server(home.path)
    try:
        running = _checks.server_runs(server)
    except (InstallationError, OSError) as problem:
        yield _checks.Finding("database server", str(problem))
        return
    yield _checks.private_files(home)
    yield _checks.rings(home)
    yield from _checks.holders(home)
    yield _checks.forgotten(home)
    yield _checks.data_folder(server)
    yield _checks.socket_path(server)
    yield _checks.programs(server)
    yield running
    if running.is_well:
        yield from _checks.stores(home)
    yield from _checks.instances(home)
    yield _checks.service_users(home)
    yield _checks.web(home, port)
    yield from _checks.children(home)
