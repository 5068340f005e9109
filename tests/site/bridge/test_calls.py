"""An advocate is called without a name, and the caller always knows whom to telephone."""

import datetime as dt

import pytest
from django.db import connections
from django.utils import timezone

from concord.site.bridge import actions
from concord.site.bridge.models import AdvocateCall, DutyShift
from concord.site.stores.acting import acting
from concord.vocabulary import Answer, Gender, SpokenLanguage
from tests.site.world import known_id

TONIGHT = timezone.now().replace(microsecond=0) + dt.timedelta(hours=4)
LATER = TONIGHT + dt.timedelta(hours=6)


def call(world, user="detective", **given):
    viewer = world.viewer(user)
    asked = {"window_from": TONIGHT, "window_until": LATER, "people": 3, "languages": [SpokenLanguage.SPANISH],
             "genders": [Gender.FEMININE], "minors": Answer.UNKNOWN}
    with acting(viewer):
        return actions.call_advocate(**asked | given, by=viewer)


def put_on_duty(world, user="advocate", begins=TONIGHT, ends=LATER, phone="555-0177"):
    viewer = world.viewer(user)
    with acting(viewer):
        return actions.plan_shift(
            staff_id=known_id(f"staff {user}"), phone=phone, begins_at=begins, ends_at=ends,
            task_force=world.task_forces["riverton"].pk, by=viewer,
        )


def lines(world, found, user="detective"):
    with acting(world.viewer(user)):
        return [(line.agency, line.phone) for line in actions.duty_lines(found)]


def test_a_provider_answers_and_the_caller_sees_who_comes(world):
    found = call(world)
    advocate = world.viewer("advocate")
    with acting(advocate):
        actions.answer_call(call=AdvocateCall.objects.get(), phone="555-0101", by=advocate)
    with acting(world.viewer("detective")):
        seen = AdvocateCall.objects.get(pk=found.pk)
    assert (seen.answered_by_agency_id, seen.answered_phone) == (world.agencies["lantern"].pk, "555-0101")


def test_a_second_provider_cannot_take_a_call_that_is_answered(world):
    call(world)
    advocate, counsel = world.viewer("advocate"), world.viewer("counsel")
    with acting(advocate):
        actions.answer_call(call=AdvocateCall.objects.get(), phone="555-0101", by=advocate)
    with acting(counsel), pytest.raises(actions.Objection, match="already answered"):
        actions.answer_call(call=AdvocateCall.objects.get(), phone="555-0199", by=counsel)


def test_an_answer_taken_back_lets_another_provider_answer(world):
    call(world)
    advocate, counsel = world.viewer("advocate"), world.viewer("counsel")
    with acting(advocate):
        found = actions.answer_call(call=AdvocateCall.objects.get(), phone="555-0101", by=advocate)
        assert actions.withdraw_answer(call=found, by=advocate).answered_at is None
    with acting(counsel):
        found = actions.answer_call(call=AdvocateCall.objects.get(), phone="555-0199", by=counsel)
    assert found.answered_by_agency_id == world.agencies["harbor"].pk


@pytest.mark.parametrize("user", ["deputy", "prosecutor", "coordinator", "evaluator", "outsider"])
def test_nobody_else_sees_a_call(world, user):
    call(world)
    with acting(world.viewer(user)):
        assert not AdvocateCall.objects.exists()


def test_the_caller_is_told_who_is_on_duty_in_that_window_and_no_name(world):
    put_on_duty(world)
    put_on_duty(world, "counsel", begins=LATER, ends=LATER + dt.timedelta(hours=2), phone="555-0188")
    assert lines(world, call(world)) == [("Lantern", "555-0177")]


def test_a_cancelled_shift_is_off_the_roster(world):
    shift, viewer = put_on_duty(world), world.viewer("advocate")
    with acting(viewer):
        actions.cancel_shift(shift=shift, by=viewer)
    assert lines(world, call(world)) == []


def test_callers_do_not_read_the_roster_itself(world):
    put_on_duty(world)
    with acting(world.viewer("detective")):
        assert not DutyShift.objects.exists()


def test_the_roster_of_another_task_force_is_not_told(world):
    put_on_duty(world)
    with acting(world.viewer("outsider")), connections["hub"].cursor() as cursor:
        cursor.execute("select * from guard.on_duty(%s, %s)", [TONIGHT, LATER])
        assert cursor.fetchall() == []


def test_nobody_on_duty_gives_the_providers_main_lines_at_once(world, visit):
    world.agencies["lantern"].phone = "555-0142"
    world.agencies["lantern"].save()
    page = visit(world.users["detective"]).get(f"/calls/{call(world).pk}/").content.decode()
    assert "Nobody is on duty then" in page
    assert "555-0142" in page


def test_a_call_repeated_with_its_id_is_one_call(world):
    id = known_id("a call")
    assert call(world, id=id) == call(world, id=id)
    assert AdvocateCall.objects.count() == 1


def test_only_ones_own_colleagues_can_be_put_on_duty(world):
    viewer = world.viewer("counsel")
    with acting(viewer), pytest.raises(actions.Objection, match="own agency"):
        actions.plan_shift(staff_id=known_id("staff advocate"), phone="5", begins_at=TONIGHT, ends_at=LATER,
                           task_force=world.task_forces["riverton"].pk, by=viewer)
