from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "concord.site.keys"
    label = "keys"
