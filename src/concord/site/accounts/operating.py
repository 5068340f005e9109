"""What whoever runs the installation does where nobody inside an agency can: its only administrator is locked out, or
gone. Recorded in the hub as the agency's jobs, under verbs of their own."""

from django.urls import reverse

from concord.law.wall import Viewer, jobs_staff
from concord.site.accounts import jobs
from concord.site.accounts.models import Staff
from concord.site.signin import actions as signin
from concord.site.signin import invitations, locks
from concord.site.signin.models import User
from concord.site.stores import audit
from concord.site.stores.acting import acting
from concord.vocabulary import Sector


class NobodyThere(LookupError):
    """No one signs in with that address."""


def release(*, email: str) -> None:
    """Unlock a sign-in after five failures."""
    user = _known(email)
    _record("operator.lock_released", user)
    locks.release(user.email)


def end(*, email: str) -> int:
    """End a sign-in; returns how many sessions ended. The directory follows at once, or with the next tick."""
    user = _known(email)
    ended = signin.end_user(staff=user.staff_id)
    _record("operator.sign_in_ended", user)
    jobs.sweep()
    return ended


def link(*, email: str, address: str) -> str:
    """A new link below `address`, for someone whose agency has no administrator who could give her one."""
    user = _known(email)
    _record("operator.link_given", user)
    token = invitations.make(user=user, by=None)
    return address.rstrip("/") + reverse("signin:invitation", args=[token])


def note(*, verb: str, email: str) -> None:
    """That a command was used which needed her passphrase or her agency's recovery sheet."""
    _record(verb, _known(email))


def _known(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip(), ended_at=None).first()
    if user is None:
        raise NobodyThere("nobody signs in with that address")
    return user


def _record(verb: str, user: User) -> None:
    agency = user.agency_id
    with acting(Viewer(jobs_staff(agency), agency, Sector(user.sector))):
        audit.record(verb, Staff.objects.get(pk=user.staff_id))
