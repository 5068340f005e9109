"""Limits are told from a study's design, each with the number it rests on, and none can be left out."""

from dataclasses import replace
from math import comb

import pytest

from concord.evaluation.limits import Design, Limit, limits

SOUND = Design(
    sites=40, frame_sites=40, sites_chosen="all", drawn="all", files=1_000, eligible=1_000, labor=300,
    followed_to="2024-06-30", interviews=60, survivors=20, missing={"Race of suspects": (10, 1_000)},
)  # fmt: skip
ECM = Design(sites=8, sites_without_files=2, frame_sites=47, drawn="hand_picked", files=226, closed_only=True, labor=15,
             interviews=143, survivors=0)  # fmt: skip


def told(design: Design) -> dict[str, Limit]:
    return {limit.key: limit for limit in limits(design)}


def test_a_study_without_these_weaknesses_is_told_none():
    assert limits(SOUND) == ()


def test_the_ecm_evaluation_gets_every_limit_that_it_states_for_itself():
    found = told(ECM)
    assert {"sites_chosen", "sites_without_files", "few_sites", "files_chosen", "closed_only", "labor",
            "survivors"} <= set(found)  # fmt: skip
    assert str(found["sites_chosen"]).endswith("(10 of 47 sites)")
    assert str(found["sites_without_files"]).endswith("(2 of 10 sites)")
    assert str(found["labor"]).endswith("(15 of 226 cases)")
    assert str(found["survivors"]).endswith("(0 of 143 people interviewed)")


@pytest.mark.parametrize(
    ("change", "key", "rests_on"),
    [
        ({"sites_chosen": "purposive"}, "sites_chosen", "(40 of 40 sites)"),
        ({"sites_without_files": 3}, "sites_without_files", "(3 of 43 sites)"),
        ({"sites": 5}, "few_sites", "(5 sites)"),
        ({"sites": 8}, "few_sites", "(8 sites)"),
        ({"drawn": "hand_picked"}, "files_chosen", "(1,000 of 1,000 files)"),
        ({"eligible": None}, "no_frame", "cannot be known."),
        ({"refused": 12}, "refused", "(12 files)"),
        ({"closed_only": True}, "closed_only", "(0 of 1,000 cases open)"),
        ({"labor": 199}, "labor", "(199 of 1,000 cases)"),
        ({"survivors": 0}, "survivors", "(0 of 60 people interviewed)"),
        ({"survivors": None, "interviews": None}, "survivors", "wrote down."),
        ({"thin": 7}, "thin", "(7 of 1,000 cases)"),
        ({"immature": 90}, "immature", "(90 of 1,000 cases)"),
        ({"followed_to": ""}, "not_followed", "from any case."),
        ({"missing": {"Race of suspects": (51, 1_000)}}, "missing Race of suspects", "(51 of 1,000 blank)"),
        ({"suppressed": 4}, "suppressed", "(4 cells)"),
    ],
)
def test_each_weakness_is_told_alone_with_its_number(change, key, rests_on):
    (limit,) = limits(replace(SOUND, **change))
    assert limit.key == key
    assert str(limit).endswith(rests_on)


@pytest.mark.parametrize(("sites", "says"), [(6, "can reach p below .05"), (7, "only large differences")])
def test_six_sites_are_told_that_no_comparison_can_reach_05(sites, says):
    assert says in told(replace(SOUND, sites=sites))["few_sites"].says
    ways = [comb(sites, ones) / (2 if 2 * ones == sites else 1) for ones in range(1, sites)]
    assert (1 / max(ways) > 0.05) is (sites == 6)


def test_a_variable_that_nobody_was_asked_is_no_limit():
    assert limits(replace(SOUND, missing={"Race of victims": (0, 0)})) == ()
