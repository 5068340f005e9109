"""Every way by which something could come out: pages, searches, true ids in addresses and answers, SQL, the guard.

Each function returns what leaked, in words; nothing is an empty list.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import reverse

from concord.law.wall import Viewer
from concord.vocabulary import StoreKind
from tests.sweep.planted import Register, unguessable
from tests.sweep.test_urls import VALUES, WALLED
from tests.sweep.test_wall import as_viewer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ANY_ID = VALUES["uuid"]
RECORDS = [path for path, _room in WALLED if ANY_ID in path]
LISTS = [path for path, _room in WALLED if ANY_ID not in path] + [
    "/clients/?whose=all&state=any", "/clients/?sort=newest&whose=nobody", "/leads/?state=all", "/leads/?state=decided",
    "/investigations/?whose=team", "/reviews/?signed=1", "/charging/?decided=1", "/agencies/?state=any",
]  # fmt: skip
SEARCHES = [
    (lambda: "/persons/search/", "q", {}),
    (lambda: reverse("services:find"), "q", {}),
    (lambda: reverse("services:matches"), "called", {}),
    (lambda: reverse("services:client_new"), "called", {"look": "1", "client_key": str(uuid4())}),
]  # fmt: skip
#: What differs from one answer to the same question to the next: tokens, ids made with a blank form, moments.
_PASSING = re.compile(
    r"[A-Za-z0-9]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|T[0-9:.+]{8,}|\d\d:\d\d:\d\d GMT|expires=[^;]+"
)
_OWN_STATEMENTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class Answer(NamedTuple):
    """All that came back, and the statements that it took, by store. Sign-in's own store and its cookie keep time by
    themselves and are left out."""

    status: int
    text: str
    statements: tuple[tuple[str, str], ...]

    def plain(self, *sent: str) -> tuple:
        """The answer for comparing: without what passes, and without what was sent."""
        text = self.text
        for words in sent:
            text = text.replace(words, "")
        return self.status, _PASSING.sub("", text), self.statements


def difference(one: tuple, other: tuple) -> str:
    """Where two answers part, for whoever has to find out why."""
    if one[0] != other[0]:
        return f"status {one[0]} and {other[0]}"
    if one[1] != other[1]:
        n = next((n for n, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), -40)
        return f"...{one[1][max(n - 60, 0) : n + 80]!r} and {other[1][max(n - 60, 0) : n + 80]!r}"
    return f"{len(one[2])} and {len(other[2])} statements, {set(one[2]) ^ set(other[2])}"


class Visitor:
    """One member of staff at her browser, for as long as the world lasts."""

    def __init__(self, user):
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(user, backend=BACKEND)

    def ask(self, path: str, answers: dict | None = None) -> Answer:
        with statements() as asked:
            page = self.browser.get(path) if answers is None else self.browser.post(path, answers)
        self.browser.cookies.pop("messages", None)  # what waited to be said once does not wait for the next answer
        cookies = " ".join(m.OutputString() for m in page.cookies.values() if m.key != settings.SESSION_COOKIE_NAME)
        headers = " ".join(f"{k}: {v}" for k, v in page.headers.items() if k != "Content-Length")
        return Answer(page.status_code, f"{headers} {cookies} {page.content.decode(errors='replace')}", tuple(asked))


@contextmanager
def statements():
    """The statements sent to every store but sign-in's."""
    asked: list[tuple[str, str]] = []

    def note(execute, sql, params, many, context):
        if not str(sql).startswith(_OWN_STATEMENTS):
            asked.append((context["connection"].alias, str(sql)))
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for alias in connections:
            if settings.CONCORD.stores[alias].kind is not StoreKind.ACCOUNT:
                stack.enter_context(connections[alias].execute_wrapper(note))
        yield asked


@contextmanager
def undone():
    """Whatever is written inside is as if it had never been."""
    atomics = [transaction.Atomic(using=alias, savepoint=True, durable=False) for alias in connections]
    for atomic in atomics:
        atomic.__enter__()
    try:
        yield
    finally:
        for atomic in reversed(atomics):
            transaction.set_rollback(True, using=atomic.using)
            atomic.__exit__(None, None, None)


# --- Pages ------------------------------------------------------------------------------------------------------------


def list_page(register: Register, viewer: Viewer, visitor: Visitor, path: str) -> list[str]:
    answer = visitor.ask(path)
    broken = [f"{path} broke"] if answer.status >= 500 else []
    return broken + [f"{path} shows {found}" for found in register.found_in(answer.text, viewer)]


def compared(ask: Callable[[str], Answer], there: str, none: str) -> tuple[Answer, str]:
    """The answer to what is there, and how it differs from the answer to what is not: "" where in nothing.

    Asked up to three times: a minute may end between two answers, a difference that is one stays.
    """
    for _again in range(3):
        with undone():
            known = ask(there)
        with undone():
            unknown = ask(none)
        if known.plain(there) == unknown.plain(none):
            return known, ""
    return known, difference(known.plain(there), unknown.plain(none))


def search(register: Register, viewer: Viewer, visitor: Visitor, n: int, word: str) -> list[str]:
    """Asking for a name that is not hers to know answers like asking for a name that nobody has."""
    path, field, more = SEARCHES[n % len(SEARCHES)]
    path = path()
    known, differs = compared(lambda name: visitor.ask(path, {field: name, **more}), word, unguessable("nobody"))
    found = register.found_in(known.text.replace(word, ""), viewer)
    found += [f"that somebody of that name is there: {differs}"] if differs else []
    return [f"{path} asked for a hidden name shows {line}" for line in found]


def record_page(register: Register, viewer: Viewer, visitor: Visitor, n: int, hidden, post: bool) -> list[str]:
    """The address of a hidden record answers as that of none: same page, same headers, same statements."""
    path = RECORDS[n % len(RECORDS)]
    there, differs = compared(
        lambda id: visitor.ask(path.replace(ANY_ID, id), {} if post else None), str(hidden.id), str(uuid4())
    )
    return _told(f"{path}{' by POST' if post else ''} of a hidden {hidden.what}", register, viewer, there, differs)


def _told(asked: str, register: Register, viewer: Viewer, answer: Answer, differs: str) -> list[str]:
    found = [f"{asked} shows {line}" for line in register.found_in(answer.text, viewer, ids=False)]
    return found + ([f"{asked} differs from that of none: {differs}"] if differs else [])


class Forgery(NamedTuple):
    """A form that takes an id: its address, the field, and answers for the rest."""

    path: str
    field: str
    answers: dict


def forged(register: Register, viewer: Viewer, visitor: Visitor, form: Forgery, hidden) -> list[str]:
    """The true id of a hidden record as an answer is refused in the words that a made-up one gets."""
    there, differs = compared(
        lambda id: visitor.ask(form.path, form.answers | {form.field: id}), str(hidden.id), str(uuid4())
    )
    return _told(f"{form.path} with {form.field} of a hidden {hidden.what}", register, viewer, there, differs)


# --- SQL --------------------------------------------------------------------------------------------------------------


def tables(alias: str) -> list[str]:
    """Every table and view that the web login of a store may read anything of."""
    role = f"{settings.CONCORD.stores[alias].kind.value}_app"
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
            " and c.relkind in ('r', 'p', 'v', 'm') and has_table_privilege(%s, c.oid, 'select') order by 1",
            [role],
        )
        return [row[0] for row in cursor.fetchall()]


def rows(register: Register, viewer: Viewer, alias: str) -> list[str]:
    """Every row of every table, as text, on the web login's own connection under this viewer's context."""
    found = []
    every = " union all ".join(f"select '{t}', t.id::text, t::text from {t} t" for t in tables(alias))
    with as_viewer(alias, viewer) as connection, connection.cursor() as cursor:
        cursor.execute(every)
        for table, pk, text in cursor.fetchall():
            found += [f"{alias}.{table} shows {line}" for line in register.found_in(text, viewer, ids=False)]
            planted = register.by_id.get(pk)
            if planted is not None and not planted.is_for(viewer):
                found.append(f"{alias}.{table} has the row of a hidden {planted.what}")
            found += [f"{alias}.{table} names a {p.what} that was never hers"
                      for p in register.hidden_from(viewer) if str(p.id) in text
                      and str(p.id) not in register.once_known.get(viewer.staff, ())]  # fmt: skip
    return found


OWN_CONTEXT = {name: "" for name in ("staff", "agency", "sector", "roles", "task_forces", "partners")}
#: How each function that the web login may call is called here. A new one that is not named fails the test.
GUARD = OWN_CONTEXT | {
    "who_in": "null, null",
    "applied": "", "head_now": "", "today": "", "neighbours": "", "founding": "", "sharing": "", "team": "",
    "hidden_clients": "",
    "files_without_staff": "", "chain": "null, null, 500", "on_duty": "'-infinity', 'infinity'",
    "note": "'probe.asked', null, null, null", "appoint": "gen_random_uuid(), gen_random_uuid()",
    "release_staff": "gen_random_uuid()", "purge_drafts": "36500", "refilled": "", "keyless_packages": "",
    "forget": "gen_random_uuid(), current_date", "blank_referral": "gen_random_uuid()",
    "not_blank": "array[gen_random_uuid()]",
    "open_package": "gen_random_uuid()", "withdraw_package": "gen_random_uuid()", "end_packages": "",
    "reseal_package": "gen_random_uuid(), 'x', 'x'", "record_opening": "gen_random_uuid(), now()",
}  # fmt: skip
#: These name rows of the viewer's own agency that she cannot open: ids, and nothing else. `hidden_clients` is what the
#: policies themselves ask; `files_without_staff` and `chain` answer administrators and privacy officers alone.
OF_OWN_AGENCY = {"hidden_clients", "files_without_staff", "chain"}


def guard_functions(alias: str) -> list[str]:
    role = f"{settings.CONCORD.stores[alias].kind.value}_app"
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select distinct p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname in ('guard', 'public') and has_function_privilege(%s, p.oid, 'execute')",
            [role],
        )
        return [row[0] for row in cursor.fetchall()]


def guard(register: Register, viewer: Viewer, alias: str, agency_of: Callable) -> list[str]:
    """What the guard itself answers. `agency_of(planted)`: whose row it is."""
    found = []
    for name in guard_functions(alias):
        if name not in GUARD:
            found.append(f"guard.{name} of {alias} may be called by the web login: say in tests/sweep/ways.py how")
            continue
        text = _answer_of(alias, viewer, f"select f::text from guard.{name}({GUARD[name]}) f")
        found += [f"guard.{name} of {alias} shows {line}" for line in register.found_in(text, viewer, ids=False)]
        for planted in register.hidden_from(viewer):
            own = name in OF_OWN_AGENCY and agency_of(planted) == viewer.agency
            known = name == "chain" and str(planted.id) in register.once_known.get(viewer.staff, ())
            if str(planted.id) in text and not own and not known:
                found.append(f"guard.{name} of {alias} names a hidden {planted.what}")
    return found


def _answer_of(alias: str, viewer: Viewer, statement: str) -> str:
    with as_viewer(alias, viewer) as connection:
        try:
            with transaction.atomic(using=alias), connection.cursor() as cursor:
                cursor.execute(statement)
                return " ".join(str(row[0]) for row in cursor.fetchall())
        except DatabaseError as refused:
            return str(refused)


def stores_of(viewer: Viewer) -> Iterator[str]:
    """Every store but sign-in's: the door in Python is left aside, so that the databases stand alone."""
    for alias, store in settings.CONCORD.stores.items():
        if store.kind is not StoreKind.ACCOUNT:
            yield alias
