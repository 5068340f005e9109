"""Studies, the agreements they rest on, and the bundles received under them. Nothing here is about a person: the
bundles themselves stay in the evaluator's folder, under study ids."""

import datetime as dt

from django.db import models
from django.db.models import F, Q

from concord.casefile.bundle import Source
from concord.law.wall import Compartment, Walled
from concord.site.stores.models import HeldModel
from concord.vocabulary import Grade


class Study(HeldModel):
    wall = Walled(Compartment.STUDIES)

    title = models.CharField(max_length=160)
    question = models.TextField(blank=True)
    began_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "studies"
        indexes = [models.Index(fields=["agency_id", "-began_on", "-id"])]

    def __str__(self):
        return self.title


class Agreement(HeldModel):
    """A data transfer agreement with one agency (28 CFR 22.24). Without one in force nothing is received or kept."""

    wall = Walled(Compartment.STUDIES)

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=60)
    with_agency_id = models.UUIDField()
    signed_on = models.DateField()
    expires_on = models.DateField()
    destroy_by = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency_id", "expires_on"])]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="one_agreement_a_number"),
            models.CheckConstraint(
                name="an_agreement_ends_after_it_is_signed", condition=Q(expires_on__gte=F("signed_on"))
            ),
            models.CheckConstraint(
                name="data_are_destroyed_after_they_may_come", condition=Q(destroy_by__gte=F("signed_on"))
            ),
        ]

    def __str__(self):
        return f"agreement {self.number}"

    def in_force(self, today: dt.date) -> bool:
        return self.signed_on <= today <= self.expires_on and (self.ended_on is None or today < self.ended_on)


class BundleReceived(HeldModel):
    """That a bundle came: what its manifest says, how many rows it holds, what the checks found."""

    wall = Walled(Compartment.STUDIES)

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="bundles")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="bundles")
    received_at = models.DateTimeField()
    grade = models.CharField(max_length=20, choices=Grade.choices())
    source = models.CharField(max_length=20, choices=Source.choices())
    made_at = models.DateTimeField()
    matures_on = models.DateField()
    destroy_by = models.DateField()
    manifest_sha256 = models.CharField(max_length=64)
    rows = models.JSONField(help_text="Rows of each table")
    errors = models.PositiveIntegerField()
    findings = models.JSONField(help_text="How many findings of each kind")
    destroyed_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "bundles received"
        indexes = [models.Index(fields=["agency_id", "destroy_by"]), models.Index(fields=["study", "-received_at"])]
        constraints = [
            models.UniqueConstraint(fields=["study", "manifest_sha256"], name="a_bundle_is_received_once")
        ]

    def __str__(self):
        return f"bundle {self.pk}"
