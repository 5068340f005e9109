"""Who reads an investigation: its holder and, while both MOUs are in force, the agencies on its team. Work product: one
office. The rows are read through the stores, as the web login."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from concord.site.accounts import standing
from concord.site.accounts.models import Mou
from concord.site.justice.models import ConsideredCharge, Investigation, Lead, Person, TeamAgency
from concord.site.stores.acting import StoreRefused, acting
from concord.vocabulary import ChargeClass, PersonRole
from tests.site.justice import cases

TODAY = dt.date.today()


def seen(world, name, model=Investigation):
    with acting(world.viewer(name)):
        return set(model.objects.values_list("pk", flat=True))


def test_the_holder_and_the_team_read_the_file_and_nobody_else(world):
    case = cases.investigation(world)
    person = cases.person(case, PersonRole.POTENTIAL_VICTIM, given_name="Inez", family_name="Invented")
    cases.on_team(case, "prosecutor", world)
    assert seen(world, "detective") == seen(world, "prosecutor") == {case.pk}
    assert seen(world, "deputy") == seen(world, "outsider") == set()
    with acting(world.viewer("prosecutor")):
        assert Person.objects.get(pk=person.pk).full_name == "Inez Invented"


@pytest.mark.parametrize("who", ["advocate", "counsel", "coordinator", "evaluator"])
def test_other_sides_of_the_wall_do_not_reach_the_store(world, who):
    with pytest.raises(StoreRefused), acting(world.viewer(who)):
        Investigation.objects.count()


def test_a_team_ends_with_its_last_day_and_with_either_mou(world):
    case = cases.investigation(world)
    row = cases.on_team(case, "prosecutor", world, until_date=TODAY)
    assert seen(world, "prosecutor") == {case.pk}
    TeamAgency.objects.filter(pk=row.pk).update(until_date=TODAY - dt.timedelta(days=1))
    assert seen(world, "prosecutor") == set()
    TeamAgency.objects.filter(pk=row.pk).update(until_date=None)
    for agency in ("police", "prosecutor"):
        mou = Mou.objects.filter(agency=world.agencies[agency])
        mou.update(ended_on=TODAY)
        standing.forget()
        assert seen(world, "prosecutor") == set()
        mou.update(ended_on=None)
        standing.forget()
    assert seen(world, "prosecutor") == {case.pk}


def test_only_the_holder_says_who_is_on_the_team(world):
    case = cases.investigation(world)
    cases.on_team(case, "prosecutor", world)
    with acting(world.viewer("prosecutor")):
        with pytest.raises(DatabaseError), transaction.atomic(using="justice"):
            cases.on_team(case, "sheriff", world)
        assert TeamAgency.objects.count() == 1
    with acting(world.viewer("deputy")), pytest.raises(DatabaseError), transaction.atomic(using="justice"):
        cases.on_team(case, "sheriff", world)


def test_leads_are_the_agencys_own_even_from_its_team(world):
    lead = cases.lead(world)
    case = cases.investigation(world)
    cases.on_team(case, "prosecutor", world)
    assert seen(world, "detective", Lead) == {lead.pk}
    assert seen(world, "prosecutor", Lead) == set()


def test_what_a_prosecutor_considers_is_her_offices_own(world):
    case = cases.investigation(world)
    suspect = cases.person(case, PersonRole.PRIMARY)
    cases.on_team(case, "prosecutor", world)
    with acting(world.viewer("prosecutor")):
        considered = ConsideredCharge.objects.create(
            **cases.held(world, "prosecutor"), investigation_id=case.pk, person_id=suspect.pk, jurisdiction="US",
            citation="18 USC 1589", charge_class=ChargeClass.HT_LABOR, note="Weigh the records first.")
    assert seen(world, "prosecutor", ConsideredCharge) == {considered.pk}
    assert seen(world, "detective", ConsideredCharge) == set()
