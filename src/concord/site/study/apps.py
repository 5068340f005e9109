from django.apps import AppConfig

from concord.vocabulary import StoreKind


class StudyConfig(AppConfig):
    name = "concord.site.study"
    label = "study"
    store_kind = StoreKind.STUDY
