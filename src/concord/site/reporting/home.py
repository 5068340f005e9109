"""What the numbers ask of the coordinator today."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.collaboration.views import coordinates
from concord.site.pages.records import Action, Status
from concord.site.pages.worklist import MOST, Section, Work
from concord.site.reporting import board as boards
from concord.site.reporting.periods import Period
from concord.site.reporting.sharing import BY_NAME

#: Where labor is looked at on a home: at the beginning, in the middle and at the end. The board has every stage.
_LABOR = ("leads_received", "investigations_opened", "persons_convicted")


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    """Four questions, a line a task force: numbers with what they are out of, and no case."""
    if not coordinates(viewer):
        return []
    found = boards.of_viewer(viewer, boards.asked_quarter(""))
    return [_new(found), _quarter(found), _labor(found), _survivors(found)] if found else []


def _new(found: list[boards.Board]) -> Section:
    def words(board):
        leads = board.of("leads_received", board.quarter)
        soon = board.share("leads_decided:within_3_days", "leads_decided", board.quarter)
        sent = board.of("referrals_sent", board.quarter)
        return _("%(leads)s leads came in; decided within three days: %(soon)s; referrals sent: %(sent)s") % {
            "leads": leads.words, "soon": soon.words, "sent": sent.words}

    return Section(_("What is new?"), tuple(_line(board, words(board), board.quarter, "new") for board in found),
                   more=Action(_("The board"), reverse("reporting:board")))


def _quarter(found: list[boards.Board]) -> Section:
    missing = [(board, agency) for board in found for agency in board.missing()]
    works = tuple(
        Work(what=_("%(agency)s has not published %(quarter)s")
             % {"agency": agency.name, "quarter": board.quarter.words},
             why=_("The dates of its files contradict each other; its privacy officer sees which.")
             if agency.pk in board.publications else board.task_force.name, url=_board(board))
        for board, agency in missing[:MOST]
    )
    ready = Work(_("Every agency has published %(quarter)s") % {"quarter": found[0].quarter.words},
                 url=reverse("reporting:board"), status=Status(_("Ready"), "good"))
    return Section(_("Is the quarter ready?"), works or (ready,), count=len(missing) or None,
                   more=Action(_("The board"), reverse("reporting:board")))


def _labor(found: list[boards.Board]) -> Section:
    def words(board):
        return "; ".join(f"{_(BY_NAME[stage].says)}: {board.labor(stage).words}" for stage in _LABOR)

    return Section(_("Is labor falling behind?"),
                   tuple(_line(board, words(board), board.year, "labor") for board in found),
                   more=Action(_("The board"), f"{reverse('reporting:board')}#labor"))


def _survivors(found: list[boards.Board]) -> Section:
    """Arrests of possible victims, for which purpose, and reviews that are late."""
    def line(board):
        arrested, late = board.of("possible_victims_arrested", board.quarter), board.of(_LATE, board.quarter)
        against = board.of("possible_victims_arrested:does_not_conform", board.quarter)
        words = _("Possible victims arrested: %(arrested)s; for a purpose that does not conform: %(against)s; reviews "
                  "past their 72 hours: %(late)s") % {
            "arrested": arrested.words, "against": against.words, "late": late.words}
        status = Status(_("Reviews are late"), "danger") if not late.missing and late.least else None
        return _line(board, words, board.quarter, "arrests", status)

    return Section(_("Were survivors arrested?"), tuple(map(line, found)),
                   more=Action(_("The board"), f"{reverse('reporting:board')}#arrests"))


_LATE = "arrest_reviews_overdue"


def _line(board: boards.Board, words: str, period: Period, part: str, status: Status | None = None) -> Work:
    return Work(words, why=f"{board.task_force.name}, {period.words}", url=f"{_board(board)}#{part}", status=status)


def _board(board: boards.Board) -> str:
    return f"{reverse('reporting:board')}?in={board.task_force.pk}"
