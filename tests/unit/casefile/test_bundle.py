"""A bundle comes back as it was written, says what it is, and in its shareable form shows no more than it says."""

import csv
import json
import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concord.casefile import bundle, cells
from concord.casefile.bundle import BundleError, Origin, Source, read, renumber, write
from concord.casefile.cells import BadCell
from concord.casefile.columns import Kind, Share
from concord.casefile.tables import SHAREABLE as SHAREABLE_TABLES
from concord.casefile.tables import TABLES
from concord.vocabulary import Grade, Why
from tests.unit.casefile.conftest import CREATED, RESEARCH, SHAREABLE

IDS = st.text("abcdefgh0123456789._:-", min_size=1, max_size=6).map(lambda text: f"x{text}")
TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=20).map(str.strip).filter(bool)
PARTIAL = st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(lambda day: day.isoformat()[:7])


def values(column):
    """Values a column may hold, of its kind."""
    codes = st.sampled_from(column.allowed()) if column.allowed() else TEXT
    item = TEXT.filter(
        lambda text: ";" not in text and text != "none" and not text.startswith(("=", "+", "-", "@", "'"))
    )
    whole = st.integers(column.least or 0, column.most or 10**6)
    return {
        Kind.ID: IDS,
        Kind.KEY: IDS,
        Kind.KEYS: st.lists(IDS, unique=True, max_size=3),
        Kind.CODE: codes,
        Kind.CODES: st.lists(codes, unique=True, max_size=3),
        Kind.WORD: TEXT,
        Kind.WORDS: st.lists(item, unique=True, max_size=3),
        Kind.COUNT: whole,
        Kind.USD: st.decimals(0, 10**8, places=2),
        Kind.DATE: st.one_of(st.dates(date(1950, 1, 1), date(2090, 1, 1)), PARTIAL),
        Kind.FLAG: st.booleans(),
    }[column.kind]


@st.composite
def any_row(draw, table):
    row = {}
    for column in table.columns:
        row[column.name] = draw(values(column) if column.needed else st.none() | values(column))
        if column.why:
            given_ = st.none() | st.sampled_from(list(Why)) if row[column.name] is None else st.none()
            row[column.why] = draw(given_) or (column.default_why if row[column.name] is None else None)
    return row


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.data())
def test_whatever_a_table_may_hold_comes_back_from_parquet_and_csv(tmp_path_factory, data):
    name = data.draw(st.sampled_from(list(TABLES)))
    table = TABLES[name]
    given_rows = data.draw(st.lists(any_row(table), max_size=3, unique_by=lambda row: row[table.key[0]]))
    folder = tmp_path_factory.mktemp("bundle") / "b"

    write(folder, {name: given_rows}, RESEARCH, created=CREATED)

    def key(row):
        return row[table.key[0]]

    assert sorted(read(folder).rows(name), key=key) == sorted(given_rows, key=key)
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        typed = [{c.name: cells.parse(c, row[c.name]) for c in table.columns} for row in csv.DictReader(opened)]
    assert sorted(typed, key=key) == sorted(({c.name: r[c.name] for c in table.columns} for r in given_rows), key=key)


def test_the_manifest_says_what_the_bundle_is(tmp_path, rows):
    manifest = write(tmp_path / "b", rows, RESEARCH, created=CREATED)

    assert json.loads((tmp_path / "b" / "manifest.json").read_text()) == manifest
    assert (manifest["format"], manifest["grade"], manifest["source"]) == (
        "concord-casefile",
        "research",
        "coded_files",
    )
    assert (manifest["agreement"], manifest["destroy_by"], manifest["matures_on"]) == (
        "A-0001",
        "2030-12-31",
        "2025-12-31",
    )
    assert manifest["created"] == "2026-01-05T09:00:00+00:00"
    assert {name: table["rows"] for name, table in manifest["tables"].items() if table["rows"]} == dict.fromkeys(
        rows, 1
    )
    assert manifest["frame"] == [
        {"site_id": "s1", "selected_by": "random", "files": 1, "eligible": 1, "received": 1, "coded": 1}
    ]
    assert set(manifest["code_lists"]) >= {"ChargeClass", "Why", "MeansOfControl"}
    assert set(manifest["tables"]) == set(TABLES)


def test_an_iterator_of_rows_is_read_once(tmp_path, rows):
    write(tmp_path / "b", {name: iter(table) for name, table in rows.items()}, RESEARCH, created=CREATED)

    assert [row["case_id"] for row in read(tmp_path / "b").rows("case")] == ["c1"]


def test_a_changed_file_is_noticed(tmp_path, rows):
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)
    (tmp_path / "b" / "victim.csv").write_text("victim_id\nv9\n")
    (tmp_path / "b" / "suspect.parquet").unlink()

    with pytest.raises(BundleError, match=r"victim\.csv, suspect\.parquet|suspect\.parquet, victim\.csv"):
        read(tmp_path / "b")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"case": [{"case_id": "c1"}]}, "case, row 1, site_id: needs a value"),
        ({"case": [{"cas_id": "c1"}]}, "no such field: cas_id"),
        ({"cases": []}, "no such table: cases"),
        ({"site": [{"site_id": "s1", "scope": "citywide"}]}, "site, row 1, scope: the value is not in the code list"),
        ({"site": [{"site_id": "s1", "scope": "local", "population": -1}]}, "population: the number is below 0"),
        (
            {"site": [{"site_id": "s1", "scope": "local", "population_why": "n/a"}]},
            "population: the value is no reason",
        ),
    ],
)
def test_a_value_its_column_may_not_hold_stops_the_bundle(tmp_path, change, says):
    with pytest.raises(BundleError, match=says):
        write(tmp_path / "b", change, RESEARCH, created=CREATED)


def test_a_bundle_is_never_written_over_another(tmp_path, rows):
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)

    with pytest.raises(BundleError, match="not empty"):
        write(tmp_path / "b", rows, RESEARCH, created=CREATED)


def test_the_research_grade_needs_an_agreement_and_an_end():
    with pytest.raises(BundleError, match="number of its agreement"):
        Origin(Source.LIVE_RECORD, date(2025, 1, 1), Grade.RESEARCH)


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "it is no bundle"), ("[]", "cannot be read"), ("{", "cannot be read"),
     ('{"format": "concord-casefile", "format_version": 2}', "this release reads concord-casefile 1")],
)  # fmt: skip
def test_what_is_no_bundle_is_not_opened(tmp_path, text, says):
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(BundleError, match=says):
        read(tmp_path)


# --- Shareable --------------------------------------------------------------------------------------------------------


def test_the_shareable_grade_shows_intervals_and_classes(tmp_path, rows):
    write(tmp_path / "b", rows, SHAREABLE, created=CREATED)
    shared = {name: next(iter(read(tmp_path / "b").rows(name))) for name in ("case", "victim", "charge")}

    assert (shared["case"]["opened_quarter"], shared["case"]["closed_days"]) == ("2023-Q1", 181)
    assert (shared["victim"]["status_days"], shared["victim"]["age_at_first_act_band"]) == (28, "12-17")
    assert (shared["charge"]["filed_days"], shared["charge"]["sentence_months"], shared["charge"]["class"]) == (
        61,
        132,
        "HT-SEX",
    )


def test_a_shareable_bundle_has_no_exact_date_and_no_citation_anywhere(tmp_path, rows):
    rows["coding"] = [
        {"file_id": "f1", "table_name": "charge", "row_id": "h1", "column_name": column, "coder_id": "k1", "round": 1,
         "value": value, "adjudicated": False}
        for column, value in (("citation", "18 USC 1591(a)(1)"), ("filed_on", "2023-04-03"), ("class", "HT-SEX"))
    ]  # fmt: skip
    write(tmp_path / "b", rows, SHAREABLE, created=CREATED)
    text = "".join((tmp_path / "b" / f"{name}.csv").read_text() for name in SHAREABLE_TABLES)

    assert "1591" not in text
    assert "2023-" not in text.replace("2023-Q", "")
    codings = {row["column_name"]: (row["value"], row["value_why"]) for row in read(tmp_path / "b").rows("coding")}
    assert codings == {
        "citation": (None, "withheld"),
        "filed_on": (None, "withheld"),
        "class": ("HT-SEX", None),
    }


def test_in_the_shareable_grade_a_missing_value_keeps_its_reason_and_a_hidden_one_says_so(tmp_path, rows):
    rows["case"][0] |= {"adopted_federally_on_why": Why.NOT_APPLICABLE, "closed_on": "2023-08"}
    rows["suspect"][0] |= {"arrested_on_why": None}
    write(tmp_path / "b", rows, SHAREABLE, created=CREATED)
    opened = read(tmp_path / "b")
    (case,), (suspect,) = opened.rows("case"), opened.rows("suspect")

    assert case["adopted_federally_days_why"] == "not_applicable"
    assert (case["closed_days"], case["closed_days_why"]) == (None, "withheld")
    assert (suspect["arrested_days"], suspect["arrested_days_why"]) == (None, None)


def test_every_date_place_and_free_text_is_coarse_or_absent_in_the_shareable_grade():
    for table in TABLES.values():
        for column in table.columns:
            if column.kind is Kind.DATE or column.name in ("citation", "counties", "population", "refused_because"):
                assert column.share is not Share.KEEP, f"{table.name}.{column.name}"


# --- Study ids --------------------------------------------------------------------------------------------------------


def test_study_ids_link_rows_as_before_and_tell_nothing(rows):
    rows["case"][0]["case_id"] = "docket-24-001"
    rows["frame"][0]["case_id"] = rows["victim"][0]["case_id"] = rows["suspect"][0]["case_id"] = "docket-24-001"

    new, key = renumber(rows, random.Random(7))

    assert key["case"] == {"docket-24-001": "case-000001"}
    assert new["victim"][0]["case_id"] == new["frame"][0]["case_id"] == "case-000001"
    assert new["charge"][0]["victim_ids"] == [new["victim"][0]["victim_id"]]
    assert "24-001" not in json.dumps(new, default=str)
    assert rows["case"][0]["case_id"] == "docket-24-001", "the rows given are left as they were"


def test_a_key_without_its_row_stays_a_key_without_its_row(rows):
    rows["victim"][0]["case_id"] = "lost"

    new, _ = renumber(rows, random.Random(7))

    assert new["victim"][0]["case_id"] not in {row["case_id"] for row in new["case"]}


def test_numbers_do_not_follow_the_order_of_the_rows():
    rows = {"site": [{"site_id": f"s{n}", "scope": "local"} for n in range(50)]}

    new, _ = renumber(rows, random.Random(7))

    assert [row["site_id"] for row in new["site"]] != sorted(row["site_id"] for row in new["site"])


def test_money_keeps_its_cents(tmp_path, rows):
    rows["charge"][0] |= {"fine_usd": Decimal("0.10"), "fine_usd_why": None}
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)

    assert next(iter(read(tmp_path / "b").rows("charge")))["fine_usd"] == Decimal("0.10")


def test_code_lists_have_a_version_that_their_values_decide():
    assert bundle.code_lists() == bundle.code_lists()
    assert len(set(bundle.code_lists().values())) > 20


def test_a_cell_that_reads_as_a_formula_is_guarded_in_the_csv(tmp_path, rows):
    rows["charge"][0]["citation"] = "=18 USC 1591"
    write(tmp_path / "b", rows, RESEARCH, created=CREATED)

    assert ",'=18 USC 1591," in (tmp_path / "b" / "charge.csv").read_text()
    with pytest.raises(BadCell):
        cells.parse(TABLES["charge"].column("citation"), "=18 USC 1591")
