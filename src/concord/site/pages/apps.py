from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "concord.site.pages"
    label = "pages"
