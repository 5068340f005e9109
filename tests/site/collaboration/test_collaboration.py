"""The task force's shared record: members read it, the coordinator keeps it, and it names nobody."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.utils import timezone

from concord.site.collaboration import actions, home
from concord.site.collaboration.models import Meeting, Outreach, Protocol, Training
from concord.site.stores.acting import acting

NEXT_WEEK = timezone.now() + dt.timedelta(days=7)
MEETING = {"kind": "general", "begins_at": "2030-02-03T10:00", "place": "County building",
           "agenda": "Numbers\nTraining"}


def call_meeting(world, *, begins_at=NEXT_WEEK, agenda=("Quarterly numbers", "Training plan")):
    viewer = world.viewer("coordinator")
    with acting(viewer):
        return actions.call_meeting(task_force=world.task_forces["riverton"].pk, kind="general", begins_at=begins_at,
                                    place="County building", agenda=agenda, by=viewer)


def adopt(world, **given):
    viewer, today = world.viewer("coordinator"), timezone.localdate()
    asked = {"kind": "referrals", "title": "Referrals", "text": "Call first.", "adopted_on": today,
             "review_on": today + dt.timedelta(days=365), "survivors_reviewed": False}
    with acting(viewer):
        return actions.adopt_protocol(task_force=world.task_forces["riverton"].pk, **asked | given, by=viewer)


def riverton(world):
    return {"task_force": world.task_forces["riverton"].pk}


def test_the_coordinator_calls_a_meeting_and_members_read_its_agenda(world, visit):
    assert visit(world.users["coordinator"]).post("/meetings/new/", MEETING | riverton(world)).status_code == 302
    url = f"/meetings/{Meeting.objects.get().pk}/"
    page = visit(world.users["detective"]).get(url).content.decode()
    assert page.index("Numbers") < page.index("Training")


@pytest.mark.parametrize("user", ["detective", "advocate", "evaluator"])
def test_members_do_not_call_meetings(world, visit, user):
    assert visit(world.users[user]).post("/meetings/new/", MEETING | riverton(world)).status_code == 404
    with pytest.raises(DatabaseError, match="row-level security"), acting(world.viewer(user)):
        Meeting.objects.create(agency_id=world.viewer(user).agency, task_force=world.task_forces["riverton"],
                               kind="general", begins_at=NEXT_WEEK)


def test_another_task_force_sees_nothing_of_it(world, visit):
    meeting = call_meeting(world)
    assert visit(world.users["outsider"]).get(f"/meetings/{meeting.pk}/").status_code == 404
    with acting(world.viewer("outsider")):
        assert not Meeting.objects.exists()


def test_an_agenda_item_that_names_someone_is_held_back_until_someone_has_looked(world, visit):
    client = visit(world.users["coordinator"])
    asked = MEETING | riverton(world) | {"agenda": "Update on Marigold Thistlewood"}
    answer = client.post("/meetings/new/", asked)
    assert answer.status_code == 422
    assert "This may name a person: Marigold Thistlewood" in answer.content.decode()
    assert not Meeting.objects.exists()
    assert client.post("/meetings/new/", asked | {"looked": "on"}).status_code == 302


def test_a_birth_date_is_not_let_through_even_so(world, visit):
    asked = MEETING | riverton(world) | {"agenda": "The girl born 4/5/2010", "looked": "on"}
    assert visit(world.users["coordinator"]).post("/meetings/new/", asked).status_code == 422


def test_agencies_are_no_persons(world, visit):
    world.agencies["lantern"].name = "Marigold Thistle House"
    world.agencies["lantern"].save()
    asked = MEETING | riverton(world) | {"agenda": "Renew the MOU of Marigold Thistle House"}
    assert visit(world.users["coordinator"]).post("/meetings/new/", asked).status_code == 302


def test_attendance_counts_agencies_without_accounts(world, visit):
    meeting = call_meeting(world)
    client, fbi = visit(world.users["coordinator"]), world.agencies["fbi"].pk
    item = meeting.items.first()
    asked = {f"people_{fbi}": "2", "remote": [str(fbi)], f"decision_{item.pk}": "Adopted.", "minutes": ""}
    assert client.post(f"/meetings/{meeting.pk}/minutes/", asked).status_code == 302
    page = client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "Fbi" in page
    assert "Adopted." in page
    assert "Minutes written" in page


def test_minutes_can_be_corrected(world):
    meeting, viewer = call_meeting(world), world.viewer("coordinator")
    police, fbi = world.agencies["police"].pk, world.agencies["fbi"].pk
    for came in ([actions.Came(police, 3)], [actions.Came(fbi, 1, True)]):
        with acting(viewer):
            actions.write_minutes(meeting=meeting, came=came, decisions={}, minutes="", by=viewer)
    people = dict(meeting.attendance.values_list("attendee_id", "people"))
    assert people == {police: 0, fbi: 1}


def test_a_changed_agenda_keeps_decisions_of_what_stays(world):
    meeting, viewer = call_meeting(world), world.viewer("coordinator")
    first = meeting.items.first()
    with acting(viewer):
        actions.write_minutes(meeting=meeting, came=[], decisions={first.pk: "Yes."}, minutes="", by=viewer)
        actions.change_meeting(meeting=meeting, kind="labor", begins_at=NEXT_WEEK, place="",
                               agenda=["Labor leads", "Quarterly numbers"], by=viewer)
    items = list(meeting.items.filter(dropped_at=None).values_list("words", "decision"))
    assert items == [("Labor leads", ""), ("Quarterly numbers", "Yes.")]


@pytest.mark.parametrize("sheet", ["attendance", "minutes"])
def test_papers_are_accessible_pdf_and_take_what_was_written_as_text(world, visit, sheet):
    meeting = call_meeting(world, agenda=["#panic(\"x\") $ _ * [ ] \\ @ < >"])
    answer = visit(world.users["coordinator"]).get(f"/meetings/{meeting.pk}/{sheet}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content


def test_a_revision_replaces_the_version_before(world, visit):
    first = adopt(world)
    client, today = visit(world.users["coordinator"]), timezone.localdate()
    asked = {"kind": "referrals", "title": "Referrals", "text": "Call first, then write.",
             "adopted_on": f"{today:%Y-%m-%d}", "review_on": f"{today + dt.timedelta(days=30):%Y-%m-%d}"}
    assert client.post(f"/protocols/{first.pk}/revise/", asked).status_code == 302
    second = Protocol.objects.get(replaced_on=None)
    assert (second.version, second.replaces) == (2, first)
    assert "Version 1" in client.get(f"/protocols/{second.pk}/").content.decode()


def test_a_protocol_is_revised_once(world, visit):
    first = adopt(world)
    adopt(world, replaces=first)
    assert visit(world.users["coordinator"]).get(f"/protocols/{first.pk}/revise/").status_code == 404


def test_the_list_of_protocols_says_which_are_missing(world, visit):
    adopt(world)
    page = visit(world.users["advocate"]).get("/protocols/").content.decode()
    assert "Language access" in page.partition("Not yet adopted")[2]


def test_training_is_counted_by_topic_hours_and_people(world, visit):
    asked = riverton(world) | {"title": "Labor trafficking on farms", "held_on": "2026-03-02",
                               "audience": "prosecution", "given_by": world.agencies["lantern"].pk, "topic": "labor",
                               "duration_hours": "1", "duration_minutes": "30", "people": "25"}
    client = visit(world.users["coordinator"])
    assert client.post("/training/new/", asked).status_code == 302
    assert str(Training.objects.get().hours) == "1.50"
    assert "1.5" in client.get("/training/").content.decode()


def test_outreach_is_recorded(world, visit):
    asked = riverton(world) | {"title": "Bus station posters", "held_on": "2026-03-02", "audience": "public",
                               "kind": "materials", "given_by": world.agencies["lantern"].pk, "topic": "both",
                               "materials": "300"}
    client = visit(world.users["coordinator"])
    assert client.post("/outreach/new/", asked).status_code == 302
    assert Outreach.objects.get().materials == 300
    assert "Bus station posters" in client.get("/outreach/").content.decode()


def test_the_coordinators_home_says_what_is_due(world):
    call_meeting(world)
    call_meeting(world, begins_at=timezone.now() - dt.timedelta(days=2))
    adopt(world, adopted_on=dt.date(2024, 1, 1), review_on=dt.date(2025, 1, 1))
    viewer = world.viewer("coordinator")
    with acting(viewer):
        titles = [section.title for section in home.sections(viewer, timezone.now())]
    assert titles == ["Minutes to write", "Next meeting", "Protocols to review"]


@pytest.mark.parametrize("url", ["/meetings/", "/protocols/", "/training/", "/outreach/", "/meetings/new/", "meeting",
                                 "minutes"])
def test_pages_ask_the_hub_at_most_twelve_times_whatever_the_number_of_rows(
    world, visit, django_assert_max_num_queries, url
):
    for _n in range(30):
        meeting = call_meeting(world)
    url = {"meeting": f"/meetings/{meeting.pk}/", "minutes": f"/meetings/{meeting.pk}/minutes/"}.get(url, url)
    client = visit(world.users["coordinator"])
    client.get(url)
    with django_assert_max_num_queries(12, using="hub"):
        assert client.get(url).status_code == 200
