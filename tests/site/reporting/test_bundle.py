"""What agencies hold becomes a case-file bundle that agrees with itself and names nobody."""

import datetime as dt
import random

import pytest

from concord.casefile import bundle as bundles
from concord.casefile import checks
from concord.site.justice import models as justice
from concord.site.reporting import bundle, sites
from concord.site.stores.acting import StoreRefused, acting
from concord.vocabulary import Grade
from tests.site.reporting.test_publish import IN_Q2, Q2, arrest, enrol, investigation, job_of, person, run

RESEARCH = bundles.Origin(bundles.Source.LIVE_RECORD, dt.date(2026, 1, 1), Grade.RESEARCH, "A-1", dt.date(2027, 1, 1))
NAME = "Marigold Thistlewood"


def case_with_charges(world, **given):
    case = investigation(world, "labor", summary=f"{NAME} was made to work.", counties=["Alder"], **given)
    victim, suspect = person(case, "victim"), person(case, "primary")
    for one in (victim, suspect):
        one.family_name, one.age, one.sex = NAME, 30, "female"
        one.save()
    justice.VictimStatusEvent.objects.create(agency_id=case.agency_id, investigation=case, person=victim,
                                             status="confirmed", decider="court_or_prosecution", basis="document",
                                             on_date=IN_Q2)
    pair = justice.Pair.objects.create(agency_id=case.agency_id, investigation=case, victim=victim, suspect=suspect,
                                       relation_why="not_asked")
    justice.Assertion.objects.create(agency_id=case.agency_id, investigation=case, pair=pair, element="means",
                                     value="fraud", answer="yes", basis="statement", asserted_on=IN_Q2, note=NAME)
    arrest(case, suspect, narrative=NAME)
    charge = {"agency_id": case.agency_id, "investigation": case, "person": suspect, "jurisdiction": "US",
              "citation": "18 USC 1589", "charge_class": "HT-LABOR", "victim_ids": [victim.pk]}
    filed = justice.Charge.objects.create(**charge, stage="filed", on_date=IN_Q2)
    justice.Charge.objects.create(**charge, stage="disposed", from_charge=filed, counts_pending=0, counts_guilty_plea=1,
                                  disposed_on=IN_Q2, sentence_kind="months", sentence_months=60)
    return case


def collected(world, agency="police", reasons=None):
    viewer, force = job_of(world, agency), world.task_forces["riverton"].pk
    with acting(viewer):
        rows = bundle.collect(force, reasons or bundle.Reasons(), by=viewer)
        return rows | sites.collect(force)


def written(folder, rows, origin=RESEARCH):
    numbered, _key = bundles.renumber(rows, random.Random(1))
    bundles.write(folder, numbered, origin, created=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return folder


@pytest.mark.parametrize("grade", list(Grade))
def test_the_record_of_the_days_work_reads_back_without_a_finding(world, tmp_path, grade):
    case_with_charges(world)
    origin = RESEARCH if grade is Grade.RESEARCH else bundles.Origin(bundles.Source.LIVE_RECORD, dt.date(2026, 1, 1))
    checked = checks.check_folder(written(tmp_path / "b", collected(world), origin))
    assert (checked.errors, checked.findings) == (0, ())
    assert {name: n for name, n in checked.counted.items() if n} == {
        "site": 1, "site_feature": 1, "frame": 1, "case": 1, "victim": 1, "suspect": 1, "pair": 1, "assertion": 1,
        "charge": 2}


def test_no_name_no_free_text_and_no_id_of_the_record_is_in_it(world, tmp_path):
    case = case_with_charges(world)
    folder = written(tmp_path / "b", collected(world))
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (NAME, case.code_name, str(case.pk), str(case.person_set.first().pk)):
        assert secret.encode() not in everything


def test_each_agency_hands_over_what_it_holds_and_nothing_else(world):
    case_with_charges(world)
    held = case_with_charges(world, agency="sheriff")
    justice.TeamAgency.objects.create(agency_id=held.agency_id, investigation=held, from_date=IN_Q2, level="local",
                                      member_id=world.agencies["police"].pk, sector="law_enforcement")
    assert [row["case_id"] for row in collected(world, "sheriff")["case"]] == [str(held.pk)]
    assert str(held.pk) not in [row["case_id"] for row in collected(world)["case"]]


def declined(world):
    case = investigation(world, "sex")
    office = world.agencies["prosecutor"].pk
    referral = justice.ProsecutionReferral.objects.create(
        agency_id=case.agency_id, investigation=case, referred_on=IN_Q2, to_agency_id=office, decision="declined",
        decided_on=IN_Q2)
    justice.DecisionReason.objects.create(agency_id=office, investigation_id=case.pk, referral_id=referral.pk,
                                          decline_reason="survivor_wish", decided_on=IN_Q2, note=NAME)
    return case


def test_why_a_case_was_declined_is_the_offices_to_give(world):
    declined(world)
    (alone,) = collected(world)["case"]
    assert (alone.get("decision_reason"), alone["decision_reason_why"]) == (None, "withheld")
    viewer = job_of(world, "prosecutor")
    with acting(viewer):
        given = bundle.reasons(viewer)
    (with_office,) = collected(world, reasons=given)["case"]
    assert with_office["decision_reason"] == "survivor_wish"


def test_police_have_no_reasons_of_an_office_to_give(world):
    declined(world)
    viewer = job_of(world, "police")
    with acting(viewer):
        assert bundle.reasons(viewer) == bundle.Reasons()


def test_a_person_found_to_be_no_victim_stays_in_the_file(world):
    case = case_with_charges(world)
    who = person(case, "witness")
    justice.VictimStatusEvent.objects.create(agency_id=case.agency_id, investigation=case, person=who,
                                             status="determined_not", decider="court_or_prosecution", on_date=IN_Q2)
    statuses = {row["status"] for row in collected(world)["victim"]}
    assert statuses == {"confirmed", "determined_not"}


def test_an_arrest_of_a_victim_is_hers_and_no_charge_of_a_suspect(world):
    case = investigation(world)
    survivor = person(case, "potential_victim")
    made = arrest(case, survivor, possible_victim="yes", legal_basis="warrant", stated_purpose_why="not_asked")
    justice.Charge.objects.create(agency_id=case.agency_id, investigation=case, person=survivor, arrest=made,
                                  stage="arrest", jurisdiction="CA", citation="PC 647(b)", charge_class="PROST-SELL")
    rows = collected(world)
    assert rows["charge"] == rows["suspect"] == []
    (victim,) = rows["victim"]
    assert (victim["arrest_charge_class"], victim["arrest_stated_purpose_why"]) == ("PROST-SELL", "not_asked")


def test_providers_have_no_case_file_to_export_only_counts_leave(world):
    enrol(world, (IN_Q2, None))
    run(world, "lantern")
    with pytest.raises(StoreRefused):
        collected(world, "lantern")
    counts = [row for row in collected(world)["site_period"] if row["measure"] == "clients_served"]
    assert [(row["period"], row["status"], row["count_why"]) for row in counts] == [(str(Q2), "suppressed", "withheld")]
