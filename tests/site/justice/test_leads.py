"""Leads: whoever asked for help is never one; a lead needs five answers and ends with a reason."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connections

from concord.law.safeguards import caller_permissions
from concord.site.bridge import actions as bridge
from concord.site.bridge.models import Referral
from concord.site.justice.actions import leads as actions
from concord.site.justice.actions import referrals
from concord.site.justice.forms.leads import LeadForm
from concord.site.justice.models import Draft, Lead, LeadLink, ReferralAnswer, SentReferral
from concord.site.justice.urls import urlpatterns
from concord.site.stores.acting import acting
from concord.vocabulary import (
    Answer,
    CallerPermission,
    ContactRoute,
    LeadSource,
    NoActionReason,
    ReferralKind,
    ServiceType,
    TraffickingType,
)
from tests.site.justice import cases

NAME = "Quirina Madeupname"
FACTS = {"received_on": cases.OPENED, "source": LeadSource.HOTLINE, "trafficking_type": TraffickingType.LABOR,
         "county": "Rivers", "summary": "Workers sleep behind the plant."}


NEW_LEAD = "/leads/new/lead/?asked_for_help=no"


def plain(response) -> str:
    """A page without what differs from one request to the next: tokens, the address asked for, moments."""
    return re.sub(r"[A-Za-z0-9]{64}|[0-9a-f-]{36}|T[0-9:.+]{8,}", "", response.content.decode())


def asked(**answers):
    return {"asked": "x", "client_key": str(uuid4()), **answers}


def everything_in_justice() -> str:
    """Every value of every row of this room's tables, opened where it is sealed."""
    found = []
    for model in apps.get_app_config("justice").get_models():
        for row in model.objects.all():
            found += [str(getattr(row, f.attname)) for f in model._meta.concrete_fields]
    return " ".join(found)


@pytest.mark.parametrize("answer", [Answer.YES, Answer.UNKNOWN])
def test_a_request_for_help_cannot_become_a_lead(world, answer):
    by = world.viewer("detective")
    with acting(by), pytest.raises(actions.Objection):
        actions.record_lead(asked_for_help=answer, facts=FACTS, by=by)
    assert not Lead.objects.exists()


def test_a_caller_is_offered_what_a_lead_may_pass_on_and_nothing_else():
    offered = [value for value, _label in LeadForm().fields["caller_permission"].choices if value]
    assert offered == [code.value for code in caller_permissions(ContactRoute.LEAD)]
    assert CallerPermission.SERVICES_ONLY.value not in offered


def test_the_first_question_sends_each_answer_its_way(world, visit):
    page = visit(world.users["detective"])
    assert page.post("/leads/new/", {"asked_for_help": "yes"}).url == "/leads/new/help/"
    assert page.post("/leads/new/", {"asked_for_help": "no"}).url == NEW_LEAD
    unasked = page.post("/leads/new/", {"asked_for_help": "unknown"})
    assert unasked.status_code == 422
    assert "Ask first" in unasked.content.decode()


def test_a_request_for_help_reaches_a_provider_and_no_justice_row_holds_the_name(world, visit):
    page = visit(world.users["detective"])
    response = page.post("/leads/new/help/", {
        "id": str(uuid4()), "to_agency": str(world.agencies["lantern"].pk), "summary": "Needs a bed tonight.",
        "name": NAME, "age_group": "adult", "trafficking_type": "not_yet_known", "wants": [ServiceType.HOU]})
    assert response.status_code == 302
    referral = Referral.objects.get()
    assert (referral.kind, referral.to_agency_id) == (ReferralKind.INQUIRY, world.agencies["lantern"].pk)
    with acting(world.viewer("advocate")) as a:
        assert bridge.open_referral(Referral.objects.get(), a.viewer)["name"] == NAME
    assert NAME not in everything_in_justice()
    assert not SentReferral.objects.exists()


def test_a_lead_is_kept_with_five_answers_and_its_words_sealed(world, visit):
    page = visit(world.users["detective"])
    sent = asked(asked_for_help="no", received_on="2026-03-02", source="patrol", trafficking_type="labor",
                 county="Rivers", summary="Debts to the crew leader.",
                 caller_name=NAME, caller_permission="pass_without_name")
    made = page.post("/leads/new/lead/", sent)
    assert made.status_code == 302
    assert page.post("/leads/new/lead/", sent).url == made.url  # sent twice, made once
    lead = Lead.objects.get()
    assert lead.summary == "Debts to the crew leader."
    assert lead.caller == {"name": NAME}
    with connections["justice"].cursor() as cursor:
        cursor.execute("select summary, caller from justice_lead")
        held = [bytes(value) for value in cursor.fetchone()]
    assert all(word not in value for value in held for word in (b"Debts", b"Quirina"))
    shown = page.get(made.url).content.decode()
    assert "Debts to the crew leader." in shown
    assert "What happened may be passed on" in shown


def test_a_lead_without_its_answers_says_what_to_do_and_keeps_the_draft(world, visit):
    page = visit(world.users["detective"])
    response = page.post("/leads/new/lead/", asked(asked_for_help="no", source="patrol", summary="Half a story"))
    assert response.status_code == 422
    kept = page.get("/leads/new/lead/").content.decode()  # the draft knows the first answer
    assert "Half a story" in kept
    assert 'name="asked_for_help" value="no"' in kept
    assert not Lead.objects.exists()


@pytest.mark.parametrize("said", [{}, {"asked_for_help": "yes"}, {"asked_for_help": "unknown"},
                                  {"asked_for_help": "else"}])
def test_a_lead_cannot_be_reached_or_sent_without_the_first_answer(world, visit, said):
    page = visit(world.users["detective"])
    assert page.get("/leads/new/lead/", said).url == "/leads/new/"
    whole = asked(received_on="2026-03-02", source="patrol", trafficking_type="labor", summary="Help me.", **said)
    for answers in (whole, whole | {"save_draft": "1"}):
        assert page.post("/leads/new/lead/", answers).url == "/leads/new/"
    assert not Lead.objects.exists()
    assert not Draft.objects.exists()
    assert 'name="asked_for_help" value="no"' in page.get(NEW_LEAD).content.decode()


def test_every_no_action_has_a_reason_and_labor_was_considered(world, visit):
    lead = cases.lead(world)
    page = visit(world.users["detective"])
    url = f"/leads/{lead.pk}/no-action/"
    assert page.post(url, {"reason": ""}).status_code == 422
    unasked = page.post(url, {"reason": NoActionReason.NOT_TRAFFICKING})
    assert unasked.status_code == 422
    assert "labor" in unasked.content.decode()
    page.post(f"/leads/{lead.pk}/triage/", {"trafficking_type": "sex", "labor_considered": "yes"})
    assert page.post(url, {"reason": NoActionReason.NOT_TRAFFICKING, "note": "A wage claim."}).status_code == 302
    lead.refresh_from_db()
    assert (lead.no_action_reason, lead.decided_by_id) == (
        NoActionReason.NOT_TRAFFICKING, world.users["detective"].staff_id)
    assert page.post(url, {"reason": NoActionReason.DUPLICATE}).status_code == 422


def test_a_lead_opens_an_investigation_or_joins_one(world, visit):
    first, second = cases.lead(world), cases.lead(world)
    page = visit(world.users["detective"])
    made = page.post(f"/leads/{first.pk}/open/", {
        "opened_on": "2026-03-03", "source": "hotline", "trafficking_type": "labor", "proactive": "no",
        "initially_classified_as_why": "not_applicable"})
    assert made.status_code == 302
    link = LeadLink.objects.get()
    assert link.lead_id == first.pk
    assert page.post(f"/leads/{second.pk}/join/", {"investigation": str(link.investigation_id)}).status_code == 302
    assert LeadLink.objects.count() == 2
    assert not Lead.objects.filter(decision="").exists()


def test_another_agencys_lead_and_a_missing_one_look_alike(world, visit):
    lead = cases.lead(world)
    page = visit(world.users["deputy"])
    hidden, missing = page.get(f"/leads/{lead.pk}/"), page.get(f"/leads/{uuid4()}/")
    assert hidden.status_code == missing.status_code == 404
    assert plain(hidden) == plain(missing)


# --- Over the bridge --------------------------------------------------------------------------------------------------


def send(world, sender, content, kind=ReferralKind.LEAD):
    with acting(world.viewer(sender)) as a:
        return bridge.refer(id=uuid4(), kind=kind, to_agency=world.agencies["police"].pk, content=content, by=a.viewer)


def test_a_referral_becomes_a_lead_once_and_the_sender_sees_nothing_of_it(world, visit):
    ends = dt.date.today() + dt.timedelta(days=30)
    referral = send(world, "advocate", {
        "summary": "A client wants to report her employer.", "name": NAME, "age_group": "minor",
        "permissions": [CallerPermission.PASS_WITH_NAME, CallerPermission.ASK_AGAIN],
        "permission_signed_on": cases.OPENED.isoformat(), "permission_expires_on": ends.isoformat(),
    }, ReferralKind.REPORT)
    before = Referral.objects.filter(pk=referral.pk).values().get()
    page = visit(world.users["detective"])
    assert "Passed on to us" in page.get("/leads/received/").content.decode()
    assert "report her employer" in page.get(f"/leads/received/{referral.pk}/").content.decode()
    made = page.post(f"/leads/received/{referral.pk}/accept/")
    assert page.post(f"/leads/received/{referral.pk}/accept/").url == made.url
    lead = Lead.objects.get()
    assert (lead.source, lead.minors, lead.caller_permission) == (
        LeadSource.PROVIDER, Answer.YES, CallerPermission.ASK_AGAIN)
    assert Referral.objects.filter(pk=referral.pk).values().get() == before
    with acting(world.viewer("detective")) as a:
        assert actions.waiting_referrals(a.viewer) == []


def test_a_declined_referral_keeps_its_reason_here_alone(world, visit):
    referral = send(world, "deputy", {"summary": "Outside our county."})
    page = visit(world.users["detective"])
    assert page.post(f"/leads/received/{referral.pk}/", {"reason": ""}).status_code == 422
    page.post(f"/leads/received/{referral.pk}/", {"reason": NoActionReason.OUTSIDE_AREA})
    assert ReferralAnswer.objects.get().declined_reason == NoActionReason.OUTSIDE_AREA
    with acting(world.viewer("deputy")):
        assert not ReferralAnswer.objects.exists()
    assert page.post(f"/leads/received/{referral.pk}/accept/").status_code == 422


def refer(world, visit, lead, to):
    return visit(world.users["detective"]).post(f"/leads/{lead.pk}/refer/", {
        "id": str(uuid4()), "to_agency": str(world.agencies[to].pk), "summary": "May want a lawyer.",
        "age_group": "adult", "trafficking_type": "labor", "name": NAME})


def test_a_referral_to_services_shows_received_and_only_that_for_every_provider(world, visit):
    shown = []
    for to in ("lantern", "harbor"):
        lead = cases.lead(world)
        assert refer(world, visit, lead, to).status_code == 302
        page = plain(visit(world.users["detective"]).get(f"/leads/{lead.pk}/"))
        assert "Received" in page
        begins = page.index("Referred to services")
        shown.append(page[begins:page.index("</section>", begins)].replace(to.title(), "X"))
    assert shown[0] == shown[1]


def test_the_sweeper_finishes_what_a_crash_left_and_forgets_the_content(world, visit):
    lead = cases.lead(world)
    refer(world, visit, lead, "lantern")
    sent = SentReferral.objects.get()
    assert not sent.bridge_done
    assert sent.content["name"] == NAME
    Referral.objects.all().delete()  # as if the hub's commit had failed
    with acting(world.viewer("detective")) as a:
        assert referrals.sweep(a.viewer) == 1
    sent = SentReferral.objects.get()
    assert sent.bridge_done
    assert sent.content is None
    assert Referral.objects.get().pk == sent.pk
    assert NAME not in everything_in_justice()


def test_urls_carry_only_random_ids():
    texts = [str(p.pattern) for p in urlpatterns]
    assert not [t for t in texts if "<int" in t or "<str" in t]
