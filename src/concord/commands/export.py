"""Write the case file of agencies as a bundle for an evaluator, under an agreement"""

import json
import os
import random
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from concord.casefile import bundle
from concord.commands._site import open_site
from concord.home import Home
from concord.law.wall import STORES
from concord.vocabulary import Grade, StoreKind


def add_arguments(parser):
    kinds = parser.add_subparsers(dest="kind", required=True)
    out = kinds.add_parser("bundle", help="the case files that justice agencies hold, and their task force's counts")
    out.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    out.add_argument("--task-force", required=True, metavar="NAME", help="name or id; all its agencies with records")
    out.add_argument("--agency", action="append", default=[], metavar="NAME", help="only this agency (repeatable)")
    out.add_argument("--grade", choices=list(Grade), default=Grade.SHAREABLE.value, help="default: shareable")
    out.add_argument("--agreement", default="", help="number of the agreement with the evaluator")
    out.add_argument("--destroy-by", type=date.fromisoformat, help="until when the evaluator may keep it (2027-06-30)")
    out.add_argument("--matures-on", type=date.fromisoformat, default=date.today(), help="outcomes followed up to")
    out.add_argument("--key", type=Path, help="write here which study id is which record; keep it apart from OUT")
    out.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    """Each agency's own service account collects its part; the parts meet here, in memory, and get study ids."""
    try:
        origin = bundle.Origin(bundle.Source.LIVE_RECORD, args.matures_on, Grade(args.grade), args.agreement,
                               args.destroy_by)
        rows, agencies = collect(open_site(Home.find(args.home)), args.task_force, args.agency)
        numbered, key = bundle.renumber(rows, random.SystemRandom())
        manifest = bundle.write(args.out, numbered, origin, created=datetime.now(UTC))
    except (bundle.BundleError, LookupError) as problem:
        print(problem.args[0], file=sys.stderr)
        return 1
    if args.key:
        _write_key(args.key, key)
    counted = ", ".join(f"{name} {table['rows']:,}" for name, table in manifest["tables"].items() if table["rows"])
    print(f"{args.out}: {origin.grade.value} bundle of {', '.join(agencies)}: {counted}")
    print("Its study ids can be traced by the key alone." if args.key else "No key was kept: no id can be traced back.")
    return 0


def collect(site, task_force: str, only: list[str]) -> tuple[dict[str, list[dict]], list[str]]:
    """Rows of all agencies asked for, and those agencies' names. Raises LookupError, which says what was not found."""
    acting, export, standing = site("stores.acting").acting, site("reporting.bundle"), site("accounts.standing")
    placed = [standing.placed(viewer) for viewer in site("web.ticks").agencies()]
    force, members = _members(standing, placed, task_force)
    holders = [v for v in members if StoreKind.JUSTICE in STORES[v.sector]]
    names = _names(site, acting, members)
    holders = _asked_for(holders, names, only)
    reasons = export.Reasons()
    for viewer in holders:
        with acting(viewer):
            reasons.learn(export.reasons(viewer))
    with acting(members[0]):
        rows = site("reporting.sites").collect(force)
    for viewer in holders:
        with acting(viewer):
            for table, found in export.collect(force, reasons, by=viewer).items():
                rows.setdefault(table, []).extend(found)
    return rows, [names[viewer.agency] for viewer in holders]


def _members(standing, placed, task_force: str):
    for viewer in placed:
        for pk, name in standing.of(viewer).names.items():
            if task_force in (str(pk), name):
                return pk, [member for member in placed if pk in member.task_forces]
    known = sorted({name for viewer in placed for name in standing.of(viewer).names.values()})
    raise LookupError(f"There is no task force {task_force!r} here. There are: {'; '.join(known) or 'none'}.")


def _names(site, acting, members) -> dict:
    with acting(members[0]):
        return site("accounts.directory").agency_names(member.agency for member in members)


def _asked_for(holders, names, only: list[str]):
    asked = [v for v in holders if not only or names[v.agency] in only or str(v.agency) in only]
    if len(asked) < max(1, len(only)):
        there = "; ".join(sorted(names[v.agency] for v in holders)) or "none"
        raise LookupError(f"Not every agency asked for holds case files in that task force. These do: {there}.")
    return asked


def _write_key(path: Path, key: dict) -> None:
    """Readable by its owner alone, never over another file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        json.dump(key, opened, indent=1)
