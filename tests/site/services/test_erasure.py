"""A file goes for good: nothing of her opens, nothing of her is found, and what must stay says nothing of her."""

import datetime as dt
import hashlib
import re
from contextlib import contextmanager
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from concord.law import keeping as law
from concord.site.bridge import actions as bridge
from concord.site.bridge import envelope
from concord.site.keys import forgetting
from concord.site.keys.fields import SealedText
from concord.site.keys.forgetting import What
from concord.site.keys.rings import NoKey
from concord.site.pages import drafts
from concord.site.pages.objections import Objection
from concord.site.services import actions, caseload, measures, search
from concord.site.services.actions import erasure
from concord.site.services.models import Client, Erasure, Inquiry, Note
from concord.site.stores import acting as stores
from concord.site.web.ticks import service_account
from concord.vocabulary import ReferralKind, Sector
from tests.stores import LANTERN
from tests.sweep.rows import RowMaker, lift_checks

DAY = dt.date(2026, 1, 5)
_VAULT = "vault_lantern"


@pytest.fixture
def closed_file(as_staff, open_file):
    """`closed_file("Rosalind Example")`: opened by her advocate, written in, closed."""

    def closed(called="Rosalind Example", **more):
        pk = open_file(called, **more)
        with as_staff("advocate") as by:
            client = Client.objects.get(pk=pk)
            actions.add_note(client=client, kind="case", on_date=timezone.localdate(), text="An ordinary day", by=by)
            actions.log_service(client=client, service_type="TRN", on_date=timezone.localdate(), note="A bus", by=by)
            actions.close_client(
                client=client, closed_on=timezone.localdate(), reason="moved", note="Moved on", by=by
            )
        return pk

    return closed


@pytest.fixture
def erase(as_staff):
    """`erase(pk)` erases as the provider's privacy officer."""

    def erased(pk, by="lantern_admin", model=Client):
        with as_staff(by) as viewer:
            row = model.objects.get(pk=pk)
            act = erasure.erase_client if model is Client else erasure.erase_inquiry
            name = "client" if model is Client else "inquiry"
            return act(**{name: row}, asked=law.Asked.WORD, asked_on=timezone.localdate(), by=viewer)

    return erased


@pytest.fixture
def referred(as_staff):
    """`referred()` sends Rosalind Example to the provider as a detective: the referral's id."""

    def sent():
        id = uuid4()
        with as_staff("detective") as by:
            bridge.refer(id=id, kind=ReferralKind.SERVICES, to_agency=LANTERN, by=by,
                         content={"summary": "Asked for a bed", "name": "Rosalind Example"})  # fmt: skip
        return id

    return sent


def body(page) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page.content)


def as_owner(statement, *parameters, store=_VAULT):
    with connections[store].cursor() as cursor:
        cursor.execute("reset role; reset session authorization")
        cursor.execute(statement, parameters)
        found = cursor.fetchall() if cursor.description else []
    connections[store].become_owner()
    return found


def sealed_left(pk) -> list[str]:
    """Sealed columns of hers that still hold something, as the database's own catalog tells them."""
    columns = as_owner(
        "select a.table_name, a.column_name, b.column_name from information_schema.columns a"
        " join information_schema.columns b on b.table_schema = a.table_schema and b.table_name = a.table_name"
        " where a.table_schema = 'public' and a.data_type = 'bytea' and b.data_type = 'uuid'"
    )
    left = []
    for table, column, names_her in columns:
        if table != "services_erasure" and as_owner(
            f"select 1 from {table} where {names_her} = %s and length({column}) > 0", pk
        ):
            left.append(f"{table}.{column}")
    return left


def test_every_sealed_value_of_hers_is_emptied_and_her_key_is_gone(closed_file, erase, world):
    pk, other = closed_file(), closed_file("Somebody Else")
    assert "services_note.text" in sealed_left(pk)
    erase(pk)
    assert sealed_left(pk) == []
    assert "services_note.text" in sealed_left(other)
    with pytest.raises(NoKey):
        settings.CONCORD_RINGS.person(world.agencies["lantern"].pk, pk)


def test_the_pages_ask_twice_and_then_the_file_is_nowhere(closed_file, visit, world):
    pk = closed_file()
    browser = visit(world.users["lantern_admin"])
    assert "Rosalind" in browser.get(reverse("services:kept", args=[pk])).text
    address, answers = reverse("services:erase", args=[pk]), {
        "asked": "by_word", "asked_on_month": "1", "asked_on_day": "5", "asked_on_year": "2026", "told": "on",
    }  # fmt: skip
    assert "Read this with Rosalind" in browser.get(address).text
    page = browser.post(address, answers)
    assert page.status_code == 200
    assert "Erase it for good" in page.text
    assert not Erasure.objects.using("vault_lantern").exists()
    page = browser.post(address, answers | {"sure": "1"})
    proof = browser.get(page.url)
    assert "Proof of deletion" in proof.text
    assert "Rosalind" not in proof.text
    nothing = body(browser.get(reverse("services:client", args=[uuid4()])))
    for name in ("client", "services", "notes", "details", "ledger", "kept", "on_paper", "as_data", "erase"):
        gone = browser.get(reverse(f"services:{name}", args=[pk]))
        assert (gone.status_code, body(gone)) == (404, nothing), name
    assert str(pk) not in browser.get(reverse("services:clients"), {"whose": "all", "state": "any"}).text


# --- What is emptied, and what stays ----------------------------------------------------------------------------------


def test_no_table_that_holds_sealed_values_of_a_person_is_forgotten(world):
    """A new table with a sealed column names her by a column the guard knows, or is one of these, each for a reason."""
    known = {table for (table,) in as_owner("select relation::text from guard.sealed")}
    sealed = {
        model._meta.db_table
        for model in apps.get_app_config("services").get_models()
        if any(isinstance(field, SealedText) for field in model._meta.concrete_fields)
    }
    by_hand = {
        "services_referralin",  # under a key of its own, found by the link that is part of her file
        "services_draft",  # under its writer's key: the whole row goes
    }
    assert sealed - known == by_hand


def test_every_kind_of_row_of_hers_is_emptied(world):
    """A row in each table, with something in each sealed column, made by looking at the tables."""
    tables = [table for (table,) in as_owner("select relation::text from guard.sealed where relation <> %s",
                                             "services_inquiry")]  # fmt: skip
    lift_checks("vault_lantern", tables)
    maker = RowMaker("vault_lantern", {"agency_id": LANTERN})
    for model in apps.get_app_config("services").get_models():
        if model._meta.db_table in tables:
            row = maker.target(model)
            columns = [f.column for f in model._meta.concrete_fields if isinstance(f, SealedText)]
            filled = ", ".join(f"{column} = 'sealed'" for column in columns)
            update = f"update {model._meta.db_table} set {filled} where id = '{row.pk}'"
            as_owner(f"set session_replication_role = replica; {update}; set session_replication_role = origin")
    pk = maker.target(Client).pk
    assert {name.partition(".")[0] for name in sealed_left(pk)} == set(tables)
    [(removed,)] = as_owner("select removed from guard.empty_file(%s, %s, current_date)", LANTERN, pk)
    assert removed > 40
    assert sealed_left(pk) == []


def test_what_was_written_stays_as_written_for_everybody_but_the_guard_that_empties(closed_file, as_staff):
    pk = closed_file()
    with as_staff("advocate"), pytest.raises(DatabaseError, match="kept as it was written"):
        Note.objects.filter(client_id=pk).update(text=None)


def test_the_chain_keeps_who_did_what_and_nothing_of_what_it_said(closed_file, erase, as_staff):
    pk = closed_file()
    entries = as_owner("select count(*) from guard.entry where subject = %s", pk)[0][0]
    assert as_owner("select count(*) from guard.detail where subject = %s", pk)[0][0] > 5
    erase(pk)
    assert as_owner("select count(*) from guard.detail where subject = %s", pk) == [(0,)]
    assert as_owner("select count(*) from guard.entry where subject = %s", pk)[0][0] > entries
    assert as_owner("select count(*) from guard.entry where subject = %s and verb = 'file.erased'", pk) == [(1,)]


def test_drafts_about_her_go_and_none_is_written_any_more(closed_file, erase, visit, world):
    pk, key = closed_file(), str(uuid4())
    browser = visit(world.users["second_advocate"])
    address = reverse("services:draft_of", args=["note", pk])
    assert browser.post(address, {"client_key": key, "text": "She said"}).status_code == 200
    assert as_owner("select count(*) from services_draft where subject = %s", pk) == [(1,)]
    erase(pk)
    assert as_owner("select count(*) from services_draft where subject = %s or outcome = %s", pk, pk) == [(0,)]
    assert browser.post(address, {"client_key": str(uuid4()), "text": "She said"}).status_code in (403, 404)
    assert as_owner("select count(*) from services_draft where subject = %s", pk) == [(0,)]


def test_another_advocate_who_has_the_file_open_is_refused_in_clear_words(closed_file, erase, visit, world):
    pk = closed_file()
    browser = visit(world.users["second_advocate"])
    address = reverse("services:note_new", args=[pk])
    key = browser.get(address).context["draft"].client_key
    erase(pk)
    page = browser.post(address, {"client_key": str(key), "kind": "case", "on_date": "2026-01-05", "text": "Came by"})
    assert page.status_code == 404
    assert "There is no such page, or it is not open to you." in page.text
    assert sealed_left(pk) == []


def test_a_save_that_slips_in_while_the_file_goes_gets_no_key(closed_file, erase, world):
    pk = closed_file()
    erase(pk)
    with pytest.raises(NoKey):
        settings.CONCORD_RINGS.person(world.agencies["lantern"].pk, pk, create=True)
    settings.CONCORD_RINGS.create_many(world.agencies["lantern"].pk, [pk])
    with pytest.raises(NoKey):
        settings.CONCORD_RINGS.person(world.agencies["lantern"].pk, pk)


def test_she_is_in_no_list_and_no_search_and_in_every_count(closed_file, erase, as_staff, world):
    pk, today = closed_file(), timezone.localdate()
    jobs = service_account(world.agencies["lantern"].pk, Sector.COMMUNITY_SERVICES)

    def counted():
        with stores.acting(jobs):
            found = measures.counts(measures.Quarter.of(today), by=jobs)
            return {(c.measure, *c.by.values()): c.value for c in found if c.measure != "closures_by_reason"}

    before = counted()
    erase(pk)
    assert counted() == before
    for who in ("advocate", "lantern_admin"):
        with as_staff(who) as by:
            assert not caseload.clients(by).filter(pk=pk).exists()
            assert search.find("Rosalind", by=by) == []
            assert not Note.objects.filter(client_id=pk).exists()


def test_a_principal_goes_and_her_family_stays(open_file, closed_file, erase, as_staff, visit, world):
    pk = closed_file()
    with as_staff("advocate") as by:
        child = actions.open_client(
            called="Ash Example", first_contact_on=timezone.localdate(), principal=Client.objects.get(pk=pk),
            relation="child", by=by,
        ).pk  # fmt: skip
    browser = visit(world.users["lantern_admin"])
    assert "The file of one family member" in browser.get(reverse("services:erase", args=[pk])).text
    erase(pk)
    for name in ("client", "details", "on_paper", "as_data"):
        page = browser.get(reverse(f"services:{name}", args=[child]))
        assert page.status_code == 200, name
        assert "Rosalind" not in page.text
    assert "Ash Example" in browser.get(reverse("services:details", args=[child])).text


def test_somebody_turned_away_is_erased_too(as_staff, erase, visit, world):
    with as_staff("advocate") as by:
        asked = actions.keep_inquiry(on_date=DAY, reason="no_capacity", called="Sister Secret", by=by).pk
    browser = visit(world.users["lantern_admin"])
    page = browser.get(reverse("services:inquiry", args=[asked]))
    assert reverse("services:inquiry_erase", args=[asked]) in page.text
    erase(asked, model=Inquiry)
    assert sealed_left(asked) == []
    assert browser.get(reverse("services:inquiry", args=[asked])).status_code == 404
    with as_staff("advocate") as by:
        assert search.find("Sister", by=by) == []


def test_the_referral_she_came_by_turns_to_noise_and_its_sender_sees_no_difference(
    as_staff, referred, erase, world, visit
):
    sent = referred()
    with as_staff("detective") as by:
        before = bytes(bridge.outbox(by).get(pk=sent).content)
    with as_staff("advocate") as by:
        client = actions.accept_referral(referral_id=sent, by=by)
        actions.close_client(client=client, closed_on=timezone.localdate(), reason="moved", by=by)
    erase(client.pk)
    with as_staff("detective") as by:
        row = bridge.outbox(by).get(pk=sent)
        assert len(bytes(row.content)) == len(before)
        assert bytes(row.content) != before
        assert row.received_at == row.sent_at
    page = visit(world.users["advocate"]).get(reverse("services:referral", args=[sent]))
    assert page.status_code == 200
    assert "Rosalind" not in page.text
    key = settings.CONCORD_RINGS.agency(LANTERN)
    with pytest.raises(InvalidTag):
        envelope.open_content(bytes(row.content), key=key, referral=sent)


def opens(referral) -> bool:
    """Whether her provider's key still opens what lies on the bridge."""
    [(content,)] = as_owner("select content from bridge_referral where id = %s", referral, store="hub")
    key = settings.CONCORD_RINGS.agency(LANTERN)
    try:
        return bool(envelope.open_content(bytes(content), key=key, referral=referral))
    except InvalidTag:
        return False


def test_what_a_referral_told_of_somebody_turned_down_is_erased(as_staff, referred, visit, world):
    sent = referred()
    with as_staff("advocate") as by:
        received = actions.decline_referral(referral_id=sent, reason="no_capacity", note="Sister Secret", by=by)
    page, erasing = (reverse(f"services:{name}", args=[sent]) for name in ("referral", "referral_erase"))
    assert "Rosalind" in visit(world.users["advocate"]).get(page).text
    assert erasing not in visit(world.users["advocate"]).get(page).text
    assert visit(world.users["advocate"]).get(erasing).status_code == 404
    browser = visit(world.users["lantern_admin"])
    assert erasing in browser.get(page).text
    given = {"asked": "by_word", "asked_on_month": "1", "asked_on_day": "5", "asked_on_year": "2026", "told": "on"}
    assert "Erase it for good" in browser.post(erasing, given).text
    assert opens(sent)
    assert browser.post(erasing, given | {"sure": "1"}).status_code == 302
    assert not opens(sent)
    assert sealed_left(received.pk) == []
    after = browser.get(page).text
    assert "What was sent was erased." in after
    assert erasing not in after
    assert "Rosalind" not in after
    assert "Sister Secret" not in after
    with pytest.raises(NoKey):
        settings.CONCORD_RINGS.person(LANTERN, received.pk)
    with as_staff("lantern_admin"):
        assert Erasure.objects.get(subject=received.pk).removed == 2


def test_a_referral_that_waits_or_was_accepted_is_not_erased_by_itself(as_staff, referred, visit, world):
    waits, accepted = referred(), referred()
    with as_staff("advocate") as by:
        actions.accept_referral(referral_id=accepted, by=by)
        waiting, _content = actions.open_referral(referral_id=waits, by=by)
    browser = visit(world.users["lantern_admin"])
    for sent in (waits, accepted):
        assert browser.get(reverse("services:referral_erase", args=[sent])).status_code == 404
    with as_staff("lantern_admin") as by, pytest.raises(DatabaseError, match="no such file"):
        actions.erase_declined(received=waiting, asked=law.Asked.WORD, asked_on=timezone.localdate(), by=by)
    assert opens(waits)


def test_a_referral_that_an_older_backup_of_the_hub_brings_back_is_blanked_again(as_staff, referred, erase, world):
    sent, jobs = referred(), service_account(world.agencies["lantern"].pk, Sector.COMMUNITY_SERVICES)
    with as_staff("detective") as by:
        before = bytes(bridge.outbox(by).get(pk=sent).content)
    with as_staff("advocate") as by:
        client = actions.accept_referral(referral_id=sent, by=by)
        actions.close_client(client=client, closed_on=timezone.localdate(), reason="moved", by=by)
    erase(client.pk)
    assert not opens(sent)
    with as_staff("lantern_admin") as by:
        assert bridge.not_blank([sent], by) == []  # a person is told nothing, whether or not there is anything
    as_owner("update bridge_referral set content = %s where id = %s", before, sent, store="hub")
    as_owner("delete from guard.noise", store="hub")
    assert opens(sent)
    with stores.acting(jobs):
        assert erasure.finish(jobs) == 1
        assert erasure.finish(jobs) == 0
    assert not opens(sent)


# --- The proof --------------------------------------------------------------------------------------------------------


def test_the_proof_is_over_what_was_there_and_names_nobody(closed_file, erase):
    pk = closed_file()
    columns = as_owner("select relation::text, named_by, columns from guard.sealed order by relation")
    digests = ""
    for table, named_by, sealed in columns:
        hers = " or ".join(f"{name} = %s" for name in named_by)
        for row in as_owner(f"select {', '.join(sealed)} from {table} where {hers} order by id", *[pk] * len(named_by)):
            digests += "".join(hashlib.sha256(bytes(value)).hexdigest() for value in row if value)
    made = erase(pk)
    assert bytes(made.proof) == hashlib.sha256(digests.encode()).digest()
    assert made.removed == len(digests) // 64
    assert made.complete_by == timezone.localdate() + dt.timedelta(days=30)


# --- Who may, and what stands against it ------------------------------------------------------------------------------


def test_an_advocate_and_an_administrator_do_not_erase(closed_file, erase, visit, world):
    pk = closed_file()
    with pytest.raises(PermissionDenied):
        erase(pk, by="advocate")
    assert visit(world.users["advocate"]).get(reverse("services:erase", args=[pk])).status_code in (403, 404)


@contextmanager
def refused(store):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(store):
        with connections[store].cursor() as cursor:
            yield cursor


def test_the_database_refuses_too_whoever_asks(open_file, closed_file, as_staff):
    open_one, closed_one = open_file("Open Example"), closed_file()
    for who, pk in (("advocate", closed_one), ("lantern_admin", open_one), ("lantern_admin", uuid4())):
        with as_staff(who), refused(_VAULT) as cursor:
            cursor.execute("select guard.forget(%s, current_date)", [pk])
    with as_staff("counsel"), refused("vault_harbor") as cursor:
        cursor.execute("select guard.empty_file(%s, %s, current_date)", [LANTERN, closed_one])


def test_an_open_file_is_closed_first(open_file, erase):
    with pytest.raises(Objection, match="Close it first"):
        erase(open_file())


def test_a_restricted_file_that_is_not_hers_does_not_exist_for_whoever_erases(open_file, as_staff, erase, visit, world):
    pk = open_file(restricted=True)
    assert visit(world.users["lantern_admin"]).get(reverse("services:erase", args=[pk])).status_code == 404
    with pytest.raises(Client.DoesNotExist):
        erase(pk)


def test_erasing_twice_gives_the_same_proof_once(closed_file, as_staff, world):
    pk = closed_file()
    with as_staff("lantern_admin") as by:
        client, today = Client.objects.get(pk=pk), timezone.localdate()
        one, two = (actions.erase_client(client=client, asked=law.Asked.WORD, asked_on=today, by=by) for _ in range(2))
    assert one.pk == two.pk
    assert len(settings.CONCORD_FORGOTTEN.of(What.ERASED)) == 1


# --- When something fails ---------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_happened(closed_file, world):
    """A closed file, and a check afterwards that it is as it was."""
    pk = closed_file()
    before = sealed_left(pk)
    yield pk
    assert sealed_left(pk) == before
    assert settings.CONCORD_RINGS.person(world.agencies["lantern"].pk, pk)
    assert settings.CONCORD_FORGOTTEN.entries() == []
    assert not Erasure.objects.using("vault_lantern").exists()


def test_a_log_that_cannot_be_written_stops_it(nothing_happened, erase):
    settings.CONCORD_FORGOTTEN.path.mkdir()
    with pytest.raises(Objection, match="Nothing was erased"):
        erase(nothing_happened)
    settings.CONCORD_FORGOTTEN.path.rmdir()


def test_a_ring_that_is_missing_stops_it(nothing_happened, erase, world):
    rings = settings.CONCORD_RINGS
    ring = rings.root / "person" / f"{world.agencies['lantern'].pk}.ring"
    rings.close()
    ring.rename(ring.with_suffix(".aside"))
    try:
        with pytest.raises(Objection, match="Nothing was erased"):
            erase(nothing_happened)
    finally:
        rings.close()
        ring.with_suffix(".aside").rename(ring)


def test_what_a_crash_cut_off_after_the_log_the_tick_finishes(closed_file, as_staff, world):
    """The log says it, the key is gone or not, the stores never committed."""
    pk, jobs = closed_file(), service_account(world.agencies["lantern"].pk, Sector.COMMUNITY_SERVICES)
    with as_staff("lantern_admin") as by, transaction.atomic(_VAULT):
        made = actions.erase_client(
            client=Client.objects.get(pk=pk), asked=law.Asked.PAPER, asked_on=timezone.localdate(), by=by
        )
        transaction.set_rollback(True, using=_VAULT)  # the power fails
    assert "services_note.text" in sealed_left(pk)
    with stores.acting(jobs):
        assert erasure.finish(jobs) == 1
    assert sealed_left(pk) == []
    with stores.acting(jobs):
        row = Erasure.objects.get(subject=pk)
        assert (row.pk, bytes(row.proof), row.removed) == (made.pk, bytes(made.proof), made.removed)
        assert erasure.finish(jobs) == 0


def test_a_ring_from_an_older_backup_is_cleared_again(closed_file, erase, world):
    pk, rings, agency = closed_file(), settings.CONCORD_RINGS, world.agencies["lantern"].pk
    ring = rings.root / "person" / f"{agency}.ring"
    rings.close()
    older = ring.read_bytes()
    erase(pk)
    rings.close()
    ring.write_bytes(older)
    assert rings.person(agency, pk)
    assert forgetting.destroy_forgotten(rings, settings.CONCORD_FORGOTTEN) == 1
    with pytest.raises(NoKey):
        rings.person(agency, pk)


# --- Drafts -----------------------------------------------------------------------------------------------------------


def test_drafts_go_by_themselves_after_thirty_days_submitted_or_not(as_staff, visit, world):
    browser = visit(world.users["advocate"])
    for key in (uuid4(), uuid4()):
        assert browser.post("/clients/drafts/intake/", {"client_key": str(key), "called": "Half"}).status_code == 200
    newer, older = as_owner("select id from services_draft order by id")
    as_owner("update services_draft set updated_at = now() - interval '31 days' where id = %s", older[0])
    jobs = service_account(world.agencies["lantern"].pk, Sector.COMMUNITY_SERVICES)
    with stores.acting(jobs):
        drafts.purge(jobs)
    assert as_owner("select id from services_draft") == [newer]


def test_nobody_but_the_agencys_own_jobs_ends_drafts(as_staff):
    with as_staff("lantern_admin") as by, refused(_VAULT):
        drafts.purge(by)
