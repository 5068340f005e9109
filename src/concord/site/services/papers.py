"""A signed or served paper as it is kept: the picture or pages alone. Where and on what it was taken stays outside.

A photograph knows the place it was taken at, and a file from a phone or an office knows a person (34 USC 12291(b)(2)
covers location). Pictures are drawn anew; of a PDF only the pages are copied, and one that could act is refused.
"""

import io

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from concord.site.pages.objections import Objection

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 60_000_000
MOST_PAGES = 12
LONGEST_SIDE = 1800  # letters of a signed page stay readable, and a file stays small
SHADES = 16

PNG, PDF = "image/png", "application/pdf"
_PNG_STARTS, _JPEG_STARTS, _PDF_STARTS = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
#: What makes a PDF do something, or carry something that is not on its pages.
_ACTS = frozenset({"/JS", "/JavaScript", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/XFA", "/Movie",
                   "/Sound", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"})  # fmt: skip
#: What a page needs to be seen; notes, links, form fields, thumbnails and the program's own records are left behind.
_OF_A_PAGE = frozenset({"/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate"})
_TELLS = frozenset({"/Metadata", "/PieceInfo", "/LastModified", "/StructParent", "/StructParents", "/Alternates",
                    "/OPI", "/AF"})  # fmt: skip
_TYPES = "Choose a picture (PNG or JPEG) or a PDF. Other kinds of file are not kept."
_UNREADABLE = "This file cannot be read. Take the picture again, or scan the paper once more."


def clean(content: bytes, *, field: str) -> bytes:
    """The paper as PNG or PDF with nothing in it but what is seen. Raises Objection at `field`, saying what to do."""
    if len(content) > MOST_BYTES:
        raise Objection({field: "This file is larger than 8 MB. Take a smaller picture, or scan in grey."})
    if content.startswith((_PNG_STARTS, _JPEG_STARTS)):
        return _redrawn(content, field)
    if content.startswith(_PDF_STARTS):
        return _pages_alone(content, field)
    raise Objection({field: _TYPES})


def kind(content: bytes) -> str:
    """Its media type. Only what `clean` returned is ever asked."""
    return PDF if content.startswith(_PDF_STARTS) else PNG


def is_blank(content: bytes) -> bool:
    """Whether a drawing shows nothing: nobody signed. Only of what `clean` returned."""
    if kind(content) is PDF:
        return False
    darkest, lightest = Image.open(io.BytesIO(content)).convert("L").getextrema()
    return lightest - darkest < 32


# --- Pictures ---------------------------------------------------------------------------------------------------------


def _redrawn(content: bytes, field: str) -> bytes:
    """The pixels, upright, in grey and no larger than a page needs; everything else the file said is gone."""
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if picture.width * picture.height > MOST_PIXELS:
            raise Objection({field: "This picture is too large to open. Take it again with fewer pixels."})
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Objection({field: _UNREADABLE}) from None
    paper = Image.new("RGBA", upright.size, "white")  # a drawing on nothing is black on white, as on paper
    paper.alpha_composite(upright)
    grey = paper.convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new("L", grey.size)
    fresh.paste(grey)
    kept = io.BytesIO()
    fresh.quantize(SHADES).save(kept, "PNG", optimize=True)
    return kept.getvalue()


# --- PDF --------------------------------------------------------------------------------------------------------------


def _pages_alone(content: bytes, field: str) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Objection({field: "This PDF is locked with a password. Scan the paper again without one."})
        if not 0 < len(reader.pages) <= MOST_PAGES:
            raise Objection({field: f"A PDF of 1 to {MOST_PAGES} pages is kept here. Scan the signed form alone."})
        if _may_act(reader.trailer):
            raise Objection({field: "This PDF carries a script or attached files, and is refused. Scan the paper."})
        return _copied(reader)
    except Objection:
        raise
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise Objection({field: _UNREADABLE}) from None


def _copied(reader: PdfReader) -> bytes:
    writer = PdfWriter()
    for page in reader.pages:
        page = writer.add_page(page)
        for name in set(page) - _OF_A_PAGE:
            del page[name]
    for each in _everything(writer._root_object):
        for name in _TELLS & set(each):
            del each[NameObject(name)]
        if isinstance(each, StreamObject) and each.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            each._data = _without_remarks(each._data)
    writer.metadata = None
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _may_act(root) -> bool:
    """Whether anything that can be reached is of a kind that acts, or names an action of its own."""
    return any(
        _ACTS & set(each) or (each.get("/S") in _ACTS) or (each.get("/Type") in _ACTS) or each.get("/Subtype") in _ACTS
        for each in _everything(root)
    )


def _everything(root):
    """Every dictionary and stream that can be reached from `root`, each once."""
    waiting, seen = [root], set()
    while waiting:
        each = waiting.pop()
        each = each.get_object() if hasattr(each, "get_object") else each
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, DictionaryObject):
            yield each
            waiting += [each.raw_get(name) for name in list(each)]
        elif isinstance(each, ArrayObject):
            waiting += list(each)


def _without_remarks(jpeg: bytes) -> bytes:
    """A JPEG without its remarks and application segments, but for those that say how its colours are stored."""
    kept, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA:  # the picture itself begins
            break
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            kept += jpeg[at : at + 2 + length]
        at += 2 + length
    return bytes(kept) + jpeg[at:]
