"""Pages that belong to no room: the neutral page one leaves to, and what is said when something cannot be shown."""

from http import HTTPStatus

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import errors


@never_cache
@require_safe
def leave(request):
    """A page that says nothing about anyone, for whoever must not be seen here. It also ends the session.

    A GET, since the way out has to work as a plain link: the worst that a forged one does is to sign someone out.
    """
    if hasattr(request, "session"):
        request.session.flush()
    response = render(request, "pages/leave.html", {"today": timezone.localdate()})
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def not_found(request, exception=None):
    """For 403 and 404 alike, with one status: see `errors.NOT_SHOWN`."""
    return error(request, HTTPStatus.NOT_FOUND)


def bad_request(request, exception=None):
    return error(request, HTTPStatus.BAD_REQUEST)


def csrf_failure(request, reason=""):
    return error(request, HTTPStatus.FORBIDDEN, errors.STALE)


def server_error(request):
    return error(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def error(request, status, said=None):
    """The page for a status, in the words of `errors`. Whatever she tried to open, it is the same to the byte."""
    request.nowhere = True
    return render(request, "pages/error.html", {"status": status, "said": said}, status=status)
