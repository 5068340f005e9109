"""Write the case file of agencies as a bundle for an evaluator, or everything of a provider that leaves"""

import json
import os
import random
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from concord.casefile import bundle
from concord.commands._site import open_site
from concord.home import Home, InstallationError
from concord.law.wall import STORES
from concord.site.stores.server import Server
from concord.vocabulary import Grade, Role, StoreKind


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
    whole = kinds.add_parser("provider", help="everything of one provider in open formats, sealed (docs/leaving.md)")
    whole.add_argument("provider", metavar="NAME", help="name or id")
    whole.add_argument("out", type=Path, metavar="OUT", help="a new file")
    whole.add_argument("--passphrase-file", type=Path, metavar="FILE", help="seal it under the first line of this file"
                       " (default: to the provider's own agency key)")  # fmt: skip
    whole.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    return {"bundle": _bundle, "provider": _provider}[args.kind](args)


def _provider(args) -> int:
    """As the provider's own jobs, which see restricted files too. Only sealed bytes reach the disk."""
    home = Home.find(args.home)
    if (server := Server(home.path)).has_data():
        server.ensure()
    site = open_site(home)
    viewer, name = _find_provider(site, args.provider)
    unfinished = args.out.with_name(f".{args.out.name}.part")
    if args.out.exists():
        raise InstallationError(f"{args.out} is there already: give a new file.")
    try:
        with _private(unfinished) as file, _sealing(site, file, args.passphrase_file, viewer.agency) as sealed:
            with site("stores.acting").acting(viewer):
                counted = site("services.leaving").write(sealed, by=viewer, agency=name)
        unfinished.rename(args.out)
    except site("keys.opened").FilesClosed as closed:
        raise InstallationError(
            f"{name} holds its keys itself: its privacy officer writes this on the page Keeping and erasing."
        ) from closed
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{args.out}: {sum(counted.values()):,} rows of {len(counted)} tables of {name}, sealed.")
    print("docs/leaving.md says how it opens without Concord. Try that before anything here is destroyed.")
    return 0


def _find_provider(site, wanted: str):
    """The provider's own jobs, with leave to read its audit chain, and its name."""
    placed = [site("accounts.standing").placed(viewer) for viewer in site("web.ticks").agencies()]
    providers = [viewer for viewer in placed if StoreKind.VAULT in STORES[viewer.sector]]
    names = {}
    for viewer in providers:
        with site("stores.acting").acting(viewer):
            names |= site("accounts.directory").agency_names([viewer.agency])
    for viewer in providers:
        if wanted in (str(viewer.agency), names.get(viewer.agency)):
            return replace(viewer, roles=frozenset({Role.PRIVACY_OFFICER})), names[viewer.agency]
    raise InstallationError(f"There is no provider {wanted!r} here. There are: {'; '.join(sorted(names.values()))}.")


def _private(path: Path):
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sealing(site, file, passphrase: Path | None, agency):
    archive = site("keys.archive")
    if passphrase is None:
        return archive.under_agency_key(file, site("web.settings").CONCORD_RINGS.public(agency))
    try:
        return archive.under_passphrase(file, passphrase.read_text().partition("\n")[0])
    except archive.WeakPassphrase as weak:
        raise InstallationError(f"{passphrase}: {weak}.") from weak


def _bundle(args) -> int:
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
