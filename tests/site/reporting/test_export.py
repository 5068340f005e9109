"""The command collects each agency's files as that agency, and says what is there when asked for what is not."""

from importlib import import_module

import pytest

from concord.commands import export
from tests.site.reporting.test_bundle import case_with_charges, declined


def site(name):
    return import_module(f"concord.site.{name}")


def test_a_task_forces_agencies_are_collected_and_the_office_adds_its_reasons(world):
    case_with_charges(world)
    case_with_charges(world, agency="sheriff")
    declined(world)
    rows, agencies = export.collect(site, "Riverton Task Force", [])
    assert {"Police", "Sheriff", "Prosecutor"} <= set(agencies)
    assert "Lantern" not in agencies
    assert len(rows["case"]) == 3
    assert [row["decision_reason"] for row in rows["case"] if "decision_reason" in row] == ["survivor_wish"]


def test_one_agency_alone_gives_its_own(world):
    case_with_charges(world)
    case_with_charges(world, agency="sheriff")
    rows, agencies = export.collect(site, str(world.task_forces["riverton"].pk), ["Sheriff"])
    assert (len(rows["case"]), agencies) == (1, ["Sheriff"])


@pytest.mark.parametrize(("force", "agency", "words"), [
    ("Nowhere", [], "There are: Farland Task Force; Riverton Task Force"),
    ("Riverton Task Force", ["Lantern"], "These do: "),
])
def test_what_is_not_there_is_answered_with_what_is(world, force, agency, words):
    with pytest.raises(LookupError, match=words):
        export.collect(site, force, agency)
