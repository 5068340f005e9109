"""A provider's client files. What could identify or harm, and all free text, is sealed under the client's key.

Plain columns hold what lists, due dates and counts need and what names nobody: ids, dates, states, kinds of service.
Nothing here asks for contact with police, a signature or immigration status (34 USC 20703(k), 12291(b)(2)).
"""

from django.db import models
from django.db.models import F, Q

from concord.law.wall import Compartment, Walled
from concord.site.keys.fields import IDENTIFYING, SENSITIVE, SealedJSON, SealedText
from concord.site.pages.drafts import DraftBase
from concord.site.people.models import Person, StatusEvent
from concord.site.services.models._base import FILE, code, why
from concord.site.stores.models import HeldModel
from concord.vocabulary import (
    ClientKind,
    ContactHow,
    NoteKind,
    ReferralAnswer,
    ServiceMode,
    ServiceType,
    ServiceUnit,
    StatusDecider,
    VictimStatus,
    Why,
)


class Client(Person):
    """Somebody the provider serves, or a family member served with her: each a file and a key of its own."""

    wall = Walled(Compartment.CLIENTS, client="id")
    sealed_under = "id"

    called = SealedText(code="client.called", privacy=IDENTIFYING)
    kind = code(ClientKind, default=ClientKind.PRINCIPAL)
    principal = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="family", db_index=False)
    relation = SealedText(code="client.relation", privacy=SENSITIVE)
    birth_date_why = why(default=Why.NOT_ASKED)
    reach_why = why()
    language = SealedText(code="client.language", privacy=SENSITIVE)
    language_why = why()
    race = SealedJSON(code="client.race", privacy=SENSITIVE)
    race_why = why(default=Why.NOT_ASKED)
    gender = SealedText(code="client.gender", privacy=SENSITIVE)
    gender_why = why(default=Why.NOT_ASKED)
    trafficking_type = SealedText(code="client.trafficking_type", privacy=SENSITIVE)
    trafficking_type_why = why(default=Why.NOT_ASKED)
    citizenship = SealedText(code="client.citizenship", privacy=SENSITIVE)
    citizenship_why = why(default=Why.WITHHELD)
    first_contact_on = models.DateField()
    enrolment_asked_at = models.DateTimeField(null=True)

    # What is due, kept here so that the caseload is one index scan.
    is_open = models.BooleanField(default=True)
    next_contact_on = models.DateField(null=True)
    last_reached_on = models.DateField(null=True)
    attempts_since = models.PositiveSmallIntegerField(default=0)
    restricted = models.BooleanField(default=False)
    restricted_on = models.DateField(null=True)
    erased_on = models.DateField(null=True)  # her key is gone: ids, days and codes are left, and open nothing

    class Meta:
        indexes = [
            models.Index(fields=["agency_id", "is_open", "next_contact_on", "id"]),
            models.Index(fields=["agency_id", "-first_contact_on", "-id"]),
            models.Index(fields=["principal"]),
            models.Index(fields=["id"], name="services_restricted", condition=Q(restricted=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="client_family_has_a_principal",
                condition=Q(kind=ClientKind.PRINCIPAL.value, principal=None)
                | Q(kind=ClientKind.FAMILY.value, principal__isnull=False),
            ),
            models.CheckConstraint(
                name="client_restricted_since_a_day",
                condition=Q(restricted=False, restricted_on=None) | Q(restricted=True, restricted_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"client {self.pk}"

    @property
    def display_name(self) -> str:
        """What she is called on pages: the name she chose, else the one recorded."""
        return self.called or self.full_name or "No name given"


class Enrolment(HeldModel):
    """One time of being served, from opening to closing. Who returns gets a new episode of the same file."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    opened_on = models.DateField()
    reopening = models.BooleanField(default=False)
    referral_source = SealedText(code="enrolment.referral_source", privacy=SENSITIVE)
    referral_source_why = why(default=Why.NOT_ASKED)
    age_at_entry = SealedJSON(code="enrolment.age_at_entry", privacy=SENSITIVE)
    age_at_entry_why = why(default=Why.NOT_ASKED)
    living_situation = SealedText(code="enrolment.living_situation", privacy=SENSITIVE)
    living_situation_why = why(default=Why.NOT_ASKED)
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.UUIDField(null=True)
    closure_reason = SealedText(code="enrolment.closure_reason", privacy=SENSITIVE)
    closure_note = SealedText(code="enrolment.closure_note", privacy=SENSITIVE)
    exit_living_situation = SealedText(code="enrolment.exit_living_situation", privacy=SENSITIVE)
    exit_living_situation_why = why()

    class Meta:
        indexes = [
            models.Index(fields=["client", "-opened_on"]),
            models.Index(fields=["agency_id", "opened_on"]),
            models.Index(fields=["agency_id", "closed_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="enrolment_one_open_per_client", fields=["client"], condition=Q(closed_on=None)
            ),
            models.UniqueConstraint(
                name="enrolment_one_first_per_client", fields=["client"], condition=Q(reopening=False)
            ),
            models.CheckConstraint(
                name="enrolment_closed_when_and_by_whom",
                condition=Q(closed_on=None, closed_at=None, closed_by_id=None)
                | Q(closed_on__gte=F("opened_on"), closed_at__isnull=False, closed_by_id__isnull=False),
            ),
        ]

    def __str__(self):
        return f"enrolment {self.pk}"


class Assignment(HeldModel):
    """Somebody of the staff works with a client. For a restricted file it is also what opens it."""

    wall = FILE

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    staff_id = models.UUIDField()
    since_date = models.DateField()
    until_date = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff_id", "until_date"]), models.Index(fields=["client", "until_date"])]
        constraints = [
            models.UniqueConstraint(
                name="assignment_once_at_a_time", fields=["client", "staff_id"], condition=Q(until_date=None)
            )
        ]

    def __str__(self):
        return f"assignment {self.pk}"


class ClientStatus(StatusEvent):
    """Potential, confirmed or determined not: a dated judgement with its basis. Two columns, never summed."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="statuses", db_index=False)
    status = code(VictimStatus)
    decider = code(StatusDecider, default=StatusDecider.NGO)
    basis = SealedText(code="client_status.basis", privacy=SENSITIVE)

    class Meta(StatusEvent.Meta):
        abstract = False
        indexes = [models.Index(fields=["client", "on_date", "created_at"])]

    def __str__(self):
        return f"status {self.pk}"


class Need(HeldModel):
    """A service a client asked for, until it is provided, referred out or found not to be had, and why."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="needs", db_index=False)
    service_type = code(ServiceType)
    requested_on = models.DateField()
    mode = code(ServiceMode, default=ServiceMode.REQUESTED)
    decided_on = models.DateField(null=True)
    decided_by_id = models.UUIDField(null=True)
    barrier = SealedText(code="need.barrier", privacy=SENSITIVE)
    note = SealedText(code="need.note", privacy=SENSITIVE)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-requested_on"]),
            models.Index(fields=["agency_id", "mode", "decided_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="need_decided_when_and_by_whom",
                condition=Q(mode=ServiceMode.REQUESTED.value, decided_on=None, decided_by_id=None)
                | (~Q(mode=ServiceMode.REQUESTED.value) & Q(decided_on__isnull=False, decided_by_id__isnull=False)),
            )
        ]

    def __str__(self):
        return f"need {self.pk}"


class Service(HeldModel):
    """What was done for a client: provided by us, or referred out. Undone entries stay, and count nowhere."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="services", db_index=False)
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="services")
    service_type = code(ServiceType)
    mode = code(ServiceMode, default=ServiceMode.PROVIDED)
    on_date = models.DateField()
    quantity = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    unit = code(ServiceUnit, default=ServiceUnit.ENCOUNTER)
    referred_to = SealedText(code="service.referred_to", privacy=SENSITIVE)
    note = SealedText(code="service.note", privacy=SENSITIVE)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["client", "-on_date", "-created_at"]),
            models.Index(fields=["agency_id", "on_date"]),
            models.Index(fields=["created_by_id", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="service_is_provided_or_referred",
                condition=Q(mode__in=[ServiceMode.PROVIDED.value, ServiceMode.REFERRED.value]),
            ),
            models.CheckConstraint(name="service_of_something", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="service_undone_when_and_by_whom",
                condition=Q(undone_at=None, undone_by_id=None) | Q(undone_at__isnull=False, undone_by_id__isnull=False),
            ),
        ]

    def __str__(self):
        return f"service {self.pk}"


class GroupService(HeldModel):
    """A group, an evening of outreach, an anonymous call: how many people, and nobody named."""

    wall = Walled(Compartment.PROVIDER)

    service_type = code(ServiceType)
    on_date = models.DateField()
    people = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=9, decimal_places=2, default=1)
    unit = code(ServiceUnit, default=ServiceUnit.ENCOUNTER)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency_id", "on_date"])]
        constraints = [
            models.CheckConstraint(name="group_service_of_somebody", condition=Q(people__gt=0, quantity__gt=0)),
            models.CheckConstraint(
                name="group_service_undone_when_and_by_whom",
                condition=Q(undone_at=None, undone_by_id=None) | Q(undone_at__isnull=False, undone_by_id__isnull=False),
            ),
        ]

    def __str__(self):
        return f"group service {self.pk}"


class Note(HeldModel):
    """A case note or a safety plan. Never overwritten: a correction is a later note."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="notes", db_index=False)
    kind = code(NoteKind, default=NoteKind.CASE)
    on_date = models.DateField()
    text = SealedText(code="note.text", privacy=SENSITIVE)

    class Meta:
        indexes = [models.Index(fields=["client", "-on_date", "-created_at"])]

    def __str__(self):
        return f"note {self.pk}"


class Contact(HeldModel):
    """A time somebody tried to reach a client, or was reached by her."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    on_date = models.DateField()
    how = code(ContactHow)
    reached = models.BooleanField()
    note = SealedText(code="contact.note", privacy=SENSITIVE)

    class Meta:
        indexes = [models.Index(fields=["client", "-on_date", "-created_at"])]

    def __str__(self):
        return f"contact {self.pk}"


class FollowUp(HeldModel):
    """Something to do for a client by a day."""

    wall = FILE
    sealed_under = "client_id"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="follow_ups", db_index=False)
    due_on = models.DateField()
    what = SealedText(code="follow_up.what", privacy=SENSITIVE)
    done_at = models.DateTimeField(null=True)
    done_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["client", "due_on"]),
            models.Index(fields=["agency_id", "due_on"], name="services_follow_up_open", condition=Q(done_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="follow_up_done_when_and_by_whom",
                condition=Q(done_at=None, done_by_id=None) | Q(done_at__isnull=False, done_by_id__isnull=False),
            )
        ]

    def __str__(self):
        return f"follow-up {self.pk}"


class Inquiry(HeldModel):
    """Somebody asked and did not become a client. Protected as one: the bar covers services asked for or denied."""

    wall = Walled(Compartment.CLIENTS, client="id")
    sealed_under = "id"

    on_date = models.DateField()
    called = SealedText(code="inquiry.called", privacy=IDENTIFYING)
    called_why = why()
    reach = SealedJSON(code="inquiry.reach", privacy=IDENTIFYING)
    language = SealedText(code="inquiry.language", privacy=SENSITIVE)
    wanted = SealedJSON(code="inquiry.wanted", privacy=SENSITIVE)
    reason = SealedText(code="inquiry.reason", privacy=SENSITIVE)
    note = SealedText(code="inquiry.note", privacy=SENSITIVE)

    class Meta:
        verbose_name_plural = "inquiries"
        indexes = [models.Index(fields=["agency_id", "-on_date", "-id"])]

    def __str__(self):
        return f"inquiry {self.pk}"


class ReferralIn(HeldModel):
    """What this provider did with a referral it received. It lives here alone: the sender sees "received"."""

    wall = Walled(Compartment.PROVIDER)
    sealed_under = "id"

    referral_id = models.UUIDField(unique=True)
    answer = code(ReferralAnswer, default=ReferralAnswer.OPENED)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    reason = SealedText(code="referral_in.reason", privacy=SENSITIVE)
    note = SealedText(code="referral_in.note", privacy=SENSITIVE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_in_decided_when_and_by_whom",
                condition=Q(answer=ReferralAnswer.OPENED.value, decided_at=None, decided_by_id=None)
                | (~Q(answer=ReferralAnswer.OPENED.value) & Q(decided_at__isnull=False, decided_by_id__isnull=False)),
            )
        ]

    def __str__(self):
        return f"referral received {self.pk}"


class ReferredClient(HeldModel):
    """The client a received referral led to. Apart from `ReferralIn`: it is part of her file and hides with it."""

    wall = FILE

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="referrals_in")
    referral = models.OneToOneField(ReferralIn, on_delete=models.PROTECT, related_name="link")

    def __str__(self):
        return f"referred client {self.pk}"


class Draft(DraftBase):
    """What somebody is still typing: hers alone until it is submitted."""

    wall = Walled(Compartment.DESK, audited=False)  # the chain would keep what was typed and thrown away

    def __str__(self):
        return f"draft {self.pk}"
