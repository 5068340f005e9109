"""A report that a law demands goes at once, says the minimum, and her notice follows; without a duty nothing goes."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.law.mandated import Way
from concord.site.bridge import actions as bridge
from concord.site.services import actions, duties, home, jobs
from concord.site.services.actions import disclosures
from concord.site.services.models import Client, DisclosureEntry, MandatedReport
from concord.site.stores.acting import acting
from concord.vocabulary import DisclosureBasis, ReferralKind

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def learned(as_staff, open_file):
    """`learned(hours_ago=2)` is the id of a report under California's law that became due then."""

    def known(duty="US-CA/child_abuse", *, hours_ago=0, client=None, by="advocate"):
        client = client or open_file()
        with as_staff(by) as viewer:
            return actions.learn_of_duty(
                client=Client.objects.get(pk=client), duty=duty, learned_at=timezone.now() - hours_ago * HOUR,
                by=viewer,
            ).pk  # fmt: skip

    return known


def telephoned(pk, by, **more):
    given = {"way": Way.TELEPHONE, "made_at": timezone.now(), "items": ["name", "age_group"],
             "to_words": "County hotline, intake"} | more  # fmt: skip
    return actions.make_report(report=MandatedReport.objects.get(pk=pk), by=by, **given)


def test_a_report_asks_for_no_permission_and_no_notice_and_stands_in_the_ledger(learned, as_staff):
    pk = learned()
    with as_staff("advocate") as by:
        telephoned(pk, by)
        entry, report = DisclosureEntry.objects.get(), MandatedReport.objects.get(pk=pk)
        assert (entry.basis, entry.to_words) == (DisclosureBasis.MANDATED, "County hotline, intake")
        assert entry.permission_signed_on is None
        assert set(entry.content) == {"name", "age_group", "summary", "required_by"}
        assert "11166" in entry.content["required_by"]
        assert report.made_at
        assert report.told_at is None


def test_an_agency_of_the_task_force_gets_the_minimum_and_the_section(learned, as_staff, world):
    pk = learned()
    with as_staff("advocate") as by:
        report = MandatedReport.objects.get(pk=pk)
        preview = actions.preview_mandated(report=report, items=["age_group", "summary"], summary="A child of 9")
        telephoned(pk, by, way=Way.SENT, to_agency=world.agencies["police"].pk, items=["age_group", "summary"],
                   summary="A child of 9")  # fmt: skip
    viewer = world.viewer("detective")
    with acting(viewer):
        sent = bridge.inbox(viewer, [ReferralKind.REPORT]).get()
        assert bridge.open_referral(sent, viewer) == preview
        assert "name" not in preview


def test_the_sweeper_sends_a_report_that_a_crash_kept_from_the_hub(learned, as_staff, world, monkeypatch):
    pk = learned()
    with as_staff("advocate") as by:
        with monkeypatch.context() as cut_off:
            cut_off.setattr(disclosures, "send", lambda **_: None)
            telephoned(pk, by, way=Way.SENT, to_agency=world.agencies["police"].pk)
        assert bridge.outbox(by).count() == 0
        jobs.sweep(by)
        jobs.sweep(by)
        entry = DisclosureEntry.objects.get()
        assert bridge.outbox(by).get().pk == entry.referral_id
        assert entry.bridge_done


def test_where_the_law_wants_a_call_a_paper_does_not_stop_the_first_clock(learned, as_staff, world):
    pk = learned()
    with as_staff("advocate") as by:
        telephoned(pk, by, way=Way.SENT, to_agency=world.agencies["police"].pk)
        report = MandatedReport.objects.get(pk=pk)
        assert report.written_at
        assert report.made_at is None
        assert duties.is_missing(report) == report.due_at
        telephoned(pk, by)
        assert duties.is_missing(MandatedReport.objects.get(pk=pk)) is None


def test_a_report_does_not_go_to_an_agency_the_law_does_not_name(learned, as_staff, world):
    pk = learned()
    with as_staff("advocate") as by:
        with pytest.raises(actions.Objection) as refused:
            telephoned(pk, by, way=Way.SENT, to_agency=world.agencies["prosecutor"].pk)
        assert "to_agency" in refused.value.found
        assert not DisclosureEntry.objects.exists()


@pytest.mark.parametrize(
    ("duty", "words"),
    [
        ("US/foreign_minor", "lies with officials"),
        ("US-TX/threat", "Choose a duty"),
        ("US-CA/named: any section I like", "Choose a duty"),
        ("", "Choose a duty"),
    ],
)
def test_without_a_duty_of_one_s_own_nothing_begins(learned, duty, words):
    with pytest.raises(actions.Objection, match=words):
        learned(duty)


def test_a_privilege_that_the_law_names_is_named_and_no_report_is_made(learned, as_staff):
    pk = learned()
    with as_staff("advocate") as by:
        report = MandatedReport.objects.get(pk=pk)
        with pytest.raises(actions.Objection, match="names no such privilege"):
            actions.claim_privilege(report=report, privilege="psychotherapist", by=by)
        actions.claim_privilege(report=report, privilege="lawyer", words="told to counsel", by=by)
        report.refresh_from_db()
        assert "954" in report.not_made_reason
        assert duties.is_missing(report) is None
        with pytest.raises(actions.Objection, match="because of a privilege"):
            telephoned(pk, by)
        assert not DisclosureEntry.objects.exists()


def test_her_notice_is_asked_for_until_she_is_told(learned, as_staff):
    pk = learned()
    with as_staff("advocate") as by:
        report = MandatedReport.objects.get(pk=pk)
        with pytest.raises(actions.Objection, match="Report first"):
            actions.tell_of_report(report=report, told_at=timezone.now(), by=by)
        assert not _titles(by, "has not been told")
        telephoned(pk, by)
        assert _titles(by, "has not been told")
        with pytest.raises(actions.Objection, match="why"):
            actions.tell_of_report(report=report, by=by)
        actions.tell_of_report(report=report, not_told_reason="A child is with him till Friday", by=by)
        assert not _titles(by, "has not been told")
        actions.tell_of_report(report=report, told_at=timezone.now(), by=by)
        report.refresh_from_db()
        assert report.told_at
        assert not report.not_told_reason


@pytest.mark.parametrize("who", ["advocate", "lantern_admin"])
def test_an_overdue_report_is_on_the_home_of_who_works_with_her_and_of_who_answers_for_all(learned, as_staff, who):
    learned(hours_ago=40)
    with as_staff(who) as by:
        section = next(s for s in home.sections(by, timezone.now()) if s.title == "Reports that the law demands")
        assert section.is_overdue(timezone.now())


def test_a_colleague_who_does_not_work_with_her_is_not_shown_it_at_home(learned, as_staff):
    learned(hours_ago=40)
    with as_staff("second_advocate") as by:
        assert not _titles(by, "the law demands")


def _titles(by, part):
    return [section.title for section in home.sections(by, timezone.now()) if part in section.title]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"made_at": timezone.now() + 48 * HOUR}, "made_at"),
        ({"made_at": timezone.now() - 48 * HOUR}, "made_at"),
        ({"items": []}, "items"),
        ({"to_words": " "}, "to_agency"),
        ({"items": ["summary"], "summary": " "}, "summary"),
    ],
)
def test_a_report_that_cannot_have_been_made_so_is_refused(learned, as_staff, more, field):
    pk = learned(hours_ago=2)
    with as_staff("advocate") as by:
        with pytest.raises(actions.Objection) as refused:
            telephoned(pk, by, **more)
        assert set(refused.value.found) == {field}
        assert not DisclosureEntry.objects.exists()


def test_a_moment_to_come_starts_no_clock(learned):
    with pytest.raises(actions.Objection, match="future"):
        learned(hours_ago=-3)


# --- Pages ------------------------------------------------------------------------------------------------------------


def _begin(browser, address):
    return browser.get(address).context["draft"].client_key


def test_the_whole_way_on_the_pages(visit, world, open_file, as_staff):
    client, browser = open_file(), visit(world.users["advocate"])
    new = reverse("services:mandated_new", args=[client])
    page = browser.get(new)
    assert "officials, not with you" in page.text
    assert "no lawyer has checked" in page.text
    given = {"duty": "US-CA/child_abuse", "learned_at": _minute(), "client_key": page.context["draft"].client_key}
    assert browser.post(new, given).status_code == 302
    assert browser.post(new, given).status_code == 302
    with as_staff("advocate"):
        pk = MandatedReport.objects.get().pk
    assert "No permission and no notice come first" in browser.get(reverse("services:mandated", args=[pk])).text
    said = reverse("services:mandated_said", args=[pk])
    given = {"way": "telephone", "to_words": "County hotline", "made_at": _minute(), "items": ["age_group"]}
    assert browser.post(said, given | {"client_key": _begin(browser, said)}).status_code == 302
    page = browser.get(reverse("services:mandated", args=[pk]))
    assert "County hotline" in page.text
    assert "has not been told" in page.text
    told = reverse("services:mandated_told", args=[pk])
    assert browser.post(told, {"told_at": _minute(), "client_key": _begin(browser, told)}).status_code == 302
    assert "has not been told" not in browser.get(reverse("services:mandated", args=[pk])).text


def test_what_goes_to_an_agency_is_shown_before_it_goes(visit, world, learned, as_staff):
    pk, browser = learned(), visit(world.users["advocate"])
    send = reverse("services:mandated_send", args=[pk])
    page = browser.get(send)
    assert "Police" in page.text
    assert "Prosecutor" not in page.text
    key = page.context["draft"].client_key
    browser.post(f"{send}?step=to", {"client_key": key, "to_agency": world.agencies["police"].pk, "asked": "to_agency"})
    given = {"client_key": key, "items": ["age_group"], "summary": "", "asked": "items summary"}
    browser.post(f"{send}?step=what", given)
    check = browser.get(f"{send}?step=check")
    assert "Exactly what goes" in check.text
    assert browser.post(f"{send}?step=check", {"client_key": key}).status_code == 302
    with as_staff("advocate"):
        assert DisclosureEntry.objects.get().items == ["age_group"]


def test_a_restricted_file_s_report_is_not_there_for_a_colleague(visit, world, learned, open_file):
    pk = learned(client=open_file(restricted=True))
    browser = visit(world.users["second_advocate"])
    for name in ("mandated", "mandated_said", "mandated_send", "mandated_told", "mandated_privilege"):
        assert browser.get(reverse(f"services:{name}", args=[pk])).status_code == 404


def _minute():
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")
