"""Run what happens by itself: agencies' jobs and the sealing of chain heads"""

import signal
import sys
import time

from concord.commands._site import in_child, open_site
from concord.home import Home

EVERY_SECONDS = 60


def add_arguments(parser):
    parser.add_argument("--home", default="main", help="which installation (default: main)")
    parser.add_argument("--loop", action="store_true", help="go on, once a minute")


def run(args) -> int:
    jobs = open_site(Home.find(args.home))("web.jobs")
    if not args.loop:
        return 1 if jobs.run() else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    while True:
        in_child(jobs.run)  # memory and connections that counting a whole agency takes go back with the process
        time.sleep(EVERY_SECONDS)
