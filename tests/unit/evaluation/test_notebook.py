"""The worked notebook runs from top to bottom, says what it promises, and is kept without outputs."""

import ast
import json
import re
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[3] / "docs" / "notebook" / "evaluation.ipynb"


@pytest.fixture(scope="module")
def code():
    """The code cells, in order."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def printed(code, tmp_path_factory):
    """What all cells print, run in order in one namespace, with their studies in a folder of the test."""
    said, names = [], {"print": lambda *words: said.append(" ".join(map(str, words)))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("notebook")))
        for cell in code:
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    return "\n".join(said)


def test_the_notebook_runs_and_its_figures_name_unit_and_base(printed):
    assert "Eight invented task forces | 8 sites | random |" in printed
    assert re.search(r"Prosecuted: \d+ of \d+ cases \(\d+\.\d%\)", printed)
    assert re.search(r"Victim arrested: \d+ of \d+ victims \(.*exploratory", printed)


def test_a_draw_gets_an_interval_and_a_choice_gets_bounds(printed):
    drawn, picked = (
        [line for line in printed.splitlines() if line.startswith(start)] for start in ("at random:", "hand-picked:")
    )
    assert len(drawn) == len(picked) == 2
    assert all("logit" in line for line in drawn)
    assert all("whatever the files not chosen hold" in line for line in picked)


def test_what_may_not_be_imputed_is_refused_and_nothing_is_said_to_cause(printed):
    assert "refused: " in printed
    assert "worst-case bounds" in printed
    assert "adoption goes with a difference of" in printed
    assert "cause" not in printed


def test_the_notebook_is_kept_without_outputs(code):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert all(ast.parse("".join(cell["source"])) for cell in code)
