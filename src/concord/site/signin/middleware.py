"""At the door of every page: sessions end in time, a second factor is set up first, terms of use are accepted."""

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect

from concord.site.signin import entrance, opening

OPEN = ("/static/", "/healthz", "/today/")  # nothing of anyone's
SETTING_UP = ("/account/2fa/", "/account/logout/", "/account/lock/", "/account/reauthenticate/")


class SignInMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(OPEN):
            response = self.get_response(request)
            if opening.cookie_name() in request.COOKIES:
                opening.tidy(request, response)
            return response
        response = self._stop(request) or self.get_response(request)
        opening.tidy(request, response)
        response["Cache-Control"] = "no-store"
        return response

    def _stop(self, request):
        """The answer to a request that may not go on; None for one that may."""
        if not request.user.is_authenticated:
            return self._stop_unaccepted(request)
        now = entrance.now()
        if why := entrance.reason_to_end(request, now):
            logout(request)
            return entrance.sign_in_again(request, why)
        entrance.note_activity(request, now)
        if entrance.lacks_second_factor(request) and not request.path.startswith(SETTING_UP):
            return redirect("mfa_index")
        return None

    def _stop_unaccepted(self, request):
        """Each way in carries the acceptance of the terms that stand beside it (CJIS AC-8)."""
        if request.method != "POST":
            return None
        if request.POST.get("accept"):
            request.session[entrance.ACCEPTED] = True
        if not request.session.get(entrance.ACCEPTED):
            return redirect(settings.LOGIN_URL)
        return None
