"""The evaluation of task forces: from case files to a report that an evaluator would sign. No Django, no server.

In a notebook: `from concord import evaluation`, then `study = evaluation.read("folder")` and
`print(evaluation.funnel(study))`. What is named here is loaded on first use, so that the import itself takes no time.
"""

from importlib import import_module

FACE = {
    "read": "study",
    "Study": "study",
    "StudyError": "study",
    "funnel": "figures",
    "Figure": "figures",
    "evaluate": "reporting",
    "draw": "sampling",
    "proportion": "survey",
    "worst_case_bounds": "survey",
    "precision": "planning",
    "power": "planning",
    "invented_study": "invented",
}
__all__ = list(FACE)


def __getattr__(name: str):
    if name not in FACE:
        raise AttributeError(f"concord.evaluation has no {name}; it has {', '.join(FACE)}")
    found = getattr(import_module(f"{__name__}.{FACE[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(FACE)
