"""Leads: from the first question to a decision with a reason. Who asked us for help is never kept here."""

import datetime as dt
from uuid import UUID

from concord.law import safeguards
from concord.law.wall import Viewer
from concord.site.bridge import actions as bridge
from concord.site.bridge.models import Referral
from concord.site.justice.actions import cases
from concord.site.justice.actions.common import change, in_one_step, own, reference, today
from concord.site.justice.codes import LeadDecision
from concord.site.justice.models import Investigation, Lead, LeadLink, ReferralAnswer
from concord.site.pages.objections import Objection
from concord.site.stores import audit
from concord.vocabulary import (
    AgeGroup,
    Answer,
    CallerPermission,
    ContactRoute,
    LeadSource,
    NoActionReason,
    ReferralKind,
    TraffickingType,
)

ACCEPTED_KINDS = (ReferralKind.LEAD, ReferralKind.REPORT)
ROUTE_WORDS = {
    ContactRoute.SERVICES_INQUIRY: "This person asked for help. Send it to a provider; it is not kept as a lead.",
    ContactRoute.ASK_FIRST: "Ask first whether the person wants help for herself or himself, or for someone else.",
}


def require_lead(asked_for_help: Answer) -> None:
    """Whoever asked for help is a services inquiry, and whoever has not been asked is asked first."""
    route = safeguards.asked_for_help(asked_for_help)
    if route is not ContactRoute.LEAD:
        raise Objection({"asked_for_help": ROUTE_WORDS[route]})


@in_one_step
def record_lead(*, asked_for_help: Answer, facts: dict, by: Viewer) -> Lead:
    """Keep a report that asks us for nothing. `facts` are columns of Lead; five open it (`law.intake`)."""
    require_lead(asked_for_help)
    if facts["received_on"] > today():
        raise Objection({"received_on": "This date lies ahead. Give the day it came in."})
    return Lead.objects.create(**own(by), reference=reference("L"), **facts)


def send_inquiry(*, id: UUID, to_agency: UUID, content: dict, by: Viewer) -> Referral:
    """Somebody asked us for help: it goes to a provider over the bridge, and nothing of it stays in this store."""
    return bridge.refer(id=id, kind=ReferralKind.INQUIRY, to_agency=to_agency, content=content, by=by)


_NEEDS_LABOR_CONSIDERED = (NoActionReason.NOT_TRAFFICKING, NoActionReason.TOO_LITTLE)


def _require_undecided(lead: Lead) -> None:
    if lead.decision:
        raise Objection({"": "This lead has already been decided."})


@in_one_step
def triage(lead: Lead, facts: dict) -> Lead:
    """What triage asks of a lead, and who answers for it by when."""
    _require_undecided(lead)
    change(lead, facts)
    return lead


@in_one_step
def assign(lead: Lead, *, staff: UUID, due_on: dt.date | None) -> Lead:
    _require_undecided(lead)
    change(lead, {"assigned_to_id": staff, "due_on": due_on})
    return lead


@in_one_step
def take_no_action(lead: Lead, *, reason: NoActionReason, note: str, by: Viewer) -> Lead:
    """Decide that nothing follows; why is always said. A lead whose labor side nobody considered says that first."""
    _require_undecided(lead)
    if lead.labor_considered == Answer.UNKNOWN and reason in _NEEDS_LABOR_CONSIDERED:
        raise Objection({"reason": "Say first, under triage, whether labor trafficking was considered."})
    return _decide(lead, LeadDecision.NO_ACTION, by, no_action_reason=reason, decision_note=note)


def _decide(lead: Lead, decision: LeadDecision, by: Viewer, **more) -> Lead:
    change(lead, {"decision": decision, "decided_on": today(), "decided_by_id": by.staff} | more)
    return lead


@in_one_step
def open_from(lead: Lead, *, facts: dict, by: Viewer) -> Investigation:
    """Open an investigation that rests on this lead."""
    _require_undecided(lead)
    investigation = cases.open_investigation(facts=facts, by=by)
    _link(lead, investigation, by)
    _decide(lead, LeadDecision.OPENED, by)
    return investigation


@in_one_step
def join(lead: Lead, *, investigation: Investigation, by: Viewer) -> LeadLink:
    """Add a lead to an investigation that is already open."""
    _require_undecided(lead)
    link = _link(lead, investigation, by)
    _decide(lead, LeadDecision.JOINED, by)
    return link


def _link(lead: Lead, investigation: Investigation, by: Viewer) -> LeadLink:
    return LeadLink.objects.create(
        agency_id=investigation.agency_id, created_by_id=by.staff, investigation=investigation, lead=lead,
        linked_on=today())


# --- What others send us ----------------------------------------------------------------------------------------------


def waiting_referrals(by: Viewer, most: int = 50) -> list[Referral]:
    """What was sent to us and has not been answered, newest first."""
    found = list(bridge.inbox(by, ACCEPTED_KINDS)[: most * 2])
    answered = set(
        ReferralAnswer.objects.filter(agency_id=by.agency, referral_id__in=[r.pk for r in found]).values_list(
            "referral_id", flat=True))
    return [r for r in found if r.pk not in answered][:most]


@in_one_step
def accept_referral(*, referral_id: UUID, by: Viewer) -> Lead:
    """Make a lead of a referral; safe to repeat. The sender learns nothing of it."""
    existing = Lead.objects.filter(agency_id=by.agency, referral_id=referral_id).first()
    if existing:
        return existing
    referral = bridge.inbox(by, ACCEPTED_KINDS).get(pk=referral_id)
    _require_unanswered(referral_id, by)
    content = bridge.open_referral(referral, by)
    lead = Lead.objects.create(**own(by), reference=reference("L"), **_lead_of(referral, content))
    ReferralAnswer.objects.create(**own(by), referral_id=referral_id, lead=lead, decided_on=today())
    audit.record("referral.accepted", lead)
    return lead


@in_one_step
def decline_referral(*, referral_id: UUID, reason: NoActionReason, by: Viewer) -> ReferralAnswer:
    """Decide that a referral becomes no lead; the reason stays with us."""
    referral = bridge.inbox(by, ACCEPTED_KINDS).get(pk=referral_id)
    _require_unanswered(referral_id, by)
    return ReferralAnswer.objects.create(
        **own(by), referral_id=referral.pk, declined_reason=reason, decided_on=today())


def _require_unanswered(referral_id: UUID, by: Viewer) -> None:
    if ReferralAnswer.objects.filter(agency_id=by.agency, referral_id=referral_id).exists():
        raise Objection({"": "Somebody has already answered this referral."})


_CAUTION = (CallerPermission.SERVICES_ONLY, CallerPermission.ASK_AGAIN, CallerPermission.PASS_WITHOUT_NAME,
            CallerPermission.PASS_WITH_NAME)


def _known(code: str | None) -> TraffickingType:
    """A plain column takes a code that we know; anything else that was sent stays sealed in its referral."""
    return TraffickingType(code) if code in set(TraffickingType) else TraffickingType.NOT_YET_KNOWN


def _lead_of(referral: Referral, content: dict) -> dict:
    """The columns of a lead from what was sealed to us. Of several permissions the most careful counts."""
    allowed = [p for p in _CAUTION if p.value in content.get("permissions", ())]
    caller = {key: content[key] for key in ("name", "safe_contact", "contact_caution") if content.get(key)}
    minors = {AgeGroup.MINOR: Answer.YES, AgeGroup.ADULT: Answer.NO}.get(content.get("age_group"), Answer.UNKNOWN)
    return {
        "received_on": referral.received_at.date(),
        "source": LeadSource.PROVIDER if referral.kind == ReferralKind.REPORT else LeadSource.OTHER_AGENCY,
        "trafficking_type": _known(content.get("trafficking_type")),
        "summary": content["summary"],
        "caller": caller or None,
        "caller_permission": allowed[0] if allowed else "",
        "from_agency_id": referral.from_agency_id,
        "referral_id": referral.pk,
        "minors": minors,
        "danger_now": Answer.YES if content.get("urgent") else Answer.UNKNOWN,
    }
