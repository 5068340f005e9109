"""What changes who can sign in. Each works on the sign-in database alone, in one transaction, and can be repeated;
`accounts.actions` decides who may and does the hub's part first."""

import datetime as dt
import logging
from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from concord.site.keys.forgetting import LogDamaged, What
from concord.site.signin import invitations, sessions
from concord.site.signin.models import User
from concord.vocabulary import Role, Sector

log = logging.getLogger("concord.forgetting")


@transaction.atomic
def create_user(
    *, staff: UUID, name: str, email: str, agency: UUID, agency_name: str, sector: Sector, roles: Iterable[Role]
) -> User:
    """A sign-in that waits for its invitation to be accepted. Again for the same staff id: the same one."""
    user, _ = User.objects.get_or_create(
        staff_id=staff,
        defaults={
            "email": email.lower(),
            "name": name,
            "agency_id": agency,
            "agency_name": agency_name,
            "sector": sector,
            "roles": sorted(roles),
            "is_active": False,
            "password": make_password(None),
        },
    )
    return user


@transaction.atomic
def end_user(*, staff: UUID) -> int:
    """She can no longer sign in and is signed out everywhere; returns how many sessions ended. Repeatable."""
    user = User.objects.select_for_update(no_key=True).filter(staff_id=staff).first()
    if user is None:
        return 0
    first = user.ended_at is None
    user.is_active = False
    user.ended_at = user.ended_at or timezone.now()
    user.password = make_password(None)
    user.save(update_fields=["is_active", "ended_at", "password"])
    Authenticator.objects.filter(user_id=user.pk).delete()
    invitations.withdraw(user=user)
    ended = sessions.end_of(user.pk)
    if first:
        _note_ended(user)
    return ended


def _note_ended(user: User) -> None:
    """So that no older backup lets her in again. Ending a sign-in does not wait for a disk: the tick says it later."""
    try:
        settings.CONCORD_FORGOTTEN.append(What.LEFT, staff=str(user.staff_id), at=user.ended_at.isoformat())
    except (OSError, LogDamaged) as error:
        log.error("an ended sign-in is not in the forget-log yet: %s", type(error).__name__)


def finish_ended() -> int:
    """What the forget-log and the sign-ins say of who has left becomes the same on both sides; returns how many were
    changed. The tick's, and after a restore."""
    logged = {entry.id("staff") for entry in settings.CONCORD_FORGOTTEN.of(What.LEFT)}
    unsaid = list(User.objects.filter(ended_at__isnull=False).exclude(staff_id__in=logged))
    for user in unsaid:
        _note_ended(user)
    back = list(User.objects.filter(ended_at=None, staff_id__in=logged).values_list("staff_id", flat=True))
    for staff in back:
        end_user(staff=staff)
    return len(unsaid) + len(back)


@transaction.atomic
def change_roles(*, staff: UUID, roles: Iterable[Role]) -> None:
    """Her sessions end: what she may do is asked anew when she signs in (CJIS IA-11)."""
    user = User.objects.select_for_update(no_key=True).get(staff_id=staff)
    if sorted(user.roles) == sorted(roles):
        return
    user.roles = sorted(roles)
    user.save(update_fields=["roles"])
    sessions.end_of(user.pk)


def rest_unused(*, before: dt.datetime) -> int:
    """Sign-ins unused since then rest until they get a new link (CJIS AC-2(3)); returns how many."""
    unused = User.objects.filter(is_active=True, demo=False, last_login__lt=before)
    return unused.update(is_active=False)
