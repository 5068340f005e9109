"""A referral tells its recipient something and its sender nothing, whatever the recipient does."""

import datetime as dt
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import DatabaseError, connections

from concord.site.accounts import standing
from concord.site.accounts.models import Mou
from concord.site.bridge import actions, envelope
from concord.site.bridge.models import Referral
from concord.site.keys.rings import seal_to
from concord.site.keys.sealing import KeyRefused
from concord.site.stores.acting import acting
from concord.vocabulary import ReferralKind

CONTENT = {"name": "Quill Brambleton", "summary": "Was found at a motel and asked about a bed.", "urgent": True}


def send(world, *, sender="detective", to="lantern", kind=ReferralKind.SERVICES, id=None, **content):
    viewer = world.viewer(sender)
    with acting(viewer):
        return actions.refer(
            id=id or uuid4(), kind=kind, to_agency=world.agencies[to].pk, content=CONTENT | content, by=viewer
        )


def rows_seen_by(world, user):
    with acting(world.viewer(user)), connections["hub"].cursor() as cursor:
        cursor.execute("select * from bridge_referral order by id")
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


def test_the_recipient_opens_what_was_sent(world):
    referral = send(world)
    advocate = world.viewer("advocate")
    with acting(advocate):
        assert list(actions.inbox(advocate)) == [referral]
        assert actions.open_referral(actions.inbox(advocate).get(), advocate) == CONTENT


def test_a_referral_is_received_the_moment_it_is_sent(world):
    referral = send(world)
    assert referral.received_at == referral.sent_at


def test_the_sender_has_the_same_bytes_before_and_after_the_recipient_opened_it(world):
    send(world)
    before = rows_seen_by(world, "detective")
    advocate = world.viewer("advocate")
    with acting(advocate):
        actions.open_referral(actions.inbox(advocate).get(), advocate)
    assert rows_seen_by(world, "detective") == before


@pytest.mark.parametrize("user", ["detective", "advocate"])
def test_neither_party_can_change_a_referral_once_sent(world, user):
    send(world)
    with pytest.raises(DatabaseError, match="permission denied"), acting(world.viewer(user)):
        Referral.objects.update(kind="lead")


@pytest.mark.parametrize("user", ["deputy", "prosecutor", "coordinator", "counsel", "evaluator", "outsider"])
def test_a_third_agency_has_no_row_of_it(world, user):
    send(world)
    assert rows_seen_by(world, user) == []


@pytest.mark.parametrize("agency", ["police", "coordination", "harbor"])
def test_no_other_agencys_key_opens_the_content(world, agency):
    referral = send(world)
    key = settings.CONCORD_RINGS.agency(world.agencies[agency].pk)
    with pytest.raises(InvalidTag):
        envelope.open_content(bytes(referral.content), key=key, referral=referral.pk)


def test_the_sender_is_refused_the_recipients_key(world):
    referral = send(world)
    detective, advocate = world.viewer("detective"), world.viewer("advocate")
    for claimed in (detective, advocate):
        with acting(detective), pytest.raises(KeyRefused):
            actions.open_referral(referral, claimed)


def sealed(raw: bytes, world, referral) -> bytes:
    """As a sender's own program could make it, past every form of ours."""
    size = len(raw).to_bytes(4) + raw.ljust(4092, b"\0")
    return seal_to(bytes(world.agencies["lantern"].public_key), size, b"referral:" + str(referral.pk).encode())


ODD = {
    "noise": None,
    "no JSON": b"{",
    "no parts": b"[1]",
    "deep": b"[" * 4000,
    "another shape": b'{"name": {"a": 1}, "contact_caution": [[]], "wants": "x", "urgent": 1, "summary": []}',
    "half a character": b'{"name": "\\ud800", "summary": "\\u0000"}',
    "a code as long as a story": b'{"summary": "x", "trafficking_type": "' + b"y" * 400 + b'"}',
}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_was_sealed_can_be_opened_and_turned_down(world, visit, odd):
    referral = send(world)
    content = b"x" * 4096 if ODD[odd] is None else sealed(ODD[odd], world, referral)
    Referral.objects.filter(pk=referral.pk).update(content=content)
    browser = visit(world.users["advocate"])
    assert browser.get(f"/clients/referrals/{referral.pk}/").status_code == 200
    assert browser.get(f"/clients/referrals/{referral.pk}/decline/").status_code == 200


def test_the_length_of_a_sealed_referral_says_little(world):
    short, longer = send(world, summary="Asked for a bed."), send(world, summary="Asked for a bed. " * 100)
    assert len(short.content) == len(longer.content)


def test_what_fits_no_envelope_is_refused_and_says_so(world):
    with pytest.raises(actions.Objection, match="Shorten"):
        send(world, summary="x" * 70_000)


def test_the_same_id_sends_once(world):
    id = uuid4()
    first, second = send(world, id=id), send(world, id=id, summary="Something else entirely.")
    assert first == second
    assert bytes(first.content) == bytes(second.content)
    assert Referral.objects.count() == 1


def test_one_id_cannot_be_sent_to_two_agencies(world):
    id = uuid4()
    send(world, id=id)
    with pytest.raises(actions.Objection, match="Begin a new referral"):
        send(world, id=id, to="harbor")


def expire(world, agency):
    Mou.objects.filter(agency=world.agencies[agency]).update(expires_on=dt.date(2025, 3, 1))
    standing.forget()


@pytest.mark.parametrize(("agency", "words"), [
    ("lantern", "The MOU of Lantern expired on March 1, 2025. Nothing was sent. Call Lantern at 555-0142"),
    ("police", "Your agency's MOU expired on March 1, 2025. Nothing was sent. Call Lantern at 555-0142"),
])
def test_an_expired_mou_stops_it_and_says_when_and_whom_to_call(world, agency, words):
    world.agencies["lantern"].phone = "555-0142"
    world.agencies["lantern"].save()
    expire(world, agency)
    with pytest.raises(actions.Objection, match=words):
        send(world)
    assert not Referral.objects.exists()


def test_the_database_itself_refuses_a_referral_without_an_mou(world):
    expire(world, "lantern")
    viewer, now = world.viewer("detective"), dt.datetime.now(dt.UTC)
    row = Referral(kind="services", from_agency_id=viewer.agency, to_agency_id=world.agencies["lantern"].pk,
                   sent_by_id=viewer.staff, content=b"", sent_at=now, received_at=now)
    with pytest.raises(DatabaseError, match="row-level security"), acting(viewer):
        row.save(force_insert=True)


def test_nobody_sends_in_another_agencys_name(world):
    viewer, now = world.viewer("detective"), dt.datetime.now(dt.UTC)
    row = Referral(kind="services", from_agency_id=world.agencies["sheriff"].pk,
                   to_agency_id=world.agencies["lantern"].pk, sent_by_id=viewer.staff, content=b"",
                   sent_at=now, received_at=now)
    with pytest.raises(DatabaseError, match="row-level security"), acting(viewer):
        row.save(force_insert=True)


def test_a_member_without_an_account_is_called_instead(world):
    with pytest.raises(actions.Objection, match="without an account"):
        send(world, to="fbi", kind=ReferralKind.LEAD)


def test_agencies_of_another_task_force_are_not_to_be_had(world):
    with pytest.raises(actions.Objection, match="Choose another agency"):
        send(world, to="farland_police", kind=ReferralKind.LEAD)


def test_a_provider_sends_nothing_about_a_client_without_her_permission(world):
    with pytest.raises(actions.Objection, match="signed her permission"):
        send(world, sender="advocate", to="police", kind=ReferralKind.REPORT)
    signed = {"permission_signed_on": dt.date.today(), "permission_expires_on": dt.date.today() + dt.timedelta(days=15)}
    assert send(world, sender="advocate", to="police", kind=ReferralKind.REPORT, **signed).kind == "report"
