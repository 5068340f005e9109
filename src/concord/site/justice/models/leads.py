"""What comes in, before anybody investigates. A lead is its agency's own; a request for help never becomes one."""

from django.db import models
from django.db.models import Q

from concord.law.wall import Compartment, Walled
from concord.site.justice.codes import LeadDecision
from concord.site.justice.models._base import code, needed
from concord.site.keys.fields import IDENTIFYING, SealedJSON, SealedText
from concord.site.stores.models import HeldModel
from concord.vocabulary import (
    Answer,
    CallerPermission,
    LeadSource,
    NoActionReason,
    ReferralKind,
    TraffickingType,
)


class Lead(HeldModel):
    """One report from anybody. Five answers open it; triage asks the rest and decides, always with a reason."""

    wall = Walled(Compartment.OFFICE)
    sealed_under = "id"

    reference = models.CharField(max_length=12, help_text="What people say on the phone; random, tells nothing")
    received_on = models.DateField()
    source = needed(LeadSource)
    trafficking_type = needed(TraffickingType)
    county = models.CharField(max_length=60, blank=True)
    summary = SealedText(code="lead.summary", privacy=IDENTIFYING)
    caller = SealedJSON(code="lead.caller", privacy=IDENTIFYING)  # name, contact, caution
    caller_permission = code(CallerPermission)
    from_agency_id = models.UUIDField(null=True, help_text="The agency that passed it on")
    referral_id = models.UUIDField(null=True, help_text="The bridge's referral that it was made from")

    minors = needed(Answer, default=Answer.UNKNOWN)
    danger_now = needed(Answer, default=Answer.UNKNOWN)
    labor_considered = needed(Answer, default=Answer.UNKNOWN)
    assigned_to_id = models.UUIDField(null=True)
    due_on = models.DateField(null=True)

    decision = code(LeadDecision)
    no_action_reason = code(NoActionReason)
    decision_note = SealedText(code="lead.decision_note", privacy=IDENTIFYING)
    decided_on = models.DateField(null=True)
    decided_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency_id", "-received_on", "-id"], name="lead_by_agency"),
            models.Index(fields=["agency_id", "due_on", "id"], condition=Q(decision=""), name="lead_waiting"),
            models.Index(fields=["agency_id", "assigned_to_id"], condition=Q(decision=""), name="lead_assigned"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "reference"], name="lead_reference"),
            models.UniqueConstraint(fields=["agency_id", "referral_id"], name="lead_one_per_referral"),
            models.CheckConstraint(
                name="lead_no_action_has_a_reason",
                condition=~Q(decision=LeadDecision.NO_ACTION) | ~Q(no_action_reason=""),
            ),
            models.CheckConstraint(
                name="lead_decided_when_and_by_whom",
                condition=Q(decision="") | Q(decided_on__isnull=False, decided_by_id__isnull=False),
            ),
        ]

    def __str__(self):
        return f"lead {self.reference}"


class ReferralAnswer(HeldModel):
    """What we did with a referral sent to us. Ours alone: the sender's row never changes, whatever is decided here."""

    wall = Walled(Compartment.OFFICE)
    sealed_under = "id"

    referral_id = models.UUIDField()
    lead = models.ForeignKey(Lead, null=True, on_delete=models.PROTECT)
    declined_reason = code(NoActionReason)
    decided_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "referral_id"], name="answer_one_per_referral"),
            models.CheckConstraint(
                name="answer_is_a_lead_or_a_reason",
                condition=Q(lead__isnull=False, declined_reason="") | (Q(lead__isnull=True) & ~Q(declined_reason="")),
            ),
        ]

    def __str__(self):
        return f"answer {self.pk}"


class SentReferral(HeldModel):
    """That somebody was referred over the bridge, under the same id as the bridge's row.

    The content stays, sealed, only until the sweeper has seen the bridge's row; nothing ever comes back but "received".
    Plain ids name the lead or the person: the row must remain changeable when an agreement with the holder has ended.
    """

    wall = Walled(Compartment.OFFICE)
    sealed_under = "id"

    lead_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    investigation_id = models.UUIDField(null=True)
    to_agency_id = models.UUIDField()
    kind = needed(ReferralKind)
    content = SealedJSON(code="sent_referral.content", privacy=IDENTIFYING)
    sent_at = models.DateTimeField()
    bridge_done = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["agency_id"], condition=Q(bridge_done=False), name="sent_open"),
            models.Index(fields=["agency_id", "lead_id"], name="sent_by_lead"),
            models.Index(fields=["agency_id", "person_id"], name="sent_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sent_of_a_lead_or_a_person",
                condition=Q(lead_id__isnull=False, person_id__isnull=True)
                | Q(lead_id__isnull=True, person_id__isnull=False),
            )
        ]

    def __str__(self):
        return f"sent referral {self.pk}"
