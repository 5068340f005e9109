"""What lies in the vault's tables is ciphertext, for every column that could say who or what; proved on the rows."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connections, models

from concord.site.keys.fields import IDENTIFYING, SealedText
from concord.site.services import actions
from concord.site.services.models import Client, Inquiry
from concord.site.services.reach import Way

ROOM = [model for model in apps.get_app_config("services").get_models()]
DAY = dt.date(2026, 1, 5)
SECRETS = ("Rosalind", "Example", "555-0100", "spanish", "Ordinary day", "immigration_status", "Blue door", "labor",
           "1999-02-03", "Sister Secret", "hispanic", "feminine", "self")  # fmt: skip


@pytest.mark.parametrize("model", ROOM, ids=lambda model: model.__name__)
def test_every_free_text_of_a_vault_is_sealed(model):
    open_text = [
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, models.CharField | models.TextField | models.JSONField) and not f.choices
    ]
    assert open_text == (["form"] if model.__name__ == "Draft" else [])  # the code of a form, chosen by no person


@pytest.mark.parametrize("model", ROOM, ids=lambda model: model.__name__)
def test_what_is_sealed_is_sealed_under_the_clients_own_key(model):
    if not any(isinstance(f, SealedText) for f in model._meta.concrete_fields):
        return
    own_key = {"Client": "id", "Inquiry": "id", "ReferralIn": "id", "Draft": "staff_id"}
    assert model.sealed_under == own_key.get(model.__name__, "client_id")


def test_names_and_ways_to_reach_her_are_classed_as_identifying():
    classed = {f.name: f.privacy for f in Client._meta.concrete_fields if isinstance(f, SealedText)}
    for name in ("called", "given_name", "family_name", "other_names", "birth_date", "reach"):
        assert classed[name] == IDENTIFYING


def _fill_a_file(by):
    client = actions.open_client(
        called="Rosalind Example", first_contact_on=DAY, reach=[Way("call", "555-0100", note="Blue door")],
        language="spanish", need_now=["HOU"], by=by,
    )  # fmt: skip
    actions.record_enrolment(
        client=client, by=by, whys={},
        answers={"given_name": "Rosalind", "other_names": "Sister Secret", "birth_date": dt.date(1999, 2, 3),
                 "race": ["hispanic"], "gender": "feminine", "trafficking_type": "labor", "referral_source": "self"},
    )  # fmt: skip
    actions.add_note(client=client, kind="case", on_date=DAY, text="Ordinary day", by=by)
    actions.decide_need(need=client.needs.get(), mode="unmet", barrier="immigration_status", on_date=DAY, by=by)
    actions.log_service(client=client, service_type="TRN", on_date=DAY, note="Blue door", by=by)
    actions.judge_status(client=client, status="potential", on_date=DAY, decider="ngo", basis="Ordinary day", by=by)
    actions.add_follow_up(client=client, due_on=DAY, what="Blue door", by=by)
    actions.close_client(client=client, closed_on=DAY, reason="detained", note="Ordinary day", by=by)
    return client


def test_no_secret_lies_in_any_table_or_in_the_audit_chain(as_staff):
    with as_staff("advocate") as by:
        _fill_a_file(by)
        actions.keep_inquiry(on_date=DAY, reason="outside_area", called="Sister Secret", wanted=["LEG-I"],
                             note="Blue door", by=by)  # fmt: skip
    tables = [model._meta.db_table for model in ROOM] + ["guard.entry", "guard.detail"]
    with connections["vault_lantern"].cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute("reset session authorization")
        for table in tables:
            cursor.execute(f"select coalesce(string_agg(t::text, '|'), '') from {table} t")
            text = cursor.fetchone()[0]
            assert [s for s in SECRETS if f"{s}" in text.replace("not_asked", "")] == [], table
            hidden = [s for s in SECRETS if s.encode().hex() in text]
            assert hidden == [], table


def test_the_right_agency_reads_what_it_sealed(as_staff):
    with as_staff("advocate") as by:
        pk = _fill_a_file(by).pk
    with as_staff("second_advocate"):
        client = Client.objects.get(pk=pk)
        assert (client.called, client.birth_date) == ("Rosalind Example", dt.date(1999, 2, 3))
        assert client.race == ["hispanic"]
        enrolment = client.enrolments.get()
        assert (enrolment.age_at_entry, enrolment.closure_reason) == (26, "detained")
        assert client.citizenship is None
        assert client.citizenship_why == "withheld"


def test_an_erased_key_leaves_ciphertext_and_counts_as_not_recorded(as_staff, settings):
    with as_staff("advocate") as by:
        inquiry = actions.keep_inquiry(on_date=DAY, reason="outside_area", called="Sister Secret", by=by)
        settings.CONCORD_RINGS.destroy(by.agency, inquiry.pk)
    with as_staff("advocate"), pytest.raises(LookupError):
        assert Inquiry.objects.get(pk=inquiry.pk).called
