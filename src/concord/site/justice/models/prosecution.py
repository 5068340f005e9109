"""The prosecuting office's own: what it considered, why it decided, its worksheet. Nobody else reads these tables.

`agency_id` is the office. Plain ids name the investigation: work product stays the office's when the team ends.
"""

from django.db import models

from concord.law.wall import Compartment, Walled
from concord.site.justice.models._base import code
from concord.site.keys.fields import IDENTIFYING, SENSITIVE, SealedJSON, SealedText
from concord.site.stores.models import HeldModel
from concord.vocabulary import ChargeClass, DeclineReason, Forum, NotTraffickingReason


class OfficeRow(HeldModel):
    """A row of the prosecuting office about one investigation."""

    wall = Walled(Compartment.PROSECUTION, subject="investigation_id")
    sealed_under = "investigation_id"

    investigation_id = models.UUIDField()

    class Meta:
        abstract = True


class ConsideredCharge(OfficeRow):
    """A charge weighed and not, or not yet, filed."""

    person_id = models.UUIDField()
    jurisdiction = models.CharField(max_length=20)
    citation = models.CharField(max_length=120)
    charge_class = code(ChargeClass)
    review = models.CharField(max_length=300, blank=True)
    counts = models.PositiveIntegerField(default=1)
    note = SealedText(code="considered_charge.note", privacy=IDENTIFYING)

    class Meta:
        indexes = [models.Index(fields=["agency_id", "investigation_id"], name="considered_by_case")]

    def __str__(self):
        return f"considered charge {self.pk}"


class DecisionReason(OfficeRow):
    """Why a referral was accepted or declined, and why trafficking was not charged; one row for each decision."""

    referral_id = models.UUIDField()
    decline_reason = code(DeclineReason)
    not_trafficking_reason = code(NotTraffickingReason)
    note = SealedText(code="decision_reason.note", privacy=IDENTIFYING)
    decided_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["agency_id", "investigation_id"], name="reason_by_case")]

    def __str__(self):
        return f"decision reason {self.pk}"


class ChargeReason(OfficeRow):
    """Why one filed charge is not a trafficking charge. Not itself a failure."""

    charge_id = models.UUIDField()
    reason = code(NotTraffickingReason)
    note = SealedText(code="charge_reason.note", privacy=IDENTIFYING)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency_id", "charge_id"], name="one_reason_a_charge")]
        indexes = [models.Index(fields=["agency_id", "investigation_id"], name="charge_reason_by_case")]

    def __str__(self):
        return f"charge reason {self.pk}"


class Worksheet(OfficeRow):
    """The six-step prosecution review of one investigation (IACP and AEquitas, Maximizing Justice)."""

    forum = code(Forum)
    steps = SealedJSON(code="worksheet.steps", privacy=SENSITIVE)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency_id", "investigation_id"], name="one_worksheet_a_case")]

    def __str__(self):
        return f"worksheet {self.pk}"
