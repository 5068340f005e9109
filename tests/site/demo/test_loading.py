"""Loads that start from empty stores: interrupted ones, and large ones."""

import pytest
from django.conf import settings
from django.db import connections

from concord.site.accounts.models import TaskForce
from concord.site.demo import bulk, cast, taskforces, world
from concord.site.justice.models import Assertion, Charge, Hearing, Investigation, Person, VictimStatusEvent
from concord.site.services.models import Client, Contact, Note, Service
from concord.site.signin.models import User
from concord.site.stores import acting


class Killed(BaseException):
    pass


def test_a_load_that_was_killed_leaves_whole_stores_and_goes_on(stores, monkeypatch):
    copy = world.copy

    def until_agreements(cursor, rows):
        if rows and type(rows[0]) is taskforces.Mou:
            raise Killed
        copy(cursor, rows)

    monkeypatch.setattr(world, "copy", until_agreements)
    with pytest.raises(Killed):
        world.load(say=lambda line: None)
    cases = Investigation.objects.count()
    assert cases > 0
    assert not TaskForce.objects.exists()
    assert not User.objects.filter(demo=True).exists()
    monkeypatch.setattr(world, "copy", copy)
    world.load(say=lambda line: None)
    assert TaskForce.objects.count() == len(cast.TASK_FORCES)
    assert Investigation.objects.count() == cases
    assert User.objects.filter(demo=True).count() == len(cast.SIGN_INS)


_SHAPE = """
select tgrelid::regclass::text, tgname, tgenabled::text from pg_trigger where not tgisinternal
union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
union all select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
union all select relname, relrowsecurity::text, relforcerowsecurity::text from pg_class where relkind = 'r'
order by 1, 2, 3
"""


def _shape(alias: str) -> list[tuple]:
    with acting.commanding(alias), connections[alias].cursor() as cursor:
        cursor.execute(_SHAPE)
        return cursor.fetchall()


def test_a_large_load_adds_exactly_what_was_asked_and_leaves_the_stores_as_they_were(stores):
    taskforces.make_keys()
    before = {alias: _shape(alias) for alias in ("justice", "vault_lantern")}
    said = []
    assert bulk.load(301, 5003, said.append) == 301 + 5003
    vaults = [alias for alias in settings.CONCORD.stores if alias.startswith("vault_")]
    people, events = Person.objects.count(), _rows(VictimStatusEvent, Charge, Hearing, Assertion)
    for alias in vaults:
        with acting.commanding(alias):
            people += Client.objects.count()
            events += _rows(Service, Contact, Note)
    assert people == 301
    assert events + _rows(bulk.CaseEvent) == 5003
    assert {alias: _shape(alias) for alias in before} == before
    assert "5,304 of 5,304 rows" in said[-1]


def _rows(*tables) -> int:
    return sum(model.objects.count() for model in tables)


def test_a_large_load_is_readable_and_happens_once(stores):
    taskforces.make_keys()
    bulk.load(60, 600, lambda line: None)
    with acting.commanding("vault_lantern"):
        names = {client.full_name for client in Client.objects.all()}
        assert len(names) == Client.objects.count() > 5
        assert all(len(name.split()) == 2 for name in names)
        assert Note.objects.first().text.startswith("Went over")
    assert bulk.load(60, 600, lambda line: None) == 0


@pytest.mark.parametrize(("persons", "events"), [(0, 1), (cast.MOST_PERSONS + 1, 1), (1, cast.MOST_EVENTS + 1)])
def test_more_than_is_promised_is_refused_with_the_limits(persons, events):
    with pytest.raises(ValueError, match="50,000 persons"):
        bulk.load(persons, events, lambda line: None)


@pytest.mark.parametrize(("persons", "events"), [(1, 0), (2, 1), (3, 7), (50, 999)])
def test_shares_add_up_to_what_was_asked(stores, persons, events):
    parts = bulk.parts(persons, events)
    assert sum(part.persons for part in parts) == persons
