"""The lesson sets a study of drawn files and one of picked files beside the truth of their invented world."""

from datetime import UTC, datetime

import pytest
from lxml import html

from concord.casefile import bundle
from concord.evaluation import lesson as lessons
from concord.evaluation import study as studies

CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("lesson") / "out"
    lessons.write_lesson(out, 1, CREATED)
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return lessons.lesson(tmp_path_factory.mktemp("made"), 1, CREATED)


def test_the_random_study_holds_the_truth_and_the_picked_one_is_off_without_an_interval(made):
    picked = made.told["hand_picked"]
    assert made.holds("random")
    assert picked.figure.share > made.truth + 0.10
    assert picked.interval is None
    assert picked.figure.bounds[0] <= made.truth <= picked.figure.bounds[1]


def test_done_again_and_again_intervals_of_draws_hold_the_truth_and_picks_stay_off(made):
    assert made.told["random"].covered >= 0.93 * lessons.DRAWS
    assert min(made.told["random"].again) < made.truth < max(made.told["random"].again)
    assert min(made.told["hand_picked"].again) > made.truth


def test_both_studies_can_be_evaluated_and_name_their_question(folder):
    for drawn in ("random", "hand_picked"):
        with studies.read(folder / drawn) as study:
            assert study.drawn == drawn
            assert study.protocol.registered("cases.charged_strict")


def test_the_page_says_the_numbers_that_the_studies_gave(folder, made):
    page = html.fromstring((folder / "lesson.html").read_text(encoding="utf-8"))
    text = " ".join(page.text_content().split())
    assert f"{made.truth:.1%}" in text
    assert f"It finds {made.told['hand_picked'].figure.share:.1%}" in text
    assert "Concord refuses to print an interval" in text
    assert len(page.xpath("//svg//circle")) == 2


def test_the_page_needs_no_script_and_no_other_file(folder):
    page = html.fromstring((folder / "lesson.html").read_text(encoding="utf-8"))
    assert not page.xpath("//script | //img | //link | //@src")
    assert page.xpath("//svg[@role='img']/title/text()")[0].startswith("The truth is")


def test_the_same_seed_writes_the_same_page_and_bundles(folder, tmp_path):
    lessons.write_lesson(tmp_path / "again", 1, CREATED)
    for name in ("lesson.html", "random/manifest.json", "hand_picked/manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(bundle.BundleError, match="not an empty folder"):
        lessons.write_lesson(tmp_path, 1, CREATED)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
