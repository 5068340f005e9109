"""Who holds each agency's keys; renew them, or open a provider's files with its recovery sheet"""

import getpass
import sys
from datetime import date
from uuid import UUID

from django.conf import settings

from concord.commands import _checks
from concord.commands._site import open_site
from concord.home import Home, InstallationError

BAR = 30


def add_arguments(parser):
    steps = parser.add_subparsers(dest="step", required=True)
    status = steps.add_parser("status", help="who holds each agency's keys, how many can open, when they were renewed")
    renew = steps.add_parser("renew", help="new keys for an agency; broken off, the next one goes on")
    renew.add_argument("agency", type=UUID, help="the agency's id")
    renew.add_argument("email", nargs="?", help="whose passphrase opens them, where the provider holds them itself")
    recover = steps.add_parser("recover", help="with the recovery sheet, give someone a new passphrase")
    recover.add_argument("email", help="the address she signs in with")
    for step in (status, renew, recover):
        step.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    site = open_site(Home.find(args.home))
    rings = settings.CONCORD_RINGS
    try:
        return {"status": _status, "renew": _renew, "recover": _recover}[args.step](args, site, rings)
    finally:
        rings.close()


def _status(args, _site, _rings) -> int:
    found = list(_checks.holders(Home.find(args.home)))
    for finding in found:
        print(finding)
    return 0 if all(finding.is_well for finding in found) else 1


def _renew(args, site, rings) -> int:
    custody, one = site("keys.custody"), None
    if rings.is_held(args.agency):
        one = _unlocked(args, site, custody, rings)
    with site("keys.opened").using(one):
        try:
            custody.begin_renewal(rings, args.agency, today=date.today().isoformat())
            n = custody.move(rings, args.agency, _bar)
        except custody.Tampered as problem:
            raise InstallationError(f"{problem}: {problem.who}. Nothing was changed.") from problem
        except OSError as problem:
            raise InstallationError(f"{problem.strerror}. Nothing is lost; make room and start again.") from problem
    if args.email:
        site("accounts.operating").note(verb="operator.keys_renewed", email=args.email)
    site("accounts.jobs").sweep()  # others seal to the new key from now on
    print(f"\nRenewed; keys of persons: {n:,}.")
    return 0


def _unlocked(args, site, custody, rings):
    if not args.email:
        raise InstallationError("This provider holds its keys itself: name the address of someone whose passphrase "
                                "opens them.")  # fmt: skip
    user = _user(site, args.email)
    if user.agency_id != args.agency:
        raise InstallationError(f"{args.email} signs in for another agency.")
    try:
        return custody.unlock(rings, args.agency, staff=user.staff_id, passphrase=_asked("Passphrase: "))
    except site("keys.held").WrongPassphrase as problem:
        raise InstallationError("That passphrase opens nothing.") from problem


def _recover(args, site, rings) -> int:
    user, custody, held = _user(site, args.email), site("keys.custody"), site("keys.held")
    print("Type the four lines of the recovery sheet. What you type is not shown.")
    typed = " ".join(_asked(f"Line {n}: ") for n in range(1, 5))
    passphrase = _asked("A new passphrase for her, 20 characters or more: ")
    if len(held.normal(passphrase)) < site("accounts.forms").LEAST_PASSPHRASE:
        raise InstallationError("Too short: five or six unrelated words.")
    if held.normal(_asked("The same again: ")) != held.normal(passphrase):
        raise InstallationError("The two differ. Nothing was changed.")
    try:
        custody.recover(rings, user.agency_id, typed=typed, staff=user.staff_id, passphrase=passphrase,
                        today=date.today().isoformat())  # fmt: skip
    except held.WrongSheet as wrong:
        where = f"line {wrong.line} is not as it is printed" if wrong.line else "this is not the sheet of her agency"
        raise InstallationError(f"Nothing was opened: {where}.") from wrong
    site("accounts.operating").note(verb="operator.keys_recovered", email=args.email)
    print("Her passphrase opens the files. Now let the provider make a new sheet and renew its keys.")
    return 0


def _user(site, email: str):
    user = site("signin.models").User.objects.filter(email__iexact=email.strip(), ended_at=None).first()
    if user is None:
        raise InstallationError(f"There is no such sign-in: {email}.")
    return user


def _asked(question: str) -> str:
    """Not shown and in no history; from a pipe, a line each."""
    return getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _bar(done: int, of: int) -> None:
    full = BAR * done // max(of, 1)
    print(f"\r[{'#' * full}{'.' * (BAR - full)}] {done:,} of {of:,} persons' keys", end="", flush=True)
