"""Pictures of tables."""

from xml.etree import ElementTree

import pytest

from concord.disclosure.grids import Grid, Kind, Value, words
from concord.evaluation.report.pictures import draw
from concord.evaluation.sections import Picture
from tests.unit.evaluation import sample_report as sample

SVG = "{http://www.w3.org/2000/svg}"


def drawn(name, grid):
    (svg,) = draw(sample.picture(name, grid), grid, mark="p1")
    return ElementTree.fromstring(svg)


def letters(svg):
    return " | ".join(text.text for text in svg.iter(f"{SVG}text"))


@pytest.mark.parametrize(("name", "grid"), sample.DRAWN)
def test_a_picture_says_what_it_shows_to_who_cannot_see_it(name, grid):
    svg = drawn(name, grid)
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "p1-1-t p1-1-d"
    assert [svg.find(f"{SVG}title").get("id"), svg.find(f"{SVG}desc").get("id")] == ["p1-1-t", "p1-1-d"]
    assert svg.find(f"{SVG}desc").text == f"What {grid.title} shows."


@pytest.mark.parametrize(("name", "grid"), sample.DRAWN)
def test_the_same_table_gives_the_same_bytes(name, grid):
    assert draw(sample.picture(name, grid), grid, mark="p1") == draw(sample.picture(name, grid), grid, mark="p1")


@pytest.mark.parametrize(("name", "grid"), [pair for pair in sample.DRAWN if pair[0] != "curves"])
def test_a_blank_is_written_where_its_mark_would_be(name, grid):
    assert sample.HIDDEN in letters(drawn(name, grid))


@pytest.mark.parametrize("name", ["forest", "disparity", "agreement"])
def test_what_was_left_in_a_hidden_value_moves_no_stroke(name):
    def picture(**left):
        hidden = Value(left.pop("shown", None), Kind.NUMBER, missing=sample.HIDDEN, **left)
        rows = ((Value("A"), sample.ratio(0.5, 0.2, 0.9)), (Value("B"), hidden))
        return draw(Picture(name, "x", "x", "x"), Grid("x", "x", words("Row", "Ratio"), rows), mark="p1")

    assert picture() == picture(shown=0.7, low=0.1, high=99.0)


def test_a_line_has_a_gap_where_a_value_is_hidden():
    lines = [path for path in drawn("curves", sample.TIMES).iter(f"{SVG}path") if path.get("stroke-width") == "2.5"]
    assert len(lines) == 1 + 2 + 2  # sex in one piece, labor in two, and both in the legend


def test_a_line_that_is_hidden_whole_says_so_beside_its_name():
    rows = tuple((Value(day, Kind.DAYS), sample.share(0.1), sample.blank(Kind.SHARE)) for day in (0, 30))
    svg = drawn("curves", Grid("x", "x", words("Days", "Sex", "Labor"), rows))
    assert letters(svg).startswith(f"Sex | Labor: {sample.HIDDEN} | ")


def test_a_ratio_of_one_stands_where_both_sides_are_equal():
    even = Grid("x", "x", words("Stage", "Ratio"), ((Value("A"), sample.ratio(1.0, 0.5, 2.0)),))
    circle = drawn("disparity", even).find(f"{SVG}circle")
    assert float(circle.get("cx")) == pytest.approx((4 + 326) / 2)


def test_an_interval_that_leaves_the_picture_ends_in_an_arrow():
    wide = Grid("x", "x", words("Stage", "Ratio"), ((Value("A"), sample.ratio(3.0, 0.5, 5000.0)),))
    closed = [path for path in drawn("disparity", wide).iter(f"{SVG}path") if path.get("d").endswith("Z")]
    assert len(closed) == 1


@pytest.mark.parametrize("name", ["funnel", "forest", "disparity", "agreement", "curves"])
def test_a_table_with_everything_hidden_is_still_drawn(name):
    first = Value(30, Kind.DAYS) if name == "curves" else Value("A")
    rows = ((first, sample.blank(Kind.COUNT), sample.blank(Kind.SHARE)),)
    assert drawn(name, Grid("x", "x", words("Row", "n", "Share"), rows)).find(f"{SVG}title") is not None


@pytest.mark.parametrize("name", ["forest", "agreement", "disparity", "funnel", "curves"])
def test_a_table_without_the_columns_is_refused_by_name(name):
    with pytest.raises(ValueError, match="the table notes"):
        draw(Picture(name, "notes", "x", "x"), Grid("notes", "x", words("A"), ((Value("b"),),)), mark="p1")


def test_an_unknown_picture_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="agreement, curves, disparity, forest, funnel"):
        draw(Picture("pie", "funnel", "x", "x"), sample.FUNNEL, mark="p1")


def figures(rows):
    """A table as the sections lay figures out: of each stage, all and by type, the interval in a column of words."""
    return Grid("x", "x", words("Stage", "Type", "Reached", "Of", "Share", "Interval or worst case"), tuple(
        (Value(stage), Value(kind), Value(57, Kind.COUNT), Value(226, Kind.COUNT), sample.share(0.252),
         Value("worst case 15.5% to 38.2%", low=0.155, high=0.382)) for stage, kind in rows))


def test_rows_are_grouped_by_what_changes_least_often():
    rows = [(stage, kind) for kind in ("All", "Sex") for stage in ("Arrested", "Charged", "Tried")]
    svg = drawn("funnel", figures(rows))
    bold = [text.text for text in svg.iter(f"{SVG}text") if text.get("font-weight") == "700"]
    assert bold == ["All", "Sex"]


def test_an_interval_in_words_beside_the_share_is_drawn_and_said():
    svg = drawn("funnel", figures([("Arrested", "All")]))
    assert "57 of 226" in letters(svg).replace(" | ", " ")
    assert "worst" in letters(svg)
    assert len(list(svg.iter(f"{SVG}path"))) == 4  # the line, white behind it, and its two ends


def test_a_long_table_becomes_several_pictures_on_one_scale():
    rows = [(f"Stage {at}", kind) for kind in ("All", "Sex", "Labor") for at in range(8)]
    picture = Picture("forest", "x", "Sites", "What they show.")
    one, two = (ElementTree.fromstring(svg) for svg in draw(picture, figures(rows), mark="p1"))
    assert [svg.find(f"{SVG}title").text for svg in (one, two)] == ["Sites (part 1 of 2)", "Sites (part 2 of 2)"]
    assert letters(one).count("Stage") == 16
    assert letters(two).startswith("Labor")
    assert letters(one).split(" | ")[-3:] == letters(two).split(" | ")[-3:]


def test_no_group_is_lost_when_it_is_longer_than_a_page():
    rows = [(f"Site {at}", "All") for at in range(50)]
    drawings = draw(Picture("forest", "x", "x", "x"), figures(rows), mark="p1")
    assert [drawing.count("Site ") for drawing in drawings] == [17, 17, 16]


def test_a_second_column_that_is_the_same_in_every_row_is_not_drawn():
    assert "All" not in letters(drawn("forest", figures([("Arrested", "All"), ("Charged", "All")])))


@pytest.mark.parametrize("odd", [1e-12, -1.0, 1e12, float("nan"), float("inf"), None])
@pytest.mark.parametrize("name", ["forest", "disparity", "agreement", "curves"])
def test_no_odd_number_breaks_a_picture(name, odd):
    value = Value(odd, Kind.NUMBER, sample.PUBLIC, float("nan"), float("inf"))
    rows = ((Value(-30, Kind.DAYS), value), (Value(60, Kind.DAYS), value))
    strokes = draw(sample.picture(name, sample.SITES), Grid("x", "x", words("Days", "n"), rows), mark="p1")[0]
    assert "nan" not in strokes.split("</desc>")[1].replace("not computed", "")
