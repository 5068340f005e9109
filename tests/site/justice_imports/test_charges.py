"""A court's charges: shown first, kept whole or not at all, matched without a guess, and never typed twice."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook

from concord.casefile.reading import InMemory, Refused
from concord.site.justice.actions import court
from concord.site.justice.actions.common import in_one_step, own
from concord.site.justice.imports import charges, mappings
from concord.site.justice.imports.refusals import in_words
from concord.site.justice.models import Charge, CourtDefendant, CourtRecord, Docket, ImportBatch, Person
from concord.site.stores.acting import acting
from concord.vocabulary import ChargeClass, ChargeStage, Forum, PersonRole
from tests.site.justice import cases
from tests.site.justice_imports import made

NAMES = {"given_name": "Quirin", "family_name": "Madeup"}


@pytest.fixture
def case(world):
    """An investigation with a docket, a named suspect, and another person."""
    found = cases.investigation(world)
    Docket.objects.create(**cases.held(world), investigation=found, forum=Forum.STATE, number="25-CR-0012")
    cases.person(found, PersonRole.PRIMARY, **NAMES)
    cases.person(found, PersonRole.WITNESS, given_name="Odile", family_name="Nobody")
    return found


def checked(world, file, who="detective", mapping=made.MAPPING):
    with acting(world.viewer(who)) as a:
        return charges.check(file, mapping, a.viewer)


def kept(world, file, who="detective", mapping=made.MAPPING):
    plan = checked(world, file, who, mapping)
    with acting(world.viewer(who)) as a:
        charges.keep(file, mapping, by=a.viewer, expected=plan.digest)
    return plan


def suspect() -> Person:
    return next(p for p in Person.objects.all() if p.family_name == "Madeup")


def test_a_plea_becomes_a_filed_and_a_disposed_charge_of_the_named_person(world, case):
    plan = kept(world, made.court_file(made.PLEA))

    assert (plan.new, plan.unmatched, plan.sums.rejected) == (2, [], 0)
    filed = Charge.objects.get(stage=ChargeStage.FILED)
    disposed = Charge.objects.get(stage=ChargeStage.DISPOSED)
    assert filed.person == disposed.person == suspect()
    assert filed.docket.number == "25-CR-0012"
    assert (filed.counts, filed.charge_class, filed.on_date) == (2, ChargeClass.HT_LABOR, dt.date(2026, 1, 15))
    assert (disposed.counts_guilty_plea, disposed.counts_pending, disposed.sentence_months) == (2, 0, 84)
    assert disposed.restitution_ordered_usd == Decimal("12000.00")
    assert disposed.from_charge == filed


def test_the_same_file_twice_changes_nothing(world, case):
    kept(world, made.court_file(made.PLEA))
    before = list(Charge.objects.order_by("pk").values())

    plan = kept(world, made.court_file(made.PLEA))

    assert (plan.new, len(plan.changes), plan.same) == (0, 0, 2)
    assert list(Charge.objects.order_by("pk").values()) == before
    assert CourtRecord.objects.count() == 2


def test_what_a_later_file_says_is_shown_and_then_changed(world, case):
    kept(world, made.court_file({}))
    first = kept(world, made.court_file(made.PLEA))
    assert (first.new, first.same) == (1, 1)

    later = made.court_file(made.PLEA | {"Paid": "900.00"})
    (change,) = checked(world, later).changes
    assert change.fields == (("restitution_paid_usd", "500.00", "900.00"),)
    assert Charge.objects.get(stage=ChargeStage.DISPOSED).restitution_paid_usd == Decimal("500.00")
    kept(world, later)

    assert Charge.objects.get(stage=ChargeStage.DISPOSED).restitution_paid_usd == Decimal("900.00")
    assert Charge.objects.count() == 2


def test_a_charge_typed_before_is_taken_as_the_same(world, case):
    by = world.viewer("detective")
    with acting(by):
        typed = court.file_charge(
            suspect(), citation="18 USC 1589(a)", jurisdiction="US", counts=2, on=dt.date(2026, 1, 15), docket=None,
            victims=(), by=by)

    plan = kept(world, made.court_file(made.PLEA))

    assert plan.typed == 1
    assert Charge.objects.get(stage=ChargeStage.FILED).pk == typed.pk
    assert Charge.objects.get(stage=ChargeStage.DISPOSED).from_charge_id == typed.pk


def test_a_disposition_typed_before_is_brought_to_the_courts_and_that_is_shown(world, case):
    by = world.viewer("detective")
    with acting(by):
        typed = court.file_charge(
            suspect(), citation="18 USC 1589(a)", jurisdiction="US", counts=2, on=dt.date(2026, 1, 15), docket=None,
            victims=(), by=by)
        court.dispose(typed, on=dt.date(2026, 5, 20), dispositions={"counts_dismissed": 2}, sentence={}, by=by)

    plan = kept(world, made.court_file(made.PLEA))

    assert plan.typed == 2
    shown = {name: (old, new) for change in plan.changes for name, old, new in change.fields}
    assert shown["counts_guilty_plea"] == (0, 2)
    assert shown["counts_dismissed"] == (2, 0)
    assert Charge.objects.get(stage=ChargeStage.DISPOSED).counts_guilty_plea == 2
    assert Charge.objects.count() == 2


def test_a_plea_to_another_charge_amends_it_first(world, case):
    columns = made.COLUMNS | {"disposed_citation": "Pled"}
    parts = made.MAPPING.court.as_dict() | {"columns": columns, "defendant_name": "Name"}
    file = made.court_file(made.PLEA | {"Pled": "18 USC 1592(a)"}, header=(*made.HEADER, "Pled"))

    kept(world, file, mapping=mappings.Mapping.from_dict(parts))

    amended = Charge.objects.get(stage=ChargeStage.AMENDED)
    assert amended.citation == Charge.objects.get(stage=ChargeStage.DISPOSED).citation == "18 USC 1592(a)"


@pytest.mark.parametrize("row", [
    {"Name": "Madeup, Quentin"},  # another given name
    {"Name": "Madeup"},  # half a name
    {"Case": "25-CR-9999"},  # a docket nobody has here
    {"Name": ""},  # nobody is charged under that docket yet
])  # fmt: skip
def test_who_does_not_match_exactly_waits_and_makes_no_charge(world, case, row):
    plan = kept(world, made.court_file(made.PLEA | row))

    assert len(plan.unmatched) == 1
    assert not Charge.objects.exists()
    assert CourtRecord.objects.filter(charge=None).count() == 2
    assert CourtDefendant.objects.get().person is None


def test_without_a_name_the_only_person_charged_under_the_docket_is_the_one(world, case):
    kept(world, made.court_file(made.PLEA))

    plan = kept(world, made.court_file({"Name": "", "Def": "7", "No": "1"}))

    assert plan.unmatched == []
    assert {c.person_id for c in Charge.objects.all()} == {suspect().pk}


def test_two_unnamed_defendants_of_one_docket_are_never_told_apart_by_guess(world, case):
    kept(world, made.court_file(made.PLEA))

    plan = kept(world, made.court_file({"Name": "", "Def": "7"}, {"Name": "", "Def": "8"}))

    assert len(plan.unmatched) == 2


def test_matching_by_hand_makes_the_charges_and_forgets_the_name(world, case):
    kept(world, made.court_file(made.PLEA | {"Name": "Q. Madeup"}))
    waiting = CourtDefendant.objects.get()
    assert waiting.name == "Q. Madeup"
    with acting(world.viewer("detective")) as a:
        assert charges.match_by_hand(waiting, person=suspect(), by=a.viewer) == 2

    disposed = Charge.objects.get(stage=ChargeStage.DISPOSED)
    assert (disposed.person, disposed.counts_guilty_plea) == (suspect(), 2)
    assert CourtDefendant.objects.get().name is None
    plan = kept(world, made.court_file(made.PLEA | {"Name": "Q. Madeup"}))
    assert (plan.unmatched, plan.same) == ([], 2)


def test_somebody_set_aside_is_not_asked_about_again(world, case):
    file = made.court_file({"Case": "25-CR-9999"})
    kept(world, file)
    with acting(world.viewer("detective")):
        charges.set_aside(CourtDefendant.objects.get())

    plan = kept(world, file)

    assert (plan.unmatched, plan.set_aside) == ([], 1)
    assert CourtDefendant.objects.get().name is None
    assert not Charge.objects.exists()


def test_a_docket_entered_later_matches_what_waited(world, case):
    file = made.court_file(made.PLEA | {"Case": "26-CR-0001"})
    kept(world, file)
    Docket.objects.create(**cases.held(world), investigation=case, forum=Forum.STATE, number="26 CR 0001")

    kept(world, file)

    assert Charge.objects.filter(person=suspect()).count() == 2


@pytest.mark.parametrize(("row", "column", "reason"), [
    ({"Filed": "2026-02-31"}, "Filed", "not a day as %Y-%m-%d"),
    ({"Filed": "2026-02"}, "Filed", "not a day as %Y-%m-%d"),
    ({"Filed": ""}, "Filed", "the day of filing is missing"),
    ({"Filed": "2099-01-01"}, "Filed", "this date lies ahead"),
    ({"Outcome": "GONE"}, "Outcome", "the word is not in the mapping"),
    ({"Case": ""}, "Case", "needs a value"),
    ({"Counts": "two"}, "Counts", None),
    (made.PLEA | {"Disposed": ""}, "Disposed", "disposed, but not on which day"),
    (made.PLEA | {"Disposed": "2025-01-01"}, "Disposed", "disposed before it was filed"),
    (made.PLEA | {"Paid": "99999.00"}, "Paid", "more is paid than was ordered"),
])  # fmt: skip
def test_a_bad_row_is_rejected_with_its_place_and_the_others_are_kept(world, case, row, column, reason):
    plan = kept(world, made.court_file(made.PLEA, row | {"No": "2"}))

    problem = plan.sums.problems[0]
    assert (problem.file, problem.row, problem.column) == ("court.csv", 3, column)
    assert reason in (None, problem.reason)
    assert problem.what_to_do
    assert (plan.sums.rows, plan.sums.accepted, plan.sums.rejected) == (2, 1, 1)
    assert Charge.objects.count() == 2


@pytest.mark.parametrize(("name", "content", "words"), [
    ("court.csv", b"Case;Def;No\n1;2;3\n", "separators"),
    ("court.csv", "Case,Def,No\nü,2,3\n".encode("latin-1"), "not utf-8"),
    ("court.csv", b"Case,Case,No\n1,2,3\n", "a heading stands twice"),
    ("court.csv", b"Case,Def,No\n1,2,3\n", "is not in the file"),
    ("court.xlsx", b"PK\x03\x04broken", "no workbook"),
    ("court.pdf", b"%PDF", "only .csv and .xlsx"),
])  # fmt: skip
def test_a_file_that_is_no_such_table_is_refused(world, case, name, content, words):
    from_file = InMemory(name, content)
    with pytest.raises(Refused) as refused:
        checked(world, from_file)
    assert words in str(refused.value)


def workbook(rows, name="court.xlsx"):
    """The header and these rows as a workbook in memory."""
    book = Workbook()
    book.active.append(made.HEADER)
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return InMemory(name, written.getvalue())


def test_a_workbook_is_read_with_its_typed_days_and_a_formula_rejects_its_row(world, case):
    good = ["25-CR-0012", 1, 1, "Quirin Madeup", "18 USC 1589(a)", 2, dt.date(2026, 1, 15), dt.date(2026, 5, 20),
            "PLEA", 84, 12000, 500]  # fmt: skip
    formula = [*good[:2], 2, *good[3:5], "=1+1", *good[6:]]

    plan = kept(world, workbook([good, formula]))

    assert (plan.sums.rows, plan.sums.accepted) == (2, 1)
    (problem,) = plan.sums.problems
    assert (problem.row, problem.column, problem.reason) == (3, "Counts", "the cell holds a formula")
    assert Charge.objects.get(stage=ChargeStage.DISPOSED).disposed_on == dt.date(2026, 5, 20)


def test_a_workbook_packed_to_burst_is_refused_unread(world, case):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    with pytest.raises(Refused) as refused:
        checked(world, InMemory("court.xlsx", packed.getvalue()))
    assert "times larger" in str(refused.value)


def test_another_file_than_the_one_checked_is_refused_and_nothing_is_kept(world, case):
    plan = checked(world, made.court_file(made.PLEA))
    with acting(world.viewer("detective")) as a, pytest.raises(charges.Objection):
        charges.keep(made.court_file({}), made.MAPPING, by=a.viewer, expected=plan.digest)
    assert not ImportBatch.objects.exists()


def test_what_breaks_half_way_keeps_nothing(world, case):
    file = made.court_file(made.PLEA, made.PLEA | {"No": "2"})
    plan = checked(world, file)
    with acting(world.viewer("detective")) as a, pytest.raises(ZeroDivisionError):
        charges.keep(file, made.MAPPING, by=a.viewer, expected=plan.digest, progress=lambda done: 1 // (done - 3))
    assert not ImportBatch.objects.exists()
    assert not CourtRecord.objects.exists()
    assert not Charge.objects.exists()


def test_a_rule_of_the_store_that_refuses_is_named_and_no_value_is(world):
    by = world.viewer("detective")

    @in_words
    @in_one_step
    def unsound():
        ImportBatch.objects.create(**own(by), kind="charges", content_hash="0" * 64, rows=3, accepted=1, rejected=1)

    with acting(by):
        with pytest.raises(charges.Objection) as refused:
            unsound()
        assert not ImportBatch.objects.exists()
    assert "import_rows_reconcile" in refused.value.found[""]


def test_the_prosecutor_on_the_team_matches_the_same_docket_and_others_do_not(world, case):
    cases.on_team(case, "prosecutor", world)
    assert checked(world, made.court_file(made.PLEA), "prosecutor").unmatched == []
    assert len(checked(world, made.court_file(made.PLEA), "deputy").unmatched) == 1
    kept(world, made.court_file(made.PLEA), "prosecutor")
    assert {c.agency_id for c in Charge.objects.all()} == {case.agency_id}
    with acting(world.viewer("detective")):
        assert not CourtRecord.objects.exists()
        assert not CourtDefendant.objects.exists()
        assert Charge.objects.count() == 2


def test_no_number_and_no_name_of_a_court_file_lies_in_clear(world, case):
    kept(world, made.court_file(made.PLEA | {"Case": "25-CR-9999"}, made.PLEA | {"No": "2"}, name="Madeup v State.csv"))
    held = ""
    for model in (ImportBatch, CourtDefendant, CourtRecord):
        held += str(list(model.objects.values()))
    assert "9999" not in held
    assert "Madeup" not in held
    assert ImportBatch.objects.get().file_name == "Madeup v State.csv"


def test_a_disposition_that_is_gone_from_a_later_file_is_pointed_out_and_stays(world, case):
    kept(world, made.court_file(made.PLEA))

    plan = kept(world, made.court_file({}))

    assert plan.reopened == [2]
    assert Charge.objects.get(stage=ChargeStage.DISPOSED).counts_guilty_plea == 2


def test_a_mapping_is_saved_by_name_or_refused_with_what_is_wrong(world, tmp_path):
    by = world.viewer("detective")
    document = made.MAPPING.court.as_dict()
    with acting(by):
        mappings.save(name="Rivers", document=document, name_heading="Name", by=by)
        assert mappings.named("Rivers", by) == made.MAPPING
        with pytest.raises(charges.Objection) as missing:
            mappings.named("Lakes", by)
        with pytest.raises(charges.Objection):
            mappings.save(name="Bad", document=document | {"jurisdiction": "ZZ"}, name_heading="", by=by)
    assert "Rivers" in missing.value.found["mapping"]
    path = tmp_path / "rivers.toml"
    path.write_text('system = "Rivers court"\njurisdiction = "US"\n[columns]\ndocket = "Case"\n')
    with pytest.raises(charges.Objection) as refused:
        mappings.from_toml(path)
    assert "needs a column for" in refused.value.found["mapping"]
