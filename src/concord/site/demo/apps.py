from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Only in demo mode: the tour's pages. No tables."""

    name = "concord.site.demo"
    label = "demo"
