"""How fast small counts are hidden and attacked. Figures are printed and recorded in disclosure.md.

pytest -m bench -s tests/bench/test_disclosure.py
"""

import random
import sys
from time import perf_counter, process_time

import pytest

from concord.disclosure.audit import audit
from concord.disclosure.grids import Counts
from concord.disclosure.suppression import protect
from concord.disclosure.system import Rule
from tests.unit.disclosure.tables import drawn

pytestmark = pytest.mark.bench


def report() -> Counts:
    """A whole report: six units of cases by eight sites and five types, and stages whose parts have a rest."""
    counts = Counts()
    for unit in range(6):
        table = drawn(8, 5, mean=12, seed=unit)
        renamed = Counts({f"{unit}.{name}": count for name, count in table.values.items()})
        for relation in table.relations:
            renamed.sums(f"{unit}.{relation.total}", [f"{unit}.{part}" for part in relation.parts])
        chance = random.Random(unit)
        for name in list(renamed.values)[:20]:
            renamed.part(name, f"{name}|reached", chance.randint(0, renamed.values[name]))
        counts.merge(renamed)
    return counts


BARS = [
    ("8 x 5", lambda: drawn(8, 5), 0.5),
    ("50 x 8, a third small", lambda: drawn(50, 8), 6),
    ("50 x 8, a tenth small", lambda: drawn(50, 8, mean=40), 6),
    ("a report", report, 2),
]


@pytest.mark.parametrize(("name", "made", "bar"), BARS, ids=[name for name, *_ in BARS])
def test_how_long_a_table_takes_to_protect_and_audit(name, made, bar, capsys):
    counts, rule = made(), Rule()
    began, busy = perf_counter(), process_time()
    chosen = protect(counts, rule)
    middle = perf_counter()
    found = audit(counts, chosen.hidden, rule)
    ended, busy = perf_counter(), process_time() - busy
    with capsys.disabled():
        sys.stdout.write(
            f"\n{name}: {len(counts.values)} counts, {len(counts.relations)} sums, {found.primary} small,"
            f" {found.complementary} more hidden, least span {found.least:.0f}; protected in {middle - began:.2f} s,"
            f" audited in {ended - middle:.2f} s, processor {busy:.2f} s (bar {bar} s)\n"
        )
    assert found.least >= rule.width
