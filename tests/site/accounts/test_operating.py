"""Whoever runs the installation helps where nobody inside can, and it is recorded."""

import pytest
from django.db import connections
from django.test import Client

from concord.site.accounts import operating
from concord.site.accounts.models import Staff
from concord.site.signin import locks
from concord.site.signin.models import User


def verbs():
    with connections["hub"].cursor() as cursor:
        cursor.execute("reset role; reset session authorization")
        cursor.execute("select verb from guard.entry where verb like 'operator.%'")
        return [row[0] for row in cursor.fetchall()]


def test_a_locked_sign_in_is_released(world):
    user = world.users["lantern_admin"]
    for _ in range(5):
        Client().post("/account/login/", {"login": user.email, "password": "wrong", "accept": "1"})
    assert locks.locked([user.email])
    operating.release(email=user.email.upper())
    assert not locks.locked([user.email])
    assert verbs() == ["operator.lock_released"]


def test_a_sign_in_is_ended_on_both_sides(world):
    user = world.users["lantern_admin"]
    operating.end(email=user.email)
    assert not User.objects.get(pk=user.pk).is_active
    assert Staff.objects.get(pk=user.staff_id).until_date is not None
    assert verbs() == ["operator.sign_in_ended"]
    with pytest.raises(operating.NobodyThere):
        operating.release(email=user.email)


def test_a_new_link_is_made_for_the_only_administrator(world):
    link = operating.link(email=world.users["lantern_admin"].email, address="https://concord.example")
    assert Client().get(link.removeprefix("https://concord.example")).status_code == 302
    assert verbs() == ["operator.link_given"]
