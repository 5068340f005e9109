"""A release on its pages: in steps, kept while typed, shown exactly, signed, printed in her language, taken back."""

import base64
import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from concord.site.accounts import standing
from concord.site.accounts.models import Mou, Staff
from concord.site.services import actions
from concord.site.services.models import Client, DisclosureEntry, Draft, Release
from tests.site.services.test_papers import PLACE, photograph
from tests.site.services.test_releases import drawing
from tests.site.world import known_id

INVALID = 422
MOST = 26  # statements: the form's own, and the names and agreements of everybody who may receive
BORN = dt.date(1990, 5, 3)


@pytest.fixture
def pk(open_file, as_staff):
    """The file of somebody whose birth date is known."""
    pk = open_file()
    with as_staff("advocate") as by:
        actions.record_enrolment(
            client=Client.objects.get(pk=pk), by=by, whys={},
            answers={"birth_date": BORN, "given_name": "Rosalind", "family_name": "Example"},
        )  # fmt: skip
    return pk


class Walk:
    """Somebody who goes through the steps of a new release, as the pages ask."""

    STEPS = ("explain", "to", "what", "until", "who")

    def __init__(self, browser, address, **changed):
        self.browser, self.address = browser, address
        self.answers = {
            "limits_explained_first": "yes", "explained_by": str(known_id("staff advocate")), "interpreter": "",
            "purpose": "legal_help", "purpose_words": "", "to_staff": str(known_id("staff counsel")), "to_words": "",
            "items": ["name", "summary"], "summary": "Needs help with papers",
            "expires_on": (timezone.localdate() + dt.timedelta(days=10)).isoformat(),
            "signer_capacity": "client", "cosigner_name": "", "alleged_abuser": "", "custodian_receives": "",
            "capacity_basis": "",
        } | changed  # fmt: skip
        self.key = re.search(r'name="client_key" value="([^"]+)"', browser.get(address).text)[1]

    def post(self, step, **answers):
        return self.browser.post(f"{self.address}?step={step}", {"client_key": self.key, **answers})

    def answer(self, step):
        page = self.browser.get(f"{self.address}?step={step}")
        asked = page.context["form"].asked
        said = {name: self.answers[name] for name in asked if name in self.answers}
        return self.post(step, asked=" ".join(asked), **said)

    def to_the_end(self):
        for step in self.STEPS:
            page = self.answer(step)
            if page.status_code != 302:
                return page
        return self.browser.get(f"{self.address}?step=check")

    def sign(self, **more):
        page = self.browser.get(f"{self.address}?step=check")
        drawn = "data:image/png;base64," + base64.b64encode(drawing()).decode()
        said = {"method": "screen", "signed_on": timezone.localdate().isoformat(), "drawing": drawn, "witness": ""}
        return self.post("check", seen=page.context["seen"], **(said | more))


@pytest.fixture
def walk(visit, world, pk):
    def begun(who="advocate", name="release_new", of=None, **changed):
        return Walk(visit(world.users[who]), reverse(f"services:{name}", args=[of or pk]), **changed)

    return begun


def signed(walked):
    walked.to_the_end()
    answer = walked.sign()
    assert answer.status_code == 302, answer.context["complaining"].complaints
    return re.search(r"releases/([0-9a-f-]+)/", answer.headers["Location"])[1]


def test_she_sees_what_will_be_seen_by_whom_until_when_and_what_cannot_be_undone(walk):
    page = walk().to_the_end()
    assert "Rosalind Example" in page.text
    assert "Needs help with papers" in page.text
    assert "Counsel, Harbor" in page.text
    assert "10 days left" in page.text
    assert "cannot be unread" in page.text
    assert "Help here does not depend on it" in page.text


def test_a_release_for_police_says_before_the_signature_that_it_becomes_their_record(walk, world):
    page = walk(purpose="report", to_staff=str(known_id("staff detective"))).to_the_end()
    assert "own record" in page.text
    assert "defence" in page.text


def test_signed_it_stands_in_the_list_and_in_the_ledger(walk, pk):
    walked = walk()
    release = signed(walked)
    assert "In force" in walked.browser.get(reverse("services:releases", args=[pk])).text
    page = walked.browser.get(reverse("services:release", args=[release])).text
    assert "Revoke" in page
    assert "Not opened" in page
    ledger = walked.browser.get(reverse("services:ledger", args=[pk])).text
    assert "Needs help with papers" in ledger
    assert "Counsel, Harbor" in ledger


def test_sent_twice_it_is_signed_once(walk, pk, as_staff):
    walked = walk()
    walked.to_the_end()
    first, second = walked.sign(), walked.post("check", method="screen")
    assert first.headers["Location"] == second.headers["Location"]
    with as_staff("advocate"):
        assert Release.objects.filter(client_id=pk).count() == 1


def test_a_step_says_at_once_what_the_law_says_of_the_signer(walk, open_file):
    page = walk(of=open_file("Nobody Knows")).to_the_end()
    assert page.status_code == INVALID
    assert "stricter way" in page.text


def test_the_question_about_whoever_signs_along_has_no_default(walk, open_file):
    walked = walk(of=open_file("Nobody Knows"), signer_capacity="minor_and_parent", cosigner_name="M. Example")
    page = walked.to_the_end()
    assert page.status_code == INVALID
    assert "Ask her or him alone" in str(page.context["form"].errors["alleged_abuser"])
    assert 'name="alleged_abuser" value="no" id="id_alleged_abuser_0" checked' not in page.text


def test_a_later_day_than_the_purpose_allows_is_refused_at_its_step(walk):
    late = (timezone.localdate() + dt.timedelta(days=400)).isoformat()
    page = walk(expires_on=late).to_the_end()
    assert page.status_code == INVALID
    assert "days at most" in page.text


def test_a_scan_is_kept_without_its_place_and_shown_to_staff_alone(walk, visit, world):
    walked = walk()
    walked.to_the_end()
    scan = SimpleUploadedFile("signed.jpg", photograph(), "image/jpeg")
    answer = walked.sign(method="paper", drawing="", scan=scan)
    address = answer.headers["Location"] + "signed/"
    kept = walked.browser.get(address)
    assert kept["Content-Type"] == "image/png"
    assert PLACE.encode() not in kept.content
    assert visit(world.users["counsel"]).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("a.gif", b"GIF89a" + bytes(99), "PNG or JPEG"), ("a.pdf", b"%PDF-1.4 broken", "cannot be read")],
)
def test_another_kind_of_file_is_refused_at_the_question(walk, name, content, says):
    walked = walk()
    walked.to_the_end()
    page = walked.sign(method="paper", drawing="", scan=SimpleUploadedFile(name, content))
    assert page.status_code == INVALID
    assert says in page.text


def test_an_empty_box_is_said_in_the_summary_and_at_the_box(walk):
    walked = walk()
    walked.to_the_end()
    page = walked.sign(drawing="")
    assert page.status_code == INVALID
    assert page.text.count("There is no signature yet") == 2


def test_a_signature_is_never_kept_as_a_draft(walk, as_staff):
    walked = walk()
    walked.to_the_end()
    walked.sign(method="oral")  # refused: no witness
    with as_staff("advocate"):
        draft = Draft.objects.get(client_key=walked.key)
        assert set(draft.answers) & {"drawing", "method", "witness", "seen"} == set()
        assert draft.answers["summary"] == ["Needs help with papers"]


def test_two_advocates_at_once_lose_nothing(walk, pk, as_staff, visit, world):
    first = walk()
    first.to_the_end()
    page = first.browser.get(f"{first.address}?step=check")
    with as_staff("second_advocate") as by:
        client = Client.objects.get(pk=pk)
        actions.record_enrolment(client=client, answers={"family_name": "Wintergreen"}, whys={}, by=by)
    drawn = "data:image/png;base64," + base64.b64encode(drawing()).decode()
    answer = first.post("check", seen=page.context["seen"], method="screen", drawing=drawn,
                        signed_on=timezone.localdate().isoformat())  # fmt: skip
    assert answer.status_code == INVALID
    assert "file has changed" in answer.text
    assert "Wintergreen" in answer.text
    assert "Needs help with papers" in answer.text
    assert first.sign().status_code == 302


def test_the_second_advocate_sees_that_the_first_has_signed(walk, visit, world):
    signed(walk())
    page = walk("second_advocate").to_the_end()
    assert "in force already" in page.text


def test_a_recipient_who_has_left_meanwhile_is_said_with_the_answers_kept(walk):
    walked = walk()
    walked.to_the_end()
    seen = walked.browser.get(f"{walked.address}?step=check").context["seen"]
    Staff.objects.filter(pk=known_id("staff counsel")).update(until_date=timezone.localdate())
    page = walked.post("check", seen=seen, method="oral", witness="W", signed_on=timezone.localdate().isoformat())
    assert page.status_code == INVALID
    assert "cannot be sent anything now" in page.text
    assert "Needs help with papers" in walked.browser.get(f"{walked.address}?step=what").text


def test_an_agency_that_left_meanwhile_gets_nothing(walk, world, pk, as_staff):
    walked = walk()
    walked.to_the_end()
    seen = walked.browser.get(f"{walked.address}?step=check").context["seen"]
    Mou.objects.filter(agency=world.agencies["harbor"]).update(ended_on=timezone.localdate())
    standing.forget()
    page = walked.post("check", seen=seen, method="oral", witness="W", signed_on=timezone.localdate().isoformat())
    assert page.status_code == INVALID
    with as_staff("advocate"):
        assert not Release.objects.filter(client_id=pk).exists()


def test_a_recipient_with_her_name_is_warned_of(walk):
    Staff.objects.filter(pk=known_id("staff counsel")).update(name="Rosalind Example")
    assert "has the client's name" in walk().to_the_end().text


def test_taking_back_is_one_step_with_the_way_in_which_she_said_so(walk, as_staff):
    walked = walk()
    release = signed(walked)
    address = reverse("services:release_revoke", args=[release])
    assert "never be opened now" in walked.browser.get(address).text
    assert walked.browser.post(address, {}).status_code == INVALID
    walked.browser.post(address, {"channel": "call"})
    page = walked.browser.get(reverse("services:release", args=[release])).text
    assert "Taken back" in page
    assert "Withdrawn" in page


def test_a_renewal_begins_with_what_was_signed_and_asks_again_who_signs(walk, pk, as_staff):
    old = signed(walk())
    renewal = walk(name="release_renew", of=old)
    shown = renewal.browser.get(f"{renewal.address}?step=what").text
    assert "Needs help with papers" in shown
    new = signed(renewal)
    with as_staff("advocate"):
        assert str(Release.objects.get(pk=new).renews_id) == old


def test_a_person_without_an_account_is_handed_a_printed_sheet_and_that_is_entered(walk, as_staff):
    walked = walk(to_staff="", to_words="Nurse Adair, county clinic", purpose="health")
    release = signed(walked)
    sheet = walked.browser.get(reverse("services:release_copy", args=[release])).text
    assert "Nurse Adair" in sheet
    assert "555-0100" not in sheet
    with as_staff("advocate"):
        assert not DisclosureEntry.objects.filter(release_id=release).exists()
    walked.browser.post(reverse("services:release_handed_over", args=[release]))
    assert "Handed over on paper" in walked.browser.get(reverse("services:release", args=[release])).text


def test_the_form_to_sign_on_paper_is_in_her_language_by_the_link_not_by_the_browser(walk, pk):
    walked = walk()
    walked.to_the_end()
    address = reverse("services:release_blank", args=[pk])
    english = walked.browser.get(address, headers={"accept-language": "es"}).text
    spanish = walked.browser.get(address, {"lang": "es"}).text
    assert "What you should know first" in english
    assert "Lo que debe saber primero" in spanish
    assert "Puede retirar" in spanish
    assert walked.browser.get(address, {"lang": "xx"}).text.count("What you should know first") == 1


@pytest.mark.parametrize("who", ["counsel", "detective", "prosecutor"])
def test_nobody_outside_the_provider_opens_a_page_of_it(walk, visit, world, pk, who):
    release = signed(walk())
    browser = visit(world.users[who])
    for name in ("release", "release_revoke", "release_renew", "release_paper", "release_signed", "release_copy"):
        assert browser.get(reverse(f"services:{name}", args=[release])).status_code == 404
    for name in ("releases", "release_new", "release_blank", "ledger", "ledger_paper"):
        assert browser.get(reverse(f"services:{name}", args=[pk])).status_code == 404


def test_pages_stay_within_their_budget(walk, pk, counted):
    walked = walk()
    release = signed(walked)
    addresses = [reverse(f"services:{name}", args=[pk]) for name in ("releases", "ledger", "ledger_paper")]
    addresses += [reverse(f"services:{name}", args=[release]) for name in ("release", "release_paper")]
    for address in addresses:
        with counted() as statements:
            assert walked.browser.get(address).status_code == 200
        assert len(statements) <= 12, (address, statements)
    again = walk()
    for step in (*Walk.STEPS, "check"):
        with counted() as statements:
            again.browser.get(f"{again.address}?step={step}")
        assert len(statements) <= MOST, (step, statements)


def test_a_report_asks_under_which_release_only_where_there_is_one(walk, world, pk):
    walked = walk(purpose="report", to_staff=str(known_id("staff detective")))
    address = reverse("services:report", args=[pk]) + "?step=permission"
    assert "Under which permission?" not in walked.browser.get(address).text
    signed(walked)
    assert "A release to Police" in walked.browser.get(address).text
