"""The pages of real input: sent, shown, kept or thrown away; incidents read again; one agency's own, few queries."""

import pytest

from concord.site.justice.codes import ImportKind, RereadStatus
from concord.site.justice.models import (
    Charge,
    CourtDefendant,
    Docket,
    ImportBatch,
    Lead,
    RereadItem,
    SavedMapping,
    Upload,
)
from concord.site.stores.acting import acting
from concord.vocabulary import ChargeStage, Forum, PersonRole
from tests.site.justice import cases
from tests.site.justice.test_leads import asked
from tests.site.justice.test_pages import MOST
from tests.site.justice.test_pages import asked as statements_of
from tests.site.justice_imports import made


def text(answer) -> str:
    return answer.content.decode()


def send_release(page, content: bytes, name: str = "release.zip"):
    return page.post("/imports/release/", {"release": made.sent(name, content)})


def digest_in(answer) -> str:
    return text(answer).split('name="digest" value="')[1].split('"')[0]


# --- A release --------------------------------------------------------------------------------------------------------


def test_a_release_is_shown_first_and_kept_when_confirmed(world, visit, release, rows):
    page = visit(world.users["detective"])
    answer = send_release(page, made.zipped(release))
    assert answer.url == "/imports/release/check/"
    assert not ImportBatch.objects.exists()

    shown = page.get(answer.url)
    assert f"{rows} rows read = {rows} accepted + 0 rejected" in text(shown)
    assert "64A" in text(shown)
    kept = page.post(answer.url, {"decision": "keep", "digest": digest_in(shown)})

    batch = ImportBatch.objects.get()
    assert kept.url == f"/imports/{batch.pk}/"
    assert batch.accepted == rows
    assert not Upload.objects.exists()
    assert "Months filed as zero" in text(page.get(kept.url))
    assert "ZZ0000100" in text(page.get(kept.url))
    assert f"{rows:,}" in text(page.get("/imports/")) or str(rows) in text(page.get("/imports/"))


def test_a_release_can_be_thrown_away(world, visit, release):
    page = visit(world.users["detective"])
    send_release(page, made.zipped(release))
    assert page.post("/imports/release/check/", {"decision": "discard"}).url == "/imports/"
    assert not Upload.objects.exists()
    assert not ImportBatch.objects.exists()
    assert page.get("/imports/release/check/").url == "/imports/release/"


def test_another_file_than_the_one_shown_is_not_kept(world, visit, release):
    page = visit(world.users["detective"])
    send_release(page, made.zipped(release))
    assert page.post("/imports/release/check/", {"decision": "keep", "digest": "0" * 64}).status_code == 422
    assert not ImportBatch.objects.exists()


def test_what_waits_is_sealed_and_its_senders_alone(world, visit, release):
    send_release(visit(world.users["detective"]), made.zipped(release))
    (row,) = Upload.objects.values("content", "file_name")
    assert b"PK\x03\x04" in made.zipped(release)
    assert b"PK\x03\x04" not in bytes(row["content"])  # two letters alone would come up by chance
    assert b"release" not in bytes(row["file_name"])
    with acting(world.viewer("second_detective")):
        assert not Upload.objects.exists()


@pytest.mark.parametrize(("name", "content", "words"), [
    ("release.zip", b"no zip at all", "no zip"),
    ("release.zip", b"", "empty"),
    ("release.csv", b"a,b\n", "ends in .zip"),
])  # fmt: skip
def test_a_file_that_is_no_release_is_refused_where_it_was_chosen(world, visit, name, content, words):
    answer = send_release(visit(world.users["detective"]), content, name)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Upload.objects.exists()


def test_rejected_rows_are_shown_and_saved_as_a_file(world, visit, release, tmp_path):
    folder = made.copied(release, tmp_path / "spoiled")
    made.spoil(folder, "NIBRS_VICTIM", 3, "SEX_CODE", "Q")
    page = visit(world.users["detective"])
    send_release(page, made.zipped(folder))

    assert "not one of M, F, U, X" in text(page.get("/imports/release/check/"))
    saved = page.get("/imports/release/rejected/")
    assert saved["Content-Disposition"].startswith("attachment")
    assert "NIBRS_VICTIM.csv,3,SEX_CODE" in text(saved)


def test_the_same_release_again_is_refused_with_when_it_was_kept(world, visit, release):
    made.keep(release, world.viewer("detective"))
    answer = send_release(visit(world.users["second_detective"]), made.zipped(release))
    assert answer.status_code == 422
    assert "This very release was kept" in text(answer)


# --- Reading again ----------------------------------------------------------------------------------------------------


@pytest.fixture
def queue(world, release):
    made.keep(release, world.viewer("detective"))
    return list(RereadItem.objects.order_by("created_at", "id"))


def test_an_incident_is_shown_with_the_elements_and_decided(world, visit, queue):
    page, item = visit(world.users["detective"]), queue[0]
    assert f"Incident {item.incident.nibrs_id}" in text(page.get("/reread/"))
    shown = text(page.get(f"/reread/{item.pk}/"))
    assert "Force, fraud or coercion" in shown
    assert "22 USC 7102(11)(B)" in shown

    assert page.post(f"/reread/{item.pk}/", {"status": "", "note": ""}).status_code == 422
    assert page.post(f"/reread/{item.pk}/", {"status": "none", "note": "A licensed club."}).url == "/reread/"

    item.refresh_from_db()
    assert (item.status, item.decided_by_id) == (RereadStatus.NONE, world.users["detective"].staff_id)
    assert item.note == "A licensed club."
    assert f"Incident {item.incident.nibrs_id}<" not in text(page.get("/reread/"))
    assert f"Incident {item.incident.nibrs_id}" in text(page.get("/reread/?status=none"))


def test_indicators_become_a_lead_with_its_origin_filled_in_and_ways_both_ways(world, visit, queue):
    page, item = visit(world.users["detective"]), queue[0]
    form = text(page.get(f"/reread/{item.pk}/lead/"))
    assert f"Incident {item.incident.nibrs_id} of {item.incident.ori}" in form

    answers = asked(received_on="2026-05-03", source="other",
                    trafficking_type="not_yet_known", summary="Read again: a debt to the driver.")  # fmt: skip
    made_lead = page.post(f"/reread/{item.pk}/lead/", answers)

    lead = Lead.objects.get()
    assert made_lead.url == f"/leads/{lead.pk}/"
    item.refresh_from_db()
    assert (item.status, item.lead) == (RereadStatus.INDICATORS, lead)
    assert f"/reread/{item.pk}/" in text(page.get(f"/leads/{lead.pk}/"))
    assert lead.reference in text(page.get(f"/reread/{item.pk}/"))
    assert page.post(f"/reread/{item.pk}/lead/", answers).url == made_lead.url
    assert page.post(f"/reread/{item.pk}/", {"status": "none"}).status_code == 422
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("who", ["deputy", "prosecutor", "outsider", "advocate", "coordinator", "evaluator"])
def test_nobody_else_finds_the_queue_the_imports_or_an_incident(world, visit, queue, who):
    batch, page = ImportBatch.objects.get(), visit(world.users[who])
    for path in (f"/imports/{batch.pk}/", f"/reread/{queue[0].pk}/", f"/reread/{queue[0].pk}/lead/"):
        assert page.get(path).status_code == 404
    listed = page.get("/reread/")
    assert listed.status_code == 404 or str(queue[0].pk) not in text(listed)


# --- Charges ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(world):
    found = cases.investigation(world)
    Docket.objects.create(**cases.held(world), investigation=found, forum=Forum.STATE, number="25-CR-0012")
    cases.person(found, PersonRole.PRIMARY, given_name="Quirin", family_name="Madeup")
    return found


def send_charges(page, file, mapping):
    return page.post("/imports/charges/", {
        "charges": made.sent(file.name, file.content), "mapping": mapping, "encoding": "utf-8", "delimiter": ","})


def choose_columns(**changed) -> dict:
    chosen = {f"column_{field}": heading for field, heading in made.COLUMNS.items()}
    return chosen | {"name": "Rivers", "system": "Rivers court", "jurisdiction": "US", "date_format": "%Y-%m-%d",
                     "name_heading": "Name"} | changed  # fmt: skip


def test_a_mapping_is_made_once_and_the_file_is_kept(world, visit, case):
    page = visit(world.users["detective"])
    file = made.court_file(made.PLEA, {"No": "2"})
    assert send_charges(page, file, "new").url == "/imports/charges/columns/"
    assert "Docket number" in text(page.get("/imports/charges/columns/"))

    twice = page.post("/imports/charges/columns/", choose_columns(column_counts="Case"))
    assert twice.status_code == 422
    words = page.post("/imports/charges/columns/", choose_columns())
    assert "Disposition: PLEA" in text(words)
    answers = {"words": "1", "disposition_0": "guilty_plea", "disposition_1": "pending"}
    assert page.post("/imports/charges/columns/", choose_columns() | answers).url == "/imports/charges/check/"
    assert SavedMapping.objects.get().document["codes"] == {"disposition": {"PLEA": "guilty_plea", "PEND": "pending"}}

    shown = page.get("/imports/charges/check/")
    assert "3 charges and dispositions are new" in text(shown)
    page.post("/imports/charges/check/", {"decision": "keep", "digest": digest_in(shown)})

    assert ImportBatch.objects.get().kind == ImportKind.CHARGES
    assert Charge.objects.filter(stage=ChargeStage.DISPOSED).count() == 1
    again = send_charges(page, file, str(SavedMapping.objects.get().pk))
    assert "3 as before" in text(page.get(again.url))


def test_a_waiting_defendant_is_matched_on_a_page(world, visit, case):
    page = visit(world.users["detective"])
    saved = save_mapping(world)
    send_charges(page, made.court_file(made.PLEA | {"Name": "Q. Madeup"}), str(saved.pk))
    page.post("/imports/charges/check/", {"decision": "keep", "digest": digest_in(page.get("/imports/charges/check/"))})
    waiting = CourtDefendant.objects.get()
    assert "25-CR-0012" in text(page.get("/imports/charges/waiting/"))

    shown = text(page.get(f"/imports/charges/waiting/{waiting.pk}/"))
    assert "Quirin Madeup" in shown
    (person,) = {c.pk for c in case.person_set.all()}
    assert page.post(f"/imports/charges/waiting/{waiting.pk}/", {}).status_code == 422
    page.post(f"/imports/charges/waiting/{waiting.pk}/", {"person": str(person)})

    assert Charge.objects.filter(person_id=person).count() == 2
    assert "Nobody waits" in text(page.get("/imports/charges/waiting/"))


def test_a_defendant_of_an_unknown_docket_is_found_by_investigation_or_set_aside(world, visit, case):
    page = visit(world.users["detective"])
    saved = save_mapping(world)
    send_charges(page, made.court_file({"Case": "26-CR-1"}, {"Case": "26-CR-2"}), str(saved.pk))
    page.post("/imports/charges/check/", {"decision": "keep", "digest": digest_in(page.get("/imports/charges/check/"))})
    first, second = CourtDefendant.objects.all()

    path = f"/imports/charges/waiting/{first.pk}/"
    assert "No investigation you can read" in text(page.get(path))
    (person,) = {c.pk for c in case.person_set.all()}
    assert "Quirin Madeup" in text(page.get(f"{path}?case={case.pk}"))
    page.post(f"{path}?case={case.pk}", {"person": str(person)})
    page.post(f"/imports/charges/waiting/{second.pk}/aside/")

    assert Charge.objects.filter(person_id=person).count() == 1
    assert "Nobody waits" in text(page.get("/imports/charges/waiting/"))


def save_mapping(world) -> SavedMapping:
    return SavedMapping.objects.create(
        **cases.held(world), name="Rivers", document=made.MAPPING.court.as_dict(), name_heading="Name")


# --- Budgets ----------------------------------------------------------------------------------------------------------


def test_a_page_asks_at_most_twelve_times_and_names_nobody_in_its_title(world, visit, queue, case):
    page, batch = visit(world.users["detective"]), ImportBatch.objects.get()
    saved = save_mapping(world)
    send_charges(page, made.court_file(*({"Case": f"26-CR-{n}"} for n in range(30))), str(saved.pk))
    page.post("/imports/charges/check/", {"decision": "keep", "digest": digest_in(page.get("/imports/charges/check/"))})
    defendant = CourtDefendant.objects.first()
    page.get("/")
    for path in ("/imports/", f"/imports/{batch.pk}/", "/imports/release/", "/imports/charges/", "/reread/",
                 "/reread/?status=all", f"/reread/{queue[0].pk}/", f"/reread/{queue[0].pk}/lead/",
                 "/imports/charges/waiting/", f"/imports/charges/waiting/{defendant.pk}/"):  # fmt: skip
        answer, statements = statements_of(page, path)
        assert answer.status_code == 200
        assert len(statements) <= MOST, "\n".join([path, *(s[:140] for s in statements)])
        title = text(answer).split("<title>")[1].split("</title>")[0]
        assert "Madeup" not in title
        assert "26-CR" not in title
