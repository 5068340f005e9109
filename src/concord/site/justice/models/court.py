"""Court: where a case is filed, its hearings, and charges count by count from arrest to sentence."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from concord.site.justice.codes import ClassedBy, HearingKind
from concord.site.justice.models._base import CaseRow, code, needed, why
from concord.site.justice.models.arrests import Arrest
from concord.site.justice.models.persons import Person
from concord.site.keys.fields import IDENTIFYING, SealedText
from concord.vocabulary import ChargeClass, ChargeStage, Forum, ProsecutionDecision, SentenceKind


class ProsecutionReferral(CaseRow):
    """An investigation handed to a prosecutor, and what the office answered. Why it answered so is the office's own."""

    to_agency_id = models.UUIDField()
    referred_on = models.DateField()
    forum = code(Forum)
    decision = needed(ProsecutionDecision, default=ProsecutionDecision.PENDING)
    decided_on = models.DateField(null=True)
    decided_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["to_agency_id", "decision", "referred_on", "id"], name="charging_queue"),
            models.Index(fields=["investigation"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="prosecution_decided_when",
                condition=Q(decision=ProsecutionDecision.PENDING) | Q(decided_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["investigation", "to_agency_id", "referred_on"], name="referred_once_a_day"
            ),
        ]

    def __str__(self):
        return f"prosecution referral {self.pk}"


class Docket(CaseRow):
    """One case in one court. Its number leads to names in public files, so it is sealed."""

    forum = needed(Forum)
    court = models.CharField(max_length=120, blank=True)
    number = SealedText(code="docket.number", privacy=IDENTIFYING)
    filed_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency_id"], name="docket_by_agency")]

    def __str__(self):
        return f"docket {self.pk}"


class Hearing(CaseRow):
    """A date in court."""

    docket = models.ForeignKey(Docket, null=True, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, help_text="The defendant")
    kind = needed(HearingKind)
    at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    victims_notified_on = models.DateField(null=True)
    outcome = SealedText(code="hearing.outcome", privacy=IDENTIFYING)

    class Meta:
        indexes = [
            models.Index(fields=["agency_id", "at"], name="hearing_by_agency"),
            models.Index(fields=["investigation", "at"]),
        ]

    def __str__(self):
        return f"hearing {self.pk}"


class Charge(CaseRow):
    """One charge at one stage it reached; a later stage is another row that names the earlier one.

    Charges only considered are never here: they are the prosecuting office's own. An empty class waits for review.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    arrest = models.ForeignKey(Arrest, null=True, on_delete=models.PROTECT)
    docket = models.ForeignKey(Docket, null=True, on_delete=models.PROTECT)
    from_charge = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    victim_ids = ArrayField(models.UUIDField(), default=list, blank=True)

    stage = needed(ChargeStage)
    jurisdiction = models.CharField(max_length=20)
    citation = models.CharField(max_length=120)
    charge_class = code(ChargeClass)
    candidates = ArrayField(needed(ChargeClass), default=list, blank=True)
    production = models.BooleanField(default=False, help_text="Production of child sexual abuse material")
    classed_by = code(ClassedBy)
    review = models.CharField(max_length=300, blank=True, help_text="Why a person must class it")

    counts = models.PositiveIntegerField(default=1)
    counts_dismissed = models.PositiveIntegerField(default=0)
    counts_dismissed_by_plea = models.PositiveIntegerField(default=0)
    counts_guilty_plea = models.PositiveIntegerField(default=0)
    counts_guilty_trial = models.PositiveIntegerField(default=0)
    counts_acquitted = models.PositiveIntegerField(default=0)
    counts_pending = models.PositiveIntegerField(default=1)
    on_date = models.DateField(null=True, help_text="Of the arrest, the filing or the amendment")
    disposed_on = models.DateField(null=True)

    sentence_kind = code(SentenceKind)
    sentence_kind_why = why()
    sentence_months = models.PositiveIntegerField(null=True)
    probation_months = models.PositiveIntegerField(null=True)
    fine_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    restitution_asked_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    restitution_ordered_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    restitution_paid_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["investigation", "stage"]),
            models.Index(fields=["person", "stage"]),
            models.Index(fields=["agency_id", "-created_at", "-id"], name="charge_by_agency"),
            models.Index(
                fields=["agency_id", "created_at", "id"], condition=Q(charge_class=""), name="charge_to_class"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="charge_counts_reconcile",
                condition=Q(
                    counts=F("counts_dismissed")
                    + F("counts_dismissed_by_plea")
                    + F("counts_guilty_plea")
                    + F("counts_guilty_trial")
                    + F("counts_acquitted")
                    + F("counts_pending")
                ),
            ),
            models.CheckConstraint(name="charge_has_a_count", condition=Q(counts__gte=1)),
            models.CheckConstraint(
                name="charge_considered_is_the_offices_own", condition=~Q(stage=ChargeStage.CONSIDERED)
            ),
            models.CheckConstraint(
                name="charge_disposed_when",
                condition=~Q(stage=ChargeStage.DISPOSED) | Q(disposed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="charge_months_only_for_a_term",
                condition=Q(sentence_months__isnull=True) | Q(sentence_kind=SentenceKind.MONTHS),
            ),
            models.CheckConstraint(
                name="charge_restitution_paid_within_ordered",
                condition=Q(restitution_paid_usd__isnull=True)
                | Q(restitution_paid_usd__lte=F("restitution_ordered_usd")),
            ),
            models.CheckConstraint(
                name="charge_at_arrest_names_it", condition=~Q(stage=ChargeStage.ARREST) | Q(arrest__isnull=False)
            ),
        ]

    def __str__(self):
        return f"charge {self.pk}"
