"""How long a file stays, what keeps it, how it goes for good, and which two files are one person's."""

from django.db import models
from django.db.models import F, Q

from concord.law.wall import Compartment, Walled
from concord.site.keys.fields import SENSITIVE, SealedJSON, SealedText
from concord.site.services.models._base import FILE, code
from concord.site.services.models.files import Client
from concord.site.stores.models import HeldModel
from concord.vocabulary import HoldKind, PairVerdict


class LegalHold(HeldModel):
    """Something that keeps a file although it could go. While one is in force, nothing of the file is erased."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="holds", db_index=False)
    kind = code(HoldKind)
    authority = SealedText(code="legal_hold.authority", privacy=SENSITIVE)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.UUIDField(null=True)
    lifted_note = SealedText(code="legal_hold.lifted_note", privacy=SENSITIVE)

    class Meta:
        indexes = [models.Index(fields=["client", "until_date"])]
        constraints = [
            models.CheckConstraint(
                name="hold_lifted_when_and_by_whom",
                condition=Q(lifted_at=None, lifted_by_id=None) | Q(lifted_at__isnull=False, lifted_by_id__isnull=False),
            )
        ]

    def __str__(self):
        return f"legal hold {self.pk}"


class Erasure(HeldModel):
    """A file whose key was destroyed. It names nobody: an id that means nothing any more, days, and what was counted.

    `complete_by` is the day from which no backup of the key rings holds the key either.
    """

    wall = Walled(Compartment.PROVIDER)

    subject = models.UUIDField(unique=True)
    asked_on = models.DateField()
    erased_at = models.DateTimeField()
    complete_by = models.DateField()
    removed = models.PositiveIntegerField()  # sealed values that were emptied, in all tables
    proof = models.BinaryField()  # SHA-256 over the removed ciphertexts: what was there, and opens no more

    class Meta:
        indexes = [models.Index(fields=["agency_id", "-erased_at"])]

    def __str__(self):
        return f"erasure {self.pk}"


class PairDecision(HeldModel):
    """What somebody decided about two files of this provider. A later decision about the same two stands.

    Who cannot open one of the two does not see that there is anything to decide.
    """

    wall = Walled(Compartment.CLIENTS, client="client_id", other_client="other_id")
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    verdict = code(PairVerdict)
    evidence = SealedJSON(code="pair_decision.evidence", privacy=SENSITIVE)  # what was alike, when it was decided
    note = SealedText(code="pair_decision.note", privacy=SENSITIVE)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["client", "other"]), models.Index(fields=["other"])]
        constraints = [
            models.CheckConstraint(name="pair_of_two_files_in_one_order", condition=Q(client__lt=F("other"))),
            models.CheckConstraint(
                name="pair_undone_when_and_by_whom",
                condition=Q(undone_at=None, undone_by_id=None) | Q(undone_at__isnull=False, undone_by_id__isnull=False),
            ),
        ]

    def __str__(self):
        return f"pair decision {self.pk}"
