"""Walks the site of a large invented world as its people, page by page, and tells what each page costs as JSON.

    python -m tests.bench.walk HOME ROUNDS

In a process of its own, with the web logins, as a web worker has them. Pages are found by following links from each
person's home, so every address has a true id. Each page is visited in turn with the policies on and with the stores'
roles exempt from row-level security: the same database, the same code, the same predicates.
"""

import json
import re
import sys
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from html import unescape
from pathlib import Path
from time import perf_counter

import psycopg
from psycopg import sql

from concord.commands import demo
from concord.commands._site import in_child, open_site
from concord.home import Home
from concord.site.demo import cast
from concord.site.stores import supervisor
from concord.site.stores.server import Server
from concord.vocabulary import StoreKind

SIZE = demo.Size(50_000, 5_000_000)
VISITS, EXAMPLES = 3, 2  # of one kind of page and one person
LINK = re.compile(r'href="(/[^"#]*)')
LEFT_OUT = ("/account/", "/static/", "/healthz", "/today/", "/pages/leave")
NOT_COUNTED = re.compile(r"^(SAVEPOINT|RELEASE|ROLLBACK|COMMIT|BEGIN|select pg_backend_pid|select set_config)", re.I)


def main(path: str, rounds: str) -> None:
    home = Home(Path(path))
    with supervisor.sole(home):
        server = Server(home.path).ensure()
        try:
            in_child(demo.prepare, home, server, SIZE)
            open_site(home, "web", CONCORD_DEMO="1", CONCORD_POOL="1")
            walk = Walk(server)
            sys.stdout.write("\n" + json.dumps(walk.run(int(rounds))))
            walk.close()
        finally:
            server.stop()


class Walk:
    def __init__(self, server: Server):
        from django.conf import settings
        from django.db import connections
        from django.test import Client
        from django.urls import Resolver404, get_resolver

        self.nowhere = Resolver404
        self.server, self.settings, self.connections = server, settings, connections
        self.client, self.resolver = Client, get_resolver()
        self.admin = psycopg.connect(server.admin_dsn(), autocommit=True)

    def run(self, rounds: int) -> list[dict]:
        pages = [page for person in cast.one_sign_in_per_role() for page in self.pages_of(person)]
        for page in pages:
            page["on"], page["off"] = [], []
        for page in pages:
            for _ in range(rounds):
                self.visit(page, "on")
                with self.policies_off():
                    self.visit(page, "off")
        return [{n: v for n, v in page.items() if n != "client"} for page in pages]

    def close(self) -> None:
        self.admin.close()
        for connection in self.connections.all():
            connection.close()
            connection.close_pool()

    def pages_of(self, person) -> list[dict]:
        """Each kind of page that this person's links lead to, up to EXAMPLES of each."""
        client = self.client(SERVER_NAME="localhost")
        client.force_login(self.user(person), backend="allauth.account.auth_backends.AuthenticationBackend")
        found, waiting, seen, kinds = [], ["/"], set(), defaultdict(int)
        while waiting:
            path = waiting.pop(0)
            kind = self.kind_of(path)
            if kind is None or path in seen or kinds[kind] >= EXAMPLES or path.startswith(LEFT_OUT):
                continue
            seen.add(path)
            queries, answer = self.queries_of(client, path)
            if answer.status_code != 200 or "html" not in answer["Content-Type"]:
                continue
            kinds[kind] += 1
            found.append({"role": str(person.roles[0]), "kind": kind, "path": path, "queries": queries,
                          "bytes": len(answer.content), "client": client})  # fmt: skip
            waiting += [unescape(link) for link in LINK.findall(answer.content.decode())]
        return found

    def user(self, person):
        from concord.site.signin.models import User

        return User.objects.get(pk=person.user_id)

    def kind_of(self, path: str) -> str | None:
        try:
            match = self.resolver.resolve(path.split("?")[0])
        except self.nowhere:
            return None
        return f"{match.view_name}{'?' + '&'.join(sorted(re.findall(r'[?&](\w+)=', path))) if '?' in path else ''}"

    def queries_of(self, client, path: str):
        """The statements a page sends, transactions and contexts apart, and its answer."""
        client.get(path)  # standing and the like are kept for some seconds
        said = []

        def note(execute, statement, params, many, context):
            if not NOT_COUNTED.match(statement):
                said.append(statement)
            return execute(statement, params, many, context)

        with ExitStack() as stack:
            for connection in self.connections.all():
                stack.enter_context(connection.execute_wrapper(note))
            answer = client.get(path)
        return said, answer

    def visit(self, page: dict, way: str) -> None:
        for _ in range(VISITS):
            begin = perf_counter()
            answer = page["client"].get(page["path"])
            page[way].append((perf_counter() - begin) * 1000)
        page[f"bytes_{way}"] = len(answer.content)

    @contextmanager
    def policies_off(self):
        self.exempt("bypassrls")
        try:
            yield
        finally:
            self.exempt("nobypassrls")

    def exempt(self, how: str) -> None:
        for kind in StoreKind:
            self.admin.execute(sql.SQL("alter role {} " + how).format(sql.Identifier(f"{kind.value}_app")))


if __name__ == "__main__":
    main(*sys.argv[1:])
