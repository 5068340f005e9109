"""What leaves a client's file, and by whose leave: releases, demands of the law, and the ledger she may read."""

from django.db import models
from django.db.models import F, Q

from concord.site.keys.fields import IDENTIFYING, SENSITIVE, SealedDate, SealedJSON, SealedText
from concord.site.services.models._base import FILE, code
from concord.site.services.models.files import Client
from concord.site.stores.models import HeldModel
from concord.vocabulary import (
    Answer,
    CompelledBy,
    CompelledOutcome,
    ContactHow,
    DisclosureBasis,
    PacketQuestion,
    ReleasePurpose,
    RevocationChannel,
    SignatureMethod,
    SignerCapacity,
)


class Release(HeldModel):
    """Her written, limited, revocable leave: these items, to this person, for this purpose, until this day.

    Signed facts never change. A renewal is a new release; a revocation fills the columns that are empty till then.
    """

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="releases", db_index=False)
    purpose = code(ReleasePurpose)
    purpose_words = SealedText(code="release.purpose_words", privacy=SENSITIVE)
    to_agency_id = models.UUIDField(null=True)
    to_staff_id = models.UUIDField(null=True)
    to_words = SealedText(code="release.to_words", privacy=SENSITIVE)  # a person without an account here
    items = SealedJSON(code="release.items", privacy=SENSITIVE)
    words = SealedJSON(code="release.words", privacy=IDENTIFYING)  # what is written for this release, by item
    signer_capacity = code(SignerCapacity, default=SignerCapacity.CLIENT)
    signer_name = SealedText(code="release.signer_name", privacy=IDENTIFYING)
    cosigner_name = SealedText(code="release.cosigner_name", privacy=IDENTIFYING)
    capacity_basis = SealedText(code="release.capacity_basis", privacy=SENSITIVE)
    signer_is_alleged_abuser = code(Answer, default=Answer.UNKNOWN)
    explained_by_id = models.UUIDField()
    limits_explained_first = models.BooleanField()
    interpreter = SealedText(code="release.interpreter", privacy=IDENTIFYING)
    method = code(SignatureMethod)
    witness = SealedText(code="release.witness", privacy=IDENTIFYING)
    signed_on = models.DateField()
    expires_on = models.DateField()
    renews = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="renewals", db_index=False)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.UUIDField(null=True)
    revocation_channel = code(RevocationChannel, blank=True, default="")
    revocation_note = SealedText(code="release.revocation_note", privacy=SENSITIVE)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-signed_on"]),
            models.Index(fields=["renews"]),
            models.Index(
                fields=["agency_id", "expires_on"], name="services_release_live", condition=Q(revoked_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="release_ends", condition=Q(expires_on__gte=F("signed_on"))),
            models.CheckConstraint(
                name="release_names_its_recipient",
                condition=Q(to_agency_id__isnull=False) | Q(to_words__isnull=False),
            ),
            models.CheckConstraint(
                name="release_never_signed_by_an_alleged_abuser",
                condition=Q(signer_is_alleged_abuser=Answer.NO.value),
            ),
            models.CheckConstraint(
                name="release_revoked_when_by_whom_and_how",
                condition=Q(revoked_at=None, revoked_by_id=None, revocation_channel="")
                | (Q(revoked_at__isnull=False, revoked_by_id__isnull=False) & ~Q(revocation_channel="")),
            ),
        ]

    def __str__(self):
        return f"release {self.pk}"


class ReleaseScan(HeldModel):
    """The signed paper, or the signature drawn on the screen: a picture without its metadata, sealed."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="scans")
    content = SealedText(code="release_scan.content", privacy=IDENTIFYING)  # PNG or PDF, in base64

    def __str__(self):
        return f"release scan {self.pk}"


class CompelledDisclosure(HeldModel):
    """A subpoena, order or warrant that demands a client's file, what was done about it, and how it ended."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="demands", db_index=False)
    kind = code(CompelledBy)
    served_on = models.DateField()
    due_on = models.DateField(null=True)
    authority = SealedText(code="compelled.authority", privacy=SENSITIVE)  # court, number, who signed
    asked = SealedText(code="compelled.asked", privacy=SENSITIVE)
    document = SealedText(code="compelled.document", privacy=IDENTIFYING)  # the paper served, PNG or PDF in base64
    counsel = SealedText(code="compelled.counsel", privacy=SENSITIVE)
    counsel_on = models.DateField(null=True)
    no_notice_reason = SealedText(code="compelled.no_notice_reason", privacy=SENSITIVE)
    safety_steps = SealedText(code="compelled.safety_steps", privacy=SENSITIVE)
    outcome = code(CompelledOutcome, default=CompelledOutcome.OPEN)
    decided_on = models.DateField(null=True)
    decided_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-served_on"]),
            models.Index(
                fields=["agency_id", "due_on"],
                name="services_demand_open",
                condition=Q(outcome=CompelledOutcome.OPEN.value),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="demand_decided_when_and_by_whom",
                condition=Q(outcome=CompelledOutcome.OPEN.value, decided_on=None, decided_by_id=None)
                | (
                    ~Q(outcome=CompelledOutcome.OPEN.value)
                    & Q(decided_on__isnull=False, decided_by_id__isnull=False)
                ),
            )
        ]

    def __str__(self):
        return f"demand {self.pk}"


class MandatedReport(HeldModel):
    """A report that the law demands at once: which duty, to whom, when it was made, and when she was told of it."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="mandated_reports", db_index=False)
    duty = SealedText(code="mandated.duty", privacy=SENSITIVE)  # the row of the state's pack
    learned_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    to_words = SealedText(code="mandated.to_words", privacy=SENSITIVE)
    made_at = models.DateTimeField(null=True)
    made_by_id = models.UUIDField(null=True)
    reference = SealedText(code="mandated.reference", privacy=SENSITIVE)
    written_at = models.DateTimeField(null=True)
    not_made_reason = SealedText(code="mandated.not_made_reason", privacy=SENSITIVE)  # a privilege, named
    told_at = models.DateTimeField(null=True)
    told_by_id = models.UUIDField(null=True)
    not_told_reason = SealedText(code="mandated.not_told_reason", privacy=SENSITIVE)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-learned_at"]),
            models.Index(fields=["agency_id", "due_at"], name="services_mandated_open", condition=Q(made_at=None)),
        ]

    def __str__(self):
        return f"mandated report {self.pk}"


class DisclosureEntry(HeldModel):
    """What left a client's file: what, to whom, when and why. The ledger she may read; never changed, never deleted.

    It went as a referral (a report), as a package, or on paper to somebody without an account.
    """

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="disclosures", db_index=False)
    at = models.DateTimeField()
    to_agency_id = models.UUIDField(null=True)
    to_staff_id = models.UUIDField(null=True)
    to_words = SealedText(code="disclosure.to_words", privacy=SENSITIVE)
    referral_id = models.UUIDField(unique=True, null=True)
    package_id = models.UUIDField(unique=True, null=True)
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="disclosures")
    demand = models.ForeignKey(CompelledDisclosure, null=True, on_delete=models.PROTECT, related_name="disclosures")
    mandated = models.ForeignKey(MandatedReport, null=True, on_delete=models.PROTECT, related_name="disclosures")
    basis = code(DisclosureBasis)
    purpose = SealedText(code="disclosure.purpose", privacy=SENSITIVE)
    items = SealedJSON(code="disclosure.items", privacy=SENSITIVE)
    content = SealedJSON(code="disclosure.content", privacy=IDENTIFYING)
    permission_signed_on = SealedDate(code="disclosure.permission_signed_on", privacy=SENSITIVE)
    permission_expires_on = SealedDate(code="disclosure.permission_expires_on", privacy=SENSITIVE)
    bridge_done = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "disclosure entries"
        indexes = [
            models.Index(fields=["client", "-at"]),
            models.Index(fields=["agency_id"], name="services_disclosure_open", condition=Q(bridge_done=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="disclosure_to_somebody", condition=Q(to_agency_id__isnull=False) | Q(to_words__isnull=False)
            )
        ]

    def __str__(self):
        return f"disclosure {self.pk}"


class NoticeAttempt(HeldModel):
    """A try to tell a client that her file is demanded, before anything is handed over."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    demand = models.ForeignKey(CompelledDisclosure, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    how = code(ContactHow)
    reached = models.BooleanField()
    note = SealedText(code="notice_attempt.note", privacy=SENSITIVE)

    def __str__(self):
        return f"notice attempt {self.pk}"


class PacketAnswer(HeldModel):
    """One thing she told once, in her own words. A later telling replaces an earlier one; both stay till erased."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="packet", db_index=False)
    question = code(PacketQuestion)
    told_on = models.DateField()
    words = SealedText(code="packet.words", privacy=IDENTIFYING)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["client", "question", "-created_at"])]

    def __str__(self):
        return f"packet answer {self.pk}"
