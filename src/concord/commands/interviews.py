"""Interviews of a study: print a guide, or write a project of coded interviews or its codebook for another program"""

import sys
from pathlib import Path

from concord.casefile import reading
from concord.casefile.formats import refi_qda
from concord.evaluation import interviews

ENDINGS = (".qdpx", ".qdc")


def add_arguments(parser):
    actions = parser.add_subparsers(dest="action", required=True)
    guide = actions.add_parser("guide", help="what is said before, asked and said after")
    guide.add_argument("group", choices=[str(group) for group in interviews.Group])
    convert = actions.add_parser("convert", help="a REFI-QDA project or codebook as any program reads it")
    convert.add_argument("project", type=Path, metavar="IN", help="a .qdpx or .qdc")
    convert.add_argument("-o", "--out", type=Path, required=True, help="a new .qdpx, or .qdc for the codes alone")
    convert.add_argument("--utf16", action="store_true", help="positions in IN count UTF-16 units")


def run(args) -> int:
    if args.action == "guide":
        print(interviews.guide(interviews.Group(args.group)))
        return 0
    if (wrong := _cannot(args.project, args.out)) is not None:
        print(wrong, file=sys.stderr)
        return 2
    try:
        said = _convert(args.project, args.out, utf16=args.utf16)
    except (reading.Refused, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(said)
    return 0


def _cannot(source: Path, out: Path) -> str | None:
    for path in (source, out):
        if path.suffix.lower() not in ENDINGS:
            return f"{path.name}: name a {ENDINGS[0]} (a project) or a {ENDINGS[1]} (a codebook)"
    if out.suffix.lower() == ".qdpx" and source.suffix.lower() != ".qdpx":
        return f"{source.name} holds codes and no texts: no project can be made of it. Write a .qdc"
    if out.exists():
        return f"{out} is there already: it is left as it is. Name another file"
    return None


def _convert(source: Path, out: Path, *, utf16: bool) -> str:
    """Write `out` and say what is in it, and what of the source is not."""
    if source.suffix.lower() == ".qdc":
        codes = refi_qda.read_codebook(source)
        refi_qda.write_codebook(codes, out)
        return f"{out}\nCodes: {_many(codes)}"
    project = refi_qda.read_project(source, utf16=utf16)
    lost = "".join(f"\nNot carried over: {element} {times:,}" for element, times in project.left_out)
    if out.suffix.lower() == ".qdc":
        refi_qda.write_codebook(project.codes, out)
        return f"{out}\nCodes: {_many(project.codes)}"
    refi_qda.write_project(project, out)
    stretches = sum(1 for _ in refi_qda.segments(project))
    return f"{out}\nCodes: {_many(project.codes)}, texts: {len(project.texts):,}, coded stretches: {stretches:,}{lost}"


def _many(codes) -> str:
    return f"{sum(1 for _ in _all(codes)):,}"


def _all(codes):
    for code in codes:
        yield code
        yield from _all(code.children)
