"""What a person is wherever one is kept. Abstract bases only: no table of people, and none that two rooms share.

A room that keeps people has its own table, in its own store, sealed under its own keys; nothing links two of them.
"""

from django.db import models

from concord.site.keys.fields import IDENTIFYING, SealedDate, SealedJSON, SealedText
from concord.site.stores.models import HeldModel


class Person(HeldModel):
    """Names, birth date and ways to reach a person, sealed under the key named by `sealed_under`."""

    sealed_under = "id"

    given_name = SealedText(code="person.given_name", privacy=IDENTIFYING)
    family_name = SealedText(code="person.family_name", privacy=IDENTIFYING)
    other_names = SealedText(code="person.other_names", privacy=IDENTIFYING)
    birth_date = SealedDate(code="person.birth_date", privacy=IDENTIFYING)
    reach = SealedJSON(code="person.reach", privacy=IDENTIFYING)

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.given_name, self.family_name) if part)


class StatusEvent(HeldModel):
    """A dated judgement about a person, with who made it. Never overwritten: a new judgement is a new event."""

    on_date = models.DateField()
    decided_by_id = models.UUIDField(null=True)

    class Meta:
        abstract = True
        ordering = ["on_date", "created_at"]
