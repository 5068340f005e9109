"""How fast the case file's data ways are. Figures are printed and recorded, not asserted.

pytest -m bench -s tests/bench/test_casefile.py
"""

import resource
import sys
from datetime import UTC, date, datetime
from time import perf_counter

import pytest

from concord.casefile import bundle, checks
from concord.casefile.bundle import Origin, Source
from concord.casefile.formats.nibrs import open_release
from concord.casefile.formats.nibrs_reread import candidates
from concord.casefile.reading import Report, read_table
from concord.casefile.tables import TABLES
from concord.vocabulary import Grade
from tests.bench.generate_nibrs import generate

pytestmark = pytest.mark.bench
ORIGIN = Origin(Source.CODED_FILES, date(2025, 12, 31), Grade.RESEARCH, "A-0001", date(2030, 12, 31))
SUSPECTS = 1_000_000
FILLED = {"age": 30, "sex": "male", "race": ["white"], "race_source": "officer", "role": "primary"}


def record(capsys, what, rows, seconds):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with capsys.disabled():
        speed = f"{rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s"
        sys.stdout.write(f"\n{what}: {speed}, at most {memory} MB\n")


def suspects(count):
    for number in range(count):
        yield {"suspect_id": f"p{number}", "case_id": f"c{number % 1000}", **FILLED}


def test_nibrs_release_of_100_000_incidents(tmp_path, capsys):
    rows = generate(tmp_path, 100_000)
    start = perf_counter()
    with open_release(tmp_path) as release:
        found = sum(bool(candidates(incident)) for incident in release.incidents())

    record(capsys, "NIBRS read, linked and screened", rows, perf_counter() - start)
    assert sum(report.accepted for report in release.reports.values()) == rows
    assert found > 0


def test_a_million_suspects_written_read_and_checked(tmp_path, capsys):
    start = perf_counter()
    bundle.write(tmp_path / "b", {"suspect": suspects(SUSPECTS)}, ORIGIN, created=datetime.now(UTC))
    record(capsys, "bundle written", SUSPECTS, perf_counter() - start)

    start = perf_counter()
    assert sum(1 for _ in bundle.read(tmp_path / "b").rows("suspect")) == SUSPECTS
    record(capsys, "bundle read back", SUSPECTS, perf_counter() - start)

    start, found = perf_counter(), 0
    with bundle.read(tmp_path / "b").engine() as engine:
        found = sum(1 for _ in checks.run(engine))
    record(capsys, f"bundle checked ({found:,} findings)", SUSPECTS, perf_counter() - start)
    assert found >= SUSPECTS  # none of their cases is there

    start, report = perf_counter(), Report()
    assert sum(1 for _ in read_table(tmp_path / "b" / "suspect.csv", TABLES["suspect"], report)) == SUSPECTS
    record(capsys, "CSV read cell by cell", SUSPECTS, perf_counter() - start)
