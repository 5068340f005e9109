"""What the numbers ask of the coordinator today."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.collaboration.views import coordinates
from concord.site.pages.records import Action
from concord.site.pages.worklist import Section, Work
from concord.site.reporting import board as boards

_SHOWN = 8


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    if not coordinates(viewer):
        return []
    found = boards.counts_of_viewer(viewer, boards.asked_quarter(""))
    return [_quarter(found), *_survivors(found)] if found else []


def _quarter(found: list[boards.Board]) -> Section:
    missing = [(board, agency) for board in found for agency in board.missing()]
    works = tuple(
        Work(what=_("%(agency)s has not published %(quarter)s")
             % {"agency": agency.name, "quarter": board.quarter.words},
             why=_("The dates of its files contradict each other; its privacy officer sees which.")
             if agency.pk in board.publications else board.task_force.name, url=_board(board))
        for board, agency in missing[:_SHOWN]
    )
    return Section(_("Is the quarter ready?"), works, empty=_("Every agency has published the last quarter."),
                   more=Action(_("The board"), reverse("reporting:board")), count=len(missing) or None)


def _survivors(found: list[boards.Board]) -> list[Section]:
    """Reviews of arrests of possible victims that are late or whose purpose does not conform: numbers, no case."""
    lines = (("arrest_reviews_overdue", _("Reviews past their 72 hours: %(n)s")),
             ("arrest_reviews_open:does_not_conform", _("Open reviews of arrests that do not conform: %(n)s")))
    works = tuple(
        Work(what=words % {"n": total.words}, url=f"{_board(board)}#arrests",
             why=_("%(name)s, at the end of %(quarter)s.") % {"name": board.task_force.name,
                                                              "quarter": board.quarter.words})
        for board in found for measure, words in lines
        if not (total := board.of(measure, board.quarter)).missing and total.least
    )
    return [Section(_("Were survivors arrested?"), works)] if works else []


def _board(board: boards.Board) -> str:
    return f"{reverse('reporting:board')}?in={board.task_force.pk}"
