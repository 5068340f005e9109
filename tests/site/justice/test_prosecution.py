"""The prosecutor's queue, and work product that police do not read by any page."""

import datetime as dt

import pytest

from concord.site.justice.actions import cases as case_actions
from concord.site.justice.actions import court
from concord.site.justice.actions import prosecution as actions
from concord.site.justice.models import (
    ChargeReason,
    ConsideredCharge,
    DecisionReason,
    ProsecutionReferral,
    Worksheet,
)
from concord.site.stores.acting import acting
from concord.vocabulary import DeclineReason, NotTraffickingReason, PersonRole, ProsecutionDecision
from tests.site.justice import cases


@pytest.fixture
def referred(world):
    case = cases.investigation(world, code_name="Grey heron")
    with acting(world.viewer("detective")) as a:
        return case_actions.refer_to_prosecution(
            case, to_agency=world.agencies["prosecutor"].pk, on=dt.date(2026, 4, 1), forum="state", by=a.viewer)


def test_a_referral_waits_in_the_queue_until_it_is_decided(world, visit, referred):
    page = visit(world.users["prosecutor"])
    assert "Grey heron" in page.get("/charging/").content.decode()
    assert "Grey heron" in page.get("/").content.decode()
    url = f"/charging/{referred.pk}/"
    assert page.post(url, {"decision": "declined"}).status_code == 422  # and why?
    assert page.post(url, {"decision": "declined", "decline_reason": DeclineReason.SURVIVOR_WISH,
                           "note": "She does not want a trial."}).status_code == 302
    referred.refresh_from_db()
    assert referred.decision == ProsecutionDecision.DECLINED
    assert "Grey heron" not in page.get("/charging/").content.decode()
    assert "does not want a trial" in page.get(url).content.decode()


def test_an_office_that_declined_can_be_asked_again_on_another_day(world, visit, referred):
    visit(world.users["prosecutor"]).post(f"/charging/{referred.pk}/", {
        "decision": "declined", "decline_reason": DeclineReason.SURVIVOR_WISH})
    page, again = visit(world.users["detective"]), {"agency": str(referred.to_agency_id), "forum": "state"}
    url = f"/investigations/{referred.investigation_id}/prosecutor/"
    refused = page.post(url, again | {"referred_on": "2026-04-01"})
    assert refused.status_code == 422
    assert "Give the day of the new referral" in refused.content.decode()
    assert page.post(url, again | {"referred_on": "2026-04-02"}).status_code == 302


def test_the_team_sees_the_decision_and_not_its_reason(world, visit, referred):
    visit(world.users["prosecutor"]).post(f"/charging/{referred.pk}/", {
        "decision": "declined", "decline_reason": DeclineReason.SURVIVOR_WISH, "note": "She does not want a trial."})
    page = visit(world.users["detective"])
    shown = page.get(f"/investigations/{referred.investigation_id}/charges/").content.decode()
    assert "Declined" in shown
    assert "does not want a trial" not in shown
    assert DeclineReason.SURVIVOR_WISH.label not in shown
    with acting(world.viewer("detective")):
        for model in (DecisionReason, ConsideredCharge, ChargeReason, Worksheet):
            assert not model.objects.exists()
    assert DecisionReason.objects.count() == 1


@pytest.mark.parametrize("path", [
    "/charging/", "/charging/{referral}/", "/investigations/{case}/office/",
    "/investigations/{case}/office/consider/", "/investigations/{case}/office/worksheet/"])
def test_police_find_no_such_page(world, visit, referred, path):
    page = visit(world.users["detective"])
    assert page.get(path.format(referral=referred.pk, case=referred.investigation_id)).status_code == 404


def test_a_prosecutor_weighs_charges_and_keeps_her_worksheet(world, visit, referred):
    suspect = cases.person(referred.investigation, PersonRole.PRIMARY)
    page = visit(world.users["prosecutor"])
    url = f"/investigations/{referred.investigation_id}/office/"
    page.post(f"{url}consider/", {"person": str(suspect.pk), "jurisdiction": "US", "citation": "18 USC 1589",
                                  "counts": "4", "note": "Needs the ledgers."})
    page.post(f"{url}worksheet/", {"forum": "federal", "step_elements": "Scheme is the open one."})
    shown = page.get(url).content.decode()
    assert all(words in shown for words in ("Needs the ledgers.", "Labor trafficking", "Scheme is the open one."))
    row = ConsideredCharge.objects.get()
    assert (row.agency_id, row.counts) == (world.agencies["prosecutor"].pk, 4)


def test_work_product_stays_readable_to_the_office_when_the_team_ends(world, referred):
    with acting(world.viewer("prosecutor")) as a:
        actions.save_worksheet(referred.investigation_id, forum="state", steps={"statutes": "PC 236.1"}, by=a.viewer)
    referred.investigation.team.update(from_date=cases.OPENED, until_date=dt.date.today() - dt.timedelta(days=1))
    with acting(world.viewer("prosecutor")) as a:
        assert not ProsecutionReferral.objects.exists()
        assert Worksheet.objects.get().steps == {"statutes": "PC 236.1"}
        actions.save_worksheet(referred.investigation_id, forum="federal", steps={"statutes": "1591"}, by=a.viewer)


def test_why_not_trafficking_is_asked_of_other_charges_alone(world, visit, referred):
    suspect = cases.person(referred.investigation, PersonRole.PRIMARY)
    with acting(world.viewer("prosecutor")) as a:
        charges = [court.file_charge(suspect, citation=c, jurisdiction="US", counts=1, on=dt.date(2026, 5, 1),
                                     docket=None, victims=[], by=a.viewer) for c in ("18 USC 1591", "18 USC 2421")]
    page = visit(world.users["prosecutor"])
    answer = {"reason": NotTraffickingReason.SPARE_TESTIMONY}
    assert page.post(f"/charges/{charges[0].pk}/reason/", answer).status_code == 422
    assert page.post(f"/charges/{charges[1].pk}/reason/", answer).status_code == 302
    url = f"/charges/{charges[1].pk}/"
    assert NotTraffickingReason.SPARE_TESTIMONY.label in page.get(url).content.decode()
    assert NotTraffickingReason.SPARE_TESTIMONY.label not in visit(world.users["detective"]).get(url).content.decode()
