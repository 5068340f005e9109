"""Take in real input: the FBI's NIBRS release of an agency, or charges from a court's system"""

import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError

from concord.casefile.formats.nibrs import open_release
from concord.casefile.formats.nibrs_tables import files_of
from concord.casefile.reading import Refused
from concord.commands._site import open_site
from concord.home import Home, InstallationError

SHOWN = 20
BAR = 30


def add_arguments(parser):
    kinds = parser.add_subparsers(dest="kind", required=True)
    nibrs = kinds.add_parser("nibrs", help="a folder of the FBI's relational release")
    nibrs.add_argument("source", type=Path, metavar="FOLDER")
    charges = kinds.add_parser("charges", help="a CSV or XLSX of charges and dispositions")
    charges.add_argument("source", type=Path, metavar="FILE")
    charges.add_argument("--mapping", required=True, help="a mapping your agency has saved, by name; or a .toml file")
    for one in (nibrs, charges):
        one.add_argument("--agency", required=True, help="whose it is: the agency's id or its name")
        one.add_argument("--as", required=True, dest="email", help="who takes it in: the sign-in's email")
        one.add_argument("--home", default="main", help="which installation (default: main)")
        one.add_argument("--dry-run", action="store_true", help="show what would be kept, and keep nothing")
        one.add_argument("--yes", action="store_true", help="keep it without asking")
        one.add_argument("--report", type=Path, help="write every rejected row with its reason to this CSV")


def run(args) -> int:
    """0 when it was kept, or the dry run shown; 1 when it was refused or the answer was no."""
    site = open_site(Home.find(args.home))
    objection = site("justice.actions.common").Objection
    try:
        viewer = _acting_member(site, args.agency, args.email)
        return {"nibrs": _nibrs, "charges": _charges}[args.kind](site, args, viewer)
    except Refused as refused:
        print(refused, file=sys.stderr)
    except objection as said:
        print(" ".join(map(str, said.found.values())), file=sys.stderr)
    except OperationalError:
        print("The database cannot be reached. Start the installation with `concord serve` first.", file=sys.stderr)
    return 1


def _acting_member(site, agency: str, email: str):
    """The viewer of a member of that agency's staff. Raises InstallationError, which says nothing of other agencies."""
    try:
        user = site("signin.models").User.objects.get(email__iexact=email)
    except ObjectDoesNotExist:
        user = None
    known = user and user.is_active and agency.casefold() in (str(user.agency_id), user.agency_name.casefold())
    if not known:
        raise InstallationError("Nobody signs in by that email for that agency. Check both.")
    return site("accounts.standing").placed(user.viewer())


# --- NIBRS ------------------------------------------------------------------------------------------------------------


def _nibrs(site, args, viewer) -> int:
    nibrs, acting = site("justice.imports.nibrs"), site("stores.acting").acting
    if not args.source.is_dir():
        raise InstallationError(f"{args.source} is no folder. Give the folder of the release, unpacked.")
    files = files_of(args.source)
    digest = site("justice.imports.sources").digest(files)
    with open_release(files, progress=lambda table: _say(f"Reading {table}")) as release:
        _say("Checking")
        with acting(viewer):
            checked = nibrs.check(release, digest, viewer)
        _say("")
        _print_sums(checked.sums)
        print(checked.statement)
        print(f"{checked.waiting:,} incidents would wait to be read again for missed indicators of trafficking.")
        for says, times in checked.candidates():
            print(f"{times:>8,}  {says}")
        _write_report(site, args, checked.sums)
        if not _decided(args, checked.sums):
            return 0 if args.dry_run else 1
        total = sum(checked.parts[name] for name in nibrs.STORED)
        with acting(viewer):
            batch = nibrs.keep(release, checked, file_name=args.source.name, by=viewer, progress=_bar(total))
    _say("")
    print(f"Kept: {batch.accepted:,} rows, as import {batch.pk}.")
    return 0


# --- Charges ----------------------------------------------------------------------------------------------------------


def _charges(site, args, viewer) -> int:
    charges, mappings = site("justice.imports.charges"), site("justice.imports.mappings")
    acting = site("stores.acting").acting
    with acting(viewer):
        toml = args.mapping.lower().endswith(".toml")
        mapping = mappings.from_toml(Path(args.mapping)) if toml else mappings.named(args.mapping, viewer)
        plan = charges.check(args.source, mapping, viewer)
    _print_sums(plan.sums)
    print(
        f"{plan.new:,} charges and dispositions new ({plan.typed:,} of them typed here before), "
        f"{len(plan.changes):,} changed, {plan.same:,} as before; {len(plan.unmatched):,} defendants to match by hand; "
        f"{plan.to_class:,} to class."
    )
    for change in plan.changes[:SHOWN]:
        print(f"  row {change.row}, {change.stage}:", "; ".join(f"{n}: {a} -> {b}" for n, a, b in change.fields))
    if plan.reopened:
        rows = ", ".join(map(str, plan.reopened[:SHOWN]))
        print(f"{len(plan.reopened):,} rows had a disposition before and have none now; look at them: {rows}")
    _write_report(site, args, plan.sums)
    if not _decided(args, plan.sums):
        return 0 if args.dry_run else 1
    with acting(viewer):
        batch = charges.keep(
            args.source, mapping, by=viewer, expected=plan.digest, progress=_bar(len(plan.charges), "charges")
        )
    _say("")
    print(f"Kept: {batch.accepted:,} rows, as import {batch.pk}.")
    return 0


# --- Said and asked ---------------------------------------------------------------------------------------------------


def _print_sums(sums) -> None:
    for one in sums.tables.values():
        if one.rows:
            print(f"{one.file}: {one.rows:,} rows = {one.accepted:,} accepted + {one.rejected:,} rejected")
    print(f"All: {sums.rows:,} rows = {sums.accepted:,} accepted + {sums.rejected:,} rejected")
    for problem in sums.problems[:SHOWN]:
        print(f"  {problem}")
    if len(sums.problems) > SHOWN:
        print(f"  ... and {len(sums.problems) - SHOWN:,} more; --report FILE.csv writes them all")


def _write_report(site, args, sums) -> None:
    if args.report:
        with _creating(args.report) as opened:
            site("justice.imports.reports").write_problems(sums.problems, opened)
        print(f"{args.report}: {len(sums.problems):,} reasons")


@contextmanager
def _creating(path: Path):
    try:
        with path.open("x", encoding="utf-8", newline="") as opened:
            yield opened
    except FileExistsError:
        raise InstallationError(f"{path} is there already. Name another file.") from None
    except OSError as error:
        raise InstallationError(f"{path} cannot be written ({error.strerror}).") from None


def _decided(args, sums) -> bool:
    """Whether to keep it: --yes, or the answer of whoever sits there. Without either nothing is kept."""
    if args.dry_run:
        print("Nothing was kept: this was a dry run.")
        return False
    if not sums.accepted:
        print("Nothing is left to keep.")
        return False
    if args.yes:
        return True
    if not sys.stdin.isatty():
        print("Nothing was kept: there is nobody to ask. Say --yes to keep it.")
        return False
    answer = input(f"Keep the {sums.accepted:,} accepted rows? Type yes: ").strip().casefold()
    if answer != "yes":
        print("Nothing was kept.")
    return answer == "yes"


def _bar(total: int, unit: str = "rows"):
    """A bar for a person who watches; nothing where nobody does."""
    last = [-1]

    def show(done: int) -> None:
        filled = BAR * done // max(total, 1)
        if filled != last[0]:
            last[0] = filled
            _say(f"Keeping [{'#' * filled}{' ' * (BAR - filled)}] {done:,} of {total:,} {unit}")

    return show


def _say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{words:<79}", end="\r" if not words else "", file=sys.stderr, flush=True)
