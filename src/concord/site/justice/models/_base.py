"""What the tables of this room have in common."""

from django.db import models

from concord.law.wall import Compartment, Walled
from concord.site.stores.models import HeldModel
from concord.vocabulary import Code, Why


def code(of: type[Code], **options):
    """A column that holds one code of a list; empty where there is none."""
    return models.CharField(max_length=40, choices=of.choices(), **({"blank": True, "default": ""} | options))


def needed(of: type[Code], **options):
    """A column that always holds one code of a list."""
    return models.CharField(max_length=40, choices=of.choices(), **options)


def why():
    """Why the column beside it is empty."""
    return code(Why)


class CaseRow(HeldModel):
    """A row of one investigation. `agency_id` is the agency that holds the investigation, whoever on its team wrote it.

    Sealed under the investigation's key unless a table says otherwise.
    """

    wall = Walled(Compartment.CASES, case="investigation_id")
    sealed_under = "investigation_id"

    investigation = models.ForeignKey("justice.Investigation", on_delete=models.PROTECT)

    class Meta:
        abstract = True
