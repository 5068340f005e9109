"""The case file as data: check a bundle or filled-in templates, write its codebook, reconcile rows with a print"""

import sys
from pathlib import Path

from concord.casefile import bundle, checks, codebook, reading
from concord.casefile.formats import fbi_trafficking

SHOWN = 20


def add_arguments(parser):
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="does a bundle, or a folder of filled-in templates, agree with itself")
    check.add_argument("folder", type=Path)
    check.add_argument("--all", action="store_true", help=f"every finding, not the first {SHOWN} and a summary")
    for name, says in (("codebook", "write codebook.csv and codebook.html"), ("template", "write empty CSV and XLSX")):
        actions.add_parser(name, help=says).add_argument("out", type=Path)
    beside = actions.add_parser("reconcile", help="the FBI's human trafficking rows beside its printed Table 1")
    beside.add_argument("rows", type=Path, metavar="HT.csv", help="one row an agency, year and offense")
    beside.add_argument("table", type=Path, metavar="TABLE.csv", help="Table 1 of that year")
    beside.add_argument("--year", type=int, required=True)


def run(args) -> int:
    if args.action == "check":
        return _check(args.folder, args.all)
    if args.action == "reconcile":
        return _reconcile(args.rows, args.table, args.year)
    written = {"codebook": codebook.write_codebook, "template": codebook.write_templates}[args.action](args.out)
    for path in written:
        print(path)
    return 0


def _check(folder: Path, everything: bool) -> int:
    try:
        checked = checks.check_folder(folder)
    except (bundle.BundleError, reading.Refused) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(", ".join(f"{name} {rows:,}" for name, rows in checked.counted.items() if rows) or "no rows")
    for name, report in checked.reports.items():
        if report.rows:
            print(f"{name}: {report.rows:,} rows = {report.accepted:,} accepted + {report.rejected:,} rejected")
    problems = [problem for report in checked.reports.values() for problem in report.listed]
    _print([*checked.broken_files, *problems, *checked.findings], everything)
    if not everything and len(checked.findings) > SHOWN:
        _print_summary(checked)
    print(f"{checked.errors:,} errors, {len(checked.findings):,} findings. Nothing was changed.")
    return 1 if checked.errors else 0


def _reconcile(rows: Path, table: Path, year: int) -> int:
    report = reading.Report()
    try:
        read = list(fbi_trafficking.read_rows(rows, report))
        printed = fbi_trafficking.read_printed(table, report)
    except reading.Refused as problem:
        print(problem, file=sys.stderr)
        return 2
    _print(report.listed, everything=False)
    odd = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in fbi_trafficking.oddities(read).items())
    print(f"{len(read):,} rows, none changed or left out; {odd}")
    if year not in (years := sorted({row.year for row in read})):
        told = f"{years[0]} to {years[-1]}" if years else "no year"
        print(f"{rows.name} has no row of {year}; it has {told}. Give --year of the table", file=sys.stderr)
        return 2
    found = fbi_trafficking.reconcile(read, printed, year)
    print(found)
    return 1 if report.rejected or found.differ or found.only_printed or found.only_rows else 0


def _print(lines: list, everything: bool) -> None:
    for line in lines if everything else lines[:SHOWN]:
        print(line)
    if not everything and len(lines) > SHOWN:
        print(f"... and {len(lines) - SHOWN:,} more; --all lists them")


def _print_summary(checked: checks.Checked) -> None:
    for (weight, table, column, reason), times in checked.summary().most_common():
        print(f"{times:>8,}  {weight}: {table}.{column}: {reason}")
