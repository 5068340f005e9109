"""Search first, five questions, and drafts that outlive a reload, a sign-out and a dead server."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.law import intake
from concord.site.services import search
from concord.site.services.models import Client, Draft, Enrolment, Inquiry, Need
from concord.vocabulary import RecordKind

KEY = "11111111-1111-4111-8111-111111111111"


def answers(called="Amparo Invented", **more):
    today = timezone.localdate().isoformat()
    return {
        "client_key": KEY, "called": called, "called_why": "", "first_contact_on": today, "reach_how": "text",
        "reach_where": "555-0101", "reach_cautions": ["no_message", "seen_by_others"], "reach_note": "after six",
        "language": "spanish", "language_why": "", "need_now": ["HOU", "SAF"], **more,
    }  # fmt: skip


@pytest.fixture
def browser(visit, world):
    return visit(world.users["advocate"])


def test_five_questions_open_a_file(browser, as_staff):
    answer = browser.post(reverse("services:client_new"), answers())
    assert answer.status_code == 302
    with as_staff("advocate") as by:
        client = Client.objects.get()
        assert answer.url == reverse("services:client", args=[client.pk])
        assert (client.called, client.language) == ("Amparo Invented", "spanish")
        assert client.reach[0]["cautions"] == ["no_message", "seen_by_others"]
        assert client.assignments.get().staff_id == by.staff
        assert Enrolment.objects.get().reopening is False
        assert set(Need.objects.values_list("service_type", flat=True)) == {"HOU", "SAF"}


def test_intake_asks_what_law_says_it_may_ask_and_no_more(browser):
    page = browser.get(reverse("services:client_new"))
    asked = {name for name in page.context["form"].fields if not name.startswith("reach_")} - {"someone_else"}
    named = {field.name for field in intake.opening(RecordKind.CLIENT)}
    assert asked | {"safe_contact"} == named
    for word in ("police report", "immigration status", "citizen", "signature is"):
        assert word not in page.text.lower()


def test_nothing_but_a_day_is_needed_and_declining_is_an_answer(browser, as_staff):
    declined = answers(called="", called_why="declined", reach_how="why:not_asked", reach_where="", reach_cautions=[],
                       reach_note="", language="", language_why="declined", need_now=[])  # fmt: skip
    assert browser.post(reverse("services:client_new"), declined).status_code == 302
    with as_staff("advocate"):
        client = Client.objects.get()
        assert (client.reach_why, client.language_why) == ("not_asked", "declined")
        assert client.display_name == "No name given"


def test_a_like_name_is_shown_and_must_be_looked_at(browser, as_staff, open_file):
    open_file("Amparo Invented")
    answer = browser.post(reverse("services:client_new"), answers(called="Ampara Invenced"))
    assert answer.status_code == 422
    assert "Amparo Invented" in answer.text
    with as_staff("advocate"):
        assert Client.objects.count() == 1
    assert browser.post(reverse("services:client_new"), answers("Ampara Invenced", someone_else="1")).status_code == 302


def test_looking_needs_no_script_and_saves_what_was_typed(browser, open_file):
    open_file("Amparo Invented")
    answer = browser.post(reverse("services:client_new"), answers(called="Amparo", look="1"))
    assert answer.status_code == 200
    assert "Amparo Invented" in answer.text
    assert 'value="555-0101"' in answer.text


def test_a_fragment_answers_while_one_types(browser, open_file):
    open_file("Amparo Invented")
    answer = browser.post(reverse("services:matches"), {"called": "ampa"})
    assert "Amparo Invented" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [("Marya Lopes", True), ("lopez", True), ("José", True), ("jose maria", True), ("Mar", True), ("Diana", False),
     ("m", False), ("", False), ("Lopez Gonzalez", False)],
)  # fmt: skip
def test_misspellings_find_and_strangers_do_not(open_file, as_staff, typed, found):
    open_file("María José López")
    with as_staff("second_advocate") as by:
        assert bool(search.find(typed, by=by)) is found


def test_who_asked_before_is_found_too(browser, as_staff, open_file):
    kept = browser.post(reverse("services:inquiry_new"), {
        "client_key": KEY, "on_date": "2026-01-05", "called": "Amparo Invented", "called_why": "", "language": "",
        "wanted": ["HOU"], "reason": "no_capacity", "note": "",
    })  # fmt: skip
    assert kept.status_code == 302
    assert "Amparo Invented" in browser.get(kept.url).text
    assert "asked before" in browser.post(reverse("services:matches"), {"called": "Amparo"}).text
    with as_staff("advocate"):
        assert Inquiry.objects.get().reason == "no_capacity"


def test_a_form_sent_twice_opens_one_file(browser, as_staff):
    first, second = (browser.post(reverse("services:client_new"), answers(someone_else="1")) for _n in range(2))
    assert first.url == second.url
    with as_staff("advocate"):
        assert Client.objects.count() == 1


def test_a_draft_survives_reload_and_sign_out(browser, visit, world, as_staff):
    browser.post(reverse("services:draft", args=["intake"]), answers(called="Half Typed"))
    browser.logout()
    page = visit(world.users["advocate"]).get(reverse("services:client_new"))
    assert "Half Typed" in page.text
    assert "Half Typed" not in visit(world.users["second_advocate"]).get(reverse("services:client_new")).text
    with as_staff("advocate"):
        assert Draft.objects.get().outcome is None


def test_enrolment_comes_later_and_keeps_what_is_not_asked_again(browser, as_staff, open_file):
    pk = open_file()
    address = reverse("services:enrolment", args=[pk])
    steps = [
        ("names", {"given_name": "Rosalind", "family_name": "Example", "other_names": ""}),
        ("age", {"birth_date_why": "declined", "age_at_entry": "17", "age_at_entry_why": ""}),
        ("person", {"gender": "feminine", "race_why": "declined"}),
        ("came", {"trafficking_type": "labor", "referral_source": "hotline", "referral_source_why": "",
                  "living_situation": "", "living_situation_why": "not_asked"}),
    ]  # fmt: skip
    for step, given in steps:
        assert browser.post(f"{address}?step={step}", {"client_key": KEY, **given}).status_code == 302, step
    assert "Declined" in browser.get(f"{address}?step=check").text or "declined" in browser.get(
        f"{address}?step=check"
    ).text
    assert browser.post(f"{address}?step=check", {"client_key": KEY}).status_code == 302
    with as_staff("advocate"):
        client, enrolment = Client.objects.get(), Enrolment.objects.get()
        assert (client.gender, client.race, client.race_why) == ("feminine", None, "declined")
        assert (enrolment.age_at_entry, enrolment.referral_source) == (17, "hotline")
        assert client.enrolment_asked_at is not None
    again = browser.get(f"{address}?step=came")
    assert "hotline" in again.text
    assert 'value="labor" id="id_trafficking_type_1" checked' in again.text


def test_a_family_member_has_a_file_of_her_own_linked_to_the_principal(browser, as_staff, open_file):
    pk = open_file()
    answer = browser.post(reverse("services:family_new", args=[pk]), answers("Child Invented", relation="child"))
    assert answer.status_code == 302
    with as_staff("advocate"):
        child = Client.objects.get(kind="family")
        assert (child.principal_id, child.relation) == (pk, "child")
    assert "Child Invented" in browser.get(reverse("services:details", args=[pk])).text


def test_a_name_stands_in_no_address_and_no_title(browser, open_file):
    pk = open_file()
    for name in ("clients", "find", "client_new"):
        assert "<title>" in browser.get(reverse(f"services:{name}")).text
    page = browser.get(reverse("services:client", args=[pk]))
    title = page.text.split("<title>")[1].split("</title>")[0]
    assert "Rosalind" not in title
    assert 'method="post" action="/clients/find/"' in page.text


def test_a_day_that_lies_ahead_is_refused_where_it_stands(browser):
    ahead = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
    answer = browser.post(reverse("services:client_new"), answers(first_contact_on=ahead))
    assert answer.status_code == 422
    assert "This lies in the future" in answer.text
