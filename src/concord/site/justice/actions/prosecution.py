"""The prosecuting office: decisions that the team sees, and the reasons for them that it does not."""

from uuid import UUID

from concord.law.wall import Viewer
from concord.site.justice.actions.common import change, in_one_step, own, today
from concord.site.justice.actions.court import classed
from concord.site.justice.models import (
    Charge,
    ChargeReason,
    ConsideredCharge,
    DecisionReason,
    Investigation,
    Person,
    ProsecutionReferral,
    Worksheet,
)
from concord.site.pages.objections import Objection
from concord.vocabulary import ChargeClass, DeclineReason, NotTraffickingReason, ProsecutionDecision, Sector

STEPS = (
    ("statutes", "State and federal statutes that may fit"),
    ("elements", "Elements and penalties of each"),
    ("strategy", "Charging strategy, co-occurring and forum-only crimes"),
    ("forum", "State and federal courts compared"),
    ("context", "The survivor's wishes and safety, witnesses, other context"),
    ("conclusion", "Conclusion"),
)


def _require_office(by: Viewer) -> None:
    if by.sector is not Sector.PROSECUTION:
        raise Objection({"": "Only the prosecutor's office decides this."})


@in_one_step
def decide(
    referral: ProsecutionReferral, *, decision: ProsecutionDecision, decline_reason: DeclineReason | str,
    not_trafficking_reason: NotTraffickingReason | str, note: str, by: Viewer,
) -> ProsecutionReferral:
    """Accept or decline. The team sees the decision; the reasons are kept where only the office reads."""
    _require_office(by)
    if referral.to_agency_id != by.agency:
        raise Objection({"": "This was referred to another office."})
    if decision == ProsecutionDecision.DECLINED and not decline_reason:
        raise Objection({"decline_reason": "Say why it was declined. Only your office reads it."})
    change(referral, {"decision": decision, "decided_by_id": by.staff,
                      "decided_on": None if decision == ProsecutionDecision.PENDING else today()})
    if decline_reason or not_trafficking_reason or note:
        DecisionReason.objects.create(
            **own(by), investigation_id=referral.investigation_id, referral_id=referral.pk,
            decline_reason=decline_reason if decision == ProsecutionDecision.DECLINED else "",
            not_trafficking_reason=not_trafficking_reason, note=note, decided_on=today())
    return referral


@in_one_step
def consider(
    investigation: Investigation, *, person: Person, citation: str, jurisdiction: str, counts: int, note: str,
    by: Viewer,
) -> ConsideredCharge:
    """A charge that the office weighs. It is work product, whether or not it is ever filed."""
    _require_office(by)
    found = classed(citation, jurisdiction, today())
    return ConsideredCharge.objects.create(
        **own(by), investigation_id=investigation.pk, person_id=person.pk, citation=citation,
        jurisdiction=jurisdiction, counts=counts, note=note, charge_class=found["charge_class"],
        review=found["review"])


@in_one_step
def give_reason(charge: Charge, *, reason: NotTraffickingReason, note: str, by: Viewer) -> ChargeReason:
    """Why a charge is not a trafficking charge; the latest reason stands."""
    _require_office(by)
    if charge.charge_class in ChargeClass.strict():
        raise Objection({"reason": "This is a trafficking charge."})
    row, _made = ChargeReason.objects.get_or_create(
        agency_id=by.agency, charge_id=charge.pk,
        defaults={"created_by_id": by.staff, "investigation_id": charge.investigation_id})
    change(row, {"reason": reason, "note": note})
    return row


@in_one_step
def save_worksheet(investigation_id: UUID, *, forum: str, steps: dict[str, str], by: Viewer) -> Worksheet:
    _require_office(by)
    row, _made = Worksheet.objects.get_or_create(
        agency_id=by.agency, investigation_id=investigation_id, defaults={"created_by_id": by.staff})
    row.forum, row.steps = forum, steps
    row.save()
    return row
