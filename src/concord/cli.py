"""The command line. Each subcommand is a module of `concord.commands`, found by its name and loaded only when called:
`demo` must not wait for the evaluation's libraries, nor `version` for Django."""

import argparse
import ast
import difflib
import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from concord import commands
from concord.home import InstallationError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code. A module states `add_arguments(parser)` and `run(args) -> int`;
    with PASSES_ON, what its parser does not know is handed over as `args.passed_on`."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if words else 2
    if words[0] not in names():
        print(_unknown(words[0]), file=sys.stderr)
        return 2
    module = load(words[0])
    parser = argparse.ArgumentParser(prog=f"concord {words[0]}", description=module.__doc__)
    module.add_arguments(parser)
    if getattr(module, "PASSES_ON", False):
        args, args.passed_on = parser.parse_known_args(words[1:])
    else:
        args = parser.parse_args(words[1:])
    return _run(module, args)


def _run(module: ModuleType, args: argparse.Namespace) -> int:
    try:
        return module.run(args)
    except InstallationError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output (head, less) has had enough; the interpreter's own flush at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def names() -> list[str]:
    """The subcommands there are. A trailing underscore (`import_`) is only Python's need."""
    found = (module.name for module in pkgutil.iter_modules(commands.__path__))
    return sorted(name.rstrip("_") for name in found if not name.startswith("_"))


def load(name: str) -> ModuleType:
    found = {module.name.rstrip("_"): module.name for module in pkgutil.iter_modules(commands.__path__)}
    return importlib.import_module(f"concord.commands.{found[name]}")


def overview() -> str:
    """Every subcommand with the first line of its module's docstring, read without running the module."""
    lines = ["usage: concord COMMAND ...", ""]
    lines += [f"  {name:<12}{_summary(name)}" for name in names()]
    return "\n".join([*lines, "", "concord COMMAND --help tells more."])


def _summary(name: str) -> str:
    for module in pkgutil.iter_modules(commands.__path__):
        if module.name.rstrip("_") == name:
            path = Path(module.module_finder.path, module.name)
            source = path / "__init__.py" if module.ispkg else path.with_suffix(".py")
            return (ast.get_docstring(ast.parse(source.read_text())) or "").partition("\n")[0]
    return ""


def _unknown(word: str) -> str:
    near = difflib.get_close_matches(word, names(), n=1)
    return (
        f"concord: there is no command {word!r}"
        + (f"; did you mean {near[0]!r}?" if near else "")
        + f"\n\n{overview()}"
    )


if __name__ == "__main__":
    sys.exit(main())
