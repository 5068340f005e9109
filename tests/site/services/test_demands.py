"""A subpoena or order for a client's file: nothing goes before its time, the minimum goes, and the ledger says so."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from concord.law import keeping
from concord.site.bridge import actions as bridge
from concord.site.services import actions, home
from concord.site.services.actions.demands import paper_of
from concord.site.services.models import Client, CompelledDisclosure, DisclosureEntry, LegalHold
from concord.site.stores.acting import acting
from concord.vocabulary import CompelledOutcome, DisclosureBasis, HoldKind, ReferralKind, Role

TODAY = timezone.localdate
PLACE = "41.8781 N planted street"


def scan():
    exif = Image.Exif()
    exif[0x010E] = PLACE
    drawn, file = Image.new("L", (300, 200), "white"), io.BytesIO()
    drawn.paste(0, (40, 40, 90, 60))
    drawn.save(file, "JPEG", exif=exif.tobytes())
    return file.getvalue()


@pytest.fixture
def served(as_staff, open_file):
    """`served(kind="court_order")` is the id of a demand for a client's file, served five days ago."""

    def recorded(kind="court_order", *, client=None, by="advocate", **more):
        client = client or open_file()
        with as_staff(by) as viewer:
            more = {"served_on": TODAY() - dt.timedelta(days=5), "due_on": TODAY() + dt.timedelta(days=4)} | more
            return actions.record_demand(
                client=Client.objects.get(pk=client), kind=kind, authority="Riverton Superior Court, 26-CV-0117",
                asks_for="All records of services", by=viewer, **more,
            ).pk  # fmt: skip

    return recorded


@pytest.fixture
def prepared(served, as_staff):
    """A demand for which everything has been done that comes before a hand-over."""

    def made(kind="court_order"):
        pk = served(kind)
        with as_staff("advocate") as by:
            demand = CompelledDisclosure.objects.get(pk=pk)
            actions.log_notice(demand=demand, at=timezone.now(), how="call", reached=True, by=by)
            actions.prepare_demand(demand=demand, counsel="Harbor", counsel_on=TODAY(), safety_steps="sealed", by=by)
        return pk

    return made


def decide(pk, by, **more):
    given = {"outcome": "complied", "decided_on": TODAY(), "items": ["name"], "to_words": "Clerk of the court"} | more
    return actions.decide_demand(demand=CompelledDisclosure.objects.get(pk=pk), by=by, **given)


def test_a_paper_that_is_served_holds_the_file_and_is_kept_without_its_metadata(served, as_staff):
    pk = served(paper=scan())
    with as_staff("advocate"):
        demand = CompelledDisclosure.objects.get(pk=pk)
        kept = paper_of(demand)
        assert PLACE.encode() in scan()
        assert kept.startswith(b"\x89PNG")
        assert PLACE.encode() not in kept
        hold = LegalHold.objects.get(client=demand.client)
        assert (hold.kind, hold.from_date, hold.lifted_at) == (HoldKind.SUBPOENA, demand.served_on, None)


@pytest.mark.parametrize(
    ("done", "missing"),
    [
        ({}, {"no_notice_reason", "counsel", "safety_steps"}),
        ({"counsel": "Harbor", "counsel_on": TODAY()}, {"no_notice_reason", "safety_steps"}),
        ({"no_notice_reason": "the order forbids it", "safety_steps": "sealed"}, {"counsel"}),
    ],
)
def test_nothing_goes_before_notice_counsel_and_safety(served, as_staff, done, missing):
    pk = served()
    with as_staff("advocate") as by:
        if done:
            actions.prepare_demand(demand=CompelledDisclosure.objects.get(pk=pk), by=by, **done)
        with pytest.raises(actions.Objection) as refused:
            decide(pk, by)
        assert set(refused.value.found) == missing
        assert not DisclosureEntry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "basis"), [("court_order", DisclosureBasis.COURT_ORDER), ("subpoena", DisclosureBasis.SUBPOENA)]
)
def test_the_minimum_goes_on_paper_and_the_ledger_says_what_and_why(prepared, as_staff, kind, basis):
    pk = prepared(kind)
    with as_staff("advocate") as by:
        decide(pk, by)
        entry = DisclosureEntry.objects.get(demand=pk)
        assert (entry.basis, entry.to_words, entry.items) == (basis, "Clerk of the court", ["name"])
        assert set(entry.content) == {"name", "summary", "required_by"}
        assert "26-CV-0117" in entry.content["required_by"]
        assert entry.bridge_done
        assert bridge.outbox(by).count() == 0


def test_an_agency_here_gets_exactly_the_preview_and_reads_which_order_it_rests_on(prepared, as_staff, world):
    pk = prepared()
    with as_staff("advocate") as by:
        demand = CompelledDisclosure.objects.get(pk=pk)
        preview = actions.preview_demand(demand=demand, items=["name"], summary="")
        decide(pk, by, to_agency=world.agencies["prosecutor"].pk, to_words="")
    with acting(world.viewer("prosecutor")):
        viewer = world.viewer("prosecutor")
        sent = bridge.inbox(viewer, [ReferralKind.REPORT]).get()
        assert bridge.open_referral(sent, viewer) == preview


def test_a_court_s_order_is_obeyed_or_appealed_and_a_subpoena_may_be_objected_to(served, as_staff):
    order, subpoena = served("court_order"), served("subpoena")
    with as_staff("advocate") as by:
        with pytest.raises(actions.Objection, match="obeyed or appealed"):
            decide(order, by, outcome="objected", items=[])
        demand = decide(subpoena, by, outcome="objected", items=[])
        assert demand.outcome == CompelledOutcome.OBJECTED
        assert not DisclosureEntry.objects.exists()


def test_a_decision_sent_twice_hands_over_once_and_another_one_is_refused(prepared, as_staff):
    pk = prepared()
    with as_staff("advocate") as by:
        decide(pk, by)
        decide(pk, by)
        assert DisclosureEntry.objects.filter(demand=pk).count() == 1
        with pytest.raises(actions.Objection, match="has been decided"):
            decide(pk, by, outcome="withdrawn", items=[])


def test_a_refused_hand_over_leaves_no_trace_of_having_happened(prepared, as_staff, world):
    """An agency that may not be sent to: the demand stays open and the ledger empty."""
    pk = prepared()
    with as_staff("advocate") as by:
        with pytest.raises(actions.Objection):
            decide(pk, by, to_agency=world.agencies["university"].pk, to_words="")
        assert CompelledDisclosure.objects.get(pk=pk).outcome == CompelledOutcome.OPEN
        assert not DisclosureEntry.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"served_on": TODAY() + dt.timedelta(days=1), "due_on": None}, "served_on"),
        ({"due_on": TODAY() - dt.timedelta(days=9)}, "due_on"),
        ({"paper": b"GIF89a no scan"}, "paper"),
        ({"paper": b"\x89PNG\r\n\x1a\n cut off"}, "paper"),
        ({"paper": b"%PDF-1.7 nothing"}, "paper"),
        ({"paper": b"\xff\xd8\xff" + bytes(9 * 1024 * 1024)}, "paper"),
    ],
)
def test_a_bad_paper_or_day_is_refused_and_leaves_nothing(served, as_staff, open_file, more, field):
    client = open_file()
    with pytest.raises(actions.Objection) as refused:
        served(client=client, **more)
    assert set(refused.value.found) == {field}
    with as_staff("advocate"):
        assert not CompelledDisclosure.objects.exists()
        assert not LegalHold.objects.exists()


def test_an_attempt_of_tomorrow_or_before_the_paper_is_no_attempt(served, as_staff):
    demand = served()
    with as_staff("advocate") as by:
        row = CompelledDisclosure.objects.get(pk=demand)
        for at in (timezone.now() + dt.timedelta(days=1), timezone.now() - dt.timedelta(days=30)):
            with pytest.raises(actions.Objection) as refused:
                actions.log_notice(demand=row, at=at, how="call", reached=False, by=by)
            assert set(refused.value.found) == {"at"}


def test_a_colleague_who_is_not_assigned_cannot_enter_or_find_a_demand_of_a_restricted_file(
    served, open_file, as_staff, visit, world
):
    client = open_file(restricted=True)
    with as_staff("advocate"):
        hidden = Client.objects.get(pk=client)
    with as_staff("second_advocate") as by, pytest.raises((ProgrammingError, Client.DoesNotExist)):
        actions.record_demand(client=hidden, kind="subpoena", served_on=TODAY(), authority="a", asks_for="b", by=by)


def test_pages_of_a_restricted_file_answer_a_colleague_as_pages_that_are_not_there(served, open_file, visit, world):
    client = open_file(restricted=True)
    pk = served(client=client)
    browser = visit(world.users["second_advocate"])
    of_file, of_demand = ("demand_new", "law"), ("demand", "demand_paper", "demand_hand_over", "notice_new")
    for name, about in (*((name, client) for name in of_file), *((name, pk) for name in of_demand)):
        assert browser.get(reverse(f"services:{name}", args=[about])).status_code == 404, name


def test_a_supervisor_s_home_shows_the_day_and_so_does_the_privacy_officer_s(served, as_staff, world):
    served("subpoena", served_on=TODAY() - dt.timedelta(days=13), due_on=None)
    with as_staff("lantern_admin") as by:
        works = [w for section in home.sections(by, timezone.now()) for w in section.works]
        assert [w.due for w in works if "Subpoena" in w.what] == [TODAY() + dt.timedelta(days=1)]
        assert by.has(Role.PRIVACY_OFFICER)


def post(browser, name, args, data, **files):
    page = browser.get(reverse(name, args=args))
    assert page.status_code == 200, page.status_code
    key = page.context["draft"].client_key
    return browser.post(reverse(name, args=args), {"client_key": key, **data, **files})


def test_the_whole_way_on_the_pages(visit, world, open_file, as_staff):
    client, browser = open_file(), visit(world.users["advocate"])
    answer = post(browser, "services:demand_new", [client], {
        "kind": "subpoena", "served_on": TODAY().isoformat(), "authority": "Riverton Court", "asks_for": "All records",
    }, paper=SimpleUploadedFile("paper.jpg", scan()))  # fmt: skip
    assert answer.status_code == 302
    with as_staff("advocate"):
        pk = CompelledDisclosure.objects.get().pk
    assert "does not open a file" in browser.get(reverse("services:demand", args=[pk])).text
    shown = browser.get(reverse("services:demand_paper", args=[pk]))
    assert shown.headers["Content-Type"] == "image/png"
    assert PLACE.encode() not in shown.content
    post(browser, "services:notice_new", [pk], {"how": "call", "reached": "no", "at": _minute()})
    post(browser, "services:demand_prepare", [pk], {"counsel": "Harbor", "safety_steps": "names left out"})
    address = reverse("services:demand_hand_over", args=[pk])
    key = browser.get(address).context["draft"].client_key
    browser.post(f"{address}?step=what", {"client_key": key, "items": ["name"], "asked": "items summary"})
    to = {"client_key": key, "to_words": "The clerk", "decided_on": TODAY().isoformat(), "asked": "to_words decided_on"}
    browser.post(f"{address}?step=to", to)
    check = browser.get(f"{address}?step=check")
    assert "Exactly what goes" in check.text
    assert "Rosalind Example" in check.text
    assert browser.post(f"{address}?step=check", {"client_key": key}).status_code == 302
    assert "The minimum was handed over" in browser.get(reverse("services:demand", args=[pk])).text
    with as_staff("advocate"):
        assert DisclosureEntry.objects.get().to_words == "The clerk"


def test_a_form_sent_twice_is_one_demand_and_one_hold(visit, world, open_file, as_staff):
    client, browser = open_file(), visit(world.users["advocate"])
    address = reverse("services:demand_new", args=[client])
    given = {"client_key": browser.get(address).context["draft"].client_key, "kind": "subpoena",
             "served_on": TODAY().isoformat(), "authority": "Court", "asks_for": "All"}  # fmt: skip
    first, second = browser.post(address, given), browser.post(address, given)
    assert first.headers["Location"] == second.headers["Location"]
    with as_staff("advocate"):
        assert CompelledDisclosure.objects.count() == LegalHold.objects.count() == 1


def test_a_file_that_is_demanded_is_not_erased(served, open_file, as_staff):
    client = open_file()
    served(client=client)
    with as_staff("lantern_admin") as by:
        row = Client.objects.get(pk=client)
        actions.close_client(client=row, closed_on=TODAY(), reason="goals_met", by=by)
        with pytest.raises(actions.Objection) as refused:
            actions.erase_client(client=row, asked=keeping.Asked.WORD, asked_on=TODAY(), by=by)
        assert "Subpoena".casefold() in str(refused.value).casefold()


def test_before_the_steps_are_done_the_last_page_has_no_button(visit, world, served):
    pk, browser = served(), visit(world.users["advocate"])
    address = reverse("services:demand_hand_over", args=[pk])
    key = browser.get(address).context["draft"].client_key
    browser.post(f"{address}?step=what", {"client_key": key, "items": ["name"], "asked": "items summary"})
    to = {"client_key": key, "to_words": "The clerk", "decided_on": TODAY().isoformat(), "asked": "to_words decided_on"}
    browser.post(f"{address}?step=to", to)
    page = browser.get(f"{address}?step=check")
    assert "Do these first" in page.text
    assert "Hand over exactly this" not in page.text
    assert browser.post(f"{address}?step=check", {"client_key": key}).status_code == 422


def test_a_file_too_large_to_arrive_asks_for_a_smaller_one(visit, world, open_file, as_staff):
    client, browser = open_file(), visit(world.users["advocate"])
    huge = SimpleUploadedFile("paper.pdf", b"%PDF-" + bytes(21 * 1024 * 1024))
    answer = post(browser, "services:demand_new", [client], {
        "kind": "subpoena", "served_on": TODAY().isoformat(), "authority": "Court", "asks_for": "All",
    }, paper=huge)  # fmt: skip
    assert answer.status_code == 422
    assert "8 MB" in answer.text
    with as_staff("advocate"):
        assert not CompelledDisclosure.objects.exists()


def test_the_page_for_the_counter_says_neither_yes_nor_no(visit, world):
    page = visit(world.users["advocate"]).get(reverse("services:demand_came"))
    assert "We cannot say whether anybody is or was served here" in page.text
    assert "Do not say yes, no, or that you will look" in page.text


def _minute():
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")
