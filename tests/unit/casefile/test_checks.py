"""A case file that agrees with itself has no finding; one thing changed gives the finding that names it."""

from datetime import date

import pytest

from concord.casefile import checks
from concord.casefile.bundle import BundleError, write
from concord.casefile.codebook import write_templates
from concord.casefile.reading import Refused
from concord.casefile.rules import RULES
from concord.casefile.tables import SHAREABLE as SHAREABLE_TABLES
from concord.casefile.tables import TABLES
from concord.cli import main
from concord.vocabulary import Grade, Why
from tests.unit.casefile.conftest import CREATED, RESEARCH, SHAREABLE, complete


def findings(folder, rows, origin=RESEARCH):
    write(folder, rows, origin, created=CREATED)
    return checks.check_folder(folder).findings


def test_a_case_file_that_agrees_with_itself_has_no_finding(tmp_path, rows):
    assert findings(tmp_path / "r", rows) == ()
    assert findings(tmp_path / "s", rows, SHAREABLE) == ()


CHANGES = [
    ("case", {"closed_on": date(2023, 1, 1)}, "dates", "case/c1/closed_on", "closed before it opened"),
    ("case", {"status": "open"}, "status", "case/c1/closed_on", "open, yet has a day"),
    ("case", {"agencies": ["local police"]}, "agency", "case/c1/agencies", "not level:sector"),
    ("case", {"trafficking_type": "labor"}, "type", "case/c1/trafficking_type", "the case is labor, a victim"),
    ("case", {"prosecution_decision": "declined"}, "decision", "case/c1/decision_reason", "declined without a reason"),
    ("case", {"site_id": "s9"}, "key", "case/c1/site_id", "no such row in site"),
    ("case", {"source_why": None}, "blank", "case/c1/source", "no value and no reason"),
    ("case", {"adopted_federally_on": date(2023, 5, 1), "forum": "state"}, "forum", "case/c1/forum", "adopted"),
    ("victim", {"status_by": None, "status_by_why": Why.NOT_RECORDED}, "confirmed", "victim/v1/status", "who decided"),
    ("victim", {"minor_at_act": False}, "minor", "victim/v1/minor_at_act", "age at the first act, 17"),
    ("victim", {"charged_on": date(2023, 5, 1), "convicted_on": date(2023, 4, 1)}, "dates", "victim/v1/convicted_on",
     "convicted before charged"),
    ("suspect", {"outcome": "acquitted"}, "outcome", "suspect/p1/outcome", "acquitted, yet a count"),
    ("suspect", {"also_victim_id": "v9"}, "key", "suspect/p1/also_victim_id", "no such row in victim"),
    ("assertion", {"value": "recruit"}, "assertion", "assertion/a1/value", "not a value of means"),
    ("assertion", {"pair_id": None, "pair_id_why": Why.NOT_APPLICABLE}, "assertion", "assertion/a1/pair_id", "never"),
    ("charge", {"counts": 3}, "counts", "charge/h1/counts", "3 counts, dispositions of 2: a difference of 1"),
    ("charge", {"counts": 1, "counts_pending": None, "counts_pending_why": Why.NOT_RECORDED}, "counts",
     "charge/h1/counts", "1 counts, dispositions of 2: 1 too many"),
    ("charge", {"disposed_on": date(2023, 1, 1)}, "dates", "charge/h1/disposed_on", "disposed before filed"),
    ("charge", {"restitution_ordered_usd": 100, "restitution_paid_usd": 250}, "restitution",
     "charge/h1/restitution_paid_usd", "250.00 USD paid, 100.00 ordered"),
    ("charge", {"sentence_kind": "life"}, "sentence", "charge/h1/sentence_months", "130 months, yet"),
    ("charge", {"reason_not_trafficking": "forum"}, "reason", "charge/h1/reason_not_trafficking", "why it is none"),
    ("charge", {"victim_ids": ["v1", "v9"]}, "key", "charge/h1/victim_ids", "no such row in victim"),
    ("frame", {"received": False}, "frame", "frame/f1/case_id", "not received, yet there is a case"),
    ("frame", {"case_id": None, "case_id_why": Why.NOT_APPLICABLE}, "frame", "frame/f1/case_id", "received, but"),
    ("frame", {"eligible": False}, "frame", "frame/f1/case_id", "not eligible, yet there is a case"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "check", "place", "reason"), CHANGES)
def test_one_contradiction_is_found_where_it_stands(tmp_path, rows, table, change, check, place, reason):
    rows[table][0] |= change
    for name in change:
        if f"{name}_why" in rows[table][0] and change[name] is not None:
            rows[table][0][f"{name}_why"] = None

    found = {f"{f.table}/{f.row}/{f.column}": f for f in findings(tmp_path / "b", rows) if f.check == check}

    assert reason in found[place].reason


def test_nothing_is_removed_by_a_check(tmp_path, rows):
    rows["charge"].append(rows["charge"][0] | {"counts": 5})
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)

    checked = checks.check_folder(tmp_path / "b")

    assert checked.counted["charge"] == 2
    assert [f.row for f in checked.findings if f.check == "duplicate"] == ["h1", "h1"]


def test_rows_that_are_the_same_but_for_their_id_are_a_notice(tmp_path, rows):
    rows["charge"].append(rows["charge"][0] | {"charge_id": "h2"})

    found = [f for f in findings(tmp_path / "b", rows) if f.check == "look_alike"]

    assert [(f.row, f.weight) for f in found] == [("h1", "notice"), ("h2", "notice")]


def test_two_cases_do_not_mix(tmp_path, rows):
    rows["case"].append(rows["case"][0] | {"case_id": "c2", "closed_how": "unfounded"})
    rows["victim"][0]["case_id"] = "c2"

    found = {(f.check, f.table, f.row) for f in findings(tmp_path / "b", rows)}

    assert {("pair", "pair", "r1"), ("charge_victims", "charge", "h1"), ("frame", "case", "c2")} <= found


def test_published_parts_that_do_not_add_up_are_flagged_with_the_difference(tmp_path, rows):
    # A task force's 2014 figures as a newspaper printed them: 105 + 34 + 5 = 144, reported as 145.
    figures = {"victims": 145, "victims:sex": 105, "victims:labor": 34, "victims:both": 5}
    rows["site_period"] = [
        complete("site_period", site_id="s1", period="2014", measure=name, count=count, status="exact", source="other")
        for name, count in figures.items()
    ]

    found = [f for f in findings(tmp_path / "b", rows) if f.check == "published"]

    assert [f.reason for f in found] == ["145, its parts 144: a difference of 1"]


def test_a_suppressed_part_gives_no_difference(tmp_path, rows):
    common = {"site_id": "s1", "period": "2014", "source": "other"}
    rows["site_period"] = [
        complete("site_period", measure="victims", count=145, status="exact", **common),
        complete("site_period", measure="victims:sex", count=105, status="exact", **common),
        complete("site_period", measure="victims:both", status="suppressed", **common),
    ]

    assert findings(tmp_path / "b", rows) == ()


def test_what_a_coder_put_must_be_a_value_of_the_cell(tmp_path, rows):
    common = {"file_id": "f1", "row_id": "c1", "coder_id": "k1", "round": 1, "adjudicated": False}
    rows["coding"] = [
        complete("coding", table_name="case", column_name="source", value="hotline", **common),
        complete("coding", table_name="case", column_name="closed_how", value="solved", **common),
        complete("coding", table_name="case", column_name="colour", value="red", **common),
    ]

    found = [(f.row, f.column) for f in findings(tmp_path / "b", rows) if f.check == "coding"]

    assert found == [("f1/case/c1/closed_how/k1/1", "value"), ("f1/case/c1/colour/k1/1", "column_name")]


def test_two_agreed_judgements_of_one_cell_are_found(tmp_path, rows):
    cell = {"file_id": "f1", "table_name": "case", "row_id": "c1", "column_name": "source", "round": 1}
    rows["coding"] = [
        complete("coding", coder_id=coder, value="hotline", adjudicated=True, **cell) for coder in ("k1", "k2")
    ]

    assert [f.check for f in findings(tmp_path / "b", rows)] == ["adjudicated", "adjudicated"]


def test_dates_in_days_are_checked_in_the_shareable_grade(tmp_path, rows):
    rows["case"][0]["closed_on"] = date(2023, 1, 1)

    assert [(f.column, f.reason) for f in findings(tmp_path / "b", rows, SHAREABLE)] == [
        ("closed_days", "closed before it opened")
    ]


def test_every_rule_is_about_a_table_and_column_that_exist_in_its_grades():
    for rule in RULES:
        for grade in rule.grades:
            tables = TABLES if grade is Grade.RESEARCH else SHAREABLE_TABLES
            assert tables[rule.table].column(rule.column)


# --- Folders and the command ------------------------------------------------------------------------------------------


def test_filled_in_templates_are_checked_like_a_bundle(tmp_path):
    write_templates(tmp_path)
    (tmp_path / "casefile.xlsx").unlink()
    (tmp_path / "site.csv").write_text("site_id,scope,lead_sector_why,population_why\ns1,local,not_asked,not_asked\n")
    (tmp_path / "frame.csv").write_text("file_id,site_id,eligible,received\nf1,s1,yes,no\nf2,s1,maybe,no\n")

    checked = checks.check_folder(tmp_path)

    assert (checked.reports["frame"].rows, checked.reports["frame"].rejected) == (2, 1)
    assert checked.counted["site"] == checked.counted["frame"] == 1
    assert {f.table for f in checked.findings} == {"frame"}
    assert checked.errors == 1 + len(checked.findings)


def test_a_table_in_two_places_or_none_is_refused(tmp_path):
    with pytest.raises(Refused, match="no table of a case file"):
        checks.check_folder(tmp_path)
    write_templates(tmp_path)
    with pytest.raises(Refused, match=r"is in casefile\.xlsx too"):
        checks.check_folder(tmp_path)


def test_the_command_says_what_it_found_and_exits_by_it(tmp_path, rows, capsys):
    write(tmp_path / "good", rows, RESEARCH, created=CREATED)
    rows["charge"][0]["counts"] = 3
    write(tmp_path / "bad", rows, RESEARCH, created=CREATED)

    assert main(["casefile", "check", str(tmp_path / "good")]) == 0
    assert main(["casefile", "check", str(tmp_path / "bad")]) == 1
    assert "charge, h1, counts: 3 counts, dispositions of 2: a difference of 1" in capsys.readouterr().out
    assert main(["casefile", "check", str(tmp_path / "absent")]) == 2
    assert "no table of a case file" in capsys.readouterr().err


def test_the_command_writes_codebook_and_templates(tmp_path, capsys):
    assert main(["casefile", "codebook", str(tmp_path / "c")]) == 0
    assert main(["casefile", "template", str(tmp_path / "t")]) == 0

    assert {path.name for path in (tmp_path / "c").iterdir()} == {"codebook.csv", "codebook.html"}
    assert (tmp_path / "t" / "casefile.xlsx").is_file()
    assert "means" in (tmp_path / "c" / "codebook.html").read_text()


def test_a_bundle_with_a_changed_file_is_not_checked_further(tmp_path, rows):
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)
    (tmp_path / "b" / "case.csv").write_text("case_id\n")

    with pytest.raises(BundleError, match=r"case\.csv"):
        checks.check_folder(tmp_path / "b")
