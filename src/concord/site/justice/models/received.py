"""What a justice agency opened of a provider's sealed copies: its own received record from then on."""

from django.db import models
from django.db.models import Q

from concord.law.wall import Compartment, Walled
from concord.site.justice.models._base import code
from concord.site.justice.models.cases import Investigation
from concord.site.keys.fields import IDENTIFYING, SENSITIVE, SealedJSON, SealedText
from concord.site.stores.models import HeldModel
from concord.vocabulary import HoldKind, ReleasePurpose


class ReceivedRecord(HeldModel):
    """The items of a package as they were opened, immutable, with where they came from. The defence may have to get it.

    `investigation`, retention and hold may be set later; nothing else changes.
    """

    wall = Walled(Compartment.OFFICE)
    sealed_under = "id"

    package_id = models.UUIDField(unique=True)
    from_agency_id = models.UUIDField()
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField()
    purpose = code(ReleasePurpose)
    content = SealedJSON(code="received.content", privacy=IDENTIFYING)
    investigation = models.ForeignKey(Investigation, null=True, on_delete=models.PROTECT, related_name="received")
    keep_until = models.DateField(null=True)
    hold = code(HoldKind)
    hold_reason = SealedText(code="received.hold_reason", privacy=SENSITIVE)

    class Meta:
        indexes = [models.Index(fields=["agency_id", "-opened_at", "-id"], name="received_by_agency")]

    def __str__(self):
        return f"received record {self.pk}"


class DiscoveryEntry(HeldModel):
    """That a received record was handed to the defence or a court, or that somebody decided it need not be."""

    wall = Walled(Compartment.OFFICE)
    sealed_under = "record_id"

    record = models.ForeignKey(ReceivedRecord, on_delete=models.PROTECT, related_name="discovery")
    on_date = models.DateField()
    handed_over = models.BooleanField()
    to_words = SealedText(code="discovery.to_words", privacy=SENSITIVE)
    reason = SealedText(code="discovery.reason", privacy=SENSITIVE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="discovery_to_somebody_or_why_not",
                condition=Q(handed_over=True, to_words__isnull=False) | Q(handed_over=False, reason__isnull=False),
            )
        ]

    def __str__(self):
        return f"discovery entry {self.pk}"
