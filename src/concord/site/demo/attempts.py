"""What somebody at the database itself would try against the wall: a closed list of statements, and PostgreSQL's own
answers to them, run as the police web login under the viewer's context and undone afterwards."""

from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from concord.site.demo import cast
from concord.site.stores.config import alias_of
from concord.vocabulary import StoreKind

_JUSTICE, _HUB = StoreKind.JUSTICE.value, StoreKind.HUB.value


@dataclass(frozen=True)
class Attempt:
    """One thing to try. `statements` run in one go in `store`; without a store, it is a new connection."""

    code: str
    says: str
    store: str
    statements: tuple[str, ...]
    means: str


@dataclass(frozen=True)
class Answer:
    """What PostgreSQL said: a refusal in its own words, or one row."""

    refusal: str = ""
    columns: tuple[str, ...] = ()
    row: tuple = ()


ATTEMPTS: tuple[Attempt, ...] = (
    Attempt(
        "own", "Count the investigations", _JUSTICE,
        ("select count(*) as investigations, count(distinct agency_id) as agencies from justice_investigation",),
        "Your agency's own, and those on whose team it is. The others are not hidden from a page: to this login they "
        "do not exist.",
    ),
    Attempt(
        "clients", "Read the client files", _JUSTICE,
        ("select given_name, family_name from services_client",),
        "There is no such table here. Client files are in another database.",
    ),
    Attempt(
        "connect", "Connect to Lantern House's database", "",
        (),
        "The police login has no right to connect to a provider's database, and no statement can give it one.",
    ),
    Attempt(
        "office", "Count the prosecutors' worksheets", _JUSTICE,
        ("select count(*) as worksheets from justice_worksheet",),
        "Work product is the office's own. The table is here, and for police it is empty.",
    ),
    Attempt(
        "forge", "Say that you are the prosecutor", _JUSTICE,
        ("select set_config('concord.ctx', replace(current_setting('concord.ctx'), 'law_enforcement', 'prosecution'),"
         " true)",
         "select count(*) as worksheets from justice_worksheet"),
        "Who is acting is signed for this transaction. Changed by a letter, it is worth nothing.",
    ),
    Attempt(
        "owner", "Become the owner of the tables", _JUSTICE,
        ("set role justice_owner",),
        "The web's login may not become anybody else.",
    ),
    Attempt(
        "secret", "Read the signing key", _JUSTICE,
        ("select k_in from guard.secret",),
        "The key with which the context is signed can be read by the guard alone.",
    ),
    Attempt(
        "others", "Count referrals to Lantern House from other agencies", _HUB,
        (f"select count(*) as referrals from bridge_referral where to_agency_id = '{cast.LANTERN_ID}'"
         " and from_agency_id <> (select guard.agency())",),
        "Whom others referred is between them and Lantern House.",
    ),
    Attempt(
        "content", "Read what your own agency sent", _HUB,
        ("select encode(substr(content, 1, 24), 'hex') as content, length(content) as bytes from bridge_referral"
         f" where to_agency_id = '{cast.LANTERN_ID}' order by sent_at desc limit 1",),
        "Sealed to Lantern House's key and padded: not even the sender's agency opens it again, and its length says "
        "little.",
    ),
    Attempt(
        "answer", "See whether a referral was ever changed", _HUB,
        ("update bridge_referral set received_at = received_at",),
        "No rule lets anybody change a referral. So nothing about it can tell what became of it.",
    ),
)  # fmt: skip
BY_CODE = {attempt.code: attempt for attempt in ATTEMPTS}


def run(attempt: Attempt) -> Answer:
    """Try it. Whatever it changed, the transaction's part is taken back at once."""
    return _statements(attempt) if attempt.store else _connection()


def _statements(attempt: Attempt) -> Answer:
    connection, answer = connections[attempt.store], Answer()
    try:
        with transaction.atomic(using=attempt.store), connection.cursor() as cursor:
            for statement in attempt.statements:
                cursor.execute(statement)
            if cursor.description:
                row = cursor.fetchone()
                answer = Answer(columns=tuple(c.name for c in cursor.description), row=row or ("no row",))
            transaction.set_rollback(True, using=attempt.store)
    except DatabaseError as error:
        return Answer(refusal=_words(error.__cause__ or error))
    return answer


def _connection() -> Answer:
    """The justice store's own login and password, and the vault's database."""
    login, vault = settings.CONCORD.stores[_JUSTICE], settings.CONCORD.stores[alias_of(StoreKind.VAULT, "lantern")]
    try:
        with psycopg.connect(
            host=login.host, port=login.port, user=login.user, password=login.password, dbname=vault.database,
            connect_timeout=5,
        ) as connection:  # fmt: skip
            return Answer(columns=("database",), row=(connection.info.dbname,))
    except psycopg.OperationalError as error:
        return Answer(refusal=_words(error))


def _words(error: BaseException) -> str:
    """PostgreSQL's sentence, without the address of the server."""
    diag = getattr(error, "diag", None)
    said = (diag.message_primary if diag else None) or str(error)
    return said[said.index("FATAL:") :].strip() if "FATAL:" in said else said.strip()
