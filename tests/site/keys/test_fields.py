"""Sealed fields: ciphertext in the column, plain values on the object, keys only from whoever is acting."""

import datetime as dt

import pytest
from django.db import connections

from concord.site.justice.models import Person as JusticePerson
from concord.site.keys.sealing import KeyRefused, NoKey, Unreadable
from concord.site.people.models import Person as PersonBase
from concord.site.services.models import Client
from concord.site.stores import acting


@pytest.fixture
def client_row(world):
    agency = world.agencies["lantern"].pk
    with acting.commanding("vault_lantern"):
        row = Client(agency_id=agency, given_name="Juniper", family_name="Fenwillow", birth_date=dt.date(2009, 2, 3))
        row.birth_date_why, row.first_contact_on = "", dt.date(2026, 1, 5)
        row.reach = [{"way": "phone", "value": "555-0100"}]
        row.save()
    return row


def column(name, row):
    with connections["vault_lantern"].cursor() as cursor:
        cursor.execute(f"select {name} from services_client where id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


def test_the_column_holds_ciphertext_and_the_object_the_name(world, client_row):
    assert b"Juniper" not in column("given_name", client_row)
    with acting.acting(world.viewer("advocate")):
        read = Client.objects.get(pk=client_row.pk)
        assert (read.full_name, read.birth_date) == ("Juniper Fenwillow", dt.date(2009, 2, 3))
        assert read.reach == [{"way": "phone", "value": "555-0100"}]


def test_the_same_name_twice_looks_different(world, client_row):
    first = column("given_name", client_row)
    with acting.commanding("vault_lantern"):
        client_row.given_name = "Juniper"
        client_row.save()
    assert column("given_name", client_row) != first


def test_a_value_moved_to_another_field_does_not_open(world, client_row):
    with connections["vault_lantern"].cursor() as cursor:
        cursor.execute("update services_client set family_name = given_name where id = %s", [client_row.pk])
    with acting.acting(world.viewer("advocate")):
        with pytest.raises(Unreadable):
            _ = Client.objects.get(pk=client_row.pk).family_name


def test_keys_of_another_agency_are_refused(world, client_row):
    held_by_lantern = Client(id=client_row.pk, agency_id=client_row.agency_id)
    held_by_lantern.__dict__["given_name"] = column("given_name", client_row)
    with acting.acting(world.viewer("outsider")), pytest.raises(KeyRefused):
        _ = held_by_lantern.given_name


def test_not_even_a_partner_of_the_provider_may_use_its_keys(world, client_row):
    detective = world.viewer("detective")
    assert client_row.agency_id in detective.partners
    taken = Client(id=client_row.pk, agency_id=client_row.agency_id)
    taken.__dict__["given_name"] = column("given_name", client_row)
    with acting.acting(detective), pytest.raises(KeyRefused):
        _ = taken.given_name


def test_a_row_of_a_case_that_names_a_provider_as_its_holder_opens_no_key_of_the_provider(world, client_row):
    forged = JusticePerson(investigation_id=client_row.pk, agency_id=client_row.agency_id)
    forged.__dict__["given_name"] = column("given_name", client_row)
    forged.sealed_under = "investigation_id"
    with acting.acting(world.viewer("detective")), pytest.raises(KeyRefused):
        _ = forged.given_name


def test_a_destroyed_key_leaves_an_unreadable_row(world, client_row, settings):
    settings.CONCORD_RINGS.destroy(client_row.agency_id, client_row.pk)
    with acting.acting(world.viewer("advocate")), pytest.raises(NoKey):
        _ = Client.objects.get(pk=client_row.pk).given_name


def test_sealed_fields_cannot_be_filtered_on(world, client_row):
    with acting.acting(world.viewer("advocate")), pytest.raises(TypeError, match="sealed"):
        Client.objects.filter(given_name="Juniper").exists()


def test_unknown_stays_null_and_empty_text_is_unknown(world):
    with acting.commanding("vault_lantern"):
        row = Client.objects.create(
            agency_id=world.agencies["lantern"].pk, given_name="", first_contact_on=dt.date(2026, 1, 5)
        )
        with connections["vault_lantern"].cursor() as cursor:
            cursor.execute("select given_name, birth_date from services_client where id = %s", [row.pk])
            assert cursor.fetchone() == (None, None)


def test_the_bases_of_people_have_no_table():
    assert PersonBase._meta.abstract
