"""Every page that a role can reach by links, on a phone and on a desk: no barrier, no complaint, nothing too wide.

Each role of the demo signs in and follows each kind of link once. Whoever comes to a kind of page first has it looked
at by axe and at both widths; everybody else has it checked on a phone, where things go wrong. Homes are looked at for
all.
CONCORD_SHOTS=folder leaves a picture of each page.
"""

from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Error

from concord.site.demo import cast
from concord.site.justice.models import Person
from concord.site.services.models import Client
from concord.site.stores import acting
from concord.vocabulary import Role
from tests.browser.conftest import DESKTOP, PHONE, SHOTS, check_barriers, check_complaints, check_width

WIDTHS = {"desktop": DESKTOP, "phone": PHONE}
MOST = 80  # kinds of page a role: none has so many, so a crawl that runs away fails
NOT_FOLLOWED_FROM = {"demo:tour"}  # it leads to what is refused, on purpose
NOT_FOLLOWED_TO = {"pages:leave", "account_logout"}

_looked_at: set[str] = set()


@pytest.fixture(scope="module")
def names(demo_site):
    """Whole names of everybody in the invented world: staff, each provider's clients, people of investigations."""
    found = {person.name for person in cast.STAFF}
    with demo_site.at_rest(), acting.commanding():
        for vault in cast.VAULTS:
            found |= {client.display_name for client in Client.objects.using(f"vault_{vault.name}")}
        found |= {person.full_name for person in Person.objects.all()}
    return {name for name in found if " " in name}


@pytest.mark.parametrize("role", [person.roles[0] for person in cast.one_sign_in_per_role()])
def test_every_page_of(role, open_demo, names):
    page = open_demo(DESKTOP, role)
    visited = _crawl(page, role, names)
    assert 8 <= len(visited) < MOST, f"{len(visited)} kinds of page"
    assert not any(visited.values()), "\n".join(f"{kind}: {wrong}" for kind, wrong in visited.items() if wrong)


def _crawl(page, role: Role, names) -> dict[str, str]:
    """What is wrong with one page of each kind that links lead to, or nothing."""
    waiting, visited = deque([("home", "/")]), {"home": ""}
    while waiting and len(visited) < MOST:
        kind, path = waiting.popleft()
        answer = _go(page, path)
        if answer is None:
            continue
        if answer.status != 200:
            visited[kind] = f"{path} answers {answer.status}"
            continue
        visited[kind] = _wrong(page, kind, role, names)
        for its_kind, link in _links(page) if kind not in NOT_FOLLOWED_FROM else ():
            if its_kind not in visited.keys() | NOT_FOLLOWED_TO:
                visited[its_kind] = ""
                waiting.append((its_kind, link))
    return visited


def _links(page):
    """(kind of page, path with its query) of the addresses of this site on the page."""
    here = urlsplit(page.url).netloc
    for address in page.evaluate("[...document.querySelectorAll('a[href]')].map((one) => one.href)"):
        parts = urlsplit(address)
        if parts.netloc == here:
            yield resolve(parts.path).view_name, parts._replace(scheme="", netloc="", fragment="").geturl()


def _go(page, path):
    """The answer; nothing where it is a file to keep, for which the browser stays where it is."""
    page.complaints.clear()
    try:
        return page.goto(path)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        assert page.context.request.get(path).status == 200, path
        return None


def _wrong(page, kind, role, names) -> str:
    said, is_new = [], kind == "home" or kind not in _looked_at
    _looked_at.add(kind)
    for width, size in WIDTHS.items() if is_new or SHOTS else [("phone", PHONE)]:
        page.set_viewport_size(size)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{role}-{kind.replace(':', '.')}-{width}.png", full_page=True)
        try:
            _check(page, names)
            if is_new:
                check_barriers(page)
        except AssertionError as failed:
            said.append(f"{width}: {failed}")
    return "\n".join(said)


def _check(page, names):
    assert page.locator("h1").count() == 1, f"{page.locator('h1').count()} first headings"
    title = page.title()
    assert not any(name in title for name in names), f"the title {title!r} names somebody"
    check_complaints(page)
    check_width(page)
