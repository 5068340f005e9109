"""The twin's stand-in for the wall: it knows who asks, and opens nothing."""

from dataclasses import replace

from django.conf import settings

from concord.site.accounts import agreements
from concord.site.accounts.models import Membership, Mou, TaskForce
from concord.site.accounts.standing import Standing
from concord.site.signin import entrance
from concord.site.stores.acting import commanding

_kept: dict = {}


class PlainActing:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.viewer = request.standing = None
        if request.path.startswith(settings.CONCORD_UNWALLED):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return entrance.sign_in_again(request)
        bare = request.user.viewer()
        request.standing = _kept.get(bare.agency) or _kept.setdefault(bare.agency, standing_of(bare.agency))
        request.viewer = replace(bare, task_forces=request.standing.task_forces, partners=request.standing.partners)
        with commanding():  # sealed fields ask who may have the keys
            return self.get_response(request)


def standing_of(agency) -> Standing:
    forces = frozenset(Membership.objects.filter(agency_id=agency).values_list("task_force_id", flat=True))
    partners = Membership.objects.filter(task_force_id__in=forces).values_list("agency_id", flat=True)
    names = dict(TaskForce.objects.filter(pk__in=forces).values_list("pk", "name"))
    mous = {f: agreements.latest(Mou.objects.filter(agency_id=agency, task_force_id=f)) for f in forces}
    return Standing(forces, frozenset(partners), names, mous)
