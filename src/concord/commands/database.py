"""`concord database apply | check | makemigrations`: the stores' schema, roles and policies."""

import os

import django
from django.core.management import call_command

from concord.home import Home
from concord.site.stores import plan
from concord.site.stores.config import MIGRATE, NO_STORES
from concord.site.stores.server import Server


def add_arguments(parser):
    steps = parser.add_subparsers(dest="step", required=True)
    apply = steps.add_parser("apply", help="bring every store to this version")
    apply.add_argument("--vault", action="append", default=[], metavar="NAME=AGENCY_ID", help="add a provider's vault")
    steps.add_parser("check", help="compare the stores with what was applied")
    steps.add_parser("makemigrations", help="for developers: write migrations for changed models")
    parser.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    home = Home.find(args.home)
    os.environ["CONCORD_HOME_NAME"] = args.home
    os.environ["DJANGO_SETTINGS_MODULE"] = "concord.site.web.settings"
    return {"apply": _apply, "check": _check, "makemigrations": _makemigrations}[args.step](home, args)


def _apply(home: Home, args) -> int:
    server = Server(home.path).ensure()
    vaults = [plan.Vault.parse(text) for text in args.vault]
    plan.write(home, host=str(server.socket_dir), port=server.port, vaults=vaults)
    os.environ["CONCORD_LOGIN"] = MIGRATE
    django.setup()
    from concord.site.stores import apply  # only now: models need Django's settings, which read what was just written

    apply.apply(home, server.admin_dsn(), say=print)
    return 0


def _check(home: Home, args) -> int:
    django.setup()
    from concord.site.stores import apply

    problems = apply.check(home)
    for problem in problems:
        print(problem)
    print("The stores are as applied." if not problems else f"{len(problems)} problems.")
    return 1 if problems else 0


def _makemigrations(home: Home, args) -> int:
    os.environ["CONCORD_LOGIN"] = NO_STORES
    django.setup()
    from concord.site.stores import acting

    with acting.commanding():
        call_command("makemigrations")
    return 0
