import copy
from dataclasses import replace

import pytest

from concord.disclosure.grids import Counts, Grid, Kind, Value, share, words
from concord.disclosure.ledger import Ledger, LedgerError
from concord.disclosure.release import Releasable, ReleaseError, Rule, release
from tests.unit.disclosure.tables import column

SMALL, OTHER = "withheld: fewer than 5", "withheld to protect another"


def cases() -> Counts:
    counts = Counts({"cases": 40, "sex": 28, "labor": 3, "both": 9})
    counts.sums("cases", ["sex", "labor", "both"])
    return counts


def missing(released, grid: int = 0) -> list[str]:
    return [row[-1].missing for row in released.grids[grid].rows]


def test_a_small_count_and_the_one_that_would_give_it_away_are_blank():
    released = release([column("types", cases(), "cases", "sex", "labor", "both")], cases())
    assert missing(released) == ["", "", SMALL, OTHER]
    assert released.grids[0].rows[2][1].shown is None
    assert (released.primary, released.complementary) == ({"labor"}, {"both"})


def test_the_audit_is_summed_up_in_words():
    released = release([column("types", cases(), "cases", "sex", "labor", "both")], cases())
    assert str(released) == (
        "Hidden: 1 below 5, and 1 more to protect them; "
        "the nearest that a reader can come to a hidden count is a span of 12."
    )
    alone = release([column("small", Counts({"labor": 3}), "labor")], Counts({"labor": 3}))
    assert "no sum says how large" in str(alone)
    assert "nothing is hidden" in str(release([], Counts({"sex": 28})))


def test_shares_and_intervals_of_a_hidden_count_are_blank():
    counts = cases()
    derived = Value(0.075, Kind.SHARE, ("labor", "cases"), low=0.02, high=0.2)
    grid = Grid("shares", "Shares", words("Share", "Text"), ((derived, Value("2 % to 20 %", of=("labor",))),))
    first, second = release([grid], counts).grids[0].rows[0]
    assert (first.shown, first.low, first.high, first.missing) == (None, None, None, SMALL)
    assert (second.shown, second.missing) == (None, SMALL)


def test_a_share_whose_rest_is_small_is_blank():
    """37 of 40 says that 3 are not, though nobody printed the 3."""
    counts = Counts({"cases": 40})
    counts.part("cases", "prosecuted", 37)
    grid = Grid("rate", "Rate", words("Of", "Share"),
                ((Value(40, Kind.COUNT, ("cases",)), share(counts, "prosecuted", "cases")),))  # fmt: skip
    assert missing(release([grid], counts)) == [OTHER]


def test_a_share_whose_rest_nobody_registered_is_blank_too():
    counts = Counts({"cases": 40, "prosecuted": 37})
    grid = Grid("rate", "Rate", words("Share"), ((Value(37 / 40, Kind.SHARE, ("prosecuted", "cases")),),))
    assert missing(release([grid], counts)) == [OTHER]
    assert set(counts.values) == {"cases", "prosecuted"}


def test_a_rest_of_nobody_is_no_reason_to_blank():
    counts = Counts({"cases": 40, "prosecuted": 40})
    grid = Grid("rate", "Rate", words("Share"), ((Value(1.0, Kind.SHARE, ("prosecuted", "cases")),),))
    assert missing(release([grid], counts)) == [""]


def test_one_grid_does_not_give_away_what_another_hides():
    counts = cases()
    grids = [column("totals", counts, "cases", "sex", "both"), column("small", counts, "labor")]
    released = release(grids, counts)
    assert OTHER in missing(released, 0)
    assert missing(released, 1) == [SMALL]


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.SHARE])
def test_a_number_of_people_that_names_no_count_is_refused(kind):
    grid = Grid("types", "Types", words("What", "Number"), ((Value("x"), Value("y")), (Value("x"), Value(3, kind))))
    with pytest.raises(ReleaseError, match=r"grid types, row 2, column 'Number': a (count|share) that names no count"):
        release([grid], cases())


def test_an_unknown_count_is_refused():
    grid = Grid("types", "Types", words("Mean"), ((Value(3.5, Kind.DAYS, ("nobody",)),),))
    with pytest.raises(ReleaseError, match="grid types, row 1, column 'Mean': no count is called nobody"):
        release([grid], cases())


def test_a_blank_without_a_number_may_leave():
    grid = Grid("types", "Types", words("Share"), ((Value(None, Kind.SHARE, missing="not asked"),),))
    assert missing(release([grid], cases())) == ["not asked"]


def test_nobody_else_makes_a_releasable_table():
    made = release([column("types", cases(), "sex")], cases()).grids[0]
    with pytest.raises(TypeError, match="by nothing else"):
        Releasable("key", "title", made.headings, made.rows)
    with pytest.raises(TypeError, match="by nothing else"):
        replace(made, rows=((Value("labor"), Value(3, Kind.COUNT)),))
    assert copy.copy(made) == made


def test_a_wider_threshold_says_so_in_its_reason():
    released = release([column("types", cases(), "both")], cases(), Rule(threshold=11))
    assert missing(released) == ["withheld: fewer than 11"]


def handed_out(ledger: Ledger, counts: Counts, *names: str, rule: Rule | None = None):
    """A release of these counts that left and was written down."""
    made = release([column("types", counts, *names)], counts, rule, ledger)
    made.keep(ledger)
    return made


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "releases.jsonl")


def test_the_same_release_twice_is_written_once(ledger):
    first, again = (handed_out(ledger, cases(), "cases", "sex", "labor") for _ in "ab")
    assert first == again
    assert [entry.counts["labor"] for entry in ledger.entries()] == [None]


def test_a_release_that_never_left_is_not_in_the_ledger(ledger):
    release([column("types", cases(), "sex")], cases(), ledger=ledger)
    assert not ledger.path.exists()


def test_a_second_release_does_not_complete_the_first(ledger):
    """First `both` protects `labor`; a second table alone would print `both` and give `labor` away."""
    handed_out(ledger, cases(), "cases", "sex", "labor", "both")
    assert missing(handed_out(ledger, cases(), "both")) == [OTHER]


def test_what_was_printed_before_is_no_hiding_place(ledger):
    handed_out(ledger, cases(), "both")
    second = handed_out(ledger, cases(), "cases", "sex", "labor", "both")
    assert missing(second)[3] == ""
    assert second.complementary
    assert second.complementary <= {"sex", "cases"}


@pytest.mark.parametrize(("now", "why"), [(40, ""), (42, OTHER), (36, OTHER), (45, "")])
def test_a_count_that_moved_by_a_few_is_hidden(ledger, now, why):
    """40 cases last month and 42 now are two cases that everybody can point at; 45 are a group."""
    handed_out(ledger, Counts({"cases": 40}), "cases")
    assert missing(handed_out(ledger, Counts({"cases": now}), "cases")) == [why]


def test_a_count_that_moved_by_a_few_is_not_had_from_its_sum_either(ledger):
    handed_out(ledger, Counts({"sex": 28}), "sex")
    counts = Counts({"cases": 42, "sex": 30, "both": 12})
    counts.sums("cases", ["sex", "both"])
    second = handed_out(ledger, counts, "cases", "sex", "both")
    assert second.printed["sex"] is None
    assert None in (second.printed["cases"], second.printed["both"])


def test_a_count_printed_under_a_lower_threshold_cannot_be_taken_back(ledger):
    handed_out(ledger, cases(), "both")
    with pytest.raises(LedgerError, match="both is below 11 and was printed in an earlier release"):
        handed_out(ledger, cases(), "both", rule=Rule(threshold=11))


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"study": 1, "counts": {}}', '{"study": "x", "counts": {"a": "b"}}', '"\xff']
)
def test_a_damaged_ledger_is_refused_by_line(tmp_path, line):
    path = tmp_path / "releases.jsonl"
    path.write_bytes(b'{"study":"x","counts":{"cases":40}}\n' + line.encode("latin-1") + b"\n")
    with pytest.raises(LedgerError, match="line 2: not a line of a ledger"):
        release([column("a", cases(), "sex")], cases(), ledger=Ledger(path))
