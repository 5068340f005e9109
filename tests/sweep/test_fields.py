"""What may stand in clear, and what may not: found by looking at every column of every walled table."""

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from concord.site.keys.fields import SealedText
from concord.site.stores.models import WalledModel
from concord.site.stores.router import kind_of
from concord.vocabulary import StoreKind

CODES = Path(__file__).with_name("field_codes.txt")

# Text that justice keeps in clear, each for a reason. It names no person: references, places of work, public citations.
JUSTICE_IN_CLEAR = {
    "justice_lead": {"reference", "county"},
    "justice_investigation": {"code_name", "counties"},
    "justice_person": {"first_act_on", "screening_tool"},  # a partial date; the tool's name and version
    "justice_scheme": {"label", "patterns"},
    "justice_pair": {"relation"},
    "justice_assertion": {"element", "value"},
    "justice_docket": {"court"},
    "justice_hearing": {"place"},
    "justice_charge": {"jurisdiction", "citation", "review"},
    "justice_consideredcharge": {"jurisdiction", "citation", "review"},
    "justice_draft": {"form"},
}
VAULT_IN_CLEAR = {"services_draft": {"form"}}


def walled(kind=None):
    return [
        m
        for m in apps.get_models()
        if issubclass(m, WalledModel) and (kind is None or kind_of(m._meta.app_label) == kind)
    ]


def free_text(model) -> set[str]:
    """Columns a person could type anything into, that the database can read."""
    found = set()
    for field in model._meta.concrete_fields:
        inner = field.base_field if isinstance(field, ArrayField) else field
        if isinstance(inner, (models.CharField, models.TextField, models.JSONField)) and not inner.choices:
            found.add(field.name)
    return found


def sealed(model) -> list[SealedText]:
    return [f for f in model._meta.concrete_fields if isinstance(f, SealedText)]


@pytest.mark.parametrize("model", walled(StoreKind.VAULT), ids=lambda m: m._meta.db_table)
def test_no_text_of_a_vault_is_in_clear(model):
    assert free_text(model) <= VAULT_IN_CLEAR.get(model._meta.db_table, set())


@pytest.mark.parametrize("model", walled(StoreKind.JUSTICE), ids=lambda m: m._meta.db_table)
def test_text_of_justice_is_sealed_unless_it_names_nobody(model):
    imports = model.__module__.endswith(".imports")  # codes of the FBI's public release, never names
    assert imports or free_text(model) <= JUSTICE_IN_CLEAR.get(model._meta.db_table, set())


def test_the_hub_keeps_nothing_that_needs_a_persons_key():
    assert [m._meta.db_table for m in walled(StoreKind.HUB) if sealed(m)] == []


def test_every_sealed_column_says_whose_key_seals_it():
    for model in walled():
        if sealed(model):
            assert model.sealed_under in {f.attname for f in model._meta.concrete_fields}, model._meta.db_table


def test_field_codes_are_permanent():
    """A code is bound into every ciphertext: one used once is never renamed, reused or removed from the list."""
    listed = CODES.read_text().split()
    used = {f.code for m in apps.get_models() for f in sealed(m)}
    assert len(listed) == len(set(listed))
    assert used <= set(listed), f"add to {CODES.name}: {sorted(used - set(listed))}"


def test_one_code_in_two_tables_is_the_same_thing():
    """Codes are shared only by an abstract base's fields, or by each room's own drafts."""
    owners = {}
    for model in walled():
        for field in sealed(model):
            owners.setdefault(field.code, set()).add(field.name)
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


def test_every_walled_table_has_a_place_on_the_wall():
    for model in walled():
        columns = {f.column for f in model._meta.concrete_fields}
        assert model.wall.file in columns, f"{model._meta.db_table}: audit entries need a file they belong to"
