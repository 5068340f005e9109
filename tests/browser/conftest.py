"""A real Chromium against the real site: `phone` and `desktop` pages, and what every page must pass.

Signed-in pages come from `sign_in(page, "advocate")`. The site answers one request at a time, over the same
rolled-back transactions that the test sees; touch the database from a test inside `with site.at_rest():`.
"""

import os
import shutil
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connections

from tests import stores as installation
from tests.site.conftest import stores, visit, world  # noqa: F401  fixtures of the real stores; importing starts them

from concord.site.accounts import standing  # isort: skip
from concord.site.demo import cast  # isort: skip
from concord.site.demo import world as demo_world  # isort: skip

AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text()
CHROMIUM = os.environ.get("CONCORD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()
SHOTS = os.environ.get("CONCORD_SHOTS")
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

WATCH = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.refusedByPolicy.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Nothing: a test run is not an access log."""


class SharingServer(ThreadedWSGIServer):
    """Threads for the browser's idle sockets, which would block a single one; their connections stay the test's."""

    def _close_connections(self):
        """The connections are the test's to close."""


class Site:
    """The site, served to the browser for one test. Requests are answered by the one thread of `worker`, which lives
    as long as the run, as a web server's threads do: key rings keep a connection a thread."""

    def __init__(self, worker):
        self._turn = threading.Lock()
        handler = StaticFilesHandler(WSGIHandler())

        def one_at_a_time(environ, start_response):
            with self._turn:
                return worker.submit(handler, environ, start_response).result()

        self._shared = {alias: connections[alias] for alias in connections}
        self._server = SharingServer(("127.0.0.1", 0), QuietHandler)
        self._server.set_app(one_at_a_time)
        self.url = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        worker.submit(self._share).result()

    def _share(self):
        for alias, connection in self._shared.items():
            connections[alias] = connection

    def start(self):
        got_request_exception.connect(_show_failure)
        # As Django's own test client does: the connections belong to the test, not to a request.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        for connection in self._shared.values():
            connection.inc_thread_sharing()
        self._thread.start()

    def stop(self):
        got_request_exception.disconnect(_show_failure)
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in self._shared.values():
            connection.dec_thread_sharing()

    @contextmanager
    def at_rest(self):
        """No request is answered while the block runs, so that the test can use the database."""
        with self._turn:
            yield


def _show_failure(**kwargs):
    """The site's own log is silent about what was in a request; a test run is not."""
    traceback.print_exc()


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium: set CONCORD_CHROMIUM to its path")
    # Its event loop would make Django refuse every query of the test's thread; the tests themselves are synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def worker():
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(settings.CONCORD_RINGS.close).result()


@pytest.fixture
def site(world, worker):  # noqa: F811
    served = Site(worker)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def demo_site(worker, django_db_blocker):
    """The site with the invented world of the demo in its stores, for all tests of a module; rolled back after."""
    with django_db_blocker.unblock(), installation.rolled_back():
        standing.forget()
        demo_world.load(say=lambda line: None)
        served = Site(worker)
        served.start()
        yield served
        served.stop()
        standing.forget()


@pytest.fixture
def unspoilt(demo_site):
    """What the test does to the demo's world is taken back after it."""
    held = ExitStack()
    with demo_site.at_rest():
        held.enter_context(installation.undone())
    yield demo_site
    with demo_site.at_rest():
        held.close()
        standing.forget()


@contextmanager
def pages_of(chromium, site):
    """`opened(viewport, **options)`. With CONCORD_SHOTS=folder, a picture of where each page ended is left there."""
    contexts = []

    def opened(viewport, **options):
        context = chromium.new_context(viewport=viewport, base_url=site.url, locale="en-US", **options)
        contexts.append(context)
        context.set_default_timeout(8000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: _note(page, said))
        page.on("pageerror", lambda error: page.complaints.append(f"script error: {error}"))
        return page

    try:
        yield opened
    finally:
        for number, context in enumerate(contexts, 1):
            if SHOTS:
                context.pages[0].screenshot(path=Path(SHOTS) / f"end-{number}.png", full_page=True)
            context.close()


@pytest.fixture
def open_page(chromium, site):
    """`open_page(viewport, **options)` is a page of a fresh browser profile, watched for what the policy refuses."""
    with pages_of(chromium, site) as opened:
        yield opened


@pytest.fixture
def open_demo(chromium, demo_site):
    """`open_demo(viewport, Role.ADVOCATE)` is a page of a fresh browser profile, signed in as the demo's advocate by
    the button that the demo's sign-in page has for her; without a role, it is at the sign-in page."""
    with pages_of(chromium, demo_site) as opened:

        def signed_in(viewport, role=None, **options):
            page = opened(viewport, **options)
            page.goto("/")
            if role is not None:
                enter_as(page, role)
            return page

        yield signed_in


def enter_as(page, role):
    """Sign in from the demo's sign-in page."""
    page.get_by_role("button", name=cast.sign_in_of(role).name).click()
    page.get_by_role("navigation", name="Your places").wait_for()


def _note(page, said):
    """A missing page is what a test asked for, and Chromium calls it an error."""
    if "Content Security Policy" in said.text or "Content-Security-Policy" in said.text:
        page.complaints.append(said.text)
    elif said.type == "error" and "Failed to load resource" not in said.text:
        page.complaints.append(f"console error: {said.text}")


@pytest.fixture
def phone(open_page):
    return open_page(PHONE, has_touch=True)


@pytest.fixture
def desktop(open_page):
    return open_page(DESKTOP)


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def either(request, open_page):
    """The same test at both widths."""
    return open_page(request.param)


@pytest.fixture
def sign_in(site, world, visit):  # noqa: F811
    """`sign_in(page, "advocate")` gives the page's browser a session of that user of the test's world."""

    def signed_in(page, user):
        with site.at_rest():
            cookies = visit(world.users[user]).cookies
        page.context.add_cookies(
            [{"name": name, "value": cookie.value, "url": site.url} for name, cookie in cookies.items()]
        )
        return page

    return signed_in


def check_page(page):
    """Fail on any barrier that axe finds, anything the content policy refused, and anything wider than the screen."""
    check_barriers(page)
    check_complaints(page)
    check_width(page)


def check_barriers(page):
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    barriers = [f"{rule['id']}: {rule['help']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
    assert not barriers, "\n".join([page.url, *barriers])


def check_complaints(page):
    refused = page.evaluate("window.refusedByPolicy") + page.complaints
    assert not refused, "\n".join([page.url, *refused])


def check_width(page):
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= screen, f"{page.url} is {wide} pixels wide on a screen of {screen}: {_too_wide(page)}"


def _too_wide(page):
    return page.evaluate(
        """[...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map((one) => one.outerHTML.slice(0, 120))"""
    )


def focused(page):
    """The words by which the focused element is known: its label, its text or its name."""
    return page.evaluate(
        """(() => { const one = document.activeElement;
        const words = one.labels?.[0]?.innerText || one.getAttribute("aria-label") || one.innerText || one.name;
        return (words || "").trim(); })()"""
    )


def tab_to(page, words, most=60):
    """Press Tab until the element known by these words has the focus; fail where the keyboard never gets there."""
    passed = []
    for _press in range(most):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if words in passed[-1]:
            assert _focus_shows(page), f"the focus on {words!r} cannot be seen"
            return
    raise AssertionError(f"{words!r} is out of the keyboard's reach; passed: {passed}")


def _focus_shows(page):
    return page.evaluate(
        """(() => { const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
          || document.activeElement.matches(".usa-radio__input, .usa-checkbox__input"); })()"""
    )
