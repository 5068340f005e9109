from django.apps import AppConfig

from concord.vocabulary import StoreKind


class SigninConfig(AppConfig):
    name = "concord.site.signin"
    label = "signin"
    store_kind = StoreKind.ACCOUNT
