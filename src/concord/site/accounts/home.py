"""What of the agreements needs a person today."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concord.law.wall import Viewer
from concord.site.accounts import agreements, custody
from concord.site.accounts.directory import staff_names
from concord.site.accounts.models import Membership, Mou
from concord.site.pages.records import Action, Status
from concord.site.pages.worklist import MOST, Section, Work
from concord.vocabulary import Role, Sector

_PROBLEMS = [agreements.State.EXPIRED, agreements.State.ENDED, agreements.State.NONE, agreements.State.UNSIGNED,
             agreements.State.EXPIRING]


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    if custody.is_provider(viewer):
        return _keys(viewer)
    if viewer.sector is not Sector.COORDINATION or not viewer.has(Role.COORDINATOR):
        return []
    return [_agreements(viewer, timezone.localdate(now))]


def _keys(viewer) -> list[Section]:
    """Colleagues who ask for the keys, and keys that want renewing, for those who can do something about it."""
    if not settings.CONCORD_RINGS.is_held(viewer.agency) or not custody.is_open(viewer):
        return []
    state, names = custody.state(viewer), staff_names(custody.state(viewer).waiting)
    works = [
        Work(what=_("%(name)s asks for the keys") % {"name": names.get(staff, "")},
             why=_("She has lost her passphrase, or is new. Speak with her first."),
             action=Action(_("Give her the keys"), reverse("accounts:give_keys", args=[staff])))
        for staff in state.waiting if staff != viewer.staff
    ]  # fmt: skip
    if custody.may_decide(viewer) and (state.removed or state.moving):
        why = _("Renewing was broken off.") if state.moving else _("A colleague who had them has left.")
        works.append(Work(what=_("Renew your keys"), why=why,
                          action=Action(_("Renew the keys"), reverse("accounts:renew_keys"))))  # fmt: skip
    return [Section(_("Your keys"), tuple(works), count=len(works))] if works else []


def _agreements(viewer, today) -> Section:
    """MOUs that no longer carry sharing or soon will not, the most urgent first."""
    problems = [(m, dates) for m, dates in _members(viewer, today) if agreements.state(dates, today) in _PROBLEMS]
    problems.sort(key=lambda pair: (_PROBLEMS.index(agreements.state(pair[1], today)), pair[0].agency.name))
    works = tuple(_work(m, dates, today) for m, dates in problems[:MOST])
    return Section(
        _("MOUs to renew"), works, empty=_("Every member's MOU is in force for more than 30 days."),
        more=Action(_("All partners"), reverse("accounts:mous")), count=len(problems) or None,
    )


def _members(viewer, today):
    members = Membership.objects.filter(task_force__in=viewer.task_forces).select_related("agency", "task_force")
    members = [m for m in members if m.until_date is None or m.until_date >= today]
    grouped: dict = {}
    for mou in Mou.objects.filter(task_force__in=viewer.task_forces):
        grouped.setdefault((mou.agency_id, mou.task_force_id), []).append(mou)
    return [(m, agreements.latest(grouped.get((m.agency_id, m.task_force_id), []))) for m in members]


def _work(member, dates, today) -> Work:
    state = agreements.state(dates, today)
    sharing = _("Sharing goes on until then.") if state in agreements.SHARING else _("Sharing with it is stopped.")
    return Work(
        what=member.agency.name,
        why=f"{member.task_force.name}. {sharing}",
        due=dates.expires_on if state in (agreements.State.EXPIRING, agreements.State.EXPIRED) else None,
        url=reverse("accounts:agency", args=[member.agency_id]),
        action=Action(_("Record the new one"), reverse("accounts:sign_mou", args=[member.agency_id])),
        status=Status(agreements.words(dates, today), agreements.TONES.get(state, "danger")),
    )
