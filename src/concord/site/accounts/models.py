"""The task force in the hub: who belongs, under which agreement, and the staff that others may see.

Nothing here signs anybody in: that is `signin.User`, in another database.
"""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from concord.law.wall import Compartment, Walled
from concord.site.stores.models import HeldModel, WalledModel
from concord.vocabulary import AgencyLevel, Role, Scope, Sector


class TaskForce(WalledModel):
    wall = Walled(Compartment.TASK_FORCE, task_force="id")

    name = models.CharField(max_length=120)
    scope = models.CharField(max_length=20, choices=Scope.choices())
    state = models.CharField(max_length=2, help_text="Two letters")
    founded_on = models.DateField(null=True)

    def __str__(self):
        return self.name


class Agency(WalledModel):
    """One organisation in one sector. A county with police and victim services is two.

    `founded_at`: when the first of its own people signed in. Until then the coordinator keeps it; from then on nobody
    outside it decides who enters, least of all into a provider.
    """

    wall = Walled(Compartment.AGENCIES, agency="id", task_force="admitted_by_id")

    name = models.CharField(max_length=120)
    sector = models.CharField(max_length=30, choices=Sector.choices())
    level = models.CharField(max_length=20, choices=AgencyLevel.choices())
    state = models.CharField(max_length=2, blank=True)
    phone = models.CharField(max_length=30, blank=True, help_text="The line others call")
    has_accounts = models.BooleanField(default=True, help_text="No: a member by attendance and paper only")
    public_key = models.BinaryField(null=True, help_text="Others seal to it what they send")
    admitted_by = models.ForeignKey(TaskForce, on_delete=models.PROTECT, null=True, related_name="admitted")
    founded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self):
        return self.name


class Membership(WalledModel):
    """An agency's time in a task force."""

    wall = Walled(Compartment.AGREEMENTS)

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)
    leads = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["agency", "task_force"]), models.Index(fields=["task_force"])]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(until_date=None) | Q(until_date__gte=models.F("from_date")),
            )
        ]

    def __str__(self):
        return f"membership {self.pk}"


class Mou(WalledModel):
    """A memorandum of understanding as signed. Sharing needs one in force on both sides."""

    wall = Walled(Compartment.AGREEMENTS)

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="mous")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="mous")
    version = models.CharField(max_length=40, default="1")
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="Withdrawn before it expired")

    class Meta:
        verbose_name = "MOU"
        indexes = [models.Index(fields=["agency", "task_force"])]
        constraints = [
            models.CheckConstraint(
                name="mou_expires_after_signature",
                condition=Q(signed_on=None) | Q(expires_on__gte=models.F("signed_on")),
            )
        ]

    def __str__(self):
        return f"MOU {self.version}"

    def in_force(self, today: dt.date) -> bool:
        return (
            self.signed_on is not None
            and self.signed_on <= today <= self.expires_on
            and (self.ended_on is None or today < self.ended_on)
        )


class StaffQuerySet(models.QuerySet):
    def at_work(self, today: dt.date):
        """Who works there today: the people, without those who have left."""
        return self.filter(Q(until_date=None) | Q(until_date__gt=today), service_account=False)


class Staff(HeldModel):
    """A member of staff as others see her: name, agency, role. Not a sign-in. `until_date`: by then she has left."""

    wall = Walled(Compartment.DIRECTORY)

    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices()))
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)
    service_account = models.BooleanField(default=False, help_text="Runs the agency's jobs; nobody signs in as it")

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "staff"
        indexes = [models.Index(fields=["agency_id"])]

    def __str__(self):
        return self.name
