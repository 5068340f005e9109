"""Finding people in one's own agency, misspelled too; partners and vaults are never looked into."""

import time
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.db import connections

from concord.site.justice import finding
from concord.site.justice.models import Docket, Person
from concord.site.stores.acting import acting
from concord.vocabulary import Forum, PersonRole
from tests.site.justice import cases


def names(world, text, who="detective"):
    with acting(world.viewer(who)) as a:
        return [(hit.kind, hit.person.shown_as if hit.person else hit.investigation.code_name)
                for hit in finding.find(text, a.viewer)]


@pytest.fixture
def case(world):
    case = cases.investigation(world, code_name="Grey heron")
    cases.person(case, PersonRole.POTENTIAL_VICTIM, given_name="Xiomara", family_name="Inventada")
    cases.person(case, PersonRole.EMPLOYER, given_name="Otto", family_name="Nowhere", other_names="Tito")
    cases.person(case, PersonRole.WITNESS)
    return case


@pytest.mark.parametrize("text", ["Xiomara Inventada", "xiomara", "Inventada, Xiomara", "Xiomarra", "Inventda"])
def test_a_name_is_found_as_one_heard_it(world, case, text):
    assert names(world, text) == [("person", "Xiomara Inventada")]


def test_other_names_numbers_titles_and_dockets_are_found(world, case):
    Docket.objects.create(agency_id=case.agency_id, investigation=case, forum=Forum.STATE, number="2:26-CR-00417")
    assert names(world, "tito") == [("person", "Otto Nowhere")]
    assert names(world, "Person 3") == [("person", "Person 3")]
    assert names(world, "grey hron") == [("case", "Grey heron")]
    assert names(world, "26cr417") == []
    assert names(world, "26-cr-00417") == [("docket", "Grey heron")]
    assert names(world, "Zebedee") == []


def test_nobody_elses_people_are_found_not_even_a_partners(world, case):
    cases.on_team(case, "sheriff", world)
    assert names(world, "Xiomara", "deputy") == []


def test_the_search_is_said_and_leaves_no_name_in_an_address(world, visit, case):
    page = visit(world.users["detective"])
    assert "no provider's file ever" in page.get("/persons/search/").content.decode().replace("&#x27;", "'")
    shown = page.post("/persons/search/", {"q": "Xiomara"})
    assert "Xiomara Inventada" in shown.content.decode()
    assert "Xiomara" not in page.get("/persons/search/?q=Xiomara").content.decode()


def test_no_vault_and_no_hub_is_asked(world, case):
    asked = set()

    def note(execute, sql, params, many, context):
        asked.add(context["connection"].alias)
        return execute(sql, params, many, context)

    with acting(world.viewer("detective")) as a, ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(note))
        finding.find("Xiomara", a.viewer)
        assert set(a.open) == {"justice"}
    assert asked == {"justice"}


def test_a_thousand_names_are_opened_and_compared_within_a_second(world, case, settings):
    made = [Person(id=uuid4(), agency_id=case.agency_id, investigation=case, number=n, roles=[PersonRole.WITNESS],
                   given_name=f"Given{n}", family_name=f"Family{n}") for n in range(100, 1100)]
    settings.CONCORD_RINGS.create_many(case.agency_id, [p.pk for p in made])
    Person.objects.bulk_create(made)
    began = time.perf_counter()
    assert ("person", "Given500 Family500") in names(world, "Family500")
    assert time.perf_counter() - began < 1


def test_a_search_for_what_no_name_holds_finds_nothing(world, visit):
    page = visit(world.users["detective"]).post("/persons/search/", {"q": "Juniper\0"})
    assert page.status_code == 200
