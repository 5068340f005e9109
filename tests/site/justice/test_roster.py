"""People: forty-six of them fast, names later, judgements as dated events, and what the facts add up to."""

import datetime as dt
import time
from uuid import uuid4

import pytest
from django.db import connections

from concord.site.justice.actions import persons as actions
from concord.site.justice.models import Assertion, Investigation, Pair, Person, VictimStatusEvent
from concord.site.stores.acting import acting
from concord.vocabulary import Answer, Basis, PersonRole, Sex, StatusDecider, VictimStatus
from tests.site.justice import cases


def entry(case, **answers):
    return f"/investigations/{case.pk}/people/enter/", {
        "client_key": str(uuid4()), "asked": "x", "decider": "police", **answers}


def test_lines_of_the_grid_and_pasted_lines_are_added_together(world, visit):
    case = cases.investigation(world)
    page = visit(world.users["detective"])
    url, answers = entry(case, role_0="potential_victim", times_0="3", age_group_0="adult", language_0="spanish",
                         role_1="recruiter", also_1="potential_victim", sex_1="female",
                         paste="victim, minor, female, English, blue jacket\nemployer\tadult\tmale\t\t")
    assert page.post(url, answers).status_code == 422  # tabs decide: the first line cannot be read by tabs
    answers["paste"] = "victim, minor, female, English, blue jacket\nemployer, adult, male"
    assert page.post(url, answers).status_code == 302
    people = list(Person.objects.order_by("number"))
    assert [p.number for p in people] == [1, 2, 3, 4, 5, 6]
    assert people[3].roles == [PersonRole.RECRUITER, PersonRole.POTENTIAL_VICTIM]
    assert people[4].note == "blue jacket"
    assert people[5].sex == Sex.MALE
    assert VictimStatusEvent.objects.filter(status=VictimStatus.POTENTIAL).count() == 5


def test_a_pasted_line_that_cannot_be_read_is_named_by_its_number_and_nothing_is_added(world, visit):
    case = cases.investigation(world)
    url, answers = entry(case, paste="victim, adult\nwizard, adult\nvictim, ancient")
    response = visit(world.users["detective"]).post(url, answers)
    assert response.status_code == 422
    shown = response.content.decode()
    assert "Line 2: the role" in shown
    assert "Line 3: the age" in shown
    assert not Person.objects.exists()


def test_the_same_form_sent_twice_adds_once(world, visit):
    case = cases.investigation(world)
    page = visit(world.users["detective"])
    url, answers = entry(case, role_0="witness")
    assert page.post(url, answers).status_code == page.post(url, answers).status_code == 302
    assert Person.objects.count() == 1


def test_forty_victims_and_six_suspects_of_one_labor_case(world, visit):
    """The scripted journey: from the lead to the elements' to-do. What a person does is counted as fields and pages."""
    page, lead = visit(world.users["detective"]), cases.lead(world)
    steps = Steps(page)
    steps.post(f"/leads/{lead.pk}/open/", opened_on="2026-03-03", source="labor_inspection", trafficking_type="labor",
               proactive="no", initially_classified_as="WAGE", code_name="Harvest moon")
    case = Investigation.objects.get()
    url, answers = entry(case, role_0="potential_victim", times_0="40", age_group_0="adult", sex_0="male",
                         language_0="spanish", role_1="employer", times_1="2", role_2="recruiter", times_2="4")
    steps.post(url, **answers)
    people = list(Person.objects.order_by("number"))
    victims, suspects = people[:40], people[40:]
    steps.post(f"/investigations/{case.pk}/people/same-facts/", people=[str(p.pk) for p in victims],
               trafficking_type="labor", first_act_on="2025-06", industry="agriculture", venue="farm",
               means=["DebtBondage", "WithholdsDocuments"], identified_by="le_local")
    steps.post(f"/investigations/{case.pk}/elements/scheme/", label="Housing debts", patterns=["debt", "documents"],
               victims=[str(p.pk) for p in victims], suspects=[str(p.pk) for p in suspects], relation="employer")
    assert Pair.objects.count() == 240
    scheme = str(Pair.objects.first().scheme_id)
    for fact in ("act:recruit", "purpose:debt_bondage"):
        steps.post(f"/investigations/{case.pk}/elements/fact/", scheme=scheme, fact=fact, answer="yes",
                   basis="document", on_date="2026-03-05")
    shown = steps.get(f"/investigations/{case.pk}/elements/")
    assert "Force, fraud or coercion" in shown
    assert "240 pairs" in shown
    steps.post(f"/investigations/{case.pk}/elements/fact/", scheme=scheme, fact="means:coercion_scheme", answer="yes",
               basis="statement", on_date="2026-03-05")
    shown = steps.get(f"/investigations/{case.pk}/elements/")
    assert "Nothing is missing of the definitions" in shown
    assert "Every element is there" not in shown, "what it comes to is the prosecuting office's"
    assert steps.seconds < 20
    # A generous twenty seconds a page and four a field: far inside the twenty minutes.
    assert steps.pages * 20 + steps.fields * 4 < 20 * 60


class Steps:
    """A page's posts, with how many pages and answers a person would have given (boxes ticked at once count once)."""

    def __init__(self, page):
        self.page, self.pages, self.fields, self.seconds = page, 0, 0, 0.0

    def post(self, url, **answers):
        began = time.perf_counter()
        response = self.page.post(url, answers)
        assert response.status_code == 302, response.content.decode()
        self.page.get(response.url)
        self._count(began, len(answers))

    def get(self, url):
        began = time.perf_counter()
        shown = self.page.get(url).content.decode()
        self._count(began, 0)
        return shown

    def _count(self, began, fields):
        self.seconds += time.perf_counter() - began
        self.pages, self.fields = self.pages + 1, self.fields + fields


def test_names_come_later_sealed_and_never_into_a_title(world, visit):
    case = cases.investigation(world, code_name="Operation Solana")
    person = cases.person(case, PersonRole.POTENTIAL_VICTIM)
    page = visit(world.users["detective"])
    url = f"/persons/{person.pk}/facts/"
    answers = {"roles": ["potential_victim"], "age_group": "adult", "given_name": "Ana", "family_name": "Solana",
               "gender_why": "declined", "means": ["DebtBondage"]}
    refused = page.post(url, answers)
    assert refused.status_code == 422
    assert "title" in refused.content.decode()
    assert page.post(url, answers | {"family_name": "Imaginaria"}).status_code == 302
    person.refresh_from_db()
    assert (person.full_name, person.gender_why, person.means) == ("Ana Imaginaria", "declined", ["DebtBondage"])
    with connections["justice"].cursor() as cursor:
        cursor.execute("select row_to_json(p)::text from justice_person p")
        assert "Imaginaria" not in cursor.fetchone()[0]
    shown = page.get(f"/persons/{person.pk}/").content.decode()
    assert "<h1>Ana Imaginaria</h1>" in shown
    assert "Imaginaria" not in shown[:shown.index("</title>")]


def test_status_is_a_dated_judgement_with_who_made_it_and_none_is_lost(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM, PersonRole.RECRUITER)
    page = visit(world.users["detective"])
    url = f"/persons/{person.pk}/status/"
    answers = {"status": "confirmed", "decider": "court_or_prosecution", "on_date": "2026-05-01", "note": "Two letters"}
    assert page.post(url, answers).status_code == 422  # confirmed, and on what?
    assert page.post(url, answers | {"basis": "document"}).status_code == 302
    page.post(url, {"status": "determined_not", "decider": "police", "on_date": "2026-06-01"})
    events = list(VictimStatusEvent.objects.order_by("on_date"))
    assert [(e.status, e.decider, e.basis) for e in events] == [
        (VictimStatus.CONFIRMED, StatusDecider.COURT_OR_PROSECUTION, Basis.DOCUMENT),
        (VictimStatus.DETERMINED_NOT, StatusDecider.POLICE, "")]
    person.refresh_from_db()
    assert person.roles == [PersonRole.RECRUITER]
    assert "Two letters" in page.get(f"/persons/{person.pk}/").content.decode()


def test_a_person_can_be_a_victim_and_a_suspect_at_once(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM, PersonRole.RECRUITER)
    shown = visit(world.users["detective"]).get(f"/persons/{person.pk}/").content.decode()
    assert "As a victim" in shown
    assert "File a charge" in shown


def test_the_person_page_asks_the_next_question_of_the_milestone_once(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM)
    page = visit(world.users["detective"])
    assert "Potential or confirmed, decided by whom?" in page.get(f"/persons/{person.pk}/").content.decode()
    page.post(f"/persons/{person.pk}/status/", {"status": "potential", "decider": "police", "on_date": "2026-05-01"})
    assert "Who first saw it?" in page.get(f"/persons/{person.pk}/").content.decode()
    page.post(f"/persons/{person.pk}/facts/", {"roles": ["potential_victim"], "age_group": "adult",
                                               "identified_by_why": "not_asked"})
    assert "Who first saw it?" not in page.get(f"/persons/{person.pk}/").content.decode()


def test_people_of_a_partners_case_are_sealed_under_the_holders_keys(world):
    case = cases.investigation(world)
    cases.on_team(case, "sheriff", world)
    with acting(world.viewer("deputy")) as a:
        made = actions.add_people(case, [{"roles": [PersonRole.WITNESS], "given_name": "Bruna"}],
                                  decider=StatusDecider.POLICE, by=a.viewer)
    assert made[0].agency_id == world.agencies["police"].pk
    with acting(world.viewer("detective")):
        assert Person.objects.get().given_name == "Bruna"


def test_a_fact_needs_a_pair_or_a_scheme_and_an_element_that_has_it(world):
    case = cases.investigation(world)
    victim, suspect = cases.person(case, PersonRole.VICTIM), cases.person(case, PersonRole.EMPLOYER)
    with acting(world.viewer("detective")) as a:
        pair = actions.pair_of(case, victim=victim.pk, suspect=suspect.pk, by=a.viewer)
        assert actions.pair_of(case, victim=victim.pk, suspect=suspect.pk, by=a.viewer) == pair
        with pytest.raises(actions.Objection):
            actions.assert_fact(case, of=pair, element="act", value="force", answer=Answer.YES, basis=Basis.OBSERVED,
                                on=dt.date(2026, 4, 1), note="", by=a.viewer)
    assert not Assertion.objects.exists()
