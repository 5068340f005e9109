"""How long a report takes to print. Figures are printed and recorded (report.md), not asserted.

pytest -m bench -s tests/bench/test_report.py
"""

import sys
from time import perf_counter

import pytest

from concord.disclosure.grids import Grid
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.report.files import write
from tests.unit.evaluation import sample_report as sample

pytestmark = pytest.mark.bench


def big():
    """Five copies of the invented report: 25 tables of 24 to 56 rows, 8 of them drawn."""
    sections, drawn = [], 0
    for copy in range(5):
        for name, grid in sample.DRAWN:
            long = Grid(f"{grid.key}_{copy}", grid.title, grid.headings, grid.rows * 8, grid.notes)
            (one,) = sample.released(long)
            pictures = (sample.picture(name, one),) if drawn < 8 else ()
            drawn += len(pictures)
            sections.append(ReadySection(one.key, grid.title, ("A paragraph.", *pictures, one)))
    return Document("Evaluation", "", (), tuple(sections))


def test_report_of_25_tables_and_8_pictures(tmp_path, capsys):
    document = big()
    assert (len(document.grids()), len(document.pictures())) == (25, 8)
    begun = perf_counter()
    write(document, tmp_path / "cold")
    cold = perf_counter() - begun
    begun = perf_counter()
    write(document, tmp_path / "warm")
    with capsys.disabled():
        sys.stdout.write(f"\nreport of 25 tables and 8 pictures: {cold:.2f} s, again {perf_counter() - begun:.2f} s\n")
