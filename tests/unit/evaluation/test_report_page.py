"""The report as a web page."""

import re

import pytest
from lxml import html

from concord.disclosure.grids import Grid, Value, words
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.report.page import page
from concord.evaluation.sections import Picture
from tests.unit.evaluation import sample_report as sample


@pytest.fixture(scope="module")
def text():
    return page(sample.report())


@pytest.fixture(scope="module")
def tree(text):
    return html.document_fromstring(text)


def test_the_page_needs_no_script_and_no_other_file(text, tree):
    assert not tree.xpath("//script | //link | //img | //iframe | //*[@onclick]")
    assert "url(" not in text
    assert "@import" not in text


def test_landmarks_language_and_skip_link_are_there(tree):
    assert tree.get("lang") == "en"
    assert [len(tree.xpath(f"//{name}")) for name in ("header", "nav", "main", "h1")] == [1, 1, 1, 1]
    assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
    assert tree.xpath("//main/@id") == ["main"]


def test_every_link_leads_to_a_place_and_every_id_is_once(tree):
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in tree.xpath("//a/@href")} <= set(ids)
    named = {name for names in tree.xpath("//@aria-labelledby") for name in names.split()}
    assert named <= set(ids)


def test_every_table_has_a_caption_and_headers_both_ways(tree):
    tables = tree.xpath("//table")
    assert len(tables) == 5
    for table in tables:
        assert table.xpath("string(caption)")
        assert set(table.xpath("thead//th/@scope")) == {"col"}
        assert all(row.xpath("th/@scope") == ["row"] for row in table.xpath("tbody/tr"))


def test_every_picture_stands_in_a_figure_with_a_way_to_its_table(tree):
    figures = tree.xpath("//figure")
    assert len(figures) == 5
    for figure in figures:
        assert figure.xpath("figcaption//a/@href")[0].startswith("#table-")


def test_headings_step_down_one_at_a_time(tree):
    assert {heading.tag for heading in tree.xpath("//h1 | //h2 | //h3 | //h4")} == {"h1", "h2"}


def test_what_somebody_wrote_is_never_markup(text):
    assert "<script" not in text
    assert "\x00" not in text
    assert "&lt;script&gt;" in text


def test_no_colour_of_letters_is_too_pale(text):
    style = re.search(r":root \{(.*?)\}", text).group(1)
    for name in ("ink", "quiet", "link", "bar"):
        colour = re.search(rf"--{name}: #(\w{{6}})", style).group(1)
        assert contrast_with_white(colour) >= 4.5


def contrast_with_white(colour):
    parts = [int(colour[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_a_picture_of_no_table_is_refused():
    with pytest.raises(ValueError, match="draws the table funnel, which is not there"):
        Document("x", "", (), (ReadySection("a", "A", (sample.picture("funnel", sample.FUNNEL),)),))


@pytest.mark.parametrize("key", ["../up", "a/b", "", "a.b", ".hidden"])
def test_a_key_that_is_no_file_name_is_refused(key):
    with pytest.raises(ValueError, match="not a plain file name"):
        Document("x", "", (), (ReadySection(key, "A", ()),))


def test_two_tables_of_one_name_are_refused():
    with pytest.raises(ValueError, match="more than one table"):
        Document("x", "", (), (ReadySection("a", "A", (sample.FUNNEL, sample.FUNNEL)),))


def test_a_table_that_was_not_released_is_refused():
    grid = Grid("x", "x", words("Site"), ((Value("S1"),),))
    with pytest.raises(TypeError, match="a Grid cannot be printed; release it first"):
        Document("x", "", (), (ReadySection("a", "A", (grid,)),))


def test_a_picture_without_words_is_refused():
    picture = Picture("funnel", "funnel", "How far", " \x00 ")
    with pytest.raises(ValueError, match="no words for those who cannot see it"):
        Document("x", "", (), (ReadySection("a", "A", (picture, sample.FUNNEL)),))


def test_what_is_no_block_of_a_report_is_refused():
    with pytest.raises(TypeError, match="a dict cannot be printed"):
        Document("x", "", (), (ReadySection("a", "A", ({"people": 3},)),))


def test_a_section_may_have_any_name_and_its_link_still_leads_to_it():
    tree = html.document_fromstring(page(Document("x", "", (), (ReadySection("main", "A", ("Words.",)),))))
    assert tree.xpath("//nav//a/@href") == ["#section-main"]
    assert tree.xpath("//*[@id='section-main']")[0].tag == "h2"
    assert len(tree.xpath("//*[@id='main']")) == 1
