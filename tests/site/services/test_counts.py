"""Counts of a quarter: each from files made here, the balance of openings and closings, and no person in any row."""

import datetime as dt
from decimal import Decimal

import pytest

from concord.law.wall import Viewer, jobs_staff
from concord.site.services import actions, measures
from concord.site.services.measures import Quarter
from concord.site.services.models import Client, Enrolment
from concord.site.stores.acting import acting
from concord.vocabulary import Sector

Q1 = Quarter(2026, 1)
BEFORE, WITHIN, LATER = dt.date(2025, 11, 3), dt.date(2026, 2, 3), dt.date(2026, 3, 3)


@pytest.fixture
def count(world):
    """`count("clients_new", kind="principal")`: one number, or the sum of those that fit."""
    agency = world.agencies["lantern"].pk
    jobs = Viewer(staff=jobs_staff(agency), agency=agency, sector=Sector.COMMUNITY_SERVICES)

    def of(measure, quarter=Q1, **by):
        with acting(jobs) as a:
            rows = measures.counts(quarter, by=a.viewer)
        return sum(row.value for row in rows if row.measure == measure and by.items() <= row.by.items())

    return of


@pytest.fixture
def quarter_of_work(as_staff):
    """Principals: one from before and still open, one from before and closed, one new, one who came back, one
    restricted; and one family member."""
    with as_staff("advocate") as by:
        def opened(on, **more):
            return actions.open_client(called="Example", first_contact_on=on, by=by, **more)

        stays, leaves, new, returns, restricted = (opened(d) for d in (BEFORE, BEFORE, WITHIN, BEFORE, WITHIN))
        opened(WITHIN, principal=stays, relation="child")
        actions.close_client(client=leaves, closed_on=LATER, reason="goals_met", by=by)
        actions.close_client(client=returns, closed_on=BEFORE, reason="moved", by=by)
        actions.reopen_client(client=returns, opened_on=WITHIN, by=by)
        actions.record_enrolment(client=new, answers={"trafficking_type": "labor", "age_at_entry": 16}, whys={}, by=by)
        actions.judge_status(client=new, status="potential", on_date=WITHIN, decider="ngo", basis="", by=by)
        actions.judge_status(client=new, status="confirmed", on_date=LATER, decider="ngo", basis="", by=by)
        actions.judge_status(client=stays, status="potential", on_date=BEFORE, decider="ngo", basis="", by=by)
        actions.restrict(client=restricted, by=by)
        for client in (new, new, restricted):
            actions.log_service(client=client, service_type="TRN", on_date=WITHIN, quantity=2, unit="hour", by=by)
        undone = actions.log_service(client=new, service_type="TRN", on_date=WITHIN, by=by)
        actions.undo_service(service=undone, by=by)
        actions.log_service(client=new, service_type="MED", on_date=WITHIN, mode="referred", by=by)
        actions.log_group_service(service_type="OUT", people=14, on_date=WITHIN, by=by)
        [need] = actions.add_needs(client=new, service_types=["HOU"], requested_on=WITHIN, by=by)
        actions.decide_need(need=need, mode="unmet", barrier="no_housing_slot", on_date=LATER, by=by)
        actions.keep_inquiry(on_date=WITHIN, reason="no_capacity", by=by)


@pytest.mark.usefixtures("quarter_of_work")
class TestAQuarter:
    @pytest.mark.parametrize(
        ("measure", "by", "value"),
        [
            ("clients_open_at_start", {"kind": "principal"}, 2),
            ("clients_new", {"kind": "principal"}, 2),
            ("clients_new", {"kind": "family"}, 1),
            ("clients_reopened", {"kind": "principal"}, 1),
            ("clients_closed", {"kind": "principal"}, 1),
            ("clients_open_at_end", {"kind": "principal"}, 4),
            ("clients_served", {"kind": "principal"}, 5),
            ("clients_served", {"kind": "family"}, 1),
            ("clients_served_by_trafficking_type", {"trafficking_type": "labor"}, 1),
            ("clients_served_by_trafficking_type", {"trafficking_type": "not_recorded", "kind": "principal"}, 4),
            ("clients_served_by_age_group", {"age_group": "minor"}, 1),
            ("clients_served_by_status", {"status": "confirmed"}, 1),
            ("clients_served_by_status", {"status": "potential"}, 1),
            ("clients_served_by_status", {"status": "not_recorded", "kind": "principal"}, 3),
            ("closures_by_reason", {"closure_reason": "goals_met"}, 1),
            ("services_by_type", {"service_type": "TRN", "mode": "provided"}, 3),
            ("services_by_type", {"service_type": "MED", "mode": "referred"}, 1),
            ("clients_by_service_type", {"service_type": "TRN"}, 2),
            ("service_quantity_by_type", {"service_type": "TRN", "unit": "hour"}, Decimal(6)),
            ("group_sessions_by_type", {"service_type": "OUT"}, 1),
            ("group_attendance_by_type", {"service_type": "OUT"}, 14),
            ("needs_requested_by_type", {"service_type": "HOU"}, 1),
            ("needs_unmet_by_type_and_barrier", {"service_type": "HOU", "barrier": "no_housing_slot"}, 1),
            ("inquiries_not_served_by_reason", {"reason": "no_capacity"}, 1),
        ],
    )
    def test_a_number(self, count, measure, by, value):
        assert count(measure, **by) == value

    def test_potential_that_became_confirmed_was_potential_before(self, count):
        assert count("clients_served_by_status", Quarter(2025, 4), status="potential") == 1

    def test_the_balance_runs_from_quarter_to_quarter(self, count):
        for quarter, following in ((Quarter(2025, 4), Q1), (Q1, Quarter(2026, 2))):
            assert count("clients_open_at_end", quarter) == count("clients_open_at_start", following)

    def test_no_row_holds_an_identifier(self, world, as_staff):
        with as_staff("advocate") as by:
            rows = measures.counts(Q1, by=by)
            ids = {str(pk) for pk in Client.objects.values_list("pk", flat=True)}
        assert rows
        assert not [row for row in rows if ids & set(map(str, row.by.values()))]

    def test_contradicting_dates_stop_the_count(self, as_staff):
        with as_staff("advocate") as by:
            client = Client.objects.filter(is_open=False).first()
            Enrolment.objects.create(agency_id=by.agency, client=client, opened_on=BEFORE, reopening=True)
            with pytest.raises(measures.Unbalanced, match="2026-Q1"):
                measures.counts(Q1, by=by)


@pytest.mark.parametrize(
    ("day", "quarter", "last"),
    [(dt.date(2026, 1, 1), "2026-Q1", dt.date(2026, 3, 31)), (dt.date(2024, 12, 31), "2024-Q4", dt.date(2024, 12, 31)),
     (dt.date(2024, 2, 29), "2024-Q1", dt.date(2024, 3, 31)), (dt.date(2026, 7, 1), "2026-Q3", dt.date(2026, 9, 30))],
)  # fmt: skip
def test_a_day_lies_in_its_quarter(day, quarter, last):
    found = Quarter.of(day)
    assert (str(found), found.last) == (quarter, last)
    assert found.first <= day <= found.last
