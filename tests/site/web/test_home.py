"""Each role has a home that answers, and each refusal looks like every other."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

USERS = ["detective", "supervisor", "prosecutor", "advocate", "lantern_admin", "counsel", "coordinator", "evaluator",
         "outsider"]


@pytest.mark.parametrize("name", USERS)
def test_each_role_has_a_home(world, visit, name):
    page = visit(world.users[name]).get("/")
    assert page.status_code == 200
    assert world.users[name].agency_name in page.text


@pytest.mark.parametrize("name", USERS)
def test_a_home_asks_few_questions(world, visit, name):
    client = visit(world.users[name])
    client.get("/")
    asked = []
    for alias in ("default", "hub", "justice", "study", "vault_lantern", "vault_harbor"):
        with CaptureQueriesContext(connections[alias]) as queries:
            client.get("/")
        asked += [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 20, "\n".join(sql[:150] for sql in asked)
