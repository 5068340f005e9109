"""How often intervals of shares hold the truth at eight sites. Figures are recorded in evaluation_coverage.md.

pytest -m bench -s tests/bench/test_coverage.py
"""

import sys
from time import perf_counter

import numpy as np
import pytest

from concord.evaluation import survey

pytestmark = pytest.mark.bench
SITES = np.array([45, 40, 36, 30, 26, 21, 16, 12])
DRAWS = 20_000
SHARES = (0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 0.95)
LIKENESS = (0.0, 0.02, 0.05)


def simulated(p: float, icc: float, random: np.random.Generator) -> np.ndarray:
    """Studies (DRAWS, sites): the share of a site is beta-distributed with the likeness `icc`."""
    shares = np.full((DRAWS, SITES.size), p)
    if icc:
        shares = random.beta(p * (1 / icc - 1), (1 - p) * (1 / icc - 1), (DRAWS, SITES.size))
    return random.binomial(SITES, shares)


def coverage(p: float, icc: float) -> tuple[float, float, float]:
    """Share of intervals that hold p, their median width, and the share of studies with an interval."""
    studies = simulated(p, icc, np.random.default_rng([20220106, round(1000 * p), round(1000 * icc)]))
    made = survey.intervals(studies, np.broadcast_to(SITES, studies.shape))
    there = ~np.isnan(made.low)
    return float(((made.low <= p) & (p <= made.high))[there].mean()), float(np.median((made.high - made.low)[there])), \
        float(there.mean())  # fmt: skip


def test_intervals_hold_the_truth(capsys):
    started = perf_counter()
    found = {(p, icc): coverage(p, icc) for icc in LIKENESS for p in SHARES}
    seconds = perf_counter() - started
    rows = found.items()
    lines = [f"| {p} | {icc} | {held:.3f} | {width:.3f} | {there:.4f} |" for (p, icc), (held, width, there) in rows]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join([*lines, f"{len(found) * DRAWS:,} studies in {seconds:.1f} s"]) + "\n")
    for (p, _), (held, _, there) in found.items():
        assert there > 0.999
        assert 0.93 <= held <= 0.97 if 0.1 <= p <= 0.9 else held >= 0.93
