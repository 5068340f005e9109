"""An agency's people and keys when its vault is put up in another installation. For commands; outside `acting()`."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from concord.law.wall import Viewer, jobs_staff
from concord.site.accounts.models import Agency, Staff
from concord.site.keys.rings import NoKey
from concord.site.signin import actions as signin
from concord.site.signin import invitations, sessions
from concord.site.signin.models import User
from concord.site.stores.acting import acting
from concord.vocabulary import Role, Sector


class NobodyToInvite(LookupError):
    """The directory lists no administrator of that agency with an address."""


class OtherKeys(RuntimeError):
    """What others seal to the agency opens with other keys than those that are here."""


def keeper(agency: UUID, sector: Sector) -> Viewer:
    """The agency's own jobs, with leave to keep what the hub says of it."""
    return Viewer(jobs_staff(agency), agency, sector, roles=frozenset({Role.ADMINISTRATOR}))


def own_name(by: Viewer) -> str:
    with acting(by):
        return Agency.objects.get(pk=by.agency).name


def match_keys(*, by: Viewer) -> bool:
    """Whether the keys here are those that others seal to. An agency without any gets them now, and the hub is told the
    public one. False where its keys are on another host; raises OtherKeys where they are not the same."""
    rings = settings.CONCORD_RINGS
    with acting(by):
        told = Agency.objects.get(pk=by.agency).public_key
        if told is None:
            key = rings.ensure_agency(by.agency)
            Agency.objects.filter(pk=by.agency).update(public_key=key, has_accounts=True)
            return True
    try:
        here = rings.public(by.agency)
    except NoKey:
        return False
    if here != bytes(told):
        raise OtherKeys("the keys here are not those that others seal to")
    return True


def invite_keepers(*, address: str, first: tuple[str, str] | None = None, by: Viewer) -> dict[str, str]:
    """A link for each administrator that the directory lists, by address; `first` (name, address) enters the directory
    where it lists none. They invite, or give links to, everybody else."""
    today, name = timezone.localdate(), own_name(by)
    with acting(by), transaction.atomic("hub"):
        listed = Staff.objects.at_work(today).filter(agency_id=by.agency, roles__contains=[Role.ADMINISTRATOR])
        keepers = list(listed.exclude(email="").order_by("name"))
        if not keepers and first:
            keepers = [Staff.objects.create(agency_id=by.agency, created_by_id=by.staff, name=first[0], from_date=today,
                                            email=first[1].strip().lower(), roles=[Role.ADMINISTRATOR])]  # fmt: skip
    if not keepers:
        raise NobodyToInvite("the directory lists no administrator of this agency")
    return {staff.email: address.rstrip("/") + _link(staff, name, by) for staff in keepers}


def _link(staff: Staff, agency_name: str, by: Viewer) -> str:
    user = signin.create_user(
        staff=staff.pk, name=staff.name, email=staff.email, agency=by.agency, agency_name=agency_name,
        sector=by.sector, roles=staff.roles,
    )  # fmt: skip
    return reverse("signin:invitation", args=[invitations.make(user=user, by=None)])


@transaction.atomic
def send_away(*, agency: UUID) -> int:
    """Nobody of that agency signs in here any more; the directory keeps its people. Returns how many could."""
    users = User.objects.filter(agency_id=agency)
    for user in users:
        sessions.end_of(user.pk)
    return users.delete()[1].get("signin.User", 0)
