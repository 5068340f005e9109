from django.apps import AppConfig

from concord.vocabulary import StoreKind


class JusticeConfig(AppConfig):
    name = "concord.site.justice"
    label = "justice"
    store_kind = StoreKind.JUSTICE
