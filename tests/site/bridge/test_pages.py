"""The bridge as its users see it."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.utils import timezone

from concord.site.bridge import actions, home
from concord.site.bridge.models import AdvocateCall, DutyShift, Referral
from concord.site.services.actions import referrals as services
from concord.site.stores.acting import acting
from tests.site.bridge.test_calls import call, put_on_duty
from tests.site.bridge.test_referrals import rows_seen_by, send


def post_referral(client, world, kind="services", to="lantern", **given):
    answers = {"id": uuid4(), "to_agency": world.agencies[to].pk, "summary": "Was found at a motel.",
               "age_group": "unknown", "trafficking_type": "not_yet_known"}
    return client.post(f"/referrals/send/{kind}/", answers | given)


def without_tokens(response):
    return re.sub(rb'(csrfmiddlewaretoken" value|nonce)="[^"]*"', b"", response.content)


def test_police_send_a_referral_and_see_only_that_it_was_received(world, visit):
    client = visit(world.users["detective"])
    assert post_referral(client, world).status_code == 302
    page = client.get("/referrals/").content.decode()
    assert "Received, Today" in page
    assert "motel" not in page


def opened(referral, by):
    actions.open_referral(actions.inbox(by).get(pk=referral.pk), by)


def accepted(referral, by):
    services.accept_referral(referral_id=referral.pk, by=by)


def declined(referral, by):
    services.decline_referral(referral_id=referral.pk, reason="no_capacity", by=by)


@pytest.mark.parametrize("decide", [opened, accepted, declined])
def test_the_senders_page_and_rows_are_the_same_to_the_byte_whatever_the_recipient_does(world, visit, decide):
    referral, advocate = send(world), world.viewer("advocate")

    def seen():
        return without_tokens(visit(world.users["detective"]).get("/referrals/")), rows_seen_by(world, "detective")

    before = seen()
    with acting(advocate):
        decide(referral, advocate)
    assert seen() == before


def test_the_recipient_reads_the_whole_of_it(world, visit):
    referral = send(world, wants=["HOU"], contact_caution=["no_message"])
    page = visit(world.users["advocate"]).get(f"/referrals/received/{referral.pk}/", follow=True).content.decode()
    for words in ("Quill Brambleton", "found at a motel", "Housing", "Do not leave a message"):
        assert words in page


@pytest.mark.parametrize("user", ["detective", "deputy", "coordinator", "counsel", "evaluator", "outsider"])
def test_everyone_else_gets_the_page_of_a_referral_that_does_not_exist(world, visit, user):
    referral = send(world)
    client = visit(world.users[user])
    seen = set()
    for pk in (referral.pk, uuid4()):
        answer = client.get(f"/referrals/received/{pk}/")
        seen.add((answer.status_code, without_tokens(answer).replace(str(pk).encode(), b"")))
    assert len(seen) == 1
    assert seen.pop()[0] == 404


def test_a_form_posted_twice_sends_once(world, visit):
    client, id = visit(world.users["detective"]), uuid4()
    assert [post_referral(client, world, id=id).status_code for _ in range(2)] == [302, 302]
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("said", [{}, {"required_by": "They asked for it"}, {"permission_signed_on": "01/02/2026"}])
def test_what_a_provider_says_of_a_client_begins_in_her_file(world, visit, said):
    """There it needs her release, or has a law's steps and clock, and stands in the ledger that she may read."""
    client = visit(world.users["advocate"])
    assert post_referral(client, world, kind="report", to="police", **said).status_code == 404
    assert not Referral.objects.exists()
    assert "It begins in her or his file" in client.get("/referrals/send/").text
    assert "begins in her or his file" not in visit(world.users["detective"]).get("/referrals/send/").text


def test_providers_pass_on_no_leads(world, visit):
    assert visit(world.users["advocate"]).get("/referrals/send/lead/").status_code == 404


@pytest.mark.parametrize(("user", "url"), [
    ("detective", "/referrals/send/services/"), ("detective", "/calls/new/"), ("advocate", "/roster/new/"),
])
def test_a_fresh_form_complains_of_nothing(world, visit, user, url):
    assert "needs another look" not in visit(world.users[user]).get(url).content.decode()


def test_a_referral_that_says_nothing_is_sent_back_with_where_and_what(world, visit):
    answer = post_referral(visit(world.users["detective"]), world, summary="")
    assert answer.status_code == 422
    assert 'href="#id_summary"' in answer.content.decode()


def test_only_agencies_that_take_the_kind_are_offered(world, visit):
    page = visit(world.users["detective"]).get("/referrals/send/services/").content.decode()
    assert "Lantern" in page
    assert "Sheriff" not in page


def test_police_call_and_a_provider_answers(world, visit):
    tonight = timezone.localtime() + dt.timedelta(hours=3)
    asked = {"id": uuid4(), "task_force": world.task_forces["riverton"].pk, "minors": "unknown", "people": "4",
             "window_from": f"{tonight:%Y-%m-%dT%H:%M}",
             "window_until": f"{tonight + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}"}
    assert visit(world.users["detective"]).post("/calls/new/", asked).status_code == 302
    url = f"/calls/{AdvocateCall.objects.get().pk}/"
    assert visit(world.users["advocate"]).post(url, {"phone": "555-0101"}).status_code == 302
    page = visit(world.users["detective"]).get(url).content.decode()
    assert "Lantern will come" in page
    assert "555-0101" in page


def test_a_call_that_ends_before_it_begins_says_where(world, visit):
    asked = {"id": uuid4(), "task_force": world.task_forces["riverton"].pk, "minors": "no",
             "window_from": "2030-01-02T10:00", "window_until": "2030-01-02T09:00"}
    answer = visit(world.users["detective"]).post("/calls/new/", asked)
    assert answer.status_code == 422
    assert "The end must lie after the beginning" in answer.content.decode()


def test_a_provider_keeps_the_roster(world, visit):
    client = visit(world.users["advocate"])
    asked = {"staff_id": world.users["second_advocate"].staff_id, "phone": "555-0177",
             "task_force": world.task_forces["riverton"].pk,
             "begins_at": "2030-01-02T18:00", "ends_at": "2030-01-03T06:00"}
    assert client.post("/roster/new/", asked).status_code == 302
    assert "555-0177" in client.get("/roster/").content.decode()
    assert client.post(f"/roster/{DutyShift.objects.get().pk}/cancel/").status_code == 302
    assert "555-0177" not in client.get("/roster/").content.decode()


@pytest.mark.parametrize("user", ["detective", "coordinator", "evaluator"])
def test_the_roster_page_is_for_providers(world, visit, user):
    assert visit(world.users[user]).get("/roster/").status_code == 404


def test_the_home_says_what_waits(world):
    call(world)
    put_on_duty(world)
    with acting(world.viewer("advocate")):
        titles = [s.title for s in home.sections(world.viewer("advocate"), timezone.now()) if s.works]
    assert titles == ["Calls waiting for an advocate"]


@pytest.mark.parametrize(("user", "url"), [
    ("detective", "/referrals/"), ("advocate", "/referrals/received/"), ("advocate", "/calls/"),
    ("advocate", "/roster/"), ("detective", "/calls/new/"), ("detective", "/referrals/send/services/"),
])
def test_pages_ask_the_hub_at_most_twelve_times_whatever_the_number_of_rows(
    world, visit, django_assert_max_num_queries, user, url
):
    for _n in range(30):
        send(world)
    for _n in range(3):
        call(world)
        put_on_duty(world)
    client = visit(world.users[user])
    client.get(url, follow=True)
    with django_assert_max_num_queries(12, using="hub"):
        assert client.get(url, follow=True).status_code == 200


def test_actions_offer_as_recipients_only_partners_that_can_open_it(world):
    viewer = world.viewer("detective")
    with acting(viewer):
        names = [a.name for a in actions.recipients("lead", viewer)]
    assert names == ["Prosecutor", "Sheriff"]
