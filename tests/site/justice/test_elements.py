"""Facts of the offence: stated, excepted, taken back; what they come to is the prosecuting office's alone."""

import datetime as dt

import pytest

from concord.site.justice import facts
from concord.site.justice.actions import cases as case_actions
from concord.site.justice.actions import persons as actions
from concord.site.justice.models import Assertion, Pair
from concord.site.stores.acting import acting
from concord.vocabulary import Answer, Basis, Element, Means, Outcome, PersonRole
from tests.site.justice import cases

DAY = dt.date(2026, 4, 1)
ENOUGH = ((Element.ACT, "recruit"), (Element.PURPOSE, "debt_bondage"), (Element.MEANS, "force"))


@pytest.fixture
def case(world):
    """Three victims and a suspect of one scheme, referred to the prosecuting office; nothing stated yet."""
    case = cases.investigation(world)
    victims = [cases.person(case, PersonRole.VICTIM, age_group="adult", minor_at_act="no") for _ in range(3)]
    suspect = cases.person(case, PersonRole.EMPLOYER)
    with acting(world.viewer("detective")) as a:
        actions.make_scheme(case, label="Housing debts", patterns=[], victims=victims, suspects=[suspect], by=a.viewer)
        case_actions.refer_to_prosecution(case, to_agency=world.agencies["prosecutor"].pk, on=DAY, forum="state",
                                          by=a.viewer)
    return case


def state(world, case, of, element, value, answer=Answer.YES, note=""):
    with acting(world.viewer("detective")) as a:
        return actions.assert_fact(case, of=of, element=element, value=value, answer=answer, basis=Basis.DOCUMENT,
                                   on=DAY, note=note, by=a.viewer)


def scheme_of(case):
    return Pair.objects.filter(investigation=case).first().scheme


def outcomes(world, case) -> list[tuple[Outcome, int]]:
    with acting(world.viewer("detective")):
        return sorted((str(g.results["LABOR_SF"].outcome.value), len(g.pairs)) for g in facts.stated(case).groups)


def test_one_victim_is_an_exception_to_what_is_stated_of_the_scheme(world, case):
    for element, value in ENOUGH:
        state(world, case, scheme_of(case), element, value)
    assert outcomes(world, case) == [("met", 3)]
    one = Pair.objects.filter(investigation=case).order_by("victim__number").first()
    state(world, case, one, Element.PURPOSE, "debt_bondage", Answer.NO)
    assert outcomes(world, case) == [("met", 2), ("undetermined", 1)]
    with acting(world.viewer("detective")):
        assert facts.stated(case).said_both_ways() == [], "an exception is no contradiction"


def test_a_statement_taken_back_counts_no_more_and_stays_to_be_read(world, visit, case):
    for element, value in ENOUGH:
        state(world, case, scheme_of(case), element, value)
    claim = Assertion.objects.get(value="force")
    page = visit(world.users["detective"])
    without = page.post(f"/statements/{claim.pk}/withdraw/", {"why": ""})
    assert without.status_code == 422
    shown = page.post(f"/statements/{claim.pk}/withdraw/", {"why": "The witness meant another place."}, follow=True)
    assert "Taken back" in shown.text
    assert "The witness meant another place." in shown.text
    assert outcomes(world, case) == [("undetermined", 3)]
    claim.refresh_from_db()
    assert claim.withdrawn_by_id == world.users["detective"].staff_id
    assert page.get(f"/statements/{claim.pk}/withdraw/").status_code == 404, "once"


def test_a_fact_said_both_ways_is_told_shown_and_counts_as_not_known(world, visit, case):
    state(world, case, scheme_of(case), Element.MEANS, "force")
    page, address = visit(world.users["detective"]), f"/investigations/{case.pk}/elements/"
    assert "Said both ways" not in page.get(address).text
    told = page.post(f"{address}fact/", {"scheme": str(scheme_of(case).pk), "fact": "means:force", "answer": "no",
                                         "basis": "observed", "on_date": "2026-04-02"}, follow=True)  # fmt: skip
    assert "said both ways for 3 pairs" in told.text
    assert told.context["contradicted"] == [(f"{Element.MEANS.label}: {Means.FORCE.label}", 3)]
    claim = Assertion.objects.get(answer="no")
    page.post(f"/statements/{claim.pk}/withdraw/", {"why": "Misread."})
    assert "Said both ways" not in page.get(address).text


def test_what_the_facts_come_to_is_shown_to_the_prosecuting_office_alone(world, visit, case):
    for element, value in ENOUGH:
        state(world, case, scheme_of(case), element, value, note="Ledger, page 4")
    address = f"/investigations/{case.pk}/elements/"
    pair = Pair.objects.filter(investigation=case).first().pk
    office = visit(world.users["prosecutor"])
    listed = office.get(address).text
    assert "Every element is there" in listed
    assert "Person 1 to 3" in listed, "victims in the same position are one line"
    analysis = office.get(f"{address}{pair}/").text
    for words in ("22 USC 7102(11)(B)", "18 USC 1589(a)", "UN Protocol (2000) article 3(a), (c)", "Knew", "Missing:",
                  "Ledger, page 4"):  # fmt: skip
        assert words in analysis, words
    assert office.get(f"{address}{case.pk}/").status_code == 404
    for who in ("detective", "supervisor"):
        police = visit(world.users[who])
        assert "Every element is there" not in police.get(address).text
        assert police.get(f"{address}{pair}/").status_code == 404
