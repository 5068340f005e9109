"""A provider's own instance beside a task force's installation: two homes, two database servers, one network."""

import re
from pathlib import Path

import psycopg

from concord.site.stores.config import Config, Store
from tests.house.house import Browser, House, free_port

LANTERN = "11111111-1111-4111-8111-111111111111"
_LINK = re.compile(r"http://\S+/account/invitation/\S+/")
_PERSON = re.compile(r'/people/([0-9a-f-]{36})/">([^<]+)')
_RECEIPT = re.compile(r"--receipt (\S+)")


class Hub(House):
    """The demo, with a gate for other hosts."""

    def __init__(self, path: Path, **as_user):
        super().__init__(path, **as_user)
        self.gate = free_port()
        done = self.command("instance", "listen", f"127.0.0.1:{self.gate}", "--name", "localhost")
        assert done.returncode == 0, done.stderr

    def admit(self, to: Path) -> Path:
        done = self.command("instance", "admit", "lantern", "--agency", LANTERN, "--to", str(to))
        assert done.returncode == 0, done.stderr
        return to


class OwnInstance(House):
    """Lantern House's own, started as the runbook says."""

    def __init__(self, path: Path, **as_user):
        super().__init__(path, **as_user)
        self.backups = path.parent / "backups"
        self.backups.mkdir(exist_ok=True)

    def begins(self) -> list[str]:
        return ["serve", "--port", str(self.port), "--hosts", "localhost", "--backup-to", str(self.backups),
                "--stores", "vault:lantern"]  # fmt: skip

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def hub(self) -> Store:
        """The hub as this instance reaches it."""
        return Config(self.home).stores["hub"]

    def knock(self, **otherwise) -> psycopg.Connection:
        """A connection to the hub from this host, with what is given in place of its own."""
        return psycopg.connect(**(self.hub().conninfo() | otherwise))

    def enter(self, link: str) -> Browser:
        browser = Browser(self.port)
        browser.accept_invitation(link)
        return browser


def move(start: House, end: House, *, folder: Path, to: str) -> tuple[str, list[str]]:
    """Out of one, into the other: the receipt, and the links for its administrators."""
    rows, keys = folder / "rows", folder / "keys"
    out = start.command("instance", "move-out", "lantern", "--to", str(rows), "--keys-to", str(keys))
    assert out.returncode == 0, out.stderr
    came = end.command("instance", "move-in", str(rows), "--keys", str(keys), "--address", to)
    assert came.returncode == 0, came.stdout + came.stderr
    return _RECEIPT.search(came.stdout)[1], _LINK.findall(came.stdout)


def let_go(house: House, receipt: str):
    return house.command("instance", "let-go", "lantern", "--receipt", receipt)


def link_for(administrator: Browser, name: str) -> str:
    """As she gives one to somebody of her agency, on that person's page."""
    people = {said: pk for pk, said in _PERSON.findall(administrator.get("/people/").text)}
    administrator.get(f"/people/{people[name]}/link/")
    return _LINK.search(administrator.post(f"/people/{people[name]}/link/").text)[0]
