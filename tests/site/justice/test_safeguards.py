"""Arrests of people who may be victims: never refused, always asked about, always reviewed by another."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concord.site.bridge.models import AdvocateCall
from concord.site.justice.actions import arrests as actions
from concord.site.justice.codes import ReviewFinding
from concord.site.justice.models import Arrest, ArrestReview, Charge
from concord.site.stores.acting import acting
from concord.vocabulary import (
    AgeGroup,
    Answer,
    ArrestConcern,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    PersonRole,
    Why,
)
from tests.site.justice import cases

WHEN = dt.datetime(2026, 4, 2, 23, 10, tzinfo=dt.UTC)
SELLING, ROBBERY = "PC 647(b)(1)", "18 USC 1951"


def arrest(world, person, by="detective", charges=(), **facts):
    with acting(world.viewer(by)) as a:
        return actions.record_arrest(
            person, facts={"arrested_at": WHEN} | facts, by=a.viewer,
            charges=[{"citation": c, "jurisdiction": j, "counts": 1} for c, j in charges])


@pytest.fixture
def adult(world):
    return cases.person(cases.investigation(world), PersonRole.WITNESS, age_group=AgeGroup.ADULT)


RULED_OUT = {"forced_crime_said": Answer.NO, "same_scene": Answer.NO}


@pytest.mark.parametrize(("facts", "charges", "concern"), [
    ({}, [(SELLING, "US-CA")], ArrestConcern.SELLING_SEX),
    ({"minor_said": Answer.YES}, [(ROBBERY, "US")], ArrestConcern.MINOR),
    ({"forced_crime_said": Answer.YES}, [(ROBBERY, "US")], ArrestConcern.FORCED_CRIME),
    ({"same_scene": Answer.YES}, [(ROBBERY, "US")], ArrestConcern.SAME_SCENE),
])
def test_each_concern_alone_starts_a_review(world, adult, facts, charges, concern):
    made = arrest(world, adult, charges=charges, **RULED_OUT | facts)
    assert made.possible_victim == Answer.YES
    assert ArrestReview.objects.get().concerns == [concern]


def test_a_known_victim_is_a_concern_whatever_the_charge(world):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM, PersonRole.RECRUITER,
                          age_group=AgeGroup.ADULT)
    arrest(world, person, charges=[(ROBBERY, "US")], **RULED_OUT)
    assert ArrestReview.objects.get().concerns == [ArrestConcern.KNOWN_VICTIM]


def test_where_every_concern_is_ruled_out_nothing_is_asked(world, adult):
    made = arrest(world, adult, charges=[(ROBBERY, "US")], **RULED_OUT)
    assert made.possible_victim == Answer.NO
    assert not ArrestReview.objects.exists()


def test_a_suspect_arrested_the_same_day_puts_her_at_the_scene(world):
    case = cases.investigation(world)
    suspect = cases.person(case, PersonRole.ENFORCER, age_group=AgeGroup.ADULT)
    other = cases.person(case, PersonRole.WITNESS, age_group=AgeGroup.ADULT)
    arrest(world, suspect, charges=[(ROBBERY, "US")], **RULED_OUT)
    arrest(world, other, charges=[(ROBBERY, "US")], forced_crime_said=Answer.NO)
    assert ArrestConcern.SAME_SCENE in ArrestReview.objects.get(person=other).concerns


def test_an_age_nobody_knows_is_a_question_and_starts_the_clock(world):
    person = cases.person(cases.investigation(world), PersonRole.WITNESS)
    made = arrest(world, person, charges=[(ROBBERY, "US")], **RULED_OUT)
    assert made.possible_victim == Answer.UNKNOWN
    assert ArrestReview.objects.get().due_at == WHEN + dt.timedelta(hours=72)


def test_recording_is_never_blocked_and_what_is_left_open_says_why(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM)
    page = visit(world.users["detective"])
    url = f"/persons/{person.pk}/arrest/"
    shown = page.get(url).content.decode()
    assert "may be a victim" in shown
    assert "Call an advocate" in shown
    made = page.post(url, {"client_key": str(uuid4()), "asked": "x", "arrested_at": "2026-04-02T23:10",
                           "jurisdiction": "US-CA", "citation_0": SELLING})
    assert made.status_code == 302
    row = Arrest.objects.get()
    assert (row.legal_basis, row.legal_basis_why) == ("", Why.NOT_ASKED)
    assert (row.alternatives, row.alternatives_why) == ([], Why.NOT_ASKED)
    shown = page.get(made.url).content.decode()
    assert "Charged with selling sex" not in shown
    assert "People who are trafficked for sex are arrested on this charge" in shown
    assert "Answer what is open" in shown


def test_ground_and_purpose_are_asked_apart_and_a_reason_is_an_answer(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM)
    page = visit(world.users["detective"])
    page.post(f"/persons/{person.pk}/arrest/", {
        "client_key": str(uuid4()), "asked": "x", "arrested_at": "2026-04-02T23:10", "jurisdiction": "US-CA",
        "citation_0": SELLING, "legal_basis": "warrant", "stated_purpose": "why:declined",
        "alternatives": ["release", "diversion"], "minor_said": "no"})
    row = Arrest.objects.get()
    assert row.legal_basis == ArrestLegalBasis.WARRANT
    assert (row.stated_purpose, row.stated_purpose_why) == ("", Why.DECLINED)
    assert row.alternatives == ["release", "diversion"]
    page.post(f"/arrests/{row.pk}/safeguard/", {
        "legal_basis": "warrant", "stated_purpose": "court_order", "alternatives": ["release"], "minor_said": "no",
        "advocate_called": "yes"})
    row.refresh_from_db()
    assert (row.stated_purpose, row.stated_purpose_why) == (ArrestStatedPurpose.COURT_ORDER, "")
    assert ArrestReview.objects.get().purpose_conforms == Answer.YES


@pytest.mark.parametrize("purpose", ArrestStatedPurpose.non_conforming())
def test_a_purpose_that_does_not_conform_is_recorded_and_cannot_be_signed_as_conforming(world, visit, purpose):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM)
    arrest(world, person, charges=[(SELLING, "US-CA")], stated_purpose=purpose)
    review = ArrestReview.objects.get()
    assert review.purpose_conforms == Answer.NO
    page = visit(world.users["supervisor"])
    assert "Purpose does not conform" in page.get("/").content.decode()
    refused = page.post(f"/reviews/{review.pk}/", {"finding": ReviewFinding.CONFORMS})
    assert refused.status_code == 422
    assert page.post(f"/reviews/{review.pk}/", {"finding": ReviewFinding.RELEASE_ASKED}).status_code == 302
    review.refresh_from_db()
    assert review.signed_by_id == world.users["supervisor"].staff_id


def test_only_another_supervisor_of_the_arresting_agency_signs(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM)
    arrest(world, person, by="supervisor")
    review = ArrestReview.objects.get()
    for name in ("detective", "supervisor"):
        page = visit(world.users[name])
        page.post(f"/reviews/{review.pk}/", {"finding": ReviewFinding.TAKEN_UP})
        assert not ArrestReview.objects.exclude(signed_at=None).exists()
    with pytest.raises(IntegrityError), transaction.atomic(using="justice"):
        ArrestReview.objects.filter(pk=review.pk).update(
            finding=ReviewFinding.TAKEN_UP, signed_at=timezone.now(), signed_by_id=review.recorded_by_id)


def test_the_queue_shows_the_nearest_clock_first_and_keeps_what_was_signed(world, visit):
    case = cases.investigation(world)
    late, early = (cases.person(case, PersonRole.POTENTIAL_VICTIM) for _ in range(2))
    arrest(world, late)
    with acting(world.viewer("detective")) as a:
        actions.record_arrest(early, facts={"arrested_at": WHEN - dt.timedelta(hours=5)}, charges=[], by=a.viewer)
    page = visit(world.users["supervisor"])
    shown = page.get("/reviews/").content.decode()
    assert shown.index("Person 2") < shown.index("Person 1")
    review = ArrestReview.objects.get(person=early)
    page.post(f"/reviews/{review.pk}/", {"finding": ReviewFinding.TAKEN_UP, "note": "Spoke with the unit."})
    assert "Person 2" not in page.get("/reviews/").content.decode()
    assert "Person 2" in page.get("/reviews/?signed=1").content.decode()
    assert "Spoke with the unit." in page.get(f"/reviews/{review.pk}/").content.decode()


def test_an_advocate_is_called_without_a_name(world, visit):
    person = cases.person(cases.investigation(world), PersonRole.POTENTIAL_VICTIM, given_name="Unspoken",
                          language="spanish")
    made = arrest(world, person)
    page = visit(world.users["detective"])
    now = timezone.localtime()
    response = page.post(f"/arrests/{made.pk}/advocate/", {
        "id": str(uuid4()), "window_from": now.strftime("%Y-%m-%dT%H:%M"),
        "window_until": (now + dt.timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"), "minors": "unknown", "people": "1",
        "languages": ["spanish"], "task_force": str(world.task_forces["riverton"].pk)})
    assert response.status_code == 302
    call = AdvocateCall.objects.get()
    made.refresh_from_db()
    assert (made.advocate_called, made.advocate_call_id) == (Answer.YES, call.pk)
    assert call.languages == ["spanish"]
    assert "Unspoken" not in str(AdvocateCall.objects.values().get())


def test_charges_at_arrest_are_kept_count_by_count_with_their_class(world, adult):
    arrest(world, adult, charges=[("18 USC 1591(a)(1)", "US"), ("Some local code 12", "US")], **RULED_OUT)
    classes = {c.citation: c.charge_class for c in Charge.objects.all()}
    assert classes == {"18 USC 1591(a)(1)": "HT-SEX", "Some local code 12": ""}


def test_an_arrest_that_lies_ahead_is_refused_with_words(world, adult):
    with acting(world.viewer("detective")) as a, pytest.raises(actions.Objection, match="lies ahead"):
        actions.record_arrest(adult, facts={"arrested_at": timezone.now() + dt.timedelta(hours=1)}, charges=[],
                              by=a.viewer)
