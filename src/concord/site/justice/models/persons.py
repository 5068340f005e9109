"""People of an investigation. "Person 1 .. n" until somebody is named, and the roster shows nothing more."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from concord.law.wall import Compartment, Walled
from concord.site.justice.models._base import CaseRow, code, needed, why
from concord.site.justice.models.cases import Investigation
from concord.site.keys.fields import IDENTIFYING, SealedText
from concord.site.people import models as people
from concord.vocabulary import (
    AgeGroup,
    Answer,
    Basis,
    Gender,
    IdentifiedBy,
    Industry,
    MeansOfControl,
    PersonRole,
    Race,
    RaceSource,
    Screened,
    Sex,
    SpokenLanguage,
    StatusDecider,
    SuspectOutcome,
    TookPart,
    TraffickingType,
    Venue,
    VictimStatus,
)


class Person(people.Person):
    """One person in one investigation, in one or more roles: somebody can be a victim and a suspect.

    Whether a victim is potential or confirmed is not here: `VictimStatusEvent` holds who decided it, when, and on what.
    """

    wall = Walled(Compartment.CASES, case="investigation_id")

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT)
    number = models.PositiveIntegerField(help_text="Person 1, Person 2 ... within the investigation")
    roles = ArrayField(needed(PersonRole), default=list)
    note = SealedText(code="justice_person.note", privacy=IDENTIFYING)
    identified_on = models.DateField(null=True)

    age_group = needed(AgeGroup, default=AgeGroup.UNKNOWN)
    age = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(120)])
    age_why = why()
    sex = code(Sex)
    sex_why = why()
    gender = code(Gender)
    gender_why = why()
    race = ArrayField(needed(Race), default=list, blank=True)
    race_why = why()
    race_source = code(RaceSource)
    race_source_why = why()
    language = code(SpokenLanguage)
    language_why = why()

    # As a victim; asked when she or he is identified, screened, and when the case is decided.
    trafficking_type = code(TraffickingType)
    first_act_on = models.CharField(max_length=10, blank=True, help_text="2019, 2019-05 or 2019-05-31")
    age_at_first_act = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(120)])
    age_at_first_act_why = why()
    minor_at_act = needed(Answer, default=Answer.UNKNOWN)
    means = ArrayField(needed(MeansOfControl), default=list, blank=True)
    means_why = why()
    industry = code(Industry)
    industry_why = why()
    venue = code(Venue)
    venue_why = why()
    identified_by = code(IdentifiedBy)
    identified_by_why = why()
    screened = code(Screened)
    screened_why = why()
    screening_tool = models.CharField(max_length=120, blank=True)
    referred_to_services_on = models.DateField(null=True)
    took_part = code(TookPart)
    took_part_why = why()

    # As a suspect.
    outcome = code(SuspectOutcome)
    outcome_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency_id"], name="justice_person_by_agency")]
        constraints = [
            models.UniqueConstraint(fields=["investigation", "number"], name="person_number"),
            models.CheckConstraint(name="person_has_a_role", condition=~Q(roles=[])),
        ]

    def __str__(self):
        return self.alias

    @property
    def alias(self) -> str:
        return f"Person {self.number}"

    @property
    def shown_as(self) -> str:
        """The name where one is known, else the number."""
        return self.full_name or self.alias

    def is_victim(self) -> bool:
        return bool(set(self.roles) & set(PersonRole.victims()))

    def is_suspect(self) -> bool:
        return bool(set(self.roles) & set(PersonRole.suspects()))


class VictimStatusEvent(people.StatusEvent):
    """Potential, confirmed or determined not: who decided, when, on what basis. The latest stands; all are kept."""

    wall = Walled(Compartment.CASES, case="investigation_id")
    sealed_under = "investigation_id"

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="statuses")
    status = needed(VictimStatus)
    decider = needed(StatusDecider)
    basis = code(Basis)
    basis_why = why()
    note = SealedText(code="victim_status.note", privacy=IDENTIFYING)

    class Meta(people.StatusEvent.Meta):
        indexes = [models.Index(fields=["person", "on_date"]), models.Index(fields=["investigation"])]
        constraints = [
            models.CheckConstraint(
                name="status_confirmed_on_a_basis", condition=~Q(status=VictimStatus.CONFIRMED) | ~Q(basis="")
            )
        ]

    def __str__(self):
        return f"{self.status} {self.pk}"


class Scheme(CaseRow):
    """What suspects put many victims through alike, so that a fact is asserted once for all of them."""

    label = models.CharField(max_length=60)
    patterns = ArrayField(models.CharField(max_length=40), default=list)

    def __str__(self):
        return self.label


class Pair(CaseRow):
    """One victim and one suspect: the unit of the elements of the offence."""

    victim = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pairs_as_victim")
    suspect = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pairs_as_suspect")
    relation = models.CharField(max_length=40, blank=True)
    relation_why = why()
    scheme = models.ForeignKey(Scheme, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["victim", "suspect"], name="pair_once"),
            models.CheckConstraint(name="pair_of_two_people", condition=~Q(victim=models.F("suspect"))),
        ]

    def __str__(self):
        return f"pair {self.pk}"


class Assertion(CaseRow):
    """Somebody's claim about one element, for one pair or for a whole scheme. Conclusions are computed on view.

    It is never changed: who was wrong takes it back, and says why, and may state another.
    """

    pair = models.ForeignKey(Pair, null=True, on_delete=models.PROTECT)
    scheme = models.ForeignKey(Scheme, null=True, on_delete=models.PROTECT)
    element = models.CharField(max_length=40)
    value = models.CharField(max_length=40, blank=True, help_text="Empty, with a no: none of the element's values")
    answer = needed(Answer)
    basis = needed(Basis)
    asserted_on = models.DateField()
    note = SealedText(code="assertion.note", privacy=IDENTIFYING)
    withdrawn_on = models.DateField(null=True, help_text="From then on it counts no more; it stays to be read")
    withdrawn_by_id = models.UUIDField(null=True)
    withdrawn_why = SealedText(code="assertion.withdrawn_why", privacy=IDENTIFYING)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assertion_withdrawn_by_somebody",
                condition=Q(withdrawn_on=None, withdrawn_by_id=None)
                | Q(withdrawn_on__isnull=False, withdrawn_by_id__isnull=False),
            ),
            models.CheckConstraint(
                name="assertion_of_a_pair_or_a_scheme",
                condition=Q(pair__isnull=False, scheme__isnull=True) | Q(pair__isnull=True, scheme__isnull=False),
            ),
            models.CheckConstraint(
                name="assertion_without_a_value_is_a_no", condition=~Q(value="") | Q(answer=Answer.NO)
            ),
        ]

    def __str__(self):
        return f"assertion {self.pk}"
