"""The site's backend for tests that roll back: one administrator's connection a store, open for the whole test, that
takes the identity a request would have (`SET SESSION AUTHORIZATION`), so that the web login's true rights hold inside
requests and factories run as the tables' owner outside them."""

from django.conf import settings

from concord.site.stores.backend import base
from concord.vocabulary import StoreKind


class DatabaseWrapper(base.DatabaseWrapper):
    def enter_store(self, viewer):
        self._become(settings.CONCORD.stores[self.alias].user)
        super().enter_store(viewer)

    def leave_store(self):
        self.become_owner()

    def become_owner(self):
        """Released savepoints keep what was set: a context that is still valid would hide a missing one."""
        store = settings.CONCORD.stores[self.alias]
        if store.kind is StoreKind.ACCOUNT:
            return self._become(None)
        self._become(f"{store.user.removesuffix('_web')}_migrate", f"{store.kind.value}_owner")

    def _become(self, login, role=None):
        steps = ["reset role", "reset session authorization"]
        steps += [f'set session authorization "{login}"'] if login else []
        steps += [f'set role "{role}"'] if role else []
        with self.connection.cursor() as cursor:
            for step in steps:
                cursor.execute(step)
            cursor.execute("select set_config('concord.ctx', '', false), set_config('concord.sig', '', false)")
