from django.apps import AppConfig

from concord.vocabulary import StoreKind


class ReportingConfig(AppConfig):
    name = "concord.site.reporting"
    label = "reporting"
    store_kind = StoreKind.HUB
