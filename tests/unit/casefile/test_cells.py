"""A cell is read exactly or refused, and the refusal repeats nothing that might be a person's words."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.casefile import cells
from concord.casefile.cells import BadCell
from concord.casefile.tables import TABLES

CASE, CHARGE, VICTIM = TABLES["case"], TABLES["charge"], TABLES["victim"]


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (CASE.column("opened_on"), "2024-02-29", date(2024, 2, 29)),
        (CASE.column("opened_on"), "2024-02", "2024-02"),
        (CASE.column("opened_on"), "2024", "2024"),
        (CASE.column("opened_on"), datetime(2024, 2, 29, 8, 30), date(2024, 2, 29)),
        (CASE.column("opened_on"), 2024.0, "2024"),
        (CASE.column("proactive"), "yes", True),
        (CASE.column("proactive"), False, False),
        (CASE.column("methods"), "wiretap; informant", ["wiretap", "informant"]),
        (CASE.column("methods"), "none", []),
        (CASE.column("methods"), " ", None),
        (CHARGE.column("counts"), 3.0, 3),
        (CHARGE.column("fine_usd"), "1200.5", Decimal("1200.50")),
        (CHARGE.column("citation"), "'=18 USC 1591", "=18 USC 1591"),
    ],
)
def test_a_cell_is_read_for_what_it_is(column, text, value):
    assert cells.parse(column, text) == value


@pytest.mark.parametrize(
    ("column", "text", "kind"),
    [
        (CASE.column("opened_on"), "2023-02-29", "date"),
        (CASE.column("opened_on"), "2023-13", "date"),
        (CASE.column("opened_on"), "02/03/2023", "date"),
        (CASE.column("opened_on"), "0999-01-01", "date"),
        (CASE.column("closed_how"), "arrested", "code"),
        (CASE.column("proactive"), "Y", "yes/no"),
        (CASE.column("methods"), "wiretap;;informant", "list"),
        (CASE.column("methods"), "wiretap;wiretap", "list"),
        (CASE.column("counties"), "=A1", "text"),
        (CHARGE.column("citation"), "=HYPERLINK(1)", "formula"),
        (CHARGE.column("citation"), "18 USC\n1591", "text"),
        (CHARGE.column("citation"), "18\0USC", "NUL"),
        (CHARGE.column("counts"), "0", "number"),
        (CHARGE.column("counts"), "1.5", "number"),
        (CHARGE.column("fine_usd"), "1,200", "number"),
        (CHARGE.column("fine_usd"), float("nan"), "number"),
        (VICTIM.column("age_at_first_act"), "999", "number"),
        (VICTIM.column("victim_id"), "v 1", "id"),
        (VICTIM.column("victim_id"), date(2023, 1, 1), "id"),
    ],
)
def test_anything_else_is_refused(column, text, kind):
    with pytest.raises(BadCell) as refused:
        cells.parse(column, text)

    assert refused.value.kind == kind
    assert refused.value.what_to_do


def test_a_refusal_repeats_a_code_but_never_words():
    with pytest.raises(BadCell, match="closed_by_arrest"):
        cells.parse(CASE.column("closed_how"), "closed_by_arrest")
    with pytest.raises(BadCell) as refused:
        cells.parse(CASE.column("closed_how"), "Example")

    assert "Example" not in f"{refused.value} {refused.value.what_to_do}"


@given(st.sampled_from([c for t in TABLES.values() for c in t.columns]), st.text(max_size=40))
def test_whatever_is_read_is_written_back_as_the_same_value(column, text):
    try:
        value = cells.parse(column, text)
    except BadCell:
        return
    assert cells.parse(column, cells.as_text(column, value)) == value
