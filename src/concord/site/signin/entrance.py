"""Whether a request may go on: as whom, since when, by which proof. No page of any room is reached past this."""

import time
from urllib.parse import urlencode, urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from concord.site.signin.adapters import FACTORS
from concord.site.signin.limits import IDLE_SECONDS, NOTED_EVERY_SECONDS, SESSION_SECONDS

ACCEPTED, BEGAN, SEEN, PROVEN = "accepted_use", "began", "seen", "second_factor"
IDLE, DAY, ENDED = "idle", "day", "ended"


def reason_to_end(request, now: float) -> str:
    """Why this session is over; "" while it may go on."""
    session, user = request.session, request.user
    if user.demo and not settings.CONCORD_DEMO:
        return ENDED
    if now - session.get(BEGAN, now) >= SESSION_SECONDS:
        return DAY
    if now - session.get(SEEN, now) >= IDLE_SECONDS:
        return IDLE
    return ""


def note_activity(request, now: float) -> None:
    """What a page does by itself, such as asking how far a job is, is not activity."""
    session = request.session
    session.setdefault(BEGAN, now)
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    if SEEN not in session or (now - session[SEEN] >= NOTED_EVERY_SECONDS and not by_itself):
        session[SEEN] = now


def lacks_second_factor(request) -> bool:
    """Whether she has yet to set up a second factor. Recovery codes alone are none."""
    user, session = request.user, request.session
    if (user.demo and settings.CONCORD_DEMO) or session.get(PROVEN):
        return False
    if not Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists():
        return True
    session[PROVEN] = True
    return False


def sign_in_again(request, why: str = "") -> HttpResponse:
    """To the sign-in page, and from there back to where she was. No content of the page she asked for is shown."""
    query = {"next": where_she_was(request)} | ({"why": why} if why else {})
    address = f"{settings.LOGIN_URL}?{urlencode(query)}"
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def where_she_was(request) -> str:
    """The page she looked at: a form that was posted cannot be asked for, the page that held it can."""
    if request.method in ("GET", "HEAD") and "HX-Request" not in request.headers:
        return request.path
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() and came_from.path else "/"


def now() -> float:
    return time.time()
