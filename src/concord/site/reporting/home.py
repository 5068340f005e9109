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
    found = boards.of_viewer(viewer)
    if found is None:
        return []
    return [_quarter(found), *_survivors(found)]


def _quarter(found) -> Section:
    works = tuple(
        Work(what=_("%(agency)s has not published %(quarter)s") % {"agency": a.name, "quarter": found.quarter.words},
             why=_("The dates of its files contradict each other; its privacy officer sees which.")
             if a.pk in found.publications else "")
        for a in found.missing()[:_SHOWN]
    )
    return Section(_("Is the quarter ready?"), works, empty=_("Every agency has published the last quarter."),
                   more=Action(_("The board"), reverse("reporting:board")), count=len(found.missing()) or None)


def _survivors(found) -> list[Section]:
    """Reviews of arrests of possible victims that are late or whose purpose does not conform: numbers, no case."""
    lines = (("arrest_reviews_overdue", _("Reviews past their 72 hours: %(n)s")),
             ("arrest_reviews_open:does_not_conform", _("Open reviews of arrests that do not conform: %(n)s")))
    works = tuple(
        Work(what=words % {"n": total.words}, why=_("At the end of %(quarter)s.") % {"quarter": found.quarter.words},
             url=f"{reverse('reporting:board')}#arrests")
        for measure, words in lines
        if not (total := found.of(measure, found.quarter)).missing and total.least
    )
    return [Section(_("Were survivors arrested?"), works)] if works else []
