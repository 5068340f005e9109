"""The funnel over ten million cases beside hand-written SQL, and a report of 226 files cold. Figures: evaluation.md."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from concord.engine import literal
from concord.home import CHECKOUT

pytestmark = pytest.mark.bench

ROWS = 10_000_000
MAKE = """
copy (
    select i as case_id, 'S' || (i % 50) as site_id, ['sex', 'sex', 'sex', 'labor', 'both', null][1 + i % 6] as type,
        hash(i) % 10 > 0 as mature,
        case when hash(i * 3) % 50 > 0 then hash(i * 3) % 100 < 95 end as arrested,
        case when hash(i * 5) % 50 > 0 then hash(i * 5) % 100 < 77 end as prosecuted,
        case when hash(i * 7) % 50 > 0 then hash(i * 7) % 100 < 33 end as charged_strict,
        case when hash(i * 11) % 50 > 0 then hash(i * 11) % 100 < 40 end as charged_broad,
        case when hash(i * 13) % 50 > 0 then hash(i * 13) % 100 < 55 end as convicted,
        case when hash(i * 17) % 50 > 0 then hash(i * 17) % 100 < 45 end as custody,
        case when hash(i * 19) % 50 > 0 then hash(i * 19) % 100 < 5 end as adopted
    from range(ROWS) as t(i)
) to PATH (format parquet)
"""
HAND = """
select site_id, type, count(*) as n, sum((not mature)::int) as young,
    COLUMNS
    sum((mature and prosecuted and charged_strict is null)::int) as a,
    sum((mature and prosecuted and charged_broad is null)::int) as b,
    sum((mature and prosecuted and convicted)::int) as c,
    sum((mature and prosecuted and convicted is null)::int) as d
from cases group by site_id, type
"""
STAGES = ("arrested", "prosecuted", "charged_strict", "charged_broad", "convicted", "custody", "adopted")
RUN = """
import resource, sys, time
from pathlib import Path
from concord.engine import Engine
from concord.evaluation import aggregates
path, hand = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
with Engine(memory="200MB", threads=2) as engine:
    engine.add_parquet("cases", path)
    times = {"ours": [], "hand": []}
    for _ in range(5):
        for name, sql in (("ours", aggregates.text("cases")), ("hand", hand)):
            begun = time.perf_counter()
            rows = engine.run(sql).rows
            times[name].append(time.perf_counter() - begun)
    ours, by_hand = (sorted(times[name])[2] for name in ("ours", "hand"))
print(f"{ours:.3f} {by_hand:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")
"""


def say(capsys, text: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")


def test_the_funnel_over_ten_million_cases_beside_hand_written_sql(tmp_path, capsys):
    parquet, hand = tmp_path / "cases.parquet", tmp_path / "hand.sql"
    columns = "\n    ".join(
        f"sum((mature and {one})::int) as {one}, sum((mature and {one} is null)::int) as {one}_u," for one in STAGES
    )
    hand.write_text(HAND.replace("COLUMNS", columns))
    make = MAKE.replace("ROWS", str(ROWS)).replace("PATH", literal(parquet))
    subprocess.run([sys.executable, "-c", f"import duckdb; duckdb.sql({make!r})"], check=True)
    ours, by_hand, peak = _python(RUN, parquet, hand).split()
    ratio = float(ours) / float(by_hand)
    say(capsys, f"funnel {ours} s, by hand {by_hand} s: {ratio:.2f}x; peak {peak} MB")


def test_a_report_of_226_files_cold(tmp_path, capsys):
    _python("import sys; from pathlib import Path; from concord.evaluation import invented_study; "
            "invented_study(Path(sys.argv[1]), 1)", tmp_path / "files")  # fmt: skip
    begun = time.perf_counter()
    command = [sys.executable, "-m", "concord.cli", "evaluate", str(tmp_path / "files"), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, env=_environment(), check=True, capture_output=True)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    lines = len(done.stdout.splitlines())
    say(capsys, f"report of 226 files: {seconds:.1f} s, at most {peak:.0f} MB; {lines} lines")


def test_the_import_of_the_library(capsys):
    code = "import time; at = time.perf_counter(); from concord import evaluation; print(time.perf_counter() - at)"
    say(capsys, f"import: {min(float(_python(code)) for _ in range(5)):.3f} s")


def _python(code: str, *arguments: Path) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=_environment(), check=True, capture_output=True, text=True).stdout


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(CHECKOUT / "src")}
