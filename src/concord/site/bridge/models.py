"""What crosses between two agencies: ciphertext for one recipient, and calls that name no client. No person is here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from concord.law.wall import Compartment, Walled
from concord.site.accounts.models import TaskForce
from concord.site.stores.models import HeldModel, WalledModel
from concord.vocabulary import Answer, Gender, PackageState, ReferralKind, SpokenLanguage


class Referral(WalledModel):
    """One agency tells another about a person, sealed to the recipient's key.

    Received the moment it is sent, and nothing can change it afterwards: no rule of the wall allows an update. What the
    recipient decides lives in the recipient's own store, so that neither the row nor its silence says anything.
    """

    wall = Walled(Compartment.BRIDGE)

    kind = models.CharField(max_length=20, choices=ReferralKind.choices())
    from_agency_id = models.UUIDField()
    to_agency_id = models.UUIDField()
    sent_by_id = models.UUIDField()
    content = models.BinaryField(help_text="Sealed to the recipient, padded to one of three sizes")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["from_agency_id", "-sent_at", "-id"]),
            models.Index(fields=["to_agency_id", "-sent_at", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_referral_is_received_when_it_is_sent", condition=Q(received_at=F("sent_at"))
            ),
            models.CheckConstraint(
                name="a_referral_goes_to_another_agency", condition=~Q(to_agency_id=F("from_agency_id"))
            ),
        ]

    def __str__(self):
        return f"referral {self.pk}"


class Package(WalledModel):
    """A sealed copy of what a release lists, for one named person until a day. Nothing of the row says whose.

    The content opens with a key of its own (`PackageKey`). Nobody updates a row: opening and withdrawing are the
    guard's functions, which look at the clock, at who asks and at the agreements each time.
    """

    wall = Walled(Compartment.PACKAGES)

    from_agency_id = models.UUIDField()
    to_agency_id = models.UUIDField()
    to_staff_id = models.UUIDField()
    sent_by_id = models.UUIDField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    content = models.BinaryField(null=True, help_text="Sealed under the package's key, padded; gone once withdrawn")
    opened_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["from_agency_id", "-sent_at", "-id"]),
            models.Index(fields=["to_agency_id", "-sent_at", "-id"]),
            models.Index(fields=["expires_at"]),
        ]
        constraints = [
            models.CheckConstraint(name="a_package_expires", condition=Q(expires_at__gt=F("sent_at"))),
            models.CheckConstraint(
                name="a_package_goes_to_another_agency", condition=~Q(to_agency_id=F("from_agency_id"))
            ),
        ]

    def __str__(self):
        return f"package {self.pk}"

    def state(self, now) -> PackageState:
        if self.withdrawn_at is not None:
            return PackageState.WITHDRAWN
        if self.expires_at <= now:
            return PackageState.EXPIRED
        return PackageState.WAITING if self.opened_at is None else PackageState.OPENED


class PackageKey(WalledModel):
    """The key of one package, sealed to the recipient's agency. Deleted, the package opens nowhere any more.

    The table is unlogged and left out of backups, so no write-ahead log, base backup or dump holds a key that was
    deleted. A crash of the database server empties it; the sender's next tick puts the keys of live releases back.
    """

    wall = Walled(Compartment.PACKAGE_KEYS, audited=False)

    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="+")
    from_agency_id = models.UUIDField()
    to_agency_id = models.UUIDField()
    sealed = models.BinaryField()

    def __str__(self):
        return f"key of package {self.package_id}"


class AdvocateCall(HeldModel):
    """An agency asks that an advocate come: a window of time and coarse facts, no name and no place of work.

    `agency_id` is the caller's; providers of the task force see and answer it.
    """

    wall = Walled(Compartment.NETWORK)

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="advocate_calls")
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    people = models.PositiveSmallIntegerField(null=True)
    languages = ArrayField(models.CharField(max_length=30, choices=SpokenLanguage.choices()), default=list)
    genders = ArrayField(models.CharField(max_length=30, choices=Gender.choices()), default=list)
    minors = models.CharField(max_length=10, choices=Answer.choices(), default=Answer.UNKNOWN.value)
    answered_at = models.DateTimeField(null=True)
    answered_by_agency_id = models.UUIDField(null=True)
    answered_by_id = models.UUIDField(null=True)
    answered_phone = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["task_force", "-created_at", "-id"]),
            models.Index(fields=["agency_id", "-created_at", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_call_ends_after_it_begins", condition=Q(window_until__gt=F("window_from"))
            ),
            models.CheckConstraint(
                name="a_call_is_answered_by_someone_or_not_at_all",
                condition=Q(answered_at=None, answered_by_agency_id=None, answered_by_id=None, answered_phone="")
                | (
                    Q(answered_at__isnull=False, answered_by_agency_id__isnull=False, answered_by_id__isnull=False)
                    & ~Q(answered_phone="")
                ),
            ),
        ]

    def __str__(self):
        return f"advocate call {self.pk}"


class DutyShift(HeldModel):
    """A provider's staff member who answers calls from one moment to another, and on which line."""

    wall = Walled(Compartment.ROSTER)

    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, related_name="duty_shifts")
    staff_id = models.UUIDField()
    phone = models.CharField(max_length=30)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["task_force", "ends_at"])]
        constraints = [
            models.CheckConstraint(name="a_shift_ends_after_it_begins", condition=Q(ends_at__gt=F("begins_at")))
        ]

    def __str__(self):
        return f"duty shift {self.pk}"
