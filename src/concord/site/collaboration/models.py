"""The task force's shared work: meetings, protocols, training, outreach. It names no client, no suspect and no case,
since every member reads it."""

from django.db import models
from django.db.models import Q

from concord.law.wall import Compartment, Walled
from concord.site.accounts.models import Agency, TaskForce
from concord.site.stores.models import HeldModel
from concord.vocabulary import Audience, MeetingKind, OutreachKind, ProtocolKind, TraffickingType


class Shared(HeldModel):
    """A row of the task force's shared record. `agency_id` is the coordinator's agency."""

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Meeting(Shared):
    wall = Walled(Compartment.TASK_FORCE)

    kind = models.CharField(max_length=30, choices=MeetingKind.choices())
    begins_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    minutes = models.TextField(blank=True)
    minutes_at = models.DateTimeField(null=True, help_text="When minutes and attendance were written down")

    class Meta:
        indexes = [models.Index(fields=["task_force", "-begins_at", "-id"])]

    def __str__(self):
        return f"meeting {self.pk}"


class AgendaItem(Shared):
    wall = Walled(Compartment.TASK_FORCE)

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    decision = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["meeting", "position"])]

    def __str__(self):
        return f"agenda item {self.pk}"


class Attendance(Shared):
    """How many people of a member agency came; agencies without accounts are members like any other."""

    wall = Walled(Compartment.TASK_FORCE)

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    attendee = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveSmallIntegerField()
    remote = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "attendee"], name="one_attendance_an_agency_and_meeting")
        ]
        indexes = [models.Index(fields=["task_force", "attendee"])]

    def __str__(self):
        return f"attendance {self.pk}"


class Protocol(Shared):
    """One version of a protocol. A revision is a new row; the one it replaces says since when."""

    wall = Walled(Compartment.TASK_FORCE)

    kind = models.CharField(max_length=40, choices=ProtocolKind.choices())
    title = models.CharField(max_length=160)
    version = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    adopted_on = models.DateField()
    review_on = models.DateField()
    survivors_reviewed = models.BooleanField(default=False, help_text="People with lived experience went through it")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    replaced_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["task_force", "kind", "-version"])]
        constraints = [
            models.CheckConstraint(
                name="a_protocol_is_reviewed_after_it_is_adopted", condition=Q(review_on__gt=models.F("adopted_on"))
            )
        ]

    def __str__(self):
        return f"protocol {self.pk}"


class Training(Shared):
    wall = Walled(Compartment.TASK_FORCE)

    held_on = models.DateField()
    title = models.CharField(max_length=160)
    given_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=30, choices=Audience.choices())
    topic = models.CharField(max_length=20, choices=TraffickingType.choices())
    hours = models.DecimalField(max_digits=5, decimal_places=2)
    people = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["task_force", "-held_on", "-id"])]

    def __str__(self):
        return f"training {self.pk}"


class Outreach(Shared):
    wall = Walled(Compartment.TASK_FORCE)

    held_on = models.DateField()
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=30, choices=OutreachKind.choices())
    given_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=30, choices=Audience.choices())
    topic = models.CharField(max_length=20, choices=TraffickingType.choices())
    people_reached = models.PositiveIntegerField(null=True)
    materials = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name_plural = "outreach"
        indexes = [models.Index(fields=["task_force", "-held_on", "-id"])]

    def __str__(self):
        return f"outreach {self.pk}"
