"""Cluster-robust errors and the wild-cluster test on the published voters example: 300 voters in 40 groups."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from concord.evaluation import comparing, imputation

SHARED = Path(os.environ.get("CONCORD_SHARED", Path(__file__).parents[4] / "shared"))
VOTERS = SHARED / "data" / "did" / "voters.csv"


@pytest.fixture(scope="module")
def voters():
    """Columns of the model (treatment first), the vote, and the group of each voter."""
    if not VOTERS.is_file():
        pytest.skip("the public files are not here: set CONCORD_SHARED to the folder that holds data/")
    with VOTERS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in ("treatment", "ideology1", "log_income")}
    for name in ("Q1_immigration", "Q2_defense"):
        for level in sorted({row[name] for row in rows})[1:]:
            columns[f"{name} {level}"] = np.array([row[name] == level for row in rows], float)
    return columns, np.array([float(row["proposition_vote"]) for row in rows]), [row["group_id1"] for row in rows]


def test_the_coefficient_and_its_cluster_robust_error_are_the_reference(voters):
    """R and fwildclusterboot: .0753 (SE .0196), t 3.843."""
    columns, vote, groups = voters
    fit = imputation.least_squares("vote", list(columns), groups)
    _, estimates, variances, df = fit(columns | {"vote": vote})
    assert (estimates[1], np.sqrt(variances[1])) == (pytest.approx(0.0753, abs=5e-5), pytest.approx(0.0196, abs=5e-5))
    assert (estimates[1] / np.sqrt(variances[1]), df) == (pytest.approx(3.843, abs=5e-4), 39)


def test_the_wild_cluster_p_is_the_reference_within_its_draws(voters):
    """fwildclusterboot: p about .0006; 9,999 draws of signs leave a standard error of .00024."""
    columns, vote, groups = voters
    found = comparing.wild_cluster_test(vote, np.column_stack(list(columns.values())), groups, 0, feature="treatment")
    assert found.p == pytest.approx(0.0006, abs=0.0007)
    assert not found.exact
