"""Counts that left their stores. No row is about a person: a measure, a period, a number."""

from django.db import models
from django.db.models import Q

from concord.law.wall import Compartment, Walled
from concord.site.accounts.models import TaskForce
from concord.site.stores.models import HeldModel
from concord.vocabulary import CountStatus


class Count(HeldModel):
    """An agency's own exact count. `parts` says what it is broken down by: "kind=principal;trafficking_type=labor"."""

    wall = Walled(Compartment.COUNTS)

    period = models.CharField(max_length=20)
    measure = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(help_text="Of the measure's definition")
    parts = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "period", "measure", "parts"], name="a_count_once")
        ]

    def __str__(self):
        return f"count {self.pk}"


class SharedCount(HeldModel):
    """The count as the task force sees it, named as in a case file: "clients_served" and its part
    "clients_served:labor". Suppressed: `small` says that it is fewer than five, else it is left out because it would
    give a smaller number beside it away."""

    wall = Walled(Compartment.SHARED_COUNTS)

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    measure = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=30)
    value = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=20, choices=CountStatus.choices())
    small = models.BooleanField(default=False)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "task_force", "period", "measure"], name="a_shared_count_once"
            ),
            models.CheckConstraint(
                name="a_shared_count_is_exact_or_left_out",
                condition=Q(status=CountStatus.EXACT, value__isnull=False, small=False)
                | (~Q(status=CountStatus.EXACT) & Q(value=None)),
            ),
        ]
        indexes = [models.Index(fields=["task_force", "period", "measure"])]

    def __str__(self):
        return f"shared count {self.pk}"


class Publication(HeldModel):
    """That an agency's counts of a period were published, or why they could not be."""

    wall = Walled(Compartment.SHARED_COUNTS)

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    published_at = models.DateTimeField()
    unbalanced = models.BooleanField(default=False, help_text="The dates of the agency's files contradict each other")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "task_force", "period"], name="one_publication_a_period")
        ]
        indexes = [models.Index(fields=["task_force", "period"])]

    def __str__(self):
        return f"publication {self.pk}"
