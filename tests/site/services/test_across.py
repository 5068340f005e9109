"""What comes over the bridge and what goes: referrals decided in the vault, reports at a client's request."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from concord.site.accounts import standing
from concord.site.bridge import actions as bridge
from concord.site.bridge.models import Referral
from concord.site.services import actions, jobs
from concord.site.services.models import Client, DisclosureEntry, Need, ReferralIn
from concord.site.stores.acting import acting
from concord.site.web import ticks
from concord.vocabulary import ReferralKind, Sector

KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def referred(world):
    """Police refer somebody to Lantern; the referral's id."""
    id = uuid4()
    with acting(world.viewer("detective")) as a:
        bridge.refer(
            id=id, kind=ReferralKind.SERVICES, to_agency=world.agencies["lantern"].pk, by=a.viewer,
            content={"name": "Rosalind Example", "summary": "Met at a worksite", "wants": ["HOU", "nonsense"],
                     "safe_contact": "555-0100", "contact_caution": ["no_message"], "language": "spanish",
                     "trafficking_type": "labor"},
        )  # fmt: skip
    return id


def _seen_by_sender(world, id) -> tuple:
    with acting(world.viewer("detective")):
        with connections["hub"].cursor() as cursor:
            cursor.execute("select row_to_json(r)::text from bridge_referral r where id = %s", [id])
            return cursor.fetchone()


def test_accepting_opens_a_file_and_the_sender_sees_nothing_of_it(visit, world, referred, as_staff):
    before = _seen_by_sender(world, referred)
    browser = visit(world.users["advocate"])
    assert "Someone may want services" in browser.get(reverse("services:referrals")).text
    page = browser.get(reverse("services:referral", args=[referred]))
    assert "Met at a worksite" in page.text
    answer = browser.post(reverse("services:referral_accept", args=[referred]))
    with as_staff("advocate"):
        client = Client.objects.get()
        assert answer.url == reverse("services:client", args=[client.pk])
        assert (client.called, client.language, client.trafficking_type) == ("Rosalind Example", "spanish", "labor")
        assert client.reach[0]["cautions"] == ["no_message"]
        assert list(Need.objects.values_list("service_type", flat=True)) == ["HOU"]
        assert ReferralIn.objects.get().answer == "accepted"
    assert _seen_by_sender(world, referred) == before


def test_one_referral_makes_one_client_however_often_it_is_accepted(referred, as_staff):
    with as_staff("advocate") as by:
        first = actions.accept_referral(referral_id=referred, by=by)
    with as_staff("second_advocate") as by:
        assert actions.accept_referral(referral_id=referred, by=by) == first
        assert Client.objects.count() == 1
        with pytest.raises(actions.Objection, match="decided by a colleague"):
            actions.decline_referral(referral_id=referred, reason="no_capacity", by=by)


@pytest.mark.parametrize("said", ["x", "00000000-0000-0000-0000-00000000000g", "\0"])
def test_a_file_that_is_no_file_answers_as_one_that_is_not_there(visit, world, referred, said):
    browser = visit(world.users["advocate"])
    assert browser.post(reverse("services:referral_accept", args=[referred]), {"client": said}).status_code == 404


def test_a_known_person_is_linked_to_her_file_and_not_doubled(visit, world, referred, open_file, as_staff):
    pk = open_file("Rosalind Exampel")
    browser = visit(world.users["advocate"])
    assert "A like name is in your files" in browser.get(reverse("services:referral", args=[referred])).text
    browser.post(reverse("services:referral_accept", args=[referred]), {"client": str(pk)})
    with as_staff("advocate"):
        assert Client.objects.get().pk == pk
        assert ReferralIn.objects.get().link.client_id == pk


def test_declining_keeps_the_reason_here_and_tells_the_sender_nothing(visit, world, referred, as_staff):
    before = _seen_by_sender(world, referred)
    visit(world.users["advocate"]).post(
        reverse("services:referral_decline", args=[referred]),
        {"client_key": KEY, "reason": "outside_area", "note": "gave two numbers"},
    )
    with as_staff("second_advocate"):
        received = ReferralIn.objects.get()
        assert (received.answer, received.reason, received.note) == ("declined", "outside_area", "gave two numbers")
        assert not Client.objects.exists()
    assert _seen_by_sender(world, referred) == before


def test_a_referral_of_a_restricted_client_does_not_lead_a_colleague_to_her(visit, world, referred, as_staff):
    with as_staff("advocate") as by:
        actions.restrict(client=actions.accept_referral(referral_id=referred, by=by), by=by)
    page = visit(world.users["second_advocate"]).get(reverse("services:referral", args=[referred]))
    assert page.status_code == 200
    assert page.context["client"] is None
    assert "Met at a worksite" not in page.text
    with as_staff("second_advocate") as by, pytest.raises(actions.Objection, match="decided by a colleague"):
        actions.accept_referral(referral_id=referred, by=by)


def test_another_provider_cannot_open_the_referral(visit, world, referred):
    assert visit(world.users["counsel"]).get(reverse("services:referral", args=[referred])).status_code == 404


# --- Reports ----------------------------------------------------------------------------------------------------------


def _report(world, client, by, **more):
    today = timezone.localdate()
    given = {
        "id": uuid4(), "client": client, "to_agency": world.agencies["police"].pk, "items": ["name", "summary"],
        "summary": "What he did", "purpose": "She wants it known", "signed_on": today,
        "expires_on": today + dt.timedelta(days=15), "by": by, **more,
    }  # fmt: skip
    return actions.report(**given)


def test_police_see_exactly_the_preview_and_the_ledger_keeps_the_same(visit, world, open_file, as_staff):
    pk = open_file()
    browser, address = visit(world.users["advocate"]), reverse("services:report", args=[pk])
    today = timezone.localdate()
    ends = today + dt.timedelta(days=15)
    steps = {
        "to": {"to_agency": str(world.agencies["police"].pk), "purpose": "She wants it known"},
        "what": {"items": ["safe_contact", "language", "summary"], "summary": "What he did"},
        "permission": {
            "permission_signed_on_month": today.month, "permission_signed_on_day": today.day,
            "permission_signed_on_year": today.year, "permission_expires_on_month": ends.month,
            "permission_expires_on_day": ends.day, "permission_expires_on_year": ends.year,
        },
    }  # fmt: skip
    for step, given in steps.items():
        answer = browser.post(f"{address}?step={step}", {"client_key": KEY, **given})
        assert answer.status_code == 302, (step, answer.context["form"].errors)
    preview = browser.get(f"{address}?step=check").text
    for words in ("What he did", "555-0100", "Spanish", "Do not leave a message"):
        assert words in preview
    assert "Rosalind" not in preview.split('class="facts preview"')[1].split("</dl>")[0]
    with as_staff("advocate"):
        assert not DisclosureEntry.objects.exists()
    assert browser.post(f"{address}?step=check", {"client_key": KEY}).status_code == 302
    with as_staff("advocate"):
        entry = DisclosureEntry.objects.get()
        sent = entry.content
        assert set(sent) == {"safe_contact", "contact_caution", "language", "summary", "permission_signed_on",
                             "permission_expires_on"}  # fmt: skip
        assert (entry.basis, entry.purpose, entry.permission_expires_on) == ("permission", "She wants it known", ends)
    with acting(world.viewer("detective")) as a:
        received = bridge.open_referral(Referral.objects.get(pk=entry.referral_id), a.viewer)
    assert received == sent
    assert "What he did" in browser.get(reverse("services:ledger", args=[pk])).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"expires_on": dt.date(2020, 1, 1)}, "The permission has ended"),
        ({"signed_on": dt.date(2999, 1, 1), "expires_on": dt.date(2999, 2, 1)}, "must be signed before"),
        ({"items": ["name"]}, "A report says what happened"),
    ],
)
def test_nothing_leaves_without_what_it_needs_and_the_ledger_stays_empty(world, open_file, as_staff, more, words):
    open_file()
    with as_staff("advocate") as by, pytest.raises(actions.Objection, match=words):
        _report(world, Client.objects.get(), by, **more)
    with as_staff("advocate"):
        assert not DisclosureEntry.objects.exists()


def test_a_report_sent_twice_is_one(world, open_file, as_staff):
    open_file()
    with as_staff("advocate") as by:
        id, client = uuid4(), Client.objects.get()
        assert _report(world, client, by, id=id) == _report(world, client, by, id=id)
        assert bridge.outbox(by).count() == 1


def test_the_sweeper_marks_what_the_hub_has_and_sends_what_it_lacks(world, open_file, as_staff):
    open_file(restricted=True)
    with as_staff("advocate") as by:
        entry = _report(world, Client.objects.get(), by)
        assert not entry.bridge_done
        lost = DisclosureEntry.objects.create(
            agency_id=by.agency, created_by_id=by.staff, client_id=entry.client_id, at=timezone.now(),
            to_agency_id=entry.to_agency_id, referral_id=uuid4(), basis="permission", content=entry.content,
        )  # fmt: skip
    service = ticks.service_account(world.agencies["lantern"].pk, Sector.COMMUNITY_SERVICES)
    service = standing.placed(service)
    done = []
    for _tick in range(3):
        with acting(service):
            done.append(jobs.sweep(service))
    assert done == [1, 1, 0]
    with as_staff("advocate") as by:
        assert bridge.outbox(by).filter(pk=lost.referral_id).exists()
        assert not DisclosureEntry.objects.filter(bridge_done=False).exists()
