from django.apps import AppConfig

from concord.vocabulary import StoreKind


class ServicesConfig(AppConfig):
    name = "concord.site.services"
    label = "services"
    store_kind = StoreKind.VAULT
