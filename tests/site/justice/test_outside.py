"""Arrests in no investigation: recorded at once under the same safeguard, counted as none, and joined later."""

import datetime as dt
from uuid import uuid4

import pytest

from concord.site.justice.actions import arrests, joining
from concord.site.justice.actions import cases as case_actions
from concord.site.justice.models import (
    Arrest,
    ArrestReview,
    CaseEvent,
    Charge,
    Investigation,
    Lead,
    LeadLink,
    Person,
    VictimStatusEvent,
)
from concord.site.reporting import bundle, justice_counts
from concord.site.reporting.periods import quarter_of
from concord.site.stores.acting import acting
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ArrestConcern,
    CaseStatus,
    LeadSource,
    PersonRole,
    TraffickingType,
)
from tests.site.justice import cases

WHEN = dt.datetime(2026, 4, 2, 23, 10, tzinfo=dt.UTC)
SELLING = {"citation": "PC 647(b)(1)", "jurisdiction": "US-CA"}
ROBBERY = {"citation": "18 USC 1951", "jurisdiction": "US"}


def outside(world, charge=SELLING, role=PersonRole.POTENTIAL_VICTIM, **facts) -> Arrest:
    with acting(world.viewer("detective")) as a:
        return arrests.record_outside(
            person={"roles": [role], "given_name": "Inventada"}, facts={"arrested_at": WHEN} | facts,
            charges=[charge | {"counts": 1}], by=a.viewer)


def sent(**more):
    return {"client_key": str(uuid4()), "asked": "x", "arrested_at": "2026-04-02T23:10", "jurisdiction": "US-CA",
            "citation_0": "PC 647(b)(1)", "role": "witness"} | more


def test_a_patrols_arrest_is_recorded_from_the_home_under_the_same_safeguard(world, visit):
    page = visit(world.users["detective"])
    assert 'href="/arrests/new/"' in page.get("/").content.decode()
    assert "Could this person be a victim?" in page.get("/arrests/new/").content.decode()
    answers = sent(minor_said="yes", given_name="Inventada")
    made = page.post("/arrests/new/", answers)
    assert page.post("/arrests/new/", answers).url == made.url  # sent twice, made once
    row = Arrest.objects.select_related("person", "investigation").get()
    assert (row.person.given_name, row.person.age_group, row.possible_victim) == (
        "Inventada", AgeGroup.MINOR, Answer.YES)
    assert ArrestReview.objects.get().concerns[:2] == [ArrestConcern.SELLING_SEX, ArrestConcern.MINOR]
    assert ArrestReview.objects.get().due_at == row.arrested_at + dt.timedelta(hours=72)
    file = row.investigation
    assert (file.arrest_only, file.source, file.trafficking_type) == (
        True, LeadSource.PATROL, TraffickingType.NOT_YET_KNOWN)
    assert f"Person 1, {file.code_name}" in visit(world.users["supervisor"]).get("/reviews/").content.decode()
    assert "Add to an investigation" in page.get(made.url).content.decode()


def test_an_arrest_from_a_lead_names_it_and_leaves_it_to_be_decided(world, visit):
    lead = cases.lead(world, source=LeadSource.ONLINE, trafficking_type=TraffickingType.SEX)
    page = visit(world.users["detective"])
    assert f"/leads/{lead.pk}/arrest/" in page.get(f"/leads/{lead.pk}/").content.decode()
    page.post(f"/leads/{lead.pk}/arrest/", sent())
    file = Investigation.objects.get()
    assert (file.source, file.trafficking_type) == (LeadSource.ONLINE, TraffickingType.SEX)
    assert LeadLink.objects.get().lead_id == lead.pk
    assert Lead.objects.get().decision == ""
    assert file.code_name in page.get(f"/leads/{lead.pk}/").content.decode()
    assert visit(world.users["deputy"]).get(f"/leads/{lead.pk}/arrest/").status_code == 404


def test_an_arrest_that_lies_ahead_leaves_no_file_behind(world, visit):
    answers = sent(arrested_at=(dt.datetime.now() + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    refused = visit(world.users["detective"]).post("/arrests/new/", answers)
    assert refused.status_code == 422
    assert "lies ahead" in refused.content.decode()
    assert not Investigation.objects.exists()


def test_it_is_listed_apart_and_counted_as_an_arrest_and_no_investigation(world, visit):
    made = outside(world)
    cases.investigation(world)
    name = made.investigation.code_name
    page = visit(world.users["detective"])
    assert name not in page.get("/investigations/").content.decode()
    assert name in page.get("/investigations/?whose=arrests").content.decode()
    with acting(world.viewer("detective")) as a:
        counted = justice_counts.counts(quarter_of(WHEN.date()), by=a.viewer)
        rows = bundle.collect(uuid4(), bundle.reasons(a.viewer), by=a.viewer)
    values = {c.measure: c.value for c in counted}
    assert values["investigations_open_at_end"] == 1
    assert values["possible_victims_arrested"] == 1
    assert len(rows["case"]) == 1
    assert not rows["victim"]


def test_it_joins_an_investigation_whole_and_the_safeguard_looks_again(world, visit):
    made = outside(world, ROBBERY, PersonRole.WITNESS, minor_said=Answer.NO, forced_crime_said=Answer.NO)
    case = cases.investigation(world)
    suspect = cases.person(case, PersonRole.ENFORCER, age_group=AgeGroup.ADULT)
    with acting(world.viewer("detective")) as a:
        arrests.record_arrest(suspect, facts={"arrested_at": WHEN}, charges=[], by=a.viewer)
    file = made.investigation
    page = visit(world.users["detective"])
    assert case.code_name in page.get(f"/investigations/{file.pk}/join/").content.decode()
    done = page.post(f"/investigations/{file.pk}/join/", {"investigation": str(case.pk)})
    assert done.url == f"/investigations/{case.pk}/"
    person = Person.objects.get(given_name__isnull=False)
    assert (person.investigation_id, person.number, person.given_name) == (case.pk, 2, "Inventada")
    for model in (Arrest, ArrestReview, Charge):
        assert not model.objects.filter(investigation=file).exists()
    assert ArrestConcern.SAME_SCENE in ArrestReview.objects.get(person=person).concerns
    file.refresh_from_db()
    assert (file.status, file.arrest_only) == (CaseStatus.CLOSED, True)
    assert "Joined" in CaseEvent.objects.get(investigation=file, kind="closed").note
    assert page.post(f"/investigations/{file.pk}/join/", {"investigation": str(case.pk)}).status_code == 422


def test_judgements_stay_readable_when_it_joins_and_the_team_reads_them(world, visit):
    made = outside(world)
    case = cases.investigation(world)
    cases.on_team(case, "sheriff", world)
    with acting(world.viewer("detective")) as a:
        event = VictimStatusEvent.objects.get()
        event.note = "Said so at the scene."
        event.save()
        joining.join(made.investigation, to=case, by=a.viewer)
    with acting(world.viewer("deputy")):
        assert VictimStatusEvent.objects.get().note == "Said so at the scene."
        assert Person.objects.get().given_name == "Inventada"


def test_it_joins_nothing_that_is_another_agencys_or_would_lose_something(world):
    made = outside(world)
    case, titled = cases.investigation(world), cases.investigation(world, code_name="Case Inventada")
    partners = cases.investigation(world, "deputy")
    cases.on_team(partners, "police", world)
    other = outside(world).investigation
    with acting(world.viewer("detective")) as a:
        for to in (partners, titled, other):
            with pytest.raises(joining.Objection):
                joining.join(made.investigation, to=to, by=a.viewer)
        case_actions.add_to_team(made.investigation, agency_id=world.agencies["sheriff"].pk, from_date=cases.OPENED,
                                 by=a.viewer)
        with pytest.raises(joining.Objection, match="Open it as an investigation"):
            joining.join(made.investigation, to=case, by=a.viewer)
    assert Person.objects.get(pk=made.person_id).investigation_id == made.investigation_id


def test_it_can_be_made_an_investigation_of_its_own(world, visit):
    made = outside(world)
    page = visit(world.users["detective"])
    url = f"/investigations/{made.investigation_id}/make/"
    assert page.get(url).status_code == 200
    answers = {"opened_on": "2026-04-05", "source": "patrol", "trafficking_type": "sex", "proactive": "no",
               "initially_classified_as_why": "not_applicable", "code_name": "Harbor 12"}
    assert page.post(url, answers).status_code == 302
    case = Investigation.objects.get()
    assert (case.arrest_only, case.code_name, case.trafficking_type, case.proactive) == (
        False, "Harbor 12", TraffickingType.SEX, False)
    assert "Harbor 12" in page.get("/investigations/").content.decode()
    assert page.post(url, answers | {"code_name": "Harbor 13"}).status_code == 422


def test_another_agency_finds_no_such_file(world, visit):
    made = outside(world)
    page = visit(world.users["deputy"])
    for part in ("", "join/", "make/"):
        assert page.get(f"/investigations/{made.investigation_id}/{part}").status_code == 404
