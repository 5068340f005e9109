"""What changes who can sign in. Each works on the sign-in database alone, in one transaction, and can be repeated;
`accounts.actions` decides who may and does the hub's part first."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from concord.site.signin import invitations, sessions
from concord.site.signin.models import User
from concord.vocabulary import Role, Sector


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
    user.is_active = False
    user.ended_at = user.ended_at or timezone.now()
    user.password = make_password(None)
    user.save(update_fields=["is_active", "ended_at", "password"])
    Authenticator.objects.filter(user_id=user.pk).delete()
    invitations.withdraw(user=user)
    return sessions.end_of(user.pk)


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
