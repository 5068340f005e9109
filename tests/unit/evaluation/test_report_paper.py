"""The report as a tagged PDF."""

import io
from collections import Counter

import pytest
from pypdf import PdfReader

from concord.disclosure.grids import Grid, Value, words
from concord.evaluation.report.document import Document, ReadySection
from concord.evaluation.report.paper import paper
from tests.unit.evaluation import sample_report as sample


@pytest.fixture(scope="module")
def reader():
    return PdfReader(io.BytesIO(paper(sample.report())))


def elements(node):
    """Every structure element below a node of the tag tree."""
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield node
    below = node.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        yield from elements(child)


@pytest.fixture(scope="module")
def tags(reader):
    return list(elements(reader.trailer["/Root"]["/StructTreeRoot"]))


def test_the_paper_is_tagged_titled_and_in_english(reader):
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Evaluation of eight task forces"


def test_sections_tables_and_pictures_are_what_they_are_tagged_as(tags):
    kinds = Counter(tag["/S"] for tag in tags)
    assert (kinds["/Document"], kinds["/H1"], kinds["/Table"], kinds["/Figure"]) == (1, 6, 5, 5)
    assert kinds["/TOCI"] == 5  # the sixth heading is that of the contents
    assert kinds["/TH"] == sum(len(grid.headings) for _, grid in sample.DRAWN)


def test_every_picture_has_its_words(tags):
    assert [tag["/Alt"] for tag in tags if tag["/S"] == "/Figure"] == [
        f"What {grid.title} shows." for _, grid in sample.DRAWN]


def test_what_somebody_wrote_is_printed_and_not_run(reader):
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert '#eval("1")' in text.replace("“", '"').replace("”", '"')
    assert "*b*" in text


def test_numbers_on_paper_are_those_on_the_page(reader):
    text = " ".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ")
    assert "25.2 % (15.5 to 38.2)" in text
    assert "withheld" in text


def test_a_table_of_few_long_rows_goes_on_over_the_page():
    rows = tuple((Value(f"Item {at}"), Value("said at length " * 60), Value(f"end {at}")) for at in range(12))
    (grid,) = sample.released(Grid("long", "Long", words("Item", "Words", "End"), rows))
    reader = PdfReader(io.BytesIO(paper(Document("x", "", (), (ReadySection("a", "A", (grid,)),)))))
    assert len(reader.pages) > 1
    assert "end 11" in reader.pages[-1].extract_text()


def test_letters_that_the_fonts_lack_are_written_by_their_code():
    document = Document("Z\u00fcrich", "", (), (ReadySection("a", "A", ("Called \u65e5 and caf\u00e9.",)),))
    text = PdfReader(io.BytesIO(paper(document))).pages[0].extract_text()
    assert "Called [U+65E5] and caf\u00e9." in text
    assert "Z\u00fcrich" in text
