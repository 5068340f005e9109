"""An invented study is whole: it reads, agrees with itself, and its truth is known."""

import pytest

from concord.casefile import bundle, checks
from concord.evaluation import invented
from concord.evaluation import study as studies
from concord.vocabulary import Grade


@pytest.mark.parametrize("drawn", ["random", "all", "hand_picked"])
def test_an_invented_study_has_no_error_however_it_was_drawn(tmp_path, drawn):
    invented.invented_study(tmp_path / "study", 7, sites=4, files=40, drawn=drawn)
    checked = checks.check_folder(tmp_path / "study")
    assert checked.errors == 0
    assert checked.counted["case"] == 40


def test_the_shareable_form_of_it_has_no_error_either(tmp_path):
    invented.invented_study(tmp_path / "study", 7, sites=4, files=40, grade=Grade.SHAREABLE)
    assert checks.check_folder(tmp_path / "study").errors == 0


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        invented.invented_study(tmp_path / name, 7, sites=3, files=20)
    assert (tmp_path / "one" / bundle.MANIFEST).read_bytes() == (tmp_path / "two" / bundle.MANIFEST).read_bytes()


def test_a_random_draw_asks_for_another_file_where_one_was_refused():
    chosen = invented.draw(invented.world(7), 226, "random", 7)
    assert sum(one.received for one in chosen) == 226
    assert any(one.by == "random" and one.refused for one in chosen)


def test_sites_hand_pick_files_that_went_well():
    made = invented.world(7)
    charged = {drawn: sum(one.file.charged for one in invented.draw(made, 226, drawn, 7) if one.received) / 226
               for drawn in ("random", "hand_picked")}  # fmt: skip
    assert charged["hand_picked"] > charged["random"] + 0.1
    assert charged["random"] == pytest.approx(made.charged_under_trafficking, abs=0.06)


def test_the_views_find_the_truth_of_the_world_again(tmp_path):
    made = invented.invented_study(tmp_path / "study", 3, sites=4, files=80, drawn="all")
    with studies.read(tmp_path / "study") as study:
        found = study.run("select count_if(charged_strict), count_if(prosecuted) from cases")
    assert found.rows == [(sum(file.charged for file in made.files), sum(file.prosecuted for file in made.files))]


def test_another_way_of_drawing_is_refused():
    with pytest.raises(ValueError, match="random, all or hand_picked"):
        invented.draw(invented.world(7, sites=2, files=10), 5, "convenience", 7)
