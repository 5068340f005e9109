"""What waits because of files that were taken in; nothing at all for an agency that took none in."""

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.justice.codes import RereadStatus
from concord.site.justice.imports.charges import COURT_SIDE
from concord.site.justice.imports.reread import BY_CODE
from concord.site.justice.models import CourtDefendant, RereadItem
from concord.site.pages.records import Action
from concord.site.pages.worklist import Section, Work
from concord.vocabulary import Role, Sector

MOST = 3
READS_AGAIN = (Role.DETECTIVE, Role.SUPERVISOR)
MATCHES = (Role.DETECTIVE, Role.PROSECUTOR, Role.SUPERVISOR)


def sections(by: Viewer) -> list[Section]:
    found = []
    if by.sector is Sector.LAW_ENFORCEMENT and by.has(*READS_AGAIN):
        found.append(_to_read_again(by))
    if by.sector in COURT_SIDE and by.has(*MATCHES):
        found.append(_to_match(by))
    return [section for section in found if section.works]


def _to_read_again(by: Viewer) -> Section:
    rows = RereadItem.objects.filter(agency_id=by.agency, status=RereadStatus.WAITING).select_related("incident")
    works = tuple(Work(
        _("Incident %(number)s") % {"number": item.incident.nibrs_id},
        why="; ".join(BY_CODE[code].says for code in item.rules if code in BY_CODE),
        url=reverse("justice:reread_item", args=[item.pk]),
    ) for item in rows.defer("note").order_by("created_at", "id")[:MOST])
    return Section(_("Incidents to read again"), works, more=Action(_("All of them"), reverse("justice:reread")))


def _to_match(by: Viewer) -> Section:
    rows = CourtDefendant.objects.filter(agency_id=by.agency, person=None, set_aside_on=None)
    works = tuple(Work(
        _("Docket %(docket)s") % {"docket": row.docket}, why=_("Charges wait until somebody says whose they are"),
        url=reverse("justice:defendant", args=[row.pk]),
    ) for row in rows.order_by("created_at", "id")[:MOST])
    return Section(_("Defendants to match"), works, more=Action(_("All of them"), reverse("justice:defendants")))
