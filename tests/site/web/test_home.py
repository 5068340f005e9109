"""Each role has a home that answers, and each refusal looks like every other."""

import pytest

USERS = ["detective", "supervisor", "prosecutor", "advocate", "lantern_admin", "counsel", "coordinator", "evaluator",
         "outsider"]


@pytest.mark.parametrize("name", USERS)
def test_each_role_has_a_home(world, visit, name):
    page = visit(world.users[name]).get("/")
    assert page.status_code == 200
    assert world.users[name].agency_name in page.text
