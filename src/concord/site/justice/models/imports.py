"""What came from files: the FBI's release with its re-read queue, and the court's charges. All of it the agency's own.

A NIBRS release names nobody, yet age, sex, race and date together can point at a person: that is why it lies in the
agency's own compartment and is never shared with a team.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from concord.law.wall import Compartment, Walled
from concord.site.justice.codes import ImportKind, RereadStatus
from concord.site.justice.models._base import needed
from concord.site.justice.models.court import Charge
from concord.site.justice.models.leads import Lead
from concord.site.justice.models.persons import Person
from concord.site.keys.fields import IDENTIFYING, SealedJSON, SealedText
from concord.site.stores.models import HeldModel


class OwnRow(HeldModel):
    """A row that came from a file, or says what came of one; the agency's own."""

    wall = Walled(Compartment.OFFICE)
    sealed_under = "id"

    class Meta:
        abstract = True


class ImportBatch(OwnRow):
    """One file or release that was kept, with its sums: rows read = accepted + rejected."""

    kind = needed(ImportKind)
    file_name = SealedText(code="import_batch.file_name", privacy=IDENTIFYING)
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of what was read")
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    tables = models.JSONField(default=dict, help_text="For each table: rows, accepted, rejected")
    reasons = models.JSONField(default=list, help_text="File, column, reason and how often; no cell of the file")
    statement = models.CharField(max_length=300, blank=True, help_text="What the file says and does not say")

    class Meta:
        indexes = [models.Index(fields=["agency_id", "-created_at", "-id"], name="import_by_agency")]
        constraints = [
            models.UniqueConstraint(
                fields=["agency_id", "content_hash"], condition=Q(kind=ImportKind.NIBRS), name="import_release_once"
            ),
            models.CheckConstraint(
                name="import_rows_reconcile", condition=Q(rows=models.F("accepted") + models.F("rejected"))
            ),
        ]

    def __str__(self):
        return f"import {self.pk}"


# --- The FBI's release ------------------------------------------------------------------------------------------------


class NibrsIncident(OwnRow):
    """One incident as reported. `nibrs_id` and `row` say where in the release it stands."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT)
    row = models.PositiveIntegerField()
    nibrs_id = models.BigIntegerField()
    ori = models.CharField(max_length=9)
    on_date = models.DateField(null=True)
    by_report_date = models.BooleanField()
    hour = models.PositiveSmallIntegerField(null=True)
    cleared_exceptionally = models.CharField(max_length=3, blank=True)
    cleared_on = models.DateField(null=True)
    lost_parts = models.PositiveIntegerField(help_text="Rows of it that were rejected")

    class Meta:
        indexes = [models.Index(fields=["batch"], name="nibrs_incident_by_batch")]
        # The agency as text: an index on the column itself serves the wall's own question, whose the incident is, and
        # read by it, each part that is written would read all of the agency's incidents.
        constraints = [
            models.UniqueConstraint("nibrs_id", Cast("agency_id", models.TextField()), name="nibrs_incident_once")
        ]

    def __str__(self):
        return f"incident {self.pk}"


class NibrsPart(OwnRow):
    """A part of one incident."""

    batch_id = models.UUIDField(help_text="Of the incident's import")
    incident = models.ForeignKey(NibrsIncident, on_delete=models.PROTECT)
    row = models.PositiveIntegerField()
    nibrs_id = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


def _codes():
    return ArrayField(models.CharField(max_length=3), default=list, blank=True)


class NibrsOffense(NibrsPart):
    """One kind of offense of an incident."""

    code = models.CharField(max_length=3)
    attempted = models.BooleanField()
    location = models.CharField(max_length=3)
    activities = _codes()
    weapons = _codes()


class NibrsPerson(NibrsPart):
    """What is said of a person nobody is named by. Ages are years from `age_low` to `age_high`, null where unknown."""

    number = models.PositiveSmallIntegerField()
    age_low = models.PositiveSmallIntegerField(null=True)
    age_high = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    race = models.CharField(max_length=3, blank=True)
    ethnicity = models.CharField(max_length=3, blank=True)

    class Meta:
        abstract = True


class NibrsVictim(NibrsPerson):
    """A victim, not always a person. `offenses` are the release's numbers of the offenses against it."""

    type = models.CharField(max_length=3)
    offenses = ArrayField(models.BigIntegerField(), default=list, blank=True)
    injuries = _codes()
    relationships = _codes()


class NibrsOffender(NibrsPerson):
    pass


class NibrsArrestee(NibrsPerson):
    on_date = models.DateField(null=True)
    arrest_type = models.CharField(max_length=3)
    offense = models.CharField(max_length=3)


class NibrsMonth(OwnRow):
    """One month of one reporting agency: filed with incidents, filed as zero, or not filed."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT)
    row = models.PositiveIntegerField()
    ori = models.CharField(max_length=9, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    month = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=1, help_text="I, Z or U")

    class Meta:
        indexes = [models.Index(fields=["batch", "ori"], name="nibrs_month_by_batch")]

    def __str__(self):
        return f"month {self.pk}"


class RereadItem(OwnRow):
    """An incident that a rule sends to be read again for missed indicators. A rule says nothing about anyone."""

    incident = models.OneToOneField(NibrsIncident, on_delete=models.PROTECT, related_name="reread")
    rules = ArrayField(models.CharField(max_length=40))
    status = needed(RereadStatus, default=RereadStatus.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    note = SealedText(code="reread.note", privacy=IDENTIFYING)
    lead = models.ForeignKey(Lead, null=True, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["agency_id", "status", "created_at", "id"], name="reread_by_status")]
        constraints = [
            models.CheckConstraint(
                name="reread_decided_when_and_by_whom",
                condition=Q(status=RereadStatus.WAITING, decided_at=None, decided_by_id=None)
                | (~Q(status=RereadStatus.WAITING) & Q(decided_at__isnull=False, decided_by_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="reread_lead_only_with_indicators",
                condition=Q(lead=None) | Q(status=RereadStatus.INDICATORS),
            ),
        ]

    def __str__(self):
        return f"re-read {self.pk}"


# --- A court's or prosecutor's charges --------------------------------------------------------------------------------


class SavedMapping(OwnRow):
    """How one court's export is read (`casefile.formats.court.CourtMapping.as_dict`), made once.

    `name_heading`: the column whose name is compared with the agency's own suspects; it is never kept.
    """

    name = models.CharField(max_length=60)
    document = SealedJSON(code="saved_mapping.document", privacy=IDENTIFYING)
    name_heading = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency_id", "name"], name="mapping_name")]

    def __str__(self):
        return self.name


class CourtDefendant(OwnRow):
    """One defendant of one docket as a court's file has them, and who that is here.

    Without a person and not set aside it waits in the matching queue. `key` is a keyed digest of system, docket and
    number, so that the next file is matched without opening every row.
    """

    key = models.CharField(max_length=64)
    system = models.CharField(max_length=60)
    docket = SealedText(code="court_defendant.docket", privacy=IDENTIFYING)
    number = SealedText(code="court_defendant.number", privacy=IDENTIFYING)
    name = SealedText(code="court_defendant.name", privacy=IDENTIFYING)  # only while it waits
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    set_aside_on = models.DateField(null=True, help_text="Not one of ours")

    class Meta:
        indexes = [
            models.Index(
                fields=["agency_id", "created_at", "id"],
                condition=Q(person=None, set_aside_on=None),
                name="defendant_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "key"], name="defendant_once"),
            models.CheckConstraint(
                name="defendant_matched_or_set_aside", condition=Q(person=None) | Q(set_aside_on=None)
            ),
        ]

    def __str__(self):
        return f"defendant {self.pk}"


class CourtRecord(OwnRow):
    """One charge at one stage as the court's file last had it, and the charge it became here once matched."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT)
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    defendant = models.ForeignKey(CourtDefendant, on_delete=models.PROTECT)
    values = models.JSONField()
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["defendant"], name="court_record_by_defendant")]
        constraints = [models.UniqueConstraint(fields=["agency_id", "key"], name="court_record_once")]

    def __str__(self):
        return f"court record {self.pk}"


class Upload(HeldModel):
    """A file between its dry run and the decision to keep it: sealed under its sender's own key, on no disk in plain.

    Deleted when it is kept or thrown away, when its sender sends another, and when she comes back after a day.
    """

    wall = Walled(Compartment.DESK, audited=False)
    sealed_under = "staff_id"

    staff_id = models.UUIDField(editable=False)
    kind = needed(ImportKind)
    file_name = SealedText(code="upload.file_name", privacy=IDENTIFYING)
    options = SealedJSON(code="upload.options", privacy=IDENTIFYING)  # mapping, letters, separator, sheet
    content = SealedText(code="upload.content", privacy=IDENTIFYING)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff_id", "kind"], name="upload_one_at_a_time")]

    def __str__(self):
        return f"upload {self.pk}"
