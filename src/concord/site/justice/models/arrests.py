"""Arrests, and the review of those that may be a survivor's. Recording an arrest is never blocked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from concord.site.justice.codes import ReviewFinding
from concord.site.justice.models._base import CaseRow, code, needed, why
from concord.site.justice.models.persons import Person
from concord.site.keys.fields import IDENTIFYING, SealedText
from concord.vocabulary import Answer, ArrestAlternative, ArrestConcern, ArrestLegalBasis, ArrestStatedPurpose


class Arrest(CaseRow):
    """One arrest of one person. Its charges are `Charge` rows at stage arrest.

    Ground and purpose are two columns: a lawful ground can serve a purpose that does not conform.
    """

    sealed_under = "person_id"

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    arresting_agency_id = models.UUIDField()
    arrested_at = models.DateTimeField()
    place = SealedText(code="arrest.place", privacy=IDENTIFYING)
    narrative = SealedText(code="arrest.narrative", privacy=IDENTIFYING)

    minor_said = needed(Answer, default=Answer.UNKNOWN)
    forced_crime_said = needed(Answer, default=Answer.UNKNOWN)
    same_scene = needed(Answer, default=Answer.UNKNOWN)
    possible_victim = needed(Answer, help_text="What the safeguard said when the arrest was recorded")

    legal_basis = code(ArrestLegalBasis)
    legal_basis_why = why()
    stated_purpose = code(ArrestStatedPurpose)
    stated_purpose_why = why()
    alternatives = ArrayField(needed(ArrestAlternative), default=list, blank=True)
    alternatives_why = why()
    advocate_called = needed(Answer, default=Answer.UNKNOWN)
    advocate_call_id = models.UUIDField(null=True, help_text="The bridge's call")

    class Meta:
        indexes = [
            models.Index(fields=["agency_id", "-arrested_at", "-id"], name="arrest_by_agency"),
            models.Index(fields=["investigation", "arrested_at"]),
            models.Index(fields=["person"]),
        ]

    def __str__(self):
        return f"arrest {self.pk}"


class ArrestReview(CaseRow):
    """A supervisor's task: look at the arrest of somebody who may be a victim, within 72 hours of it.

    It stays on the arresting agency's queue until a supervisor who did not record the arrest has signed it.
    """

    sealed_under = "person_id"

    arrest = models.OneToOneField(Arrest, on_delete=models.PROTECT, related_name="review")
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    for_agency_id = models.UUIDField(help_text="Whose supervisor signs: the arresting agency's")
    due_at = models.DateTimeField()
    concerns = ArrayField(needed(ArrestConcern))
    purpose_conforms = needed(Answer)
    recorded_by_id = models.UUIDField(help_text="Who recorded the arrest; may not sign")

    finding = code(ReviewFinding)
    note = SealedText(code="arrest_review.note", privacy=IDENTIFYING)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["for_agency_id", "due_at", "id"], condition=Q(signed_at=None), name="review_waiting"
            ),
            models.Index(fields=["for_agency_id", "-signed_at"], name="review_signed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="review_signed_with_a_finding",
                condition=Q(signed_at=None, signed_by_id=None, finding="")
                | (Q(signed_at__isnull=False, signed_by_id__isnull=False) & ~Q(finding="")),
            ),
            models.CheckConstraint(
                name="review_signed_by_another",
                condition=Q(signed_by_id=None) | ~Q(signed_by_id=models.F("recorded_by_id")),
            ),
        ]

    def __str__(self):
        return f"review {self.pk}"
