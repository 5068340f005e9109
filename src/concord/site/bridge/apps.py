from django.apps import AppConfig

from concord.vocabulary import StoreKind


class BridgeConfig(AppConfig):
    name = "concord.site.bridge"
    label = "bridge"
    store_kind = StoreKind.HUB
