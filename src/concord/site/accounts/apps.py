from django.apps import AppConfig

from concord.vocabulary import StoreKind


class AccountsConfig(AppConfig):
    name = "concord.site.accounts"
    label = "accounts"
    store_kind = StoreKind.HUB
