"""The case file's worked examples come out as they are written; the handbook prints the same files."""

from datetime import date
from pathlib import Path

import pytest

from concord import handbook
from concord.casefile import bundle, cells, checks
from concord.casefile.cells import BadCell
from concord.casefile.formats import nibrs
from concord.casefile.formats.nibrs_reread import candidates
from concord.casefile.tables import TABLES
from concord.engine import Engine
from concord.vocabulary import Why

TOPICS = [topic for topic in handbook.topics(Path(__file__).parent) if topic.part == "casefile"]
AROUND = {
    "site": {"site_id": "s1", "scope": "local"},
    "case": {"case_id": "c1", "site_id": "s1", "status": "open", "trafficking_type": "sex"},
    "suspect": {"case_id": "c1"},
    "victim": {"case_id": "c1"},
    "charge": {"suspect_id": "p0"},
    "frame": {"site_id": "s1"},
    "site_period": {"site_id": "s1", "period": "2014", "status": "exact", "source": "other"},
}


def parse(given):
    table, column = given["column"].split(".")
    try:
        value = cells.parse(TABLES[table].column(column), given["typed"])
    except BadCell as refused:
        return {"refused": str(refused)}
    return {"value": value.isoformat() if isinstance(value, date) else value}


def run(given):
    """What the checks find in one site, case and suspect with the rows given beside them."""
    ours = {"site": [{}], "case": [{}], "suspect": [{"suspect_id": "p0"}]}
    rows = {name: [_complete(name, row) for row in (*ours.get(name, ()), *given.get(name, ()))] for name in TABLES}
    with Engine() as engine:
        for table in TABLES.values():
            bundle.load(engine, table, rows[table.name])
        # The cases around an example are of no file: that finding is the frame's own example alone.
        found = [f for f in checks.run(engine) if f.check != "frame" or f.table == "frame"]
    return {"findings": [f"{f.table} {f.row} {f.column}: {f.reason}" for f in found]}


def _complete(name, row):
    complete = dict.fromkeys(TABLES[name].entry_fields()) | AROUND.get(name, {}) | row
    for column in TABLES[name].columns:
        if column.why and complete[column.name] is None:
            complete[column.why] = Why.NOT_RECORDED
    return complete


def reread(given):
    age = nibrs.Age(given.get("victim_age"), given.get("victim_age"))
    arrested = nibrs.Age(given.get("arrestee_age"), given.get("arrestee_age"))
    unknown = (None, None, None)
    relationships = (given["relationship"],) if "relationship" in given else ()
    offenses = tuple(
        nibrs.Offense(at, code, False, given.get("location", "20"), (), ()) for at, code in enumerate(given["offenses"])
    )
    victims = tuple(
        nibrs.Victim(at, at, "I", age, *unknown, (), (), relationships) for at in range(given.get("victims", 1))
    )
    arrestees = (nibrs.Arrestee(1, 1, None, "O", given.get("arrested_for", ""), arrested, *unknown),)
    incident = nibrs.Incident(1, 1, None, False, None, None, None, offenses, victims, (), arrestees, 0)
    return {"read_again_because": [rule.code for rule in candidates(incident)]}


RUN = {"cells.parse": parse, "checks.run": run, "nibrs_reread.candidates": reread}
EXAMPLES = [
    pytest.param(topic.rule, example, id=f"{topic.name}: {example.says}")
    for topic in TOPICS
    for example in topic.examples
]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_comes_out_as_it_is_written(rule, example):
    assert RUN[rule](example.given) == example.answer


def test_every_rule_has_examples():
    assert {topic.rule for topic in TOPICS} == set(RUN)
