"""Investigations: neutral titles, dated changes, closing and reopening, and a team that the holder decides."""

import datetime as dt

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from concord.site.accounts import standing
from concord.site.accounts.models import Mou
from concord.site.justice.actions import cases as actions
from concord.site.justice.actions import persons
from concord.site.justice.models import CaseEvent, Investigation, Person, ProsecutionReferral, TeamAgency
from concord.site.stores.acting import acting
from concord.vocabulary import Basis, CaseStatus, ClosedHow, PersonRole, StatusDecider, TraffickingType, VictimStatus
from tests.site.justice import cases


def test_without_a_title_an_investigation_gets_a_number_that_tells_nothing(world, visit):
    made = visit(world.users["detective"]).post("/investigations/new/", {
        "opened_on": "2026-03-03", "source": "patrol", "trafficking_type": "not_yet_known", "proactive": "yes",
        "initially_classified_as_why": "not_recorded"})
    assert made.status_code == 302
    case = Investigation.objects.get()
    assert case.code_name.startswith("C-")
    assert (case.proactive, case.initially_classified_as_why) == (True, "not_recorded")


def test_the_type_has_a_history(world, visit):
    case = cases.investigation(world, trafficking_type=TraffickingType.SEX)
    page = visit(world.users["detective"])
    url = f"/investigations/{case.pk}/type/"
    assert page.post(url, {"trafficking_type": "sex", "on_date": "2026-04-01"}).status_code == 422
    assert page.post(url, {"trafficking_type": "both", "on_date": "2026-01-01"}).status_code == 422
    answers = {"trafficking_type": "both", "on_date": "2026-04-01", "note": "Unpaid nights"}
    assert page.post(url, answers).status_code == 302
    assert Investigation.objects.get().trafficking_type == TraffickingType.BOTH
    shown = page.get(f"/investigations/{case.pk}/").content.decode()
    assert "Held to be: Sex and labor trafficking" in shown
    assert "Unpaid nights" in shown


def test_closing_has_a_date_and_a_how_and_can_be_undone_without_losing_them(world, visit):
    case = cases.investigation(world)
    page = visit(world.users["detective"])
    assert page.post(f"/investigations/{case.pk}/close/", {"on_date": "2026-05-01"}).status_code == 422
    page.post(f"/investigations/{case.pk}/close/", {"on_date": "2026-05-01", "closed_how": "insufficient"})
    case.refresh_from_db()
    assert (case.status, case.closed_on, case.closed_how) == (
        CaseStatus.CLOSED, dt.date(2026, 5, 1), ClosedHow.INSUFFICIENT)
    assert page.post(f"/investigations/{case.pk}/facts/", {"code_name": "X1"}).status_code == 422
    assert page.post(f"/investigations/{case.pk}/reopen/", {"on_date": "2026-04-01"}).status_code == 422
    page.post(f"/investigations/{case.pk}/reopen/", {"on_date": "2026-06-01", "note": "A witness came forward"})
    case.refresh_from_db()
    assert (case.status, case.closed_on) == (CaseStatus.OPEN, None)
    assert list(CaseEvent.objects.order_by("on_date").values_list("kind", "closed_how")) == [
        ("closed", "insufficient"), ("reopened", "")]


def test_adoption_is_an_outcome_with_a_date(world, visit):
    case = cases.investigation(world)
    page = visit(world.users["detective"])
    page.post(f"/investigations/{case.pk}/adopted/", {"on_date": "2026-05-01"})
    assert Investigation.objects.get().adopted_federally_on == dt.date(2026, 5, 1)
    assert page.post(f"/investigations/{case.pk}/adopted/", {"on_date": "2026-05-02"}).status_code == 422
    assert "Adopted federally" in page.get(f"/investigations/{case.pk}/").content.decode()


def test_an_agency_joins_while_its_mou_is_in_force_and_one_without_accounts_is_counted(world):
    case = cases.investigation(world)
    with acting(world.viewer("detective")) as a:
        for agency in ("sheriff", "fbi"):
            actions.add_to_team(case, agency_id=world.agencies[agency].pk, from_date=cases.OPENED, by=a.viewer)
        for refused in ("lantern", "farland_police", "sheriff"):
            with pytest.raises(actions.Objection):
                actions.add_to_team(case, agency_id=world.agencies[refused].pk, from_date=cases.OPENED, by=a.viewer)
    Mou.objects.filter(agency=world.agencies["prosecutor"]).update(ended_on=dt.date.today())
    standing.forget()
    with acting(world.viewer("detective")) as a, pytest.raises(actions.Objection, match="MOU"):
        actions.add_to_team(case, agency_id=world.agencies["prosecutor"].pk, from_date=cases.OPENED, by=a.viewer)


def test_a_team_member_works_the_file_but_does_not_decide_who_reads_it(world, visit):
    case = cases.investigation(world)
    cases.on_team(case, "sheriff", world)
    page = visit(world.users["deputy"])
    assert page.get(f"/investigations/{case.pk}/").status_code == 200
    assert case.code_name in page.get("/investigations/?whose=team").content.decode()
    assert case.code_name not in page.get("/investigations/").content.decode()
    refused = page.post(f"/investigations/{case.pk}/team/add/", {
        "agency": str(world.agencies["prosecutor"].pk), "from_date": "2026-04-01"})
    assert refused.status_code == 422
    assert TeamAgency.objects.count() == 1
    row = TeamAgency.objects.get()
    assert page.post(f"/investigations/team/{row.pk}/end/", {"until_date": "2026-05-01"}).status_code == 422
    visit(world.users["detective"]).post(f"/investigations/team/{row.pk}/end/", {"until_date": "2026-05-01"})
    assert visit(world.users["deputy"]).get(f"/investigations/{case.pk}/").status_code == 404


def test_who_may_see_it_and_why_names_each_agency(world, visit):
    case = cases.investigation(world)
    cases.on_team(case, "prosecutor", world)
    cases.on_team(case, "fbi", world)
    shown = visit(world.users["detective"]).get(f"/investigations/{case.pk}/").content.decode()
    access = shown[shown.index("Who may see this, and why"):]
    assert "The agency that opened the investigation holds it." in access
    assert "work the same file while both MOUs are in force" in access
    assert "reads nothing here" in access


def test_the_timeline_is_put_together_from_dated_facts_and_groups_people(world, visit):
    case = cases.investigation(world)
    for _ in range(5):
        cases.person(case, PersonRole.POTENTIAL_VICTIM, identified_on=dt.date(2026, 3, 9))
    cases.on_team(case, "prosecutor", world, from_date=dt.date(2026, 3, 10))
    with acting(world.viewer("detective")) as a:
        actions.refer_to_prosecution(case, to_agency=world.agencies["prosecutor"].pk, on=dt.date(2026, 3, 12),
                                     forum="state", by=a.viewer)
    shown = visit(world.users["detective"]).get(f"/investigations/{case.pk}/").content.decode()
    wanted = ["Referred to Prosecutor", "Prosecutor joined the team", "5 people identified", "Investigation opened"]
    places = [shown.index(words) for words in wanted]
    assert places == sorted(places)
    assert "Persons 1 to 5" in shown
    Person.objects.update(roles=[PersonRole.VICTIM])  # confirmed since; identified as potential all the same
    again = visit(world.users["detective"]).get(f"/investigations/{case.pk}/").content.decode()
    assert "5 people identified: Potential victim" in again
    assert ProsecutionReferral.objects.count() == TeamAgency.objects.count() == 1


def first_button(page, case) -> str:
    (primary,) = [a for a in page.get(f"/investigations/{case.pk}/").context["record"].actions if a.primary] or [None]
    return primary.url.removeprefix(f"/investigations/{case.pk}/") if primary else ""


def test_the_first_button_does_the_next_step(world, visit):
    case = cases.investigation(world)
    page = visit(world.users["detective"])
    assert first_button(page, case) == "people/enter/"
    cases.person(case, PersonRole.POTENTIAL_VICTIM, identified_on=cases.OPENED)
    assert first_button(page, case) == "prosecutor/"
    with acting(world.viewer("detective")) as a:
        row = actions.refer_to_prosecution(case, to_agency=world.agencies["prosecutor"].pk, on=dt.date(2026, 3, 12),
                                           forum="state", by=a.viewer)
    assert first_button(page, case) == ""  # the prosecutor's turn
    ProsecutionReferral.objects.filter(pk=row.pk).update(decision="accepted", decided_on=dt.date(2026, 3, 20))
    assert first_button(page, case) == "charges/"
    with acting(world.viewer("detective")) as a:
        actions.close(case, on=dt.date(2026, 5, 1), how=ClosedHow.ADJUDICATED, note="", by=a.viewer)
    assert first_button(page, case) == "reopen/"


def test_a_status_on_the_timeline_says_who_decided_it(world, visit):
    case = cases.investigation(world)
    people = [cases.person(case, PersonRole.POTENTIAL_VICTIM) for _ in range(6)]
    with acting(world.viewer("detective")) as a:
        for n, person in enumerate(people):
            decider = StatusDecider.POLICE if n < 4 else StatusDecider.COURT_OR_PROSECUTION
            persons.record_status(person, status=VictimStatus.CONFIRMED, decider=decider, basis=Basis.DOCUMENT,
                                  on=dt.date(2026, 4, 1), note="", by=a.viewer)
    shown = visit(world.users["detective"]).get(f"/investigations/{case.pk}/").content.decode()
    assert f"{StatusDecider.POLICE.label} decided: confirmed victim: 4 people" in shown
    assert f"{StatusDecider.COURT_OR_PROSECUTION.label} decided: confirmed victim: Person 5" in shown


def test_twelve_entries_are_shown_and_older_ones_on_demand_without_another_query(world, visit):
    few, many = cases.investigation(world), cases.investigation(world)
    for case, days in ((few, 2), (many, 30)):
        for n in range(days):
            cases.person(case, PersonRole.WITNESS, identified_on=cases.OPENED + dt.timedelta(days=n))
    page = visit(world.users["detective"])
    shown, asked = {}, {}
    for case in (few, few, many):  # once before counting: what is kept of the agency is asked once in a while
        with CaptureQueriesContext(connections["justice"]) as captured:
            shown[case] = page.get(f"/investigations/{case.pk}/").content.decode()
        asked[case] = len(captured)
    newer, older = shown[many].split("Show older")
    assert (newer.count("timeline__when"), older.count("timeline__when")) == (12, 19)
    assert "Show older" not in shown[few]
    assert asked[many] == asked[few]
