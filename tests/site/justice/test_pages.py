"""Every list and every record: at most twelve queries whatever the number of rows, and no name in a title."""

import datetime as dt
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concord.site.bridge import actions as bridge
from concord.site.justice.actions import arrests, court
from concord.site.justice.actions import cases as case_actions
from concord.site.justice.actions import persons as person_actions
from concord.site.justice.codes import HearingKind
from concord.site.justice.models import Arrest, ArrestReview, Charge, Investigation, Lead, Pair, Person
from concord.site.stores.acting import acting
from concord.vocabulary import Answer, Basis, Element, PersonRole, ReferralKind, StatusDecider
from tests.site.justice import cases

MOST = 12
# Transactions, savepoints, the signed context and the audit's own note are not the page's queries.
APART = ("SAVEPOINT", "RELEASE", "ROLLBACK", "select set_config", "select pg_backend_pid", "select guard.note",
         "set session", "reset ", "set role", "select task_forces, partners", "BEGIN", "COMMIT")

POLICE = ["/", "/leads/", "/leads/{lead}/", "/leads/received/", "/investigations/", "/investigations/{case}/",
          "/investigations/{case}/people/", "/investigations/{case}/charges/", "/investigations/{case}/elements/",
          "/investigations/{case}/team/", "/persons/{person}/", "/arrests/{arrest}/", "/charges/", "/charges/{charge}/",
          "/hearings/", "/reviews/", "/reviews/?signed=1"]
PROSECUTOR = ["/", "/charging/", "/charging/{referral}/", "/investigations/{case}/", "/investigations/{case}/office/",
              "/investigations/{case}/elements/", "/investigations/{case}/elements/{pair}/",
              "/investigations/?whose=team", "/hearings/", "/charges/{charge}/"]
FORMS = [
    "/investigations/{case}/facts/", "/investigations/{case}/type/", "/investigations/{case}/close/",
    "/investigations/{case}/adopted/", "/investigations/{case}/prosecutor/", "/investigations/{case}/team/add/",
    "/investigations/{case}/people/enter/?rows=50", "/investigations/{case}/people/same-facts/",
    "/investigations/{case}/elements/scheme/", "/investigations/{case}/elements/fact/", "/statements/{claim}/withdraw/",
    "/investigations/{case}/charges/docket/", "/investigations/{case}/charges/hearing/", "/persons/{person}/facts/",
    "/persons/{person}/status/", "/persons/{person}/refer/", "/persons/{person}/arrest/",
    "/persons/{person}/charge/", "/arrests/{arrest}/safeguard/", "/arrests/{arrest}/advocate/",
    "/charges/{charge}/class/", "/charges/{charge}/amend/", "/charges/{charge}/dispose/",
    "/charges/{charge}/restitution/", "/leads/new/", "/leads/new/help/", "/leads/new/lead/?asked_for_help=no",
    "/leads/{lead}/triage/", "/leads/{lead}/assign/", "/leads/{lead}/no-action/", "/leads/{lead}/open/",
    "/leads/{lead}/join/", "/leads/{lead}/refer/", "/leads/{lead}/arrest/", "/arrests/new/", "/investigations/new/",
]
SUPERVISOR = ["/", "/reviews/", "/reviews/{review}/"]


@pytest.fixture
def full(world):
    """An investigation with everything, and enough rows that a query a row would show."""
    case = cases.investigation(world, lead_staff_id=world.users["detective"].staff_id)
    for n in range(9):
        cases.investigation(world, opened_on=cases.OPENED + dt.timedelta(days=n))
        cases.lead(world, assigned_to_id=world.users["detective"].staff_id if n % 2 else None)
    with acting(world.viewer("detective")) as a:
        by = a.viewer
        people = person_actions.add_people(case, [
            {"roles": [PersonRole.POTENTIAL_VICTIM], "given_name": f"Nombre{n}"} for n in range(9)
        ] + [{"roles": [PersonRole.EMPLOYER], "family_name": f"Apellido{n}"} for n in range(4)],
            decider=StatusDecider.POLICE, by=by)
        victims, suspects = people[:9], people[9:]
        scheme = person_actions.make_scheme(case, label="debts", patterns=[], victims=victims, suspects=suspects, by=by)
        claim = person_actions.assert_fact(case, of=scheme, element=Element.ACT, value="recruit", answer=Answer.YES,
                                   basis=Basis.DOCUMENT, on=cases.OPENED, note="", by=by)
        for victim in victims:
            arrests.record_arrest(victim, facts={"arrested_at": timezone.now() - dt.timedelta(hours=1)}, by=by,
                                  charges=[{"citation": "PC 647(b)", "jurisdiction": "US-CA", "counts": 1}])
        for suspect in suspects:
            court.file_charge(suspect, citation="18 USC 1589", jurisdiction="US", counts=2, on=cases.OPENED,
                              docket=None, victims=victims, by=by)
            court.set_hearing(case, by=by, facts={"kind": HearingKind.PLEA, "person": suspect,
                                                  "at": timezone.now() + dt.timedelta(days=1)})
        referral = case_actions.refer_to_prosecution(
            case, to_agency=world.agencies["prosecutor"].pk, on=dt.date.today(), forum="state", by=by)
        case_actions.add_to_team(case, agency_id=world.agencies["sheriff"].pk, from_date=cases.OPENED, by=by)
    return {"case": case.pk, "person": victims[0].pk, "lead": Lead.objects.first().pk, "referral": referral.pk,
            "arrest": ArrestReview.objects.first().arrest_id, "review": ArrestReview.objects.first().pk,
            "claim": claim.pk, "pair": Pair.objects.first().pk,
            "charge": Charge.objects.filter(stage="filed").first().pk}


def asked(page, url):
    """The response, and the statements that the page itself made in any store."""
    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in connections]
        response = page.get(url)
    statements = [q["sql"] for capture in captured for q in capture.captured_queries]
    return response, [s for s in statements if not s.lstrip().lower().startswith(tuple(a.lower() for a in APART))]


@pytest.mark.parametrize(("who", "paths"), [
    ("detective", POLICE), ("prosecutor", PROSECUTOR), ("supervisor", SUPERVISOR)])
def test_a_page_asks_at_most_twelve_times_and_names_nobody_in_its_title(world, visit, full, who, paths):
    page = visit(world.users[who])
    page.get("/leads/")  # what is kept of the agency's standing is asked once in a while, not by each page
    for path in paths:
        response, statements = asked(page, path.format(**full))
        assert response.status_code == 200, path
        assert len(statements) <= MOST, "\n".join([path, *(s[:140] for s in statements)])
        title = response.content.decode().split("</title>")[0]
        assert "Nombre" not in title
        assert "Apellido" not in title


def test_forms_open_with_what_is_known(world, visit, full):
    page = visit(world.users["detective"])
    for path in FORMS:
        assert page.get(path.format(**full)).status_code == 200, path


@pytest.mark.parametrize("who", ["advocate", "counsel", "coordinator", "evaluator"])
def test_other_sectors_find_no_such_page(world, visit, full, who):
    page = visit(world.users[who])
    for path in [*POLICE[1:], *FORMS, "/persons/search/", "/charging/"]:
        assert page.get(path.format(**full)).status_code == 404, path


def test_another_police_agency_finds_none_of_its_records(world, visit, full):
    page = visit(world.users["outsider"])
    for path in [p for p in [*POLICE, *FORMS] if "{" in p]:
        assert page.get(path.format(**full)).status_code == 404, path


def test_each_home_answers_its_roles_questions(world, visit, full):
    wanted = {
        "detective": ("What came in", "What must I answer", "Who is in court this week", "Which arrests need review"),
        "supervisor": ("Which arrests need review", "What came in"),
        "prosecutor": ("What to decide", "Who is in court this week"),
    }
    for who, questions in wanted.items():
        shown = visit(world.users[who]).get("/").content.decode()
        assert [q for q in questions if q not in shown] == []


def section_of(page, question) -> str:
    """One question of a home, up to the next."""
    shown = page.get("/").content.decode()
    begins = shown.index(question)
    return shown[begins:shown.index("</section>", begins)]


def test_an_arrest_stands_under_one_question_of_each_home(world, visit, full):
    arrest, review = f"/arrests/{full['arrest']}/", f"/reviews/{full['review']}/"
    ArrestReview.objects.exclude(pk=full["review"]).delete()

    def asked_of(who):
        page = visit(world.users[who])
        return arrest in section_of(page, "What must I answer"), review in section_of(page, "Which arrests need review")

    assert (asked_of("detective"), asked_of("supervisor")) == ((True, False), (False, True))
    Arrest.objects.update(legal_basis="warrant", stated_purpose="court_order", alternatives=["release"],
                          advocate_called=Answer.YES)
    assert (asked_of("detective"), asked_of("supervisor")) == ((False, True), (False, True))


def test_a_home_shows_five_of_each_question_and_leads_to_the_rest(world, visit, full):
    for who in ("detective", "supervisor", "prosecutor"):
        page = visit(world.users[who]).get("/")
        for section in page.context["sections"]:
            assert len(section.works) <= 5, section.title
            assert len(section.works) < 5 or section.more, section.title
    page = visit(world.users["detective"])
    assert section_of(page, "What must I answer").count("work__item") == 5
    assert "All reviews" in section_of(page, "What must I answer")


def test_what_was_passed_on_says_by_whom(world, visit):
    with acting(world.viewer("deputy")) as a:
        bridge.refer(id=uuid4(), kind=ReferralKind.LEAD, to_agency=world.agencies["police"].pk,
                     content={"summary": "Outside our county."}, by=a.viewer)
    with acting(world.viewer("advocate")) as a:
        bridge.refer(id=uuid4(), kind=ReferralKind.REPORT, to_agency=world.agencies["police"].pk, by=a.viewer, content={
            "summary": "Wages.", "permission_signed_on": "2026-03-02",
            "permission_expires_on": (dt.date.today() + dt.timedelta(days=30)).isoformat()})
    shown = section_of(visit(world.users["detective"]), "What came in")
    assert f"{world.agencies['sheriff'].name} passed on a lead" in shown
    assert f"{world.agencies['lantern'].name}: a client asks to report" in shown


def test_lists_page_by_key(world, visit):
    for n in range(30):
        cases.investigation(world, opened_on=cases.OPENED + dt.timedelta(days=n), code_name=f"Number {n:02}")
    page = visit(world.users["detective"])
    first = page.get("/investigations/")
    assert "Number 29" in first.content.decode()
    after = first.context["page"].next
    second = page.get("/investigations/", {"after": after}).content.decode()
    assert "Number 04" in second
    assert "Number 29" not in second
    assert Investigation.objects.count() == 30
    assert not Person.objects.exists()
