"""A real installation: the demo started by the real command in a folder of its own, and browsers that talk HTTP to it.

Nothing of the site is imported here. What a test wants to know of the databases it asks as their administrator.
"""

import contextlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from base64 import b32decode
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import psycopg

from concord.home import CHECKOUT, Home
from concord.site.stores import plan, supervisor
from concord.site.stores.processes import PROC, Process
from concord.site.stores.server import Server

PATIENCE = 300
PASSWORD = "four unrelated words, one comma"
_SECRET = re.compile(r'<code class="secret">([A-Z2-7]+)<')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PERSON = re.compile(r'name="user" value="([^"]+)">.*?demo-people__who">([^<]+)<', re.DOTALL)


def environment(home: Path) -> dict[str, str]:
    """As a person's shell has it: nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONCORD_", "DJANGO_"))}
    return kept | {"CONCORD_HOME": str(home), "PYTHONPATH": str(CHECKOUT / "src"), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    def __init__(self, path: Path, **as_user):
        self.home, self.port, self.as_user = Home(path), free_port(), as_user
        self.said = path.parent / "said.txt"
        self.process: subprocess.Popen | None = None

    # --- the installation ---------------------------------------------------------------------------------------------

    def start(self) -> "House":
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "concord.cli", *self.begins()], cwd="/",
                env=environment(self.home.path), stdin=subprocess.DEVNULL, stdout=said, stderr=said, **self.as_user,
            )  # fmt: skip
        wait_for(self.answers, f"it does not answer; it said: {self.said.read_text()}")
        return self

    def begins(self) -> list[str]:
        """The command that starts it."""
        return ["demo", "--port", str(self.port)]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.said.read_text()

    def end(self) -> None:
        """Whatever has become of it: nothing of it goes on."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        Server(self.home.path).stop()

    def answers(self) -> bool:
        assert self.process.poll() is None, f"it has ended: {self.said.read_text()}"
        return supervisor.answers(f"http://localhost:{self.port}")

    def command(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "concord.cli", *words], cwd="/", env=environment(self.home.path),
            capture_output=True, text=True, timeout=PATIENCE, check=False, **self.as_user,
        )  # fmt: skip

    def python(self, program: str) -> subprocess.CompletedProcess:
        """Run a program beside the house, with what a command has."""
        return subprocess.run(
            [sys.executable, "-c", program], cwd="/", env=environment(self.home.path) | {"CONCORD_DEMO": "1"},
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip

    @property
    def server(self) -> Server:
        return Server(self.home.path).ensure()

    def stores(self) -> dict[str, dict]:
        return plan.read(self.home.stores_file)

    def ask(self, alias: str, question: str, *parameters) -> list[tuple]:
        """Put a question to one store as its administrator, who stands above every policy."""
        with psycopg.connect(self.server.admin_dsn(self.stores()[alias]["database"]), autocommit=True) as db:
            found = db.execute(question, parameters)
            return found.fetchall() if found.description else []

    # --- what kills it ------------------------------------------------------------------------------------------------

    def kill_web_server(self) -> None:
        """The web server and all of its workers, without a word."""
        web = supervisor.recorded_children(self.home)["web"]
        for process in (web, *children_of(web.pid)):
            process.send(signal.SIGKILL)

    def kill_database_server(self) -> None:
        pid = int((self.server.data / "postmaster.pid").read_text().split()[0])
        Process.alive(pid).send(signal.SIGKILL)

    def browser(self, who: str = "") -> "Browser":
        browser = Browser(self.port)
        if who:
            browser.sign_in(who)
        return browser


def children_of(pid: int) -> list[Process]:
    found = []
    for folder in PROC.iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and (process := Process.alive(int(folder.name))):
                found.append(process)
    return found


def wait_for(condition, otherwise: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)


# --- Browsers ---------------------------------------------------------------------------------------------------------


class Page:
    def __init__(self, response, body: bytes):
        self.status, self.headers, self.text = response.status, response.headers, body.decode(errors="replace")
        self.location = response.headers.get("Location", "")


class Browser:
    """Cookies, the token of the page last seen, and nothing else."""

    def __init__(self, port: int):
        self.port, self.cookies, self.token = port, {}, ""

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Page:
        headers = {"Host": f"localhost:{self.port}", "Referer": f"http://localhost:{self.port}/"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if kind:
            headers["Content-Type"] = kind
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body=body or None, headers=headers)
            response = connection.getresponse()
            page = Page(response, response.read())
        for line in page.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := _TOKEN.search(page.text):
            self.token = found[1]
        return page

    def get(self, path: str) -> Page:
        return self.request("GET", path)

    def post(self, path: str, answers: dict | None = None) -> Page:
        answers = {"csrfmiddlewaretoken": self.token, **(answers or {})}
        body = urlencode(answers, doseq=True).encode()
        return self.request("POST", path, body, "application/x-www-form-urlencoded")

    def send_form(self, path: str, **answers) -> Page:
        """A form that is kept as a draft until it is submitted, with a key of its own; it must be taken."""
        page = self.post(path, {"asked": "x", "client_key": str(uuid4()), **answers})
        assert page.status == 302, (path, page.status, re.findall(r'error-message[^>]*>([^<]+)', page.text))
        return page

    def sign_in(self, who: str) -> None:
        """As the demo's person of this name or agency, with one click on the sign-in page."""
        page = self.get("/account/login/")
        people = {said.replace("&#x27;", "'"): user for user, said in _PERSON.findall(page.text)}
        user = next(user for said, user in people.items() if who in said)
        page = self.post("/account/demo/", {"user": user, "accept": "1"})
        assert page.status == 302, page.text[:500]
        assert self.get("/").status == 200

    def accept_invitation(self, link: str) -> None:
        """Choose a password and set up an app on the phone, as whoever the link was given to."""
        self.get(urlsplit(link).path)
        self.get("/account/invitation/")
        chosen = {"password": PASSWORD, "again": PASSWORD, "accept": "1"}
        assert self.post("/account/invitation/", chosen).status == 302
        secret = _SECRET.search(self.get("/account/2fa/totp/activate/").text)[1]
        assert self.post("/account/2fa/totp/activate/", {"code": code_now(secret)}).status == 302
        assert self.get("/").status == 200


def code_now(secret: str) -> str:
    """The six digits that an authenticator app shows (RFC 6238)."""
    key = b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


def written_in(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]
