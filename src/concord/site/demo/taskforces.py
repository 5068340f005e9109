"""Task forces, agencies, memberships, MOUs and staff of the invented world, and who of them can sign in."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone

from concord.law.wall import jobs_staff
from concord.site.accounts.models import Agency, Membership, Mou, Staff, TaskForce
from concord.site.demo import cast
from concord.site.signin.models import User
from concord.site.stores import gate

TABLES = (TaskForce, Agency, Membership, Mou, Staff)

#: Agreements that are not in their middle: days from today to the end. None: a member that signed nothing.
UNUSUAL_MOUS: dict[tuple[str, str], int | None] = {
    ("labor_standards", "riverton"): 24,
    ("larkmoor_police", "three_rivers"): -40,
    ("cinder_lake", "three_rivers"): None,
    ("riverton_hospital", "riverton"): None,
}
_SIGNED_DAYS_AGO, _USUAL_DAYS_LEFT = 690, 405


def make_keys() -> None:
    """Each agency that takes part by its own account gets its key ring. Safe to repeat."""
    for agency in cast.AGENCIES.values():
        if agency.has_accounts and not _has_moved(agency):
            settings.CONCORD_RINGS.ensure_agency(agency.id)


def _has_moved(agency: cast.Agency) -> bool:
    """Whether it has an instance of its own: then its keys and its people's sign-ins are there."""
    return gate.is_elsewhere(settings.CONCORD.home, agency.id)


def rows(today: dt.date) -> Iterator[list[models.Model]]:
    """Unsaved rows, table by table, in the order in which they can be stored."""
    yield [
        TaskForce(id=force.id, name=force.name, scope=force.scope, state=cast.STATE,
                  founded_on=_years_before(today, force.founded_years_ago))
        for force in cast.TASK_FORCES.values()
    ]  # fmt: skip
    yield [_agency(agency, today) for agency in cast.AGENCIES.values()]
    yield [_membership(agency, force, today) for agency, force in _seats()]
    yield [mou for agency, force in _seats() for mou in _mous(agency, force, today)]
    yield [*(_staff(person, today) for person in cast.STAFF), *_service_accounts(today)]


def _seats() -> Iterator[tuple[cast.Agency, cast.TaskForce]]:
    for agency in cast.AGENCIES.values():
        for key in agency.task_forces:
            yield agency, cast.TASK_FORCES[key]


def _agency(agency: cast.Agency, today: dt.date) -> Agency:
    """With accounts its own people have been signing in for years: nobody outside it lets anybody in."""
    since = timezone.make_aware(dt.datetime.combine(_years_before(today, 4), dt.time(9)))
    return Agency(
        id=agency.id, name=agency.name, sector=agency.sector, level=agency.level, state=cast.STATE, phone=agency.phone,
        has_accounts=agency.has_accounts, founded_at=since if agency.has_accounts else None,
        public_key=settings.CONCORD_RINGS.public(agency.id) if agency.has_accounts else None,
    )  # fmt: skip


def _membership(agency: cast.Agency, force: cast.TaskForce, today: dt.date) -> Membership:
    return Membership(
        id=cast.known_id(f"membership {agency.key} {force.key}"),
        task_force_id=force.id,
        agency_id=agency.id,
        from_date=_years_before(today, force.founded_years_ago),
        leads=agency.key in ("riverton_police", "lantern", "state_police", "open_gate", "alder_sheriff"),
    )


def _mous(agency: cast.Agency, force: cast.TaskForce, today: dt.date) -> Iterator[Mou]:
    left = UNUSUAL_MOUS.get((agency.key, force.key), _USUAL_DAYS_LEFT)
    if left is None:
        return
    signed = today - dt.timedelta(days=_SIGNED_DAYS_AGO)
    signer = next((person.name for person in cast.STAFF if person.agency == agency.key), "")
    for version, start, end in (
        ("1", signed - dt.timedelta(days=1095), signed - dt.timedelta(days=1)),
        ("2", signed, today + dt.timedelta(days=left)),
    ):
        yield Mou(
            id=cast.known_id(f"mou {agency.key} {force.key} {version}"), task_force_id=force.id, agency_id=agency.id,
            version=version, signed_on=start, signed_by=signer, expires_on=end,
        )  # fmt: skip


def _staff(person: cast.Staff, today: dt.date) -> Staff:
    agency = cast.AGENCIES[person.agency]
    return Staff(
        id=person.id, agency_id=agency.id, name=person.name, title=person.title, roles=list(person.roles),
        phone=agency.phone, email=person.email, from_date=_years_before(today, 4),
    )  # fmt: skip


def _service_accounts(today: dt.date) -> Iterator[Staff]:
    for agency in cast.AGENCIES.values():
        if agency.has_accounts:
            yield Staff(
                id=jobs_staff(agency.id), agency_id=agency.id, name=f"Jobs of {agency.name}", title="Runs by itself",
                roles=[], from_date=_years_before(today, 4), service_account=True,
            )  # fmt: skip


@transaction.atomic
def make_sign_ins() -> None:
    """The demo's users; last of all, so that nobody signs in to half a world. Safe to repeat."""
    unusable = make_password(None)
    for person in cast.SIGN_INS:
        agency = cast.AGENCIES[person.agency]
        if _has_moved(agency):
            continue
        User.objects.get_or_create(
            staff_id=person.id,
            defaults={
                "id": person.user_id,
                "email": person.email,
                "name": person.name,
                "agency_id": agency.id,
                "agency_name": agency.name,
                "sector": agency.sector,
                "roles": list(person.roles),
                "password": unusable,
                "demo": True,
            },
        )


def _years_before(day: dt.date, years: int) -> dt.date:
    return day - dt.timedelta(days=365 * years)
