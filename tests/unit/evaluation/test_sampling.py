import pytest

from concord.evaluation import sampling

FRAME = [
    {"file_id": f"{site}{number}", "site_id": site, "eligible": number != 3}
    for site in ("north", "south")
    for number in range(1, 11)
]


def test_the_same_seed_draws_the_same_files_whatever_the_order_of_the_frame():
    assert sampling.draw(FRAME, 4, seed=7) == sampling.draw(FRAME[::-1], 4, seed=7)
    assert sampling.draw(FRAME, 4, seed=7) != sampling.draw(FRAME, 4, seed=8)


def test_only_eligible_files_are_drawn_or_held_in_reserve():
    made = sampling.draw(FRAME, 4, seed=1)
    assert {len(files) for _, files in made} == {4}
    assert not {"north3", "south3"} & {*sum(made.drawn.values(), ()), *sum(made.reserve.values(), ())}


def test_a_file_added_later_changes_no_lot_of_another():
    before = sampling.draw(FRAME, 9, seed=1).drawn["north"]
    after = sampling.draw([*FRAME, {"file_id": "new", "site_id": "north", "eligible": True}], 9, seed=1)
    kept = [one for one in (*after.drawn["north"], *after.reserve["north"]) if one != "new"]
    assert tuple(kept) == before


def test_every_file_is_as_likely_as_another():
    times = sum("north1" in sampling.draw(FRAME, 3, seed=seed).drawn["north"] for seed in range(900))
    assert 250 < times < 350


@pytest.mark.parametrize("take", [0, 10, {"west": 1}])
def test_a_draw_that_cannot_be_made_says_of_which_stratum(take):
    with pytest.raises(sampling.DrawError, match="stratum (north|west): .* eligible files"):
        sampling.draw(FRAME, take, seed=1)


def test_a_file_twice_in_the_frame_is_told():
    with pytest.raises(sampling.DrawError, match="twice"):
        sampling.draw([*FRAME, FRAME[0]], 2, seed=1)


def test_the_draw_is_written_into_the_frame():
    rows = sampling.framed(FRAME, sampling.draw(FRAME, 2, seed=5))
    drawn = [row for row in rows if row.get("selected_by") == "random"]
    assert len(drawn) == 4
    assert {row["seed"] for row in drawn} == {5}
    assert len(rows) == len(FRAME)
