"""What the tables of a vault share: a file's place on the wall, and columns that hold a code."""

from django.db import models

from concord.law.wall import Compartment, Walled
from concord.vocabulary import Why

FILE = Walled(Compartment.CLIENTS, client="client_id")


def code(codes, **kwargs):
    if "default" in kwargs:
        kwargs["default"] = str(kwargs["default"])  # migrations then hold the stored value
    return models.CharField(max_length=30, choices=codes.choices(), **kwargs)


def why(default=""):
    """Why the sibling column has no value."""
    return code(Why, blank=True, default=default)
