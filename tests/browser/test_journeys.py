"""Each role's main work from end to end, in a real browser, on the invented world of the demo.

Everything happens through pages; what a journey leaves behind is read where its people would read it.
"""

import datetime as dt
import re
import shutil
import subprocess
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.casefile import bundle as bundles
from concord.site.accounts import standing
from concord.site.demo import cast
from concord.site.signin.limits import FAILURES
from concord.site.signin.models import User
from concord.site.stores.acting import acting
from concord.site.study import actions as study_actions
from concord.site.study.models import Study
from concord.vocabulary import Grade, Role
from tests.browser.conftest import DESKTOP, PHONE, check_page, enter_as, tab_to

pytestmark = pytest.mark.usefixtures("unspoilt")
PLANTED = " ".join(cast.PLANTED_CLIENT)
QUICK_SECONDS = 10  # for a service entered on a phone, at the pace of a thumb
THUMB_SECONDS = 1.2  # between two taps of somebody who looks for the next one
DAY = dt.timedelta(days=1)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).first.click()


def heading(page, words):
    page.get_by_role("heading", name=words).first.wait_for()


def group(page, question):
    return page.get_by_role("group", name=question)


def answer(page, question, *words):
    """Choose from the answers of a question."""
    for one in words:
        group(page, question).get_by_text(one, exact=True).click()


def give_day(page, question, day):
    parts = group(page, question)
    parts.get_by_label("Month").select_option(str(day.month))
    parts.get_by_label("Day").fill(str(day.day))
    parts.get_by_label("Year").fill(str(day.year))


def moment(days, clock):
    """A moment as the browser's own field takes it."""
    return f"{timezone.localdate() + days * DAY}T{clock}"


def go(page, name, *args):
    page.goto(reverse(name, args=args))


# --- Detective --------------------------------------------------------------------------------------------------------


def test_a_detective_takes_what_came_in_to_a_charge(open_demo):
    page = open_demo(DESKTOP, Role.DETECTIVE)
    follow(page, "Something came in")
    answer(page, "Did this person ask us for help?", "No")
    press(page, "Continue")
    page.get_by_label("From where?").select_option(label="Hotline")
    page.get_by_label("What was said?").fill("Workers of a packing shed are not paid and sleep there.")
    press(page, "Save")
    follow(page, "Open an investigation")
    answer(page, "Proactive or reactive?", "Reactive: somebody told")
    page.get_by_label("A neutral title").fill("Granite Bellwether")
    press(page, "Save")

    heading(page, "Granite Bellwether")
    follow(page, "Enter people")
    page.get_by_label("Role, 1").select_option(label="Potential victim")
    page.get_by_label("Role, 2").select_option(label="Employer")
    press(page, "Save")
    follow(page, "Person 1")
    follow(page, "Record an arrest")
    check_page(page)
    page.get_by_label("When?").fill(moment(-1, "15:00"))
    answer(page, "Was the person found with", "Yes")
    answer(page, "What was the arrest for?", "To get a statement or cooperation (does not conform)")
    page.get_by_label("Under whose law?").select_option(label="California")
    page.get_by_label("Charge 1", exact=True).fill("PC 459")
    press(page, "Save")
    heading(page, "The stated purpose does not conform")
    check_page(page)

    go(page, "bridge:call_new")
    page.get_by_label("From when may someone be needed?").fill(moment(1, "09:00"))
    page.get_by_label("Until when?").fill(moment(1, "12:00"))
    page.get_by_label("How many people, about?").fill("1")
    press(page, "Call")
    page.get_by_text("Lantern House").first.wait_for()  # who is on duty and by which number; it names no client
    check_page(page)

    go(page, "justice:cases")
    follow(page, "Granite Bellwether")
    follow(page, "People")
    follow(page, "Person 2")
    follow(page, "File a charge")
    page.get_by_label("Under whose law?").select_option(label="California")
    page.get_by_label("Citation").fill("PC 236.1(a)")
    press(page, "Save")
    heading(page, "PC 236.1(a)")
    check_page(page)
    follow(page, "Investigations")
    follow(page, "Granite Bellwether")
    page.get_by_role("link", name="Charge filed against Person 2: Labor trafficking").wait_for()
    check_page(page)


def test_a_detective_refers_somebody_to_services_and_sees_received_alone(open_demo):
    page = open_demo(DESKTOP, Role.DETECTIVE)
    go(page, "justice:person", cast.DUAL_PERSON_ID)
    page.get_by_role("link", name="Refer to services").click()
    page.get_by_label("To which agency?").select_option(label="Lantern House")
    page.get_by_label("What should they know?").fill("Was arrested, and may want somebody to talk to.")
    answer(page, "Age", "Adult")
    press(page, "Send it")
    page.get_by_text("Lantern House: Received").wait_for()
    page.reload()
    before = page.locator("main").inner_text()

    advocate = open_demo(PHONE, Role.ADVOCATE)
    go(advocate, "services:referrals")
    advocate.get_by_role("link", name="Someone may want services").first.click()
    advocate.get_by_role("button", name=re.compile("open a (new )?file")).click()
    advocate.get_by_role("link", name="Enter a service").first.wait_for()
    page.reload()
    assert page.locator("main").inner_text() == before


def test_the_police_hunt_a_client_and_find_nothing(open_demo):
    page = open_demo(DESKTOP, Role.DETECTIVE)
    for asked in (PLANTED, *cast.PLANTED_CLIENT):
        page.get_by_role("searchbox", name="Search your agency's people and investigations").first.fill(asked)
        page.get_by_role("searchbox").first.press("Enter")
        heading(page, "Search")
        assert page.get_by_role("row").count() == 0
    addresses = [
        reverse("services:client", args=[cast.PLANTED_CLIENT_ID]), reverse("services:client", args=[cast.DUAL_CASE_ID]),
        reverse("services:clients"),
    ]  # fmt: skip
    said = set()
    for address in addresses:
        assert page.goto(address).status == 404
        said.add(page.locator("main").inner_text())
        check_page(page)
    assert len(said) == 1


# --- Supervisor, prosecutor -------------------------------------------------------------------------------------------


def test_a_supervisor_signs_off_a_purpose_that_does_not_conform(open_demo):
    page = open_demo(DESKTOP, Role.SUPERVISOR)
    follow(page, "Arrests to review")
    follow(page, "Person 2, Slate Weathervane")
    heading(page, "The stated purpose does not conform")
    answer(page, "What did you find?", "Does not conform: release or dismissal asked for")
    page.get_by_label("In a few sentences").fill("Release was asked for on the same day.")
    press(page, "Sign")
    heading(page, "Arrests to review")
    check_page(page)
    assert page.get_by_role("link", name="Person 2, Slate Weathervane").count() == 0


def test_a_prosecutor_weighs_decides_and_sets_a_hearing(open_demo):
    page = open_demo(DESKTOP, Role.PROSECUTOR)
    go(page, "justice:consider", cast.DUAL_CASE_ID)
    page.get_by_label("Against whom?").select_option(index=1)
    page.get_by_label("Under whose law?").select_option(label="California")
    page.get_by_label("Citation").fill("PC 236.1(a)")
    page.get_by_label("For and against").fill("Two statements; no document.")
    press(page, "Save")
    page.get_by_text("Two statements; no document.").wait_for()

    follow(page, "To decide")
    follow(page, "Slate Weathervane")
    answer(page, "Accepted or declined?", "Declined")
    page.get_by_label("If declined: why?").select_option(index=1)
    press(page, "Save the decision")
    check_page(page)
    go(page, "justice:case", cast.DUAL_CASE_ID)
    page.get_by_text("Alder County District Attorney: Declined").first.wait_for()

    go(page, "justice:new_hearing", cast.LABOR_CASE_ID)
    page.get_by_label("What kind of hearing?").select_option(label="Motion")
    page.get_by_label("When?").fill(moment(3, "10:30"))
    press(page, "Save")
    follow(page, "Hearings")
    page.get_by_text("Copper Orchard").nth(1).wait_for()
    check_page(page)

    detective = open_demo(DESKTOP, Role.DETECTIVE)
    assert detective.goto(reverse("justice:office_file", args=[cast.DUAL_CASE_ID])).status == 404


def test_a_case_with_forty_victims_is_read_on_a_phone(open_demo):
    page = open_demo(PHONE, Role.PROSECUTOR)
    go(page, "justice:roster", cast.LABOR_CASE_ID)
    page.get_by_text("46 people, 40 potential or confirmed victims, 6 suspects").wait_for()
    check_page(page)
    began = time.monotonic()
    follow(page, "Overview")
    page.get_by_text("Show older").click()
    page.get_by_text("Investigation opened").wait_for()
    assert time.monotonic() - began < QUICK_SECONDS
    check_page(page)


# --- Advocate ---------------------------------------------------------------------------------------------------------


def test_an_advocates_intake_searches_first_and_its_draft_outlives_reload_and_sign_out(open_demo):
    page = open_demo(PHONE, Role.ADVOCATE, has_touch=True)
    follow(page, "Client files")
    follow(page, "Open a client file")
    called = page.get_by_label("What would she or he like to be called?").first
    called.press_sequentially("Ibis Nettlecomb")
    page.locator("#matches").get_by_role("link", name=PLANTED).wait_for()
    check_page(page)
    called.fill("Sparrow Quarterlight")
    page.get_by_text(re.compile(r"^Saved \d")).wait_for()
    page.reload()
    assert called.input_value() == "Sparrow Quarterlight"

    page.locator("[data-menu] summary").tap()
    press(page, "Sign out")
    page.goto("/")
    enter_as(page, Role.ADVOCATE)
    go(page, "services:client_new")
    assert called.input_value() == "Sparrow Quarterlight"
    press(page, "Open the file")
    heading(page, "Sparrow Quarterlight")
    check_page(page)


def test_an_advocate_enters_a_service_by_thumb_within_ten_seconds(open_demo):
    page = open_demo(PHONE, Role.ADVOCATE, has_touch=True)
    page.get_by_role("navigation", name="Your places").wait_for()
    places = page.get_by_role("navigation", name="Your places")
    client = page.get_by_role("group", name="For whom?").locator("label").first
    steps = [
        places.get_by_role("link", name="Enter a service"), client,
        group(page, "What was done?").get_by_text("Safety planning", exact=True),
        page.get_by_role("button", name="Save", exact=True),
    ]  # fmt: skip
    began = time.monotonic()
    for step in steps:
        page.wait_for_timeout(1000 * THUMB_SECONDS)
        step.tap()
    heading(page, "Entered")
    assert time.monotonic() - began <= QUICK_SECONDS
    check_page(page)


def test_an_unmet_need_keeps_what_stood_in_its_way(open_demo):
    page = open_demo(PHONE, Role.ADVOCATE)
    go(page, "services:needs_new", cast.PLANTED_CLIENT_ID)
    answer(page, "What does she or he ask for?", "Childcare")
    press(page, "Save")
    page.get_by_role("link", name="Childcare").first.click()
    answer(page, "What came of it?", "Not met")
    page.get_by_label("If not met: what stood in the way?").select_option(index=1)
    press(page, "Save")
    page.get_by_text("Not met").first.wait_for()
    check_page(page)


def test_a_restricted_file_does_not_exist_for_colleagues(open_demo):
    page = open_demo(DESKTOP, Role.ADVOCATE)
    go(page, "services:staff", cast.PLANTED_CLIENT_ID)
    press(page, "Restrict to the staff assigned")
    page.get_by_text("Only the staff above can open this file.").wait_for()
    check_page(page)
    administrator = open_demo(DESKTOP, Role.ADMINISTRATOR)
    assert administrator.goto(reverse("services:client", args=[cast.PLANTED_CLIENT_ID])).status == 404
    administrator.goto("/")
    administrator.get_by_role("searchbox", name="Find a client file").fill(PLANTED)
    administrator.get_by_role("searchbox").press("Enter")
    heading(administrator, "Find")
    assert PLANTED not in administrator.locator("main").inner_text()


# --- Coordinator ------------------------------------------------------------------------------------------------------


def test_a_coordinators_week(open_demo, tmp_path):
    page = open_demo(DESKTOP, Role.COORDINATOR)
    for question in ("What is new?", "Is the quarter ready?", "Is labor falling behind?", "Were survivors arrested?"):
        heading(page, question)
    follow(page, "Board")
    heading(page, "Is labor falling behind?")

    go(page, "accounts:agency", cast.AGENCIES["larkmoor_police"].id)
    page.get_by_text("Sharing is stopped").wait_for()
    page.get_by_role("link", name="MOU").first.click()
    today = timezone.localdate()
    give_day(page, "Signed on", today)
    page.get_by_label("Signed by").fill("Chief of police")
    give_day(page, "Expires on", today + 700 * DAY)
    press(page, "Record it")
    page.get_by_text("Sharing is open").wait_for()
    check_page(page)

    go(page, "collaboration:meeting_new")
    page.get_by_label("In which task force?").select_option(label=cast.TASK_FORCES["riverton"].name)
    page.get_by_label("When?").fill(moment(0, "00:05"))
    page.get_by_label("Agenda, one item a line").fill("Labor: which trades nobody looks at")
    press(page, "Save")
    page.get_by_role("link", name=re.compile("attendance and minutes", re.IGNORECASE)).click()
    page.get_by_label("FBI field office").first.fill("1")
    page.get_by_label("Riverton Police Department").first.fill("2")
    press(page, "Save")
    page.get_by_text("FBI field office").first.wait_for()
    check_page(page)
    with page.expect_download() as kept:
        page.get_by_role("link", name=re.compile("minutes.*PDF", re.IGNORECASE)).click()
    minutes = tmp_path / "minutes.pdf"
    kept.value.save_as(minutes)
    assert minutes.read_bytes().startswith(b"%PDF-")
    if tool := shutil.which("pdftotext"):
        read = subprocess.run([tool, minutes, "-"], capture_output=True, text=True, check=True).stdout
        assert "FBI field office" in read


def test_a_coordinator_admits_an_agency_and_invites_its_first_administrator(open_demo):
    page = open_demo(DESKTOP, Role.COORDINATOR)
    follow(page, "Partners")
    follow(page, "Admit an agency")
    page.get_by_label("Name").fill("Mill Creek Tribal Victim Services")
    page.get_by_label("Sector").select_option(label="Community victim services")
    answer(page, "Level", "Tribal")
    page.get_by_label("Task force").select_option(label=cast.TASK_FORCES["statewide"].name)
    give_day(page, "Member since", timezone.localdate())
    press(page, "Admit")
    heading(page, "Mill Creek Tribal Victim Services")
    check_page(page)
    page.get_by_role("link", name=re.compile("Invite")).first.click()
    page.get_by_label("Name").fill("Avens Cloverfield-Dun")
    page.get_by_label("E-mail address").fill("avens@mill-creek.example")
    assert page.get_by_label("Agency administrator").is_checked()
    press(page, "Make the link")
    link = page.get_by_label("Link").input_value()

    invited = open_demo(PHONE)
    invited.goto(link)
    invited.get_by_label("Choose a password").wait_for()
    assert "Mill Creek Tribal Victim Services" in invited.locator("main").inner_text()
    check_page(invited)


# --- Evaluator --------------------------------------------------------------------------------------------------------


def test_an_evaluator_rests_a_study_on_an_agreement_and_receives_a_bundle(open_demo, demo_site, tmp_path):
    page = open_demo(DESKTOP, Role.EVALUATOR)
    follow(page, "Studies")
    follow(page, "After an arrest")
    follow(page, "Record an agreement")
    today = timezone.localdate()
    page.get_by_label("Number of the agreement").fill("DUA-9")
    page.get_by_label("With which agency?").select_option(label="Riverton Police Department")
    give_day(page, "Signed on", today)
    give_day(page, "Ends on", today + 365 * DAY)
    give_day(page, "Data to be destroyed by", today + 730 * DAY)
    press(page, "Save")
    page.get_by_text("DUA-9").first.wait_for()
    check_page(page)

    with demo_site.at_rest():
        _receive(tmp_path / "bundle")
    page.goto("/")
    page.get_by_role("link", name=re.compile("bundle, 0 cases")).click()
    page.get_by_text("every check passed").first.wait_for()
    check_page(page)


def _receive(folder):
    """What `concord study receive` does, with a bundle that has a site and no cases."""
    site = {"site_id": "site-1", "scope": "local", "lead_sector_why": "not_recorded", "population_why": "not_recorded"}
    origin = bundles.Origin(bundles.Source.LIVE_RECORD, timezone.localdate(), Grade.SHAREABLE, "", None)
    bundles.write(folder, {"site": [site]}, origin, created=timezone.now())
    viewer = standing.placed(User.objects.get(pk=cast.sign_in_of(Role.EVALUATOR).user_id).viewer())
    with acting(viewer):
        study_actions.receive(study=Study.objects.get(pk=cast.ARREST_STUDY_ID), folder=folder, by=viewer)


# --- Administrator ----------------------------------------------------------------------------------------------------


def test_an_administrator_invites_changes_and_lets_go(open_demo):
    page = open_demo(DESKTOP, Role.ADMINISTRATOR)
    follow(page, "Who may sign in")
    follow(page, "Invite someone to Lantern House")
    page.get_by_label("Name").fill("Bramble Thornycroft-Lea")
    page.get_by_label("E-mail address").fill("bramble@lantern.example")
    page.get_by_text("Advocate", exact=True).click()
    press(page, "Make the link")
    link = page.get_by_label("Link").input_value()
    check_page(page)

    follow(page, "Who may sign in")
    follow(page, "Bramble Thornycroft-Lea")
    page.get_by_text("invited; link open until").first.wait_for()
    follow(page, "Change what she does")
    page.get_by_text("Case manager", exact=True).click()
    press(page, "Save")
    page.get_by_text("Case manager").first.wait_for()
    follow(page, "She has left")
    check_page(page)
    page.locator("main").get_by_role("button").first.click()
    heading(page, "Who may sign in")

    newcomer = open_demo(PHONE)
    assert newcomer.goto(link).status == 404
    check_page(newcomer)


def test_an_administrator_releases_a_locked_sign_in(open_demo):
    address = cast.sign_in_of(Role.ADVOCATE).email
    guesser = open_demo(PHONE)
    for _guess in range(FAILURES):
        guesser.get_by_label("E-mail address").fill(address)
        guesser.get_by_label("Password").fill("a guess, and a wrong one")
        press(guesser, "Accept and sign in")
        guesser.wait_for_load_state()
    heading(guesser, "locked")
    check_page(guesser)

    page = open_demo(DESKTOP, Role.ADMINISTRATOR)
    follow(page, "Who may sign in")
    page.get_by_text("locked after five failures").first.wait_for()
    follow(page, cast.sign_in_of(Role.ADVOCATE).name)
    press(page, "Release the lock")
    page.get_by_text("Released. She can sign in again.").wait_for()
    assert "locked after" not in page.locator("main").inner_text()


# --- By keyboard alone ------------------------------------------------------------------------------------------------


def test_a_supervisor_signs_a_review_by_keyboard_alone(open_demo):
    page = open_demo(DESKTOP, Role.SUPERVISOR)
    tab_to(page, "Arrests to review")
    page.keyboard.press("Enter")
    heading(page, "Arrests to review")
    tab_to(page, "Person 2, Slate Weathervane")
    page.keyboard.press("Enter")
    heading(page, "Your finding")
    tab_to(page, "Conforms to the protocol")
    page.keyboard.press("ArrowDown")
    tab_to(page, "In a few sentences")
    page.keyboard.type("Release was asked for on the same day.")
    tab_to(page, "Sign")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews/")
    assert page.get_by_role("link", name="Person 2, Slate Weathervane").count() == 0
    tab_to(page, "Signed reviews")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Person 2, Slate Weathervane").wait_for()
    check_page(page)
