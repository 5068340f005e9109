"""Needs, services, contacts: what is entered, in how many taps, and what it changes."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.site.services import actions, home
from concord.site.services.models import Client, Contact, Enrolment, FollowUp, GroupService, Need, Service

KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def browser(visit, world):
    return visit(world.users["advocate"])


class FormOnPage(HTMLParser):
    """The fields of a page's main form: for each its given value, and the choices of those without one."""

    def __init__(self, text):
        super().__init__()
        self.given, self.choices, self.folded, self.inside, self.fold = {}, {}, set(), False, 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            self.inside = has.get("class") == "form"
        self.fold += tag == "details"
        if tag != "input" or not self.inside:
            return
        if has["type"] != "radio":
            self.given[has["name"]] = has.get("value", "")
        else:
            self.choices.setdefault(has["name"], []).append(has["value"])
            if "checked" in has:
                self.given[has["name"]] = has["value"]
            if self.fold:
                self.folded.add(has["value"])

    def handle_endtag(self, tag):
        self.fold -= tag == "details"
        self.inside = self.inside and tag != "form"


def test_a_service_takes_three_taps_and_no_typing(browser, open_file, as_staff):
    pk = open_file()
    page = FormOnPage(browser.get(reverse("services:quick")).text)
    taps = {name: values[0] for name, values in page.choices.items() if name not in page.given}
    typed = [name for name, value in page.given.items() if not value]
    assert typed == []
    assert len(taps) + 1 == 3  # her, what, save; four at most
    assert not page.folded & set(taps.values())
    answer = browser.post(reverse("services:quick"), page.given | taps)
    assert answer.status_code == 302
    with as_staff("advocate"):
        service = Service.objects.get()
        assert (service.client_id, service.quantity, service.on_date) == (pk, 1, timezone.localdate())
        assert answer.url == reverse("services:quick_done", args=[service.pk])


def test_the_quick_entry_begins_with_her_last_clients_and_most_used_services(browser, open_file, as_staff):
    first, second = open_file("First Example"), open_file("Second Example")
    with as_staff("advocate") as by:
        for _n in range(2):
            actions.log_service(client=Client.objects.get(pk=second), service_type="TRN",
                                on_date=timezone.localdate(), by=by)  # fmt: skip
    page = FormOnPage(browser.get(reverse("services:quick")).text)
    assert page.choices["client"] == [str(second), str(first)]
    assert page.choices["service_type"][0] == "TRN"


def test_a_double_tap_enters_one_service_and_undo_takes_it_back(browser, open_file, as_staff):
    open_file()
    page = FormOnPage(browser.get(reverse("services:quick")).text)
    sent = page.given | {name: values[0] for name, values in page.choices.items()}
    first, second = (browser.post(reverse("services:quick"), sent) for _n in range(2))
    assert first.url == second.url
    assert "Undo" in browser.get(first.url).text
    with as_staff("advocate"):
        service = Service.objects.get()
    browser.post(reverse("services:service_undo", args=[service.pk]))
    with as_staff("advocate"):
        service = Service.objects.get()
        assert service.undone_at is not None
    assert "Undone" in browser.get(reverse("services:services", args=[service.client_id])).text


def test_quick_entry_without_a_choice_says_what_to_do(browser, open_file):
    open_file()
    answer = browser.post(reverse("services:quick"), {"client_key": KEY, "quantity": "1", "on_date": "2026-01-05"})
    assert answer.status_code == 422
    for question in ("client", "service_type"):
        assert f'<a href="#id_{question}_0">' in answer.text


def test_a_group_needs_a_number_and_no_name(browser, as_staff):
    answer = browser.post(reverse("services:group_new"), {
        "client_key": KEY, "service_type": "OUT", "people": "14", "on_date": "2026-01-05", "quantity": "1",
        "unit": "encounter",
    })  # fmt: skip
    assert answer.status_code == 302
    with as_staff("second_advocate"):
        group = GroupService.objects.get()
        assert group.people == 14
    browser.post(reverse("services:group_undo", args=[group.pk]))
    with as_staff("advocate"):
        assert GroupService.objects.get().undone_at is not None


@pytest.mark.parametrize(
    ("mode", "more", "services"), [("provided", {}, 1), ("referred", {"referred_to": "Clinic"}, 1),
                                   ("unmet", {"barrier": "waitlist"}, 0)],
)  # fmt: skip
def test_a_need_ends_in_one_of_three_ways(browser, open_file, as_staff, mode, more, services):
    open_file()
    with as_staff("advocate"):
        need = Need.objects.get()
    answer = browser.post(reverse("services:need_decide", args=[need.pk]), {
        "client_key": KEY, "mode": mode, "on_date": timezone.localdate().isoformat(), "barrier": "",
        "referred_to": "", "note": "", **more,
    })  # fmt: skip
    assert answer.status_code == 302
    with as_staff("advocate"):
        need = Need.objects.get()
        assert need.mode == mode
        assert (need.barrier or "") == more.get("barrier", "")
        assert need.services.filter(mode=mode).count() == services


def test_an_unmet_need_says_what_stood_in_the_way(browser, open_file, as_staff):
    open_file()
    with as_staff("advocate"):
        need = Need.objects.get()
    answer = browser.post(reverse("services:need_decide", args=[need.pk]), {
        "client_key": KEY, "mode": "unmet", "on_date": timezone.localdate().isoformat(), "barrier": "",
    })  # fmt: skip
    assert answer.status_code == 422
    assert "Say what stood in the way" in answer.text


def test_tries_in_vain_add_up_to_a_decision_and_reaching_her_ends_them(browser, open_file, as_staff, world):
    pk = open_file()
    today = timezone.localdate()
    with as_staff("advocate") as by:
        for n in range(3):
            actions.log_contact(client=Client.objects.get(), how="call", reached=False,
                                on_date=today - dt.timedelta(days=n), by=by)  # fmt: skip
        assert "No contact for long" in [section.title for section in home.sections(by, timezone.now())]
    assert "Decide whether to close the file" in browser.get(reverse("services:client", args=[pk])).text
    browser.post(reverse("services:contact_new", args=[pk]), {
        "client_key": KEY, "how": "text", "reached": "yes", "on_date": today.isoformat(), "note": "will come by",
        "next_contact_on": (today + dt.timedelta(days=3)).isoformat(),
    })  # fmt: skip
    with as_staff("advocate") as by:
        client = Client.objects.get()
        assert (client.attempts_since, client.last_reached_on) == (0, today)
        assert Contact.objects.get(reached=True).note == "will come by"
        due = home.sections(by, timezone.now())[0]
        assert (due.title, due.works[0].due) == ("Next safe contacts", today + dt.timedelta(days=3))
        assert "Do not leave a message" in due.works[0].why


def test_closing_and_coming_back_are_two_episodes_of_one_file(browser, open_file, as_staff):
    pk = open_file()
    today = timezone.localdate().isoformat()
    closed = browser.post(reverse("services:close", args=[pk]), {
        "client_key": KEY, "closed_on": today, "reason": "client_choice", "note": "",
        "exit_living_situation": "", "exit_living_situation_why": "declined",
    })  # fmt: skip
    assert closed.status_code == 302
    again = browser.post(reverse("services:close", args=[pk]), {
        "client_key": KEY.replace("1", "2"), "closed_on": today, "reason": "client_choice",
        "exit_living_situation": "", "exit_living_situation_why": "",
    })  # fmt: skip
    assert again.status_code == 422
    assert "This file is closed already." in again.text
    browser.post(reverse("services:reopen", args=[pk]), {"client_key": KEY.replace("1", "3"), "opened_on": today})
    with as_staff("advocate"):
        first, second = Enrolment.objects.order_by("created_at")
        assert (first.closure_reason, first.exit_living_situation_why) == ("client_choice", "declined")
        assert (second.reopening, second.closed_on) == (True, None)
        assert Client.objects.get().is_open


def test_a_follow_up_is_done_once(browser, open_file, as_staff):
    pk = open_file()
    browser.post(reverse("services:follow_up_new", args=[pk]),
                 {"client_key": KEY, "what": "Ask about school", "due_on": "2026-01-05"})  # fmt: skip
    assert "Ask about school" in browser.get(reverse("services:client", args=[pk])).text
    with as_staff("advocate"):
        row = FollowUp.objects.get()
    browser.post(reverse("services:follow_up_done", args=[row.pk]))
    with as_staff("advocate"):
        done = FollowUp.objects.get().done_at
    browser.post(reverse("services:follow_up_done", args=[row.pk]))
    with as_staff("advocate"):
        assert done is not None
        assert FollowUp.objects.get().done_at == done


def test_every_event_of_a_file_is_on_its_timeline_in_words(browser, open_file, as_staff):
    pk = open_file()
    with as_staff("advocate") as by:
        client, today = Client.objects.get(), timezone.localdate()
        actions.add_note(client=client, kind="safety_plan", on_date=today, text="secret plan", by=by)
        actions.log_service(client=client, service_type="SAF", on_date=today, note="by the river", by=by)
        actions.judge_status(client=client, status="confirmed", on_date=today, decider="ngo", basis="told us", by=by)
        actions.log_contact(client=client, how="text", reached=True, on_date=today, by=by)
    text = browser.get(reverse("services:client", args=[pk])).text
    for words in ("File opened", "Safety plan written", "Safety planning", "by the river", "Confirmed victim",
                  "told us", "Text message: reached", "Asked for: Housing"):  # fmt: skip
        assert words in text, words
    assert "secret plan" not in text
    assert "secret plan" in browser.get(reverse("services:notes", args=[pk])).text


def test_one_click_gives_the_whole_file_as_data_and_on_paper(browser, open_file, as_staff):
    pk = open_file()
    with as_staff("advocate") as by:
        actions.add_note(client=Client.objects.get(), kind="case", on_date="2026-01-05", text="came by", by=by)
    answer = browser.get(reverse("services:as_data", args=[pk]))
    whole = answer.json()
    assert whole["client"]["called"] == "Rosalind Example"
    assert whole["notes"][0]["text"] == "came by"
    assert [need["service_type"] for need in whole["needs"]] == ["HOU"]
    assert "Rosalind" not in answer["Content-Disposition"]
    paper = browser.get(reverse("services:on_paper", args=[pk])).text
    for words in ("Rosalind Example", "came by", "Housing", "Do not leave a message", "Spanish"):
        assert words in paper, words
