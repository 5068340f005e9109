"""The board answers the coordinator's questions with numbers, numerators and denominators, and names no person."""

import datetime as dt

import pytest
from django.utils import timezone

from concord.site.accounts.models import Mou
from concord.site.collaboration import actions as collaboration
from concord.site.reporting import home, sums
from concord.site.reporting.periods import before, quarter_of
from concord.site.reporting.sharing import Shown
from concord.site.stores.acting import acting
from tests.site.reporting.test_publish import arrest, investigation, lead, person, run

LAST = before(quarter_of(timezone.localdate()))


@pytest.mark.parametrize(("parts", "words"), [
    ([Shown(7), Shown(5)], "12"),
    ([Shown(7), None], "7"),
    ([Shown(None, small=True)], "Fewer than 5"),
    ([Shown(7), Shown(None, small=True)], "8 to 11"),
    ([Shown(7), Shown(None)], "8 or more"),
    ([Shown(None)], "Not shown"),
    ([], "Not published"),
])
def test_a_sum_of_numbers_left_out_is_a_range(parts, words):
    assert sums.add(parts).words == words


@pytest.mark.parametrize(("part", "whole", "words"), [
    (3, 40, "3 of 40 (8%)"), (0, 0, "0 of 0"), (None, 40, "Fewer than 5 of 40"),
])
def test_a_share_always_says_both_numbers(part, whole, words):
    shown = Shown(part) if part is not None else Shown(None, small=True)
    assert sums.Share(sums.add([shown]), sums.add([Shown(whole)])).words == words


def board(visit, world, user="coordinator"):
    return visit(world.users[user]).get("/board/").content.decode()


def test_the_board_says_whether_labor_is_falling_behind(world, visit):
    for kind in ("labor", "sex", "sex", "sex"):
        lead(world, kind, on=LAST.first)
    run(world, quarter=LAST)
    assert "1 of 4 (25%)" in board(visit, world)


def test_the_board_says_who_has_published_and_who_has_not(world, visit):
    run(world, quarter=LAST)
    page = board(visit, world)
    ready = page[page.index('id="ready"') : page.index('id="new"')]
    assert ready.count("Missing") == 4  # sheriff, prosecutor and two providers
    assert "Published" in ready
    assert "Fbi" not in ready


def test_the_board_names_federal_partners_that_stay_away(world, visit):
    viewer = world.viewer("coordinator")
    at = timezone.make_aware(dt.datetime.combine(LAST.first, dt.time(10)))
    with acting(viewer):
        for came in ([collaboration.Came(world.agencies["fbi"].pk, 1)], []):
            meeting = collaboration.call_meeting(task_force=world.task_forces["riverton"].pk, kind="general",
                                                 begins_at=at, place="", agenda=[], by=viewer)
            collaboration.write_minutes(meeting=meeting, came=came, decisions={}, minutes="", by=viewer)
    assert "1 of 2 meetings" in board(visit, world)


def test_the_board_names_no_case_and_shows_few_persons_as_few(world, visit):
    case = investigation(world, on=LAST.first)
    made = arrest(case, person(case, "potential_victim"), possible_victim="yes")
    type(made).objects.update(arrested_at=timezone.make_aware(dt.datetime.combine(LAST.first, dt.time(10))))
    run(world, quarter=LAST)
    page = board(visit, world)
    assert case.code_name not in page
    arrests = page[page.index('id="arrests"') : page.index('id="services"')]
    assert "Fewer than 5" in arrests


def test_mous_that_no_longer_hold_are_on_the_board(world, visit):
    Mou.objects.filter(agency=world.agencies["lantern"]).update(expires_on=dt.date(2025, 3, 1))
    assert "expired on March 1, 2025" in board(visit, world)


def test_the_home_counts_who_has_not_published_the_last_quarter(world):
    run(world, quarter=LAST)
    viewer = world.viewer("coordinator")
    with acting(viewer):
        sections = {section.title: section for section in home.sections(viewer, timezone.now())}
    assert sections["Is the quarter ready?"].count == 4


def test_the_home_answers_in_one_line_a_task_force_with_what_each_number_is_out_of(world):
    for kind in ("labor", "sex", "sex"):
        lead(world, kind, on=LAST.first)
    case = investigation(world, on=LAST.first)
    made = arrest(case, person(case, "potential_victim"), possible_victim="yes")
    type(made).objects.update(arrested_at=timezone.make_aware(dt.datetime.combine(LAST.first, dt.time(10))))
    run(world, quarter=LAST)
    viewer = world.viewer("coordinator")
    with acting(viewer):
        said = {section.title: section.works for section in home.sections(viewer, timezone.now())}
    assert said.keys() == {"What is new?", "Is the quarter ready?", "Is labor falling behind?",
                           "Were survivors arrested?"}
    (labor,), (arrests,) = said["Is labor falling behind?"], said["Were survivors arrested?"]
    assert "Leads received: 1 of 3 (33%)" in labor.what
    assert arrests.what.startswith("Possible victims arrested: Fewer than 5;")


def test_an_agency_sees_its_own_counts_exactly(world, visit):
    lead(world, "labor", on=LAST.first)
    run(world, quarter=LAST)
    page = visit(world.users["supervisor"]).get(f"/counts/?quarter={LAST}").content.decode()
    assert "Leads received" in page
    assert visit(world.users["coordinator"]).get("/counts/").status_code == 404


@pytest.mark.parametrize(("user", "url"), [("coordinator", "/board/"), ("supervisor", "/counts/")])
def test_pages_ask_the_hub_at_most_twelve_times(world, visit, django_assert_max_num_queries, user, url):
    for agency in ("police", "sheriff"):
        lead(world, on=LAST.first, agency=agency)
        run(world, agency, quarter=LAST)
    client = visit(world.users[user])
    client.get(url)
    with django_assert_max_num_queries(12, using="hub"):
        assert client.get(url).status_code == 200
