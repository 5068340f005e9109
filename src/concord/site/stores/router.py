"""Where each app's tables live: one app, one kind of store, declared by its AppConfig as `store_kind`.

Apps that say nothing (Django's own, allauth, axes) belong to sign-in. The vault is always the acting provider's own.
"""

from django.apps import apps
from django.conf import settings

from concord.site.stores import acting
from concord.vocabulary import StoreKind


class ForeignObject(PermissionError):
    """An object loaded from one vault was about to be written to another."""


def kind_of(app_label: str) -> StoreKind:
    return getattr(apps.get_app_config(app_label), "store_kind", StoreKind.ACCOUNT)


class StoreRouter:
    def db_for_read(self, model, instance=None, **hints):
        return alias_for(model._meta.app_label, instance)

    def db_for_write(self, model, instance=None, **hints):
        return alias_for(model._meta.app_label, instance)

    def allow_relation(self, one, other, **hints):
        return kind_of(one._meta.app_label) == kind_of(other._meta.app_label) and one._state.db == other._state.db

    def allow_migrate(self, db, app_label, model_name=None, **hints):
        store = settings.CONCORD.stores.get(db)
        return store is not None and store.kind == kind_of(app_label)


def alias_for(app_label, instance=None) -> str:
    kind = kind_of(app_label)
    if kind is StoreKind.ACCOUNT:
        return "default"
    if kind is not StoreKind.VAULT:
        return kind.value
    a = acting.current_or_none()
    if a is None:
        alias = acting.command_alias()
        if alias in (None, "*"):
            raise acting.NoActing("no vault is chosen: act as one of its provider's staff")
    elif a.vault is None:
        raise acting.StoreRefused(f"the wall does not open vault to {a.viewer.sector}")
    else:
        alias = a.vault
    if instance is not None and instance._state.db not in (None, alias):
        raise ForeignObject("this record belongs to another provider's vault")
    return alias
