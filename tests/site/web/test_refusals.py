"""Every refusal is the same page: a difference would tell that something is there."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from concord.site.accounts.models import Mou


def bare(answer) -> bytes:
    """The page without the token that is new in every answer."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)


@pytest.mark.parametrize("name", ["detective", "advocate", "coordinator", "evaluator"])
def test_missing_hidden_and_another_sectors_page_are_refused_alike(world, visit, name):
    client = visit(world.users[name])
    hidden = world.agencies["farland_police"].pk
    foreign = Mou.objects.get(agency=world.agencies["farland_police"])
    client.get("/")
    answers = [
        client.get(f"/agencies/{uuid4()}/"),
        client.get(f"/agencies/{hidden}/"),
        client.get(f"/agencies/{hidden}/mou/"),
        client.get(f"/mous/{foreign.pk}/end/"),
        client.get(f"/people/{world.users['outsider'].staff_id}/"),
        client.get(f"/people/of/{hidden}/invite/"),
        client.get("/no/such/page/"),
    ]
    assert {a.status_code for a in answers} == {404}
    assert len({bare(a) for a in answers}) == 1
    headers = [sorted((k, v) for k, v in a.headers.items() if k not in ("Content-Length",)) for a in answers]
    assert all(h == headers[0] for h in headers)


def test_the_other_sides_home_store_is_refused_alike(world, visit):
    client = visit(world.users["detective"])
    nothing = client.get("/no/such/page/")
    for answer in (client.get(f"/clients/{uuid4()}/"), client.get("/clients/"), client.post("/clients/")):
        assert (answer.status_code, bare(answer)) == (404, bare(nothing))


def test_a_failed_token_says_what_to_do(world):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/account/demo/", {"user": "x", "accept": "1"})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.text
