from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord.disclosure.audit import AuditError, audit
from concord.disclosure.grids import Counts, two_way
from concord.disclosure.suppression import ProtectionError, protect
from concord.disclosure.system import Rule
from tests.unit.disclosure.tables import drawn, public, whole_numbers

RULE = Rule()
CELL = st.one_of(st.integers(0, 6), st.integers(0, 60))


def line(*parts: int, public: bool = False) -> Counts:
    """A total and its parts: t = a + b + ..."""
    counts = Counts({"t": sum(parts)} | {chr(97 + place): part for place, part in enumerate(parts)})
    counts.sums("t", [name for name in counts.values if name != "t"])
    counts.public = {"t"} if public else set()
    return counts


@pytest.mark.parametrize(("count", "hides"), [(0, False), (1, True), (4, True), (5, False)])
def test_one_to_four_are_hidden(count, hides):
    assert (protect(Counts({"a": count}), RULE).primary == {"a"}) is hides


def test_zeros_are_hidden_where_the_rule_says_so():
    assert protect(Counts({"a": 0}), Rule(zeros=True)).primary == {"a"}


def test_public_record_is_shown():
    assert protect(Counts({"a": 2}, public={"a"}), RULE).hidden == frozenset()


def test_what_public_record_adds_up_to_is_public_record():
    counts = line(2, 9)
    counts.public = {"t", "b"}
    assert protect(counts, RULE).hidden == frozenset()


def test_a_lone_blank_in_a_sum_takes_another_with_it():
    chosen = protect(line(3, 9, 20), RULE)
    assert chosen.primary == {"a"}
    assert chosen.complementary == {"b"}


def test_two_blanks_that_the_reasons_give_away_are_not_enough():
    counts = line(4, 4, 20)  # both at most 4 and together 8
    with pytest.raises(AuditError, match="2 small counts can be found out"):
        audit(counts, {"a", "b"}, RULE)
    assert len(protect(counts, RULE).hidden) == 3


def test_two_ones_in_a_printed_two_are_not_enough():
    counts = line(1, 1, 20)
    with pytest.raises(AuditError):
        audit(counts, {"a", "b"}, RULE)
    assert audit(counts, protect(counts, RULE).hidden, RULE).least >= 5


def test_two_tables_with_one_margin_are_protected_together():
    """The same cases by type and by region: the blank of one table is not the difference of the other."""
    counts = Counts({"all": 30, "sex": 27, "labor": 3, "north": 18, "south": 12, "sex north": 16, "sex south": 11,
                     "labor north": 2, "labor south": 1})  # fmt: skip
    counts.sums("all", ["sex", "labor"])
    counts.sums("all", ["north", "south"])
    for where in ("north", "south"):
        counts.sums(where, [f"sex {where}", f"labor {where}"])
    for kind in ("sex", "labor"):
        counts.sums(kind, [f"{kind} north", f"{kind} south"])
    chosen = protect(counts, RULE)
    assert chosen.primary == {"labor", "labor north", "labor south"}
    assert audit(counts, chosen.hidden, RULE).least >= 5
    with pytest.raises(AuditError):
        audit(counts, chosen.primary, RULE)


def test_a_hierarchy_does_not_give_a_small_county_away():
    counts = Counts({"state": 60, "east": 33, "west": 27, "a": 2, "b": 31, "c": 13, "d": 14})
    counts.sums("state", ["east", "west"])
    counts.sums("east", ["a", "b"])
    counts.sums("west", ["c", "d"])
    chosen = protect(counts, RULE)
    assert chosen.hidden == {"a", "b"}
    assert audit(counts, chosen.hidden, RULE).cells["a"].high == 33


def test_a_zero_is_no_hiding_place_while_there_is_a_better_one():
    assert protect(line(2, 0, 0, 40), RULE).complementary == {"d"}


def test_what_public_record_gives_away_is_refused():
    with pytest.raises(ProtectionError, match="count a cannot be protected"):
        protect(line(1, 2, public=True), RULE)


def test_what_was_printed_before_is_no_hiding_place():
    counts = line(3, 9, 20, 30)
    assert protect(counts, RULE, known={"b": 9}).complementary == {"c"}
    with pytest.raises(ProtectionError):
        protect(counts, RULE, known={"b": 9, "c": 20, "d": 30, "t": 62})


def test_a_count_that_is_not_hidden_at_all_is_a_leak():
    with pytest.raises(AuditError, match="first: a"):
        audit(Counts({"a": 3}), set(), RULE)


def test_a_leak_says_no_number():
    with pytest.raises(AuditError) as refused:
        audit(line(3, 97), {"a"}, RULE)
    assert "3" not in str(refused.value)
    assert "97" not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"threshold": 2}, {"protection": 0}])
def test_a_rule_that_hides_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="hides nothing|protects nothing"):
        Rule(**wrong)


@pytest.mark.parametrize("rule", [Rule(3), Rule(10), Rule(protection=12), Rule(zeros=True)])
def test_every_rule_is_kept_in_a_table(rule):
    counts = drawn(6, 4)
    assert audit(counts, protect(counts, rule).hidden, rule).least >= rule.width


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(CELL, min_size=4, max_size=12), st.integers(2, 3))
def test_no_small_cell_can_be_found_by_trying_every_table(cells, across):
    """An attacker of whole numbers, who reads the reasons, always has two tables left."""
    down = len(cells) // across
    counts = two_way("cases", "row", "column", dict(zip(product("abcdef"[:down], "xyz"[:across]), cells, strict=False)))
    chosen = protect(counts, RULE)
    printed = {name: count for name, count in counts.values.items() if name not in chosen.hidden}
    reasons = {name: "small" if name in chosen.primary else "other" for name in chosen.hidden if counts.values[name]}
    for name in chosen.primary:
        assert len(whole_numbers(counts, printed, name, reasons)) > 1
        assert len(whole_numbers(counts, printed, name)) > RULE.width


def test_the_public_tables_are_protected():
    """Norwegian regions by livelihood and by county and size: two tables of the same people (CONCORD_SHARED)."""
    rows = public("z2.csv")
    counts = two_way("people", "region", "kind", {(r["region"], r["hovedint"]): int(float(r["ant"])) for r in rows})
    for key in ("fylke", "kostragr"):
        for one in {r[key] for r in rows}:
            inside = sorted({r["region"] for r in rows if r[key] == one})
            parts = [f"people|all|region={region}" for region in inside]
            counts.add(f"{key}={one}", sum(counts.values[part] for part in parts))
            counts.sums(f"{key}={one}", parts)
    chosen = protect(counts, RULE)
    assert len(chosen.primary) >= 4
    assert audit(counts, chosen.hidden, RULE).least >= 5


def test_the_same_counts_are_hidden_every_time():
    assert protect(drawn(6, 4), RULE) == protect(drawn(6, 4), RULE)
