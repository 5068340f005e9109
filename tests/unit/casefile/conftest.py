"""A small, whole, invented case file, and the folder of real public files where there is one."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from concord.casefile.bundle import Origin, Source
from concord.casefile.tables import TABLES
from concord.vocabulary import Grade, Why

CHECKOUT = Path(__file__).parents[3]
CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RESEARCH = Origin(Source.CODED_FILES, date(2025, 12, 31), Grade.RESEARCH, "A-0001", date(2030, 12, 31))
SHAREABLE = Origin(Source.CODED_FILES, date(2025, 12, 31))


@pytest.fixture
def shared():
    """The folder of public files (`CONCORD_SHARED`, else beside the checkout)."""
    folder = Path(os.environ.get("CONCORD_SHARED", CHECKOUT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the public files are not here: set CONCORD_SHARED to the folder that holds data/")
    return folder


def complete(table, why=Why.NOT_RECORDED, **values):
    """A row of a table with these values, and a reason for everything else."""
    row = dict.fromkeys(TABLES[table].entry_fields()) | values
    for column in TABLES[table].columns:
        if column.why and row[column.name] is None and row[column.why] is None:
            row[column.why] = why
    return row


@pytest.fixture
def rows():
    """One site, one file, one case with a victim, a suspect, a pair, an assertion and a charge. No finding."""
    return {
        "site": [complete("site", site_id="s1", scope="local")],
        "frame": [
            complete(
                "frame", file_id="f1", site_id="s1", eligible=True, received=True, selected_by="random", case_id="c1"
            )
        ],
        "case": [
            complete(
                "case",
                case_id="c1",
                site_id="s1",
                status="closed",
                opened_on=date(2023, 2, 1),
                closed_on=date(2023, 8, 1),
                closed_how="arrest",
                trafficking_type="sex",
                agencies=["local:law_enforcement"],
                methods=[],
            )
        ],
        "victim": [
            complete(
                "victim",
                victim_id="v1",
                case_id="c1",
                status="confirmed",
                status_on=date(2023, 3, 1),
                status_by="police",
                age_at_first_act=17,
                minor_at_act=True,
                race=["black", "hispanic"],
                type="sex",
            )
        ],
        "suspect": [
            complete("suspect", suspect_id="p1", case_id="c1", age=41, role="primary", outcome="convicted_plea")
        ],
        "pair": [complete("pair", pair_id="r1", victim_id="v1", suspect_id="p1")],
        "assertion": [
            complete(
                "assertion", assertion_id="a1", pair_id="r1", element="means", value="force", holds=True,
                basis="statement",
            )
        ],
        "charge": [
            complete(
                "charge",
                charge_id="h1",
                suspect_id="p1",
                victim_ids=["v1"],
                stage="disposed",
                citation="18 USC 1591(a)(1)",
                **{"class": "HT-SEX"},
                counts=2,
                counts_dismissed=0,
                counts_dismissed_by_plea=1,
                counts_guilty_plea=1,
                counts_guilty_trial=0,
                counts_acquitted=0,
                counts_pending=0,
                filed_on=date(2023, 4, 3),
                disposed_on=date(2023, 11, 20),
                sentence_kind="months",
                sentence_months=130,
            )
        ],
    }  # fmt: skip
