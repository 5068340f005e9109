import pytest

from concord.disclosure.grids import Counts, Kind, Relation, share


def test_a_part_brings_the_rest_of_its_whole():
    counts = Counts()
    counts.add("cases", 12)
    counts.part("cases", "cases|prosecuted", 9)
    assert counts.values["cases|prosecuted|not"] == 3
    assert counts.relations == [Relation("cases", ("cases|prosecuted", "cases|prosecuted|not"))]


def test_the_rest_is_public_only_where_part_and_whole_are():
    counts = Counts()
    counts.add("cases", 12)
    counts.add("filings", 12, public=True)
    counts.part("cases", "a", 9, public=True)
    counts.part("filings", "b", 9, public=True)
    assert counts.public == {"filings", "a", "b", "b|not"}


def test_a_part_larger_than_its_whole_is_refused():
    counts = Counts({"cases": 3})
    with pytest.raises(ValueError, match="more than the 3 of cases"):
        counts.part("cases", "cases|prosecuted", 4)
    assert counts.values == {"cases": 3}


def test_a_share_names_part_and_whole():
    counts = Counts({"cases": 12, "none": 0})
    counts.part("cases", "prosecuted", 9)
    assert share(counts, "prosecuted", "cases").of == ("prosecuted", "cases")
    assert share(counts, "prosecuted", "cases").shown == 0.75
    counts.part("none", "nobody", 0)
    assert share(counts, "nobody", "none").kind is Kind.SHARE
    assert share(counts, "nobody", "none").missing == "nothing to count from"
