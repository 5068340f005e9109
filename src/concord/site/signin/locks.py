"""Five failures in a row, of password or code, lock a sign-in until an administrator or the coordinator releases it.

django-axes counts; here is what it is told and asked. Unknown addresses are counted alike, so that a lock does not tell
who has an account.
"""

from collections.abc import Iterable

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum

from concord.site.signin.limits import FAILURES


def name_of(request, credentials) -> str | None:
    """Under which address axes counts (AXES_USERNAME_CALLABLE)."""
    given = credentials or {}
    name = given.get("email") or given.get("username") or request.POST.get("login")
    return name.strip().lower() if name else None


def is_locked(request, email: str) -> bool:
    """Whether this address is locked. If so the answer to the request becomes the page that says it."""
    if AxesProxyHandler.is_allowed(request, {"email": email}):
        return False
    request.axes_locked_out = True
    return True


def count_failure(request, email: str) -> None:
    """A wrong code counts like a wrong password."""
    user_login_failed.send(sender=__name__, credentials={"email": email}, request=request)


def locked(emails: Iterable[str]) -> set[str]:
    """Which of these addresses are locked: one query a page."""
    attempts = AccessAttempt.objects.filter(username__in=[email.lower() for email in emails])
    counted = attempts.values("username").annotate(failures=Sum("failures_since_start"))
    return {row["username"] for row in counted if row["failures"] >= FAILURES}


def release(email: str) -> int:
    """Forget the failures; returns how many attempts were on record."""
    return reset(username=email.lower())
