"""`concord database apply`: databases, logins, schema, guard, policies and keys, from nothing or again.

Order matters: roles, databases (closed to everybody until their grants are right), guard, migrations, policies, closing
of the server's own windows, context keys, digest. Two at once wait for each other.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from concord.home import Home
from concord.site.stores import acting, gate, plan, policies
from concord.site.stores.config import Config
from concord.site.stores.context import padded
from concord.site.stores.router import kind_of
from concord.vocabulary import StoreKind

_LOCK = 4104_2026
_HERE = Path(__file__).parent
_GUARD = _HERE / "sql" / "guard.sql"
_CLOSE = _HERE / "sql" / "close_windows.sql"


def fingerprint() -> str:
    """What the databases' shape depends on: migrations, the wall, the rooms' models and SQL."""
    house = _HERE.parents[1]
    files = [house / "law" / "wall.py", *_HERE.glob("*.py"), *_HERE.glob("sql/*.sql")]
    for config in apps.get_app_configs():
        if config.name.startswith("concord."):
            room = Path(config.path)
            files += [
                *room.glob("models.py"),
                *room.glob("models/*.py"),
                *room.glob("migrations/*.py"),
                *room.glob("*.sql"),
            ]
    digest = hashlib.sha256()
    for path in sorted(set(files)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def apply(
    home: Home,
    admin_dsn: str,
    *,
    say: Callable[[str], None] = lambda line: None,
    before_open: Callable[[psycopg.Connection, str], None] = lambda db, alias: None,
) -> None:
    """Bring every store of `stores.toml` to this version. Needs Django set up with migrate logins.

    `before_open` does what must be done to a store, as its administrator, before anybody's context is valid in it.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(%s)", [_LOCK])
        stores, logins = plan.own(home), plan.read(home.admin_file)
        make_roles(admin)
        for alias, entry in stores.items():
            make_store(admin, StoreKind(entry["kind"]), entry, logins[alias])
        for alias, entry in stores.items():
            say(f"store {alias}")
            shape_store(admin_dsn, alias, entry, logins[alias], before_open)
        for instance in gate.admitted(home).values():
            admit(admin, admin_dsn, instance, stores[StoreKind.HUB])


def make_roles(admin) -> None:
    """The roles of each kind of store. They cannot log in; each store has logins of its own."""
    for kind in StoreKind:
        for part in ("owner", "app", "guard"):
            _ensure_role(admin, f"{kind.value}_{part}", "nologin")
    for database in ("postgres", "template1"):
        admin.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))


def _ensure_role(admin, name: str, attributes: str) -> None:
    if not admin.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
        admin.execute(sql.SQL("create role {} " + attributes).format(sql.Identifier(name)))


def admit(admin, admin_dsn: str, instance: gate.Instance, hub: dict) -> None:
    """The hub login of one provider's own instance: it may come in through the gate and act for its agency alone."""
    _ensure_login(admin, instance.login, instance.password, f"{StoreKind.HUB.value}_app")
    login = sql.Identifier(instance.login)
    admin.execute(sql.SQL("alter role {} connection limit {}").format(login, sql.Literal(gate.MOST_EACH)))
    admin.execute(sql.SQL("alter role {} set statement_timeout = '10s'").format(login))
    admin.execute(sql.SQL("grant connect on database {} to {}").format(sql.Identifier(hub["database"]), login))
    with psycopg.connect(admin_dsn, dbname=hub["database"], autocommit=True) as db:
        set_key(db, StoreKind.HUB.value, instance.entry())


def expel(admin, admin_dsn: str, login: str, hub: dict) -> None:
    """End such a login at once: it cannot connect, what is connected is cut off, its key signs nothing any more."""
    if not admin.execute("select 1 from pg_roles where rolname = %s", [login]).fetchone():
        return
    name = sql.Identifier(login)
    admin.execute(sql.SQL("alter role {} nologin").format(name))
    with psycopg.connect(admin_dsn, dbname=hub["database"], autocommit=True) as db:
        db.execute("delete from guard.secret where login = %s", [login])
        db.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = %s", [login])
        db.execute(sql.SQL("drop owned by {}").format(name))
    admin.execute(sql.SQL("drop role {}").format(name))


def make_store(admin, kind: StoreKind, entry: dict, login: dict) -> None:
    """One store's two logins and its database, which nobody else may connect to at any moment."""
    for user, password, role in (
        (entry["user"], entry["password"], f"{kind.value}_app"),
        (login["user"], login["password"], f"{kind.value}_owner"),
    ):
        _ensure_login(admin, user, password, role)
    admin.execute(
        sql.SQL("alter role {} set role = {}").format(sql.Identifier(login["user"]), sql.Literal(f"{kind.value}_owner"))
    )
    if kind is StoreKind.ACCOUNT:
        admin.execute(
            sql.SQL("alter role {} set role = {}").format(sql.Identifier(entry["user"]), sql.Literal("account_app"))
        )
    database = sql.Identifier(entry["database"])
    if not admin.execute("select 1 from pg_database where datname = %s", [entry["database"]]).fetchone():
        admin.execute(sql.SQL("create database {} template template0 allow_connections false").format(database))
    admin.execute(sql.SQL("revoke all on database {} from public").format(database))
    admin.execute(
        sql.SQL("grant connect on database {} to {}, {}").format(
            database, sql.Identifier(entry["user"]), sql.Identifier(login["user"])
        )
    )
    admin.execute(sql.SQL("alter database {} allow_connections true").format(database))


def _ensure_login(admin, user: str, password: str, role: str) -> None:
    """A login with no power of its own but to take that role."""
    _ensure_role(admin, user, "login noinherit nosuperuser nocreatedb nocreaterole nobypassrls")
    name = sql.Identifier(user)
    admin.execute(sql.SQL("alter role {} password {}").format(name, sql.Literal(password)))
    admin.execute(sql.SQL("grant {} to {} with inherit false, set true").format(sql.Identifier(role), name))
    admin.execute(sql.SQL("alter role {} set lock_timeout = '5s'").format(name))
    admin.execute(sql.SQL("alter role {} set idle_in_transaction_session_timeout = '60s'").format(name))


def shape_store(admin_dsn: str, alias: str, entry: dict, login: dict, before_open=lambda db, alias: None) -> None:
    """Guard, migrations, policies, key and digest of one store; skipped where its digest says it is as it should be."""
    kind = StoreKind(entry["kind"])
    with psycopg.connect(admin_dsn, dbname=entry["database"], autocommit=True) as db:
        wanted = fingerprint()
        if kind is not StoreKind.ACCOUNT:
            if _applied(db) == wanted:
                before_open(db, alias)
                set_key(db, alias, entry)
                return
            db.execute(sql.SQL("grant all on schema public to {}").format(sql.Identifier(f"{kind.value}_owner")))
            db.execute(_text(_GUARD, kind))
        else:
            db.execute("grant all on schema public to account_owner; grant usage on schema public to account_app")
        db.execute("revoke all on schema public from public")
        with acting.commanding(alias):
            call_command("migrate", database=alias, interactive=False, verbosity=0)
        if kind is StoreKind.ACCOUNT:
            _grant_account(db)
            return
        db.execute(
            sql.SQL("grant usage on schema public to {}, {}").format(
                sql.Identifier(f"{kind.value}_app"), sql.Identifier(f"{kind.value}_guard")
            )
        )
        for path in room_sql(kind):
            db.execute(_text(path, kind))
        for statement in policies.statements(kind):
            db.execute(statement)
        db.execute(_CLOSE.read_text())
        before_open(db, alias)
        set_key(db, alias, entry)
        _record(db, wanted)


def room_sql(kind: StoreKind) -> list[Path]:
    """The guard's questions that only a room can answer (who is on a team, which files are restricted)."""
    rooms = [c for c in apps.get_app_configs() if c.name.startswith("concord.") and kind_of(c.label) == kind]
    return sorted(p for c in rooms for p in Path(c.path).glob("guard.sql"))


def _text(path: Path, kind: StoreKind) -> str:
    zone = sql.quote(settings.TIME_ZONE)[1:-1]
    return path.read_text().replace("{kind}", kind.value).replace("{zone}", zone)


def set_key(db, alias: str, entry: dict) -> None:
    """This login's context key. Under the guard's own role: not even the migrate login reads it."""
    k_in, k_out = padded(bytes.fromhex(entry["context_key"]))
    only = [UUID(a) for a in entry.get("only_agencies", [])] or None
    db.execute(
        "insert into guard.secret values (%s, %s, %s, %s, %s) on conflict (login) do update"
        " set store = excluded.store, k_in = excluded.k_in, k_out = excluded.k_out,"
        " only_agencies = excluded.only_agencies",
        [entry["user"], alias, k_in, k_out, only],
    )


def _grant_account(db) -> None:
    """Sign-in has no rows to tell apart by agency: one role, all its tables, in a database of its own."""
    db.execute("grant select, insert, update, delete on all tables in schema public to account_app")
    db.execute("grant usage on all sequences in schema public to account_app")


def _applied(db) -> str | None:
    if db.execute("select to_regclass('guard.shape')").fetchone()[0] is None:
        return None
    row = db.execute("select digest from guard.shape").fetchone()
    if row is None:
        return None
    applied, catalog, zone = _parts(row[0])
    return applied if catalog == catalog_digest(db) and zone == settings.TIME_ZONE else None


def _parts(recorded: str | None) -> tuple[str, str, str]:
    """Version, catalog and time zone of what `apply` recorded; "" for what it did not."""
    version, catalog, zone, *_ = f"{recorded or ''}:::".split(":")
    return version, catalog, zone


def _record(db, wanted: str) -> None:
    db.execute(
        "insert into guard.shape(digest) values (%s) on conflict (one) do update"
        " set digest = excluded.digest, at = now()",
        [f"{wanted}:{catalog_digest(db)}:{settings.TIME_ZONE}"],
    )


def catalog_digest(db) -> str:
    """One number for everything the wall of a database consists of: policies, grants, triggers, guard functions, roles'
    powers. PostgreSQL gives policies back in its own spelling, so the catalog is compared with itself at apply time."""
    rows = db.execute(_SHAPE).fetchall()
    return hashlib.sha256("\n".join(str(r) for r in rows).encode()).hexdigest()


_SHAPE = """
select 'policy', tablename, policyname, roles::text, cmd, coalesce(qual, ''), coalesce(with_check, '')
  from pg_policies where schemaname in ('public', 'guard')
union all select 'table', n.nspname, c.relname, c.relrowsecurity::text, c.relforcerowsecurity::text,
  coalesce(c.relacl::text, ''), pg_get_userbyid(c.relowner)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'guard') and c.relkind in ('r', 'v', 'm', 'p')
union all select 'trigger', c.relname, t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid), '', ''
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and n.nspname in ('public', 'guard')
union all select 'function', p.proname, md5(p.prosrc), p.prosecdef::text, coalesce(p.proacl::text, ''),
  pg_get_userbyid(p.proowner), coalesce(p.proconfig::text, '')
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'guard')
union all select 'role', rolname, rolsuper::text, rolbypassrls::text, rolinherit::text, rolcreaterole::text, ''
  from pg_roles where rolname ~ '_(owner|app|guard)$'
order by 1, 2, 3, 4, 5, 6, 7
"""


def note_restore(admin_dsn: str, kind: str) -> None:
    """Seal into the store's chain that a backup was put in its place."""
    if kind != StoreKind.ACCOUNT:
        with psycopg.connect(admin_dsn) as db:
            db.execute("select guard.add('store.restored', null, null, null, null, null)")


def check(home: Home, *, elsewhere: bool = True) -> list[str]:
    """What is wrong with the stores' shape, in words; empty when all is as applied. Uses the web logins. `elsewhere`:
    stores of other hosts too, which may be down or of another version without stopping anybody here."""
    problems = []
    config = Config(home)
    for store in config.stores.values():
        if store.kind is StoreKind.ACCOUNT or (store.elsewhere and not elsewhere):
            continue
        if found := store.insecurity():
            problems.append(f"{store.alias}: {found}")
            continue
        try:
            problems += [f"{store.alias}: {p}" for p in _check_store(store)]
        except psycopg.Error as error:
            problems.append(f"{store.alias}: cannot be reached ({type(error).__name__}); is the server running?")
    return problems


_ANOTHER_VERSION = "was made for another version: run `concord database apply`"
_ANOTHER_ZONE = "its days are reckoned in {zone}, the pages' in {pages}: run `concord database apply`"
_ANOTHER_HOSTS = "its host runs another version: bring both to the same one; until then what goes across may fail"


def _check_store(store) -> list[str]:
    with psycopg.connect(**store.conninfo()) as db:
        powers = db.execute("select rolsuper, rolbypassrls from pg_roles where rolname = session_user").fetchone()
        found = []
        if any(powers):
            found.append("its web login is a superuser or bypasses row security; the wall would not hold")
        recorded = (
            db.execute(f"set role {store.kind.value}_app").connection.execute("select guard.applied()").fetchone()[0]
        )
        version, catalog, zone = _parts(recorded)
        if version != fingerprint():
            found.append(_ANOTHER_HOSTS if store.elsewhere else _ANOTHER_VERSION)
        elif zone != settings.TIME_ZONE and not store.elsewhere:
            found.append(_ANOTHER_ZONE.format(zone=zone, pages=settings.TIME_ZONE))
        elif catalog != catalog_digest(db):
            found.append(
                "policies, grants or triggers were changed since they were applied: run `concord database apply`"
            )
        return found
