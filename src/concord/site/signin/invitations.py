"""Links that let someone set her password. Shown on the page of whoever invites, to be passed on; no mail is sent."""

import datetime as dt
import hashlib
import secrets
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from concord.site.signin import locks, sessions
from concord.site.signin.limits import INVITATION_DAYS
from concord.site.signin.models import Invitation, User


class NotOpen(ValueError):
    """The link was used, withdrawn or is too old; or it never was one."""


@transaction.atomic
def make(*, user: User, by: UUID | None) -> str:
    """A new link's token for `user`; earlier ones stop working. Her sign-in of today holds until she uses it."""
    now = timezone.now()
    withdraw(user=user)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        user=user, digest=_digest(token), made_by_id=by, expires_at=now + dt.timedelta(days=INVITATION_DAYS)
    )
    return token


def withdraw(*, user: User) -> None:
    user.invitations.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())


def find(token: str, *, lock: bool = False) -> Invitation:
    """The open invitation of this token; raises NotOpen."""
    rows = Invitation.objects.select_related("user")
    rows = rows.select_for_update(no_key=True, of=("self",)) if lock else rows
    invitation = rows.filter(digest=_digest(token)).first()
    if invitation is None or not invitation.is_open(timezone.now()) or invitation.user.ended_at:
        raise NotOpen("this invitation is not open")
    if _is_from_outside(invitation) and _has_own_people(invitation.user):
        raise NotOpen("this invitation is another agency's, and the agency now decides for itself")
    return invitation


def _is_from_outside(invitation: Invitation) -> bool:
    maker, agency = invitation.made_by_id, invitation.user.agency_id
    return maker is not None and not User.objects.filter(staff_id=maker, agency_id=agency).exists()


def _has_own_people(user: User) -> bool:
    """Whether anybody else has signed in for her agency: from then on nobody outside it lets people in, not even by a
    link that was made before."""
    others = User.objects.filter(agency_id=user.agency_id, last_login__isnull=False)
    return others.exclude(pk=user.pk).exists()


@transaction.atomic
def accept(*, token: str, password: str) -> User:
    """Use the link: the password is hers, what proved her before is gone. Once, however often it is sent."""
    invitation = find(token, lock=True)
    user = invitation.user
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    Authenticator.objects.filter(user_id=user.pk).delete()
    sessions.end_of(user.pk)
    locks.release(user.email)
    return user


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
