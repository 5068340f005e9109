"""What tests of the client files share: files opened by the real actions, and a count of the statements of a page."""

import datetime as dt
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connections
from django.utils import timezone

from concord.site.services import actions
from concord.site.services.reach import Way
from concord.site.stores.acting import acting
from concord.vocabulary import ServiceType

TODAY = timezone.localdate


@pytest.fixture
def as_staff(world):
    """`with as_staff("advocate") as by:` acts as her, in her provider's vault."""

    @contextmanager
    def acting_as(name):
        viewer = world.viewer(name)
        with acting(viewer):
            yield viewer

    return acting_as


@pytest.fixture
def open_file(as_staff):
    """`open_file("Rosalind Example", by="advocate", restricted=True)` opens a client's file and returns her id."""

    def opened(called="Rosalind Example", *, by="advocate", restricted=False, on=None, **more):
        with as_staff(by) as viewer:
            client = actions.open_client(
                called=called, first_contact_on=on or TODAY() - dt.timedelta(days=40), by=viewer,
                reach=[Way(how="call", where="555-0100", cautions=("no_message",))], language="spanish",
                need_now=[ServiceType.HOU], **more,
            )  # fmt: skip
            if restricted:
                actions.restrict(client=client, by=viewer)
        return client.pk

    return opened


class Statements(list):
    """Store and text of the statements a page sent, those of transactions and of the signed context apart."""

    def __call__(self, execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            self.append((context["connection"].alias, sql))
        return execute(sql, params, many, context)


@pytest.fixture
def counted():
    """`with counted() as statements:` collects what goes to every store."""

    @contextmanager
    def collecting():
        statements = Statements()
        with ExitStack() as stack:
            for alias in connections:
                stack.enter_context(connections[alias].execute_wrapper(statements))
            yield statements

    return collecting
