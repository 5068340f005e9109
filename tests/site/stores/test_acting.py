"""The door of the stores: who gets in, under what name, and what happens when something fails."""

import pytest
from django.db import ProgrammingError, connections

from concord.site.accounts.models import Agency, Staff
from concord.site.stores.acting import AlreadyActing, StoreRefused, acting


def test_police_are_refused_a_vault_before_a_connection_is_made(world):
    with acting(world.viewer("detective")), pytest.raises(StoreRefused):
        connections["vault_lantern"].cursor()


def test_one_provider_is_refused_the_vault_of_another(world):
    with acting(world.viewer("advocate")), pytest.raises(StoreRefused):
        connections["vault_harbor"].cursor()


def test_sign_in_is_closed_while_acting(world):
    with acting(world.viewer("detective")), pytest.raises(StoreRefused):
        connections["default"].cursor()


def test_inside_a_store_the_web_login_acts_and_not_the_owner(world):
    with acting(world.viewer("detective")):
        with connections["hub"].cursor() as cursor:
            cursor.execute("select session_user, current_user")
            assert cursor.fetchone() == ("hub_web", "hub_app")


def test_a_forged_context_is_refused(world):
    with pytest.raises(ProgrammingError, match="forged context"):
        read_agencies_as_coordinator(world.viewer("detective"))


def read_agencies_as_coordinator(viewer):
    """What injected SQL would try: another sector in the context, with the signature that is there."""
    forge = "select set_config('concord.ctx', replace(current_setting('concord.ctx'), 'law_enforcement', %s), true)"
    with acting(viewer), connections["hub"].cursor() as cursor:
        cursor.execute(forge, ["coordination"])
        cursor.execute("select * from accounts_agency")


def test_agencies_of_another_task_force_are_not_in_sight(world):
    with acting(world.viewer("detective")):
        names = set(Agency.objects.values_list("name", flat=True))
    assert "Lantern" in names
    assert "Farland Police" not in names


def test_a_detective_cannot_change_the_staff_list(world):
    with acting(world.viewer("detective")):
        assert Staff.objects.filter(name="Deputy").update(name="x") == 0


def test_acting_does_not_nest(world):
    with acting(world.viewer("detective")), pytest.raises(AlreadyActing), acting(world.viewer("deputy")):
        pass
