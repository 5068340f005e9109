"""Somebody may want services: the provider is told over the bridge, and all that comes back is "received"."""

from uuid import UUID

from django.utils import timezone

from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.justice.actions.common import change, in_one_step, own, today
from concord.site.justice.models import Lead, Person, SentReferral
from concord.vocabulary import ReferralKind


@in_one_step
def refer_to_services(
    *, id: UUID, to_agency: UUID, content: dict, by: Viewer, lead: Lead | None = None, person: Person | None = None
) -> SentReferral:
    """Refer the person of a lead, or a person of an investigation. Safe to repeat with the same id."""
    existing = SentReferral.objects.filter(agency_id=by.agency, pk=id).first()
    if existing:
        return existing
    sent = SentReferral.objects.create(
        id=id, **own(by), kind=ReferralKind.SERVICES, to_agency_id=to_agency, content=content, sent_at=timezone.now(),
        lead_id=lead and lead.pk, person_id=person and person.pk,
        investigation_id=person and person.investigation_id)
    if person and person.referred_to_services_on is None:
        change(person, {"referred_to_services_on": today()})
    bridge.refer(id=id, kind=ReferralKind.SERVICES, to_agency=to_agency, content=content, by=by)
    return sent


def sweep(by: Viewer) -> int:
    """Finish referrals that a crash left between two stores, and forget the content of those that arrived."""
    waiting = list(SentReferral.objects.filter(agency_id=by.agency, bridge_done=False)[:200])
    return sum(_finish(sent, by) for sent in waiting)


def _finish(sent: SentReferral, by: Viewer) -> bool:
    """False where it cannot be sent now (an agreement has ended, say): it stays open and is tried again."""
    try:
        bridge.refer(id=sent.pk, kind=ReferralKind(sent.kind), to_agency=sent.to_agency_id, content=sent.content,
                     by=by)
    except bridge.Objection:
        return False
    sent.content, sent.bridge_done = None, True
    sent.save(update_fields=["content", "bridge_done"])
    return True


def sent_for(by: Viewer, **about) -> list[SentReferral]:
    """What the viewer's agency sent about a lead or a person, newest first."""
    return list(SentReferral.objects.filter(agency_id=by.agency, **about).order_by("-sent_at"))
