"""Law's worked examples come out as they are written; the handbook prints the same files."""

from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

from concord import handbook
from concord.law import (
    agreements,
    charges,
    counting,
    dates,
    deadlines,
    demands,
    elements,
    intake,
    keeping,
    mandated,
    packet,
    releases,
    safeguards,
)
from concord.vocabulary import (
    Answer,
    ArrestAlternative,
    ArrestLegalBasis,
    ArrestStatedPurpose,
    CallerPermission,
    ChargeClass,
    ChargeStage,
    CompelledBy,
    CompelledOutcome,
    DisclosureItem,
    HoldKind,
    Milestone,
    PacketQuestion,
    RecordKind,
    ReleasePurpose,
    Sector,
    SignatureMethod,
    SignerCapacity,
    VictimStatus,
)

TOPICS = [topic for topic in handbook.topics(Path(__file__).parent) if topic.part == "law"]
FOR_REVIEW = "for review"


def classify(given):
    found = charges.classify(given["citation"], given["jurisdiction"], given.get("on"))
    assert (found.charge_class is charges.UNMATCHED) == bool(found.review)
    return {"class": found.charge_class or FOR_REVIEW, "candidates": sorted(found.candidates)}


def charged_ht(given):
    counts = [_count(text) for text in given["counts"]]
    stage = ChargeStage(given["stage"])
    within = {"STRICT": charges.STRICT, "BROAD": charges.BROAD}[given["set"]]
    at_stage = [count.charge_class for count in counts if count.stage is stage]
    return {
        "charged": charges.charged_ht(counts, stage, within),
        "most_serious": charges.most_serious(at_stage) or FOR_REVIEW,
    }


def _count(text):
    """`filed CSAM production`, `filed HT-SEX/HT-LABOR`, `filed for-review`."""
    stage, classes, *production = text.split()
    if classes == "for-review":
        return charges.Count(ChargeStage(stage), charges.UNMATCHED)
    possible = frozenset(map(ChargeClass, classes.split("/")))
    if len(possible) > 1:
        return charges.Count(ChargeStage(stage), charges.UNMATCHED, possible)
    answers = {(): Answer.UNKNOWN, ("production",): Answer.YES, ("possession",): Answer.NO}
    return charges.Count(ChargeStage(stage), *possible, production=answers[tuple(production)])


def _claims(given):
    for element in elements.VALUES:
        said = dict(given.get(element, {}))
        rest = said.pop("rest", None)
        yield from elements.assertions(element, said, rest)


def evaluate_all(given):
    pair = elements.Pair(
        elements.inherited(_claims(given.get("scheme", {})), _claims(given)),
        born=_date(given.get("born")),
        first_act_on=_date(given.get("first_act_on")),
        minor_said=Answer(given.get("minor_said", "unknown")),
    )
    results = elements.evaluate_all(pair)
    missing = {f"{rule_id}_missing": list(result.missing) for rule_id, result in results.items()}
    outcomes = {rule_id: result.outcome for rule_id, result in results.items()}
    return outcomes | missing | {"severe_form": elements.severe_form(pair)}


def under_18(given):
    return {"under_18": dates.under_18(_date(given.get("born")), _date(given.get("on")))}


def _date(text):
    return dates.PartialDate.read(text) if text else None


def assess(given):
    arrest = safeguards.Arrest(
        counts=tuple(_count(f"arrest {classes}") for classes in given["charges"]),
        age=given.get("age"),
        forced_crime_said=Answer(given.get("forced_crime", "unknown")),
        same_scene=Answer(given.get("same_scene", "unknown")),
        standing=frozenset(map(VictimStatus, given.get("standing", ()))),
        standing_looked_up=given["looked_up"] == "yes",
    )
    arrested_at = datetime.fromisoformat("2026-03-13T22:15:00-05:00")
    found = safeguards.assess(arrest, safeguards.Record(), arrested_at)
    return {
        "possible_victim": found.possible_victim,
        "concerns": [one.concern + ("?" if one.answer is Answer.UNKNOWN else "") for one in found.concerns],
        "review": "due" if found.review_due else "none",
    }


def conforms(given):
    record = safeguards.Record(
        legal_basis=_choice(ArrestLegalBasis, given.get("legal_basis")),
        stated_purpose=_choice(ArrestStatedPurpose, given.get("stated_purpose")),
        alternatives=tuple(map(ArrestAlternative, given.get("alternatives", ()))),
        advocate_called=Answer(given.get("advocate_called", "unknown")),
    )
    return {
        "conforms": safeguards.conforms(record.stated_purpose),
        "still_asked": [question.field for question in safeguards.unanswered(record)],
    }


def _choice(codes, value):
    return codes(value) if value else None


def asked_for_help(given):
    route = safeguards.asked_for_help(Answer(given["wants_help"]))
    passes = safeguards.passes(route, _choice(CallerPermission, given.get("permission")))
    words = {True: "passed on", False: "stays"}
    return {
        "route": route,
        "what_happened": words[passes.what_happened],
        "how_to_reach": words[passes.how_to_reach],
    }


def due(given):
    clock = getattr(deadlines, given["clock"])
    return {
        "due": deadlines.due(clock, given["start"]),
        "overdue": deadlines.overdue(clock, given["start"], given["now"]),
    }


def agreement_state(given):
    dates = {name: given.get(name) for name in ("signed_on", "expires_on", "ended_on")}
    return {"state": agreements.state(agreements.Dates(**dates) if any(dates.values()) else None, given["today"])}


def still_to_ask(given):
    reached = [Milestone(value) for value in given["reached"]]
    asked = intake.still_to_ask(RecordKind(given["record"]), reached, given["answered"])
    return {"asks": [field.name for field in asked]}


def demand_objections(given):
    served, decided = date(2026, 3, 2), date(2026, 3, 9)
    kind = CompelledBy(given["kind"])
    words = {name: given.get(name, "") for name in ("no_notice_reason", "counsel", "safety_steps")}
    prepared = demands.Prepared(kind, served, given.get("due_on"), given.get("attempts", 0), **words)
    found = demands.objections(
        prepared, CompelledOutcome(given["outcome"]), items=[DisclosureItem(i) for i in given.get("items", ())],
        decided_on=given.get("decided_on", decided), today=decided,
    )  # fmt: skip
    return {"missing": list(found), "act_by": demands.act_by(kind, served, given.get("due_on"))}


def verdict(given):
    found = mandated.duty(given["duty"])
    clocks = mandated.clocks(found, given["learned_at"]) if found else mandated.Clocks(None, None)
    return {
        "verdict": mandated.verdict(found, given.get("privilege", "")),
        "voice_due": clocks.voice_due,
        "written_due": clocks.written_due or "none",
        "sending_stops": sorted(mandated.fulfils(found, mandated.Way.SENT)) if found else [],
    }


def current(given):
    began, tellings = datetime(2026, 3, 1, 12), []
    for n, text in enumerate(given["told"]):
        on, question, *taken_back = text.split()
        moment = began + timedelta(minutes=n)
        tellings.append(
            packet.Telling(PacketQuestion(question), date.fromisoformat(on), moment, taken_back == ["taken_back"])
        )
    return {"stands": [f"{question} {one.told_on}" for question, one in packet.current(tellings).items()]}


def hold_in_force(given):
    hold = keeping.Hold(HoldKind(given["kind"]), given.get("until"), given.get("lifted", False))
    return {"in_force": keeping.in_force(hold, given["today"])}


def against_erasing(given):
    found = keeping.objections(
        is_open=given["open"] == "yes",
        holds=[_hold(text) for text in given.get("holds", ())],
        open_demands=given.get("open_demands", 0),
        unmade_reports=given.get("unmade_reports", 0),
        today=given["today"],
    )
    return {
        "says": [one.words for one in found],
        "until": [one.until for one in found if one.until],
        "complete_by": keeping.complete_by(given["today"]),
    }


def _hold(text):
    """`subpoena`, or `audit 2026-12-31` with its last day."""
    kind, *until = text.split()
    return keeping.Hold(HoldKind(kind), *map(date.fromisoformat, until))


def retention(given):
    what = keeping.Kept(given["what"])
    return {"ends_on": keeping.ends_on(what, given["start"], adult_on=given.get("adult_on")) or "never"}


SIGNED, OUTSIDE = date(2026, 6, 1), "outside"


def _recipient(given):
    return None if given.get("recipient", OUTSIDE) == OUTSIDE else Sector(given["recipient"])


def release_objections(given):
    purpose = ReleasePurpose(given["purpose"])
    terms = releases.Terms(
        purpose=purpose,
        purpose_words=given.get("purpose_words", ""),
        items=tuple(given["items"]),
        named=given.get("named", True),
        recipient=_recipient(given),
        signed_on=SIGNED,
        expires_on=SIGNED + timedelta(days=given["days"]) if "days" in given else None,
        limits_explained_first=given.get("explained_first", True),
        method=SignatureMethod(given.get("method", "screen")),
        witness=given.get("witness", ""),
        signed=given.get("signed", True),
    )
    caps = {purpose: given["cap"]} if "cap" in given else None
    return {"change": list(releases.objections(terms, today=SIGNED, caps=caps))}


def stands_against_signer(given):
    known = releases.age(
        born=given.get("born"), said=given.get("age_said"), said_on=given.get("said_on"), today=SIGNED
    )
    found = releases.stands_against_signer(
        capacity=SignerCapacity(given["capacity"]),
        known=known,
        state=given.get("state", ""),
        cosigner=given.get("cosigner", ""),
        basis=given.get("basis", ""),
        abuser=_choice(Answer, given.get("abuser")),
        recipient=_recipient(given),
        custodian_receives=_choice(Answer, given.get("custodian_receives")),
    )
    return {"change": list(found)}


def release_standing(given):
    found = releases.standing(
        signed_on=SIGNED,
        expires_on=date(2026, 6, 30),
        capacity=SignerCapacity(given["capacity"]),
        today=given["today"],
        revoked=given.get("revoked", False),
        born=given.get("born"),
    )
    return {"state": found.state, "ends_on": found.ends_on}


def what_revocation_does(given):
    return {"says": list(releases.what_revocation_does(_recipient(given), given["opened"]))}


def as_persons(given):
    """The quarter of the page: January to March 2026."""
    linked = dict.fromkeys(given["linked"], frozenset(given["linked"]))
    files = [
        counting.Episode(row["file"], row["kind"], row["opened"], row.get("closed"), reopening=False, ended_by=n)
        for n, row in enumerate(given["file"])
    ]
    persons = counting.as_persons(files, linked)
    found = counting.balance(persons, date(2026, 1, 1), date(2026, 3, 31))
    assert found.holds
    numbers = found._asdict() | {"returned": found.reopened}
    return numbers | {
        "served": len({one.client for one in persons}),
        "kinds": sorted({str(one.kind) for one in persons}),
    }


RUN = {
    "charges.classify": classify,
    "charges.charged_ht": charged_ht,
    "counting.as_persons": as_persons,
    "elements.evaluate_all": evaluate_all,
    "dates.under_18": under_18,
    "safeguards.assess": assess,
    "safeguards.conforms": conforms,
    "safeguards.asked_for_help": asked_for_help,
    "deadlines.due": due,
    "agreements.state": agreement_state,
    "intake.still_to_ask": still_to_ask,
    "releases.objections": release_objections,
    "releases.stands_against_signer": stands_against_signer,
    "releases.standing": release_standing,
    "releases.what_revocation_does": what_revocation_does,
    "demands.objections": demand_objections,
    "mandated.verdict": verdict,
    "packet.current": current,
    "keeping.in_force": hold_in_force,
    "keeping.objections": against_erasing,
    "keeping.ends_on": retention,
}
EXAMPLES = [
    pytest.param(topic.rule, example, id=f"{topic.name}: {example.says}")
    for topic in TOPICS
    for example in topic.examples
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_comes_out_as_it_is_written(rule, example):
    found = RUN[rule](example.given)

    assert {key: found[key] for key in example.answer} == example.answer


def test_every_rule_has_examples():
    assert {topic.rule for topic in TOPICS} == set(RUN)


@pytest.mark.parametrize("rule", RUN)
def test_a_page_names_a_function_that_exists(rule):
    module, function = rule.split(".")

    assert callable(getattr(import_module(f"concord.law.{module}"), function))
