"""Where a visitor of the demo has been, for the tour's ticks: codes of steps in a signed cookie of her browser.

Only what leaves no record is kept so (a search that found nothing, a page that was refused). Everything else the tour
recomputes from the records of whoever looks.
"""

from concord.site.demo import steps

COOKIE, SALT, LASTS = "concord_tour", "concord.demo.tour", 7 * 86_400


class FootstepsMiddleware:
    """Outside the wall's transaction: reads the address, the method and the status, and nothing else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match, user = request.resolver_match, getattr(request, "user", None)
        if match is None or user is None or not user.is_authenticated or not user.demo:
            return response
        been = done(request)
        now = been | {
            step.code
            for step in steps.ALL
            if step.footprint and step.who.id == user.staff_id
            and step.footprint.matches(match, request.method, response.status_code)
        }  # fmt: skip
        if now != been:
            response.set_signed_cookie(
                COOKIE, ".".join(sorted(now)), salt=SALT, max_age=LASTS, httponly=True, samesite="Strict"
            )
        return response


def done(request) -> set[str]:
    """Codes of the steps that this browser was seen to take."""
    return set(filter(None, request.get_signed_cookie(COOKIE, default="", salt=SALT).split(".")))
