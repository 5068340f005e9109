"""A client's file and who can come to it: by page, by search, by address, by SQL."""

import re

import pytest
from django.db import ProgrammingError, connections, transaction
from django.urls import reverse

from concord.law.wall import Viewer, jobs_staff
from concord.site.services import actions, search
from concord.site.services.models import Client, Draft, Note
from concord.site.stores.acting import StoreRefused, acting
from concord.vocabulary import Sector

FILE_PAGES = ("client", "services", "notes", "details", "ledger", "staff", "on_paper", "as_data", "enrolment", "reach",
              "needs_new", "service_new", "note_new", "close", "report")  # fmt: skip


def test_a_colleague_opens_an_open_file(visit, world, open_file):
    pk = open_file()
    page = visit(world.users["second_advocate"]).get(reverse("services:client", args=[pk]))
    assert page.status_code == 200
    assert "Rosalind Example" in page.text
    assert "Do not leave a message" in page.text


@pytest.mark.parametrize("name", FILE_PAGES)
def test_a_restricted_file_answers_a_colleague_like_one_that_is_not_there(visit, world, open_file, name):
    pk = open_file(restricted=True)
    browser = visit(world.users["second_advocate"])
    hidden = browser.get(reverse(f"services:{name}", args=[pk]))
    missing = browser.get(reverse(f"services:{name}", args=["00000000-0000-4000-8000-00000000dead"]))
    assert (hidden.status_code, _said(hidden)) == (missing.status_code, _said(missing))
    assert hidden.status_code == 404
    assert visit(world.users["advocate"]).get(reverse(f"services:{name}", args=[pk])).status_code == 200


def _said(page) -> str:
    """The page but for what the browser sent itself: the address asked for, and the form's token."""
    return re.sub(r'value="\w{64}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', "", page.text)


def test_a_restricted_file_is_in_no_list_and_no_search_of_a_colleague(visit, world, open_file):
    open_file(restricted=True)
    browser = visit(world.users["second_advocate"])
    pages = [
        browser.get(reverse("services:clients") + "?whose=all&state=any"),
        browser.post(reverse("services:find"), {"q": "Rosalind"}),
        browser.post(reverse("services:matches"), {"called": "Rosalind"}),
        browser.get(reverse("services:quick")),
    ]
    assert [page.status_code for page in pages] == [200] * 4
    assert not any("Rosalind" in page.text.replace('value="Rosalind"', "") for page in pages)
    mine = visit(world.users["advocate"]).post(reverse("services:find"), {"q": "Rosalind"})
    assert "Rosalind Example" in mine.text


def test_a_restricted_file_has_no_row_in_any_table_for_a_colleague(world, open_file, as_staff):
    pk = open_file(restricted=True)
    with as_staff("advocate") as by:
        actions.add_note(client=Client.objects.get(pk=pk), kind="case", on_date="2026-01-02", text="x", by=by)
        assert Note.objects.count() == 1
    tables = ("client", "enrolment", "assignment", "need", "note")
    with as_staff("second_advocate"):
        with connections["vault_lantern"].cursor() as cursor:
            for table in tables:
                cursor.execute(f"select count(*) from services_{table}")
                assert cursor.fetchone() == (0,), table
            cursor.execute("update services_client set restricted = false, restricted_on = null")
            assert cursor.rowcount == 0
    with as_staff("advocate"):
        assert Client.objects.get(pk=pk).restricted


def test_nobody_assigns_herself_to_a_restricted_file(world, open_file, as_staff):
    pk = open_file(restricted=True)
    with as_staff("second_advocate") as by:
        insert = (
            "insert into services_assignment(id, agency_id, created_at, client_id, staff_id, since_date)"
            " values (gen_random_uuid(), %s, now(), %s, %s, current_date)"
        )
        with pytest.raises(ProgrammingError), transaction.atomic(using="vault_lantern"):
            with connections["vault_lantern"].cursor() as cursor:
                cursor.execute(insert, [by.agency, pk, by.staff])


def test_a_familys_file_is_closed_with_the_principals(open_file, as_staff):
    pk = open_file()
    with as_staff("advocate") as by:
        principal = Client.objects.get(pk=pk)
        child = actions.open_client(called="Child Example", first_contact_on=principal.first_contact_on,
                                    principal=principal, relation="child", by=by)  # fmt: skip
        actions.restrict(client=principal, by=by)
    with as_staff("second_advocate"):
        assert not Client.objects.filter(pk=child.pk).exists()


def test_the_agencys_own_jobs_see_restricted_files_so_that_counts_are_whole(world, open_file):
    open_file(restricted=True)
    agency = world.agencies["lantern"].pk
    with acting(Viewer(staff=jobs_staff(agency), agency=agency, sector=Sector.COMMUNITY_SERVICES)):
        assert Client.objects.count() == 1


def test_a_restricted_file_that_lost_its_staff_is_given_to_somebody_without_being_shown(open_file, as_staff, world):
    pk = open_file(restricted=True)
    second = world.users["second_advocate"].staff_id
    with as_staff("second_advocate") as by, pytest.raises(ProgrammingError, match="administrator"):
        with transaction.atomic(using="vault_lantern"):
            actions.release_staff(staff_id=world.users["advocate"].staff_id, by=by)
    with as_staff("lantern_admin") as by:
        with pytest.raises(ProgrammingError, match="without staff"), transaction.atomic(using="vault_lantern"):
            actions.appoint(client_id=pk, staff_id=by.staff, by=by)
        assert actions.release_staff(staff_id=world.users["advocate"].staff_id, by=by) == 1
        assert not Client.objects.exists()
        actions.appoint(client_id=pk, staff_id=second, by=by)
        assert not Client.objects.exists()
    with as_staff("second_advocate"):
        assert Client.objects.get().pk == pk


def test_the_last_person_on_a_restricted_file_cannot_leave_it_alone(open_file, as_staff, world):
    pk = open_file(restricted=True)
    with as_staff("advocate") as by:
        client = Client.objects.get(pk=pk)
        with pytest.raises(actions.Objection, match="Assign somebody first"):
            actions.end_assignment(assignment=client.assignments.get(), by=by)
        actions.assign(client=client, staff_id=world.users["second_advocate"].staff_id, by=by)
        actions.end_assignment(assignment=client.assignments.get(staff_id=by.staff), by=by)
    with as_staff("second_advocate"):
        assert Client.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("who", ["detective", "prosecutor", "coordinator", "evaluator", "counsel"])
def test_nobody_outside_the_provider_comes_to_a_file(visit, world, open_file, who):
    pk = open_file()
    browser = visit(world.users[who])
    assert browser.get(reverse("services:client", args=[pk])).status_code == 404
    found = browser.post(reverse("services:find"), {"q": "Rosalind"})
    assert found.status_code == (200 if who == "counsel" else 404)  # counsel searches her own provider's files
    assert "Rosalind Example" not in found.text


def test_search_never_leaves_the_vault(world, open_file, as_staff, counted):
    open_file()
    with as_staff("advocate") as by, counted() as statements:
        assert search.find("Rosalind", by=by)
    assert {alias for alias, _sql in statements} == {"vault_lantern"}
    with acting(world.viewer("detective")) as a, pytest.raises(StoreRefused):
        search.find("Rosalind", by=a.viewer)


def test_a_draft_is_its_writers_alone(visit, world, as_staff):
    visit(world.users["advocate"]).post(
        reverse("services:draft", args=["intake"]),
        {"client_key": "11111111-1111-4111-8111-111111111111", "called": "Half Typed"},
    )
    with as_staff("advocate"):
        assert Draft.objects.count() == 1
    with as_staff("second_advocate"):
        assert Draft.objects.count() == 0


def test_what_was_written_stays_as_written(open_file, as_staff):
    pk = open_file()
    with as_staff("advocate") as by:
        note = actions.add_note(client=Client.objects.get(pk=pk), kind="case", on_date="2026-01-02", text="x", by=by)
        note.text = "y"
        with pytest.raises(ProgrammingError, match="kept as it was written"), transaction.atomic(using="vault_lantern"):
            note.save()


def test_the_guard_names_no_file_of_another_agency(open_file, world):
    open_file(restricted=True)
    connection = connections["vault_lantern"]
    with transaction.atomic(using="vault_lantern"), connection.cursor() as cursor:
        connection.enter_store(world.viewer("detective"))  # whatever the door in Python would have said
        cursor.execute("select guard.hidden_clients()")
        assert cursor.fetchone() == ([],)
        connection.leave_store()
