"""What she told once: in her own words, skipped where she wants, taken back when she says so, shown item by item."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from concord.site.services import actions
from concord.site.services.models import Client, PacketAnswer
from concord.vocabulary import PacketQuestion, ReleasePurpose

TODAY = timezone.localdate
FORGET = "I do not want to be asked about the first house"


@pytest.fixture
def tell(as_staff, open_file):
    """`tell(client, work="...")` keeps what she told, today unless `on` says otherwise; returns what stands."""

    def told(client, *, on=None, by="advocate", **words):
        with as_staff(by) as viewer:
            row = Client.objects.get(pk=client)
            actions.tell_once(client=row, words=words, told_on=on or TODAY(), by=viewer)
            return actions.packet_items(row)

    return told


def test_questions_are_skipped_and_a_later_telling_replaces_an_earlier_one(tell, open_file):
    client = open_file()
    before = TODAY() - dt.timedelta(days=9)
    assert tell(client, on=before, work="On a farm", wants="") == {"packet.work": "On a farm"}
    assert tell(client, work="", wants="To study") == {"packet.work": "On a farm", "packet.wants": "To study"}
    assert tell(client, work="On two farms")["packet.work"] == "On two farms"


def test_what_stands_word_for_word_is_not_told_twice(tell, open_file, as_staff):
    client = open_file()
    tell(client, work="On a farm")
    tell(client, work="On a farm ")
    with as_staff("advocate"):
        assert PacketAnswer.objects.count() == 1


def test_an_answer_that_is_taken_back_is_gone_and_the_earlier_one_does_not_return(tell, open_file, as_staff):
    client = open_file()
    tell(client, on=TODAY() - dt.timedelta(days=9), work="On a farm")
    tell(client, work=FORGET, called="Rosa")
    with as_staff("advocate") as by:
        for _again in range(2):
            last = PacketAnswer.objects.filter(question=PacketQuestion.WORK).latest("told_on")
            actions.take_back_answer(answer=last, by=by)
        assert actions.packet_items(Client.objects.get(pk=client)) == {"packet.called": "Rosa"}


def test_words_once_told_cannot_be_changed_by_anybody(tell, open_file, as_staff):
    tell(open_file(), work="On a farm")
    with as_staff("advocate"):
        answer = PacketAnswer.objects.get()
        answer.words = "Something else"
        with pytest.raises(ProgrammingError), transaction.atomic(using="vault_lantern"):
            answer.save(update_fields=["words"])


@pytest.mark.parametrize(
    ("on", "words", "field"),
    [
        (TODAY() + dt.timedelta(days=1), {"work": "x"}, "told_on"),
        (TODAY(), {"work": "x" * 5001}, "work"),
        (TODAY() - dt.timedelta(days=20), {"wants": "Earlier than what stands"}, "told_on"),
    ],
)
def test_a_day_to_come_or_too_long_an_answer_is_refused(tell, open_file, as_staff, on, words, field):
    client = open_file()
    tell(client, wants="To study")
    with pytest.raises(actions.Objection) as refused:
        tell(client, on=on, **words)
    assert set(refused.value.found) == {field}


def test_a_question_a_page_kept_as_a_draft_and_submitted_once(visit, world, open_file, as_staff):
    client, browser = open_file(), visit(world.users["advocate"])
    address = reverse("services:packet_tell", args=[client])
    page = browser.get(address)
    assert "What to call me" in page.text
    assert "Skip this one" in page.text
    assert "The work I was made to do" not in page.text
    key = page.context["draft"].client_key
    said = {"client_key": key, "called": "Rosa", "asked": "called"}
    assert browser.post(address, said).headers["Location"].endswith("?step=language")
    assert browser.get(f"{address}?step=called").context["form"]["called"].value() == "Rosa"
    browser.post(f"{address}?step=day", {"client_key": key, "told_on": TODAY().isoformat(), "asked": "told_on"})
    check = browser.get(f"{address}?step=check")
    assert "Rosa" in check.text
    assert "Left open" not in check.text
    for _again in range(2):
        assert browser.post(f"{address}?step=check", {"client_key": key}).status_code == 302
    with as_staff("advocate"):
        assert PacketAnswer.objects.get().words == "Rosa"


def test_her_words_are_printed_and_taken_back_on_her_word(visit, world, tell, open_file, as_staff):
    client, browser = open_file(), visit(world.users["advocate"])
    tell(client, wants=FORGET)
    assert FORGET in browser.get(reverse("services:packet", args=[client])).text
    assert FORGET in browser.get(reverse("services:packet_paper", args=[client])).text
    with as_staff("advocate"):
        pk = PacketAnswer.objects.get().pk
    browser.post(reverse("services:packet_take_back", args=[pk]))
    assert FORGET not in browser.get(reverse("services:packet", args=[client])).text


def test_a_colleague_who_is_not_assigned_does_not_reach_the_packet_of_a_restricted_file(
    visit, world, tell, open_file, as_staff
):
    client = open_file(restricted=True)
    tell(client, wants=FORGET)
    with as_staff("advocate"):
        pk = PacketAnswer.objects.get().pk
    browser = visit(world.users["second_advocate"])
    for name in ("packet", "packet_tell", "packet_paper"):
        assert browser.get(reverse(f"services:{name}", args=[client])).status_code == 404
    assert browser.post(reverse("services:packet_take_back", args=[pk])).status_code == 404


# --- What screeners see -----------------------------------------------------------------------------------------------


@pytest.fixture
def shown(as_staff, world):
    """`shown(client, "packet.work")` is what the recipient of a tell-once release of those items would read."""

    def items_of(client, *items):
        with as_staff("advocate") as by:
            proposed = actions.Proposed(
                purpose=ReleasePurpose.TELL_ONCE, items=items, expires_on=TODAY() + dt.timedelta(days=10),
                to_agency=world.agencies["harbor"].pk, limits_explained_first=True,
            )  # fmt: skip
            row = Client.objects.get(pk=client)
            return actions.preview_release(client=row, proposed=proposed, by=by)["items"]

    return items_of


def test_screeners_see_only_what_she_chose_and_that_she_was_asked_already(shown, tell, open_file):
    client = open_file()
    tell(client, work="On a farm", wants=FORGET)
    seen = shown(client, "packet.work")
    assert list(seen) == ["packet.work"]
    assert seen["packet.work"][0] == "On a farm"
    assert "Already asked on" in seen["packet.work"][1]
    assert "agreed to share" in seen["packet.work"][1]


def test_what_she_took_back_is_in_no_later_copy(shown, tell, open_file, as_staff):
    client = open_file()
    tell(client, work="On a farm", wants=FORGET)
    with as_staff("advocate") as by:
        actions.take_back_answer(answer=PacketAnswer.objects.get(question=PacketQuestion.WANTS), by=by)
    assert shown(client, "packet.work", "packet.wants").keys() == {"packet.work"}
