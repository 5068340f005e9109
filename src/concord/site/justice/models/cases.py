"""The investigation, its team and its dated history."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, F, Func, Q

from concord.law.wall import Compartment, Walled
from concord.site.justice.codes import CaseEventKind
from concord.site.justice.models._base import CaseRow, code, needed, why
from concord.site.justice.models.leads import Lead
from concord.site.keys.fields import IDENTIFYING, SealedText
from concord.site.stores.models import HeldModel
from concord.vocabulary import (
    AgencyLevel,
    CaseStatus,
    ChargeClass,
    ClosedHow,
    InvestigationMethod,
    LeadSource,
    Sector,
    TraffickingType,
)


class Investigation(HeldModel):
    """One investigation of suspected trafficking, whatever it was opened as. Its title is a code name or a number,
    never a person's name. What it is today stands here; how it came to be so stands in `CaseEvent`."""

    wall = Walled(Compartment.CASES, case="id")
    sealed_under = "id"

    code_name = models.CharField(max_length=60)
    opened_on = models.DateField()
    source = needed(LeadSource)
    trafficking_type = needed(TraffickingType)
    proactive = models.BooleanField(null=True)
    proactive_why = why()
    initially_classified_as = code(ChargeClass)
    initially_classified_as_why = why()
    methods = ArrayField(needed(InvestigationMethod), default=list, blank=True)
    counties = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    lead_staff_id = models.UUIDField(null=True)
    summary = SealedText(code="investigation.summary", privacy=IDENTIFYING)

    status = needed(CaseStatus, default=CaseStatus.OPEN)
    closed_on = models.DateField(null=True)
    closed_how = code(ClosedHow)
    adopted_federally_on = models.DateField(null=True)
    docket_known = models.BooleanField(null=True, help_text="Whether court outcomes could be looked up")
    second_read = models.BooleanField(default=False, help_text="Re-read as an other-crime file with indicators")
    arrest_only = models.BooleanField(default=False, help_text="The file of an arrest that belongs to no investigation "
                                                               "yet; counted as none until somebody says it is one")

    class Meta:
        indexes = [
            models.Index(fields=["agency_id", "-opened_on", "-id"], name="case_by_agency"),
            models.Index(fields=["agency_id", "status", "-opened_on", "-id"], name="case_by_status"),
            models.Index(fields=["agency_id", "lead_staff_id"], name="case_by_lead_staff"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "code_name"], name="case_code_name"),
            models.CheckConstraint(
                name="case_closed_when_and_how",
                condition=Q(status=CaseStatus.OPEN, closed_on__isnull=True, closed_how="")
                | (Q(status=CaseStatus.CLOSED, closed_on__isnull=False) & ~Q(closed_how="")),
            ),
            models.CheckConstraint(
                name="case_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self):
        return self.code_name


class CaseEvent(CaseRow):
    """A dated change of what an investigation is. A new judgement is a new row; none is overwritten."""

    kind = needed(CaseEventKind)
    on_date = models.DateField()
    trafficking_type = code(TraffickingType)
    closed_how = code(ClosedHow)
    note = SealedText(code="case_event.note", privacy=IDENTIFYING)

    class Meta:
        indexes = [models.Index(fields=["investigation", "on_date"])]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class LeadLink(CaseRow):
    """A lead that an investigation rests on."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT)
    linked_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["investigation", "lead"], name="lead_linked_once")]

    def __str__(self):
        return f"link {self.pk}"


def on_team(case: str = "investigation_id") -> Func:
    """As a condition: the row's investigation has the acting agency on its team today. The guard answers once."""
    return Func(F(case), template="%(expressions)s = any((select guard.team())::uuid[])", output_field=BooleanField())


class TeamAgency(HeldModel):
    """An agency's time on an investigation's team. Only the holder decides who is on it, and so who reads the file.

    An agency without accounts is on a team too; `level` and `sector` are kept as they were when it joined.
    """

    wall = Walled(Compartment.TEAMS, case="investigation_id")

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="team")
    member_id = models.UUIDField(help_text="The agency on the team")
    level = needed(AgencyLevel)
    sector = needed(Sector)
    from_date = models.DateField()
    until_date = models.DateField(null=True)

    class Meta:
        # All that the wall asks of a team: a partner on thousands of them is answered from the index alone.
        indexes = [
            models.Index(fields=["member_id", "investigation"], include=["agency_id", "from_date", "until_date"],
                         name="team_by_member")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["investigation", "member_id"], condition=Q(until_date=None), name="team_member_once"
            ),
            models.CheckConstraint(
                name="team_leaves_after_it_joins",
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")),
            ),
        ]

    def __str__(self):
        return f"team {self.pk}"

    def on(self, today: dt.date) -> bool:
        return self.from_date <= today and (self.until_date is None or today <= self.until_date)
