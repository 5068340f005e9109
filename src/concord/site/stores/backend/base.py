"""Django's PostgreSQL backend with a door: a store opens only for whoever is acting, and only if the wall lets her."""

import atexit

from django.conf import settings
from django.db.backends.postgresql import base

from concord.site.stores import acting, context, outages
from concord.vocabulary import StoreKind

_SETTLE = "reset all; reset role; set time zone 'UTC'"
"""A connection comes from a pool: what an injected `commit; set ...` left on it must not meet the next person."""
_BINDING = f"{_SETTLE}; select pg_backend_pid(), (extract(epoch from now()) * 1000000)::bigint"
_ENTER = "select set_config('role', %s, true), set_config('concord.ctx', %s, true), set_config('concord.sig', %s, true)"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to one store. Every way to the server passes `door()`."""

    def door(self) -> None:
        store = settings.CONCORD.stores.get(self.alias)
        if store is None:
            raise acting.StoreNotServed(f"this process does not serve the store {self.alias!r}")
        a = acting.current_or_none()
        if a is None:
            if store.kind is not StoreKind.ACCOUNT and not acting.is_commanding():
                raise acting.NoActing(f"store {self.alias!r} was touched while no one is acting")
            return
        if not a.allows(store):
            raise acting.StoreRefused(f"the wall does not open {store.kind} to {a.viewer.sector}")
        if self.alias not in a.open and self.alias not in a.opening:
            acting.open_store(self, a)

    def enter_store(self, viewer) -> None:
        """Take the kind's role and the signed context until the transaction ends."""
        store = settings.CONCORD.stores[self.alias]
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(_BINDING)
            while cursor.nextset():
                """Only the last of the statements, sent in one go, has an answer to read."""
            pid, started = cursor.fetchone()
            text, signature = context.sign(
                viewer, store=store.alias, key=store.context_key, pid=pid, started_us=started
            )
            cursor.execute(_ENTER, [f"{store.kind.value}_app", text, signature])

    def leave_store(self) -> None:
        """Called when the store has closed. Role and context were local to the transaction: nothing is left to undo."""

    @property
    def in_atomic_block(self):
        """Read by every `atomic()`: opening here makes a view's own atomic a savepoint of the request's transaction."""
        a = acting.current_or_none()
        if a is not None and self.alias not in a.open and self.alias not in a.opening:
            self.door()
        return self._in_atomic_block

    @in_atomic_block.setter
    def in_atomic_block(self, value):
        self._in_atomic_block = value

    def _cursor(self, name=None):
        self.door()
        return super()._cursor(name)

    def ensure_connection(self):
        """The door first: opening the store on the way to a connection would take a second one and lose the first.
        When a request has ended, Django asks once more in order to give the connection back; nobody acts then."""
        if self.connection is None or acting.current_or_none() is not None:
            self.door()
        super().ensure_connection()

    def get_new_connection(self, conn_params):
        self.door()
        if not settings.CONCORD.stores[self.alias].elsewhere:
            return super().get_new_connection(conn_params)
        outages.require_there(self.alias)
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError as error:
            raise outages.note(self.alias) from error


@atexit.register
def close_pools() -> None:
    """While threads can still end: once the interpreter is going, each pool would be waited for, five seconds long."""
    for pool in list(DatabaseWrapper._connection_pools.values()):
        pool.close()
