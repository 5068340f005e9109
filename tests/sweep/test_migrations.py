"""The migrations make the tables that the models say."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_no_model_differs_from_its_migrations():
    written = MigrationLoader(None)
    changes = MigrationAutodetector(written.project_state(), ProjectState.from_apps(apps)).changes(graph=written.graph)
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("concord.")}
    assert {label: found for label, found in changes.items() if label in ours} == {}
