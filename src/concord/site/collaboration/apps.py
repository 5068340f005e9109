from django.apps import AppConfig

from concord.vocabulary import StoreKind


class CollaborationConfig(AppConfig):
    name = "concord.site.collaboration"
    label = "collaboration"
    store_kind = StoreKind.HUB
