"""The page beside the published figures keeps apart what can be compared and what cannot."""

import pytest

from concord.evaluation import study as studies
from concord.evaluation.sections import published
from tests.unit.evaluation import world


@pytest.fixture
def made(tmp_path):
    victims = [{"victim_id": f"v{n}", "case_id": "c1", "status": "confirmed", "status_by": "police",
                "status_on": "2022-05-01"} for n in (1, 2, 3)]  # fmt: skip
    with studies.read(world.five_cases(tmp_path, victim=victims)) as study:
        yield published.section(study)


def grid(made, key):
    return next(one for one in made.grids() if one.key == key)


def test_a_rate_without_n_stands_only_among_what_cannot_be_compared(made):
    apart = {row[0].shown: row for row in grid(made, "published_apart").rows}
    compared = [value.shown for row in grid(made, "published_compared").rows for value in row]
    assert "n was not published" in apart["Arrest; prosecution; prosecuted under trafficking law"][4].shown
    assert not {"95%", "77%", "33%", "66%"} & set(compared)


def test_own_figures_stand_beside_with_their_base(made):
    rows = {row[0].shown: row for row in grid(made, "published_compared").rows}
    assert (rows["Files"][1].shown, rows["Files"][3].shown) == ("226", 5)
    assert rows["Cases of type: labor"][3].shown == pytest.approx(1 / 5)
    assert rows["Suspects a confirmed case"][3].shown == 2
    assert rows["Victims a confirmed case"][3].shown == 3


def test_every_number_of_cases_and_people_names_its_counts(made):
    about_sites = {"Task forces in the study", "Sites that gave files"}
    rows = [row for row in grid(made, "published_compared").rows if row[0].shown not in about_sites]
    numbers = [value for row in rows for value in row if isinstance(value.shown, int | float)]
    assert len(numbers) == 11
    assert all(value.of and set(value.of) <= set(made.counts.values) for value in numbers)


def test_what_does_not_add_up_is_listed_with_its_difference(made):
    differences = {row[0].shown: row[4].shown for row in grid(made, "published_flagged").rows}
    assert differences["Orange County 2014: sex, labor, both"] == "-1"


def test_a_study_without_victims_says_that_no_case_is_confirmed(tmp_path):
    with studies.read(world.five_cases(tmp_path)) as study:
        rows = {row[0].shown: row for row in grid(published.section(study), "published_compared").rows}
    assert rows["Victims a confirmed case"][3].missing == "no confirmed case"
