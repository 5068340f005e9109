"""A sealed copy is read by one named person while it lives, and by nobody otherwise."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from concord.site.accounts import standing
from concord.site.accounts.models import Mou, Staff
from concord.site.bridge import packages
from concord.site.bridge.models import Package, PackageKey
from concord.site.keys.sealing import KeyRefused
from concord.site.pages.objections import Objection
from concord.site.stores.acting import acting
from concord.vocabulary import PackageState, Role, Sector
from tests.site.world import known_id

SECRET = "Quill Brambleton"
CONTENT = {
    "purpose": "legal_help", "purpose_words": "", "items": {"name": SECRET, "dates": ["2026-01-02"]},
    "said_by": "Lantern House", "expires_on": "2099-01-01",
}  # fmt: skip


def send(world, *, to="counsel", id=None, content=CONTENT, expires_at=None, by="advocate"):
    viewer, user = world.viewer(by), world.users[to]
    with acting(viewer):
        return packages.send_package(
            id=id or uuid4(), to_agency=user.agency_id, to_staff=user.staff_id, content=content,
            expires_at=expires_at or timezone.now() + dt.timedelta(days=30), by=viewer,
        )  # fmt: skip


def read(world, package, who="counsel"):
    viewer = world.viewer(who)
    with acting(viewer):
        return packages.open_package(package=packages.received_packages(viewer).get(pk=package.pk), by=viewer)


def withdraw(world, package, who="advocate"):
    viewer = world.viewer(who)
    with acting(viewer):
        return packages.withdraw_package(id=package.pk, by=viewer)


def test_the_named_person_reads_what_was_sealed(world):
    assert read(world, send(world))["items"] == {"name": SECRET, "dates": ["2026-01-02"]}
