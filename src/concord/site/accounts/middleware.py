"""One request, one identity: the request runs inside `acting()`, and every refusal looks the same.

An invisible record, a missing one, another sector's page and another agency's store all answer with the same page and
status; what was refused is written into the viewer's own chain.
"""

from dataclasses import replace
from http import HTTPStatus

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from psycopg.errors import InsufficientPrivilege

from concord.law.wall import STORES
from concord.site.accounts import standing
from concord.site.keys import opened
from concord.site.keys.opened import FilesClosed
from concord.site.keys.rings import RingLost
from concord.site.keys.sealing import KeyRefused
from concord.site.pages import errors
from concord.site.pages import views as pages
from concord.site.signin import entrance, opening
from concord.site.stores import audit, outages
from concord.site.stores.acting import StoreNotServed, StoreRefused, acting
from concord.site.stores.outages import StoreAway
from concord.site.stores.router import kind_of
from concord.vocabulary import Sector, StoreKind

REFUSALS = (StoreRefused, KeyRefused, ObjectDoesNotExist, PermissionDenied, Http404)
_KEPT_STATUS = 422  # a form with errors: nothing was refused, what was read stays recorded


class ActingMiddleware:
    """Owns every store's transaction: commits when the page succeeded, rolls all back otherwise."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.viewer = request.standing = None
        if request.path.startswith(settings.CONCORD_UNWALLED):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return entrance.sign_in_again(request)
        bare = request.user.viewer()
        request.standing = here = standing.of(bare)
        request.viewer = replace(bare, task_forces=here.task_forces, partners=here.partners)
        with opened.using(opening.brought(request)):
            if request.path.startswith(settings.CONCORD_SELF_ACTING):
                response = self.get_response(request)
            else:
                response = self._within(request)
        if response.status_code in (403, 404):
            audit.refused(request.viewer)
        return response

    def _within(self, request):
        with acting(request.viewer) as a:
            response = self.get_response(request)
            if response.streaming:
                raise TypeError("a streamed answer would read its store after the request's transaction has ended")
            broken = response.status_code >= 400 and response.status_code != _KEPT_STATUS
            a.failed = broken or getattr(request, "cut_off", False)
        return response

    def process_view(self, request, view, args, kwargs):
        """A room is closed to sectors that its store is closed to, before any page of it says a word: a form or a
        refused method would tell that there is such a page."""
        if request.viewer is not None and not _is_open(request.resolver_match, request.viewer.sector):
            return pages.not_found(request)
        if request.viewer is not None and _is_closed(request):
            return _open_first(request)
        if request.viewer is not None and request.standing.away and _is_the_hubs(request):
            return pages.error(request, HTTPStatus.SERVICE_UNAVAILABLE, errors.HUB_AWAY)
        return None

    def process_exception(self, request, exception):
        if isinstance(exception, FilesClosed):
            request.cut_off = True  # what the page began is taken back, although it answers with another address
            return _open_first(request)
        if isinstance(exception, RingLost):
            return pages.error(request, HTTPStatus.SERVICE_UNAVAILABLE, errors.RING_LOST)
        if isinstance(exception, StoreNotServed):
            return pages.error(request, HTTPStatus.MISDIRECTED_REQUEST)
        if isinstance(exception, StoreAway) or (
            isinstance(exception, OperationalError) and outages.cut_off(settings.CONCORD.stores)
        ):
            return pages.error(request, HTTPStatus.SERVICE_UNAVAILABLE, errors.HUB_AWAY)
        if isinstance(exception, REFUSALS) or _denied_by_database(exception):
            return pages.not_found(request)
        return None


def _is_open(match, sector: Sector) -> bool:
    room = match.app_names[0] if match.app_names else ""
    if room not in apps.app_configs:
        return True
    kind = kind_of(room)
    return kind is StoreKind.ACCOUNT or kind in STORES[sector]


def _is_the_hubs(request) -> bool:
    """Pages of what is kept in the hub. While it does not answer, an empty list would say that there is nothing."""
    room = request.resolver_match.app_names[0] if request.resolver_match.app_names else ""
    by_itself = request.path.startswith(settings.CONCORD_SELF_ACTING)  # opens what it needs, and says so if it cannot
    return room in apps.app_configs and kind_of(room) is StoreKind.HUB and not by_itself


def _is_closed(request) -> bool:
    """Pages of client files do not begin without the keys: half a page would be worse than none."""
    match, rings, agency = request.resolver_match, settings.CONCORD_RINGS, request.viewer.agency
    room = match.app_names[0] if match.app_names else ""
    if room not in apps.app_configs or kind_of(room) is not StoreKind.VAULT:
        return False
    return rings.is_held(agency) and not rings.is_open(agency)


def _open_first(request) -> HttpResponse:
    """To where she opens the files, and from there back to where she was."""
    address = f"{reverse('accounts:open_files')}?{urlencode({'next': entrance.where_she_was(request)})}"
    if "HX-Request" in request.headers:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": address})
    if request.headers.get("Sec-Fetch-Dest") == "empty":  # a script, which saves a draft: it keeps its own copy
        return HttpResponse(status=HTTPStatus.CONFLICT)
    return redirect(address)


def _denied_by_database(exception) -> bool:
    return isinstance(exception, DatabaseError) and isinstance(exception.__cause__, InsufficientPrivilege)
