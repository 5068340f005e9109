"""Accessible PDF (PDF/UA-1) made by typst: fonts inside, no network. What people wrote travels as data and never as
source, so that nothing typed into a form can become part of the program."""

import json
from pathlib import Path

import typst
from django.http import HttpResponse

_ROOT = Path(__file__).parents[1]


def pdf(template: Path, content: dict) -> bytes:
    """The document that `template` makes of `content`, which it reads by `#import` of `sheet.typ`: see there."""
    return typst.compile(
        str(template),
        root=str(_ROOT),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )


def answer(document: bytes, *, name: str) -> HttpResponse:
    """As a download. `name` is a plain word: a file name must not say who somebody is."""
    return HttpResponse(
        document, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    )
