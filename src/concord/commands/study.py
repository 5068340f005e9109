"""Receive a case-file bundle into a study: check it and record its manifest, counts and findings"""

import sys
from pathlib import Path

from concord.casefile.bundle import BundleError
from concord.commands._site import open_site
from concord.home import Home


def add_arguments(parser):
    steps = parser.add_subparsers(dest="step", required=True)
    receive = steps.add_parser("receive", help="record the bundle in a folder; its rows stay there")
    receive.add_argument("folder", type=Path)
    receive.add_argument("--study", required=True, metavar="TITLE", help="title or id of the study")
    receive.add_argument("--evaluator", required=True, metavar="ADDRESS", help="sign-in address of the evaluator")
    receive.add_argument("--home", default="main", help="which installation (default: main)")


def run(args) -> int:
    site = open_site(Home.find(args.home))
    actions = site("study.actions")
    try:
        received = _receive(site, actions, args)
    except (BundleError, LookupError, actions.NoAgreement) as problem:
        print(problem.args[0], file=sys.stderr)
        return 1
    rows = ", ".join(f"{name} {n:,}" for name, n in received.rows.items() if n)
    print(f"Received under agreement {received.agreement.number}, to be destroyed by {received.destroy_by}: {rows}")
    print(f"{received.errors:,} errors, {len(received.findings):,} kinds of findings.")
    return 0


def _receive(site, actions, args):
    user = site("signin.models").User.objects.filter(email__iexact=args.evaluator, is_active=True).first()
    if user is None:
        raise LookupError(f"Nobody signs in as {args.evaluator}.")
    viewer = site("accounts.standing").placed(user.viewer())
    with site("stores.acting").acting(viewer):
        own = {study.pk: study for study in site("study.models").Study.objects.filter(agency_id=viewer.agency)}
        study = next((s for s in own.values() if args.study in (s.title, str(s.pk))), None)
        if study is None:
            there = "; ".join(study.title for study in own.values()) or "none"
            raise LookupError(f"There is no such study. There are: {there}.")
        return actions.receive(study=study, folder=args.folder, by=viewer)
