"""Every address of the site, visited by everybody: found in the URL table, so a new page cannot be forgotten."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern

from concord.law.wall import JUSTICE, PROVIDERS
from concord.vocabulary import Sector

NOBODY_IS_SIGNED_IN_THERE = (*settings.CONCORD_UNWALLED, "/healthz")
VALUES = {"uuid": "5ea50000-7e57-4d3a-9a11-00000000dead", "int": "7", "slug": "x", "str": "x", "path": "x"}
ROLES = (
    "detective", "supervisor", "privacy_officer", "prosecutor", "advocate", "lantern_admin", "counsel", "coordinator",
    "evaluator", "outsider",
)  # fmt: skip
SECTORS_OF_ROOM = {"justice": JUSTICE, "services": PROVIDERS, "study": frozenset({Sector.EVALUATION})}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


def addresses(resolver=None, before="/", room=None):
    """(path with made-up values, room) of every page."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + _filled(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, room or pattern.lookup_str.split(".")[2]
        else:
            name = getattr(pattern.urlconf_name, "__name__", "")
            yield from addresses(pattern, route, _room(name) or room)


def _filled(pattern) -> str:
    if not isinstance(pattern, RoutePattern):
        return re.sub(r"\(.*?\)", "x", str(pattern)).strip("^$")
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: VALUES.get(m.group(1) or "str", VALUES["uuid"]), str(pattern))


def _room(module: str) -> str | None:
    match = re.match(r"concord\.site\.(\w+)", module)
    return match.group(1) if match else None


PAGES = sorted(set(addresses()))
WALLED = [(path, room) for path, room in PAGES if not path.startswith(NOBODY_IS_SIGNED_IN_THERE)]


def body(response) -> bytes:
    return TOKEN.sub(b"", response.content)


def test_the_sweep_finds_the_rooms():
    assert {"justice", "services", "bridge", "collaboration", "accounts"} <= {room for _, room in WALLED}
    assert len(WALLED) > 40


@pytest.mark.parametrize("path", [path for path, _ in WALLED])
def test_nobody_gets_in_without_signing_in(world, client, path):
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith(settings.LOGIN_URL)


@pytest.mark.parametrize("name", ROLES)
def test_no_page_breaks_for_anybody(world, visit, name):
    visitor = visit(world.users[name])
    visitor.raise_request_exception = False
    broken = []
    for path, _ in WALLED:
        for answer in (visitor.get(path), visitor.post(path)):
            if answer.status_code >= 500 or answer.status_code == 403:
                broken.append(f"{answer.request['REQUEST_METHOD']} {path}: {answer.status_code}")
    assert broken == []


@pytest.mark.parametrize("name", ROLES)
def test_another_sectors_pages_answer_as_pages_that_do_not_exist(world, visit, name):
    user = world.users[name]
    visitor = visit(user)
    nothing = body(visitor.get(f"/{uuid4()}/"))
    different = []
    for path, room in WALLED:
        if Sector(user.sector) in SECTORS_OF_ROOM.get(room, frozenset({Sector(user.sector)})):
            continue
        for answer in (visitor.get(path), visitor.post(path)):
            if answer.status_code != 404 or body(answer) != nothing:
                different.append(f"{answer.request['REQUEST_METHOD']} {path}: {answer.status_code}")
    assert different == []


@pytest.mark.parametrize("name", ROLES)
def test_every_page_of_a_signed_in_person_is_kept_nowhere(world, visit, name):
    visitor = visit(world.users[name])
    for path, _ in WALLED:
        answer = visitor.get(path)
        assert "no-store" in answer.headers.get("Cache-Control", ""), path
        assert "Content-Security-Policy" in answer.headers, path
