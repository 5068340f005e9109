from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "concord.site.web"
    label = "web"
