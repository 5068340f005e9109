import pytest

from concord.evaluation import disparity
from concord.evaluation.disparity import ENTRY, NO_N, Person, Rule, against, comparator, passage, published, tally

TOWN = {"name": "Residents of the two counties", "source": "an invented census, table 1", "year": 2020,
        "shares": {"black": 0.2, "white": 0.7, "mena": 0.0}, "base": 50_000, "race_source": "self"}  # fmt: skip
# Invented: people by site A to D of the group and not, who went on and who did not.
WENT = {(True, True): (6, 4, 9, 3), (True, False): (5, 8, 7, 6),
        (False, True): (4, 6, 3, 5), (False, False): (5, 2, 8, 4)}  # fmt: skip


def person(*races: str, source: str | None = "officer", site: str = "A") -> Person:
    return Person(races, source, site)


def invented(sites: str = "ABCD") -> list[tuple[Person, bool]]:
    races = {True: ("black",), False: ("white",)}
    return [
        (person(*races[went], site=site), inside)
        for (inside, went), numbers in WENT.items()
        for site, number in zip(sites, numbers, strict=True)
        for _ in range(number)
    ]


def people() -> list[Person]:
    return [one for one, _ in invented()]


def test_the_published_two_thirds_beside_a_seventh_is_refused_without_an_n():
    nation = comparator(TOWN | {"name": "General population", "shares": {"black": 0.14}})
    found = published("investigated or arrested", "black", 0.66, None, nation)
    assert found.ratio is None
    assert found.refused == NO_N
    assert ENTRY in str(found)


def test_with_its_n_a_published_share_has_a_ratio_and_is_told_as_independent():
    found = published("arrested", "black", 0.66, 200, comparator(TOWN))
    assert found.ratio == pytest.approx(3.3)
    assert found.low == pytest.approx(3.3 * 0.905308, rel=1e-5)  # exp(-1.959964 * sqrt(1/132 - 1/200))
    assert "the sites are not told" in found.caveats[-1]


def test_the_interval_of_a_share_is_between_sites():
    """Poisson regression with robust errors by site (statsmodels GEE, times G/(G-1), t(3)) gives the same."""
    found = against(tally("arrested", people()), "black", comparator(TOWN))
    assert (found.count, found.n, found.sites) == (40, 85, 4)
    assert found.ratio == pytest.approx(2.352941, rel=1e-6)
    assert (found.low, found.high) == (pytest.approx(2.10962267, rel=1e-7), pytest.approx(2.62432342, rel=1e-7))


def test_a_sampled_comparator_widens_the_interval():
    census, survey = comparator(TOWN | {"base": 400}), comparator(TOWN | {"base": 400, "sample": True})
    at = tally("arrested", people())
    assert against(at, "black", survey).low < against(at, "black", census).low


def test_a_census_of_files_has_a_ratio_and_no_interval():
    found = against(tally("arrested", people()), "black", comparator(TOWN), interval=False)
    assert (found.low, found.high) == (None, None)
    assert found.ratio == pytest.approx(2.352941, rel=1e-6)


def test_missing_race_is_shown_with_what_it_could_do_to_the_ratio():
    at = tally("arrested", [person("black"), person("white"), person(), person()])
    found = against(at, "black", comparator(TOWN))
    assert (at.n, at.known, found.missing) == (4, 2, 2)
    assert (found.least, found.ratio, found.most) == (pytest.approx(1.25), pytest.approx(2.5), pytest.approx(3.75))
    assert "Race is not recorded for 2 of 4." in found.caveats


def test_who_recorded_race_is_told_on_both_sides():
    found = against(tally("arrested", people()), "black", comparator(TOWN))
    assert "Who recorded race: here officer; in the comparator self. They need not agree." in found.caveats


@pytest.mark.parametrize(
    ("at", "group", "says"),
    [
        ([], "black", "nobody is at this stage"),
        ([person()], "black", "race is not recorded for anybody"),
        ([person("asian")], "asian", "does not give a share"),
        ([person("mena")], "mena", "the comparator is zero"),
    ],
)
def test_a_ratio_without_ground_is_refused_with_the_reason(at, group, says):
    found = against(tally("arrested", at), group, comparator(TOWN))
    assert found.ratio is None
    assert says in found.refused
    assert ENTRY in found.caveats


@pytest.mark.parametrize(("races", "who"), [("white", "nobody"), ("black", "everybody")])
def test_none_or_all_of_a_group_has_no_interval(races, who):
    found = against(tally("arrested", [person(races)] * 5), "black", comparator(TOWN))
    assert found.low is None
    assert f"No interval: {who} of known race is of the group." in found.caveats


def test_a_person_of_two_races_counts_in_both_or_in_a_group_of_its_own_as_the_rule_says():
    two = [person("black", "white"), person("black")]
    assert tally("arrested", two).counts == {"black": 2, "white": 1}
    assert tally("arrested", two, Rule.ALONE).counts == {"two_or_more": 1, "black": 1}
    assert tally("arrested", two).several == 1


def test_two_rules_about_people_of_two_races_do_not_make_a_ratio():
    alone = comparator(TOWN | {"rule": "alone"})
    assert "by another rule" in against(tally("arrested", people()), "black", alone).refused


def test_going_on_is_compared_between_sites():
    """As above, by robust Poisson regression; ratio 22/40 over 26/45."""
    found = passage("prosecuted", "black", invented())
    assert (found.went_on, found.of, found.others_went_on, found.others) == (22, 40, 26, 45)
    assert found.ratio == pytest.approx(0.95192308, rel=1e-7)
    assert (found.low, found.high) == (pytest.approx(0.38242393, rel=1e-7), pytest.approx(2.3695106, rel=1e-7))
    assert found.caveats == (ENTRY,)


def test_at_one_site_people_are_taken_as_independent_and_it_is_said():
    """R 4.5, exp(log(rr) +- 1.96 sqrt(1/22 - 1/40 + 1/26 - 1/45))."""
    found = passage("prosecuted", "black", invented("AAAA"))
    assert (found.low, found.high) == (pytest.approx(0.6539563117, rel=1e-9), pytest.approx(1.3856545585, rel=1e-9))
    assert "there is one site" in found.caveats[-1]


def test_sites_that_do_not_differ_at_all_do_not_shrink_the_interval_to_nothing():
    people = [person(race, site=site) for site in "AB" for race in ("black", "white")]
    found = against(tally("arrested", people), "black", comparator(TOWN))
    assert found.low < found.ratio < found.high


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(person("white"), True)], "nobody of the group"),
        ([(person("black"), True)], "nobody to stand beside"),
        ([(person("black"), True), (person("white"), False)], "nothing to divide by"),
    ],
)
def test_a_comparison_with_nobody_is_refused(rows, says):
    assert says in passage("prosecuted", "black", rows).refused


def test_an_unknown_outcome_is_missing_and_not_a_no():
    found = passage("prosecuted", "black", [*invented(), (person("black"), None)])
    assert (found.of, found.missing) == (40, 1)


def test_a_rate_ratio_is_that_of_the_log_formula():
    ratio, low, high = disparity.rate_ratio(26, 4500, 22, 4000)
    assert ratio == pytest.approx(1.050505, rel=1e-6)
    assert low * high == pytest.approx(ratio**2)
    assert high / ratio == pytest.approx(1.764324, rel=1e-5)  # exp(1.959964 * sqrt(1/26 + 1/22))


def test_a_rate_without_exposure_is_refused():
    with pytest.raises(ValueError, match="no n, no ratio"):
        disparity.rate_ratio(26, 0, 22, 4000)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": ""}, "has no source"),
        ({"base": 0}, "has no base"),
        ({"shares": {"green": 0.1}}, "green is not a group"),
        ({"shares": {"black": 14}}, "the share of black is 14"),
        ({"shares": {"black": "14 %"}}, "whole numbers, shares a table"),
        ({"rule": "alone", "shares": {"black": 0.6, "white": 0.6}}, "add up to more than 1"),
        ({"rule": "both"}, "the rule is not one of any, alone"),
        ({"n": 3}, "no such entry: n"),
    ],
)
def test_a_comparator_says_where_it_comes_from_and_on_whom_it_rests(change, says):
    with pytest.raises(ValueError, match=says):
        comparator(TOWN | change)


def test_a_comparator_without_its_year_is_refused():
    with pytest.raises(ValueError, match="has no year. Add it"):
        comparator({name: value for name, value in TOWN.items() if name != "year"})
