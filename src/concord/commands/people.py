"""Release, end or renew a sign-in where nobody inside the agency can"""

from concord.commands._site import open_site
from concord.home import Home, InstallationError


def add_arguments(parser):
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("release", help="unlock it after five failures")
    steps.add_parser("end", help="sign her out everywhere and let her in no more")
    link = steps.add_parser("link", help="a new link, for a lost password or phone")
    link.add_argument("--address", default="http://localhost:8000", help="where people reach this installation")
    for step in steps.choices.values():
        step.add_argument("email", help="the address she signs in with")
        step.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    operating = open_site(Home.find(args.home))("accounts.operating")
    try:
        print(_STEPS[args.step](operating, args))
    except operating.NobodyThere as problem:
        raise InstallationError(f"There is no such sign-in: {args.email}. Ended ones cannot be changed.") from problem
    return 0


def _release(operating, args) -> str:
    operating.release(email=args.email)
    return "Released."


def _end(operating, args) -> str:
    return f"Ended; sessions that were open: {operating.end(email=args.email)}."


def _link(operating, args) -> str:
    link = operating.link(email=args.email, address=args.address)
    return f"It works once, for seven days. Hand it to her and to nobody else:\n  {link}"


_STEPS = {"release": _release, "end": _end, "link": _link}
