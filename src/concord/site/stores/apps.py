from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "concord.site.stores"
    label = "stores"
