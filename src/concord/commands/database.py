"""The stores' schema, roles and policies: apply, check"""

import os

import django
from django.core.management import call_command

from concord.commands._site import open_site
from concord.home import Home
from concord.site.stores import plan
from concord.site.stores.config import MIGRATE, NO_STORES
from concord.site.stores.server import Server


def add_arguments(parser):
    steps = parser.add_subparsers(dest="step", required=True)
    apply = steps.add_parser("apply", help="bring every store to this version")
    apply.add_argument("--vault", action="append", default=[], metavar="NAME=AGENCY_ID", help="add a provider's vault")
    check = steps.add_parser("check", help="compare the stores with what was applied")
    for step in (apply, check):
        step.add_argument("--home", default="main", help="which installation (default: main)")
    steps.add_parser("makemigrations", help="for developers: write migrations for changed models")


def run(args) -> int:
    return {"apply": _apply, "check": _check, "makemigrations": _makemigrations}[args.step](args)


def _apply(args) -> int:
    home = Home.find(args.home)
    server = Server(home.path).ensure()
    vaults = [plan.Vault.parse(text) for text in args.vault]
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=vaults)
    open_site(home, MIGRATE)("stores.apply").apply(home, server.admin_dsn(), say=print)
    return 0


def _check(args) -> int:
    home = Home.find(args.home)
    problems = open_site(home)("stores.apply").check(home)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems." if problems else "The stores are as applied.")
    return 1 if problems else 0


def _makemigrations(args) -> int:
    """Looks at models only, so it needs no installation and no server."""
    os.environ.update(CONCORD_LOGIN=NO_STORES, DJANGO_SETTINGS_MODULE="concord.site.web.settings")
    django.setup()
    call_command("makemigrations")
    return 0
