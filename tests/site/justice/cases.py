"""Factories: a lead, an investigation, its people, as the agency that holds them would have made them."""

import datetime as dt

from concord.site.justice.models import Investigation, Lead, Person, TeamAgency
from concord.vocabulary import LeadSource, PersonRole, TraffickingType
from tests.site.world import World, known_id

OPENED = dt.date(2026, 3, 2)


def held(world: World, by: str = "detective") -> dict:
    user = world.users[by]
    return {"agency_id": user.agency_id, "created_by_id": user.staff_id}


def lead(world: World, by: str = "detective", **facts) -> Lead:
    return Lead.objects.create(**held(world, by), **{
        "reference": f"L-{Lead.objects.count():05}", "received_on": OPENED, "source": LeadSource.HOTLINE,
        "trafficking_type": TraffickingType.NOT_YET_KNOWN, "county": "Rivers", "summary": "Night workers never leave.",
    } | facts)


def investigation(world: World, by: str = "detective", **facts) -> Investigation:
    return Investigation.objects.create(**held(world, by), **{
        "code_name": f"CASE-{Investigation.objects.count():04}", "opened_on": OPENED, "source": LeadSource.HOTLINE,
        "trafficking_type": TraffickingType.LABOR, "proactive": False,
    } | facts)


def person(of: Investigation, *roles: PersonRole, **facts) -> Person:
    return Person.objects.create(
        agency_id=of.agency_id, created_by_id=of.created_by_id, investigation=of,
        number=Person.objects.filter(investigation=of).count() + 1, roles=list(roles), **facts)


def on_team(of: Investigation, agency: str, world: World, **dates) -> TeamAgency:
    member = world.agencies[agency]
    return TeamAgency.objects.create(
        agency_id=of.agency_id, investigation=of, member_id=member.pk, level=member.level, sector=member.sector,
        **{"from_date": OPENED} | dates)


__all__ = ["OPENED", "held", "investigation", "known_id", "lead", "on_team", "person"]
