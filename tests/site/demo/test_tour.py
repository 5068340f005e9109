import os
import subprocess
import sys
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.site.accounts import standing
from concord.site.accounts.models import Mou
from concord.site.bridge import actions as bridge
from concord.site.bridge.models import Referral
from concord.site.collaboration import actions as collaboration
from concord.site.collaboration.models import Meeting
from concord.site.demo import attempts, cast, steps
from concord.site.demo.draws import days
from concord.site.justice.actions import prosecution, received
from concord.site.justice.models import ProsecutionReferral
from concord.site.services import actions as services
from concord.site.services.models import Client
from concord.site.stores.acting import acting
from concord.site.study import actions as study
from concord.site.study.models import Study
from concord.vocabulary import (
    ContactHow,
    DeclineReason,
    DisclosureItem,
    ProsecutionDecision,
    ReferralKind,
    ReleasePurpose,
    RevocationChannel,
    Role,
    ServiceType,
    SignatureMethod,
)
from tests.stores import CHECKOUT

NAME = " ".join(cast.PLANTED_CLIENT)


def _done(page) -> dict[str, bool | None]:
    """Which steps show a tick: True, False, or None where it is not the viewer's to know."""
    return {one.step.code: one.done for part in page.context["chapters"] for one in part["steps"]}


def _own(role: Role) -> set[str]:
    return {step.code for step in steps.ALL if step.who == cast.sign_in_of(role)}


@pytest.mark.parametrize("role", Role)
def test_the_tour_opens_for_everybody_and_shows_only_her_own_ticks(enter, user, role):
    page = enter(user(role)).get(reverse("demo:tour"))
    assert page.status_code == 200
    assert {code for code, done in _done(page).items() if done is not None} == _own(role)


@pytest.mark.parametrize("step", [s for s in steps.ALL if s.code not in ("address", "police_office")],
                         ids=lambda step: step.code)  # fmt: skip
def test_every_step_leads_to_a_page_that_opens_for_her(enter, user, step):
    assert enter(user(step.who.roles[0])).get(step.url).status_code == 200


def test_a_search_that_was_made_is_ticked_and_one_by_somebody_else_is_not(enter, user):
    browser = enter(user(Role.SUPERVISOR))
    browser.post(reverse("justice:search"), {"q": NAME})
    browser = enter(user(Role.DETECTIVE))
    assert _done(browser.get(reverse("demo:tour")))["search"] is False
    browser.post(reverse("justice:search"), {"q": NAME})
    assert _done(browser.get(reverse("demo:tour")))["search"] is True


def test_an_address_is_ticked_when_it_was_refused(enter, user):
    browser = enter(user(Role.DETECTIVE))
    browser.get(reverse("services:client", args=[steps.NOBODY]))
    assert _done(browser.get(reverse("demo:tour")))["address"] is False
    browser.get(reverse("services:client", args=[cast.PLANTED_CLIENT_ID]))
    assert _done(browser.get(reverse("demo:tour")))["address"] is True


def test_a_forged_tick_is_no_tick(enter, user):
    browser = enter(user(Role.DETECTIVE))
    browser.cookies["concord_tour"] = "search.address:forged"
    assert _done(browser.get(reverse("demo:tour")))["search"] is False


def _refer(user) -> Referral:
    viewer = standing.placed(user.viewer())
    with acting(viewer):
        return bridge.refer(id=uuid4(), kind=ReferralKind.SERVICES, to_agency=cast.LANTERN_ID,
                            content={"name": NAME, "summary": "May want help."}, by=viewer)  # fmt: skip


def test_police_see_received_and_the_same_before_and_after_it_is_accepted(enter, user):
    detective, advocate = user(Role.DETECTIVE), standing.placed(user(Role.ADVOCATE).viewer())
    referral = _refer(detective)
    browser = enter(detective)
    before = [browser.get(reverse(name)).context for name in ("bridge:sent", "demo:tour")]
    with acting(advocate):
        client = Client.objects.get(pk=cast.PLANTED_CLIENT_ID)
        services.accept_referral(referral_id=referral.pk, client=client, by=advocate)
    after = [browser.get(reverse(name)).context for name in ("bridge:sent", "demo:tour")]
    assert [_seen(context) for context in before] == [_seen(context) for context in after]
    assert _done(enter(user(Role.ADVOCATE)).get(reverse("demo:tour")))["accept"] is True


def _viewer(user):
    return standing.placed(user.viewer())


def _enter_service(by):
    services.log_service(client=Client.objects.get(pk=cast.PLANTED_CLIENT_ID), service_type=ServiceType.CM,
                         on_date=timezone.localdate(), by=by)  # fmt: skip


def _enter_contact(by):
    services.log_contact(client=Client.objects.get(pk=cast.PLANTED_CLIENT_ID), how=ContactHow.CALL, reached=True,
                         on_date=timezone.localdate(), by=by)  # fmt: skip


def _decide(by):
    referral = ProsecutionReferral.objects.get(investigation_id=cast.DUAL_CASE_ID)
    prosecution.decide(referral, decision=ProsecutionDecision.DECLINED, note="", by=by, not_trafficking_reason="",
                       decline_reason=DeclineReason.DEFENDANT_IS_VICTIM)  # fmt: skip


def _renew(by):
    Mou.objects.create(agency_id=cast.AGENCIES["larkmoor_police"].id, task_force_id=cast.TASK_FORCES["three_rivers"].id,
                       version="3", signed_on=timezone.localdate(),
                       expires_on=timezone.localdate() + days(700))  # fmt: skip


def _minute(by):
    meeting = Meeting.objects.filter(minutes_at=None, task_force_id=cast.TASK_FORCES["three_rivers"].id)
    meeting = meeting.filter(begins_at__lt=timezone.now()).first()
    tribe = collaboration.Came(cast.AGENCIES["cinder_lake"].id, 2)
    collaboration.write_minutes(meeting=meeting, came=[tribe], decisions={}, minutes="", by=by)


def _agree(by):
    today = timezone.localdate()
    study.record_agreement(study=Study.objects.get(pk=cast.ARREST_STUDY_ID), number="DTA-3", signed_on=today,
                           with_agency=cast.AGENCIES["riverton_police"].id, expires_on=today + days(300),
                           destroy_by=today + days(400), by=by)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "role", "act"),
    [
        ("service", Role.ADVOCATE, _enter_service),
        ("contact", Role.ADVOCATE, _enter_contact),
        ("decide", Role.PROSECUTOR, _decide),
        ("mou", Role.COORDINATOR, _renew),
        ("minutes", Role.COORDINATOR, _minute),
        ("agreement", Role.EVALUATOR, _agree),
    ],
)
def test_a_tick_appears_once_the_thing_has_happened(enter, user, code, role, act):
    browser, by = enter(user(role)), _viewer(user(role))
    assert _done(browser.get(reverse("demo:tour")))[code] is False
    with acting(by):
        act(by)
    assert _done(browser.get(reverse("demo:tour")))[code] is True


def test_a_release_is_signed_opened_and_taken_back_each_tick_on_its_own_side(enter, user):
    advocate, prosecutor = user(Role.ADVOCATE), user(Role.PROSECUTOR)
    ticks = lambda: {code: _done(enter(who).get(reverse("demo:tour")))[code] for code, who in (  # noqa: E731
        ("release", advocate), ("open", prosecutor), ("revoke", advocate))}  # fmt: skip
    assert set(ticks().values()) == {False}
    today, by = timezone.localdate(), _viewer(advocate)
    with acting(by):
        release = services.sign_release(
            id=uuid4(), client=Client.objects.get(pk=cast.PLANTED_CLIENT_ID), by=by,
            proposed=services.Proposed(
                purpose=ReleasePurpose.VICTIM_RIGHTS, items=(DisclosureItem.NAME, DisclosureItem.SAFE_CONTACT),
                expires_on=today + days(10), limits_explained_first=True,
                to_agency=prosecutor.agency_id, to_staff=prosecutor.staff_id),
            signature=services.Signature(SignatureMethod.ORAL, today, witness="Larch Fernsby"))  # fmt: skip
    with acting(_viewer(prosecutor)):
        received.open_copy(package=release.pk, by=_viewer(prosecutor))
    with acting(by):
        services.revoke_release(release=release, channel=RevocationChannel.CALL, by=by)
    assert set(ticks().values()) == {True}


def _seen(context):
    if "page" in context:
        return [(row.pk, row.sent_at, row.received_at) for row in context["page"].rows]
    return [(one.step.code, one.done) for part in context["chapters"] for one in part["steps"]]


# --- The database's own answers ---------------------------------------------------------------------------------------

REFUSED = {
    "clients": 'relation "services_client" does not exist',
    "connect": "permission denied for database",
    "forge": "forged context",
    "owner": "permission denied to set role",
    "secret": "permission denied for table secret",
    "answer": "permission denied for table bridge_referral",
}


def test_the_database_refuses_in_its_own_words(enter, user):
    page = enter(user(Role.DETECTIVE)).post(reverse("demo:sql"), {"attempt": "all"})
    answers = {one["attempt"].code: one["answer"] for one in page.context["shown"]}
    assert answers.keys() == attempts.BY_CODE.keys()
    assert {code for code, answer in answers.items() if answer.refusal} == REFUSED.keys()
    assert all(words in answers[code].refusal for code, words in REFUSED.items())
    assert answers["office"].row == answers["others"].row == (0,)
    assert answers["own"].row[0] > 100


@pytest.mark.parametrize("asked", ["select 1", "", "own; select 1"])
def test_nothing_but_the_list_is_run(enter, user, asked):
    page = enter(user(Role.DETECTIVE)).post(reverse("demo:sql"), {"attempt": asked})
    assert all(one["answer"] is None for one in page.context["shown"])


@pytest.mark.parametrize("role", [Role.ADVOCATE, Role.PROSECUTOR, Role.COORDINATOR, Role.EVALUATOR])
def test_only_the_police_of_the_demo_ask_the_database(enter, user, role):
    assert enter(user(role)).get(reverse("demo:sql")).status_code == 404


def test_outside_a_demonstration_there_is_no_tour():
    asked = (
        "import django; django.setup()\n"
        "from django.urls import NoReverseMatch, reverse\n"
        "try: print(reverse('demo:tour'))\n"
        "except NoReverseMatch: print('none')"
    )
    environment = os.environ | {"CONCORD_DEMO": "", "PYTHONPATH": str(CHECKOUT / "src")}
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "none"
