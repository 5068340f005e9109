"""What is kept of a scanned paper: what is seen on it, and nothing that says where or by whom it was taken."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from concord.site.pages.objections import Objection
from concord.site.services import papers

PLACE = "planted street"


def picture(kind="PNG", size=(400, 200), mode="RGB", **more):
    drawn = Image.new(mode, size, "white")
    drawn.paste("black", (40, 40, 90, 60))
    file = io.BytesIO()
    drawn.save(file, kind, **more)
    return file.getvalue()


def photograph():
    """As a phone makes one: turned, with a place."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = PLACE, 6
    return picture("JPEG", exif=exif.tobytes())


def pdf(*, change=None, image=None):
    writer = PdfWriter()
    if image:
        scanned = io.BytesIO()
        Image.open(io.BytesIO(image)).save(scanned, "PDF", author=PLACE)
        writer.append(io.BytesIO(scanned.getvalue()))
        for drawn in writer.pages[0]["/Resources"]["/XObject"].values():
            drawn.get_object()._data = image  # as a scanner puts it in: the camera's own file
    else:
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": PLACE})
    if change:
        change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def refusal(content):
    with pytest.raises(Objection) as refused:
        papers.clean(content, field="scan")
    return refused.value.found["scan"]


@pytest.mark.parametrize("content", [photograph(), pdf(image=photograph())])
def test_nothing_but_the_picture_is_kept(content):
    assert PLACE.encode() in content or PLACE.encode("utf-16-be") in content

    kept = papers.clean(content, field="scan")

    assert PLACE.encode() not in kept
    assert PLACE.encode("utf-16-be") not in kept
    assert b"Exif" not in kept


def test_a_turned_photograph_is_upright():
    kept = Image.open(io.BytesIO(papers.clean(photograph(), field="scan")))
    assert kept.size == (200, 400)


def test_a_large_picture_becomes_one_that_a_page_needs():
    kept = papers.clean(picture(size=(4000, 3000)), field="scan")
    assert max(Image.open(io.BytesIO(kept)).size) == papers.LONGEST_SIDE


def test_a_drawing_on_nothing_is_seen_and_an_empty_one_is_known():
    drawn = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    assert papers.is_blank(papers.clean(file.getvalue(), field="scan"))
    assert not papers.is_blank(papers.clean(picture(), field="scan"))


def test_the_pages_of_a_pdf_are_kept():
    kept = papers.clean(pdf(image=photograph()), field="scan")
    assert papers.kind(kept) == papers.PDF
    pages = PdfReader(io.BytesIO(kept)).pages
    assert len(pages) == 1
    assert len(pages[0].images) == 1
    assert not PdfReader(io.BytesIO(kept)).metadata


def _script(writer):
    writer._root_object[NameObject("/Names")] = DictionaryObject(
        {NameObject("/JavaScript"): DictionaryObject({NameObject("/JS"): TextStringObject("app.alert(1)")})}
    )


def _opening_action(writer):
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("x")}
    )


@pytest.mark.parametrize(
    "change",
    [
        _script,
        lambda writer: writer.add_attachment("more.txt", b"more"),
        _opening_action,
    ],
    ids=["script", "attachment", "action"],
)
def test_a_pdf_that_could_act_is_refused(change):
    assert "script or attached files" in refusal(pdf(change=change))


def test_a_locked_pdf_is_refused():
    assert "password" in refusal(pdf(change=lambda writer: writer.encrypt("x", algorithm="RC4-128")))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"GIF89a" + bytes(50), "PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG or JPEG"),
        (b"", "PNG or JPEG"),
        (picture()[:60], "cannot be read"),
        (b"%PDF-1.7 nothing", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(papers.MOST_BYTES), "8 MB"),
    ],
)
def test_what_is_no_paper_is_refused_and_says_what_to_do(content, says):
    assert says in refusal(content)
