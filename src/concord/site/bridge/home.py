"""What of the bridge needs a person today: sealed copies, calls that wait, answers to one's own, gaps in the roster."""

from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.law.wall import JUSTICE, PROVIDERS, STORES, Viewer
from concord.site.accounts.directory import agency_names
from concord.site.bridge import actions, packages
from concord.site.bridge.models import AdvocateCall, DutyShift
from concord.site.pages.records import Action, Status
from concord.site.pages.worklist import MOST, Section, Work, count
from concord.vocabulary import ReferralKind, StoreKind


def sections(viewer: Viewer, now: datetime) -> list[Section]:
    return [*_copies(viewer, now), *_of_the_sector(viewer, now)]


def _copies(viewer, now) -> list[Section]:
    """Sealed copies that name her and that she has not opened; where none waits, the way to those she may still read.
    """
    live = packages.received_packages(viewer).filter(to_staff_id=viewer.staff, withdrawn_at=None, expires_at__gt=now)
    found = list(live.order_by(F("opened_at").asc(nulls_first=True), "expires_at", "id")[:MOST])
    if not found:
        return []
    rows = [row for row in found if row.opened_at is None]
    names = agency_names(row.from_agency_id for row in rows)
    works = tuple(
        Work(what=_("%(agency)s sent you a sealed copy") % {"agency": names.get(row.from_agency_id, "")},
             why=_("A client lets you read it until its day"), due=row.expires_at,
             url=reverse("bridge:package", args=[row.pk]))
        for row in rows
    )
    return [Section(_("Sealed copies for you"), works, empty=_("You have opened all of them."),
                    more=Action(_("All sealed copies"), reverse("bridge:packages")),
                    count=count(live.filter(opened_at=None), works))]


def _of_the_sector(viewer, now) -> list[Section]:
    if viewer.sector in PROVIDERS:
        return [_calls_waiting(viewer, now), *_roster_gap(viewer, now)]
    if viewer.sector in JUSTICE:
        return _own_calls(viewer, now)
    return _arrived(viewer, now)


def _calls_waiting(viewer, now) -> Section:
    calls = AdvocateCall.objects.filter(
        task_force_id__in=viewer.task_forces, answered_at=None, window_until__gte=now
    ).order_by("window_from")
    waiting = list(calls[:MOST])
    names = agency_names(call.agency_id for call in waiting)
    works = tuple(
        Work(what=_("%(agency)s calls for an advocate") % {"agency": names.get(call.agency_id, "")},
             why=_people(call), due=call.window_from, url=reverse("bridge:call", args=[call.pk]))
        for call in waiting
    )
    return Section(_("Calls waiting for an advocate"), works, empty=_("No call waits for an answer."),
                   more=Action(_("All calls"), reverse("bridge:calls")), count=count(calls, works))


def _roster_gap(viewer, now) -> list[Section]:
    """Says so when nobody of the task force is on duty for the next 24 hours."""
    coming = DutyShift.objects.filter(task_force_id__in=viewer.task_forces, cancelled_at=None)
    if coming.filter(begins_at__lte=now + timedelta(hours=24), ends_at__gte=now).exists():
        return []
    gap = Work(what=_("Nobody is on duty for the next 24 hours"),
               why=_("Callers are given the providers' main numbers instead."), url=reverse("bridge:roster"),
               action=Action(_("Put someone on duty"), reverse("bridge:shift_new")))
    return [Section(_("Duty roster"), (gap,))]


def _own_calls(viewer, now) -> list[Section]:
    calls = list(AdvocateCall.objects.filter(
        agency_id=viewer.agency, window_until__gte=now).order_by("window_from")[:MOST])
    if not calls:
        return []
    names = agency_names(call.answered_by_agency_id for call in calls)
    works = tuple(
        Work(what=_("%(agency)s will come") % {"agency": names.get(call.answered_by_agency_id, "")}
             if call.answered_at else _("No provider has answered yet"),
             why=_people(call), due=call.window_from, url=reverse("bridge:call", args=[call.pk]),
             status=Status(_("Answered"), "good") if call.answered_at else Status(_("Waits"), "warning"))
        for call in calls
    )
    return [Section(_("Advocates you called"), works, more=Action(_("All calls"), reverse("bridge:calls")))]


def _arrived(viewer, now) -> list[Section]:
    """For agencies without a store of their own, which keep their records elsewhere: what came in these two weeks."""
    if STORES[viewer.sector] != {StoreKind.HUB}:
        return []
    recent = list(actions.inbox(viewer).filter(sent_at__gte=now - timedelta(days=14))[:MOST])
    if not recent:
        return []
    names = agency_names(referral.from_agency_id for referral in recent)
    works = tuple(
        Work(what=ReferralKind(referral.kind).label, why=names.get(referral.from_agency_id, ""),
             url=reverse("bridge:opened", args=[referral.pk]))
        for referral in recent
    )
    return [Section(_("Referrals of the last two weeks"), works,
                    more=Action(_("All of them"), reverse("bridge:received")))]


def _people(call) -> str:
    if call.people is None:
        return _("How many people is not known yet.")
    return ngettext("About %(n)d person.", "About %(n)d people.", call.people) % {"n": call.people}
