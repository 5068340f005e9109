"""What elements add up to, whatever facts are recorded."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord.law import elements
from concord.law.dates import PartialDate
from concord.vocabulary import Answer, Element, Means, MeansOfControl, Outcome

FACTS = [(element, value.value) for element, values in elements.VALUES.items() for value in values]
WORLDS = st.fixed_dictionaries({fact: st.sampled_from(Answer) for fact in FACTS})
WHEN = st.sampled_from(["2023-04", "2015", "2010-02-03", "2004"])


def pair(world, when, minor=Answer.UNKNOWN):
    claims = [elements.Assertion(element, value, said) for (element, value), said in world.items()]
    return elements.Pair(claims, first_act_on=PartialDate.read(when), minor_said=minor)


@settings(max_examples=200)
@given(WORLDS, WHEN, st.sampled_from(Answer), st.data())
def test_learning_more_never_turns_met_into_not_met(world, when, minor, data):
    """Whatever is settled stays settled when an unknown fact becomes known."""
    before = elements.evaluate_all(pair(world, when, minor))
    learned = {
        fact: data.draw(st.sampled_from([Answer.YES, Answer.NO])) if said is Answer.UNKNOWN else said
        for fact, said in world.items()
    }
    after = elements.evaluate_all(pair(learned, when, minor))

    settled = [rule_id for rule_id, result in before.items() if result.outcome is not Outcome.UNDETERMINED]
    assert all(after[rule_id].outcome is before[rule_id].outcome for rule_id in settled)


@given(WORLDS, WHEN)
def test_only_an_undetermined_result_has_something_missing(world, when):
    for result in elements.evaluate_all(pair(world, when)).values():
        assert bool(result.missing) == (result.outcome is Outcome.UNDETERMINED)


def test_a_result_names_the_assertions_that_decide_it():
    forced = elements.Assertion(Element.MEANS, Means.FORCE, Answer.YES, id="a1")
    unrelated = elements.Assertion(Element.BENEFIT, "money", Answer.YES, id="a2")
    not_fraud = elements.Assertion(Element.MEANS, Means.FRAUD, Answer.NO, id="a3")
    acts = elements.assertions(Element.ACT, {"harbor": Answer.YES})
    sex = elements.assertions(Element.PURPOSE, {"commercial_sex": Answer.YES})
    found = elements.evaluate(
        "SEX_SF", elements.Pair([forced, unrelated, not_fraud, *acts, *sex], first_act_on=PartialDate.read("2023"))
    )

    assert found.outcome is Outcome.MET
    assert set(found.deciding) == {forced, *acts, *sex}


def test_contradicting_statements_leave_a_means_unknown():
    said = [
        elements.Assertion(Element.MEANS, Means.FORCE, Answer.YES),
        elements.Assertion(Element.MEANS, None, Answer.NO),
    ]

    assert elements.Pair(said).fact(Element.MEANS, Means.FORCE) is Answer.UNKNOWN
    assert elements.Pair(said).fact(Element.MEANS, Means.FRAUD) is Answer.NO
    assert elements.Pair(said).contradicted() == [(Element.MEANS, Means.FORCE)]


def test_the_to_do_list_starts_with_what_most_definitions_wait_for():
    to_do = elements.to_do(elements.evaluate_all(pair({}, "2023")).values())

    waiting = [len(rules) for rules in to_do.values()]
    assert waiting == sorted(waiting, reverse=True)
    assert to_do["Knew"] == ("1589", "1590", "1592")


def test_an_unknown_definition_is_refused_with_the_known_ones():
    with pytest.raises(KeyError, match="SEX_SF"):
        elements.evaluate("SEXSF", elements.Pair())


def test_an_assertion_must_use_the_elements_own_values():
    with pytest.raises(ValueError, match="persuade"):
        elements.Assertion(Element.ACT, "persuade", Answer.YES)
    with pytest.raises(ValueError, match="can only say no"):
        elements.Assertion(Element.ACT, None, Answer.YES)


def test_every_method_of_control_has_been_thought_about():
    assert set(elements.SUGGESTS) == set(MeansOfControl)
    assert elements.suggested([MeansOfControl.TAKES_EARNINGS]) == ()
    assert Means.COERCION_LEGAL in elements.suggested([MeansOfControl.THREATS_LAW_ENFORCEMENT])


def test_versions_of_a_definition_follow_each_other_without_gap_or_overlap():
    for rule_id in elements.RULE_IDS:
        versions = [rule for rule in elements.RULES if rule.id == rule_id]
        for earlier, later in zip(versions, versions[1:], strict=False):
            assert later.valid_from - earlier.valid_to == timedelta(days=1)
        assert versions[-1].valid_to is None


CLAIMS = st.lists(
    st.sampled_from(FACTS).flatmap(
        lambda fact: st.sampled_from([Answer.YES, Answer.NO]).map(lambda said: elements.Assertion(*fact, said))
    )
    | st.sampled_from(list(Element)).filter(lambda e: e in elements.VALUES).map(
        lambda element: elements.Assertion(element, None, Answer.NO)
    ),
    max_size=8,
)


@given(CLAIMS, CLAIMS)
def test_what_a_pair_says_goes_before_its_scheme_and_the_rest_is_inherited(of_scheme, of_pair):
    scheme, own = elements.Pair(of_scheme), elements.Pair(of_pair)
    both = elements.Pair(elements.inherited(of_scheme, of_pair))
    spoken = {(claim.element, value) for claim in of_pair for value in claim.values()}
    for fact in FACTS:
        assert both.fact(*fact) is (own if fact in spoken else scheme).fact(*fact), fact


@given(CLAIMS, st.randoms())
def test_the_order_in_which_facts_were_stated_does_not_matter(claims, chance):
    shuffled = chance.sample(claims, len(claims))
    first, second = (elements.evaluate_all(elements.Pair(said)) for said in (claims, shuffled))
    assert {rule: result.outcome for rule, result in first.items()} == {r: found.outcome for r, found in second.items()}
