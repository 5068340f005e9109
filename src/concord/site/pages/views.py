"""Pages that belong to no room: the neutral page one leaves to, and what is said when something cannot be shown."""

from http import HTTPStatus

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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
    """For what is not there and for what is not hers to see alike: a difference would tell her that it exists."""
    return _error(request, HTTPStatus.NOT_FOUND, title=_("This page cannot be shown"),
                  what=_("There is no such page, or it is not open to you."),
                  steps=[_("Check the address, if you typed it."),
                         _("Ask whoever keeps the record, if you need to see it for your work.")])


def bad_request(request, exception=None):
    return _error(request, HTTPStatus.BAD_REQUEST, title=_("This could not be read"),
                  what=_("What your browser sent was cut off or altered on its way."),
                  steps=[_("Go back, load the page again and repeat the last step.")])


def csrf_failure(request, reason=""):
    return _error(request, HTTPStatus.FORBIDDEN, title=_("This page was open for too long"),
                  what=_("To protect the record, the last step was not carried out."),
                  steps=[_("Go back, load the page again and repeat the last step."),
                         _("Sign in again, if you are asked to. Drafts are kept.")])


def server_error(request):
    return _error(request, HTTPStatus.INTERNAL_SERVER_ERROR, title=_("Something failed on our side"),
                  what=_("The last step was not carried out. Nothing was half saved."),
                  steps=[_("Try once more in a minute."), _("If it fails again, tell whoever runs your system.")])


def elsewhere(request):
    """421: this process does not serve the store that the page lives in."""
    return _error(request, HTTPStatus.MISDIRECTED_REQUEST, title=_("This page lives on another server"),
                  what=_("The records you asked for are kept by an installation of their own."),
                  steps=[_("Use the address that your agency gave you for them.")])


def unavailable(request):
    response = _error(request, HTTPStatus.SERVICE_UNAVAILABLE, title=_("These records cannot be reached just now"),
                      what=_("Their database does not answer. What was saved is safe."),
                      steps=[_("Try again in a few minutes. An open form keeps what you typed.")])
    response["Retry-After"] = "60"
    return response


def _error(request, status, **context):
    return render(request, "pages/error.html", context, status=status)
