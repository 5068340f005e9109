"""Run what happens by itself: agencies' jobs and the sealing of chain heads"""

import time

from concord.commands._site import open_site
from concord.home import Home

EVERY_SECONDS = 60


def add_arguments(parser):
    parser.add_argument("--home", default="main", help="which installation (default: main)")
    parser.add_argument("--loop", action="store_true", help="go on, once a minute")


def run(args) -> int:
    site = open_site(Home.find(args.home))
    while True:
        failures = site("web.jobs").run()
        if not args.loop:
            return 1 if failures else 0
        time.sleep(EVERY_SECONDS)
