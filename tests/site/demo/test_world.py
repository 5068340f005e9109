import datetime as dt
import os
import re
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connections
from django.urls import reverse

from concord.site.accounts import standing
from concord.site.accounts.models import Staff
from concord.site.demo import cast, world
from concord.site.demo.draws import GIVEN
from concord.site.justice.models import Arrest, ArrestReview, Charge, Investigation, Lead, Person, TeamAgency
from concord.site.services import search
from concord.site.services.models import Client, Enrolment, Need
from concord.site.signin.models import User
from concord.site.stores import acting
from concord.site.stores.acting import acting as acting_as
from concord.vocabulary import (
    ArrestStatedPurpose,
    CaseStatus,
    ChargeClass,
    ChargeStage,
    ClosedHow,
    PersonRole,
    Role,
    ServiceMode,
    TraffickingType,
)
from tests.site.demo import plain
from tests.stores import CHECKOUT

TODAY = dt.date(2026, 3, 4)
NAME = " ".join(cast.PLANTED_CLIENT)


@pytest.fixture(scope="module")
def story(loaded):
    return world.tell(TODAY)


def _run_elsewhere(*arguments, **environment) -> str:
    """In another process, whose strings hash otherwise."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, cwd=CHECKOUT,
                          env=os.environ | {"PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}"} | environment)  # fmt: skip
    return done.stdout.strip()


def test_the_world_is_the_same_in_every_process(story):
    told = "import django, runpy; django.setup(); runpy.run_module('tests.site.demo.plain', run_name='__main__')"
    elsewhere = _run_elsewhere("-c", told, TODAY.isoformat(), PYTHONHASHSEED="7")
    assert plain.digest(story) == elsewhere
    assert plain.digest(world.tell(TODAY + dt.timedelta(days=1))) != elsewhere


def test_nobody_is_named_like_somebody_else(story):
    names = [person.name for person in cast.STAFF]
    for book in (story.justice, *story.vaults.values()):
        people = [*book[Person], *book[Client]]
        names += [f"{p.given_name} {p.family_name}" for p in people if p.given_name and p.family_name]
    assert len(names) > 900
    assert [name for name, n in Counter(names).items() if n > 1] == []
    assert not {person.name.split()[0] for person in cast.STAFF} & set(GIVEN)


def test_investigations_are_about_four_hundred_over_three_years(story):
    opened = [case.opened_on for case in story.justice[Investigation]]
    assert 380 <= len(opened) <= 420
    assert TODAY - dt.timedelta(days=3 * 365 + 20) <= min(opened)
    assert max(opened) < TODAY


def test_labor_is_a_small_part(story):
    kinds = Counter(case.trafficking_type for case in story.justice[Investigation])
    share = {kind: n / kinds.total() for kind, n in kinds.items()}
    assert 0.6 < share[TraffickingType.SEX] < 0.85
    assert 0.08 < share[TraffickingType.LABOR] < 0.25


def test_cases_end_in_the_ways_that_cases_end(story):
    cases = story.justice[Investigation]
    how = Counter(case.closed_how for case in cases if case.status == CaseStatus.CLOSED)
    assert {ClosedHow.ADJUDICATED, ClosedHow.UNFOUNDED, ClosedHow.INSUFFICIENT, ClosedHow.VICTIM_WISH} <= how.keys()
    assert 5 <= sum(case.adopted_federally_on is not None for case in cases) <= 40


def test_a_third_of_prosecuted_cases_are_charged_as_trafficking(story):
    filed = [c for c in story.justice[Charge] if c.stage == ChargeStage.FILED]
    cases = {c.investigation_id for c in filed}
    strict = {c.investigation_id for c in filed if c.charge_class in ChargeClass.strict()}
    assert 0.25 < len(strict) / len(cases) < 0.5
    assert any(not c.charge_class and c.review for c in filed)


def test_what_is_missing_has_a_reason(story):
    people = story.justice[Person]
    unknown_age = [p for p in people if p.age is None]
    assert 0.15 < len(unknown_age) / len(people) < 0.35
    assert all(p.age_why for p in unknown_age)
    assert 0.1 < sum(not p.given_name for p in people) / len(people) < 0.5
    assert any(len(p.first_act_on) == 7 for p in people)
    suspects = [p for p in people if set(p.roles) & set(PersonRole.suspects())]
    assert any(not p.given_name and p.identified_on is None for p in suspects)


def test_minors_are_among_the_victims(story):
    victims = [p for p in story.justice[Person] if set(p.roles) & set(PersonRole.victims()) and p.age]
    assert 0.1 < sum(p.age < 18 for p in victims) / len(victims) < 0.45


def test_one_labor_case_has_forty_victims_and_six_suspects_and_went_federal(story):
    people = [p for p in story.justice[Person] if p.investigation_id == cast.LABOR_CASE_ID]
    assert sum(p.is_victim() for p in people) == 40
    assert sum(p.is_suspect() for p in people) == 6
    case = next(c for c in story.justice[Investigation] if c.pk == cast.LABOR_CASE_ID)
    assert case.adopted_federally_on
    team = {t.member_id for t in story.justice[TeamAgency] if t.investigation_id == case.pk}
    assert cast.AGENCIES["fbi"].id in team


def test_somebody_is_both_victim_and_suspect(story):
    both = next(p for p in story.justice[Person] if p.pk == cast.DUAL_PERSON_ID)
    assert both.is_victim()
    assert both.is_suspect()
    arrest = next(a for a in story.justice[Arrest] if a.person_id == both.pk)
    assert arrest.stated_purpose == ArrestStatedPurpose.LEVERAGE


def test_reviews_wait_for_purposes_that_conform_and_that_do_not(story):
    waiting = [r for r in story.justice[ArrestReview] if r.signed_at is None]
    assert {"yes", "no", "unknown"} <= {r.purpose_conforms for r in waiting}
    assert any(r.due_at.date() < TODAY for r in waiting)
    assert any(r.signed_at for r in story.justice[ArrestReview])


def test_leads_wait_today_and_overdue(story):
    due = {lead.due_on for lead in story.justice[Lead] if not lead.decision}
    assert TODAY in due
    assert any(on and on < TODAY for on in due)


def test_providers_have_calls_to_make_today_and_housing_that_could_not_be_had(story):
    book = story.vaults["lantern"]
    assert sum(c.next_contact_on == TODAY for c in book[Client]) >= 4
    assert sum(n.mode == ServiceMode.UNMET and n.service_type == "HOU" for n in book[Need]) >= 10
    assert {e.closed_on is None for e in book[Enrolment]} == {True, False}


def test_every_demo_sign_in_opens_her_home(enter, loaded):
    users = list(User.objects.filter(demo=True))
    assert {user.roles[0] for user in users} == set(Role)
    for user in users:
        response = enter(user).get("/")
        assert response.status_code == 200, user.roles
        assert b"Your day" in response.content


def test_each_agency_with_accounts_has_its_staff_and_its_jobs_account(loaded):
    held = Counter(Staff.objects.values_list("agency_id", flat=True))
    assert all(held[agency.id] >= 2 for agency in cast.AGENCIES.values() if agency.has_accounts)


# --- The planted client -----------------------------------------------------------------------------------------------


def test_the_coordinator_lets_nobody_into_lantern_house(enter, user):
    browser = enter(user(Role.COORDINATOR))
    assert "Lantern House" not in browser.get(reverse("accounts:people")).text
    assert browser.get(reverse("accounts:invite", args=[cast.LANTERN_ID])).status_code == 404


@pytest.mark.parametrize(("role", "found"), [(Role.ADVOCATE, True), (Role.CASE_MANAGER, False), (Role.COUNSEL, False)])
def test_only_lantern_house_finds_the_planted_client(user, role, found):
    viewer = standing.placed(user(role).viewer())
    with acting_as(viewer):
        matches = [match.id for match in search.find(NAME, by=viewer)]
    assert (cast.PLANTED_CLIENT_ID in matches) is found


@pytest.mark.parametrize("role", [role for role in Role if cast.sign_in_of(role).agency != "lantern"])
def test_her_address_answers_everybody_else_like_nobodys(enter, user, role):
    browser = enter(user(role))
    hers = browser.get(reverse("services:client", args=[cast.PLANTED_CLIENT_ID]))
    nobodys = browser.get(reverse("services:client", args=[cast.known_id("nobody at all")]))
    assert hers.status_code == nobodys.status_code == 404
    assert _without_token(hers.text) == _without_token(nobodys.text)


def _without_token(page: str) -> str:
    """The form that signs out carries a token that is masked anew on every page."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", page)


def test_police_search_does_not_find_her(enter, user):
    response = enter(user(Role.DETECTIVE)).post(reverse("justice:search"), {"q": NAME})
    assert response.status_code == 200
    assert str(cast.PLANTED_CLIENT_ID) not in response.text
    assert not response.context["page"].rows


# --- Loading ----------------------------------------------------------------------------------------------------------


def _entries() -> dict[str, int]:
    """How often each store says that it was loaded."""
    found = {}
    for alias in ("hub", "justice", "study", "vault_lantern"):
        with acting.commanding(alias), connections[alias].cursor() as cursor:
            cursor.execute("reset role")
            cursor.execute("reset session authorization")
            cursor.execute("select count(*) from guard.entry where verb = 'demo.loaded'")
            found[alias] = cursor.fetchone()[0]
        connections[alias].become_owner()
    return found


def test_loading_again_adds_nothing(loaded):
    before, people = _entries(), Person.objects.count()
    assert set(before.values()) == {1}
    said = []
    world.load(say=said.append)
    assert (_entries(), Person.objects.count(), said) == (before, people, [])
    assert User.objects.filter(demo=True).count() == len(cast.SIGN_INS)
