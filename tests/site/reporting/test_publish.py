"""Each agency publishes its own counts; its task force sees no small number of them."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.utils import timezone

from concord.law.wall import Viewer, jobs_staff
from concord.site.accounts import standing
from concord.site.justice.models import Arrest, ArrestReview, Charge, Investigation, Lead, Person
from concord.site.reporting import publish
from concord.site.reporting.models import Count, Publication, SharedCount
from concord.site.reporting.periods import Period, before, quarter_of, year_to
from concord.site.services.models import Client, Enrolment
from concord.site.stores.acting import acting, commanding

Q2 = quarter_of(dt.date(2025, 5, 1))
IN_Q2 = dt.date(2025, 5, 5)


def job_of(world, agency) -> Viewer:
    held = world.agencies[agency]
    return standing.placed(Viewer(jobs_staff(held.pk), held.pk, held.sector))


def run(world, agency="police", quarter=Q2):
    viewer = job_of(world, agency)
    with acting(viewer):
        return publish.publish(quarter, by=viewer)


def lead(world, kind="labor", on=IN_Q2, decided=None, agency="police"):
    held = world.agencies[agency].pk
    triaged = {"decision": "opened", "decided_on": decided, "decided_by_id": jobs_staff(held)} if decided else {}
    Lead.objects.create(agency_id=held, reference=f"L{Lead.objects.count()}", received_on=on, source="hotline",
                        trafficking_type=kind, **triaged)


def investigation(world, kind="sex", on=IN_Q2, agency="police", **given):
    return Investigation.objects.create(
        agency_id=world.agencies[agency].pk, code_name=f"Op {Investigation.objects.count()}", opened_on=on,
        source="hotline", trafficking_type=kind, **given)


def person(case, *roles):
    return Person.objects.create(agency_id=case.agency_id, investigation=case, number=case.person_set.count() + 1,
                                 roles=list(roles))


def arrest(case, who, possible_victim="no", **given):
    at = timezone.make_aware(dt.datetime.combine(IN_Q2, dt.time(12)))
    return Arrest.objects.create(agency_id=case.agency_id, investigation=case, person=who, arrested_at=at,
                                 arresting_agency_id=case.agency_id, possible_victim=possible_victim, **given)


def exact(agency, measure, period=Q2):
    return sum(c.value for c in Count.objects.filter(period=str(period), measure=measure))


def seen(world, user, period=Q2):
    with acting(world.viewer(user)):
        return {c.measure: c.value if c.value is not None else ("<5" if c.small else "hidden")
                for c in SharedCount.objects.filter(period=str(period))}


def test_leads_are_counted_by_type_and_by_how_soon_they_were_decided(world):
    lead(world, "labor", decided=IN_Q2)
    lead(world, "both", decided=IN_Q2 + dt.timedelta(days=5))
    lead(world, "sex")
    lead(world, "sex", on=dt.date(2025, 1, 2))
    run(world)
    found = seen(world, "coordinator")
    assert (found["leads_received"], found["leads_received:labor"]) == (3, 2)
    assert (found["leads_decided"], found["leads_decided:within_3_days"]) == (2, 1)
    assert found["leads_waiting_at_end"] == 2


def test_suspects_are_counted_once_and_possible_victims_apart(world):
    case = investigation(world, "labor")
    suspect, survivor = person(case, "primary"), person(case, "potential_victim", "recruiter")
    arrest(case, suspect)
    arrest(case, suspect)
    arrest(case, survivor, possible_victim="yes", legal_basis="probable_cause", stated_purpose="")
    run(world)
    assert exact("police", "suspects_arrested") == 1
    assert exact("police", "possible_victims_arrested") == 1


def test_few_possible_victims_are_exact_for_the_agency_and_few_for_everybody_else(world):
    case = investigation(world)
    arrest(case, person(case, "potential_victim"), possible_victim="yes")
    run(world)
    with acting(world.viewer("supervisor")):
        assert exact("police", "possible_victims_arrested") == 1
    for user in ("coordinator", "advocate", "prosecutor"):
        with acting(world.viewer(user)):
            assert not Count.objects.exists()
        assert seen(world, user)["possible_victims_arrested"] == "<5"


def test_open_reviews_whose_purpose_does_not_conform_are_shown(world):
    case = investigation(world)
    who = person(case, "potential_victim")
    made = arrest(case, who, possible_victim="yes")
    review = ArrestReview.objects.create(
        agency_id=case.agency_id, investigation=case, arrest=made, person=who, for_agency_id=case.agency_id,
        due_at=made.arrested_at + dt.timedelta(hours=72), concerns=["minor"], purpose_conforms="no",
        recorded_by_id=world.users["detective"].staff_id)
    ArrestReview.objects.filter(pk=review.pk).update(created_at=made.arrested_at)
    run(world)
    found = seen(world, "coordinator")
    assert found["arrest_reviews_open:does_not_conform"] == found["arrest_reviews_overdue"] == 1


def test_suspects_filed_and_convicted_are_counted_by_the_type_of_their_case_and_no_victim_among_them(world):
    for n in range(6):
        case = investigation(world, "labor" if n else "sex")
        who = person(case, "primary") if n < 4 else person(case, "recruiter", "victim")
        charge = dict(agency_id=case.agency_id, investigation=case, person=who, jurisdiction="US",
                      citation="18 USC 1589", charge_class="HT-LABOR")
        filed = Charge.objects.create(**charge, stage="filed", on_date=IN_Q2)
        Charge.objects.create(**charge, stage="disposed", from_charge=filed, disposed_on=IN_Q2, counts_pending=0,
                              counts_guilty_plea=1)
    run(world)
    found = seen(world, "coordinator")
    assert (found["persons_filed"], found["persons_convicted"]) == (4, 4)
    assert (found["persons_filed:labor"], found["persons_filed:sex"]) == (3, 1)


def test_records_of_a_case_another_agency_holds_are_its_holders_to_count(world):
    case = investigation(world, agency="sheriff")
    arrest(case, person(case, "primary"))
    run(world)
    assert exact("police", "suspects_arrested") == 0


def test_counting_again_changes_what_changed_and_zeroes_what_is_gone(world):
    lead(world, "labor")
    run(world)
    Lead.objects.update(trafficking_type="sex")
    run(world)
    found = seen(world, "coordinator")
    assert (found["leads_received:labor"], found["leads_received:sex"]) == (0, 1)
    assert exact("police", "leads_received") == 1


def test_four_quarters_are_published_with_the_quarter(world):
    lead(world)
    lead(world, on=before(Q2, 2).first)
    run(world)
    assert seen(world, "coordinator", year_to(Q2))["leads_received"] == 2


def enrol(world, *enrolments):
    """A client of Lantern and her enrolments: (opened, closed) each."""
    with commanding("vault_lantern"):
        client = Client.objects.create(agency_id=world.agencies["lantern"].pk, called="Quill", first_contact_on=IN_Q2)
        for n, (opened, closed) in enumerate(enrolments):
            ended = {"closed_on": closed, "closed_at": timezone.now(), "closed_by_id": client.pk} if closed else {}
            Enrolment.objects.create(agency_id=client.agency_id, client=client, opened_on=opened, reopening=n > 0,
                                     **ended)


def test_clients_are_counted_in_the_vault_and_few_are_not_shown(world):
    enrol(world, (IN_Q2, None))
    assert run(world, "lantern")
    assert seen(world, "coordinator")["clients_served"] == "<5"
    with acting(world.viewer("advocate")):
        assert exact("lantern", "clients_served") == 1


def test_files_that_contradict_themselves_are_said_and_not_published(world):
    enrol(world, (IN_Q2, dt.date(2025, 8, 1)), (IN_Q2, None))  # twice enrolled at once, and one person
    assert not run(world, "lantern")
    with acting(world.viewer("coordinator")):
        assert Publication.objects.get().unbalanced
        assert not SharedCount.objects.exists()


def test_nobody_publishes_in_another_agencys_name(world):
    with pytest.raises(DatabaseError, match="row-level security"), acting(world.viewer("coordinator")):
        SharedCount.objects.create(agency_id=world.agencies["police"].pk, task_force=world.task_forces["riverton"],
                                   period=str(Q2), measure="leads_received", version=1, unit="leads", value=7,
                                   status="exact", counted_at=timezone.now())


def test_another_task_force_sees_no_count(world):
    lead(world)
    run(world)
    assert seen(world, "outsider") == {}


def test_the_days_job_counts_once_a_day(world, django_assert_num_queries):
    viewer = job_of(world, "police")
    with acting(viewer):
        publish.daily(viewer)
    with acting(viewer), django_assert_num_queries(0, using="justice"):
        publish.daily(viewer)


def test_periods_are_named_as_in_a_case_file():
    assert (str(Q2), str(year_to(Q2))) == ("2025-Q2", "2024-07/2025-06")
    assert Q2 == Period(dt.date(2025, 4, 1), dt.date(2025, 6, 30))
    assert str(before(Q2, 2)) == "2024-Q4"
