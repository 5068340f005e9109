"""What every walled record is: a random id, the agency that holds it, and its place on the wall."""

from uuid import uuid4

from django.db import models

from concord.law.wall import Walled


class WalledModel(models.Model):
    """Base of every table of the hub, justice, study and vault stores.

    Subclasses set `wall = Walled(...)`. Ids are random, made in Python (the writer may not be able to read back what it
    inserted) and carry no time. `agency_id` is the holding agency; where another agency recorded the row, `by_id`
    tells.
    """

    wall: Walled

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    class Meta:
        abstract = True


class HeldModel(WalledModel):
    """A walled record held by one agency."""

    agency_id = models.UUIDField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by_id = models.UUIDField(editable=False, null=True)

    class Meta:
        abstract = True
