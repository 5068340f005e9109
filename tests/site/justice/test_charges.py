"""Charges count by count: classed by a pack or by a person, and dispositions that add up."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from concord.site.justice.actions import court as actions
from concord.site.justice.codes import ClassedBy
from concord.site.justice.models import Charge, Docket, Hearing
from concord.site.stores.acting import acting
from concord.vocabulary import ChargeClass, ChargeStage, PersonRole, SentenceKind
from tests.site.justice import cases

FILED, DISPOSED = dt.date(2026, 5, 4), dt.date(2026, 9, 1)


@pytest.fixture
def suspect(world):
    return cases.person(cases.investigation(world), PersonRole.EMPLOYER)


def filed(world, suspect, citation="18 USC 1589(a)", counts=3, **more):
    with acting(world.viewer("detective")) as a:
        return actions.file_charge(suspect, citation=citation, jurisdiction="US", counts=counts, on=FILED, docket=None,
                                   victims=[], by=a.viewer, **more)


def dispose(world, charge, sentence=None, **numbers):
    with acting(world.viewer("detective")) as a:
        return actions.dispose(charge, on=DISPOSED, dispositions=numbers, sentence=sentence or {}, by=a.viewer)


def test_one_answer_classes_every_charge_that_waits_under_its_citation(world, visit, suspect):
    first, *_alike = [filed(world, suspect, "Ordinance 9-12") for _ in range(3)]
    lone = filed(world, suspect, "Ordinance 44")
    partners = cases.person(cases.investigation(world, "deputy"), PersonRole.EMPLOYER)
    with acting(world.viewer("deputy")) as a:
        theirs = actions.file_charge(partners, citation="Ordinance 9-12", jurisdiction="US", counts=1, on=FILED,
                                     docket=None, victims=[], by=a.viewer)
    home = visit(world.users["supervisor"]).get("/").content.decode()
    assert home.count("Ordinance 9-12") == home.count("3 charges under this citation wait for it.") == 1
    page = visit(world.users["detective"])
    assert "3 charges under this citation wait" in page.get(f"/charges/{first.pk}/class/").content.decode()
    assert "under this citation" not in page.get(f"/charges/{lone.pk}/class/").content.decode()
    page.post(f"/charges/{first.pk}/class/", {"charge_class": "WAGE"})
    assert Charge.objects.filter(charge_class=ChargeClass.WAGE, classed_by=ClassedBy.PERSON).count() == 3
    for other in (lone, theirs):
        other.refresh_from_db()
        assert other.charge_class == ""
    page.post(f"/charges/{first.pk}/class/", {"charge_class": "DRUG"})  # once classed, an answer is that charge's alone
    assert Charge.objects.filter(charge_class=ChargeClass.WAGE).count() == 2


def test_a_citation_gets_its_class_and_what_no_pack_knows_waits_for_a_person(world, visit, suspect):
    known, unknown = filed(world, suspect), filed(world, suspect, "Ordinance 9-12")
    assert (known.charge_class, known.classed_by) == (ChargeClass.HT_LABOR, ClassedBy.PACK)
    assert (unknown.charge_class, unknown.classed_by) == ("", "")
    page = visit(world.users["detective"])
    waiting = page.get("/charges/?show=class").content.decode()
    assert "Ordinance 9-12" in waiting
    assert "18 USC 1589(a)" not in waiting
    page.post(f"/charges/{unknown.pk}/class/", {"charge_class": "WAGE"})
    unknown.refresh_from_db()
    assert (unknown.charge_class, unknown.classed_by) == (ChargeClass.WAGE, ClassedBy.PERSON)


def test_dispositions_must_add_up_in_the_action_and_in_the_database(world, visit, suspect):
    charge = filed(world, suspect)
    page = visit(world.users["detective"])
    short = page.post(f"/charges/{charge.pk}/dispose/", {"disposed_on": "2026-09-01", "counts_guilty_plea": "2"})
    assert short.status_code == 422
    assert "add up to 2; the charge has 3" in short.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic(using="justice"):
        Charge.objects.filter(pk=charge.pk).update(counts_dismissed=1)
    row = dispose(world, charge, counts_guilty_plea=2, counts_dismissed_by_plea=1)
    assert (row.stage, row.from_charge_id, row.counts) == (ChargeStage.DISPOSED, charge.pk, 3)
    assert Charge.objects.get(pk=charge.pk).stage == ChargeStage.FILED


def test_pending_counts_are_completed_later_in_the_same_row(world, suspect):
    row = dispose(world, filed(world, suspect), counts_dismissed=1, counts_pending=2)
    again = dispose(world, row, counts_dismissed=1, counts_guilty_trial=2)
    assert again.pk == row.pk
    assert Charge.objects.get(pk=row.pk).counts_pending == 0
    with pytest.raises(actions.Objection):
        dispose(world, again, counts_dismissed=3)


def test_a_charge_filed_as_one_thing_and_amended_to_another_is_two_rows(world, suspect):
    first = filed(world, suspect, counts=1)
    with acting(world.viewer("detective")) as a:
        second = actions.amend(first, citation="29 USC 206", jurisdiction="US", counts=1, on=DISPOSED, by=a.viewer)
    assert (first.charge_class, second.charge_class) == (ChargeClass.HT_LABOR, ChargeClass.WAGE)
    with pytest.raises(actions.Objection, match="become another"):
        dispose(world, first, counts_dismissed=1)


def test_life_is_a_kind_and_never_a_number(world, suspect):
    charge = filed(world, suspect, counts=1)
    with pytest.raises(actions.Objection, match="kinds, not numbers"):
        dispose(world, charge, {"sentence_kind": SentenceKind.LIFE, "sentence_months": 999}, counts_guilty_trial=1)
    with pytest.raises(actions.Objection, match="no count with a conviction"):
        dispose(world, charge, {"sentence_kind": SentenceKind.LIFE}, counts_acquitted=1)
    row = dispose(world, charge, {"sentence_kind": SentenceKind.MONTHS, "sentence_months": 60}, counts_guilty_trial=1)
    with pytest.raises(IntegrityError), transaction.atomic(using="justice"):
        Charge.objects.filter(pk=row.pk).update(sentence_kind=SentenceKind.LIFE)


def test_restitution_paid_never_exceeds_what_was_ordered(world, visit, suspect):
    row = dispose(world, filed(world, suspect, counts=1), {
        "restitution_asked_usd": Decimal(9000), "restitution_ordered_usd": Decimal(8000)}, counts_guilty_plea=1)
    page = visit(world.users["detective"])
    assert page.post(f"/charges/{row.pk}/restitution/", {"restitution_paid_usd": "8,000.01"}).status_code == 422
    assert page.post(f"/charges/{row.pk}/restitution/", {"restitution_paid_usd": "$1,250.50"}).status_code == 302
    assert Charge.objects.get(pk=row.pk).restitution_paid_usd == Decimal("1250.50")
    with pytest.raises(IntegrityError), transaction.atomic(using="justice"):
        Charge.objects.filter(pk=row.pk).update(restitution_paid_usd=9001)


def test_a_considered_charge_can_never_be_among_those_the_team_reads(suspect):
    with pytest.raises(IntegrityError), transaction.atomic(using="justice"):
        Charge.objects.create(agency_id=suspect.agency_id, investigation=suspect.investigation, person=suspect,
                              stage=ChargeStage.CONSIDERED, jurisdiction="US", citation="18 USC 1589")


def test_a_filed_charge_may_come_from_the_arrest_or_before_any(world, visit, suspect):
    page = visit(world.users["detective"])
    page.post(f"/investigations/{suspect.investigation_id}/charges/docket/", {
        "forum": "federal", "court": "District Court", "number": "2:26-cr-00417"})
    docket = Docket.objects.get()
    made = page.post(f"/persons/{suspect.pk}/charge/", {
        "citation": "18 USC 1589(a)", "jurisdiction": "US", "counts": "2", "on_date": "2026-05-04",
        "docket": str(docket.pk)})
    assert made.status_code == 302
    charge = Charge.objects.get()
    assert (charge.docket_id, charge.arrest_id, charge.counts_pending) == (docket.pk, None, 2)
    assert docket.number == "2:26-cr-00417"


def test_a_hearing_is_on_the_list_and_says_who_was_told(world, visit, suspect):
    page = visit(world.users["detective"])
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    page.post(f"/investigations/{suspect.investigation_id}/charges/hearing/", {
        "kind": "plea", "at": soon.strftime("%Y-%m-%dT%H:%M"), "person": str(suspect.pk)})
    assert "Not yet" in page.get("/hearings/").content.decode()
    hearing = Hearing.objects.get()
    page.post(f"/hearings/{hearing.pk}/", {"victims_notified_on": dt.date.today().isoformat(), "outcome": ""})
    assert "Not yet" not in page.get("/hearings/").content.decode()
