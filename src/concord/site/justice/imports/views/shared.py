"""What the pages of real input share: sums, reasons and the rejected rows of a dry run."""

import io

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from concord.casefile.reading import Problem
from concord.law.wall import Viewer
from concord.site.justice.imports.reports import Sums, write_problems
from concord.site.pages.lists import Column
from concord.vocabulary import Sector

SHOWN = 50


def sum_columns() -> list[Column]:
    return [
        Column(_("File"), "file", first=True),
        Column(_("Rows read"), "rows", numeric=True),
        Column(_("Accepted"), "accepted", numeric=True),
        Column(_("Rejected"), "rejected", numeric=True),
    ]


def require(by: Viewer, *sectors: Sector) -> None:
    if by.sector not in sectors:
        raise Http404


def problem_columns() -> list[Column]:
    return [
        Column(_("Where"), lambda p: f"{p.file}, {p.row}" if p.row else p.file, first=True),
        Column(_("Column"), "column"),
        Column(_("What is wrong"), "reason"),
        Column(_("What to do"), "what_to_do"),
    ]


def reason_columns() -> list[Column]:
    return [
        Column(_("File"), lambda r: r[0], first=True),
        Column(_("Column"), lambda r: r[1]),
        Column(_("What is wrong"), lambda r: r[2]),
        Column(_("Rows"), lambda r: r[3], numeric=True),
    ]


def shown(sums: Sums) -> dict:
    """The sums of a dry run as its page shows them."""
    return {
        "sums": [one.as_dict for one in sums.tables.values() if one.rows],
        "sum_columns": sum_columns(), "all": sums,
        "problems": sums.problems[:SHOWN], "problem_columns": problem_columns(),
        "more_problems": max(0, len(sums.problems) - SHOWN),
    }  # fmt: skip


def as_csv(problems: list[Problem]) -> HttpResponse:
    """The rejected rows as a file to save."""
    text = io.StringIO(newline="")
    write_problems(problems, text)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rejected-rows.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
